"""Sessions on points with D inputs: what is learnt, what the plane shows of it, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from boundaryviz.engine import messages as m
from boundaryviz.engine.messages import CURVES
from boundaryviz.engine.session import Session
from boundaryviz.learners.base import TrainingData
from boundaryviz.learners.families.estimators import KNeighborsClassifierSpec, RandomForestClassifierSpec, SVCSpec
from boundaryviz.learners.families.graphs import LabelPropagationSpec, LabelSpreadingSpec, LapRLSSpec, SelfTrainingSpec
from boundaryviz.learners.families.semi_supervised import MeanTeacherSpec, UnlabelledSpec
from boundaryviz.learners.specs import FAMILIES, LogisticSpec, MLPSpec, TrainingSpec
from boundaryviz.runs.run import start
from boundaryviz.scenario.inputs import InputsError
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.edits import Move, SetTargets, apply
from boundaryviz.scene.scaling import InputScale
from boundaryviz.scene.scene import Scene, Split, Target
from boundaryviz.scene.section import Section
from helpers.lifted import lifted
from helpers.talks import Conversation

WIDTHS = pytest.mark.parametrize("width", [3, 20])
FAST = TrainingSpec(learning_rate=0.02, evaluate_every=1000)
SMALL = {"hidden": (8,), "unlabelled_batch": 16}
LEARNT = {
    "mlp": (MLPSpec(hidden=(16,)), 200),
    "fourier": (MLPSpec(hidden=(16,), fourier=8, fourier_scale=0.5), 200),
    "logistic": (LogisticSpec(), 200),
    "neighbours": (KNeighborsClassifierSpec(), 1),
    "svm": (SVCSpec(), 1),
    "forest": (RandomForestClassifierSpec(n_estimators=20), 1),
    "spreading": (LabelSpreadingSpec(), 1),
    "mean-teacher": (MeanTeacherSpec(hidden=(16,), unlabelled_batch=32), 200),
}
BY_DISTANCE = {
    "neighbours": KNeighborsClassifierSpec(),
    "svm": SVCSpec(gamma=2.0),
    "spreading": LabelSpreadingSpec(),
    "gaussian": LabelSpreadingSpec(kernel="rbf", gamma=20.0),
    "propagation": LabelPropagationSpec(),
    "laprls": LapRLSSpec(),
    "self-training": SelfTrainingSpec(gamma=2.0),
}


def scenario(spec: Any, training: TrainingSpec = FAST, scale: InputScale = "as-is") -> Scenario:
    return Scenario(data=DataSpec(input_scale=scale), learner=spec, training=training)


def session(
    spec: Any,
    scene: Scene,
    steps: int = 1,
    training: TrainingSpec = FAST,
    scale: InputScale = "as-is",
    **options: Any,
) -> Session:
    run = Session(scenario(spec, training, scale), scene, device="cpu", **options)
    run.step(steps)
    return run


def mistaken(run: Session) -> float:
    """The share of test points that are decided otherwise than they are labelled."""
    points = run.scene.points
    test = points.split == Split.TEST
    return float((run.predicted()[test] != points.label[test]).mean())


@cache
def moons(width: int, noise: float = 0.0, **data: Any) -> Scene:
    return lifted(width, noise=noise, n=80, **data)


@WIDTHS
@pytest.mark.parametrize("name", LEARNT)
def test_every_kind_of_learner_learns_lifted_moons(name: str, width: int):
    spec, steps = LEARNT[name]
    few = name in ("spreading", "mean-teacher")
    scale: InputScale = "domain" if name == "fourier" else "as-is"
    run = session(spec, moons(width, 0.05, labels_per_class=6 if few else "all"), steps, scale=scale)
    assert mistaken(run) < (0.25 if few else 0.2)
    assert run.evaluate().shape == (1, len(CURVES))


@WIDTHS
def test_scikit_learn_says_the_same_of_the_same_inputs(width: int):
    scene = moons(width, 0.1)
    train = scene.points.is_train
    x, label = scene.points.x[train], scene.points.label[train]
    asked = np.random.default_rng(0).normal(size=(40, width))
    for spec, theirs in (
        (KNeighborsClassifierSpec(n_neighbors=7), KNeighborsClassifier(n_neighbors=7)),
        (SVCSpec(gamma=0.5, C=2.0), SVC(gamma=0.5, C=2.0)),
    ):
        ours = session(spec, scene).learner.predict(asked)[0]
        np.testing.assert_array_equal(ours, theirs.fit(x, label).predict(asked))


@WIDTHS
def test_logistic_regression_is_scikit_learns(width: int):
    """As in tests/learners/test_references.py, where the factor 2 is explained."""
    scene, l2 = moons(width, 0.3), 0.05
    training = TrainingSpec(optimiser="momentum", learning_rate=0.3, batch_size="full", l2=l2, evaluate_every=2000)
    run = session(LogisticSpec(), scene, 1500, training)
    train = scene.points.is_train
    x, label = scene.points.x[train], scene.points.label[train]
    theirs = LogisticRegression(C=2.0 / (len(x) * l2), tol=1e-10, max_iter=5000).fit(x, label)
    asked = np.random.default_rng(0).normal(size=(40, width))
    np.testing.assert_allclose(run.probabilities(asked), theirs.predict_proba(asked), atol=2e-4)


@WIDTHS
@pytest.mark.parametrize("name", BY_DISTANCE)
def test_who_sees_distances_alone_sees_the_same_plane(name: str, width: int):
    """Lifted without noise, by a map that keeps distances; the section is the data's own plane."""
    wide = moons(width, labels_per_class=8)
    flat = replace(wide, points=wide.points.with_columns(inputs=None), section=None)
    fields = [session(BY_DISTANCE[name], one).field(wide.domain, 40, 24) for one in (flat, wide)]
    np.testing.assert_allclose(fields[1], fields[0], atol=1e-5)
    quick = session(BY_DISTANCE[name], wide).field(wide.domain, 40, 24, quick=True)
    assert ((quick > 0.5) == (fields[1] > 0.5)).mean() > 0.99


