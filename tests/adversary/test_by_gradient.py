"""Attacks by gradient: where their points go, how they go on after a pause, and what they say where they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.adversary.feasible import Feasible
from boundaryviz.adversary.methods.influence import Heaps
from boundaryviz.adversary.methods.svm_gradient import Wandering
from boundaryviz.adversary.problem import Problem
from boundaryviz.adversary.running import run_attack
from boundaryviz.attacks.targets import AttackError
from boundaryviz.jobs.lookup import function_named
from boundaryviz.record.trail import AttackState
from boundaryviz.scenario.scenario import Scenario

SVM = {"name": "SVC", "kernel": "rbf", "gamma": 2.0, "C": 10.0}
QUICK = {"steps": 40, "learning_rate": 0.05, "batch_size": "full"}


def scenario(learner: dict[str, Any], adversary: dict[str, Any], **data: Any) -> Scenario:
    points = {"name": "moons", "n": 50, "noise": 0.2, "validation": 0.45, "test": 0.3} | data
    return Scenario.model_validate({"data": points, "learner": learner, "training": QUICK, "adversary": adversary})


def climbing(learner: dict[str, Any] = SVM, data: dict[str, Any] | None = None, **own: Any) -> Scenario:
    adversary = {"method": "svm-gradient", "count": 2, "copies": 4, "iterations": 4} | own
    return scenario(learner, adversary, **(data or {}))


def through(learner: dict[str, Any] | None = None, **own: Any) -> Scenario:
    adversary = {
        "method": "back-gradient", "count": 3, "replicas": 2, "unrolled": 5, "iterations": 6, "beginnings": 2,
    } | own  # fmt: skip
    return scenario(learner or {"name": "mlp", "hidden": [6]}, adversary)


def influencing(learner: dict[str, Any] | None = None, data: dict[str, Any] | None = None, **own: Any) -> Scenario:
    adversary = {"method": "influence", "count": 4, "copies": 4, "iterations": 4} | own
    return scenario(learner or {"name": "logistic"}, adversary, **(data or {}))


def carried_out(of: Scenario, start: AttackState | None = None) -> tuple[Problem, list[AttackState]]:
    """The states as the method gives them, unmeasured."""
    problem = Problem(of)
    return problem, list(function_named(type(problem.settings).RUN)(problem, start))


def within(problem: Problem, states: Sequence[AttackState]) -> bool:
    low, high = problem.box
    return all(((low - 1e-12 <= s.points) & (s.points <= high + 1e-12)).all() for s in states)


# ---- support vector machines -----------------------------------------------------------------------------------------


def test_one_point_after_the_other_wanders_uphill() -> None:
    of = climbing()
    problem, states = carried_out(of)
    assert within(problem, states)
    assert [len(s) for s in states] == sorted(len(s) for s in states)
    assert [s.moving for s in states] == [len(s) - 1 for s in states]
    assert len(states[-1]) == 2
    ways = [(a, b) for a, b in pairwise(states) if len(a) == len(b) and "step" in b.words]
    assert ways
    for a, b in ways:
        assert (np.delete(a.points, a.moving, axis=0) == np.delete(b.points, b.moving, axis=0)).all()
        outcome = problem.train(np.stack([a.points, b.points]), a.label)
        assert outcome.loss[1] > outcome.loss[0]
    last = states[-1]
    assert last.objective == pytest.approx(problem.train(last.points, last.label).objective[0], abs=1 / 30)
    again = carried_out(of)[1]
    assert again == states


def test_after_a_pause_the_dragged_point_goes_on_and_the_others_come() -> None:
    of = climbing(count=3)
    _, states = carried_out(of)
    pause = next(s for s in states if len(s) == 2)
    moved = pause.points.copy()
    moved[1] += (0.3, -0.2)
    dragged = AttackState(moved, pause.label, pause.replaces, pause.moving, share=pause.share)
    problem, after = carried_out(of, dragged)
    assert (after[0].points == dragged.points).all()
    assert all((s.points[0] == dragged.points[0]).all() for s in after)
    assert len(after[-1]) == 3
    assert (problem.clipped(after[-1].points[2]) == after[-1].points[2]).all()
    assert len(carried_out(of, after[-1])[1][-1]) == 3


@pytest.mark.parametrize(
    ("learner", "data"),
    [
        ({"name": "SVC", "gamma": "scale"}, {"input_scale": "standardised"}),
        ({"name": "SVC", "gamma": 1.0, "kernel": "poly", "degree": 2, "coef0": 1.0}, {"input_scale": "domain"}),
        ({"name": "SVC", "gamma": "scale"}, {"labels_per_class": 15}),
        (SVM, {}),
    ],
    ids=["standardised, gamma by the data", "polynomial, domain", "some unlabelled", "as it is"],
)
@pytest.mark.parametrize("goal", ["error", "pin", "class"])
def test_the_gradient_is_in_the_units_of_the_scene(learner: dict[str, Any], data: dict[str, Any], goal: str) -> None:
    own = {"goal": goal, "target_class": 1} | ({"target": [0.3, 0.4]} if goal == "pin" else {})
    problem = Problem(climbing(learner, data, **own))
    work = Wandering(problem)
    x, label = problem.candidates.x[[3, 12]] + 0.05, np.array([1, 0])
    look = work.look(x, work.trained(x, label))
    for k in range(2):
        truth = np.zeros(2)
        for d in range(2):
            moved = [x.copy(), x.copy()]
            moved[0][k, d] += 1e-5
            moved[1][k, d] -= 1e-5
            truth[d] = (work.look(moved[0], look).value - work.look(moved[1], look).value) / 2e-5
        np.testing.assert_allclose(work.gradient(look, k), truth, rtol=1e-3, atol=1e-6)


def test_a_straight_machine_says_why_poison_has_no_slope_and_what_works() -> None:
    straight = {"name": "SVC", "kernel": "linear"}
    words = r"no slope to go up: 3 points on the margin hold the line .*heap or greedy"
    with pytest.raises(AttackError, match=words):
        carried_out(climbing(straight, {"seed": 1}, copies=1))
    _, states = carried_out(climbing(straight, {"seed": 0}, copies=8))
    assert "no slope to go up" in states[-1].words
    problem, states = carried_out(climbing(straight, {"seed": 1}, begins="map", copies=1))
    clean = problem.train(np.empty((0, 2)), np.empty(0, dtype=int)).objective[0]
    assert states[-1].objective > clean


def test_a_pin_is_turned_over() -> None:
    own: dict[str, Any] = {
        "goal": "pin",
        "target": [0.0, 0.5],
        "target_class": 0,
        "count": 3,
        "iterations": 8,
        "copies": 12,
    }
    problem, states = carried_out(climbing(**own))
    before = problem.ask(problem.goal.x, problem.goal.label).lead[0, 0]
    assert states[-1].objective > before + 0.3


# ---- nets ------------------------------------------------------------------------------------------------------------


def test_all_points_of_a_net_move_at_once_and_the_best_of_what_was_tried_is_kept() -> None:
    of = through()
    problem, states = carried_out(of)
    assert len(states) == 6 + 1
    assert within(problem, states)
    assert all(len(s) == 3 and s.moving == -1 for s in states)
    assert not np.array_equal(states[0].points, states[-2].points)
    seen = [states[0].points, states[5].points]
    last = states[-1]
    assert last.objective >= problem.train(np.stack(seen), last.label, seeds=2).objective.max() - 1e-12
    again = carried_out(of)[1]
    assert all(np.array_equal(a.points, b.points) for a, b in zip(again, states, strict=True))


def test_a_nets_attack_goes_on_from_where_it_was() -> None:
    of = through()
    _, states = carried_out(of)
    _, after = carried_out(of, states[3])
    assert (after[0].points == states[3].points).all()
    assert len(after) == 3 + 1


@pytest.mark.parametrize("learner", [{"name": "logistic", "loss": "hinge"}, {"name": "mlp", "activation": "relu"}])
@pytest.mark.parametrize("goal", ["pin", "class"])
def test_other_nets_and_goals(learner: dict[str, Any], goal: str) -> None:
    own = {"goal": goal, "target_class": 1, "target": [0.0, 0.5], "iterations": 2}
    problem, states = carried_out(through(learner, **own))
    assert within(problem, states)
    assert np.isfinite(states[-1].objective)


# ---- logistic regression ---------------------------------------------------------------------------------------------


def test_heaps_are_few_places_and_hurt() -> None:
    of = influencing(beyond=2.0, count=8, iterations=12, rate=0.3).with_values({"training.steps": 200})
    problem, states = carried_out(of)
    assert within(problem, states)
    for s in states:
        assert len(s) == 8
        assert all(len(np.unique(s.points[s.label == own], axis=0)) <= 1 for own in (0, 1))
    clean = problem.train(np.empty((0, 2)), np.empty(0, dtype=int)).objective[0]
    assert problem.train(states[-1].points, states[-1].label).objective[0] > clean + 0.03
    assert states[-1].objective == max(s.objective for s in states if "step" in s.words or "best" in s.words)


@pytest.mark.parametrize("scale", ["as-is", "standardised"])
@pytest.mark.parametrize("goal", ["error", "pin"])
def test_the_influence_is_that_of_fitting_anew(scale: str, goal: str) -> None:
    own = {"goal": goal, "target_class": 1} | ({"target": [0.3, 0.4]} if goal == "pin" else {})
    learner = {"name": "logistic", "features": ["x", "y", "x2", "sin_y"]}
    heaps = Heaps(Problem(influencing(learner, {"input_scale": scale}, **own)))
    x, label, weight = np.array([[0.4, 0.3], [1.1, 0.2]]), np.array([1, 0]), np.array([3, 1])
    look = heaps.look_at(x, label, weight)
    for k in range(2):
        truth = np.zeros(2)
        for d in range(2):
            moved = [x.copy(), x.copy()]
            moved[0][k, d] += 1e-5
            moved[1][k, d] -= 1e-5
            up, down = (heaps.look_at(one, label, weight).value for one in moved)
            truth[d] = (up - down) / 2e-5
        np.testing.assert_allclose(heaps.gradient(look, k), truth, rtol=1e-4, atol=1e-8)


def test_heaps_hide_within_sphere_and_slab() -> None:
    problem, states = carried_out(influencing(hides="both", beyond=3.0))
    points = problem.scene.points
    clean = points.take(points.is_train)
    means = [clean.x[clean.label == own].mean(axis=0) for own in (0, 1)]
    way = (means[1] - means[0]) / np.linalg.norm(means[1] - means[0])
    for own in (0, 1):
        away = clean.x[clean.label == own] - means[own]
        for s in states:
            poison = s.points[s.label == own] - means[own]
            assert (np.linalg.norm(poison, axis=1) <= np.percentile(np.linalg.norm(away, axis=1), 90) + 1e-9).all()
            assert (np.abs(poison @ way) <= np.percentile(np.abs(away @ way), 90) + 1e-9).all()


def test_heaps_go_on_with_one_point_dragged_off() -> None:
    of = influencing(count=3)
    pause = carried_out(of)[1][0]
    points = pause.points.copy()
    points[0] += 0.4
    _, after = carried_out(of, AttackState(points, pause.label, pause.replaces, 0))
    assert len(after[-1]) == 3
    assert {tuple(p) for p in after[0].points} == {tuple(p) for p in points}


def test_classes_that_a_line_separates_ask_for_a_penalty() -> None:
    of = influencing(data={"name": "gauss", "noise": 0.0}, hides="both")
    with pytest.raises(AttackError, match=r"has no best fit.*training\.l2"):
        carried_out(of)
    assert carried_out(of.with_values({"training.l2": 0.01}))[1]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    hides=st.sampled_from(["nowhere", "sphere", "slab", "both"]),
    far=st.tuples(st.floats(-9, 9), st.floats(-9, 9)),
)
def test_the_nearest_place_is_within_all_that_is_asked_for(seed: int, hides: Any, far: tuple[float, float]) -> None:
    rng = np.random.default_rng(seed)
    label = np.arange(40) % 2
    x = rng.standard_normal((40, 2)) + 2.0 * label[:, None]
    box = np.stack([x.min(axis=0), x.max(axis=0)])
    feasible = Feasible(x, label, box, hides, 90.0)
    place = feasible.nearest(np.array(far), 1)
    assert ((box[0] <= place) & (place <= box[1])).all()
    np.testing.assert_allclose(feasible.nearest(place, 1), place, atol=1e-6)
    away: NDArray = x[label == 1] - x[label == 1].mean(axis=0)
    if hides in ("sphere", "both"):
        radius = np.percentile(np.linalg.norm(away, axis=1), 90)
        assert np.linalg.norm(place - x[label == 1].mean(axis=0)) <= radius + 1e-4


# ---- where they cannot -----------------------------------------------------------------------------------------------

TREE = {"name": "DecisionTreeClassifier"}
WORDS = [
    (climbing(TREE), "decision tree. Take heap or greedy"),
    (climbing({"name": "mlp"}), "multilayer perceptron. Take back-gradient"),
    (climbing(data={"name": "blobs"}), "of 4 classes. Take heap or greedy"),
    (climbing(SVM | {"kernel": "sigmoid"}), "tanh kernel"),
    (climbing(label=-1), "Unlabelled poison does nothing"),
    (climbing(data={"validation": 0.0}), "There are no validation points"),
    (climbing(data={"n": 10}, count=80), "there are 10 training points"),
    (through(SVM), "support vector machine. Take svm-gradient"),
    (through(TREE), "Take heap or greedy"),
    (influencing(SVM), "Take svm-gradient"),
    (influencing({"name": "mlp"}), "Take back-gradient"),
    (influencing({"name": "logistic", "loss": "hinge"}), "differentiated twice"),
]


@pytest.mark.parametrize(("of", "words"), WORDS, ids=[words for _, words in WORDS])
def test_words_for_what_cannot_be_attacked(of: Scenario, words: str) -> None:
    with pytest.raises(AttackError, match=words) as error:
        run_attack(of)
    assert str(error.value).endswith(".")
    assert "Take heap or greedy" not in words or "this is" in str(error.value)


def test_one_class_leaves_nothing_to_attack() -> None:
    points = {"data": {"name": "moons", "n": 40, "labels_per_class": 0}}
    of = Scenario.model_validate(points | {"learner": SVM, "adversary": {"method": "svm-gradient"}})
    with pytest.raises(AttackError, match=r"no labelled training point"):
        run_attack(of)


def test_a_label_that_is_given_is_that_of_all_poison() -> None:
    for of in (climbing(label=1), influencing(label=0), through(label=1, iterations=1)):
        problem, states = carried_out(of)
        assert all((s.label == problem.settings.label).all() for s in states)


def test_a_state_is_measured_in_truth_and_the_scenario_is_untouched() -> None:
    of = climbing(count=1)
    before = of.model_dump()
    trail = run_attack(of)
    assert trail.last.done
    assert np.isfinite(trail.column("error")).all()
    assert trail.last.fits > len(trail)
    assert of.model_dump() == before
