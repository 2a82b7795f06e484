"""The program itself in a process of its own, working on a scenario of the window and telling how far it has come."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, pyqtSignal

import boundaryviz
from boundaryviz.scenario.atomic import explained
from boundaryviz.scenario.files import write
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.scratch import Scratch, clear_scratch
from boundaryviz.scene.plain_text import one_line

_PATIENCE = 2000  # milliseconds that a process which was asked to end has to go
OURS = (sys.executable, "-m", "boundaryviz")


class Program(QObject):
    """`boundaryviz SUBCOMMAND scenario.bviz --lines`, one at a time, at low priority.

    said: a line, parsed from JSON. ended: the process is over by itself or because it was asked to; with a sentence
    that says why it failed, or none. Its death touches nothing else. The copy of the scenario lies in a temporary
    folder; those that killed windows have left are cleared away at once.
    """

    said = pyqtSignal(dict)
    ended = pyqtSignal(str)

    def __init__(self, parent: QObject, command: Sequence[str] = OURS) -> None:
        super().__init__(parent)
        self.command = command
        self.folder: Scratch | None = None
        self._process: QProcess | None = None
        self._line = b""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE)
        self._patience.timeout.connect(self._lose_patience)
        clear_scratch()

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self, subcommand: str, scenario: Scenario, options: Sequence[str]) -> None:
        """Run on a copy of `scenario`. Raises WriteError where there is no room for the copy."""
        with explained("a temporary file"):
            self.folder = Scratch(subcommand)
        place = self.folder.path / "scenario.bviz"
        try:
            write(place, scenario)
        except OSError:
            self._clean()
            raise
        self._line = b""
        process = self._process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed_to_start)
        process.start(self.command[0], [*self.command[1:], subcommand, str(place), "--lines", *options])

    def interrupt(self) -> None:
        """Ask the process to end in good order; it is killed where it takes too long. `ended` follows."""
        if self._process is not None:
            self._process.terminate()
            self._patience.start()

    def kill(self) -> bool:
        """End the process now, without `ended`; whether there was one."""
        process = self._process
        if process is None:
            return False
        process.blockSignals(True)
        process.kill()
        process.waitForFinished(_PATIENCE)
        self._clean()
        return True

    def close(self) -> None:
        """End the process in good order and wait for that, without `ended`; the window may go now."""
        process = self._process
        if process is not None:
            process.blockSignals(True)
            process.terminate()
            process.waitForFinished(_PATIENCE)
            self.kill()

    def _lose_patience(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _clean(self) -> None:
        self._patience.stop()
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
        if self.folder is not None:
            self.folder.remove()
            self.folder = None

    def _read(self) -> None:
        assert self._process is not None
        *lines, self._line = (self._line + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            said: Any = None
            with suppress(ValueError, RecursionError):  # what a library prints in between says nothing to us
                said = json.loads(line)
            if isinstance(said, dict):
                self.said.emit(said)

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        assert self._process is not None
        self._read()
        errors = self._process.readAllStandardError().data().decode(errors="replace").strip().splitlines()
        self._clean()
        if code == 0 and status == QProcess.ExitStatus.NormalExit:
            self.ended.emit("")
        else:
            words = errors[-1].removeprefix("error: ").strip() if errors else "Its process ended unexpectedly."
            self.ended.emit(_without_path(one_line(words)))

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            words = self._process.errorString()
            self._clean()
            self.ended.emit(f"Its process could not be started: {words}.")


def _environment() -> QProcessEnvironment:
    """Ours, with the place of this package first on Python's path: the process may not stand where we do."""
    environment = QProcessEnvironment.systemEnvironment()
    home = str(Path(boundaryviz.__file__).resolve().parent.parent)
    others = environment.value("PYTHONPATH")
    environment.insert("PYTHONPATH", f"{home}{os.pathsep}{others}" if others else home)
    environment.insert("OMP_NUM_THREADS", "1")
    return environment


def _without_path(words: str) -> str:
    """'poison: There is ...' as 'There is ...': the window has no paths."""
    path, colon, rest = words.partition(": ")
    return rest if colon and path.isidentifier() else words
