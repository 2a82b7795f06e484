"""The tab of hidden units asks for maps while it is at the front, of a new trainer too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.messages import Key, ProbeResult, Subscribe, ToTrainer, Unsubscribe
from boundaryviz.engine.trainer import Trainer
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from helpers.workbenches import SilentLink, workbenches

SCENARIO = Scenario().with_values({"data.n": 20, "learner.hidden": [3]})


class Listening(SilentLink):
    def __init__(self) -> None:
        self.heard: list[ToTrainer] = []

    def send(self, message: ToTrainer) -> None:  # type: ignore[override]
        if isinstance(message, Subscribe | Unsubscribe) and message.probe == "units":
            self.heard.append(message)


def test_maps_are_asked_for_while_they_are_at_the_front_of_whatever_trainer(qtbot: QtBot, tmp_path: Path) -> None:
    links: list[Listening] = []

    def start() -> Listening:
        links.append(Listening())
        return links[-1]

    with workbenches(qtbot, tmp_path, start) as show:
        workbench = show(SCENARIO)
        window, document = workbench.window, workbench.document
        assert links[0].heard == []
        window.show_result(workbench.units.view)
        assert [type(one) for one in links[0].heard] == [Subscribe]
        workbench.client.restart(document.scenario, document.scene, document.revision)
        assert links[1].heard == links[0].heard
        window.show_result(workbench.curves.view)
        window.show_result(workbench.points.table)
        assert [type(one) for one in links[1].heard] == [Subscribe, Unsubscribe]
        workbench.client.restart(document.scenario, document.scene, document.revision)
        assert links[2].heard == []


def test_maps_of_a_moment_that_is_not_shown_are_left_aside(qtbot: QtBot, tmp_path: Path) -> None:
    with workbenches(qtbot, tmp_path, lambda: InlineLink(Trainer())) as show:
        workbench = show(SCENARIO)
        units = workbench.units.view
        workbench.window.show_result(units)
        qtbot.waitUntil(lambda: [len(layer._maps) for layer in units.layers] == [3])
        other = (np.zeros((5, 4, 4), dtype=np.uint8),)
        workbench.client.probed.emit(ProbeResult("units", Key(7, 1, 3), other))
        assert len(units.layers[0]._maps) == 3
        workbench.client.probed.emit(ProbeResult("units", Key(None, 1, 3), other))
        assert len(units.layers[0]._maps) == 5


def test_the_tab_is_left_out_of_a_learner_without_hidden_units(show, qtbot) -> None:
    workbench = show(Scenario().with_values({"data.n": 20, "learner.hidden": [4]}))
    tabs = workbench.window.result_tabs
    at = [tabs.tabText(k) for k in range(tabs.count())].index("Units")
    qtbot.waitUntil(lambda: tabs.isTabVisible(at))
    tabs.setCurrentIndex(at)
    workbench.controller.do(Settings({"learner.name": "SVC"}), "Learner")
    qtbot.waitUntil(lambda: not tabs.isTabVisible(at))
    assert tabs.currentIndex() == 0
    workbench.document.undo.undo()
    qtbot.waitUntil(lambda: tabs.isTabVisible(at))
