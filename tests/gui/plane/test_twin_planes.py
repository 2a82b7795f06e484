"""Both planes: one hand, one place, one selection; and how they are compared on one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.point_layer import GHOST
from boundaryviz.gui.plane.twin_planes import TWIN_VIEWS, TwinPlanes
from boundaryviz.gui.tools import AddTool, BrushTool
from boundaryviz.gui.widgets.theme import DARK
from boundaryviz.scene.edits import Add, Edit, Move, apply
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.qtest import QTest

SCENE = Scene(
    Points.of([[0.0, 0.0], [2.0, 1.0], [-2.0, 2.0]], [0, 1, -1], origin=[0, 0, 1], first_id=10), Domain(-4, 4, -4, 4)
)
ZERO, ONE = np.zeros((64, 64), np.float32), np.ones((64, 64), np.float32)
HALF = np.tile((np.arange(64) >= 32).astype(np.float32), (64, 1))


@pytest.fixture
def planes(qtbot: QtBot) -> TwinPlanes:
    lead = PlaneView()
    made = TwinPlanes(lead)
    qtbot.addWidget(made)
    made.resize(1000, 500)
    with qtbot.waitExposed(made):
        made.show()
    lead.set_scene(SCENE)
    made.set_scene(SCENE)
    QApplication.processEvents()
    return made


def side_by_side(planes: TwinPlanes) -> PlaneView:
    planes.set_twin(True)
    QApplication.processEvents()
    assert planes.clean is not None
    return planes.clean


def mouse(plane: PlaneView, kind: str, place: tuple[float, float]) -> None:
    viewport = plane.canvas.viewport()
    assert viewport is not None
    at = plane.canvas.to_pixel(*place)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    event = QMouseEvent(
        getattr(QMouseEvent.Type, "MouseMove" if kind in ("Move", "Hover") else f"MouseButton{kind}"),
        at, QPointF(viewport.mapToGlobal(at.toPoint())), none if kind in ("Move", "Hover") else left,
        none if kind in ("Release", "Hover") else left, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def hear(plane: PlaneView) -> list[tuple[str, object]]:
    heard: list[tuple[str, object]] = []
    plane.previewed.connect(lambda edit: heard.append(("preview", edit)))
    plane.committed.connect(lambda edit, _text: heard.append(("commit", edit)))
    plane.cancelled.connect(lambda: heard.append(("cancel", None)))
    return heard


def test_the_second_plane_is_made_when_it_is_first_shown(planes: TwinPlanes) -> None:
    assert planes.clean is None
    assert planes.strip.isHidden()
    planes.set_view("overlay")
    planes.set_twin(True)
    assert planes.clean is None
    assert not planes.strip.isHidden()
    planes.set_view("side")
    assert planes.clean is not None
    assert planes.clean.isVisible()
    planes.set_twin(False)
    assert not planes.clean.isVisible()
    assert planes.strip.isHidden()


def test_both_planes_show_one_place(planes: TwinPlanes) -> None:
    planes.plane.zoom(3.0)
    clean = side_by_side(planes)
    lead = planes.plane

    def together() -> bool:
        a, b = lead.rect(), clean.rect()
        return max(abs(a.left - b.left), abs(a.top - b.top), abs(a.width - b.width)) < 0.03

    assert together()
    assert lead.rect().width < 8.0, "showing the twin does not zoom out"
    before = lead.rect()
    clean.canvas.zoom(2.0, QPointF(50.0, 80.0))
    assert together()
    assert lead.rect().width < before.width
    lead.canvas.pan_by(30.0, -20.0)
    assert together()
    lead.fit()
    QApplication.processEvents()
    assert together()
    planes.resize(1200, 640)
    QApplication.processEvents()
    assert together()
    assert lead.rect().left <= -4 <= 4 <= lead.rect().right


def test_a_stroke_in_the_clean_plane_is_the_poisoned_planes(planes: TwinPlanes) -> None:
    clean, heard = side_by_side(planes), hear(planes.plane)
    mouse(clean, "Press", (2.0, 1.0))
    mouse(clean, "Move", (3.0, -1.0))
    mouse(clean, "Release", (3.0, -1.0))
    kinds = [kind for kind, _ in heard]
    assert kinds[-1] == "commit"
    assert set(kinds[:-1]) == {"preview"}
    edit = heard[-1][1]
    assert isinstance(edit, Move)
    np.testing.assert_allclose(edit.xy, [[3.0, -1.0]], atol=0.05)
    assert planes.plane.selection.tolist() == clean.selection.tolist() == [11]


def test_the_tool_class_and_poison_are_those_of_the_lead(planes: TwinPlanes) -> None:
    clean, heard = side_by_side(planes), hear(planes.plane)
    planes.plane.set_tool(AddTool())
    planes.plane.set_label(1)
    planes.plane.set_poison(True)
    mouse(clean, "Press", (-3.0, -3.0))
    mouse(clean, "Release", (-3.0, -3.0))
    edit = heard[-1][1]
    assert isinstance(edit, Add)
    assert edit.points.label.tolist() == [1]
    assert edit.points.is_poison.all()


def test_another_tool_leaves_nothing_of_the_last_on_the_clean_plane(planes: TwinPlanes) -> None:
    clean = side_by_side(planes)
    planes.plane.set_tool(BrushTool())
    mouse(clean, "Hover", (1.0, 1.0))
    assert clean.marks.outline.shape_shown is not None
    planes.plane.set_tool(AddTool())
    assert clean.marks.outline.shape_shown is None
    assert clean.tool is planes.plane.tool


def test_escape_on_the_lead_ends_a_stroke_in_the_clean_plane(planes: TwinPlanes) -> None:
    clean, heard = side_by_side(planes), hear(planes.plane)
    planes.plane.set_tool(BrushTool())
    mouse(clean, "Press", (-3.0, -3.0))
    QTest.keyClick(planes.plane, Qt.Key.Key_Escape)
    assert heard[-1][0] == "cancel"
    assert not planes.plane.tool.active
    mouse(clean, "Release", (-3.0, -3.0))
    assert heard[-1][0] == "cancel"


def test_selections_are_one(planes: TwinPlanes) -> None:
    clean = side_by_side(planes)
    told: list[list[int]] = []
    planes.plane.selection_changed.connect(lambda ids: told.append(sorted(ids.tolist())))
    planes.plane.select(np.array([10]))
    assert clean.selection.tolist() == [10]
    clean.select(np.array([11, 12]))
    assert planes.plane.selection.tolist() == [11, 12]
    planes.set_selection([12])
    assert clean.selection.tolist() == [12]
    assert told[0] == [10]
    assert told[-1] == [11, 12]


def test_the_keyboard_stays_with_the_lead(planes: TwinPlanes, qtbot: QtBot) -> None:
    clean = side_by_side(planes)
    planes.buttons["flips"].setFocus()
    clean.setFocus()
    qtbot.waitUntil(planes.plane.hasFocus)


def test_poison_is_faint_where_the_model_does_not_see_it(planes: TwinPlanes) -> None:
    clean = side_by_side(planes)
    for plane, opacity in ((planes.plane, 1.0), (clean, GHOST)):
        plane.grab()
        table = plane.points.drawn
        poison = SCENE.points.is_poison[plane.points.order]
        assert table[poison, 9].tolist() == [opacity]
        assert (table[~poison, 9] == 1.0).all()


def test_the_pointer_shows_in_the_other_plane(planes: TwinPlanes) -> None:
    clean = side_by_side(planes)
    places: list[object] = []
    planes.hovered.connect(places.append)
    planes.set_fields(ONE, ZERO, Domain(-4, 4, -4, 4))
    clean.hovered.emit((1.0, 2.0))
    assert planes.cursor_.place == (1.0, 2.0)
    assert planes.value_at(1.0, 2.0) == 0.0, "the value is that of the plane under the pointer"
    clean.hovered.emit(None)
    assert planes.cursor_.place is None
    planes.plane.hovered.emit((0.5, 0.5))
    assert planes.value_at(0.5, 0.5) == 1.0
    assert places == [(1.0, 2.0), None, (0.5, 0.5)]
    planes.grab()


def pixels(planes: TwinPlanes) -> np.ndarray:
    shown = planes.plane.field_layer.image.pixels
    assert shown is not None
    return shown


def test_each_view_draws_what_it_promises(planes: TwinPlanes) -> None:
    rect, layer = SCENE.domain, planes.plane.field_layer
    vertices = lambda item: np.isfinite(item.getData()[0]).sum() if item.getData()[0] is not None else 0  # noqa: E731
    planes.set_twin(True)
    planes.set_fields(ONE, HALF, rect)
    alone = pixels(planes)
    assert vertices(layer.clean_boundary) == 0
    planes.set_view("overlay")
    planes.set_fields(ONE, HALF, rect)
    assert np.array_equal(pixels(planes), alone)
    assert vertices(layer.clean_boundary) > 10
    x, _ = layer.clean_boundary.getData()
    assert np.isnan(x).sum() > 5, "the clean twin's boundary is dashed"
    planes.set_view("flips")
    planes.set_fields(ONE, HALF, rect)
    left, right = np.split(pixels(planes), 2, axis=1)
    assert len(np.unique(left.reshape(-1, 4), axis=0)) == 2, "colour and stripes of the class it became"
    assert len(np.unique(right.reshape(-1, 4), axis=0)) == 1
    planes.set_fields(ONE, HALF, rect, unit=True)
    assert vertices(layer.clean_boundary) == 0, "a hidden unit has no flip region"
    planes.set_view("floor")
    planes.set_floor((ONE[:8, :8], ZERO[:8, :8], rect))
    planes.set_fields(ONE, HALF, rect)
    assert vertices(layer.boundary) == 0
    assert planes.floor_at(0.0, 0.0) == (1.0, 0.0)
    assert planes.floor_at(9.0, 0.0) is None
    planes.set_floor(None)
    assert planes.floor_at(0.0, 0.0) is None
    planes.set_twin(False)
    planes.set_fields(ONE, None, rect)
    assert np.array_equal(pixels(planes), alone)


def test_the_legend_names_what_is_drawn(planes: TwinPlanes) -> None:
    words = lambda: [entry.words for entry in planes.legend.entries]  # noqa: E731
    planes.set_twin(True)
    assert not words()
    planes.set_view("overlay")
    assert words() == ["poisoned", "clean twin"]
    planes.set_view("flips")
    assert words() == ["poisoned", "clean twin", "became class 0", "became class 1"]
    planes.set_scene(SCENE, undecided=True)
    assert words()[-1] == "became undecided"
    planes.set_view("floor")
    assert not words()
    planes.set_floor((ONE, ZERO, SCENE.domain))
    assert len(words()) == 2
    for theme in (None, DARK):
        if theme:
            planes.set_theme(theme)
        for view in TWIN_VIEWS:
            planes.set_view(view)
            planes.grab()
    planes.set_twin(False)
    assert not words()


def test_buttons_ask_and_wait_to_be_told(planes: TwinPlanes) -> None:
    asked: list[str] = []
    planes.view_chosen.connect(asked.append)
    planes.set_twin(True)
    planes.buttons["flips"].click()
    assert asked == ["flips"]
    assert planes.view == "side"


def test_looks_reach_a_plane_that_comes_later(planes: TwinPlanes) -> None:
    look: Callable[[PlaneView], None] = lambda plane: plane.set_show_held_out(False)  # noqa: E731
    planes.set_look("held-out", look)
    clean = side_by_side(planes)
    held = Scene(SCENE.points.with_columns(split=[0, 1, 2]), SCENE.domain)
    planes.set_scene(held)
    assert clean.points.order.tolist() == [0]


def test_an_edit_of_another_reaches_the_clean_plane(planes: TwinPlanes) -> None:
    clean = side_by_side(planes)
    edit: Edit = Move(np.array([10]), np.array([[1.0, 1.0]]))
    planes.set_scene(apply(edit, SCENE)[0])
    assert clean.scene.points.xy[0].tolist() == [1.0, 1.0]


def test_the_headline_stands_over_the_planes_while_there_is_a_twin(planes: TwinPlanes) -> None:
    assert planes.headline.isHidden()
    planes.set_twin(True)
    planes.headline.say("9.7 %", "flipped by 0.2 % of the data", "attack success 100 %")
    assert planes.headline.isVisible()
    height, size = planes.headline.height(), planes.plane.size()
    planes.headline.say("", "No poison yet: the clean twin and the model are the same.")
    QApplication.processEvents()
    assert (planes.headline.height(), planes.plane.size()) == (height, size), "nothing jumps"
    planes.headline.grab()
    planes.set_headline(False)
    assert planes.headline.isHidden()


def test_both_planes_are_laid_out_by_the_shape_of_the_data(planes: TwinPlanes) -> None:
    clean, lead = side_by_side(planes), planes.plane

    def place(plane: PlaneView) -> tuple[int, int]:
        at = plane.mapTo(planes, QPoint(0, 0))
        return at.x(), at.y()

    assert place(clean)[1] == place(lead)[1]
    planes.resize(500, 1000)
    QApplication.processEvents()
    assert place(clean)[0] == place(lead)[0]
    assert place(clean)[1] < place(lead)[1]
    planes.resize(1000, 1000)
    QApplication.processEvents()
    assert lead.height() < 1.6 * lead.width(), "no long slots for data that is square"
    planes.set_view("overlay")
    QApplication.processEvents()
    assert lead.width() > 900
    planes.set_scale(1.5)
    QApplication.processEvents()
    lead.grab()
    assert lead.points.drawn[:, 6].max() * lead.points._atlas.ratio == pytest.approx(1.5)


def test_a_tool_that_draws_may_begin_on_the_legend(planes: TwinPlanes) -> None:
    legend, plane = planes.classes, planes.plane
    assert legend.isVisible()
    under = planes.plane.canvas.childAt(legend.geometry().center())
    assert under is legend, "which can be folded and dragged"
    plane.set_tool(AddTool())
    assert plane.canvas.childAt(legend.geometry().center()) is not legend
