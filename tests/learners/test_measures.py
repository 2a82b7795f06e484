"""Losses as measures, against scikit-learn's functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import brier_score_loss, hinge_loss, log_loss, mean_absolute_error

from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.measures import LOSSES, Scale, point_losses
from boundaryviz.learners.specs import MLPSpec, TrainingSpec
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from helpers.models import blobs, make

CASES: list[tuple[Scale, int]] = [("logits", 2), ("logits", 4), ("probabilities", 2), ("probabilities", 3)]


def drawn(scale: Scale, classes: int, n: int = 60, seed: int = 0) -> tuple[NDArray, NDArray, NDArray]:
    """Scores (1, K, n), classes (n,) and probabilities (classes, n)."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, classes, n)
    label[:classes] = range(classes)
    if scale == "logits":
        z = rng.normal(0, 2, (1, classes, n)).astype(np.float32)
        p = np.exp(z[0].astype(float))
        p /= p.sum(axis=0)
    else:
        p = rng.dirichlet(np.ones(classes), n).T
        z = p[None].astype(np.float32)
    return (z[:, 1:] - z[:, :1] if classes == 2 else z), label, p


@pytest.mark.parametrize(("scale", "classes"), CASES)
def test_measures_are_scikit_learns(scale: Scale, classes: int):
    scores, label, p = drawn(scale, classes)
    mean = dict(zip(LOSSES, point_losses(scores, label, scale).mean(axis=2)[:, 0].tolist(), strict=True))
    one_hot = np.eye(classes)[label]
    decision = scores[0, 0] if classes == 2 else scores[0].T
    surprise = -np.log(p[label, np.arange(len(label))])
    brier = brier_score_loss(one_hot if classes > 2 else label, p.T if classes > 2 else p[1], scale_by_half=True)
    assert mean == pytest.approx(
        {
            "absolute": classes / 2 * mean_absolute_error(one_hot, p.T),
            "squared": brier,
            "log": log_loss(label, p.T, labels=range(classes)),
            "hinge": hinge_loss(label, decision, labels=range(classes)),
            "focal": ((1 - np.exp(-surprise)) ** 2 * surprise).mean(),
        },
        rel=1e-5,
    )


@given(seed=st.integers(0, 999), case=st.sampled_from(CASES))
def test_what_measures_do_not_depend_on_and_how_they_lie(seed: int, case: tuple[Scale, int]):
    """Names of classes, and for logits what is added to all; each loss lies where its formula says."""
    scale, classes = case
    scores, label, _ = drawn(scale, classes, 20, seed)
    found: Any = point_losses(scores, label, scale)
    turned: Any = -scores if classes == 2 else scores[:, ::-1]
    np.testing.assert_allclose(point_losses(turned, classes - 1 - label, scale), found, rtol=1e-5, atol=1e-6)
    if scale == "logits" and classes > 2:
        np.testing.assert_allclose(point_losses(scores + np.float32(1.5), label, scale), found, rtol=1e-4, atol=1e-5)
    absolute, squared, log, hinge, focal = found
    assert (found >= 0).all()
    assert (absolute <= 1).all()
    assert (squared <= absolute + 1e-6).all()
    assert (focal <= log + 1e-6).all()
    wrong = (scores[:, 0] * (2 * label - 1) < 0) if classes == 2 else scores.argmax(axis=1) != label
    assert (hinge[wrong] >= 1 - 1e-6).all()  # the 0/1 loss lies below it
    assert (log[wrong] >= np.log(2) - 1e-6).all()


def test_sure_and_undecided_places_have_finite_measures():
    sure = np.array([[[1e4, -1e4]]], dtype=np.float32)
    for scale in ("logits", "probabilities"):
        assert np.isfinite(point_losses(sure, np.array([0, 0]), scale)).all()
    nothing = np.full((1, 1, 1), np.nan, dtype=np.float32)
    even = [0.5, 0.25, np.log(2), 1.0, 0.25 * np.log(2)]
    assert point_losses(nothing, np.array([1]), "probabilities").ravel().tolist() == pytest.approx(even)
    third = point_losses(np.full((1, 3, 1), np.nan, dtype=np.float32), np.array([1]), "probabilities").ravel()
    assert third.tolist() == pytest.approx([2 / 3, 1 / 3, np.log(3), 1.0, 4 / 9 * np.log(3)])


@pytest.mark.parametrize(("loss", "measure"), [("cross-entropy", "log"), ("hinge", "hinge"), ("focal", "focal")])
@pytest.mark.parametrize("classes", [2, 3])
def test_what_is_trained_on_is_measured_as_the_same(loss: str, measure: str, classes: int):
    data: TrainingData = blobs(50, classes)
    learner = make(MLPSpec(hidden=(5,), loss=loss), TrainingSpec(learning_rate=0.1), (0,), classes, data)  # type: ignore[arg-type]
    learner.step(30)
    own, _, scores = learner.assess(data.x, data.label)
    assert np.array_equal(own, learner.evaluate(data.x, data.label)[0])
    same = point_losses(scores, data.label, learner.scale)[LOSSES.index(measure)]
    np.testing.assert_allclose(same, own, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("learner", ["mlp", "DecisionTreeClassifier", "label-propagation"])
def test_a_run_has_every_loss_of_every_split(learner: str):
    values = {"data.n": 60, "learner.name": learner, "training.steps": 20, "data.labels_per_class": 8}
    run = train(Scenario().with_values(values), progress=False)
    test = run.scene.points.split == 2
    p = run.predict_proba(run.scene.points.x[test])[:, 1].astype(float)
    label = run.scene.points.label[test]
    assert run.metrics["test_squared_loss"].mean == pytest.approx(brier_score_loss(label, p), rel=1e-5)
    assert run.metrics["test_absolute_loss"].mean == pytest.approx(np.abs(label - p).mean(), rel=1e-5)
    assert run.metrics["test_log_loss"].mean == pytest.approx(run.metrics["test_loss"].mean, rel=1e-12)
    assert "test_expected_cost" not in run.metrics
    assert not np.isnan(run.curves.column("validation_hinge_loss")[-1]).any()
