"""Scenarios held to their word: on each data seed, with what is changed for a measure, and where nothing is drawn."""

from __future__ import annotations

import numpy as np
import pytest

import boundaryviz as bv
from boundaryviz.record.expectations import Check
from boundaryviz.record.sources import SOURCES
from boundaryviz.runs.run import train
from boundaryviz.scenario.history_spec import RunHistorySpec
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.edits import Move, apply
from boundaryviz.studies.check import check, check_all
from boundaryviz.studies.draws import over_data
from boundaryviz.studies.executors import InProcess
from boundaryviz.studies.loky import Loky
from boundaryviz.tables.tables import read_table
from helpers.source import SOURCE, WIDTHS

NET = Scenario().with_values({"data.n": 40, "learner.hidden": [4], "training.steps": 12})
POISONED = {
    "data.labels_per_class": 3,
    "poison.count": 4,
    "poison.target": [0.0, 0.5],
    "learner.name": "label-spreading",
}
GRAPH = NET.with_values(POISONED)


def promising(scenario: Scenario, **expect: object) -> Scenario:
    return scenario.model_copy(update={"expect": {key.replace("__", "."): value for key, value in expect.items()}})


def test_each_value_is_that_of_a_run_by_itself():
    scenario = promising(NET, test_error=1.0, train_loss=(0.0, 9.0))
    found = check(scenario, data_seeds=(3, 5), seeds=2)
    assert (found.data_seeds, found.seeds, found.holds) == ((3, 5), 2, True)
    for at, seed in enumerate((3, 5)):
        run = train(scenario.with_values({"data.seed": seed}), seeds=2, progress=False)
        for one in found.held:
            assert np.isclose(one.values[at], run.metrics[one.expectation.metric].mean, rtol=1e-12)


def test_twins_are_trained_where_a_measure_needs_them_and_nothing_random_is_trained_once():
    scenario = GRAPH.model_copy(
        update={"expect": {"flip_rate": 0.0, "clean.test_error": 1.0, "flip_rate at poison.count=0": 0.0}}
    )
    found = check(scenario, data_seeds=(1,))
    assert found.seeds == 0
    flips, clean, nothing = found.held
    run = train(scenario.with_values({"data.seed": 1}), twin=True, progress=False)
    assert flips.values == run.metrics["flip_rate"].per_seed
    assert clean.values == run.clean["test_error"].per_seed
    assert nothing.values == (0.0,)
    assert (flips.holds, nothing.holds, found.holds) == (run.metrics["flip_rate"].mean == 0, True, False)


def test_points_that_are_kept_are_trained_on_once():
    scene = GRAPH.scene()
    moved = GRAPH.with_scene(apply(Move(scene.points.ids[:1], np.array([[0.1, 0.1]])), scene)[0])
    assert [can_be_drawn(one) for one in (GRAPH, GRAPH.with_scene(scene), moved)] == [True, True, False]
    found = check(promising(moved, flip_rate=1.0))
    assert (found.data_seeds, len(found.held[0].values), found.holds) == ((), 1, True)
    with pytest.raises(ScenarioError, match="no data seed draws them"):
        over_data(moved, (1, 2))


def test_points_of_ones_own_are_drawn_where_something_is_left_to_chance():
    rows = "".join(f"{k % 7},{k % 5},{k % 2}\n" for k in range(30))
    table = Scenario.from_table(read_table("x,y,label\n" + rows), "own")
    attacked = table.with_values({"data.labels_per_class": 3, "poison.count": 2})
    scene = attacked.scene()
    poison = scene.points.ids[scene.points.is_poison][:1]
    shaped = attacked.with_scene(apply(Move(poison, np.array([[0.1, 0.1]])), scene)[0])
    whole = table.with_values({"data.validation": 0.0, "data.test": 0.0})
    edited = table.with_scene(apply(Move(np.array([3]), np.array([[0.1, 0.1]])), table.scene())[0])
    old = Scenario(data=DataSpec(name="points")).with_scene(table.scene())
    some = (table, attacked, edited, whole, old, shaped)
    assert [can_be_drawn(one) for one in some] == [True, True, True, False, False, False]
    graph = attacked.model_copy(update={"learner": GRAPH.learner})
    assert len(check(promising(graph, test_error=1.0), (0, 1)).held[0].values) == 2


