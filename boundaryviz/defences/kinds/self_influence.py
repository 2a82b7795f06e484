"""Self-influence: points that hold up their own label, and that nobody else would vote for.

The influence of a point on its own loss (Koh and Liang 2017, "Understanding black-box predictions via influence
functions", equation 2, with the point as its own test point), of the last layer of a net alone: a multinomial logistic
regression on the features.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import ShareFilter, Sight, SurrogateFilter
from boundaryviz.scene.specs import setting

_AT_ONCE = 1024  # points whose gradients are held at a time


class SelfInfluenceSpec(ShareFilter, SurrogateFilter):
    """Leaves out the labelled points whose own presence lowers their own loss most."""

    TITLE: ClassVar[str] = "Self-influence"
    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]] = "labelled"
    defence: Literal["self-influence"] = "self-influence"
    damping: float = setting(
        0.01, "Damping", "Added to the curvature, so that directions without any count as flat and not as infinitely "
        "soft.", ge=1e-6, le=10.0, log=True, advanced=True,
    )  # fmt: skip

    def scores(self, sight: Sight) -> NDArray[np.float64]:
        """g H^-1 g (M,) of the last layer."""
        fitted = sight.fitted(surrogate=self.surrogate)
        return self_influence(
            sight.features(fitted), sight.probabilities(fitted), sight.label[sight.judged], self.damping
        )


def self_influence(
    features: NDArray[np.float64], p: NDArray[np.float64], label: NDArray[np.int64], damping: float
) -> NDArray[np.float64]:
    """g_i H^-1 g_i (M,) of a softmax on features (M, F), with a bias, that says p (M, C) of points with labels (M,).

    g_i: the gradient of the cross-entropy of point i, (p_i - e_i) (x) (features_i, 1). H: the mean of the Hessians,
    (diag p_i - p_i p_i') (x) (features_i, 1)(features_i, 1)', plus the damping.
    """
    from scipy.linalg import cho_factor, cho_solve

    a = np.column_stack([features, np.ones(len(features))])
    (n, width), classes = a.shape, p.shape[1]
    slope = p - np.eye(classes)[label]
    hessian = np.empty((classes, width, classes, width))
    for j in range(classes):
        for k in range(j, classes):
            bend = p[:, j] * ((j == k) - p[:, k])
            hessian[j, :, k] = hessian[k, :, j] = (a * (bend / n)[:, None]).T @ a
    square = cho_factor(hessian.reshape(classes * width, -1) + damping * np.eye(classes * width))
    found = np.empty(n)
    for start in range(0, n, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        gradient = (slope[part, :, None] * a[part, None]).reshape(-1, classes * width)
        found[part] = (gradient * cho_solve(square, gradient.T).T).sum(axis=1)
    return found
