"""Dose-response: that every dose is the scenario's own attack, and what is said of learners, seeds and mistakes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.attacks.placement import inject
from boundaryviz.engine.session import Session
from boundaryviz.learners.families.estimators import KNeighborsClassifierSpec
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.record.dose import DoseResponse
from boundaryviz.record.metrics import ATTACKED_PINS
from boundaryviz.runs.run import Run, train
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.dose import counterpart, dose_response, measured
from boundaryviz.studies.doses import PoisonedScene, bare, default_doses
from boundaryviz.studies.sqlite_store import SqliteStore

SMALL = Scenario().with_values(
    {"data.n": 60, "data.labels_per_class": 3, "learner.hidden": [6], "training.steps": 30, "poison.target": [0.0, 0.5]}
)
BRIDGED = SMALL.with_values({"learner.name": "label-spreading", "data.n": 200})
COPIED = SMALL.with_values({"poison.attack": "copies", "data.labels_per_class": "all", "training.steps": 60})


def curve(scenario: Scenario, doses: list[int], seeds: int = 2, **more: Any) -> Any:
    return dose_response(scenario, doses, seeds, learners=[scenario.learner], **more).curves[0]


# ---- every dose is the attack ---------------------------------------------------------------------------


@pytest.mark.parametrize("attack", ["bridge", "copies", "flip", "junk"])
@pytest.mark.parametrize("choose", ["target", "boundary", "random"])
def test_a_replica_of_a_dose_sees_the_scene_with_that_many_points(attack: str, choose: str):
    values = {"poison.attack": attack, "data.labels_per_class": 20} | (
        {"poison.choose": choose} if attack == "flip" else {}
    )
    scenario = SMALL.with_values(values)
    doses = (0, 1, 3, 4, 11)
    poisoned = PoisonedScene.of(scenario, doses)
    replicas = poisoned.replicas((0,))
    own = replicas.extra
    assert own is not None
    for k, (dose, groups, rate) in enumerate(zip(doses, poisoned.groups, poisoned.rates, strict=True)):
        alone = inject(bare(scenario.scene()), scenario.poison.model_copy(update={"count": dose}))
        theirs = alone.points.take(alone.seen())
        planted, there = theirs.take(theirs.is_poison), own.weight[k] > 0
        assert (
            poisoned.scene.points.take(poisoned.scene.seen(groups)).xy.tolist() == theirs.xy[~theirs.is_poison].tolist()
        )
        assert own.ids[there].tolist() == planted.ids.tolist()
        assert own.x[k, there].tolist() == planted.xy.tolist()
        assert own.label[k, there].tolist() == planted.label.tolist()
        assert rate == pytest.approx(theirs.take(theirs.is_train).is_poison.mean())


def test_labelled_doses_do_to_each_seed_what_twins_of_their_own_show():
    found = curve(COPIED, [0, 4, 12], seeds=3, device="cpu")
    for row, dose in ((1, 4), (2, 12)):
        run = train(COPIED.with_values({"poison.count": dose}), 3, twin=True, progress=False, device="cpu")
        alone = run.comparison(16).metrics()
        np.testing.assert_allclose(found.flip_rate[row], alone["flip_rate"].per_seed, atol=1.01 / 36)
        np.testing.assert_allclose(found.success[row], alone["attack_success_rate"].per_seed)
    assert (found.flip_rate[0] == 0).all()
    assert found.flip_rate[2].mean() > 0.02


def test_doses_of_a_learner_fitted_at_once_are_the_twins_of_other_data_to_the_bit():
    found = curve(BRIDGED, [6, 12], seeds=2)
    assert (found.varies, found.steps) == ("data", 1)
    for row, dose in ((1, 6), (2, 12)):
        for seed in range(2):
            scenario = BRIDGED.with_values({"poison.count": dose, "data.seed": seed})
            alone = train(scenario, 1, twin=True, steps=1, progress=False).comparison(16).metrics()
            assert found.flip_rate[row, seed] == alone["flip_rate"].mean
            assert found.success[row, seed] == alone["attack_success_rate"].mean
    assert found.flip_rate.any()


def test_unlabelled_poison_does_nothing_to_the_supervised_counterpart_and_something_to_the_learner():
    response = dose_response(BRIDGED, [0, 5, 20], seeds=2)
    assert [c.supervised for c in response.curves] == [False, True]
    assert response.curves[0].flip_rate[1:].any()
    assert not response.curves[1].flip_rate.any()
    nets = dose_response(SMALL.with_values({"learner.name": "pi-model"}), [0, 8], seeds=2, steps=10)
    assert [c.varies for c in nets.curves] == ["training", "training"]
    assert not nets.curves[1].flip_rate.any()


# ---- learners and seeds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FAMILIES)
def test_every_learner_that_uses_unlabelled_points_has_a_counterpart(name: str):
    scenario = SMALL.with_values({"learner.name": name})
    against = counterpart(scenario.learner, scenario.scene())
    if FAMILIES[name].supervised:
        assert against is None
        return
    assert against is not None
    assert against.family.supervised
    for field in ("hidden", "activation"):
        assert getattr(against, field, None) == getattr(scenario.learner, field, None)
    assert getattr(against, "n_neighbors", 3) == 3  # as many as there are labels of a class


@pytest.mark.parametrize(
    ("values", "votes"),
    [
        ({"learner.name": "label-spreading", "learner.neighbours": 4}, 4),
        ({"learner.name": "laprls", "learner.neighbours": 40}, 9),
        ({"learner.name": "LabelPropagation"}, 5),  # scikit-learn's, which names no learner like it
    ],
)
def test_as_many_neighbours_vote_as_the_learner_looks_at_or_the_rarest_class_has(values: dict[str, Any], votes: int):
    scenario = SMALL.with_values(values | {"data.labels_per_class": 9})
    assert counterpart(scenario.learner, scenario.scene()) == KNeighborsClassifierSpec(n_neighbors=votes)


@pytest.mark.parametrize(
    ("base", "name", "shared"),
    [
        ("svm", "SVC", {"C": "penalty", "gamma": "gamma"}),
        ("logistic", "LogisticRegression", {"C": "penalty"}),
        ("naive-bayes", "naive-bayes", {}),
        ("knn", "KNeighborsClassifier", {"n_neighbors": "neighbours"}),
    ],
)
def test_self_training_is_held_against_the_model_that_it_trains(base: str, name: str, shared: dict[str, str]):
    own = {"base": base, "penalty": 2.5, "gamma": 4.0, "neighbours": 2}
    scenario = SMALL.with_values({"learner.name": "self-training"} | {f"learner.{k}": v for k, v in own.items()})
    against = counterpart(scenario.learner, scenario.scene())
    assert against is not None
    assert against.name == name
    assert {theirs: getattr(against, theirs) for theirs in shared} == {k: own[mine] for k, mine in shared.items()}


def test_points_that_are_not_drawn_are_varied_by_the_poison_if_at_all():
    drawn = BRIDGED.with_scene(BRIDGED.scene())
    assert curve(drawn, [6], seeds=3).varies == "nothing"
    assert curve(drawn, [6], seeds=3).flip_rate.shape == (2, 1)
    shaken = drawn.with_values({"poison.jitter": 0.05})
    assert curve(shaken, [6], seeds=3).varies == "poison"


def test_a_forest_is_grown_from_training_seeds():
    forest = COPIED.with_values({"learner.name": "RandomForestClassifier", "learner.n_estimators": 3})
    found = curve(forest, [12], seeds=4)
    assert (found.varies, found.steps) == ("training", 1)
    assert len(set(found.flip_rate[1].tolist())) > 1


def test_two_learners_of_a_family_are_told_apart():
    wide = COPIED.learner.model_copy(update={"hidden": (8,)})
    response = dose_response(COPIED, [4], 1, steps=2, learners=["mlp", wide, "SVC"])
    assert [c.title for c in response.curves] == [
        "Multilayer perceptron", "Multilayer perceptron 2", "Support vector machine"
    ]  # fmt: skip


def test_poison_that_is_there_already_is_taken_out_first():
    poisoned = BRIDGED.with_values({"poison.count": 9, "poison.group": 4})
    kept = poisoned.with_scene(poisoned.scene())
    assert not bare(kept.scene()).points.origin.any()
    assert bare(kept.scene()).targets == ()
    a, b = (curve(one, [6], seeds=1) for one in (kept, BRIDGED))
    assert np.array_equal(a.flip_rate, b.flip_rate)


def test_a_diverged_seed_is_left_out_at_its_doses_and_a_diverged_clean_twin_at_all():
    poisoned = PoisonedScene.of(COPIED, (0, 4, 8))
    run = Run(Session(COPIED, poisoned.scene, device="cpu", replicas=poisoned.replicas(range(3))))
    run.advance(5)
    assert np.isfinite(measured(run, 3).flips).all()
    run.session.learner.P.detach()[[1, 6]] = np.nan  # type: ignore[attr-defined]
    found = measured(run, 3)
    lost = np.array([[False, False, True], [True, False, True], [False, False, True]])
    assert np.array_equal(np.isnan(found.flips), lost)
    assert found.success is not None
    assert found.already is not None
    assert np.isnan(found.already).tolist() == [False, False, True]
    assert np.array_equal(np.isnan(found.success[1:]), (lost | (found.already == 1))[1:])


@pytest.mark.parametrize("already", [False, True])
def test_at_dose_0_nothing_is_attacked_and_a_pin_that_is_the_attacker_s_unasked_never_counts(already: bool):
    """Two blobs and a pin in the middle of one, which is the attacker's class 0 from the start, or not."""
    made = BRIDGED.with_values({"data.name": "gauss", "data.noise": 0.1})
    points = made.scene().points
    pin = points.xy[points.label == (0 if already else 1)].mean(axis=0)
    scenario = made.with_values({"poison.target": pin.tolist()})
    found = curve(scenario, [6], seeds=2)
    assert found.already.tolist() == [float(already)] * 2
    assert np.isnan(found.success[0]).all()
    assert np.isnan(found.success[1]).all() == already
    success = found.plain()["attack_success_rate"]
    assert success["mean"][0] is None
    assert success["of"] == ATTACKED_PINS
    assert found.plain()["already_so"]["mean"] == float(already)


