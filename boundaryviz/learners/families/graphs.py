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

DENSE = 3000
"""Points up to which a Gaussian graph joins everybody to everybody."""
KEPT = 30
"""Nearest neighbours that are kept of it beyond."""
WHOLE = 2000
"""Points up to which, in Laplacian least squares, every one carries a kernel."""
CARRIERS = 600
"""That many do beyond, spread evenly over the ids, and every labelled point."""
NONE = 1e-9
"""In propagation a weight below this counts as none: solving for what it carries would lose all digits."""
LABELS = "fewer labels or points"


_pool = partial(family, supervised=False, at_once=True, seeded=False)
"""Declares a learner that is fitted at once on the whole pool, in which nothing is random."""


class _PoolSpec(AtOnceSpec):
    """A learner that looks at `neighbours` of a point."""

    @override
    def counterpart(self, rarest: int) -> LearnerSettings:
        return nearest_neighbours(self.neighbours, rarest)


class PathSpec(_PoolSpec):
    """A learner of which `chains.shortest` tells how labels are handed on.

    LEAST: along a Gaussian graph a weight below this hands no label on.
    """

    LEAST: ClassVar[float] = 0.0

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
        False, "Both ways", "A neighbour listens back even where it has nearer ones itself. "
        "Off, as scikit-learn has it, whoever nobody listens to hands no label on.",
    )  # fmt: skip
    gamma: float = setting(
        20.0, "Gamma", "Narrowness of the Gaussian graph: weight exp(-gamma d²). "
        "Above 3,000 points each keeps only its 30 nearest neighbours.",
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

    def _fitting(self, size: Size) -> Needs:
        n = size.training
        if self.kernel == "rbf" and n <= DENSE:
            return {POINTS: 40.0 * n * n}
        k = min(KEPT if self.kernel == "rbf" else self.neighbours, n)
        return {POINTS: 180.0 * n * k, NEIGHBOURS: float(PLACES * k * (16 + 8 * size.classes))}


@_pool("boundaryviz.learners.propagation:LabelPropagation", cascade="length", order=130)
class LabelPropagationSpec(_GraphSpec):
    """Labels flow along a graph of all points; those that were given stay as they are."""

    TITLE: ClassVar[str] = "Label propagation"
    LEAST: ClassVar[float] = NONE
    name: Literal["label-propagation"] = "label-propagation"


@_pool("boundaryviz.learners.propagation:LabelSpreading", cascade="length", order=140)
class LabelSpreadingSpec(_GraphSpec):
    """Labels flow along a graph of all points, and even those that were given may be outvoted."""

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
        36.0, "Gamma", "Narrowness of the kernel exp(-gamma d²). Above 2,000 points, 600 of them carry one.",
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

    def _fitting(self, size: Size) -> Needs:
        n, carriers = size.training, min(size.training, CARRIERS + size.labelled)
        kernels = 6.0 * n * n if n <= WHOLE else 2.0 * n * carriers + 3.0 * carriers**2
        return {POINTS if n <= WHOLE else LABELS: 8.0 * kernels + 200.0 * n * self.neighbours}
