"""What a scenario promises: how it is written, when it holds, and what is said of it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.record.expectations import (
    METRICS,
    OF_TWINS,
    Check,
    Expectation,
    ExpectationError,
    Held,
    expectations_of,
)
from boundaryviz.record.seeds import seed_range_words
from boundaryviz.runs.run import train
from boundaryviz.scenario import gallery
from boundaryviz.scenario.scenario import Scenario

VALUES = st.floats(-10, 10) | st.just(math.nan)


def held(promised: float | tuple[float, float] | None, *values: float, key: str = "test_error") -> Held:
    return Held(Expectation.parse(key, promised), values)


def test_a_key_names_a_side_a_measure_and_settings():
    plain = Expectation.parse("flip_rate", (0.1, 0.2))
    assert (plain.column, plain.needs_twin, plain.settings, plain.bounds) == ("flip_rate", True, (), (0.1, 0.2))
    assert Expectation.parse("clean.test_error", 0.1).column == "clean.test_error"
    assert Expectation.parse("clean.test_error", 0.1).needs_twin
    assert Expectation.parse("poisoned.test_error", 0.1).column == "test_error"
    assert not Expectation.parse("test_error", 0.1).needs_twin
    changed = Expectation.parse("flip_rate at poison.count=3 and learner.hidden=[4, 4]", 0.0)
    assert changed.column == "flip_rate"
    assert changed.settings == (("poison.count", 3), ("learner.hidden", [4, 4]))


@pytest.mark.parametrize(
    ("key", "promised", "words"),
    [
        ("test_eror", 0.1, "did you mean test_error"),
        ("clan.test_error", 0.1, "no such measure"),
        ("clean.flip_rate", 0.1, "no such measure"),
        ("zzz", 0.1, "there are: "),
        ("flip_rate at poison.count", 0.1, "PATH=VALUE"),
        ("flip_rate at =3", 0.1, "PATH=VALUE"),
        ("test_error", (0.2, 0.1), "least value comes first"),
    ],
)
def test_what_can_be_held_to_nothing_is_said(key: str, promised: float, words: str):
    with pytest.raises(ExpectationError, match=words):
        Expectation.parse(key, promised)
    assert any(words in problem for problem in expectations_of({key: promised}, ())[1])


def test_every_promise_of_the_gallery_can_be_read():
    for scenario in gallery.scenarios():
        assert expectations_of(scenario.expect, ())[1] == [], scenario.name


def test_the_measures_are_those_that_runs_have():
    tiny: dict[str, Any] = {"data.n": 30, "training.steps": 4, "learner.hidden": [2], "poison.count": 2}
    tiny["poison.target"] = [0.0, 0.5]
    tiny["rule"] = "y > x"
    tiny["decision.false_negative"] = 10.0  # where nothing says what mistakes cost there is no expected cost
    tiny |= {"data.label_noise": 0.2, "training.early_stopping": "GL"}
    tiny["defence.defence"] = "sphere"  # which always removes some
    run = train(Scenario().with_values(tiny), 2, twin=True, progress=False)
    proven = train(Scenario().with_values({"data.n": 30, "learner.name": "dpa"}), progress=False)
    unlabelled = {"data.n": 30, "training.steps": 4, "learner.name": "simclr", "learner.hidden": [2]}
    put = train(Scenario().with_values(unlabelled), progress=False)
    # of learners that prove something, without costs, and of those that are trained without labels
    assert set(run.metrics) == METRICS - {"certified_poison", "train_proxy_loss", "collapse", "effective_rank"}
    assert set(run.metrics) | set(proven.metrics) | set(put.metrics) == METRICS
    assert set(run.metrics) - set(run.poisoned) == OF_TWINS


@given(st.floats(-5, 5), st.floats(0, 5), st.lists(VALUES, min_size=1, max_size=12))
def test_it_holds_where_the_value_lies_within_and_nowhere_else(least: float, width: float, values: list[float]):
    both, bound = held((least, least + width), *values), held(least, *values)
    for kept, within, value in zip(both.kept, bound.kept, values, strict=True):
        assert kept == (not math.isnan(value) and least <= value <= least + width)
        assert within == (not math.isnan(value) and value <= least)
    assert both.share == sum(both.kept) / len(values)
    assert both.holds == (10 * sum(both.kept) >= 9 * len(values))


def test_nine_in_ten_are_enough_and_what_was_not_measured_holds_nothing():
    assert held(0.5, *[0.1] * 9, 0.9).holds
    assert not held(0.5, *[0.1] * 8, 0.9).holds
    assert held(0.5, math.nan).share == 0.0
    assert held(None, math.nan, 3.0).share is None
    assert held(None, math.nan, 3.0).holds
    assert held(0.5).share is None
    assert held(None, math.nan).spread is None
    assert held(None, 3.0, math.nan, 1.0, 2.0, 6.0).spread == (1.0, 2.5, 6.0)


def test_words_and_plain_values():
    assert held(0.01).expectation.words() == "at most 1 %"
    assert held((0.07, 0.14)).expectation.words() == "7 % to 14 %"
    assert held((40, 200), key="leverage").expectation.words() == "40 to 200"
    assert held((1, 1), key="attack_success_rate").expectation.words() == "exactly 100 %"
    assert held(None).expectation.words() == "nothing promised"
    one = held((0.0, 0.2), 0.1, math.nan)
    assert one.plain() == {"promised": [0.0, 0.2], "values": [0.1, None], "held": 0.5}
    check = Check("a", "A", (3, 4), 2, (one,))
    assert not check.holds
    assert check.plain() == {
        "holds": False, "kept_points": False, "data_seeds": [3, 4], "left": 0, "left_out": 0, "training_seeds": 2,
        "expectations": {"test_error": one.plain()},
    }  # fmt: skip
    assert str(check).splitlines() == [
        "A: data seeds 3, 4; the mean of 2 training seeds", "  test_error: 0 % to 20 %, held on 50 %",
    ]  # fmt: skip
    kept = Check("a", "A", (), 0, (held(0.2, 0.1),), kept=True)
    assert kept.holds
    assert "no data seed draws anew" in kept.seeds_words()
    assert [seed_range_words(seeds) for seeds in ([0, 1, 2], [5], [1, 4], list(range(0, 20, 2)))] == [
        "0 to 2", "5", "1, 4", "0, 2, ..., 18",
    ]  # fmt: skip


def test_what_is_not_done_holds_nothing_yet():
    waiting, partly = Check("a", "A", (), 2, (held(0.2),), left=3), Check("a", "A", (0,), 2, (held(0.2, 0.1),), left=2)
    kept = Check("a", "A", (), 0, (held(0.2),), kept=True, left=1)
    assert [(one.started, one.holds) for one in (waiting, partly, kept)] == [(False, None), (True, None), (False, None)]
    assert partly.seeds_words() == "so far, on 1 of 3 data seeds; data seed 0; the mean of 2 training seeds"
    assert "points kept in it" not in waiting.seeds_words()
    assert (partly.plain()["holds"], partly.plain()["left"]) == (None, 2)
