from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES
from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Recolumn, apply
from boundaryviz.scene.scene import Domain, Origin, Points, Scene, Split

DOMAIN = Domain(-2.0, 2.0, -1.0, 1.0)


def scenario(**values: Any) -> Scenario:
    settings = {"data.n": 60, "training.learning_rate": 0.05} | {k.replace("__", "."): v for k, v in values.items()}
    return Scenario().with_values(settings)


def session(scene: Scene | None = None, **values: Any) -> Session:
    seeds, twin = values.pop("seeds", None), values.pop("twin", False)
    return Session(scenario(**values), scene, seeds, twin, device="cpu")


def mixed() -> Scene:
    """Three classes, all splits, some points unlabelled, some planted."""
    rng = np.random.default_rng(1)
    n = 90
    label = rng.integers(-1, 3, n)
    points = Points.of(rng.standard_normal((n, 2)), label, rng.integers(0, 3, n), rng.random(n) < 0.2)
    return Scene(points, DOMAIN, 3)


def parameters(of: Session) -> NDArray[np.float32]:
    learner: Any = of.learner
    return learner.P.detach().numpy().copy()


# ---- measures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("twin", [False, True])
def test_evaluate_is_the_mean_over_labelled_points_of_each_split(twin: bool):
    run = session(mixed(), seeds=(0, 1), twin=twin, learner__hidden=[6])
    run.step(30)
    found, points = run.evaluate(), run.scene.points
    assert found.shape == (4 if twin else 2, len(CURVES))
    for replica in range(len(run.replicas)):
        p = run.probabilities(points.xy, replica).astype(np.float64)
        assert p.shape == (len(points), 3)
        for column, split in enumerate(Split):
            seen = points.is_labelled & (points.split == split) & ~points.is_poison
            of_truth = p[seen, points.label[seen]]
            assert found[replica, column] == pytest.approx(-np.log(of_truth).mean(), rel=1e-4)
            wrong = p[seen].argmax(axis=1) != points.label[seen]
            assert found[replica, 3 + column] == pytest.approx(wrong.mean())


def test_confusion_counts_labelled_points_by_split_truth_and_prediction():
    run = session(mixed())
    run.step(20)
    predicted, points = run.predicted(), run.scene.points
    counts = np.zeros((3, 3, 3), dtype=np.int64)
    for split, label, origin, guess in zip(points.split, points.label, points.origin, predicted, strict=True):
        if label >= 0 and origin == Origin.CLEAN:
            counts[split, label, guess] += 1
    assert np.array_equal(run.confusion(predicted), counts)
    error = 1 - np.trace(counts, axis1=1, axis2=2) / counts.sum(axis=(1, 2))
    np.testing.assert_allclose(run.evaluate()[0, 3:6], error)


@pytest.mark.parametrize("loss", ["cross-entropy", "focal", "absolute", "squared", "hinge"])
def test_errors_and_predictions_agree_even_on_the_boundary(loss: str):
    """Every output is exactly 0: whatever rule decides a tie, matrix and error must use the same."""
    run = session(learner__name="logistic", learner__loss=loss)
    learner: Any = run.learner
    learner.P.detach().zero_()
    counts = run.confusion(run.predicted())
    error = 1 - np.trace(counts, axis1=1, axis2=2) / counts.sum(axis=(1, 2))
    np.testing.assert_allclose(run.evaluate()[0, 3:6], error)


def test_a_split_without_labels_is_nan_and_the_others_are_not():
    scene = mixed()
    unlabelled = np.where(scene.points.split == Split.TEST, -1, scene.points.label)
    found = session(scene.with_points(scene.points.with_columns(label=unlabelled))).evaluate()[0]
    assert np.isnan(found[:6]).tolist() == [False, False, True] * 2


