"""Strategies for points, scenes and edits."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boundaryviz.scene.edits import Add, Edit, Move, Recolumn, Remove, Replace, SetGroups, SetTargets, Several, apply
from boundaryviz.scene.scene import Domain, Group, Points, Scene, Target

COORDINATES = st.floats(-1e15, 1e15, width=64)
PLANE = Domain(-6.0, 6.0, -6.0, 6.0)
PINS = st.builds(Target, COORDINATES, COORDINATES, st.integers(0, 2), st.integers(0, 2))
GROUPS = st.builds(Group, st.sampled_from(["", "bridge", "päth"]), st.booleans(), st.none() | st.integers(0, 2))


@st.composite
def points(
    draw: st.DrawFn, *, least: int = 0, most: int = 12, classes: int = 3, taken: frozenset[int] = frozenset()
) -> Points:
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
        draw(arrays(np.int8, n, elements=st.integers(-2, 3))),
        draw(arrays(np.bool_, n)),
    )


@st.composite
def scenes(draw: st.DrawFn, *, least: int = 0) -> Scene:
    """Scenes of three classes with up to a dozen points, two pins and two groups of poison."""
    pins = st.lists(PINS, max_size=2).map(tuple)
    groups = st.lists(GROUPS, max_size=2).map(tuple)
    return Scene(draw(points(least=least)), PLANE, 3, ("a", "b", "c"), targets=draw(pins), groups=draw(groups))


@st.composite
def edits(draw: st.DrawFn, scene: Scene, deep: bool = True) -> Edit:
    """An edit that `scene` can take."""
    ids = scene.points.ids
    chosen = np.array(draw(st.lists(st.sampled_from(ids.tolist()), unique=True)) if len(ids) else [], dtype=np.int64)
    k = len(chosen)
    match draw(
        st.sampled_from(
            ["add", "insert", "remove", "move", "recolumn", "pins", "groups", "replace"] + ["several"] * deep
        )
    ):
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
            muted = draw(arrays(np.bool_, k))
            several = {"label": label, "split": split, "muted": muted}
            return Recolumn(chosen, draw(st.sampled_from([{"label": label}, several, {}])))
        case "pins":
            return SetTargets(tuple(draw(st.lists(PINS, max_size=2))))
        case "groups":
            return SetGroups(tuple(draw(st.lists(GROUPS, max_size=2))))
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
    columns = tuple(column.tobytes() for column in (p.ids, p.xy, p.label, p.split, p.origin, p.muted))
    return columns, scene.domain, scene.classes, scene.class_names, scene.axis_names, scene.targets, scene.groups
