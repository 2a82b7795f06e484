"""Specs of scikit-learn's supervised classifiers, under its own names and with its own defaults."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.learners.family import family
from boundaryviz.learners.needs import PLACES, Needs, Size
from boundaryviz.learners.specs_fitted import NEIGHBOURS, EstimatorSpec, kernel_cache
from boundaryviz.scene.specs import setting

_classifier = partial(family, "boundaryviz.learners.estimators:Estimator", at_once=True)
"""Declares a supervised classifier of scikit-learn."""


@_classifier(seeded=False, course="n_neighbors", order=170)
class KNeighborsClassifierSpec(EstimatorSpec):
    """Every place takes the class that most of its nearest labelled points have."""

    TITLE: ClassVar[str] = "Nearest neighbours"
    name: Literal["KNeighborsClassifier"] = "KNeighborsClassifier"
    n_neighbors: int = setting(
        5, "Neighbours", "Labelled points that vote; where there are fewer, all of them.", ge=1, le=1000, log=True
    )
    weights: Literal["uniform", "distance"] = setting(
        "uniform", "Votes", "Each neighbour counts the same, or nearer ones count more.",
        choices={"uniform": "all the same", "distance": "by 1 / distance"},
    )  # fmt: skip
    p: float = setting(
        2.0, "Norm", "The power in the distance: 1 adds up the ways along each axis, 2 is the straight line.",
        ge=1.0, le=10.0, advanced=True,
    )  # fmt: skip

    @override
    def arguments(self, labels: int) -> dict[str, Any]:
        return super().arguments(labels) | {"n_neighbors": min(self.n_neighbors, labels)}

    def _fitting(self, size: Size) -> Needs:
        return {NEIGHBOURS: 36.0 * PLACES * min(self.n_neighbors, max(size.labelled, 1))}


def nearest_neighbours(votes: int, rarest: int) -> KNeighborsClassifierSpec:
    """As many neighbours as have votes, but no more than the rarest class has labels."""
    return KNeighborsClassifierSpec(n_neighbors=max(1, min(votes, rarest)))


@_classifier(seeded=False, order=180)
class SVCSpec(EstimatorSpec):
    """A support vector machine: the widest margin between the classes, seen through a kernel. With three classes or
    more it is scikit-learn's SVC with break_ties=True."""

    TITLE: ClassVar[str] = "Support vector machine"
    name: Literal["SVC"] = "SVC"
    C: float = setting(
        1.0, "C", "Cost of a point on the wrong side of the margin.", gt=0.0, le=1e6, log=True
    )  # fmt: skip
    kernel: Literal["rbf", "linear", "poly", "sigmoid"] = setting(
        "rbf", "Kernel", "How alike two points are.",
        choices={"rbf": "Gaussian", "linear": "linear", "poly": "polynomial", "sigmoid": "tanh"},
    )  # fmt: skip
    gamma: float | Literal["scale"] = setting(
        "scale", "Gamma", "Narrowness of the kernel; 'scale' is 1 / (inputs times the variance of all coordinates, of "
        "all axes together), which falls as the means of the axes lie further apart.", log=True,
    )  # fmt: skip
    degree: int = setting(3, "Degree", "Of the polynomial.", ge=1, le=20, advanced=True)
    coef0: float = setting(
        0.0, "Constant", "Added within a polynomial or tanh kernel.", ge=-100.0, le=100.0, advanced=True
    )

    @override
    def model_post_init(self, _context: object, /) -> None:
        if isinstance(self.gamma, float) and not 0.0 < self.gamma <= 10_000.0:
            raise ValueError("gamma is a number above 0 and up to 10000, or 'scale'")

    def unused(self) -> Mapping[str, str]:
        """What this kernel has not."""
        kernels = {"gamma": ("rbf", "poly", "sigmoid"), "degree": ("poly",), "coef0": ("poly", "sigmoid")}
        return {name: "this kernel has none" for name, those in kernels.items() if self.kernel not in those}

    @property
    @override
    def bound_to_origin(self) -> str:
        """Of kernels that are no functions of a distance, and of scikit-learn's gamma where it is worked out."""
        if not self.may_be_centred:
            return "its kernel is a function of products of coordinates"
        apart = "the variance in gamma='scale' is of all axes together, and holds how far their means lie apart"
        return apart if self._scaled else ""

    @property
    @override
    def may_be_centred(self) -> bool:
        """Of functions of a distance: gamma is worked out before, see `worked_out`."""
        return self.kernel not in ("poly", "sigmoid")

    @property
    def _scaled(self) -> bool:
        return self.gamma == "scale" and self.kernel == "rbf"

    @override
    def arguments(self, labels: int) -> dict[str, Any]:
        return super().arguments(labels) | {"break_ties": True}

    @override
    def worked_out(self, x: NDArray[np.float64]) -> dict[str, Any]:
        """gamma='scale' as scikit-learn works it out: 1 / (D times the variance of all n D numbers), or 1."""
        if not self._scaled:
            return {}
        variance = float(x.var())
        return {"gamma": 1.0 / (x.shape[1] * variance) if variance else 1.0}

    def _fitting(self, size: Size) -> Needs:
        return kernel_cache(size.labelled)


