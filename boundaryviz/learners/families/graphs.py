"""Specs of the learners that are fitted at once, on the whole pool: graphs, kernels and self-training."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Literal

from typing_extensions import override

from boundaryviz.learners.families.estimators import SVCSpec, nearest_neighbours
from boundaryviz.learners.families.naive_bayes import NaiveBayesSpec
from boundaryviz.learners.families.scikit_learn import classifier
from boundaryviz.learners.family import LearnerSettings, family
from boundaryviz.learners.needs import PLACES, Needs, Size
from boundaryviz.learners.specs_fitted import NEIGHBOURS, POINTS, AtOnceSpec, kernel_cache
from boundaryviz.scene.specs import setting

Kernel = Literal["knn", "rbf"]
Base = Literal["svm", "logistic", "knn", "naive-bayes"]

MOST = 6000
"""Points that a Gaussian graph joins at most, each to all others: solving for so many takes some seconds."""
REST = 1e-14
"""What the kernel of Laplacian least squares may differ by from its factor: about what rounding leaves of it."""
WORK = 2e11
"""Points, times the square of the factor's columns, that are factored at most: half a minute."""


_pool = partial(family, supervised=False, at_once=True, seeded=False)
"""Declares a learner that is fitted at once on the whole pool, in which nothing is random."""


class _PoolSpec(AtOnceSpec):
    """A learner that looks at `neighbours` of a point."""

    @override
    def counterpart(self, rarest: int) -> LearnerSettings:
        return nearest_neighbours(self.neighbours, rarest)


class PathSpec(_PoolSpec):
    """A learner of which `chains.shortest` tells how labels are handed on."""

    @property
    def joined(self) -> tuple[int, bool] | None:
        """How many nearest points each listens to, itself included, and whether both ways; None by a Gaussian."""
        raise NotImplementedError


class _GraphSpec(PathSpec):
    kernel: Kernel = setting(
        "knn", "Graph", "Joins each point to its nearest neighbours, or to every point by a Gaussian of the distance.",
        choices={"knn": "nearest neighbours", "rbf": "Gaussian"},
    )  # fmt: skip
    neighbours: int = setting(
        7, "Neighbours", "Points that each point of the nearest-neighbour graph listens to, itself included.",
        ge=2, le=100,
    )  # fmt: skip
    both_ways: bool = setting(
        False, "Symmetric", "Where one point listens to another, the other listens back. "
        "Off, as scikit-learn has it, whoever nobody listens to hands no label on.",
    )  # fmt: skip
    gamma: float = setting(
        20.0, "Gamma", f"Narrowness of the Gaussian graph: weight exp(-gamma d²). It joins up to {MOST:,} points.",
        gt=0.0, le=10_000.0, log=True,
    )  # fmt: skip

    @property
    @override
    def joined(self) -> tuple[int, bool] | None:
        return (self.neighbours, self.both_ways) if self.kernel == "knn" else None

    def unused(self) -> Mapping[str, str]:
        """What only the other kind of graph has."""
        if self.kernel == "knn":
            return {"gamma": "nearest neighbours all weigh the same"}
        return dict.fromkeys(("neighbours", "both_ways"), "a Gaussian graph joins all points")

    @override
    def crowded(self, size: Size) -> Mapping[str, str]:
        if self.kernel == "knn" or size.training <= MOST:
            return {}
        why = f"a Gaussian graph joins each point to all others, up to {MOST:,}, and here are {size.training:,} with "
        return {"kernel": f"{why}the poison; take fewer points, or the graph of nearest neighbours (knn)"}

    def _fitting(self, size: Size) -> Needs:
        n = size.training
        if self.kernel == "rbf":
            return {POINTS: 9.0 * n * n + 6e7}
        k = min(self.neighbours, n)
        return {POINTS: 180.0 * n * k, NEIGHBOURS: float(PLACES * k * (16 + 8 * size.classes))}


@_pool("boundaryviz.learners.propagation:LabelPropagation", cascade="length", order=130)
class LabelPropagationSpec(_GraphSpec):
    """Labels flow along a graph of all points; those that were given stay as they are."""

    TITLE: ClassVar[str] = "Label propagation"
    name: Literal["label-propagation"] = "label-propagation"


@_pool("boundaryviz.learners.propagation:LabelSpreading", cascade="length", order=140)
class LabelSpreadingSpec(_GraphSpec):
    """Labels flow along a graph of all points, and even those that were given may be outvoted. It is solved to the
    limit; scikit-learn stops after 30 rounds by default, when labels may not have come to most points yet."""

    TITLE: ClassVar[str] = "Label spreading"
    name: Literal["label-spreading"] = "label-spreading"
    alpha: float = setting(
        0.99, "Alpha", "Share of its label that a point takes from its neighbours; the rest is what it was given.",
        gt=0.0, lt=1.0,
    )  # fmt: skip


