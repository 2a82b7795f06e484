"""Asking a session where its models put the points, and what is alike to a place there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.embeddings import Calm, Embedding, Floats, Health, Projection, Similarity, cosines, looked_at
from boundaryviz.scenario.unembedded import unembedded
from boundaryviz.scene.scene import Domain, Points

if TYPE_CHECKING:
    from boundaryviz.engine.session import Session

_MIX = np.uint64(0x9E3779B97F4A7C15)  # of the golden ratio: neighbouring ids come to lie far apart (Knuth 1973, 6.4)


def _asked(session: Session) -> Any:
    """The learner, which is one that has an embedding."""
    return session.learner


def some_of(points: Points, most: int) -> NDArray[np.int64]:
    """Positions, rising, of so many points at most: poison and labels first where these are the fewer, and then the
    same ones by their ids whoever comes or goes."""
    if len(points) <= most:
        return np.arange(len(points))
    first = points.is_poison.copy()
    if np.count_nonzero(points.is_labelled & points.is_train) <= most // 2:
        first |= points.is_labelled & points.is_train
    drawn = points.ids.astype(np.uint64) * _MIX
    found: NDArray[np.int64] = np.sort(np.lexsort((drawn, ~first))[:most])
    return found


def embedding_of(
    session: Session,
    replica: int,
    clean: int | None,
    calm: Calm,
    most: int = 3000,
    side: int = 96,
    aspect: float = 1.0,
) -> Embedding:
    """Where a replica, and its clean twin where one is named, has the points of the scene and its pins.

    most: points at most. side: cells of the field along its longer side. aspect: its width for its height. Raises
    ValueError for a learner without an embedding.
    """
    if words := unembedded(session.spec):
        raise ValueError(words)
    scene, learner = session.scene, _asked(session)
    places = np.array([(target.x, target.y) for target in scene.targets], dtype=np.float64).reshape(-1, 2)
    at = some_of(scene.points, most)
    ids, count = scene.points.ids[at], len(at)
    x = np.concatenate([scene.points.x[at], scene.embed(places)])
    found: list[tuple[Floats, Projection, Health]] = []
    anchor = np.asarray(scene.points.xy[at])
    for one in (replica, *([] if clean is None else [clean])):
        z = np.asarray(learner.embed(x, one)[0], dtype=np.float64)
        health, project = looked_at(z[:, :count])
        if not health.finite:
            z = np.nan_to_num(z, posinf=0.0, neginf=0.0)
        if not project.own:
            project = project.turned(calm.turn(ids, project(z[:, :count]), anchor))
        xy = project(z)
        if not found:
            calm.keep(ids, xy[:count])
        found.append((xy, project, health))
    rect = calm.rect(np.concatenate([xy for xy, _, _ in found]))
    ground = _widened(rect, aspect)
    flipped = pins_flipped = None
    if clean is not None:
        now, before = learner.predict(x, replica)[0], learner.predict(x, clean)[0]
        flipped = (now[:count] != before[:count]) & ~scene.points.is_poison[at]
        wanted = np.array([target.target_class for target in scene.targets], dtype=np.int64)
        pins_flipped = (now[count:] == wanted) & (before[count:] != wanted)

    def shown(of: int, at_: int, beside: Embedding | None = None) -> Embedding:
        xy, project, health = found[at_]
        return Embedding(
            session.step_count, ids, len(scene.points), xy[:count], xy[count:], project, health, rect, ground,
            _read(session, of, ground, side, health, project), flipped, pins_flipped, beside,
        )  # fmt: skip

    return shown(replica, 0, None if clean is None else shown(clean, 1))


def _read(
    session: Session, replica: int, rect: Domain, side: int, health: Health, project: Projection
) -> NDArray[np.float32] | None:
    """What is decided at each place of the plane that is shown of an embedding, as a field of a frame; None where
    nothing reads it, and of fewer than two dimensions."""
    if health.width < 2 or not health.finite:
        return None
    columns, rows = rect.shape(side, 1.0)
    p = _asked(session).read(project.back(rect.grid(columns, rows)), replica)
    if p is None:
        return None
    return p[0, 1].reshape(rows, columns) if p.shape[1] == 2 else p[0].reshape(-1, rows, columns)


def _widened(rect: Domain, aspect: float) -> Domain:
    """The smallest rectangle of this width for height about the same middle that holds one."""
    across = max(rect.width, rect.height * aspect) / 2.0
    up = max(rect.height, rect.width / aspect) / 2.0
    x, y = (rect.left + rect.right) / 2.0, (rect.bottom + rect.top) / 2.0
    return Domain(x - across, x + across, y - up, y + up)


def similarity_of(
    session: Session,
    replica: int,
    rect: Domain,
    place: tuple[float, float],
    point: int | None = None,
    side: int = 0,
    neighbours: int = 0,
    most: int = 3000,
) -> Similarity | None:
    """side: cells along the longer side of `rect`, 0 for no field. None where the point is not there, or the model
    holds no numbers any more."""
    scene, learner = session.scene, _asked(session)
    points = scene.points
    if point is not None:
        here = np.flatnonzero(points.ids == point)
        if not len(here):
            return None
        x, place = points.x[here], (float(points.xy[here[0], 0]), float(points.xy[here[0], 1]))
    else:
        x = scene.embed(np.array([place], dtype=np.float64))
    vector = np.asarray(learner.embed(x, replica)[0, :, 0], dtype=np.float64)
    if not np.isfinite(vector).all():
        return None
    field = None
    if side:
        columns, rows = rect.shape(side)
        z = learner.embed(scene.embed(rect.grid(columns, rows)), replica)[0]
        field = cosines(z, vector).reshape(rows, columns)
    ids, likest = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    if neighbours:
        at = some_of(points, most)
        at = at[points.is_train[at] & ~points.muted[at] & (points.ids[at] != (-1 if point is None else point))]
        alike = cosines(learner.embed(points.x[at], replica)[0], vector)
        order = np.argsort(-alike, kind="stable")[:neighbours]
        ids, likest = points.ids[at[order]], alike[order]
    return Similarity(place, point, vector, field, rect, ids, likest)
