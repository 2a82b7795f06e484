"""The coordinate system of the plane: which part is shown, axes, zoom, pan, and the mouse as gestures.

What is shown is a centre and, for each axis, the data units of a pixel, which are one number where both have one scale.
pyqtgraph's aspect lock is left alone, so that nothing but the user, `fit` and `set_domain` ever changes what is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QContextMenuEvent, QCursor, QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from boundaryviz.gui.tools import Gesture
from boundaryviz.gui.widgets.named_axis import NamedAxis
from boundaryviz.gui.widgets.theme import Theme
from boundaryviz.scene.axes import AxesChoice, one_scale
from boundaryviz.scene.scene import Domain

ZOOM_STEP = 1.2  # per notch of the wheel
DEEPEST, WIDEST = 1e-3, 1e2  # how far one can zoom, as shares of the domain
CELLS, MOST = 256, 320  # a field has about CELLS x CELLS cells, at most MOST a side
FEW = 20  # classes up to which that holds; of more, a field has as many numbers in all, and so fewer cells
_FRAME = 90  # pixels that an axis is shorter than the whole, about
_ROOM = 0.03  # around what is to be seen beside the domain, as a share of it
SLACK = 4  # pixels a right press may move and still open the menu

_LEFT, _MIDDLE, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
_CURSORS = {
    "arrow": Qt.CursorShape.ArrowCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "move": Qt.CursorShape.SizeAllCursor,
}


class PlaneCanvas(pg.GraphicsView):
    """Signals carry `Gesture`s of the left button and of the bare pointer; panning and zooming happen here."""

    shown = pyqtSignal()  # another part of the plane is visible, or it has another size
    pressed = pyqtSignal(object)
    moved = pyqtSignal(object)
    released = pyqtSignal(object)
    hovered = pyqtSignal(object)  # Gesture, or None when the pointer leaves the plane
    menu_wanted = pyqtSignal(QPoint, object)  # global position and Gesture
    repainted = pyqtSignal()

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        takes_wheel: Callable[[Gesture, float], bool] = lambda _gesture, _turned: False,
    ) -> None:
        """takes_wheel: offered the wheel while Ctrl is held, by so many notches; whether it took it."""
        super().__init__(parent, useOpenGL=False, background=theme.panel)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the plane around it has the keyboard
        # a box and its axes without PlotItem, which brings menus, buttons and ranges of its own
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.axes = {side: NamedAxis(side, self.box) for side in ("left", "bottom", "top", "right")}
        layout = self.centralLayout
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addItem(self.box, 1, 1)
        for side, row, column in (("left", 1, 0), ("bottom", 2, 1), ("top", 0, 1), ("right", 1, 2)):
            self.axes[side].setZValue(1)
            self.axes[side].setCacheMode(pg.GraphicsObject.CacheMode.DeviceCoordinateCache)  # they rarely change
            layout.addItem(self.axes[side], row, column)
        for side in ("top", "right"):
            self.axes[side].setStyle(showValues=False, tickLength=0)
        self.axes["top"].setHeight(12)
        self.axes["right"].setWidth(12)
        self.axes["left"].setWidth(52)
        self.axes["bottom"].setHeight(30)
        self._domain = Domain(-1.0, 1.0, -1.0, 1.0)
        self._besides: dict[str, Domain] = {}
        self._centre = np.zeros(2)
        self._scale = np.ones(2)
        self._axes_choice: AxesChoice = "auto"
        self._fitted = True
        self._area = QRectF()
        self._held: Qt.MouseButton | None = None
        self._pan_from: QPointF | None = None
        self._panning = False
        self._cursor_name = "arrow"
        self.acts = True  # whether the left button and the menu do anything
        self._waiting = False
        self._takes_wheel = takes_wheel
        self._axis_names = ("x", "y")
        self.set_theme(theme)
        self.box.sigResized.connect(self._apply)

    # ---- what is shown

    @property
    def area(self) -> QRectF:
        """The plane within the widget, in pixels, without the axes."""
        return self._area

    @property
    def pixel(self) -> float:
        """Width of a screen pixel in units of x."""
        return float(self._scale[0])

    @property
    def stretch(self) -> float:
        """How many units of y take as much room as one of x: one where both axes have one scale."""
        return float(self._scale[1] / self._scale[0])

    @property
    def one_scale(self) -> bool:
        """Whether one unit is as long on both axes."""
        return one_scale(self._axes_choice, self._domain)

    @property
    def axes_choice(self) -> AxesChoice:
        """What was chosen of them."""
        return self._axes_choice

    def set_axes_choice(self, choice: AxesChoice) -> None:
        """Whether both axes have one scale; where that changes, the whole domain is shown."""
        before, self._axes_choice = self.one_scale, choice
        if self.one_scale != before:
            self.fit()

    def _size(self) -> np.ndarray:
        """Width and height of the plane in pixels (2,), one at least."""
        return np.array([max(self._area.width(), 1.0), max(self._area.height(), 1.0)])

    @property
    def shape(self) -> float:
        """Width for height of the domain, as it is drawn."""
        return self._domain.width / self._domain.height

    @property
    def around(self) -> tuple[float, float]:
        """Pixels of width and height that the axes take."""
        return self.width() - self._area.width(), self.height() - self._area.height()

    def rect_shown(self) -> Domain:
        """The part of the plane that is visible."""
        half = self._scale * self._size() / 2.0
        (left, bottom), (right, top) = (self._centre - half).tolist(), (self._centre + half).tolist()
        return Domain(left, right, bottom, top)

    def set_domain(self, domain: Domain) -> None:
        """What `fit` shows; shown at once when it differs from the last domain."""
        if domain != self._domain:
            self._domain = domain
            self._make_room()
            self.fit()

    def fit(self) -> None:
        """Show the whole, centred."""
        self._fitted = True
        self._apply()

    def include(self, what: str, rect: Domain | None) -> None:
        """Count a rectangle to the whole, which `fit` shows, beside the domain; None: no more. what: tells those that
        different views ask for from each other."""
        if rect != self._besides.get(what):
            self._besides = {name: one for name, one in self._besides.items() if name != what}
            if rect is not None:
                self._besides[what] = rect
            if self._fitted:
                self._apply()

    @property
    def _whole(self) -> Domain:
        """What `fit` shows: the domain, and what is to be seen beside it with a little room around."""
        whole = self._domain
        for rect in self._besides.values():
            across, up = _ROOM * rect.width, _ROOM * rect.height
            whole = Domain(
                whole.left if rect.left >= whole.left else rect.left - across,
                whole.right if rect.right <= whole.right else rect.right + across,
                whole.bottom if rect.bottom >= whole.bottom else rect.bottom - up,
                whole.top if rect.top <= whole.top else rect.top + up,
            )
        return whole

    def zoom(self, factor: float, about: QPointF | None = None, along: str = "xy") -> None:
        """Make everything `factor` times larger; the place under the pixel `about` stays, else the centre.

        along: 'x' or 'y' for that axis alone, where they have scales of their own.
        """
        sides = np.array([self._domain.width, self._domain.height])
        usual = max(sides) / max(self._size()) if self.one_scale else sides / self._size()
        scale = np.clip(self._scale / factor, usual * DEEPEST, usual * WIDEST)
        if not self.one_scale and along != "xy":
            scale = np.where([along == "x", along == "y"], scale, self._scale)
        kept = self._centre if about is None else self.to_data(about)
        self._centre = kept + (self._centre - kept) * (scale / self._scale)
        self._scale, self._fitted = scale, False
        self._apply()

    def pan_by(self, right: float, down: float) -> None:
        """Shift everything by so many pixels."""
        self._centre = self._centre - self._scale * np.array([right, -down])
        self._fitted = False
        self._apply()

    @property
    def fitted(self) -> bool:
        """Whether the whole domain is shown, and will be at another size too."""
        return self._fitted

    def follow(self, other: PlaneCanvas) -> None:
        """Show the same place at the same scales as another canvas of about the same size."""
        if not np.array_equal(self._scale, other._scale) or not np.array_equal(self._centre, other._centre):
            self._centre, self._scale, self._fitted = other._centre.copy(), other._scale.copy(), other._fitted
            self._place()

    def to_data(self, pixel: QPointF) -> np.ndarray:
        """Data coordinates (2,) of a pixel of the viewport."""
        middle = self._area.center()
        return self._centre + self._scale * np.array([pixel.x() - middle.x(), middle.y() - pixel.y()])

    def to_pixel(self, x: float, y: float) -> QPointF:
        """The pixel of the viewport at data coordinates."""
        middle = self._area.center()
        dx, dy = (np.array([x, y]) - self._centre) / self._scale
        return QPointF(middle.x() + dx, middle.y() - dy)

    def _apply(self, *_args: object) -> None:
        self._area = self.box.mapRectToScene(self.box.rect())
        if self._area.width() < 1 or self._area.height() < 1:
            return
        if self._fitted:
            domain = self._whole
            self._scale = np.array([domain.width, domain.height]) / self._size()
            if self.one_scale:
                self._scale[:] = self._scale.max()
            self._centre = np.array([domain.left + domain.right, domain.bottom + domain.top]) / 2.0
        self._place()

    def _place(self) -> None:
        rect = self.rect_shown()
        self.box.setRange(xRange=(rect.left, rect.right), yRange=(rect.bottom, rect.top), padding=0.0)
        self.shown.emit()

    # ---- how it looks

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.setBackground(theme.panel)
        self.box.setBackgroundColor(QColor(theme.plane))
        for axis in self.axes.values():
            axis.setPen(pg.mkPen(theme.line, width=1))
            axis.setTextPen(pg.mkPen(theme.faint))

    def set_axis_names(self, names: tuple[str, str]) -> None:
        """Write names at the axes; plain x and y need none."""
        if names == self._axis_names:
            return
        self._axis_names = names
        across, up = ("" if name == plain else name for name, plain in zip(names, "xy", strict=True))
        self.axes["bottom"].set_name(across)
        self.axes["left"].set_name(up)
        self._make_room()

    def _make_room(self) -> None:
        """Give both axes the room that their names and numbers need: by the size of the whole, which does not hang on
        the room that they take, and by the domain, so that it stays while one zooms."""
        domain = self._domain
        for side, along, low, high in (
            ("left", self.height(), domain.bottom, domain.top), ("bottom", self.width(), domain.left, domain.right)
        ):  # fmt: skip
            self.axes[side].make_room(max(along - _FRAME, 1.0), low, high)

    def set_cursor(self, name: str) -> None:
        """'arrow', 'cross' or 'move'; waits while panning shows its own."""
        self._cursor_name = name
        shape = Qt.CursorShape.ClosedHandCursor if self._panning else _CURSORS[name]
        viewport = self.viewport()
        if viewport is not None and viewport.cursor().shape() != shape:
            viewport.setCursor(QCursor(shape))

    # ---- painting

    def repaint_plane(self) -> None:
        """Paint the plane soon, whatever lies in sight, and emit `repainted` once that has happened."""
        self._waiting = True
        viewport = self.viewport()
        if viewport is not None:
            viewport.update(self._area.toAlignedRect())

    @override
    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if self._waiting:
            self._waiting = False
            self.repainted.emit()

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_domain"):
            self._make_room()
            self._apply()

    # ---- the mouse; pyqtgraph's own handling is left out on purpose

    def gesture(self, event: QMouseEvent | QWheelEvent) -> Gesture:
        """Where the mouse is and which keys are held, in data coordinates."""
        (x, y), held = self.to_data(event.position()).tolist(), event.modifiers()
        key = Qt.KeyboardModifier
        shift, ctrl, alt = (bool(held & k) for k in (key.ShiftModifier, key.ControlModifier, key.AltModifier))
        return Gesture(x, y, self.pixel, shift, ctrl, alt, time.monotonic(), self.stretch)

    @override
    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._held is not None or not self._area.contains(event.position()):
            return
        self._held = event.button()
        if self._held == _LEFT and self.acts:
            self.pressed.emit(self.gesture(event))
        elif self._held in (_MIDDLE, _RIGHT):
            self._pan_from = event.position()

    @override
    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        if self._held == _LEFT:
            self.moved.emit(self.gesture(event))
        elif self._pan_from is not None:
            self._pan(event.position())
        inside = self._held is not None or self._area.contains(event.position())
        self.hovered.emit(self.gesture(event) if inside else None)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != self._held:
            return
        button, self._held = self._held, None
        panned, self._panning, self._pan_from = self._panning, False, None
        self.set_cursor(self._cursor_name)
        if button == _LEFT:
            self.released.emit(self.gesture(event))
        elif button == _RIGHT and not panned and self.acts:
            self.menu_wanted.emit(event.globalPosition().toPoint(), self.gesture(event))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.mousePressEvent(event)  # two quick clicks are two clicks

    @override
    def leaveEvent(self, _event: QEvent | None) -> None:
        if self._held is None:
            self.hovered.emit(None)

    @override
    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        turned = event.angleDelta().y() / 120.0
        if turned and (along := self._under(event.position())):
            gesture = self.gesture(event)
            if not (along == "xy" and gesture.ctrl and self._takes_wheel(gesture, turned)):
                self.zoom(ZOOM_STEP**turned, event.position(), along)
        event.accept()

    def _under(self, pixel: QPointF) -> str:
        """'xy' on the plane, 'x' or 'y' on that axis, and nothing elsewhere."""
        area = self._area
        across, up = area.left() <= pixel.x() <= area.right(), area.top() <= pixel.y() <= area.bottom()
        below, beside = pixel.y() > area.bottom(), pixel.x() < area.left()
        return "xy" if across and up else "x" if across and below else "y" if up and beside else ""

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """A right click comes as a release without a drag; the menu key is the plane's."""
        if event is not None:
            event.setAccepted(event.reason() == QContextMenuEvent.Reason.Mouse)

    def _pan(self, to: QPointF) -> None:
        assert self._pan_from is not None
        step = to - self._pan_from
        if not self._panning:
            if max(abs(step.x()), abs(step.y())) < SLACK:
                return
            self._panning = True
            self.set_cursor(self._cursor_name)
        self._pan_from = to
        self.pan_by(step.x(), step.y())


class Scope(QObject):
    """changed: Domain, columns, rows: what is shown now, and how finely a field should cover it."""

    changed = pyqtSignal(object, int, int)

    def __init__(
        self, rect: Callable[[], Domain], stretch: Callable[[], float], classes: Callable[[], int], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._rect, self._stretch, self._classes = rect, stretch, classes
        self._last: tuple[Domain, int, int] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)

    def start(self) -> None:
        """Something else may be visible now; it is told soon."""
        self._timer.start()

    def _tell(self) -> None:
        rect = self._rect()
        view = (rect, *resolution(self._stretch() * rect.width / rect.height, self._classes()))
        if view != self._last:
            self._last = view
            self.changed.emit(*view)


def resolution(aspect: float, classes: int = 2) -> tuple[int, int]:
    """Columns and rows of cells that look square in a view of this aspect: about 256 x 256, at most 320 a side; fewer
    of many classes, so that a frame does not take longer than of `FEW`."""
    share = min(1.0, FEW / classes) ** 0.5
    columns = share * min(CELLS * aspect**0.5, MOST, MOST * aspect)
    return max(round(columns), 2), max(round(columns / aspect), 2)
