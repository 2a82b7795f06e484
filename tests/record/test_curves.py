from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES, Curves
from boundaryviz.record.curves import FIRST, MOST, CurveStore
from boundaryviz.scenario.cost import memory_needed
from boundaryviz.scenario.scenario import Scenario


def chunk(first: int, count: int, replicas: int = 1, seed: int = 0) -> Curves:
    rng = np.random.default_rng([seed, first])
    return Curves(
        np.arange(first, first + count), rng.random((count, replicas, len(CURVES))), np.empty((count, replicas, 0))
    )


def with_validation_loss(values: list[float]) -> CurveStore:
    store = CurveStore()
    table: NDArray[np.float64] = np.full((len(values), 1, len(CURVES)), 9.0)
    table[:, 0, CURVES.index("validation_loss")] = values
    store.append(Curves(np.arange(len(values)) * 10, table, np.empty((len(values), 1, 0))))
    return store


@settings(max_examples=30)
@given(st.lists(st.integers(0, 700), max_size=6), st.integers(1, 3))
def test_what_was_appended_is_kept_to_the_bit(sizes: list[int], replicas: int):
    store, steps, values, first = CurveStore(replicas), [], [], 0
    for size in sizes:
        part = chunk(first, size, replicas)
        store.append(part)
        steps.append(part.step)
        values.append(part.values)
        first += size
    assert len(store) == sum(sizes)
    assert store.replicas == replicas
    assert np.array_equal(store.step, np.concatenate([*steps, np.empty(0, np.int64)]))
    for at, name in enumerate(CURVES):
        kept = np.concatenate([*(v[:, :, at] for v in values), np.empty((0, replicas))])
        assert np.array_equal(store.column(name), kept)


def test_a_store_copies_what_it_is_given_and_lends_read_only():
    part = chunk(0, 5)
    store = CurveStore()
    store.append(part)
    first = float(part.values[0, 0, 0])
    part.values[:] = -1
    assert store.column("train_loss")[0, 0] == first
    for lent in (store.step, store.column("train_loss")):
        with pytest.raises(ValueError, match="read-only"):
            lent[0] = 7


def test_another_number_of_replicas_is_refused():
    store = CurveStore(2)
    with pytest.raises(ValueError, match="3 replicas in the chunk, 2 in the store"):
        store.append(chunk(0, 4, replicas=3))
    assert len(store) == 0


@pytest.mark.parametrize(
    ("losses", "best"),
    [
        ([3.0, 1.0, 2.0], (10, 1.0)),
        ([np.nan, 2.0, np.nan], (10, 2.0)),
        ([-np.inf, 2.0, 0.5, np.inf], (20, 0.5)),
        ([1.0, 1.0], (0, 1.0)),
        ([np.nan, np.inf], None),
        ([], None),
    ],
)
def test_the_best_step_has_the_lowest_finite_validation_loss(losses: list[float], best: tuple[int, float] | None):
    assert with_validation_loss(losses).best() == best


def test_some_replicas_alone():
    store = CurveStore(4)
    store.append(chunk(0, 300, replicas=4))
    some = store.of(slice(1, 3))
    assert some.replicas == 2
    assert np.array_equal(some.step, store.step)
    assert np.array_equal(some.column("test_error"), store.column("test_error")[:, 1:3])
    assert some.best(0) == store.best(1)
    store.append(chunk(300, 1, replicas=4))
    assert len(some) == 300


def test_margins_begin_anew_with_another_number_of_pins() -> None:
    store = CurveStore(2)
    for pins in (0, 1, 3):
        store.append(Curves(np.array([pins]), np.zeros((1, 2, len(CURVES))), np.full((1, 2, pins), 0.5)))
    assert store.margins.shape == (3, 2, 3)
    assert np.isnan(store.margins[:2]).all()
    assert (store.margins[2] == 0.5).all()
    assert store.of(slice(1, 2)).margins.shape == (3, 1, 3)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 900), min_size=5, max_size=12), st.integers(1, 3))
def test_beyond_the_budget_the_same_evaluations_go_however_they_came(sizes: list[int], replicas: int):
    """With what is never given up: the first, the last, and the lowest validation loss of each replica."""
    whole, budget = chunk(0, sum(sizes), replicas), 1500 * 8 * (1 + replicas * len(CURVES))
    parts, together, first = CurveStore(replicas, budget), CurveStore(replicas, budget), 0
    for size in sizes:
        some = slice(first, first + size)
        parts.append(Curves(whole.step[some], whole.values[some], whole.margins[some]))
        first += size
    together.append(whole)
    assert np.array_equal(parts.step, together.step)
    assert np.array_equal(parts.values, together.values)
    assert len(parts) == len(whole.step) if first < 1500 else len(parts) < 1500
    assert np.array_equal(parts.step[:FIRST], whole.step[:FIRST])
    assert parts.step[-1] >= whole.step[-1] - 1500
    assert (np.diff(parts.step) > 0).all()
    assert np.array_equal(parts.values, whole.values[parts.step])
    for replica in range(replicas):
        loss = whole.values[:, replica, CURVES.index("validation_loss")]
        assert parts.best(replica) == (int(loss.argmin()), loss.min())


@pytest.mark.parametrize("budget", [1500 * 8 * (1 + len(CURVES)), 2 * MOST * 8 * (1 + len(CURVES))])
def test_however_long_a_run_is_its_curves_are_even_along_the_steps_and_their_logarithm(budget: int):
    """With fewer evaluations than there is room for, and never more than the window can look at."""
    store, every = CurveStore(budget=budget), 20
    most = min(budget // (8 * (1 + len(CURVES))), MOST)
    ends = np.unique(np.geomspace(FIRST, 64 * most, 60).astype(int))
    for first, end in zip([0, *ends[:-1]], ends, strict=True):
        some = np.arange(first, end)
        values = np.broadcast_to(np.nan, (len(some), 1, len(CURVES)))
        store.append(Curves(some * every, values, np.empty((len(some), 1, 0))))
        assert len(store) < most
        step = store.step.astype(float)
        assert np.diff(step).max() <= max(step[-1] * 8 / most * 2, every)
        apart = np.diff(np.log2(step[1:]))[step[1:-1] >= every * FIRST]
        assert (apart <= 64 * 8 / most * 2 + np.log2(1 + every / step[1:-1][step[1:-1] >= every * FIRST])).all()


def test_whoever_holds_curves_keeps_them_when_evaluations_are_given_up():
    store = CurveStore(budget=1100 * 8 * (1 + len(CURVES)))
    store.append(chunk(0, 1000))
    held, until = store.column("train_loss"), store.until(700)
    before = held.copy()
    store.append(chunk(1000, 900))
    assert len(store) < 1100
    assert np.array_equal(held, before)
    assert np.array_equal(until.column("train_loss"), before[:701])
    until.append(chunk(1000, 300))
    assert np.array_equal(held, before)


def test_the_estimate_of_memory_knows_how_much_an_evaluation_is():
    scenario = Scenario().with_values({"training.evaluate_every": 1})
    scene, few = scenario.scene(), 3
    more, less = (sum(memory_needed(scenario, scene, few, 1, steps).values()) for steps in (2000, 1000))
    row = CurveStore(few).values[:0].itemsize * (1 + few * (len(CURVES) + len(scene.targets)))
    assert (more - less) / 1000 == pytest.approx(2 * row, rel=0.05)  # twice while it grows
