"""What has been trained on since step 0: the document's states, at the steps from which the trainer used them."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from boundaryviz.engine import messages as m
from boundaryviz.gui.client import TrainerClient
from boundaryviz.gui.document import State
from boundaryviz.scenario.course import Course


class CourseKeeper(QObject):
    """Writes the course of the run while it goes. changed: it has another turn, or begins anew.

    course: None before the first step. The course of a file that was opened stays until a step is done.
    """

    changed = pyqtSignal()

    def __init__(self, client: TrainerClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client = client
        self._pushed: dict[int, State] = {}
        self._fresh = True  # no step has been done since step 0
        self._given = False  # the course is that of a file, whose loading is still to be answered
        self._taken: State | None = None  # what was trained on last
        self.course: Course | None = None
        client.took.connect(self._took)
        client.superseded.connect(lambda revision: self._pushed.pop(revision, None))
        client.framed.connect(lambda frame: self._forget(frame.revision))
        client.stated.connect(self._stated)

    def push(self, revision: int, state: State) -> None:
        """The trainer is told of this state."""
        self._pushed[revision] = state

    def state(self, revision: int) -> State | None:
        """What the trainer was told under this number, if it can still be asked about it."""
        return self._pushed.get(revision)

    def now(self) -> Course | None:
        """The course as far as it has come."""
        if self.course is None or self._fresh:
            return self.course
        return self.course.come_to(max(self._client.step_count, *(turn.step for turn in self.course.turns[-1:]), 0))

    def pending(self, state: State) -> bool:
        """Whether a state, which is in force, has yet to be trained on, after others."""
        return self._taken is not None and self._taken is not state

    def open(self, course: Course | None) -> None:
        """A file was opened that holds this course; it stays until a step is done."""
        self.course, self._fresh, self._given, self._taken = course, True, True, None
        self.changed.emit()

    def resume(self, course: Course) -> None:
        """Go on from this course, at its end."""
        self.course, self._fresh, self._given, self._taken = course, False, False, None
        self.changed.emit()

    def _stated(self, said: m.State) -> None:
        if said.why not in ("loaded", "reset"):
            return
        self._fresh = True
        if said.why == "loaded" and self._given:
            self._given = False
        else:
            self.course = None
            self.changed.emit()

    def _took(self, took: m.Took) -> None:
        state = self._taken = self._pushed[took.revision]
        self._forget(took.revision)
        client = self._client
        if self._fresh or self.course is None:
            drawn = not state.edited and state.scenario.plane is None
            self.course = Course.of(state.scenario, state.scene, drawn, client.seeds, client.twin)
            self._fresh = False
        else:
            before = self.course.last[0]
            self.course = self.course.then(took.step, state.scenario, state.scene)
            if before.data != state.scenario.data:
                client.forget_curves()  # losses on other data cannot be compared
        self.changed.emit()

    def _forget(self, revision: int) -> None:
        """The trainer has come to this revision, and back to none before it."""
        for older in [one for one in self._pushed if one < revision]:
            del self._pushed[older]
