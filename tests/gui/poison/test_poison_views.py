"""What the window shows of poison: rings and crosses, guides, circles, editors of places, the list of groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from boundaryviz.attacks.specs import ATTACKS, BridgeSpec
from boundaryviz.figures.palette import GROUPS, OKABE_ITO, group_colour, rgb
from boundaryviz.gui.plane.guides import draw_note
from boundaryviz.gui.plane.overlay import Banner
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.point_layer import MANY, density_picture
from boundaryviz.gui.plane.symbols import ACTS, MUTED, RESTS, WITHDRAWN, Style, paint_symbol, rings
from boundaryviz.gui.poison.group_list import GroupEntry, GroupList
from boundaryviz.gui.tools import BridgeTool, Guide, Handle
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.theme import DARK, LIGHT, THEMES, Theme
from boundaryviz.scene.edits import Recolumn
from boundaryviz.scene.scene import Domain, Group, Points, Scene, Split, Target
from helpers.qtest import QTest

DOMAIN = Domain(-2.0, 2.0, -1.0, 1.0)
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def plane(qtbot: QtBot) -> PlaneView:
    plane = PlaneView()
    qtbot.addWidget(plane)
    plane.resize(800, 500)
    with qtbot.waitExposed(plane):
        plane.show()
    QApplication.processEvents()
    return plane


def picture_of(style: Style, theme: Theme = LIGHT) -> QImage:
    image = QImage(60, 60, QImage.Format.Format_ARGB32)
    image.fill(QColor(theme.plane))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(30, 30)
    paint_symbol(painter, style, theme)
    painter.end()
    return image


def count_near(image: QImage, colour: str, within: int = 40) -> int:
    pixels = np.array(image.constBits().asarray(image.sizeInBytes()), dtype=int).reshape(-1, 4)[:, 2::-1]
    return int((np.abs(pixels - rgb(colour)).max(axis=1) <= within).sum())


# ---- symbols


def test_the_groups_colours_differ_and_are_no_class_s() -> None:
    assert len(set(GROUPS)) == 8
    assert not set(GROUPS) & set(OKABE_ITO)
    assert group_colour(1) == group_colour(9) == GROUPS[0]


def test_rings_say_which_group_and_whether_it_acts() -> None:
    points = Points.of(np.zeros((6, 2)), origin=[0, 1, 2, -1, -2, 9])
    assert rings(points, frozenset({1, 9})).tolist() == [0, ACTS, RESTS + 1, WITHDRAWN, 0, ACTS]
    assert rings(points, frozenset()).tolist() == [0, RESTS, RESTS + 1, 0, 0, RESTS]


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
def test_poison_that_rests_is_paler_and_what_is_muted_or_withdrawn_is_faint(theme: Theme) -> None:
    acts, rests, gone = (
        count_near(picture_of(Style(0, 0, 0, ring), theme), GROUPS[0]) for ring in (ACTS, RESTS, WITHDRAWN)
    )
    assert acts > 2 * rests
    assert acts > 2 * gone > 0
    full, muted = (count_near(picture_of(Style(0, 0, flags), theme), OKABE_ITO[0]) for flags in (0, MUTED))
    assert full > 50
    assert not muted
    middle = picture_of(Style(0, 0, MUTED), theme).pixelColor(30, 30)
    assert np.abs(np.subtract(middle.getRgb()[:3], rgb(theme.ink))).max() < 60  # where the strokes cross


def test_the_plane_follows_switches_of_groups_and_of_all_poison(plane: PlaneView) -> None:
    scene = Scene(Points.of(np.zeros((3, 2)), origin=[0, 1, 2]), DOMAIN)
    kinds = lambda: [Style.decode(code).ring for code in plane.points.codes]  # noqa: E731
    plane.set_scene(scene)
    assert kinds() == [0, ACTS, ACTS + 1]
    plane.set_scene(replace(scene, groups=(Group(on=False),)))
    assert kinds() == [0, RESTS, ACTS + 1]
    plane.set_scene(replace(scene, poison_on=False))
    assert kinds() == [0, RESTS, RESTS + 1]
    muted = scene.points.with_columns(muted=[True, False, False])
    plane.set_scene(replace(scene, points=muted))
    assert [Style.decode(code).flags for code in plane.points.codes] == [MUTED, 0, 0]


def test_labelled_poisoned_and_muted_points_stand_above_the_density(plane: PlaneView) -> None:
    n = 2 * MANY + 4
    label, split, origin, muted = (np.zeros(n, dtype=int) for _ in range(4))
    label[: MANY + 3] = -1  # an unlabelled crowd, ...
    split[MANY + 4 :] = Split.VALIDATION  # one labelled point, and held-out ones that nobody sees
    origin[0], muted[1] = 1, 1
    points = Points.of(np.zeros((n, 2)), label, split, origin).with_columns(muted=muted.astype(bool))
    plane.set_show_held_out(False)
    plane.set_scene(Scene(points, DOMAIN))
    assert len(plane.points.crowd) == MANY + 1
    assert sorted(plane.points.order.tolist()) == [0, 1, MANY + 3]
    plane.set_show_held_out(True)
    assert MANY + 3 in plane.points.order


def test_a_crowd_of_poison_has_its_group_s_colour() -> None:
    picture = density_picture(np.zeros((3, 2), dtype=int), np.array([102, 102, 102]), 1, 1, "#000000")
    assert tuple(picture[0, 0, :3]) == rgb(GROUPS[1])


# ---- guides


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_a_guide_shows_path_handles_and_note_and_goes(plane: PlaneView, theme: Theme) -> None:
    plane.set_theme(theme)
    plane.set_scene(Scene(Points.of([[1.9, 0.9]], 0), DOMAIN))
    bare = plane.grab().toImage()
    guide = Guide(
        np.array([[-1.0, 0.0], [1.0, 0.0]]), (Handle("bend", 0.0, 0.0), Handle("source", -1.0, 0.0, 1, hot=True)),
        "10 points, 0.2 %", (0.5, 0.5), 2,
    )  # fmt: skip
    plane.marks.show_shape(guide)
    shown = plane.grab().toImage()
    assert shown != bare
    at = plane.canvas.mapTo(plane, plane.canvas.to_pixel(0.0, 0.0).toPoint())
    assert shown.pixelColor(at).name() == "#ffffff"  # the handle
    row = np.array([shown.pixelColor(at.x() + dx, at.y()).getRgb()[:3] for dx in range(20, 60)])
    assert np.abs(row - rgb(group_colour(2))).max(axis=1).min() < 45
    plane.marks.show_shape(None)
    assert plane.grab().toImage() == bare


@pytest.mark.parametrize("at", [(5.0, 5.0), (395.0, 5.0), (395.0, 295.0), (200.0, 150.0)])
@pytest.mark.parametrize("words", ["10 points", "The target lies outside the plane. " * 4])
def test_a_note_stays_within_the_plane(qapp: QApplication, at: tuple[float, float], words: str) -> None:
    image, room = QImage(400, 300, QImage.Format.Format_ARGB32), QRectF(0.0, 0.0, 400.0, 300.0)
    painter = QPainter(image)
    box = draw_note(painter, words, QPointF(*at), room, LIGHT)
    painter.end()
    assert room.contains(box)
    assert not box.contains(QPointF(*at))


def test_circles_follow_the_pointer(plane: PlaneView) -> None:
    plane.set_scene(Scene(Points.of([[1.9, 0.9]], 0), DOMAIN))
    bare = plane.grab().toImage()
    plane.marks.jitter.set_radii((("weak jitter 0.5", 0.5),))
    assert plane.grab().toImage() == bare  # the pointer is elsewhere
    plane.marks.jitter.move_to((0.0, 0.0))
    shown = plane.grab().toImage()
    edge = plane.canvas.mapTo(plane, plane.canvas.to_pixel(-0.5, 0.0).toPoint())
    line = {shown.pixelColor(edge.x() + dx, edge.y()).name() for dx in (-1, 0, 1)}
    assert line != {LIGHT.plane}
    plane.marks.jitter.move_to(None)
    assert plane.grab().toImage() == bare


# ---- the plane hands gestures on


def press(plane: PlaneView, place: tuple[float, float], button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
    viewport = plane.canvas.viewport()
    assert viewport is not None
    at = plane.canvas.to_pixel(*place)
    for kind, held in (
        (QMouseEvent.Type.MouseButtonPress, button), (QMouseEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)
    ):  # fmt: skip
        event = QMouseEvent(kind, at, QPointF(viewport.mapToGlobal(at.toPoint())), button, held, keys)
        QApplication.sendEvent(viewport, event)


def test_alt_click_mutes_whatever_the_tool(plane: PlaneView) -> None:
    heard: list[tuple[object, str]] = []
    plane.committed.connect(lambda edit, text: heard.append((edit, text)))
    plane.set_scene(Scene(Points.of([[0.0, 0.0]], 0), DOMAIN))
    for tool in (plane.tool, BridgeTool()):
        plane.set_tool(tool)
        press(plane, (0.0, 0.0), Qt.MouseButton.LeftButton, ALT)
    assert [text for _, text in heard] == ["Mute point"] * 2
    assert all(isinstance(edit, Recolumn) for edit, _ in heard)
    assert not plane.tool.active


def test_a_right_click_on_a_pin_asks_for_its_menu(plane: PlaneView) -> None:
    pins, points = [], []
    plane.pin_context_requested.connect(lambda _at, number: pins.append(number))
    plane.context_requested.connect(lambda _at, ids: points.append(ids))
    plane.set_scene(Scene(Points.of([[0.0, 0.0]], 0), DOMAIN, targets=(Target(1.0, 0.5, 0), Target(0.0, 0.0, 1))))
    for place in ((0.02, 0.0), (-1.0, -0.5), (1.0, 0.5)):
        press(plane, place, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier)
    assert pins == [1, 0]
    assert len(points) == 1


def change(plane: PlaneView, place: tuple[float, float], keys: Qt.KeyboardModifier) -> None:
    at, viewport = plane.canvas.to_pixel(*place), plane.canvas.viewport()
    assert viewport is not None
    event = QWheelEvent(
        at, QPointF(viewport.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def test_ctrl_and_the_wheel_zoom_unless_a_tool_takes_them(plane: PlaneView) -> None:
    heard: list[str] = []
    plane.committed.connect(lambda _edit, text: heard.append(text))
    plane.set_attack(BridgeSpec(count=10, source=(-1.0, 0.0), target=(1.0, 0.0), snap=False))
    plane.set_scene(Scene(Points.of([[-1.0, 0.0], [1.0, 0.2]], [0, 1]), DOMAIN))
    plane.set_tool(BridgeTool())
    rect = plane.rect()
    change(plane, (0.3, 0.0), CTRL)
    assert heard == ["Set points"]
    assert plane.rect() == rect
    change(plane, (0.3, 0.0), Qt.KeyboardModifier.NoModifier)
    assert heard == ["Set points"]
    assert plane.rect() != rect


def test_another_tool_takes_the_guide_and_the_words_away(plane: PlaneView) -> None:
    plane.set_attack(BridgeSpec(count=10, source=(-1.0, 0.0), target=(1.0, 0.0), snap=False))
    plane.set_scene(Scene(Points.of([[-1.0, 0.0], [1.0, 0.2]], [0, 1]), DOMAIN))
    select = plane.tool
    plane.set_tool(BridgeTool())
    assert plane.marks.guide.shown is not None
    assert not plane.marks.words.isHidden()
    plane.set_tool(select)
    assert plane.marks.guide.shown is None
    assert plane.marks.words.isHidden()


@pytest.mark.parametrize("at_bottom", [False, True])
def test_a_sentence_takes_one_line_where_there_is_room_for_it(plane: PlaneView, at_bottom: bool) -> None:
    banner, words = Banner(plane.canvas, at_bottom), "Click to start a bridge at this point of class 0."
    banner.set_theme(LIGHT)
    heights = []
    for _ in range(2):  # the first time as the second
        banner.say(words, plane.canvas.area)
        heights.append(banner.height())
        assert plane.canvas.area.contains(QRectF(banner.geometry()))
    assert heights[0] == heights[1] < 3 * banner.fontMetrics().lineSpacing()
    banner.say(words, QRectF(0.0, 0.0, 160.0, 400.0))
    assert banner.height() > heights[0]


# ---- the panel's parts


@pytest.mark.parametrize("spec_type", ATTACKS.values(), ids=ATTACKS)
def test_every_attack_has_a_form_of_all_its_settings(qtbot: QtBot, spec_type: Any) -> None:
    form = SpecForm(spec_type, "poison", skip=("attack",))
    qtbot.addWidget(form)
    assert set(form.paths) == {f"poison.{name}" for name in spec_type.model_fields if name != "attack"}
    form.set_values(spec_type())


def test_places_are_typed_and_left_to_the_program(qtbot: QtBot) -> None:
    form = SpecForm(BridgeSpec, skip=("attack",))
    qtbot.addWidget(form)
    form.show()
    heard: list[tuple[str, object]] = []
    form.changed.connect(lambda path, value: heard.append((path, value)))
    place, several = form.editor("target"), form.editor("via")
    x, y = place.edits
    QTest.keyClicks(x, "0.5")
    QTest.keyClick(x, Qt.Key.Key_Return)
    assert heard == []  # half a place is none
    QTest.keyClicks(y, "-1")
    QTest.keyClick(y, Qt.Key.Key_Return)
    assert heard.pop() == ("target", (0.5, -1.0))
    assert not place.button.isChecked()
    QTest.keyClick(y, Qt.Key.Key_Up)
    assert heard.pop() == ("target", (0.5, -0.99))
    y.selectAll()
    QTest.keyClicks(y, "north")
    QTest.keyClick(y, Qt.Key.Key_Return)
    assert "two numbers" in form.problem("target")
    place.button.click()
    assert heard.pop() == ("target", None)
    QTest.keyClicks(several.edit, "0, 1; 0.5 2")
    QTest.keyClick(several.edit, Qt.Key.Key_Return)
    assert heard.pop() == ("via", ((0.0, 1.0), (0.5, 2.0)))
    several.edit.selectAll()
    QTest.keyClicks(several.edit, "0; 1")
    QTest.keyClick(several.edit, Qt.Key.Key_Return)
    assert "0.5, 1; 1.2, 0.4" in form.problem("via")
    assert heard == []


def test_the_list_of_groups_says_what_was_asked_of_which(qtbot: QtBot) -> None:
    view = GroupList()
    qtbot.addWidget(view)
    view.show()
    heard: list[tuple[object, ...]] = []
    for name in ("renamed", "switched", "selected", "deleted"):
        getattr(view, name).connect(lambda *given, name=name: heard.append((name, *given)))
    assert view.empty.isVisible()
    view.set_entries([GroupEntry(1, "Bridge", 10, True, True), GroupEntry(3, "Junk", 5, False, False)])
    assert not view.empty.isVisible()
    line = view.lines[3]
    assert not line.box.isChecked()
    line.box.click()
    line.select.click()
    line.delete.click()
    line.name.selectAll()
    QTest.keyClicks(line.name, "Rubbish")
    QTest.keyClick(line.name, Qt.Key.Key_Return)
    line.name.clear()  # no name keeps the old one
    line.name.setModified(True)
    QTest.keyClick(line.name, Qt.Key.Key_Return)
    assert line.name.text() == "Junk"
    assert heard == [("switched", 3, True), ("selected", 3), ("deleted", 3), ("renamed", 3, "Rubbish")]
    kept = view.lines[1]
    view.set_entries([GroupEntry(1, "Bridge", 11, True, True), GroupEntry(3, "Rubbish", 5, True, False)])
    assert view.lines[1] is kept  # nothing is made anew while one types
    assert kept.count.text() == "11"
    view.set_entries([])
    assert not view.lines
