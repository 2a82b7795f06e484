"""Partition aggregation: its votes against scikit-learn's models of each part, its certificates against brute force."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

import boundaryviz as bv
from boundaryviz.learners.families.partitions import PartitionSpec
from boundaryviz.learners.partitions import Ensemble, certified, parts_of
from helpers.models import GRID, blobs, make

Base = Literal["nearest", "mean", "tree"]


def _ensemble(spec: PartitionSpec, x: NDArray[np.float64], label: NDArray[np.int64], classes: int) -> Ensemble:
    return Ensemble(spec, x, label, parts_of(x, spec.parts), classes)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 4), st.integers(1, 40), st.sampled_from(["nearest", "mean", "tree"]))
def test_each_part_votes_as_scikit_learn_s_model_of_it(seed: int, classes: int, parts: int, base: Base):
    data = blobs(60, classes, seed=seed)
    ours = _ensemble(PartitionSpec(parts=parts, base=base), data.x, data.label, classes)
    part, votes = parts_of(data.x, parts), np.zeros((len(GRID), classes), dtype=np.int64)
    for k in np.unique(part):
        x, label = data.x[part == k], data.label[part == k]
        if base == "mean":
            seen = np.unique(label)
            x, label = np.stack([x[label == one].mean(axis=0) for one in seen]), seen
        model = DecisionTreeClassifier(random_state=0) if base == "tree" else KNeighborsClassifier(1)
        order = np.lexsort((*x.T[::-1], label))
        model.fit(x[order], label[order])
        votes[np.arange(len(GRID)), model.predict(GRID)] += 1
    np.testing.assert_array_equal(ours.votes(GRID), votes)
    np.testing.assert_allclose(ours(GRID).sum(axis=1), 1.0)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=4), st.integers(0, 8))
def test_a_certificate_is_how_many_votes_may_change_at_most(votes: list[int], more: int):
    counts = np.array([votes])
    winner, survived = int(np.argmax(votes)), int(certified(counts)[0])
    assert not _can_change(counts[0], winner, survived)
    if sum(votes) > survived:
        assert _can_change(counts[0], winner, survived + 1)


def _can_change(votes: NDArray[np.int64], winner: int, changes: int) -> bool:
    """Whether some changes of so many votes from one class to another, each the attacker's best, end the lead."""
    for rival in set(range(len(votes))) - {winner}:
        moved = min(changes, int(votes[winner]))
        left, gained = votes.copy(), moved
        left[winner] -= moved
        left[rival] += gained
        if int(np.argmax(left)) != winner:
            return True
    return False


@pytest.mark.parametrize("base", ["nearest", "mean", "tree"])
def test_no_change_of_as_many_points_changes_a_certified_decision(base: Base):
    rng = np.random.default_rng(4)
    x, label = rng.normal(size=(14, 2)), np.array([0, 1] * 7)
    x[:, 0] += 5.0 * label
    spec = PartitionSpec(parts=4, base=base)
    known = _ensemble(spec, x, label, 2)
    place = x[np.argmax(known.certificate(x))][None] + 0.01
    decided, survived = int(known(place).argmax()), int(known.certificate(place)[0])
    assert survived >= 1
    crafted = [place[0] + rng.normal(size=2) * 1e-4 for _ in range(8)]
    changes = [("out", k) for k in range(14)] + [("flip", k) for k in range(14)] + [("in", k) for k in range(8)]
    for some in combinations(changes, survived):
        gone = {k for what, k in some if what == "out"}
        other = label.copy()
        for what, k in some:
            if what == "flip":
                other[k] = 1 - other[k]
        kept = [k for k in range(14) if k not in gone]
        new = [crafted[k] for what, k in some if what == "in"]
        poisoned = _ensemble(
            spec, np.array([*x[kept], *new]), np.array([*other[kept], *[1 - decided] * len(new)]), 2
        )  # fmt: skip
        assert int(poisoned(place).argmax()) == decided, some