def test_curves_come_once_every_so_many_steps_whatever_the_stride():
    run = session(training__evaluate_every=7)
    for n in (1, 3, 10, 40):
        run.step(n)
    chunk = run.take_curves()
    assert chunk is not None
    assert chunk.step.tolist() == [0, 7, 14, 21, 28, 35, 42, 49]
    assert chunk.values.shape == (8, 1, len(CURVES))
    assert run.take_curves() is None
    run.step(2)
    np.testing.assert_array_equal(run.take_curves().values[-1], run.evaluate())  # type: ignore[union-attr]


# ---- the plane ------------------------------------------------------------------------------------------


def test_a_field_lies_at_cell_centres_with_row_0_at_the_bottom():
    run = session()
    run.step(50)
    field = run.field(DOMAIN, 40, 20)
    assert (field.shape, field.dtype) == ((20, 40), np.dtype(np.float32))
    for row, column in ((0, 0), (3, 30), (19, 39), (10, 5)):
        centre = np.array([[-2 + (column + 0.5) * 0.1, -1 + (row + 0.5) * 0.1]])
        assert field[row, column] == pytest.approx(run.probabilities(centre)[0, 1], abs=1e-6)


def test_three_classes_have_a_plane_each():
    field = session(mixed(), twin=True).field(DOMAIN, 24, 16, replica=1)
    assert field.shape == (3, 16, 24)
    np.testing.assert_allclose(field.sum(axis=0), 1.0, atol=1e-5)


def test_hidden_units_by_hand():
    run = session(learner__hidden=[5, 4], learner__activation="sine")
    run.step(10)
    learner: Any = run.learner
    w1, b1, w2, b2 = (p.detach().numpy()[0] for p in learner.layout.views(learner.P)[:4])
    first = np.sin(w1 @ DOMAIN.grid(12, 8).T + b1)
    second = np.sin(w2 @ first + b2)
    np.testing.assert_allclose(run.field(DOMAIN, 12, 8, unit=(0, 3)), first[3].reshape(8, 12), atol=1e-5)
    np.testing.assert_allclose(run.field(DOMAIN, 12, 8, unit=(1, 0)), second[0].reshape(8, 12), atol=1e-5)
    square = Domain(-2, 2, -2, 2)
    maps = run.units(square, 9)
    assert [m.shape for m in maps] == [(5, 9, 9), (4, 9, 9)]
    assert all(m.dtype == np.uint8 for m in maps)
    one = np.sin(w1 @ square.grid(9, 9).T + b1)[2].reshape(9, 9)
    np.testing.assert_allclose(maps[0][2], one / np.abs(one).max() * 127.5 + 127.5, atol=0.51)


def test_a_net_that_diverged_is_shown_without_a_warning():
    run = session(learner__activation="relu")
    learner: Any = run.learner
    for bad in (np.nan, np.inf):
        learner.P.detach().fill_(bad)
        run.step(run.scenario.training.evaluate_every)
        assert run.diverged.tolist() == [True]
        assert run.field(DOMAIN, 64, 64, quick=True).shape == (64, 64)
        assert len(run.units(DOMAIN, 8)) == 2
        run.confusion(run.predicted())
        run.evaluate()


# ---- edits, resets, twins -------------------------------------------------------------------------------


def test_reset_brings_back_the_initial_weights_to_the_bit_and_a_seed_changes_them():
    run = session()
    start = parameters(run)
    run.step(25)
    trained = parameters(run)
    run.reset()
    assert run.step_count == 0
    assert np.array_equal(parameters(run), start)
    run.step(25)
    assert np.array_equal(parameters(run), trained)
    run.reset([5])
    assert run.seeds == (5,)
    assert not np.array_equal(parameters(run), start)


def test_an_edit_keeps_weights_and_a_new_class_resets_them():
    run = session()
    run.step(20)
    before = parameters(run)
    more, _ = apply(Add(Points.of([[0.0, 0.0]], 1, first_id=10_000)), run.scene)
    run.set_scene(more)
    assert run.step_count == 20
    assert np.array_equal(parameters(run), before)
    third, undo = apply(Recolumn(np.array([10_000]), {"label": np.array([2])}), more)
    run.set_scene(third)
    assert run.step_count == 0
    assert run.take_curves().step.tolist() == [0]  # type: ignore[union-attr]
    assert run.evaluate().shape == (1, len(CURVES))
    assert run.field(DOMAIN, 4, 4).shape == (3, 4, 4)
    run.step(1)
    run.set_scene(apply(undo, third)[0])
    assert run.field(DOMAIN, 4, 4).shape == (4, 4)


