"""A tree as it is read: its cuts lead every place to the leaf that decides there, in the units of the scene."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier, export_text

from boundaryviz.learners.base import Problem
from boundaryviz.learners.families.estimators import DecisionTreeClassifierSpec, SVCSpec
from boundaryviz.learners.scaled import learner_of
from boundaryviz.learners.specs import TrainingSpec
from boundaryviz.learners.trees import Tree, number, region, within
from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.scene import Domain
from helpers.models import GRID, blobs, make, placed, taken

NAMES, CLASSES = ("x", "y"), ("red", "green", "blue")


def grown(spec: Any = None, seed: int = 0, scale: Scaling | None = None, by: float = 0.0) -> Any:
    """A tree on three blobs that overlap, which lie so far from the origin."""
    data = blobs(80, 3, seed)
    domain = Domain(-2.0 + by, 2.0 + by, -2.0 + by, 2.0 + by)
    problem = Problem(3, domain, (0,))
    learner = learner_of(spec or DecisionTreeClassifierSpec(), TrainingSpec(), problem, "cpu", scale)
    learner.set_data(placed(data, data.x + by))
    learner.step()
    return learner


@settings(max_examples=15)
@given(st.integers(0, 100), st.sampled_from((None, 1, 2, 5, 500)), st.sampled_from((0.0, 0.02)))
def test_the_cuts_lead_every_place_to_the_shares_that_are_shown_there(seed: int, stage: int | None, alpha: float):
    learner = grown(DecisionTreeClassifierSpec(ccp_alpha=alpha), seed)
    tree: Tree = learner.tree(0, stage)
    p = learner.probabilities(GRID)[0].T if stage is None else learner.staged(GRID, (stage,))[0, 0]
    found = np.zeros(len(GRID))
    for node in range(len(tree)):
        if tree.is_leaf(node):
            inside = within(tree.way_to(node), GRID)
            np.testing.assert_allclose(p[inside], np.broadcast_to(tree.share[node], (inside.sum(), 3)), atol=1e-6)
            found += inside
    assert (found == 1).all()
    assert tree.count[0] == 80
    inner = [node for node in range(len(tree)) if not tree.is_leaf(node)]
    assert all(tree.count[node] == tree.count[tree.left[node]] + tree.count[tree.right[node]] for node in inner)
    assert tree.leaves == len(inner) + 1


@pytest.mark.parametrize(("scale", "by"), [
    (Scaling(np.array([0.3, -2.0]), np.array([0.5, 4.0])), 0.0), (None, 1e4),
])  # fmt: skip
def test_cuts_are_told_in_the_units_of_the_scene(scale: Scaling | None, by: float):
    plain, other = grown().tree(), grown(scale=scale, by=by).tree()
    assert np.array_equal(plain.feature, other.feature)
    cut = plain.feature >= 0
    np.testing.assert_allclose(other.threshold[cut] - by, plain.threshold[cut], atol=1e-5)


def test_it_reads_as_scikit_learn_writes_it():
    data = blobs(80, 3)
    tree = grown(DecisionTreeClassifierSpec(max_leaf_nodes=6)).tree()
    theirs = DecisionTreeClassifier(max_leaf_nodes=6, random_state=0).fit(data.x, data.label)
    text = export_text(theirs, feature_names=list(NAMES), class_names=list(CLASSES), decimals=7)
    cuts = [line.split("--- ")[1] for line in text.splitlines() if "<=" in line]
    leaves = [line.split("class: ")[1] for line in text.splitlines() if "class: " in line]
    lines = [line.strip() for _, line in tree.lines(NAMES, CLASSES)]
    ours = [line.removeprefix("if ").removesuffix(":") for line in lines if line.startswith("if")]
    short = [f"{name} <= {number(float(value))}" for name, _, value in (cut.split() for cut in cuts)]
    assert ours == short
    assert [line.split("  ")[0] for line in lines if "points" in line or "point)" in line] == leaves
    assert lines[0].startswith("if ")
    assert lines.count("else:") == 5
    nodes = [node for node, _ in tree.lines(NAMES, CLASSES)]
    assert set(nodes) == set(range(1, len(tree)))  # each head is that of the part that it leads to


def test_a_node_s_region_holds_the_places_that_its_cuts_let_through_also_on_a_slanted_plane():
    tree = grown().tree()
    slanted = np.array([(0.8, 0.3), (-0.5, 0.9)])
    corners = np.array([(-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0)])
    for embed in (lambda places: places, lambda places: 0.1 + places @ slanted):
        for node in range(len(tree)):
            way = tree.way_to(node)
            polygon = region(way, embed, corners)
            inside = within(way, embed(GRID))
            if len(polygon) < 3:
                assert not inside.any()
                continue
            edge = np.roll(polygon, -1, axis=0) - polygon
            to = GRID[:, None] - polygon
            side = edge[:, 0] * to[..., 1] - edge[:, 1] * to[..., 0]
            assert ((side >= -1e-6).all(axis=1) == inside).mean() > 0.98  # but for places on an edge
            assert not ((side > 1e-6).all(axis=1) & ~inside).any()


def test_what_has_no_tree_hands_none_out():
    assert make(DecisionTreeClassifierSpec(), data=blobs(20)).tree() is None
    one = make(DecisionTreeClassifierSpec(), data=taken(blobs(20), blobs(20).label == 0))
    one.step()
    assert one.tree() is None
    other = make(SVCSpec(), data=blobs(20))
    other.step()
    assert other.tree() is None
