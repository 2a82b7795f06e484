"""Choose what a film shows and how, see a frame of it, have it made, and watch that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QPixmap, QResizeEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip
from typing_extensions import override

from boundaryviz.gui.widgets.controls import choices, label, restyle
from boundaryviz.gui.widgets.export_dialog import STYLES
from boundaryviz.gui.widgets.export_dialog import VIEWS as FIGURE_VIEWS
from boundaryviz.gui.widgets.number import NumberEdit, parse_number
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.scenario.words import size_words

FORMATS = {"mp4": "MP4, a video", "gif": "GIF, for any page", "webp": "WebP, for the web"}
_FILMED = ("summary", "boundary", "twin", "flip", "cascade", "embedding", "heights", "curves")
VIEWS = {view: FIGURE_VIEWS[view] for view in _FILMED}
SIZES = {"1280x720": "1280 x 720", "1920x1080": "1920 x 1080", "720x720": "720 x 720, square"}
SPACINGS = {"log": "slow at first", "linear": "at an even pace", "even": "with equal changes"}
RATES = (10, 15, 20, 25, 30, 50, 60)
LEAST_SECONDS, MOST_SECONDS = 1.0, 120.0
MOST_STEPS = 10_000_000
_GIVE = "Give the values: a range such as 0..40, or 1, 2, 5."
# Bytes for each pixel of a frame, as measured on a net that learns two moons; other films differ by a factor of two.
_BYTES = {"mp4": 0.003, "gif": 0.036, "webp": 0.019}


@dataclass(frozen=True)
class FilmChoice:
    """What film to make. size: WIDTHxHEIGHT in pixels. seconds: 1..120, without title card. over: path of a setting, ''
    for training; values: of that setting, as `boundaryviz animate --over` takes them. steps: how long is trained."""

    format: str = "mp4"
    view: str = "summary"
    style: str = "slides"
    size: str = "1280x720"
    rate: int = 25
    seconds: float = 12.0
    title: bool = True
    loops: bool = True
    spacing: str = "log"
    over: str = ""
    values: str = ""
    steps: int = 2000

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height."""
        width, _, height = self.size.partition("x")
        return int(width), int(height)


@dataclass(frozen=True)
class Sweepable:
    """A setting that a film can lead through. values: what is proposed."""

    title: str
    values: str


