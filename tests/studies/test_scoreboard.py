"""The scoreboard: each cell is what runs on the same points would say, and no cell is without an adaptive attacker."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from boundaryviz.adversary import evading
from boundaryviz.record.scoreboard import Cell, Scoreboard, Variant
from boundaryviz.runs.run import train
from boundaryviz.scenario import gallery
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.doses import bare
from boundaryviz.studies.duels import candidates
from boundaryviz.studies.scoreboard import POOL, Plan, defended, scoreboard
from boundaryviz.studies.stores import MemoryStore


def labelled(**values: Any) -> Scenario:
    base = {"data.n": 60, "data.seed": 4}
    return gallery.load("scoreboard-labelled").with_values(
        base | {key.replace("__", "."): value for key, value in values.items()}
    )


def bridged(**values: Any) -> Scenario:
    base = {"data.n": 300, "data.seed": 2, "poison.count": 6}
    return gallery.load("two-moons-bridge").with_values(base | values)


def test_a_bridge_s_cell_is_what_runs_with_and_without_the_defence_say() -> None:
    board = scoreboard(bridged(), (2, 3), ["current"], progress=False)
    cell = board.cells[0]
    for k, seed in enumerate((2, 3)):
        one = bridged().with_values({"data.seed": seed, "poison.seed": seed})
        plain = train(one, twin=True, progress=False)
        filtered = train(defended(one, "current"), twin=True, progress=False)
        wins = [run.poisoned["attack_success_rate"].mean for run in (plain, filtered)]
        clean = [run.clean["attack_success_rate"].mean for run in (plain, filtered)]
        assert [cell.undefended[k], cell.clean[k], cell.clean_defended[k]] == [wins[0], *clean]
        judged = filtered.session.defending.judged
        assert judged is not None
        assert cell.caught[k] == pytest.approx(judged[-1].removed[judged[-1].poison].mean())
        if not math.isnan(wins[1]):  # of pins that the clean twin does not give away
            assert cell.defended[k] == wins[1]
    assert [variant.points for variant in cell.variants] == [12, 36, 90, 180]
    assert board.harm == "success"


def test_a_labelled_cell_removes_what_the_filter_removes_and_measures_what_is_left() -> None:
    found = scoreboard(labelled(), (4,), ["knn"], progress=False).cells
    assert [cell.attack for cell in found] == ["flips", "heap"]
    one = defended(labelled().with_values({"poison.seed": 4}), "knn")
    scene = bare(one.scene())
    run = train(one, progress=False)
    assert found[0].clean_defended[0] == pytest.approx(run.metrics["test_error"].mean)
    assert found[0].clean_defended[0] == found[1].clean_defended[0]
    attack = evading.random_flips(candidates(scene), found[0].points, 2, np.random.default_rng([4, 53]))
    assert len(attack) == found[0].points == 5
    reply = evading.replies(one, scene, [attack], scene.points.x)[0]
    assert reply is not None
    assert reply.judged is not None
    assert reply.judged.poison.sum() == 5
    assert found[0].caught[0] == pytest.approx((reply.judged.removed & reply.judged.poison).sum() / 5)


def test_the_attacker_who_knows_the_filter_gets_more_past_it_on_the_points_it_chose_by() -> None:
    """Of many candidates the best on validation points; so there is none better among them there."""
    one = defended(labelled(), "sphere")
    scene, rng = bare(one.scene()), np.random.default_rng(0)
    several = evading.heaps(one, scene, 5, 6, rng)
    assert len(several) == 12
    assert {state.words for state in several} == {"heap", "loose heap"}
    assert all(len(np.unique(state.label)) == 1 for state in several)
    box = scene.points.xy[scene.points.is_train]
    centres = np.array([state.points.mean(axis=0) for state in several])
    assert (centres >= box.min(axis=0) - 0.2).all()
    assert (centres <= box.max(axis=0) + 0.2).all()


def test_flipped_neighbours_agree_and_stand_in_for_points_that_are_there() -> None:
    points = candidates(bare(labelled().scene()))
    state = evading.flipped_neighbours(points, 7, 2, np.random.default_rng(1))
    own = points.positions(state.replaces)
    assert len(np.unique(state.replaces)) == 7
    assert np.array_equal(points.x[own], state.points)
    assert len(np.unique(state.label)) == 1
    assert (points.label[own] != state.label).all()


def test_replies_side_by_side_are_those_alone_and_a_refusal_is_none() -> None:
    one = defended(labelled(), "slab")
    scene, rng = bare(one.scene()), np.random.default_rng(3)
    points = candidates(scene)
    states = [evading.nothing(scene), *(evading.random_flips(points, k, 2, rng) for k in (2, 9))]
    together = evading.replies(one, scene, states, scene.points.x)
    for state, reply in zip(states, together, strict=True):
        alone = evading.replies(one, scene, [state], scene.points.x)[0]
        assert alone is not None
        assert reply is not None
        assert np.array_equal(alone.predicted, reply.predicted)
    class_0 = points.take(points.label == 0)
    everything = evading._flipped(class_0, np.arange(len(class_0)), 2, rng, "all of a class")
    assert [one is None for one in evading.replies(one, scene, [states[0], everything], scene.points.x)] == [
        False, True,
    ]  # fmt: skip


def test_no_cell_is_without_an_attacker_that_knows_the_defence() -> None:
    board = scoreboard(bridged(), (2,), ["lof", "knn-distance"], progress=False)
    assert all(cell.variants for cell in board.cells)
    assert "stands empty" in str(board)
    assert board.plain()["certificate"].startswith("No certificate is known for points that are inserted without")


def test_the_strongest_is_over_all_draws_and_the_cheapest_of_equals() -> None:
    some = np.array([0.0, 1.0, 0.0, 1.0])
    variants = (Variant("wide", 300, np.ones(4)), Variant("wider", 600, np.ones(4)), Variant("thin", 20, some))
    cell = Cell(
        "bridge", "Bridge", "lof", "LOF", 10, np.zeros(4), np.zeros(4), np.ones(4), some, some, some, some, variants
    )
    assert cell.strongest.words == "wide"
    assert cell.kept == 1.0
    assert not cell.holds
    harmless = Cell(
        "flips", "Flips", "knn", "kNN", 10, np.ones(4), np.ones(4), np.ones(4), some, some, some, some, variants
    )
    assert math.isnan(harmless.kept)
    assert harmless.verdict == "no harm"


def test_an_attack_that_does_nothing_is_no_excuse_where_one_that_knows_the_filter_does_harm() -> None:
    low, high = np.full(4, 0.03), np.full(4, 0.18)
    variants = (Variant("other points", 16, high),)
    cell = Cell("flips", "Flips", "knn", "kNN", 16, low, low, low, low, high, low, low, variants)
    assert cell.verdict == "broken"
    assert (cell.kept_by(cell.undefended), cell.kept_by(cell.adaptive)) == (0.0, 1.0)
    stopped = Cell(
        "heap", "Heap", "knn", "kNN", 16, low, low, high, low, high, low, low, (Variant("", 16, low + 0.05),)
    )
    assert stopped.verdict == "holds"


def test_a_board_that_was_stopped_goes_on_where_it_was() -> None:
    store, watched = MemoryStore(), list[Scoreboard]()

    def stop(found: Scoreboard) -> None:
        watched.append(found)
        raise KeyboardInterrupt

    how: Any = {"data_seeds": (2,), "defences": ["lof", "lid"], "progress": False, "store": store}
    with pytest.raises(KeyboardInterrupt):
        scoreboard(bridged(), watch=stop, **how)
    assert (len(store), [cell.done for cell in watched[-1].cells]) == (1, [1, 0])
    whole = scoreboard(bridged(), **how)
    assert (len(store), [cell.done for cell in whole.cells]) == (2, [1, 1])
    assert [row["defence"] for row in whole.rows()] == ["lof", "lid"]


def test_what_is_no_board_is_refused_in_words() -> None:
    with pytest.raises(ScenarioError, match="there is no 'sorcery' on this board; there are: knn, loss"):
        scoreboard(labelled(), defences=["sorcery"], progress=False)
    with pytest.raises(ScenarioError, match=r"give poison\.attack and count"):
        scoreboard(bridged(**{"poison.count": 0}), progress=False)
    with pytest.raises(ScenarioError, match="no data seed draws others"):
        scoreboard(labelled().with_poison([(0.1, 0.2)]), progress=False)
    assert [defence for _, defence in Plan.of(bridged(), (0,), None, None, "cpu").cells] == list(POOL)
