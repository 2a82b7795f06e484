"""What a model makes of points before it decides, in two dimensions to be drawn in: the embedding's own, or its two
principal components, which turn no more from one look to the next than the points themselves do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.embeddings import COLLAPSED, rank_of
from boundaryviz.scene.scene import Domain

_CLOSE = 0.2  # spread that is left at most where all points have collapsed to one place, whatever their directions
_ROOM, _LEAST = 1.2, 0.45  # a rectangle is made so many times as large as it must be, and anew where it is too large

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Health:
    """Whether points are still told apart, of N embeddings in E dimensions.

    spread: the root mean square distance from their mean, as a share of their root mean square length, 0..1.
    rank: the effective rank (Roy and Vetterli 2007), 1..E, and cosine: the mean cosine of two of them, -1..1, as in
    `learners.embeddings`.
    width: E. finite: whether all are numbers; where not, the others are NaN.
    """

    spread: float
    rank: float
    cosine: float
    width: int
    finite: bool = True

    @classmethod
    def of(cls, z: Floats) -> Health:
        """z: (E, N)."""
        return looked_at(z)[0]

    @property
    def collapsed(self) -> bool:
        """Whether all points have come to one place."""
        return self.finite and self.cosine >= COLLAPSED and self.spread < _CLOSE

    def words(self) -> str:
        """The two measures."""
        cosine = f"{round(self.cosine, 3) + 0.0:.3f}".replace("-", "\u2212")
        return f"effective rank {self.rank:.3g} of {self.width}, mean cosine {cosine}"

    def trouble(self) -> str:
        """What is wrong with it, a sentence with the measure; empty where nothing is."""
        if not self.finite:
            return "Training diverged: the embedding holds no numbers any more."
        if self.collapsed:
            return f"The embedding has collapsed: all points have come to one place ({self.words()})."
        return ""


@dataclass(frozen=True, eq=False)
class Projection:
    """From embeddings (E, N) to places (N, 2).

    centre: (E,). axes: (E, 2). explained: the share of the variance along both axes together, 0..1. own: they are the
    dimensions of the embedding itself.
    """

    centre: Floats
    axes: Floats
    explained: float = 1.0
    own: bool = True

    @classmethod
    def of(cls, z: Floats) -> Projection:
        """The dimensions of `z` (E, N) where there are two at most, else the principal components through the mean;
        each points to where its largest entry is positive. Of one dimension the second coordinate is 0."""
        return looked_at(z)[1]

    def __call__(self, z: NDArray[np.floating]) -> Floats:
        """The places (N, 2) of embeddings `z` (E, N)."""
        found: Floats = (z.T - self.centre) @ self.axes
        return found

    def back(self, places: Floats) -> Floats:
        """The embeddings (E, N) on the plane itself that lie at places (N, 2)."""
        found: Floats = self.centre[:, None] + self.axes @ places.T
        return found

    def turned(self, turn: Floats) -> Projection:
        """The same plane with other axes. turn: orthogonal (2, 2), which places are multiplied by."""
        return replace(self, axes=self.axes @ turn)


def looked_at(z: Floats) -> tuple[Health, Projection]:
    """Both at once, of `z` (E, N): they rest on the same eigenvalues."""
    width, count = z.shape
    own = Projection(np.zeros(width), np.eye(width, 2))
    if not np.isfinite(z).all():
        return Health(np.nan, np.nan, np.nan, width, finite=False), own
    if not count:
        return Health(0.0, 1.0, np.nan, width), own
    squares = np.einsum("en,en->n", z, z)
    centre = z.mean(axis=1)
    centred = z - centre[:, None]
    values, vectors = np.linalg.eigh(centred @ centred.T)
    values = values.clip(0.0)
    total, size = float(values.sum()), float(squares.sum())
    lengths = np.sqrt(squares)
    direction = z @ np.where(lengths > 0, 1.0 / np.where(lengths > 0, lengths, 1.0), 0.0)
    some = np.count_nonzero(lengths)
    cosine = (float(direction @ direction) - some) / (count * (count - 1) or np.nan)
    health = Health(float(np.sqrt(total / size)) if size > 0 else 0.0, rank_of(values), cosine, width)
    if width <= 2:
        return health, own
    axes = vectors[:, [-1, -2]]
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    return health, Projection(centre, axes, float(values[-2:].sum()) / total if total > 0 else 1.0, own=False)


def turn_towards(xy: Floats, towards: Floats) -> Floats:
    """The orthogonal matrix (2, 2) by which centred places `xy` (N, 2) come nearest to the centred `towards` (N, 2):
    the orthogonal Procrustes problem (Schoenemann 1966). The identity where either says nothing of a direction."""
    if len(xy) < 2:
        return np.eye(2)
    common = (xy - xy.mean(axis=0)).T @ (towards - towards.mean(axis=0))
    if not np.isfinite(common).all() or not common.any():
        return np.eye(2)
    left, _, right = np.linalg.svd(common)
    found: Floats = left @ right
    return found


class Calm:
    """What was shown last, towards which the next look is turned, and a rectangle that follows only when it must."""

    def __init__(self) -> None:
        self._ids: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._xy: Floats = np.empty((0, 2))
        self._rect: Domain | None = None

    def turn(self, ids: NDArray[np.int64], xy: Floats, places: Floats) -> Floats:
        """For `turned`: towards where the same points lay last, or at first towards their `places` (N, 2) on the
        plane, so that what is left there is left here where that can be."""
        _, new, old = np.intersect1d(ids, self._ids, assume_unique=True, return_indices=True)
        if len(new) < 2:
            return turn_towards(xy, places)
        return turn_towards(xy[new], self._xy[old])

    def keep(self, ids: NDArray[np.int64], xy: Floats) -> None:
        """This is what is shown."""
        self._ids, self._xy = ids, xy

    def rect(self, xy: Floats) -> Domain:
        """A square that holds the places `xy` (N, 2): that of last time as long as they lie in it and fill it."""
        if not len(xy) or not np.isfinite(xy).all():
            return self._rect or Domain(-1.0, 1.0, -1.0, 1.0)
        low, high = xy.min(axis=0), xy.max(axis=0)
        size, held = float((high - low).max()), self._rect
        if held is not None:
            inside = (low >= (held.left, held.bottom)).all() and (high <= (held.right, held.top)).all()
            if inside and size >= _LEAST * held.width:
                return held
        far = float(np.abs(np.stack([low, high])).max())
        half = _ROOM * max(size, 1e-6 * far, 1e-9) / 2.0
        across, up = ((low + high) / 2.0).tolist()
        self._rect = Domain(across - half, across + half, up - half, up + half)
        return self._rect


@dataclass(frozen=True, eq=False)
class Embedding:
    """The points whose ids (N,) these are, as one model has them at a step, of `total` points in all.

    xy: float64 (N, 2). pins: (P, 2), the places of the target pins. projection: from the embedding to these. rect: what
    to show of its plane, the same for both twins. field: over `ground`, what is read off each place of that plane, as
    in `Frame`; points of more than two dimensions lie beside it. None where nothing is read off. flipped, pins_flipped:
    bool (N,) and (P,), what the poison gave to another class, itself left out, and a pin to the attacker's; None
    without a clean twin. clean: the clean twin's, which has none of its own.
    """

    step: int
    ids: NDArray[np.int64]
    total: int
    xy: Floats
    pins: Floats
    projection: Projection
    health: Health
    rect: Domain
    ground: Domain
    field: NDArray[np.float32] | None = None
    flipped: NDArray[np.bool_] | None = None
    pins_flipped: NDArray[np.bool_] | None = None
    clean: Embedding | None = None

    @property
    def own(self) -> bool:
        """Whether its two dimensions are the embedding's own."""
        return self.projection.own

    @property
    def whole(self) -> bool:
        """Whether every point of the scene is among them."""
        return len(self.ids) == self.total

    def words(self) -> str:
        """What is seen, in a line."""
        width = self.health.width
        if self.own:
            said = "the embedding's own dimension" + ("s" if width > 1 else "")
        else:
            said = f"{100 * self.projection.explained:.0f} % of the variance of {width} dimensions"
        return said if self.whole else f"{len(self.ids):,} of {self.total:,} points; {said}"


@dataclass(frozen=True, eq=False)
class Similarity:
    """How alike to one place every other is, as a model has them.

    place: of the plane, or of the point with the id `point`. vector: (E,), its embedding. field: float32 (rows,
    columns), the cosine of its embedding and that of each cell of `rect`, -1..1; None where it was not asked. ids,
    cosine: (K,), the likest training points, the likest first.
    """

    place: tuple[float, float]
    point: int | None
    vector: Floats
    field: NDArray[np.float32] | None
    rect: Domain
    ids: NDArray[np.int64]
    cosine: NDArray[np.float32]


def cosines(z: NDArray[np.floating], vector: NDArray[np.floating]) -> NDArray[np.float32]:
    """Of each embedding in `z` (E, N) with one (E,), -1..1; 0 where either has no length."""
    lengths = np.linalg.norm(z, axis=0) * np.linalg.norm(vector)
    return np.where(lengths > 0, (vector @ z) / np.where(lengths > 0, lengths, 1.0), 0.0).astype(np.float32)
