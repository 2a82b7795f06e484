"""`figure --view poison-count`: many runs, resumed from a store, drawn and written as numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from boundaryviz.cli import counting
from boundaryviz.cli.app import run
from boundaryviz.figures.poison_count import draw_poison_count
from boundaryviz.studies.poison_count import poison_count


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """One way and one size, in this process."""

    def few(scenario: object, **how: object) -> object:
        return poison_count(scenario, (60,), ways=["copies"], **(how | {"executor": None}))  # type: ignore[arg-type]

    monkeypatch.setattr(counting, "kind_of", lambda view: counting.Kind("poison needed", few, draw_poison_count))


@pytest.mark.usefixtures("small")
def test_figure_and_numbers_are_written_and_a_store_keeps_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figure, numbers, store = (tmp_path / name for name in ("count.pdf", "count.csv", "kept.sqlite"))
    command = ["figure", "count-not-share", "--view", "poison-count", "--seeds", "2", "--set", "data.seed=4"]
    for _ in range(2):
        assert run([*command, "-o", str(figure), "--data", str(numbers), "--store", str(store)]) == 0
    assert figure.read_bytes().startswith(b"%PDF")
    rows = list(csv.DictReader(numbers.read_text().splitlines()))
    assert [(row["line"], row["points"], row["data_seed"], row["count"]) for row in rows] == [
        ("copies", "60", "4", "4.0"), ("copies", "60", "5", "4.0"),
    ]  # fmt: skip
    assert "exact copies: 60: 4" in capsys.readouterr().err


def test_a_store_is_refused_by_views_that_are_no_studies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["figure", "moons", "-o", str(tmp_path / "a.pdf"), "--store", "kept.sqlite"]) == 2
    assert "only --view study, poison-count, scoreboard and transfer" in capsys.readouterr().err.replace("\n", " ")
