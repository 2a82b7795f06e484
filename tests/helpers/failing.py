"""Disks that fail: at a chosen call, or because they are small; and one writer for each kind of file that we make."""

from __future__ import annotations

import errno
import gc
import os
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boundaryviz.figures.data import Data, write_data
from boundaryviz.figures.film import encoding
from boundaryviz.figures.film.options import FilmOptions
from boundaryviz.figures.film.sequence import FrameSequence
from boundaryviz.figures.sheet import save
from boundaryviz.gui.document.recovery import Origin, Session
from boundaryviz.gui.shell import system_info
from boundaryviz.record import pins_file, timeline_file
from boundaryviz.record.pins import PinnedSnapshot
from boundaryviz.record.timeline_file import Kept
from boundaryviz.scenario import files
from boundaryviz.scenario.atomic import WriteError, write_atomic
from boundaryviz.scenario.scenario import Scenario
from helpers.sequences import SMALL, sequence
from helpers.snapshots import curves, snapshot

CALLS = ("open", "write", "fsync", "replace", "chmod", "chown", "setxattr", "close")
"""What of the system is made to fail, in turn."""

Write = Callable[[Path], object]


class Disk:
    """Counts what a block asks of the system, and fails once, at the call number `at`.

    What other threads ask is not counted, nor is what is thrown away meanwhile closed: either would shift the numbers.
    """

    def __init__(self, at: int, number: int) -> None:
        self.at, self.number, self.calls, self.failed = at, number, 0, ""

    @contextmanager
    def watched(self) -> Iterator[None]:
        """The block runs on this disk."""
        thread, collecting = threading.get_ident(), gc.isenabled()
        gc.disable()
        try:
            with pytest.MonkeyPatch.context() as patch:
                for name in CALLS:
                    patch.setattr(os, name, self._failing(name, getattr(os, name), thread))
                patch.setattr(Path, "write_bytes", self._failing("write", Path.write_bytes, thread))
                yield
        finally:
            if collecting:
                gc.enable()

    def _failing(self, name: str, real: Callable[..., object], thread: int) -> Callable[..., object]:
        def call(*given: Any, **options: Any) -> Any:
            if threading.get_ident() != thread:
                return real(*given, **options)
            self.calls += 1
            if self.calls - 1 != self.at:
                return real(*given, **options)
            self.failed = name
            if name == "write":  # as a disk does that becomes full
                place, data = given
                real(place, bytes(data)[: len(bytes(data)) // 2])
            if name == "close":
                real(*given)
            raise OSError(self.number, os.strerror(self.number))

        return call


class Quick:
    """A figure that is drawn in no time; a PGF has a picture beside it."""

    def savefig(self, place: object, **_: object) -> None:
        if isinstance(place, Path):
            Path.write_text(place, "a figure\n" * 400)
            Path.write_text(place.with_name("f-img0.png"), "a picture\n" * 400)
        else:
            place.write(b"a figure\n" * 400)  # type: ignore[attr-defined]


def _scenario(path: Path) -> None:
    files.write(path, Scenario(title="new").with_values({"data.n": 20}).with_scene(snapshot().scene))


def _recovery(path: Path) -> None:
    session = Session.__new__(Session)  # its lock, which is no file that holds anything, is left out
    session.path = path
    session.keep(lambda: Scenario(title="new"), Origin("", "new", 3, 1.0))


def _seen(path: Path) -> None:
    """What is kept of crash logs; nobody is told where it cannot be, so the sentence is caught on its way."""
    told: list[WriteError] = []

    def write(*given: object) -> None:
        try:
            write_atomic(*given)  # type: ignore[arg-type]
        except WriteError as error:
            told.append(error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(system_info, "write_atomic", write)
        system_info.crashes_since_last_start(path.parent)
    if told:
        raise told[0]


class QuickFilm:
    """A film of three frames that are drawn in no time."""

    def __init__(self, shown: FrameSequence, options: FilmOptions) -> None:
        self.sequence, self.options = shown, options

    def __len__(self) -> int:
        return 3

    def picture(self, frame: int) -> np.ndarray:
        return np.random.default_rng(frame).integers(0, 3, (240, 320, 4), dtype=np.uint8) * 100


@cache
def _sequence() -> FrameSequence:
    return sequence(1)


def _film(path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "Film", QuickFilm)
        encoding.write_film(path, _sequence(), FilmOptions(view="boundary", **SMALL))


KINDS: dict[str, Write] = {
    "a.bviz": _scenario,
    "a.toml": _scenario,
    "a.csv": _scenario,
    "a.timeline.npz": lambda path: timeline_file.write(path, Scenario(), Kept((), curves(1, 3))),
    "a.pins.npz": lambda path: pins_file.write(path, [PinnedSnapshot("new", snapshot())]),
    "session-1-a.recovery": _recovery,
    system_info._SEEN: _seen,
    "f.png": lambda path: save(Quick(), path),  # type: ignore[arg-type]
    "f.svg": lambda path: save(Quick(), path),  # type: ignore[arg-type]
    "f.pdf": lambda path: save(Quick(), path),  # type: ignore[arg-type]
    "f.pgf": lambda path: save(Quick(), path),  # type: ignore[arg-type]
    "d.npz": lambda path: write_data(Data({"x": np.arange(2000)}), path),
    "d.csv": lambda path: write_data(Data({}, ("x",), [(k,) for k in range(2000)]), path),
    "n.json": lambda path: write_atomic(path, b"[1, 2, 3]\n" * 400),
    "f.mp4": _film,
    "f.gif": _film,
    "f.webp": _film,
}
"""By the name of the file."""

PICTURE = "f-img0.png"
"""What is written beside the PGF."""


def state(folder: Path) -> dict[str, bytes]:
    """The files in a folder; of an archive its members, as it also says when it was written."""
    return {one.name: _members(one) if zipfile.is_zipfile(one) else one.read_bytes() for one in folder.iterdir()}


def _members(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return repr([(one.filename, archive.read(one)) for one in archive.infolist()]).encode()


def made(folder: Path, name: str, old: bool) -> dict[str, bytes]:
    """The files as they were before: none, or older ones, one of them with rights of its own."""
    for path in folder.iterdir():
        path.unlink()
    if old:
        for one in (name, PICTURE) if name.endswith(".pgf") else (name,):
            (folder / one).write_bytes(b"older")
        (folder / name).chmod(0o640)
    return state(folder)


def judge(folder: Path, name: str, before: dict[str, bytes], new: dict[str, bytes], error: WriteError | None) -> str:
    """What is wrong with what a write has left; empty where nothing is."""
    left = state(folder)
    if error is None:
        return "" if left == new else f"said to be written, and is not: {left.keys()}"
    words = str(error)
    if left == before:
        true = words.startswith(f"Cannot write {folder / name}") or words.startswith(f"Cannot write {folder / PICTURE}")
        return "" if true else f"said of another file: {words}"
    fresh = {one for one in left if left[one] == new[one] != before.get(one)}
    if name.endswith(".pgf") and left == before | {PICTURE: new[PICTURE]} and PICTURE in before:
        return (
            "" if f"Its pictures are new already: {PICTURE}" in words else f"does not say that {fresh} is new: {words}"
        )
    return f"neither old nor new: {sorted(left)}, and said: {words}"


_ALL = 10_000  # pages, more than a small disk has


# ---- a small disk -----------------------------------------------------------------------------------


def fill(folder: Path, pages: int) -> None:
    """Leave so many pages free."""
    (folder / "ballast").unlink(missing_ok=True)
    room = os.statvfs(folder)
    with suppress(OSError):
        (folder / "ballast").write_bytes(bytes(max(room.f_bavail - pages, 0) * room.f_frsize))


def main(folder: Path) -> None:
    """Write files on the small disk at `folder`, with more and more room, and print what is wrong."""
    failures, within = 0, folder / "in"
    within.mkdir()
    for name in ("a.bviz", "n.json", "f.pgf", "f.mp4", "f.gif"):  # one for each way in which files are written
        write = KINDS[name]
        fill(folder, _ALL)
        made(within, name, True)
        write(within / name)
        new = state(within)
        for pages in (0, 1, 2, 5, _ALL):
            fill(folder, _ALL)
            before = made(within, name, True)
            fill(folder, pages)
            error = None
            try:
                write(within / name)
            except WriteError as found:
                error, failures = found, failures + 1
                if "disk is full" not in str(error):
                    print(f"{name}: not said to be full: {error}")
            if wrong := judge(within, name, before, new, error):
                print(f"{name}, {pages} pages: {wrong}")
    print(f"{failures} times full")


ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT)

if __name__ == "__main__":
    main(Path(sys.argv[1]))
