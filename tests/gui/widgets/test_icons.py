"""Icons are drawn when they are shown."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QColor, QIcon
from PyQt6.QtSvg import QSvgRenderer

from boundaryviz.gui.widgets import icons

pytestmark = pytest.mark.usefixtures("qapp")


def shades(made: QIcon, size: int, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    picture = made.pixmap(QSize(size, size), 1.0, mode).toImage()
    found = (picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height()))
    return {colour.name() for colour in found if colour.alpha() == 255}


def test_nothing_is_drawn_before_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    renderer = icons._renderer

    def recording(name: str, colour: str) -> QSvgRenderer:
        drawn.append(name)
        return renderer(name, colour)

    monkeypatch.setattr(icons, "_renderer", recording)
    made = [QIcon(icons.icon(name, "#010203")) for name in icons.NAMES]
    assert not drawn
    made[0].pixmap(QSize(19, 19))
    assert drawn == [icons.NAMES[0]]


def test_every_icon_has_its_colours_in_any_size() -> None:
    for name in icons.NAMES:
        made = icons.icon(name, "#102030", "#a0b0c0")
        assert made.pixmap(QSize(33, 33), 1.0).size() == QSize(33, 33)
        assert shades(made, 64) == {QColor("#102030").name()}
        assert shades(made, 64, QIcon.Mode.Disabled) == {QColor("#a0b0c0").name()}


def test_a_fine_screen_gets_its_own_pixels() -> None:
    picture = icons.icon("play", "#000000").pixmap(QSize(16, 16), 2.0)
    assert picture.size() == QSize(32, 32)
    assert picture.devicePixelRatio() == 2.0


def test_there_are_no_others() -> None:
    with pytest.raises(KeyError):
        icons.icon("no such icon", "#000000")
