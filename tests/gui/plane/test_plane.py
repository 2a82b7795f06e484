"""Gestures and keys on the real widget, and what it says about them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.gui.plane.canvas import resolution
from boundaryviz.gui.plane.plane import EMPTY, PlaneView
from boundaryviz.gui.tools import TOOLS, AddTool, BrushTool, Circle, EraseTool, RectangleTool
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.scene.edits import Edit, Move, Remove, apply
from boundaryviz.scene.scene import Domain, Origin, Points, Scene, Split
from helpers.mouse import LEFT, NONE, mouse

MIDDLE, RIGHT = Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
SCENE = Scene(
    Points.of([[0.0, 0.0], [2.0, 1.0], [-3.0, 2.0], [3.0, -2.0]], [0, 1, 1, -1], first_id=10), Domain(-6, 6, -4, 4)
)


@dataclass
class Workbench:
    """A plane with an owner that does what the plane asks for, and the mouse in data coordinates."""

    plane: PlaneView
    scene: Scene = SCENE
    undo: list[str] = field(default_factory=list)
    previews: int = 0

    def __post_init__(self) -> None:
        self.plane.previewed.connect(self._preview)
        self.plane.committed.connect(self._commit)
        self.plane.cancelled.connect(lambda: self.plane.set_scene(self.scene))
        self.plane.set_scene(self.scene)

    def _preview(self, edit: Edit) -> None:
        self.previews += 1
        self.plane.set_scene(apply(edit, self.scene)[0])

    def _commit(self, edit: Edit, text: str) -> None:
        self.undo.append(text)
        self.scene = apply(edit, self.scene)[0]
        self.plane.set_scene(self.scene)

    def pixel(self, x: float, y: float) -> QPointF:
        return self.plane.canvas.to_pixel(x, y)

    def mouse(
        self, kind: str, place: tuple[float, float], button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
    ) -> None:
        mouse(self.plane, kind, place, button, keys)

    def drag(self, *path: tuple[float, float], button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.mouse("Press", path[0], button, keys)
        for place in path[1:]:
            self.mouse("Move", place, button, keys)
        self.mouse("Release", path[-1], button, keys)

    def wheel(self, place: tuple[float, float], notches: int) -> None:
        at, viewport = self.pixel(*place), self.plane.canvas.viewport()
        assert viewport is not None
        event = QWheelEvent(
            at, QPointF(viewport.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(viewport, event)


@pytest.fixture
def workbench(qtbot: QtBot) -> Workbench:
    plane = PlaneView()
    qtbot.addWidget(plane)
    plane.resize(700, 500)
    with qtbot.waitExposed(plane):
        plane.show()
    workbench = Workbench(plane)
    QApplication.processEvents()
    return workbench


def test_pixels_and_data_agree_with_what_is_drawn(workbench: Workbench) -> None:
    box = workbench.plane.canvas.box
    for x, y in [(-5.0, -3.0), (0.0, 0.0), (4.2, 3.9)]:
        drawn = box.mapViewToScene(QPointF(x, y))
        assert (drawn - workbench.pixel(x, y)).manhattanLength() < 0.05
        np.testing.assert_allclose(workbench.plane.canvas.to_data(drawn), [x, y], atol=1e-3)


def test_the_domain_fits_with_equal_units(workbench: Workbench) -> None:
    rect, area = workbench.plane.rect(), workbench.plane.canvas.area
    assert rect.left <= -6
    assert rect.right >= 6
    assert rect.bottom <= -4
    assert rect.top >= 4
    assert rect.width / area.width() == pytest.approx(rect.height / area.height())


def test_dragging_a_point_previews_and_commits_once(workbench: Workbench) -> None:
    workbench.drag((2.0, 1.0), (2.5, 1.5), (4.0, 3.0))
    assert workbench.undo == ["Move point"]
    assert workbench.previews == 2
    np.testing.assert_allclose(workbench.scene.points.xy[1], [4.0, 3.0], atol=0.02)
    assert workbench.plane.selection.tolist() == [11]


def test_escape_cancels_the_stroke_then_clears_the_selection(workbench: Workbench, qtbot: QtBot) -> None:
    workbench.mouse("Press", (2.0, 1.0))
    workbench.mouse("Move", (4.0, 3.0))
    assert workbench.plane.scene is not SCENE
    qtbot.keyClick(workbench.plane, Qt.Key.Key_Escape)
    assert workbench.plane.scene is SCENE
    workbench.mouse("Release", (4.0, 3.0))
    assert workbench.undo == []
    assert len(workbench.plane.selection) == 1
    with qtbot.waitSignal(workbench.plane.selection_changed) as said:
        qtbot.keyClick(workbench.plane, Qt.Key.Key_Escape)
    assert len(said.args[0]) == 0


def test_keys_nudge_delete_and_select_all(workbench: Workbench, qtbot: QtBot) -> None:
    plane, pixel = workbench.plane, workbench.plane.canvas.pixel
    plane.set_selection([10, 12])
    qtbot.keyClick(plane, Qt.Key.Key_Right)
    qtbot.keyClick(plane, Qt.Key.Key_Down, SHIFT)
    moved = SCENE.points.xy[[0, 2]] + [pixel, -10 * pixel]
    np.testing.assert_allclose(workbench.scene.points.xy[[0, 2]], moved)
    qtbot.keyClick(plane, Qt.Key.Key_Delete)
    assert workbench.undo == ["Nudge 2 points", "Nudge 2 points", "Delete 2 points"]
    assert workbench.scene.points.ids.tolist() == [11, 13]
    assert len(plane.selection) == 0
    qtbot.keyClick(plane, Qt.Key.Key_A, CTRL)
    assert plane.selection.tolist() == [11, 13]


def test_other_keys_go_on_to_the_window(qtbot: QtBot) -> None:
    seen: list[int] = []

    class Window(QWidget):
        def keyPressEvent(self, event) -> None:
            seen.append(event.key())

    window = Window()
    plane = PlaneView(window)
    qtbot.addWidget(window)
    for key in (Qt.Key.Key_3, Qt.Key.Key_U, Qt.Key.Key_P, Qt.Key.Key_Space, Qt.Key.Key_S, Qt.Key.Key_R):
        qtbot.keyClick(plane, key)
    assert seen == [0x33, 0x55, 0x50, 0x20, 0x53, 0x52]


def test_a_click_with_add_takes_label_and_poison(workbench: Workbench) -> None:
    workbench.plane.set_tool(AddTool())
    workbench.plane.set_label(1)
    workbench.plane.set_poison(True)
    workbench.drag((-1.0, -2.0))
    assert workbench.undo == ["Add poison point"]
    new = workbench.scene.points.take([-1])
    np.testing.assert_allclose(new.xy, [[-1.0, -2.0]], atol=0.02)
    assert (new.label[0], new.split[0], new.origin[0]) == (1, Split.TRAIN, Origin.POISON)


def test_the_brush_goes_on_while_it_is_held_still(workbench: Workbench, qtbot: QtBot) -> None:
    workbench.plane.set_tool(BrushTool())
    workbench.mouse("Press", (-1.0, -2.0))
    qtbot.waitUntil(lambda: len(workbench.plane.scene.points) >= 8)
    workbench.mouse("Release", (-1.0, -2.0))
    assert len(workbench.undo) == 1
    n = len(workbench.scene.points)
    qtbot.wait(80)
    assert len(workbench.plane.scene.points) == n


def test_the_brush_shows_its_circle_and_brackets_change_it(workbench: Workbench, qtbot: QtBot) -> None:
    plane = workbench.plane
    plane.set_tool(EraseTool())
    workbench.mouse("Move", (1.0, 1.0), Qt.MouseButton.NoButton)
    circle = plane.marks.outline.shape_shown
    assert isinstance(circle, Circle)
    with qtbot.waitSignal(plane.brush_radius_changed) as said:
        qtbot.keyClick(plane, Qt.Key.Key_BracketRight)
    larger = plane.marks.outline.shape_shown
    assert isinstance(larger, Circle)
    assert larger.radius == pytest.approx(1.25 * circle.radius)
    assert said.args[0] == pytest.approx(larger.radius / plane.canvas.pixel)
    workbench.mouse("Move", (50.0, 50.0), Qt.MouseButton.NoButton)
    assert plane.marks.outline.shape_shown is None


def test_hidden_points_are_neither_grabbed_nor_selected(workbench: Workbench, qtbot: QtBot) -> None:
    points = SCENE.points.with_columns(split=[0, Split.TEST, 0, 0])
    workbench._commit(Move(points.ids[:0], np.empty((0, 2))), "")
    workbench.scene = replace(SCENE, points=points)
    workbench.plane.set_scene(workbench.scene)
    workbench.plane.set_show_held_out(False)
    workbench.undo.clear()
    workbench.plane.set_tool(RectangleTool())
    workbench.drag((2.0, 1.0), (4.0, 3.0))
    assert workbench.undo == []
    qtbot.keyClick(workbench.plane, Qt.Key.Key_A, CTRL)
    assert workbench.plane.selection.tolist() == [10, 12, 13]


def test_the_wheel_zooms_at_the_cursor_and_home_fits(workbench: Workbench, qtbot: QtBot) -> None:
    plane, before = workbench.plane, workbench.plane.rect()
    workbench.wheel((2.0, 1.0), 3)
    after = plane.rect()
    assert after.width == pytest.approx(before.width / 1.2**3)
    share = (2.0 - before.left) / before.width
    assert (2.0 - after.left) / after.width == pytest.approx(share, abs=1e-6)
    qtbot.keyClick(plane, Qt.Key.Key_Home)
    assert plane.rect() == before


def test_zoom_has_limits(workbench: Workbench) -> None:
    size = max(workbench.plane.scene.domain.width, workbench.plane.scene.domain.height)
    for factor, least, most in ((1.2, 0.5e-3, 1e-3), (1 / 1.2, 50, 100)):
        for _ in range(100):
            workbench.plane.zoom(factor)
        shown = workbench.plane.rect()
        assert least * size < max(shown.width, shown.height) <= most * size * (1 + 1e-9)


@pytest.mark.parametrize("button", [MIDDLE, RIGHT])
def test_dragging_with_the_other_buttons_pans(workbench: Workbench, button: Qt.MouseButton) -> None:
    menus: list[object] = []
    workbench.plane.context_requested.connect(lambda *_: menus.append(_))
    before = workbench.plane.rect()
    workbench.drag((0.0, 0.0), (1.0, 0.5), button=button)
    after = workbench.plane.rect()
    assert (after.left, after.bottom) == pytest.approx((before.left - 1.0, before.bottom - 0.5), abs=0.03)
    assert (after.width, after.height) == pytest.approx((before.width, before.height))
    assert menus == []
    assert workbench.undo == []


def test_a_right_click_asks_for_a_menu_for_what_is_under_it(workbench: Workbench) -> None:
    asked: list[list[int]] = []
    workbench.plane.context_requested.connect(lambda _at, ids: asked.append(sorted(ids.tolist())))
    workbench.drag((2.0, 1.0), button=RIGHT)
    workbench.drag((-5.0, -3.0), button=RIGHT)
    workbench.plane.set_selection([10, 11])
    workbench.drag((2.0, 1.0), button=RIGHT)
    assert asked == [[11], [], [10, 11]]


def test_the_view_never_moves_by_itself(workbench: Workbench) -> None:
    workbench.wheel((0.0, 0.0), 2)
    before = workbench.plane.rect()
    far = SCENE.points.with_columns(xy=SCENE.points.xy * 100.0)
    workbench.plane.set_scene(replace(SCENE, points=far))
    workbench.plane.set_field(np.zeros((8, 8), np.float32), Domain(-900, 900, -900, 900))
    QApplication.processEvents()
    assert workbench.plane.rect() == before
    workbench.plane.set_scene(replace(SCENE, domain=Domain(-1, 1, -1, 1)))
    assert workbench.plane.rect().width < before.width


def test_view_changes_are_told_once_a_turn(workbench: Workbench, qtbot: QtBot) -> None:
    said: list[tuple[Domain, int, int]] = []
    workbench.plane.view_changed.connect(lambda *view: said.append(view))
    for _ in range(5):
        workbench.wheel((0.0, 0.0), 1)
    assert said == []
    QApplication.processEvents()
    ((rect, columns, rows),) = said
    assert rect == workbench.plane.rect()
    assert columns / rows == pytest.approx(rect.width / rect.height, rel=0.01)


@pytest.mark.parametrize("aspect", [0.2, 0.5, 1.0, 1.3, 1.9, 6.0])
def test_resolution_follows_the_aspect(aspect: float) -> None:
    columns, rows = resolution(aspect)
    assert max(columns, rows) <= 320
    assert columns / rows == pytest.approx(aspect, rel=0.02)
    if 0.7 < aspect < 1.5:
        assert columns * rows == pytest.approx(256**2, rel=0.02)


def test_hover_tells_the_place_and_the_leaving(workbench: Workbench) -> None:
    said: list[tuple[float, float] | None] = []
    workbench.plane.hovered.connect(said.append)
    workbench.mouse("Move", (1.0, -2.0), Qt.MouseButton.NoButton)
    workbench.mouse("Move", (60.0, 0.0), Qt.MouseButton.NoButton)
    assert said[0] == pytest.approx((1.0, -2.0), abs=1e-6)
    assert said[1] is None


def test_painted_follows_every_field_even_out_of_sight(workbench: Workbench, qtbot: QtBot) -> None:
    for rect in (workbench.plane.rect(), Domain(1000, 1001, 1000, 1001)):
        with qtbot.waitSignal(workbench.plane.painted):
            workbench.plane.set_field(np.full((16, 16), 0.25, np.float32), rect)
    quiet: list[int] = []
    workbench.plane.painted.connect(lambda: quiet.append(1))
    workbench.plane.repaint()
    QApplication.processEvents()
    assert quiet == []


def test_words_over_the_plane(workbench: Workbench) -> None:
    plane = workbench.plane
    assert not plane._banner.isVisible()
    plane.set_banner("Training diverged.")
    assert plane._banner.text() == "Training diverged."
    assert plane._banner.isVisible()
    plane.set_banner(None)
    assert not plane._banner.isVisible()
    plane.set_scene(apply(Remove(SCENE.points.ids), SCENE)[0])
    assert plane._banner.text() == EMPTY
    assert plane._banner.isVisible()


def test_what_is_said_of_the_selection_follows_the_scene(workbench: Workbench) -> None:
    said: list[list[int]] = []
    workbench.plane.selection_changed.connect(lambda ids: said.append(ids.tolist()))
    workbench.plane.set_selection([10, 11])
    assert said == []
    workbench.plane.set_scene(apply(Remove(np.array([11])), SCENE)[0])
    assert said == [[10]]
    workbench.plane.set_scene(SCENE)  # an undo brings the point back, and its selection
    assert said == [[10], [10, 11]]


@pytest.mark.parametrize("name", TOOLS)
def test_changing_the_tool_gives_up_the_stroke(workbench: Workbench, name: str) -> None:
    workbench.plane.set_tool(TOOLS[name]())
    workbench.plane.set_label(1)
    workbench.mouse("Press", (0.0, 0.0))
    workbench.mouse("Move", (1.0, 1.0))
    workbench.plane.set_tool(AddTool())
    assert workbench.plane.scene is SCENE
    workbench.mouse("Release", (1.0, 1.0))
    assert workbench.undo == []


def corner_colour(workbench: Workbench) -> str:
    image = workbench.plane.grab().toImage()
    at = workbench.pixel(-5.5, -3.5)
    return image.pixelColor(at.toPoint() + QPoint(2, 2)).name()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_bare_plane_has_the_themes_colour(workbench: Workbench, theme: object) -> None:
    workbench.plane.set_theme(theme)  # type: ignore[arg-type]
    assert corner_colour(workbench) == theme.plane  # type: ignore[attr-defined]


def test_what_is_to_be_seen_beside_the_domain_is_in_sight_unless_one_has_zoomed(workbench: Workbench) -> None:
    canvas = workbench.plane.canvas
    before, domain = canvas.rect_shown(), workbench.plane.scene.domain
    far = Domain(domain.left - domain.width, domain.right, domain.bottom, domain.top + domain.height)
    canvas.include("this", domain)
    assert canvas.rect_shown() == before
    canvas.include("this", far)
    shown = canvas.rect_shown()
    assert shown.left < far.left
    assert shown.top > far.top
    assert shown.right >= domain.right
    canvas.zoom(2.0)
    close = canvas.rect_shown()
    canvas.include("this", None)
    assert canvas.rect_shown() == close
    canvas.fit()
    assert canvas.rect_shown() == before
