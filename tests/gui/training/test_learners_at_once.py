"""Learners that are fitted at once, in the window."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.gui.workbench import Workbench
from boundaryviz.learners.family import Family
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario
from helpers.there import there

FITTED = [*(name for name, family in FAMILIES.items() if family.at_once), "GaussianNB"]  # which is not listed


@pytest.fixture
def workbench(show: Callable[[Scenario], Workbench]) -> Workbench:
    return show(Scenario().with_values({"data.n": 60, "data.labels_per_class": 3}))


def test_chosen_and_stepped_each_is_shown_and_what_does_not_apply_is_switched_off(workbench: Workbench, qtbot: QtBot):
    rows, presenter = workbench.controller.training, workbench.controller.presenter
    shown_at = lambda step: (frame := presenter.frame) is not None and frame.step == step  # noqa: E731
    for name in FITTED:
        qtbot.waitUntil(lambda: shown_at(0))  # a net, so that what is shown after a step is not of the one before
        workbench.controller.learner.changed.emit("learner.name", name)
        assert workbench.document.scenario.learner.name == name
        assert rows._row("training.learning_rate").reason, name
        workbench.client.step()
        qtbot.waitUntil(lambda: shown_at(1))
        assert np.isfinite(there(presenter.frame).field).mean() > 0.5, name
        workbench.controller.learner.changed.emit("learner.name", "mlp")
        assert not rows._row("training.learning_rate").reason, name


def test_settings_of_the_other_graph_are_switched_off(workbench: Workbench):
    workbench.controller.learner.changed.emit("learner.name", "label-spreading")
    form = workbench.controller.learner.form
    off = lambda: {n for n in ("neighbours", "both_ways", "gamma", "alpha") if form._row(f"learner.{n}").reason}  # noqa: E731
    assert off() == {"gamma"}
    workbench.controller.learner.changed.emit("learner.kernel", "rbf")
    assert off() == {"neighbours", "both_ways"}


def test_the_pointer_says_undecided_where_nothing_has_decided(workbench: Workbench, qtbot: QtBot):
    workbench.controller.learner.changed.emit("learner.name", "label-spreading")
    qtbot.waitUntil(lambda: (f := workbench.controller.presenter.frame) is not None and bool(np.isnan(f.field).all()))
    domain = workbench.document.scene.domain
    workbench.plane.hovered.emit(((domain.left + domain.right) / 2, (domain.bottom + domain.top) / 2))
    assert workbench.window.status.answer.text() == "undecided"


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_what_a_learner_does_is_said_without_the_line_breaks_of_its_source(family: Family):
    assert "\n" not in family.summary
