"""scikit-learn's classifiers by normal densities and processes, under their own names and with their own defaults."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.learners.families.scikit_learn import TableSpec, worded
from boundaryviz.learners.needs import Needs, Size
from boundaryviz.learners.sklearn_parts import part
from boundaryviz.learners.specs_fitted import POINTS
from boundaryviz.scene.specs import setting

_BOUNDS = (1e-5, 1e5)  # scikit-learn's own, between which lengths are fitted
_PART = 1 << 12  # places; each takes as many numbers as there are points, three times over


@worded(order=166)
class LinearDiscriminantAnalysisSpec(TableSpec):
    """A normal density for each class, all of one shape, so that boundaries are straight. With no more points than
    classes nothing is decided."""

    TITLE: ClassVar[str] = "Linear discriminant"
    name: Literal["LinearDiscriminantAnalysis"] = "LinearDiscriminantAnalysis"
    solver: Literal["svd", "lsqr", "eigen"] = setting(
        "svd", "Solver", "By singular values, or from the covariance itself, which may be shrunk.",
        choices={"svd": "singular values", "lsqr": "least squares", "eigen": "eigenvalues"}, advanced=True,
    )  # fmt: skip

    @override
    def too_few(self, counts: NDArray[np.int64]) -> bool:
        return int(counts.sum()) <= len(counts)


@worded(order=167)
class QuadraticDiscriminantAnalysisSpec(TableSpec):
    """A normal density of its own shape for each class; boundaries are conic sections. Where the points of a class have
    no spread in some direction and nothing is added, nothing is decided."""

    TITLE: ClassVar[str] = "Quadratic discriminant"
    name: Literal["QuadraticDiscriminantAnalysis"] = "QuadraticDiscriminantAnalysis"
    reg_param: float = setting(
        0.0, "Rounding", "How far each covariance is moved towards that of a circle of radius 1.", ge=0.0, le=1.0
    )

    @property
    @override
    def scale_free(self) -> bool:
        """Unless a circle, of radius 1 in these units, is added."""
        return self.reg_param == 0.0

    @override
    def too_few(self, counts: NDArray[np.int64]) -> bool:
        return int(counts.min()) < 2


@worded(order=175)
class GaussianProcessClassifierSpec(TableSpec):
    """A smooth random function through a logistic one, given the labels: sure near points of one class, unsure far from
    all. Its time grows with the cube of the points."""

    TITLE: ClassVar[str] = "Gaussian process"
    OURS: ClassVar[tuple[str, ...]] = ("kernel", "length_scale", "amplitude", "fitted")
    PART: ClassVar[int] = _PART
    name: Literal["GaussianProcessClassifier"] = "GaussianProcessClassifier"
    kernel: Literal["rbf", "matern"] = setting(
        "rbf", "Kernel", "How smooth the functions are: as smooth as can be, or once differentiable.",
        choices={"rbf": "Gaussian", "matern": "Matern 3/2"},
    )  # fmt: skip
    length_scale: float = setting(
        1.0, "Length", "How far apart places are before they know little of each other; where it is fitted, the start.",
        ge=1e-5, le=1e5, log=True,
    )  # fmt: skip
    amplitude: float = setting(
        1.0, "Amplitude", "Standard deviation of the function, in units of log odds; where it is fitted, the start.",
        ge=1e-2, le=1e2, log=True,
    )  # fmt: skip
    fitted: bool = setting(
        False, "Fit both", "Choose length and amplitude by the likelihood of the labels (Rasmussen and Williams, 2006, "
        "algorithm 5.1): some ten fits in place of one.",
    )  # fmt: skip

    @property
    @override
    def seeded(self) -> bool:
        """Where it starts again from places that are drawn."""
        return self.fitted and self.n_restarts_optimizer > 0

    @override
    def arguments(self, labels: int) -> dict[str, Any]:
        bounds: Any = _BOUNDS if self.fitted else "fixed"
        given: dict[str, Any] = {"length_scale": self.length_scale, "length_scale_bounds": bounds}
        kernels = "sklearn.gaussian_process.kernels:"
        alike = part(f"{kernels}RBF", **given) if self.kernel == "rbf" else part(f"{kernels}Matern", nu=1.5, **given)
        height = part(f"{kernels}ConstantKernel", constant_value=self.amplitude**2, constant_value_bounds=bounds)
        return super().arguments(labels) | {"kernel": height * alike}

    def _fitting(self, size: Size) -> Needs:
        pairs = 8.0 * size.labelled**2 * (size.classes if size.classes > 2 else 1)
        models = size.replicas if self.seeded else size.sights
        return {POINTS: pairs * models + 4 * 8.0 * size.labelled**2 + 3 * 8.0 * _PART * size.labelled}
