"""Early stopping that cannot act: said where it is so, on the command line too, and silent where it can."""

from __future__ import annotations

from typing import Any

import pytest

from boundaryviz.cli.app import run as run_cli
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.stopping_advice import stopping_advice

STOPS = {"data.n": 60, "training.early_stopping": "patience", "training.patience": 1, "training.evaluate_every": 1}


def said(**values: Any) -> str:
    scenario = Scenario().with_values(STOPS | {path.replace("__", "."): value for path, value in values.items()})
    return stopping_advice(scenario, scenario.scene())


def test_without_validation_points_it_says_that_it_never_stops() -> None:
    assert "there is no validation point with a label: it never stops" in said(data__validation=0.0)
    assert said(data__validation=0.2) == ""
    assert said(data__validation=0.0, training__early_stopping="off") == ""


@pytest.mark.parametrize("learner", ["naive-bayes", "KNeighborsClassifier", "label-spreading"])
def test_a_learner_that_is_fitted_at_once_has_nothing_to_end(learner: str) -> None:
    assert said(learner__name=learner).endswith(
        "is fitted at once, not in small steps. Early stopping has nothing to end."
    )


def test_what_it_says_is_so() -> None:
    settings = STOPS | {"training.steps": 40, "training.tolerance": 10.0}
    assert train(Scenario().with_values(settings), progress=False).session.stopped
    assert not train(Scenario().with_values(settings | {"data.validation": 0.0}), progress=False).session.stopped


def test_the_command_line_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    values = [f"--set={path}={value}" for path, value in (STOPS | {"data.validation": 0}).items()]
    assert run_cli(["train", "moons", "--steps", "1", *values]) == 0
    assert "note: Early stopping goes by the validation loss" in " ".join(capsys.readouterr().err.split())
