"""A run in the window, as far as a test needs it."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from boundaryviz.gui.assembly import Desk
from boundaryviz.scene.edits import Add
from boundaryviz.scene.scene import Points


def train_to(desk: Desk, qtbot: QtBot, step: int) -> None:
    desk.client.set_stop_at(step)
    desk.controller.play(True)
    qtbot.waitUntil(lambda: not desk.client.playing and desk.client.step_count == step, timeout=20_000)
    qtbot.waitUntil(lambda: len(desk.timeline.timeline) > 0 and desk.timeline.timeline.step[-1] == step, timeout=5000)


def state_at(desk: Desk, step: int) -> dict[str, np.ndarray]:
    timeline = desk.timeline.timeline
    return dict(timeline[timeline.step.tolist().index(step)].state)


def wait_for_recall(desk: Desk, qtbot: QtBot) -> None:
    """Until the moment that is shown has been worked out anew."""
    display = desk.timeline.display
    display.frame = None
    qtbot.waitUntil(lambda: display.frame is not None and display.frame.view.past == display.number, timeout=5000)


def equal(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    names = {name for name in a if not name.startswith("cascade.")}
    return all(np.array_equal(a[name], b[name]) for name in names)


def put_a_point(desk: Desk, x: float) -> None:
    scene = desk.document.scene
    desk.controller.do(Add(Points.of([[x, 0.0]], 1, first_id=scene.points.next_id)), "Add")
