"""What every defence that filters points promises."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.kinds.copies import CopiesSpec
from boundaryviz.attacks.placement import inject
from boundaryviz.defences import DefenceSettings, Verdict
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Points
from boundaryviz.testing.light import heavy_of


class NearestMean:
    """A learner for filters that retrain: the nearer the weighted mean of a class, the likelier the class."""

    def __init__(self, points: Points, weights: NDArray[np.float32]) -> None:
        label = points.label.astype(np.int64)
        classes = max(int(label.max(initial=1)) + 1, 2)
        share = np.eye(classes)[np.maximum(label, 0)] * (np.where(label >= 0, weights, 0.0))[:, None]
        self._means = share.T @ points.x / np.maximum(share.sum(axis=0)[:, None], 1e-12)

    def probabilities(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Class probabilities (G, C) at x (G, D)."""
        near = np.exp(-((x[:, None] - self._means) ** 2).sum(axis=2)) + 1e-12
        return np.asarray(near / near.sum(axis=1, keepdims=True))

    def features(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inputs: it has no hidden layer."""
        return x


class NearestMeanFit:
    """Trains `NearestMean`, whatever surrogate is asked for."""

    def __call__(self, points: Points, weights: NDArray[np.float32], surrogate: str = "") -> NearestMean:
        """One of them."""
        return NearestMean(points, weights)

    def several(self, points: Points, weights: NDArray[np.float32], surrogate: str = "") -> list[NearestMean]:
        """One for each row of weights (R, N)."""
        return [NearestMean(points, each) for each in weights]

    def inputs(self, points: Points) -> NDArray[np.float64]:
        """Their inputs as they are."""
        return points.x


def poisoned() -> Iterable[Points]:
    """Training points with some poison among them, with all labels and with a few."""
    for budget in ("all", 12):
        scene = inject(build(DataSpec(n=80, labels_per_class=budget)), CopiesSpec(count=8))
        yield scene.points.take(scene.points.is_train)


class DefenceContract:
    """Subclass it with the `spec` of a defence. seeds: of its random numbers."""

    spec: DefenceSettings
    seeds: ClassVar[Iterable[int]] = range(2)

    def _judged(self, points: Points, seed: int = 0) -> Verdict:
        return self.spec.judge(points, NearestMeanFit(), np.random.default_rng(seed))

    def test_its_settings_load_neither_torch_nor_scikit_learn(self) -> None:
        assert heavy_of(type(self.spec).__module__) == []

    def test_its_settings_pass_through_files_and_between_processes(self) -> None:
        assert type(self.spec).model_validate(self.spec.model_dump(mode="json")) == self.spec
        assert pickle.loads(pickle.dumps(self.spec)) == self.spec

    def test_it_says_of_every_point_how_far_to_trust_it(self) -> None:
        for points in poisoned():
            for seed in self.seeds:
                found = self._judged(points, seed)
                assert found.weights.shape == found.scores.shape == (len(points),)
                assert found.weights.dtype == np.float32
                assert found.scores.dtype == np.float64
                assert ((found.weights >= 0.0) & (found.weights <= 1.0)).all()
                assert not np.isinf(found.scores).any()

    def test_the_same_numbers_give_the_same_verdict(self) -> None:
        for points in poisoned():
            for seed in self.seeds:
                assert same(self._judged(points, seed), self._judged(points, seed))

    def test_it_is_not_told_what_is_poison(self) -> None:
        for points in poisoned():
            hidden = points.with_columns(origin=np.zeros(len(points), dtype=np.int8))
            assert same(self._judged(points), self._judged(hidden))

    def test_the_order_of_the_points_does_not_matter(self) -> None:
        for points in poisoned():
            order = np.random.default_rng(0).permutation(len(points))
            found, other = self._judged(points), self._judged(points.take(order))
            assert np.allclose(found.weights[order], other.weights, atol=1e-6)
            assert np.allclose(found.scores[order], other.scores, atol=1e-6, equal_nan=True)

    def test_it_changes_nothing_it_is_given(self) -> None:
        for points in poisoned():
            before = points.with_columns()
            self._judged(points)
            assert points == before


def same(a: Verdict, b: Verdict) -> bool:
    """Whether two verdicts are one, to the bit."""
    return np.array_equal(a.weights, b.weights) and np.array_equal(a.scores, b.scores, equal_nan=True)
