"""The plane with its clean twin: side by side, or compared on one plane. Setters in, signals out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PyQt6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyleOptionGraphicsItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from boundaryviz.gui.plane.class_legend import ClassLegend
from boundaryviz.gui.plane.field_layer import Beside, Lean
from boundaryviz.gui.plane.headline import Headline
from boundaryviz.gui.plane.overlay import widened
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.plane_legend import Entry, PlaneLegend
from boundaryviz.gui.plane.side_by_side import UNBOUNDED, fitting, stacks
from boundaryviz.gui.tools import Context, Gesture, SelectTool
from boundaryviz.gui.widgets.controls import Elided, label
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.rules import Rule
from boundaryviz.scene.scene import Domain, Scene

TwinView = Literal["side", "overlay", "flips", "floor"]
TWIN_VIEWS: dict[TwinView, tuple[str, str]] = {
    "side": ("Side by side", "The clean twin on the left, the poisoned model on the right"),
    "overlay": ("Overlay", "The boundaries of both on the poisoned field"),
    "flips": ("Flip region", "What the poison gave to another class, in the colour and hatch of that class"),
    "floor": ("Seed floor", "How many seeds the poison flips, against how many a new seed alone would change"),
}
_LINES = (Entry("line", "poisoned"), Entry("dashes", "clean twin"))
_FLOOR = (Entry("flipped", "share of seeds that the poison flips"), Entry("floor", "share of clean pairs that differ"))


class LinkedCursor(pg.GraphicsObject):
    """Where the pointer is in the other plane: a small ring with a dot, in ink on a light rim."""

    _RADIUS = 7.0

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.place: tuple[float, float] | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        self.update()

    def set_place(self, place: tuple[float, float] | None) -> None:
        """In data coordinates; None hides it."""
        self.prepareGeometryChange()
        self.place = place
        self.update()

    @override
    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()  # its size is in pixels

    @override
    def boundingRect(self) -> QRectF:
        if self.place is None:
            return QRectF()
        return widened(QRectF(*self.place, 0.0, 0.0), 2.0 * self._RADIUS, self)

    @override
    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if self.place is None:
            return
        centre = painter.transform().map(QPointF(*self.place))
        painter.resetTransform()  # to pixels of the window, on every screen
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self._theme.plane, 4.0), (self._theme.ink, 1.6)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawEllipse(centre, self._RADIUS, self._RADIUS)
        painter.setPen(QPen(QColor(self._theme.ink), 3.0, cap=Qt.PenCapStyle.RoundCap))
        painter.drawPoint(centre)


class CleanPlane(PlaneView):
    """The clean twin's plane: it acts with the hand of another plane, its tool, class, selection and keyboard."""

    def __init__(self, lead: PlaneView) -> None:
        self._lead = lead  # asked for its hand as soon as the plane begins
        super().__init__()
        self._take_tool()
        self.setFocusProxy(lead)
        self.setAccessibleName("Plane of the clean twin")
        self.points.set_ghost_poison(True)
        for mine, its in (
            (self.previewed, lead.previewed), (self.committed, lead.committed), (self.cancelled, lead.cancelled),
            (self.context_requested, lead.context_requested), (self.pin_context_requested, lead.pin_context_requested),
        ):  # fmt: skip
            mine.connect(its)
        self.selection_changed.connect(self._lead_chooses)
        lead.selection_changed.connect(self.set_selection)
        lead.tool_changed.connect(self._take_tool)

    def _lead_chooses(self, ids: NDArray[np.int64]) -> None:
        self._lead.set_selection(ids)
        self._lead.selection_changed.emit(self._lead.selection)

    def _take_tool(self) -> None:
        self._tool = self._lead.tool  # one tool for both, so that a stroke is one and Esc finds it
        self.marks.show_shape(None)
        self.marks.say("")
        self._rehover()

    def _hover(self, gesture: Gesture | None) -> None:
        self.marks.jitter.set_radii(self._lead.marks.jitter.radii, self._lead.marks.jitter.unit)
        super()._hover(gesture)
        if gesture is None and not self._tool.active:
            self._refresh()

    def _refresh(self) -> None:
        """The lead draws what a tool shows at rest; here it shows while the pointer is here."""
        if self._pointer is not None:
            super()._refresh()
        else:
            self.marks.show_shape(None)
            self.marks.say("")

    def _context(self) -> Context:
        return self._lead._context()


