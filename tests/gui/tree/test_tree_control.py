"""The tree in the window: drawn and written at the size that is shown, and a node's region and points on the plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRectF, Qt
from pytestqt.qtbot import QtBot

from boundaryviz.gui.tools import Path
from boundaryviz.gui.tree.drawing import TreeDrawing
from boundaryviz.gui.tree.layout import places
from boundaryviz.gui.tree.view import OTHER, TreeView
from boundaryviz.gui.workbench import Workbench
from boundaryviz.learners.families.estimators import DecisionTreeClassifierSpec
from boundaryviz.scenario.scenario import Scenario
from helpers.models import blobs, make
from helpers.workbenches import DRESSED

SMALL = {"data.n": 80, "data.label_noise": 0.2}


def of(name: str) -> Scenario:
    return Scenario().with_values({**SMALL, "learner.name": name})


@pytest.fixture
def grown_beside(show: Callable[[Scenario], Workbench], qtbot: QtBot) -> Workbench:
    """A tree that stands beside the plane."""
    workbench = show(of("DecisionTreeClassifier"))
    workbench.controller.play(True)
    workbench.window.actions_["view.tree"].setChecked(True)
    qtbot.waitUntil(lambda: workbench.tree._tree is not None and bool(workbench.timeline.course._course))
    return workbench


def grown(leaves: int = 9) -> Any:
    learner = make(DecisionTreeClassifierSpec(max_leaf_nodes=leaves), data=blobs(60, 3), classes=3)
    learner.step()
    return learner.tree()


def test_nodes_stand_over_their_children_and_nowhere_twice():
    tree = grown()
    at = places(tree)
    assert len(np.unique(at, axis=0)) == len(tree)
    leaves = [node for node in range(len(tree)) if tree.is_leaf(node)]
    assert sorted(at[leaves, 0]) == list(range(len(leaves)))
    for node in set(range(len(tree))) - set(leaves):
        below = at[[tree.left[node], tree.right[node]]]
        assert below[0, 0] < at[node, 0] < below[1, 0]
        assert (below[:, 1] == at[node, 1] + 1).all()


def test_arrows_walk_over_the_tree_and_a_click_beside_it_chooses_none(qtbot: QtBot):
    drawing = TreeDrawing()
    qtbot.addWidget(drawing)
    drawing.resize(900, 500)
    tree = grown(5)
    drawing.set_tree(tree, ("x", "y"), ("a", "b", "c"))
    said: list[int] = []
    drawing.node_chosen.connect(said.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Escape):
        qtbot.keyClick(drawing, key)
    assert said == [0, int(tree.left[0]), int(tree.right[0]), 0, -1]
    qtbot.mouseClick(drawing, Qt.MouseButton.LeftButton, pos=drawing._box(0).center().toPoint())
    qtbot.mouseClick(drawing, Qt.MouseButton.LeftButton, pos=QPoint(5, 490))
    assert said[5:] == [0, -1]
    drawing.grab()


def test_a_node_clicked_shows_its_region_and_selects_its_points(grown_beside: Workbench):
    workbench = grown_beside
    view, tree, scene = workbench.tree.view, workbench.tree._tree, workbench.document.scene
    assert tree is not None
    node = int(tree.left[0])
    view.drawing._pick(node)
    feature, threshold, _ = tree.way_to(node)[0]
    points = scene.points
    inside = points.is_train & (points.x[:, feature] <= threshold)
    assert sorted(workbench.plane.selection) == sorted(points.ids[inside])
    assert len(workbench.plane.selection) == tree.count[node]
    assert f"of {tree.count[node]} points" in view.said.text()
    shape = workbench.tree.outline.shape_shown
    assert isinstance(shape, Path)
    assert shape.xy[:, feature].max() == pytest.approx(threshold)
    line = view.text.textCursor().block().text()
    assert line.startswith("if ")
    view.drawing._pick(-1)
    assert workbench.tree.outline.shape_shown is None
    assert not len(workbench.plane.selection)


def test_the_tree_is_that_of_the_size_shown_and_its_bar_gives_way_to_another_learner(
    grown_beside: Workbench, qtbot: QtBot
):
    workbench = grown_beside
    course = workbench.timeline.course
    course.show(3)
    qtbot.waitUntil(lambda: workbench.tree._tree is not None and workbench.tree._tree.leaves == 4)
    assert workbench.tree.view.text.toPlainText().count("class ") == 4
    workbench.controller.learner.choose("SVC")
    qtbot.waitUntil(lambda: workbench.tree._tree is None)
    assert workbench.tree.view.hint.text() == OTHER
    assert workbench.timeline.bar.isVisibleTo(workbench.timeline.bars)
    assert not course.bar.isVisibleTo(workbench.timeline.bars)


def test_curves_and_tree_take_turns_beside_the_plane(grown_beside: Workbench):
    workbench = grown_beside
    actions = workbench.window.actions_
    actions["view.curves"].setChecked(True)
    assert not actions["view.tree"].isChecked()
    assert workbench.curves.view.isVisible()
    actions["view.tree"].setChecked(True)
    assert not actions["view.curves"].isChecked()
    assert workbench.tree.view.isVisible()


def test_all_of_a_large_tree_is_shown_on_demand(qtbot: QtBot):
    view = TreeView()
    qtbot.addWidget(view)
    view.resize(200, 500)
    view.show()
    noise = replace(blobs(400), label=np.random.default_rng(0).integers(0, 2, 400))
    learner = make(DecisionTreeClassifierSpec(max_leaf_nodes=60, max_depth=None), data=noise, classes=2)
    learner.step()
    tree = learner.tree()
    view.set_tree(tree, ("x", "y"), ("a", "b"))

    def whole() -> bool:
        room = QRectF(view.drawing.rect())
        return all(room.contains(view.drawing._box(node)) for node in range(len(tree)))

    assert not whole(), "words can be read at first"
    view.fit.click()
    assert whole()
    view.drawing.fit()
    qtbot.mousePress(view.drawing, Qt.MouseButton.LeftButton, pos=QPoint(100, 5))
    qtbot.mouseMove(view.drawing, QPoint(130, 5))
    qtbot.mouseRelease(view.drawing, Qt.MouseButton.LeftButton, pos=QPoint(130, 5))
    assert not whole()
    qtbot.keyClick(view.drawing, Qt.Key.Key_F)
    assert whole()


@DRESSED
def test_it_fits_beside_plane_and_panels_in_a_narrow_window(grown_beside: Workbench, qtbot: QtBot):
    window = grown_beside.window
    window.actions_["view.panels"].setChecked(True)
    qtbot.wait(20)
    assert window.minimumSizeHint().width() <= 860  # other fonts are wider
