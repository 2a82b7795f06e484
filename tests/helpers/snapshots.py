"""A moment of a run made without training: a known field, curves and points."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from boundaryviz.defences.judged import Judged
from boundaryviz.engine.embeddings import Embedding, Health, Projection
from boundaryviz.engine.height_map import HeightMap
from boundaryviz.engine.messages import CURVES, Curves
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Origin, Points, Scene, Split, Target

PLANE = Domain(-2.0, 2.0, -1.0, 1.0)


def titles(axes: Axes) -> tuple[Text, Text]:
    """The words over the left and the right end of axes, which matplotlib keeps to itself."""
    own: Any = axes
    return own._left_title, own._right_title


def curves(replicas: int = 1, evaluations: int = 30) -> CurveStore:
    """Losses that fall, a validation loss that turns at step 100."""
    store, step = CurveStore(replicas), np.arange(evaluations) * 10
    values = np.empty((evaluations, replicas, len(CURVES)))
    values[:] = (np.exp(-step / 60) + 0.01)[:, None, None]
    values[:, :, 1] = (0.3 + ((step - 100) / 200.0) ** 2)[:, None]
    values *= 1.0 + 0.1 * np.arange(replicas)[None, :, None]
    store.append(Curves(step, values, np.empty((len(step), replicas, 0))))
    return store


def field(classes: int = 2, columns: int = 64, rows: int = 32) -> np.ndarray:
    """For two classes the boundary is x = 0; for more, equal upright stripes."""
    x = PLANE.grid(columns, rows)[:, 0].reshape(rows, columns)
    if classes == 2:
        return (1.0 / (1.0 + np.exp(-4.0 * x))).astype(np.float32)
    centres = np.linspace(PLANE.left, PLANE.right, 2 * classes + 1)[1::2]
    logits = np.exp(-4.0 * np.abs(x[None] - centres[:, None, None]))
    return (logits / logits.sum(axis=0)).astype(np.float32)


def heights(classes: int = 2, columns: int = 24, rows: int = 12) -> HeightMap:
    """Above the plane the boundary rises from x = 0 to both sides, below it is a step away on the right alone."""
    x = PLANE.grid(columns, rows)[:, 0].reshape(rows, columns)
    sheets = np.stack([field(classes, 2 * columns, 2 * rows)] * 2)
    return HeightMap(PLANE, 0.3 * np.abs(x), np.where(x > 0, 0.5, np.inf), 4.0, 0.2, sheets)


def snapshot(classes: int = 2, replicas: int = 1, **changes: Any) -> Snapshot:
    """Points of every split, an unlabelled one, a poison one, and a pin; the predicted class is the side of x = 0."""
    rng = np.random.default_rng(0)
    xy = rng.uniform((-2, -1), (2, 1), (40, 2))
    label = rng.integers(0, classes, 40)
    label[0] = -1
    split = rng.integers(0, 3, 40)
    split[:2] = Split.TRAIN
    origin = np.where(np.arange(40) == 1, Origin.POISON, Origin.CLEAN)
    scene = Scene(Points.of(xy, label, split, origin), PLANE, classes, targets=(Target(0.5, 0.5, 1),))
    scenario = Scenario(name="stripes", title="Stripes cost $5 or $6").with_values({"training.seed": 7})
    values: dict = {
        "scenario": scenario, "scene": scene, "step": 290, "rect": PLANE, "field": field(classes),
        "curves": curves(replicas), "predicted": (xy[:, 0] > 0).astype(np.int16), "heights": heights(classes),
    }  # fmt: skip
    values |= changes
    count = len(values["scene"].points)
    return Snapshot(**({"p": rng.dirichlet(np.ones(classes), count).astype(np.float32)} | values))


def guarded(**changes: Any) -> Snapshot:
    """The same with a defence that removes its only point of poison and the two clean training points after it."""
    shown = snapshot(**changes)
    points = shown.scene.points
    ids = np.sort(points.ids[points.is_train])
    poison = points.is_poison[points.positions(ids)]
    last = int(np.flatnonzero(poison)[0])
    weights = np.ones(len(ids), dtype=np.float32)
    weights[[last, last + 1, last + 2]] = 0
    scores = np.linspace(1.0, 0.0, len(ids))
    scenario = shown.scenario.with_values({"defence.defence": "knn"})
    return replace(shown, scenario=scenario, judged=Judged(ids, poison, weights, scores))


def placed(size: float = 1.0, **changes: Any) -> Snapshot:
    """Points on a circle, of a net with two units, of which the right one is read as class 1."""
    shown = snapshot()
    ids = shown.scene.points.ids
    angle = np.linspace(0.0, 6.0, len(ids))
    xy = size * np.column_stack([np.cos(angle), np.sin(angle)])
    rect = Domain(-2.0, 2.0, -2.0, 2.0)
    read = np.tile(np.linspace(0.0, 1.0, 24, dtype=np.float32), (24, 1))
    found = Embedding(
        290, ids, len(ids), xy, np.array([[0.5, 0.5]]), Projection(np.zeros(2), np.eye(2)), Health(0.9, 1.9, 0.0, 2),
        rect, rect, read, ids < 9,
    )  # fmt: skip
    return replace(shown, embedding=replace(found, **changes))
