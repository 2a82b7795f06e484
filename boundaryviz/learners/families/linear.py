"""scikit-learn's classifiers with straight boundaries and no probabilities, under their own names."""

from __future__ import annotations

from typing import ClassVar, Literal

from typing_extensions import override

from boundaryviz.learners.families.scikit_learn import TableSpec, worded
from boundaryviz.scene.specs import setting


@worded(order=172)
class NearestCentroidSpec(TableSpec):
    """Every place takes the class whose mean is nearest. It decides without degrees: shown is 1 or 0, and the loss
    counts each mistake as 27.6, which is -log of 1e-12."""

    TITLE: ClassVar[str] = "Nearest mean"
    DECIDES: ClassVar[bool] = True
    name: Literal["NearestCentroid"] = "NearestCentroid"
    metric: Literal["euclidean", "manhattan"] = setting(
        "euclidean", "Distance", "The straight line to the mean, or the way along the axes to the median.",
        choices={"euclidean": "straight", "manhattan": "along the axes"},
    )  # fmt: skip
    shrink_threshold: float | None = setting(
        None, "Shrinkage", "Means are moved towards that of all points by so many standard errors, and no farther than "
        "there; empty leaves them.", gt=0.0, le=1e6, advanced=True,
    )  # fmt: skip


@worded(order=182)
class LinearSVCSpec(TableSpec):
    """A straight line with the widest margin, as liblinear finds it. It has no probabilities: shown is the logistic
    function of its score, and the loss is of that."""

    TITLE: ClassVar[str] = "Linear support vectors"
    name: Literal["LinearSVC"] = "LinearSVC"
    C: float = setting(
        1.0, "C", "Cost of a point on the wrong side of the margin.", gt=0.0, le=1e6, log=True
    )  # fmt: skip
    loss: Literal["squared_hinge", "hinge"] = setting(
        "squared_hinge", "Loss", "Of a point by how far it is on the wrong side of its margin; the plain one is fitted "
        "by coordinate descent, which stops after 1,000 passes whether it has arrived or not.",
        choices={"squared_hinge": "squared hinge", "hinge": "hinge"},
    )  # fmt: skip
    fit_intercept: bool = setting(
        True, "Offset", "Off, the line goes through the origin.", advanced=True
    )  # fmt: skip

    @property
    @override
    def seeded(self) -> bool:
        """Coordinate descent goes through the points in an order that is drawn."""
        return self.loss == "hinge" or self.dual is True

    @property
    @override
    def bound_to_origin(self) -> str:
        """Of the offset, which is penalised like a slope."""
        return "the offset of its line is penalised like a slope"


@worded(order=184)
class RidgeClassifierSpec(TableSpec):
    """Least squares on -1 and 1 with a penalty on the slopes. It has no probabilities: shown is the logistic function
    of its score, and the loss is of that, so that even far from the boundary it is about 0.3."""

    TITLE: ClassVar[str] = "Ridge"
    name: Literal["RidgeClassifier"] = "RidgeClassifier"
    alpha: float = setting(1.0, "Penalty", "Of the squared slopes.", ge=0.0, le=1e9, log=True)
    fit_intercept: bool = setting(
        True, "Offset", "Off, the line goes through the origin.", advanced=True
    )  # fmt: skip

    @property
    @override
    def seeded(self) -> bool:
        """Of two solvers that go through the points in an order that is drawn."""
        return self.solver in ("sag", "saga")

    @property
    @override
    def bound_to_origin(self) -> str:
        """Without an offset."""
        return "" if self.fit_intercept else "its line goes through the origin"
