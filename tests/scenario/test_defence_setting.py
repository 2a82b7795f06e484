"""A defence in a scenario: in files, by `--set`, in histories and in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from boundaryviz.defences.kinds.knn import KnnSpec
from boundaryviz.record.pins import PinnedSnapshot
from boundaryviz.record.pins import differences as pins_differ
from boundaryviz.scenario.changes import resets, stirs
from boundaryviz.scenario.command_line import differences
from boundaryviz.scenario.history import RunHistory, changed
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.words import setting_title, settings_in_words
from helpers.snapshots import snapshot

PLAIN = Scenario()
ON = PLAIN.with_values({"defence.defence": "knn", "defence.neighbours": 3})


def test_it_is_chosen_by_name_with_its_defaults_and_switched_off_again() -> None:
    assert ON.defence == KnnSpec(neighbours=3)
    assert ON.with_values({"defence.majority": 0.7}).defence == KnnSpec(neighbours=3, majority=0.7)
    assert ON.with_values({"defence.defence": "none"}) == PLAIN
    assert PLAIN.with_values({"defence": {"defence": "knn", "neighbours": 3}}) == ON
    assert ON.with_values({"defence": None}) == PLAIN


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"defence.neighbours": 3}, "defence.neighbours: no defence is on; choose one first"),
        ({"defence.defence": "luck"}, "unknown defence 'luck'; there are: activation-clustering, current"),
        ({"defence.defence": "knn", "defence.neighbours": 0}, "defence.neighbours: must be at least 1"),
        ({"defence.defence": "knn", "defence.neighbour": 3}, "defence.neighbour: there is no such setting; did you"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(values: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        PLAIN.with_values(values)


def test_only_a_scenario_with_a_defence_needs_version_6() -> None:
    assert "defence" not in PLAIN.written()
    assert PLAIN.written()["version"] == 2
    assert ON.written()["version"] == 6
    assert Scenario.parse(ON.written()) == ON


def test_a_run_has_something_to_learn_from_a_change_and_needs_no_fresh_weights() -> None:
    assert stirs(PLAIN, ON)
    assert not resets(PLAIN, ON)


def test_a_history_leads_through_it_and_is_of_version_6() -> None:
    scene = PLAIN.scene()
    history = RunHistory.of(PLAIN, scene).then(5, ON, scene).then(9, PLAIN, scene)
    assert changed(PLAIN, ON) == {"defence": ON.model_dump(mode="json")["defence"]}
    written = history.written(PLAIN, scene)
    assert written.written()["version"] == 6
    read = RunHistory.read(Scenario.parse(written.written()))
    assert read is not None
    assert [read.at(k)[0].defence for k in range(3)] == [None, ON.defence, None]


def test_the_command_line_and_words_name_it() -> None:
    assert differences(PLAIN, ON) == {"defence.defence": "knn", "defence.neighbours": 3}
    assert differences(ON, PLAIN) == {"defence.defence": "none"}
    assert settings_in_words(ON, {"defence.defence": 0, "defence.neighbours": 0}) == (
        "Neighbours disagree; Neighbours 3"
    )
    assert settings_in_words(PLAIN, {"defence.defence": 0}) == "no defence"
    assert setting_title(PLAIN, "defence.defence") == "defence"
    assert setting_title(ON, "defence.neighbours") == "Neighbours"


def test_pins_say_in_what_they_differ() -> None:
    pins = [PinnedSnapshot("a", replace(snapshot(), scenario=one)) for one in (PLAIN, ON)]
    assert pins_differ(pins)[0] == "none"
    assert pins_differ(pins)[1].startswith("knn")
