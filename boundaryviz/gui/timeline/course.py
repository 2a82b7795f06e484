"""The course of what is fitted at once, in the place of the timeline: the model of every size, to scrub through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.course import Course
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.timeline.bar import Mark, TimelineBar, Words
from boundaryviz.gui.training.controller import Controller
from boundaryviz.gui.training.presenter import Word
from boundaryviz.learners.family import LearnerSettings


@dataclass(frozen=True, eq=False)
class CourseShown:
    """What the models of these sizes (S,) come to, by name: of each seed (S, seeds), and of the clean twins where there
    are any. of: what the sizes are of, such as 'leaves'."""

    stages: NDArray[np.int64]
    poisoned: dict[str, NDArray[np.float64]]
    clean: dict[str, NDArray[np.float64]] | None
    of: str


class CourseControl(QObject):
    """Asks for the course while the learner has one, and shows the plane of the size that is pointed at.

    changed: CourseShown, or None while there is none. turned: the size that is shown, None for what is fitted.
    wanted: whether the learner has a course and the present is shown.
    """

    wanted = pyqtSignal(bool)
    changed = pyqtSignal(object)
    turned = pyqtSignal(object)

    def __init__(self, window: MainWindow, controller: Controller) -> None:
        super().__init__(window)
        self._controller, self._client, self._presenter = controller, controller.client, controller.presenter
        self.bar = TimelineBar(_words(""))
        window.themed.connect(self.bar.set_theme)
        self.bar.scrubbed.connect(self.show)
        self.bar.now_wanted.connect(self.leave)
        self.bar.resume_wanted.connect(self.use)
        self.bar.pin_wanted.connect(window.actions_["view.pin"].trigger)
        self._course: Course | None = None
        self._of: LearnerSettings | None = None
        self._asks = False
        self._client.probed.connect(self._take)
        self._presenter.forgotten.connect(self._forget)
        self._presenter.turned.connect(self._look)
        controller.document.changed.connect(self._look)
        controller.document.opened.connect(self._look)
        self._look()

    @property
    def active(self) -> bool:
        """Whether the learner has a course, and the present is shown."""
        return self._asks

    @property
    def stage(self) -> int | None:
        """The size that is shown; None for what is fitted."""
        return self._presenter.stage

    def show(self, index: int) -> None:
        """Show the model of the size with this index."""
        if self._course is not None:
            stages = self._course.stages
            self._show(int(stages[min(max(index, 0), len(stages) - 1)]))

    def move(self, by: int) -> None:
        """To a size so many farther along; past the last one, to what is fitted."""
        self.bar.track.move_by(by)

    def leave(self) -> None:
        """Show what is fitted."""
        self._show(None)

    def _show(self, stage: int | None) -> None:
        if stage == self.stage:
            return
        self._presenter.show_stage(stage, self._measured(stage))
        words = None
        if stage is not None:
            words = f"{self._title.capitalize()} {stage:,}. End leads back to what is fitted."
        self._presenter.say(Word.UNIT, words)
        self._mark()
        self.turned.emit(stage)

    def use(self) -> None:
        """Make the size that is shown the setting."""
        stage, learner = self.stage, self._presenter.scenario.learner
        if stage is not None and learner.family.course is not None:
            self.leave()
            self._controller.set_setting(f"learner.{learner.family.course}", stage)

    # ---- what there is ------------------------------------------------------------------------------

    @property
    def _title(self) -> str:
        return self.bar.words.title

    def _look(self) -> None:
        """Ask while there is something to ask of."""
        presenter = self._presenter
        learner = presenter.scenario.learner
        asks = learner.family.course is not None and presenter.past is None
        if asks and learner != self._of:
            self._of = learner
            self.bar.set_words(_words(_size_title(learner)))
        if asks == self._asks:
            return
        self._asks = asks
        if asks:
            self._client.subscribe("course")
        else:
            self._client.unsubscribe("course")
            self._forget()
        self.wanted.emit(asks)

    def _forget(self) -> None:
        self.leave()
        self._course = None
        self.bar.set_checkpoints(np.empty(0, dtype=np.int64))
        self.bar.set_marks(())
        self.changed.emit(None)

    def _take(self, said: m.ProbeResult) -> None:
        if said.probe != "course" or not self._asks:
            return
        course: Course = said.value
        seeds, twin = self._client.seeds, self._client.twin
        if course.values.shape[1] != seeds * (1 + twin):
            return  # of before the number of seeds changed
        self._course = course
        self.bar.set_checkpoints(course.stages)
        self.bar.set_now(int(course.stages[-1]))
        columns = {name: course.values[:, :, at] for at, name in enumerate(m.CURVES)}
        poisoned = {name: column[:, -seeds:] for name, column in columns.items()}
        clean = {name: column[:, :seeds] for name, column in columns.items()} if twin else None
        self.bar.set_marks(_marks(course.stages, poisoned["validation_error"]))
        self._mark()
        if self.stage is not None:
            self._presenter.show_stage(self.stage, self._measured(self.stage))
        self.changed.emit(CourseShown(course.stages, poisoned, clean, self._title))

    def _mark(self) -> None:
        self.bar.set_shown(self._index(self.stage))

    def _index(self, stage: int | None) -> int | None:
        """Of the size that is shown for a stage."""
        course = self._course
        return None if stage is None or course is None else int(np.abs(course.stages - stage).argmin())

    def _measured(self, stage: int | None) -> NDArray[np.float64] | None:
        """What the model of a size comes to, (R, columns)."""
        at = self._index(stage)
        return None if at is None or self._course is None else self._course.values[at]


class Bars(QWidget):
    """The timeline, or in its place the course where the learner has one."""

    def __init__(self, timeline: QWidget, course: QWidget) -> None:
        super().__init__()
        self._timeline, self._course = timeline, course
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for bar in (timeline, course):
            column.addWidget(bar)
        self.show_course(False)

    def show_course(self, on: bool) -> None:
        """Which of the two is there."""
        self._course.setVisible(on)
        self._timeline.setVisible(not on)


def _words(title: str) -> Words:
    return Words(
        title.lower(), "", "Use this size", f"Set {title} to the size that is shown (Ctrl+Return)",
        "Back to what is fitted (Ctrl+End)",
    )  # fmt: skip


def _size_title(learner: LearnerSettings) -> str:
    field = type(learner).model_fields[str(learner.family.course)]
    return field.title or str(learner.family.course)


def _marks(stages: NDArray[np.int64], error: NDArray[np.float64]) -> tuple[Mark, ...]:
    """The size of the smallest mean validation error (S, seeds), the smallest of equals."""
    mean = error.mean(axis=1)
    if not np.isfinite(mean).any():
        return ()
    at = int(np.nanargmin(mean))
    return (Mark(int(stages[at]), "best", f"lowest validation error, {mean[at]:.1%}"),)
