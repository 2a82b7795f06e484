"""A plane of uneven sides, age against salary: what is near on the screen is near for the hand."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from boundaryviz.gui.plane.contours import dashed
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.tools import BrushTool, Circle, EraseTool, LassoTool
from boundaryviz.scene.edits import Add, Move, Remove
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.mouse import mouse

AGES = Scene(
    Points.of([[25.0, 40_000.0], [30.0, 65_000.0], [45.0, 66_000.0], [50.0, 80_000.0]], [0, 0, 1, 1], first_id=10),
    Domain(20.0, 60.0, 30_000.0, 90_000.0), axis_names=("age", "salary"),
)  # fmt: skip


@pytest.fixture
def plane(qtbot: QtBot) -> PlaneView:
    plane = PlaneView()
    qtbot.addWidget(plane)
    plane.resize(700, 500)
    with qtbot.waitExposed(plane):
        plane.show()
    plane.set_scene(AGES)
    QApplication.processEvents()
    return plane


def from_pixel(plane: PlaneView, place: tuple[float, float], right: float, up: float) -> tuple[float, float]:
    at = plane.canvas.to_data(plane.canvas.to_pixel(*place) + QPointF(right, -up))
    return float(at[0]), float(at[1])


def shown(plane: PlaneView) -> tuple[float, float, float, float]:
    rect = plane.rect()
    return rect.left, rect.right, rect.bottom, rect.top


def test_both_axes_fill_the_plane_and_equal_ones_when_asked(plane: PlaneView) -> None:
    assert shown(plane) == pytest.approx((20.0, 60.0, 30_000.0, 90_000.0))
    plane.set_axes_choice("equal")
    rect, area = plane.rect(), plane.canvas.area
    assert rect.width / area.width() == pytest.approx(rect.height / area.height())
    plane.set_axes_choice("auto")
    assert shown(plane) == pytest.approx((20.0, 60.0, 30_000.0, 90_000.0))
    plane.set_scene(Scene(Points.of([[0.0, 0.0]]), Domain(-1, 1, -1, 1)))
    assert plane.canvas.stretch == 1.0


def test_what_is_drawn_is_where_the_pointer_finds_it(plane: PlaneView) -> None:
    for place in AGES.points.xy.tolist():
        drawn = plane.canvas.box.mapViewToScene(QPointF(*place))
        assert (drawn - plane.canvas.to_pixel(*place)).manhattanLength() < 0.05


@pytest.mark.parametrize("off", [(6.0, 0.0), (0.0, 6.0), (-4.0, -4.0)])
def test_a_point_is_grabbed_at_a_distance_in_pixels_and_moves_with_the_hand(
    plane: PlaneView, qtbot: QtBot, off: tuple[float, float]
) -> None:
    grabbed, to = from_pixel(plane, (30.0, 65_000.0), *off), (35.0, 75_000.0)
    with qtbot.waitSignal(plane.committed) as said:
        mouse(plane, "Press", grabbed)
        mouse(plane, "Move", to)
        mouse(plane, "Release", to)
    edit = said.args[0]
    assert isinstance(edit, Move)
    assert edit.ids.tolist() == [11]
    wanted = np.array([30.0, 65_000.0]) + np.array(to) - grabbed
    assert np.abs((edit.xy[0] - wanted) / (0.1, 150.0)).max() < 1.0


def test_a_point_out_of_reach_is_left_alone(plane: PlaneView) -> None:
    mouse(plane, "Press", from_pixel(plane, (30.0, 65_000.0), 12.0, 0.0))
    mouse(plane, "Release", from_pixel(plane, (30.0, 65_000.0), 12.0, 0.0))
    assert len(plane.selection) == 0


def test_the_brush_is_round_on_the_screen_and_so_is_what_it_sprays(plane: PlaneView, qtbot: QtBot) -> None:
    brush = BrushTool()
    brush.rate = 20_000.0
    plane.set_tool(brush)
    centre = (40.0, 50_000.0)
    sprayed: list[Add] = []
    plane.previewed.connect(sprayed.append)
    mouse(plane, "Press", centre)
    circle = plane.marks.outline.shape_shown
    assert isinstance(circle, Circle)
    edge = plane.canvas.to_pixel(circle.x + circle.radius, circle.y)
    above = plane.canvas.to_pixel(circle.x, circle.y + circle.stretch * circle.radius)
    middle = plane.canvas.to_pixel(circle.x, circle.y)
    assert edge.x() - middle.x() == pytest.approx(28.0, abs=0.1)
    assert middle.y() - above.y() == pytest.approx(28.0, abs=0.1)
    with qtbot.waitSignal(plane.committed) as said:
        qtbot.waitUntil(lambda: bool(sprayed) and len(sprayed[-1].points) > 200)
        mouse(plane, "Release", centre)
    added = said.args[0]
    assert isinstance(added, Add)
    off = (added.points.xy - added.points.xy[0]) / (plane.canvas.pixel, plane.canvas.pixel * plane.canvas.stretch)
    assert np.hypot(*off.T).max() <= 28.5
    assert np.abs(off).max(axis=0).min() > 14.0


def test_the_eraser_takes_what_it_covers(plane: PlaneView, qtbot: QtBot) -> None:
    plane.set_tool(EraseTool())
    start, end = from_pixel(plane, (30.0, 65_000.0), -60.0, 20.0), from_pixel(plane, (45.0, 66_000.0), 60.0, 20.0)
    with qtbot.waitSignal(plane.committed) as said:
        for kind, place in (("Press", start), ("Move", end), ("Release", end)):
            mouse(plane, kind, place)
    assert isinstance(said.args[0], Remove)
    assert said.args[0].ids.tolist() == [11, 12]


def test_a_lasso_takes_small_steps_up_as_well_as_across(plane: PlaneView) -> None:
    plane.set_tool(LassoTool())
    mouse(plane, "Press", (28.0, 60_000.0))
    for place in ((28.0, 70_000.0), (47.0, 70_000.0), (47.0, 60_000.0)):
        mouse(plane, "Move", place)
    mouse(plane, "Release", (47.0, 60_000.0))
    assert plane.selection.tolist() == [11, 12]


def test_arrows_nudge_by_a_pixel_along_each_axis(plane: PlaneView, qtbot: QtBot) -> None:
    plane.set_selection([13])
    before = plane.canvas.to_pixel(50.0, 80_000.0)
    with qtbot.waitSignal(plane.committed) as said:
        plane.nudge(1, -1)
    after = plane.canvas.to_pixel(*said.args[0].xy[0])
    assert (after - before).x() == pytest.approx(1.0, abs=1e-6)
    assert (after - before).y() == pytest.approx(1.0, abs=1e-6)


def wheel(plane: PlaneView, at: QPointF, notches: int) -> None:
    viewport = plane.canvas.viewport()
    assert viewport is not None
    event = QWheelEvent(
        at, QPointF(viewport.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def test_the_wheel_zooms_both_axes_at_the_pointer_and_over_an_axis_that_one(plane: PlaneView) -> None:
    area, place = plane.canvas.area, (30.0, 65_000.0)
    at = plane.canvas.to_pixel(*place)
    wheel(plane, at, 2)
    rect = plane.rect()
    assert (rect.width, rect.height) == pytest.approx((40.0 / 1.44, 60_000.0 / 1.44))
    assert (plane.canvas.to_pixel(*place) - at).manhattanLength() < 0.05
    plane.fit()
    wheel(plane, QPointF(area.center().x(), area.bottom() + 10.0), 1)
    assert (plane.rect().width, plane.rect().height) == pytest.approx((40.0 / 1.2, 60_000.0))
    wheel(plane, QPointF(area.left() - 10.0, area.center().y()), 1)
    assert (plane.rect().width, plane.rect().height) == pytest.approx((40.0 / 1.2, 60_000.0 / 1.2))
    plane.fit()
    assert shown(plane) == pytest.approx((20.0, 60.0, 30_000.0, 90_000.0))


def test_a_field_is_asked_for_in_cells_that_are_square_on_the_screen(plane: PlaneView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(plane.view_changed) as said:
        plane.zoom(2.0)
    rect, columns, rows = said.args
    across, up = rect.width / columns / plane.canvas.pixel, rect.height / rows / plane.canvas.pixel
    assert across == pytest.approx(up / plane.canvas.stretch, rel=0.02)


def test_marks_take_no_more_room_than_they_need(plane: PlaneView) -> None:
    """The rectangle that is painted anew for a pin is some pixels large on either axis."""
    plane.marks.outline.show_shape(Circle(40.0, 60_000.0, 1.0, plane.canvas.stretch))
    rect, pixel = plane.marks.outline.boundingRect(), plane.canvas.pixel
    assert rect.width() / pixel == pytest.approx(2.0 / pixel + 6.0, abs=0.5)
    assert rect.height() / (pixel * plane.canvas.stretch) == pytest.approx(2.0 / pixel + 6.0, abs=0.5)


def test_dashes_are_as_long_up_as_across() -> None:
    run = np.arange(0.0, 100.0, 0.75)
    across, up = np.stack([run, 0 * run], axis=1), np.stack([0 * run, 1024.0 * run], axis=1)
    cut, same = (np.isnan(dashed(line, 4.0, 3.0, (1.0, 1024.0))[:, 0]) for line in (across, up))
    np.testing.assert_array_equal(cut, same)
    assert cut.mean() == pytest.approx(3 / 7, abs=0.03)


def test_the_clean_plane_beside_it_has_the_same_axes(plane: PlaneView, qtbot: QtBot) -> None:
    planes = TwinPlanes(plane)
    qtbot.addWidget(planes)
    planes.resize(1000, 500)
    planes.show()
    planes.set_twin(True)
    QApplication.processEvents()
    assert planes.clean is not None
    assert planes.clean.canvas.stretch == plane.canvas.stretch
    plane.zoom(1.5)
    assert planes.clean.rect() == plane.rect()


NAME = "Concentration of marker A in plasma after 24 h (\u00b5g/ml, mean of three)"


def test_numbers_are_offset_and_long_names_wrap(plane: PlaneView) -> None:
    plane.resize(700, 340)
    plane.set_scene(
        Scene(Points.of([[1.7e9, 0.0]]), Domain(1.7e9 - 80, 1.7e9 + 80, -1.0, 1.0), axis_names=("time", NAME))
    )
    QApplication.processEvents()
    bottom, left = plane.canvas.axes["bottom"], plane.canvas.axes["left"]
    assert bottom.label.toPlainText() == "time (+1.7e9)"
    strings = bottom.tickStrings([1.7e9 - 40, 1.7e9, 1.7e9 + 40], 1.0, 40.0)
    assert strings == ["\u221240", "0", "40"]
    words = left.label.toPlainText()
    assert "\n" in words
    assert words.replace("\n", " ") == NAME
    assert left.label.boundingRect().width() <= left.size().height()
    room = plane.canvas.area
    plane.canvas.zoom(400.0)
    assert plane.canvas.area == room  # the axes keep their room while one zooms
    assert bottom.label.toPlainText().startswith("time (+1.7")
