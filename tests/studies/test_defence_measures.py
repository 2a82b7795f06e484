"""The measures under 'defence.': an attack that trains, under the scenario's defence, on each draw of the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boundaryviz.adversary.running import run_attack
from boundaryviz.adversary.truth import Truth
from boundaryviz.defences.neighbours import neighbours
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.check import check
from boundaryviz.studies.defending import Defending, measure

SMALL: dict[str, Any] = {
    "data": {"name": "moons", "n": 60, "noise": 0.15, "seed": 3},
    "learner": {"name": "SVC", "gamma": 2.0},
    "adversary": {"method": "flips-random", "count": 6},
    "defence": {"defence": "knn", "neighbours": 5},
}


class Nobody:
    def progress(self, done: int, of: int, words: str = "") -> None: ...

    def result(self, value: object) -> None: ...


def test_rates_and_errors_are_those_of_the_attack_done_by_hand():
    scenario = Scenario.parse(SMALL)
    found = measure(Defending(scenario, 1, "cpu"), Nobody())[0]
    open_ = scenario.model_copy(update={"defence": None})
    truth = Truth(open_, open_.scene(), device="cpu")
    scene = truth.committed(run_attack(open_, device="cpu").last)
    points = scene.points.take(scene.points.is_train & scene.seen())
    _, near = neighbours(points.xy, 5)
    gone = (points.label[near] != points.label[:, None]).sum(axis=1) >= 3
    poison = points.is_poison
    assert poison.sum() == 6
    assert found["true_positive_rate"] == pytest.approx(gone[poison].mean())
    assert found["false_positive_rate"] == pytest.approx(gone[~poison].mean())
    assert found["undefended_error"] == pytest.approx(truth.of_scene(scene).error.mean())
    kept = scene.with_points(scene.points.take(~np.isin(scene.points.ids, points.ids[gone])))
    assert found["error"] == pytest.approx(truth.of_scene(kept).error.mean())
    assert found["clean_error"] is not None


def test_a_promise_is_held_to_them():
    held = check(
        Scenario.parse(SMALL | {"expect": {"defence.true_positive_rate at defence.neighbours=3": 1}}),
        range(2), progress=False, device="cpu",
    ).held  # fmt: skip
    assert [one.share for one in held] == [1.0]
    assert np.isfinite(held[0].values).all()


@pytest.mark.parametrize(("without", "path"), [("defence", "defence.defence"), ("adversary", "adversary.method")])
def test_without_a_defence_or_an_attack_it_says_what_to_set(without: str, path: str):
    content = {name: value for name, value in SMALL.items() if name != without}
    scenario = Scenario.parse(content | {"expect": {"defence.error": 1}})
    with pytest.raises(ScenarioError, match=f"set {path}"):
        check(scenario, range(1), progress=False, device="cpu")
