"""What the status bar says, each number in a place of its own width."""

from __future__ import annotations

import math

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from boundaryviz.gui.widgets.controls import Elided, figures, label, value_words
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.spare import SparingBar
from boundaryviz.gui.widgets.ticks import fixed

_TWIN = {
    "flip rate": "Share of the test points predicted otherwise than by the clean twin",
    "leverage": "Flip rate for each share of poison: flip rate / poison rate",
}


class StatusFields(SparingBar):
    """Place and class under the cursor, loss and error, speed and device. Beside the numbers stands which points and
    which seeds they are of; where it is too narrow for all, device and speeds go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        left = Qt.AlignmentFlag.AlignLeft
        self.place = figures("-88.888, -88.888", align=left)
        self.answer = figures("class 8 (unlabelled) 888.8 %", align=left)
        self.loss = figures("8.88888", align=left)
        self.error = figures("100.0%", align=left)
        self.split = figures("validation", "faint", left)
        self.of = label("", "faint")
        self.flips = figures("100.0%", align=left)
        self.leverage = figures("8,888.8", align=left)
        self.steps = figures("888,888 steps/s")
        self.frames = figures("888 frames/s")
        self.device = label("", "faint")
        self.said = Elided("faint")
        self._twins: list[tuple[QLabel, str]] = []
        self._told: dict[QWidget, str] = {}
        self._spare = (self.device, self.frames, self.steps)  # the first to go
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSizeConstraint(
            QHBoxLayout.SizeConstraint.SetNoConstraint
        )  # it can be narrower, without what is spare
        layout.setSpacing(6)
        for name, parts in (
            ("Position under the cursor", (self.place,)),
            ("Predicted class and its probability there", (self.answer,)),
            ("Mean loss of these points", (self.split, label("loss", "faint"), self.loss)),
            ("Share of points predicted wrongly", (label("error", "faint"), self.error)),
        ):
            for part in parts:
                part.setToolTip(name)
                layout.addWidget(part)
            parts[-1].setAccessibleName(name)
            layout.addWidget(self._rule())
        self._twin = QWidget()
        twin = QHBoxLayout(self._twin)
        twin.setContentsMargins(0, 0, 0, 0)
        twin.setSpacing(6)
        for name, part in (("flip rate", self.flips), ("leverage", self.leverage)):
            for shown in (label(f"test {name}" if part is self.flips else name, "faint"), part):
                self._twins.append((shown, name))
                twin.addWidget(shown)
            part.setAccessibleName(name)
        layout.addWidget(self._twin)
        layout.addWidget(self.of)
        layout.addWidget(self.said, 1)
        for name, part in (("Training speed", self.steps), ("Drawing speed", self.frames), ("Device", self.device)):
            part.setToolTip(name)
            part.setAccessibleName(name)
            layout.addWidget(part)
        self.set_pointer(None)
        self.set_metrics(None, None)
        self.set_rates(None, None)
        self.set_twin(False)

    def set_pointer(
        self, place: tuple[float, float] | None, class_name: str = "", probability: float | None = None,
        pixel: tuple[float, float] = (1e-3, 1e-3),
    ) -> None:  # fmt: skip
        """Where the cursor is, the class predicted there and its probability 0..1; None when it is elsewhere.

        pixel: width and height of a pixel of the plane; neighbouring ones are told apart.
        """
        where = "" if place is None else ", ".join(fixed(*one) for one in zip(place, pixel, strict=True))
        self._show(self.place, where)
        sure = "" if probability is None or math.isnan(probability) else f" {probability:.1%}"
        answer = "" if place is None else f"{class_name}{sure}"
        metrics = self.answer.fontMetrics()
        room = self.answer.width() - metrics.horizontalAdvance(sure)
        if metrics.horizontalAdvance(answer) > self.answer.width():
            answer = metrics.elidedText(class_name, Qt.TextElideMode.ElideRight, room) + sure
        self._show(self.answer, answer)

    def set_metrics(self, loss: float | None, error: float | None, split: str = "", of: str = "") -> None:
        """The newest loss and error (0..1); `split` says of which points, `of` of which seeds."""
        self._show(self.loss, "\u2013" if loss is None else value_words(loss))
        self._show(self.error, "\u2013" if error is None or math.isnan(error) else f"{error:.1%}")
        self._show(self.split, split)
        if of != self.of.text():
            self.of.setText(of)
            self._make_room()
        if split:
            self._tip(self.loss, f"Loss on {split} points, {of}")
            self._tip(self.error, f"Share of {split} points predicted wrongly, {of}")

    def set_twin(
        self, on: bool, flip_rate: float | None = None, leverage: float | None = None, words: str = ""
    ) -> None:
        """Whether a clean twin trains, and what it tells: the share of test points that flip, and the leverage.
        words: of which seeds they are, and what else is to be said of them."""
        if on == self._twin.isHidden():
            self._twin.setVisible(on)
            self._make_room()
        for field, value, form in ((self.flips, flip_rate, ".1%"), (self.leverage, leverage, ",.1f")):
            self._show(field, "\u2013" if value is None or math.isnan(value) else format(value, form))
        for part, name in self._twins:
            self._tip(part, f"{_TWIN[name]}\n{words}".strip())

    def set_rates(self, steps: float | None, frames: float | None) -> None:
        """Training steps and drawn frames a second."""
        self._show(self.steps, "" if steps is None else f"{steps:,.0f} steps/s")
        self._show(self.frames, "" if frames is None else f"{frames:.0f} frames/s")

    def set_device(self, words: str, why: str = "") -> None:
        """What does the steps, in words such as 'CPU: AMD EPYC, compiled', and why that was picked."""
        self._show(self.device, words)
        self._tip(self.device, f"What does the steps, see Train, Engine. {why}".strip())
        self._make_room()

    def _tip(self, part: QWidget, words: str) -> None:
        if self._told.get(part) != words:  # asked at every frame
            self._told[part] = words
            part.setToolTip(tip(words))

    def _rule(self) -> QFrame:
        rule = QFrame(self)
        rule.setProperty("role", "rule")
        rule.setFixedSize(1, 14)
        return rule
