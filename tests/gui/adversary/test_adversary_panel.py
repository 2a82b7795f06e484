"""The panel of attacks that train: what works with a learner is offered, what does not says why."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QStandardItemModel
from pytestqt.qtbot import QtBot

from boundaryviz.attacks.trained.methods.flips import RandomFlipsSpec
from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.attacks.trained.specs import METHODS
from boundaryviz.gui.adversary.offers import GROUPS, offers, usual
from boundaryviz.gui.adversary.panel import AdversaryPanel, Stage
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario
from helpers.adversaries import WanderSpec

TWO: dict[str, type[TrainedAttackSettings]] = {"wander": WanderSpec, "flips-random": RandomFlipsSpec}
SVC, BAYES = FAMILIES["SVC"].spec(), FAMILIES["GaussianNB"].spec()


@pytest.fixture
def panel(qtbot: QtBot) -> AdversaryPanel:
    made = AdversaryPanel(TWO)
    qtbot.addWidget(made)
    return made


def item(panel: AdversaryPanel, name: str) -> tuple[bool, str]:
    """Whether a method can be chosen, and what its tooltip says."""
    model = panel.combo.model()
    assert isinstance(model, QStandardItemModel)
    found = model.item(panel.combo.findData(name))
    assert found is not None
    return bool(found.flags() & Qt.ItemFlag.ItemIsEnabled), found.toolTip()


def test_what_does_not_work_with_a_learner_is_grey_and_says_what_does(panel: AdversaryPanel) -> None:
    panel.set_offers(offers(SVC, TWO))
    assert item(panel, "wander")[0]
    panel.set_offers(offers(BAYES, TWO))
    able, words = item(panel, "wander")
    assert not able
    assert "Take random flips." in words
    assert item(panel, "flips-random")[0]
    assert panel.combo.itemText(0) == GROUPS["any"]
    assert not panel.combo.model().flags(panel.combo.model().index(0, 0)) & Qt.ItemFlag.ItemIsEnabled  # type: ignore[union-attr]


def test_every_method_there_is_stands_in_a_group_and_something_works_with_every_learner() -> None:
    for family in FAMILIES.values():
        listed = offers(family.spec())
        assert [one.name for group in listed.values() for one in group if one.title and one.summary].sort() is None
        assert {one.name for group in listed.values() for one in group} == set(METHODS)
        assert any(not one.unfit for group in listed.values() for one in group)


def test_the_usual_attack_is_the_scenarios_or_the_first_that_works() -> None:
    assert usual(Scenario().with_values({"learner.name": "SVC"}), TWO) == WanderSpec()
    assert usual(Scenario().with_values({"learner.name": "GaussianNB"}), TWO) == RandomFlipsSpec()
    named = Scenario().with_values({"adversary.method": "flips-nearest", "adversary.count": 3})
    assert usual(named, TWO) is named.adversary


def test_a_change_of_method_and_of_a_setting_is_told_by_its_path(panel: AdversaryPanel, qtbot: QtBot) -> None:
    panel.set_offers(offers(SVC, TWO))
    panel.set_values(WanderSpec(count=5))
    assert panel.form.editor("count").value() == 5
    with qtbot.waitSignal(panel.changed) as said:
        panel.combo.activated.emit(panel.combo.findData("flips-random"))
    assert said.args == ["adversary.method", "flips-random"]
    assert panel.combo.currentData() == "wander"  # until the document says so
    with qtbot.waitSignal(panel.changed) as said:
        panel.form.editor("count").edit.committed.emit("7")
    assert said.args == ["adversary.count", 7]
    panel.set_values(RandomFlipsSpec())
    assert "adversary.beyond" not in panel.form.paths
    assert panel.summary.text().startswith("Labels of points drawn at random")


@pytest.mark.parametrize(("stage", "words"), [("idle", "Attack"), ("running", "Pause"), ("paused", "Go on")])
def test_each_stage_has_its_word_and_nothing_can_be_kept_before_there_is_anything(
    panel: AdversaryPanel, stage: Stage, words: str
) -> None:
    panel.set_stage(stage)
    assert panel.go_button.text() == words
    assert panel.keep.isEnabled() == panel.discard.isEnabled() == (stage != "idle")
    panel.set_unfit("Not with this learner. Take another.")
    assert panel.go_button.isEnabled() == (stage == "running")
    assert not panel.unfit.isHidden()
