"""Starting the window: look whether one can open, start the trainer, then Qt; and what happens in a crash."""

from __future__ import annotations

import faulthandler
import gc
import os
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from platformdirs import user_state_path

from boundaryviz.engine import worker
from boundaryviz.gui import preflight

if TYPE_CHECKING:
    from boundaryviz.engine.link import Link, StartLink
    from boundaryviz.gui.document import Document
    from boundaryviz.scenario.scenario import Scenario

FIRST = "moons"  # what a first start trains
RECOVERY = "recovery.bviz"
HINT = "Drag a point and watch the boundary follow."


def main(file: str | None = None, *, device: str = "auto") -> int:
    """Open the window, on `file` if one is given, and run it. Returns the exit code: 0, 2 for a bad file, 3 for no
    display."""
    problems = preflight.check()
    if problems:
        for problem in problems:
            print(problem.sentence, file=sys.stderr)
        return 3
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the trainer inherits it
    state = user_state_path("boundaryviz", ensure_exists=True)
    crash_log = str(state / "trainer-crash.log")
    started = worker.start(crash_log)  # torch loads there while everything else loads here
    from boundaryviz.engine.link import ProcessLink

    link = ProcessLink(started=started)
    try:
        scenario = _scenario(file)
        if scenario is None:
            return 2
        return _run(scenario, file, lambda: ProcessLink(crash_log), link, state)
    finally:
        link.close()


def _scenario(file: str | None) -> Scenario | None:
    """The scenario to begin with; None after saying what is wrong with `file`."""
    from boundaryviz.scenario import gallery
    from boundaryviz.scenario.scenario import ScenarioError
    from boundaryviz.scene.table_text import TableError

    try:
        return gallery.load(file or FIRST)
    except (ScenarioError, TableError) as error:
        for words in error.problems:
            print(words, file=sys.stderr)
        return None


def _run(scenario: Scenario, file: str | None, start: StartLink, link: Link, state: Path) -> int:
    from PyQt6.QtCore import QSettings
    from PyQt6.QtWidgets import QApplication

    app = QApplication(sys.argv[:1])
    app.setApplicationName("boundaryviz")
    app.setOrganizationName("boundaryviz")
    app.setDesktopFileName("boundaryviz")
    from boundaryviz.gui.assembly import Desk

    desk = Desk(scenario, start, link, QSettings())
    _install_hooks(desk.document, state)
    recovered = state / RECOVERY
    if recovered.exists():
        desk.offer_recovery(recovered)
    if file is not None and Path(file).suffix.lower() == ".bviz":
        desk.document.path = Path(file)
    # what stands now stays: looking through it for garbage at every other frame would cost a tenth of the time
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    desk.show(None if file else HINT)
    if file is not None and Path(file).suffix.lower() == ".csv" and scenario.summary:
        desk.window.notify(scenario.summary)  # how the table was read
    code = app.exec()
    if not desk.recovery_waits:
        recovered.unlink(missing_ok=True)  # nothing was lost: closing asked about unsaved changes
    desk.close()
    return code


def _install_hooks(document: Document, state: Path) -> None:
    """Save first, then tell. Installed after pyqtgraph was imported, which puts a hook of its own in place."""
    crash_log = open(state / "window-crash.log", "a")  # noqa: SIM115 - open for as long as the program runs
    faulthandler.enable(crash_log)
    told = False

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        nonlocal told
        details = "".join(traceback.format_exception(kind, error, trace))
        print(details, file=sys.stderr)
        if issubclass(kind, KeyboardInterrupt):
            os._exit(130)
        saved = _save_recovery(document, state / RECOVERY)
        if not told and threading.current_thread() is threading.main_thread():
            told = True  # one dialog is enough: what follows is usually the same
            _tell_crash(details, saved)

    sys.excepthook = hook
    threading.excepthook = lambda args: hook(args.exc_type, args.exc_value or Exception(), args.exc_traceback)


def _save_recovery(document: Document, path: Path) -> bool:
    from boundaryviz.scenario import files

    try:
        files.write(path, document.committed.complete())
    except OSError:
        return False
    return True


def _tell_crash(details: str, saved: bool) -> None:
    from PyQt6.QtWidgets import QMessageBox

    box = QMessageBox(QMessageBox.Icon.Warning, "Something went wrong", "boundaryviz met an error it did not expect.")
    safe = "Your points and settings were saved and will be offered at the next start. " if saved else ""
    box.setInformativeText(f"{safe}You can go on; save your work under another name if things look odd.")
    box.setDetailedText(details)
    box.exec()
