"""A source of measures that no run has: the means of two measures over two sizes of a net."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from boundaryviz.record.sources import Measure, Source
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.draws import Draw, Row
from boundaryviz.studies.study import Axis, Study

WIDTHS = [[2], [4]]
SOURCE = Source(
    "helpers.source:plan",
    {"widest": Measure("test error of the widest", True), "lift": Measure("lift"), "absent": Measure("absent")},
)


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    if "absent" in names:
        raise ScenarioError(["pair.absent: nobody can measure it"])
    axis = Axis(path="learner.hidden", values=tuple(WIDTHS))
    batches = Study(scenario=scenario, axes=(axis,), seeds=seeds, device=device).batches()

    def reduce(rows: Sequence[Row | None]) -> dict[str, float]:
        errors = [float("nan") if row is None else float(row["test_error"]) for row in rows]
        return {"widest": sum(errors[seeds:]) / seeds, "lift": errors[0] - errors[-1]}

    return Draw(data_seed, tuple(batches), reduce)
