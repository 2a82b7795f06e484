"""Runs: training in chunks, twins, interruption, measures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

from boundaryviz.runs.run import Run, start, train
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, apply
from boundaryviz.scene.scene import Origin, Points, Split, Target

SMALL = Scenario().with_values({"data.n": 60, "learner.hidden": [8], "training.evaluate_every": 5})


def poisoned() -> Scenario:
    """Sixty points of class 1 dropped into the left tip of the first moon, where a pin wants class 1."""
    from dataclasses import replace

    scene = SMALL.scene()
    xy = np.array([-1.0, 0.2]) + 0.1 * np.random.default_rng(0).standard_normal((60, 2))
    scene, _ = apply(Add(Points.of(xy, 1, Split.TRAIN, Origin.POISON, scene.points.next_id)), scene)
    return SMALL.with_scene(replace(scene, targets=(Target(-1.0, 0.2, 1),)))


@pytest.fixture(scope="module")
def twins() -> Run:
    return train(poisoned(), seeds=3, twin=True, steps=300, progress=False)


def test_seeds_count_from_the_scenario_s_own_or_are_listed() -> None:
    scenario = SMALL.with_values({"training.seed": 4})
    assert train(scenario, seeds=3, steps=1, progress=False).seeds == (4, 5, 6)
    assert train(scenario, seeds=[9, 2], steps=1, progress=False).seeds == (9, 2)
    with pytest.raises(ValueError, match="at least one seed"):
        train(scenario, seeds=[], progress=False)


def test_chunks_change_nothing_and_progress_ends_at_the_end() -> None:
    told: list[tuple[int, int]] = []
    run = train(SMALL, steps=57, progress=lambda done, total: told.append((done, total)))
    assert run.step == 57
    assert told[-1] == (57, 57)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    by_hand = start(SMALL)
    for steps in (1, 30, 26):
        by_hand.advance(steps)
    assert (by_hand.field() == run.field()).all()
    assert (by_hand.curves.step == run.curves.step).all()


def test_an_interrupted_run_is_whole_as_far_as_it_came() -> None:
    run = start(SMALL)

    def stop(done: int, _total: int) -> None:
        if done > 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.advance(10_000, stop)
    assert 10 < run.step < 10_000
    assert run.curves.step[-1] == run.step // 5 * 5
    again = train(SMALL, steps=run.step, progress=False)
    assert run.metrics == again.metrics


def test_poison_moves_the_poisoned_twin_alone(twins: Run) -> None:
    found = twins.metrics
    alone = train(SMALL, seeds=3, steps=300, progress=False)
    here = [[-1.0, 0.2]]
    assert [twins.predict(here, seed, clean=True)[0] for seed in range(3)] == [0, 0, 0]
    assert [twins.predict(here, seed)[0] for seed in range(3)] == [1, 1, 1]
    assert found["attack_success_rate"].per_seed == (1.0, 1.0, 1.0)
    assert twins.clean["attack_success_rate"].per_seed == (0.0, 0.0, 0.0)
    assert found["poison_rate"].mean == 0.5
    assert found["flip_rate"].mean > 0.05
    assert found["leverage"].mean == pytest.approx(found["flip_rate"].mean / 0.5)
    assert found["flip_rate_excess"].mean < found["flip_rate"].mean + 1e-12
    assert 0.02 < found["flip_area"].mean < 0.9
    for seed in range(3):  # the clean twin is the model that never met the poison
        assert np.allclose(
            twins.predict_proba(here, seed, clean=True), alone.predict_proba(here, seed), rtol=1e-4, atol=1e-5
        )


def test_flips_are_counted_on_test_points(twins: Run) -> None:
    test = twins.scene.points.xy[twins.scene.points.split == Split.TEST]
    flips = [np.mean(twins.predict(test, k) != twins.predict(test, k, clean=True)) for k in range(3)]
    assert twins.metrics["flip_rate"].per_seed == pytest.approx(flips)


def test_a_twin_has_its_figure_and_others_have_none(twins: Run) -> None:
    words = {text.get_text() for text in twins.figure("twin").findobj(Text) if isinstance(text, Text)}
    assert {"clean twin", "poisoned"} <= words
    with pytest.raises(ValueError, match="twin"):
        train(SMALL, steps=1, progress=False).figure("twin")


def test_fields_of_twins_put_the_clean_ones_first(twins: Run) -> None:
    field = twins.field(columns=16, rows=8)
    assert field.shape == (6, 8, 16)
    cells = twins.scene.domain.grid(16, 8)
    assert np.allclose(field[0].ravel(), twins.predict_proba(cells, 0, clean=True)[:, 1], atol=1e-5)
    assert np.allclose(field[3].ravel(), twins.predict_proba(cells, 0)[:, 1], atol=1e-5)


def test_only_the_last_step_is_kept() -> None:
    run = train(SMALL, steps=7, progress=False)
    assert (run.field(step=7) == run.field()).all()
    with pytest.raises(ValueError, match="only the last step, 7"):
        run.field(step=3)


def test_a_snapshot_names_its_seed_and_has_square_cells() -> None:
    shown = train(SMALL, seeds=[5, 6], steps=3, progress=False).snapshot(seed=1, columns=90)
    assert shown.scenario.training.seed == 6
    assert shown.field.shape == (70, 90)
    with pytest.raises(IndexError, match="seed number 2"):
        train(SMALL, seeds=2, steps=1, progress=False).snapshot(seed=2)


@pytest.mark.parametrize("xy", [[1.0, 2.0], [[1.0, 2.0, 3.0]], 4.0])
def test_places_have_two_coordinates(xy: Any) -> None:
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        start(SMALL).predict(xy)


def test_many_classes_give_a_field_for_each() -> None:
    run = train("blobs", steps=5, progress=False)
    assert run.field(columns=10, rows=12).shape == (1, 4, 12, 10)
    assert run.predict_proba([[0.0, 0.0]]).shape == (1, 4)
