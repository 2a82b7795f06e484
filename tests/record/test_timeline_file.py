"""A timeline survives its file to the bit, and nothing else is taken for one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaryviz.engine.messages import PLAIN, Checkpoint
from boundaryviz.record import curves_file, timeline_file
from boundaryviz.record.archive import ArchiveError, read_archive, write_archive
from boundaryviz.record.timeline_file import Kept
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain
from helpers.snapshots import curves

SCENARIO = Scenario()


def kept(steps: list[int], points: int = 5) -> Kept:
    rng = np.random.default_rng(0)
    checkpoints = []
    for number, step in enumerate(steps):
        state = {
            "step": np.array(step), "diverged": np.zeros(1, dtype=bool), "learner.P": rng.normal(size=(1, 7)),
            "learner.memory-0": rng.normal(size=(points + number // 3,)).astype(np.float32),
        }  # fmt: skip
        field = rng.random((4, 6)).astype(np.float16)
        field[0, 0] = np.nan
        clean = field + np.float16(1) if number % 2 else None
        why = frozenset({"best"}) if number == 1 else frozenset()
        checkpoints.append(Checkpoint(step, Domain(0.0, 1.5, -0.1, 1.0), field, clean, state, why))  # type: ignore[arg-type]
    return Kept(tuple(checkpoints), curves())


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 10**7), unique=True, max_size=8).map(sorted))
def test_moments_and_curves_survive_to_the_bit(steps: list[int], tmp_path: Path) -> None:
    path, before = tmp_path / "a.timeline.npz", kept(steps)
    timeline_file.write(path, SCENARIO, before)
    after = timeline_file.read(path, SCENARIO)
    assert after is not None
    assert [one.step for one in after.checkpoints] == steps
    for a, b in zip(before.checkpoints, after.checkpoints, strict=True):
        assert (a.rect, a.why) == (b.rect, b.why)
        assert a.field.tobytes() == b.field.tobytes()
        assert (a.clean is None) == (b.clean is None)
        assert a.state.keys() == b.state.keys()
        assert all(
            a.state[k].tobytes() == b.state[k].tobytes() and a.state[k].shape == b.state[k].shape for k in a.state
        )
    np.testing.assert_array_equal(before.curves.values, after.curves.values)


def test_a_timeline_of_another_state_is_none_of_this_project(tmp_path: Path) -> None:
    path = tmp_path / "a.timeline.npz"
    timeline_file.write(path, SCENARIO, kept([0, 1]))
    assert timeline_file.read(path, SCENARIO.with_values({"training.learning_rate": 0.5})) is None
    assert timeline_file.read(path, SCENARIO.model_copy(update={"title": "other words"})) is not None


@pytest.mark.parametrize(
    "mistake", ["step", "field", "why", "curves.values", "state.step", "rect", "format", "complex", "deep", "huge"]
)
def test_what_does_not_fit_together_is_refused(mistake: str, tmp_path: Path) -> None:
    path = tmp_path / "a.timeline.npz"
    timeline_file.write(path, SCENARIO, replace(kept([0, 5, 9]), checkpoints=kept([0, 5, 9]).checkpoints[::2]))
    arrays, text = read_archive(path)
    if mistake in ("why", "rect"):
        text[f"g0.{mistake}"] = "[1]"
    elif mistake in ("deep", "huge"):
        text["g0.rect"] = "[" * 100_000 if mistake == "deep" else f"[{10**400}, 2, 3, 4]"
    elif mistake == "format":
        text["format"] = "99"
    elif mistake == "complex":
        arrays["g0.step"] = arrays["g0.step"].astype(complex)
    elif mistake == "curves.values":
        arrays["curves.values"] = arrays["curves.values"][:-1]
    elif mistake == "state.step":
        arrays["g0.state.step"] = arrays["g0.state.step"] + 1
    else:
        arrays[f"g0.{mistake}"] = arrays[f"g0.{mistake}"][:0]
    write_archive(path, arrays, text)
    with pytest.raises(ArchiveError):
        timeline_file.read(path, SCENARIO)


def test_it_lies_beside_its_project() -> None:
    assert timeline_file.beside("/a b/ü.x.bviz") == Path("/a b/ü.x.timeline.npz")


def test_settings_of_a_later_format_that_say_nothing_do_not_part_a_timeline_from_its_project() -> None:
    scenario = Scenario()
    plain = scenario.model_dump(mode="json", include={"data", "poison", "learner", "training", "course"})
    for section in ("data", "poison", "learner", "training"):  # as it was when the format had no such settings
        for name in getattr(scenario, section).later()[1]:
            del plain[section][name]
    assert "focusing" not in plain["learner"]
    before = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
    assert timeline_file.key(scenario) == before
    assert timeline_file.key(scenario.with_values({"learner.focusing": 1.0})) != before
    assert timeline_file.key(scenario.with_values({"decision.threshold": 0.4})) != before


def test_curves_of_before_there_were_more_measures_are_read() -> None:
    columns = curves_file.to_arrays(curves(2))
    old = columns | {"curves.values": columns["curves.values"][..., :PLAIN]}
    store = curves_file.from_arrays(old)
    np.testing.assert_array_equal(store.values[..., :PLAIN], old["curves.values"])
    assert np.isnan(store.values[..., PLAIN:]).all()
