"""The argument in numbers: unlabelled poison where a label can walk, and everything it is compared with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boundaryviz.engine.session import Session
from boundaryviz.runs.run import Run, train
from boundaryviz.scenario.gallery import load
from boundaryviz.scene.edits import apply, mute
from boundaryviz.scene.scene import Points


def twins(name: str, seeds: int = 1, steps: int | None = None, **values: Any) -> Run:
    changed = {path.replace("__", "."): value for path, value in values.items()}
    return train(load(name).with_values(changed), seeds=seeds, twin=True, steps=steps, progress=False)


def flips(**values: Any) -> float:
    return twins("two-moons-bridge", **values).metrics["flip_rate"].mean


def test_two_points_mostly_do_nothing_and_one_or_three_take_the_whole_tip():
    """One halfway has neighbours on both moons; of two, each has them all on its own side; three are a chain."""
    found = {count: [flips(poison__count=count, data__seed=seed) for seed in range(3)] for count in (0, 1, 2, 3)}
    assert found[0] == [0.0, 0.0, 0.0]
    assert sum(flip < 0.005 for flip in found[2]) >= 2
    assert all(0.07 <= flip <= 0.14 for count in (1, 3) for flip in found[count])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_ten_points_do_it_whatever_the_draw_of_the_data(seed: int):
    assert twins("two-moons-bridge", data__seed=seed).metrics["leverage"].mean >= 40


@pytest.mark.slow
def test_a_thousandth_is_enough_among_twenty_thousand():
    assert 0.07 <= flips(data__n=20_000, poison__count=20) <= 0.13


def test_with_poison_off_the_twins_are_one_to_the_bit():
    for name, steps in (("two-moons-bridge-neural", 60), ("labelled-poison", 60), ("cut-the-chain", None)):
        run = twins(name, seeds=2, steps=steps, poison__on=False)
        assert run.scene.points.is_poison.any()
        fields = run.field(columns=48, rows=48)
        assert np.array_equal(fields[:2], fields[2:], equal_nan=True)
        assert run.metrics["flip_rate"].mean == run.metrics["poison_rate"].mean == 0


def test_to_a_supervised_net_unlabelled_poison_is_nothing_to_the_bit():
    run = twins("unlabelled-is-inert", seeds=4, steps=200)
    learner: Any = run.session.learner
    assert np.array_equal(learner.P[:4].detach().numpy(), learner.P[4:].detach().numpy())
    assert run.metrics["flip_rate"].per_seed == (0, 0, 0, 0)
    alone = train(load("unlabelled-is-inert").with_values({"poison.count": 0}), seeds=4, steps=200, progress=False)
    single: Any = alone.session.learner
    assert np.array_equal(learner.P[:4].detach().numpy(), single.P.detach().numpy())


@pytest.mark.parametrize("seed", range(3))
def test_the_middle_bead_holds_the_chain(seed: int):
    scenario = load("cut-the-chain").with_values({"data.seed": seed})
    scene = scenario.scene()
    held = []
    for bead in scene.points.ids[scene.points.is_poison]:
        run = Session(scenario, apply(mute(np.array([bead]), True), scene)[0], twin=True, device="cpu")
        run.step()
        found = run.twins(32)
        held.append(bool((found.clean != found.poisoned).mean() > 0.05))
    assert held == [True, False, True]


@pytest.mark.slow
def test_a_chain_beats_as_many_copies_laid_on_the_target():
    chain = twins("two-moons-bridge-neural", seeds=8).metrics
    heap = twins(
        "two-moons-bridge-neural", seeds=8, poison__attack="copies", poison__of="target", poison__labelled=False
    ).metrics
    assert chain["attack_success_rate"].mean >= heap["attack_success_rate"].mean + 0.5
    assert chain["flip_rate"].mean > 5 * heap["flip_rate"].mean


@pytest.mark.slow
@pytest.mark.parametrize("count", [25, 50, 100, 200, 400])
def test_labelled_poison_has_no_leverage_at_any_dose(count: int):
    assert twins("labelled-poison", seeds=8, poison__count=count).metrics["leverage"].mean <= 1


def test_three_labels_spreading_does_what_its_words_say():
    """The end of the upper moon keeps its class when its label goes, and is undecided once the moon is cut as well."""
    scenario = load("three-labels-spreading")
    scene = scenario.scene()
    points, (x, y) = scene.points, scene.points.xy.T
    cut = ~((x > 0.46) & (y > 0.3) & (x < 1.2) & points.is_train)
    label = np.where((points.label == 0) & points.is_train & (x > 0.8), -1, points.label)

    def end(points: Points) -> set[int]:
        run = Session(scenario, scene.with_points(points), device="cpu")
        run.step()
        x, y = points.xy.T
        return set(run.predicted()[(x > 0.75) & (x < 1.3) & (y > -0.15) & points.is_train].tolist())

    assert end(points.with_columns(label=label)) == {0}
    assert end(points.with_columns(label=label).take(cut)) == {-1}