TREES = "fewer trees or seeds, or a limit of their depth"
_LEAVES = 1e5  # of all trees: fewer take no memory to speak of


class _TreeSpec(EstimatorSpec):
    criterion: Literal["gini", "entropy"] = setting(
        "gini", "Criterion", "What a cut shall make small in its two parts.",
        choices={"gini": "Gini impurity", "entropy": "entropy"},
    )  # fmt: skip
    max_depth: int | None = setting(
        None, "Depth", "Cuts from the root to a leaf at most; empty cuts until every leaf is pure.", ge=1, le=100
    )
    max_leaf_nodes: int | None = setting(
        None,
        "Leaves",
        "Leaves at most, the best cuts first; 1 is the shares of all points, empty no limit.",
        ge=1,
        le=10_000,
        log=True,
    )
    min_samples_leaf: int = setting(
        1, "Points in a leaf", "A cut that would leave fewer points is not made.", ge=1, le=10_000, log=True
    )

    @override
    def arguments(self, labels: int) -> dict[str, Any]:
        """A single leaf, for which scikit-learn takes no 1, is a tree of which no part is large enough to be cut."""
        given = super().arguments(labels)
        return given | {"max_leaf_nodes": None, "min_samples_split": labels + 1} if self.max_leaf_nodes == 1 else given

    def _fitting(self, size: Size) -> Needs:
        trees, drawn = self._trees(size)
        most = float(size.labelled) / self.min_samples_leaf
        if self.max_leaf_nodes is not None:
            most = min(most, self.max_leaf_nodes)
        if self.max_depth is not None and self.max_depth < 60:
            most = min(most, 2.0**self.max_depth)
        leaves = most
        if trees * most > _LEAVES:  # it is worth a look at the points
            leaves = min(most, 2.0 + 1.4 * drawn * size.mixed / self.min_samples_leaf)
        return {TREES: trees * (5e3 + 2 * leaves * (64 + 8 * size.classes))}

    def _trees(self, size: Size) -> tuple[int, float]:
        """How many trees, and the share of the points that each is shown."""
        return size.sights, 1.0


@_classifier(seeded=False, scale_free=True, course="max_leaf_nodes", order=190)
class DecisionTreeClassifierSpec(_TreeSpec):
    """The plane cut in two along an axis, and each part again."""

    TITLE: ClassVar[str] = "Decision tree"
    name: Literal["DecisionTreeClassifier"] = "DecisionTreeClassifier"
    ccp_alpha: float = setting(
        0.0, "Pruning", "Cost of a leaf in minimal cost-complexity pruning (Breiman and others, 1984): what is "
        "grown is cut back where a branch lowers the impurity, as a share of all points, by less than this for a leaf.",
        ge=0.0, le=1.0,
    )  # fmt: skip


@_classifier(seeded=True, scale_free=True, course="n_estimators", order=200)
class RandomForestClassifierSpec(_TreeSpec):
    """Many trees, each of other points drawn from the data; their leaves' shares are averaged."""

    TITLE: ClassVar[str] = "Random forest"
    name: Literal["RandomForestClassifier"] = "RandomForestClassifier"
    n_estimators: int = setting(100, "Trees", "How many trees.", ge=1, le=1000, log=True)
    bootstrap: bool = setting(
        True, "Drawn points", "Each tree is grown on as many points, drawn with repeats; off, on all of them.",
        advanced=True,
    )  # fmt: skip

    def _trees(self, size: Size) -> tuple[int, float]:
        return size.replicas * self.n_estimators, 0.632 if self.bootstrap else 1.0
