"""What lies where a file goes: devices, pipes, links, read-only files, owners; nothing is replaced that should stay."""

from __future__ import annotations

import errno
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from boundaryviz.scenario import places
from boundaryviz.scenario.atomic import (
    PART,
    ChangedError,
    ProtectedError,
    WriteError,
    check_writable,
    clear_parts,
    replacing,
    write_atomic,
)
from boundaryviz.scenario.lock import try_lock
from boundaryviz.scenario.scratch import Scratch, clear_scratch

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pipes and devices")


def filled(path: str | Path, data: bytes) -> None:
    """As films and other libraries write."""
    with replacing(path) as beside:
        beside.write_bytes(data)


WAYS = [write_atomic, filled]


def a_null(folder: Path) -> Path:
    """A device like /dev/null that may be lost; skips where none can be made."""
    path = folder / "null"
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        path.write_bytes(b"")
    except PermissionError:
        pytest.skip("needs a file system and a user that may have devices")
    return path


def read_all(path: Path) -> tuple[threading.Thread, list[bytes]]:
    """A thread that reads a pipe to its end, and what it reads."""
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(path.read_bytes()))
    thread.start()
    return thread, found


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize("through", ["itself", "a link", "a link to a link"])
def test_a_device_stays_a_device(tmp_path: Path, write: Callable[[Path, bytes], object], through: str) -> None:
    null = target = a_null(tmp_path)
    for number in range(["itself", "a link", "a link to a link"].index(through)):
        target, before = tmp_path / f"link{number}", target
        target.symlink_to(before)
    check_writable(target)
    write(target, b"some words")
    assert stat.S_ISCHR(null.stat().st_mode)
    assert target.is_symlink() == (through != "itself")
    assert not [one for one in tmp_path.iterdir() if one.name.endswith(PART)]


@pytest.mark.parametrize("write", WAYS)
def test_a_full_device_is_said_to_be_full(write: Callable[[str, bytes], object]) -> None:
    check_writable("/dev/full")
    with pytest.raises(WriteError, match="Cannot write /dev/full: it is full"):
        write("/dev/full", b"some words")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@pytest.mark.parametrize("write", WAYS)
def test_a_pipe_is_written_to_its_reader_and_stays(tmp_path: Path, write: Callable[[Path, bytes], object]) -> None:
    pipe, data = tmp_path / "pipe", bytes(range(256)) * 4000
    os.mkfifo(pipe)
    reader, found = read_all(pipe)
    check_writable(pipe)
    write(pipe, data)
    reader.join()
    assert found == [data]
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_pipe_that_nobody_reads_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PATIENCE", 0.05)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(WriteError, match="nobody reads this pipe"):
        write_atomic(pipe, b"words")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # there, but reads nothing
    with pytest.raises(WriteError, match="nobody reads this pipe any more"):
        write_atomic(pipe, bytes(1_000_000))
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("folder", ["/dev/fd", "/proc/self/fd"])
@pytest.mark.parametrize("linked", [False, True])
def test_an_open_file_of_ours_is_written_to_where_it_stands(tmp_path: Path, folder: str, linked: bool) -> None:
    if not Path(folder).is_dir():
        pytest.skip(f"needs {folder}")
    with (tmp_path / "out").open("w+b", buffering=0) as out:
        out.write(b"before ")
        path = Path(f"{folder}/{out.fileno()}")
        if linked:
            (tmp_path / "link").symlink_to(path)
            path = tmp_path / "link"
        check_writable(path)
        write_atomic(path, b"and ")
        out.write(b"after")
    assert (tmp_path / "out").read_bytes() == b"before and after"
    ours, theirs = os.pipe()
    write_atomic(f"{folder}/{theirs}", b"words")
    assert os.read(ours, 100) == b"words"
    with pytest.raises(WriteError, match="may not be written"):
        check_writable(f"{folder}/{ours}")
    os.close(ours)
    os.close(theirs)
    with pytest.raises(WriteError, match="Cannot write"):
        write_atomic(f"{folder}/{theirs}", b"words")


