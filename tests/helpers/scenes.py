"""Strategies for points, scenes and edits."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boundaryviz.scene.edits import Add, Edit, Move, Recolumn, Remove, Replace, SetGroups, SetTargets, Several, apply
from boundaryviz.scene.scene import Domain, Group, Points, Scene, Target
from boundaryviz.scene.section import Section

COORDINATES = st.floats(-1e15, 1e15, width=64)
RESPONSES = st.floats(-1e15, 1e15, width=64) | st.just(np.nan)
PLANE = Domain(-6.0, 6.0, -6.0, 6.0)
PINS = st.builds(Target, COORDINATES, COORDINATES, st.integers(0, 2), st.integers(0, 2))
GROUPS = st.builds(Group, st.sampled_from(["", "bridge", "päth"]), st.booleans(), st.none() | st.integers(0, 2))


@st.composite
def points(
    draw: st.DrawFn,
    *,
    least: int = 0,
    most: int = 12,
    classes: int = 3,
    taken: frozenset[int] = frozenset(),
    width: int = 0,
) -> Points:
    """Points with ids in any order, none of them in `taken`. width: of their inputs, 0 for none."""
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
        draw(arrays(np.float64, (n, width), elements=COORDINATES)) if width else None,
        draw(st.none() | arrays(np.float64, n, elements=RESPONSES)),
    )


@st.composite
def sections(draw: st.DrawFn, width: int) -> Section:
    """Planes of a space of so many inputs."""
    origin = draw(arrays(np.float64, width, elements=st.floats(-9, 9)))
    axes = draw(arrays(np.float64, (2, width), elements=st.integers(-9, 9).map(float)))
    axes[0, 0], axes[1, 0], axes[1, width - 1] = 1, 0, 1
    return Section(origin, axes, np.full(width, -10.0), np.full(width, 10.0), draw(st.just(())))


@st.composite
def scenes(draw: st.DrawFn, *, least: int = 0) -> Scene:
    """Scenes of three classes with up to a dozen points, two pins and two groups of poison; some have inputs."""
    pins = st.lists(PINS, max_size=2).map(tuple)
    groups = st.lists(GROUPS, max_size=2).map(tuple)
    width = draw(st.sampled_from([0, 0, 1, 2, 3]))
    return Scene(
        draw(points(least=least, width=width)), PLANE, 3, ("a", "b", "c"), targets=draw(pins), groups=draw(groups),
        section=draw(sections(width)) if width else None,
    )  # fmt: skip


@st.composite
def edits(draw: st.DrawFn, scene: Scene, deep: bool = True) -> Edit:
    """An edit that `scene` can take."""
    ids = scene.points.ids
    chosen = np.array(draw(st.lists(st.sampled_from(ids.tolist()), unique=True)) if len(ids) else [], dtype=np.int64)
    k, width = len(chosen), 0 if scene.section is None else scene.section.width
    brought = draw(st.sampled_from([0, width]))  # inputs of points that are added or moved
    match draw(
        st.sampled_from(
            ["add", "insert", "remove", "move", "recolumn", "pins", "groups", "replace"] + ["several"] * deep
        )
    ):
        case "add":
            return Add(draw(points(most=4, classes=10, taken=frozenset(ids.tolist()), width=brought)))
        case "insert":
            new = draw(points(most=4, taken=frozenset(ids.tolist()), width=brought))
            slots = st.permutations(range(len(ids) + len(new)))
            return Add(new, np.array(draw(slots)[: len(new)], dtype=np.int64))
        case "remove":
            return Remove(chosen)
        case "move":
            places = draw(arrays(np.float64, (k, 2), elements=COORDINATES))
            return Move(chosen, places, draw(arrays(np.float64, (k, width), elements=COORDINATES)) if brought else None)
        case "recolumn":
            label = draw(arrays(np.int16, k, elements=st.integers(-1, 9)))
            split = draw(arrays(np.int8, k, elements=st.integers(0, 2)))
            muted = draw(arrays(np.bool_, k))
            several = {"label": label, "split": split, "muted": muted}
            response = {"response": draw(arrays(np.float64, k, elements=RESPONSES))}
            return Recolumn(chosen, draw(st.sampled_from([{"label": label}, several, response, {}])))
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
    several = (p.ids, p.xy, p.label, p.split, p.origin, p.muted, p.inputs, p.response)
    columns = tuple(None if column is None else (column.shape, column.tobytes()) for column in several)
    return (
        columns,
        scene.section,
        scene.domain,
        scene.classes,
        scene.class_names,
        scene.axis_names,
        scene.targets,
        scene.groups,
    )
