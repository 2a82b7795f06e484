import itertools
import re

import pytest
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit

from boundaryviz.gui.widgets import theme as themes
from boundaryviz.gui.widgets.theme import DARK, LIGHT, THEMES, contrast, mix, named, palette, style_sheet


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the well-known grey that just fails


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
@pytest.mark.parametrize("ink", ["text", "faint", "accent", "danger"])
@pytest.mark.parametrize("ground", ["window", "panel", "raised"])
def test_words_can_be_read_on_every_ground(theme, ink, ground):
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
def test_words_can_be_read_on_the_accent_and_on_what_is_hovered_chosen_or_pressed(theme):
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.on_accent, mix(theme.accent, theme.text, 0.15)) >= 4.5
    for share in (0.12, 0.24):
        assert contrast(theme.text, mix(theme.raised, theme.accent, share)) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
def test_every_colour_of_the_sheet_is_filled_in_and_belongs_to_the_theme(theme):
    sheet = style_sheet(theme)
    assert "@" not in sheet
    other = DARK if theme is LIGHT else LIGHT
    foreign = {v for k, v in vars(other).items() if k != "name"} - {v for k, v in vars(theme).items()}
    assert not foreign & set(re.findall(r"#[0-9a-f]{6}", sheet))


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
def test_what_is_off_stands_out_less_than_what_is_on(theme):
    made = palette(theme)
    group, role = QPalette.ColorGroup, QPalette.ColorRole
    off, on = (made.color(g, role.WindowText).name() for g in (group.Disabled, group.Active))
    assert contrast(off, theme.panel) < contrast(on, theme.panel) / 2


def test_applying_changes_open_windows_and_back_again(qtbot, qapp):
    before = qapp.styleSheet(), qapp.palette(), qapp.font(), qapp.style().objectName()
    label, edit = QLabel("words"), QLineEdit()
    for widget in (label, edit):
        qtbot.addWidget(widget)
        widget.resize(120, 30)
    try:
        for theme in (DARK, LIGHT, DARK):
            themes.apply(qapp, theme)
            assert label.grab().toImage().pixelColor(118, 2).name() == theme.panel
            assert edit.grab().toImage().pixelColor(60, 6).name() == theme.raised
    finally:
        qapp.setStyle(before[3])
        qapp.setStyleSheet(before[0])
        qapp.setPalette(before[1])
        qapp.setFont(before[2])


def test_marks_of_the_sheet_are_drawn(qtbot, qapp):
    combo = QComboBox()
    qtbot.addWidget(combo)
    combo.setStyleSheet(style_sheet(LIGHT))
    combo.resize(120, 30)
    picture = combo.grab().toImage()
    inside = {picture.pixelColor(x, y).name() for x, y in itertools.product(range(98, 116), range(8, 22))}
    assert any(contrast(colour, LIGHT.raised) > 2 for colour in inside)


def test_figures_have_one_width(qtbot):
    figures = themes.tabular(QApplication.font())
    label = QLabel()
    qtbot.addWidget(label)
    label.setFont(figures)
    assert len({label.fontMetrics().horizontalAdvance(str(d) * 8) for d in range(10)}) == 1


def test_named_knows_the_choices_and_no_other():
    assert named("light") is LIGHT
    assert named("dark") is DARK
    assert named("system") in (LIGHT, DARK)
    assert set(themes.CHOICES) == {*THEMES, "system"}
    with pytest.raises(KeyError):
        named("mauve")
