"""What a scenario may be given as, and how progress is told."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

import boundaryviz as bv
from boundaryviz.record.metrics import is_main
from boundaryviz.runs import bars
from boundaryviz.scenario.gallery import given

X = np.random.default_rng(0).normal(size=(40, 2))


def test_a_name_a_file_and_arrays_are_taken(tmp_path: Path) -> None:
    assert given("two-moons") == bv.load("two-moons")
    file = tmp_path / "own.toml"
    file.write_text('title = "Own"\n')
    assert given(file).title == "Own"
    run = bv.train((X, (X[:, 0] > 0).astype(int)), steps=20, progress=False)
    assert len(run.scene.points) == 40
    assert {"train_error", "validation_error", "test_error"} <= set(run.metrics)
    with pytest.raises(TypeError, match=r"a pair of arrays \(X, y\) is needed, not int"):
        given(7)  # type: ignore[arg-type]


def test_a_dose_response_takes_a_name() -> None:
    found = bv.dose_response("two-moons-bridge", doses=[3], seeds=1, progress=False)
    assert found.scenario == "two-moons-bridge"
    assert found.doses == (0, 3)


def test_metrics_are_printed_as_a_person_rounds_them() -> None:
    run = bv.train("two-moons", seeds=2, steps=20, progress=False)
    lines = dict(line.split("  ", 1) for line in str(run.metrics).splitlines())
    assert {name.strip() for name in lines} == {name for name in run.metrics if is_main(name)}
    error = run.metrics["test_error"]
    assert lines["test_error"].strip() == error.told("test_error")
    assert error.told("test_error").endswith(" %")
    assert "np.float64" not in repr(run.metrics)


def test_a_notebook_without_widgets_gets_a_line_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    monkeypatch.setattr("sys.stderr", text)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setattr(bars, "find_spec", lambda name: None)
    with bars.bar("training") as show:
        for done in range(5):
            show(done, 4)
    lines = text.getvalue().split("\r")
    assert any(line.rstrip() == f"training {'━' * 30} 4/4" for line in lines)
    assert lines[-1] == ""
    assert lines[-2].strip() == ""
