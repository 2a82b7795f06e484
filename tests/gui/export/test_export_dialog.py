from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QBuffer, QIODevice, Qt
from PyQt6.QtGui import QGuiApplication, QImage

from boundaryviz.gui.widgets.export_dialog import ExportDialog, ExportOptions
from boundaryviz.scenario.cost import MemoryNeeded
from boundaryviz.scenario.files import WriteError
from helpers.qtest import QTest
from helpers.there import there


def png(width=300, height=200):
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    image.save(buffer, "PNG")
    return buffer.data().data()


class Caller:
    """Draws and writes, and remembers what it was asked."""

    def __init__(self):
        self.drawn, self.written, self.fails, self.path = [], [], None, Path("out") / "figure"

    def render(self, options):
        self.drawn.append(options)
        if self.fails:
            raise self.fails
        return png()

    def write(self, options, path):
        if self.fails:
            raise self.fails
        self.written.append((options, path))


@pytest.fixture
def caller():
    return Caller()


@pytest.fixture
def dialog(qtbot, caller):
    made = ExportDialog(caller.render, caller.write, ask_path=lambda _: caller.path)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: len(caller.drawn) == 1)
    return made


def choose(combo, value):
    index = combo.findData(value)
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def enter(edit, text):
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def test_the_preview_follows_the_choices_and_is_drawn_once_for_a_burst(dialog, caller, qtbot):
    assert not dialog.preview.pixmap().isNull()
    choose(dialog.view, "summary")
    choose(dialog.style_combo, "dark")
    choose(dialog.format, "png")
    qtbot.waitUntil(lambda: len(caller.drawn) == 2)
    assert caller.drawn[-1] == ExportOptions("png", "summary", 8.5, "dark", 144), "with the dots of the screen"


def test_width_is_typed_or_a_preset(dialog, caller):
    choose(dialog.preset, 17.5)
    assert dialog.width_edit.text() == "17.5"
    enter(dialog.width_edit, "12,5 cm")
    assert dialog.options.width_cm == 12.5
    assert dialog.preset.currentText() == "Other width"
    enter(dialog.width_edit, "8.5")
    assert dialog.preset.currentText() == "Single column"


@pytest.mark.parametrize("text", ["1", "500", "wide"])
def test_a_width_out_of_range_is_explained(dialog, text):
    enter(dialog.width_edit, text)
    assert dialog.options.width_cm == 8.5
    assert "from 3 to 100 cm" in dialog.problem.text()
    assert dialog.width_edit.property("invalid") is True
    assert dialog.isVisible(), "Enter in a field does not save"


def test_resolution_belongs_to_pictures_alone(dialog):
    assert not dialog.dpi_edit.isEnabled()
    choose(dialog.format, "png")
    assert dialog.dpi_edit.isEnabled()
    enter(dialog.dpi_edit, "600")
    assert dialog.options.dpi == 600
    assert "2,008 pixels" in dialog._dots.text()
    enter(dialog.dpi_edit, "10")
    assert dialog.options.dpi == 600
    assert "50 to 1200" in dialog.problem.text()


def test_more_pixels_than_can_be_drawn_are_refused_with_the_number(dialog, caller):
    choose(dialog.format, "png")
    enter(dialog.dpi_edit, "1200")
    enter(dialog.width_edit, "100")
    assert (dialog.options.width_cm, dialog.options.dpi) == (8.5, 1200)
    assert dialog.problem.text() == "That would be 47,244 pixels wide; 12,000 are the most."
    assert dialog.width_edit.property("invalid") is True
    enter(dialog.width_edit, "25.4")
    assert (dialog.options.width_cm, dialog.problem.text()) == (25.4, "")
    enter(dialog.dpi_edit, "300")
    enter(dialog.width_edit, "100")
    enter(dialog.dpi_edit, "400")
    assert (dialog.options.width_cm, dialog.options.dpi) == (100, 300)
    assert "15,748 pixels" in dialog.problem.text()


def test_what_there_is_no_memory_for_is_told_and_the_dialog_stays(dialog, caller):
    caller.fails = MemoryNeeded("this figure would take about 3.0 GB of memory, and 2.0 GB are free; take fewer dots")
    dialog.save_button.click()
    assert dialog.isVisible()
    assert dialog.problem.text() == f"figure.pdf could not be written: {caller.fails}."


def test_saving_adds_the_ending_and_closes(dialog, caller):
    dialog.save_button.click()
    assert caller.written == [(ExportOptions(), Path("out/figure.pdf"))]
    assert dialog.saved == Path("out/figure.pdf")
    assert not dialog.isVisible()


def test_cancelling_the_file_dialog_stays_and_cancel_writes_nothing(dialog, caller):
    caller.path = None
    dialog.save_button.click()
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert caller.written == []
    assert dialog.saved is None


def test_a_place_that_cannot_be_written_is_told_and_the_dialog_stays(dialog, caller):
    caller.fails = PermissionError(13, "Permission denied")
    dialog.save_button.click()
    assert dialog.isVisible()
    assert dialog.problem.text() == (
        "figure.pdf could not be written: Permission denied. Choose another place or name."
    )
    caller.fails = WriteError("Cannot write figure.pdf: it is a folder. Give a file name in it.")
    dialog.save_button.click()
    assert dialog.problem.text() == "Cannot write figure.pdf: it is a folder. Give a file name in it."
    caller.fails = None
    dialog.save_button.click()
    assert len(caller.written) == 1


