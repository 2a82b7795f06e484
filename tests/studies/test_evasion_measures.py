"""The measures of pushes: what they agree with, and what a scenario may promise of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

import boundaryviz as bv
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.record.evading import MEASURES, METHODS, OF_TWO_RUNS, SIGMAS
from boundaryviz.runs.evasion import Evasion, measures
from boundaryviz.runs.run import Run
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.check import check

SMALL = Scenario().with_values(
    {"data.n": 60, "learner.hidden": [12], "training.steps": 120, "training.learning_rate": 0.02,
     "training.batch_size": "full", "evasion.epsilon": 0.4, "evasion.smoothing": 0.15}
)  # fmt: skip
LINEAR = SMALL.with_values({"learner.name": "logistic"})


@pytest.fixture(scope="module")
def run() -> Run:
    return bv.train(SMALL, seeds=2, progress=False)


@pytest.fixture(scope="module")
def linear() -> Run:
    return bv.train(LINEAR, progress=False)


def plane(run: Run) -> tuple[np.ndarray, float]:
    """Weights (2,) and offset of the lead of a linear model."""
    ask = lambda *x: float(run.session.learner.scores(np.array([x], dtype=float))[0, 0])  # noqa: E731
    zero = ask(0, 0)
    return np.array([ask(1, 0) - zero, ask(0, 1) - zero]), zero


def test_of_a_linear_model_the_distance_and_noise_have_closed_forms(linear: Run) -> None:
    one = Evasion(linear.session)
    w, b = plane(linear)
    distance = np.abs(one.x @ w + b) / np.linalg.norm(w)
    np.testing.assert_allclose(one.nearest.length, distance, rtol=1e-3, atol=1e-4)
    relation = one.noise_relation(draws=2000)
    said = ndtr(-distance / np.array(SIGMAS)[:, None])
    np.testing.assert_allclose(relation.predicted, said, atol=2e-3)
    assert np.abs(relation.measured - said).max() < 5 * np.sqrt(0.25 / 2000)
    assert relation.gap < 0.02
    assert one.measure("robust_exact") == pytest.approx((one.right & (distance > 0.4)).mean())


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_a_linear_model_answers_in_a_straight_line_along_its_gradient(linear: Run, norm: str) -> None:
    line = linear.linearity(norm=norm)
    w, b = plane(linear)
    np.testing.assert_allclose(line.lead[:, 0], np.abs(Evasion(linear.session).x @ w + b), rtol=1e-4)
    np.testing.assert_allclose(line.lead, line.tangent, atol=1e-3)
    np.testing.assert_allclose(line.slope, -(np.linalg.norm(w) if norm == "l2" else np.abs(w).sum()), rtol=1e-4)
    np.testing.assert_allclose(line.fall(), 1.0, rtol=1e-3)
    np.testing.assert_allclose(line.straightness(), 1.0, atol=1e-4)


def test_where_the_answer_bends_that_is_said(run: Run) -> None:
    line = run.linearity(epsilon=2.0)
    assert np.median(line.straightness()) < 0.98
    assert np.median(line.fall()) < 0.9


def test_attacks_stand_in_their_order_and_success_follows_from_robustness(run: Run) -> None:
    for seed in range(2):
        one = Evasion(run.session, seed=seed)
        robust = {name: one.measure(f"robust_{name}") for name in METHODS if name != "adaptive"}
        assert robust["exact"] <= robust["pgd"] + 1e-9 <= robust["random"] + 0.05
        assert robust["exact"] <= robust["deepfool"] + 1e-9
        assert one.measure("robust_universal_class") <= robust["universal"] + 1e-9
        accuracy = one.measure("accuracy")
        assert one.measure("success_pgd") == pytest.approx((accuracy - robust["pgd"]) / accuracy)
        assert accuracy == pytest.approx(1 - run.metrics["test_error"].per_seed[seed])


def test_certificates_stay_below_the_distance_to_the_smoothed_boundary(run: Run) -> None:
    one = Evasion(run.session)
    assert one.measure("violations") == 0.0
    assert 0.1 < one.measure("certified") < one.measure("smoothed_distance")


def test_off_the_plane_there_are_upper_bounds_and_random_steps_do_little() -> None:
    wide = bv.train(SMALL.with_values({"data.lift": 30}), progress=False)
    one = Evasion(wide.session, EvasionSpec(epsilon=0.3))
    assert not one.exact
    assert not one.noise_relation(draws=20).exact
    assert one.measure("distance") < one.measure("distance_plane")
    assert one.measure("off_plane") > 0.3
    assert one.measure("random_flips") < 0.05
    assert one.measure("robust_universal_class") <= one.measure("robust_universal") + 1e-9
    with pytest.raises(ScenarioError, match="on a plane alone"):
        measures(wide.session, ["smoothed_distance"])


def test_how_far_the_lift_shrinks_distances_is_measured_on_two_runs() -> None:
    lifted = SMALL.with_values({"data.lift": 30})
    flat, wide = (
        measures(bv.train(one, progress=False).session, ["distance"])["distance"][0] for one in (SMALL, lifted)
    )
    promised = {"evasion.shrinks": (0.0, 9.0), "evasion.distance": (0.0, 9.0)}
    found = check(lifted.model_copy(update={"expect": promised}), data_seeds=(0,), seeds=1, progress=False)
    assert [one.values[0] for one in found.held] == [flat / wide, wide]
    with pytest.raises(ScenarioError, match=r"set data\.lift"):
        check(SMALL.model_copy(update={"expect": promised}), data_seeds=(0,), progress=False)


def test_what_is_promised_is_measured_over_draws_of_the_data() -> None:
    promised = {"evasion.accuracy": (0.5, 1.0), "evasion.distance": (0.0, 2.0), "evasion.robust_fgsm": (0.0, 1.0)}
    scenario = SMALL.model_copy(update={"expect": promised})
    found = check(scenario, data_seeds=(3, 5), seeds=2, progress=False)
    assert found.holds
    for at, seed in enumerate((3, 5)):
        run = bv.train(SMALL.with_values({"data.seed": seed}), seeds=2, progress=False)
        mine = measures(run.session, ["accuracy", "distance", "robust_fgsm"])
        assert [one.values[at] for one in found.held] == [np.mean(values) for values in mine.values()]


def test_what_cannot_be_had_is_said_in_words() -> None:
    tree = SMALL.with_values({"learner.name": "DecisionTreeClassifier", "evasion.smoothing": 0.0})
    with pytest.raises(ScenarioError, match=r"evasion\.robust_pgd: This attack follows gradients"):
        check(tree.model_copy(update={"expect": {"evasion.robust_pgd": (0.0, 1.0)}}), data_seeds=(0,), progress=False)
    run = bv.train(tree, progress=False)
    assert measures(run.session, ["distance"])["distance"][0] > 0
    with pytest.raises(ScenarioError, match="certificates need noise"):
        measures(run.session, ["certified"])
    bare = bv.train(tree.with_values({"data.test": 0.0}), progress=False)
    with pytest.raises(ScenarioError, match="there are no test points to be pushed"):
        bare.pushes()


def test_every_measure_has_a_way_to_be_taken(run: Run) -> None:
    one_run = [name for name in MEASURES if name not in OF_TWO_RUNS and "adaptive" not in name]
    found = measures(run.session, one_run)
    assert all(np.isfinite(values).all() for values in found.values())
