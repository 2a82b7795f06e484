"""The tab of studies in the whole window: where it stands, and which command leads to it."""

from __future__ import annotations

from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from boundaryviz.gui.workbench import Workbench


def test_the_command_leads_to_the_tab_with_what_is_proposed(workbench: Workbench, qtbot: QtBot) -> None:
    window, control = workbench.window, workbench.study
    window.actions_["train.study"].trigger()
    assert window.result_shown() is control.panel
    assert control.panel.composer.draft.axes[0].path == "learner.hidden"
    assert "runs" in control.panel.composer.said
    window.show_result(workbench.curves.view)
    assert not control._soon.isActive()


def test_it_stands_beside_the_plane_in_the_place_of_what_stood_there(workbench: Workbench) -> None:
    window, control = workbench.window, workbench.study
    curves, study = (window.actions_[f"view.{name}"] for name in ("curves", "study"))
    curves.setChecked(True)
    study.setChecked(True)
    QApplication.processEvents()
    assert not curves.isChecked()
    assert control.panel.isVisible()
    assert control.panel.parentWidget() not in [window.result_tabs.widget(k) for k in range(window.result_tabs.count())]
    study.setChecked(False)
    QApplication.processEvents()
    assert window.result_shown() is control.panel
    assert control.panel.isVisible()
    window.show_result(workbench.curves.view)
