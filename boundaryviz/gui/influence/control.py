"""Why here: the tool asks about a place, probes answer while it trains, and a job leaves the points out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QObject, QTimer

from boundaryviz.engine import messages as m
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.influence.items import ArrowsItem
from boundaryviz.gui.influence.view import EMPTY, Entry, InfluenceView
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.controller import Do
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.widgets.export_dialog import ExportDialog, ExportOptions
from boundaryviz.influences.methods import refusals
from boundaryviz.influences.requests import Asked, Explained, InfluenceRequest, InfluenceSettings
from boundaryviz.jobs.messages import Progress
from boundaryviz.jobs.process import JobError
from boundaryviz.record.influence import METHODS, TRUTH, Explanation, titled
from boundaryviz.scene.edits import Remove
from boundaryviz.scene.plain_text import NAME, file_stem, one_line
from boundaryviz.scene.scene import Scene

LISTED = 40
"""Points that the list shows."""
DRAWN = 12
"""Points that arrows lead to."""
PAST = "Shown is a past moment, and what is explained is the present. Ctrl+End leads back."
_PROBES = ("influence", "influence-slowly")
_REST = 500  # milliseconds after which the points listed first are left out


class InfluenceControl(QObject):
    """Joins the tool 'why', the tab and the arrows. do: makes a change, as one undo step.

    What is known of leaving points out belongs to the points as they were: a change of the document lets it go.
    """

    def __init__(
        self,
        window: MainWindow,
        plane: PlaneView,
        document: Document,
        client: TrainerClient,
        presenter: Presenter,
        do: Do,
    ) -> None:
        super().__init__(window)
        self._window, self._plane, self._document = window, plane, document
        self._client, self._presenter, self._do = client, presenter, do
        self.view = InfluenceView()
        self.arrows = ArrowsItem(plane.area_shown)
        plane.canvas.box.addItem(self.arrows, ignoreBounds=True)
        self.arrows.setZValue(1.5)
        plane.canvas.shown.connect(self.arrows.area_changed)
        for themed in (self.view, self.arrows):
            window.themed.connect(themed.set_theme)
        self.asked: Asked | None = None
        self.found: Explanation | None = None
        """What is shown."""
        self._left_out: Explanation | None = None
        self._left_at = 0
        self._tried = False  # whether the first points have been left out, or are about to be
        self._method: str | None = None  # chosen by hand
        self._before: tuple[int, float] | None = None  # points removed, and the lead before that
        self._hovered: int | None = None
        self._job = JobRunner(self)
        self._job.progress.connect(self._progressed)
        self._job.result.connect(self._told)
        self._job.ended.connect(self._ended)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(lambda: self._leave_out(DRAWN))
        plane.asked.connect(self.ask)
        plane.selection_changed.connect(self._select)
        client.probed.connect(self._take)
        document.changed.connect(self._changed)
        document.opened.connect(self.forget)
        presenter.turned.connect(self._turned)
        view = self.view
        view.chosen.connect(self._chosen)
        view.hovered.connect(self._hover)
        view.removal.connect(self._remove)
        view.leaving.connect(lambda: self._leave_out(None))
        view.cancelled.connect(self._cancel)
        view.method_chosen.connect(self._choose)
        view.forgotten.connect(self.forget)
        view.saving.connect(self._export)

    # ---- asking -------------------------------------------------------------------------------------

    def ask(self, x: float, y: float) -> None:
        """Explain this place, from now on and while it trains."""
        if self.asked is None:
            self._window.offer_result(self.view, True)
            self._window.show_result(self.view)
        elif self.asked.place == (x, y):
            return
        self.asked = Asked((x, y))
        self._before = None
        self._let_go()
        self.found = None
        self.view.clear("Asking\u2026")
        for probe in _PROBES:
            self._client.subscribe(probe, InfluenceSettings(self.asked))
        self._draw()

    def forget(self) -> None:
        """Explain no place any more."""
        for probe in _PROBES:
            self._client.unsubscribe(probe)
        self._let_go()
        self.asked = self.found = self._method = self._before = None
        self._window.offer_result(self.view, False)
        self.view.clear(EMPTY)
        self._draw()

    def close(self) -> None:
        """End the process; the window may go now."""
        self._rest.stop()
        self._job.kill()

    def _turned(self) -> None:
        if self.asked is not None and self._presenter.past is not None:
            self.view.clear(PAST)
            self._draw()
        elif self.found is not None:
            self._show()

    def _changed(self) -> None:
        """Other points or settings: what was left out was left out of others."""
        self._before = None  # the points are back, or something else is other than it was, too
        if self.asked is not None:
            self._let_go()
            self._show()

    def _let_go(self) -> None:
        self._rest.stop()
        if self._job.kill():
            self.view.set_running(False)
        self._left_out, self._tried = None, False

    # ---- what comes in ------------------------------------------------------------------------------

    def _take(self, said: m.ProbeResult) -> None:
        answer = said.value
        if said.probe not in _PROBES or not isinstance(answer, Explained) or answer.asked != self.asked:
            return
        if self._presenter.past is not None:
            return
        if answer.found is None:
            self.found = None
            self.view.clear(answer.why)
            self._draw()
            return
        found = answer.found
        if not answer.slowly and self.found is not None:  # what takes longer stays until it comes again
            found = found.joined(self.found)
        self.found = found
        self._show()
        if answer.slowly and not self._tried and found.step > 0 and not np.isfinite(found.truth).any():
            self._tried = True
            self._rest.start()

    def _told(self, found: object) -> None:
        if isinstance(found, Explanation):
            self._left_out, self._left_at = found, found.step
            self._show()

    # ---- leaving out --------------------------------------------------------------------------------

    def _leave_out(self, most: int | None) -> None:
        """Train without the points that are listed first, or without each."""
        if self.asked is None or self.found is None or self._job.running:
            return
        found, committed = self.found, self._document.committed
        refused = refusals(committed.scenario.learner, committed.scenario.training, committed.scene.classes)
        methods = () if "tracin" in refused else ("tracin",)
        first = tuple(int(found.ids[at]) for at in found.ranked(self._shown_method(found), LISTED))
        request = InfluenceRequest(
            committed.complete(), replace(self.asked, methods=methods), max(found.step, 1), first, most
        )  # fmt: skip
        try:
            self._job.start(request)
        except JobError as error:
            self.view.words.setText(str(error))
            return
        self.view.set_running(True)

    def _progressed(self, now: Progress) -> None:
        self.view.set_progress(now.done, now.of)

    def _ended(self, problem: str) -> None:
        self.view.set_running(False)
        self._show()
        if problem:
            self.view.words.setText(problem)
            self.view.words.show()

    def _cancel(self) -> None:
        if self._job.kill():
            self.view.set_running(False)

    # ---- what is shown ------------------------------------------------------------------------------

    def _known(self) -> Explanation | None:
        """What probes and job say together."""
        found, left = self.found, self._left_out
        return found if found is None or left is None else found.joined(left)

    def _shown_method(self, found: Explanation) -> str:
        if self._method is not None and np.isfinite(found.row(self._method)).any():
            return self._method
        return found.best

    def _show(self) -> None:
        found = self._known()
        if found is None or self._presenter.past is not None:
            self._draw()
            return
        scene, method = self._document.scene, self._shown_method(found)
        there = {int(i): at for at, i in enumerate(scene.points.ids)}
        order = [at for at in found.ranked(method, LISTED) if int(found.ids[at]) in there]
        names = [name for name in (*found.methods, TRUTH) if np.isfinite(found.row(name)).any()]
        self.view.set_methods({name: METHODS.get(name, TRUTH) for name in names}, method)
        row = found.row(method)
        entries = [
            Entry(
                int(found.ids[at]), kind_words(scene, there[int(found.ids[at])]), _number(row[at]),
                _number(found.truth[at]), _number(found.other[at]) if found.seeded else "", bool(row[at] > 0),
            )
            for at in order
        ]  # fmt: skip
        self.view.show_points(self._heading(found, scene), entries, self._words(found, method))
        self._draw()

    def _heading(self, found: Explanation, scene: Scene) -> str:
        decided, rival = (one_line(scene.class_name(k), NAME) for k in (found.decided, found.rival))
        words = f"Why {decided} here: it leads {rival} by {found.lead:.3g}."
        if self._before is not None:
            count, lead = self._before
            words += f" With {count} more point{'s' * (count != 1)} it was {lead:.3g}; Ctrl+Z brings them back."
        return words

    def _words(self, found: Explanation, method: str) -> str:
        """What is to be said of a method, shortest first: how it does, what chance does, what it is."""
        if method != TRUTH and not np.isfinite(found.row(method)).any():
            return "This learner has no method that is quick: its points are being left out."
        said = []
        if method in METHODS:
            said.append(found.agreement_words(method))
        said.append(found.ceiling_words)
        if found.known and found.seeded and self._left_out is not None:
            said.append(f"{found.known:,} of {len(found.ids):,} points left out, at step {self._left_at:,}.")
        if method == TRUTH and found.known and not found.ranked(method).size:
            every = "No single point" if found.known == len(found.ids) else f"None of {found.known:,} points left out"
            said.append(f"{every} changes anything here.")
        if words := found.cautions.get(method):
            said.append(f"{titled(method)}: {words}.")
        return " ".join(filter(None, said))

    def _draw(self) -> None:
        found = self._known()
        if self.asked is None or self._presenter.past is not None:
            self.arrows.show_arrows(None, np.empty((0, 2)), np.empty(0), np.empty(0, dtype=bool))
            return
        if found is None:
            self.arrows.show_arrows(self.asked.place, np.empty((0, 2)), np.empty(0), np.empty(0, dtype=bool))
            return
        points, method = self._document.scene.points, self._shown_method(found)
        order = found.ranked(method, DRAWN)
        order = order[np.isin(found.ids[order], points.ids)]
        ids = found.ids[order]
        marked = ids == self._hovered if self._hovered is not None else np.isin(ids, sorted(self.view.selection()))
        self.arrows.show_arrows(found.place, points.xy[points.positions(ids)], found.row(method)[order], marked)

    # ---- what is done in the list -------------------------------------------------------------------

    def _chosen(self, ids: list[int]) -> None:
        self._plane.select(np.array(ids, dtype=np.int64))
        self._draw()

    def _select(self, ids: object) -> None:
        if self.found is not None:
            self.view.set_selection(np.asarray(ids, dtype=np.int64).tolist())
            self._draw()

    def _hover(self, point: int | None) -> None:
        if point != self._hovered:
            self._hovered = point
            self._draw()

    def _choose(self, method: str) -> None:
        self._method = method
        self._show()

    def _remove(self, ids: tuple[int, ...]) -> None:
        there = np.array([i for i in ids if i in set(self._document.scene.points.ids.tolist())], dtype=np.int64)
        if self.found is None or not len(there):
            return
        before = (len(there), self.found.lead)
        self._do(Remove(there), f"Remove {len(there)} answerable point{'s' * (len(there) != 1)}")
        self._before = before

    # ---- the figure ---------------------------------------------------------------------------------

    def _export(self) -> None:
        """Ask how and where, and write the figure. matplotlib is loaded only here."""
        found, frame = self._known(), self._presenter.frame
        if found is None or frame is None or frame.view.unit is not None:
            return
        from boundaryviz.figures.influence import draw_influence
        from boundaryviz.figures.sheet import SceneFigure, save
        from boundaryviz.figures.style import Options
        from boundaryviz.record.curves import CurveStore
        from boundaryviz.record.snapshot import Snapshot

        scenario, scene = self._document.scenario, self._document.scene
        shown = Snapshot(scenario, scene, frame.step, frame.view.rect, frame.field, CurveStore(1))
        method = self._shown_method(found)

        def figure(chosen: ExportOptions) -> SceneFigure:
            options = Options(width_cm=chosen.width_cm, style=chosen.style, dpi=chosen.dpi)  # type: ignore[arg-type]
            return draw_influence(shown, found, DRAWN, options, method)

        dialog = ExportDialog(
            lambda chosen: figure(chosen)._repr_png_(), lambda chosen, path: save(figure(chosen), Path(path)),
            ExportOptions(view="influence", width_cm=18.0), f"{file_stem(scenario.name)}-influence",
            parent=self.view.window(), views={"influence": "Why here"},
        )  # fmt: skip
        dialog.exec()
        dialog.deleteLater()


def kind_words(scene: Scene, at: int) -> str:
    """The class of the point at a position, and whether it is poison."""
    label = int(scene.points.label[at])
    name = one_line(scene.class_name(label), NAME) if label >= 0 else "no label"
    return f"{name}, poison" if scene.points.is_poison[at] else name


def _number(value: float) -> str:
    if not np.isfinite(value):
        return ""
    return f"{value:+.3g}" if value else "0"
