"""What every learner promises, whatever its family."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.needs import Size
from boundaryviz.learners.scaled import learner_of
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.measure import scaling_of
from boundaryviz.scene.scaling import InputScale
from boundaryviz.scene.scene import Domain, Points, Scene
from boundaryviz.testing.light import heavy_of
from boundaryviz.testing.models import (
    GRID,
    blobs,
    budgeted,
    joined,
    make,
    placed,
    relative,
    taken,
    thought,
    weighing,
)

SHIFTS = np.array([(0.0, 0.0), (4.0, 0.0), (2.0**30, -(2.0**29))])
UNITS = np.array([(1.0, 1.0), (1.0, 16.0), (0.25, 1024.0)])


class LearnerContract:
    """Subclass it with the `spec` of a learner, small enough for some hundred steps to be quick.

    sizes: of batches. haste: divides how many steps are trained, for a learner whose steps take long. blunt: too few of
    the points of two blobs change what it decides for a grid of 16 by 16 places to tell. near: what is learnt from a
    point depends on the points about it. draws: seeds of random data.
    """

    spec: LearnerSettings
    sizes: ClassVar[Iterable[Any]] = (32, "full")
    draws: ClassVar[Iterable[int]] = range(3)
    haste: int = 1
    blunt: bool = False
    near: bool = False

    def trained(self, data: TrainingData, seeds: tuple[int, ...] = (0,), size: Any = 32, steps: int = 40) -> Any:
        """A learner after so many steps on `data`, of whose points it knows as many labels as suits it."""
        classes = int(data.label.max(initial=1)) + 1
        learner = make(self.spec, TrainingSpec(batch_size=size), seeds, classes, budgeted(self.spec, data))
        learner.step(max(steps // self.haste, 1))
        return learner

    def _fresh(self, data: TrainingData | None = None, size: Any = 32) -> Any:
        return make(self.spec, TrainingSpec(batch_size=size), data=data)

    # ---- what is said of it -------------------------------------------------------------------------

    def test_its_settings_load_neither_torch_nor_scikit_learn(self) -> None:
        assert heavy_of(type(self.spec).__module__) == []

    def test_its_settings_pass_through_files_and_between_processes(self) -> None:
        scenario = Scenario().with_values(
            {f"learner.{name}": value for name, value in self.spec.model_dump(mode="json").items()}
        )
        assert scenario.learner == self.spec
        assert Scenario.parse(scenario.model_dump(mode="json")) == scenario
        assert pickle.loads(pickle.dumps(self.spec)) == self.spec

    def test_its_family_says_what_is_so(self) -> None:
        family = self.spec.family
        learner = self._fresh(blobs(60))
        assert not learner.settled
        learner.step(1)
        assert learner.settled == family.at_once
        assert len(learner.units(GRID)) == len(learner.hidden)
        assert not learner.hidden or "hidden-layers" in family.capabilities
        crowded = self.spec.crowded(Size(1, 1, 10**9, 0, (False, False), 0, 2))
        named = {*self.spec.unused(), *self.spec.JITTERS, *self.spec.misfit(3), *crowded}
        assert named <= set(type(self.spec).model_fields)
        against = self.spec.counterpart(1)
        assert against is None or (against.family.supervised and not family.supervised)
        assert family.unused_training(TrainingSpec()).keys() <= TrainingSpec.model_fields.keys()

    # ---- replicas -----------------------------------------------------------------------------------

    def test_eight_replicas_are_eight_runs(self) -> None:
        for size in self.sizes:
            together = thought(self.trained(blobs(100, 3, replicas=8), tuple(range(8)), size, steps=200))
            for replica in (0, 7):
                alone = thought(self.trained(blobs(100, 3), (replica,), size, steps=200))
                assert relative(together[replica], alone[0]) < 1e-5

    def test_the_other_replicas_do_not_matter_to_the_bit(self) -> None:
        """The same kernels run, so not a bit may change: not by other seeds, nor by a neighbour's other points."""
        data = blobs(100, replicas=4)
        muted = data.weights.copy()
        muted[2:, :] = np.random.default_rng(0).random((2, 100)) < 0.5
        for size in self.sizes:
            a = thought(self.trained(data, (5, 6, 7, 8), size))
            b = thought(self.trained(weighing(data, muted), (5, 6, 1, 2), size))
            assert np.array_equal(a[:2], b[:2])
            assert self.blunt or not np.array_equal(a[2], b[2])

    def test_the_same_seed_gives_the_same_twice(self) -> None:
        a, b, other = (thought(self.trained(blobs(60), (seed,))) for seed in (3, 3, 4))
        assert np.array_equal(a, b)
        assert np.array_equal(a, other) == (not self.spec.seeded)

    def test_many_steps_are_as_many_single_steps(self) -> None:
        at_once, one_by_one = self._fresh(blobs(70)), self._fresh(blobs(70))
        at_once.step(30)
        for _ in range(30):
            one_by_one.step()
        assert np.array_equal(thought(at_once), thought(one_by_one))

    def test_it_goes_on_from_its_state_as_it_would_have(self) -> None:
        learner, other = self._fresh(blobs(60)), self._fresh(blobs(60))
        learner.step(7)
        kept = {name: array.copy() for name, array in learner.state().items()}
        learner.step(5)
        other.restore(kept)
        other.step(5)
        assert np.array_equal(thought(learner), thought(other))

    # ---- twins --------------------------------------------------------------------------------------

    def test_without_poison_twins_are_identical(self) -> None:
        for size in self.sizes:
            twins = thought(self.trained(blobs(90, replicas=2), (3, 3), size, steps=100))
            assert np.array_equal(twins[0], twins[1])

    def test_the_clean_twin_never_hears_of_the_poison(self) -> None:
        """With poison as with none: the same model to the bit, and to rounding also that of a run without a twin."""
        data = blobs(100, replicas=2, poison=13)
        data = weighing(data, np.stack([~data.poison, np.ones(100)]))
        alone = taken(blobs(100, poison=13), ~data.poison)
        for size in self.sizes:
            twins = thought(self.trained(data, (3, 3), size, steps=100))
            without = thought(self.trained(taken(data, ~data.poison), (3, 3), size, steps=100))
            assert np.array_equal(twins[0], without[0])
            assert relative(twins[0], thought(self.trained(alone, (3,), size, steps=100))[0]) < 1e-5
            assert self.blunt or relative(twins[1], twins[0]) > 1e-3

    def test_the_clean_twin_stands_still_where_only_poison_has_labels(self) -> None:
        """As it would alone, with nothing to learn from: no penalty moves it, and no unlabelled point."""
        data = blobs(60, replicas=2, poison=12)
        data = weighing(data, np.stack([~data.poison, np.ones(60)]))
        data = replace(data, label=np.where(data.poison, data.label, -1))
        for size in self.sizes:
            learner = make(self.spec, TrainingSpec(batch_size=size, l1=0.01, l2=0.01), (3, 3), data=data)
            before = thought(learner)
            learner.step(5)
            if self.spec.family.self_supervised:  # it learns from points without labels, but has none to decide by
                assert (learner.predict(GRID)[0] == -1).all()
                continue
            assert np.array_equal(thought(learner)[0], before[0])
            assert not np.array_equal(thought(learner)[1], before[1])

    def test_the_clean_twin_never_hears_of_poison_that_alone_is_unlabelled(self) -> None:
        data = blobs(60, replicas=2, poison=7)
        data = weighing(data, np.stack([~data.poison, np.ones(60)]))
        data = replace(data, label=np.where(data.poison, -1, data.label))
        for size in self.sizes:
            a, b = (
                make(self.spec, TrainingSpec(batch_size=size), (3, 3), data=some)
                for some in (data, taken(data, ~data.poison))
            )
            a.step(5)
            b.step(5)
            assert np.array_equal(thought(a)[0], thought(b)[0])

    def test_what_poison_does_depends_on_its_own_place(self) -> None:
        data = blobs(80, poison=5)
        away = placed(data, data.x + 3.0 * data.poison[:, None])
        assert relative(thought(self.trained(data)), thought(self.trained(away))) > 1e-4

    # ---- points that nobody sees --------------------------------------------------------------------

    def check_weight_zero(self, seed: int) -> None:
        """A point of weight 0 changes nothing, to the bit, wherever it lies."""
        self._check_inert(seed, unlabelled=False)

    def check_unlabelled(self, seed: int) -> None:
        """Nor does an unlabelled one, to a supervised learner."""
        if self.spec.family.supervised:
            self._check_inert(seed, unlabelled=True)

    def _check_inert(self, seed: int, unlabelled: bool) -> None:
        rng = np.random.default_rng(seed)
        without, among = inert(rng, unlabelled)
        size = (7, 32, "full")[rng.integers(3)]
        a, b = (thought(self.trained(data, (1, 2), size, steps=8 * self.haste)) for data in (without, among))
        assert np.array_equal(a, b)

    def check_order(self, seed: int) -> None:
        """The order in which points are stored is irrelevant."""
        rng = np.random.default_rng(seed)
        data = blobs(50, replicas=2, poison=int(rng.integers(7)))
        size = (9, "full")[rng.integers(2)]
        several = (data, taken(data, rng.permutation(50)))
        a, b = (thought(self.trained(one, (1, 2), size, steps=8 * self.haste)) for one in several)
        assert np.array_equal(a, b)

    def test_a_point_of_weight_zero_changes_nothing(self) -> None:
        for seed in self.draws:
            self.check_weight_zero(seed)

    def test_an_unlabelled_point_changes_nothing_to_a_supervised_learner(self) -> None:
        for seed in self.draws:
            self.check_unlabelled(seed)

    def test_storage_order_is_irrelevant(self) -> None:
        for seed in self.draws:
            self.check_order(seed)

    def test_inert_points_may_come_and_go_while_it_trains(self) -> None:
        data = blobs(60, replicas=1)
        ghost = TrainingData(
            np.array([999]), np.zeros((1, 2)), np.zeros(1, int), np.zeros(1, bool), np.zeros((1, 1), np.float32)
        )
        for size in self.sizes:
            steady, visited = self._fresh(data, size), self._fresh(data, size)
            for turn in range(6):
                visited.set_data(joined(ghost, data) if turn % 2 else data)
                steady.step(5)
                visited.step(5)
            assert np.array_equal(thought(steady), thought(visited))

    # ---- where the points lie -----------------------------------------------------------------------

    def test_where_the_origin_lies_changes_nothing(self) -> None:
        """Of inputs as they are; settings that say why they are bound to the origin are excepted."""
        if self.spec.bound_to_origin:
            return
        here, *shifted = (self._placed(1.0, by, "as-is") for by in SHIFTS)
        assert all(relative(there, here) < 1e-5 for there in shifted)

    def test_units_and_origin_change_nothing_once_inputs_are_scaled(self) -> None:
        """Whatever the learner, unless it says why not. Axes are stretched by powers of 2 and moved as far as a time in
        seconds lies from 0."""
        for scale in ("standardised", "domain"):
            here, *others = (self._placed(unit, by, scale) for unit, by in zip(UNITS, SHIFTS, strict=True))
            assert all(relative(there, here) < 1e-5 for there in others) == (not self.spec.bound_to_units)

    def test_its_family_says_whether_units_matter(self) -> None:
        here, stretched = (self._placed(unit, SHIFTS[0], "as-is") for unit in UNITS[:2])
        if self.spec.scale_free:
            assert relative(stretched, here) < 1e-5
        else:
            assert relative(stretched, here) > 1e-3

    def _placed(self, unit: Any, by: NDArray[np.float64], scale: InputScale) -> NDArray[np.float64]:
        """Probabilities after some steps where each axis is stretched by `unit` and then moved `by` (2,).

        Points are multiples of 2^-20, so that all of it is exact in float64; at 2^30 single precision has steps of 128.
        """
        data = budgeted(self.spec, blobs(60, replicas=2, poison=6))
        data = placed(data, np.round(data.x * 2**20) / 2**20 * unit + by)
        (left, bottom), (right, top) = (np.array([(-2.0, -2.5), (3.0, 1.5)]) * unit + by).tolist()
        domain = Domain(left, right, bottom, top)
        scene = Scene(Points.of(data.x, data.label, origin=data.poison), domain)
        learner = learner_of(self.spec, TrainingSpec(), Problem(2, domain, (0, 1)), "cpu", scaling_of(scene, scale))
        learner.set_data(data)
        learner.step(8)
        return np.nan_to_num(learner.probabilities(GRID * unit + by), nan=-1.0)

    # ---- edits while it trains ----------------------------------------------------------------------

    def test_setting_the_same_data_again_changes_nothing(self) -> None:
        data = blobs(60)
        for size in self.sizes:
            left_alone, told_again = self._fresh(data, size), self._fresh(data, size)
            for _ in range(8):
                told_again.set_data(taken(data, np.arange(60)))
                told_again.set_training(self.spec, TrainingSpec(batch_size=size))
                left_alone.step(3)
                told_again.step(3)
            assert np.array_equal(thought(left_alone), thought(told_again))

    def test_an_edit_acts_from_the_next_step_on_and_keeps_what_was_learnt(self) -> None:
        learner, other = self._fresh(blobs(60)), self._fresh(blobs(60))
        learner.step(10)
        other.step(10)
        before = thought(learner)
        learner.set_data(blobs(60, seed=9))
        assert np.array_equal(thought(learner), before)
        learner.step(1)
        other.step(1)
        assert not np.array_equal(thought(learner), thought(other))

    def test_a_moved_point_acts_in_its_own_batch_alone(self) -> None:
        if self.spec.family.at_once or self.near:
            return  # there are no batches, or it acts on those of others too
        data = blobs(96)
        if self.spec.family.self_supervised:  # what reads labels out looks at all that are there
            data = replace(data, label=np.full(96, -1))
        untouched = self._fresh(data)
        untouched.step(1)
        seen = 0
        for at in range(0, 96, 2):
            learner = self._fresh(data)
            learner.set_data(placed(data, data.x + 5.0 * (np.arange(96) == at)[:, None]))
            learner.step(1)
            seen += not np.array_equal(thought(learner), thought(untouched))
        assert 0 < seen <= 32  # those of the first batch, less the few that have no say (beyond a margin)

    # ---- what is handed out -------------------------------------------------------------------------

    def test_nothing_handed_in_is_changed_or_needs_to_be_writeable(self) -> None:
        data = replace(blobs(40, replicas=2, poison=4), response=np.arange(40.0))
        arrays = {f.name: getattr(data, f.name) for f in fields(data) if getattr(data, f.name) is not None}
        copies = {name: array.copy() for name, array in arrays.items()}
        for array in arrays.values():
            array.flags.writeable = False
        for size in (8, "full"):
            learner = self.trained(data, (0, 1), size)
            learner.evaluate(data.x, data.label)
        assert all(np.array_equal(arrays[name], copy) for name, copy in copies.items())

    def test_results_share_no_memory_with_the_learner(self) -> None:
        data = blobs(40)
        learner = self.trained(data)
        before = thought(learner)
        results = [
            learner.probabilities(GRID), learner.predict(GRID), *learner.evaluate(data.x, data.label),
            learner.finite(), *learner.units(GRID), *learner.state().values(),
        ]  # fmt: skip
        copies = [result.copy() for result in results]
        learner.step(10)
        assert all(np.array_equal(result, copy) for result, copy in zip(results, copies, strict=True))
        fresh = self.trained(data)
        for result in [fresh.probabilities(GRID), *fresh.units(GRID), fresh.finite(), *fresh.state().values()]:
            result[...] = 0
        assert np.array_equal(thought(fresh), before)

    def test_probabilities_and_predictions_belong_together(self) -> None:
        for classes in (2, 4):
            learner = self.trained(blobs(80, classes, replicas=3), (0, 1, 2))
            p, predicted = learner.probabilities(GRID), learner.predict(GRID)
            assert (p.shape, p.dtype) == ((3, classes, len(GRID)), np.float32)
            assert (predicted.shape, predicted.dtype) == ((3, len(GRID)), np.int64)
            nowhere = np.isnan(p).any(axis=1)
            assert (predicted[nowhere] == -1).all()
            np.testing.assert_allclose(p.sum(axis=1)[~nowhere], 1.0, atol=1e-5)
            chosen = np.take_along_axis(p, np.maximum(predicted, 0)[:, None], axis=1)[:, 0]
            np.testing.assert_allclose(chosen[~nowhere], p.max(axis=1)[~nowhere], atol=1e-6)
            for replica in range(3):
                np.testing.assert_allclose(learner.probabilities(GRID, replica)[0], p[replica], atol=1e-6)
                assert learner.predict(GRID, replica).shape == (1, len(GRID))

    def test_asking_never_changes_the_model(self) -> None:
        asked, left_alone = self._fresh(blobs(50)), self._fresh(blobs(50))
        for _ in range(5):
            for learner in (asked, left_alone):
                learner.step(3)
            asked.probabilities(GRID)
            asked.predict(GRID)
            asked.units(GRID)
            asked.evaluate(GRID, np.zeros(len(GRID), dtype=np.int64))
        assert np.array_equal(thought(asked), thought(left_alone))

    def test_with_nothing_to_learn_from_steps_pass(self) -> None:
        learner = self._fresh()
        assert not learner.can_train
        before = thought(learner)
        learner.step(3)
        learner.set_data(taken(blobs(10), []))
        learner.step(3)
        learner.set_data(weighing(blobs(10), np.zeros((1, 10))))
        learner.step(3)
        assert not learner.can_train
        assert np.array_equal(thought(learner), before)
        assert learner.probabilities(np.empty((0, 2))).shape == (1, 2, 0)
        assert learner.predict(np.empty((0, 2))).shape == (1, 0)
        learner.set_data(blobs(10))
        assert learner.can_train

    def test_the_global_random_state_plays_no_part(self) -> None:
        first = thought(self.trained(blobs(40)))
        np.random.seed(1)  # noqa: NPY002
        _seed_torch(1)
        assert np.array_equal(thought(self.trained(blobs(40))), first)


def inert(rng: np.random.Generator, unlabelled: bool) -> tuple[TrainingData, TrainingData]:
    """Some data, and the same with points among it that are unlabelled, or that no replica sees."""
    n, extra = int(rng.integers(20, 61)), int(rng.integers(1, 41))
    plain = blobs(n, seed=int(rng.integers(51)), replicas=2, poison=int(rng.integers(6)))
    ids = rng.choice(2 * (n + extra), n + extra, replace=False)
    plain = TrainingData(ids[:n], plain.x, plain.label, plain.poison, plain.weights)
    far = (1.0, 1e6, 1e300)[rng.integers(3)]
    added = TrainingData(
        ids[n:],
        rng.standard_normal((extra, 2)) * far,
        np.full(extra, -1) if unlabelled else rng.integers(0, 2, extra),
        rng.random(extra) < 0.5,
        np.full((2, extra), float(unlabelled), dtype=np.float32),
    )
    return plain, taken(joined(plain, added), rng.permutation(n + extra))


def _seed_torch(seed: int) -> None:
    import torch

    torch.manual_seed(seed)