def test_one_point_more_than_certified_takes_the_place_where_the_hash_is_known():
    data, rng = blobs(200, 2, seed=3), np.random.default_rng(0)
    spec, place = PartitionSpec(parts=20), np.array([[0.3, 0.2]])
    known = _ensemble(spec, data.x, data.label, 2)
    decided, survived = int(known(place).argmax()), int(known.certificate(place)[0])
    assert survived >= 2
    part, planted = parts_of(data.x, 20), dict[int, NDArray[np.float64]]()
    nearest = {k: data.label[some[np.argmin(((data.x[some] - place) ** 2).sum(axis=1))]] for k in range(20)
               if len(some := np.flatnonzero(part == k))}  # fmt: skip
    while len(planted) <= survived:  # so near that it is the nearest of the part into which its place happens to fall
        one = place[0] + rng.normal(size=2) * 1e-6
        k = int(parts_of(one[None], 20)[0])
        if nearest.get(k) == decided:
            planted.setdefault(k, one)
    for count, wins in ((survived, decided), (survived + 1, 1 - decided)):
        x = np.concatenate([data.x, np.array(list(planted.values())[:count])])
        label = np.append(data.label, np.full(count, 1 - decided))
        assert int(_ensemble(spec, x, label, 2)(place).argmax()) == wins


@pytest.mark.parametrize("base", ["nearest", "mean", "tree"])
def test_what_is_learnt_depends_on_no_order_of_points(base: Base):
    data = blobs(80, 3, seed=5)
    order = np.random.default_rng(1).permutation(80)
    one, other = (
        _ensemble(PartitionSpec(base=base), data.x[some], data.label[some], 3) for some in (slice(None), order)
    )
    np.testing.assert_array_equal(one.votes(GRID), other.votes(GRID))


def test_a_replica_is_certified_by_what_it_sees_and_units_do_not_matter():
    scenario = bv.load("moons").with_values({"data.n": 200, "learner.name": "dpa", "learner.parts": 12})
    run = bv.train(scenario.with_values({"poison.attack": "copies", "poison.count": 30}), twin=True, progress=False)
    clean = bv.train(scenario, progress=False)
    learner, x = run.session.learner, clean.scene.points.x
    np.testing.assert_array_equal(learner.certificates(x, 0), clean.session.learner.certificates(x, 0))  # type: ignore[attr-defined]
    assert (learner.certificates(x)[0] != learner.certificates(x)[1]).any()  # type: ignore[attr-defined]
    scaled = bv.train(scenario.with_values({"data.input_scale": "domain"}), progress=False)
    points = scaled.scene.points
    test = points.take((points.split == 2) & points.is_labelled)
    found = scaled.session.learner.certificates(test.x)[0]  # type: ignore[attr-defined]
    right = scaled.predict(test.x) == test.label
    median = max(m for m in range(20) if np.mean(right & (found >= m)) >= 0.5)
    assert scaled.metrics["certified_poison"].mean == median > 1


@pytest.mark.parametrize(
    "ends", [
        {}, {"learner.name": "logistic"}, {"decision.threshold": 0.2}, {"defence.defence": "sphere"},
        {"data.input_scale": "standardised"},
    ],
)  # fmt: skip
def test_nothing_is_certified_of_other_learners_and_where_anything_looks_at_all_points(ends: dict[str, Any]):
    scenario = bv.load("moons").with_values({"data.n": 60, "learner.name": "dpa"} | ends)
    run = bv.train(scenario, steps=1, progress=False)
    assert ("certified_poison" in run.metrics) == (not ends)
    if ends:
        with pytest.raises(ValueError, match="prove"):
            run.certificate()


def test_before_it_is_fitted_nothing_is_decided_nor_certified():
    data = blobs(20)
    learner = make(PartitionSpec(), data=replace(data, label=np.full(20, -1)))
    assert (learner.certificates(GRID) == 0).all()
    learner.step()
    assert (learner.predict(GRID) == -1).all()
