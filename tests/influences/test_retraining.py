"""Models trained without points, and TracIn, against one model at a time."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
import torch

from boundaryviz.engine.session import Session
from boundaryviz.influences.deciding import Decision, left_out, trained_on
from boundaryviz.influences.retraining import from_start, warm
from boundaryviz.influences.running import checkpoints, influence
from boundaryviz.influences.tracin import at_checkpoint, of_unlabelled
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Remove, apply

PLACE = (0.5, 0.25)
NET = {"data.n": 30, "data.noise": 0.25, "learner.hidden": [4], "training.batch_size": "full", "training.steps": 60}


def through(work: Generator[None, None, Any]) -> Any:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def trained(**values: object) -> Session:
    session = Session(Scenario().with_values({**NET, **values}))
    session.step(60)
    return session


def test_from_the_start_each_is_the_model_of_a_scene_without_the_points() -> None:
    session = trained()
    decision, points = Decision.at(session, PLACE), trained_on(session)
    out = left_out(points, np.array([3, 7]), 2)
    falls = through(from_start(session.scenario, session.scene, [decision], points, out, (0, 5), 60))
    assert falls.shape == (1, 2, 2)
    assert out.sum(axis=1).tolist() == [2, 2]
    for s, seed in enumerate((0, 5)):
        whole = Session(session.scenario, session.scene, seeds=(seed,))
        whole.step(60)
        for m in range(2):
            scene, _ = apply(Remove(points.ids[out[m]]), session.scene)
            alone = Session(session.scenario, scene, seeds=(seed,))
            alone.step(60)
            without = decision.lead(whole.learner) - decision.lead(alone.learner)
            assert falls[0, s, m] == pytest.approx(without, abs=2e-4)


@pytest.mark.parametrize("learner", ["laprls", "label-spreading", "KNeighborsClassifier"])
def test_learners_that_are_fitted_at_once_are_fitted_without_the_point_in_the_pool(learner: str) -> None:
    values = {"data.n": 24, "data.noise": 0.3, "learner.name": learner}
    if not learner.startswith("K"):
        values["data.labels_per_class"] = 6
    session = Session(Scenario().with_values(values))
    session.step()
    decision, points = Decision.at(session, PLACE), trained_on(session)
    at = np.array([1, 5, 11])
    falls = through(from_start(session.scenario, session.scene, [decision], points, left_out(points, at, 1), (0,), 9))
    for fall, one in zip(falls[0, 0], at, strict=True):
        alone = Session(session.scenario, apply(Remove(points.ids[[one]]), session.scene)[0])
        alone.step()
        assert fall == pytest.approx(decision.lead(session.learner) - decision.lead(alone.learner), abs=1e-6)


def test_warm_each_goes_on_from_the_weights_of_now_and_leaves_them_alone() -> None:
    session = trained()
    before = {name: array.copy() for name, array in session.state().items()}
    decision, points = Decision.at(session, PLACE), trained_on(session)
    out = left_out(points, np.array([2, 9]), 1)
    falls = through(warm(session, 0, [decision], points, out, 20))
    for name, array in session.state().items():
        np.testing.assert_array_equal(array, before[name])
    leads = []
    for gone in (None, 2, 9):
        scene = session.scene if gone is None else apply(Remove(points.ids[[gone]]), session.scene)[0]
        alone = Session(session.scenario, scene)
        alone.restore(before)
        alone.step(20)
        leads.append(decision.lead(alone.learner))
    np.testing.assert_allclose(falls[0], leads[0] - np.array(leads[1:]), atol=2e-4)


def test_warm_takes_up_the_replica_that_is_shown_whatever_the_units_and_the_rule() -> None:
    values = {**NET, "data.input_scale": "standardised", "decision.threshold": 0.7}
    session = Session(Scenario().with_values(values), seeds=(0, 1, 2))
    session.step(40)
    decision, points = Decision.at(session, PLACE, 2), trained_on(session)
    falls = through(warm(session, 2, [decision], points, left_out(points, np.array([2]), 1), 0))
    assert falls[0, 0] == 0.0
    assert abs(falls).max() == 0.0
    one = Session(Scenario().with_values({**values, "training.seed": 2}))
    one.step(40)
    own = through(warm(one, 0, [decision], points, left_out(points, np.array([2]), 1), 16))
    several = through(warm(session, 2, [decision], points, left_out(points, np.array([2]), 1), 16))
    np.testing.assert_allclose(several, own, atol=1e-5)


def test_a_group_is_a_point_with_its_nearest_of_the_same_class() -> None:
    points = trained_on(trained())
    out = left_out(points, np.arange(len(points)), 5)
    assert (out.sum(axis=1) == 5).all()
    for at in range(len(points)):
        assert out[at, at]
        assert (points.label[out[at]] == points.label[at]).all()
        far = np.linalg.norm(points.xy - points.xy[at], axis=1)
        others = (points.label == points.label[at]) & ~out[at]
        assert far[out[at]].max() <= far[others].min()


def test_tracin_is_what_a_plain_loop_over_checkpoints_and_points_gives() -> None:
    scenario = Scenario().with_values({**NET, "training.l2": 0.01})
    found = influence(scenario, PLACE, "tracin", leave_out=False)
    session = Session(scenario)
    points = trained_on(session)
    decided = found.decided
    expected = np.zeros(len(points))
    for _ in range(20):
        session.step(3)
        flat = torch.tensor(session.learner.state()["P"][0], dtype=torch.float64)
        parts = [flat[:8].view(4, 2), flat[8:12], flat[12:20].view(2, 4), flat[20:22]]
        weights = [part.clone().requires_grad_() for part in parts]

        def net(x: np.ndarray, weights: list[torch.Tensor] = weights) -> torch.Tensor:
            hidden = torch.tanh(weights[0] @ torch.tensor(x) + weights[1])
            return weights[2] @ hidden + weights[3]

        z = net(np.array(PLACE))
        lead = torch.autograd.grad(z[decided] - z[1 - decided], weights)
        for at in range(len(points)):
            loss = torch.nn.functional.cross_entropy(net(points.xy[at])[None], torch.tensor([int(points.label[at])]))
            slope = torch.autograd.grad(loss, weights)
            expected[at] -= 0.01 * 3 * sum(float((a * b).sum()) for a, b in zip(lead, slope, strict=True)) / 30
    np.testing.assert_allclose(found.row("tracin"), expected, rtol=1e-4, atol=1e-8)


def test_points_without_a_label_have_the_gradient_of_their_own_loss() -> None:
    values = {"data.n": 24, "data.labels_per_class": 4, "learner.name": "pseudo-label", "learner.hidden": [4],
              "learner.weak_noise": 0.0, "learner.threshold": 0.0, "learner.ramp_up": 0}  # fmt: skip
    kept = checkpoints(Scenario().with_values(values), 40)
    session = kept.session
    points = trained_on(session)
    at = np.flatnonzero(points.label < 0)[:3]
    found = of_unlabelled(session, points, at)
    assert found is not None
    net = session.learner.alone(0)  # type: ignore[attr-defined]
    guessed = session.learner.predict(points.x[at])[0]
    weight = session.spec.weight
    slopes = net.gradients(net.inputs(points.x[at]), net.targets(guessed))
    torch.testing.assert_close(found, weight * slopes, rtol=1e-3, atol=1e-5)
    row = through(at_checkpoint(session, Decision.at(session, PLACE), points, 2.0))
    assert np.isfinite(row).all()
    change = net.lead_gradient(net.inputs(np.array([PLACE])), *_classes(session))
    unknown = int((points.label < 0).sum())
    expected = -0.01 * 2.0 * (found @ change).numpy() / unknown
    np.testing.assert_allclose(row[at], expected, rtol=1e-3, atol=1e-9)


def _classes(session: Session) -> tuple[int, int]:
    decision = Decision.at(session, PLACE)
    return decision.decided, decision.rival


def test_a_method_that_mixes_points_gives_one_no_loss_of_its_own() -> None:
    values = {"data.n": 24, "data.labels_per_class": 4, "learner.name": "mixmatch", "learner.hidden": [4]}
    session = checkpoints(Scenario().with_values(values), 10).session
    points = trained_on(session)
    assert of_unlabelled(session, points, np.flatnonzero(points.label < 0)[:2]) is None


def test_what_a_defence_has_removed_is_answerable_for_nothing_and_stays_away() -> None:
    values = {**NET, "data.label_noise": 0.2, "defence.defence": "knn"}
    session = Session(Scenario().with_values(values))
    session.step(40)
    judged = session.defending.judged
    assert judged is not None
    assert judged[0].removed.any()
    points = trained_on(session)
    assert set(points.ids.tolist()) == set(judged[0].ids[~judged[0].removed].tolist())
    decision, before = Decision.at(session, PLACE), session.state()
    falls = through(warm(session, 0, [decision], points, left_out(points, np.array([2]), 1), 20))
    leads = []
    for gone in (points.ids[:0], points.ids[[2]]):
        away = np.concatenate([judged[0].ids[judged[0].removed], gone])
        alone = Session(Scenario().with_values(NET), apply(Remove(away), session.scene)[0])
        alone.learner.restore({name.removeprefix("learner."): a for name, a in before.items() if "learner." in name})
        alone.step(20)
        leads.append(decision.lead(alone.learner))
    assert falls[0, 0] == pytest.approx(leads[0] - leads[1], abs=2e-4)


def test_smoothed_labels_are_what_gradients_are_of() -> None:
    session = trained(**{"learner.smoothing": 0.2})
    alone = session.learner.alone(0)  # type: ignore[attr-defined]
    np.testing.assert_allclose(alone.targets(np.array([0, 1])).numpy(), [[0.9, 0.1], [0.1, 0.9]], atol=1e-6)
