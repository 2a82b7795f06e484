"""Figures out of the window: exact snapshots of what is shown, the dialog, the file, and the line that repeats it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QByteArray, QMimeData, QObject, QTimer
from PyQt6.QtGui import QGuiApplication, QImage

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.export.picturing import Picturing, view_shown
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.shell.folder import Folder
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.writer import Writer
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.past import Past
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.widgets.export_dialog import VIEWS, ExportDialog, ExportOptions
from boundaryviz.record.snapshot import Snapshot, steps_of_strip
from boundaryviz.scenario import files
from boundaryviz.scenario.command_line import NoCommand, figure, source
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.plain_text import file_stem
from boundaryviz.scene.scene import Domain

if TYPE_CHECKING:
    from boundaryviz.figures.sheet import SceneFigure
    from boundaryviz.figures.style import Options

_SLOW = 300  # milliseconds after which it is said that a figure is being worked out


@dataclass(frozen=True)
class Further:
    """A figure of something that a feature shows. title: in the dialog. draw: of a snapshot of the plane. again: what
    the command line does in the place of this very figure."""

    title: str
    draw: Callable[[Snapshot, Options], SceneFigure]
    again: str


class Exporting(QObject):
    """Writes what is shown, the present or the past, exactly as `boundaryviz figure` would. matplotlib is loaded only
    here."""

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, client: TrainerClient, presenter: Presenter,
        picturing: Picturing, reader: Writer, folder: Folder, strip: Callable[[Sequence[int]], Sequence[Past]],
        pins: Callable[[], Sequence[Snapshot]], pins_file: Callable[[], Path | None],
        heights: Callable[[], float | None],
        further: Callable[[], Mapping[str, Further]] = dict,
    ) -> None:  # fmt: skip
        """strip: the recorded moments nearest to some steps. pins: what is pinned for comparison, in its order.
        pins_file: the file that holds just these pins. heights: how far off the plane is looked at, None where it is
        not. further: what else can be drawn now, by the name of the view."""
        super().__init__(window)
        self._window, self._planes, self._document = window, planes, document
        self._client, self._presenter, self._picturing = client, presenter, picturing
        self._reader, self._folder = reader, folder
        self._strip, self._pins, self._pins_file, self._further = strip, pins, pins_file, further
        self._heights = heights
        self.dialog: ExportDialog | None = None
        self._asked, self._waits = 0, False
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW)
        self._slow.timeout.connect(lambda: window.tell("Working the figure out\u2026", 0))
        window.actions_["file.export"].triggered.connect(lambda: self.export())
        client.failed.connect(lambda _: self._give_up())
        client.restarting.connect(self._give_up)

    def export(self) -> None:
        """Have what is shown worked out, then ask for the kind of figure and write it. Asked again meanwhile, only the
        last time counts."""
        frame = self._presenter.frame
        if frame is None or frame.view.unit is not None:
            self._window.notify(
                "There is no figure to export yet: wait for the first frame, and show the output, not a hidden unit."
            )
            return
        canvas = self._planes.plane.canvas
        rect = None if canvas.fitted else canvas.rect_shown()
        self._asked += 1
        asked = self._asked
        self._waits = True
        self._slow.start()

        def taken(snapshot: Snapshot, clean: Snapshot | None) -> None:
            if asked != self._asked:
                return
            others: list[Snapshot] = []
            steps = self._strip(steps_of_strip(snapshot.step))
            self._picturing.strip(steps, others.append, lambda: worked_out(snapshot, clean, others), rect)

        def worked_out(snapshot: Snapshot, clean: Snapshot | None, others: Sequence[Snapshot]) -> None:
            def then(source: Sequence[str] | str) -> None:
                if asked == self._asked:
                    self._waits = False
                    self._slow.stop()
                    self._window.tell("", 0)
                    self._open(snapshot, clean, others, rect, source)

            self._reader.do(self._source(), then)

        self._picturing.render(taken, rect, z=self._heights())

    def _give_up(self) -> None:
        """Who was to work the figure out is gone, or failed, which is said elsewhere."""
        if self._waits:
            self._waits = False
            self._asked += 1
            self._slow.stop()
            self._window.tell("", 0)

    def _open(
        self, snapshot: Snapshot, clean: Snapshot | None, strip: Sequence[Snapshot], rect: Domain | None,
        source: Sequence[str] | str,
    ) -> None:  # fmt: skip
        from boundaryviz.figures.style import AGAINST_CLEAN, RANKING

        have, pins = dict.fromkeys(AGAINST_CLEAN, clean is not None), self._pins()
        have |= dict.fromkeys(RANKING, not snapshot.fits_responses)
        have |= {
            "defence": snapshot.judged is not None,
            "cascade": snapshot.cascade is not None,
            "embedding": snapshot.embedding is not None,
            "heights": snapshot.heights is not None,
            "frames": len(strip) > 1,
            "compare": len(pins) > 1,
        }
        further = self._further()
        have |= dict.fromkeys(further, True)
        views = {view: words for view, words in VIEWS.items() if have.get(view, True)}
        views |= {view: one.title for view, one in further.items()}
        made = _Made(snapshot, clean, {"frames": strip, "compare": pins}, rect, self._looks(), further)
        pinned = self._pins_file()
        self.dialog = ExportDialog(
            made.preview, lambda chosen, path: self._write(made, chosen, path), stem=self._stem(),
            parent=self._window, views=views,
            command=lambda chosen: (
                made.command_for_pins(pinned, chosen) if chosen.view == "compare"
                else made.command(source, chosen, self._client, self._presenter.seed_shown)
            ),
            copy=lambda chosen: _copy(made, chosen), check=_as_seen, folder=self._folder.path,
            options=ExportOptions(view=view_shown(self._window.actions_, self._planes.view, have) or "boundary"),
        )  # fmt: skip
        self.dialog.exec()
        self.dialog.deleteLater()
        self.dialog = None

    def _stem(self) -> str:
        path = self._document.path
        return file_stem(self._document.scenario.name) if path is None else path.stem

    def _looks(self) -> dict[str, Any]:
        """How the plane shows what it shows."""
        actions = self._window.actions_
        return {
            "levels": 2 if actions["view.discrete"].isChecked() else None,
            "held_out": actions["view.held-out"].isChecked(), "errors": actions["view.prediction"].isChecked(),
            "axes": self._planes.plane.canvas.axes_choice,
        }  # fmt: skip

    def _source(self) -> Callable[[], Sequence[str] | str]:
        """Tells, in whatever thread calls it, what the command line trains to come here, or why there is nothing."""
        make, history, path = self._document.to_save(), self._document.history(), self._document.path
        edited = self._document.committed.edited or (
            history is not None and (bool(history.changes) or not history.drawn)
        )

        def find() -> Sequence[str] | str:
            present = make()
            try:
                return source(present.bare(), path if path is not None and _holds(path, present) else None, edited)
            except NoCommand as error:
                return str(error)

        return find

    def _write(self, made: _Made, chosen: ExportOptions, path: Path) -> None:
        from boundaryviz.figures.data import data_of, write_data
        from boundaryviz.figures.sheet import save

        save(made.figure(chosen), path)
        if chosen.data and not made.is_further(chosen):
            beside = made.clean if made.against(chosen) else None
            write_data(data_of(chosen.view, made.shown, beside, made.others(chosen)), _data_beside(path, chosen.data))
        self._window.tell(f"Wrote {path.name}.")


class _Made:
    """What figures are drawn from, fixed while the dialog is open."""

    def __init__(
        self, shown: Snapshot, clean: Snapshot | None, several: Mapping[str, Sequence[Snapshot]], rect: Domain | None,
        looks: dict[str, Any], further: Mapping[str, Further],
    ) -> None:  # fmt: skip
        self.shown, self.clean, self._several, self._rect, self._looks = shown, clean, several, rect, looks
        self._further = further

    def against(self, chosen: ExportOptions) -> bool:
        from boundaryviz.figures.style import AGAINST_CLEAN

        return chosen.view in AGAINST_CLEAN

    def is_further(self, chosen: ExportOptions) -> bool:
        return chosen.view in self._further

    def others(self, chosen: ExportOptions) -> Sequence[Snapshot]:
        return self._several.get(chosen.view, ())

    def figure(self, chosen: ExportOptions) -> SceneFigure:
        from boundaryviz.figures.draw import draw

        if chosen.view in self._further:
            return self._further[chosen.view].draw(self.shown, self._options(chosen))
        beside, others = self.clean if self.against(chosen) else None, self.others(chosen)
        named = others[0] if chosen.view == "compare" else self.shown
        return draw(chosen.view, named, self._options(chosen), beside, others)

    def preview(self, chosen: ExportOptions) -> bytes:
        return self.figure(chosen).png(chosen.dpi)

    def _options(self, chosen: ExportOptions) -> Options:
        from boundaryviz.figures.style import Options

        plain = {name: value for name, value in asdict(chosen).items() if name not in ("format", "view", "data")}
        return Options(**plain, **self._looks)

    def command(self, made_from: Sequence[str] | str, chosen: ExportOptions, client: TrainerClient, seed: int) -> str:
        """The line; raises NoCommand."""
        if chosen.view in self._further:
            raise NoCommand(self._further[chosen.view].again)
        if isinstance(made_from, str):
            raise NoCommand(made_from)
        rect = self._rect
        run: dict[str, Any] = {
            "view": chosen.view, "seeds": client.seeds, "twin": client.twin, "seed_shown": seed,
            "at": ",".join(str(one.step) for one in self.others(chosen)) if chosen.view == "frames" else None,
            "z": self.shown.heights.z if chosen.view == "heights" and self.shown.heights is not None else None,
            "rect": None if rect is None else (rect.left, rect.right, rect.bottom, rect.top),
        }  # fmt: skip
        return figure(made_from, self._output(chosen), run | self._chosen(chosen), steps=self.shown.step)

    def command_for_pins(self, file: Path | None, chosen: ExportOptions) -> str:
        """The line that draws a file of pins; raises NoCommand."""
        if file is None:
            raise NoCommand("Save the pins first (Ctrl+5), and the command line can name their file.")
        return figure((str(file),), self._output(chosen), {"view": chosen.view} | self._chosen(chosen))

    def _output(self, chosen: ExportOptions) -> str:
        return f"{file_stem(self.shown.scenario.name)}.{chosen.format}"

    def _chosen(self, chosen: ExportOptions) -> dict[str, Any]:
        """Options of `boundaryviz figure` about the figure itself."""
        return {
            "width": chosen.width_cm, "style": chosen.style, "font": chosen.font,
            "dpi": chosen.dpi if chosen.format == "png" else None, "legend": chosen.legend, "letters": chosen.letters,
            "transparent": chosen.transparent, **self._looks,
            "data": str(_data_beside(Path(self._output(chosen)), chosen.data)) if chosen.data else None,
        }  # fmt: skip


def _data_beside(path: Path, kind: str) -> Path:
    """Where a figure's data go: not to NAME.csv, which may well be the points that somebody saved."""
    return path.with_name(f"{path.stem}-data.{kind}")


def _as_seen(pixels: NDArray[np.uint8], kind: str) -> NDArray[np.uint8]:
    from boundaryviz.figures.vision import Vision, simulate

    return simulate(pixels, cast(Vision, kind))


def _copy(made: _Made, chosen: ExportOptions) -> None:
    """The figure on the clipboard, as a picture and as SVG."""
    import io

    drawn = made.figure(chosen)
    svg = io.BytesIO()
    drawn.savefig(svg, format="svg")
    png = io.BytesIO()
    drawn.savefig(png, format="png", dpi=chosen.dpi)
    data = QMimeData()
    data.setImageData(QImage.fromData(png.getvalue()))
    data.setData("image/svg+xml", QByteArray(svg.getvalue()))
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setMimeData(data)


def _holds(path: Path, present: Scenario) -> bool:
    """Whether a file holds the scenario and its history as they are now, but for the steps done since."""
    try:
        saved = files.read(path)
    except (ScenarioError, OSError):
        return False
    if saved.course is None or present.course is None:
        return saved == present
    return saved.course.steps <= present.course.steps and saved == present.model_copy(
        update={"course": present.course.model_copy(update={"steps": saved.course.steps})}
    )
