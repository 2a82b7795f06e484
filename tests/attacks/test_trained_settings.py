"""Settings of attacks that train: in scenarios, in files, by `--set`, and as other packages bring them."""

from __future__ import annotations

from typing import ClassVar, Literal

import pytest
from pydantic import ValidationError

from boundaryviz.attacks.trained.settings import TrainedAttackSettings, accepted
from boundaryviz.attacks.trained.specs import METHODS, register
from boundaryviz.jobs.lookup import function_named
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.tasks import content_key
from helpers.attacked import MOONS, attacked


def test_every_method_names_a_function_that_is_there():
    assert {"flips-random", "flips-nearest", "flips-furthest", "alfa"} <= set(METHODS)
    for name, spec in METHODS.items():
        assert spec().method == name
        assert callable(function_named(spec.RUN))
        assert set(spec.FOREIGN) <= set(spec.model_fields)


def test_another_method_keeps_what_all_share_and_takes_its_own_defaults():
    alfa = attacked(adversary__method="alfa", adversary__restarts=3, adversary__count=9)
    back = alfa.with_values({"adversary.method": "flips-random"}).with_values({"adversary.method": "alfa"})
    assert back.adversary is not None
    assert back.adversary.count == 9
    assert back.adversary.model_dump()["restarts"] == 0


def test_a_scenario_without_one_is_given_one_by_its_method():
    scenario = Scenario().with_values({"adversary.count": 3, "adversary.method": "alfa"})
    assert scenario.adversary is not None
    assert (scenario.adversary.method, scenario.adversary.count) == ("alfa", 3)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"adversary.count": 3}, "adversary.method: is missing"),
        ({"adversary.method": "magic"}, "adversary.method: unknown method 'magic'"),
        ({"adversary.method": "alfa", "adversary.cuont": 3}, "did you mean adversary.count"),
        ({"adversary.method": "alfa", "adversary.surrogate": "oracle"}, "adversary.surrogate: unknown learner"),
        ({"adversary.method": "alfa", "adversary.beyond": 0.0}, "adversary.beyond: must be at least 0.1"),
    ],
)
def test_what_is_wrong_is_said_once_with_its_path(values, problem):
    with pytest.raises(ScenarioError) as wrong:
        Scenario().with_values(values)
    (found,) = wrong.value.problems
    assert problem in found


def test_only_a_scenario_that_offers_an_attack_needs_version_6():
    assert MOONS.written()["version"] == 6
    bare = MOONS.model_copy(update={"adversary": None}).written()
    assert bare["version"] < 6
    assert "adversary" not in bare
    assert Scenario.parse(MOONS.written()) == MOONS


def test_offering_an_attack_changes_no_points_no_run_and_no_key_of_a_result():
    bare = MOONS.model_copy(update={"adversary": None})
    assert MOONS.scene() == bare.scene()
    assert content_key("run", MOONS) == content_key("run", bare)
    errors = [train(one, progress=False).metrics["test_error"].mean for one in (MOONS, bare)]
    assert errors[0] == errors[1]


def test_what_was_committed_stays_where_settings_of_the_attack_change():
    kept = MOONS.with_poison([(0.0, 0.0)], 1)
    changed = kept.with_values({"adversary.count": 9})
    assert changed.plane == kept.plane


def test_one_by_code_is_registered_and_one_that_names_no_function_is_refused():
    @register
    class Idle(TrainedAttackSettings):
        TITLE: ClassVar[str] = "Idle"
        RUN: ClassVar[str] = "boundaryviz.adversary.methods.flips:attack"
        method: Literal["idle-of-tests"] = "idle-of-tests"

    assert METHODS["idle-of-tests"] is Idle
    METHODS._found.pop("idle-of-tests")  # other tests go through all there are

    class NoFunction(Idle):
        RUN: ClassVar[str] = "nowhere"

    with pytest.raises(TypeError, match="RUN"):
        accepted(NoFunction)
    with pytest.raises(TypeError, match="no class of"):
        accepted(int)
    with pytest.raises(ValidationError):
        Idle(count=0)
