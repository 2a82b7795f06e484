"""Presentation: the plane alone and large, with the keys that a clicker sends; everything comes back as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PyQt6.QtGui import QFont, QHideEvent, QKeyEvent, QKeySequence, QMouseEvent, QShortcut, QShowEvent
from PyQt6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from boundaryviz.gui.plane.overlay import Banner
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.widgets.theme import set_type

LARGER = 1.5  # times as large are type, points and lines
HINT = (
    "Presentation: Page Down and Page Up lead through the examples, V shows the curves, B is a black screen. "
    "F11 or Esc leaves."
)
_HINTS = 8_000  # milliseconds that the hint stays
_OFF = ("point.", "view.panels", "train.earlier", "train.later")
"""Actions whose keys nobody wants to hit before an audience, and those of which a clicker sends the key."""


class Black(QWidget):
    """Covers its parent; any key or button takes it away."""

    def __init__(self, parent: QWidget, focus_back: Callable[[], object]) -> None:
        super().__init__(parent)
        self._focus_back = focus_back
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("background: black;")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setAccessibleName("Black screen")
        self.hide()

    def toggle(self) -> None:
        """Cover everything, or show it again."""
        self.raise_()
        self.setVisible(self.isHidden())

    @override
    def showEvent(self, event: QShowEvent | None) -> None:
        self.setFocus()
        super().showEvent(event)

    @override
    def hideEvent(self, event: QHideEvent | None) -> None:
        self._focus_back()
        super().hideEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        self.hide()

    @override
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self.hide()


class PresentationControl(QObject):
    """Enters and leaves, and has the keys in between.

    turn: opens the example so many places later in the gallery. scales: each draws a view beside the plane so many
    times as large.
    """

    def __init__(
        self,
        window: MainWindow,
        planes: TwinPlanes,
        turn: Callable[[int], None],
        scales: Sequence[Callable[[float], None]],
    ) -> None:
        super().__init__(window)
        self._window, self._planes, self._turn, self._scales = window, planes, turn, scales
        self._action, self._curves = window.actions_["view.projector"], window.actions_["view.curves"]
        self._font: QFont | None = None
        self._curves_before = False
        self._off: list[str] = []
        self.black = Black(window, planes.plane.setFocus)
        self.hint = Banner(window, at_bottom=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_HINTS)
        self._timer.timeout.connect(self.hint.hide)
        window.themed.connect(self.hint.set_theme)
        window.installEventFilter(self)
        on: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_PageDown: lambda: self._led(1), Qt.Key.Key_PageUp: lambda: self._led(-1),
            Qt.Key.Key_B: self.black.toggle, Qt.Key.Key_Period: self.black.toggle, Qt.Key.Key_V: self._curves.toggle,
        }  # fmt: skip
        self.keys = {key: self._key(key, act) for key, act in on.items()}
        self._action.toggled.connect(self._toggled)
        window.escaped.connect(lambda: self._action.setChecked(False))

    @property
    def on(self) -> bool:
        """Whether the window presents."""
        return self._font is not None

    def _key(self, key: Qt.Key, act: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self._window)
        shortcut.activated.connect(act)
        shortcut.setEnabled(False)
        return shortcut

    def _led(self, by: int) -> None:
        self.black.hide()
        self._turn(by)

    def _toggled(self, on: bool) -> None:
        if on != self.on:
            (self._enter if on else self._leave)()

    def _enter(self) -> None:
        window = self._window
        self._font, self._curves_before = QApplication.font(), self._curves.isChecked()
        actions = [action for action in window.actions_.all() if action.objectName().startswith(_OFF)]
        self._off = [action.objectName() for action in actions if action.isEnabled()]
        for name in self._off:
            window.actions_[name].setEnabled(False)
        window.show_page(None)
        window.show_plane_alone(True)
        self._draw(LARGER)
        for key in self.keys.values():
            key.setEnabled(True)
        self.hint.say(HINT, QRectF(window.rect()))
        self._timer.start()
        self._cover()

    def _leave(self) -> None:
        self._timer.stop()
        self.hint.hide()
        self.black.hide()
        for key in self.keys.values():
            key.setEnabled(False)
        self._draw(1.0)
        self._curves.setChecked(self._curves_before)
        self._window.show_plane_alone(False)
        for name in self._off:
            self._window.actions_[name].setEnabled(True)
        self._font = None

    def _draw(self, scale: float) -> None:
        """Type all over the window, and what is drawn in it, so many times as large as usual."""
        assert self._font is not None
        font = QFont(self._font)
        if scale != 1.0:
            font.setPointSizeF(scale * font.pointSizeF())
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        set_type(app, font)
        for set_scale in (self._planes.set_scale, *self._scales, self.hint.set_scale):
            set_scale(scale)

    def _cover(self) -> None:
        """Have what lies over the window fit its size, which it gets when the desktop sees fit."""
        self.black.setGeometry(self._window.rect())
        if not self.hint.isHidden():
            self.hint.say(HINT, QRectF(self._window.rect()))
            self.hint.raise_()

    @override
    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if watched is self._window and event is not None and event.type() == QEvent.Type.Resize and self.on:
            self._cover()
        return False
