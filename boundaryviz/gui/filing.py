"""Files in and out of the window: new, open, drop, paste, copy, save and export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from boundaryviz.gui.controller import Controller
from boundaryviz.gui.views.export_dialog import VIEWS, ExportDialog, ExportOptions
from boundaryviz.gui.views.welcome import Card
from boundaryviz.scenario import files, gallery
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.scene import Domain, Points, Scene
from boundaryviz.scene.tables import TableError, read_table, write_table

if TYPE_CHECKING:
    from boundaryviz.figures.draw import SceneFigure

_OPENABLE = "Scenarios and tables (*.bviz *.toml *.csv);;All files (*)"
_SAVEABLE = "boundaryviz scenario (*.bviz);;Table of points (*.csv)"


class Filing(QObject):
    """Everything between the document and the disk or the clipboard; trouble is told in the window's banner."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller, self._window, self._document = controller, controller.window, controller.document
        self._folder = str(Path.home())
        actions = self._window.actions_
        on: dict[str, Callable[[], object]] = {
            "file.new": self.new, "file.examples": self.examples, "file.open": self.ask_open,
            "file.paste": self.paste, "file.save": self.save, "file.save-as": self.save_as,
            "file.export": self.export, "edit.copy": self.copy, "file.quit": self._window.close,
        }  # fmt: skip
        for name, act in on.items():
            actions[name].triggered.connect(lambda _=False, act=act: act())
        self._window.dropped.connect(lambda path: self.open(Path(path)))
        self._window.may_close = self.may_leave
        welcome = self._window.welcome
        welcome.chosen.connect(self.open_example)
        welcome.open_file.connect(self.ask_open)
        welcome.paste_table.connect(self.paste)
        welcome.draw_own.connect(self.new)
        welcome.left.connect(lambda: self._window.show_welcome(False))

    # ---- in -----------------------------------------------------------------------------------------

    def examples(self) -> None:
        """The page of examples; again, back to the plane."""
        showing = self._window.pages.currentWidget() is self._window.welcome
        if not showing and not self._window.welcome.cards:
            self._window.welcome.set_cards(Card(s.name, s.title, s.summary, s.scene()) for s in gallery.scenarios())
        self._window.show_welcome(not showing)

    def open_example(self, name: str) -> None:
        if self.may_leave():
            scenario = gallery.load(name)
            self._show(scenario)
            if scenario.look_at:
                self._window.notify(" ".join(scenario.look_at.split()))
            self._controller.play(True)

    def new(self) -> None:
        """An empty plane, for points drawn by hand."""
        if self.may_leave():
            scene = Scene(Points.of([]), Domain(-6.0, 6.0, -6.0, 6.0))
            scenario = Scenario(name="own-points", title="Your own points", data=DataSpec(name="points"))
            self._show(scenario.with_scene(scene))
            self._window.actions_["point.tool-add"].trigger()

    def ask_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open", self._folder, _OPENABLE)
        if path:
            self.open(Path(path))

    def open(self, path: Path) -> None:
        """Open a scenario or a table; what was open stays untouched where that fails."""
        self._folder = str(path.parent)
        try:
            scenario = files.read(path)
        except (ScenarioError, TableError) as error:
            self._trouble(f"{path.name} was not opened", error.problems)
            return
        if self.may_leave():
            self._show(scenario, path if path.suffix.lower() == ".bviz" else None)
            if scenario.summary and path.suffix.lower() == ".csv":
                self._window.notify(scenario.summary)

    def paste(self) -> None:
        """Take the points of a table on the clipboard, with undo, under the settings of now."""
        clipboard = QGuiApplication.clipboard()
        text = clipboard.text() if clipboard is not None else ""
        if not text.strip():
            self._window.notify("There is no text on the clipboard. Copy a table with columns x and y.")
            return
        try:
            table = read_table(text)
        except TableError as error:
            self._trouble("The clipboard holds no table of points", error.problems)
            return
        scenario = self._document.scenario.model_copy(
            update={"name": "pasted", "title": "Pasted points", "data": DataSpec(name="points")}
        )
        self._controller.replace_scene(scenario, table.scene, "Paste a table")
        self._window.show_welcome(False)
        self._window.plane.fit()
        if table.notes:
            self._window.notify(" ".join(table.notes))

    def _show(self, scenario: Scenario, path: Path | None = None) -> None:
        self._document.open(scenario, path)
        self._window.show_welcome(False)
        self._window.banner.hide()

    # ---- out ----------------------------------------------------------------------------------------

    def may_leave(self) -> bool:
        """Ask what becomes of unsaved changes; whether to go on."""
        if self._document.undo.isClean():
            return True
        button = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window, "Unsaved changes", f"Save the changes to {self._document.scenario.title}?",
            button.Save | button.Discard | button.Cancel, button.Save,
        )  # fmt: skip
        if answer == button.Save:
            return self.save()
        return bool(answer == button.Discard)

    def save(self) -> bool:
        """Save where it was opened or saved last; whether it was."""
        if self._document.path is None:
            return self.save_as()
        return self._write(self._document.path)

    def save_as(self) -> bool:
        name = str(Path(self._folder) / f"{self._document.scenario.name}.bviz")
        chosen, kind = QFileDialog.getSaveFileName(self._window, "Save as", name, _SAVEABLE)
        if not chosen:
            return False
        path = Path(chosen)
        if not path.suffix:
            path = path.with_suffix(".csv" if "csv" in kind else ".bviz")
        self._folder = str(path.parent)
        return self._write(path)

    def _write(self, path: Path) -> bool:
        state = self._document.committed
        try:
            if path.suffix.lower() == ".csv":
                files.write_atomic(path, write_table(state.scene).encode())
            else:
                files.write(path, state.complete())
                self._document.path = path
                self._document.undo.setClean()
        except files.WriteError as error:
            self._window.notify(str(error), alarm=True)
            return False
        self._tell(f"Saved {path.name}.")
        return True

    def copy(self) -> None:
        """The selected points, or all of them, as a table on the clipboard."""
        scene, ids = self._document.scene, self._window.plane.selection
        points = scene.points.take(scene.points.positions(ids)) if len(ids) else scene.points
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None and len(points):
            clipboard.setText(write_table(scene.with_points(points)))
            self._tell(f"Copied {len(points):,} points.")

    def export(self) -> None:
        """Ask for the kind of figure and write it. matplotlib is loaded only here."""
        snapshot = self._controller.display.snapshot()
        if snapshot is None:
            self._window.notify(
                "There is no figure to export yet: wait for the first frame, and show the output, not a hidden unit."
            )
            return
        clean = self._controller.display.snapshot(clean=True)
        from boundaryviz.figures.draw import draw, save
        from boundaryviz.figures.style import AGAINST_CLEAN, Options, StyleName

        actions = self._window.actions_
        have = dict.fromkeys(AGAINST_CLEAN, clean is not None) | {"cascade": snapshot.cascade is not None}

        def options(chosen: ExportOptions) -> Options:
            return Options(
                width_cm=chosen.width_cm, style=cast(StyleName, chosen.style), dpi=chosen.dpi,
                levels=2 if actions["view.discrete"].isChecked() else None,
                held_out=actions["view.held-out"].isChecked(), errors=actions["view.prediction"].isChecked(),
            )  # fmt: skip

        def figure(chosen: ExportOptions) -> SceneFigure:
            return draw(chosen.view, snapshot, options(chosen), clean if chosen.view in AGAINST_CLEAN else None)

        def write(chosen: ExportOptions, path: Path) -> None:
            save(figure(chosen), path)
            self._tell(f"Wrote {path.name}.")

        dialog = ExportDialog(
            lambda chosen: figure(chosen)._repr_png_(), write, stem=self._document.scenario.name, parent=self._window,
            views=[view for view in VIEWS if have.get(view, True)],
        )  # fmt: skip
        dialog.exec()
        dialog.deleteLater()

    # ---- words --------------------------------------------------------------------------------------

    def _trouble(self, what: str, problems: list[str]) -> None:
        shown = "; ".join(problems[:2])
        more = f" and {len(problems) - 2} more" if len(problems) > 2 else ""
        self._window.notify(f"{what}: {shown}{more}.", details="\n".join(problems), alarm=True)

    def _tell(self, words: str) -> None:
        strip = self._window.statusBar()
        if strip is not None:
            QTimer.singleShot(0, lambda: strip.showMessage(words, 4000))
