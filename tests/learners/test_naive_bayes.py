"""Naive Bayes against scikit-learn's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB

from boundaryviz.learners.families.naive_bayes import NaiveBayesSpec
from helpers.models import GRID, blobs, make


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.integers(2, 5), st.sampled_from([1e-9, 0.1]), st.sampled_from(["data", "even"]))
def test_it_is_scikit_learn_s(seed: int, classes: int, smoothing: float, prior: Any):
    data = blobs(60, classes, seed=seed)
    data = replace(data, label=np.where(data.ids % 4 == 3, -1, data.label))  # of which it is told nothing
    learner = make(NaiveBayesSpec(smoothing=smoothing, prior=prior), classes=classes, data=data)
    learner.step()
    known = data.label >= 0
    seen = np.unique(data.label[known])
    even = None if prior == "data" else np.full(len(seen), 1.0 / len(seen))
    theirs = GaussianNB(priors=even, var_smoothing=smoothing).fit(data.x[known], data.label[known])
    np.testing.assert_allclose(learner.probabilities(GRID)[0, seen].T, theirs.predict_proba(GRID), atol=1e-6)


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_every_place_has_a_class_however_large_the_units(scale: float):
    data = blobs(20)
    learner = make(NaiveBayesSpec(), data=replace(data, x=data.x * scale))
    learner.step()
    assert (learner.predict(np.array([[0.0, 0.0], [1e300, -1e300]])) >= 0).all()
