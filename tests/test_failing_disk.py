"""A disk that fails: whatever fails while a file is written, the old or the new one is there, whole, and what is said
is true."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from boundaryviz.cli.app import run
from boundaryviz.runs.run import Run, start
from boundaryviz.scenario.atomic import WriteError
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.scratch import clear_scratch
from helpers.failing import ERRORS, KINDS, Disk, judge, made, state

FILMS = ("f.gif", "f.webp")  # written by the same code as the third kind, and to the disk by ffmpeg
NEEDED = {"open", "write", "fsync", "replace"}


def attempt(path: Path, disk: Disk) -> WriteError | None:
    try:
        with disk.watched():
            KINDS[path.name](path)
    except WriteError as error:
        return error
    return None


@pytest.mark.parametrize("old", [False, True], ids=["a first file", "an older file"])
@pytest.mark.parametrize("name", [name for name in KINDS if name not in FILMS])
def test_at_whatever_call_the_disk_fails_the_old_or_the_new_file_is_whole(
    name: str, old: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary, folder = tmp_path / "temporary", tmp_path / "folder"
    temporary.mkdir()
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    made(folder, name, old)
    whole = Disk(-1, 0)
    assert attempt(folder / name, whole) is None
    new = state(folder)
    seen, wrong = set(), []
    for at in range(whole.calls):
        for number in ERRORS if name == "n.json" else ERRORS[at % len(ERRORS) :][:1]:
            before = made(folder, name, old)
            disk = Disk(at, number)
            error = attempt(folder / name, disk)
            seen.add(disk.failed)
            if problem := judge(folder, name, before, new, error):
                wrong.append(f"call {at}, {disk.failed}, {os.strerror(number)}: {problem}")
    assert wrong == []
    assert seen >= (NEEDED - {"write"} if name == "f.mp4" else NEEDED)
    for path in temporary.iterdir():  # where the disk failed while they were removed
        os.utime(path, (0, 0))
    clear_scratch()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("name", [name for name in KINDS if name.startswith("f.") and name not in ("f.svg", "f.pdf")])
def test_at_whatever_size_the_disk_is_full_the_old_file_is_whole(name: str, tmp_path: Path) -> None:
    made(tmp_path, name, True)
    KINDS[name](tmp_path / name)
    new = state(tmp_path)
    size, before = len(new[name]), resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (0, 1, size // 2, size - 1):
        old, error = made(tmp_path, name, True), None
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        try:
            KINDS[name](tmp_path / name)
        except WriteError as found:
            error = found
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert error is not None, limit
        assert state(tmp_path) == old
        assert "too large" in str(error)


@pytest.mark.skipif(shutil.which("unshare") is None or os.geteuid() != 0, reason="needs root, who may mount")
def test_on_a_small_disk_the_old_or_the_new_file_is_whole(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=512k tmpfs {disk}"
    if subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True).returncode:
        pytest.skip("needs a system that lets a test mount a disk")
    command = f'{mount} && exec "$0" -m helpers.failing {disk}'
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", command, sys.executable], env=environment, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert re.fullmatch(r"\d{2,} times full\n", done.stdout), done.stdout


@pytest.fixture(scope="module")
def trained() -> Run:
    done = start(Scenario().with_values({"data.n": 20, "learner.hidden": [2]}), device="cpu")
    done.advance(2)
    return done


def test_what_a_command_says_to_have_written_is_written_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("boundaryviz.cli.training.trained", lambda *_: (trained, False))
    monkeypatch.chdir(tmp_path)
    command = ["train", "moons", "--json", "a.json", "--save", "a.bviz"]
    assert run(command) == 0
    new = state(tmp_path)
    whole = Disk(-1, 0)
    with whole.watched():
        run(command)
    codes = set()
    for at in range(0, whole.calls, 2):
        for path in tmp_path.iterdir():
            path.write_bytes(b"older")
        capsys.readouterr()
        with Disk(at, ERRORS[at // 2 % len(ERRORS)]).watched():
            codes.add(run(command))
        shown, left = capsys.readouterr(), state(tmp_path)
        for name in ("a.json", "a.bviz"):
            told = f"wrote {name}\n" in shown.err
            assert left[name] == (new[name] if told else b"older"), (at, name)
            assert told or "Cannot write a." in shown.err, (at, name)
            assert not (told and f"Cannot write {name}" in shown.err), (at, name)
        assert sorted(left) == ["a.bviz", "a.json"]
        assert "Traceback" not in shown.err
    assert codes == {0, 2}
