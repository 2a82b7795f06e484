"""What an explanation says: ranks, agreement, the ceiling and its words."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from boundaryviz.record.influence import METHODS, TRUTH, Explanation, spearman, titled, widths

NAN = np.nan


def made(truth: list[float], other: list[float], seeded: bool = True, **methods: list[float]) -> Explanation:
    n = len(truth)
    rows = np.array(list(methods.values()), dtype=float).reshape(len(methods), n)
    return Explanation(
        (0.5, 0.2), 1, 0, 0.8, "logits", 40, 3, np.arange(10, 10 + n), tuple(methods), rows,
        np.array(truth, dtype=float), np.array(other, dtype=float), seeded,
    )  # fmt: skip


@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=3, max_size=30))
def test_rank_correlations_are_scipy_s(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs, dtype=float).T
    found = spearman(a, b)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        assert found is None
    else:
        assert found == pytest.approx(float(spearmanr(a, b).statistic), abs=1e-12)


def test_what_is_not_known_counts_in_no_correlation() -> None:
    found = made([1.0, 2.0, NAN, 4.0], [4.0, 2.0, 9.0, 1.0], influence=[10.0, 20.0, 0.0, 30.0])
    assert found.agreement("influence") == pytest.approx(1.0)
    assert found.ceiling == pytest.approx(-1.0)
    assert found.known == 3
    assert made([1.0, 2.0], [1.0, 2.0]).ceiling is None


def test_points_are_ranked_by_how_much_they_weigh_either_way_and_those_of_no_weight_left_out() -> None:
    found = made([NAN] * 5, [NAN] * 5, warm=[0.1, -0.5, 0.0, NAN, 0.3], tracin=[1.0, 2.0, 3.0, 4.0, 5.0])
    assert found.best == "warm"
    assert found.ranked().tolist() == [1, 4, 0]
    assert found.ranked(top=2).tolist() == [1, 4]
    assert found.ranked("tracin", 1).tolist() == [4]
    assert made([0.2, -0.9], [NAN, NAN], warm=[NAN, NAN]).best == TRUTH


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ([1.0, 2.0, 3.0, 4.0], "Another seed agrees by 1.00: chance plays no part."),
        ([2.0, 1.0, 3.0, 4.0], "Another seed agrees by 0.80; what a method has beyond that is of this seed alone."),
        ([4.0, 1.0, 3.0, 2.0], "Another seed agrees only by -0.40: this is noise."),
    ],
)
def test_the_ceiling_is_said_in_a_sentence(other: list[float], words: str) -> None:
    assert made([1.0, 2.0, 3.0, 4.0], other).ceiling_words == words


def test_without_chance_the_ceiling_is_one_once_a_point_is_left_out() -> None:
    assert made([NAN, NAN, NAN], [NAN] * 3, seeded=False).ceiling is None
    found = made([NAN, 2.0, NAN], [NAN] * 3, seeded=False)
    assert found.ceiling == 1.0
    assert "Nothing in this learner is random" in found.ceiling_words


def test_two_are_joined_by_ids_where_one_says_nothing_and_they_speak_of_the_same_decision() -> None:
    ours = made([NAN, NAN, NAN], [NAN] * 3, influence=[1.0, 2.0, 3.0], tracin=[NAN, NAN, NAN])
    theirs = made([5.0, 6.0], [7.0, 8.0], tracin=[0.5, 0.6])
    found = ours.joined(theirs)
    np.testing.assert_array_equal(found.truth, [5.0, 6.0, NAN])
    np.testing.assert_array_equal(found.other, [7.0, 8.0, NAN])
    np.testing.assert_array_equal(found.row("tracin"), [0.5, 0.6, NAN])
    np.testing.assert_array_equal(found.row("influence"), [1.0, 2.0, 3.0])
    from dataclasses import replace

    assert ours.joined(replace(theirs, decided=0, rival=1)) is ours
    assert np.isnan(ours.truth).all()


def test_plain_values_leave_out_what_is_not_known_and_it_crosses_processes() -> None:
    found = made([1.0, NAN, 3.0, 0.5], [NAN] * 4, influence=[1.0, -2.0, 3.0, 0.0])
    plain = found.plain(2)
    assert [one["id"] for one in plain["points"]] == [12, 11]
    assert plain["points"][1][TRUTH] is None
    assert plain["ceiling"] is None
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.scores, found.scores)


def test_names_begin_a_sentence_as_they_are_written() -> None:
    assert titled("tracin") == "TracIn"
    assert all(titled(name)[0].isupper() for name in METHODS)
    assert widths(np.array([2.0, -4.0])).tolist() == [0.5, 1.0]
    assert widths(np.zeros(2)).tolist() == [0.0, 0.0]
