"""Inputs and responses in files: there where they are, and no trace of them where they are not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.scenario.files import WriteError, dumps, read, write
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.edits import Move, Recolumn, apply
from boundaryviz.scene.scene import Scene
from helpers.lifted import lifted
from helpers.scenes import bits, scenes

LATER = ("inputs", "response", "unknown", "section")


def wide(**changes: object) -> dict:
    """A file of two points with three inputs, with changes to its plane by dotted path."""
    scenario = Scenario().with_scene(lifted(3, n=10, validation=0.0, test=0.0))
    values = json.loads(dumps(scenario))
    for path, value in changes.items():
        place = values["plane"]
        *parents, last = path.split("__")
        for parent in parents:
            place = place[parent]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return values


@given(scenes())
@settings(max_examples=30)
def test_only_what_needs_it_is_of_version_3(scene: Scene):
    values = json.loads(dumps(Scenario().with_scene(scene)))
    needs = scene.section is not None or scene.points.response is not None
    assert values["version"] == (3 if needs else 2)
    found = {key for key in LATER if key in values["plane"] or key in values["plane"]["points"]}
    assert ("section" in found, "inputs" in found) == (scene.section is not None,) * 2
    assert ("response" in found) == (scene.points.response is not None)


@pytest.mark.parametrize("suffix", [".bviz", ".toml"])
def test_inputs_and_responses_are_read_back_to_the_bit(tmp_path: Path, suffix: str):
    scene = lifted(20, noise=0.1)
    response = np.where(np.arange(len(scene.points)) % 3, scene.points.x[:, 0], np.nan)
    scene = scene.with_points(scene.points.with_columns(response=response))
    scenario = Scenario(name="a").with_scene(scene)
    write(tmp_path / f"a{suffix}", scenario)
    assert read(tmp_path / f"a{suffix}") == scenario
    assert bits(read(tmp_path / f"a{suffix}").scene()) == bits(scene)


def test_a_table_that_would_lose_inputs_is_not_written(tmp_path: Path):
    with pytest.raises(WriteError, match=r"have inputs or responses too; save them as \.bviz"):
        write(tmp_path / "a.csv", Scenario().with_scene(lifted(3)))
    assert not list(tmp_path.iterdir())


@given(st.data(), st.sampled_from([1, 3]))
@settings(max_examples=20)
def test_a_history_of_drags_leads_to_the_same_bits(data: st.DataObject, width: int):
    scene = lifted(width, noise=0.2, n=10) if width > 1 else Scenario.from_arrays(np.arange(9.0)[:, None]).scene()
    scenario = Scenario().with_scene(scene)
    history = RunHistory.of(scenario, scene)
    for step in range(data.draw(st.integers(1, 4))):
        some = scene.points.ids[: data.draw(st.integers(1, 3))]
        places = scene.points.xy[: len(some)] + data.draw(st.floats(-3, 3))
        scene, _ = apply(Move(some, places), scene)
        if data.draw(st.booleans()):
            scene, _ = apply(Recolumn(some, {"response": np.full(len(some), data.draw(st.floats(-9, 9)))}), scene)
        history = history.then(step + 1, scenario, scene)
    written = history.written(scenario.with_scene(scene), scene)
    back = RunHistory.read(Scenario.parse(json.loads(dumps(written))))
    assert back is not None
    assert bits(back.last[1]) == bits(scene)
    assert bits(back.at(len(back.changes))[1]) == bits(scene)


def test_a_history_that_began_with_inputs_is_of_version_3():
    flat, scene = Scenario().scene(), lifted(3)
    history = RunHistory.of(Scenario(), scene).then(5, Scenario(), flat)
    assert json.loads(dumps(history.written(Scenario().with_scene(flat), flat)))["version"] == 3
    dragged, _ = apply(Move(flat.points.ids[:1], np.zeros((1, 2))), flat)
    history = RunHistory.of(Scenario(), flat).then(5, Scenario(), dragged)
    assert json.loads(dumps(history.written(Scenario().with_scene(dragged), dragged)))["version"] == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"section": None}, "need a section"),
        ({"points__inputs": None}, "points without have none"),
        ({"points__inputs": [[1.0]]}, "columns of as many numbers"),
        ({"points__inputs": [[0.0] * 10] * 4}, "section of 3 inputs, and points with 4"),
        ({"points__inputs": [[1e19] * 10] * 3}, "too far out"),
        ({"points__inputs": [["a"] * 10] * 3}, "must be a number"),
        ({"points__inputs": 7}, "must be a list"),
        ({"points__unknown": [True] * 10}, "as many responses"),
        ({"points__response": [1.0]}, "as many responses"),
        ({"section__axes": [[1, 0, 0], [2, 0, 0]]}, "on one line"),
        ({"section__axes": [[1, 0], [0, 1, 0]]}, "must have one length"),
        ({"section__low": [9e9] * 3}, "low < high"),
        ({"section__names": ["a"]}, "names all of its 3 inputs"),
        ({"section__origin": None}, "origin: is missing"),
        ({"section__shape": 3}, "no such setting"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(changes: dict, words: str):
    assert Scenario.parse(wide()).scene().points.width == 3
    with pytest.raises(ScenarioError, match=words):
        Scenario.parse(wide(**changes))


def test_two_thousand_inputs_are_read():
    scene = lifted(2000, n=10)
    assert bits(Scenario.parse(json.loads(dumps(Scenario().with_scene(scene)))).scene()) == bits(scene)
