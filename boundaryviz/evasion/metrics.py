"""Lengths on the plane that is shown, as they are in the inputs of points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.evasion.settings import Norm
from boundaryviz.scene.section import Section


@dataclass(frozen=True, eq=False)
class Metric:
    """How long a way (..., 2) on the plane is in a norm of the inputs that it stands for.

    rows: float64 (H, 2): the norm of a way w is the norm of rows @ w.
    """

    norm: Norm
    rows: NDArray[np.float64]

    @classmethod
    def of(cls, section: Section | None, norm: Norm) -> Metric:
        """That of the plane that a section shows; without one, places are inputs."""
        if section is None:
            return cls(norm, np.eye(2))
        if norm == "l2":  # what an orthonormal basis of the plane makes of it
            return cls(norm, np.linalg.qr(section.axes.T).R)
        return cls(norm, _outermost(section.axes.T))

    def length(self, way: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of ways (..., 2), (...)."""
        along = way @ self.rows.T
        if self.norm == "linf":
            found: NDArray[np.float64] = np.abs(along).max(axis=-1)
        else:
            found = np.sqrt(np.square(along).sum(axis=-1))
        return found

    def to_segments(self, place: NDArray[np.float64], way: NDArray[np.float64]) -> NDArray[np.float64]:
        """The share (M,) of `way` (M, 2) at which place + share * way (M, 2) is shortest, between 0 and 1."""
        p, q = place @ self.rows.T, way @ self.rows.T  # (M, H)
        if self.norm == "l2":
            steep = np.square(q).sum(axis=1)
            shares = np.divide(-(p * q).sum(axis=1), steep, out=np.zeros(len(q)), where=steep > 0)
            near: NDArray[np.float64] = shares.clip(0.0, 1.0)
            return near
        # a maximum of straight pieces is least where two of them cross, or at an end
        best, share = np.full(len(p), np.inf), np.zeros(len(p))
        for h in range(p.shape[1]):
            for k in range(h, p.shape[1]):
                for sign in (1.0, -1.0) if h != k else (-1.0,):
                    rise = q[:, h] - sign * q[:, k]
                    gap = sign * p[:, k] - p[:, h]
                    at = np.divide(gap, rise, out=np.zeros(len(p)), where=rise != 0).clip(0.0, 1.0)
                    far = np.abs(p + at[:, None] * q).max(axis=1)
                    closer = far < best
                    best, share = np.where(closer, far, best), np.where(closer, at, share)
        return share

    def to_lines(self) -> tuple[float, float]:
        """How far it is at least to a line across and to a line up that is one unit of the plane away: (x, y). Infinite
        along what means nothing."""
        found = []
        for axis in (0, 1):
            if not self.rows[:, axis].any():
                found.append(np.inf)
                continue
            way = 2e3 * np.eye(2)[1 - axis]
            start = np.eye(2)[axis] - way / 2
            share = self.to_segments(start[None], way[None])
            found.append(float(self.length(start + share[0] * way)))
        return found[0], found[1]


def _outermost(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of rows (D, 2) those (H, 2) that are the largest coordinate of some way: the corners of the convex hull of all
    rows and their opposites, one of each pair."""
    both = np.concatenate([axes, -axes])
    order = both[np.lexsort((both[:, 1], both[:, 0]))]
    corners = [*_chain(order), *_chain(order[::-1])]
    half = [row for row in corners if (row[0], row[1]) > (0.0, 0.0)]
    return np.unique(np.array(half).reshape(-1, 2), axis=0) if half else np.zeros((1, 2))


def _chain(order: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """One side of a convex hull (Andrew 1979), of places (M, 2) in the order of their first coordinate."""
    found: list[NDArray[np.float64]] = []
    for place in order:
        while len(found) > 1:
            (ax, ay), (bx, by) = found[-1] - found[-2], place - found[-2]
            if ax * by - ay * bx > 0:
                break
            found.pop()
        found.append(place)
    return found[:-1]
