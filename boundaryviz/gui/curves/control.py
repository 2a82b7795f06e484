"""The tab Curves: what the run has come to, the moment shown in it, and the history left for a branch."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.gui.curves.charts import CurvesView
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import CurvesShown, Presenter

BESIDE = "The curves stand beside the plane. A double click on them, or Ctrl+6, brings them back."


class CurvesControl(QObject):
    """Brings the curves that the presenter tells of to the view."""

    def __init__(self, window: MainWindow, presenter: Presenter, client: TrainerClient) -> None:
        super().__init__(window)
        self._presenter = presenter
        self.view = CurvesView()
        window.themed.connect(self.view.set_theme)
        self._window, self._beside = window, window.actions_["view.curves"]
        self._beside.toggled.connect(self._stand)
        self.view.opened.connect(self._beside.toggle)
        self._course: Any = None
        self._run: CurvesShown | None = None
        presenter.curves_shown.connect(self._show)
        presenter.turned.connect(self._turned)
        client.stated.connect(self._stated)

    def show_course(self, course: Any) -> None:
        """Draw what the models of all sizes on a learner's course come to, along the course, in the place of bars.

        course: its `stages`, and `poisoned`, `clean` and `of` as in `CurvesShown`, but along the stages, with what the
        stages count; None for none.
        """
        self._course = course
        self._show(self._run)

    def _show(self, curves: CurvesShown | None) -> None:
        self._run = curves
        if curves is None:
            self.view.clear()
        elif (course := self._course) is not None:
            self.view.set_at_once(False)
            self.view.set_kept(None)
            self.view.set_course(course.stages, course.poisoned, course.clean, curves.of, course.of)
        else:
            scenario = self._presenter.scenario
            self.view.set_at_once(scenario.learner.family.at_once)
            self.view.set_curves(
                curves.step, curves.poisoned, curves.clean, curves.of, planned=scenario.training.steps
            )  # fmt: skip
            self.view.set_kept(curves.kept)

    def _stand(self, beside: bool) -> None:
        self._window.stand_beside(self.view if beside else None, BESIDE)
        if not beside:
            self._window.show_result(self.view)

    def _stated(self, state: m.State) -> None:
        """A line where early stopping has ended the run, as long as it is at that step."""
        stopped = state.why == "early-stopping"
        if stopped or state.playing or state.why in ("loaded", "reset", "resumed"):
            self.view.set_stopped(state.step if stopped else None)

    def _turned(self) -> None:
        past = self._presenter.past
        self.view.set_shown(None if past is None else past.checkpoint.step)