class TwinPlanes(QWidget):
    """Holds the plane; with the twin on, a strip over it chooses how both show, and the clean plane stands beside it.

    view_chosen: one of `TWIN_VIEWS` was asked for. offer_taken: what was offered beside the words is wanted. hovered:
    (x, y) or None, in either plane.
    """

    view_chosen = pyqtSignal(str)
    offer_taken = pyqtSignal()
    hovered = pyqtSignal(object)

    def __init__(self, plane: PlaneView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plane = plane
        self.clean: CleanPlane | None = None
        self._theme = LIGHT
        self._scale = 1.0
        self._on = False
        self._view: TwinView = "side"
        self._names: tuple[tuple[int, str], ...] = ()
        self._over_clean = False
        self._floor: tuple[NDArray, NDArray, Domain] | None = None
        self._rule_shown = self._difference = False
        self._silent = 0  # points of which the rule says no class
        self._looks: dict[str, Callable[[PlaneView], None]] = {}
        self.strip = QWidget()
        self.buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self.strip)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(4)
        for name, (title, explains) in TWIN_VIEWS.items():
            button = QPushButton(title)
            button.setCheckable(True)
            button.setToolTip(explains)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, name=name: self.view_chosen.emit(name))
            group.addButton(button)
            self.buttons[name] = button
            row.addWidget(button)
        self.buttons["side"].setChecked(True)
        self.words = Elided("faint")
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.offer_button = QPushButton()
        self.offer_button.setAutoDefault(False)
        self.offer_button.clicked.connect(self.offer_taken)
        self.offer_button.hide()
        row.addSpacing(12)
        row.addWidget(self.words)
        row.addSpacing(4)
        row.addWidget(self.offer_button)
        row.addStretch(1)
        self._titles: list[QLabel] = []
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(0)
        self._halves.setContentsMargins(0, 0, 0, 0)
        self.headline = Headline()
        self.headline.hide()
        self._headline_on = True
        self._lead_half = self._half("Poisoned", plane)
        self._clean_half: QWidget | None = None
        self._stacked = False
        self._halves.addWidget(self._lead_half, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.headline)
        both = QWidget()
        both.setLayout(self._halves)
        layout.addWidget(both, 1)
        self.legend = PlaneLegend(plane.canvas)
        self.classes = ClassLegend(plane.canvas)
        self._cornered: tuple[object, ...] = ()
        plane.tool_changed.connect(self._take_tool)
        self.cursor_ = self._cursor_in(plane)
        plane.canvas.shown.connect(self._lead_moved)
        plane.hovered.connect(lambda place: self._hovered(place, over_clean=False))
        self.strip.hide()
        self._arrange()

    # ---- setters

    def set_twin(self, on: bool) -> None:
        """Whether there is a clean twin to show."""
        self._on = on
        self.strip.setVisible(on)
        self._show_headline()
        self._arrange()

    def set_headline(self, on: bool) -> None:
        """Whether the numbers of the twin stand over the planes while there is one."""
        self._headline_on = on
        self._show_headline()

    def set_view(self, view: TwinView) -> None:
        """How both show while the twin is on."""
        self._view = view
        self.buttons[view].setChecked(True)
        self._arrange()

    @property
    def view(self) -> str | None:
        """How both show, or None without a twin."""
        return self._view if self._on else None

    def set_words(self, words: str, offer: str = "") -> None:
        """What there is to say about the twin, beside the buttons. offer: words of a button for a way on."""
        self.words.set_words(words)
        self.offer_button.setText(offer)
        self.offer_button.setVisible(bool(offer))

    def set_scene(self, scene: Scene, undecided: bool = False) -> None:
        """The scene, which the plane itself is shown by its owner. undecided: whether places may have no class."""
        names = tuple((k, scene.class_name(k)) for k in range(scene.classes))
        names += ((-1, "undecided"),) if undecided else ()
        if names != self._names:
            self._names = names
            self._label()
        if self.clean is not None:
            self.clean.set_scene(scene)
        self._lay_out()
        self.classes.set_scene(scene)
        self._place_legends()

    def set_decision(self, lean: Lean | None) -> None:
        """Where both planes draw the decision, see `FieldLayer.set_decision`."""
        self.plane.field_layer.set_decision(lean)
        self.set_look("decision", lambda plane: plane.field_layer.set_decision(lean))

    def set_selection(self, ids: ArrayLike) -> None:
        """The selection, where it was not made on a plane."""
        if self.clean is not None:
            self.clean.set_selection(ids)

    def set_look(self, name: str, look: Callable[[PlaneView], None]) -> None:
        """How the clean plane shows a scene, where it differs from a fresh one; `name` tells one look from another."""
        self._looks[name] = look
        if self.clean is not None:
            look(self.clean)

    def set_rule(self, rule: Rule | None, difference: bool, silent: int = 0) -> None:
        """A rule beside the model and its twin, see `PlaneView.set_rule`. silent: points of which it says no class."""
        self._silent = silent
        self._rule_shown, self._difference = rule is not None, difference and rule is not None
        self.plane.set_rule(rule, difference)
        self.set_look("rule", lambda plane: plane.set_rule(rule, difference))
        self._label()

    def set_fields(self, field: NDArray, clean: NDArray | None, rect: Domain, unit: bool = False) -> None:
        """Both fields over `rect`, see `PlaneView.set_field`; clean: None where there is none."""
        side = self.view == "side"
        how: Beside = "nothing" if not self._on or self._view == "side" else self._view
        self.plane.field_layer.compare(how, clean)
        self.plane.set_field(field, rect, unit)
        if self.clean is not None and side:
            if clean is None:
                self.clean.clear_field()
            else:
                self.clean.set_field(clean, rect, unit)

    def set_clean_predicted(self, predicted: NDArray[np.int16] | None) -> None:
        """What the clean twin predicts for the points of the scene."""
        if self.clean is not None:
            self.clean.set_predicted(predicted)

    def set_floor(self, floor: tuple[NDArray, NDArray, Domain] | None) -> None:
        """For each cell of a rectangle, the share of seeds that flip and of clean pairs that differ; None without."""
        self._floor = floor
        self.plane.field_layer.set_floor(floor)
        if self.view == "floor":
            self._label()
            self.plane.canvas.repaint_plane()

    def set_scale(self, scale: float) -> None:
        """Points, lines, marks, legends and headline so many times their usual size, for a lecture hall."""
        self._scale = scale
        self.headline.set_scale(scale)
        self.classes.set_scale(scale)
        for plane in (self.plane, self.clean):
            if plane is not None:
                plane.set_scale(scale)
        self._lay_out()
        self._label()
        self._place_legends()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self._theme = theme
        for part in (self.legend, self.classes, self.cursor_, self.headline, self.clean):
            if part is not None:
                part.set_theme(theme)

    # ---- asking

    def value_at(self, x: float, y: float) -> NDArray | None:
        """The value of the field in the plane under the pointer: a number, or one per class."""
        over = self.clean if self._over_clean and self.clean is not None else self.plane
        return over.value_at(x, y)

    def floor_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Both shares at a place, while they are what the plane shows."""
        if self._floor is None or self.view != "floor":
            return None
        flipped, floor, rect = self._floor
        rows, columns = flipped.shape
        row, column, inside = rect.cells(np.array([[x, y]]), columns, rows)
        return (float(flipped[row[0], column[0]]), float(floor[row[0], column[0]])) if inside[0] else None

    # ---- inside

    def _show_headline(self) -> None:
        self.headline.setVisible(self._on and self._headline_on)
        self._lay_out()

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        """Both planes beside or above each other, whichever shows the data larger, and no higher or wider than it."""
        two = self.view == "side" and self.clean is not None
        head = self._titles[0].sizeHint().height() if two else 0
        shape, (wide, high) = self.plane.canvas.shape, self.plane.canvas.around
        around = (wide + 4.0, high + 4.0 + head)
        chrome = sum(part.sizeHint().height() for part in (self.strip, self.headline) if not part.isHidden())
        across, up = float(self.width()), float(self.height() - chrome)
        stacked = two and stacks(across, up, shape, around, self._stacked)
        self._stacked = stacked
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        self._halves.setDirection(way)
        most = fitting(across, up, shape, around, stacked) if two else (UNBOUNDED, UNBOUNDED)
        for half in (self._lead_half, self._clean_half):
            if half is not None:
                half.setMaximumSize(*most)

    def _take_tool(self) -> None:
        """A tool that draws may begin on the legend, which stands where there is room for new points."""
        draws = not isinstance(self.plane.tool, SelectTool)
        self.classes.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, draws)

    def _half(self, title: str, plane: PlaneView) -> QWidget:
        half = QWidget(self)
        column = QVBoxLayout(half)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = label(title, "faint", parent=half)
        head.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._titles.append(head)
        column.addWidget(head)
        column.addWidget(plane, 1)
        return half

    def _cursor_in(self, plane: PlaneView) -> LinkedCursor:
        cursor = LinkedCursor(self._theme)
        cursor.setZValue(50)
        plane.canvas.box.addItem(cursor, ignoreBounds=True)
        return cursor

    def _make_clean(self) -> CleanPlane:
        """The second plane, which few sessions need: made when it is first shown."""
        clean = CleanPlane(self.plane)
        clean.set_theme(self._theme)
        clean.set_scale(self._scale)
        for look in self._looks.values():
            look(clean)
        clean.set_scene(self.plane.scene)
        clean.set_selection(self.plane.selection)
        self._clean_half = self._half("Clean twin", clean)
        self._halves.insertWidget(0, self._clean_half, 1)
        clean.canvas.shown.connect(self._clean_moved)
        clean.hovered.connect(lambda place: self._hovered(place, over_clean=True))
        self._clean_cursor = self._cursor_in(clean)
        return clean

    def _arrange(self) -> None:
        side = self.view == "side"
        if side and self.clean is None:
            self.clean = self._make_clean()
        for title in self._titles:
            title.setVisible(side)
        if self._clean_half is not None:
            self._clean_half.setVisible(side)
        self._lay_out()
        self._lead_moved()
        self._label()

    def _label(self) -> None:
        entries: tuple[Entry, ...] = ()
        if self.view in ("overlay", "flips"):
            entries = _LINES
        if self.view == "flips":
            entries += tuple(Entry("became", f"became {name}", k) for k, name in self._names)
        elif self.view == "floor" and self._floor is not None:
            entries = _FLOOR
        if self._rule_shown:
            rule = "rule" if not self._silent else f"rule (no class at {self._silent:,} points)"
            entries = (*(entries or (Entry("line", "model"),)), Entry("dots", rule))
            if self._difference and self.view not in ("flips", "floor"):
                entries += tuple(Entry("became", f"model alone says {name}", k) for k, name in self._names)
        self.legend.set_entries(entries)
        self._place_legends()

    def _place_legends(self) -> None:
        """That of classes goes where it hides least, whenever another part of the plane or another plane is shown."""
        canvas, scene = self.plane.canvas, self.plane.scene
        area, rect = canvas.area, canvas.rect_shown()
        self.legend.stand_in(area)
        self.classes.stand_in(area)
        now = (scene.domain, area.size(), self.classes.size(), self.legend.isHidden())
        if now != self._cornered:  # and not by every point that moves
            self._cornered = now
            scale = (area.width() / rect.width, -area.height() / rect.height)
            places = (scene.points.xy - (rect.left, rect.top)) * scale + (area.left(), area.top())
            self.classes.choose_corner(places, () if self.legend.isHidden() else (QRectF(self.legend.geometry()),))

    def _lead_moved(self) -> None:
        self._place_legends()
        if self.clean is not None and self.view == "side":
            self.clean.canvas.follow(self.plane.canvas)

    def _clean_moved(self) -> None:
        """Where a person moved it, the other follows; where it only took another size, it follows the other."""
        assert self.clean is not None
        if self.view == "side":
            mine, its = self.clean.canvas, self.plane.canvas
            if mine.fitted:
                mine.follow(its)
            else:
                its.follow(mine)

    def _hovered(self, place: tuple[float, float] | None, over_clean: bool) -> None:
        self._over_clean = over_clean
        side = self.clean is not None and self.view == "side"
        if over_clean:
            self.cursor_.set_place(place)
        elif side:
            self._clean_cursor.set_place(place)
        self.hovered.emit(place)
