"""Strategies for points, scenes and edits."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boundaryviz.scene.edits import Add, Edit, Move, Recolumn, Remove, Replace, Several, apply
from boundaryviz.scene.scene import Domain, Points, Scene, Target

COORDINATES = st.floats(-1e15, 1e15, width=64)
PLANE = Domain(-6.0, 6.0, -6.0, 6.0)


@st.composite
def points(draw: st.DrawFn, *, least: int = 0, most: int = 12, classes: int = 3, taken: frozenset[int] = frozenset()):
    """Points with ids in any order, none of them in `taken`."""
    ids = draw(
        st.lists(st.integers(0, 10_000).filter(lambda i: i not in taken), min_size=least, max_size=most, unique=True)
    )
    n = len(ids)
    return Points(
        np.array(ids, dtype=np.int64),
        draw(arrays(np.float64, (n, 2), elements=COORDINATES)),
        draw(arrays(np.int16, n, elements=st.integers(-1, classes - 1))),
        draw(arrays(np.int8, n, elements=st.integers(0, 2))),
        draw(arrays(np.int8, n, elements=st.integers(0, 1))),
    )


@st.composite
def scenes(draw: st.DrawFn, *, least: int = 0) -> Scene:
    """Scenes of three classes with up to a dozen points and two pins."""
    pin = st.builds(Target, COORDINATES, COORDINATES, st.integers(0, 2))
    return Scene(draw(points(least=least)), PLANE, 3, ("a", "b", "c"), targets=tuple(draw(st.lists(pin, max_size=2))))


@st.composite
def edits(draw: st.DrawFn, scene: Scene, deep: bool = True) -> Edit:
    """An edit that `scene` can take."""
    ids = scene.points.ids
    chosen = np.array(draw(st.lists(st.sampled_from(ids.tolist()), unique=True)) if len(ids) else [], dtype=np.int64)
    k = len(chosen)
    match draw(st.sampled_from(["add", "insert", "remove", "move", "recolumn", "replace"] + ["several"] * deep)):
        case "add":
            return Add(draw(points(most=4, classes=10, taken=frozenset(ids.tolist()))))
        case "insert":
            new = draw(points(most=4, taken=frozenset(ids.tolist())))
            slots = st.permutations(range(len(ids) + len(new)))
            return Add(new, np.array(draw(slots)[: len(new)], dtype=np.int64))
        case "remove":
            return Remove(chosen)
        case "move":
            return Move(chosen, draw(arrays(np.float64, (k, 2), elements=COORDINATES)))
        case "recolumn":
            label = draw(arrays(np.int16, k, elements=st.integers(-1, 9)))
            split = draw(arrays(np.int8, k, elements=st.integers(0, 2)))
            return Recolumn(chosen, draw(st.sampled_from([{"label": label}, {"label": label, "split": split}, {}])))
        case "replace":
            return Replace(draw(scenes()))
        case _:
            parts: list[Edit] = []
            for _ in range(draw(st.integers(0, 3))):
                part = draw(edits(scene, deep=False))
                scene, _inverse = apply(part, scene)
                parts.append(part)
            return Several(tuple(parts))


def bits(scene: Scene) -> tuple[object, ...]:
    """Everything in a scene, coordinates as bytes: -0.0 and 0.0 differ."""
    p = scene.points
    columns = tuple(column.tobytes() for column in (p.ids, p.xy, p.label, p.split, p.origin))
    return columns, scene.domain, scene.classes, scene.class_names, scene.axis_names, scene.targets
