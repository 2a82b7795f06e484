"""A defended session: each replica is judged from what it alone sees, and trained on what is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from boundaryviz.engine.judging import DefenceError
from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move, Recolumn, apply
from boundaryviz.scene.scene import Points, Split
from helpers.filters import (
    SEEN,
    Rule,
    broken,
    chance,
    defended,
    everything,
    first_class,
    in_parts,
    losses,
    refusing,
    short,
    tops,
)

BASE = Scenario().with_values(
    {"data.n": 80, "data.noise": 0.3, "poison.attack": "flip", "poison.count": 10, "learner.hidden": [6],
     "training.batch_size": 16, "training.steps": 20, "training.evaluate_every": 10}
)  # fmt: skip
CLEAN = BASE.with_values({"poison.count": 0})
PLACES = BASE.scene().domain.grid(12, 12)


@pytest.fixture(autouse=True)
def nothing_seen() -> Iterator[None]:
    """Filters begin with nothing noted."""
    SEEN.clear()
    yield
    SEEN.clear()


def trained(scenario: Scenario, seeds: tuple[int, ...] = (3,), steps: int = 20, twin: bool = False) -> Session:
    session = Session(scenario, seeds=seeds, twin=twin, device="cpu")
    session.step(steps)
    return session


def answers(session: Session) -> np.ndarray:
    return session.learner.probabilities(PLACES)


def removed(session: Session) -> list[set[int]]:
    judged = session.defending.judged
    assert judged is not None
    return [set(one.ids[one.removed].tolist()) for one in judged]


# ---- twins ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("learner", "rule"),
    [
        *(("mlp", rule) for rule in (tops, chance, losses)), *(("SVC", rule) for rule in (tops, chance, losses)),
        ("DecisionTreeClassifier", losses), ("label-spreading", tops), ("mean-teacher", losses), ("mixmatch", chance),
        ("self-training", losses),
    ],
)  # fmt: skip
def test_a_clean_twin_is_a_defended_run_that_never_heard_of_the_poison_to_the_bit(learner: str, rule: Rule) -> None:
    values = {"learner.name": learner, "data.labels_per_class": "all" if learner == "mlp" else 25}
    both = [defended(one.with_values(values), rule) for one in (BASE, CLEAN)]
    twins, alone = trained(both[0], (3, 4), twin=True), trained(both[1], (3, 4))
    assert np.array_equal(answers(twins)[:2], answers(alone), equal_nan=True)
    assert removed(twins)[:2] == removed(alone)
    poisoned = trained(both[0], (3, 4))
    assert removed(twins)[2:] == removed(poisoned)


@pytest.mark.parametrize("size", [1, 16, 1000, "full"])
def test_so_it_is_whatever_the_size_of_batches(size: int | str) -> None:
    both = [defended(one.with_values({"training.batch_size": size})) for one in (BASE, CLEAN)]
    twins, alone = trained(both[0], twin=True), trained(both[1])
    assert np.array_equal(answers(twins)[:1], answers(alone))
    assert not np.array_equal(answers(twins)[1:], answers(alone))


def test_with_standardised_inputs_and_edits_between_steps_it_is_so_too() -> None:
    both = [defended(one.with_values({"data.input_scale": "standardised"}), losses) for one in (BASE, CLEAN)]
    sessions = [trained(both[0], twin=True), trained(both[1])]
    for session in sessions:
        move = Move(session.scene.points.ids[:3], session.scene.points.xy[:3] + 0.4)
        session.set_scene(apply(move, session.scene)[0])
        session.step(15)
    assert np.array_equal(answers(sessions[0])[:1], answers(sessions[1]))


# ---- what a filter is shown -------------------------------------------------------------------------------


def test_a_filter_is_shown_what_the_replica_sees_and_not_what_is_poison() -> None:
    session = trained(defended(BASE), twin=True)
    points = session.scene.points
    for shown, row in zip(SEEN, session.replicas.seen_in(session.scene), strict=True):
        expected = points.take(row & points.is_train)
        assert sorted(shown.ids.tolist()) == sorted(expected.ids.tolist())
        assert not shown.origin.any()
    assert len(SEEN[1]) == len(SEEN[0])  # ten are withdrawn for ten
    assert set(SEEN[0].ids.tolist()) != set(SEEN[1].ids.tolist())


def test_folds_and_points_of_a_replicas_own_are_judged_as_each_sees_them() -> None:
    scenario = defended(CLEAN)
    scene = scenario.scene()
    folds = Replicas.folds(scene, 4)
    Session(scenario, scene, device="cpu", replicas=folds)
    training = folds.roles_in(scene) == Split.TRAIN
    weights = folds.weights_in(scene) != 0
    assert [set(one.ids.tolist()) for one in SEEN] == [
        set(scene.points.ids[row].tolist()) for row in training & weights
    ]
    SEEN.clear()
    places = np.array([[0.0, 9.0], [0.0, -9.0]])
    session = Session(scenario, scene, device="cpu", replicas=Replicas.effect_map(scene, places, 1))
    assert [len(one) for one in SEEN] == [80, 81, 81]
    assert [scene.next_id in one for one in removed(session)] == [False, True, False]  # the one that lies highest


def test_muted_points_and_poison_that_is_switched_off_are_not_judged() -> None:
    off = defended(BASE.with_values({"poison.on": False}))
    scene = off.scene()
    scene = apply(Recolumn(scene.points.ids[:1], {"muted": np.array([True])}), scene)[0]
    Session(off, scene, device="cpu")
    (shown,) = SEEN
    assert not np.isin(scene.points.ids[:1], shown.ids).any()
    assert not np.isin(scene.points.ids[scene.points.is_poison], shown.ids).any()


def test_what_is_random_is_keyed_by_the_seed_and_the_rest_is_judged_once() -> None:
    session = trained(defended(BASE, chance), (3, 4, 5), twin=True)
    assert len(SEEN) == 6
    assert removed(session)[0] != removed(session)[1]
    SEEN.clear()
    trained(defended(BASE, losses), (3, 4), twin=True)
    assert len(SEEN) == 4
    SEEN.clear()
    trained(defended(BASE, tops), (3, 4, 5), twin=True)
    assert len(SEEN) == 2


def test_only_what_was_changed_is_judged_anew() -> None:
    session = trained(defended(BASE), twin=True)
    points = session.scene.points
    SEEN.clear()
    test = points.ids[points.split == Split.TEST][:1]
    poison = points.ids[points.is_poison][:1]
    clean = points.ids[points.is_train & (points.origin == 0)][:1]
    for ids, judged in ((test, 0), (poison, 1), (clean, 2)):
        session.set_scene(apply(Move(ids, np.zeros((1, 2))), session.scene)[0])
        assert len(SEEN) == judged
        SEEN.clear()
    session.set_scenario(defended(BASE.with_values({"training.learning_rate": 0.5})))
    assert not SEEN


def test_a_filter_that_trains_judges_anew_when_the_learner_is_trained_otherwise() -> None:
    session = trained(defended(BASE, losses))
    SEEN.clear()
    session.set_scenario(session.scenario.model_copy(update={"title": "Other words"}))
    assert not SEEN
    session.set_scenario(defended(BASE.with_values({"training.learning_rate": 0.5}), losses))
    assert len(SEEN) == 1


# ---- what is trained --------------------------------------------------------------------------------------


@pytest.mark.parametrize("learner", ["SVC", "label-spreading"])
def test_the_model_is_the_one_of_what_is_left(learner: str) -> None:
    scenario = defended(BASE.with_values({"learner.name": learner}))
    session = trained(scenario)
    points = session.scene.points
    (gone,) = removed(session)
    left = session.scene.with_points(points.take(~np.isin(points.ids, list(gone))))
    plain = Session(scenario.model_copy(update={"defence": None}), left, (3,), device="cpu")
    plain.step()
    assert gone
    assert np.array_equal(answers(session), answers(plain), equal_nan=True)
    curves = session.evaluate()[0, :6], plain.evaluate()[0, :6]
    assert np.allclose(*curves, rtol=1e-12)  # losses and errors are of what is left, too


def test_a_net_is_trained_on_what_is_left_in_one_batch() -> None:
    scenario = defended(BASE.with_values({"training.batch_size": "full"}))
    session = trained(scenario)
    points = session.scene.points
    left = session.scene.with_points(points.take(~np.isin(points.ids, list(removed(session)[0]))))
    plain = Session(scenario.model_copy(update={"defence": None}), left, (3,), device="cpu")
    plain.step(20)
    assert np.allclose(answers(session), answers(plain), atol=1e-5)


def test_weights_in_parts_are_for_learners_that_take_them() -> None:
    whole, half = (
        trained(BASE.with_values({"training.batch_size": "full"})),
        trained(in_parts(BASE.with_values({"training.batch_size": "full"}))),
    )
    assert np.allclose(answers(whole), answers(half), atol=1e-5)  # of a mean all count alike again
    with pytest.raises(DefenceError, match="defence: Test filter: it weighs points by parts, and this learner takes"):
        trained(in_parts(BASE.with_values({"learner.name": "SVC"})))


def test_switched_on_and_off_while_it_trains_it_applies_from_there_on() -> None:
    session = trained(BASE)
    session.set_scenario(defended(BASE))
    assert removed(session)[0]
    judged = trained(BASE)
    judged.set_scene(judged.scene, defended(BASE))
    for one in (session, judged):
        one.step(10)
    assert np.array_equal(answers(session), answers(judged))
    session.set_scenario(BASE)
    assert session.defending.judged is None


# ---- what cannot be had -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (everything, "would remove every point of class 0, 35 of 80 points"),
        (first_class, "would remove every point of class 0"),
        (refusing, "defence: Test filter: there are too few points"),
    ],
)
def test_a_defence_that_leaves_nothing_or_cannot_judge_is_refused_in_words(rule: Rule, words: str) -> None:
    with pytest.raises(DefenceError, match=words):
        Session(defended(CLEAN, rule), device="cpu")
    session = trained(CLEAN)
    before, scene = answers(session), session.scene
    with pytest.raises(DefenceError, match=words):
        session.set_scenario(defended(CLEAN, rule))
    assert session.scene is scene
    assert session.scenario is CLEAN
    assert session.can_train
    session.step(0)
    assert np.array_equal(answers(session), before)


def test_what_a_filter_of_someone_elses_raises_is_raised() -> None:
    with pytest.raises(TypeError, match="is broken"):
        Session(defended(BASE, broken), device="cpu")


def test_a_verdict_that_is_none_is_refused() -> None:
    with pytest.raises(DefenceError, match="its verdict is on 3 points, not 80"):
        Session(defended(CLEAN, short), device="cpu")


def test_points_with_inputs_are_judged_with_them() -> None:
    rng = np.random.default_rng(0)
    scenario = Scenario.from_arrays(rng.normal(size=(60, 4)), np.arange(60) % 2)
    scenario = defended(scenario.with_values({"learner.hidden": [4], "training.steps": 20}), losses)
    session = trained(scenario)
    (shown,) = SEEN
    assert shown.x.shape[1] == 4
    assert removed(session)[0]


def test_doses_are_judged_each_by_itself() -> None:
    scenario = defended(BASE)
    scene = scenario.scene()
    session = Session(scenario, scene, device="cpu", replicas=Replicas.doses((0,), [frozenset(), frozenset({1})]))
    alone = Session(defended(CLEAN), device="cpu")
    assert removed(session)[0] == removed(alone)[0]


def test_the_order_in_which_points_are_stored_changes_nothing() -> None:
    scenario = defended(BASE, losses)
    scene = scenario.scene()
    order = np.random.default_rng(1).permutation(len(scene.points))
    shuffled = replace(scene, points=Points(*(getattr(scene.points.take(order), name) for name in _COLUMNS)))
    one, other = Session(scenario, scene, device="cpu"), Session(scenario, shuffled, device="cpu")
    assert removed(one) == removed(other)


_COLUMNS = ("ids", "xy", "label", "split", "origin", "muted")
