"""Scores are the probabilities before they saturate."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from boundaryviz.learners.specs import MLPSpec, TrainingSpec
from helpers.models import DOMAIN, blobs, make

FAR = DOMAIN.grid(20, 20) * 4.0
CASES = [*product(("cross-entropy", "squared", "hinge"), (2, 3), ("linear", "tanh"))]


@pytest.mark.parametrize(("loss", "classes", "output"), CASES)
def test_scores_tell_probabilities_and_decision(loss: Any, classes: int, output: Any):
    spec = MLPSpec(hidden=(6,), loss=loss, output=output)
    learner = make(spec, TrainingSpec(learning_rate=0.1), (0, 1), classes, blobs(60, classes, replicas=2))
    learner.step(50)
    for replica in (0, 1):
        scores = learner.scores(FAR, replica)
        assert scores.shape == (1 if classes == 2 else classes, len(FAR))
        p = learner.probabilities(FAR, replica)[0]
        np.testing.assert_allclose(learner.shown(scores), p[1:] if classes == 2 else p, atol=1e-6)
        decision = (scores[0] > 0) if classes == 2 else scores.argmax(axis=0)
        assert np.array_equal(decision, learner.predict(FAR, replica)[0])
        assert set(decision.tolist()) == set(range(classes))


def test_any_shape_of_field_is_shown():
    learner = make(MLPSpec(hidden=(4,)), data=blobs(20))
    scores = learner.scores(DOMAIN.grid(6, 4))
    assert learner.shown(scores.reshape(1, 4, 6)).shape == (1, 4, 6)
    np.testing.assert_array_equal(learner.shown(scores.reshape(1, 4, 6)).ravel(), learner.shown(scores)[0])
