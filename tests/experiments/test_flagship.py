"""Unlabelled poison on a graph: a chain of a few points between the moons turns one of them over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from boundaryviz.engine.session import Session
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Origin, Points, Scene, Split

MOONS = {"data.noise": 0.06, "learner.name": "label-spreading", "learner.neighbours": 7, "learner.alpha": 0.99}


def scene(scenario: Scenario, poison: int) -> Scene:
    """Three labels a class at the centres of the moons, and unlabelled points from a labelled one of the upper moon to
    the left tip of the lower one, with density 1.5 - a on [0, 1]."""
    plain = scenario.scene()
    points = plain.points
    label = points.label.copy()
    train = np.flatnonzero(points.is_train)
    label[train] = -1
    for k, centre in enumerate(((0.0, 1.0), (1.0, -0.5))):
        members = train[points.label[train] == k]
        label[members[np.argsort(np.linalg.norm(points.xy[members] - centre, axis=1))[:3]]] = k
    lower = points.xy[train[points.label[train] == 1]]
    target = lower[np.argmin(np.linalg.norm(lower - (0.0, 0.5), axis=1))]
    known = points.xy[(label == 0) & points.is_train]
    source = known[np.argmin(np.linalg.norm(known - target, axis=1))]
    share = (np.arange(poison) + 0.5) / max(poison, 1)
    along = 1.5 - np.sqrt(2.25 - 2 * share)  # the inverse of the density's integral 1.5 a - a^2 / 2
    chain = Points.of(source + along[:, None] * (target - source), -1, Split.TRAIN, Origin.POISON, points.next_id)
    columns = ("ids", "xy", "label", "split", "origin")
    clean = points.with_columns(label=label)
    return replace(plain, points=Points(*(np.concatenate([getattr(clean, c), getattr(chain, c)]) for c in columns)))


def flips(n: int, poison: int, both_ways: bool = False) -> float:
    """Share of the test points that the poison flips."""
    scenario = Scenario().with_values(MOONS | {"data.n": n, "learner.both_ways": both_ways})
    run = Session(scenario, scene(scenario, poison), twin=True, device="cpu")
    run.step()
    test = run.scene.points.split == Split.TEST
    clean, poisoned = (run.predicted(replica)[test] for replica in (0, 1))
    assert np.mean(clean != run.scene.points.label[test]) < 0.02
    return float(np.mean(clean != poisoned))


def test_ten_unlabelled_points_among_five_thousand_flip_a_tenth_and_four_flip_nothing():
    assert flips(5000, 0) == 0.0
    assert flips(5000, 4) < 0.005
    assert 0.07 <= flips(5000, 10) <= 0.13


def test_fewer_do_where_neighbours_listen_to_each_other():
    assert flips(5000, 6) < 0.005
    assert 0.07 <= flips(5000, 6, both_ways=True) <= 0.13


@pytest.mark.slow
def test_a_thousandth_is_enough_among_twenty_thousand():
    assert flips(20_000, 8) < 0.005
    assert 0.07 <= flips(20_000, 20) <= 0.13


def test_three_labels_spreading_does_what_its_words_say():
    """The end of the upper moon keeps its class when its label goes, and is undecided once the moon is cut as well."""
    scenario = load("three-labels-spreading")
    scene = scenario.scene()
    points, (x, y) = scene.points, scene.points.xy.T
    cut = ~((x > 0.2) & (x < 0.7) & (y > 0.3) & points.is_train)
    label = np.where((points.label == 0) & points.is_train & (x > 0.9), -1, points.label)

    def end(points: Points) -> set[int]:
        run = Session(scenario, scene.with_points(points), device="cpu")
        run.step()
        x, y = points.xy.T
        return set(run.predicted()[(x > 0.75) & (x < 1.3) & (y > -0.15) & points.is_train].tolist())

    assert end(points.with_columns(label=label)) == {0}
    assert end(points.with_columns(label=label).take(cut)) == {-1}
