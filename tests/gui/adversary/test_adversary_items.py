"""What an attack draws on the plane has its size in pixels of the window, on every screen."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.gui.adversary.items import BoxItem, TrailItem
from boundaryviz.gui.widgets.theme import LIGHT

AREA = QRectF(0.0, 0.0, 100.0, 100.0)


class Fine(QWidget):
    """A widget on a screen with two pixels for one."""

    def devicePixelRatioF(self) -> float:
        return 2.0


def painted(item: TrailItem | BoxItem, widget: QWidget) -> QImage:
    """100 x 100 pixels of such a screen."""
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2.0)
    image.fill(QColor("white"))
    painter = QPainter(image)
    item.paint(painter, None, widget)
    painter.end()
    return image


def extent(image: QImage) -> int:
    """How many of the window's pixels right of (40, 50) the last one lies that is not white."""
    row = [image.pixelColor(x, 100) != QColor("white") for x in range(80, 200)]
    return int(max(np.flatnonzero(row), default=0)) // 2


def test_the_ring_is_as_large_on_a_fine_screen_and_larger_before_an_audience(qtbot: QtBot) -> None:
    widget = Fine()
    qtbot.addWidget(widget)
    sizes = [1.0]
    trail = TrailItem(lambda: AREA, lambda: sizes[0])
    assert extent(painted(trail, widget)) == 0
    trail.show_ways([np.array([[10.0, 50.0], [40.0, 50.0]])], moving=0)
    assert 13 <= extent(painted(trail, widget)) <= 16
    sizes[0] = 1.5
    assert 20 <= extent(painted(trail, widget)) <= 24
    trail.show_ways([np.array([[10.0, 50.0], [40.0, 50.0]])])
    assert extent(painted(trail, widget)) <= 3


def test_the_box_has_its_words_above_it_and_nothing_where_there_is_none(qtbot: QtBot) -> None:
    widget = Fine()
    qtbot.addWidget(widget)
    box = BoxItem(lambda: AREA, lambda: 1.0)
    box.set_theme(LIGHT)
    box.show_box(np.array([[20.0, 30.0], [60.0, 80.0]]), "in here")
    assert box.rect == QRectF(20.0, 30.0, 40.0, 50.0)
    assert box.boundingRect().contains(box.rect)
    assert 19 <= extent(painted(box, widget)) <= 26  # the right side and its handle
    box.show_box(None)
    assert extent(painted(box, widget)) == 0


def test_the_words_of_a_box_that_reaches_out_of_sight_can_be_read(qtbot: QtBot) -> None:
    widget = Fine()
    qtbot.addWidget(widget)
    box = BoxItem(lambda: AREA, lambda: 1.0)
    box.show_box(np.array([[-60.0, -50.0], [160.0, 150.0]]), "here")
    panel = QColor(LIGHT.panel)
    image = painted(box, widget)
    words = [(x, y) for x in range(200) for y in range(200) if image.pixelColor(x, y) == panel]
    assert words
    assert min(x for x, _ in words) < 8
    assert 2 * 9 <= min(y for _, y in words) < 24, "clear of a handle at the rim"