def test_two_inputs_are_treated_as_places_are():
    """D = 2 with the plane itself as section: to the bit what is done without inputs, plane features and all."""
    flat = build(DataSpec(n=60))
    section = Section(np.zeros(2), np.eye(2), -np.ones(2), np.ones(2))
    wide = replace(flat, points=flat.points.with_columns(inputs=flat.points.xy), section=section)
    spec = MLPSpec(hidden=(6,), features=("x", "y", "x2", "sin_y"), fourier=2)
    runs = [session(spec, scene, 60) for scene in (flat, wide)]
    one, two = (run.learner.state()["P"] for run in runs)
    np.testing.assert_array_equal(one, two)
    rect = flat.domain
    np.testing.assert_array_equal(runs[0].field(rect, 20, 20), runs[1].field(rect, 20, 20))
    np.testing.assert_array_equal(runs[0].evaluate(), runs[1].evaluate())


@WIDTHS
def test_twins_pins_and_units_are_asked_about_on_the_plane(width: int):
    wide = moons(width)
    targets = (Target(0.5, 0.2, 1, 1), Target(1.0, -0.4, 0, 1))
    wide, _ = apply(SetTargets(targets), wide)
    planted = wide.points.with_columns(origin=np.where(np.arange(len(wide.points)) % 9 == 0, 1, 0))
    wide = replace(wide, points=planted)
    flat = replace(wide, points=planted.with_columns(inputs=None), section=None)
    spec = KNeighborsClassifierSpec(n_neighbors=3)
    one, two = (session(spec, scene, twin=True) for scene in (flat, wide))
    np.testing.assert_allclose(two.margins(), one.margins(), atol=1e-6)
    for name in ("clean", "poisoned", "clean_pins", "poisoned_pins", "clean_area", "poisoned_area"):
        np.testing.assert_array_equal(getattr(two.twins(24), name), getattr(one.twins(24), name))
    net = session(MLPSpec(hidden=(4, 3)), wide, 5)
    assert [len(layer) for layer in net.units(wide.domain, 8)] == [4, 3]
    unit = net.field(wide.domain, 8, 8, unit=(1, 2))
    expected = net.learner.unit(wide.embed(wide.domain.grid(8, 8)), 1, 2).reshape(8, 8)
    np.testing.assert_allclose(unit, expected, atol=1e-6)


@pytest.mark.parametrize("name", [k for k, one in FAMILIES.items() if issubclass(one.spec, UnlabelledSpec)])
def test_every_semi_supervised_method_takes_three_inputs_and_poison(name: str):
    scene = moons(3, 0.05, labels_per_class=5)
    origin = np.where(np.arange(len(scene.points)) % 7 == 0, 1, 0)
    scene = replace(scene, points=scene.points.with_columns(origin=origin))
    family: Any = FAMILIES[name].spec
    run = session(family(**SMALL), scene, 12, twin=True)
    assert not run.diverged.any()
    run.watch(0)
    cascade = run.cascade(run.shown(0))
    assert cascade is not None
    assert len(cascade.when) == len(scene.points)


@pytest.mark.parametrize("spec", [LabelSpreadingSpec(), SelfTrainingSpec(), LapRLSSpec()], ids=lambda spec: spec.name)
def test_a_label_cascade_is_that_of_the_inputs_distances(spec: Any):
    wide = moons(20, labels_per_class=3)
    flat = replace(wide, points=wide.points.with_columns(inputs=None), section=None)
    one, two = (session(spec, scene).cascade() for scene in (flat, wide))
    assert one is not None
    assert two is not None
    np.testing.assert_allclose(two.when, one.when, rtol=1e-6)
    np.testing.assert_array_equal(two.seed, one.seed)


