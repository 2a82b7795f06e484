"""Moments within a budget: what is kept, and what is given up first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.engine.messages import Checkpoint, Why
from boundaryviz.record.timeline import Timeline, size
from boundaryviz.scene.scene import Domain

RECT = Domain(0.0, 1.0, 0.0, 1.0)


def checkpoint(step: int, *why: Why, side: int = 4) -> Checkpoint:
    field = np.full((side, side), step % 7 / 7, dtype=np.float16)
    return Checkpoint(step, RECT, field, None, {"step": np.array(step)}, frozenset(why))


ONE = size(checkpoint(0))


@settings(max_examples=50)
@given(st.lists(st.integers(0, 300), unique=True, min_size=1), st.integers(2, 40))
def test_it_stays_within_its_budget_in_order(steps: list[int], room: int) -> None:
    timeline = Timeline(room * ONE)
    for step in steps:
        timeline.add(checkpoint(step))
        assert timeline.bytes == sum(size(one) for one in timeline.checkpoints) <= max(timeline.budget, 2 * ONE)
    kept = timeline.step
    assert (np.diff(kept) > 0).all()
    assert set(kept) <= set(steps)
    assert len(kept) == min(len(steps), room)
    assert kept[-1] == max(steps)


def test_a_million_steps_stay_within_the_budget_and_cover_every_decade() -> None:
    timeline = Timeline(400 * ONE)
    step = 0
    while step <= 1_000_000:
        timeline.add(checkpoint(step, *(("first",) if step == 0 else ())))
        step += max(1, int(0.005 * step))
    assert timeline.bytes <= timeline.budget
    assert timeline[0].step == 0
    for low in (10, 100, 1000, 10_000, 100_000):
        assert ((timeline.step >= low) & (timeline.step < 10 * low)).sum() > 30
    gaps = np.diff(timeline.step) / (timeline.step[:-1] + 1)
    assert gaps[timeline.step[:-1] > 100].max() < 0.2


def test_what_follows_a_change_is_dense_again() -> None:
    timeline = Timeline(60 * ONE)
    timeline.change(5000)
    for step in [*range(0, 5000, 25), *range(5000, 10_001, 25)]:
        timeline.add(checkpoint(step))
    after = np.diff(timeline.step[timeline.step >= 5000])
    assert after[:3].max() <= 100 < after[-3:].max()


def test_special_moments_outlive_the_others() -> None:
    timeline = Timeline(10 * ONE)
    special = {37: "edit", 59: "flip", 61: "best"}
    for step in range(200):
        timeline.add(checkpoint(step, *((special[step],) if step in special else ())))
    assert set(special) <= set(timeline.step.tolist())
    for step in range(200, 300):
        timeline.add(checkpoint(step, "edit"))  # more special ones than there is room for
    assert timeline.bytes <= timeline.budget
    assert {0, 61, 299} <= set(timeline.step.tolist())


def test_the_best_is_one() -> None:
    timeline = Timeline()
    for step in (3, 9):
        timeline.add(checkpoint(step, "best"))
    assert [one.why for one in timeline.checkpoints] == [frozenset(), frozenset({"best"})]
    timeline.add(checkpoint(9, "edit"))
    assert timeline[1].why == {"best", "edit"}
    assert len(timeline) == 2


def test_a_moment_that_comes_late_finds_its_place() -> None:
    timeline = Timeline()
    for step in (10, 30, 20):
        timeline.add(checkpoint(step))
    assert timeline.step.tolist() == [10, 20, 30]
    assert [timeline.nearest(step) for step in (0, 14, 15, 16, 24, 26, 99)] == [0, 0, 0, 1, 1, 2, 2]
    assert Timeline().nearest(3) is None
    assert timeline.until(20).step.tolist() == [10, 20]
    assert timeline.until(19).step.tolist() == [10]
    assert timeline.bytes == 3 * ONE


def test_a_smaller_budget_thins_what_is_there() -> None:
    timeline = Timeline()
    for step in range(100):
        timeline.add(checkpoint(step))
    small = timeline.within(20 * ONE)
    assert len(small) == 20
    assert small.bytes == 20 * ONE
    assert len(timeline) == 100
    assert small[0].step == 0
    assert small[len(small) - 1].step == 99


@pytest.mark.parametrize("side", [1, 64])
def test_sizes_count_the_arrays(side: int) -> None:
    assert size(checkpoint(0, side=side)) - ONE == 2 * (side * side - 16)
