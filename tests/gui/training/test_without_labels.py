"""What the window says of a net that is trained without labels: that nothing decides, and that it has collapsed."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import relabel
from helpers.runs import train_to

SMALL = Scenario().with_values(
    {"data.n": 60, "learner.name": "simclr", "learner.hidden": [4], "training.evaluate_every": 1}
)


def words(workbench: Workbench) -> str:
    return workbench.plane._banner_text or ""


def test_without_a_label_it_trains_on_and_the_window_says_that_nothing_decides(
    show: Callable[[Scenario], Workbench], qtbot: QtBot
) -> None:
    workbench = show(SMALL)
    ids = workbench.document.scene.points.ids
    workbench.document.do(relabel(ids, -1), "Unlabel")
    assert "no labelled point to probe with" in words(workbench)
    train_to(workbench, qtbot, 4)
    workbench.controller.do(Settings({"learner.name": "mlp"}), "Learner")
    assert "nothing to learn" in words(workbench)
    workbench.document.do(relabel(ids[:30], 1), "Relabel")
    assert "one class" in words(workbench)


def test_a_collapse_is_said_with_its_measure(show: Callable[[Scenario], Workbench], qtbot: QtBot) -> None:
    """Weights decay to nothing, and what is left is the bias of the last layer, one place for all points."""
    workbench = show(SMALL.with_values({"training.optimiser": "sgd", "training.learning_rate": 0.05}))
    train_to(workbench, qtbot, 2)
    assert "collapsed" not in words(workbench)
    workbench.controller.do(Settings({"training.l2": 10.0}), "L2")
    train_to(workbench, qtbot, 40)
    qtbot.waitUntil(lambda: "The embedding has collapsed" in words(workbench))
