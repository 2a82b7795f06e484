"""Films in the window: drawn and written by a job in a process of its own."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QMessageBox

from boundaryviz.engine.height_map import flat
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.export.film_dialog import VIEWS, FilmChoice, FilmDialog
from boundaryviz.gui.export.picturing import view_shown
from boundaryviz.gui.export.sweeps import sweepable
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.folder import Folder
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.widgets.plain import ask
from boundaryviz.jobs.messages import Progress
from boundaryviz.jobs.process import JobError
from boundaryviz.learners.cascade import measured
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario import sweep
from boundaryviz.scenario.files import WriteError, check_writable
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.unembedded import unembedded
from boundaryviz.scenario.words import size_words
from boundaryviz.scene.plain_text import file_stem
from boundaryviz.scene.scene import Domain
from boundaryviz.studies.requests import FilmEstimate, FilmRequest, FilmWritten, Spacing
from boundaryviz.studies.study import Study, axis_of

if TYPE_CHECKING:
    from boundaryviz.figures.style import StyleName

_DOSE = "poison.count"
_PREVIEW = 720  # pixels of the longer side


class FilmControl(QObject):
    """Joins the dialog, the document and the process. The dialog may be closed while a film is made."""

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, presenter: Presenter, folder: Folder
    ) -> None:
        super().__init__(window)
        self._window, self._planes, self._folder = window, planes, folder
        self._document, self._presenter = document, presenter
        self._job = JobRunner(self)
        self._job.progress.connect(self._progressed)
        self._job.result.connect(self._found)
        self._job.ended.connect(self._ended)
        self._path: Path | None = None
        self._written, self._cancelled = 0, False
        self.dialog: FilmDialog | None = None
        window.actions_["file.film"].triggered.connect(lambda: self.show())

    @property
    def running(self) -> bool:
        """Whether a film is being made."""
        return self._job.running

    def show(self) -> None:
        """Open the dialog, or bring the one that watches a film being made to the front."""
        if self.dialog is None or not self.running:
            self._open()
        assert self.dialog is not None
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def may_leave(self) -> bool:
        """Ask what becomes of a film that is being made; whether the window may close."""
        if not self.running or self._path is None:
            return True
        button = QMessageBox.StandardButton
        answer = ask(
            self._window, "A film is being made", f"{self._path.name} is not finished. Give it up?",
            button.Discard | button.Cancel, button.Cancel,
        )  # fmt: skip
        return bool(answer == button.Discard)

    def close(self) -> None:
        """Give up what is being made; the window may go now."""
        self._job.close()

    def _open(self) -> None:
        from boundaryviz.figures.style import AGAINST_CLEAN

        if self.dialog is not None:
            self.dialog.close()
            self.dialog.deleteLater()
        scenario, shown = self._document.committed.complete(), self._presenter.snapshot()
        steps = max(scenario.training.steps, shown.step if shown is not None else 0)
        poison = bool(self._document.scene.points.is_poison.any())
        have = dict.fromkeys(AGAINST_CLEAN, poison) | {"cascade": measured(scenario.learner) is not None}
        have["embedding"] = not unembedded(scenario.learner)
        have["heights"] = not flat(self._document.scene)
        sweeps = sweepable(scenario)
        at_once = scenario.learner.family.at_once  # over training nothing would move
        self.dialog = FilmDialog(
            self._render, file_stem(scenario.name), [view for view in VIEWS if have.get(view, True)],
            sweeps, steps=steps, parent=self._window, check=self._wrong,
            folder=self._folder.path, over=_DOSE if at_once and poison and _DOSE in sweeps else "",
            view=view_shown(self._window.actions_, self._planes.view, dict.fromkeys(VIEWS, True) | have),
        )  # fmt: skip
        self.dialog.asked.connect(self._make)
        self.dialog.cancelled.connect(self._cancel)

    def _wrong(self, choice: FilmChoice) -> str:
        return wrong(self._document.committed.scenario.bare(), choice)

    # ---- the process --------------------------------------------------------------------------------

    def _make(self, choice: FilmChoice, path: Path) -> None:
        assert self.dialog is not None
        try:
            check_writable(path)
            self._job.start(self._request(choice, path))
        except (WriteError, JobError, ScenarioError) as error:
            self.dialog.say(str(error), problem=True)
            return
        self._path, self._written, self._cancelled = path, 0, False
        self.dialog.set_running(True)
        self.dialog.say("Starting\u2026")

    def _request(self, choice: FilmChoice, path: Path) -> FilmRequest:
        """The film of the scenario as it is now. Raises ScenarioError."""
        from boundaryviz.figures.film.options import FilmOptions
        from boundaryviz.figures.style import AGAINST_CLEAN

        actions, (width, height) = self._window.actions_, choice.pixels
        options = FilmOptions(
            choice.view, cast("StyleName", choice.style), width, height, choice.rate,
            card=FilmOptions.card if choice.title else 0.0, loop=0 if choice.loops else 1,
            levels=2 if actions["view.discrete"].isChecked() else None,
            held_out=actions["view.held-out"].isChecked(), errors=actions["view.prediction"].isChecked(),
            axes=self._planes.plane.canvas.axes_choice,
        )  # fmt: skip
        scenario = self._document.to_save()().with_values({"training.steps": choice.steps})
        return FilmRequest(
            scenario, path.absolute(), options, choice.seconds, cast("Spacing", choice.spacing),
            f"{choice.over}={choice.values}" if choice.over else None,
            twin=choice.view in AGAINST_CLEAN, cascade=choice.view == "cascade",
        )  # fmt: skip

    def _cancel(self) -> None:
        self._cancelled = True
        self._job.interrupt()

    def _progressed(self, now: Progress) -> None:
        assert self.dialog is not None
        unit = "step" if now.words == "training" else "frame"
        self.dialog.set_progress(now.done, now.of)
        words = f"{now.words.capitalize()}: {unit} {now.done:,} of {now.of:,}"
        self.dialog.say(words)
        if not self.dialog.isVisible() and self._path is not None:
            self._window.tell(f"{self._path.name}, {words[0].lower()}{words[1:]}", 2000)

    def _found(self, result: object) -> None:
        assert self.dialog is not None
        if isinstance(result, FilmEstimate):
            self.dialog.set_size(result.size)
        elif isinstance(result, FilmWritten):
            self._written = result.size

    def _ended(self, problem: str) -> None:
        assert self.dialog is not None
        assert self._path is not None
        self.dialog.set_running(False)
        if self._written:
            words = f"Wrote {self._path.name}, {size_words(self._written)}."
            self.dialog.say(words)
            self._window.tell(words)
        elif self._cancelled:
            self.dialog.say("Cancelled; nothing was written.")
        else:
            self.dialog.say(problem, problem=True)
            if not self.dialog.isVisible():
                self._window.notify(f"The film was not made: {problem}", alarm=True)

    # ---- the preview --------------------------------------------------------------------------------

    def _render(self, choice: FilmChoice) -> bytes:
        """A frame of what the plane shows now. matplotlib is loaded only here. Raises ValueError where it cannot be."""
        from boundaryviz.figures.style import AGAINST_CLEAN

        against = choice.view in AGAINST_CLEAN
        shown, clean = self._presenter.snapshot(), self._presenter.snapshot(clean=True) if against else None
        if shown is None:
            raise ValueError("A preview needs a first frame, and the output on the plane, not a hidden unit.")
        if against and clean is None:
            raise ValueError("Switch the twin on (Ctrl+T) to see a preview; the film trains its own.")
        if choice.view == "cascade" and shown.cascade is None:
            raise ValueError("Show the label cascade (K) to see a preview; the film looks for itself.")
        if choice.view == "embedding" and shown.embedding is None:
            raise ValueError("Show the embedding (Ctrl+9) to see a preview; the film looks for itself.")
        if choice.view == "heights":
            raise ValueError("Of heights there is no preview; the film looks for itself.")
        from PIL import Image

        from boundaryviz.figures.film.drawing import Film
        from boundaryviz.figures.film.options import FilmOptions
        from boundaryviz.figures.film.sequence import FrameSequence, Sweep
        from boundaryviz.record.curves import CurveStore

        width, height = (round(side * _PREVIEW / max(choice.pixels) / 2) * 2 for side in choice.pixels)
        actions = self._window.actions_
        options = FilmOptions(
            choice.view, cast("StyleName", choice.style), width, height,
            levels=2 if actions["view.discrete"].isChecked() else None,
            held_out=actions["view.held-out"].isChecked(), errors=actions["view.prediction"].isChecked(),
            axes=self._planes.plane.canvas.axes_choice,
        )  # fmt: skip
        shown, clean = within(shown), None if clean is None else within(clean)
        beside = None if clean is None else [clean]
        if choice.over:
            sweep = Sweep(sweepable(shown.scenario)[choice.over].title, ("\u2026",))
            sequence = FrameSequence([shown], CurveStore(), beside, sweep)
        else:
            sequence = FrameSequence.over_training([shown], beside)
        picture = io.BytesIO()
        Image.fromarray(Film(sequence, options).picture(0)).save(picture, "png")
        return picture.getvalue()


def wrong(scenario: Scenario, choice: FilmChoice) -> str:
    """What is wrong with the values that a film is to lead through, in a sentence; empty where nothing is."""
    frames = max(round(choice.seconds * choice.rate), 1)
    try:
        axis = axis_of(f"{choice.over}={choice.values}", frames, scenario)
        for _ in Study(scenario=scenario, axes=(axis,)).points():
            pass
    except sweep.SweepError as error:
        words = error.words
    except ScenarioError as error:
        words = error.problems[0].partition(": ")[2] or error.problems[0]
    else:
        return ""
    return f"{words[0].upper()}{words[1:]}."


def within(snapshot: Snapshot) -> Snapshot:
    """Without what the view shows beyond the domain, where a film does not go."""
    rect, domain = snapshot.rect, snapshot.scene.domain
    rows, columns = snapshot.field.shape[-2:]
    across, up = rect.width / columns, rect.height / rows
    left, right = (round((edge - rect.left) / across) for edge in (domain.left, domain.right))
    bottom, top = (round((edge - rect.bottom) / up) for edge in (domain.bottom, domain.top))
    left, bottom, right, top = max(left, 0), max(bottom, 0), min(right, columns), min(top, rows)
    if right - left < 2 or top - bottom < 2:  # zoomed into a place outside
        return snapshot
    kept = Domain(
        rect.left + left * across, rect.left + right * across, rect.bottom + bottom * up, rect.bottom + top * up
    )
    return replace(snapshot, rect=kept, field=snapshot.field[..., bottom:top, left:right])
