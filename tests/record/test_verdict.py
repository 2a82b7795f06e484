"""How a verdict is held against the truth: rates, curves and counts, against scikit-learn where it knows them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_score, recall_score, roc_auc_score, roc_curve

from boundaryviz.defences.judged import Judged
from boundaryviz.defences.kinds.knn import KnnSpec
from boundaryviz.record.verdict import DefenceReport, Marks, Rates, area, curve, ranked, score_bins, told


@st.composite
def verdicts(draw: st.DrawFn) -> Judged:
    """Up to 30 points with scores that often tie, some without one."""
    n = draw(st.integers(2, 30))
    flags = st.lists(st.booleans(), min_size=n, max_size=n)
    scores = draw(st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=n, max_size=n))
    weights = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=n, max_size=n))
    ids = np.sort(np.random.default_rng(n).permutation(100)[:n]).astype(np.int64)
    return Judged(ids, np.array(draw(flags)), np.array(weights, dtype=np.float32), np.array(scores))


@settings(max_examples=30, deadline=None)
@given(verdicts())
def test_rates_and_curve_are_those_of_scikit_learn(judged: Judged) -> None:
    rates, poison, removed = Rates.of(judged), judged.poison, judged.removed
    assert rates.removed == removed.sum()
    if poison.any():
        assert rates.true_positive_rate == recall_score(poison, removed)
        if removed.any():
            assert rates.precision == precision_score(poison, removed)
    if not poison.all():
        assert rates.false_positive_rate == pytest.approx(removed[~poison].mean())
    false, true = curve(judged)
    if poison.any() and not poison.all():
        theirs = roc_curve(poison, judged.scores, drop_intermediate=False)
        np.testing.assert_allclose(false, theirs[0])
        np.testing.assert_allclose(true, theirs[1])
        assert area(judged) == pytest.approx(roc_auc_score(poison, judged.scores))
    else:
        assert len(false) == 0
        assert np.isnan(area(judged))


@settings(max_examples=30, deadline=None)
@given(verdicts())
def test_every_point_with_a_score_is_in_one_bin(judged: Judged) -> None:
    edges, counts = score_bins(judged, most=8)
    assert counts.sum() == len(judged.ids)
    assert counts[1].sum() == judged.poison.sum()
    assert counts[:, 1].sum() == judged.removed.sum()
    assert (np.diff(edges) > 0).all()
    order = ranked(judged)
    assert (np.diff(judged.scores[order]) <= 0).all()


def test_what_nobody_knows_is_no_number() -> None:
    none = np.zeros(3, bool)
    judged = Judged(np.arange(3), none, np.ones(3, np.float32), np.full(3, np.nan))
    rates = Rates.of(judged)
    assert rates.plain() == {
        "removed": 0, "poison": 0, "clean": 3, "poison_removed": 0, "clean_removed": 0,
        "true_positive_rate": None, "false_positive_rate": 0.0, "precision": None,
    }  # fmt: skip
    assert score_bins(judged)[1].sum() == 0
    assert len(ranked(judged)) == 0
    metrics = DefenceReport(KnnSpec(), (judged, judged)).metrics()
    assert sorted(metrics) == ["defence_false_positive_rate", "defence_removed"]
    assert metrics["defence_removed"].per_seed == (0.0, 0.0)


def test_points_that_are_gone_are_not_marked_and_others_weigh_one() -> None:
    ids = np.array([3, 5, 8])
    judged = Judged(ids, np.array([True, False, False]), np.array([0, 0, 1], np.float32), np.array([1.0, 2.0, 3.0]))
    marks = Marks.of(judged, np.array([8, 3, 40]), np.array([[0.0, 0.0], [1.0, 2.0], [5.0, 5.0]]))
    assert marks.poison.tolist() == [[1.0, 2.0]]
    assert marks.clean.tolist() == []
    assert judged.weights_of(np.array([8, 3, 40])).tolist() == [1.0, 0.0, 1.0]


def test_it_is_told_in_a_line() -> None:
    assert told([Rates(4, 96, 3, 2)]) == "removes 5 points: 75% of the poison, 2.1% of the clean points"
    assert told([Rates(0, 100, 0, 1)]) == "removes 1 point: 1.0% of the clean points"
