"""The log, reports that can be copied, and what is said after a crash."""

from __future__ import annotations

import faulthandler
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from boundaryviz.engine.messages import Failed
from boundaryviz.gui.diagnostics.log_panel import LogPanel
from boundaryviz.gui.diagnostics.report_dialog import ReportDialog
from boundaryviz.gui.shell import system_info
from boundaryviz.gui.shell.logbook import ERROR, INFO, WARNING, Logbook
from boundaryviz.gui.widgets.theme import DARK
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move
from helpers.workbenches import SilentLink, workbenches


def copied() -> str:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    return clipboard.text()


# ---- the book and its panel -------------------------------------------------------------------------


def test_the_book_is_bounded_and_hears_pythons_logging(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    book = Logbook(limit=5)
    logger = logging.getLogger("somebody.else")
    handler = book.handler()
    logger.addHandler(handler)
    try:
        logger.warning("careful: %d", 3)
        logger.error("broken")
        logger.debug("not for people")
    finally:
        logger.removeHandler(handler)
    assert [(entry.level, entry.source, entry.text) for entry in book.entries] == [
        (WARNING, "somebody", "careful: 3"), (ERROR, "somebody", "broken"),
    ]  # fmt: skip
    for number in range(20):
        book.note("test", f"line {number}\nmore")
    assert [entry.text.splitlines()[0] for entry in book.entries] == [f"line {n}" for n in range(15, 20)]
    assert book.tail(1).splitlines()[1].strip() == "more"
    book.note("test", "x" * 1_000_000)
    assert len(book.entries[-1].text) < 30_000


def test_the_panel_filters_copies_clears_and_is_bounded(qtbot: QtBot) -> None:
    book, panel = Logbook(), LogPanel(limit=8)
    qtbot.addWidget(panel)
    assert panel.text.toPlainText() == ""
    assert not panel.copy_button.isEnabled()
    for level, words in ((INFO, "saved"), (WARNING, "full"), (ERROR, "broken\ntrace")):
        book.note("test", words, level)
    panel.set_entries(book.entries)
    assert panel.text.toPlainText().count("test") == 3
    assert panel.count.text() == "3 entries"
    panel.level.setCurrentIndex(1)
    assert "saved" not in panel.text.toPlainText()
    assert panel.count.text() == "2 of 3 entries"
    panel.copy_button.click()
    assert "full" in copied()
    assert "saved" not in copied()
    panel.set_theme(DARK)
    panel.level.setCurrentIndex(0)
    book.added.connect(panel.add)
    for number in range(40):
        book.note("test", f"line {number}")
    assert panel.text.toPlainText().splitlines()[-1].endswith("line 39")
    assert panel.text.blockCount() <= 12
    with qtbot.waitSignal(panel.cleared):
        panel.clear_button.click()
    assert panel.text.toPlainText() == ""


def test_a_report_is_copied_whole(qtbot: QtBot) -> None:
    dialog = ReportDialog("Title", "What happened.", "all\nthe details\n")
    qtbot.addWidget(dialog)
    assert not dialog.isModal()
    dialog.copy_button.click()
    assert copied() == "all\nthe details\n"
    assert dialog.copy_button.text() == "Copied"
    dialog._said.stop()


# ---- in the window ----------------------------------------------------------------------------------


@pytest.fixture
def workbench(qtbot: QtBot, own_settings: Path) -> Iterator[Workbench]:
    with workbenches(qtbot, own_settings, SilentLink, own_settings / "state" / "boundaryviz") as show:
        yield show(Scenario().with_values({"data.n": 20}))


def reports(workbench: Workbench) -> list[ReportDialog]:
    return [dialog for dialog in workbench.window.findChildren(ReportDialog) if dialog.isVisible()]


def test_an_exception_writes_down_first_then_one_dialog_tells(
    workbench: Workbench, own_settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbench.document.do(Move(workbench.document.scene.points.ids[:1], np.array([[0.1, 0.2]])), "Move point")
    for words in ("first", "second"):
        try:
            raise RuntimeError(words)
        except RuntimeError:
            workbench.errors.hook(*sys.exc_info())
    (dialog,) = reports(workbench)
    assert "offered at the next start" in dialog.sentence.text()
    report = dialog.report.toPlainText()
    for wanted in ("RuntimeError: first", "boundaryviz: 0", "numpy ", "Qt: ", "device: ", "Log\n"):
        assert wanted in report
    assert len(list((own_settings / "state" / "boundaryviz").glob("*.recovery"))) == 1
    assert "RuntimeError: second" in workbench.log.entries[-1].text
    assert "RuntimeError: first" in capsys.readouterr().err
    dialog.close()


def test_failures_of_the_trainer_and_saves_stand_in_the_log(workbench: Workbench, own_settings: Path) -> None:
    (own_settings / "state" / "boundaryviz" / system_info.TRAINER_LOG).write_text("Fatal Python error: Aborted\n")
    workbench.client.failed.emit(Failed("in the trainer's process", "It was ended by signal 6.", fatal=True))
    workbench.client.failed.emit(Failed("while stepping", "no", "Traceback ..."))
    texts = [entry.text for entry in workbench.log.entries]
    assert "Fatal Python error" in texts[0]
    assert texts[1].endswith("Traceback ...")
    workbench.window.actions_["help.log"].trigger()
    assert "while stepping" in workbench.errors.panel.text.toPlainText()
    workbench.log.note("save", "Saved a.bviz")
    assert "Saved a.bviz" in workbench.errors.panel.text.toPlainText()
    workbench.errors.panel.close()
    workbench.window.actions_["help.report"].trigger()
    (dialog,) = reports(workbench)
    assert "while stepping" in dialog.report.toPlainText()
    dialog.close()


def test_a_crash_of_the_last_session_is_offered_once(workbench: Workbench, own_settings: Path) -> None:
    state = own_settings / "state" / "boundaryviz"
    assert system_info.crashes_since_last_start(state) == ""
    with (state / system_info.WINDOW_LOG).open("a") as log:
        faulthandler.dump_traceback(log)
    crash = system_info.crashes_since_last_start(state)
    assert system_info.WINDOW_LOG in crash
    assert "test_error_reporting.py" in crash
    assert system_info.crashes_since_last_start(state) == ""
    assert "test_error_reporting.py" in system_info.last_crash(state)
    workbench.offer_what_was_left(crash)
    assert "crashed last time" in workbench.window.banner.text.text()
    workbench.window.banner.action_button.click()
    (dialog,) = reports(workbench)
    assert "test_error_reporting.py" in dialog.report.toPlainText()
    dialog.close()


def test_only_what_came_since_is_shown_and_a_large_log_begins_anew(tmp_path: Path) -> None:
    log = tmp_path / system_info.TRAINER_LOG
    log.write_text("old")
    assert "old" in system_info.crashes_since_last_start(tmp_path)
    log.write_text("old new")
    assert system_info.crashes_since_last_start(tmp_path).endswith("\nnew")
    log.write_text("x" * 2_000_000)
    assert len(system_info.crashes_since_last_start(tmp_path)) < 30_000
    assert log.stat().st_size == 0
    assert system_info.crashes_since_last_start(tmp_path / "nowhere") == ""
    log.write_text("newest")
    for damaged in ("[]", "[" * 100_000, '{"', "\ud800"):
        (tmp_path / system_info._SEEN).write_text(damaged, errors="surrogatepass")
        assert system_info.crashes_since_last_start(tmp_path).endswith("newest"), "all of it, since nothing is known"


def test_every_dependency_is_named_in_a_report() -> None:
    assert all(system_info.packages().values())
    assert system_info.state_files(Path("/nowhere at all")) == []
