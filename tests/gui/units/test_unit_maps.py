import itertools

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QHelpEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication, QToolTip

from boundaryviz.figures.palette import BLUE, ORANGE
from boundaryviz.gui.units.unit_maps import UnitMaps
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from helpers.qtest import QTest


def maps(*layers, size=24):
    rng = np.random.default_rng(0)
    return tuple(rng.integers(0, 256, (units, size, size), dtype=np.uint8) for units in layers)


@pytest.fixture
def view(qtbot):
    made = UnitMaps()
    qtbot.addWidget(made)
    made.resize(340, 500)
    with qtbot.waitExposed(made):
        made.show()
    return made


def click(layer, unit):
    QTest.mouseClick(layer, Qt.MouseButton.LeftButton, pos=layer.rect_of(unit).center())


def test_a_click_chooses_a_unit_and_a_second_one_shows_the_output_again(view):
    chosen, cleared = [], []
    view.unit_clicked.connect(lambda *unit: chosen.append(unit))
    view.unit_cleared.connect(lambda: cleared.append(1))
    view.set_units(maps(4, 8))
    click(view.layers[1], 4)
    assert chosen == [(1, 4)]
    assert "layer 2, unit 5" in view.words.text()
    click(view.layers[0], 1)
    assert chosen == [(1, 4), (0, 1)]
    assert view.layers[1].selected is None
    click(view.layers[0], 1)
    assert (chosen, cleared) == ([(1, 4), (0, 1)], [1])
    assert not view.button.isEnabled()
    view.set_selected((0, 2))
    view.button.click()
    assert cleared == [1, 1]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert cleared == [1, 1], "there was nothing to clear"


def test_the_keyboard_reaches_every_unit(view):
    chosen = []
    view.unit_clicked.connect(lambda *unit: chosen.append(unit))
    view.set_units(maps(40))
    layer = view.layers[0]
    QTest.keyClick(layer, Qt.Key.Key_Right)
    QTest.keyClick(layer, Qt.Key.Key_Down)
    QTest.keyClick(layer, Qt.Key.Key_Return)
    assert chosen == [(0, 1 + layer.columns())]
    QTest.keyClick(layer, Qt.Key.Key_Up)
    QTest.keyClick(layer, Qt.Key.Key_Left)
    QTest.keyClick(layer, Qt.Key.Key_Left)
    QTest.keyClick(layer, Qt.Key.Key_Space)
    assert chosen[-1] == (0, 0)
    assert layer.accessibleDescription() == "layer 1, unit 1"


@pytest.mark.parametrize("units", [1, 8, 33, 256])
@pytest.mark.parametrize("width", [260, 340, 400])
def test_maps_do_not_overlap_and_none_is_cut_off(view, units, width):
    view.resize(width, 500)
    view.set_units(maps(units))
    view.grab()
    layer = view.layers[0]
    rects = [layer.rect_of(u) for u in range(units)]
    assert all(layer.rect().contains(r) for r in rects)
    assert not any(a.intersects(b) for a, b in itertools.pairwise(rects))
    assert [layer.unit_at(r.center().x(), r.center().y()) for r in rects] == list(range(units))
    assert view._inside.width() <= view.area.viewport().width()


def test_low_is_orange_high_is_blue_and_row_0_is_below(view):
    picture = np.zeros((1, 24, 24), dtype=np.uint8)
    picture[0, 12:] = 255
    view.set_units((picture,))
    layer = view.layers[0]
    drawn = layer.grab().toImage()
    rect = layer.rect_of(0)
    assert drawn.pixelColor(rect.center().x(), rect.top() + 8).name() == BLUE
    assert drawn.pixelColor(rect.center().x(), rect.bottom() - 8).name() == ORANGE


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_undecided_is_the_colour_of_the_plane(view, theme):
    view.set_theme(theme)
    view.set_units((np.full((1, 24, 24), 128, dtype=np.uint8),))
    rect = view.layers[0].rect_of(0)
    middle = view.layers[0].grab().toImage().pixelColor(rect.center())
    wanted = [int(theme.plane[i : i + 2], 16) for i in (1, 3, 5)]
    assert np.allclose(middle.getRgb()[:3], wanted, atol=3)


def test_layers_come_and_go_and_a_unit_that_is_gone_is_no_longer_shown(view):
    cleared = []
    view.unit_cleared.connect(lambda: cleared.append(1))
    view.set_units(maps(8, 8))
    view.set_selected((1, 7))
    view.set_units(maps(8, 7))
    assert cleared == [1]
    view.set_units(())
    assert view.layers == []
    assert "No hidden units" in view.words.text()


def test_the_tooltip_names_the_unit(view):
    view.set_units(maps(4, 8))
    layer = view.layers[1]
    place = layer.rect_of(4).center()
    QApplication.sendEvent(layer, QHelpEvent(QEvent.Type.ToolTip, place, layer.mapToGlobal(place)))
    assert QToolTip.text() == "layer 2, unit 5"
    QApplication.sendEvent(layer, QHelpEvent(QEvent.Type.ToolTip, QPoint(5000, 5000), QPoint(0, 0)))
    QToolTip.hideText()


def test_a_press_beside_the_maps_does_nothing(view):
    chosen = []
    view.unit_clicked.connect(lambda *unit: chosen.append(unit))
    view.set_units(maps(1))
    layer = view.layers[0]
    place = QPointF(layer.width() - 2.0, 4.0)
    left = Qt.MouseButton.LeftButton
    press = QMouseEvent(
        QEvent.Type.MouseButtonPress, place, layer.mapToGlobal(place), left, left, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(layer, press)
    assert chosen == []