def test_settings_of_a_promise_do_not_draw_kept_points_anew():
    """Withdrawing the poison gives the points that a data seed draws; the scenario is edited all the same."""
    scene = GRAPH.scene()
    poison = scene.points.ids[scene.points.is_poison][:1]
    moved = GRAPH.with_scene(apply(Move(poison, np.array([[0.1, 0.1]])), scene)[0])
    expect = {"flip_rate": 1.0, "flip_rate at poison.count=0": 0.0, "test_error at data.noise=0.2": 1.0}
    found = check(moved.model_copy(update={"expect": expect}), data_seeds=(0, 1))
    assert found.data_seeds == ()
    for one in found.held:
        run = train(moved.with_values(dict(one.expectation.settings)), twin=True, progress=False)
        assert one.values == run.metrics[one.expectation.metric].per_seed


def history_of(**given: object) -> RunHistorySpec:
    return RunHistorySpec.model_validate({"steps": 12, **given})


def test_a_history_in_which_nothing_was_changed_keeps_no_data_seed_from_drawing():
    scene, history = GRAPH.scene(), history_of()
    saved = GRAPH.with_scene(scene).model_copy(update={"course": history})
    settings = saved.model_copy(update={"course": history_of(values={"learner.width": 0.3})})
    points = saved.model_copy(update={"course": history_of(start="plane", plane=saved.plane)})
    assert [can_be_drawn(one) for one in (saved, settings, points)] == [True, False, False]
    assert check(promising(saved, flip_rate=1.0), (0, 1)).data_seeds == (0, 1)


def test_without_promises_it_shows_the_spread_of_the_main_measures():
    net, graph = check_all([NET, GRAPH], (0, 1), 1)
    assert [one.expectation.key for one in net.held] == ["test_error"]
    # no attack success: on these draws the pin is the attacker's without poison
    assert [one.expectation.key for one in graph.held] == ["test_error", "flip_rate", "clean.test_error"]
    assert not graph.promises
    assert graph.holds
    assert graph.plain()["expectations"]["flip_rate"]["promised"] is None


def test_what_is_known_is_told_after_every_data_seed_and_can_be_stopped():
    told: list[Check] = []

    def watch(found: Check) -> None:
        told.append(found)
        if len(found.data_seeds) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(GRAPH, range(5), watch=watch)
    assert [one.data_seeds for one in told] == [(0,), (0, 1)]


def test_a_data_seed_that_comes_to_nothing_holds_nothing_and_the_others_stand():
    """Labels to be flipped run out where a draw has few of them."""
    short = promising(GRAPH, flip_rate=1.0)
    broken = check_all([short, promising(short.with_values({"poison.target": [40.0, 40.0]}), flip_rate=1.0)], (0, 1))
    assert [one.holds for one in broken] == [True, False]
    assert [seed for seed, _ in broken[1].failed] == [0, 1]
    assert "domain" in broken[1].failed[0][1] or "outside" in broken[1].failed[0][1]
    assert broken[1].plain()["expectations"]["flip_rate"]["values"] == [None, None]
    with pytest.raises(ScenarioError):  # where it is the only one, that is the answer
        check(short.with_values({"poison.target": [40.0, 40.0]}), (0,))


def test_wrong_promises_and_seeds_are_said_before_anything_is_trained():
    with pytest.raises(ScenarioError, match="did you mean flip_rate"):
        check(promising(GRAPH, flip_rat=1.0))
    with pytest.raises(ScenarioError, match=r"poison\.cont"):
        check(GRAPH.model_copy(update={"expect": {"flip_rate at poison.cont=3": 1.0}}))
    for seeds, words in (((), "at least one"), ((-1,), "from 0 up"), ((2**40,), "from 0 up")):
        with pytest.raises(ScenarioError, match=words):
            check(GRAPH, seeds)
    with pytest.raises(ScenarioError, match="at least one"):
        check(GRAPH, seeds=0)


