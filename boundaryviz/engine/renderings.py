"""What is worked out exactly, as a run without a window does it: figures of one checkpoint, and a plane at rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.embeddings import Calm
from boundaryviz.engine.height_map import HeightMap, flat
from boundaryviz.engine.heights import mapped
from boundaryviz.engine.messages import Render, Rendering, View
from boundaryviz.engine.placing import embedding_of
from boundaryviz.engine.probes.base import Slices
from boundaryviz.engine.session import Session
from boundaryviz.evasion.slices import whole
from boundaryviz.scenario.unembedded import unembedded
from boundaryviz.scene.scene import Domain

_SIDE = 96  # cells of a map of heights along the longer side


def render(session: Session, seed: int, revision: int, asked: Render) -> Rendering:
    """The run with this seed, counted from 0, and its clean twin where it has one."""
    stage, columns = asked.stage, asked.columns
    rect = session.scene.domain if asked.rect is None else asked.rect
    rows, replica = rect.rows(columns), session.shown(seed)
    return Rendering(
        asked.number, revision, session.step_count, rect,
        session.field(rect, columns, rows, replica, stage=stage), session.predicted(replica, stage),
        session.field(rect, columns, rows, seed, stage=stage) if session.twin else None,
        session.predicted(seed, stage) if session.twin else None,
        session.cascade(replica),
        session.probabilities(session.scene.points.x, replica),
        session.probabilities(session.scene.points.x, seed) if session.twin else None,
        None if (judged := session.defending.judged) is None else judged[replica],
        judged[seed] if judged is not None and session.twin else None,
        None if unembedded(session.spec) else embedding_of(session, replica, seed if session.twin else None, Calm()),
        _heights(session, replica, rect, asked.z),
    )  # fmt: skip


def _heights(session: Session, replica: int, rect: Domain, z: float | None) -> HeightMap | None:
    if z is None or flat(session.scene):
        return None
    return whole(mapped(session, replica, _SIDE, z, domain=rect))


Fields = tuple[NDArray[np.float32], NDArray[np.float32] | None]


def fields(session: Session, view: View, replica: int, clean: int | None) -> Slices[Fields]:
    """What a view shows of a replica, and of its clean twin where one is named, exact at every cell; in parts, see
    `Session.field_in_parts`."""
    place = view.rect, view.columns, view.rows
    shown = yield from session.field_in_parts(*place, replica, view.unit, view.stage)
    if clean is None:
        return shown, None
    yield
    return shown, (yield from session.field_in_parts(*place, clean, view.unit, view.stage))
