"""Small maps side by side: the main prediction, bias, and what else is chosen. Setters in, signals out."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from boundaryviz.figures.bias_maps import MAPS, map_image
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.bias_variance import BiasVariance

_GAP, _WORDS = 8, 18  # pixels between two maps, and of the words below each
_SAID = ("bias", "variance", "noise", "error")


class MapsView(QWidget):
    """Three maps of one result in a row, as large as there is room; the chosen one has a frame.

    chosen: a map was clicked, its name. pointed: a sentence on the place under the pointer, empty when it leaves.
    """

    chosen = pyqtSignal(str)
    pointed = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._theme, self._choice = LIGHT, "main"
        self._found: BiasVariance | None = None
        self._images: dict[str, QImage] = {}
        self.setMouseTracking(True)
        self.setAccessibleName("Maps of bias and variance")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(80)

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, 140)

    @property
    def names(self) -> tuple[str, ...]:
        """The maps shown: the usual three, the last of which gives way to another one that is chosen."""
        usual = ("main", "bias", "variance")
        return usual if self._choice in usual else (*usual[:2], self._choice)

    def show_result(self, found: BiasVariance | None, choice: str) -> None:
        """found: None shows nothing. choice: a name in `MAPS`."""
        self._found, self._choice = found, choice
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self._draw()

    def _draw(self) -> None:
        self._images = {}
        if self._found is not None:
            for name in self.names:
                pixels = map_image(self._found, name, self._theme.plane)[::-1]
                rows, columns = pixels.shape[:2]
                image = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGBX8888)
                self._images[name] = image.convertToFormat(QImage.Format.Format_RGB32)
            means = self._found.plane.means()
            said = [f"{MAPS[name]}: mean {means[name]:.3f}" for name in self.names if name != "main"]
            self.setAccessibleDescription("; ".join(said))
        self.update()

    def place(self, at: int) -> QRectF:
        """Where map number `at` is drawn, in the proportions of the plane."""
        assert self._found is not None
        rect, count = self._found.rect, len(self.names)
        wide = (self.width() - (count - 1) * _GAP) / count
        tall = max(self.height() - _WORDS - 2.0, 1.0)
        shape = rect.height / rect.width if rect.is_even else 1.0
        wide = min(wide, tall / shape)
        left = (self.width() - count * wide - (count - 1) * _GAP) / 2 + at * (wide + _GAP)
        return QRectF(left, 1.0, wide, wide * shape)

    @override
    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        for at, (name, image) in enumerate(self._images.items()):
            place = self.place(at)
            painter.drawImage(place, image)
            on = name == self._choice
            painter.setPen(QPen(QColor(self._theme.accent if on else self._theme.line), 2 if on else 1))
            painter.drawRect(place)
            painter.setPen(QColor(self._theme.text if on else self._theme.faint))
            below = QRectF(place.left(), place.bottom() + 2, place.width(), _WORDS)
            words = painter.fontMetrics().elidedText(MAPS[name], Qt.TextElideMode.ElideRight, round(place.width()))
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, words)

    def words_at(self, x: float, y: float) -> str:
        """What is known of the place of the maps under these pixels of the widget; empty beside them."""
        found = self._found
        for at in range(len(self._images)):
            place = self.place(at)
            if found is not None and place.contains(x, y):
                across, up = (x - place.left()) / place.width(), (place.bottom() - y) / place.height()
                rows, columns = found.shape
                cell = min(int(up * rows), rows - 1) * columns + min(int(across * columns), columns - 1)
                main = int(found.plane.main[cell])
                named = "undecided" if main < 0 else f"main {found.class_names[main]}"
                said = [f"{name} {value:.2f}" for name in _SAID if (value := found.plane[name][cell]) == value]
                return f"{named}; " + ", ".join(said)
        return ""

    @override
    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self.pointed.emit(self.words_at(event.position().x(), event.position().y()))

    @override
    def leaveEvent(self, event: QEvent | None) -> None:
        self.pointed.emit("")
        super().leaveEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        for at, name in enumerate(self._images):
            if event is not None and self.place(at).contains(event.position()):
                self.chosen.emit(name)
