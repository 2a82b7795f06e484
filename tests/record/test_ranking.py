"""ROC, precision and recall, calibration and costs, against scikit-learn."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    auc,
    average_precision_score,
    confusion_matrix,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from boundaryviz.record.ranking import Binning, Calibration, Ranking


def drawn(n: int, ties: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores, in so many steps or in as many as there are points, and which points are positive, both kinds there."""
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.4
    positive[:2] = True, False
    score = np.clip(0.3 * positive + rng.random(n) * 0.7, 0, 1)
    return (np.round(score * ties) / ties if ties else score), positive


def counted(positive: NDArray[np.bool_], taken: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.array([[(taken[positive == true] == guess).sum() for guess in (False, True)] for true in (False, True)])


SOME = given(n=st.integers(2, 40), ties=st.sampled_from([0, 1, 3, 10]), seed=st.integers(0, 999))


@SOME
def test_roc_is_scikit_learns(n: int, ties: int, seed: int):
    score, positive = drawn(n, ties, seed)
    mine = Ranking.of(score, positive)
    fpr, tpr, thresholds = roc_curve(positive, score, drop_intermediate=False)
    np.testing.assert_array_equal(mine.thresholds, thresholds)
    np.testing.assert_allclose(mine.fpr, fpr, rtol=1e-15)
    np.testing.assert_allclose(mine.tpr, tpr, rtol=1e-15)
    assert mine.auc == pytest.approx(auc(fpr, tpr), rel=1e-14)
    pairs = score[positive][:, None] - score[~positive][None]
    assert mine.auc == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean(), rel=1e-12)
    assert mine.auc == pytest.approx(roc_auc_score(positive, score), rel=1e-14)


@SOME
def test_precision_and_recall_are_scikit_learns(n: int, ties: int, seed: int):
    score, positive = drawn(n, ties, seed)
    mine = Ranking.of(score, positive)
    precision, recall, thresholds = precision_recall_curve(positive, score)
    np.testing.assert_allclose(mine.precision[::-1], precision, rtol=1e-15)
    np.testing.assert_allclose(mine.tpr[::-1], recall, rtol=1e-15)
    np.testing.assert_array_equal(mine.thresholds[:0:-1], thresholds)
    assert mine.average_precision == pytest.approx(average_precision_score(positive, score), rel=1e-14)


@SOME
@pytest.mark.parametrize("binning", ["uniform", "quantile"])
def test_calibration_is_scikit_learns(binning: Binning, n: int, ties: int, seed: int):
    score, positive = drawn(n, ties, seed)
    mine = Calibration.of(score, positive, 5, binning)
    share, mean = calibration_curve(positive, score, n_bins=5, strategy=binning)
    np.testing.assert_allclose(mine.share, share, rtol=1e-14)
    np.testing.assert_allclose(mine.score, mean, rtol=1e-14)
    assert mine.count.sum() == n
    assert 0 <= mine.error <= 1


@SOME
def test_what_a_threshold_decides_is_counted(n: int, ties: int, seed: int):
    """At any threshold, at the scores themselves, and at those that stand for a place between two of them."""
    score, positive = drawn(n, ties, seed)
    mine = Ranking.of(score, positive)
    table = np.array([[0.0, 2.0], [7.0, 0.5]])
    for threshold in (*np.random.default_rng(seed).random(5), *score[:5], 0.0, 1.0):
        place = mine.at(float(threshold))
        counts = confusion_matrix(positive, score >= threshold, labels=[False, True])
        assert np.array_equal(mine.confusion(place), counts)
        assert mine.costs(table)[place] == pytest.approx((counts * table).sum() / n)
    for place in range(len(mine.thresholds)):
        if place or mine.thresholds[1] < 1:  # no threshold within 1 leaves out what is certain
            assert mine.at(mine.between(place, 0.0)) == mine.at(mine.between(place)) == place
    best = mine.best(table)
    assert best is not None
    every = [(counted(positive, score >= t) * table).sum() / n for t in (*score, 2.0)]
    assert mine.costs(table)[best] == pytest.approx(min(every))


@SOME
def test_a_ranking_depends_on_the_order_of_scores_alone(n: int, ties: int, seed: int):
    score, positive = drawn(n, ties, seed)
    mine, moved = Ranking.of(score, positive), Ranking.of(np.exp(3 * score) - 5, positive)
    assert np.array_equal(mine.tpr, moved.tpr)
    assert np.array_equal(mine.fpr, moved.fpr)
    turned = Ranking.of(-score, positive)
    assert turned.auc == pytest.approx(1 - mine.auc, rel=1e-12, abs=1e-12)


def test_counts_at_a_threshold_are_scikit_learns():
    score, positive = drawn(40, 10, 1)
    mine = Ranking.of(score, positive)
    assert np.array_equal(mine.confusion(mine.at(0.4)), confusion_matrix(positive, score >= 0.4))


def test_one_class_alone_has_no_curve_of_the_other():
    score = np.array([0.2, 0.7, 0.7])
    alone = Ranking.of(score, np.ones(3, dtype=bool))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(alone.fpr).all()
        assert alone.tpr.tolist() == [0.0, 2 / 3, 1.0]
        assert np.isnan(alone.auc)
        assert alone.average_precision == 1.0
        none = Ranking.of(score, np.zeros(3, dtype=bool))
        assert np.isnan(none.auc)
        assert np.isnan(none.average_precision)
        empty = Ranking.of(score[:0], np.zeros(0, dtype=bool))
        assert (len(empty), empty.best(np.ones((2, 2))), empty.at(0.5)) == (0, None, 0)
        assert np.isnan(Calibration.of(score[:0], np.zeros(0, dtype=bool)).error)
