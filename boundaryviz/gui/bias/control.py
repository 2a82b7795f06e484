"""Bias and variance of the document: a job that can be paused, its maps on the plane, and its figure."""

from __future__ import annotations

from pathlib import Path

from typing_extensions import override

from boundaryviz.figures.bias_maps import MAPS, map_image
from boundaryviz.gui.bias.panel import BiasPanel
from boundaryviz.gui.bias.sizes import sizes_of
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.document.kept_run import KeptRunControl
from boundaryviz.gui.plane.map_item import UNDER, MapItem
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.widgets.export_dialog import ExportDialog, ExportOptions
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.bias_variance import BiasVariance
from boundaryviz.scenario import sweep
from boundaryviz.scenario.scenario import ScenarioError
from boundaryviz.scenario.sweep import SweepError
from boundaryviz.scene.plain_text import NAME, file_stem, one_line
from boundaryviz.studies.requests import BiasVarianceRequest


class BiasControl(KeptRunControl):
    """See `KeptRunControl`: more samples, and settings that were measured before, cost only what is missing."""

    def __init__(self, window: MainWindow, plane: PlaneView, document: Document) -> None:
        self.panel = panel = BiasPanel()
        self._plane, self._theme = plane, LIGHT
        self.item = MapItem()
        self.item.setZValue(UNDER)
        self.item.hide()
        plane.canvas.box.addItem(self.item, ignoreBounds=True)
        super().__init__(window, document, panel, "train.bias", "bias")
        window.themed.connect(self._dress)
        panel.saving.connect(self._export)
        panel.shown.connect(self._put_on_plane)
        panel.sizes_wanted.connect(self._fill_in)

    @property
    def results(self) -> list[BiasVariance]:
        """What is known by now, one for each setting."""
        found: list[BiasVariance] | None = self.found
        return [] if found is None else found

    def offer(self) -> None:
        """Have the tab there for a scenario that promises something of bias and variance; others ask for it."""
        promises = any(key.startswith("bias_variance.") for key in self._document.scenario.expect)
        self._window.offer_result(self.panel, promises or self.running or self.found is not None)

    @override
    def show(self) -> None:
        self._window.offer_result(self.panel, True)
        super().show()

    # ---- the job ------------------------------------------------------------------------------------

    @override
    def run(self, listed: str | None, seeds: int) -> None:
        """Work it out for the document as it is now. listed: what is varied."""
        try:
            if listed is not None:
                self._check(listed)
        except (SweepError, ScenarioError) as error:
            self.panel.refuse(f"{error}".rstrip(".") + ".")
            return
        super().run(listed, seeds)

    def _check(self, over: str) -> None:
        scenario = self._document.committed.complete()
        path, values, _ = sweep.parse(over, sweep.MOST, scenario)
        for value in values:
            scenario.with_values({path: value})

    @override
    def _request_of(self, listed: str | None, seeds: int) -> BiasVarianceRequest:
        return BiasVarianceRequest(self._document.committed.complete(), seeds, listed, self.place)

    @override
    def _show(self, found: list[BiasVariance] | None) -> None:
        self.panel.set_results(found or [])

    @override
    def _paused_words(self) -> str:
        done, asked = (sum(getattr(one, name) for one in self.results) for name in ("samples", "asked"))
        return f"Paused after {done:,} of {asked:,} samples." if asked else "Paused."

    @override
    def _opened(self) -> None:
        super()._opened()
        self.panel.over.clear()
        self.offer()

    def _fill_in(self) -> None:
        """Write what makes the learner small and large into the field."""
        words = sizes_of(self._document.committed.scenario.learner)
        if words:
            self.panel.vary(words)
        else:
            self.panel.say("This learner has no size of its own: write a setting and its values.")

    # ---- on the plane -------------------------------------------------------------------------------

    def _dress(self, theme: Theme) -> None:
        self._theme = theme
        self.panel.set_theme(theme)
        self._put_on_plane()

    def _put_on_plane(self) -> None:
        one, on = self.panel.chosen, self.panel.on_plane.isChecked()
        shown = one is not None and on
        self.item.setVisible(shown)
        if one is not None and on:
            chosen = self.panel.map_chosen
            name = ", ".join(filter(None, (MAPS[chosen], one_line(one.label, NAME))))
            self.item.show_map(map_image(one, chosen, self._theme.plane), one.rect, name, self._theme)

    # ---- the figure ---------------------------------------------------------------------------------

    def _export(self) -> None:
        """Ask how and where, and write the figure. matplotlib is loaded only here."""
        results = self.panel.results
        if not results:
            return
        from boundaryviz.figures.bias_variance import MOST_ROWS, draw_bias_variance
        from boundaryviz.figures.sheet import save
        from boundaryviz.figures.style import Options

        def options(chosen: ExportOptions) -> Options:
            return Options(width_cm=chosen.width_cm, style=chosen.style, dpi=chosen.dpi)  # type: ignore[arg-type]

        def render(chosen: ExportOptions) -> bytes:
            return draw_bias_variance(results[:MOST_ROWS], options(chosen))._repr_png_()

        def written(chosen: ExportOptions, path: Path) -> None:
            save(draw_bias_variance(results[:MOST_ROWS], options(chosen)), path)
            self.panel.say(f"Wrote {path.name}.")

        dialog = ExportDialog(
            render, written, ExportOptions(view="bias-variance", width_cm=16.0),
            f"{file_stem(results[0].scenario)}-bias-variance", parent=self.panel.window(),
            views={"bias-variance": "Bias and variance"},
        )  # fmt: skip
        dialog.exec()
        dialog.deleteLater()
