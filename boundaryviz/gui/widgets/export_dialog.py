"""Choose what a figure shows and how, see it, and save it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from boundaryviz.gui.widgets.controls import QuietCombo, choices, label, restyle
from boundaryviz.gui.widgets.figure_preview import Check, FigurePreview
from boundaryviz.gui.widgets.number import NumberEdit, parse_number

FORMATS = {
    "png": "PNG, a picture", "svg": "SVG, vectors for the web", "pdf": "PDF, vectors for print",
    "pgf": "PGF, for LaTeX",
}  # fmt: skip
FONTS = {"sans": "Sans serif", "serif": "Serif", "times": "Times-like"}
DATA = {"": "nothing", "npz": "the data as .npz", "csv": "the data as .csv"}
CHECKS = {
    "": "as it is", "protan": "without red cones", "deutan": "without green cones", "tritan": "without blue cones",
    "grey": "in grey",
}  # fmt: skip
_SWITCHES = {"legend": "Legend", "letters": "Panel letters", "transparent": "Transparent"}
VIEWS = {
    "boundary": "Boundary",
    "curves": "Curves",
    "summary": "Boundary and curves",
    "twin": "Clean twin and poisoned",
    "flip": "Flip region",
    "cascade": "Label cascade",
    "embedding": "Plane and embedding",
    "roc": "ROC and precision",
    "calibration": "Calibration",
    "defence": "What the defence removed",
    "heights": "Boundary off the plane",
    "frames": "Moments of training",
    "compare": "What is pinned, compared",
}
STYLES = {"paper": "Paper", "slides": "Slides", "dark": "Dark"}
WIDTHS = {"Single column": 8.5, "Double column": 17.5, "Slide": 25.4}
LEAST_WIDTH, MOST_WIDTH = 3.0, 100.0
LEAST_DPI, MOST_DPI = 50, 1200
MOST_PIXELS = 12_000  # across
_PREVIEW = 144  # dots per inch of the preview, however many the file will have, for each pixel of Qt's


@dataclass(frozen=True)
class ExportOptions:
    """What to export. width_cm: 3..100. dpi: dots per inch, 50..1200, of a PNG; both together at most 12,000 pixels.
    data: what else is written beside it, 'npz', 'csv' or nothing."""

    format: str = "pdf"
    view: str = "boundary"
    width_cm: float = 8.5
    style: str = "paper"
    dpi: int = 300
    font: str = "sans"
    legend: bool = True
    letters: bool = False
    transparent: bool = False
    data: str = ""

    @property
    def pixels(self) -> int:
        """Across."""
        return round(self.width_cm / 2.54 * self.dpi)


class ExportDialog(QDialog):
    """The caller draws and writes; errors of both are told inside the dialog.

    views: those of `VIEWS` that can be had, or others with their words.
    render: options, with the preview's dots per inch -> PNG bytes. write: options and path -> the file. Both may
    raise OSError, ValueError or RuntimeError, whose words are shown. ask_path: options -> where to, None for cancelled.
    command: options -> the line that makes the figure again; raises ValueError, saying why, where there is none.
    copy: puts the figure on the clipboard. check: asked with the kinds of `CHECKS`. folder: where it is proposed to go.
    """

    def __init__(
        self,
        render: Callable[[ExportOptions], bytes],
        write: Callable[[ExportOptions, Path], None],
        options: ExportOptions = ExportOptions(),
        stem: str = "figure",
        ask_path: Callable[[ExportOptions], Path | None] | None = None,
        parent: QWidget | None = None,
        views: Collection[str] = VIEWS,
        command: Callable[[ExportOptions], str] | None = None,
        copy: Callable[[ExportOptions], None] | None = None,
        check: Check | None = None,
        folder: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export a figure")
        self._render, self._write, self._stem, self._folder = render, write, stem, folder or Path()
        self._command, self._copy = command, copy
        self._ask_path = ask_path or self._ask
        self.options = options
        self.saved: Path | None = None
        self.format = choices("Format", FORMATS)
        named = views if isinstance(views, Mapping) else {one: words for one, words in VIEWS.items() if one in views}
        self.view = choices("Shows", named)
        self.style_combo = choices("Style", STYLES)
        self.font_combo, self.data = choices("Font", FONTS), choices("Beside the figure", DATA)
        self.check = choices("Preview", CHECKS)
        self.check.setToolTip("What the figure is like for eyes that see colours otherwise, or printed in grey")
        self.switches = {name: QCheckBox(words) for name, words in _SWITCHES.items()}
        self.true_size = QCheckBox("True size")
        self.true_size.setToolTip("As large as it will be on paper, by what the screen says of its size")
        switches = QHBoxLayout()
        switches.setSpacing(16)
        for box in self.switches.values():
            switches.addWidget(box)
        switches.addStretch(1)
        seen = QHBoxLayout()
        seen.setSpacing(8)
        seen.addWidget(self.check, 1)
        seen.addWidget(self.true_size)
        self.width_edit = NumberEdit.called("Width in cm", f"{LEAST_WIDTH:g} to {MOST_WIDTH:g} cm", 72)
        presets = {centimetres: words for words, centimetres in WIDTHS.items()}
        self.preset = choices("Width preset", {**presets, None: "Other width"}, width=0)
        tip = f"{LEAST_DPI} to {MOST_DPI} dots per inch, for PNG"
        self.dpi_edit = NumberEdit.called("Dots per inch", tip, 72)
        width = QHBoxLayout()
        width.setSpacing(8)
        width.addWidget(self.preset, 1)
        width.addWidget(self.width_edit)
        width.addWidget(label("cm", "faint"))
        dots = QHBoxLayout()
        dots.setSpacing(8)
        dots.addWidget(self.dpi_edit)
        self._dots = label("", "faint")
        dots.addWidget(self._dots, 1)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow("Shows", self.view)
        form.addRow("Style", self.style_combo)
        form.addRow("Font", self.font_combo)
        form.addRow("Width", width)
        form.addRow("With", switches)
        form.addRow("Format", self.format)
        form.addRow("Resolution", dots)
        form.addRow("Beside it", self.data)
        form.addRow("Preview", seen)
        self.area = FigurePreview(check)
        self.preview = self.area.shown
        self.problem = label("", "problem", wraps=True)
        self.problem.setMinimumHeight(3 * self.problem.fontMetrics().lineSpacing())
        self.problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save_button = QPushButton("Save as\u2026")
        self.save_button.setProperty("role", "primary")
        self.save_button.setDefault(True)
        self.buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.copy_button = QPushButton("Copy figure")
        self.copy_button.setToolTip("Put the figure on the clipboard, as a picture and as SVG")
        self.copy_button.setVisible(copy is not None)
        self.buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.line = QLineEdit()
        self.line.setReadOnly(True)
        self.line.setAccessibleName("The command that makes the figure again")
        self.copy_line = QPushButton("Copy")
        self.copy_line.setToolTip("Copy the command that makes this figure again, to the byte")
        for button in (self.copy_button, self.copy_line):
            button.setAutoDefault(False)  # Return saves, whatever has the focus
        again = QWidget()
        again.setVisible(command is not None)
        command_row = QHBoxLayout(again)
        command_row.setContentsMargins(0, 0, 0, 0)
        command_row.setSpacing(8)
        command_row.addWidget(label("Again", "faint"))
        command_row.addWidget(self.line, 1)
        command_row.addWidget(self.copy_line)
        side = QVBoxLayout()
        side.addLayout(form)
        side.addWidget(self.problem)
        side.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(24)
        body.addWidget(self.area, 1)
        body.addLayout(side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(body, 1)
        layout.addWidget(again)
        layout.addWidget(self.buttons)
        down = (
            self.view, self.style_combo, self.font_combo, self.preset, self.width_edit, *self.switches.values(),
            self.format, self.dpi_edit, self.data, self.check, self.true_size, self.line, self.copy_line,
            self.save_button, self.copy_button,
        )  # fmt: skip
        for one, following in pairwise(down):
            QWidget.setTabOrder(one, following)
        self.view.setFocus()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(120)
        self._timer.timeout.connect(self._draw)
        for combo, field in self._fields():
            combo.activated.connect(lambda _, c=combo, f=field: self._change(**{f: c.currentData()}))
        self.preset.activated.connect(self._preset_chosen)
        self.width_edit.committed.connect(self._width_typed)
        self.width_edit.stepped.connect(lambda n: self._width_typed(f"{self.options.width_cm + 0.5 * n:g}"))
        self.dpi_edit.committed.connect(self._dpi_typed)
        self.dpi_edit.stepped.connect(lambda n: self._dpi_typed(str(self.options.dpi + 10 * n)))
        for name, box in self.switches.items():
            box.clicked.connect(lambda on, n=name: self._change(**{n: on}))
        self.true_size.toggled.connect(self.area.set_true_size)
        self.check.activated.connect(lambda _: self.area.set_check(self.check.currentData()))
        self.copy_button.clicked.connect(self._copy_figure)
        self.copy_line.clicked.connect(self._copy_command)
        self.save_button.clicked.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        self._show()
        self.area.show_words("Drawing\u2026")
        self._timer.start()

    def _change(self, **fields: object) -> None:
        self.options = replace(self.options, **fields)  # type: ignore[arg-type]
        for edit in (self.width_edit, self.dpi_edit):  # which show again what holds
            self._accept(edit)
        self._show()
        self._timer.start()

    def _fields(self) -> tuple[tuple[QuietCombo, str], ...]:
        return (
            (self.format, "format"), (self.view, "view"), (self.style_combo, "style"), (self.font_combo, "font"),
            (self.data, "data"),
        )  # fmt: skip

    def _show(self) -> None:
        chosen = self.options
        for combo, field in self._fields():
            combo.setCurrentIndex(combo.findData(getattr(chosen, field)))
        for name, box in self.switches.items():
            box.setChecked(getattr(chosen, name))
        if self._command is not None:
            try:
                self.line.setText(self._command(chosen))
                self.copy_line.setEnabled(True)
            except ValueError as error:
                self.line.setText(str(error))
                self.copy_line.setEnabled(False)
            self.line.setCursorPosition(0)
        at = self.preset.findData(chosen.width_cm)
        self.preset.setCurrentIndex(at if at >= 0 else self.preset.count() - 1)
        self.width_edit.show_text(f"{chosen.width_cm:g}")
        self.dpi_edit.show_text(str(chosen.dpi))
        picture = chosen.format == "png"
        self.dpi_edit.setEnabled(picture)
        self._dots.setText(f"dpi, {chosen.pixels:,} pixels wide" if picture else "dpi, for PNG only")

    def _preset_chosen(self, index: int) -> None:
        width = self.preset.itemData(index)
        if width is None:
            self.width_edit.setFocus()
            self.width_edit.selectAll()
        else:
            self._change(width_cm=width)

    def _width_typed(self, text: str) -> None:
        number = parse_number(text.removesuffix("cm"))
        if number is None or not LEAST_WIDTH <= number <= MOST_WIDTH:
            self._refuse(self.width_edit, f"The width is a number from {LEAST_WIDTH:g} to {MOST_WIDTH:g} cm.")
        else:
            self._resize(self.width_edit, width_cm=number)

    def _dpi_typed(self, text: str) -> None:
        number = parse_number(text)
        if number is None or not LEAST_DPI <= number <= MOST_DPI or not number.is_integer():
            self._refuse(self.dpi_edit, f"The resolution is a whole number from {LEAST_DPI} to {MOST_DPI} dpi.")
        else:
            self._resize(self.dpi_edit, dpi=int(number))

    def _resize(self, edit: NumberEdit, **size: float) -> None:
        wide = replace(self.options, **size).pixels  # type: ignore[arg-type]
        if wide > MOST_PIXELS:
            self._refuse(edit, f"That would be {wide:,} pixels wide; {MOST_PIXELS:,} are the most.")
        else:
            self._change(**size)

    def _refuse(self, edit: NumberEdit, words: str) -> None:
        restyle(edit, "invalid", True)
        self.problem.setText(words)

    def _accept(self, edit: NumberEdit) -> None:
        restyle(edit, "invalid", False)
        self.problem.clear()

    def _draw(self) -> None:
        chosen = self.options
        dots = min(_PREVIEW * self.devicePixelRatioF(), MOST_PIXELS / chosen.width_cm * 2.54)
        try:
            content = self._render(replace(chosen, dpi=int(dots)))
        except (OSError, ValueError, RuntimeError) as error:
            self.area.show_words("No preview.")
            self.problem.setText(f"The figure could not be drawn: {error}")
            return
        if not self.area.show_figure(content, chosen.width_cm, chosen.style == "dark"):
            self.area.show_words("No preview.")
            self.problem.setText("The figure was drawn, but it is no picture that can be shown here.")

    def _copy_figure(self) -> None:
        if self._copy is None:
            return
        try:
            self._copy(self.options)
        except (OSError, ValueError, RuntimeError) as error:
            self.problem.setText(f"The figure could not be copied: {error}")

    def _copy_command(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.line.text())

    def _save(self) -> None:
        path = self._ask_path(self.options)
        if path is None:
            return
        if path.suffix.lower() != f".{self.options.format}":
            path = path.with_name(f"{path.name}.{self.options.format}")
        try:
            self._write(self.options, path)
        except (OSError, ValueError, RuntimeError) as error:
            self.problem.setText(_trouble(path, error))
            return
        self.saved = path
        self.accept()

    def _ask(self, options: ExportOptions) -> Path | None:
        kind = options.format
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Save the figure", str(self._folder / f"{self._stem}.{kind}"), f"{kind.upper()} (*.{kind})"
        )
        return Path(chosen) if chosen else None


def _trouble(path: Path, error: Exception) -> str:
    """What to say of a file that could not be written; an OSError without a number brings a sentence of its own."""
    if isinstance(error, OSError) and not error.strerror:
        return str(error)
    if not isinstance(error, OSError):
        return f"{path.name} could not be written: {error}."
    return f"{path.name} could not be written: {error.strerror}. Choose another place or name."
