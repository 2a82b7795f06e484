from typing import Literal

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication, QLabel

from boundaryviz.gui.widgets.fields import plans
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.number import DRAG_INTERVAL
from boundaryviz.gui.widgets.theme import DARK, LIGHT, style_sheet
from boundaryviz.learners.specs import FAMILIES, MLPSpec, TrainingSpec
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.specs import Spec, setting
from helpers.plainness import unwrapped
from helpers.qtest import QTest

Key = Qt.Key


class Flags(Spec):
    """A spec with what the real ones do not have yet."""

    on: bool = setting(False, "Twin", "Train a clean twin.")
    words: str = setting("moons", "Words", "Some words.", max_length=5)
    kind: Literal["a", "b"] = setting("a", "Kind", "Which.", choices={"a": "first", "b": "second"})


def form_of(qtbot, spec_type, prefix=""):
    form = SpecForm(spec_type, prefix)
    qtbot.addWidget(form)
    form.resize(340, 600)
    form.show()
    heard = []
    form.changed.connect(lambda path, value: heard.append((path, value)))
    return form, heard


def type_into(edit, text, end=Key.Key_Return):
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, end)


@pytest.mark.parametrize("spec_type", [DataSpec, TrainingSpec, Flags, *(family.spec for family in FAMILIES.values())])
def test_every_setting_has_a_control_and_an_explanation(qtbot, spec_type):
    form, heard = form_of(qtbot, spec_type)
    declared = [n for n, info in spec_type.model_fields.items() if info.json_schema_extra]
    assert form.paths == declared
    for plan in plans(spec_type):
        told = unwrapped(form.editor(plan.name).parentWidget().toolTip())
        assert plan.explains in told
        assert ("afresh" in told) == plan.resets
        assert form.editor(plan.name).value() == plan.default
        if plan.high is not None and plan.kind != "layers":
            assert plan.range_words in told
    assert not heard


def test_advanced_settings_lie_in_a_closed_fold(qtbot):
    form, _ = form_of(qtbot, MLPSpec)
    assert not form.editor("dropout").isHidden()
    assert form.editor("dropout").isVisible()
    assert not form.editor("fourier").isVisible()
    form.fold.set_open(True)
    assert form.editor("fourier").isVisible()


def test_setting_values_shows_them_and_says_nothing(qtbot):
    form, heard = form_of(qtbot, TrainingSpec, "training")
    form.set_values(TrainingSpec(learning_rate=0.003, batch_size="full", optimiser="sgd"))
    assert form.editor("training.learning_rate").edit.text() == "0.003"
    assert form.editor("batch_size").button.isChecked()
    assert form.editor("optimiser").combo.currentText() == "SGD"
    assert not heard
    with pytest.raises(TypeError, match="TrainingSpec"):
        form.set_values(MLPSpec())


def test_a_typed_number_is_told_with_its_path(qtbot):
    form, heard = form_of(qtbot, TrainingSpec, "training")
    with qtbot.waitSignal(form.settled) as settled:
        type_into(form.editor("learning_rate").edit, "0.0123")
    assert heard == [("training.learning_rate", 0.0123)]
    assert settled.args == ["training.learning_rate"]
    type_into(form.editor("learning_rate").edit, "0.0123")
    assert len(heard) == 1, "the same value again is no change"


@pytest.mark.parametrize("text", ["abc", "0", "-1", "1000", "nan", ""])
def test_a_wrong_number_is_outlined_and_explained_and_changes_nothing(qtbot, text):
    form, heard = form_of(qtbot, TrainingSpec)
    editor = form.editor("learning_rate")
    editor.edit.setFocus()
    editor.edit.selectAll()
    QTest.keyClick(editor.edit, Key.Key_Delete)
    type_into(editor.edit, text)
    assert not heard
    assert form.values().learning_rate == TrainingSpec().learning_rate
    assert editor.edit.property("invalid") is True
    assert "Learning rate" in form.problem("learning_rate")
    assert "above 0 and up to 100" in form.problem("learning_rate")
    type_into(editor.edit, "0.5")
    assert form.problem("learning_rate") == ""
    assert editor.edit.property("invalid") is False
    assert heard == [("learning_rate", 0.5)]


