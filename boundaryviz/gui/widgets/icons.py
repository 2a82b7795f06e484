"""The window's icons, drawn from paths on a 24 x 24 grid in any colour (an icon font costs 0.4 s at start)."""

from __future__ import annotations

from functools import lru_cache

from PyQt6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer
from typing_extensions import override

_FILLED = {
    "play": "M7 4.5v15l12.5-7.5z",
    "pause": "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
    "fast": "M4 5v14l8.5-7zM12.5 5v14l8.5-7z",
    "step": "M6 5v14l9-7zM16 5h2.6v14H16z",
}
_STROKED = {
    "select": "M6 3.5l12 9.2-5.6.7 3 5.8-2.6 1.3-2.9-5.9L6 18.4z",
    "add": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 8v8M8 12h8",
    "brush": "M9.5 11.5h7v9h-7zM11 11.5V8h4v3.5M5 4h.01M5 8h.01M8 6h.01M4 12h.01M8 10h.01",
    "erase": "M8.5 19.5L3.5 14.5 14 4l6 6-9.5 9.5zM9 9l6 6M8.5 19.5H20",
    "relabel": "M4 4h7.5l8.5 8.5-7.5 7.5L4 11.5zM8 8h.01",
    "lasso": "M12 4c5 0 8.5 2.4 8.5 5.5S17 15 12 15s-8.5-2.4-8.5-5.5S7 4 12 4z"
    "M7 14.3c-2 1-2 3.4.3 3.7 1.7.2 2.2 1.5 1.2 3",
    "rectangle": "M4 8V4h4M11 4h2M16 4h4v4M20 11v2M20 16v4h-4M13 20h-2M8 20H4v-4M4 13v-2",
    "poison": "M12 3l8 14.5H4zM9 20.5h6M12 8.5v4.5M12 15h.01",
    "bridge": "M3 16.5a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0zM16 7.5a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0z"
    "M9.3 13.5h.01M11.3 10.5h.01M13.7 8.6h.01",
    "target": "M12 3.5l2.6 5.6 6 .7-4.5 4.1 1.2 6-5.3-3-5.3 3 1.2-6-4.5-4.1 6-.7z",
    "why": "M8.5 9a3.5 3.5 0 1 1 5.2 3.1c-1.1.6-1.7 1.3-1.7 2.4v.6M12 18.4h.01"
    "M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19z",
    "folder": "M3.5 18.5v-13h6l2 2.5h9v10.5z",
    "file": "M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5",
    "save": "M4.5 4.5h12l3 3v12h-15zM8 4.5v5h7v-5M7.5 19.5v-6h9v6",
    "undo": "M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4",
    "redo": "M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h4",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20.5 20.5",
    "image": "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01",
    "film": "M3.5 5.5h17v13h-17zM7.5 5.5v13M16.5 5.5v13M3.5 9.8h4M3.5 14.2h4M16.5 9.8h4M16.5 14.2h4",
    "grid": "M4 4h6.5v6.5H4zM13.5 4H20v6.5h-6.5zM4 13.5h6.5V20H4zM13.5 13.5H20V20h-6.5z",
    "theme": "M12 3.5a8.5 8.5 0 1 0 8.5 8.5A6.5 6.5 0 0 1 12 3.5z",
    "keyboard": "M3 6.5h18v11H3zM6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14h8",
    "fit": "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    "delete": "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
    "reset": "M5 12a7 7 0 1 0 2.2-5.1M7.6 3v4.2h4.2",
    "dice": "M6.5 4h11A2.5 2.5 0 0 1 20 6.5v11a2.5 2.5 0 0 1-2.5 2.5h-11A2.5 2.5 0 0 1 4 17.5v-11A2.5 2.5 0 0 1 6.5 4z"
    "M8.5 8.5h.01M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01",
    "open": "M3.5 18.5v-13h6l2 2.5h9v10.5z",
    "paste": "M8 5H5.5v15h13V5H16M9 3.5h6v3H9zM9 11h6M9 15h6",
    "draw": "M4 20l1.2-4.4L16.4 4.4l3.2 3.2L8.4 18.8zM14 6.8l3.2 3.2",
    "more": "M5 12h1M11.5 12h1M18 12h1",
    "close": "M6 6l12 12M18 6L6 18",
    "warning": "M12 4L2.8 19.5h18.4zM12 10v4.5M12 17h.01",
    "info": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.8h.01",
}
NAMES = (*_FILLED, *_STROKED)


class _Drawn(QIconEngine):
    """Draws when it is painted, in the size that is asked for."""

    def __init__(self, name: str, colour: str, off: str) -> None:
        super().__init__()
        self._name, self._colour, self._off = name, colour, off

    @override
    def clone(self) -> QIconEngine:
        return _Drawn(self._name, self._colour, self._off)

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return _pixmap(self._name, self._shade(mode), min(size.width(), size.height()))

    @override
    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        if painter is not None:
            side = min(rect.width(), rect.height())
            square = QRectF(0, 0, side, side)
            square.moveCenter(QRectF(rect).center())
            _renderer(self._name, self._shade(mode)).render(painter, square)

    def _shade(self, mode: QIcon.Mode) -> str:
        return self._off if mode == QIcon.Mode.Disabled else self._colour


def icon(name: str, colour: str, off: str | None = None) -> QIcon:
    """An icon by name in `colour`; `off` is the colour of the disabled state. Raises KeyError for another name."""
    if name not in NAMES:
        raise KeyError(name)
    return QIcon(_Drawn(name, colour, off or colour))


def _renderer(name: str, colour: str) -> QSvgRenderer:
    if name in _FILLED:
        path = f'<path d="{_FILLED[name]}" fill="{colour}"/>'
    else:
        path = (
            f'<path d="{_STROKED[name]}" fill="none" stroke="{colour}" stroke-width="2" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )
    source = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{path}</svg>'
    return QSvgRenderer(QByteArray(source.encode()))


@lru_cache(maxsize=512)
def _pixmap(name: str, colour: str, size: int) -> QPixmap:
    picture = QPixmap(size, size)
    picture.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(picture)
    _renderer(name, colour).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture
