"""Activation clustering: classes whose features fall into a large and a small heap.

Chen et al. 2018, "Detecting backdoor attacks on deep neural networks by activation clustering", section 4: the
features of a class, reduced to ten dimensions, in two clusters; the smaller is taken for poison where it is small and
well apart.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.filters import Found, Sight, SurrogateFilter
from boundaryviz.scene.specs import setting

_AT_ONCE = 512  # points whose distances to all others are held at a time
_STARTS = 3  # axes along which a first cut is tried
_MOST = 300  # rounds of clustering


class ActivationClusteringSpec(SurrogateFilter):
    """Leaves out the smaller of two clusters of a class's features, where it is small and well apart."""

    TITLE: ClassVar[str] = "Activation clustering"
    LOOKS_AT: ClassVar[Literal["labelled", "unlabelled"]] = "labelled"
    defence: Literal["activation-clustering"] = "activation-clustering"
    dimensions: int = setting(10, "Dimensions", "To which features are reduced first.", ge=1, le=1000, advanced=True)
    smaller: float = setting(
        0.35, "Smaller share", "Only a cluster with less than this share of its class is taken for poison.",
        ge=0.0, le=0.5,
    )  # fmt: skip
    apart: float = setting(
        0.1, "Silhouette", "Only where the mean silhouette of the two clusters is above this.", ge=-1.0, le=1.0
    )

    def sift(self, sight: Sight, rng: np.random.Generator) -> Found:
        """By how much nearer each point is to the smaller cluster's centre, -1 to 1; NaN in classes of two or fewer."""
        features, label = sight.features(sight.fitted(surrogate=self.surrogate)), sight.label[sight.judged]
        scores, removed = np.full(len(label), np.nan), np.zeros(len(label), dtype=bool)
        for k in np.unique(label):
            mine = np.flatnonzero(label == k)
            if len(mine) < 3:
                continue
            x = reduced(features[mine], self.dimensions)
            second = two_means(x)
            small = second if second.mean() <= 0.5 else ~second
            scores[mine] = _nearness(x, small)
            if 0.0 < small.mean() < self.smaller and silhouette(x, small) > self.apart:
                removed[mine] = small
        return scores, removed


def reduced(x: NDArray[np.float64], dimensions: int) -> NDArray[np.float64]:
    """Points (n, F) about their mean, in the first of their principal axes (n, at most `dimensions`)."""
    centred = x - x.mean(axis=0)
    return np.asarray(centred @ np.linalg.svd(centred, full_matrices=False)[2][:dimensions].T)


def two_means(x: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of n points (n, F), in their principal axes, are in the second of two clusters; none where all are alike.

    Lloyd's rounds from cuts across each of the first axes; the least sum of squares is taken, so nothing is random.
    """
    best, least = np.zeros(len(x), dtype=bool), np.inf
    for axis in range(min(_STARTS, x.shape[1])):
        second = x[:, axis] > 0.0
        for _ in range(_MOST):
            if second.all() or not second.any():
                break
            gap = [((x - x[part].mean(axis=0)) ** 2).sum(axis=1) for part in (~second, second)]
            before, second = second, gap[1] < gap[0]
            if np.array_equal(before, second):
                break
        squares = sum(((x[part] - x[part].mean(axis=0)) ** 2).sum() for part in (~second, second) if part.any())
        if squares < least and second.any():
            best, least = second, squares
    return best


def silhouette(x: NDArray[np.float64], second: NDArray[np.bool_]) -> float:
    """The mean silhouette (Rousseeuw 1987) of two clusters of points (n, F); 0 for a point alone in its own."""
    from scipy.spatial.distance import cdist

    sides, total = (~second, second), 0.0
    for start in range(0, len(x), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        gap = cdist(x[part], x)
        own, other = (
            np.where(second[part], *(gap[:, side].sum(axis=1) for side in order)) for order in (sides[::-1], sides)
        )
        mine, theirs = (np.where(second[part], a.sum(), b.sum()) for a, b in (sides[::-1], sides))
        inside, outside = own / np.maximum(mine - 1, 1), other / theirs
        larger = np.maximum(inside, outside)
        each = np.where(larger > 0.0, (outside - inside) / np.where(larger > 0.0, larger, 1.0), 0.0)
        total += float(each[mine > 1].sum())
    return total / len(x)


def _nearness(x: NDArray[np.float64], small: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How much nearer each point is to the centre of the small cluster than to the other's, -1 to 1 (n,)."""
    if not small.any():
        return np.full(len(x), -1.0)
    near, far = (np.linalg.norm(x - x[part].mean(axis=0), axis=1) for part in (small, ~small))
    return np.asarray((far - near) / np.maximum(far + near, np.finfo(np.float64).tiny))
