"""What is kept of studies in the state folder: their results, and which one is under way, for when the window dies.

A study under way is a recovery file of a scenario that holds it (see `document.recovery`); the results are one SQLite
file, in which every run is found by what it is of, whichever study asked for it.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from boundaryviz.gui.document.recovery import Origin, Orphan, Session, orphans
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.plain_text import one_line

FOLDER, RESULTS = "studies", "results.sqlite"


class Kept:
    """The studies' place in the state folder; None keeps nothing.

    left: the study that a window left behind when it was killed, newest first, if any; it is offered to nobody else
    meanwhile.
    """

    def __init__(self, state: Path | None) -> None:
        self._folder = None if state is None else state / FOLDER
        self._session: Session | None = None
        self.left: Orphan | None = None
        if self._folder is not None and self._folder.is_dir():
            with contextlib.suppress(OSError):
                found, _ = orphans(self._folder)
                self.left = found[0] if found else None
                for other in found[1:]:
                    other.let_go()

    @property
    def results(self) -> Path | None:
        """The file of results."""
        return None if self._folder is None else self._folder / RESULTS

    def begin(self, scenario: Scenario) -> None:
        """The study that this scenario holds is under way. Raises OSError where that cannot be written down."""
        if self._folder is None:
            return
        if self._session is None:
            self._session = Session(self._folder)
        origin = Origin("", one_line(scenario.title), 0, time.time())
        self._session.keep(lambda: scenario, origin)

    def end(self) -> None:
        """It is over, or not wanted any more."""
        if self._session is not None:
            with contextlib.suppress(OSError):
                self._session.clear()

    def take_left(self) -> Scenario | None:
        """What was left behind; it is no longer. None where it cannot be read: then it was put aside."""
        left, self.left = self.left, None
        if left is None:
            return None
        try:
            found = left.read()
        except ScenarioError:
            with contextlib.suppress(OSError):
                left.put_aside()
            return None
        with contextlib.suppress(OSError):
            left.discard()
        return found

    def seen_left(self) -> Scenario | None:
        """What was left behind, which stays so; None where it cannot be read."""
        with contextlib.suppress(ScenarioError):
            return None if self.left is None else self.left.read()
        return None

    def forget_left(self) -> None:
        """It is not wanted any more; its results stay."""
        left, self.left = self.left, None
        if left is not None:
            with contextlib.suppress(OSError):
                left.discard()

    def close(self, under_way: bool) -> None:
        """The window goes. under_way: whether the next one is to offer to go on."""
        if self.left is not None:
            self.left.let_go()
        if self._session is not None:
            with contextlib.suppress(OSError):
                self._session.leave() if under_way else self._session.close()
            self._session = None
