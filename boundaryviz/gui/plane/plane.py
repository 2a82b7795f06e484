"""The plane: points on the field of a model, and the tools that change them. Setters in, signals out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PyQt6.QtCore import QPoint, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QKeyEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.attacks.specs import AttackSpec, BridgeSpec
from boundaryviz.gui.plane.canvas import PlaneCanvas, Scope
from boundaryviz.gui.plane.field_layer import FieldLayer
from boundaryviz.gui.plane.marks import Marks
from boundaryviz.gui.plane.overlay import Banner
from boundaryviz.gui.plane.point_layer import PointItem
from boundaryviz.gui.tools import (
    Ask,
    Cancel,
    Commit,
    Context,
    Gesture,
    Outcomes,
    Overlay,
    Preview,
    Say,
    Select,
    SelectTool,
    Tool,
    counted,
    hit_test,
    mute_click,
    pin_under,
)
from boundaryviz.gui.widgets.controls import FocusFrame
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.axes import AxesChoice
from boundaryviz.scene.edits import Move, Remove
from boundaryviz.scene.rules import Rule
from boundaryviz.scene.scene import Domain, Points, Scene

_NUDGES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
_ZOOM = 1.2
SMALLEST, LARGEST = 4.0, 400.0  # radius of the brush in pixels
EMPTY = "No points yet: take the Add tool and click, or choose a data set."


class PlaneView(FocusFrame):
    """Shows a scene and the field of a model over what is visible of it; turns the mouse and keys into edits.

    Edits are relative to the scene shown before the stroke: the owner answers `previewed` with `set_scene` of the
    scene so changed, `committed` by making the edit, and `cancelled` by showing the scene as it was. If the scene
    changes for another reason during a stroke (an undo, new data), call `cancel_stroke` first.
    """

    view_changed = pyqtSignal(object, int, int)  # Domain, columns, rows: what a field should cover, how finely
    hovered = pyqtSignal(object)  # (x, y) or None
    previewed = pyqtSignal(object)  # Edit or Settings
    committed = pyqtSignal(object, str)  # Edit or Settings, and its name in the undo list
    cancelled = pyqtSignal()
    selection_changed = pyqtSignal(object)  # ids (K,)
    context_requested = pyqtSignal(QPoint, object)  # global position, ids under it
    pin_context_requested = pyqtSignal(QPoint, int)  # global position, which target pin is under it
    brush_radius_changed = pyqtSignal(float)  # pixels
    tool_changed = pyqtSignal()
    asked = pyqtSignal(float, float)  # why the place with these coordinates is decided so
    painted = pyqtSignal()  # the field set last is on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Plane")
        self.setAccessibleDescription("The points and what the model makes of them. Ctrl+A selects, arrows move.")
        self.canvas = PlaneCanvas(LIGHT, self, self._wheel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)  # the frame that shows the keyboard's focus
        layout.addWidget(self.canvas)
        self._scene = Scene(Points.of(np.empty((0, 2))), Domain(-1.0, 1.0, -1.0, 1.0))
        self._chosen = np.empty(0, dtype=np.int64)  # ids, also of points that an undo may bring back
        self._chosen_mask = np.empty(0, dtype=bool)
        self._attack: AttackSpec = BridgeSpec()
        self._tool: Tool = SelectTool()
        self._label, self._poison, self._brush = 0, False, 28.0
        self.scale = 1.0
        """How many times as large as usual points, lines and words are drawn."""
        self._rng = np.random.default_rng()
        self._pointer: Gesture | None = None
        self._banner_text: str | None = None
        box = self.canvas.box
        self.field_layer = FieldLayer(box, LIGHT)
        self.points = PointItem(LIGHT, self.area_shown)
        box.addItem(self.points, ignoreBounds=True)
        self.marks = Marks(box, self.canvas, LIGHT, self.area_shown, lambda: self.canvas.area)
        self._banner = Banner(self.canvas)

        self._scope = Scope(self.rect, lambda: self.canvas.stretch, lambda: self._scene.classes, self)
        self._scope.changed.connect(self.view_changed)
        self._repeat = QTimer(self)
        self._repeat.setInterval(33)
        self._repeat.timeout.connect(self._hold)
        canvas = self.canvas
        canvas.shown.connect(self._shown)
        canvas.pressed.connect(self._press)
        canvas.moved.connect(self._drag)
        canvas.released.connect(self._release)
        canvas.hovered.connect(self._hover)
        canvas.menu_wanted.connect(self._menu)
        canvas.repainted.connect(self.painted)
        self.set_theme(LIGHT)
        self.set_scene(self._scene)

    # ---- what it shows

    @property
    def scene(self) -> Scene:
        """The scene shown."""
        return self._scene

    @property
    def selection(self) -> NDArray[np.int64]:
        """Ids (K,) of the selected points that are in the scene and not hidden."""
        return self._scene.points.ids[self._chosen_mask]

    @property
    def tool(self) -> Tool:
        """The tool in hand."""
        return self._tool

    def rect(self) -> Domain:  # type: ignore[override]
        """The part that is visible."""
        return self.canvas.rect_shown()

    def value_at(self, x: float, y: float) -> NDArray | None:
        """The value of the field shown at a place: a number, or one per class; None where there is no field."""
        return self.field_layer.value_at(x, y)

    # ---- setters

    def set_scene(self, scene: Scene) -> None:
        """Show a scene; a domain other than the last is fitted into view. Selected points that go are let go."""
        if scene.classes != self._scene.classes:
            self._scope.start()
        same = scene.points.ids is self._scene.points.ids and scene.points.split is self._scene.points.split
        self._scene = scene
        self.marks.pins.set_pins(scene.targets)
        self.canvas.set_axis_names(scene.axis_names)
        self.canvas.set_domain(scene.domain)
        if same:
            self.points.set_scene(scene, self._chosen_mask)
        else:
            chosen = np.count_nonzero(self._chosen_mask)
            self._mark_chosen()
            self._show_banner()
            if not self._tool.active and chosen != np.count_nonzero(self._chosen_mask):
                self.selection_changed.emit(self.selection)
        self._refresh()

    def set_attack(self, attack: AttackSpec) -> None:
        """The settings of the attack in the scene that is set next; tools shape it."""
        self._attack = attack

    def set_field(self, field: NDArray, rect: Domain, unit: bool = False) -> None:
        """Show a field over `rect`, one value per cell: probabilities as in `Frame`, or, with `unit`, one hidden
        unit's activation. `painted` follows once it is on the screen."""
        self.field_layer.show_field(field, rect, unit)
        self.canvas.repaint_plane()

    def clear_field(self) -> None:
        """Show the bare plane, until the next `set_field`."""
        self.field_layer.clear()

    def set_predicted(self, predicted: NDArray[np.int16] | None) -> None:
        """The classes (N,) that the model gives the points of the scene, for `set_show_prediction`."""
        self.points.set_predicted(predicted)

    def set_selection(self, ids: ArrayLike) -> None:
        """Select these points; does not emit."""
        self._chosen = np.asarray(ids, dtype=np.int64).reshape(-1)
        self._mark_chosen()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        for part in (self.canvas, self.field_layer, self.points, self.marks, self._banner):
            part.set_theme(theme)
        self.update()

    def set_axes_choice(self, choice: AxesChoice) -> None:
        """Whether one unit is as long on both axes."""
        self.canvas.set_axes_choice(choice)

    def set_scale(self, scale: float) -> None:
        """Draw points, lines, marks and words so many times as large as usual."""
        self.scale = scale
        for axis in self.canvas.axes.values():
            axis.set_scale(scale)
        self.points.set_size(scale)
        self.field_layer.set_scale(scale)
        self.marks.set_scale(scale)
        self._banner.set_scale(scale)

    def set_discrete(self, on: bool) -> None:
        """Whether the field shows only the decided class."""
        self.field_layer.set_discrete(on)

    def set_contours(self, on: bool) -> None:
        """Whether faint lines of 0.1 to 0.9 accompany the boundary (two classes)."""
        self.field_layer.set_contours(on)

    def set_rule(self, rule: Rule | None, difference: bool) -> None:
        """Draw the boundary of a rule beside the model's, or of none; difference: hatch where both decide otherwise."""
        self.field_layer.set_rule_difference(difference)
        self.field_layer.set_rule(rule)
        self.canvas.repaint_plane()

    def set_show_prediction(self, on: bool) -> None:
        """Whether the outline of a point is its label and its filling the prediction, with a ring for errors."""
        self.points.set_show_prediction(on)

    def set_show_held_out(self, on: bool) -> None:
        """Whether validation and test points are shown; hidden ones cannot be touched or selected."""
        self.points.set_show_held_out(on)
        self._mark_chosen()

    def set_label(self, label: int) -> None:
        """The class that new and relabelled points get, -1 for none."""
        self._label = label

    def set_poison(self, on: bool) -> None:
        """Whether new points are poison."""
        self._poison = on

    def set_brush_radius(self, pixels: float) -> None:
        """Radius of brush, eraser and relabeller on the screen, kept within 4 to 400 pixels."""
        self._brush = float(np.clip(pixels, SMALLEST, LARGEST))
        self._rehover()

    def set_tool(self, tool: Tool) -> None:
        """Act with another tool; a stroke under way is given up."""
        self.cancel_stroke()
        self._tool = tool
        self.marks.show_shape(None)
        self.marks.say("")
        self._rehover()
        self.tool_changed.emit()

    def set_locked(self, words: str | None) -> None:
        """While set, the plane can be looked at but not changed; `words` at its foot say why."""
        if self.canvas.acts != (words is None):
            self.cancel_stroke()
            self.set_selection([])
            self.canvas.acts = words is None
            self.marks.show_shape(None)
        self.marks.say(words or "")

    def set_banner(self, text: str | None) -> None:
        """A sentence over the plane; without one, an empty scene says that it is empty."""
        self._banner_text = text
        self._show_banner()

    def fit(self) -> None:
        """Show the whole domain of the scene."""
        self.canvas.fit()

    def zoom(self, factor: float) -> None:
        """Make everything larger about the middle."""
        self.canvas.zoom(factor)

    # ---- what the user asks for by key or menu; ignored while a stroke is under way

    def select(self, ids: NDArray[np.int64]) -> None:
        """Select these points and say so."""
        if not self._tool.active:
            self._choose(ids)

    def select_all(self) -> None:
        """Select every point that is shown, and say so."""
        visible, ids = self.points.visible(self._scene.points), self._scene.points.ids
        self.select(ids if visible is None else ids[visible])

    def delete_selection(self) -> None:
        """Commit the removal of the selected points."""
        ids = self.selection
        if len(ids) and not self._tool.active:
            self.committed.emit(Remove(ids), counted("Delete", len(ids)))

    def nudge(self, right: float, up: float) -> None:
        """Commit a move of the selected points by so many pixels."""
        ids = self.selection
        if len(ids) and not self._tool.active:
            step = np.array([right, up * self.canvas.stretch]) * self.canvas.pixel
            places = self._scene.points.xy[self._chosen_mask] + step
            self.committed.emit(Move(ids, places), counted("Nudge", len(ids)))

    def change_brush(self, factor: float) -> None:
        """Make the brush larger or smaller, and say so."""
        self.set_brush_radius(self._brush * factor)
        self.brush_radius_changed.emit(self._brush)

    def cancel_stroke(self) -> None:
        """Give up the stroke under way; emits `cancelled` if there is one."""
        self._repeat.stop()
        self._perform(self._tool.cancel())

    # ---- gestures

    def _context(self) -> Context:
        radius = self._brush * self.canvas.pixel
        visible = self.points.visible(self._scene.points)
        made = (self._label, self._poison, self.selection, radius, self._rng, visible, self._attack)
        return Context(self._scene, *made, self.canvas.stretch)

    def _press(self, gesture: Gesture) -> None:
        self._pointer = gesture
        if gesture.alt and not self._tool.active and (muting := mute_click(self._context(), gesture)):
            self._perform(muting)
            return
        self._perform(self._tool.press(gesture, self._context()))
        if self._tool.continuous:
            self._repeat.start()

    def _drag(self, gesture: Gesture) -> None:
        self._pointer = gesture
        self._perform(self._tool.move(gesture))

    def _hold(self) -> None:
        if self._pointer is not None:
            self._perform(self._tool.move(replace(self._pointer, time=time.monotonic())))

    def _release(self, gesture: Gesture) -> None:
        self._repeat.stop()
        self._perform(self._tool.release(gesture))
        self._rehover()

    def _hover(self, gesture: Gesture | None) -> None:
        self._pointer = gesture
        self.marks.jitter.move_to(None if gesture is None else (gesture.x, gesture.y))
        self.hovered.emit(None if gesture is None else (gesture.x, gesture.y))
        self._rehover()

    def _rehover(self) -> None:
        """Let a tool that waits for it see the pointer where it is."""
        if not (self._tool.hovers and self.canvas.acts):
            return
        if self._pointer is None:
            self._perform(self._tool.rest(self._context()))
        else:
            self._perform(self._tool.hover(self._pointer, self._context()))
        self.canvas.set_cursor(self._tool.cursor)

    def _refresh(self) -> None:
        """Let an idle tool draw what belongs to the scene shown now."""
        if not self._tool.active:
            self._rehover()

    def _wheel(self, gesture: Gesture, notches: float) -> bool:
        """Offer the wheel to the tool; whether it took it."""
        outcomes = self._tool.wheel(gesture, self._context(), notches)
        self._perform(outcomes)
        return bool(outcomes)

    def _menu(self, at: QPoint, gesture: Gesture) -> None:
        context = self._context()
        if (pin := pin_under(self._scene, gesture)) is not None:
            self.pin_context_requested.emit(at, pin)
            return
        hit = hit_test(context, gesture)
        ids = self._scene.points.ids[[] if hit is None else [hit]]
        self.context_requested.emit(at, context.selection if np.isin(ids, context.selection).any() else ids)

    def _perform(self, outcomes: Outcomes) -> None:
        for outcome in outcomes:
            match outcome:
                case Preview(edit):
                    self.previewed.emit(edit)
                case Commit(edit, text):
                    self.committed.emit(edit, text)
                case Cancel():
                    self.cancelled.emit()
                case Select(ids):
                    self._choose(ids)
                case Overlay(shape):
                    self.marks.show_shape(shape)
                case Say(text):
                    self.marks.say(text)
                case Ask(x, y):
                    self.asked.emit(x, y)

    def _choose(self, ids: NDArray[np.int64]) -> None:
        if not np.array_equal(np.sort(ids), np.sort(self.selection)):
            self.set_selection(ids)
            self.selection_changed.emit(self.selection)

    # ---- keys

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and not _act(self, Qt.Key(event.key()), event.modifiers()):
            super().keyPressEvent(event)  # to the window's actions

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """The menu key: for the selection, in the middle of it."""
        if event is None or event.reason() != QContextMenuEvent.Reason.Keyboard:
            return
        ids, middle = self.selection, self.canvas.area.center()
        if len(ids):
            middle = self.canvas.to_pixel(*self._scene.points.xy[self._chosen_mask].mean(axis=0))
        self.context_requested.emit(self.canvas.mapToGlobal(middle.toPoint()), ids)

    # ---- inside

    def area_shown(self) -> QRectF:
        """`rect` as items want it."""
        shown = self.rect()
        return QRectF(shown.left, shown.bottom, shown.width, shown.height)

    def _mark_chosen(self) -> None:
        visible, mask = self.points.visible(self._scene.points), np.isin(self._scene.points.ids, self._chosen)
        self._chosen_mask = mask if visible is None else mask & visible
        self.points.set_scene(self._scene, self._chosen_mask)

    def _shown(self) -> None:
        self.points.area_changed()
        self.marks.area_changed()
        self._show_banner()
        self._scope.start()

    def _show_banner(self) -> None:
        text = self._banner_text or (None if len(self._scene.points) else EMPTY)
        self._banner.say(text, self.canvas.area)