def test_escape_takes_wrong_typing_back(qtbot):
    form, heard = form_of(qtbot, DataSpec)
    edit = form.editor("n").edit
    type_into(edit, "7")
    assert "from 10 to 100,000" in form.problem("n")
    QTest.keyClick(edit, Key.Key_Escape)
    assert edit.text() == "500"
    assert form.problem("n") == ""
    assert not heard


def test_what_is_being_typed_is_not_overwritten_by_values_from_outside(qtbot):
    form, _ = form_of(qtbot, DataSpec)
    qtbot.waitUntil(form.isActiveWindow)
    edit = form.editor("n").edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "12")
    form.set_values(DataSpec(n=900))
    assert edit.text() == "12"


def test_a_rule_of_the_whole_spec_is_told_under_the_field(qtbot):
    form, heard = form_of(qtbot, MLPSpec)
    features = form.editor("features")
    features.buttons["x2"].click()
    assert heard == [("features", ("x", "y", "x2"))]
    for name in ("x2", "y", "x"):
        features.buttons[name].click()
    assert heard[-1] == ("features", ("x",))
    assert "at least one input feature" in form.problem("features")
    assert features.buttons["x"].isChecked(), "the button springs back to the value in force"


def test_a_drag_is_told_at_most_thirty_times_a_second_and_its_end_always(qtbot):
    form, heard = form_of(qtbot, TrainingSpec)
    slider = form.editor("learning_rate").slider
    slider.setSliderDown(True)
    settled: list[str] = []
    form.settled.connect(settled.append)
    for position in range(20, 121):
        slider.setSliderPosition(position)
    assert len(heard) <= 2
    qtbot.wait(3 * DRAG_INTERVAL)
    assert heard[-1] == ("learning_rate", 10.0)
    assert not settled
    slider.setSliderPosition(80)
    slider.setSliderPosition(60)
    slider.setSliderDown(False)
    assert heard[-1] == ("learning_rate", 0.01)
    assert settled == ["learning_rate"]
    assert len(heard) <= 5


def test_arrow_keys_step_a_number(qtbot):
    form, heard = form_of(qtbot, DataSpec)
    QTest.keyClick(form.editor("n").edit, Key.Key_Up)
    assert heard == [("n", 560)]
    QTest.keyClick(form.editor("seed").edit, Key.Key_Up)
    assert heard[-1] == ("seed", 1)
    form.set_values(DataSpec(labels_per_class=1))
    qtbot.wait(3 * DRAG_INTERVAL)
    QTest.keyClick(form.editor("labels_per_class").edit, Key.Key_Up)
    assert heard[-1] == ("labels_per_class", 2), "positions that stand for the same whole number are skipped"


def test_the_word_that_is_no_number_can_be_typed_and_pressed(qtbot):
    form, heard = form_of(qtbot, TrainingSpec)
    editor = form.editor("batch_size")
    type_into(editor.edit, "Full")
    assert heard == [("batch_size", "full")]
    assert editor.button.isChecked()
    type_into(editor.edit, "64")
    assert heard[-1] == ("batch_size", 64)
    assert not editor.button.isChecked()
    editor.button.click()
    assert heard[-1] == ("batch_size", "full")
    type_into(editor.edit, "0")
    assert "from 1 up" in form.problem("batch_size")
    type_into(editor.edit, "2.5")
    assert "whole number" in form.problem("batch_size")


def test_the_default_shows_the_number_it_stands_for(qtbot):
    form, heard = form_of(qtbot, DataSpec)
    editor = form.editor("noise")
    form.set_range("noise", 0.0, 0.5)
    form.set_fallback("noise", 0.1)
    assert editor.edit.text() == "0.1"
    assert editor.button.isChecked()
    assert not heard
    editor.button.click()
    assert heard == [("noise", 0.1)]
    type_into(editor.edit, "0.9")
    assert heard[-1] == ("noise", 0.9), "typing may go further than the slider"
    assert editor.slider.value() == editor.slider.maximum()
    type_into(editor.edit, "default")
    assert heard[-1] == ("noise", None)


