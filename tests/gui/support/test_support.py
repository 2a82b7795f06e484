"""Support vectors and margins on the plane, against scikit-learn's own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from sklearn.svm import SVC

from boundaryviz.engine.session import Session
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move

SMALL = {"data.n": 60, "data.label_noise": 0.1, "learner.name": "SVC"}


def of(**values: object) -> Scenario:
    return Scenario().with_values({**SMALL, **{name.replace("__", "."): value for name, value in values.items()}})


@pytest.mark.parametrize("scale", ["as-is", "standardised"])
@pytest.mark.parametrize("data", ["moons", "blobs"])
def test_the_support_vectors_are_scikit_learn_s_by_the_ids_of_their_points(data: str, scale: str):
    session = Session(of(data__name=data, data__input_scale=scale, learner__C=2.0), device="cpu")
    assert session.support() is None
    session.step()
    points = session.scene.points
    x, label = points.x[points.is_train], points.label[points.is_train]
    if scale == "standardised":
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    theirs = SVC(C=2.0).fit(x, label)
    found = session.support()
    assert found is not None
    ids, bound = found
    assert np.array_equal(ids, np.sort(points.ids[points.is_train][theirs.support_]))
    inside = np.abs(theirs.dual_coef_).max(axis=0) > 2.0 - 1e-6
    assert set(ids[bound]) == set(points.ids[points.is_train][theirs.support_[inside]])


def test_what_has_no_support_vectors_names_none():
    session = Session(of(learner__name="KNeighborsClassifier"), device="cpu")
    session.step()
    assert session.support() is None


@pytest.fixture
def machine(show: Callable[[Scenario], Workbench], qtbot: QtBot) -> Workbench:
    """A linear machine with its support vectors shown."""
    workbench = show(of(learner__kernel="linear"))
    workbench.controller.play(True)
    workbench.window.actions_["view.support"].setChecked(True)
    qtbot.waitUntil(lambda: len(workbench.support.rings.xy) > 0 and len(workbench.support.margin.lines) > 0)
    return workbench


def test_the_margins_run_where_the_score_is_one_and_free_support_vectors_lie_on_them(machine: Workbench):
    support, scene = machine.support, machine.document.scene
    points = scene.points
    theirs = SVC(kernel="linear").fit(points.x[points.is_train], points.label[points.is_train])
    lines = support.margin.lines[np.isfinite(support.margin.lines).all(axis=1)]
    np.testing.assert_allclose(np.abs(theirs.decision_function(lines)), 1.0, atol=0.05)
    free = support.rings.xy[~support.rings._thin]
    np.testing.assert_allclose(np.abs(theirs.decision_function(free)), 1.0, atol=1e-2)


def test_a_ring_follows_its_point_and_all_is_gone_with_the_switch_and_another_learner(machine: Workbench, qtbot: QtBot):
    support, document = machine.support, machine.document
    found = support._support
    assert found is not None
    at = document.scene.points.positions(found.ids[:1])
    place = document.scene.points.xy[at] + 0.05
    assert (np.abs(support.rings.xy - document.scene.points.xy[at]).max(axis=1) < 1e-9).any()
    document.preview(Move(found.ids[:1], place))
    assert (np.abs(support.rings.xy - place).max(axis=1) < 1e-9).any()
    document.drop_preview()
    machine.controller.learner.choose("KNeighborsClassifier")
    qtbot.waitUntil(lambda: not len(support.rings.xy) and not len(support.margin.lines))
    machine.window.actions_["view.support"].setChecked(False)
    assert not support.rings.isVisible()
