"""Keys of results: what they depend on and what not, in this process and in others."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.scenario.gallery import load, names
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move, apply
from boundaryviz.studies import tasks
from boundaryviz.studies.study import Axis, Study
from boundaryviz.studies.tasks import content_key, part_key

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "data.noise": st.floats(0, 0.5),
    "data.n": st.integers(20, 500),
    "poison.count": st.integers(0, 40),
    "learner.hidden": st.lists(st.integers(1, 16), max_size=3),
    "training.learning_rate": st.floats(1e-4, 0.1),
    "training.seed": st.integers(0, 9),
}
SETTINGS = st.fixed_dictionaries({}, optional=VALUES)


@given(SETTINGS, SETTINGS)
@settings(deadline=None, max_examples=50)
def test_keys_are_equal_where_the_content_is_and_nowhere_else(one: dict[str, Any], other: dict[str, Any]):
    first, second = (Scenario().with_values(values) for values in (one, other))
    same = first == second
    assert (content_key("metrics", first) == content_key("metrics", second)) is same
    assert content_key("metrics", first) == content_key("metrics", Scenario.parse(first.model_dump(mode="json")))
    assert content_key("metrics", first) == content_key("metrics", Scenario().with_values(dict(reversed(one.items()))))


def test_words_do_not_count_and_points_kinds_and_formats_do(monkeypatch: pytest.MonkeyPatch):
    moons = load("moons")
    key = content_key("metrics", moons)
    assert content_key("metrics", moons.model_copy(update={"title": "Other", "order": 3, "expect": {}})) == key
    scene = moons.scene()
    written = moons.with_scene(scene)
    keys = {key, content_key("metrics", written), content_key("dose", moons), content_key("metrics", moons, steps=3)}
    moved = apply(Move(scene.points.ids[:1], np.array([[1e-12, 0.0]])), scene)[0]
    keys.add(content_key("metrics", moons.with_scene(moved)))
    monkeypatch.setattr(tasks, "FORMAT", tasks.FORMAT + 1)
    keys.add(content_key("metrics", moons))
    assert len(keys) == 6
    assert part_key(key, 1) != part_key(key, "1") != part_key(key, 1, None)


def test_other_processes_give_the_same_keys():
    code = (
        "from boundaryviz.scenario.gallery import load, names\nfrom boundaryviz.studies.tasks import content_key\n"
        "for name in names(): print(content_key('metrics', load(name), doses=[1, 2], b=1, a=2))"
    )
    here = [content_key("metrics", load(name), doses=[1, 2], a=2, b=1) for name in names()]
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.split() == here


def test_a_seed_has_its_key_whatever_other_seeds_there_are():
    moons = load("moons")

    def keys(**more: Any) -> list[str]:
        return [task.key for one in Study(scenario=moons, **more).batches() for task in one.tasks]

    assert keys(seeds=100)[:3] == keys(seeds=3) == keys(seeds=(2, 1, 0))[::-1]
    assert (
        Study(scenario=moons.with_values({"training.seed": 1}), seeds=2).batches()[0].tasks[0].key == keys(seeds=3)[1]
    )
    assert len({*keys(seeds=3), *keys(seeds=3, twin=True), *keys(seeds=3, steps=7)}) == 9
    again = Study(scenario=moons, axes=(Axis(path="data.noise", values=(moons.data.noise, 0.3)),))
    assert again.batches()[0].tasks[0].key == keys()[0], "a value that the scenario has anyway changes nothing"
