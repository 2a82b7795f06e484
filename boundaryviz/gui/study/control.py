"""Studies in the window: put together, carried out, gone on with, shown, and opened on the plane."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QMessageBox

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.shell.folder import Folder
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.gui.study.draft import AxisDraft, DraftError, StudyDraft, many_words, sentence, values_text
from boundaryviz.gui.study.drawing import Drawing, run_of
from boundaryviz.gui.study.exporting import Shown, StudyExporting
from boundaryviz.gui.study.keeping import Kept
from boundaryviz.gui.study.panel import StudyPanel
from boundaryviz.gui.study.remaining import Remaining
from boundaryviz.gui.study.varied import Varied, varied
from boundaryviz.gui.widgets.controls import Throttle
from boundaryviz.gui.widgets.plain import ask
from boundaryviz.jobs.messages import Progress
from boundaryviz.jobs.process import JobError
from boundaryviz.record.reports import REPORTS
from boundaryviz.record.seeds import training_varies
from boundaryviz.record.study_table import NONE, StudyTable
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.words import duration_words, has_setting, setting_title
from boundaryviz.studies.requests import EstimateRequest, StudyRequest
from boundaryviz.studies.study import Study

BESIDE = "The study stands beside the plane. Ctrl+8 brings it back."
MANY, LONG = 100_000, 3600.0
"""Runs, and seconds, from which on it is asked before a study begins."""
_WORKERS = os.cpu_count() if (os.cpu_count() or 1) > 1 else None
_REPEATS, _FOLDS = 8, 5  # that are proposed
_TIMES = " \u00d7 "
_OFTEN = 400  # milliseconds between two drawings of what is known so far
_CALM = 250  # milliseconds without a change of settings after which it is offered what can be varied of them
_SOON = 700  # milliseconds after the last change at which it is worked out how long a study takes
_TRIED = 40  # values of an axis that are looked at before a study begins; its process looks at all

ShowRun = Callable[[Scenario, str], None]


class StudyControl(QObject):
    """Joins the panel, the document and the process.

    A study is of the scenario as it was when it began: it goes on, and its points can be opened, whatever becomes of
    the document meanwhile.
    """

    def __init__(
        self, window: MainWindow, document: Document, show_run: ShowRun, folder: Folder, state: Path | None = None
    ) -> None:
        """show_run: puts a scenario on the plane, as one undo step of this name. state: where results are kept."""
        super().__init__(window)
        self._window, self._document, self._show_run, self._folder = window, document, show_run, folder
        self.panel = StudyPanel({name: report.TITLE.lower() for name, report in REPORTS.items()})
        self.kept = Kept(state)
        self.study: Study | None = None
        """That is under way, or was last."""
        self.table: StudyTable | None = None
        """What is known of it."""
        self._remaining = Remaining()
        self._stops = ""  # why its process was asked to end: 'pause' or 'cancel'
        self._waits = False  # for an estimate, to ask whether to begin
        self._runs: tuple[int, float | None] = (0, None)
        self._offered: object = None  # the settings that the fields are for
        self._proposed = StudyDraft()
        self._unseen = True  # what a window that is gone left behind, where it did
        self._job, self._estimating = JobRunner(self), JobRunner(self)
        self._job.progress.connect(self._progressed)
        self._job.result.connect(self._found)
        self._job.ended.connect(self._ended)
        self._estimating.result.connect(self._estimated)
        self._estimating.ended.connect(self._not_estimated)
        self._drawn = Throttle(lambda _: self._draw(), _OFTEN, self)
        self._soon, self._changes = self._timer(_SOON, self._estimate), self._timer(_CALM, self._seen)
        self._wire()
        self._exporting = StudyExporting(self.panel, folder, self._shown)
        self._beside = window.actions_["view.study"]
        self._beside.toggled.connect(self._stand)
        self._opened()
        self._offer_left()

    def _timer(self, interval: int, act: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(interval)
        made.timeout.connect(act)
        return made

    def _wire(self) -> None:
        panel, document = self.panel, self._document
        self._window.actions_["train.study"].triggered.connect(lambda: self.show())
        self._window.themed.connect(panel.set_theme)
        panel.started.connect(self.start)
        panel.paused.connect(lambda: self._stop("pause"))
        panel.resumed.connect(self.resume)
        panel.cancelled.connect(self.cancel)
        panel.changed.connect(self._typed)
        panel.value_opened.connect(self.open_value)
        panel.row_opened.connect(self.open_row)
        panel.measure_chosen.connect(self._draw)
        panel.seen.connect(self._seen)
        document.changed.connect(self._changed)
        document.opened.connect(self._opened)

    # ---- what is asked ------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether a study is being worked out."""
        return self._job.running

    def show(self) -> None:
        """Bring the tab to the front, ready to be filled in."""
        self._window.show_result(self.panel)
        self.panel.composer.axes[0].setting.setFocus()

    def _stand(self, beside: bool) -> None:
        self._window.stand_beside(self.panel if beside else None, BESIDE)
        if not beside:
            self._window.show_result(self.panel)

    def drafted(self) -> Study:
        """The study that is typed, of the document as it is now. Raises DraftError, in words."""
        scenario = self._document.committed.complete().model_copy(update={"study": None, "course": None})
        spec = self.panel.composer.draft.spec(scenario)
        study = Study.of(scenario, spec)
        for axis in study.axes:
            values = axis.values if len(axis.values) <= _TRIED else (*axis.values[:_TRIED], axis.values[-1])
            for value in values:
                try:
                    scenario.with_values({axis.path: value})
                except ScenarioError as error:
                    words = error.problems[0].partition(": ")[2] or error.problems[0]
                    title = _title(scenario, axis.path)
                    if not has_setting(scenario, axis.path):
                        raise DraftError(f"There is no \u201c{title}\u201d here; choose what else to vary.") from None
                    raise DraftError(sentence(f"{title} {values_text([value])}: {words}")) from None
        return study

    def start(self) -> None:
        """Begin the study that is typed; of very many runs it is asked first."""
        if self.running:
            return
        self.offer()
        try:
            study = self.drafted()
        except DraftError as error:
            self.panel.fold.set_open(True)
            self._tell_wrong(str(error))
            return
        if study.most >= MANY and self._runs[1] is None:
            self._waits = True
            self.panel.say("Working out how long this takes\u2026")
            self._estimate()
        elif self._wanted(study):
            self._begin(study)

    def resume(self) -> None:
        """Go on with the study that was paused, or that another window left behind."""
        if self.panel.state == "left":
            scenario = self.kept.take_left()
            if scenario is None or scenario.study is None:
                self._release()
                self.panel.say("What was kept of that study cannot be read; start it anew.", problem=True)
                return
            self.panel.composer.show_draft(StudyDraft.of(scenario.study))
            self.study = Study.of(scenario.model_copy(update={"study": None}), scenario.study)
            self.table = None
        if self.study is not None and not self.running:
            self._begin(self.study)

    def cancel(self) -> None:
        """End it, or go on with it no more; what is finished stays."""
        if self.running:
            self._stop("cancel")
            return
        self.kept.forget_left()
        self.kept.end()
        self._release()
        self.panel.say("")

    def _release(self) -> None:
        """Nothing is to be gone on with: the fields, which were that study's, are the document's again."""
        self.panel.set_state("idle")
        self._offered = None
        self._seen()

    def _stop(self, why: str) -> None:
        self._stops = why
        self.panel.set_state("stopping")
        self._job.interrupt()

    def _wanted(self, study: Study) -> bool:
        """Ask whether very many runs are wanted."""
        runs, seconds = max(self._runs[0], 1) if self._runs[0] else study.most, self._runs[1]
        if runs < MANY and (seconds is None or seconds < LONG):
            return True
        button = QMessageBox.StandardButton
        about = "" if seconds is None else f", about {duration_words(seconds)} on this machine"
        words = f"This is {many_words(runs, 'run')}{about}. Start all the same?"
        return bool(ask(self._window, "A large study", words, button.Yes | button.No, button.No) == button.Yes)

    # ---- the process --------------------------------------------------------------------------------

    def _begin(self, study: Study) -> None:
        self._estimating.kill()
        self._soon.stop()
        trouble = self._keep(study)
        try:
            self._job.start(StudyRequest(study, None if trouble else self.kept.results, workers=_WORKERS))
        except JobError as error:
            self.panel.say(str(error), problem=True)
            return
        if self.study != study:  # else what is known is shown until more is
            self.table = None
            self.panel.forget_chosen()
        self.study, self._stops, self._remaining = study, "", Remaining()
        self._draw()
        self.panel.fold.set_open(False)
        self.panel.set_state("running")
        self._show_progress(0, 0)
        self.panel.say(trouble or self._so_far(), problem=bool(trouble))

    def _keep(self, study: Study) -> str:
        """Write down that it is under way; in words what came between."""
        try:
            self.kept.begin(study.scenario.model_copy(update={"study": study.spec}))
        except OSError as error:
            return f"Its results cannot be kept, so that it cannot be gone on with: {error.strerror or error}."
        return ""

    def _progressed(self, now: Progress) -> None:
        self._remaining.tell(now.done, now.of)
        self._show_progress(now.done, now.of)
        if not self._stops:
            self.panel.say(self._so_far())

    def _show_progress(self, done: int, of: int) -> None:
        """In runs, as in words; in what their training tells, done of so many, until the first one is finished."""
        if (table := self.table) is None:
            self.panel.set_progress(done, of)
        else:
            self.panel.set_progress(len(table) + len(table.failed), table.total)

    def _so_far(self) -> str:
        """How many runs are finished, and how long the others take."""
        left = self._remaining.seconds
        about = "" if left is None else f"about {duration_words(left)} left"
        if self.table is None:
            return sentence(about or "Starting\u2026")
        done = f"{len(self.table):,} of {many_words(self.table.total, 'run')}"
        return f"{done}, {about}." if about else f"{done}."

    def _found(self, table: StudyTable) -> None:
        if self.table is not None and len(table) < len(self.table):
            return  # it has not come to what was known before
        self.table = table
        self._show_progress(0, 0)
        self._drawn()
        if not self._stops:
            self.panel.say(self._so_far())

    def _ended(self, problem: str) -> None:
        """Its process is gone: because all is done, because it was asked to, or because it failed."""
        self._drawn.flush()
        table, why = self.table, self._stops
        self._stops = ""
        if why == "pause":
            self.panel.set_state("paused")
            self.panel.say(f"Paused: {self._done_words()}.")
            return
        whole = table is not None and len(table) + len(table.failed) >= table.total
        if why == "cancel" or not problem:
            self.kept.end()
            self.panel.set_state("idle")
            self.panel.say(f"Cancelled: {self._done_words()}." if why else self._end_words())
            return
        # what is finished is kept, and the rest may be tried again
        self.panel.set_state("idle" if table is None or whole else "paused")
        self.panel.say(sentence(problem), problem=True)
        if table is None:
            self.kept.end()

    def _done_words(self) -> str:
        return "nothing is finished yet" if self.table is None else (
            f"{len(self.table):,} of {many_words(self.table.total, 'run')} are kept"
        )  # fmt: skip

    def _end_words(self) -> str:
        table = self.table
        if table is None:
            return ""
        words = f"{many_words(len(table), 'run')}."
        if table.failed:
            where, reason = table.failed[0]
            words += f" Nothing came of {len(table.failed)}, such as {where}: {reason}"
        return words

    # ---- how long -----------------------------------------------------------------------------------

    def _typed(self) -> None:
        """A person changed something: say how many runs this is, and soon how long they take."""
        self._estimating.kill()
        self._waits, self._runs = False, (0, None)
        for fields in self.panel.composer.axes:
            fields.mark(False)
        try:
            study = self.drafted()
        except DraftError as error:
            self._soon.stop()
            self._tell_wrong(str(error))
            return
        self.panel.composer.say(f"{_product(study)}.")
        self._soon.start()

    def _seen(self, on: bool = True) -> None:
        """The tab came to the front: offer what can be varied, and say how much it is. Behind others nothing is tried
        out."""
        if not on:
            if not self._waits:
                self._soon.stop()
                self._estimating.kill()
            return
        self.offer()
        if self.panel.state == "idle" and self._runs[1] is None and not self._estimating.running:
            self._typed()

    def _tell_wrong(self, words: str) -> None:
        self.panel.composer.say(words, problem=True)
        scenario = self._document.committed.scenario
        for fields in self.panel.composer.axes:
            try:
                if fields.draft.path:
                    for value in fields.draft.axis(scenario).values[:_TRIED]:
                        scenario.bare().with_values({fields.draft.path: value})
            except (DraftError, ScenarioError):
                fields.mark(True)

    def _estimate(self) -> None:
        self._soon.stop()
        if self.running or self._estimating.running:
            return
        try:
            self._estimating.start(EstimateRequest(self.drafted(), workers=_WORKERS))
        except (DraftError, JobError) as error:
            self._not_estimated(str(error))

    def _estimated(self, found: Any) -> None:
        self._runs = found.runs, found.seconds
        study = self.drafted()
        about = f"{_product(study, found.runs)}, about {duration_words(found.seconds)}."
        self.panel.composer.say(about)
        if self._waits:
            self._waits = False
            self.panel.say("")
            if self._wanted(study):
                self._begin(study)

    def _not_estimated(self, problem: str) -> None:
        waited, self._waits = self._waits, False
        if problem:
            self.panel.composer.say(sentence(problem), problem=True)
        if waited:
            self.panel.say("")

    # ---- the document -------------------------------------------------------------------------------

    def _changed(self) -> None:
        """Soon offer what can be varied now: a slider that is dragged changes settings thirty times a second."""
        if self.panel.isVisible() and not self._document.previewing:
            self._changes.start()

    def offer(self) -> None:
        """Offer what can be varied now; what was proposed and nobody has changed is proposed anew."""
        self._changes.stop()
        scenario, composer = self._document.committed.scenario, self.panel.composer
        if self.panel.state == "left":
            self._show_left()
            return
        settings = scenario.learner, scenario.training, scenario.data, scenario.poison, scenario.plane is None
        if settings == self._offered:  # points were moved
            return
        self._offered, offers = settings, varied(scenario)
        composer.set_varied(offers, scenario.learner.family.at_once)
        idle = self.panel.state == "idle"
        if idle and (composer.draft == self._proposed or not _can_vary(composer.draft, scenario, offers)):
            self._proposed = proposed(scenario, offers)
            composer.show_draft(self._proposed)
            self._forget_estimate()

    def _forget_estimate(self) -> None:
        self._estimating.kill()
        self._soon.stop()
        self._waits, self._runs = False, (0, None)
        self.panel.composer.say("")

    def _opened(self) -> None:
        """Another scenario: propose its study, or one of its learner's size. What runs goes on."""
        self._offered, self._proposed = None, self.panel.composer.draft
        if not self.running and self.panel.state == "idle":
            self.study = self.table = None
            self._forget_estimate()
            self.panel.say("")
            self.panel.fold.set_open(True)
            self._draw()
        if self.panel.isVisible():
            self._seen()

    def _offer_left(self) -> None:
        """Say what a window that is gone left behind."""
        left = self.kept.left
        if left is not None:
            self.panel.set_state("left")
            self.panel.say(f"A study of \u201c{left.origin.title}\u201d was cut off. Go on with it?")

    def _show_left(self) -> None:
        """Show what it was, once, of its own scenario."""
        left, self._unseen = self.kept.seen_left() if self._unseen else None, False
        if left is not None and left.study is not None:
            self.panel.composer.set_varied(varied(left), left.learner.family.at_once)
            self._proposed = StudyDraft.of(left.study)
            self.panel.composer.show_draft(self._proposed)

    # ---- the chart ----------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Show what is known, as it was chosen."""
        if self.study is None or self.table is None or not len(self.table):
            self.panel.show_study(None, None, {})
            return
        drawing = Drawing.of(self.study, self.table)
        self.panel.offer(drawing.measures, drawing.own_measure, drawing.second, drawing.second_title)
        self.panel.show_study(self.table, drawing.chart(*self.panel.chosen()), drawing.titles)

    def _shown(self) -> Shown | None:
        """What there is to be exported."""
        chart = self.panel.view.chart
        if self.study is None or self.table is None or chart is None:
            return None
        return Shown(self.study, self.table, chart)

    # ---- on the plane -------------------------------------------------------------------------------

    def open_value(self, at: int) -> None:
        """Show the boundary of a value of the axis: of the run that is nearest to the mean there."""
        if self.study is not None and self.table is not None:
            row = Drawing.of(self.study, self.table).typical(at, *self.panel.chosen())
            if row is None:
                self.panel.say("Nothing is finished there yet.")
            else:
                self.open_row(row)

    def open_row(self, row: int) -> None:
        """Put a run on the plane, as one undo step, and train it as long as the study did."""
        if self.study is None or self.table is None:
            return
        scenario, words = run_of(self.study, self.table, row)
        scenario = scenario.model_copy(update={"study": self._document.committed.scenario.study})  # that stays
        try:
            self._show_run(scenario, f"Show {words}")
        except (ScenarioError, ValueError) as error:
            self.panel.say(sentence(str(error).replace("\n", "; ")), problem=True)
            return
        left_out = (
            "" if self.table.columns["fold"][row] == NONE else ", trained on all points, and not on those of a fold"
        )
        self._window.tell(f"On the plane: {words}{left_out}. Undo (Ctrl+Z) brings back what was there.")

    def close(self) -> None:
        """End the process; the window may go now. What is under way or paused is offered by the next window."""
        under_way = self.running or self.panel.state == "paused"
        self._soon.stop()
        self._changes.stop()
        self._estimating.kill()
        self._job.close()
        self.kept.close(under_way)


