"""Pushes made without a model: along x over the boundary of `helpers.snapshots`, x = 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from boundaryviz.evasion.pushes import Pushes
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.scene import Split


def pushes(shown: Snapshot, length: float = 0.3, most: int = 400, **changes: Any) -> Pushes:
    """Of the test points, each so far towards the other side."""
    points = shown.scene.points
    some = points.take((points.split == Split.TEST) & ~points.is_poison)
    some = some.take(np.arange(len(some)) < most)
    before = (some.xy[:, 0] > 0).astype(int)
    ends = some.xy + np.stack([np.where(before, -length, length), np.zeros(len(some))], axis=1)
    after = (ends[:, 0] > 0).astype(int)
    columns = {
        "ids": some.ids, "places": some.xy, "inputs": some.xy, "ends_xy": ends, "ends": ends,
        "length": np.full(len(some), length), "flipped": before != after, "from_class": before, "to_class": after,
        "off_plane": np.zeros(len(some)),
    }  # fmt: skip
    return Pushes(**{**columns, "method": "fgsm", "norm": "l2", "epsilon": 0.3, **changes})
