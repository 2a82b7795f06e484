"""scikit-learn's averages of models, under their own names and with their own defaults."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from typing_extensions import override

from boundaryviz.learners.families.estimators import TREES
from boundaryviz.learners.families.scikit_learn import TableSpec, worded
from boundaryviz.learners.needs import Needs, Size
from boundaryviz.learners.sklearn_parts import part
from boundaryviz.scene.specs import setting


class _ManySpec(TableSpec):
    n_estimators: int
    max_depth: int | None

    def _fitting(self, size: Size) -> Needs:
        leaves = min(float(size.labelled), self._leaves(size))
        if self.max_depth is not None and self.max_depth < 60:
            leaves = min(leaves, 2.0**self.max_depth)
        return {TREES: size.replicas * self.n_estimators * (5e3 + 2 * leaves * (64 + 8 * size.classes))}

    def _leaves(self, size: Size) -> float:
        """About how many a tree has that is cut until its leaves are pure; as for a forest."""
        return 2.0 + 1.4 * 0.632 * size.mixed


@worded(course="n_estimators", order=202)
class ExtraTreesClassifierSpec(_ManySpec):
    """Many trees on all points, cut at places drawn at random, the best of a few; their leaves' shares are averaged."""

    TITLE: ClassVar[str] = "Extra trees"
    name: Literal["ExtraTreesClassifier"] = "ExtraTreesClassifier"
    n_estimators: int = setting(100, "Trees", "How many trees.", ge=1, le=10_000, log=True)
    max_depth: int | None = setting(
        None, "Depth", "Cuts from the root of each tree to a leaf at most; empty cuts until every leaf is pure.",
        ge=1, le=100,
    )  # fmt: skip
    max_leaf_nodes: int | None = setting(
        None, "Leaves", "Of each tree at most, the best cuts first; empty is no limit.", ge=2, le=10_000, log=True
    )
    bootstrap: bool = setting(
        False, "Drawn points", "Each tree is grown on as many points, drawn with repeats; off, on all of them.",
        advanced=True,
    )  # fmt: skip

    def _leaves(self, size: Size) -> float:
        """Cuts at random take some more; measured on two moons."""
        return 2 * size.labelled**0.5 + 2.2 * size.mixed


@worded(course="n_estimators", order=204)
class BaggingClassifierSpec(_ManySpec):
    """Trees, each of other points drawn from the data with all inputs to choose from; their leaves' shares are
    averaged."""

    TITLE: ClassVar[str] = "Bagging"
    OURS: ClassVar[tuple[str, ...]] = ("max_depth",)
    name: Literal["BaggingClassifier"] = "BaggingClassifier"
    n_estimators: int = setting(10, "Trees", "How many trees.", ge=1, le=10_000, log=True)
    max_depth: int | None = setting(
        None, "Depth", "Cuts from the root of each tree to a leaf at most; empty cuts until every leaf is pure.",
        ge=1, le=100,
    )  # fmt: skip
    bootstrap: bool = setting(
        True, "Drawn points", "Points are drawn with repeats; off, without.", advanced=True
    )  # fmt: skip

    @override
    def arguments(self, labels: int) -> dict[str, Any]:
        given = super().arguments(labels)
        if self.max_depth is not None:
            given["estimator"] = part("sklearn.tree:DecisionTreeClassifier", max_depth=self.max_depth)
        return given
