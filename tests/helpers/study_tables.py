"""Studies with made-up results, for what is drawn and shown of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.study_spec import Axis, StudySpec
from boundaryviz.studies.study import Study

LEAVES = "learner.max_leaf_nodes"
TREE = Scenario().with_values({"learner.name": "DecisionTreeClassifier", "data.n": 60})
SIZES = (2, 4, 8, 16, 32)


def study(*axes: tuple[str, Sequence[Any]], scenario: Scenario = TREE, **spec: Any) -> Study:
    """A study of these axes; by default the leaves of a tree, on two draws of the data."""
    chosen = axes or ((LEAVES, SIZES),)
    made = tuple(Axis(path=path, values=tuple(values)) for path, values in chosen)
    fields: dict[str, Any] = {"axes": made, "data_seeds": 2} | spec
    return Study.of(scenario, StudySpec(**fields))


def table(
    of: Study, error: Callable[[float, int], float] = lambda size, draw: 0.1 + abs(np.log2(size) - 3) / 20 + draw / 100,
    share: float = 1.0,
) -> StudyTable:  # fmt: skip
    """Its runs, of which the test error is `error(first value, draw)`; that of folds is .05 above it, and training's
    falls with the size. share: of the runs that are there, the first ones."""
    rows, tasks = [], [task for batch in of.batches() for task in batch.tasks]
    tasks.sort(key=lambda task: task.number)  # type: ignore[attr-defined]
    for task in tasks[: round(share * len(tasks))]:
        where = of.place(task)  # type: ignore[arg-type]
        size = next(iter(where.values()))
        size = float(np.inf if size is None else size[0] if isinstance(size, list) else size)
        draw = 0 if where["data_seed"] is None else int(where["data_seed"]) % 1000
        found = error(size, draw) + 0.05 * (where["fold"] is not None)
        measured = {"train_error": 0.4 / size, "validation_error": found + 0.02, "test_error": found}
        rows.append((where, measured | {name.replace("error", "loss"): 2 * value for name, value in measured.items()}))
    return StudyTable.of({axis.path: axis.values for axis in of.axes}, rows, len(tasks))