def _act(plane: PlaneView, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
    """Do what a key asks the plane for; whether it asked for anything."""
    ctrl = bool(held & Qt.KeyboardModifier.ControlModifier)
    far = 10 if held & Qt.KeyboardModifier.ShiftModifier else 1
    match key:
        case Qt.Key.Key_Escape if plane.tool.active:
            plane.cancel_stroke()
        case Qt.Key.Key_Escape if len(plane.selection):
            plane.select(np.empty(0, dtype=np.int64))
        case Qt.Key.Key_Home:
            plane.fit()
        case Qt.Key.Key_A if ctrl:
            plane.select_all()
        case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
            plane.delete_selection()
        case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down if not ctrl:
            right, up = _NUDGES[key]
            plane.nudge(right * far, up * far)
        case Qt.Key.Key_BracketLeft:
            plane.change_brush(0.8)
        case Qt.Key.Key_BracketRight:
            plane.change_brush(1.25)
        case Qt.Key.Key_Plus | Qt.Key.Key_Equal if ctrl:
            plane.zoom(_ZOOM)
        case Qt.Key.Key_Minus if ctrl:
            plane.zoom(1.0 / _ZOOM)
        case _:
            return False
    return True


LOOKS: dict[str, Callable[[PlaneView, bool], None]] = {
    "view.discrete": PlaneView.set_discrete, "view.contours": PlaneView.set_contours,
    "view.prediction": PlaneView.set_show_prediction, "view.held-out": PlaneView.set_show_held_out,
}  # fmt: skip
"""The actions that say how every plane shows what it shows."""
