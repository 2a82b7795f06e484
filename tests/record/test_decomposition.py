"""Noise, bias and variance against what models and labels come to when they are counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.record.decomposition import MEASURES, Decomposition


def decomposed(
    said: NDArray[np.int64], probabilities: NDArray[np.float64], target: NDArray[np.float64]
) -> Decomposition:
    """said: (S, M), -1 undecided. probabilities: (S, C, M). target: (C, M)."""
    classes = len(target)
    votes = np.stack([(said == k).sum(axis=0) for k in [*range(classes), -1]])
    return Decomposition(votes, probabilities.sum(axis=0), (probabilities**2).sum(axis=(0, 1)), target)


@st.composite
def cases(draw: st.DrawFn, most: int = 5) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    classes, models, places = draw(st.integers(2, most)), draw(st.integers(1, 12)), draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    said = rng.integers(-1 if draw(st.booleans()) else 0, classes, (models, places))
    probabilities = rng.dirichlet(np.ones(classes), (models, places)).transpose(0, 2, 1)
    target = rng.dirichlet(np.full(classes, draw(st.sampled_from([0.1, 1.0, 10.0]))), places).T
    if draw(st.booleans()):  # labels that are certain
        target = np.eye(classes)[target.argmax(axis=0)].T
    return said, probabilities, target


@given(cases())
def test_the_parts_add_up_to_the_error_at_every_place_and_in_all(case) -> None:
    said, probabilities, target = case
    found = decomposed(said, probabilities, target)
    classes = len(target)
    # every model is held against every label, as often as there are such labels
    wrong = np.array([[said[s] != t for t in range(classes)] for s in range(len(said))])  # (S, C, M)
    error = (wrong * target).sum(axis=1).mean(axis=0)
    parts = found["noise_effect"] + found["bias"] + found["unbiased_variance"] - found["biased_variance"]
    assert np.allclose(found["error"], error, rtol=0, atol=1e-12)
    assert np.allclose(parts, error, rtol=0, atol=1e-12)
    labels = np.eye(classes)
    brier = np.array([[((labels[t][:, None] - p) ** 2).sum(axis=0) / 2 for t in range(classes)] for p in probabilities])
    squared = (brier * target).sum(axis=1).mean(axis=0)
    parts = found["squared_noise"] + found["squared_bias"] + found["squared_variance"]
    assert np.allclose(found["squared_error"], squared, rtol=0, atol=1e-12)
    assert np.allclose(parts, squared, rtol=0, atol=1e-12)
    means = found.means()
    assert set(means) == set(MEASURES)
    total = means["noise_effect"] + means["bias"] + means["unbiased_variance"] - means["biased_variance"]
    assert total == pytest.approx(error.mean(), abs=1e-12)
    assert means["net_variance"] == pytest.approx(means["unbiased_variance"] - means["biased_variance"], abs=1e-12)


@given(cases(most=2))
def test_of_two_classes_the_terms_are_those_of_theorem_2(case) -> None:
    said, probabilities, target = np.maximum(case[0], 0), case[1], case[2]
    found = decomposed(said, probabilities, target)
    best, right = target.argmax(axis=0), (said == target.argmax(axis=0)).mean(axis=0)
    main = (said.mean(axis=0) > 0.5).astype(int)
    sign = np.where(main == best, 1.0, -1.0)
    assert np.array_equal(found.main, main)
    assert np.allclose(found["variance"], (said != main).mean(axis=0))
    assert np.allclose(found["noise_effect"], (2 * right - 1) * found["noise"])
    assert np.allclose(found["net_variance"], sign * found["variance"])


@given(cases(), st.integers(0, 12))
def test_it_is_the_same_whether_models_come_together_or_in_parts(case, cut: int) -> None:
    said, probabilities, target = case
    parts = [decomposed(said[some], probabilities[some], target) for some in (slice(0, cut), slice(cut, None))]
    added = Decomposition.empty(target)
    for part in parts:
        added += part
    whole = decomposed(said, probabilities, target)
    assert added.samples == len(said)
    assert np.array_equal(added.main, whole.main)
    for name in MEASURES:
        assert np.allclose(added[name], whole[name], rtol=0, atol=1e-12)


def test_where_the_truth_is_not_known_there_are_prediction_and_variance_alone() -> None:
    target = np.array([[0.0, np.nan], [1.0, np.nan]])
    found = decomposed(np.array([[0, 1], [1, 1], [1, 0]]), np.full((3, 2, 2), 0.5), target)
    assert found.best.tolist() == [1, -1]
    assert found.main.tolist() == [1, 1]
    assert found["variance"].tolist() == pytest.approx([1 / 3, 1 / 3])
    for name in ("error", "noise", "bias", "net_variance", "squared_bias"):
        assert np.isnan(found[name]).tolist() == [False, True]
    assert found.means()["bias"] == 0.0


def test_a_place_that_most_models_leave_undecided_is_biased() -> None:
    found = decomposed(np.array([[-1], [-1], [1]]), np.full((3, 2, 1), 0.5), np.array([[0.0], [1.0]]))
    assert found.main.tolist() == [-1]
    assert found["bias"].tolist() == [1.0]
    assert found["biased_variance"].tolist() == pytest.approx([1 / 3])
    assert found["error"].tolist() == pytest.approx([2 / 3])


def test_without_a_model_nothing_is_known_and_nothing_is_said_in_a_warning() -> None:
    found = Decomposition.empty(np.full((3, 4), 1 / 3))
    assert found.samples == 0
    assert found.main.tolist() == [-1] * 4
    means = found.means()
    assert np.isnan(means["error"])
    assert np.isnan(means["bias"])
    assert Decomposition.empty(np.zeros((2, 0))).means().keys() == MEASURES.keys()
