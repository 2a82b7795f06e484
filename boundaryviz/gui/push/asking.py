"""Questions about one place, one at a time: what the pointer comes to while an answer is under way waits."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QElapsedTimer, QObject, QTimer

from boundaryviz.engine.probes.push_views import PushView, PushViewSettings
from boundaryviz.gui.training.client import TrainerClient

_LONG = 250  # milliseconds after which a question gives way to another; also the longest rest between two


class PlaceAsking(QObject):
    """Keeps the probe 'push-here' at what is wanted, and training going meanwhile.

    wanted: what is to be asked now, None for nothing. found: the last answer. rests: how long the next question waits,
    in times what the last answer took.
    """

    def __init__(self, client: TrainerClient, wanted: Callable[[], PushViewSettings | None], parent: QObject) -> None:
        super().__init__(parent)
        self._client, self._wanted = client, wanted
        self.rests = 1.0
        self.found: PushView | None = None
        self._awaited: PushViewSettings | None = None
        self._long, self._rest = QTimer(self), QTimer(self)
        for timer, act in ((self._long, self.give_way), (self._rest, self.ask)):
            timer.setSingleShot(True)
            timer.timeout.connect(act)
        self._asked_at = QElapsedTimer()

    def ask(self) -> None:
        """Ask what is wanted, unless an answer is under way, or it is known."""
        asked = self._wanted()
        if asked is None:
            self._client.unsubscribe("push-here")
            self._awaited = self.found = None
        elif self._awaited is None and not self._rest.isActive() and not self._known(asked):
            self._awaited = asked
            self._client.subscribe("push-here", asked)
            self._asked_at.start()
            self._long.start(_LONG)

    def ask_at_once(self) -> None:
        """Ask what is wanted in the place of whatever is under way."""
        self._awaited = None
        self._rest.stop()
        self.ask()

    def take(self, found: PushView) -> None:
        """An answer has come. Whether it is to be shown is for others to say, who then keep it as `found`."""
        if found.settings == self._awaited:
            self._awaited = None
            self._long.stop()
            if rest := min(round(self.rests * self._asked_at.elapsed()), _LONG):
                self._rest.start(rest)

    def forget(self) -> None:
        """What was found, and what is under way, is of another model."""
        self._awaited = self.found = None
        self._long.stop()
        self._rest.stop()

    def give_way(self) -> None:
        """What has had no answer for long gives way to what is wanted now; asked again it would begin anew."""
        if self._wanted() != self._awaited:
            self.ask_at_once()
        elif self._awaited is not None:
            self._long.start(_LONG)

    def _known(self, asked: PushViewSettings) -> bool:
        return self.found is not None and self.found.settings == asked
