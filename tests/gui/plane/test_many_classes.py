"""Up to fifty classes: colours and symbols that tell them apart, and tools, keys and lists that reach them all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.figures.palette import CLASS_COLOURS, OKABE_ITO, SYMBOLS, class_colour, class_marker, field_image, rgb
from boundaryviz.gui.confusion.confusion import ConfusionView, worst_words
from boundaryviz.gui.plane.canvas import resolution
from boundaryviz.gui.plane.contours import class_lines
from boundaryviz.gui.plane.plane_legend import MOST, Entry, PlaneLegend
from boundaryviz.gui.plane.tool_column import ToolColumn
from boundaryviz.gui.shell.palette import CommandPalette
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import MAX_CLASSES, Domain, Points, Scene
from tools.class_colours import seen

EVERY = range(MAX_CLASSES)


def thirty() -> Scene:
    rng = np.random.default_rng(0)
    names = tuple(f"kind {k}" for k in range(30))
    return Scene(Points.of(rng.uniform(-1, 1, (90, 2)), np.arange(90) % 30), Domain(-1, 1, -1, 1), 30, names)


# ---- colours


def test_every_class_has_a_colour_and_symbol_of_its_own() -> None:
    assert len(CLASS_COLOURS) == MAX_CLASSES
    assert CLASS_COLOURS[:10] == OKABE_ITO
    assert len({class_colour(k) for k in EVERY}) == MAX_CLASSES
    assert len({(class_colour(k), class_marker(k)) for k in EVERY}) == MAX_CLASSES


def test_colours_lie_apart_also_where_cones_are_missing_and_symbols_are_the_same() -> None:
    """In Oklab the first ten, made by hand, lie 0.110 apart at least; 0.02 is about what one just sees."""
    views = seen(np.array([rgb(class_colour(k)) for k in EVERY], dtype=np.uint8))
    gaps = [np.linalg.norm(view[:, None] - view, axis=-1) for view in views]
    one, other = np.triu_indices(MAX_CLASSES, 1)
    alike = (one - other) % len(SYMBOLS) == 0
    assert gaps[0][one, other].min() >= 0.09
    assert gaps[0][one, other][alike].min() >= 0.16
    for blind in gaps[1:]:
        assert blind[one, other][alike].min() >= 0.11


def test_a_field_of_fifty_classes_shows_each_of_them() -> None:
    field = np.zeros((MAX_CLASSES, 1, MAX_CLASSES), dtype=np.float32)
    field[EVERY, 0, EVERY] = 1.0
    assert [tuple(pixel[:3]) for pixel in field_image(field)[0].tolist()] == [rgb(class_colour(k)) for k in EVERY]


def test_borders_of_many_classes_lie_half_way() -> None:
    """Of classes that are nearest to their centres in a row, the borders stand between the centres."""
    centres = np.linspace(-1, 1, 2 * MAX_CLASSES + 1)[1::2]
    x = Domain(-1, 1, -1, 1).grid(400, 4)[:, 0].reshape(4, 400)
    field = np.exp(-5.0 * np.abs(x[None] - centres[:, None, None]))
    lines = class_lines(field / field.sum(axis=0), Domain(-1, 1, -1, 1))
    found = np.unique(np.round(lines[np.isfinite(lines[:, 0]), 0], 2))
    np.testing.assert_allclose(found, (centres[1:] + centres[:-1]) / 2, atol=0.011)


def test_a_frame_of_many_classes_has_no_more_numbers_than_one_of_twenty() -> None:
    for aspect in (0.5, 1.0, 2.0):
        assert resolution(aspect, 20) == resolution(aspect)
        columns, rows = resolution(aspect, 50)
        assert columns / rows == pytest.approx(aspect, rel=0.02)
        assert 50 * columns * rows <= 1.03 * 20 * np.prod(resolution(aspect))


# ---- tools and keys


def test_keys_chooser_and_column_reach_every_class(show: Callable[[Scenario], Workbench], qtbot: QtBot) -> None:
    workbench = show(Scenario(name="thirty").with_scene(thirty()))
    actions, plane, tools = workbench.window.actions_, workbench.plane, workbench.controller.tools
    plane.setFocus()
    found = []
    for _ in range(30):
        qtbot.keyClick(plane, Qt.Key.Key_N)
        found.append(plane._label)
    assert found == [*range(1, 30), 0]
    qtbot.keyClick(plane, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert plane._label == 29
    actions["point.class-choose"].trigger()
    (chooser,) = workbench.window.findChildren(CommandPalette)
    assert len(chooser.shown) == 30
    qtbot.keyClicks(chooser.edit, "17")
    qtbot.keyClick(chooser.edit, Qt.Key.Key_Return)
    assert plane._label == 17
    for label in (0, 9, 10, 29, 4):
        actions[f"point.class-{label}"].trigger()
        assert label in tools.shown
        buttons = {one.defaultAction() for one in tools.findChildren(QToolButton) if not one.isHidden()}
        assert {actions[f"point.class-{label}"], actions["point.class-choose"]} <= buttons
        shown = [actions[f"point.class-{k}"] for k in tools.shown]
        assert all(action.isEnabled() and not action.icon().isNull() for action in shown)
    bar = workbench.window.menuBar()
    assert bar is not None
    (points,) = (menu for menu in bar.findChildren(QMenu) if menu.title() == "&Points")
    named = [action.text() for action in points.actions() if action.objectName().startswith("point.class-")]
    assert "Kind 9" in named
    assert "Kind 10" not in named


def test_the_column_takes_no_more_height_than_three_classes_need(qtbot: QtBot) -> None:
    actions = [QAction(f"{k}") for k in range(MAX_CLASSES + 1)]
    for action in actions:
        action.setCheckable(True)
    holder = QWidget()  # as in the window: by itself, a widget is never less high than its layout
    qtbot.addWidget(holder)
    column = ToolColumn([QAction("tool")], actions, QAction("more"), [QAction("other")], holder)
    column.set_classes(2)
    least = column.minimumSizeHint().height()
    column.set_classes(50)
    assert column.minimumSizeHint().height() <= least + 40  # and the way to the others
    column.resize(60, least + 40)
    holder.show()
    assert len(column.shown) == 3
    column.resize(60, 2000)
    assert len(column.shown) == 10


# ---- lists


def test_the_legend_sums_up(qtbot: QtBot) -> None:
    legend = PlaneLegend()
    qtbot.addWidget(legend)
    legend.set_entries([Entry("became", f"became {k}", k) for k in EVERY])
    assert len(legend.entries) == MOST
    assert legend.entries[-1].words == f"and {MAX_CLASSES - MOST + 1} more"
    legend.set_entries([Entry("became", f"became {k}", k) for k in range(MOST)])
    assert legend.entries[-1].words == f"became {MOST - 1}"


def test_the_confusion_matrix_scrolls_and_names_the_worst(qtbot: QtBot) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(360, 280)
    counts = np.zeros((3, 50, 50), dtype=np.int64)
    counts[:] = np.diag(np.arange(50))
    counts[1, 7, 31], counts[1, 2, 9] = 12, 3
    names = [f"kind {k}" for k in EVERY]
    view.set_matrix(counts, names)
    view.show()
    bar = view.table.horizontalScrollBar()
    assert bar is not None
    assert bar.maximum() > 0
    assert view.worst.text() == "Most often taken: kind 7 for kind 31 (12), kind 2 for kind 9 (3)."
    assert not view.worst.isHidden()
    assert worst_words(np.eye(3, dtype=np.int64), "abc") == ""
    view.set_matrix(counts[:, :2, :2], names[:2])
    assert view.worst.isHidden()
