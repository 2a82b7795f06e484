"""What is asked of a model as it stands, in a scenario: in files, by `--set` and in words."""

from __future__ import annotations

import pytest

from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.scenario.changes import resets, stirs
from boundaryviz.scenario.command_line import differences
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Domain
from boundaryviz.studies.tasks import content_key

PLAIN = Scenario()
ASKED = PLAIN.with_values({"evasion.method": "pgd", "evasion.epsilon": 0.2})


def test_one_setting_of_it_asks_with_the_defaults_of_the_others_and_none_asks_for_nothing() -> None:
    assert ASKED.evasion == EvasionSpec(method="pgd", epsilon=0.2)
    assert ASKED.with_values({"evasion.norm": "linf"}).evasion == EvasionSpec(method="pgd", epsilon=0.2, norm="linf")
    assert ASKED.with_values({"evasion": "none"}) == ASKED.with_values({"evasion": None}) == PLAIN
    assert PLAIN.with_values({"evasion": {"method": "pgd", "epsilon": 0.2}}) == ASKED


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"evasion.method": "luck"}, "evasion.method: must be 'nearest', 'fgsm', 'pgd', 'deepfool' or 'adaptive'"),
        ({"evasion.epsilon": -1.0}, "evasion.epsilon: must be at least 0"),
        ({"evasion.epsilom": 1.0}, "evasion.epsilom: there is no such setting; did you mean evasion.epsilon"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(values: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        PLAIN.with_values(values)


def test_only_a_scenario_that_asks_needs_version_7() -> None:
    assert "evasion" not in PLAIN.written()
    assert PLAIN.written()["version"] == 2
    assert ASKED.written()["version"] == 7
    assert Scenario.parse(ASKED.written()) == ASKED


def test_nothing_of_it_changes_training() -> None:
    assert not stirs(PLAIN, ASKED)
    assert not resets(PLAIN, ASKED)
    assert content_key("run", PLAIN) == content_key("run", ASKED)


def test_a_command_line_leads_to_it_and_back() -> None:
    assert PLAIN.with_values(differences(PLAIN, ASKED)) == ASKED
    assert differences(ASKED, PLAIN) == {"evasion": "none"}


def test_settings_with_which_there_is_nothing_to_see_say_so() -> None:
    plane = Domain(-2, 2, -1, 1)
    assert "nothing is pushed" in EvasionSpec(method="fgsm", epsilon=0.0).advice(plane, 2)
    assert "more than the whole plane is wide" in EvasionSpec(method="pgd", epsilon=4.1).advice(plane, 2)
    assert "There is no class 2" in EvasionSpec(target=2).advice(plane, 2)
    assert not EvasionSpec(method="nearest", epsilon=0.0).advice(plane, 2)


def test_what_a_method_does_not_look_at_is_named() -> None:
    assert {"steps", "restarts", "seed", "epsilon"} == EvasionSpec().unused().keys()
    assert {"steps", "restarts", "seed"} == EvasionSpec(method="fgsm").unused().keys()
    assert not EvasionSpec(method="pgd").unused()
