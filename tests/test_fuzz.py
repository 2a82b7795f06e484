"""A few hundred nearly right files; `make fuzz` opens ten thousand, in processes of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzz import attempt, main
from benchmarks.fuzz_files import KINDS, cases


def test_each_is_opened_or_refused_in_words(tmp_path: Path) -> None:
    outcomes = []
    for case in cases(chunk=0, count=200, base=20, scale=0.02):
        outcomes.append(attempt(case, tmp_path))
        assert not outcomes[-1].wrong or outcomes[-1].how == "too slow", (outcomes[-1], case.content[:400])
    assert {outcome.kind for outcome in outcomes} == set(KINDS)
    assert {outcome.made for outcome in outcomes} == {"structure", "bytes", "size"}
    assert {outcome.how for outcome in outcomes} >= {"opened", "refused"}


@pytest.mark.slow  # the next does the same in this process
def test_files_are_opened_in_processes_of_their_own_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    assert main(["--files", "20", "--seed", "3", "--keep", str(tmp_path), "--jobs", "1"]) == 0
    assert "20 files in" in capsys.readouterr().out


def test_a_file_is_charged_with_its_own_memory_alone(tmp_path: Path) -> None:
    held = bytearray(300_000_000)
    del held
    outcome = attempt(next(cases(chunk=0, count=2, base=20, scale=0.02)), tmp_path)
    assert not outcome.wrong
    assert 0 <= outcome.taken < 100_000_000
