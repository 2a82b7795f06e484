"""Studies: which tasks they consist of, and that these come to what runs by themselves come to."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.sweep import SweepError
from boundaryviz.studies.sqlite_store import SqliteStore
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
        metrics = run.metrics | ({f"clean.{name}": one for name, one in run.clean.items()} if twin else {})
        assert set(table.metrics) == metrics.keys()
        for name in table.metrics:
            alone = metrics[name].per_seed[at % 2]
            assert np.array_equal(table.columns[name][at], alone, equal_nan=True), name
    with SqliteStore(tmp_path / "results.sqlite") as store:
        assert run_study(study, store=store).equals(table)


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
