"""What a figure out of the window needs of one checkpoint, worked out exactly, as a run without a window does it."""

from __future__ import annotations

from boundaryviz.engine.messages import Rendering
from boundaryviz.engine.session import Session
from boundaryviz.scene.scene import Domain


def render(session: Session, seed: int, number: int, revision: int, rect: Domain | None, columns: int) -> Rendering:
    """The run with this seed, counted from 0, and its clean twin where it has one."""
    rect = session.scene.domain if rect is None else rect
    rows, replica = rect.rows(columns), session.shown(seed)
    return Rendering(
        number, revision, session.step_count, rect,
        session.field(rect, columns, rows, replica), session.predicted(replica),
        session.field(rect, columns, rows, seed) if session.twin else None,
        session.predicted(seed) if session.twin else None,
        session.cascade(replica),
    )  # fmt: skip