@_pool("boundaryviz.learners.self_training:SelfTraining", cascade="round", order=150)
class SelfTrainingSpec(_PoolSpec):
    """A supervised model labels what it is surest of and learns again from that; one too simple gets worse by it."""

    TITLE: ClassVar[str] = "Self-training"
    name: Literal["self-training"] = "self-training"
    base: Base = setting(
        "svm", "Model", "What is trained on the labels, given and guessed. "
        "On two moons, guesses make logistic regression and naive Bayes worse.",
        choices={"svm": "SVM", "logistic": "logistic regression", "knn": "nearest neighbours",
                 "naive-bayes": "naive Bayes"},
    )  # fmt: skip
    criterion: Literal["k-best", "threshold"] = setting(
        "k-best", "Which to label", "The surest few of every round, or all whose probability exceeds the threshold.",
        choices={"k-best": "the surest few", "threshold": "above a threshold"},
    )  # fmt: skip
    k_best: int = setting(
        10, "Labels a round", "Points labelled in every round, where the surest few are.", ge=1, le=10_000, log=True
    )
    threshold: float = setting(0.75, "Threshold", "Probability above which a guess becomes a label.", ge=0.0, lt=1.0)
    rounds: int = setting(100, "Rounds", "How often the model is trained again at most.", ge=1, le=10_000, log=True)
    gamma: float = setting(
        3.0, "Gamma", "Narrowness of the SVM's kernel exp(-gamma d²). Where it is far too large, one class takes all.",
        gt=0.0, le=10_000.0, log=True, advanced=True,
    )  # fmt: skip
    penalty: float = setting(
        10.0, "C", "Cost of a mistake, for the SVM and logistic regression. Where it is low, one class may take all.",
        gt=0.0, le=1e6, log=True, advanced=True,
    )  # fmt: skip
    neighbours: int = setting(
        3, "Neighbours", "Points that vote, for the nearest neighbours.", ge=1, le=100, advanced=True
    )

    def unused(self) -> Mapping[str, str]:
        """What its model has not, and what only the other way of choosing what to label looks at."""
        models = {"gamma": ("svm",), "penalty": ("svm", "logistic"), "neighbours": ("knn",)}
        without = {name: "this model has none" for name, those in models.items() if self.base not in those}
        if self.criterion == "k-best":
            return {"threshold": "the surest few are labelled, however sure", **without}
        return {"k_best": "all above the threshold are labelled, however many", **without}

    @property
    @override
    def scale_free(self) -> bool:
        """With naive Bayes."""
        return self.base == "naive-bayes"

    @override
    def counterpart(self, rarest: int) -> LearnerSettings:
        """Its model, taught the given labels alone."""
        match self.base:
            case "svm":
                return SVCSpec(C=self.penalty, gamma=self.gamma)
            case "logistic":
                found = classifier("LogisticRegression")
                assert found is not None
                return found.spec.model_validate({"C": self.penalty})
            case "naive-bayes":
                return NaiveBayesSpec()
            case "knn":
                return super().counterpart(rarest)

    def _fitting(self, size: Size) -> Needs:
        if self.base == "svm":
            return kernel_cache(size.training)
        k = min(self.neighbours, size.labelled) if self.base == "knn" else 0
        return {NEIGHBOURS: 40.0 * max(size.unlabelled, PLACES) * k}


@_pool("boundaryviz.learners.laprls:LapRLS", cascade="length", order=160)
class LapRLSSpec(PathSpec):
    """Least squares with a kernel, smooth over the plane and smoother still along a graph of all points."""

    TITLE: ClassVar[str] = "Laplacian least squares"
    name: Literal["laprls"] = "laprls"
    gamma: float = setting(
        36.0, "Gamma", "Narrowness of the kernel exp(-gamma d²), of which every point carries one.",
        gt=0.0, le=10_000.0, log=True,
    )  # fmt: skip
    neighbours: int = setting(
        15, "Neighbours", "Nearest points, itself not counted, that each point is joined to.", ge=1, le=100
    )
    ambient: float = setting(
        0.03125, "Ambient penalty", "Weight of the smoothness over the whole plane.", gt=0.0, le=1e3, log=True
    )
    intrinsic: float = setting(
        1.0, "Intrinsic penalty", "Weight of the smoothness along the graph; 0 ignores the unlabelled points.",
        ge=0.0, le=1e6, log=True,
    )  # fmt: skip

    @property
    @override
    def joined(self) -> tuple[int, bool]:
        return self.neighbours + 1, True

    @override
    def crowded(self, size: Size) -> Mapping[str, str]:
        if size.training * size.rank(self.gamma) ** 2 <= WORK:
            return {}
        why = f"so narrow a kernel at {size.training:,} points, poison among them, would take minutes"
        return {"gamma": f"{why}; take fewer points or a smaller gamma"}

    def _fitting(self, size: Size) -> Needs:
        n, r = size.training, size.rank(self.gamma)
        return {POINTS: 8.0 * (1.6 * n * r + 1.5 * r * r) + 200.0 * n * self.neighbours}
