"""The map of how much poison a decision survives: what the learner says, at the pointer too, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.engine.certificates import CertificateMap, survived_by_half
from boundaryviz.engine.probes.certificate import CertificateProbe, CertificateSettings
from boundaryviz.engine.session import Session
from boundaryviz.gui.certificate.control import words
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain
from helpers.there import there

SMALL = {"data.n": 60, "learner.name": "dpa", "learner.parts": 12}


@pytest.fixture
def shown(show: Callable[[Scenario], Workbench], qtbot: QtBot) -> Workbench:
    workbench = show(Scenario().with_values(SMALL))
    workbench.controller.play(True)
    workbench.window.actions_["view.certificate"].setChecked(True)
    qtbot.waitUntil(lambda: workbench.certificate.found is not None)
    return workbench


def test_the_map_is_what_the_learner_certifies_and_the_pointer_reads_it(shown: Workbench):
    found, session = there(shown.certificate.found), Session(Scenario().with_values(SMALL), device="cpu")
    session.step()
    learner: Any = session.learner
    rows, columns = found.survived.shape
    expected = learner.certificates(found.domain.grid(columns, rows))[0]
    np.testing.assert_array_equal(found.survived.ravel(), expected)
    assert found.half == there(survived_by_half(session))[0]
    assert found.survived.max() > 1
    x, y = found.domain.grid(columns, rows)[77]
    shown.planes.hovered.emit((float(x), float(y)))
    assert f"here: {expected[77]}" in shown.certificate.item.name.toPlainText()
    shown.planes.hovered.emit(None)
    assert "here" not in shown.certificate.item.name.toPlainText()


def test_it_goes_with_the_switch_and_where_nothing_is_proven_that_is_said(shown: Workbench, qtbot: QtBot):
    control, bar = shown.certificate, there(shown.window.statusBar())
    shown.controller.do(Settings({"decision.threshold": 0.2}), "Threshold")
    qtbot.waitUntil(lambda: "costs or a threshold" in bar.currentMessage())
    assert not control.item.isVisible()
    shown.controller.do(Settings({"learner.name": "naive-bayes"}), "Learner")
    qtbot.waitUntil(lambda: "partition aggregation does" in bar.currentMessage())
    assert control.found is None
    shown.window.actions_["view.certificate"].setChecked(False)
    assert not control.item.isVisible()


def test_its_words_say_what_is_known():
    found = CertificateMap(Domain(0, 2, 0, 1), np.array([[1, 4]]), np.array([0.9, 0.8, 0.6, 0.5, 0.1]))
    assert words(found, None) == "poison points survived: 1 to 4\nby half of the tests: 3"
    assert words(found, (1.5, 0.5)).endswith("\nhere: 4")
    assert words(found, (5.0, 0.5)) == words(found, None)
    assert "half of the tests are wrong" in words(
        CertificateMap(found.domain, found.survived, np.array([0.4, 0.1])), None
    )
    assert words(CertificateMap(found.domain, found.survived, np.empty(0)), None).endswith("1 to 4")


def test_of_other_learners_there_is_no_answer():
    probe = CertificateProbe(CertificateSettings())
    session = Session(Scenario().with_values({"data.n": 20, "learner.name": "naive-bayes"}), device="cpu")

    class Shown:
        pass

    shown: Any = Shown()
    shown.session = session
    assert probe.key(shown) is None
