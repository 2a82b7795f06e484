"""What has been trained on since step 0: the document's states, at the steps from which the trainer used them."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QObject, pyqtSignal

from boundaryviz.engine import messages as m
from boundaryviz.gui.document.document import State
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.scenario.history import RunHistory


class HistoryKeeper(QObject):
    """Writes the history of the run while it goes. changed: it has another change, or begins anew.

    history: None before the first step. The history of a file that was opened stays until a step is done.
    """

    changed = pyqtSignal()

    def __init__(self, client: TrainerClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client = client
        self._pushed: dict[int, State] = {}
        self._fresh = True  # no step has been done since step 0
        self._given = False  # the history is that of a file, whose loading is still to be answered
        self._taken: State | None = None  # what was trained on last
        self.history: RunHistory | None = None
        client.applied.connect(self._applied)
        client.superseded.connect(lambda revision: self._pushed.pop(revision, None))
        client.framed.connect(lambda frame: self._forget(frame.revision))
        client.stated.connect(self._stated)

    def push(self, revision: int, state: State) -> None:
        """The trainer is told of this state."""
        self._pushed[revision] = state

    def state(self, revision: int) -> State | None:
        """What the trainer was told under this number, if it can still be asked about it."""
        return self._pushed.get(revision)

    def now(self) -> RunHistory | None:
        """The history as far as it has come."""
        if self.history is None or self._fresh:
            return self.history
        return self.history.come_to(
            max(self._client.step_count, *(change.step for change in self.history.changes[-1:]), 0)
        )

    def pending(self, state: State) -> bool:
        """Whether a state, which is in force, has yet to be trained on, after others."""
        return self._taken is not None and self._taken is not state

    def open(self, history: RunHistory | None) -> None:
        """A file was opened that holds this history; it stays until a step is done."""
        self.history, self._fresh, self._given, self._taken = history, True, True, None
        self.changed.emit()

    def resume(self, history: RunHistory) -> None:
        """Go on from this history, at its end, with what does the steps now."""
        history = replace(history, engine=self._client.engine)
        self.history, self._fresh, self._given, self._taken = history, False, False, None
        self.changed.emit()

    def _stated(self, said: m.State) -> None:
        if said.why not in ("loaded", "reset"):
            return
        self._fresh = True
        if said.why == "loaded" and self._given:
            self._given = False
        else:
            self.history = None
            self.changed.emit()

    def _applied(self, applied: m.RevisionApplied) -> None:
        state = self._taken = self._pushed[applied.revision]
        self._forget(applied.revision)
        client = self._client
        if self._fresh or self.history is None:
            drawn = not state.edited and state.scenario.plane is None
            self.history = RunHistory.of(state.scenario, state.scene, drawn, client.seeds, client.twin, client.engine)
            self._fresh = False
        else:
            before = self.history.last[0]
            self.history = self.history.then(applied.step, state.scenario, state.scene)
            if before.drawn_by != state.scenario.drawn_by:
                client.forget_curves()  # losses on other data cannot be compared
        self.changed.emit()

    def _forget(self, revision: int) -> None:
        """The trainer has come to this revision, and back to none before it."""
        for older in [one for one in self._pushed if one < revision]:
            del self._pushed[older]
