"""How fast the window trains and where it rests: as the scenario asks, until somebody at the window asks otherwise."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.transport import TransportBar
from boundaryviz.scenario.pace import Pace, held_speed, speed

_RESTS = "Step {:,}: at rest. Space goes on, and so does any change."
_STOPPED = "Stopped early at {:,}: the weights of step {:,}. Space trains on without."


class Pacing(QObject):
    """Tells the trainer's client speed and stop, and shows them in the bar.

    Each scenario begins at its own pace and rests at its `training.steps`; what is fitted at once does neither. While a
    hand holds something it trains many times as fast, so that the boundary follows.
    """

    def __init__(self, window: MainWindow, document: Document, client: TrainerClient, bar: TransportBar) -> None:
        super().__init__(window)
        self._window, self._document, self._client, self._bar = window, document, client, bar
        self._key = window.actions_["train.full-speed"]
        self._never = False  # it was asked not to rest
        self._free = False
        self._held = self._rushes = False
        self._slow: Pace = "auto"  # what full speed gives way to
        self._length = (0, False)
        self._said = ""  # of its rest, in the status bar
        document.opened.connect(self._begin)
        document.changed.connect(self._look)
        client.stated.connect(lambda state: self._say())
        bar.pace_changed.connect(self.set_pace)
        self._key.toggled.connect(self.set_full)
        self._begin()

    @property
    def pace(self) -> Pace:
        """That of the file to be saved as well."""
        return self._document.pace

    def set_pace(self, pace: Pace) -> None:
        """Train at this pace from now on."""
        self._document.pace, self._rushes = pace, False
        if pace != "full":
            self._slow = pace
        self._tell()

    def set_full(self, on: bool) -> None:
        """As fast as it goes, or at the pace before."""
        if on != (self.pace == "full"):
            self.set_pace("full" if on else self._slow)

    def set_never(self, never: bool) -> None:
        """Whether it goes past the scenario's steps without a rest."""
        self._never = never
        self._tell()

    def free(self) -> None:
        """As fast as it goes and without a stop, whatever is opened: for programs that drive the window."""
        self._free = True
        self._client.set_stop_at(None)
        self._tell()

    def rush(self) -> None:
        """Train as fast as it goes up to where it rests, once, for whoever has asked for what comes of it."""
        self._never, self._rushes = False, True
        self._tell()

    def hold(self, held: bool) -> None:
        """Whether a hand holds something that is trained on where it is."""
        if held != self._held:
            self._held = held
            self._tell()

    def _begin(self) -> None:
        pace = self._document.pace
        self._never, self._held, self._slow = False, False, "auto" if pace == "full" else pace
        self._rushes = False
        self._tell()

    def _look(self) -> None:
        if self._of_scenario() != self._length:
            self._never = self._rushes = False
            self._tell()

    def _of_scenario(self) -> tuple[int, bool]:
        """Its steps, and whether it is fitted at once."""
        scenario = self._document.scenario
        return scenario.training.steps, scenario.learner.family.at_once

    def _tell(self) -> None:
        pace, self._length = self.pace, self._of_scenario()
        steps, at_once = self._length
        usual = speed(pace, steps, at_once)
        now = held_speed(pace, steps, at_once) if self._held else usual
        self._client.set_speed(None if self._rushes or self._free else now)
        if not self._free:
            stop = None if self._never or at_once else steps
            self._client.set_stop_at(stop, stop)
        self._bar.set_pace(pace, usual)
        self._bar.set_stop_at(None if self._never else steps)
        self._key.setChecked(pace == "full")

    def _say(self) -> None:
        """In the status bar that it rests, for as long as it does."""
        strip, step, kept = self._window.statusBar(), self._client.step_count, self._client.kept
        words = _RESTS.format(step) if kept is None else _STOPPED.format(step, step if kept < 0 else kept)
        assert strip is not None
        if self._client.resting:
            if self._rushes:
                self._rushes = False
                self._tell()
            self._said = words
            self._window.tell(words, 0)
        elif self._said and strip.currentMessage() == self._said:
            strip.clearMessage()
