"""Reels made without training: a boundary that wanders, points that come, curves that fall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from boundaryviz.figures.frame_sequence import FrameSequence
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.scene import Points
from helpers.snapshots import PLANE, curves, snapshot

SMALL: dict[str, Any] = {"width": 320, "height": 240, "hold": 0.0, "card": 0.0}


def wandering(share: float, columns: int = 64, rows: int = 32) -> np.ndarray:
    """A field whose boundary stands at this share of the width."""
    x = PLANE.grid(columns, rows)[:, 0].reshape(rows, columns)
    return (1.0 / (1.0 + np.exp(-4.0 * (x - PLANE.left - share * PLANE.width)))).astype(np.float32)


def sequence(
    count: int = 5, change: Callable[[int, Snapshot], Snapshot] | None = None, **changes: Any
) -> FrameSequence:
    """Moments from step 0 to 290. change: what becomes of each. changes: fields of all."""
    history = curves()
    checkpoints = []
    for k in range(count):
        share = k / max(count - 1, 1)
        one = snapshot(step=round(290 * share), field=wandering(0.2 + 0.6 * share), curves=history, **changes)
        checkpoints.append(change(k, one) if change else one)
    first = checkpoints[0].scene
    return FrameSequence.over_training([replace(m, scene=first) if m.scene == first else m for m in checkpoints])


def with_more_points(k: int, checkpoint: Snapshot) -> Snapshot:
    """One more labelled point with every moment."""
    if not k:
        return checkpoint
    xy = np.stack([np.linspace(-1.5, 1.5, k), np.full(k, 0.9)], axis=1)
    points = checkpoint.scene.points
    more = Points(
        np.arange(k) + 1000, xy, np.zeros(k, np.int16), np.zeros(k, np.int8), np.zeros(k, np.int8), np.zeros(k, bool)
    )
    columns = ("ids", "xy", "label", "split", "origin", "muted")
    joined = Points(*(np.concatenate([getattr(points, c), getattr(more, c)]) for c in columns))
    return replace(checkpoint, scene=checkpoint.scene.with_points(joined), predicted=None)
