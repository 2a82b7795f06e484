"""`make gpu`, where there is none: its sections with the least work, and what it says of those it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from benchmarks import gpu, gpu_sections
from benchmarks.gpu_frame import Line, Machine, Section
from boundaryviz.learners.families import FAMILIES

NO_GPU = pytest.mark.skipif(torch.cuda.is_available(), reason="is measured with a GPU")


@NO_GPU
@pytest.mark.parametrize("section", ["agreement", "training", "frames", "maps", "attacks"])
def test_a_section_runs_on_the_processor_and_says_so(section: str, capsys: pytest.CaptureFixture[str]):
    assert gpu.main(["--least", section]) == 0
    first, heads, title, *lines, last = capsys.readouterr().out.splitlines()
    assert first.startswith("There is no CUDA device here: everything is done on the processor")
    assert heads.split() == ["no", "GPU", "compiled", "torch,", "CPU", "auto", "picks"]
    assert title.startswith("-- ")
    assert lines
    assert not [line for line in lines if "WRONG" in line or "FAILED" in line or "left out" in line]
    assert last.startswith("0 bounds missed")


def lines_of(*lines: Line) -> Section:
    def measured(machine: Machine) -> Iterator[Line]:
        yield from lines

    return Section("other", "Other", 10.0, measured)


def run(monkeypatch: pytest.MonkeyPatch, *sections: Section, now: float = 0.0) -> int:
    """The exit code at so many seconds after the start."""
    monkeypatch.setattr(gpu, "SECTIONS", sections)
    monkeypatch.setattr(Machine, "here", lambda least, left: Machine(False, False, None, left))
    times = iter([0.0])
    return gpu.main(["--seconds", "30"], clock=lambda: next(times, now))


def test_a_section_for_which_no_time_is_left_is_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert run(monkeypatch, lines_of(Line("a", holds=False)), now=25.0) == 0
    assert "left out: other (about 10 s, and 5 s are left)" in capsys.readouterr().out


def test_a_section_that_needs_what_is_not_installed_is_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def measured(machine: Machine) -> Iterator[Line]:
        import nowhere_to_be_found  # noqa: F401

        yield Line("")

    assert run(monkeypatch, Section("some", "Some", 1.0, measured), lines_of(Line("a"))) == 0
    assert "left out: some (it needs nowhere_to_be_found, which is not installed)" in capsys.readouterr().out


def test_a_learner_that_needs_what_is_not_installed_does_not_keep_the_next_ones_from_their_turn(
    monkeypatch: pytest.MonkeyPatch,
):
    def learnt(machine: Machine, name: str) -> Iterator[Line]:
        if name == "logistic":
            import nowhere_to_be_found  # noqa: F401
        yield Line(f"learner {name}", "1 ms", holds=True)

    monkeypatch.setattr(gpu_sections, "_learnt", learnt)
    lines = [*gpu_sections.families(Machine(False, True, None, lambda: 9.0))]
    assert len(lines) == len(FAMILIES)
    missing = [line for line in lines if not line.holds]
    assert [(line.what, line.remark) for line in missing] == [
        ("learner logistic", "it needs nowhere_to_be_found, which is not installed")
    ]


def test_a_section_ends_at_the_next_line_when_the_time_is_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(gpu, "SECTIONS", (replace(lines_of(*map(Line, "abc")), name="some"), lines_of(Line("d"))))
    monkeypatch.setattr(Machine, "here", lambda least, left: Machine(False, False, None, left))
    times = iter([0.0, 0.0, 10.0])
    assert gpu.main(["--seconds", "30"], clock=lambda: next(times, 31.0)) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if len(line) == 1] == ["a", "b"]
    assert "left out: other (about 10 s, and 0 s are left)" in said


def test_what_is_wrong_or_fails_is_said_and_counted_and_the_next_section_is_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def measured(machine: Machine) -> Iterator[Line]:
        yield Line("so far", "3/s", holds=True)
        raise RuntimeError("CUDA error: device-side assert triggered")

    sections = Section("some", "Some", 1.0, measured), lines_of(Line("a", "1", "2", "3", "cuda", holds=False))
    assert run(monkeypatch, *sections) == 1
    said = capsys.readouterr().out
    assert "FAILED: RuntimeError: CUDA error: device-side assert triggered" in said
    assert " ".join(said.splitlines()[-2].split()) == "a 1 2 3 cuda WRONG"
    assert said.splitlines()[-1].startswith("2 bounds missed, differences or failures")


def test_an_unknown_section_is_wrong_usage(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        gpu.main(["speed"])
    assert ended.value.code == 2
    assert "there is no section speed; there are: agreement" in capsys.readouterr().err
