"""Sizes chosen by cross-validation: the rules of the books, held against loops written out, and by properties."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import make_moons
from sklearn.model_selection import GridSearchCV, validation_curve
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from boundaryviz.record.reports.selection import SEVERAL, TOLERANCE, converged, cross_validated, one_standard_error

ERRORS = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_training_error_has_converged_where_several_changes_are_small():
    assert converged([0.5, 0.3, 0.3, 0.3, 0.3, 0.3]) == 4
    assert converged([0.5, 0.3, 0.3, 0.3, 0.2, 0.2, 0.2, 0.2]) == 7
    assert converged([0.5, 0.4, 0.3, 0.2, 0.1]) is None
    assert converged([0.3, 0.3]) is None
    assert converged([0.5, 0.4, 0.4], several=1) == 2


def test_an_error_that_falls_has_not_converged():
    """errT[s] - errT[s - 1] < 1e-8 holds of every fall; the rule asks for the size of the change."""
    falling = np.linspace(0.5, 0.0, 11)
    assert (np.diff(falling) < 1e-8).all()
    assert converged(falling) is None
    assert cross_validated(falling, np.abs(np.arange(11) - 6.2)) == 6


def test_what_lies_beyond_convergence_is_not_chosen():
    train = [0.5, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1]
    assert cross_validated(train, [0.5, 0.3, 0.2, 0.2, 0.3, 0.3, 0.1]) == 2
    assert cross_validated(train[:5], [0.5, 0.3, 0.2, 0.2, 0.1]) == 4


def test_a_plateau_before_anything_is_learnt_is_no_convergence():
    train = [0.5, 0.5, 0.5, 0.5, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1]
    assert converged(train) == 8
    assert cross_validated(train, [0.5, 0.5, 0.5, 0.5, 0.3, 0.2, 0.25, 0.3, 0.3, 0.1]) == 5
    slow = np.linspace(0.5, 0.4, 200)  # each change is small, and they add up
    assert converged(slow) == 198
    assert converged([*train[:8], np.nan, np.nan]) is None
    assert converged([0.1, 0.1, 0.1, 0.1, np.nan]) == 3


def test_a_width_of_kernel_that_learns_nothing_is_not_chosen():
    """Of a support vector machine the least widths leave the training error at that of the majority."""
    x, y = make_moons(120, noise=0.2, random_state=0)
    x, y = x[10:], y[10:]
    gammas = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0]
    train, test = (1 - one for one in validation_curve(SVC(), x, y, param_name="gamma", param_range=gammas, cv=5))
    mean = train.mean(axis=1)
    assert np.abs(np.diff(mean[:4])).max() < TOLERANCE
    chosen = cross_validated(mean, test.mean(axis=1))
    assert chosen == test.mean(axis=1).argmin() == gammas.index(1.0)


@given(ERRORS.map(lambda some: [round(one, 2) for one in some]))
def test_from_convergence_on_the_training_error_falls_no_more_whichever_way_sizes_go(train: list[float]):
    for some in (train, train[::-1]):
        at = converged(some)
        if at is not None:
            assert some[at] - min(some[at:]) < TOLERANCE
            chosen = cross_validated(some, some)  # where validation errs as training does, the best of all is taken
            assert chosen is not None
            assert some[chosen] == min(some)


def wrapper(train: list[float], validation: list[float]) -> int:
    """CROSS-VALIDATION-WRAPPER, size by size, as it is printed, with the training errors of richer models known."""
    seen_train: list[float] = []
    seen_validation: list[float] = []
    for size, (error_train, error_validation) in enumerate(zip(train, validation, strict=True)):
        seen_train.append(error_train)
        seen_validation.append(error_validation)
        last = seen_train[-SEVERAL - 1 :]
        changes = [abs(b - a) for a, b in pairwise(last)]
        if len(changes) == SEVERAL and max(changes) < TOLERANCE and error_train - min(train[size:]) < TOLERANCE:
            break
    return next(at for at, error in enumerate(seen_validation) if error <= min(seen_validation) + 1e-9)


@given(ERRORS.flatmap(lambda some: st.tuples(st.just([round(one, 2) for one in some]), st.lists(
    st.floats(0, 1), min_size=len(some), max_size=len(some)))))  # fmt: skip
def test_it_is_the_wrapper_of_the_book(errors: tuple[list[float], list[float]]):
    assert cross_validated(*errors) == wrapper(*errors)


def by_one_standard_error(results: dict[str, np.ndarray]) -> int:
    """The rule as the example of scikit-learn on balancing complexity and score has it, for results from simple to
    rich, with the error of the mean over folds."""
    folds = sum(name.startswith("split") for name in results)
    scores = np.stack([results[f"split{fold}_test_score"] for fold in range(folds)], axis=1)
    best = results["mean_test_score"].argmax()
    threshold = results["mean_test_score"][best] - scores[best].std(ddof=1) / folds**0.5
    return int(np.flatnonzero(results["mean_test_score"] >= threshold)[0])


@pytest.mark.parametrize("seed", range(2))
def test_it_is_the_rule_on_scores_of_scikit_learn(seed: int):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(120, 2))
    y = (x[:, 0] * x[:, 1] > 0) ^ (rng.random(120) < 0.2)
    search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_leaf_nodes": range(2, 20)}, cv=5).fit(x, y)
    results = search.cv_results_
    validation = 1 - np.stack([results[f"split{fold}_test_score"] for fold in range(5)], axis=1)
    assert one_standard_error(validation) == by_one_standard_error(results)
    chosen, mean = cross_validated(np.linspace(1, 0, 18), validation.mean(axis=1)), validation.mean(axis=1)
    assert chosen is not None
    assert chosen <= search.best_index_  # which of those that are as good comes by their last digits
    assert mean[chosen] == pytest.approx(mean[search.best_index_], abs=1e-12)


@given(st.integers(2, 6).flatmap(lambda folds: st.lists(
    st.lists(st.floats(0, 1), min_size=folds, max_size=folds), min_size=1, max_size=12)))  # fmt: skip
def test_one_standard_error_never_chooses_a_richer_model(validation: list[list[float]]):
    chosen = one_standard_error(validation)
    assert chosen is not None
    mean = np.mean(validation, axis=1)
    assert chosen <= mean.argmin()
    assert mean[chosen] <= mean.min() + np.std(validation[mean.argmin()], ddof=1) / np.sqrt(len(validation[0])) + 1e-12


def test_sizes_without_a_value_are_not_chosen():
    lost = np.nan
    assert cross_validated([0.5, 0.4, 0.3], [lost, 0.2, 0.3]) == 1
    assert cross_validated([0.5, 0.4], [lost, lost]) is None
    assert one_standard_error([[lost, 0.0], [0.1, 0.2], [0.1, 0.1]]) == 2
    assert one_standard_error([[lost, 0.0]]) is None
    assert one_standard_error([[0.1], [0.2]]) is None
