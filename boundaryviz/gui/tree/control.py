"""Joins the probe 'tree', its tab, and the region and points of the node that is chosen on the plane."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.tree import TreeSettings
from boundaryviz.gui.plane.overlay import OutlineItem
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.tools import Path
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.tree.view import EMPTY, OTHER, TreeView
from boundaryviz.gui.widgets.theme import LIGHT
from boundaryviz.learners.families.estimators import DecisionTreeClassifierSpec
from boundaryviz.learners.trees import Tree, region, within

BESIDE = "The tree stands beside the plane. Ctrl+7 brings it back."
_FAR = 4.0  # how many times its size around the domain a region is drawn


class TreeControl(QObject):
    """Has the tree sent while its tab is at the front or stands beside the plane, at the size that the plane shows."""

    def __init__(self, window: MainWindow, plane: PlaneView, client: TrainerClient, presenter: Presenter) -> None:
        super().__init__(window)
        self._window, self._plane, self._client, self._presenter = window, plane, client, presenter
        self.view = TreeView()
        self.outline = OutlineItem(LIGHT)
        plane.canvas.box.addItem(self.outline, ignoreBounds=True)
        self.outline.setZValue(-5)  # above the field, below the points
        for themed in (self.view, self.outline):
            window.themed.connect(themed.set_theme)
        self._tree: Tree | None = None
        self._asked: TreeSettings | None = None
        self._stage: int | None = None
        self._beside = window.actions_["view.tree"]
        self._beside.toggled.connect(self._stand)
        self.view.node_chosen.connect(self._choose)
        window.result_changed.connect(self._look)
        client.probed.connect(self._take)
        client.stated.connect(self._stated)
        presenter.shown.connect(lambda _frame: self.offer())
        presenter.forgotten.connect(self.offer)
        presenter.turned.connect(self._look)
        presenter.forgotten.connect(self._forget)
        self._look()

    def show_stage(self, stage: int | None) -> None:
        """Show the tree of so many leaves; None for the one that is fitted."""
        self._stage = stage
        self._look()

    @property
    def _is_tree(self) -> bool:
        return isinstance(self._presenter.scenario.learner, DecisionTreeClassifierSpec)

    def _stand(self, beside: bool) -> None:
        window = self._window
        window.stand_beside(self.view if beside else None, BESIDE)
        if not beside:
            window.show_result(self.view)
        self.offer()

    def _look(self) -> None:
        """Ask, of the size that is shown, while somebody sees it."""
        seen = self._beside.isChecked() or self._window.result_shown() is self.view
        wanted = TreeSettings(self._stage) if seen else None
        if wanted == self._asked:
            return
        self._asked = wanted
        if wanted is None:
            self._client.unsubscribe("tree")
            self.outline.show_shape(None)
        else:
            self._client.subscribe("tree", wanted)
            self._show_node(self.view.drawing.chosen)

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def offer(self) -> None:
        """The tab is there while the learner is a tree, or the view stands beside the plane."""
        self._window.offer_result(self.view, self._is_tree or self._beside.isChecked())
        if self._tree is not None and not self._is_tree:
            self._forget()

    def _forget(self) -> None:
        self._tree = None
        self.outline.show_shape(None)
        self.view.clear(EMPTY if self._is_tree else OTHER)

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe != "tree" or said.key.past != self._presenter.number or self._asked is None:
            return
        tree, scene = said.value, self._presenter.scene
        if tree is None or tree.share.shape[1] != scene.classes:
            return  # a class has just come or gone
        self._tree = tree
        inputs = [scene.input_name(k) for k in range(scene.points.width)]
        self.view.set_tree(tree, inputs, [scene.class_name(k) for k in range(scene.classes)])
        self._show_node(self.view.drawing.chosen)

    def _choose(self, node: int) -> None:
        """Show a node, and select the training points that lie in it."""
        self._show_node(node)
        tree, scene = self._tree, self._presenter.scene
        if tree is not None and 0 <= node < len(tree):
            points = scene.points
            inside = within(tree.way_to(node), points.x) & points.is_train & scene.seen() & points.is_labelled
            self._plane.select(points.ids[inside])
        else:
            self._plane.select(np.empty(0, dtype=np.int64))

    def _show_node(self, node: int) -> None:
        """Its region on the plane, and what it decides in words."""
        tree, scene = self._tree, self._presenter.scene
        if tree is None or self._asked is None:
            return
        if not 0 <= node < len(tree):
            self.outline.show_shape(None)
            leaves = f"{tree.leaves:,} {'leaves' if tree.leaves != 1 else 'leaf'}"
            self.view.say(f"{leaves}. Click a node to see its region and its points.")
            return
        cuts, domain = tree.way_to(node), scene.domain
        wide, high = _FAR * domain.width, _FAR * domain.height
        sides = [(domain.left - wide, domain.right + wide), (domain.bottom - high, domain.top + high)]
        corners = np.array([(sides[0][i], sides[1][j]) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))])
        shape = region(cuts, scene.embed, corners)
        self.outline.show_shape(Path(shape) if len(shape) > 2 else None)
        self.view.say(self._words(tree, node, cuts))

    def _words(self, tree: Tree, node: int, cuts: list[tuple[int, float, bool]]) -> str:
        scene = self._presenter.scene
        classes = [scene.class_name(k) for k in range(scene.classes)]
        kind = "Leaf" if tree.is_leaf(node) else "Node"
        return f"{kind}, {len(cuts)} cut{'s' * (len(cuts) != 1)} deep: {tree.leaf_words(node, classes)}"