class FilmDialog(QDialog):
    """The caller draws a frame for the preview, and makes the film.

    views: those of `VIEWS` that can be had. sweeps: path of a setting -> what it is. render: choice -> PNG bytes; its
    OSError, ValueError or RuntimeError is told. ask_path: choice -> where to, None for cancelled. check: what is wrong
    with the values of a choice, in words. folder: where the film is proposed to go. over, view: to begin with.
    asked: a film is wanted, with the choice and its path. cancelled: the one being made is not wanted any more.
    """

    asked = pyqtSignal(object, object)
    cancelled = pyqtSignal()

    def __init__(
        self,
        render: Callable[[FilmChoice], bytes],
        stem: str = "film",
        views: Collection[str] = VIEWS,
        sweeps: Mapping[str, Sweepable] | None = None,
        ask_path: Callable[[FilmChoice], Path | None] | None = None,
        steps: int = 2000,
        parent: QWidget | None = None,
        check: Callable[[FilmChoice], str] = lambda _choice: "",
        folder: Path | None = None,
        over: str = "",
        view: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export a film")
        self._render, self._stem, self._sweeps = render, stem, dict(sweeps or {})
        self._ask_path, self._check, self._folder = ask_path or self._ask, check, folder or Path()
        values = self._sweeps[over].values if over else ""
        first = view if view in views else next(v for v in VIEWS if v in views)
        self.choice = FilmChoice(view=first, steps=steps, over=over, values=values)
        self._running = False
        self._picture = QPixmap()
        self.view = choices("Shows", {name: words for name, words in VIEWS.items() if name in views})
        self.over = choices("Over", {"": "Training"} | {path: one.title for path, one in self._sweeps.items()})
        self.values = NumberEdit()
        self.values.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.values.setAccessibleName("Values")
        self.values.setToolTip(
            tip("A range such as 0..40, of 100 values as 0..40:100, or single values: 1, 2, 5 or [4],[8,8]")
        )
        self.spacing = choices("Pace", SPACINGS)
        self.spacing.setToolTip(
            tip("Most happens in the first steps; a slow beginning gives them their share of the film")
        )
        self.style_combo = choices("Style", STYLES)
        self.format = choices("Format", FORMATS)
        self.size_combo = choices("Size", SIZES)
        self.rate = choices("Frames a second", {rate: f"{rate} frames a second" for rate in RATES})
        self.steps = NumberEdit.called("Steps", "How many steps are trained, from the first on", 96)
        words = f"{LEAST_SECONDS:g} to {MOST_SECONDS:g} seconds, without the title card"
        self.seconds = NumberEdit.called("Length in seconds", words, 96)
        self.title, self.loops = QCheckBox("Title card"), QCheckBox("Repeat for ever")
        self.amount = label("", "faint")
        self.preview = label("Drawing\u2026", wraps=True)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setMinimumSize(560, 360)
        self.preview.setAccessibleName("Preview")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.words = label("", "faint", wraps=True)
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing())
        self.make, self.leave = QPushButton("Save as\u2026"), QPushButton("Close")
        self.make.setProperty("role", "primary")
        self.make.setDefault(True)
        self.leave.setToolTip("A film that is being made goes on")
        self._fields: tuple[QWidget, ...] = (
            self.view, self.over, self.values, self.steps, self.spacing, self.style_combo, self.format, self.size_combo,
            self.rate, self.seconds, self.title, self.loops,
        )  # fmt: skip
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(120)
        self._timer.timeout.connect(self._draw)
        self._compose()
        self._wire()
        self._show()
        self.set_running(False)
        self._timer.start()

    def _compose(self) -> None:
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        rows: tuple[tuple[str, QWidget | QLayout], ...] = (
            ("Shows", self.view), ("Over", self.over), ("Values", self.values),
            ("Trained for", _row(self.steps, label("steps", "faint"), None)), ("Pace", self.spacing),
            ("Style", self.style_combo), ("Format", self.format), ("Size", self.size_combo), ("Rate", self.rate),
            ("Length", _row(self.seconds, label("seconds", "faint"), None)), ("", _row(self.title, self.loops, None)),
            ("", self.amount),
        )  # fmt: skip
        for words, field in rows:
            self._form.addRow(words, field)
        side = QVBoxLayout()
        side.addLayout(self._form)
        side.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(24)
        body.addWidget(self.preview, 1)
        body.addLayout(side)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(body, 1)
        layout.addWidget(self.progress)
        below = _row(self.leave, self.make)
        below.insertWidget(0, self.words, 1)
        layout.addLayout(below)

    def _wire(self) -> None:
        combos = {
            "view": self.view, "over": self.over, "spacing": self.spacing, "style": self.style_combo,
            "format": self.format, "size": self.size_combo, "rate": self.rate,
        }  # fmt: skip
        for field, combo in combos.items():
            combo.activated.connect(lambda _, c=combo, f=field: self._change(**{f: c.currentData()}))
        self.title.toggled.connect(lambda on: self._change(title=on))
        self.loops.toggled.connect(lambda on: self._change(loops=on))
        self.values.committed.connect(lambda text: self._change(values=text.strip()))
        self.steps.committed.connect(self._steps_typed)
        self.steps.stepped.connect(lambda n: self._steps_typed(str(self.choice.steps + 100 * n)))
        self.seconds.committed.connect(self._seconds_typed)
        self.seconds.stepped.connect(lambda n: self._seconds_typed(f"{self.choice.seconds + n:g}"))
        self.make.clicked.connect(self._pressed)
        self.leave.clicked.connect(self.reject)

    # ---- what it shows ------------------------------------------------------------------------------

    def set_running(self, on: bool) -> None:
        """Whether a film is being made; Save is then Cancel, and nothing can be changed."""
        self._running = on
        self.make.setText("Cancel" if on else "Save as\u2026")
        self.make.setToolTip("Stop; no half a film stays" if on else "Choose a place and make the film")
        self.make.setEnabled(True)
        self.progress.setRange(0, 0 if on else 1)  # unknown until the process speaks
        self.progress.setVisible(on)
        for field in self._fields:
            field.setEnabled(not on)
        if not on:
            self._show()

    def set_progress(self, done: int, total: int) -> None:
        """So much is done, of so much."""
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)

    def say(self, words: str, problem: bool = False) -> None:
        """A sentence beside the buttons."""
        restyle(self.words, "role", "problem" if problem else "faint")
        self.words.setText(words)

    def set_size(self, size: int) -> None:
        """An estimate of the file in bytes, better than the first."""
        self.amount.setText(f"{self._frames:,} frames, about {size_words(size)}")

    @property
    def _frames(self) -> int:
        return round(self.choice.seconds * self.choice.rate)

    def _show(self) -> None:
        chosen = self.choice
        pairs = (
            (self.view, chosen.view), (self.over, chosen.over), (self.spacing, chosen.spacing),
            (self.style_combo, chosen.style), (self.format, chosen.format), (self.size_combo, chosen.size),
            (self.rate, chosen.rate),
        )  # fmt: skip
        for combo, value in pairs:
            combo.setCurrentIndex(combo.findData(value))
        self.values.show_text(chosen.values)
        self.values.setEnabled(bool(chosen.over))
        self.spacing.setEnabled(not chosen.over)
        self.loops.setEnabled(chosen.format != "mp4")
        self.loops.setToolTip("" if chosen.format != "mp4" else "Whoever plays a video decides")
        self.title.setChecked(chosen.title)
        self.loops.setChecked(chosen.loops)
        self.steps.show_text(f"{chosen.steps:,}")
        self.seconds.show_text(f"{chosen.seconds:g}")
        width, height = chosen.pixels
        self.set_size(round(_BYTES[chosen.format] * width * height * self._frames))

    def _change(self, **fields: object) -> None:
        before = self.choice
        self.choice = replace(before, **fields)  # type: ignore[arg-type]
        if self.choice.over != before.over:
            proposed = self._sweeps[self.choice.over].values if self.choice.over else ""
            self.choice = replace(self.choice, values=proposed)
        if self.choice != before:
            concerns = lambda choice: (choice.over, choice.values, choice.seconds, choice.rate)  # noqa: E731
            wrong = self._values_wrong() if concerns(self.choice) != concerns(before) else ""
            self.say(wrong, problem=bool(wrong))
            self._show()
            self._timer.start()

    def _values_wrong(self) -> str:
        """What is wrong with the values of the setting, and a mark at their field."""
        choice = self.choice
        wrong = "" if not choice.over else self._check(choice) if choice.values else _GIVE
        restyle(self.values, "invalid", bool(wrong))
        return wrong

    def _seconds_typed(self, text: str) -> None:
        number = parse_number(text.strip().removesuffix("s"))
        wrong = number is None or not LEAST_SECONDS <= number <= MOST_SECONDS
        restyle(self.seconds, "invalid", wrong)
        if number is None or wrong:
            self.say(f"The length is a number from {LEAST_SECONDS:g} to {MOST_SECONDS:g} seconds.", problem=True)
        else:
            self.say("")
            self._change(seconds=number)

    def _steps_typed(self, text: str) -> None:
        number = parse_number(text)
        wrong = number is None or not 1 <= number <= MOST_STEPS or not number.is_integer()
        restyle(self.steps, "invalid", wrong)
        if number is None or wrong:
            self.say(f"Steps are a whole number from 1 to {MOST_STEPS:,}.", problem=True)
        else:
            self.say("")
            self._change(steps=int(number))

    # ---- the preview --------------------------------------------------------------------------------

    def _draw(self) -> None:
        self._picture = QPixmap()
        try:
            self._picture.loadFromData(self._render(self.choice))
        except (OSError, ValueError, RuntimeError) as error:
            self.preview.setText(str(error))
        self._fit()

    def _fit(self) -> None:
        if not self._picture.isNull():
            ratio = self.devicePixelRatioF()
            room = self.preview.size() * ratio
            shown = self._picture.scaled(
                room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            shown.setDevicePixelRatio(ratio)
            self.preview.setPixmap(shown)

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    # ---- what it asks -------------------------------------------------------------------------------

    def _pressed(self) -> None:
        if self._running:
            self.make.setEnabled(False)
            self.say("Stopping\u2026")
            self.cancelled.emit()
            return
        if wrong := self._values_wrong():
            self.say(wrong, problem=True)
            self.values.setFocus()
            return
        path = self._ask_path(self.choice)
        if path is not None:
            kind = f".{self.choice.format}"
            self.asked.emit(self.choice, path if path.suffix.lower() == kind else path.with_name(path.name + kind))

    def _ask(self, choice: FilmChoice) -> Path | None:
        kind = choice.format
        name = str(self._folder / f"{self._stem}.{kind}")
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the film", name, f"{kind.upper()} (*.{kind})")
        return Path(chosen) if chosen else None


def _row(*parts: QWidget | None) -> QHBoxLayout:
    """Side by side; None is room."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row
