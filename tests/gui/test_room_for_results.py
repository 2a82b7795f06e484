"""Whether the window's words have room: at the size of a first start, and as narrow as it can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from boundaryviz.gui.training.transport import LARGEST_SEED, SEEDS
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from helpers.qtest import QTest
from helpers.workbenches import DRESSED, SilentLink, workbenches

SMALL = Scenario().with_values({"data.n": 20, "learner.hidden": [4]})


def test_the_names_of_all_results_can_be_read_and_reached_by_key(qtbot: QtBot, tmp_path: Path) -> None:
    with workbenches(qtbot, tmp_path, SilentLink, shown=False, dressed=True) as make:
        window = make(SMALL).window
        window.resize(1400, 900)  # as on a first start, where the screen is as large
        window.show()
        QApplication.processEvents()
        tabs = window.result_tabs
        names = [name for name in tabs.names.findChildren(QToolButton) if name.isVisible()]
        shown = [at for at in range(tabs.count()) if tabs.isTabVisible(at)]
        assert len(names) == len(shown)
        assert all(tabs.names.rect().contains(name.geometry()) for name in names)
        assert all(name.width() >= name.sizeHint().width() for name in names)
        names[0].setFocus()
        for _ in names:
            QTest.keyClick(QApplication.focusWidget() or names[0], Qt.Key.Key_Right)
        assert tabs.currentIndex() == shown[-1]


@DRESSED
@pytest.mark.parametrize("seed", [0, LARGEST_SEED])
def test_it_can_be_960_pixels_wide_however_many_seeds_train(
    show: Callable[[Scenario], Workbench], qtbot: QtBot, seed: int
) -> None:
    workbench = show(SMALL.with_values({"poison.attack": "bridge", "poison.count": 2}))
    workbench.twin.train(2, twin=True)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: len(workbench.client.curves) > 2)
    workbench.controller.play(False)
    workbench.controller.transport.set_seed(seed)
    for count in SEEDS:
        workbench.controller.transport.set_seeds(count)
        workbench.window.resize(960, 640)
        QApplication.processEvents()
        assert (workbench.window.width(), workbench.window.height()) == (960, 640), count