@pytest.mark.parametrize("width", [1, 2000])
@pytest.mark.parametrize("name", ["mlp", "neighbours", "spreading"])
def test_one_input_and_two_thousand_do(name: str, width: int):
    rng = np.random.default_rng(0)
    label = np.arange(24) % 2
    x = rng.normal(size=(24, width)) + 4.0 * label[:, None]
    scene = Scenario.from_arrays(x, label, split=np.arange(24) % 4 // 2 * 2).scene()
    run = session(
        LEARNT[name][0], scene, 150, TrainingSpec(learning_rate=0.02 if width == 1 else 1e-3, evaluate_every=500)
    )
    assert mistaken(run) < 0.2
    assert np.isfinite(run.field(scene.domain, 6, 5)).all()


@pytest.mark.parametrize("scale", ["domain", "standardised"])
def test_scaling_does_not_follow_a_point_that_is_dragged(scale: InputScale):
    scene, net = moons(3), MLPSpec(hidden=(4,))
    run, still = session(net, scene, 3, scale=scale), session(net, scene, 3, scale=scale)
    moved, _ = apply(Move(scene.points.ids[:1], np.array([[50.0, 50.0]])), scene)
    run.set_scene(moved)
    np.testing.assert_array_equal(run.field(scene.domain, 9, 9), still.field(scene.domain, 9, 9))
    section = scene.section
    assert section is not None
    far = Section(1e3 * section.origin, 1e3 * section.axes, 1e3 * section.low, 1e3 * section.high)
    large = replace(scene, points=scene.points.with_columns(inputs=1e3 * scene.points.x), section=far)
    wide, near = (session(net, one, 50, scale=scale).evaluate() for one in (large, scene))
    np.testing.assert_allclose(wide, near, atol=1e-3)


def test_a_drag_reaches_the_learner_in_the_space_of_inputs():
    scene = moons(3, 0.1)
    run = session(MLPSpec(hidden=(3,)), scene)
    given: list[TrainingData] = []
    run.learner.set_data = given.append  # type: ignore[method-assign,assignment]
    response = np.where(np.arange(len(scene.points)) % 2, np.nan, 1.5)
    scene = replace(scene, points=scene.points.with_columns(response=response))
    moved, _ = apply(Move(scene.points.ids[:2], scene.points.xy[:2] + 1.0), scene)
    run.set_scene(moved)
    train = moved.points.is_train
    np.testing.assert_array_equal(given[0].x, moved.points.x[train])
    np.testing.assert_array_equal(given[0].response, response[train])


def test_other_inputs_begin_afresh():
    run = session(MLPSpec(hidden=(3,)), moons(3), 4)
    run.set_scene(moons(20))
    assert run.step_count == 0
    run.step(2)
    assert run.learner.problem.width == 20


# ---- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("features", [("x", "y", "x2"), ("x",), ("sin_x", "xy")])
def test_features_of_the_plane_are_refused_elsewhere_in_words(features: tuple):
    spec = MLPSpec(features=features)
    with pytest.raises(InputsError, match="can be had of places on a plane alone, and these points have 3 inputs"):
        session(spec, moons(3))
    run = session(MLPSpec(hidden=(3,)), moons(3), 2)
    with pytest.raises(InputsError):
        run.set_scenario(scenario(spec))
    run.step(1)
    assert run.step_count == 3
    flat = session(spec, build(DataSpec(n=60)), 2)
    with pytest.raises(InputsError):
        flat.set_scene(moons(3))
    assert len(flat.scene.points) == len(build(DataSpec(n=60)).points)


def test_a_trainer_says_so_and_trains_on_once_it_can():
    talk = Conversation()
    said = talk.tell(m.Load(scenario(MLPSpec(features=("x2",))), moons(3), 1, "cpu"))
    (failed,) = (one for one in said if isinstance(one, m.Failed))
    assert (failed.fatal, failed.where, failed.details) == (False, "on these points", "")
    assert "take x and y, which then stand for all of them" in failed.message
    talk.tell(m.SetScenario(scenario(MLPSpec(hidden=(3,))), 2))
    talk.train_to(3)
    assert talk.trainer._session is not None
    assert talk.trainer._session.step_count == 3


@WIDTHS
def test_a_run_is_asked_about_inputs(width: int):
    run = start(scenario(KNeighborsClassifierSpec()).with_scene(moons(width, 0.05)), device="cpu")
    run.advance(2)
    points = run.scene.points
    np.testing.assert_array_equal(run.predict(points.x), run.session.predicted())
    assert run.predict_proba(points.x[:5]).shape == (5, 2)
    with pytest.raises(ValueError, match=rf"inputs have the shape \(n, {width}\), not \(1, 2\)"):
        run.predict([[0.0, 0.0]])
    handed = start(run.scenario.with_scene(run.scene), learner=KNeighborsClassifier(), device="cpu")
    handed.advance(1)
    np.testing.assert_array_equal(handed.predict(points.x), run.predict(points.x))
    np.testing.assert_allclose(handed.field(columns=12, rows=8), run.field(columns=12, rows=8), atol=1e-6)
