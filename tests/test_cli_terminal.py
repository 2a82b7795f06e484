"""What a command prints: nothing of others acts on the terminal, and nothing is lost where printing fails."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.cli import health, listing, tables
from boundaryviz.cli.app import run
from boundaryviz.cli.failures import Exit, UsageProblem, complain, say, told
from boundaryviz.cli.results import Result, deliver
from boundaryviz.cli.terminal import Lines, PrintError, print_json
from boundaryviz.record.dose import DoseCurve, DoseResponse
from boundaryviz.runs.bars import bar
from boundaryviz.runs.run import Run, start
from boundaryviz.scenario import gallery
from boundaryviz.scenario.atomic import WriteError
from boundaryviz.scenario.files import read
from boundaryviz.scenario.scenario import Scenario, ScenarioError

SMALL = ["--set", "data.n=40", "--set", "learner.hidden=[4]", "--steps", "5", "--device", "cpu"]
FILM = ["--size", "320x240", "--fps", "5", "--seconds", "0.4", "--hold", "0", "--no-title"]
ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
HOSTILE = "evil [/b] [bold red]x :smile: \x1b[31m\x9b31m \u202eabc\u2069 a\rb\nc\td \x07\x7f [link=file:///x]y[/link]"
hostile = st.lists(
    st.sampled_from(["[/b]", "[red]", ":smile:", "\\", "[", "\x1b[2J", "\x1b]0;t\x07", "\n", "\r\n", "\t", "\u2028"])
    | st.characters(exclude_categories=()),
    max_size=12,
).map("".join)


@pytest.fixture(scope="module")
def trained() -> Run:
    done = start(Scenario().with_values({"data.n": 40, "learner.hidden": [4]}), 2, True, "cpu")
    done.advance(3)
    return done


@contextmanager
def streams(out: io.TextIOBase | None = None) -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """Standard output and standard error in memory, or something else in the place of the former."""
    printed, said = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out or printed)
        patch.setattr(sys, "stderr", said)
        yield printed, said


def quiet(words: str) -> bool:
    """Whether nothing in what was printed acts on a terminal."""
    return ACTING.search(words) is None


# ---- text of others ---------------------------------------------------------------------------------


@given(hostile)
@settings(max_examples=30)
def test_whatever_a_title_holds_a_table_shows_it_and_obeys_nothing(trained: Run, words: str) -> None:
    curve = DoseCurve("mlp", words, True, "training", 3, trained_rates(), None)
    response = DoseResponse("moons", words, words, (0, 3), (0.0, 0.1), (curve,))
    shown = SimpleNamespace(**{name: getattr(trained, name) for name in SHOWN}, scenario=titled(trained, words))
    with streams() as (printed, said):
        tables.show_run(shown)
        tables.show_dose(response)
    assert quiet(printed.getvalue())
    assert said.getvalue() == ""
    for part in ("[/b]", ":smile:", "[red]"):
        assert (part in words) == (part in printed.getvalue())


SHOWN = (
    "seeds", "step", "session", "twin", "clean", "poisoned", "metrics", "left_out", "scene", "steps_per_second",
    "varies",
)  # fmt: skip


def titled(run: Run, words: str) -> Scenario:
    return run.scenario.model_copy(update={"title": words, "name": words})


def trained_rates() -> Any:
    import numpy as np

    return np.array([[0.0, 0.0], [0.1, 0.2]])


@given(hostile)
@settings(max_examples=60)
def test_whatever_goes_wrong_is_said_on_a_line_and_obeys_nothing(words: str) -> None:
    errors = [
        ScenarioError([words]), ScenarioError([words, words]), UsageProblem(words), WriteError(words),
        RuntimeError(words), PrintError(words),
    ]  # fmt: skip
    with streams() as (printed, said):
        for error in errors:
            told(error)
        say(words)
        with bar(words, shown=True) as show:
            show(1, 2)
    assert printed.getvalue() == ""
    assert quiet(said.getvalue())
    assert len(re.findall("(?m)^error:", said.getvalue())) == len(errors)


@given(hostile)
@settings(max_examples=30)
def test_lists_and_reports_obey_nothing(words: str) -> None:
    with pytest.MonkeyPatch.context() as patch, streams() as (printed, _):
        scenario = Scenario(name=words, title=words, summary=words)
        patch.setattr(gallery, "scenarios", lambda: [scenario])
        patch.setattr(health, "health", lambda: REPORT(words))
        for as_json in (False, True):
            listing.list_scenarios(as_json)
            health.show_health(as_json)
    assert quiet(printed.getvalue())


def REPORT(words: str) -> dict[str, Any]:
    return {
        **dict.fromkeys(("boundaryviz", "python", "system", "cores", "device"), words), "devices": [words],
        "engines": {words: words},
        "qt": {words: words}, "environment": {words: words}, "packages": {words: words}, "settings": {words: words},
        "state": {"folder": words, "files": [words]}, "last_crash": f"{words}\n  {words}", "problems": [words],
    }  # fmt: skip


@given(hostile)
def test_json_is_plain_ascii_that_says_the_same(words: str) -> None:
    with streams() as (printed, _):
        print_json({words: words})
        Lines().tell({words: words})
    assert printed.getvalue().isascii()
    assert quiet(printed.getvalue())
    assert json.loads(printed.getvalue().splitlines()[-1]) == {words: words}


def test_a_long_problem_keeps_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    complain([f"--over {'9' * 90_000}: what is wrong"])
    shown = capsys.readouterr().err
    assert len(shown) < 2100
    assert shown.endswith(": what is wrong\n")


@pytest.mark.filterwarnings("default")  # of letters that no font has
@pytest.mark.parametrize(
    "command",
    [
        ["train", "--json", "out.json", "--save", "out.bviz"],
        ["train", "--json", "-", "--save", "out.bviz"],
        ["figure", "--dpi", "60", "--columns", "16", "-o", "out.png", "--data", "out.csv"],
        ["animate", *FILM, "--view", "curves", "-o", "out.gif", "--lines"],
        ["dose", "--doses", "2", "--seeds", "2", "--json", "out.json"],
        ["dose", "--doses", "2", "--seeds", "2", "--json", "-"],
        ["figure", "-o", "out.png", "--width", "1"],
        ["train", "--set", f"data.{HOSTILE}=1"],
        ["train", "--device", HOSTILE],
        ["train", f"--{HOSTILE}"],
        ["train", "extra", HOSTILE],
    ],
    ids=lambda command: " ".join(command)[:30].encode("ascii", "replace").decode(),
)
def test_every_command_is_quiet_about_a_hostile_file(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"x\xff\x1b[31m\n[b].toml")
    Path(name).write_text(f"title = {json.dumps(HOSTILE)}\n[data]\nname = 'moons'\n")
    wanted = [one for one in command if one.startswith("out.")]
    attack = ["--set", "poison.target=[0.0, 0.5]"] if command[0] == "dose" else []
    with streams() as (printed, said):
        code = run([command[0], name, *SMALL, *attack, *command[1:]])
    bad = "--width" in command or (not wanted and "-" not in command)
    assert code == (2 if bad else 0), said.getvalue()
    assert quiet(printed.getvalue())
    assert quiet(said.getvalue())
    if bad:
        assert "error: " in said.getvalue()
        assert [one.name for one in tmp_path.iterdir()] == [name]
    else:
        assert [one for one in wanted if Path(one).exists()] == wanted
    if "-" in command:
        assert json.loads(printed.getvalue())["settings"]
    if "out.bviz" in wanted:
        assert read("out.bviz").title == HOSTILE


# ---- streams that take no more ----------------------------------------------------------------------


class Full(io.StringIO):
    """A stream that keeps what it is given and fails when it has to part with it, as files do."""

    def __init__(self, number: int = errno.ENOSPC) -> None:
        super().__init__()
        self._number, self._pending, self._nowhere = number, False, os.open(os.devnull, os.O_WRONLY)

    def fileno(self) -> int:
        return self._nowhere

    def close(self) -> None:
        if not self.closed:
            os.close(self._nowhere)
        super().close()

    def write(self, words: str) -> int:
        self._pending = True
        return len(words)

    def flush(self) -> None:
        if self._pending:
            self._pending = False
            raise OSError(self._number, os.strerror(self._number))


COMMANDS = {
    "train": ["train", "moons", *SMALL, "--save", "a.bviz", "--json", "a.json"],
    "train, json printed": ["train", "moons", *SMALL, "--save", "a.bviz", "--json", "-"],
    "dose": ["dose", "moons", *SMALL, "--set", "poison.target=[0.0, 0.5]", "--doses", "2", "--seeds", "2"],
    "dose, lines": ["dose", "moons", *SMALL, "--set", "poison.target=[0.0, 0.5]", "--doses", "2", "--seeds", "2"],
    "animate, lines": ["animate", "moons", *SMALL, *FILM, "--view", "curves", "--lines", "-o", "a.gif"],
    "scenarios": ["scenarios"],
    "learners": ["learners", "--json"],
    "doctor": ["doctor"],
    "help": ["--help"],
    "help of a command": ["train", "--help"],
    "version": ["--version"],
}
COMMANDS["dose"] += ["--json", "a.json"]
COMMANDS["dose, lines"] += ["--json", "a.json", "--lines"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EPIPE])
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_where_printing_fails_every_file_is_written_and_it_is_said(
    command: list[str], number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(health, "health", lambda: REPORT("words"))
    with streams(Full(number)) as (_, said):
        assert run(command) == Exit.FAILED
    wanted = [one for one in command if one.startswith("a.")]
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(wanted)
    words = said.getvalue()
    assert words.count("error: ") == 1
    assert "closed by its reader" in words if number == errno.EPIPE else "No space left on device" in words
    assert all(f"wrote {one}" in words for one in wanted)
    if "a.json" in wanted:
        assert json.loads(Path("a.json").read_text())["settings"]


def test_where_nothing_can_be_said_the_results_come_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # a bar is shown
    with streams() as (printed, _):
        monkeypatch.setattr(sys, "stderr", Full(errno.EIO))
        assert run(["train", "moons", *SMALL, "--json", str(tmp_path / "a.json")]) == 0
    assert "test_error" in printed.getvalue()
    assert (tmp_path / "a.json").exists()


def shell(line: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which $PY is this Python."""
    return subprocess.run(
        ["sh", "-c", line, "sh", *arguments], env=os.environ | {"PY": sys.executable}, capture_output=True, text=True
    )


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("closed", [">&-", ">&- <&-", "| true"])
def test_from_the_shell_a_stream_that_is_closed_or_full_is_said(closed: str) -> None:
    code = "import sys; sys.argv = ['boundaryviz', '--version']; from boundaryviz.__main__ import main"
    done = shell(f'{{ "$PY" -c "{code}; sys.exit(main())"; echo $? >&2; }} {closed}')
    assert re.fullmatch(r"error: (Standard output|Not everything).*\n1\n", done.stderr), done.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_no_file_takes_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    code = (
        "import os, sys; from boundaryviz.cli.terminal import open_streams; open_streams()\n"
        "with open(sys.argv[1], 'w') as file: file.write(str(file.fileno())); os.write(2, b'a library says'); "
        "print('words', file=sys.stderr)"
    )
    done = shell('"$PY" -c "$1" "$2" <&- >&- 2>&-', code, str(tmp_path / "a"))
    assert done.returncode == 0
    assert int((tmp_path / "a").read_text()) > 2


