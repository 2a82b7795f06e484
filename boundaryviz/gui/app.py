"""Starting the window: look whether one can open, start the trainer, then Qt; and what happens in a crash."""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from boundaryviz.engine import worker
from boundaryviz.gui.diagnostics import preflight
from boundaryviz.gui.shell import system_info

if TYPE_CHECKING:
    from boundaryviz.engine.link import Link, StartLink
    from boundaryviz.gui.document.projects import Project
    from boundaryviz.gui.shell.logbook import Logbook
    from boundaryviz.tables.choosing import Columns

FIRST = "moons"  # what a first start trains
HINT = "Drag a point and watch the boundary follow."
_GIVE_WAY = 0.0005  # seconds after which the thread that writes lets the window go on; Python waits ten times as long


def main(file: str | None = None, reads: Callable[[], Project] | None = None, *, asks: bool = True) -> int:
    """Open the window, on `file` if one is given, and run it. Returns the exit code: 0, or 3 for no display.

    reads: finds out what is in the file, in the place of `read`, while the trainer starts. asks: whether a table in
    which something was guessed is shown, to be corrected. Raises what `reads` raises, as ScenarioError for a file that
    cannot be used.
    """
    gc.disable()  # while everything is loaded and made, which stays: a twentieth of the time
    try:
        return _main(file, reads, asks)
    finally:
        gc.enable()


def _main(file: str | None, reads: Callable[[], Project] | None, asks: bool) -> int:
    problems = preflight.check()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the trainer inherits it
    state, unkept = system_info.state_folder()
    crash_log = str(state / system_info.TRAINER_LOG) if state is not None else None
    # before anything else is imported: torch loads there while everything else loads here
    started = None if problems else worker.start(crash_log)
    try:
        project = read(file) if reads is None else reads()
    except BaseException:
        if started is not None:
            worker.end(started)
        raise
    if started is None:
        for problem in problems:
            print(problem.sentence, file=sys.stderr)
        return 3
    crash = system_info.crashes_since_last_start(state) if state is not None else ""  # told once, so not before
    from boundaryviz.engine.link import ProcessLink

    link = ProcessLink(started=started)
    try:
        return _run(project, file, lambda: ProcessLink(crash_log), link, state, unkept, crash, asks)
    finally:
        link.close()


def read(file: str | None, columns: Columns | None = None) -> Project:
    """What to begin with. columns: of a table, what is what. Raises ScenarioError for a file that cannot be used."""
    from boundaryviz.gui.document import projects
    from boundaryviz.record.pins_file import is_pins
    from boundaryviz.scenario import gallery

    if file is not None and not is_pins(file) and Path(file).is_file() and not columns:
        return projects.read(Path(file))
    # pins stand beside any scenario
    return projects.Project.of(gallery.load(FIRST if file is None or is_pins(file) else file, columns))


def _run(
    project: Project, file: str | None, start: StartLink, link: Link, state: Path | None, unkept: str, crash: str,
    asks: bool,
) -> int:  # fmt: skip
    from PyQt6.QtCore import QSettings
    from PyQt6.QtWidgets import QApplication

    app = QApplication(sys.argv[:1])
    app.setApplicationName("boundaryviz")
    app.setOrganizationName("boundaryviz")
    app.setDesktopFileName("boundaryviz")
    from boundaryviz.gui.workbench import Workbench
    from boundaryviz.record.pins_file import is_pins

    workbench = Workbench(project, start, link, QSettings(), state)
    workbench.errors.install()
    _listen(workbench.log)
    native = system_info.log_in(state, system_info.WINDOW_LOG)  # open for as long as the program runs
    if native is not None:
        faulthandler.enable(native)
    pins = file is not None and is_pins(file)
    is_file = file is not None and not pins and Path(file).is_file()
    if file is not None and is_file:
        workbench.filing.opened(Path(file), project.stamp)
        workbench.timeline_files.opened()
    sys.setswitchinterval(_GIVE_WAY)
    # what stands now stays: looking through it for garbage at every other frame would cost a tenth of the time
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 50)
    workbench.show(None if file else HINT)
    if file is not None and pins:
        workbench.pin_files.open(Path(file))
    if file is not None and is_file:
        workbench.filing.tell_opened(Path(file), asks)
    elif file is not None and not pins:
        workbench.filing.tell_look_at()
    workbench.offer_what_was_left(crash, unkept)
    code = app.exec()
    workbench.close()
    return code


def _listen(log: Logbook) -> None:
    """Bring what libraries log and warn of into the log panel, and go on printing it."""
    logging.captureWarnings(True)
    console = logging.StreamHandler()
    console.setLevel(logging.WARNING)
    for handler in (log.handler(), console):
        logging.getLogger().addHandler(handler)
