"""The scene that rows of numbers and labels make: places, inputs and their section, splits, ids and domain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.bounds import check_scene
from boundaryviz.scene.own_points import drawn_splits
from boundaryviz.scene.planes import component_names, principal
from boundaryviz.scene.scene import UNLABELLED, Domain, Points, Scene, Split
from boundaryviz.scene.section import Section
from boundaryviz.tables.labels import Labels


@dataclass(frozen=True, eq=False)
class Rows:
    """x: float64 (n, D), finite. names: of the D columns. shown: which of them lie along the axes, None for the first
    two principal components. split: (n,), None for points that are to be shared out. origin, muted, clean: (n,); clean
    are the rows by which alone goes whatever is worked out.
    """

    x: NDArray[np.float64]
    names: tuple[str, ...]
    shown: tuple[int, ...] | None
    labels: Labels
    split: NDArray[np.int8] | None
    origin: NDArray[np.int8]
    muted: NDArray[np.bool_]
    clean: NDArray[np.bool_]

    @property
    def label(self) -> NDArray[np.int16]:
        """(n,), -1 for none."""
        return self.labels.label

    @property
    def classes(self) -> int:
        """How many there are, at least two."""
        return max(2, len(self.labels.names), int(self.label.max(initial=UNLABELLED)) + 1)

    def counted(self) -> dict[str, int]:
        """How many rows have each label."""
        found, many = np.unique(self.label[self.label != UNLABELLED], return_counts=True)
        names = self.labels.names or tuple(map(str, range(self.classes)))
        return {names[k]: count for k, count in zip(found.tolist(), many.tolist(), strict=True)}


def laid_out(rows: Rows, shares: tuple[float, float, float], seed: int) -> Scene:
    """The scene; shares and seed, of splits where the rows have none. Raises ValueError for what makes no scene."""
    section, xy, axes = placed(rows.x, rows.clean, rows.names, rows.shown)
    split = Split.TRAIN if rows.split is None else rows.split
    points = Points.of(xy, rows.label, split, rows.origin).with_columns(
        ids=_clean_first(rows.clean), muted=rows.muted, inputs=None if section is None else rows.x
    )
    if rows.split is None:
        points = points.with_columns(split=drawn_splits(points, shares, seed))
    domain = Domain.around(xy[rows.clean])
    scene = Scene(points, domain, rows.classes, rows.labels.names, axes, section=section)
    check_scene(scene)
    return scene


def placed(
    x: NDArray[np.float64], clean: NDArray[np.bool_], names: tuple[str, ...], shown: tuple[int, ...] | None
) -> tuple[Section | None, NDArray[np.float64], tuple[str, str]]:
    """The section of inputs x (n, D), the places (n, 2) on it, and the names of its axes; no section where two columns
    are the plane itself.

    Principal components are those of the clean rows with every input standardised, so that units do not matter.
    """
    if shown is not None and len(shown) == x.shape[1] == 2:
        called = tuple(names[k] for k in shown)
        return None, x[:, list(shown)], (called[0] or "x", called[1] or "y")
    if shown is None:
        return _principal(x, clean, names)
    section = Section.of_columns(x[clean], shown, names if all(names) else ())
    called = (*(names[k] for k in shown), "")
    return section, section.shadow(x), (called[0] or "x", called[1] or "y")


def _principal(
    x: NDArray[np.float64], clean: NDArray[np.bool_], names: tuple[str, ...]
) -> tuple[Section, NDArray[np.float64], tuple[str, str]]:
    section, shares = principal(x[clean], names if all(names) else ())
    return section, section.shadow(x), component_names(shares)


def _clean_first(clean: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Ids (n,) in the order of the rows, those of clean points before all others."""
    ids = np.empty(len(clean), dtype=np.int64)
    ids[np.argsort(~clean, kind="stable")] = np.arange(len(clean))
    return ids
