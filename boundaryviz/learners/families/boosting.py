"""scikit-learn's boosting, under its own names and with its own defaults: small trees, each mending those before."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from typing_extensions import override

from boundaryviz.learners.families.estimators import TREES
from boundaryviz.learners.families.scikit_learn import TableSpec, worded
from boundaryviz.learners.needs import Needs, Size
from boundaryviz.learners.sklearn_parts import part
from boundaryviz.learners.specs_fitted import POINTS
from boundaryviz.scene.specs import setting

_NODE = 100.0  # bytes of a node of a tree, its values among them


def _stages(default: int) -> Any:
    return setting(default, "Stages", "Trees, each fitted to what those before leave wrong.", ge=1, le=10_000, log=True)


@worded(course="n_estimators", order=210)
class AdaBoostClassifierSpec(TableSpec):
    """Small trees, one after the other, each on points that weigh the more the more of those before got them wrong;
    they vote. Where no first tree does better than chance, nothing is decided."""

    TITLE: ClassVar[str] = "AdaBoost"
    OURS: ClassVar[tuple[str, ...]] = ("max_depth",)
    name: Literal["AdaBoostClassifier"] = "AdaBoostClassifier"
    n_estimators: int = _stages(50)
    learning_rate: float = setting(
        1.0, "Rate", "How much of its say each tree is given.", gt=0.0, le=100.0, log=True
    )  # fmt: skip
    max_depth: int = setting(1, "Depth", "Cuts from the root of each tree to a leaf at most.", ge=1, le=30)

    @property
    @override
    def seeded(self) -> bool:
        """Seeds settle which of two equal cuts is taken, no more."""
        return False

    @override
    def arguments(self, labels: int) -> dict[str, Any]:
        given = super().arguments(labels)
        if self.max_depth > 1:
            given["estimator"] = part("sklearn.tree:DecisionTreeClassifier", max_depth=self.max_depth)
        return given

    def _fitting(self, size: Size) -> Needs:
        leaves = min(2.0**self.max_depth, size.labelled)
        return {TREES: size.sights * self.n_estimators * (5e3 + 2 * leaves * _NODE)}


@worded(course="n_estimators", order=212)
class GradientBoostingClassifierSpec(TableSpec):
    """Small trees, one after the other, each fitted to the slope of the loss that those before leave, and added."""

    TITLE: ClassVar[str] = "Gradient boosting"
    name: Literal["GradientBoostingClassifier"] = "GradientBoostingClassifier"
    n_estimators: int = _stages(100)
    learning_rate: float = setting(
        0.1, "Rate", "How much of each tree is added.", ge=0.0, le=100.0, log=True
    )  # fmt: skip
    max_depth: int | None = setting(
        3, "Depth", "Cuts from the root of each tree to a leaf at most; empty is no limit.", ge=1, le=100
    )
    max_leaf_nodes: int | None = setting(
        None, "Leaves", "Of each tree at most, the best cuts first; empty is no limit.", ge=2, le=10_000, advanced=True
    )
    subsample: float = setting(
        1.0, "Drawn points", "Share of the points that each tree is fitted to, drawn anew for it.", gt=0.0, le=1.0
    )
    loss: Literal["log_loss", "exponential"] = setting(
        "log_loss", "Loss", "What the trees make smaller; the exponential one is for two classes.",
        choices={"log_loss": "log loss", "exponential": "exponential, as AdaBoost"}, advanced=True,
    )  # fmt: skip

    @property
    @override
    def seeded(self) -> bool:
        """Where points or inputs are drawn."""
        return self.subsample < 1.0 or self.max_features is not None or self.n_iter_no_change is not None

    def _fitting(self, size: Size) -> Needs:
        models = size.replicas if self.seeded else size.sights
        trees = self.n_estimators * (size.classes if size.classes > 2 else 1)
        depth = 60 if self.max_depth is None else min(self.max_depth, 60)
        most = (self.subsample * size.labelled) ** 0.75  # of deep ones, measured on noisy moons
        leaves = min(2.0**depth, most + 8, self.max_leaf_nodes or size.labelled)
        return {TREES: models * trees * (5e3 + 2 * leaves * _NODE)}


@worded(course="max_iter", order=214)
class HistGradientBoostingClassifierSpec(TableSpec):
    """Gradient boosting on inputs in bins, which is quick where there are many points."""

    TITLE: ClassVar[str] = "Gradient boosting in bins"
    name: Literal["HistGradientBoostingClassifier"] = "HistGradientBoostingClassifier"
    max_iter: int = _stages(100)
    learning_rate: float = setting(
        0.1, "Rate", "How much of each tree is added.", gt=0.0, le=100.0, log=True
    )  # fmt: skip
    max_leaf_nodes: int | None = setting(
        31, "Leaves", "Of each tree at most, the best cuts first; empty is no limit.", ge=2, le=10_000, log=True
    )
    min_samples_leaf: int = setting(
        20, "Points in a leaf", "A cut that would leave fewer points is not made.", ge=1, le=10_000, log=True
    )
    l2_regularization: float = setting(0.0, "L2", "Penalty on what the leaves add.", ge=0.0, le=1e6)
    max_bins: int = setting(
        255, "Bins", "Steps into which each input is divided; cuts are made between them.", ge=2, le=255, advanced=True
    )

    @property
    @override
    def seeded(self) -> bool:
        """Where inputs are drawn, or points are set aside to stop by because the settings say so."""
        return self.max_features < 1.0 or self.early_stopping is True

    def _fitting(self, size: Size) -> Needs:
        models = size.replicas if self.seeded else size.sights
        trees = self.max_iter * (size.classes if size.classes > 2 else 1)
        leaves = min(self.max_leaf_nodes or size.labelled, size.labelled / self.min_samples_leaf + 1)
        return {TREES: models * trees * (2e3 + 2 * leaves * _NODE), POINTS: 130.0 * size.labelled * size.width}
