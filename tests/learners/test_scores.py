"""Scores are the probabilities before they saturate."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from boundaryviz.learners import fitted_learner
from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.specs import FAMILIES, MLPSpec, TrainingSpec
from helpers.models import DOMAIN, blobs, make

FAR = DOMAIN.grid(20, 20) * 4.0
CASES = [*product(("cross-entropy", "focal", "absolute", "squared", "hinge"), (2, 3), ("linear", "tanh"))]


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


def test_a_net_is_shown_many_places_in_parts_and_answers_as_of_each(monkeypatch: pytest.MonkeyPatch):
    """All at once, 256 Fourier features over a field of 2,048 x 2,048 places take 40 GB."""
    learner = make(MLPSpec(hidden=(4,), fourier=256), data=blobs(20))
    features, seen = FeatureMap.__call__, list[int]()

    def watched(self: FeatureMap, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        seen.append(len(xy))
        return features(self, xy)

    monkeypatch.setattr(FeatureMap, "__call__", watched)
    places = DOMAIN.grid(160, 125)
    whole = learner.probabilities(places)[0]
    assert len(places) == 20_000 == sum(seen)
    assert max(seen) * learner.features.size <= 1 << 21
    some = slice(4_000, 4_400)  # over the end of a part
    np.testing.assert_allclose(whole[:, some], learner.probabilities(places[some])[0], atol=1e-6)
    assert learner.probabilities(places[:0]).shape == (1, 2, 0)
    assert len(learner.unit(places, 0, 1)) == learner.units(places)[0].shape[1] == len(places)


@pytest.mark.parametrize("name", ["KNeighborsClassifier", "label-spreading"])
def test_what_is_fitted_at_once_is_asked_about_so_many_places_at_a_time(name: str, monkeypatch: pytest.MonkeyPatch):
    """All at once, 1,000 neighbours of each of 2,048 x 2,048 places take 130 GB."""
    monkeypatch.setattr(fitted_learner, "PLACES", 150)
    learner = make(FAMILIES[name].spec(), data=blobs(40))
    learner.step()
    asked, decide = list[int](), learner._replicas[0]

    def watched(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        asked.append(len(xy))
        return decide(xy)

    learner._replicas = [watched]
    places = DOMAIN.grid(20, 20)
    whole = learner.probabilities(places)[0]
    assert asked == [150, 150, 100]
    np.testing.assert_array_equal(whole, decide(places).T.astype(np.float32))
    assert learner.probabilities(places[:0]).shape == (1, 2, 0)