def test_standard_output_is_written_to_by_its_name() -> None:
    code = (
        "from boundaryviz.scenario.atomic import *; check_writable('/dev/stdout'); write_atomic('/dev/stdout', b'hi')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"hi", b"")


def test_what_can_never_be_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind(str(tmp_path / "socket"))
        for name, words in {
            "socket": "it is a socket", ".": "it is a folder", "loop": "round in a circle", "a\0b": "NUL",
            "n" * 300: "name is too long", "file/x": "no folder", "no/x": "no folder",
        }.items():  # fmt: skip
            for attempt in (check_writable, lambda path: write_atomic(path, b"x"), lambda path: filled(path, b"x")):
                with pytest.raises(WriteError, match=words):
                    attempt(tmp_path / name)
    for name in ("", "/", f"{tmp_path}/new/"):
        with pytest.raises(WriteError, match="names no file"):
            check_writable(name)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "loop", "socket"]


def test_a_link_to_nothing_is_filled_and_stays(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("later")
    check_writable(tmp_path / "link")
    write_atomic(tmp_path / "link", b"new")
    assert os.readlink(tmp_path / "link") == "later"
    assert (tmp_path / "later").read_bytes() == b"new"


def test_a_new_file_has_the_permissions_that_others_get(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_atomic(tmp_path / "new", b"new")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o777, 0o2660, 0o622])
def test_permissions_survive_and_nobody_else_reads_the_new_file_before(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a"
    path.touch()
    path.chmod(mode)
    with replacing(path) as beside:
        assert stat.S_IMODE(beside.stat().st_mode) == 0o600
        beside.write_bytes(b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_owner_and_group_survive(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    os.chown(path, 12345, 54321)
    write_atomic(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


def test_attributes_survive(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    try:
        os.setxattr(path, "user.note", b"mine")
    except (OSError, AttributeError):
        pytest.skip("needs a file system with attributes")
    write_atomic(path, b"new")
    assert os.getxattr(path, "user.note") == b"mine"


@pytest.mark.parametrize(
    ("call", "words"), [("chown", "its owner and its group"), ("chmod", "its permissions"), ("setxattr", "attribute")]
)
def test_what_cannot_survive_is_not_overwritten_unasked(
    tmp_path: Path, call: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o640)
    stated = os.stat(path)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, call, refuse)
    if call == "chown":  # somebody else's, in a folder of ours
        values = [*stated]
        values[stat.ST_UID], values[stat.ST_GID] = stated.st_uid + 1, stated.st_gid + 1
        monkeypatch.setattr(places, "_stat", lambda _: os.stat_result(values))
    if call == "setxattr":
        monkeypatch.setattr(os, "listxattr", lambda _: ["user.note"])
        monkeypatch.setattr(os, "getxattr", lambda *_: b"mine")
    for attempt in (check_writable, lambda path: write_atomic(path, b"new")):
        with pytest.raises(ProtectedError, match=words):
            attempt(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    write_atomic(path, b"new", anyway=True)
    assert path.read_bytes() == b"new"


def read_only(path: Path) -> None:
    path.chmod(0o444)


def linked(path: Path) -> None:
    path.with_name("other").hardlink_to(path)


@pytest.mark.parametrize(("protect", "words"), [(read_only, "it is read-only"), (linked, "2 names")])
def test_a_protected_file_is_not_overwritten_unasked(
    tmp_path: Path, protect: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    protect(path)
    before = path.stat()
    for attempt in (check_writable, lambda path: write_atomic(path, b"new"), lambda path: filled(path, b"new")):
        with pytest.raises(ProtectedError, match=words):
            attempt(path)
        assert path.read_bytes() == b"old"
        assert (path.stat().st_ino, path.stat().st_nlink, path.stat().st_mode) == (
            before.st_ino, before.st_nlink, before.st_mode,
        )  # fmt: skip
    assert not [one for one in tmp_path.iterdir() if one.name.endswith(PART)]
    write_atomic(path, b"new", anyway=True)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode == before.st_mode
    if (tmp_path / "other").exists():
        assert (tmp_path / "other").read_bytes() == b"old"


def test_what_becomes_protected_while_it_is_written_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(ProtectedError), replacing(path):
        path.chmod(0o444)
    path.unlink()
    with pytest.raises(ChangedError), replacing(path):
        os.mkfifo(path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.is_fifo()


def test_names_that_are_no_text_and_long_ones_are_written(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"d\xff")
    folder.mkdir()
    for name in (os.fsdecode(b"x\xfe.json"), "\u00e4" * 127, "n" * 255, "\u202e\x1b[31m"):
        check_writable(folder / name)
        filled(folder / name, b"new")
        assert [one.name for one in folder.iterdir()] == [name]
        (folder / name).unlink()


# ---- what the killed leave --------------------------------------------------------------------------


def aged(path: Path, seconds: float = 3600.0) -> None:
    when = path.stat().st_mtime - seconds
    os.utime(path, (when, when))


def test_parts_of_the_killed_go_with_the_next_file_in_their_folder(tmp_path: Path) -> None:
    code = (
        "import os, sys; from boundaryviz.scenario.atomic import *\n"
        "with replacing(sys.argv[1]) as beside: print(beside, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "film.mp4")]
    child = subprocess.Popen(command, stdin=-1, stdout=-1, text=True)
    assert child.stdout is not None
    part = Path(child.stdout.readline().strip())
    aged(part)
    (tmp_path / ".download.part").touch()
    aged(tmp_path / ".download.part")
    write_atomic(tmp_path / "other.png", b"words")
    assert part.exists(), "it is being written"
    with child:
        child.kill()
    write_atomic(tmp_path / "other.png", b"words")
    assert sorted(one.name for one in tmp_path.iterdir()) == [".download.part", "other.png"]


def test_a_part_that_is_just_begun_or_locked_stays(tmp_path: Path) -> None:
    with replacing(tmp_path / "a") as part:
        aged(part)
        clear_parts(tmp_path / "b")
        assert part.exists()
    part = tmp_path / f".a.0123456789ab.boundaryviz{PART}"
    part.touch()
    clear_parts(tmp_path / "b")
    assert part.exists()
    aged(part, 5.0)
    clear_parts(tmp_path / "b")
    assert not part.exists()


def test_a_young_part_stays_and_a_pipe_of_that_name_stops_nobody(tmp_path: Path) -> None:
    part, pipe = tmp_path / f".a.young{PART}", tmp_path / f".a.pipe{PART}"
    part.touch()
    os.mkfifo(pipe)
    aged(pipe)
    clear_parts(tmp_path / "a")
    assert part.exists()
    assert pipe.exists()
    clear_parts(tmp_path / "a", older=0)
    assert not part.exists()


def test_temporary_folders_of_the_killed_go_and_those_of_the_living_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    mine = tmp_path / "boundaryviz-mine"
    mine.mkdir()
    aged(mine, 1e6)
    old = tmp_path / "boundaryviz-animate-abcd1234"  # as an older version left it
    old.mkdir()
    (old / "scenario.bviz").touch()
    aged(old)
    (tmp_path / "boundaryviz-dose-abcd1234").symlink_to(mine)
    code = (
        "import sys; from boundaryviz.scenario.scratch import Scratch\n"
        "held = Scratch('film'); print(held.path, flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True)
    assert child.stdout is not None
    living = Path(child.stdout.readline().strip())
    aged(living)
    clear_scratch()
    assert living.exists()
    assert old.exists(), "its program may be at work still"
    with child:
        child.kill()
    aged(old, 90_000.0)
    with Scratch("animate") as folder:
        assert folder.is_dir()
        assert not living.exists()
        assert not old.exists()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["boundaryviz-dose-abcd1234", "boundaryviz-mine"]


def test_a_lock_is_not_waited_for(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as one, (tmp_path / "a").open("rb") as other:
        assert try_lock(one.fileno())
        assert not try_lock(other.fileno())