def test_layers_are_added_changed_and_taken_away(qtbot):
    form, heard = form_of(qtbot, MLPSpec)
    editor = form.editor("hidden")
    editor.add.click()
    assert heard[-1] == ("hidden", (16, 16, 16))
    type_into(editor.boxes[1], "8")
    assert heard[-1] == ("hidden", (16, 8, 16))
    for _ in range(3):
        editor.add.click()
    assert len(form.values().hidden) == 6
    assert not editor.add.isEnabled()
    assert "6 layers are the most" in editor.add.toolTip()
    for _ in range(6):
        editor.remove.click()
    assert heard[-1] == ("hidden", ())
    assert not editor.remove.isEnabled()
    assert "linear" in editor.words.text()
    editor.add.click()
    assert len(editor.boxes) == 1


def test_a_layers_units_are_refused_beyond_their_limits(qtbot):
    form, heard = form_of(qtbot, MLPSpec)
    editor = form.editor("hidden")
    for wrong in ("999", "0", "2.5", "many"):
        type_into(editor.boxes[0], wrong)
        assert editor.boxes[0].property("invalid") is True
        assert "1 to 256" in form.problem("hidden")
    assert not heard
    type_into(editor.boxes[0], "256")
    assert heard == [("hidden", (256, 16))]
    assert editor.boxes[0].property("invalid") is False
    assert not form.problem("hidden")
    QTest.keyClick(editor.boxes[0], Key.Key_Up)
    QTest.keyClick(editor.boxes[1], Key.Key_Down)
    assert heard[1:] == [("hidden", (256, 15))]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_list_of_a_choice_shows_every_entry_whole(qtbot, theme):
    form, _ = form_of(qtbot, MLPSpec)
    form.setStyleSheet(style_sheet(theme))
    combo = form.editor("activation").combo
    combo.showPopup()
    view = combo.view()
    qtbot.waitUntil(view.isVisible)
    last = view.visualRect(combo.model().index(combo.count() - 1, 0))
    assert combo.count() > 3
    assert 0 <= view.viewport().height() - last.bottom() <= 4, "neither cut off nor followed by a blank strip"
    assert view.visualRect(combo.model().index(0, 0)).top() == 0
    combo.hidePopup()


def test_choices_flags_and_text(qtbot):
    form, heard = form_of(qtbot, Flags)
    form.editor("on").box.click()
    QTest.keyClick(form.editor("kind").combo, Key.Key_Down)
    type_into(form.editor("words").edit, "rings")
    assert heard == [("on", True), ("kind", "b"), ("words", "rings")]
    type_into(form.editor("words").edit, "too long")
    assert form.values().words == "rings"
    assert form.problem("words") != ""


def test_a_setting_that_does_not_apply_is_off_and_says_why(qtbot):
    form, _ = form_of(qtbot, TrainingSpec, "training")
    form.set_disabled("training.momentum", "only SGD with momentum has one")
    editor = form.editor("training.momentum")
    assert not editor.isEnabled()
    assert "only SGD with momentum has one" in editor.parentWidget().toolTip()
    form.set_disabled("training.momentum", None)
    assert editor.isEnabled()
    assert "only SGD" not in editor.parentWidget().toolTip()


@pytest.mark.parametrize(("path", "part"), [("learning_rate", "slider"), ("optimiser", "combo")])
def test_the_wheel_scrolls_the_panel_and_not_the_value(qtbot, path, part):
    form, heard = form_of(qtbot, TrainingSpec)
    target = getattr(form.editor(path), part)
    middle = QPointF(target.rect().center())
    wheel = QWheelEvent(
        middle, target.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(target, wheel)
    assert not heard
    assert not wheel.isAccepted()


@pytest.mark.parametrize("width", [320, 380])
def test_a_form_fits_its_column(qtbot, width):
    for spec_type in (DataSpec, MLPSpec, TrainingSpec):
        form, _ = form_of(qtbot, spec_type)
        form.fold.set_open(True)
        assert form.minimumSizeHint().width() <= width - 24
        form.resize(width - 24, 900)
        for path in form.paths:
            row = form.editor(path).parentWidget()
            for label in row.findChildren(QLabel):
                if label.isVisible():
                    assert label.heightForWidth(label.width()) <= label.height() or not label.wordWrap()
