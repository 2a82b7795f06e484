"""Effect maps: each value is what training with the points there comes to, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from boundaryviz.adversary.effect_maps import effect_map, estimate, ground_of, job, offered
from boundaryviz.adversary.map_request import EffectMapRequest, MapEstimate
from boundaryviz.adversary.models import Machines, Sets
from boundaryviz.adversary.refits import THERE, Refits
from boundaryviz.attacks.targets import AttackError
from boundaryviz.engine.session import Session
from boundaryviz.jobs.messages import Cancelled
from boundaryviz.record.effect_map import EffectMap
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Points, Scene, Split, Target

SVM: dict[str, Any] = {"name": "SVC", "kernel": "rbf", "gamma": 2.0}
NET: dict[str, Any] = {"name": "mlp", "hidden": [6], "activation": "tanh"}


def scenario(learner: dict[str, Any] = SVM, n: int = 40, **changed: Any) -> Scenario:
    plain: dict[str, Any] = {
        "data": {"name": "moons", "n": n, "noise": 0.25, "validation": 0.4, "test": 0.4},
        "learner": learner,
        "training": {"steps": 60, "learning_rate": 0.05, "batch_size": "full"},
    }
    return Scenario.model_validate(plain).with_values(changed)


def whole(of: Scenario, **asked: Any) -> EffectMap:
    return list(effect_map(of, **asked))[-1]


def columns(scene: Scene, split: Split) -> tuple[np.ndarray, np.ndarray]:
    points = scene.points.take((scene.points.split == split) & scene.points.is_labelled)
    return points.x, points.label.astype(np.int64)


def nodes(found: EffectMap) -> Iterator[tuple[int, int, int, np.ndarray, int]]:
    """The measured nodes: label number, row and column, with place and label."""
    x, y = found.nodes
    for k, j, i in np.argwhere(found.measured).tolist():
        yield k, j, i, np.array([x[i], y[j]]), found.labels[k]


@pytest.mark.parametrize(
    "settings",
    [
        {"learner.gamma": 2.0},
        {"learner.gamma": "scale"},
        {"learner.kernel": "linear", "data.input_scale": "standardised"},
        {"learner.kernel": "poly", "learner.coef0": 1.0, "learner.degree": 2},
        {"learner.kernel": "sigmoid", "learner.gamma": 0.3},
    ],
)
@pytest.mark.parametrize("weight", [1, 8])
def test_a_machine_s_map_is_that_of_machines_fitted_one_by_one_to_the_bit(settings: dict[str, Any], weight: int):
    of = scenario(**settings)
    found = whole(of, levels=(3,), weight=weight)
    scene, spec = of.scene(), of.learner
    (x, y), (xt, yt) = columns(scene, Split.TRAIN), columns(scene, Split.TEST)
    order = np.argsort(scene.points.take(scene.points.is_train).ids)
    x, y = x[order], y[order]
    unit = (lambda z: (z - x.mean(axis=0)) / x.std(axis=0)) if "data.input_scale" in settings else (lambda z: z)

    def error(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
        gamma: Any = spec.gamma
        if gamma == "scale":  # scikit-learn's counts a point once, whatever its weight
            gamma = 1 / (2 * np.repeat(unit(x), weights.astype(int), axis=0).var())
        model = SVC(C=spec.C, kernel=spec.kernel, gamma=gamma, degree=spec.degree, coef0=spec.coef0)
        return float((model.fit(unit(x), y, sample_weight=weights).predict(unit(xt)) != yt).mean())

    base = error(x, y, np.ones(len(x)))
    assert found.base == base
    for k, j, i, place, label in nodes(found):
        own = error(np.vstack([x, place]), np.append(y, label), np.append(np.ones(len(x)), weight))
        assert found.values[k, j, i] == own - base
    assert np.ptp(found.values) > 0


@pytest.mark.skipif(not THERE, reason="libsvm is elsewhere in this scikit-learn")
def test_a_refit_has_the_multipliers_of_scikit_learn_to_the_bit():
    of = scenario(n=60)
    x, y = columns(of.scene(), Split.TRAIN)
    more, side, often = np.array([[0.2, 0.4], [1.0, 0.0]]), np.array([1.0, -1.0]), np.array([2.5, 8.0])
    alpha, intercept = Refits(of.learner, x, 2.0 * y - 1, x).dual(more, side, often, 2.0)  # type: ignore[arg-type]
    model = SVC(gamma=2.0).fit(np.vstack([x, more]), np.append(y, [1, 0]), sample_weight=[*np.ones(len(x)), *often])
    dual = np.zeros(len(x) + 2)
    dual[model.support_] = model.dual_coef_[0]
    assert np.array_equal(alpha, dual)
    assert intercept == model.intercept_[0]


def test_quick_refits_answer_as_the_machines_that_others_take_gradients_of():
    of = scenario(n=60)
    machines = ground_of(of).models
    assert isinstance(machines, Machines)
    rng = np.random.default_rng(0)
    sets = Sets(rng.normal(size=(9, 3, 2)), rng.integers(0, 2, (9, 3)), rng.integers(1, 4, (9, 3)).astype(float))
    x, y = columns(of.scene(), Split.TEST)
    quick, slow = (
        machines.answers(sets, x, y, 0),
        machines.answers(replace(sets, withdrawn=np.zeros((9, 60), bool)), x, y, 0),
    )
    assert np.array_equal(quick.predicted, slow.predicted)
    np.testing.assert_allclose(quick.lead, slow.lead, rtol=0, atol=1e-10)


def test_a_heap_is_so_many_points_to_a_learner_that_knows_no_weights():
    of = scenario({"name": "KNeighborsClassifier", "n_neighbors": 5})
    found = whole(of, levels=(4,), weight=3)
    scene = of.scene()
    (x, y), (xt, yt) = columns(scene, Split.TRAIN), columns(scene, Split.TEST)

    def error(more: np.ndarray, labels: list[int]) -> float:
        model = KNeighborsClassifier(5).fit(np.vstack([x, more]), np.append(y, labels))
        return float((model.predict(xt) != yt).mean())

    base = error(np.empty((0, 2)), [])
    apart = [
        found.values[k, j, i] - (error(np.repeat(place[None], 3, axis=0), [label] * 3) - base)
        for k, j, i, place, label in nodes(found)
    ]
    np.testing.assert_allclose(apart, 0, atol=1e-12)


@pytest.mark.parametrize("batch", ["full", 16])
def test_a_net_s_map_is_that_of_nets_trained_one_by_one_on_the_points_really_planted(batch: Any):
    of = scenario(NET, **{"training.batch_size": batch, "training.evaluate_every": 1000})
    weight = 3
    ground = ground_of(of, weight=weight, seeds=2)
    scene = of.scene()
    places, labels = np.array([[0.3, -0.2], [1.9, 0.9], [-0.9, 0.4]]), np.array([0, 1, 0])
    x, y = columns(scene, Split.TEST)
    for seed in ground.seeds:
        together = ground.models.answers(ground.heaps(places, labels), x, y, seed)
        for at, (place, label) in enumerate(zip(places, labels, strict=True)):
            new = Points.of(np.repeat(place[None], weight, axis=0), label, origin=1, first_id=scene.next_id)
            session = Session(of, scene.with_points(Points.join(scene.points, new)), (seed,), device="cpu")
            session.step(of.training.steps)
            loss, predicted = session.learner.evaluate(x, y)
            np.testing.assert_allclose(together.loss[at], loss[0], rtol=0, atol=1e-5)
            assert np.array_equal(together.predicted[at], predicted[0])


def test_a_map_comes_coarse_first_and_each_is_whole():
    found = list(effect_map(scenario(), weight=4))
    assert [one.level for one in found] == [8, 16, 32]
    assert [one.done for one in found] == [False, False, True]
    for coarse, fine in pairwise(found):
        kept = coarse.measured
        assert np.array_equal(coarse.values[kept], fine.values[:, ::2, ::2][kept])
        assert coarse.fits < fine.fits
    assert all(np.isfinite(one.values).all() and one.floor is None for one in found)


def test_a_net_s_map_is_the_mean_over_seeds_with_their_distance_beside_it():
    of = scenario(NET)
    both = whole(of, weight=4, levels=(4,), seeds=2)
    single = [whole(of.with_values({"training.seed": seed}), weight=4, levels=(4,), seeds=1) for seed in (0, 1)]
    np.testing.assert_allclose(both.values, (single[0].values + single[1].values) / 2, atol=1e-12)
    apart = np.sqrt(((single[0].values - single[1].values) ** 2).mean())
    assert both.floor == pytest.approx(apart)
    assert both.seeds == (0, 1)
    assert single[0].floor is None


def test_flips_are_counted_from_none_and_a_pin_is_led_to():
    of = scenario()
    flips = whole(of, measure="flips", levels=(4,), weight=8)
    assert flips.base == 0
    assert flips.values.min() >= 0
    assert flips.largest > 0
    pin = Target(0.5, 0.25, 1)
    pinned = of.model_copy(update={"plane": None}).with_scene(replace(of.scene(), targets=(pin,)))
    lead = whole(pinned, measure="pin", levels=(8,), weight=8)
    best = lead.best()
    assert best is not None
    assert best[1] == 1
    assert best[2] > 0
    assert np.abs(best[0] - (0.5, 0.25)).max() < 1.0


def test_unlabelled_points_do_nothing_to_a_supervised_learner_which_is_said_without_training():
    alone = whole(scenario(), labels=(-1,), weight=8)
    assert alone.flat
    assert alone.fits == 0
    assert "exactly zero" in alone.words
    beside = whole(scenario(), labels=(0, -1), levels=(4,), weight=8)
    assert (beside.values[1] == 0).all()
    assert beside.values[0].any()
    assert "exactly zero" in beside.words


def test_unlabelled_points_are_mapped_for_a_learner_that_takes_them_up():
    of = scenario({"name": "label-spreading"}, 80).with_values({"data.labels_per_class": 2})
    found = whole(of, levels=(4,), weight=4, measure="flips")
    assert found.labels == (0, 1, -1)
    assert found.words == ""


@pytest.mark.parametrize(
    ("changed", "asked", "words"),
    [
        ({}, {"weight": 0}, "1 to 10,000 points"),
        ({}, {"labels": (2,)}, "class 0 to 1"),
        ({}, {"labels": ()}, "class 0 to 1"),
        ({}, {"seeds": 0}, "at least one seed"),
        ({}, {"measure": "pin"}, "no such target pin"),
        ({"data.validation": 0.0}, {"measure": "validation-error"}, "no validation points"),
        ({"data.test": 0.0}, {}, "no test points"),
    ],
)
def test_what_cannot_be_mapped_is_said_in_words(changed: dict[str, Any], asked: dict[str, Any], words: str):
    with pytest.raises(AttackError, match=words):
        list(effect_map(scenario(**changed), **asked))


def test_points_of_one_class_can_be_mapped_and_of_none_cannot():
    of = scenario()
    scene = of.scene()
    single = scene.points.with_columns(label=np.where(scene.points.is_train, 0, scene.points.label))
    found = whole(of.with_scene(scene.with_points(single)), levels=(4,), weight=8)
    assert (found.values[0] == 0).all()
    assert found.values[1].any()
    none = scene.points.with_columns(label=np.where(scene.points.is_train, -1, scene.points.label))
    with pytest.raises(AttackError, match="no labelled training point"):
        list(effect_map(of.with_scene(scene.with_points(none))))


class Told:
    """Hears a job, and wants no more after so many words."""

    def __init__(self, patience: int = 10**9) -> None:
        self.results: list[Any] = []
        self.patience = patience

    def progress(self, done: int, of: int, words: str = "") -> None:
        assert 0 <= done <= of
        self.patience -= 1
        if self.patience < 0:
            raise Cancelled

    def result(self, value: object) -> None:
        self.results.append(value)


def test_the_job_tells_maps_and_is_cancelled_between_two_trainings():
    told = Told()
    job(EffectMapRequest(scenario(), weight=4), told)
    assert [one.level for one in told.results] == [8, 16, 32]
    stopped = Told(patience=200)
    with pytest.raises(Cancelled):
        job(EffectMapRequest(scenario(), weight=4), stopped)
    assert [one.level for one in stopped.results] == [8]


def test_what_takes_long_says_so_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("boundaryviz.adversary.effect_maps._MOMENT", 0.0)
    told = Told(patience=8)
    with pytest.raises(Cancelled):
        job(EffectMapRequest(scenario(NET)), told)
    first = told.results[0]
    assert isinstance(first, MapEstimate)
    assert first.fits > 100
    assert first.seconds > 0
    assert estimate(ground_of(scenario(), labels=(-1,))) == MapEstimate(0, 0.0)


def test_the_map_of_an_attack_is_that_of_its_heap_in_its_box():
    attack = {"adversary.method": "heap", "adversary.count": 5, "adversary.beyond": 2.0}
    of = scenario().with_values(attack)
    asked = offered(of)
    assert asked == {"measure": "validation-error", "weight": 5, "beyond": 2.0, "labels": None}
    found = next(effect_map(of, **asked))
    xy = of.scene().points.xy[of.scene().points.is_train]
    assert found.domain.width == pytest.approx(2 * np.ptp(xy[:, 0]))
    assert offered(scenario()) == {}
