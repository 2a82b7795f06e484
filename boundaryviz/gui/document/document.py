"""The one thing that is edited: a scenario and its scene, with undo.

Everything in it is a frozen value. A change is one too; doing it yields the change that leads back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QUndoCommand, QUndoStack

from boundaryviz.attacks import placement
from boundaryviz.gui.document.projects import Project
from boundaryviz.scenario.atomic import Stamp
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.history import Change, RunHistory
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import OWN
from boundaryviz.scene.datasets import DATASETS
from boundaryviz.scene.edits import Edit, apply
from boundaryviz.scene.scene import Scene

_MERGE_WITHIN = 1.0  # seconds between two moves of one slider that count as one


@dataclass(frozen=True, eq=False)
class State:
    """What the document holds. `edited`: the scene is no longer the one the scenario draws."""

    scenario: Scenario
    scene: Scene
    edited: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "scene", self.scenario.measured(self.scene))

    @classmethod
    def of(cls, scenario: Scenario) -> State:
        """Without its history, which is that of a run and not of the document."""
        return cls(scenario.model_copy(update={"course": None}), scenario.scene())

    def complete(self) -> Scenario:
        """The scenario with its scene written out where it cannot be drawn again."""
        return self.scenario.with_scene(self.scene) if self.edited else self.scenario


@dataclass(frozen=True, eq=False)
class Swap:
    """Another state in the place of this one."""

    state: State


DocumentChange = Edit | Settings | Swap


def perform(change: DocumentChange, state: State) -> tuple[State, DocumentChange]:
    """The state after `change`, and the change that leads back.

    Raises ScenarioError for a setting that does not exist or is out of range, KeyError and ValueError as
    `scene.edits.apply` does.
    """
    match change:
        case Settings(values):
            if state.scenario.redrawn_by(values):
                return _redrawn(values, state), Swap(state)
            plane = {"plane": state.scenario.plane}
            # the scene is at hand, so the one written out need not follow every change
            scenario = state.scenario.model_copy(update={"plane": None}).with_values(values)
            scenario = scenario.model_copy(update=plane)
            before, after = state.scenario.poison, scenario.poison
            if after == before:
                return replace(state, scenario=scenario), Swap(state)
            drawn = not state.edited and scenario.plane is None and after.group == before.group
            if drawn and after.model_copy(update={"on": before.on}) != before:
                return State(scenario, scenario.scene()), Swap(state)  # and nothing of the attack before stays
            return State(scenario, placement.update(state.scene, before, after), edited=not drawn), Swap(state)
        case Swap(other):
            return other, Swap(state)
        case _:
            scene, inverse = apply(change, state.scene)
            back: DocumentChange = inverse if state.edited else Swap(state)
            return State(state.scenario, scene, edited=True), back


def _redrawn(values: Mapping[str, Any], state: State) -> State:
    """The state after a change of data; points of one's own keep what was done to them by hand."""
    before = state.complete() if state.scenario.data.name == OWN else state.scenario
    scenario = before.with_values(values)
    if "data.name" in values:  # another data set is another scenario, which the old words do not fit
        source = DATASETS[scenario.data.name]
        scenario = scenario.model_copy(
            update={"name": source.name, "title": source.title, "summary": source.summary, "look_at": "",
                    "variant_of": None, "expect": {}}
        )  # fmt: skip
    return State.of(scenario)


@dataclass(frozen=True, eq=False)
class Trial:
    """A state that is tried out before it is done. amend: given what is done to its scene by hand meanwhile."""

    state: State
    amend: Callable[[Edit], object]


class _Command(QUndoCommand):
    """One undo step; the only kind there is."""

    def __init__(self, document: Document, change: DocumentChange, back: DocumentChange, text: str) -> None:
        super().__init__(text)
        self._document, self._change, self._back = document, change, back
        merges = isinstance(change, Settings) and change.merges
        self._paths = frozenset(change.values) if isinstance(change, Settings) and merges else frozenset()
        self._when = time.monotonic()
        self._done = True  # it is pushed after it was done

    def redo(self) -> None:
        if self._done:
            self._done = False
        else:
            self._document._perform(self._change)

    def undo(self) -> None:
        self._document._perform(self._back)

    def id(self) -> int:
        return 1 if self._paths else -1

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        """Moves of one slider in quick succession become one step."""
        if not isinstance(other, _Command) or other._paths != self._paths:
            return False
        if other._when - self._when > _MERGE_WITHIN:
            return False
        self._change, self._when = other._change, other._when
        return True


@dataclass(frozen=True, eq=False)
class Mark:
    """The changes in a history: how many, the last of them, and whether one more was made and not trained on yet.

    last: None where it is not known, as of a file, or where there is none.
    """

    count: int
    last: Change | None
    pending: bool = False

    @classmethod
    def of_file(cls, scenario: Scenario) -> Mark:
        """That of a scenario as it was read."""
        return cls(0 if scenario.course is None else len(scenario.course.turns), None)

    def fits(self, changes: Sequence[Change]) -> bool:
        """Whether a history with these changes says nothing that this one did not; one without changes says nothing."""
        if not changes:
            return True
        same = self.last is None or (self.count <= len(changes) and changes[self.count - 1] is self.last)
        return same and self.count <= len(changes) <= self.count + self.pending


