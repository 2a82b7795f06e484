"""What a figure needs of one moment, worked out exactly: the same for the window and for runs without one."""

from __future__ import annotations

import numpy as np

from boundaryviz.engine.messages import Shot
from boundaryviz.engine.session import Session
from boundaryviz.scene.scene import Domain


def rows_for(rect: Domain, columns: int) -> int:
    """How many rows of square cells fill `rect`, at least a quarter and at most four times as many as columns."""
    return int(np.clip(round(columns * rect.height / rect.width), columns // 4, 4 * columns))


def shoot(session: Session, seed: int, number: int, revision: int, rect: Domain | None, columns: int) -> Shot:
    """The run with this seed, counted from 0, and its clean twin where it has one."""
    rect = session.scene.domain if rect is None else rect
    rows, replica = rows_for(rect, columns), session.shown(seed)
    return Shot(
        number, revision, session.step_count, rect,
        session.field(rect, columns, rows, replica), session.predicted(replica),
        session.field(rect, columns, rows, seed) if session.twin else None,
        session.predicted(seed) if session.twin else None,
        session.cascade(replica),
    )  # fmt: skip
