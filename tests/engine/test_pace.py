"""What is known of the time a learner takes, under a clock of our own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.engine.pace import BUDGET, PART, Pace

PLACES = np.zeros((1024, 2))


class Learner:
    """Takes so many seconds a call and a place."""

    def __init__(self, call: float, place: float) -> None:
        self.call, self.place, self.now, self.calls = call, place, 0.0, 0

    def __call__(self, places: NDArray[np.float64]) -> NDArray[np.float32]:
        self.now += self.call + self.place * len(places)
        self.calls += 1
        return np.zeros((1, len(places)), dtype=np.float32)


def known(call: float, place: float) -> tuple[Learner, Pace]:
    learner = Learner(call, place)
    pace = Pace(lambda: learner.now)
    pace.learn("this one", pace.timed(learner), PLACES)
    return learner, pace


@given(st.floats(0.0, 0.1), st.floats(1e-8, 1e-3), st.integers(1, 20), st.integers(1, 100_000))
def test_what_a_call_and_a_place_take_is_found_out(call: float, place: float, calls: int, places: int) -> None:
    assert known(call, place)[1].seconds(calls, places) == pytest.approx(calls * call + places * place, rel=1e-3)


def test_it_is_asked_once_for_each_key() -> None:
    learner, pace = known(0.0, 1e-6)
    before = learner.calls
    pace.learn("this one", pace.timed(learner), PLACES)
    assert learner.calls == before
    pace.learn("another", pace.timed(learner), PLACES)
    assert learner.calls > before


@pytest.mark.parametrize(
    ("call", "place", "afforded"),
    [
        (0.0, 0.9 * BUDGET / 60_000, True),  # within the budget
        (0.0, 1.1 * BUDGET / 60_000, False),
        (0.005, 0.05 / 60_000, True),  # a forest: it is the calls that cost, and a quick field takes several
    ],
)
def test_every_cell_is_asked_for_where_that_costs_little_or_hardly_more_than_some(
    call: float, place: float, afforded: bool
) -> None:
    assert known(call, place)[1].affords(60_000) is afforded


def test_as_long_as_nothing_is_known_nothing_is_afforded() -> None:
    assert not Pace().affords(100)
    assert Pace().part() > 0


@given(st.floats(0.0, 0.1), st.floats(1e-8, 1e-3))
def test_a_part_takes_about_as_long_as_it_should_where_calls_take_less(call: float, place: float) -> None:
    taken = call + place * known(call, place)[1].part()
    assert taken <= max(PART, call + PART / 2) * 1.01
    assert taken > max(PART, call) * 0.45 - place
