"""Scaled inputs in a session: every learner learns in the scaled units, and is asked in those of the data."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.learners.estimators import estimator
from boundaryviz.learners.families.scikit_learn import classifier
from boundaryviz.learners.specs import FAMILIES, MLPSpec, TrainingSpec
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.measure import measured
from boundaryviz.scene.scaling import InputScale, Scaling
from boundaryviz.scene.scene import Domain, Points, Scene, Split, Target
from boundaryviz.tables.from_arrays import from_arrays
from helpers.lifted import lifted

SCALES = pytest.mark.parametrize("scale", ["standardised", "domain"])
SMALL: dict[str, Any] = {"hidden": (8,), "unlabelled_batch": 16}


def spec_of(name: str, **values: Any) -> Any:
    spec: Any = FAMILIES[name].spec
    return spec(**{key: value for key, value in SMALL.items() if key in spec.model_fields} | values)


def session(spec: Any, scene: Scene, scale: InputScale, steps: int = 1, **options: Any) -> Session:
    scenario = Scenario(
        data=DataSpec(input_scale=scale), learner=spec, training=TrainingSpec(learning_rate=0.02, evaluate_every=1000)
    )
    run = Session(scenario, scene, device="cpu", **options)
    run.step(steps)
    return run


@cache
def moons(labels: int = 6) -> Scene:
    """Coordinates are multiples of 2^-20, which other units of a power of 2 leave exact."""
    scene = build(DataSpec(n=50, labels_per_class=labels))
    points = scene.points
    return replace(
        scene,
        points=points.with_columns(xy=np.round(points.xy * 2**20) / 2**20),
        domain=Domain(-2.0, 3.0, -1.5, 2.0),
        targets=(Target(0.5, 0.25, 1),),
    )


def elsewhere(scene: Scene, unit: Any, by: Any) -> Scene:
    """In other units, with another origin."""
    unit, by, d = np.asarray(unit), np.asarray(by), scene.domain
    (left, bottom), (right, top) = (np.array([(d.left, d.bottom), (d.right, d.top)]) * unit + by).tolist()
    targets = tuple(replace(t, x=t.x * unit[0] + by[0], y=t.y * unit[1] + by[1]) for t in scene.targets)
    points = scene.points.with_columns(xy=scene.points.xy * unit + by)
    return replace(scene, points=points, domain=Domain(left, right, bottom, top), targets=targets)


def answers(run: Session) -> dict[str, Any]:
    """Whatever a session can be asked, of two replicas or their first; places are those of its domain."""
    domain = run.scene.domain
    x = run.scene.embed(domain.grid(7, 7))
    found: dict[str, Any] = {
        "evaluation": run.evaluate(), "margins": run.margins(), "probabilities": run.probabilities(x),
        "predicted": run.predicted(), "field": run.field(domain, 12, 12),
    }  # fmt: skip
    if run.learner.hidden:
        found |= {"unit": run.field(domain, 6, 6, unit=(0, 2)), "units": np.stack(run.units(domain, 5)) / 255.0}
    if (cascade := run.cascade()) is not None:
        found |= {"when": cascade.when, "label": cascade.label}
    return found


# ---- properties -----------------------------------------------------------------------------------------


@SCALES
@pytest.mark.parametrize("name", [*FAMILIES, "ExtraTreesClassifier", "LogisticRegression"])
def test_units_and_origin_change_no_answer(name: str, scale: InputScale):
    """As right on times in seconds as on the same points shifted to 0: every quantity, of every family."""
    found = classifier(name)
    spec = spec_of(name) if found is None or name in FAMILIES else found.spec()
    steps = 1 if spec.family.at_once else 12
    here = answers(session(spec, moons(), scale, steps))
    there = answers(session(spec, elsewhere(moons(), (0.25, 512.0), (2.0**30, -(2.0**20))), scale, steps))
    for asked, expected in here.items():
        close = 4e-3 if asked == "units" else 2e-5
        np.testing.assert_allclose(there[asked], expected, rtol=close, atol=close, err_msg=asked)


@pytest.mark.parametrize("name", ["mlp", "KNeighborsClassifier", "laprls"])
@given(units=st.tuples(*[st.integers(-12, 12)] * 2), by=st.tuples(*[st.integers(-(2**20), 2**20)] * 2))
@settings(max_examples=8, deadline=None)
def test_whatever_units_are_chosen_the_error_is_the_same(name: str, units: tuple[int, int], by: tuple[int, int]):
    spec, unit = spec_of(name), 2.0 ** np.array(units)
    here, there = (
        session(spec, scene, "standardised", 1 if spec.family.at_once else 5).evaluate()
        for scene in (moons(), elsewhere(moons(), unit, by * unit))
    )
    np.testing.assert_allclose(there, here, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["SVC", "KNeighborsClassifier", "LogisticRegression"])
@pytest.mark.parametrize("width", [2, 1, 5])
def test_scikit_learn_says_the_same_behind_its_own_scaler(name: str, width: int):
    rng = np.random.default_rng(width)
    label = np.arange(60) % 2
    x = (rng.normal(size=(60, width)) + 1.5 * label[:, None]) * 10.0 ** np.arange(width) + 1e4
    test = np.arange(60) % 3 == 0
    scene = from_arrays(x, label, split=np.where(test, Split.TEST, Split.TRAIN))
    family = classifier(name)
    assert family is not None
    spec = spec_of(name) if name in FAMILIES else family.spec()
    ours = session(spec, scene, "standardised")
    theirs = make_pipeline(StandardScaler(), estimator(spec, 40)).fit(x[~test], label[~test])
    np.testing.assert_array_equal(ours.predicted(), theirs.predict(x))


# ---- what it must not hear of ---------------------------------------------------------------------------


@SCALES
@pytest.mark.parametrize("name", ["mlp", "fixmatch", "SVC", "label-spreading"])
def test_the_clean_twin_never_hears_of_the_poison(name: str, scale: InputScale):
    """To the bit, with poison that would be the measure of everything."""
    scene, spec = moons(), spec_of(name)
    far = Points.of([[90.0, 0.0], [0.5, 900.0]], [1, -1], Split.TRAIN, 1, scene.points.next_id)
    poisoned = replace(scene, points=Points.join(scene.points, far))
    steps = 1 if spec.family.at_once else 10
    twins, without = (session(spec, one, scale, steps, twin=True) for one in (poisoned, scene))
    places = scene.domain.grid(8, 8)
    here, there = (one.learner.probabilities(places, 0) for one in (twins, without))
    np.testing.assert_array_equal(here, there)
    assert not np.array_equal(twins.learner.probabilities(places, 1), here)


@SCALES
@pytest.mark.parametrize("lift", [False, True])
def test_a_dragged_point_changes_itself_alone(scale: InputScale, lift: bool):
    """What was learnt stays as it was to the bit, however far the point goes, and back it is as if nothing was."""
    scene, spec = lifted(3) if lift else moons(), spec_of("mlp")
    run = session(spec, scene, scale, 4)
    before = answers(run)
    ids = scene.points.ids[scene.points.is_train][:1]
    moved, back = apply(Move(ids, np.array([[500.0, -500.0]])), run.scene)
    run.set_scene(moved)
    for asked in ("probabilities", "field", "unit", "margins"):
        np.testing.assert_array_equal(answers(run)[asked], before[asked])
    run.set_scene(apply(back, moved)[0])
    after, still = run, session(spec, scene, scale, 4)
    for one in (after, still):
        one.step(3)
    np.testing.assert_array_equal(after.learner.state()["P"], still.learner.state()["P"])


def test_a_scene_that_was_never_measured_is_measured_once():
    scene = moons()
    run = session(spec_of("mlp"), scene, "standardised")
    assert scene.measure is None
    moved, _ = apply(Move(scene.points.ids[:9], np.full((9, 2), 70.0)), scene)
    run.set_scene(moved)
    assert run.scene.measure == measured(scene).measure


def test_points_of_replicas_own_are_scaled_as_well():
    """A place tried by an effect map does what a point of poison there does."""
    scene, place = elsewhere(moons(), (1.0, 512.0), (0.0, 4096.0)), np.array([[0.5, 4096.0 + 256.0]])
    spec = spec_of("KNeighborsClassifier", n_neighbors=1)
    tried = session(spec, scene, "standardised", replicas=Replicas.effect_map(scene, place, 1))
    planted = Points.of(place, 1, Split.TRAIN, 1, scene.points.next_id)
    there = session(spec, measured(scene).with_points(Points.join(scene.points, planted)), "standardised")
    places = scene.domain.grid(16, 16)
    np.testing.assert_array_equal(tried.learner.predict(places)[1], there.learner.predict(places)[0])
    assert not np.array_equal(*tried.learner.predict(places))


def test_it_goes_on_from_a_state_as_it_would_have():
    scene = moons()
    run, other = (session(spec_of("mean-teacher"), scene, "standardised", 6) for _ in range(2))
    kept = run.state()
    other.step(5)
    other.restore(kept)
    for one in (run, other):
        one.step(5)
    np.testing.assert_array_equal(run.evaluate(), other.evaluate())


def test_without_scaling_a_learner_is_given_what_there_is():
    """The very object of the family, and not one around it: nothing is worked out twice where nothing is scaled."""
    run = session(spec_of("SVC"), moons(), "as-is")
    assert type(run.learner) is spec_of("SVC").family.load()


# ---- tables of people -----------------------------------------------------------------------------------


def table(name: str) -> tuple[Any, Any]:
    x = np.genfromtxt(f"tests/data/tables/{name}.csv", delimiter=",", skip_header=1)
    return x[:, :2], x[:, 2].astype(int)


def error(x: Any, y: Any, name: str, scale: str) -> float:
    """On every second point of each class; semi-supervised learners know the labels of twelve."""
    split = np.where(np.argsort(np.argsort(y, kind="stable")) % 2, Split.TEST, Split.TRAIN)
    family, given_y = FAMILIES[name], y.copy()
    if not family.supervised:
        for k in np.unique(y):
            given_y[np.flatnonzero((y == k) & (split == Split.TRAIN))[6:]] = -1
    training = TrainingSpec(steps=1 if family.at_once else 300, learning_rate=0.01)
    scenario = Scenario.from_arrays(x, given_y, split=split, learner=family.spec(), training=training)
    run = Session(scenario.with_values({"data.input_scale": scale}), device="cpu")
    run.step(scenario.steps)
    test = split == Split.TEST
    return float((run.predicted()[test] != y[test]).mean())


@pytest.mark.parametrize("name", ["SVC", "KNeighborsClassifier", "laprls", "label-spreading", "mlp", "fixmatch"])
def test_age_against_salary_is_learnt(name: str):
    x, y = table("c62_scale_mismatch")
    assert error(x, y, name, "as-is") > 0.25
    assert error(x, y, name, "standardised") < 0.15


@pytest.mark.parametrize("name", ["SVC", "laprls", "naive-bayes", "DecisionTreeClassifier", "mlp", "fixmatch"])
def test_times_are_learnt_as_well_as_the_same_points_at_zero(name: str):
    x, y = table("c55_timestamps")
    assert error(x, y, name, "standardised") == error(x - [1.7e9, 0.0], y, name, "standardised") < 0.15


def test_one_who_trains_in_python_is_warned():
    x, y = table("c62_scale_mismatch")
    scenario = Scenario.from_arrays(x, y, learner=MLPSpec(hidden=(4,)))
    train(scenario, steps=1, progress=False)
    with pytest.warns(UserWarning, match=r"y spreads \d,\d00 times as far as x\. .* data\.input_scale=standardised"):
        train(scenario.with_values({"data.input_scale": "as-is"}), steps=1, progress=False)


def test_a_scale_is_of_as_many_inputs_as_points_have():
    assert Scaling.standard(lifted(3).points.x).width == 3