class Document(QObject):
    """The current state, its undo stack and its file.

    changed: after every change, undo, redo and preview; the revision has grown by then.
    opened: after another scenario took its place, instead of `changed` (the undo stack is empty then).
    filed: after it was saved, perhaps under another name.
    """

    changed = pyqtSignal()
    opened = pyqtSignal()
    filed = pyqtSignal()

    def __init__(
        self,
        given: Scenario | Project,
        parent: QObject | None = None,
        history: Callable[[], RunHistory | None] = lambda: None,
        pending: Callable[[State], bool] = lambda _state: False,
    ) -> None:
        """history: of the run, to be saved with it. pending: whether a state has yet to be trained on."""
        super().__init__(parent)
        scenario = given.scenario if isinstance(given, Project) else given
        self.undo = QUndoStack(self)
        self.undo.setUndoLimit(1000)
        self.path: Path | None = None
        self.stamp: Stamp | None = None  # of the file at `path`, as it was read or written last
        self.history, self._pending = history, pending
        self.revision = 1
        self.given = given if isinstance(given, Project) else Project.of(given)
        """What was opened last, as it was in its file, with its history."""
        self.pace = scenario.pace
        """How fast the window trains it: saved with it, and no more a change of it than what the view shows."""
        self._state = State.of(scenario)
        self._preview: State | None = None
        self._trial: Trial | None = None
        self._mark = Mark.of_file(scenario)

    @property
    def state(self) -> State:
        """What is shown and trained on: the preview while there is one, else what is tried out, else the committed
        state."""
        return self._preview or self._base

    @property
    def committed(self) -> State:
        """The state without anything that is not done yet."""
        return self._state

    @property
    def _base(self) -> State:
        """What a stroke starts from."""
        return self._state if self._trial is None else self._trial.state

    @property
    def previewing(self) -> bool:
        """Whether it shows a change that is not done yet."""
        return self._preview is not None or self._trial is not None

    @property
    def trial(self) -> Trial | None:
        """What is tried out."""
        return self._trial

    @property
    def scenario(self) -> Scenario:
        """The scenario shown and trained on."""
        return self.state.scenario

    @property
    def scene(self) -> Scene:
        """The scene shown and trained on."""
        return self.state.scene

    @property
    def unsaved(self) -> bool:
        """Whether the committed state is another than what was opened or saved last, or the history that led there."""
        return not self.undo.isClean() or not self._mark.fits(self._history_changes())

    def mark(self) -> Mark:
        """What tells the history of now from others, to be kept with what is being saved."""
        changes = self._history_changes()
        return Mark(len(changes), changes[-1] if changes else None, self._pending(self._state))

    def _history_changes(self) -> tuple[Change, ...]:
        history = self.history()
        return () if history is None else history.changes

    def to_save(self) -> Callable[[], Scenario]:
        """Makes the complete scenario of now, in whatever thread calls it: all that it takes is frozen."""
        state, history, pace = self._state, self.history(), self.pace

        def make() -> Scenario:
            scenario = state.complete().model_copy(update={"pace": pace})
            return scenario if history is None else history.written(scenario, state.scene)

        return make

    def saved(self, state: State, mark: Mark, path: Path, stamp: Stamp | None) -> None:
        """`state`, which was the committed one when saving began, now lies at `path`; `mark` is of then, too."""
        self.path, self.stamp, self._mark = path, stamp, mark
        if state is self._state:
            self.undo.setClean()
        else:
            self.undo.resetClean()  # edits came in while it was written
        self.filed.emit()

    def preview(self, change: DocumentChange) -> None:
        """Show `change` without doing it; the next preview replaces it."""
        self._preview = perform(change, self._base)[0]
        self._announce()

    def try_out(self, trial: Trial | None) -> None:
        """Show and train on a state that is not done, in the place of the one tried out before; None drops that.

        Strokes go on from it, and what they do to the scene is given to `amend`. Whatever else is done, undone or
        opened is so in the committed state, and ends it.
        """
        if trial is not self._trial:
            self._preview, self._trial = None, trial
            self._announce()

    def drop_preview(self) -> None:
        """Back to the state before the preview."""
        if self._preview is not None:
            self._preview = None
            self._announce()

    def do(self, change: DocumentChange, text: str) -> None:
        """Make a change as one undo step; edits of a scene that is tried out go to whoever tries it out. Raises as
        `perform` does; nothing has changed then."""
        self._preview, trial = None, self._trial
        if trial is not None and not isinstance(change, Settings | Swap):
            trial.amend(change)
            if self._trial is trial:
                self._announce()  # it was turned down: what the stroke showed goes
            return
        state, back = perform(change, self._state)
        self._state, self._trial = state, None
        self.undo.push(_Command(self, change, back, text))
        self._announce()

    def open(
        self, given: Scenario | Project, path: Path | None = None, *, saved: bool = True, stamp: Stamp | None = None
    ) -> None:
        """Put another scenario in the place of this one and forget what could be undone.

        saved: whether it lies in a file; otherwise closing it asks. stamp: of the file at `path`, when it was read.
        """
        self.given = given if isinstance(given, Project) else Project.of(given)
        scenario = self.given.scenario
        self._state, self.path, self.stamp = State.of(scenario), path, stamp
        self._preview = self._trial = None
        self.pace = scenario.pace
        self._mark = Mark.of_file(scenario)
        self.undo.clear()
        if saved:
            self.undo.setClean()  # an empty stack that was not clean is not made so by clearing it
        else:
            self.undo.resetClean()
        self.revision += 1
        self.opened.emit()

    def _perform(self, change: DocumentChange) -> None:
        self._preview = self._trial = None
        self._state = perform(change, self._state)[0]
        self._announce()

    def _announce(self) -> None:
        self.revision += 1
        self.changed.emit()