# ---- doses ----------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 3000), st.integers(0, 400))
def test_default_doses_rise_from_nothing_and_hold_the_scenario_s_own(n: int, own: int):
    doses = default_doses(SMALL.with_values({"data.n": n, "poison.count": own}))
    assert doses[0] == 0
    assert list(doses) == sorted(set(doses))
    assert 2 <= len(doses) <= 8
    assert own in doses
    assert doses[-1] <= max(own, round(0.04 * n), 7)


def test_more_labels_than_there_are_cannot_be_flipped():
    scenario = SMALL.with_values({"poison.attack": "flip"})  # three labels of each class, one is wanted
    assert dose_response(scenario, [1, 2, 3, 4, 50], 1, steps=1).doses == (0, 1, 2, 3)
    assert default_doses(scenario) == (0, 1, 2, 3)


def test_doses_may_come_in_any_order_and_nothing_comes_unasked():
    assert dose_response(COPIED, [5, 2, 5], 1, steps=1).doses == (0, 2, 5)


# ---- as a study ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scenario",
    [SMALL.with_values({"learner.name": "pi-model"}), BRIDGED, BRIDGED.with_scene(BRIDGED.scene())],
    ids=["trained", "fitted at once", "nothing random"],
)
def test_what_is_stored_is_not_worked_out_again_and_comes_back_to_the_bit(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: dict[str, Any] = {"doses": [0, 4], "seeds": 2, "steps": 6, "device": "cpu"}
    with SqliteStore(tmp_path / "doses.sqlite") as store:
        first = dose_response(scenario, store=store, **asked)
        assert len(store) == 8, "two learners, doses and seeds"
        assert first.plain() == dose_response(scenario, **asked).plain()
    with SqliteStore(tmp_path / "doses.sqlite") as store:
        dose_response(scenario, store=store, **asked | {"doses": [0, 5]})
        assert len(store) == 16, "what else is laid into the scene may matter"
        monkeypatch.setattr("boundaryviz.studies.dose._Work.done", lambda *_: pytest.fail("this was stored"))
        assert dose_response(scenario, store=store, **asked).plain() == first.plain()


# ---- progress and mistakes ------------------------------------------------------------------------------


def test_progress_rises_to_the_end_and_results_come_on_the_way():
    told: list[tuple[int, int]] = []
    seen: list[DoseResponse] = []
    scenario = SMALL.with_values({"learner.name": "pi-model"})
    last = dose_response(
        scenario, [0, 4], 2, 200, progress=lambda *at: told.append(at), watch=seen.append, device="cpu"
    )
    done = [at for at, _ in told]
    assert done == sorted(done)
    assert told[-1] == (400, 400)
    assert len(seen[-1].curves) == 2
    assert seen[-1].plain() == last.plain()
    assert seen[0].curves[0].steps < 200
    assert len(seen) > 4


def test_what_progress_raises_ends_it():
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Enough

    for scenario in (COPIED, BRIDGED):
        with pytest.raises(Enough):
            dose_response(scenario, [0, 4], 2, progress=stop)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"poison.target": [50.0, 0.0]}, "outside the plane"),
        ({"data.labels_per_class": 0}, "has a label"),
        ({"data.test": 0.0}, "no test point"),
    ],
)
def test_what_is_missing_is_said(values: dict[str, Any], words: str):
    with pytest.raises(ScenarioError, match=words):
        dose_response(SMALL.with_values(values), [0, 2], 1)


def test_mistakes_in_what_is_asked_are_said():
    with pytest.raises(ScenarioError, match="unknown learner 'perceptron'"):
        dose_response(SMALL, [0], 1, learners=["mlp", "perceptron"])
    with pytest.raises(ScenarioError, match="at least one"):
        dose_response(SMALL, [0], 1, learners=[])
    with pytest.raises(ScenarioError, match="from 0 up to 100,000"):
        dose_response(SMALL, [-1], 1)
    with pytest.raises(ScenarioError, match="too many"):
        dose_response(SMALL, list(range(102)), 1)
    with pytest.raises(ValueError, match="at least one seed"):
        dose_response(SMALL, [1], 0)


def test_which_doses_there_are_is_known_without_torch():
    code = "import sys, boundaryviz.studies.doses; print([m for m in ('torch', 'sklearn') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
