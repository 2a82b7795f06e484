"""Early stopping: its criteria against their formulas, and what it does to a run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import boundaryviz as bv
from boundaryviz.engine import messages as m
from boundaryviz.engine.early_stopping import NEVER, STRIP, EarlyStopping
from boundaryviz.engine.session import Session
from boundaryviz.engine.trainer import Trainer
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scenario.scenario import Scenario

FITS = Scenario().with_values(
    {
        "data.n": 60, "data.noise": 0.25, "data.label_noise": 0.2, "learner.hidden": [32],
        "training.batch_size": "full", "training.learning_rate": 0.05, "training.steps": 2000,
        "training.early_stopping": "patience", "training.patience": 8, "training.evaluate_every": 10,
    }
)  # fmt: skip
OFF = FITS.with_values({"training.early_stopping": "off"})
losses = st.lists(st.tuples(st.floats(0.1, 2.0), st.floats(0.1, 2.0)), min_size=1, max_size=40)


def stop_of(spec: TrainingSpec, some: Any) -> tuple[int, int]:
    """At which look it stops, counted from 1, and which look it keeps."""
    watch = EarlyStopping(spec, 1)
    for at, (validation, train) in enumerate(some):
        watch.look(at + 1, np.array([validation]), np.array([train]), {"P": np.full((1, 2), float(at + 1))})
    held = watch.held({"P": np.zeros((1, 2))})["P"]
    assert held[0, 0] == max(watch.kept[0], 0)
    return int(watch.stopped[0]), int(watch.kept[0])


@settings(max_examples=60)
@given(losses, st.integers(1, 6), st.floats(0.0, 0.3), st.booleans())
def test_patience_counts_looks_since_the_lowest(some: Any, patience: int, tolerance: float, restore: bool):
    best, best_at, since, expected = np.inf, NEVER, 0, (NEVER, NEVER)
    for at, (validation, _) in enumerate(some, 1):
        since += 1
        if validation < best - tolerance:
            best, best_at, since = validation, at, 0
        if since >= patience:
            expected = at, best_at if restore else at
            break
    spec = TrainingSpec(early_stopping="patience", patience=patience, tolerance=tolerance, restore_best=restore)
    assert stop_of(spec, some) == expected


@settings(max_examples=60)
@given(losses, st.floats(1.0, 200.0))
def test_gl_is_prechelt_s_generalisation_loss(some: Any, alpha: float):
    validation = [one for one, _ in some]
    gl = [100 * (one / min(validation[: at + 1]) - 1) for at, one in enumerate(validation)]
    at = next((at for at, one in enumerate(gl) if one > alpha), None)
    expected = (NEVER, NEVER) if at is None else (at + 1, int(np.argmin(validation[: at + 1])) + 1)
    assert stop_of(TrainingSpec(early_stopping="GL", most_loss=alpha), some) == expected


@settings(max_examples=60)
@given(losses, st.floats(0.01, 2.0))
def test_pq_is_prechelt_s_quotient_at_the_ends_of_strips(some: Any, alpha: float):
    expected = NEVER
    for end in range(STRIP, len(some) + 1, STRIP):
        validation, strip = [one for one, _ in some[:end]], [one for _, one in some[end - STRIP : end]]
        gl, progress = 100 * (validation[-1] / min(validation) - 1), 1000 * (sum(strip) / (STRIP * min(strip)) - 1)
        if gl > 0 and gl / max(progress, 1e-300) > alpha:
            expected = end
            break
    assert stop_of(TrainingSpec(early_stopping="PQ", most_loss=alpha), some)[0] == expected


@settings(max_examples=60)
@given(losses, st.integers(1, 4))
def test_up_counts_strips_in_a_row_at_whose_ends_the_loss_has_risen(some: Any, strips: int):
    ends = [some[end - 1][0] for end in range(STRIP, len(some) + 1, STRIP)]
    rises, expected = 0, NEVER
    for at in range(1, len(ends)):
        rises = rises + 1 if ends[at] > ends[at - 1] else 0
        if rises >= strips:
            expected = (at + 1) * STRIP
            break
    assert stop_of(TrainingSpec(early_stopping="UP", patience=strips), some)[0] == expected


def test_without_a_validation_loss_it_never_stops_and_what_diverges_does():
    spec = TrainingSpec(early_stopping="patience", patience=2)
    assert stop_of(spec, [(np.nan, 1.0)] * 9) == (NEVER, NEVER)
    watch = EarlyStopping(spec, 2)
    for at, lost in enumerate((1.0, np.nan, np.nan)):
        watch.look(at, np.array([1.0 / (at + 1), lost]), np.ones(2), {"P": np.zeros((2, 3))})
    assert watch.stopped.tolist() == [NEVER, 1]
    assert watch.kept.tolist() == [NEVER, NEVER]  # there are no weights to go back to


@pytest.mark.parametrize("restore", [True, False])
def test_the_weights_kept_are_those_of_a_run_so_long_to_the_bit(restore: bool):
    run = Session(FITS.with_values({"training.restore_best": restore}), device="cpu", seeds=(0, 1, 2))
    run.step(2000)
    assert run.stopped
    assert run.stops is not None
    stopped, kept = run.stops
    assert run.step_count == stopped.max() < 2000
    assert len(set(stopped.tolist())) > 1  # each by itself
    assert ((kept < stopped) if restore else (kept == stopped)).all()
    x = run.scene.domain.grid(9, 9)
    for replica, steps in enumerate(kept.tolist()):
        alone = Session(OFF, device="cpu", seeds=(0, 1, 2))
        alone.step(steps)
        assert np.array_equal(run.probabilities(x, replica), alone.probabilities(x, replica))
    run.step(100)
    assert run.step_count == stopped.max()


def test_what_has_stopped_stays_as_it_is_while_others_go_on():
    run = Session(FITS, device="cpu", seeds=(0, 1, 2))
    run.step(2000)
    curves = run.take_curves()
    assert curves is not None
    assert run.stops is not None
    first = int(run.stops[0].argmin())
    after = curves.values[curves.step > run.stops[0][first], first]
    assert len(after) > 0
    np.testing.assert_array_equal(after, np.broadcast_to(after[0], after.shape))


def test_twins_stop_each_by_itself():
    run = bv.train(FITS.with_values({"poison.attack": "flip", "poison.count": 15}), seeds=2, twin=True, progress=False)
    assert run.clean["stopped_step"].per_seed != run.poisoned["stopped_step"].per_seed
    assert run.step == max(*run.clean["stopped_step"].per_seed, *run.poisoned["stopped_step"].per_seed)


def test_it_goes_on_from_its_state_as_it_would_have():
    whole, cut, other = (Session(FITS, device="cpu", seeds=(0, 1)) for _ in range(3))
    cut.step(150)
    other.restore(cut.state())
    for one in (whole, other):
        one.step(2000)
    assert other.step_count == whole.step_count
    for mine, theirs in zip(whole.state().values(), other.state().values(), strict=True):
        assert np.array_equal(mine, theirs, equal_nan=True)


@pytest.mark.parametrize("values", [{"training.early_stopping": "off"}, {"training.learning_rate": 0.01}])
def test_a_change_has_it_go_on(values: Any):
    run = Session(FITS, device="cpu")
    run.step(2000)
    at = run.step_count
    run.set_scenario(FITS.with_values(values))
    assert not run.stopped
    run.step(40)
    assert run.step_count == at + 40


def test_metrics_say_what_it_saved():
    run = bv.train(FITS, seeds=2, progress=False)
    stopped = run.metrics["stopped_step"].per_seed
    assert run.step == max(stopped)
    assert run.metrics["steps_saved"].per_seed == pytest.approx([1 - step / 2000 for step in stopped])
    assert run.metrics["test_error"].mean < bv.train(OFF, seeds=2, progress=False).metrics["test_error"].mean
    assert "stopped_step" not in bv.train(OFF, steps=20, progress=False).metrics


def test_of_what_is_fitted_at_once_nothing_is_watched():
    run = Session(FITS.with_values({"learner.name": "KNeighborsClassifier"}), device="cpu")
    assert run.stops is None
    assert "early_stopping" in run.spec.family.unused_training(FITS.training)


def test_files_without_it_are_as_ever():
    assert not {"early_stopping", "patience", "restore_best"} & Scenario().written()["training"].keys()
    assert FITS.written()["version"] == 5
    assert Scenario.parse(FITS.written()) == FITS


def play(trainer: Trainer, message: m.ToTrainer) -> list[m.FromTrainer]:
    said = trainer.handle(message)
    for _ in range(3000):
        if not trainer.playing:
            break
        said += trainer.advance()
    return said


def test_the_trainer_rests_at_the_stop_and_a_change_wakes_it():
    trainer = Trainer()
    trainer.handle(m.Load(FITS, FITS.scene(), 0))
    states = [one for one in play(trainer, m.Play(stop_at=2000, again=2000)) if isinstance(one, m.State)]
    last = states[-1]
    assert (last.playing, last.why) == (False, "early-stopping")
    assert last.kept is not None
    assert last.kept < last.step < 2000
    again = [one for one in play(trainer, m.Play(stop_at=2000, again=2000)) if isinstance(one, m.State)]
    assert [one.why for one in again] == ["early-stopping"]
    woken = [one for one in trainer.handle(m.SetScenario(OFF, 1)) if isinstance(one, m.State)]
    assert [one.playing for one in woken] == [True]
