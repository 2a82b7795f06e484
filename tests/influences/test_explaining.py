"""Which method is for which learner, and what is said where nothing can be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import boundaryviz as bv
from boundaryviz.engine import messages as m
from boundaryviz.influences.methods import refusals, usual
from boundaryviz.influences.requests import Asked, InfluenceError, InfluenceRequest, InfluenceSettings
from boundaryviz.influences.running import influence, job
from boundaryviz.learners.specs import FAMILIES, TrainingSpec
from boundaryviz.record.influence import METHODS, Explanation
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Domain
from helpers.talks import Conversation, answers

PLACE = (0.5, 0.25)


@pytest.mark.parametrize(
    ("learner", "methods"),
    [
        ("logistic", {"influence", "warm", "representers", "tracin"}),
        ("mlp", {"warm", "representers", "tracin"}),
        ("vat", {"warm", "tracin"}),
        ("KNeighborsClassifier", {"shapley"}),
        ("SVC", {"representers"}),
        ("laprls", {"labels", "representers"}),
        ("label-spreading", {"labels"}),
        ("label-propagation", {"labels"}),
        ("DecisionTreeClassifier", set()),
        ("RandomForestClassifier", set()),
    ],
)
def test_each_learner_has_the_methods_that_hold_for_it(learner: str, methods: set[str]) -> None:
    spec = FAMILIES[learner].spec()
    assert set(usual(spec, TrainingSpec(), 2)) == methods
    refused = refusals(spec, TrainingSpec(), 2)
    assert set(refused) <= set(METHODS)
    assert all(words and not words.endswith(".") for words in refused.values())


@pytest.mark.parametrize("learner", FAMILIES)
def test_every_learner_can_be_explained_or_says_why_not(learner: str) -> None:
    spec = FAMILIES[learner].spec()
    for classes in (2, 3):
        assert set(refusals(spec, TrainingSpec(), classes)) | set(usual(spec, TrainingSpec(), classes)) <= set(METHODS)


def test_of_a_net_influence_functions_are_usual_from_a_penalty_on_and_noise_below_it() -> None:
    spec = FAMILIES["mlp"].spec()
    assert "influence" in usual(spec, TrainingSpec(l2=1e-2), 2)
    assert "influence" not in usual(spec, TrainingSpec(l2=1e-3), 2)
    found = influence(Scenario().with_values({"data.n": 20, "training.steps": 20}), PLACE, "influence", leave_out=False)
    assert "noise" in found.cautions["influence"]
    assert np.isfinite(found.row("influence")).all()


@pytest.mark.parametrize(
    ("values", "method", "words"),
    [
        ({"learner.loss": "hinge"}, "influence", "no curvature"),
        ({"training.optimiser": "adamw", "training.l2": 0.01}, "influence", "take Adam"),
        ({"training.clip": 0.1}, "influence", "take clipping away"),
        ({"learner.robust": "pgd"}, "influence", "another loss than that of the points"),
        ({"learner.output": "tanh"}, "representers", "squashed"),
        ({"learner.name": "SVC"}, "warm", "fitted at once"),
        ({"learner.name": "KNeighborsClassifier", "learner.weights": "distance"}, "shapley", "count the same"),
        ({"data.name": "blobs", "learner.name": "SVC"}, "representers", "several machines"),
        ({}, "labels", "not linear in the labels"),
    ],
)
def test_a_method_that_does_not_apply_says_why(values: dict[str, Any], method: str, words: str) -> None:
    scenario = Scenario().with_values({"data.n": 30, "training.steps": 2, **values})
    with pytest.raises(InfluenceError, match=words):
        influence(scenario, PLACE, method)


@pytest.mark.parametrize(
    ("at", "options", "words"),
    [
        ((np.nan, 0.0), {}, "two finite numbers"),
        (PLACE, {"method": "luck"}, "There is no method 'luck'"),
        (PLACE, {"group": 0}, "At least one point"),
    ],
)
def test_what_cannot_be_asked_is_said(at: tuple[float, float], options: dict[str, Any], words: str) -> None:
    with pytest.raises(InfluenceError, match=words):
        influence(Scenario().with_values({"data.n": 20, "training.steps": 2}), at, **options)


def test_a_fit_of_responses_leads_for_no_class() -> None:
    with pytest.raises(InfluenceError, match="fits responses, not classes"):
        influence(bv.load("playground-slope"), PLACE, steps=2, leave_out=False)


def test_shares_of_very_many_labels_are_not_solved_for() -> None:
    scenario = Scenario().with_values({"data.n": 2100, "learner.name": "label-spreading"})
    with pytest.raises(InfluenceError, match="for 2,100 labels would take long"):
        influence(scenario, PLACE, "labels", leave_out=False)
    assert "labels" in influence(scenario, PLACE, leave_out=False).refused


def test_where_nothing_is_decided_that_is_said() -> None:
    scenario = Scenario().with_values({"data.n": 20, "learner.name": "laprls", "learner.gamma": 2000.0})
    with pytest.raises(InfluenceError, match="Nothing is decided there"):
        influence(scenario, (9.0, 9.0))


@pytest.mark.parametrize("learner", ["DecisionTreeClassifier", "KNeighborsClassifier", "RandomForestClassifier"])
def test_learners_that_are_fitted_at_once_have_points_left_out(learner: str) -> None:
    values: dict[str, Any] = {"data.n": 20, "data.noise": 0.3, "learner.name": learner}
    if learner.startswith("Random"):
        values["learner.n_estimators"] = 4
    found = influence(Scenario().with_values(values), PLACE)
    assert found.known == 20
    assert found.seeded == learner.startswith("Random")
    assert np.isfinite(found.other).all() == found.seeded


def test_more_than_two_classes_have_the_strongest_rival() -> None:
    scenario = Scenario().with_values({"data.name": "blobs", "data.n": 40, "training.steps": 40, "training.l2": 0.01})
    scenario = scenario.with_values({"learner.name": "logistic"})
    found = influence(scenario, (0.1, 0.1), leave_out=False)
    assert found.decided != found.rival
    assert found.lead > 0
    for name in ("influence", "warm", "representers", "tracin"):
        assert np.isfinite(found.row(name)).all(), name


def test_a_run_is_explained_as_it_is_and_stays_so() -> None:
    run = bv.train(Scenario().with_values({"data.n": 20, "learner.name": "logistic", "training.l2": 0.01}), steps=40)
    before = run.session.learner.state()["P"].copy()
    found = bv.influence(run, at=PLACE)
    assert (found.step, run.step) == (40, 40)
    assert found.lead == pytest.approx(abs(float(run.session.learner.scores(np.array([PLACE]))[0, 0])), rel=1e-5)
    np.testing.assert_array_equal(run.session.learner.state()["P"], before)
    assert found.known == 20


def test_a_group_is_left_out_together_and_scores_are_sums() -> None:
    scenario = Scenario().with_values({"data.n": 24, "learner.name": "KNeighborsClassifier"})
    one, three = (influence(scenario, PLACE, group=group, leave_out=False) for group in (1, 3))
    assert three.group == 3
    assert three.row("shapley").sum() != pytest.approx(one.row("shapley").sum())
    points = scenario.scene().points
    alike = points.take(np.isin(points.ids, one.ids))
    at = 4
    near = np.argsort(np.square(alike.xy - alike.xy[at]).sum(axis=1) + 1e9 * (alike.label != alike.label[at]))[:3]
    assert three.row("shapley")[at] == pytest.approx(one.row("shapley")[near].sum())


# ---- the job and the probes -----------------------------------------------------------------------------


class Listening:
    def __init__(self) -> None:
        self.results: list[Explanation] = []
        self.done: list[tuple[int, int]] = []

    def progress(self, done: int, of: int, words: str = "") -> None:
        self.done.append((done, of))

    def result(self, value: object) -> None:
        assert isinstance(value, Explanation)
        self.results.append(value)


def test_the_job_leaves_out_those_that_are_asked_for_first_and_no_more() -> None:
    scenario = Scenario().with_values({"data.n": 20, "learner.name": "SVC"})
    ids = scenario.scene().points
    some = ids.ids[ids.is_train][[7, 3]].tolist()
    heard = Listening()
    job(InfluenceRequest(scenario, Asked(PLACE, ()), first=tuple(some), most=2), heard)
    found = heard.results[-1]
    assert sorted(found.ids[np.isfinite(found.truth)].tolist()) == sorted(some)
    assert heard.done[-1] == (2, 2)
    with pytest.raises(ScenarioError, match="fitted at once"):
        job(InfluenceRequest(scenario, Asked(PLACE, ("tracin",))), heard)


def test_probes_answer_quickly_and_then_slowly_and_follow_the_points() -> None:
    scenario = Scenario().with_values(
        {"data.n": 24, "learner.name": "logistic", "training.l2": 0.01, "training.evaluate_every": 5}
    )
    scene = scenario.scene()
    talk = Conversation(m.Load(scenario, scene, 1, "cpu"), m.View(Domain(-2.0, 3.0, -2.0, 2.0), 20, 15), m.Credit())
    talk.train_to(30)
    asked = Asked(PLACE, steps=8)
    for probe in ("influence", "influence-slowly"):
        talk.tell(m.Subscribe(probe, InfluenceSettings(asked)), m.Credit())
        talk.listen(2.0)
    (quick,), (slow,) = (answers(talk.said, probe) for probe in ("influence", "influence-slowly"))
    assert (quick.value.slowly, slow.value.slowly) == (False, True)
    assert np.isfinite(quick.value.found.row("influence")).all()
    assert np.isnan(quick.value.found.row("warm")).all()
    assert np.isfinite(slow.value.found.row("warm")).all()
    fewer = scene.with_points(scene.points.take(np.arange(len(scene.points)) != 0))
    talk.tell(m.SetScene(fewer, 2), m.Credit())
    talk.listen(2.0)
    later = answers(talk.said, "influence")[-1]
    assert len(later.value.found.ids) == len(quick.value.found.ids) - 1


def test_a_probe_says_why_there_is_nothing_to_say() -> None:
    scenario = Scenario().with_values({"data.n": 24, "learner.name": "laprls", "learner.gamma": 2000.0})
    talk = Conversation(m.Load(scenario, scenario.scene(), 1, "cpu"), m.View(Domain(-2.0, 3.0, -2.0, 2.0), 20, 15))
    talk.tell(m.Subscribe("influence", InfluenceSettings(Asked((9.0, 9.0)))), m.StepN(1), m.Credit())
    talk.listen(1.0)
    said = answers(talk.said, "influence")[-1].value
    assert said.found is None
    assert "Nothing is decided there" in said.why