@pytest.mark.slow
def test_processes_beside_each_other_come_to_the_same():
    both = [check(promising(GRAPH, flip_rate=1.0), range(4), executor=one) for one in (InProcess(), Loky(2))]
    assert both[0] == both[1]


def test_runs_over_data_seeds_have_one_value_for_each():
    found = over_data(NET, (2, 7), seeds=2)
    report = found.report()
    assert (report["data_seeds"], report["seeds"], report["seeds_vary"]) == ([2, 7], [0, 1], "data")
    alone = train(NET.with_values({"data.seed": 7}), seeds=2, progress=False)
    assert np.isclose(report["metrics"]["test_error"]["per_seed"][1], alone.metrics["test_error"].mean)
    assert {"clean", "poisoned"}.isdisjoint(report)
    twins = over_data(GRAPH, (2, 7), seeds=2, twin=True)
    assert twins.seeds == (0,)
    assert twins.report().keys() >= {"clean", "poisoned"}
    assert "flip_rate" in twins.of_the_run()
    assert "flip_rate" not in twins.side(clean=True)


def test_it_is_there_by_name():
    assert bv.check("cut-the-chain", data_seeds=range(1)).data_seeds == (0,)


def test_training_that_diverged_is_said_to_be_left_out():
    """A rate of this size loses every seed: no expectation holds, and both words and JSON say why."""
    wild = NET.with_values({
        "training.learning_rate": 100.0, "training.optimiser": "sgd", "learner.activation": "relu",
        "learner.loss": "squared", "training.steps": 200,
    })  # fmt: skip
    found = check(promising(wild, test_error=1.0), data_seeds=(0, 1), seeds=2)
    assert not found.holds
    assert (found.lost, found.plain()["left_out"]) == (4, 4)
    assert "4 left out, because training diverged" in found.seeds_words()
    over = over_data(wild, (0, 1), seeds=2)
    assert (over.lost, over.report()["left_out"]) == ((2, 2), [2, 2])


def test_measures_of_more_than_one_run_are_held_under_the_prefix_of_their_source(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(SOURCES, "pair", SOURCE)
    scenario = promising(NET, pair__widest=1.0, test_error=1.0).model_copy()
    scenario = scenario.model_copy(update={"expect": scenario.expect | {"pair.lift at data.noise=0.3": (-1.0, 1.0)}})
    found = check(scenario, data_seeds=(3, 5), seeds=2)
    assert found.holds
    widest, plain, lift = found.held
    assert (widest.expectation.title, lift.expectation.title) == (
        "test error of the widest",
        "lift with data.noise=0.3",
    )
    for at, seed in enumerate((3, 5)):
        values = {"data.seed": seed, "learner.hidden": WIDTHS[1]}
        run = train(NET.with_values(values), seeds=2, progress=False)
        assert np.isclose(widest.values[at], run.metrics["test_error"].mean, rtol=1e-12)
        run = train(NET.with_values({"data.seed": seed}), seeds=2, progress=False)
        assert np.isclose(plain.values[at], run.metrics["test_error"].mean, rtol=1e-12)
        first, last = (
            train(NET.with_values({"data.seed": seed, "data.noise": 0.3, "learner.hidden": width}), 2, progress=False)
            for width in WIDTHS
        )
        errors = [run.metrics["test_error"].per_seed for run in (first, last)]
        assert np.isclose(lift.values[at], errors[0][0] - errors[1][1], rtol=1e-12)


def test_what_a_source_cannot_measure_is_said_before_anything_is_trained(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(SOURCES, "pair", SOURCE)
    with pytest.raises(ScenarioError, match="nobody can measure it"):
        check(promising(NET, pair__absent=1.0), (0,))
    with pytest.raises(ScenarioError, match=r"did you mean pair\.widest"):
        check(promising(NET, pair__widst=1.0), (0,))
    with pytest.raises(ScenarioError, match="at least one"):
        check(promising(NET, pair__lift=1.0), (0,), seeds=0)
