"""A file whose every text is hostile, opened and walked through: nothing in it is markup, and nothing grows by it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QApplication, QDialog, QMenu, QMessageBox, QPlainTextEdit
from pytestqt.qtbot import QtBot

import boundaryviz
from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.document.recovery import Origin
from boundaryviz.gui.export.film_dialog import FilmDialog
from boundaryviz.gui.files.recovery_dialog import RecoveryDialog
from boundaryviz.gui.files.welcome import Card
from boundaryviz.gui.shell.banner import DETAILS, SENTENCE, Banner
from boundaryviz.gui.widgets.export_dialog import ExportDialog
from boundaryviz.gui.widgets.plain import PlainLabel, ask, literal, tip, warning_box
from boundaryviz.gui.workbench import Workbench
from boundaryviz.record.pins import PinnedSnapshot
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.plain_text import few_lines
from boundaryviz.scene.scene import Domain, Group, Points, Scene, Target
from helpers.hostile import HOSTILE, PICTURE
from helpers.plainness import SIZE, complaints, words_shown
from helpers.snapshots import snapshot
from helpers.there import there
from helpers.workbenches import workbenches

FILE = "<b>x & &File [*] %1 <img src=x>"  # a file's name holds no slash


def hostile(texts: tuple[str, ...]) -> Scenario:
    """A scenario of four classes and two groups of poison with a pin each, and these words in it."""
    rng = np.random.default_rng(0)
    count = 60
    origin = np.where(np.arange(count) < 6, 1 + np.arange(count) % 2, 0)
    points = Points.of(rng.uniform(-1, 1, (count, 2)), np.arange(count) % 4, np.arange(count) % 3, origin)
    scene = Scene(
        points, Domain(-1, 1, -1, 1), 4, texts[:4], (20 * texts[4], 20 * texts[5]),
        (Target(0.5, 0.5, 1, 1), Target(-0.5, 0.5, 0)), (Group(texts[6]), Group(texts[7])),
    )  # fmt: skip
    words = {"name": texts[0], "title": texts[1], "summary": texts[2], "look_at": texts[3]}
    small = Scenario().with_values({"learner.hidden": [4], "training.evaluate_every": 5, "poison.group": 1})
    return small.model_copy(update=words).with_scene(scene)


def as_bviz(folder: Path, first: int = 0) -> Path:
    path = folder / f"{FILE}.bviz"
    words = json.dumps(hostile(HOSTILE[first:] + HOSTILE[:first]).model_dump(mode="json"))
    path.write_text(words.replace("\\ud800", "?"))  # half a character is refused
    return path


def as_table(folder: Path) -> Path:
    names = [name.replace("\0", "").replace("\x07", "").replace("\x1b", "") for name in HOSTILE]
    cell = lambda words: '"' + words.replace('"', '""') + '"'  # noqa: E731
    rows = [f"{k / 9},{k % 7},{cell(names[k % 8])}" for k in range(60)]
    path = folder / f"{FILE}.csv"
    path.write_text("\n".join([f"{cell(20 * names[0])},{cell(names[5])},label", *rows]), errors="replace")
    return path


@pytest.fixture
def open_workbench(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Workbench]]:
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: dialog.show())
    monkeypatch.setattr(ExportDialog, "deleteLater", lambda dialog: None)
    with workbenches(qtbot, tmp_path, lambda: InlineLink(Trainer()), tmp_path / "state", dressed=True) as show:
        yield lambda: show(Scenario().with_values({"data.n": 20, "learner.hidden": [4]}))


def walk(workbench: Workbench, qtbot: QtBot) -> Iterator[str]:
    """Show one thing after another; what is shown."""
    window, actions = workbench.window, workbench.window.actions_
    yield "opened"
    actions["train.twin"].setChecked(True)
    workbench.client.set_stop_at(10)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: not workbench.client.playing and workbench.controller.presenter.frame is not None)
    for tabs in (window.settings_tabs, window.result_tabs):
        for at in range(tabs.count()):
            tabs.setCurrentIndex(at)
            yield tabs.tabText(at)
    actions["view.twin-flips"].trigger()
    actions["view.cascade"].setChecked(True)
    yield "flips and the cascade"
    window.status.set_pointer((0.1, 0.2), workbench.document.scene.class_name(3), 0.5)
    actions["point.tool-target"].trigger()
    yield "a tool that names a class"
    actions["view.cascade"].setChecked(False)
    workbench.compare.pin()
    workbench.compare.pins = tuple(
        PinnedSnapshot(text, pin.snapshot) for text in HOSTILE for pin in workbench.compare.pins
    )[:8]
    actions["view.compare"].setChecked(True)
    workbench.compare.board.tiles[0].plane.set_pointer((0.1, 0.2))
    yield "compare board"
    actions["view.compare"].setChecked(False)
    scene = snapshot().scene
    workbench.filing.welcome.set_cards(Card(text, text, text, scene) for text in HOSTILE)
    window.show_page(workbench.filing.welcome)
    yield "welcome"
    window.show_page(None)
    for text in (HOSTILE[0], *HOSTILE[2:4]):
        window.notify(text, details=text, action="Do", act=lambda: None, alarm=True)
        there(window.statusBar()).showMessage(text)
        workbench.log.note("test", text)
        yield "banner"
        there(window.statusBar()).clearMessage()
    window.banner.hide()


def open_of_kind(kind: str) -> list[QDialog]:
    """Those on the screen."""
    windows = QApplication.topLevelWidgets()
    return [one for one in windows if isinstance(one, QDialog) and type(one).__name__ == kind and one.isVisible()]


def dialogs(workbench: Workbench, qtbot: QtBot) -> Iterator[QDialog]:
    """Every dialog, one after the other."""
    actions = workbench.window.actions_
    for name, kind in (
        ("file.film", "FilmDialog"), ("help.log", "LogPanel"), ("help.report", "ReportDialog"),
        ("help.shortcuts", "ShortcutsDialog"), ("view.commands", "CommandPalette"), ("file.export", "ExportDialog"),
    ):  # fmt: skip
        actions[name].trigger()
        qtbot.waitUntil(lambda: bool(open_of_kind(kind)))  # noqa: B023 - it is over before the next
        yield open_of_kind(kind)[0]
        open_of_kind(kind)[0].close()
    recovery = RecoveryDialog(workbench.window)
    recovery.set_rows([Origin(f"/folder/{text}", text, 3, time.time()) for text in HOSTILE])
    recovery.show()
    yield recovery
    recovery.close()


@pytest.mark.parametrize(
    "write",
    [as_bviz, *(pytest.param(one, marks=pytest.mark.slow) for one in (as_table, partial(as_bviz, first=4)))],
    ids=["bviz", "csv", "other texts"],
)
def test_nothing_that_a_file_says_is_markup_or_makes_the_window_grow(
    write: Callable[[Path], Path], open_workbench: Callable[[], Workbench], qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    if write is as_table:  # previews are looked at once
        for kind in (FilmDialog, ExportDialog):
            monkeypatch.setattr(kind, "_draw", lambda _dialog: None)
    workbench = open_workbench()
    workbench.filing.open(write(tmp_path))
    workbench.reader.wait()
    if (asked := workbench.importing.dialog) is not None:
        QApplication.processEvents()
        assert not complaints()
        asked.accept()
    assert workbench.document.scene.class_names, workbench.window.banner.words
    workbench.window.resize(*SIZE)
    for shown in walk(workbench, qtbot):
        QApplication.processEvents()
        assert not complaints(), shown
        assert (workbench.window.width(), workbench.window.height()) == SIZE, shown
    shown = words_shown(workbench.plane)  # at the axes, as it stands
    assert PICTURE[:12] in shown or HOSTILE[5][:12] in shown
    for dialog in dialogs(workbench, qtbot):
        QApplication.processEvents()
        assert not complaints(), dialog.windowTitle()
        assert dialog.height() <= SIZE[1], dialog.windowTitle()
    workbench.recent.fill()
    assert not complaints()


def test_nothing_that_a_table_says_is_markup_where_it_is_opened(
    open_workbench: Callable[[], Workbench], tmp_path: Path
) -> None:
    """Wherever else its words may stand, those of the file of a scenario stand as well."""
    workbench = open_workbench()
    workbench.window.resize(*SIZE)
    workbench.filing.open(as_table(tmp_path))
    workbench.reader.wait()
    assert workbench.importing.dialog is not None
    QApplication.processEvents()
    assert not complaints()
    workbench.importing.dialog.accept()
    assert workbench.document.scene.class_names, workbench.window.banner.words
    tabs = workbench.window.settings_tabs
    for at in range(tabs.count()):
        tabs.setCurrentIndex(at)
        QApplication.processEvents()
        assert not complaints(), tabs.tabText(at)
        assert (workbench.window.width(), workbench.window.height()) == SIZE, tabs.tabText(at)
    shown = words_shown(workbench.plane)  # at the axes, as it stands
    assert PICTURE[:12] in shown or HOSTILE[5][:12] in shown


def test_boxes_and_menus_say_it_as_it_stands(open_workbench: Callable[[], Workbench], qtbot: QtBot):
    workbench = open_workbench()
    workbench.document.open(hostile(HOSTILE))
    seen: list[str] = []

    def look() -> None:
        shown = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        assert shown is not None
        assert shown.height() <= SIZE[1]
        seen.extend(complaints())
        if isinstance(shown, QMenu):
            seen.extend(action.text() for action in shown.actions() if "&File" in action.text().replace("&&", ""))
        shown.close()

    for text in HOSTILE:
        QTimer.singleShot(0, look)
        ask(workbench.window, "Save as", text, QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.Yes)
        QTimer.singleShot(0, look)
        box = warning_box(workbench.window, "Changed", text, text)
        box.exec()
        box.deleteLater()
    setattr(workbench.document, "saved", lambda *_: None)  # noqa: B010
    for act in (
        lambda: workbench.controller._menu(workbench.window.pos(), workbench.document.scene.points.ids[:1]),
        lambda: workbench.poison._pin_menu(workbench.window.pos(), 0),
    ):
        QTimer.singleShot(50, look)
        act()
    workbench.poison._delete_group(1)  # whose name stands in the undo list
    assert not complaints() + seen


@pytest.mark.parametrize("text", HOSTILE)
def test_a_tooltip_is_not_taken_for_rich_text_and_is_small(text: str):
    shown = tip(text)
    assert len(shown.splitlines()) <= 13
    assert max(map(len, shown.splitlines())) <= 120
    assert "<" not in text or shown.replace("\u2060", "")[:20] == text[:20]


@pytest.mark.parametrize(
    "text", ["<b>x", "&lt;", "<?xml x", "<!DOCTYPE html>", " \n <p>", "<<a>", "< a", "a < b", "&&lt;x"]
)
def test_words_are_made_to_look_like_none(text: str):
    assert not Qt.mightBeRichText(literal(text))  # type: ignore[attr-defined]
    assert literal(text).replace("\u2060", "") == text


def test_a_long_sentence_is_told_in_short_and_stands_in_the_details(qtbot: QtBot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.resize(900, 60)
    words = "\n".join(f"line {k}" for k in range(3000))
    banner.tell(words, details="and more")
    assert banner.heightForWidth(900) < 200
    assert len(banner.text.text()) == SENTENCE
    assert banner.words == words
    details = banner.findChild(QPlainTextEdit).toPlainText()
    assert details.startswith("line 0\nline 1\n")
    assert details.splitlines()[-1] == f"… and {len(words) + 10 - DETAILS:,} more characters"
    banner.tell("Short.", details="and more")
    assert banner.details.toPlainText() == "and more"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_shows_words_as_they_stand_and_grows_little(text: str, qtbot: QtBot):
    label = PlainLabel(text)
    qtbot.addWidget(label)
    label.setWordWrap(True)
    assert label.heightForWidth(340) < 700
    assert label.minimumSizeHint().width() < 700
    assert label.text().splitlines()[0] == few_lines(text, 800, 12).splitlines()[0]


def test_boxes_and_rich_text_are_made_in_one_place_only():
    """The walk does not reach everything: made elsewhere, a box might take text of others for markup."""
    boxes = r"QMessageBox\(|QMessageBox\.(?:question|warning|information|critical)\("
    makes = re.compile(rf"{boxes}|setHtml\(|(?<!Simple)TextItem\(")  # a simple one shows plain text alone
    allowed = {"plain.py": 2, "named_axis.py": 1, "map_item.py": 1}  # the last shows words of our own alone
    for path in (Path(boundaryviz.__file__).parent / "gui").rglob("*.py"):
        assert len(makes.findall(path.read_text())) == allowed.get(path.name, 0), path.name