def test_a_figure_that_cannot_be_drawn_is_told(dialog, caller, qtbot):
    caller.fails = ValueError("the curves are empty")
    choose(dialog.view, "curves")
    qtbot.waitUntil(lambda: len(caller.drawn) == 2)
    assert "the curves are empty" in dialog.problem.text()
    assert dialog.preview.text() == "No preview."
    caller.fails = None
    choose(dialog.view, "boundary")
    qtbot.waitUntil(lambda: len(caller.drawn) == 3)
    assert dialog.problem.text() == ""
    assert not dialog.preview.pixmap().isNull()


def test_another_choice_takes_back_what_was_typed_wrong(dialog):
    enter(dialog.width_edit, "500")
    choose(dialog.style_combo, "dark")
    assert dialog.width_edit.property("invalid") is False
    assert (dialog.width_edit.text(), dialog.problem.text()) == ("8.5", "")


def test_the_command_is_copied_and_where_there_is_none_it_says_why(qtbot, caller):
    def command(options):
        if options.view == "compare":
            raise ValueError("Pinned by hand.")
        return f"boundaryviz figure moons --view {options.view}"

    made = ExportDialog(caller.render, caller.write, command=command)
    qtbot.addWidget(made)
    choose(made.view, "curves")
    made.copy_line.click()
    assert there(QGuiApplication.clipboard()).text() == "boundaryviz figure moons --view curves"
    choose(made.view, "compare")
    assert made.line.text() == "Pinned by hand."
    assert not made.copy_line.isEnabled()


def test_true_size_is_what_the_screen_makes_of_centimetres(qtbot):
    made = ExportDialog(lambda _: png(600, 400), lambda *_: None)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: not made.preview.pixmap().isNull())
    made.true_size.click()
    for width in (8.5, 17.5):
        choose(made.preset, width)
        qtbot.waitUntil(lambda: not made._timer.isActive())
        shown = made.preview.pixmap()
        across = shown.width() / shown.devicePixelRatio() / made.logicalDpiX() * 2.54
        assert across == pytest.approx(width, abs=0.05)


def test_other_eyes_see_the_preview_and_not_the_file(qtbot, caller):
    asked = []

    def check(pixels, kind):
        asked.append((pixels.shape, kind))
        return np.zeros_like(pixels)

    made = ExportDialog(caller.render, caller.write, check=check, ask_path=lambda _: caller.path)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: len(caller.drawn) == 1)
    before = made.preview.pixmap().toImage()
    choose(made.check, "protan")
    assert asked == [((200, 300, 4), "protan")]
    assert made.preview.pixmap().toImage() != before
    assert len(caller.drawn) == 1, "nothing is drawn anew"
    made.save_button.click()
    assert caller.written == [(ExportOptions(), Path("out/figure.pdf"))]


def test_the_twin_is_offered_only_where_there_is_one(qtbot, caller):
    for views, offered in ((("boundary", "curves"), False), (("boundary", "twin"), True)):
        made = ExportDialog(caller.render, caller.write, views=views)
        qtbot.addWidget(made)
        assert (made.view.findData("twin") >= 0) == offered
        assert made.view.findData("summary") < 0


def test_where_there_is_no_background_squares_show(qtbot, caller):
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = QImage(300, 200, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    image.save(buffer, "PNG")
    caller.render = lambda options: buffer.data().data()
    made = ExportDialog(caller.render, caller.write, ExportOptions(transparent=True))
    qtbot.addWidget(made)
    made.show()
    found = []
    for style in ("paper", "dark"):
        choose(made.style_combo, style)
        qtbot.waitUntil(lambda: not made._timer.isActive())
        shown = made.preview.pixmap().toImage()
        found.append({shown.pixelColor(x, 40).lightness() for x in range(64)})
    paper, dark = found
    assert len(paper) == len(dark) == 2
    assert min(paper) > 200 > 60 > max(dark)


def test_tab_leads_down_the_form(dialog):
    dialog.activateWindow()
    dialog.view.setFocus()
    order = [dialog.view]
    for _ in range(6):
        following = order[-1].nextInFocusChain()
        while not (following.focusPolicy() & Qt.FocusPolicy.TabFocus and following.isEnabled()):
            following = following.nextInFocusChain()
        order.append(following)
    assert order[1:4] == [dialog.style_combo, dialog.font_combo, dialog.preset]
    assert order[5:] == list(dialog.switches.values())[:2]


@pytest.mark.parametrize(
    ("ratio", "width", "dpi"), [(1.0, 8.5, 144), (2.0, 8.5, 288), (2.0, 100.0, 288), (3.0, 100.0, 304)]
)
def test_a_preview_has_the_dots_that_the_screen_shows(qtbot, caller, dialog, monkeypatch, ratio, width, dpi):
    monkeypatch.setattr(dialog, "devicePixelRatioF", lambda: ratio)
    dialog.options = replace(dialog.options, width_cm=width)
    dialog._draw()
    assert caller.drawn[-1].dpi == dpi
    assert dialog.options.dpi == 300