def proposed(scenario: Scenario, offers: Mapping[str, Varied]) -> StudyDraft:
    """The study that a scenario brings, where it has those settings still; or else one of the first setting that can be
    varied, on draws of the data where there can be some."""
    if scenario.study is not None and scenario.study.axes:
        brought = StudyDraft.of(scenario.study)
        if _can_vary(brought, scenario, offers):
            return brought
    first = next(iter(offers.values()), None)
    axis = AxisDraft() if first is None else AxisDraft.of(first)
    drawn, fitted = can_be_drawn(scenario), scenario.learner.family.at_once
    many = _REPEATS if fitted else _REPEATS // 2  # what trains in steps takes longer
    return StudyDraft(
        (axis, AxisDraft()), 1 if drawn else many, many if drawn else 0, _FOLDS if fitted else 0,
        report="" if first is None else first.report,
    )  # fmt: skip


def _can_vary(draft: StudyDraft, scenario: Scenario, offers: Mapping[str, Varied]) -> bool:
    """Whether there is every setting of a draft, be it one that is not offered but that a file may name."""
    first, *others = (axis.path for axis in draft.axes)
    return all(path in offers or has_setting(scenario, path) for path in (first, *filter(None, others)))


def _title(scenario: Scenario, path: str) -> str:
    return setting_title(scenario, path) if has_setting(scenario, path) else path.rpartition(".")[2].replace("_", " ")


def _product(study: Study, runs: int | None = None) -> str:
    """'60 values x 20 draws x (1 + 5 folds) = 7,200 runs'. runs: where they are known better."""
    seeds, draws = (len(n) if isinstance(n, tuple) else n for n in (study.seeds, study.data_seeds or 0))
    if training_varies(study.scenario.learner) == "nothing" and all(a.path != "learner.name" for a in study.axes):
        seeds = 1  # others would be copies
    parts = [many_words(len(axis.values), "value") for axis in study.axes]
    parts += [many_words(draws, "draw")] * (draws > 1) + [many_words(seeds, "seed")] * (seeds > 1)
    parts += [f"(1 + {study.folds} folds)"] * (study.folds > 0)
    count = prod(len(axis.values) for axis in study.axes) * max(draws, 1) * seeds * (study.folds + 1)
    return f"{_TIMES.join(parts)} = {many_words(runs or count, 'run')}"
