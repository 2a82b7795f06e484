"""A window on points with more inputs than two: it shows their plane, and carries the rest along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import files
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Move, relabel
from boundaryviz.scene.scene import Points
from helpers.lifted import lifted
from helpers.runs import train_to
from helpers.scenes import bits


def test_points_with_twenty_inputs_are_dragged_added_undone_and_saved(
    show: Callable[[Scenario], Workbench], qtbot: QtBot, tmp_path: Path
) -> None:
    scene = lifted(20, noise=0.1, n=40)
    workbench = show(Scenario().with_values({"learner.hidden": [4]}).with_scene(scene))
    train_to(workbench, qtbot, 5)
    ids = scene.points.ids[:2]
    workbench.plane.previewed.emit(Move(ids, scene.points.xy[:2] + 0.5))
    train_to(workbench, qtbot, 10)
    workbench.plane.committed.emit(Move(ids, scene.points.xy[:2] + 1.0), "Move 2 points")
    workbench.plane.committed.emit(Add(Points.of([[0.5, 0.5]], 1, first_id=scene.points.next_id)), "Add a point")
    workbench.plane.committed.emit(relabel(ids, 1), "Relabel 2 points")
    train_to(workbench, qtbot, 15)
    edited = workbench.document.scene
    assert edited.points.width == 20
    assert not np.array_equal(edited.points.x[:2], scene.points.x[:2])
    files.write(tmp_path / "wide.bviz", workbench.document.committed.complete())
    assert bits(files.read(tmp_path / "wide.bviz").scene()) == bits(edited)
    for _ in range(3):
        workbench.document.undo.undo()
    assert bits(workbench.document.scene) == bits(scene)
