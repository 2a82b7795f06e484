"""Studies: which tasks they consist of, and that these come to what runs by themselves come to."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from boundaryviz.record.study_table import StudyTable
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.sweep import SweepError
from boundaryviz.studies.sqlite_store import SqliteStore
from boundaryviz.studies.stores import MemoryStore
from boundaryviz.studies.study import Axis, Study, axis_of
from boundaryviz.studies.tabling import run_study

SMALL = Scenario().with_values(
    {
        "data.n": 40, "data.labels_per_class": 3, "learner.hidden": [4], "training.steps": 12, "poison.count": 2,
        "poison.target": [0.0, 0.5], "training.evaluate_every": 4,
    }
)  # fmt: skip


def test_every_combination_and_seed_is_a_task_and_seeds_go_together():
    axes = (Axis(path="data.noise", values=(0.1, 0.2)), axis_of("poison.count=0..3", 9, SMALL))
    study = Study(scenario=SMALL, axes=axes, seeds=(7, 9))
    batches = study.batches()
    assert len(batches) == 8
    assert [task.name for task in batches[1].tasks] == [
        "data.noise=0.1, poison.count=1, seed 7", "data.noise=0.1, poison.count=1, seed 9",
    ]  # fmt: skip
    assert batches[1].name == "data.noise=0.1, poison.count=1, seed 7 and 1 more"
    assert {batch.size for batch in batches} == {12}
    assert len({task.key for batch in batches for task in batch.tasks}) == 16
    assert [len(batch.tasks) for batch in Study(scenario=SMALL, seeds=70, twin=True).batches()] == [32, 32, 6]
    assert Study.model_validate(study.model_dump(mode="json")) == study


@pytest.mark.parametrize("twin", [False, True])
def test_its_results_are_those_of_runs_by_themselves_and_survive_in_a_file(twin: bool, tmp_path):
    study = Study(scenario=SMALL, axes=(Axis(path="data.noise", values=(0.1, 0.3)),), seeds=2, twin=twin)
    with SqliteStore(tmp_path / "results.sqlite") as store:
        table = run_study(study, store=store)
    assert (table.whole, table.failed) == (True, ())
    runs = [train(SMALL.with_values({"data.noise": noise}), 2, twin, progress=False) for noise in (0.1, 0.3)]
    for at in range(len(table)):
        run = runs[at // 2]
        run.lengths = False  # which studies measure only where they are asked to
        metrics = run.metrics | ({f"clean.{name}": one for name, one in run.clean.items()} if twin else {})
        assert set(table.metrics) == metrics.keys()
        for name in table.metrics:
            alone = metrics[name].per_seed[at % 2]
            assert np.array_equal(table.columns[name][at], alone, equal_nan=True), name
    with SqliteStore(tmp_path / "results.sqlite") as store:
        assert run_study(study, store=store).equals(table)


def test_boundaries_are_measured_where_they_are_asked_for():
    plain, asked = (
        Study(scenario=SMALL.model_copy(update={"expect": expect}), seeds=2)
        for expect in ({"test_error": 1.0}, {"boundary_length at data.noise=0.1": 9.0})
    )
    keys = [{task.key for batch in study.batches() for task in batch.tasks} for study in (plain, asked)]
    assert not keys[0] & keys[1], "what is kept of the one lacks a measure of the other"
    assert "boundary_length" not in run_study(plain).metrics
    lengths = train(SMALL, 2, progress=False).metrics["boundary_length"].per_seed
    assert tuple(run_study(asked).columns["boundary_length"]) == lengths


def test_what_is_no_study_is_said():
    for axes, words in (((("data.nois", (1,)),), "did you mean data.noise"), ((("data.noise", (7,)),), "at most 1")):
        with pytest.raises(ScenarioError, match=words):
            Study(scenario=SMALL, axes=tuple(Axis(path=path, values=values) for path, values in axes)).batches()
    for seeds in ((), (-1,), 0, (2**40,), 10**18):
        with pytest.raises(ScenarioError, match="seeds"):
            Study(scenario=SMALL, seeds=seeds).batches()
    with pytest.raises(ValidationError, match="varied by one axis"):
        Study(scenario=SMALL, axes=(Axis(path="data.n", values=(30,)), Axis(path="data.n", values=(40,))))
    with pytest.raises(ValidationError, match="values"):
        Axis(path="data.n", values=())
    with pytest.raises(SweepError, match="two values at least"):
        axis_of("data.n=3", 10, SMALL)


@pytest.mark.parametrize("threshold", [0.5, 0.3])
def test_sizes_along_a_course_are_one_fit_and_each_what_it_is_by_itself(threshold: float):
    scenario = Scenario().with_values(
        {"data.n": 80, "data.label_noise": 0.2, "learner.name": "DecisionTreeClassifier", "poison.count": 5,
         "poison.target": [0.0, 0.5], "decision.threshold": threshold}
    )  # fmt: skip
    path = "learner.max_leaf_nodes"
    axes = (Axis(path=path, values=(1, 4, 40)), Axis(path="data.noise", values=(0.1, 0.3)))
    study = Study(scenario=scenario, axes=axes, data_seeds=2, twin=True)
    batches = study.batches()
    assert [len(batch.tasks) for batch in batches] == [3] * 4  # a fit for each noise and draw
    table = run_study(study)
    assert table.columns[path].tolist() == [1] * 4 + [4] * 4 + [40] * 4
    assert table.columns["data_seed"].tolist() == [0, 1] * 6
    for leaves in (1, 4, 40):
        alone = run_study(Study(scenario=scenario.with_values({path: leaves}), axes=axes[1:], data_seeds=2, twin=True))
        found = table.select({path: leaves})
        assert found.metrics == alone.metrics
        for name in ("data.noise", "data_seed", *alone.metrics):
            assert np.array_equal(found.columns[name], alone.columns[name], equal_nan=True), (leaves, name)


@pytest.mark.parametrize("learner", ["mlp", "pi-model"])
def test_numbers_of_steps_are_one_training_and_each_what_it_is_by_itself(learner: str):
    scenario = Scenario().with_values(
        {"data.n": 60, "data.labels_per_class": 9, "learner.name": learner, "learner.hidden": [6],
         "training.evaluate_every": 4, "poison.count": 5, "poison.target": [0.0, 0.5]}
    )  # fmt: skip
    study = Study(scenario=scenario, axes=(Axis(path="training.steps", values=(30, 1, 13)),), seeds=2, twin=True)
    batches = study.batches()
    assert [(len(batch.tasks), batch.size) for batch in batches] == [(6, 30)]
    table = run_study(study)
    for steps in (30, 1, 13):
        alone = run_study(Study(scenario=scenario.with_values({"training.steps": steps}), seeds=2, twin=True))
        found = table.select({"training.steps": steps})
        for name in ("data_seed", "seed", *alone.metrics):
            assert np.array_equal(found.columns[name], alone.columns[name], equal_nan=True), (steps, name)
        own = Study(scenario=scenario.with_values({"training.steps": steps}), seeds=2, twin=True).batches()
        assert {task.key for batch in own for task in batch.tasks} <= {task.key for task in batches[0].tasks}


def test_runs_that_may_stop_early_are_trained_each_by_itself():
    early = {"training.early_stopping": "patience", "training.patience": 1, "training.evaluate_every": 2}
    scenario = Scenario().with_values({"data.n": 40, "learner.hidden": [4], "training.learning_rate": 1.0} | early)
    study = Study(scenario=scenario, axes=(Axis(path="training.steps", values=(6, 40)),), seeds=2)
    table = run_study(study)
    assert len(study.batches()) == 2
    for steps in (6, 40):
        alone = run_study(Study(scenario=scenario.with_values({"training.steps": steps}), seeds=2))
        found = table.select({"training.steps": steps})
        for name in ("kept_step", "steps_saved", "test_error"):
            assert np.array_equal(found.columns[name], alone.columns[name]), (steps, name)
    assert table.columns["stopped_step"].max() < 40, "or nothing is tried"


def test_where_nothing_in_training_is_random_seeds_make_no_copies():
    axes = (Axis(path="learner.name", values=("DecisionTreeClassifier", "mlp")),)
    table = run_study(Study(scenario=SMALL, axes=axes, seeds=3))
    assert list(zip(*(table.columns[name].tolist() for name in ("learner.name", "seed")), strict=True)) == [
        ("DecisionTreeClassifier", 0), ("mlp", 0), ("mlp", 1), ("mlp", 2),
    ]  # fmt: skip


def test_draws_of_the_data_are_runs_on_them():
    listed = run_study(Study(scenario=SMALL, data_seeds=(3, 5)))
    for at, seed in enumerate((3, 5)):
        alone = train(SMALL.with_values({"data.seed": seed}), progress=False).metrics
        assert listed.columns["test_loss"][at] == alone["test_loss"].mean
    second = SMALL.with_values({"data.seed": 2})
    assert run_study(Study(scenario=second, data_seeds=2)).columns["data_seed"].tolist() == [2000, 2001]
    assert Study(scenario=SMALL, data_seeds=(3,)).batches()[0].tasks[0].key == (
        Study(scenario=SMALL.with_values({"data.seed": 3})).batches()[0].tasks[0].key
    )


def test_every_problem_of_a_study_is_told_at_once_and_once():
    axes = tuple(
        Axis(path=path, values=values)
        for path, values in (
            ("data.nois", (0.1, 0.2)), ("training.learning_rate", (0.1, -1.0)), ("data.seed", (1, 2)),
            ("title", ("a",)),
        )
    )  # fmt: skip
    with pytest.raises(ScenarioError) as caught:
        Study(scenario=SMALL, axes=axes, seeds=0).check()
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "data.seed", "title", "seeds", "data.nois", "training.learning_rate",
    ]  # fmt: skip
    with pytest.raises(ScenarioError, match="it varies nothing"):
        Study(scenario=SMALL).check()
    Study(scenario=SMALL, axes=(Axis(path="data.noise", values=(0.1,)),)).check()
    moved = SMALL.with_scene(SMALL.with_values({"data.seed": 7}).scene())
    with pytest.raises(ScenarioError, match="no data seed draws them anew"):
        Study(scenario=moved, data_seeds=2).check()


def test_a_study_of_millions_of_combinations_is_checked_by_the_values_of_each_axis(monkeypatch):
    looked: list[dict] = []
    once = Scenario.with_values

    def looking(scenario: Scenario, given: dict) -> Scenario:
        looked.append(given)
        return once(scenario, given)

    monkeypatch.setattr(Scenario, "with_values", looking)
    noise = (*(k / 1000 for k in range(300)), 7.0)
    sizes = (*range(20, 300), -1)
    several = Axis(path="learner.name", values=("mlp", "DecisionTreeClassifier"))
    axes = (several, Axis(path="data.noise", values=noise), Axis(path="data.n", values=sizes))
    with pytest.raises(ScenarioError) as caught:
        Study(scenario=SMALL, axes=axes, seeds=1_000).check()
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["study", "data.noise", "data.n"]
    assert "10,000,000 are the most" in caught.value.problems[0]
    assert len(looked) == 2 * (300 + 280 + 1)


def test_settings_of_another_learner_are_checked_with_it():
    learners = Axis(path="learner.name", values=("mlp", "DecisionTreeClassifier"))
    with pytest.raises(ScenarioError, match=r"learner\.max_leaf_nodes"):
        Study(scenario=SMALL, axes=(learners, Axis(path="learner.max_leaf_nodes", values=(3, 4)))).check()
    tree = SMALL.with_values({"learner.name": "DecisionTreeClassifier"})
    Study(scenario=tree, axes=(Axis(path="learner.max_leaf_nodes", values=(3, 4)),)).check()


def test_interrupted_and_gone_on_with_it_comes_to_the_table_of_one_that_was_not(tmp_path):
    study = Study(scenario=SMALL, axes=(Axis(path="data.noise", values=(0.1, 0.2, 0.3, 0.4)),), seeds=2)
    whole = run_study(study)
    seen: list[int] = []

    def enough(table: StudyTable) -> None:
        seen.append(len(table))
        raise KeyboardInterrupt

    with SqliteStore(tmp_path / "results.sqlite") as store, pytest.raises(KeyboardInterrupt):
        run_study(study, store=store, watch=enough)
    assert seen == [2]
    with SqliteStore(tmp_path / "results.sqlite") as store:
        assert len(store) == 2
        done: list[tuple[int, int]] = []
        assert run_study(study, store=store, progress=lambda *a: done.append(a)).equals(whole)
    assert done[-1] == (36, 36), "three of the four batches of 12 steps"


def test_gone_on_with_the_first_table_has_all_that_was_stored():
    axes = Axis(path="data.noise", values=(0.1, 0.2, 0.3)), Axis(path="data.noise", values=(0.1, 0.2, 0.3, 0.4))
    few, more = (Study(scenario=SMALL, axes=(axis,), seeds=2) for axis in axes)
    store, seen = MemoryStore(), list[int]()
    run_study(few, store=store)
    run_study(more, store=store, watch=lambda table: seen.append(len(table)))
    assert seen[0] == 6
    assert seen[-1] == 8


def test_what_comes_to_nothing_is_named_and_the_others_are_there():
    bridge = SMALL.with_values({"poison.attack": "bridge"})
    axes = (Axis(path="data.labels_per_class", values=(0, 3)),)
    table = run_study(Study(scenario=bridge, axes=axes))
    assert (len(table), table.total, table.whole) == (1, 2, False)
    (failed,) = table.failed
    assert failed[0] == "data.labels_per_class=0, seed 0"
    assert "label" in failed[1]
    with pytest.raises(ScenarioError, match="label"):
        run_study(Study(scenario=bridge.with_values({"data.labels_per_class": 0}), seeds=2))
