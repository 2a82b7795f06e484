"""A run as an estimator of scikit-learn's kind, so that its cross-validation, searches and curves run on ours."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from boundaryviz.engine.session import Session
from boundaryviz.learners.specs import FAMILIES, LARGEST_SEED
from boundaryviz.scenario.scale_advice import scale_advice
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import MAX_CLASSES, UNLABELLED
from boundaryviz.tables.from_arrays import from_arrays

_SPARSE = 100_000  # steps between evaluations: nobody reads the curves of a fit


class BoundaryClassifier(ClassifierMixin, BaseEstimator):
    """Any learner of boundaryviz as a classifier of scikit-learn's kind.

    learner: its name, as `boundaryviz learners` lists it. settings: of the learner, by name. training: settings of
    training, by name, such as {"steps": 500, "learning_rate": 0.003}. device: as `--device` has it. random_state: a
    whole number is the training seed itself. input_scale: as `data.input_scale` has it, measured on what is fitted; by
    default X comes as it is, as scikit-learn's own take it. defence: by name, or a table of its settings with its name
    as "defence": what it removes is not learnt from, and `removed_`, bool (n,), says of each row whether that is so.

    A learner that uses unlabelled points takes y = -1 for "no label", as scikit-learn's own do; to any other, -1 is a
    class like another. Points have as many features as X has columns.
    """

    def __init__(
        self,
        learner: str = "mlp",
        settings: Mapping[str, Any] | None = None,
        training: Mapping[str, Any] | None = None,
        device: str = "auto",
        random_state: Any = 0,
        input_scale: str = "as-is",
        defence: str | Mapping[str, Any] | None = None,
    ) -> None:
        self.learner = learner
        self.settings = settings
        self.training = training
        self.device = device
        self.random_state = random_state
        self.input_scale = input_scale
        self.defence = defence

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on `X` (n, D) and `y` (n,), from the beginning. Warns where the learner would do better with scaled
        inputs. Raises ValueError for what cannot be learnt, and where training diverges, as scikit-learn's networks do.
        """
        scenario = self._scenario()
        x, given = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(given)
        self.classes_, label = self._labels(given, supervised=scenario.learner.family.supervised)
        names = list(getattr(self, "feature_names_in_", [f"column {k + 1}" for k in range(x.shape[1])]))
        scene = from_arrays(x, label, names=names)
        if words := scale_advice(scenario, scene):
            warnings.warn(f"{words} Set input_scale='standardised'.", UserWarning, stacklevel=2)
        self._scenario_, self._session = scenario, Session(scenario, scene, device=self.device)
        judged = self._session.defending.judged
        self.removed_ = np.zeros(len(x), bool) if judged is None else judged[0].weights_of(scene.points.ids) == 0
        self._session.step(1 if scenario.learner.family.at_once else scenario.training.steps)
        if self._session.diverged.any():
            raise ValueError(
                "training diverged: the weights are no longer numbers. Have X scaled by input_scale, "
                "or lower training['learning_rate']."
            )
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Class probabilities at `X` (n, D): (n, classes), columns as in `classes_`; even where nothing decides."""
        check_is_fitted(self)
        x: NDArray[np.float64] = validate_data(self, X, dtype=np.float64, reset=False)
        found = self._session.probabilities(x).astype(np.float64)
        found[np.isnan(found).any(axis=1)] = 1.0
        shares: NDArray[np.float64] = found / found.sum(axis=1, keepdims=True)
        return shares

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The likeliest class at each of `X` (n, D), the first of equals."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        found: NDArray[Any] = self.classes_[likeliest]
        return found

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_session")

    def _scenario(self) -> Scenario:
        """The scenario of a fit. Raises ScenarioError for a learner or settings that are none."""
        seed = self.random_state
        if not isinstance(seed, int | np.integer):
            seed = check_random_state(seed).randint(LARGEST_SEED)
        values: dict[str, Any] = {"learner.name": self.learner, "training.seed": int(seed)}
        values |= {f"learner.{name}": value for name, value in (self.settings or {}).items()}
        values |= {"training.evaluate_every": _SPARSE, "data.input_scale": self.input_scale}
        values |= {f"training.{name}": value for name, value in (self.training or {}).items()}
        if self.defence is not None:
            values["defence"] = {"defence": self.defence} if isinstance(self.defence, str) else dict(self.defence)
        if self.learner not in FAMILIES:  # said first: settings of another learner would be said to be none
            values = {"learner.name": self.learner}
        return Scenario().with_values({path: _plain(value) for path, value in values.items()})

    @staticmethod
    def _labels(y: NDArray[Any], supervised: bool) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The classes (C,), and of each point its number among them (n,), -1 for none."""
        known = np.ones(len(y), dtype=bool)
        if not supervised and y.dtype.kind in "if":
            known = y != UNLABELLED
        classes, number = np.unique(y[known], return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"Learning needs at least two classes; got {len(classes)} class")
        if len(classes) > MAX_CLASSES:
            raise ValueError(f"Learners here tell at most {MAX_CLASSES} classes apart; got {len(classes)} classes")
        label = np.full(len(y), UNLABELLED, dtype=np.int64)
        label[known] = number
        return classes, label

    def __getstate__(self) -> dict[str, Any]:
        """With the session as what it was trained on and what it came to."""
        state = dict(super().__getstate__())
        if (session := state.pop("_session", None)) is not None:
            state["_kept"] = session.scene, session.state()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        kept = state.pop("_kept", None)
        super().__setstate__(state)
        if kept is not None:
            scene, learnt = kept
            self._session = Session(self._scenario_, scene, device=self.device, strict=False)
            self._session.restore(learnt)


def _plain(value: Any) -> Any:
    """As files hold it: a list for a tuple, Python's own number for one of numpy."""
    if isinstance(value, np.generic):
        return value.item()
    return list(value) if isinstance(value, tuple) else value
