"""Greedy attacks and heaps: what they plant, in which order, and where they go on from."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from boundaryviz.adversary.running import run_attack
from boundaryviz.attacks.targets import AttackError
from boundaryviz.record.trail import AttackState
from boundaryviz.scenario.scenario import Scenario


def scenario(method: str, count: int = 3, **changed: Any) -> Scenario:
    plain: dict[str, Any] = {
        "data": {"name": "gauss", "n": 40, "noise": 0.35, "validation": 0.45, "test": 0.45},
        "learner": {"name": "SVC", "kernel": "linear"},
        "adversary": {"method": method, "count": count, "beyond": 2.0},
    }
    return Scenario.model_validate(plain).with_values(changed)


def test_a_heap_is_all_its_points_at_one_place_of_the_box_and_grows_with_every_finer_map():
    of = scenario("heap", 4)
    states = run_attack(of).states
    xy = of.scene().points.xy[of.scene().points.is_train]
    low, high = xy.min(axis=0), xy.max(axis=0)
    for state in states:
        assert len(state) == 4
        assert np.ptp(state.points, axis=0).tolist() == [0, 0]
        assert len(set(state.label.tolist())) == 1
        assert (np.abs(state.points - (low + high) / 2) <= (high - low) + 1e-9).all()
    values = [state.objective for state in states]
    assert values == sorted(values)
    assert states[-1].done
    assert states[-1].gain > 0.05


def test_greedy_places_one_point_after_the_other_each_the_best_beside_those_before():
    states = run_attack(scenario("greedy")).states
    assert [len(state) for state in states] == [1, 2, 3]
    for before, after in pairwise(states):
        assert np.array_equal(after.points[: len(before)], before.points)
        assert after.moving == len(before)
    values = [state.objective for state in states]
    assert values == sorted(values)
    assert states[-1].fits > states[0].fits


def test_greedy_goes_on_from_points_that_were_dragged_which_stay():
    first = run_attack(scenario("greedy", 1)).last
    dragged = replace(first, points=first.points + 0.5, done=False)
    states = run_attack(scenario("greedy", 2), start=dragged).states
    assert [len(state) for state in states] == [2]
    assert np.array_equal(states[0].points[0], dragged.points[0])


def test_a_heap_goes_on_from_where_it_was_dragged_unless_the_map_knows_better():
    of = scenario("heap", 4)
    best = run_attack(of).last
    again = run_attack(of, start=replace(best, done=False)).last
    assert np.array_equal(again.points, best.points)
    poor = AttackState(np.zeros((4, 2)), np.zeros(4, np.int64), np.full(4, -1))
    assert run_attack(of, start=poor).last.objective >= best.objective


def test_the_label_asked_for_is_that_of_every_point():
    assert (run_attack(scenario("heap", **{"adversary.label": 0})).last.label == 0).all()


@pytest.mark.parametrize("method", ["greedy", "heap"])
def test_unlabelled_poison_against_a_supervised_learner_is_refused_in_words(method: str):
    with pytest.raises(AttackError, match="unlabelled poison does nothing"):
        run_attack(scenario(method, **{"adversary.label": -1}))


def test_any_learner_can_be_attacked_and_a_pin_aimed_at():
    of = scenario(
        "heap", 3, **{
            "learner.name": "KNeighborsClassifier", "learner.n_neighbors": 3, "adversary.goal": "pin",
            "adversary.target": [1.0, 1.0], "adversary.target_class": 0,
        },
    )  # fmt: skip
    last = run_attack(of).last
    assert (last.label == 0).all()
    assert last.objective == 1.0
