"""What is measured of labels that are known to be wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import boundaryviz as bv
from boundaryviz.engine.messages import CURVES
from boundaryviz.engine.session import Session
from boundaryviz.record.curves_file import from_arrays, to_arrays
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Split

NOISY = Scenario().with_values({"data.n": 60, "data.label_noise": 0.25, "learner.hidden": [16], "data.test": 0.4})
FLIPPED = Scenario().with_values(
    {"data.n": 60, "poison.attack": "flip", "poison.choose": "random", "poison.count": 12, "learner.hidden": [16]}
)


def column(of: Session, name: str) -> Any:
    return of.evaluate()[:, CURVES.index(name)]


@pytest.mark.parametrize("scenario", [NOISY, FLIPPED], ids=["noise", "attack"])
def test_wrong_labels_are_measured_apart_from_the_others(scenario: Scenario):
    run = Session(scenario, device="cpu", seeds=(0, 1))
    run.step(30)
    scene, points = run.scene, run.scene.points
    train = points.is_train & scene.seen()
    wrong, right = train & scene.flipped, train & ~scene.flipped & ~points.is_poison
    assert wrong.sum() > 9
    for replica in range(2):
        p = run.probabilities(points.xy, replica).astype(np.float64)
        loss = -np.log(p[np.arange(len(points)), np.maximum(points.label, 0)])
        assert column(run, "flipped_label_loss")[replica] == pytest.approx(loss[wrong].mean(), rel=1e-4)
        assert column(run, "clean_label_loss")[replica] == pytest.approx(loss[right].mean(), rel=1e-4)
        given_back = p[wrong].argmax(axis=1) == points.label[wrong]
        assert column(run, "memorised")[replica] == pytest.approx(given_back.mean())


def test_the_clean_twin_has_no_labels_that_an_attack_flips():
    run = Session(FLIPPED, device="cpu", twin=True)
    assert np.isnan(column(run, "flipped_label_loss")).tolist() == [True, False]


def test_without_wrong_labels_there_is_nothing_to_tell():
    for name in ("flipped_label_loss", "clean_label_loss", "memorised", "true_test_error"):
        assert np.isnan(column(Session(Scenario(), device="cpu"), name)).all()


def test_folds_count_the_wrong_labels_they_train_on():
    from boundaryviz.engine.replicas import Replicas

    scene = NOISY.scene()
    run = Session(NOISY, scene, device="cpu", replicas=Replicas.folds(scene, 3))
    run.step(5)
    for replica, role in enumerate(run.replicas.roles_in(scene)):
        wrong = scene.flipped & (role == Split.TRAIN)
        p = run.probabilities(scene.points.xy, replica)
        expected = (p[wrong].argmax(axis=1) == scene.points.label[wrong]).mean()
        assert column(run, "memorised")[replica] == pytest.approx(expected)


def test_noise_in_test_labels_does_not_hide_the_true_error():
    run = Session(NOISY.with_values({"data.label_noise_on": "all"}), device="cpu")
    run.step(50)
    points, predicted = run.scene.points, run.predicted()
    test = points.split == Split.TEST
    assert column(run, "true_test_error")[0] == pytest.approx((predicted != run.scene.truth)[test].mean())
    assert column(run, "true_test_error")[0] < column(run, "test_error")[0]
    run = Session(NOISY, device="cpu")
    assert column(run, "true_test_error") == column(run, "test_error")


def test_metrics_tell_how_far_it_went_astray():
    run = bv.train(NOISY, seeds=2, steps=400, progress=False)
    for seed in range(2):
        error, loss = (run.curves.column(name)[:, seed] for name in ("test_error", "flipped_label_loss"))
        assert run.metrics["test_error_rise"].per_seed[seed] == pytest.approx(error[-1] - error.min())
        assert run.metrics["flipped_label_rise"].per_seed[seed] == pytest.approx(loss.max() - loss[0])
    assert run.metrics["memorised"].mean > 0.2
    assert "memorised" not in bv.train(Scenario(), steps=20, progress=False).metrics


def test_curves_of_older_files_know_nothing_of_it():
    run = bv.train(NOISY, steps=40, progress=False)
    arrays = to_arrays(run.curves)
    older = from_arrays(arrays | {"curves.values": arrays["curves.values"][:, :, :8]})
    assert np.array_equal(older.column("train_loss"), run.curves.column("train_loss"))
    assert np.isnan(older.column("memorised")).all()
    with pytest.raises(ValueError, match="another shape"):
        from_arrays(arrays | {"curves.values": arrays["curves.values"][:, :, :7]})
