"""Attacks on trained nets: held against the outline, and against each other."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, get_args

import numpy as np
import pytest

from boundaryviz.engine.session import Session
from boundaryviz.evasion.metrics import Metric
from boundaryviz.evasion.model import NoGradient, model_of
from boundaryviz.evasion.nearest import asked_by, nearest
from boundaryviz.evasion.pgd import pgd
from boundaryviz.evasion.pushing import pushed
from boundaryviz.evasion.robustness import robustness
from boundaryviz.evasion.settings import EvasionSpec, Method, Norm
from boundaryviz.evasion.slices import whole
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Points
from boundaryviz.scene.section import Section

NORMS: tuple[Norm, ...] = get_args(Norm)
RELU = {"learner.activation": "relu", "learner.hidden": (32, 32), "data.noise": 0.1, "training.learning_rate": 0.01}


@cache
def moons(**more: Any) -> Session:
    session = Session(Scenario().with_values(RELU | {"data.n": 400, "data.seed": 100, **more}), seeds=(0, 1))
    session.step(300)
    return session


def test_deepfool_is_little_further_than_the_outline() -> None:
    session = moons()
    x = session.scene.points.x
    for replica in range(2):
        exact = pushed(session.learner, EvasionSpec(), x, replica=replica)
        assert exact.exact
        assert exact.flipped.all()
        found = pushed(session.learner, EvasionSpec(method="deepfool"), x, replica=replica)
        ratio = found.length[found.flipped] / exact.length[found.flipped]
        assert found.flipped.mean() > 0.99
        assert 1.0 <= np.median(ratio) < 1.02
        assert np.quantile(ratio, 0.95) < 1.5


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("method", ["fgsm", "pgd", "deepfool"])
def test_no_attack_gets_by_with_less_than_the_distance(method: Method, norm: Norm) -> None:
    session = moons()
    x = session.scene.points.x[::2]
    exact = pushed(session.learner, EvasionSpec(norm=norm), x)
    for epsilon in (0.1, 0.4) if method != "deepfool" else (0.1,):
        found = pushed(session.learner, EvasionSpec(method=method, norm=norm, epsilon=epsilon), x)
        assert found.flipped.any()
        assert (found.length[found.flipped] >= exact.length[found.flipped] * (1 - 1e-3)).all()
        assert (found.to_class[found.flipped] != found.from_class[found.flipped]).all()


def test_more_steps_fool_no_less_than_one() -> None:
    session = moons()
    points = session.scene.points
    found = robustness(session.learner, points.x, points.label.astype(int), epsilons=(0.0, 0.1, 0.2, 0.3, 0.5, 50.0))
    exact, fgsm, pgd_, universal, random = (found.lines[n] for n in ("exact", "fgsm", "pgd", "universal", "random"))
    for line in found.lines.values():
        assert line[0] == pytest.approx(exact[0])
    assert (exact >= pgd_ - 0.005).all()
    assert (pgd_ >= fgsm).all()
    assert (exact >= universal - 0.005).all()
    assert universal[3] > random[3]
    assert (np.diff(exact) >= 0).all()
    assert (np.diff(pgd_) >= 0).all()
    assert exact[-1] == 1.0
    assert not found.missing


def test_one_replica_is_attacked_as_its_row_of_all() -> None:
    session = moons()
    model = model_of(session.learner)
    x = model.inputs(session.scene.points.x[:128])
    one = model.of(slice(1, 2))
    every, single = (pgd(m, x, m.decide(x), "l2", 0.3, seed=3) for m in (model, one))
    assert (every[1:] == single).all()


def test_starts_are_those_of_the_points_whoever_is_with_them() -> None:
    session = moons()
    asked = EvasionSpec(method="pgd", steps=3, seed=7)
    x, ids = session.scene.points.x[:64], session.scene.points.ids[:64]
    every = pushed(session.learner, asked, x, ids=ids)
    back = pushed(session.learner, asked, x[::-1], ids=ids[::-1])
    np.testing.assert_allclose(back.ends[::-1], every.ends, atol=1e-5)
    other = pushed(session.learner, asked.model_copy(update={"seed": 8}), x, ids=ids)
    assert (other.ends != every.ends).any()


@pytest.mark.parametrize("method", ["nearest", "pgd", "deepfool"])
def test_a_push_leads_to_the_class_aimed_at(method: Method) -> None:
    session = Session(Scenario().with_values(RELU | {"data.name": "blobs", "data.n": 150}))
    session.step(150)
    x = session.scene.points.x
    found = pushed(session.learner, EvasionSpec(method=method, target=2, epsilon=6.0), x)
    assert found.flipped.mean() > 0.95
    assert (found.to_class[found.flipped] == 2).all()
    there = found.from_class == 2
    assert (found.length[there] == 0).all()
    with pytest.raises(ValueError, match="There is no class 7"):
        pushed(session.learner, EvasionSpec(target=7), x)


def test_distances_turn_with_the_plane_in_the_euclidean_norm_alone() -> None:
    session = moons()
    ask, scene = asked_by(session.learner, 0), session.scene
    angle = 0.4
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    back = replace(ask, numbers=lambda x: ask.numbers(x @ turn.T), decide=lambda x: ask.decide(x @ turn.T))
    for norm in NORMS:
        metric = Metric.of(None, norm)
        plain = nearest(ask, scene.domain, scene.points.xy, metric)
        moved = nearest(back, scene.domain, scene.points.xy @ turn, metric)
        alike = np.isclose(plain.length, moved.length, rtol=1e-3, atol=1e-4)
        assert alike.mean() > 0.99 if norm == "l2" else alike.mean() < 0.5


@pytest.mark.parametrize("method", ["nearest", "pgd", "deepfool"])
def test_the_units_that_a_learner_is_given_do_not_matter_to_a_push(method: Method) -> None:
    """The same function of the plane, once as the net has it, once with its units changed inside."""
    plain = moons()
    scaled = moons(**{"data.input_scale": "standardised"})
    measure = scaled.scene.measure
    assert measure is not None
    state = dict(plain.learner.state())
    wide, size = state["P"].copy(), 32 * 2
    weights = wide[:, :size].reshape(-1, 32, 2).astype(float)
    wide[:, size : size + 32] += weights @ measure.centre
    wide[:, :size] = (weights * measure.unit).reshape(len(wide), -1)
    before = scaled.learner.state()
    scaled.learner.restore({**before, "P": wide})
    x = plain.scene.points.x[:100]
    asked = EvasionSpec(method=method, epsilon=0.3)
    one, other = pushed(plain.learner, asked, x), pushed(scaled.learner, asked, x)
    scaled.learner.restore(before)
    np.testing.assert_allclose(one.length, other.length, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("learner", ["DecisionTreeClassifier", "KNeighborsClassifier", "SVC", "naive-bayes"])
def test_the_nearest_point_is_found_of_a_learner_without_gradients(learner: str) -> None:
    session = Session(Scenario().with_values({"learner.name": learner, "data.n": 200, "data.seed": 100}))
    session.step(1)
    x = session.scene.points.x
    found = pushed(session.learner, EvasionSpec(), x)
    assert found.flipped.all()
    assert (session.learner.predict(found.ends)[0] != session.learner.predict(x)[0]).mean() > 0.99
    rng = np.random.default_rng(0)
    ways = rng.standard_normal((50, *x.shape))
    ways /= np.linalg.norm(ways, axis=2, keepdims=True)
    inside = x + 0.95 * np.maximum(found.length - 0.01, 0)[:, None] * ways
    same = session.learner.predict(inside.reshape(-1, 2))[0].reshape(50, -1) == session.learner.predict(x)[0]
    assert same.mean() > (0.98 if "Tree" in learner else 0.999)  # some of its leaves are thinner than a cell
    for method in ("fgsm", "pgd", "deepfool"):
        with pytest.raises(NoGradient, match="take the nearest point"):
            pushed(session.learner, EvasionSpec(method=method), x)
    curve = robustness(session.learner, x, session.scene.points.label.astype(int), epsilons=(0.0, 0.3))
    assert curve.lines.keys() == {"exact", "random"}
    assert curve.missing.keys() == {"fgsm", "pgd", "universal"}


def test_one_class_everywhere_is_infinitely_far_and_said() -> None:
    session = moons()
    state = dict(session.learner.state())
    flat = state["P"].copy()
    flat[:, -2:], flat[:, -66:-2] = (0.0, 1.0), 0.0  # the last layer
    session_ = Session(session.scenario, seeds=(0, 1))
    session_.learner.restore({**state, "P": flat})
    found = pushed(session_.learner, EvasionSpec(), session.scene.points.x)
    assert np.isinf(found.length).all()
    assert not found.flipped.any()
    assert "one class everywhere" in found.words
    for method in ("pgd", "deepfool", "fgsm"):
        gone = pushed(session_.learner, EvasionSpec(method=method), session.scene.points.x)
        assert not gone.flipped.any()
    aimed = pushed(session_.learner, EvasionSpec(target=0), session.scene.points.x)
    assert "decides class 0 nowhere" in aimed.words


@pytest.mark.parametrize("method", ["nearest", "fgsm", "pgd", "deepfool"])
def test_what_diverged_is_pushed_nowhere(method: Method) -> None:
    session = Session(Scenario().with_values(RELU), seeds=(0,))
    state = dict(session.learner.state())
    session.learner.restore({**state, "P": np.full_like(state["P"], np.nan)})
    found = pushed(session.learner, EvasionSpec(method=method), session.scene.points.x[:20])
    assert np.isinf(found.length).all()
    assert np.isnan(found.ends).all()
    assert (found.from_class == -1).all()
    assert not found.flipped.any()


def test_an_epsilon_of_0_pushes_nothing_and_says_so() -> None:
    session = moons()
    for method in ("fgsm", "pgd"):
        asked = EvasionSpec(method=method, epsilon=0.0)
        found = pushed(session.learner, asked, session.scene.points.x)
        assert (found.length == 0).all()
        assert not found.flipped.any()
        assert "nothing is pushed" in found.words


def wide(d: int, seed: int = 0) -> Session:
    """Moons lifted by an orthonormal map into d inputs, with a little noise off the plane."""
    rng = np.random.default_rng(seed)
    base = Scenario().with_values(RELU | {"data.n": 200, "data.seed": 100})
    scene = base.scene()
    axes = np.linalg.qr(rng.standard_normal((d, 2)))[0].T
    x = scene.points.xy @ axes + 0.05 * rng.standard_normal((len(scene.points), d))
    section = Section(np.zeros(d), axes, x.min(axis=0) - 1, x.max(axis=0) + 1)
    columns = {"inputs": x, "xy": section.shadow(x)}
    lifted = replace(scene, points=scene.points.with_columns(**columns), section=section)
    session = Session(base, lifted)
    session.step(200)
    return session


@pytest.mark.parametrize("norm", NORMS)
def test_in_many_inputs_the_shortest_push_is_a_bound_and_exact_within_the_plane(norm: Norm) -> None:
    session = wide(6)
    x = session.scene.points.x[:60]
    bound = pushed(session.learner, EvasionSpec(norm=norm), x)
    assert not bound.exact
    assert "upper bound" in bound.words
    assert bound.flipped.mean() > 0.95
    hit = bound.flipped
    assert (session.learner.predict(bound.ends[hit])[0] != bound.from_class[hit]).all()
    deep = pushed(session.learner, EvasionSpec(method="deepfool", norm=norm), x)
    both = hit & deep.flipped
    assert (bound.length[both] <= deep.length[both] * (1 + 1e-6)).all()
    assert ((bound.off_plane >= 0) & (bound.off_plane <= 1)).all()
    flat = pushed(session.learner, EvasionSpec(norm=norm, within="plane"), x)
    assert flat.exact
    assert (flat.off_plane < 1e-9).all()
    way = flat.ends - flat.inputs
    size = np.linalg.norm(way, axis=1) if norm == "l2" else np.abs(way).max(axis=1)
    np.testing.assert_allclose(flat.length, size, rtol=1e-6)
    free = pushed(session.learner, EvasionSpec(norm=norm), flat.inputs)
    assert np.median(free.length) < np.median(flat.length)
    curve = robustness(session.learner, x, session.scene.points.label[:60].astype(int), epsilons=(0.2,))
    assert "exact" in curve.missing


@pytest.mark.parametrize("method", ["fgsm", "pgd", "deepfool"])
def test_pushes_by_gradients_stay_on_the_plane_where_they_are_to(method: Method) -> None:
    session = wide(6)
    x = session.scene.points.x[:60]
    asked = EvasionSpec(method=method, within="plane", epsilon=0.3)
    found = pushed(session.learner, asked, x)
    exact = pushed(session.learner, EvasionSpec(within="plane"), x)
    assert (found.off_plane < 1e-9).all()
    assert found.flipped.any()
    assert (found.length[found.flipped] >= exact.length[found.flipped] * (1 - 1e-3)).all()
    with pytest.raises(ValueError, match="measured in the Euclidean norm"):
        pushed(session.learner, asked.model_copy(update={"norm": "linf"}), x)


def test_a_single_input_has_two_directions() -> None:
    base = Scenario().with_values(RELU | {"data.n": 100, "data.seed": 100})
    scene = base.scene()
    x = scene.points.xy[:, 1:]
    points = Points(
        scene.points.ids, np.column_stack([x[:, 0], 0 * x[:, 0]]), scene.points.label, scene.points.split,
        scene.points.origin, inputs=x,
    )  # fmt: skip
    session = Session(base, replace(scene, points=points, section=Section.of_columns(x)))
    session.step(100)
    found, deep = (pushed(session.learner, EvasionSpec(method=m), x) for m in ("nearest", "deepfool"))
    assert found.exact
    assert found.flipped.all()
    assert (found.length <= deep.length * (1 + 1e-3) + 3e-5).all()
    np.testing.assert_allclose(np.abs(found.ends - x)[:, 0], found.length, rtol=1e-6)


def test_of_another_plane_that_is_shown_now_the_pushes_are_on_that_plane() -> None:
    session = wide(4)
    points, section = session.scene.points, session.scene.section
    assert section is not None
    axes = np.linalg.qr(np.random.default_rng(5).standard_normal((4, 2)))[0].T
    other = Section(section.origin, axes, section.low, section.high)
    session.set_scene(replace(session.scene, points=points.with_columns(xy=other.shadow(points.x)), section=other))
    found = whole(session.pushes(EvasionSpec(within="plane"), session.scene.points.take(np.arange(40))))
    ways = (found.ends - found.inputs)[np.isfinite(found.length)]
    assert len(ways)
    np.testing.assert_allclose(ways @ axes.T @ axes, ways, atol=1e-9)
    np.testing.assert_allclose(found.inputs, other.embed(found.places), atol=1e-9)


def test_of_a_learner_of_responses_the_sign_is_what_is_pushed_over() -> None:
    values = {"data.name": "reg-plane", "learner.loss": "squared", "data.n": 100, "data.seed": 100}
    session = Session(Scenario().with_values(values))
    session.step(200)
    x = session.scene.points.x[:80]
    for method in ("nearest", "deepfool", "pgd"):
        found = pushed(session.learner, EvasionSpec(method=method, epsilon=20.0), x)
        assert found.flipped.mean() > 0.9
        ends = session.learner.scores(found.ends[found.flipped])[0]
        assert ((ends >= 0) == (found.to_class[found.flipped] == 1)).all()