def test_settings_apply_live():
    slow, fast = session(), session()
    fast.set_scenario(scenario(training__learning_rate=0.5))
    for run in (slow, fast):
        run.step(1)
    a, b, start = parameters(slow), parameters(fast), parameters(session())
    np.testing.assert_allclose(b - start, 10 * (a - start), rtol=1e-3, atol=1e-6)  # Adam's first step is the rate's


def test_the_clean_twin_is_the_run_without_poison():
    planted = scenario().scene()
    origin = np.where(np.arange(len(planted.points)) % 9 == 0, Origin.POISON, Origin.CLEAN)
    points = planted.points.with_columns(origin=origin)
    twins = session(replace(planted, points=points), seeds=(0, 1), twin=True)
    alone = session(replace(planted, points=points.take(~points.is_poison)), seeds=(0, 1))
    assert len(twins.replicas) == 4
    for run in (twins, alone):
        run.step(200)
    clean, poisoned, single = parameters(twins)[:2], parameters(twins)[2:], parameters(alone)
    np.testing.assert_allclose(clean, single, rtol=1e-5, atol=1e-5)
    assert np.abs(poisoned - single).max() > 1e-2
    np.testing.assert_allclose(twins.evaluate()[:2, :6], alone.evaluate()[:, :6], rtol=1e-4)


def test_twins_without_poison_are_one():
    run = session(seeds=(3, 4), twin=True)
    run.step(100)
    assert np.array_equal(parameters(run)[:2], parameters(run)[2:])
    assert np.array_equal(run.evaluate()[:2, :6], run.evaluate()[2:, :6])
    assert (run.evaluate()[2:, 7] == 0).all()


def test_the_same_twice():
    a, b = session(seeds=(0, 1)), session(seeds=(0, 1))
    for run in (a, b):
        run.step(100)
    assert np.array_equal(parameters(a), parameters(b))
    assert np.array_equal(a.take_curves().values, b.take_curves().values, equal_nan=True)  # type: ignore[union-attr]


# ---- hardly any data ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("xy", "label", "split", "can_train"),
    [
        ([], [], [], False),
        ([[0, 0], [1, 1]], [-1, -1], [0, 0], False),
        ([[0, 0], [1, 1]], [0, 1], [1, 2], False),
        ([[0, 0], [1, 1]], [1, 1], [0, 0], True),
        ([[0, 0]], [0], [0], True),
        ([[0, 0]] * 5, [0, 1, 0, 1, 1], [0] * 5, True),
        ([[1e15, -1e15], [1, 1]], [0, 1], [0, 0], True),
    ],
    ids=["nothing", "no label", "nothing to train on", "one class", "one point", "contradictions", "far away"],
)
@pytest.mark.parametrize("loss", ["cross-entropy", "focal", "absolute", "squared", "hinge"])
def test_hardly_any_data_raises_nothing(xy: list, label: list, split: list, can_train: bool, loss: str):
    scene = Scene(Points.of(xy, label, split), DOMAIN)
    for twin in (False, True):
        run = session(scene, twin=twin, learner__loss=loss, learner__hidden=[3])
        assert run.can_train is can_train
        start = parameters(run)
        run.step(12)
        assert run.step_count == 12
        assert np.array_equal(parameters(run), start) is not can_train
        assert run.predicted().shape == (len(scene.points),)
        assert run.confusion(run.predicted()).sum() == sum(k >= 0 for k in label)
        assert run.evaluate().shape == (len(run.replicas), len(CURVES))
        assert run.field(DOMAIN, 40, 40, quick=True).shape == (40, 40)
        run.set_scene(scenario().scene())
        assert run.can_train
        run.step(1)
        run.set_scene(scene)
        assert run.can_train is can_train
