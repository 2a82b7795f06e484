"""What a model of a session does under small pushes of its inputs: where they lead, and all that is measured of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter

from boundaryviz.engine.session import Session
from boundaryviz.evasion import halfspace
from boundaryviz.evasion.balls import directions, steepest, uniforms
from boundaryviz.evasion.metrics import Metric
from boundaryviz.evasion.model import Model, NoGradient, model_of
from boundaryviz.evasion.nearest import Outlines, nearest_piece
from boundaryviz.evasion.pushes import Pushes, Robustness
from boundaryviz.evasion.pushing import pushed
from boundaryviz.evasion.robustness import CLIMBS, robustness
from boundaryviz.evasion.settings import EvasionSpec, Method
from boundaryviz.evasion.smoothing import Certificates, certify
from boundaryviz.evasion.universal import universal
from boundaryviz.record.evading import SIGMAS, Linearity, NoiseRelation, places_in
from boundaryviz.scenario.scenario import ScenarioError
from boundaryviz.scene.scene import Domain, Split

MOST = 400
"""Points that are pushed at most."""
_DRAWS = 300  # of noise for each point
_TURNS = 8  # random directions for each point
_LENGTHS = 41  # at which the answer along the gradient is asked for, up to twice epsilon
_SIDE = 300  # cells along the longer side in which the smoothed decision is worked out

SPLITS = {"test": Split.TEST, "validation": Split.VALIDATION, "train": Split.TRAIN}
"""Which points may be asked about, by name."""


class Evasion:
    """What one model of a session does when the points of a split, or places, are pushed. Each is worked out when it is
    asked for first.

    seed: which of the models, counted from 0; with twins the poisoned one. points: a name in `SPLITS`; at most
    `most` of them, in their order, without poison and without what has no label. places: (N, 2), of the plane, in their
    stead; then nothing is known of labels.
    Raises ScenarioError where there is no such point.
    """

    def __init__(
        self,
        session: Session,
        asked: EvasionSpec | None = None,
        seed: int = 0,
        points: str = "test",
        places: NDArray[np.float64] | None = None,
        most: int = MOST,
    ) -> None:
        self.session, self.replica = session, session.shown(seed)
        self.asked = asked or session.scenario.evasion or EvasionSpec()
        self.learner, self.scene = session.learner, session.scene
        if places is not None:
            self.x, self.label = self.scene.embed(places), np.full(len(places), -1)
            self.ids, self.places = np.full(len(places), -1), places
            return
        if points not in SPLITS:
            raise ScenarioError([f"points: there are {', '.join(SPLITS)}, not {points!r}"])
        some = self.scene.points.take(self.scene.seen())
        some = some.take((some.split == SPLITS[points]) & some.is_labelled & ~some.is_poison)
        if not len(some):
            raise ScenarioError([f"data: there are no {points} points to be pushed; see data.{points}"])
        some = some.take(np.arange(len(some)) < most)
        self.x, self.label, self.ids, self.places = some.x, some.label.astype(np.int64), some.ids, some.xy

    # ---- what is shown ------------------------------------------------------------------------------

    def pushes(self, method: Method | None = None) -> Pushes:
        """Where each of the points is pushed; method: default the one that is asked for. Raises NoGradient."""
        asked = self.asked if method is None else self.asked.model_copy(update={"method": method})
        return self._pushed(asked)

    def _pushed(self, asked: EvasionSpec) -> Pushes:
        return pushed(self.learner, asked, self.x, ids=self.ids, places=self.places, replica=self.replica)

    def robustness(self, epsilons: Sequence[float] | None = None) -> Robustness:
        """The error when points may be pushed by at most so much; epsilons: default 17 up to twice that asked for. The
        attacker who knows of a mask is there where there is one."""
        most = 2.0 * (self.asked.epsilon or 0.3)
        sizes = np.linspace(0.0, most, 17) if epsilons is None else np.asarray(epsilons, dtype=np.float64)
        lines = [name for name in ("exact", "fgsm", "pgd", "adaptive", "random", "universal") if self.tells(name)]
        return self._robustness(sizes, lines)

    def tells(self, method: str) -> bool:
        """Whether a method tells anything of this model that others do not: one that knows of masks, of masked ones."""
        return not method.endswith("adaptive") or getattr(self.session.spec, "mask", "none") != "none"

    def _robustness(self, sizes: NDArray[np.float64], lines: Sequence[Any]) -> Robustness:
        return robustness(
            self.learner, self.x, self.label, epsilons=sizes, asked=self.asked, lines=lines, ids=self.ids,
            replica=self.replica,
        )  # fmt: skip

    def noise_relation(self, sigmas: Sequence[float] = SIGMAS, draws: int = _DRAWS) -> NoiseRelation:
        """How often noise turns each decision, beside what its distance says of it."""
        predict = lambda x: self.learner.predict(x, self.replica)  # noqa: E731
        measured = [halfspace.measured_flips(predict, self.x, s, draws, self.asked.seed)[0] for s in sigmas]
        distance = self.euclidean
        predicted = [halfspace.predicted_flips(distance, s) for s in sigmas]
        return NoiseRelation(np.array(sigmas), distance, np.array(measured), np.array(predicted), draws, self.exact)

    def linearity(self) -> Linearity:
        """The lead of what is decided along its gradient, up to twice epsilon. Raises NoGradient."""
        model, epsilon = self.model, self.asked.epsilon or 0.3
        lengths = np.linspace(0.0, 2.0 * epsilon, _LENGTHS)
        x = model.inputs(self.x)
        decided = model.decide(x)[0]
        some = decided >= 0
        x, decided = x[:, :, some], decided[some]

        def lead(z: torch.Tensor) -> torch.Tensor:
            return (z.gather(1, decided[None, None]) - z.gather(1, rival[None, None]))[0, 0]

        here = x.detach().requires_grad_()
        with torch.enable_grad():
            z = model.logits(here)
            rival = z.detach()[0].scatter(0, decided[None], -torch.inf).argmax(0)
            (slope,) = torch.autograd.grad(lead(z).sum(), here)
        way = -steepest(slope, self.asked.norm)
        with torch.no_grad():
            leads = torch.stack([lead(model.logits(x + far * way)) for far in lengths.tolist()], 1)
            steep = (slope * way).sum(1)[0]
        found, slopes = leads.double().cpu().numpy(), steep.double().cpu().numpy()
        return Linearity(lengths, found, slopes, epsilon, self.asked.norm)

    # ---- what that is made of -----------------------------------------------------------------------

    @cached_property
    def model(self) -> Model:
        """The model as a function with gradients. Raises NoGradient."""
        return model_of(self.learner, slice(self.replica, self.replica + 1))

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """The class decided at each point, (N,)."""
        return self.learner.predict(self.x, self.replica)[0]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which points are decided as they are labelled, (N,)."""
        return self.predicted == self.label

    @property
    def exact(self) -> bool:
        """Whether the distance to the boundary is known, or an upper bound: where points have inputs off the plane."""
        section = self.scene.section
        return section is None or section.off_plane is None

    @cached_property
    def nearest(self) -> Pushes:
        """The shortest push of each point in the norm that is asked for. Raises NoGradient."""
        return self.pushes("nearest")

    @property
    def euclidean(self) -> NDArray[np.float64]:
        """The Euclidean distance of each point from where it is decided otherwise, (N,), inf where that is nowhere."""
        if self.asked.norm == "l2":
            return self.nearest.length
        asked = self.asked.model_copy(update={"norm": "l2", "method": "nearest"})
        return self._pushed(asked).length

    @cached_property
    def within_plane(self) -> NDArray[np.float64]:
        """The distance on the plane that is shown, from the shadow of each point, (N,)."""
        if self.exact:
            return self.nearest.length
        asked = self.asked.model_copy(update={"method": "nearest", "within": "plane"})
        return self._pushed(asked).length

    @cached_property
    def certificates(self) -> Certificates:
        """Of randomised smoothing. Raises ScenarioError without `evasion.smoothing`."""
        if not self.asked.smoothing:
            raise ScenarioError(["evasion.smoothing: certificates need noise; set it above 0, such as 0.15"])
        return certify(
            lambda x: self.learner.predict(x, self.replica), self.x, self.scene.classes, self.asked.smoothing,
            seed=self.asked.seed,
        )  # fmt: skip

    @cached_property
    def smoothed_distance(self) -> NDArray[np.float64]:
        """How far each place is from where the smoothed model decides otherwise, (N,): the outline of decisions on the
        plane, convolved with the noise. Raises ScenarioError where inputs lead off the plane."""
        if not self.exact or self.scene.section is not None:
            raise ScenarioError(["evasion: the distance to the smoothed boundary is known on a plane alone"])
        d, sigma = self.scene.domain, self.asked.smoothing
        across = max(d.width, d.height)
        rect = Domain(d.left - across / 2, d.right + across / 2, d.bottom - across / 2, d.top + across / 2)
        columns, rows = rect.shape(2 * _SIDE)
        classes = self.learner.predict(rect.grid(columns, rows), self.replica)[0].reshape(rows, columns)
        cells = (sigma * rows / rect.height, sigma * columns / rect.width)
        shares = np.stack(
            [gaussian_filter((classes == k).astype(float), cells, mode="nearest") for k in range(self.scene.classes)]
        )
        outlines = Outlines.of(shares[1:] - shares[:1] if len(shares) == 2 else shares, rect)
        found = np.full(len(self.places), np.inf)
        smoothed, metric = self.certificates.label[0], Metric.of(None, "l2")
        for k in np.unique(smoothed[smoothed >= 0]).tolist():
            found[smoothed == k] = nearest_piece(self.places[smoothed == k], outlines.around(k), metric)[1]
        return found

    @cached_property
    def _at_epsilon(self) -> Callable[[str], float]:
        """The share of points that are right at epsilon, by method."""
        known: dict[str, float] = {}

        def asked(name: str) -> float:
            if name not in known:
                known[name] = self._robust(name)
            return known[name]

        return asked

    def _robust(self, name: str) -> float:
        epsilon = self.asked.epsilon
        if name == "exact":
            return float((self.right & ~(self.nearest.length <= epsilon)).mean())
        if name == "deepfool":
            push = self.pushes("deepfool")
            return float((self.right & ~push.within).mean())
        if name == "universal_class":
            x, label = self.model.inputs(self.x), torch.from_numpy(self.label).to(self.model.device)
            steps = 0 if self.model.width <= 2 else CLIMBS  # as for one push common to all
            found = universal(self.model, x, label, self.asked.norm, epsilon, steps, self.asked.seed)
            return 1.0 - float(found.class_error[0])
        curve = self._robustness(np.array([epsilon]), (name,))
        if why := curve.missing.get(name):
            raise NoGradient(why)
        return 1.0 - float(curve.lines[name][0])

    # ---- measures -----------------------------------------------------------------------------------

    def measure(self, name: str) -> float:
        """One of `record.evading.MEASURES`; NaN where there is nothing to measure. Raises NoGradient, ScenarioError."""
        if self.session.diverged[self.replica]:
            return float("nan")
        if name.startswith(("robust_", "success_")):
            kind, _, method = name.partition("_")
            robust = self._at_epsilon(method)
            accuracy = float(self.right.mean())
            if kind == "robust":
                return robust
            return (accuracy - robust) / accuracy if accuracy else float("nan")
        if name.startswith(("noise_error_", "half_space_")):
            measured, predicted = self._noise.means
            return float((measured if name.startswith("noise") else predicted)[int(name[-1]) - 1])
        return _MEASURES[name](self)

    @cached_property
    def _noise(self) -> NoiseRelation:
        return self.noise_relation()

    @cached_property
    def _line(self) -> Linearity:
        return self.linearity()

    @cached_property
    def random_flips(self) -> float:
        """The share of decisions that a push as long as the shortest one turns in directions drawn at random."""
        far, n, d = self.nearest.length, len(self.x), self.x.shape[1]
        some = np.isfinite(far)
        if not some.any():
            return float("nan")
        turned = 0.0
        for k in range(_TURNS):
            way = directions(uniforms(self.asked.seed, np.arange(n), d, 1000 + k))
            moved = self.x[some] + far[some, None] * way[some]
            turned += float((self.learner.predict(moved, self.replica)[0] != self.predicted[some]).mean())
        return turned / _TURNS


