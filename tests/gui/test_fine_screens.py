"""What is drawn over the points has its size in pixels of the window, on screens with two pixels for one as well."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.gui.cascade.item import PathItem
from boundaryviz.gui.defence.crosses import CrossesItem
from boundaryviz.gui.embedding.items import LinksItem
from boundaryviz.gui.influence.items import ArrowsItem
from boundaryviz.gui.plane.guides import GuideItem, JitterItem
from boundaryviz.gui.plane.rings_item import RingsItem
from boundaryviz.gui.plane.twin_planes import LinkedCursor
from boundaryviz.gui.tools import Guide, Handle
from boundaryviz.gui.widgets.theme import LIGHT
from boundaryviz.record.verdict import Marks

SIDE = 200  # pixels of the window, as many as there are units of data
MIDDLE = np.array([[100.0, 100.0]])


def area() -> QRectF:
    return QRectF(0.0, 0.0, SIDE, SIDE)


class Screen(QWidget):
    """A widget on a screen with so many pixels for one."""

    def __init__(self, ratio: float) -> None:
        super().__init__()
        self.ratio = ratio

    def devicePixelRatioF(self) -> float:
        return self.ratio


def cursor() -> pg.GraphicsObject:
    item = LinkedCursor(LIGHT)
    item.place = (100.0, 100.0)
    return item


def rings() -> pg.GraphicsObject:
    item = RingsItem(area)
    item.show_rings(MIDDLE, np.array([False]))
    return item


def links() -> pg.GraphicsObject:
    item = LinksItem(area)
    item.show_links((100.0, 100.0), np.array([[130.0, 120.0]]))
    return item


def crosses() -> pg.GraphicsObject:
    item = CrossesItem(area)
    item.show_marks(Marks(clean=np.empty((0, 2)), poison=MIDDLE))
    return item


def guide() -> pg.GraphicsObject:
    item = GuideItem(LIGHT, area)
    handles = (Handle("bend", 80.0, 100.0), Handle("source", 120.0, 100.0, 0))
    item.show_guide(Guide(np.array([[80.0, 100.0], [120.0, 100.0]]), handles))
    return item


def note() -> pg.GraphicsObject:
    item = GuideItem(LIGHT, area)
    item.show_guide(Guide(np.empty((0, 2)), note="3 points", at=(60.0, 120.0)))
    return item


def jitter() -> pg.GraphicsObject:
    item = JitterItem(LIGHT, area)
    item.set_radii((("jitter", 20.0),))
    item.move_to((100.0, 100.0))
    return item


def path() -> pg.GraphicsObject:
    item = PathItem(LIGHT)
    item.show_path(np.array([[80.0, 100.0], [120.0, 100.0]]), np.array([0, 1], dtype=np.int8), 0)
    return item


def arrows() -> pg.GraphicsObject:
    item = ArrowsItem(area)
    ends = np.array([[80.0, 140.0], [140.0, 100.0]])
    item.show_arrows((100.0, 100.0), ends, np.array([1.0, -0.5]), np.zeros(2, dtype=bool))
    return item


def extent(item: pg.GraphicsObject, ratio: float, qtbot: QtBot) -> tuple[float, ...]:
    """Left, right, top and bottom of what is painted, in pixels of the window."""
    widget = Screen(ratio)
    qtbot.addWidget(widget)
    image = QImage(round(ratio * SIDE), round(ratio * SIDE), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("#123456"))
    painter = QPainter(image)
    item.paint(painter, None, widget)
    painter.end()
    bits = image.constBits()
    assert bits is not None
    pixels = np.frombuffer(bits.asstring(image.sizeInBytes()), dtype=np.uint32).reshape(image.height(), -1)
    rows, columns = np.nonzero(pixels != pixels[0, 0])
    return tuple(float(v) / ratio for v in (columns.min(), columns.max() + 1, rows.min(), rows.max() + 1))


@pytest.mark.parametrize("make", [cursor, rings, links, crosses, guide, note, jitter, path, arrows])
def test_marks_are_as_large_on_a_fine_screen(make: Callable[[], pg.GraphicsObject], qtbot: QtBot) -> None:
    item = make()
    usual, fine = extent(item, 1.0, qtbot), extent(item, 2.0, qtbot)
    assert usual[1] - usual[0] > 8.0
    assert fine == pytest.approx(usual, abs=1.5)