# ---- several files ----------------------------------------------------------------------------------


def refuse() -> None:
    raise WriteError("Cannot write a: the disk is full.")


def test_one_file_that_fails_keeps_no_other_from_being_written_nor_printed(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []
    files = [Result("a", refuse), Result("b", lambda: done.append("b")), Result("c", refuse)]
    assert deliver(files, lambda: done.append("shown")) == Exit.USAGE
    assert done == ["b", "shown"]
    assert capsys.readouterr().err == "wrote b\n" + "error: Cannot write a: the disk is full.\n" * 2


def test_an_interrupt_waits_until_all_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []
    files = [
        Result("a", lambda: os.kill(os.getpid(), signal.SIGINT)),
        Result("b", lambda: done.append("b")),
    ]
    assert deliver(files, lambda: done.append("shown")) == Exit.INTERRUPTED
    assert done == ["b", "shown"]
    assert capsys.readouterr().err == "wrote a\nwrote b\n"


def test_what_an_interrupted_run_has_is_written_where_it_cannot_be_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("boundaryviz.cli.training.trained", lambda *_: (trained, True))
    with streams(Full()) as (_, said):
        assert run(COMMANDS["train"]) == Exit.FAILED
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.bviz", "a.json"]
    assert "interrupted at step 3" in said.getvalue()
