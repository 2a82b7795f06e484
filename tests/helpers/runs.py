"""A run in the window, as far as a test needs it."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from boundaryviz.gui.workbench import Workbench
from boundaryviz.scene.edits import Add
from boundaryviz.scene.scene import Points


def train_to(workbench: Workbench, qtbot: QtBot, step: int) -> None:
    workbench.client.set_stop_at(step)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: not workbench.client.playing and workbench.client.step_count == step)
    qtbot.waitUntil(lambda: len(workbench.timeline.timeline) > 0 and workbench.timeline.timeline.step[-1] == step)


def state_at(workbench: Workbench, step: int) -> dict[str, np.ndarray]:
    timeline = workbench.timeline.timeline
    return dict(timeline[timeline.step.tolist().index(step)].state)


def wait_for_load(workbench: Workbench, qtbot: QtBot) -> None:
    """Until the moment that is shown has been worked out anew."""
    presenter = workbench.timeline.presenter
    presenter.frame = None
    qtbot.waitUntil(lambda: presenter.frame is not None and presenter.frame.view.past == presenter.number)


def wait_for_exact(workbench: Workbench, qtbot: QtBot) -> None:
    """Until the plane shows what the model that rests says at every cell. Of a trainer in this process.

    The field before it is a quick one, in which a cell beside the boundary may lie on the other side of it.
    """
    trainer = workbench.client._link._trainer  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: trainer._exact)


def equal(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    names = {name for name in a if not name.startswith("cascade.")}
    return all(np.array_equal(a[name], b[name]) for name in names)


def put_a_point(workbench: Workbench, x: float) -> None:
    scene = workbench.document.scene
    workbench.controller.do(Add(Points.of([[x, 0.0]], 1, first_id=scene.points.next_id)), "Add")
