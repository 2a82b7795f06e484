"""A scenario held to what the attack that it offers does."""

from __future__ import annotations

import pytest

from boundaryviz.adversary.attacking import attack
from boundaryviz.record.attacked import MEASURES
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import ScenarioError
from boundaryviz.studies.check import check
from helpers.attacked import MOONS


def test_each_value_is_that_of_the_attack_on_draws_of_the_data_seeds_own():
    names = ("gain", "error", "clean_error", "random_gain", "fits")
    scenario = MOONS.model_copy(update={"expect": {f"attack.{name}": (-1.0, 1e3) for name in names}})
    found = check(scenario, data_seeds=(3, 5))
    assert found.holds
    for at, seed in enumerate((3, 5)):
        metrics = attack(MOONS.with_values({"data.seed": seed}), progress=False).metrics
        assert [one.values[at] for one in found.held] == [metrics[name].mean for name in names]


def test_a_setting_may_be_changed_for_one_measure_alone():
    scenario = MOONS.model_copy(update={"expect": {"attack.fits": 6.0, "attack.fits at adversary.count=2": 2.0}})
    found = check(scenario, data_seeds=(3,))
    assert [one.values for one in found.held] == [(6.0,), (2.0,)]


def test_without_a_pin_there_is_no_success_and_without_an_attack_nothing():
    scenario = MOONS.model_copy(update={"expect": {"attack.success": (0.0, 1.0)}})
    assert not check(scenario, data_seeds=(3,)).holds
    bare = scenario.model_copy(update={"adversary": None})
    with pytest.raises(ScenarioError, match=r"set adversary\.method"):
        check(bare, data_seeds=(3,))


def test_measures_are_of_attacks_alone():
    assert set(MEASURES) == {
        "gain",
        "error",
        "clean_error",
        "random_gain",
        "success",
        "clean_success",
        "random_success",
        "fits",
    }
    assert "attack.gain" in load("alfa").expect
