"""Attacks with clean labels: bounds, gradients, what they do with spare inputs and not on a plane."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from boundaryviz.adversary.attacking import carried_out
from boundaryviz.adversary.baseline import at_random
from boundaryviz.adversary.goals import inputs_of
from boundaryviz.adversary.methods.feature_collision import Collision
from boundaryviz.adversary.methods.gradient_matching import Matching
from boundaryviz.adversary.methods.moves import BARE, moves, within
from boundaryviz.adversary.nets import Nets
from boundaryviz.adversary.problem import Problem
from boundaryviz.adversary.running import Attack, run_attack
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.methods.clean_label import GradientMatchingSpec
from boundaryviz.attacks.trained.specs import METHODS
from boundaryviz.learners.mlp import MLP
from boundaryviz.learners.specs import MLPSpec
from boundaryviz.record.trail import AttackState
from boundaryviz.scenario.scenario import Scenario

CLEAN = ("straight", "feature-collision", "gradient-matching")
NET = {"name": "mlp", "hidden": [8], "activation": "tanh"}


def scenario(
    method: str, lift: int | None = 20, learner: dict[str, Any] = NET, scale: str = "as-is", **own: Any
) -> Scenario:
    aim = {"target": [0.0, 1.0], "target_class": 1, "count": 5, "off_plane": 1.0 if lift else 0.0}
    data = {"name": "moons", "n": 80, "noise": 0.1, "lift": lift, "input_scale": scale}
    return Scenario.model_validate({
        "data": data, "learner": learner, "adversary": {"method": method} | aim | own,
        "training": {"steps": 60, "learning_rate": 0.03, "batch_size": "full", "l2": 0.01},
    })  # fmt: skip


def quick(method: str) -> dict[str, Any]:
    return {} if method == "straight" else {"nets": 2, "iterations": 12}


def numbers(shape: tuple[int, ...], seed: int, size: float) -> NDArray[np.float64]:
    return size * np.random.default_rng(seed).standard_normal(shape)


# ---- the bound -------------------------------------------------------------------------------------------------------


@given(st.integers(0, 1000), st.floats(1e-3, 10), st.floats(0, 100), st.integers(2, 30))
def test_the_nearest_places_within_the_bound(seed: int, eps: float, size: float, width: int) -> None:
    base, x, other = (numbers((4, width), seed + k, s) for k, s in enumerate((1.0, size, size)))
    found = within(x, base, eps)
    far = np.linalg.norm(found - base, axis=1)
    assert (far <= eps * (1 + 1e-9)).all()
    inside = np.linalg.norm(x - base, axis=1) <= eps
    assert np.array_equal(found[inside], x[inside])
    assert_allclose(within(found, base, eps), found, rtol=1e-9)
    allowed = within(other, base, eps)  # no other place that is allowed lies nearer
    assert (np.linalg.norm(x - found, axis=1) <= np.linalg.norm(x - allowed, axis=1) * (1 + 1e-9) + 1e-12).all()


@pytest.mark.parametrize("method", CLEAN)
def test_points_keep_their_label_and_stay_within_the_bound(method: str) -> None:
    asked = scenario(method, eps=0.3, **quick(method))
    points = asked.scene().points
    for state in run_attack(asked).states:
        own = points.take(points.positions(state.replaces))
        assert (own.label == state.label).all()
        assert (state.label == 1).all()
        assert (np.linalg.norm(state.points - own.x, axis=1) <= 0.3 + 1e-9).all()
        assert len(state) == 5


def test_the_points_that_move_are_those_of_the_class_that_lie_nearest() -> None:
    problem = Problem(scenario("straight"))
    some, points = moves(problem), problem.candidates
    far = np.linalg.norm(points.x - problem.goal.x[0], axis=1)
    rest = (points.label == 1) & ~np.isin(points.ids, some.ids)
    assert far[points.positions(some.ids)].max() <= far[rest].min()


def test_straight_moves_go_straight_and_no_further_than_the_target() -> None:
    problem = Problem(scenario("straight", eps=100.0))
    assert_allclose(run_attack(scenario("straight", eps=100.0)).last.points, np.tile(problem.goal.x, (5, 1)))


def test_random_moves_are_of_the_same_points_as_far() -> None:
    problem = Problem(scenario("straight", eps=0.3))
    some = moves(problem)
    drawn = list(at_random(problem, 2))
    for state in drawn:
        assert np.array_equal(state.replaces, some.ids)
        assert (state.label == 1).all()
        assert_allclose(np.linalg.norm(state.points - some.base, axis=1), 0.3)
    assert not np.array_equal(drawn[0].points, drawn[1].points)


# ---- gradients -------------------------------------------------------------------------------------------------------


class Exact:
    """Nets in double precision, so that differences tell the gradient."""

    def __init__(self, method: str, scale: str = "as-is") -> None:
        self.problem = Problem(scenario(method, lift=5, scale=scale))
        spec = self.problem.learner
        assert isinstance(spec, MLPSpec)
        self.some, self.nets = moves(self.problem), Nets(self.problem, spec)
        rough = self.nets.trained(2)
        self.net = MLP(spec, self.nets.training, rough.problem, "cpu", torch.float64)
        self.net.P.copy_(rough.P)
        self.x = self.some.nearest(self.some.base + numbers(self.some.base.shape, 3, 0.1))


def differences(of: Any, x: NDArray[np.float64], step: float = 1e-5) -> NDArray[np.float64]:
    found = np.zeros_like(x)
    for at in np.ndindex(*x.shape):
        ahead = np.zeros_like(x)
        ahead[at] = step
        found[at] = (of(x + ahead) - of(x - ahead)) / (2 * step)
    return found


@pytest.mark.parametrize("scale", ["as-is", "standardised"])
def test_the_gradient_of_a_collision_agrees_with_differences(scale: str) -> None:
    case = Exact("feature-collision", scale)
    collision = Collision(case.nets, case.net, case.some, beta=0.0)
    value, gradient = collision.gradient(case.x)
    assert_allclose(gradient, differences(lambda x: collision.gradient(x)[0].sum(), case.x), rtol=1e-5, atol=1e-8)
    assert_allclose(collision.gradient(case.some.base)[0], 1.0)  # measured by what there is at first
    assert_allclose(collision.gradient(np.tile(case.some.target, (5, 1)))[0], 0.0, atol=1e-12)
    assert (value > 0).all()


@pytest.mark.parametrize("scale", ["as-is", "standardised"])
def test_the_gradient_of_a_match_agrees_with_differences(scale: str) -> None:
    case = Exact("gradient-matching", scale)
    matching = Matching(case.nets, case.net, case.some)
    sets = np.stack([case.x, case.some.base + 0.05])
    apart, gradient = matching.gradient(sets)
    assert ((apart >= 0) & (apart <= 2)).all()
    assert_allclose(gradient, differences(lambda x: matching.gradient(x)[0].sum(), sets), rtol=1e-4, atol=1e-8)
    alone = [matching.gradient(one[None]) for one in sets]  # beginnings know nothing of each other
    assert_allclose(apart, [a[0] for a, _ in alone], rtol=1e-12)
    assert_allclose(gradient, np.concatenate([g for _, g in alone]), rtol=1e-9, atol=1e-12)


def test_points_at_the_target_match_its_gradient() -> None:
    case = Exact("gradient-matching")
    there = np.tile(case.some.target, (1, 5, 1))
    assert Matching(case.nets, case.net, case.some).gradient(there)[0] == pytest.approx(0.0, abs=1e-9)


def test_the_step_backward_is_the_nearest_place_that_pays_for_its_distance() -> None:
    """Which is the least of (1 / 2) |p - x|^2 + rate * beta |p - b|^2 / |t - b|^2 within the ball."""
    case = Exact("feature-collision")
    collision = Collision(case.nets, case.net, case.some, beta=2.0)
    x, rate = case.some.base + numbers(case.x.shape, 7, 1.0), np.full((5, 1), 0.4)
    far = ((case.some.base - case.some.target) ** 2).sum(axis=1)

    def cost(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return ((p - x) ** 2).sum(axis=1) / 2 + 0.4 * 2.0 * ((p - case.some.base) ** 2).sum(axis=1) / far

    found = collision.backward(x, rate)
    for seed in range(20):
        other = case.some.nearest(found + numbers(x.shape, seed, 0.02))
        assert (cost(found) <= cost(other) + 1e-12).all()


# ---- what they do ----------------------------------------------------------------------------------------------------


def test_matching_matches_better_and_colliding_costs_less() -> None:
    for method in ("gradient-matching", "feature-collision"):
        asked = scenario(method, nets=2, iterations=40)
        problem = Problem(asked)
        state = run_attack(asked).last
        spec = problem.learner
        assert isinstance(spec, MLPSpec)
        nets, some = Nets(problem, spec), moves(problem)
        net = nets.trained(2)
        if method == "gradient-matching":
            matching = Matching(nets, net, some)
            assert matching.gradient(state.points[None])[0] < 0.8 * matching.gradient(some.base[None])[0]
        else:
            collision = Collision(nets, net, some, 0.1)
            assert (collision.gradient(state.points)[0] < 0.8 * collision.gradient(some.base)[0]).all()


def test_with_spare_inputs_right_labels_take_a_target_and_at_random_they_do_not() -> None:
    found = carried_out(scenario("straight", count=8), seeds=2).metrics
    assert found["success"].mean == 1.0
    assert found["clean_success"].mean == found["random_success"].mean == 0.0
    assert abs(found["gain"].mean) < 0.05


def test_of_a_plane_it_is_said_that_it_means_nothing_there() -> None:
    found = carried_out(scenario("straight", lift=None, eps=0.2), seeds=2)
    assert found.metrics["success"].mean == 0.0
    assert found.state.words == BARE
    assert run_attack(scenario("straight")).last.words != BARE


def test_a_target_off_the_plane_is_seen_at_its_place_and_has_no_pin() -> None:
    asked = scenario("straight")
    scene, settings = asked.scene(), asked.adversary
    assert settings is not None
    assert scene.section is not None
    x = inputs_of(Problem(asked).goal.pin, scene, settings)  # type: ignore[arg-type]
    assert_allclose(scene.section.shadow(x), [[0.0, 1.0]], atol=1e-12)
    assert_allclose(np.linalg.norm(x - scene.embed(np.array([[0.0, 1.0]]))), 1.0)
    for of, pins in ((asked, []), (scenario("straight", lift=None), [(0.0, 1.0)])):
        work = Attack(of)
        poisoned = work.truth.committed(next(work.states(measured=False)))
        assert [(pin.x, pin.y) for pin in poisoned.targets] == pins


@pytest.mark.parametrize("method", CLEAN)
def test_it_goes_on_with_the_same_points(method: str) -> None:
    asked = scenario(method, **quick(method))
    first = run_attack(asked).states
    paused = first[len(first) // 2]
    away = AttackState(paused.points + 100.0, paused.label, paused.replaces, share=paused.share)
    last = run_attack(asked, start=away).last
    assert np.array_equal(last.replaces, paused.replaces)
    some = moves(Problem(asked))
    assert (np.linalg.norm(last.points - some.base, axis=1) <= some.eps + 1e-9).all()


def test_a_change_among_attacks_with_clean_labels_keeps_bound_and_target() -> None:
    """Of another target the same methods would seem to do nothing."""
    other = scenario("straight", eps=0.3).with_values({"adversary.method": "gradient-matching"}).adversary
    assert isinstance(other, GradientMatchingSpec)
    assert (other.eps, other.off_plane, other.count, other.target) == (0.3, 1.0, 5, (0.0, 1.0))


def test_a_change_of_the_method_keeps_what_is_shared_and_has_the_goal_of_the_new_one() -> None:
    other = scenario("straight").with_values({"adversary.method": "flips-random", "adversary.goal": "error"})
    back = other.with_values({"adversary.method": "straight"})
    assert back.adversary is not None
    assert back.adversary.aim == "pin"
    assert back.adversary.count == 5


@pytest.mark.parametrize(
    ("method", "change", "words"),
    [
        ("straight", {"data.lift": None}, "have no inputs beside it"),
        ("straight", {"adversary.target": None}, "There is no target"),
        ("straight", {"adversary.count": 60}, "60 points of class 1 are to move"),
        ("feature-collision", {"learner.name": "SVC"}, "the last hidden layer of a net"),
        ("feature-collision", {"learner.name": "logistic"}, "the last hidden layer of a net"),
        ("gradient-matching", {"learner.name": "KNeighborsClassifier"}, "a supervised net's parameters"),
    ],
)
def test_what_it_cannot_attack_is_said(method: str, change: dict[str, Any], words: str) -> None:
    with pytest.raises(AttackError, match=words) as raised:
        run_attack(scenario(method).with_values(change))
    assert str(raised.value)[-1] == "."


def test_learners_that_it_does_not_work_with_are_known_beforehand() -> None:
    asked = scenario("straight").with_values({"learner.name": "SVC"})
    assert METHODS["straight"].unfit(asked.learner) == ""
    for method in ("feature-collision", "gradient-matching"):
        assert METHODS[method].unfit(asked.learner).startswith("It works with ")
        assert METHODS[method].unfit(scenario(method).learner) == ""