_MEASURES: Mapping[str, Callable[[Evasion], float]] = {
    "accuracy": lambda one: float(one.right.mean()),
    "distance": lambda one: float(np.median(one.nearest.length)),
    "distance_plane": lambda one: float(np.median(one.within_plane)),
    "off_plane": lambda one: float(np.median(one.nearest.off_plane)),
    "random_flips": lambda one: one.random_flips,
    "noise_gap": lambda one: one._noise.gap,
    "certified": lambda one: float(np.median(one.certificates.radius[0])),
    "smoothed_distance": lambda one: float(np.median(one.smoothed_distance)),
    "violations": lambda one: float((one.certificates.radius[0] > one.smoothed_distance + _slack(one)).mean()),
    "straight": lambda one: _middle(one._line.straightness()),
    "fall": lambda one: _middle(one._line.fall()),
}


def _middle(values: NDArray[np.float64]) -> float:
    """The median of what is known of values (N,); NaN where that is nothing, as of models that decide nothing."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _slack(one: Evasion) -> float:
    """The width of a cell in which the smoothed boundary was sought."""
    d = one.scene.domain
    return max(d.width, d.height) / _SIDE


def of_session(
    session: Session, seed: int, points: str, at: ArrayLike | None, settings: Mapping[str, Any], most: int = MOST
) -> Evasion:
    """The model of one seed, with these settings changed, and places (N, 2) or (2,) in place of points where there are
    any. Raises ScenarioError for what is none, IndexError for a seed that is none."""
    changed = {f"evasion.{name}": value for name, value in settings.items()}
    scenario = session.scenario.with_values(changed) if changed else session.scenario
    places = None if at is None else places_in(session.scene, np.asarray(at, dtype=np.float64))
    if not 0 <= seed < len(session.seeds):
        raise IndexError(f"seed number {seed} is not among the {len(session.seeds)} of this run")
    return Evasion(session, scenario.evasion, seed, points, places, most)


def measures(session: Session, names: Collection[str], asked: EvasionSpec | None = None) -> dict[str, list[float]]:
    """These measures, of each of the session's models, with twins of the poisoned ones.

    Raises ScenarioError, in words, where one cannot be taken of this learner.
    """
    found, refused = some_measures(session, names, asked)
    if refused:
        raise ScenarioError([f"evasion.{name}: {why}" for name, why in refused.items()])
    return found


def some_measures(
    session: Session, names: Collection[str], asked: EvasionSpec | None = None, points: str = "test",
    tell: Callable[[], object] = lambda: None,
) -> tuple[dict[str, list[float]], dict[str, str]]:  # fmt: skip
    """As `measures`, of what can be taken, and of the rest why not. tell: called after each; may raise."""
    models = [Evasion(session, asked, seed, points) for seed in range(len(session.seeds))]
    found: dict[str, list[float]] = {}
    refused: dict[str, str] = {}
    for name in names:
        try:
            found[name] = [one.measure(name) for one in models]
        except (NoGradient, ScenarioError) as why:
            refused[name] = str(why)
        tell()
    return found, refused
