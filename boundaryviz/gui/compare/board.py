"""Up to nine pinned moments side by side, the difference of two, and the curves of all. Setters in, signals out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.compare.curves import CompareCurves, pin_pen
from boundaryviz.gui.compare.difference import CompareDifference
from boundaryviz.gui.compare.plane import ComparePlane
from boundaryviz.gui.compare.tile import CompareTile
from boundaryviz.gui.widgets.controls import Elided, FocusFrame, label
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.pins import MOST, PinnedSnapshot, differences
from boundaryviz.scene.axes import AxesChoice, one_scale
from boundaryviz.scene.scene import Domain

EMPTY = "Press Ctrl+P on any moment to pin it here."
_HINT = "Click: A. Ctrl-click: B. Drag and wheel move all."
_CURVES_HEIGHT = 200  # pixels, at least
_MARGIN, _GAP = 16, 8
_SLIM, _WIDE = 0.5, 3.0  # as far as tiles follow the shape of what is pinned


def columns_for(count: int) -> int:
    """In how many columns so many tiles stand: one row up to three, then as square as can be."""
    return max(1, count) if count <= 3 else math.ceil(math.sqrt(count))


class CompareBoard(FocusFrame):
    """The pins. removed, renamed: the place among the pins, and the new label. cleared: all are to go. left: Escape.

    save_wanted, open_wanted: pins to a file, and from one.
    """

    removed = pyqtSignal(int)
    renamed = pyqtSignal(int, str)
    cleared = pyqtSignal()
    left = pyqtSignal()
    save_wanted = pyqtSignal()
    open_wanted = pyqtSignal()

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Pinned moments")
        self._theme = theme
        self._pins: tuple[PinnedSnapshot, ...] = ()
        self._looks: dict[int, int] = {}  # of which pen each pin is, by its snapshot
        self.tiles: list[CompareTile] = []
        self.chosen: list[int | None] = [None, None]
        """The places of A and B."""
        self.points = QCheckBox("Points")
        self.points.setToolTip("Show the points of each pin")
        self.points.setChecked(True)
        self.points.toggled.connect(lambda _on: self._show_points())
        self.fit_button = _button("Fit", "Show the whole domain in all (Home)", self.fit)
        self.clear_button = _button("Clear", "Remove every pin", self.cleared.emit)
        self.save_button = _button("Save\u2026", "Save these pins to a file", self.save_wanted.emit)
        self.open_button = _button("Open\u2026", "Put the pins in a file beside these", self.open_wanted.emit)
        self._strip = strip = QHBoxLayout()
        strip.setSpacing(_GAP)
        strip.addWidget(self.points)
        self.hint = Elided("faint")
        self.hint.set_words(_HINT)
        strip.addWidget(self.hint, 1)
        for button in (self.open_button, self.save_button, self.fit_button, self.clear_button):
            strip.addWidget(button)
        self._holder = QWidget()
        self._holder.setFocusProxy(self)
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self._axes_choice: AxesChoice = "auto"
        self.difference = CompareDifference(theme)
        self.curves = CompareCurves(theme)
        self.curves.setMinimumHeight(_CURVES_HEIGHT)
        self._watch(self.difference.plane)
        self._middle = QWidget()
        middle = QHBoxLayout(self._middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(_MARGIN)
        tiles = QVBoxLayout()
        tiles.addWidget(self._holder, 100)  # up to its greatest size; the rest of the width goes to the difference
        tiles.addStretch(1)
        middle.addLayout(tiles, 100)
        middle.addWidget(self.difference, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(_MARGIN, _GAP, _MARGIN, _GAP)
        column.setSpacing(_GAP)
        column.addLayout(strip)
        column.addWidget(self._middle, 100)
        column.addWidget(self.curves, 1)
        self.empty = QWidget()
        nothing = QVBoxLayout(self.empty)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nothing.setSpacing(12)
        nothing.addWidget(label(EMPTY, "faint"))
        again = _button("Open pins\u2026", "Pins that were saved to a file", self.open_wanted.emit)
        nothing.addWidget(again, 0, Qt.AlignmentFlag.AlignHCenter)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(self.pages)

    # ---- setters

    def set_pins(self, pins: Sequence[PinnedSnapshot]) -> None:
        """Show these, at most nine; what was chosen stays chosen while it is there."""
        old = dict(zip((id(pin.snapshot) for pin in self._pins), self.tiles, strict=True))
        kept = [None if at is None else id(self._pins[at].snapshot) for at in self.chosen]
        self._pins = tuple(pins)
        self.tiles = [old.pop(key) if (key := id(pin.snapshot)) in old else self._made(pin) for pin in self._pins]
        for tile in old.values():
            self._grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        places = {id(pin.snapshot): at for at, pin in enumerate(self._pins)}
        self.chosen = [None if key is None else places.get(key) for key in kept]
        self._looks = {key: self._looks[key] for key in places if key in self._looks}
        for key in places:  # a pin keeps its colour and dash while others come and go
            self._looks.setdefault(key, min(set(range(MOST)) - set(self._looks.values())))
        self._arrange()
        self._describe()
        self.curves.set_pins(self._pins, [self._looks[id(pin.snapshot)] for pin in self._pins])
        self.pages.setCurrentIndex(int(bool(self._pins)))
        self._fill_choice()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        for tile in self.tiles:
            tile.set_theme(theme)
        self.difference.set_theme(theme)
        self.curves.set_theme(theme)
        self._describe()
        self.update()

    def set_axes_choice(self, choice: AxesChoice) -> None:
        """Whether one unit is as long on both axes."""
        self._axes_choice = choice
        for plane in self._planes():
            plane.canvas.set_axes_choice(choice)
        self._arrange()

    def choose(self, at: int, other: bool = False) -> None:
        """Choose the pin at a place as A or as the `other`, B; one pin is not both."""
        which = int(other)
        if self.chosen[1 - which] == at:
            self.chosen[1 - which] = self.chosen[which]
        self.chosen[which] = at
        self._show_choice()

    def fit(self) -> None:
        """Show the whole domain in all."""
        for plane in self._planes():
            plane.canvas.fit()

    # ---- inside

    def _planes(self) -> list[ComparePlane]:
        return [*(tile.plane for tile in self.tiles), self.difference.plane]

    def _made(self, pin: PinnedSnapshot) -> CompareTile:
        tile = CompareTile(pin, self._theme, self._holder)
        tile.clicked.connect(partial(self._clicked, tile))
        tile.removed.connect(lambda: self.removed.emit(self.tiles.index(tile)))
        tile.renamed.connect(lambda words: self.renamed.emit(self.tiles.index(tile), words))
        tile.plane.set_points_shown(self.points.isChecked())
        tile.plane.canvas.set_axes_choice(self._axes_choice)
        self._watch(tile.plane)
        return tile

    def _watch(self, plane: ComparePlane) -> None:
        plane.hovered.connect(partial(self._hovered, plane))
        plane.moved.connect(partial(self._moved, plane))

    def _arrange(self) -> None:
        count = len(self.tiles)
        columns = columns_for(count)
        for tile in self.tiles:
            self._grid.removeWidget(tile)
        for i, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, *divmod(i, columns))
            tile.show()
        for i in range(MOST):  # what is no row or column any more takes no room
            self._grid.setColumnStretch(i, int(i < columns))
            self._grid.setRowStretch(i, int(i * columns < count))
        self._shape()
        if self._pins:
            domain = Domain.over([pin.snapshot.scene.domain for pin in self._pins])
            for plane in self._planes():
                plane.canvas.set_domain(domain)
                lead = self.tiles[0].plane.canvas
                if not lead.fitted:
                    plane.canvas.follow(lead)

    def _shape(self) -> None:
        """Give tiles the shape of the part of the plane that is pinned, so that it fills them."""
        if not self._pins:
            return
        rect = Domain.over([pin.snapshot.rect for pin in self._pins])
        domain = Domain.over([pin.snapshot.scene.domain for pin in self._pins])
        aspect = rect.width / rect.height if one_scale(self._axes_choice, domain) else 1.0
        aspect = min(max(aspect, _SLIM), _WIDE)
        columns = columns_for(len(self._pins))
        rows = math.ceil(len(self._pins) / columns)
        gaps = QSize((columns - 1) * _GAP, (rows - 1) * _GAP)
        frame = self.tiles[0].frame
        wide = self.width() - 2 * _MARGIN - _MARGIN - self.difference.minimumWidth() - gaps.width()
        high = self.height() - self._strip.sizeHint().height() - _CURVES_HEIGHT - 4 * _GAP - gaps.height()
        across = max(min(wide / columns - frame.width(), (high / rows - frame.height()) * aspect), 1.0)
        width = columns * (across + frame.width()) + gaps.width()
        height = rows * (across / aspect + frame.height()) + gaps.height()
        self._holder.setMaximumSize(round(width), round(height))
        beside = self.width() - 3 * _MARGIN - round(width)
        self.difference.plane.setMaximumHeight(round(beside / aspect))
        self._middle.setMaximumHeight(max(round(height), self.difference.sizeHint().height()))

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._shape()

    def _describe(self) -> None:
        for tile, pin, words in zip(self.tiles, self._pins, differences(self._pins), strict=True):
            step = f"step {pin.snapshot.step:,}"
            facts = words if words.startswith(step) else ", ".join(filter(None, (step, words)))
            tile.set_pin(pin, facts)
            tile.set_pen(pin_pen(self._looks[id(pin.snapshot)], self._theme))

    def _fill_choice(self) -> None:
        """The first two are compared until somebody chooses others."""
        for which in (0, 1):
            if self.chosen[which] is None:
                free = [at for at in range(len(self._pins)) if at not in self.chosen]
                self.chosen[which] = free[0] if free else None
        self._show_choice()

    def _show_choice(self) -> None:
        for at, tile in enumerate(self.tiles):
            tile.set_choice("A" if at == self.chosen[0] else "B" if at == self.chosen[1] else "")
        a, b = (None if at is None else self._pins[at] for at in self.chosen)
        self.difference.set_pair(a, b)
        self._shape()  # it has another height now

    def _show_points(self) -> None:
        for plane in self._planes():
            plane.set_points_shown(self.points.isChecked())

    def _clicked(self, tile: CompareTile, other: bool) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.choose(self.tiles.index(tile), other)

    def _hovered(self, plane: ComparePlane, place: tuple[float, float] | None) -> None:
        for one in self._planes():
            one.set_pointer(place, mine=one is plane)

    def _moved(self, plane: ComparePlane) -> None:
        """Where a person moved one, all follow; where all of the domain is shown, each fits it by itself."""
        if not plane.canvas.fitted:
            for other in self._planes():
                other.canvas.follow(plane.canvas)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        columns, at = columns_for(len(self._pins)), self.chosen[0]
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key == Qt.Key.Key_Home:
            self.fit()
        elif at is not None and key in steps:
            other = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            origin = self.chosen[1] if other and self.chosen[1] is not None else at
            if 0 <= origin + steps[key] < len(self._pins):
                self.choose(origin + steps[key], other)
        elif at is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(at)
        elif at is not None and key == Qt.Key.Key_F2:
            self.tiles[at].rename()
        else:
            super().keyPressEvent(event)


def _button(words: str, tip: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(lambda: act())
    return button
