"""The moments of films: which steps, over what, and that they are those of the run itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.figures.film.sequence import Sweep
from boundaryviz.learners.cascade import same
from boundaryviz.runs.run import start
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.filming import RunConfig, over_training, over_values, spaced

SMALL = Scenario().with_values({"data.n": 60, "learner.hidden": [4], "training.steps": 90})
POISONED = SMALL.with_values({"data.labels_per_class": 3, "poison.count": 4, "poison.target": [0.0, 0.5]})


@given(st.integers(1, 1_000_000), st.integers(1, 600), st.sampled_from(["log", "linear"]))
def test_steps_rise_from_the_first_to_the_last(total, count, spacing):
    steps = spaced(total, count, spacing)
    assert steps[0] == 0
    assert steps[-1] == total
    assert (np.diff(steps) > 0).all()
    assert len(steps) <= max(count, 2)
    assert len(steps) >= min(count, total + 1) * 0.6  # few are lost where steps are few
    if spacing == "log":
        assert (np.diff(np.diff(steps)) >= -2).all()  # ever faster, but for rounding


def test_early_steps_get_their_share():
    log, linear = (np.array(spaced(2000, 300, spacing)) for spacing in ("log", "linear"))
    assert (log < 200).sum() > 5 * (linear < 200).sum()


def test_moments_are_those_of_the_run_and_the_course_is_whole():
    told: list[tuple[int, int]] = []
    sequence = over_training(RunConfig(SMALL, device="cpu"), 10, "linear", lambda *now: told.append(now))
    assert [one.step for one in sequence.shown] == list(range(0, 91, 10))
    run = start(SMALL, device="cpu")
    run.advance(40)
    assert np.array_equal(sequence.shown[4].field, run.snapshot().field)
    assert sequence.curves.step.tolist() == [0, 20, 40, 60, 80]
    assert sequence.shown[0].curves is sequence.curves
    assert told[-1] == (90, 90)
    assert told == sorted(told)
    assert sequence.clean is None
    assert sequence.each == 1


def test_twins_and_seeds_are_the_ones_asked_for():
    sequence = over_training(RunConfig(POISONED, seeds=2, shown=1, twin=True, device="cpu"), 3)
    assert sequence.clean is not None
    run = start(POISONED, 2, True, "cpu")
    run.advance(90)
    assert np.array_equal(sequence.shown[-1].field, run.snapshot(1).field)
    assert np.array_equal(sequence.clean[-1].field, run.snapshot(1, clean=True).field)
    assert np.array_equal(sequence.curves.column("flip_rate"), run.curves.of(slice(2, 4)).column("flip_rate"))


@pytest.mark.slow
def test_equal_changes_skip_what_stands_still():
    slow = SMALL.with_values({"training.steps": 3000})
    even, linear = (over_training(RunConfig(slow, device="cpu"), 20, spacing) for spacing in ("even", "linear"))
    assert len(even.shown) == 20

    def jumps(sequence):
        return [np.abs(a.field - b.field).mean() for a, b in zip(sequence.shown, sequence.shown[1:], strict=False)]

    assert max(jumps(even)) < 0.7 * max(jumps(linear))
    assert (even.shown[0].step, even.shown[-1].step) == (0, 3000)


def test_where_there_are_fewer_steps_than_frames_each_stands_for_several():
    sequence = over_training(RunConfig(SMALL.with_values({"training.steps": 3}), device="cpu"), 24)
    assert [one.step for one in sequence.shown] == [0, 1, 2, 3]
    assert sequence.each == 6


def test_a_sweep_trains_every_value_to_its_end():
    scenarios = [SMALL.with_values({"data.noise": noise}) for noise in (0.0, 0.2, 0.4)]
    told: list[tuple[int, int]] = []
    configs = [RunConfig(one, 2, device="cpu") for one in scenarios]
    sequence = over_values(configs, Sweep("Noise", ("0", "0.2", "0.4")), 30, lambda *now: told.append(now))
    assert [one.step for one in sequence.shown] == [90] * 3
    assert sequence.each == 10
    assert told[-1] == (270, 270)
    run = start(scenarios[1], 2, device="cpu")
    run.advance(90)
    assert np.array_equal(sequence.shown[1].field, run.snapshot().field)
    assert sequence.curves.step.tolist() == [0, 1, 2]
    assert np.array_equal(sequence.curves.column("test_error")[1], run.metrics["test_error"].per_seed)


def test_a_sweep_over_data_of_different_places_shows_one_plane():
    scenarios = [Scenario().with_values({"data.name": "iris", "data.seed": 0, "training.steps": 5})]
    scenarios.append(SMALL.with_values({"data.name": "moons", "training.steps": 5}))
    sequence = over_values([RunConfig(one, device="cpu") for one in scenarios], Sweep("Data", ("iris", "moons")), 2)
    first, second = sequence.shown
    assert first.rect == second.rect
    assert {(one.scene.domain == first.rect) for one in sequence.shown} != {True}


def test_with_very_many_moments_the_fields_shrink_to_fit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("boundaryviz.studies.filming._BYTES", 4 * 120**2 * 5)
    sequence = over_training(RunConfig(SMALL, device="cpu"), 5)
    assert sequence.shown[0].field.shape[1] == 120


def test_cascades_of_every_moment_are_those_of_the_run():
    spec = {"learner.name": "pseudo-label", "training.evaluate_every": 30}
    made = POISONED.with_values(spec)
    sequence = over_training(RunConfig(made, device="cpu", cascade=True), 4, "linear")
    assert (
        sequence.shown[0].cascade is None
        or not (sequence.shown[0].cascade.when < np.inf)[made.scene().points.label < 0].any()
    )
    run = start(made, device="cpu", cascade=True)
    run.advance(made.steps)
    assert same(sequence.shown[-1].cascade, run.cascade())
    assert over_training(RunConfig(made, device="cpu"), 3).shown[-1].cascade is None


def test_cascades_over_a_setting_are_those_of_each_run():
    made = POISONED.with_values({"learner.name": "label-spreading"})
    some = [made.with_values({"poison.count": count}) for count in (0, 4)]
    sequence = over_values([RunConfig(one, device="cpu", cascade=True) for one in some], Sweep("points", ("0", "4")), 4)
    for one, shown in zip(some, sequence.shown, strict=True):
        run = start(one, device="cpu")
        run.advance(one.steps)
        assert same(shown.cascade, run.cascade())
        assert shown.cascade is not None
