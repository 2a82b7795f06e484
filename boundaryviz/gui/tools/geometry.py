"""Which of N points lie near a place or inside an outline. Vectorised; all coordinates in data units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def nearest(xy: Floats, place: Floats, reach: float, among: Mask | None = None) -> int | None:
    """Position of the point of `xy` (N, 2) closest to `place`, or None if none lies within `reach`.

    Of points at the very same place the last one, which is drawn on top. among: mask (N,) of those that count.
    """
    close = (np.abs(xy[:, 0] - place[0]) <= reach) & (np.abs(xy[:, 1] - place[1]) <= reach)
    if among is not None:
        close &= among
    at = np.flatnonzero(close)[::-1]
    if not len(at):
        return None
    squared = ((xy[at] - place) ** 2).sum(axis=1)
    best = int(squared.argmin())
    return int(at[best]) if squared[best] <= reach * reach else None


def near_segment(xy: Floats, start: Floats, end: Floats, radius: float) -> Mask:
    """Which points (N,) lie within `radius` of the segment from `start` to `end`."""
    along = end - start
    length = float(along @ along)
    share = np.clip((xy - start) @ along / length, 0.0, 1.0)[:, None] if length > 0 else 0.0
    squared: Floats = ((xy - (start + share * along)) ** 2).sum(axis=1)
    return squared <= radius * radius


def nearest_on(line: Floats, place: Floats) -> tuple[float, float]:
    """Where a polyline (K, 2) comes closest to `place`: at which share of its length, and how close."""
    step = np.diff(line, axis=0)
    length = np.linalg.norm(step, axis=1)
    part = ((place - line[:-1]) * step).sum(axis=1) / np.maximum(length * length, 1e-300)
    part = np.clip(part, 0.0, 1.0)
    gap = np.linalg.norm(line[:-1] + part[:, None] * step - place, axis=1)
    best = int(gap.argmin())
    behind = float(length[:best].sum() + part[best] * length[best])
    return behind / max(float(length.sum()), 1e-300), float(gap[best])


def in_box(xy: Floats, corner: Floats, opposite: Floats) -> Mask:
    """Which points (N,) lie in the rectangle between two opposite corners, its edge included."""
    low, high = np.minimum(corner, opposite), np.maximum(corner, opposite)
    inside = (xy >= low) & (xy <= high)
    return inside[:, 0] & inside[:, 1]


def in_polygon(xy: Floats, outline: Floats) -> Mask:
    """Which points (N,) the closed `outline` (K, 2) surrounds, by the even-odd rule."""
    inside = np.zeros(len(xy), dtype=bool)
    if len(outline) < 3:
        return inside
    boxed = np.flatnonzero(in_box(xy, outline.min(axis=0), outline.max(axis=0)))
    x, y = xy[boxed].T
    odd = np.zeros(len(boxed), dtype=bool)
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        crossing = np.flatnonzero((y0 > y) != (y1 > y))
        share = (y[crossing] - y0) / (y1 - y0)
        odd[crossing] ^= x[crossing] < x0 + share * (x1 - x0)
    inside[boxed] = odd
    return inside
