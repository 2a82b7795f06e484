"""Regression: nets that learn the responses of points, of which the classes are the signs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.edits import Recolumn, apply
from boundaryviz.scene.responses import taught
from boundaryviz.scene.scene import Split

DATA = {"data.name": "reg-plane", "data.n": 60, "data.noise": 0.2}
FULL = {"training.batch_size": "full", "training.optimiser": "sgd", "training.learning_rate": 0.03}


def scenario(**values) -> Scenario:
    return Scenario().with_values(DATA | FULL | {name.replace("__", "."): value for name, value in values.items()})


def test_a_net_without_hidden_layers_and_squared_loss_is_least_squares() -> None:
    session = Session(scenario(learner__name="logistic", learner__loss="squared"))
    session.step(3000)
    points = session.scene.points
    train = points.is_train
    design = np.column_stack([points.xy, np.ones(len(points))])
    best = np.linalg.lstsq(design[train], points.responses[train], rcond=None)[0]
    assert session.learner.scores(points.xy)[0] == pytest.approx(design @ best, abs=1e-5)
    losses = [float(np.mean((design @ best - points.responses)[points.split == k] ** 2) / 2) for k in Split]
    assert session.evaluate()[0, :3] == pytest.approx(losses, abs=1e-6)


def test_the_absolute_loss_finds_the_median_where_the_squared_finds_the_mean() -> None:
    """Of points at one place, whose responses are far from even."""
    responses = np.array([-0.9, 0.0, 0.1, 0.2, 0.95])
    made = Scenario.from_arrays(np.zeros((5, 2)), (responses >= 0).astype(int), response=responses)
    for loss, middle in (("squared", responses.mean()), ("absolute", np.median(responses))):
        values = FULL | {"learner.name": "logistic", "learner.loss": loss, "training.learning_rate": 0.001}
        session = Session(made.with_values(values))
        session.step(6000)
        assert session.learner.scores(np.zeros((1, 2)))[0, 0] == pytest.approx(middle, abs=0.002)


@pytest.mark.parametrize("loss", ["cross-entropy", "hinge", "focal"])
def test_other_losses_learn_the_signs_alone(loss: str) -> None:
    session = Session(scenario(learner__loss=loss))
    plain = session.scene.with_points(session.scene.points.with_columns(response=None))
    other = Session(scenario(learner__loss=loss), scene=plain)
    for one in (session, other):
        one.step(20)
    grid = session.scene.domain.grid(8, 8)
    assert np.array_equal(session.learner.scores(grid), other.learner.scores(grid))
    assert np.isfinite(session.evaluate()[0, 3:6]).all(), "classes are right or wrong"


def test_responses_are_not_right_or_wrong() -> None:
    session = Session(scenario(learner__loss="squared"))
    session.step(5)
    found = session.evaluate()[0]
    assert np.isfinite(found[:3]).all()
    assert np.isnan(found[3:6]).all()


def test_a_point_whose_class_is_changed_teaches_its_class() -> None:
    label, response = np.array([0, 1, 1, 0, -1, 1]), np.array([-0.25, 0.5, -0.25, 0.0, 0.7, np.nan])
    assert taught(label, response).tolist() == [-0.25, 0.5, 1.0, -1.0, 0.0, 1.0]


@given(st.lists(st.tuples(st.integers(-1, 1), st.floats(-2, 2) | st.just(np.nan)), max_size=9))
def test_what_is_taught_has_the_sign_of_the_label(points: list[tuple[int, float]]) -> None:
    label = np.array([k for k, _ in points], dtype=np.int64)
    found = taught(label, np.array([value for _, value in points]))
    assert np.isfinite(found).all()
    assert ((found >= 0) == (label != 0)).all()
    assert (found[label < 0] == 0).all()


def test_responses_that_are_the_classes_are_classification_to_the_bit() -> None:
    base = scenario(learner__loss="squared", data__name="moons", data__noise=0.1)
    points = base.scene().points
    signs = base.scene().with_points(points.with_columns(response=np.where(points.label == 1, 1.0, -1.0)))
    plain, told = Session(base), Session(base, scene=signs)
    for one in (plain, told):
        one.step(50)
    assert np.array_equal(plain.learner.probabilities(points.xy), told.learner.probabilities(points.xy))
    assert np.array_equal(plain.evaluate()[0, :3], told.evaluate()[0, :3])


def test_label_noise_turns_the_sign_of_a_response() -> None:
    quiet, loud = (build(DataSpec(name="reg-gauss", n=200, label_noise=noise)).points for noise in (0.0, 0.2))
    turned = quiet.label != loud.label
    assert turned.sum() == round(0.2 * (quiet.split != Split.TEST).sum())
    assert np.array_equal(loud.responses, np.where(turned, -quiet.responses, quiet.responses))


def test_a_poisoned_twin_of_a_regression_is_pulled_to_the_poisons_class() -> None:
    made = scenario(learner__name="logistic", learner__loss="squared").with_poison([[4.0, 4.0]] * 6, 0)
    session = Session(made, replicas=Replicas.twins([0]))
    session.step(1000)
    clean, poisoned = (session.learner.scores(np.array([[4.0, 4.0]]), replica)[0, 0] for replica in (0, 1))
    assert poisoned < clean - 0.1


def test_a_moved_response_is_learnt_from() -> None:
    session = Session(scenario(learner__name="logistic", learner__loss="squared"))
    session.step(10)
    ids = session.scene.points.ids[:5]
    changed, _ = apply(Recolumn(ids, {"response": np.full(5, 0.9), "label": np.full(5, 1)}), session.scene)
    before = session.evaluate()[0, 0]
    session.set_scene(changed)
    assert session.evaluate()[0, 0] != before
