"""Results as tables."""

from __future__ import annotations

import builtins
import csv
import io
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import boundaryviz as bv
from boundaryviz.record.dose import DoseCurve, DoseResponse
from boundaryviz.record.expectations import Check, Expectation, Held
from boundaryviz.record.records import Records


@pytest.fixture(scope="module")
def run() -> Any:
    scenario = bv.load("labelled-poison").with_values({"data.n": 60, "learner.hidden": [4], "poison.count": 3})
    return bv.train(scenario, seeds=2, twin=True, steps=30, progress=False)


def parsed(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_run_has_a_row_for_each_model(run: Any) -> None:
    rows = run.rows()
    assert [(row["twin"], row["seed"]) for row in rows] == [
        ("clean", 0),
        ("clean", 1),
        ("poisoned", 0),
        ("poisoned", 1),
    ]
    assert [row["flip_rate"] for row in rows[2:]] == list(run.metrics["flip_rate"].per_seed)
    assert [row["test_error"] for row in rows[:2]] == list(run.clean["test_error"].per_seed)
    assert "flip_rate" not in rows[0]


def test_csv_and_data_frame_hold_the_same(run: Any, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    text = run.to_csv(tmp_path / "run.csv")
    assert (tmp_path / "run.csv").read_text(encoding="utf-8") == text
    frame = run.to_frame()
    again = pandas.read_csv(io.StringIO(text))
    assert list(frame.columns) == list(again.columns)
    pandas.testing.assert_frame_equal(frame, again, check_dtype=False)


def test_curves_have_a_row_for_each_model_and_evaluation(run: Any) -> None:
    rows = run.curve_rows()
    assert len(rows) == 4 * len(run.curves)
    losses = np.array([row["train_loss"] for row in rows]).reshape(4, -1)
    np.testing.assert_array_equal(losses, run.curves.column("train_loss").T)


def test_without_pandas_the_error_says_what_to_do(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"to_csv\(\) gives the same rows"):
        run.to_frame()
    assert parsed(run.to_csv())


def test_a_dose_response_has_a_row_for_each_dose_and_seed() -> None:
    flips = np.array([[0.0, 0.0], [0.1, np.nan]])
    curve = DoseCurve("mlp", "Network", True, "training", 10, flips, None)
    rows = parsed(DoseResponse("s", "S", "Bridge", (0, 5), (0.0, 0.01), (curve,)).to_csv())
    assert [(row["points"], row["seed"], row["flip_rate"]) for row in rows] == [
        ("0", "0", "0.0"), ("0", "1", "0.0"), ("5", "0", "0.1"), ("5", "1", ""),
    ]  # fmt: skip


def test_a_check_has_a_row_for_each_measure_and_data_seed() -> None:
    held = Held(Expectation.parse("test_error", 0.1), (0.05, 0.2))
    rows = Check("s", "S", (3, 4), 1, (held,)).rows()
    assert [(row["data_seed"], row["value"], row["held"]) for row in rows] == [(3, 0.05, True), (4, 0.2, False)]


def test_names_that_a_spreadsheet_would_take_for_a_formula_are_text() -> None:
    (row,) = parsed(Records([{"scenario": "=1+1", "value": math.nan}]).to_csv())
    assert row == {"scenario": "'=1+1", "value": ""}
