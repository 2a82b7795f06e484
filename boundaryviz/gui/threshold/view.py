"""The tab Threshold: how the run ranks points, what each threshold would decide, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.engine.probes.scores import Scores
from boundaryviz.gui.threshold.plot import NONE, Drawn, Line, ThresholdPlot
from boundaryviz.gui.widgets.controls import Fold, QuietCombo, choices, label
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.gui.widgets.plain import tip
from boundaryviz.gui.widgets.shrinking import Shrinking
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.record.ranking import Calibration, Ranking
from boundaryviz.scenario.decision import BY_COSTS, HALF, DecisionSpec
from boundaryviz.scenario.response_advice import UNDECIDED

Kind = Literal["roc", "pr", "calibration"]
KINDS: dict[Kind, tuple[str, str]] = {
    "roc": ("ROC", "True against false positive rate, threshold by threshold"),
    "pr": ("Precision", "Precision against recall, threshold by threshold"),
    "calibration": ("Calibration", "How often points are of the class whose probability is said to be so large"),
}
SPLITS = ("train", "validation", "test")
EMPTY = "The curves appear here as it trains."
PAST = "Curves are of the present. Go back to it, or press Load, to see those of this moment."
NOBODY = "No labelled clean {} points, so there is nothing to rank."
ONE_CLASS = "All {} points are of one class: there is no rate of the other."
REGRESSION = (
    "The learner fits responses and predicts no classes, so there is nothing to rank or to decide. A loss of classes, "
    "such as cross-entropy, has these curves."
)
_MANY = 4_000  # places of a curve that are drawn; of more, every so many
_DECIMALS = 4  # of a threshold that was dragged


class ThresholdView(QWidget):
    """Scores and the decision in; a threshold, costs or another class out.

    dragged: a threshold that is tried out. chosen: path and value of a setting of the decision. class_chosen: which
    class is ranked against the rest.
    """

    dragged = pyqtSignal(float)
    chosen = pyqtSignal(str, object)
    class_chosen = pyqtSignal(int)

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores: Scores | None = None
        self._names: tuple[str, ...] = ("", "")
        self._rule = DecisionSpec().rule(2)
        self._regresses = False
        self._ranking: Ranking | None = None
        self._clean: Ranking | None = None
        self._of = ""
        self._tried: float | None = None
        self._kind: Kind = "roc"
        self._split = 1
        self.plot = ThresholdPlot(theme)
        self.kinds = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(4)
        for at, (words, explains) in enumerate(KINDS.values()):
            head.addWidget(self._button(self.kinds, at, words, explains))
        head.addStretch(1)
        self.splits = choices("Points", dict(enumerate(SPLITS)), 88)
        self.splits.setToolTip("The points that are ranked")
        head.addWidget(self.splits)
        self.classes = QuietCombo()
        self.classes.setAccessibleName("Class against the rest")
        self.classes.setToolTip("The class that is ranked against all others")
        self.hint = label(EMPTY, "faint", wraps=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.here = label("", wraps=True)
        self.costs = label("", wraps=True)
        self.area = label("", "faint", wraps=True)
        self.form = SpecForm(DecisionSpec, "decision")
        self.by_costs, self.least = QPushButton("By costs"), QPushButton("Least cost here")
        self.by_costs.setToolTip(tip("The threshold that the costs imply, wherever the probabilities are right"))
        self.least.setToolTip(tip("The threshold that costs least on the points shown, the star on the curve"))
        buttons = QHBoxLayout()
        buttons.addWidget(self.by_costs)
        buttons.addWidget(self.least)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.classes)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.hint, 1)
        for part in (self.here, self.costs, self.area):
            layout.addWidget(part)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.form)
        column.addLayout(buttons)
        self.fold = Fold("Costs and threshold", Shrinking(inside))
        layout.addWidget(self.fold)
        self.kinds.button(0).setChecked(True)  # type: ignore[union-attr]
        self.splits.setCurrentIndex(self._split)
        self.kinds.idToggled.connect(self._choose_kind)
        self.splits.currentIndexChanged.connect(self._choose_split)
        self.classes.activated.connect(lambda at: self.class_chosen.emit(at))
        self.plot.pulled.connect(self._pull)
        self.plot.released.connect(self._release)
        self.plot.stepped.connect(self._step)
        self.form.changed.connect(self.chosen)
        self.by_costs.clicked.connect(lambda: self.chosen.emit("decision.threshold", BY_COSTS))
        self.least.clicked.connect(self._choose_least)
        self._draw()

    # ---- in -----------------------------------------------------------------------------------------

    def set_scores(self, scores: Scores | None, names: Sequence[str], of: str = "", hint: str = EMPTY) -> None:
        """scores: of the class that is ranked against the rest; None while there are none, and `hint` says why. names:
        of the classes. of: which seed they are of."""
        if self._regresses:
            scores, hint = None, REGRESSION
        self._scores, self._of = scores, of
        if tuple(names) != self._names:
            self._names = tuple(names)
            self.classes.clear()
            self.classes.addItems(self._names)
        if scores is not None:
            self.classes.setCurrentIndex(scores.positive)
            if not scores.whole[self._split] and scores.whole.any():
                self.splits.setCurrentIndex(int(np.flatnonzero(scores.whole)[-1]))
        self.hint.setText(hint)
        self._rank()

    def set_decision(self, spec: DecisionSpec, classes: int, regresses: bool = False) -> None:
        """The decision in force between so many classes. regresses: responses are fitted, and nothing is decided."""
        self.form.set_values(spec)
        off = {} if classes == 2 else dict.fromkeys(("threshold", "false_negative", "false_positive"), _OF_TWO)
        off = dict.fromkeys(DecisionSpec.model_fields, UNDECIDED) if regresses else off
        self.form.set_unused({**spec.unused(), **off})
        self.by_costs.setEnabled(classes == 2 and spec.threshold != BY_COSTS and not regresses)
        self._rule = spec.rule(classes)
        if regresses != self._regresses:
            self._regresses = regresses
            self.set_scores(None, self._names)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        self.plot.set_theme(theme)

    @property
    def ranking(self) -> Ranking | None:
        """Of the points of the split shown; None where there are none."""
        return self._ranking

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, 480)

    # ---- what it shows ------------------------------------------------------------------------------

    def _rank(self) -> None:
        self._ranking = self._clean = None
        if (scores := self._scores) is not None:
            self._ranking = self._ranked(scores.p)
            self._clean = None if scores.clean is None else self._ranked(scores.clean)
        self._draw()

    def _ranked(self, p: NDArray[np.float32]) -> Ranking | None:
        assert self._scores is not None
        some = (self._scores.split == self._split) & ~np.isnan(p)
        return Ranking.of(p[some], self._scores.hit[some]) if some.any() else None

    @property
    def _threshold(self) -> float | None:
        """Of two classes, that of the decision in force, or the one that is tried out."""
        if self._rule.classes != 2 or len(self._names) != 2:
            return None
        return self._rule.threshold if self._tried is None else self._tried

    def _draw(self) -> None:
        ranking = self._ranking
        self.classes.setVisible(len(self._names) > 2)
        self.plot.setVisible(ranking is not None)
        for part in (self.here, self.costs, self.area):
            part.setVisible(ranking is not None)
        self.hint.setVisible(ranking is None)
        self.least.setEnabled(ranking is not None and self._threshold is not None)
        if ranking is None:
            if self._scores is not None:
                self.hint.setText(NOBODY.format(SPLITS[self._split]))
            return
        self.plot.show_drawn(self._drawn(ranking))
        self._tell(ranking)

    def _drawn(self, ranking: Ranking) -> Drawn:
        """What the plot shows of the kind that is chosen."""
        t, clean = self._threshold, self._clean
        if self._kind == "calibration":
            found = self._calibrated()
            handle = None if t is None else np.array([t, t])
            return Drawn(
                found[0], found[1], None, handle, x="probability", y="share that is so", chance=True,
                dots=True,
            )  # fmt: skip
        path = self._path(ranking)
        best = ranking.best(self._rule.costs) if t is not None else None
        roc = self._kind == "roc"
        at = [None if t is None or one is None else self._path(one)[one.at(t)] for one in (ranking, clean)]
        return Drawn(
            self._line(path), NONE if clean is None else self._line(self._path(clean)), path, at[0], at[1],
            None if best is None else path[best], "false positives" if roc else "recall",
            "true positives" if roc else "precision", roc,
        )  # fmt: skip

    def _path(self, ranking: Ranking) -> Line:
        """The place on the curve of each threshold, (K + 1, 2)."""
        x, y = (ranking.fpr, ranking.tpr) if self._kind == "roc" else (ranking.tpr, ranking.precision)
        return np.nan_to_num(np.stack([x, y], axis=1))

    def _line(self, path: Line) -> Line:
        """As it is drawn: of many places a part, and precision as steps, between which it is not to be interpolated
        (Davis and Goadrich 2006, section 4)."""
        path = path[:: max(1, len(path) // _MANY)] if len(path) > _MANY else path
        if self._kind == "roc":
            return path
        return np.stack([np.repeat(path[:, 0], 2)[:-1], np.repeat(path[:, 1], 2)[1:]], axis=1)

    def _calibrated(self) -> tuple[Line, Line]:
        """The calibration curves of the run and of its clean twin."""
        scores = self._scores
        assert scores is not None
        lines = []
        for p in (scores.p, scores.clean):
            some = scores.split == self._split
            if p is None or not (some := some & ~np.isnan(p)).any():
                lines.append(NONE)
                continue
            found = Calibration.of(p[some], scores.hit[some])
            lines.append(np.stack([found.score, found.share], axis=1))
        return lines[0], lines[1]

    def _tell(self, ranking: Ranking) -> None:
        scores, t, split = self._scores, self._threshold, SPLITS[self._split]
        assert scores is not None
        if t is not None:
            (_, false), (missed, true) = ranking.confusion(ranking.at(t)).tolist()
            first, second = self._names
            self.here.setText(
                f"Threshold {t:.3g}: of {len(ranking):,} {split} points {false:,} {first} taken for {second}, "
                f"{missed:,} {second} missed, {true:,} found."
            )
            self.costs.setText(self._cost_words(ranking, t))
        else:
            self.here.setText(f"{self._names[scores.positive]} against the rest, of {len(ranking):,} {split} points.")
            self.costs.setText("A threshold is between two classes; more of them are decided by their costs.")
        self.area.setText("; ".join(filter(None, (*self._area_words(ranking), self._of))))

    def _cost_words(self, ranking: Ranking, t: float) -> str:
        """What the threshold costs, the least that any would, and what one half does."""
        table = self._rule.costs
        cost, best = ranking.costs(table), ranking.best(table)
        assert best is not None
        words = "Expected cost" if self._rule.priced else "Error"
        half = f", {cost[ranking.at(HALF)]:.4g} at one half" if t != HALF else ""
        return f"{words} {cost[ranking.at(t)]:.4g}; least {cost[best]:.4g} at {ranking.between(best):.3g}{half}."

    def _area_words(self, ranking: Ranking) -> list[str]:
        """Areas under the curves and calibration error; the clean twin's beside them."""
        scores = self._scores
        assert scores is not None
        if not (ranking.positives and ranking.negatives):
            return [ONE_CLASS.format(SPLITS[self._split])]
        clean = self._clean
        if self._kind == "calibration":
            some = (scores.split == self._split) & ~np.isnan(scores.p)
            error = Calibration.of(scores.p[some], scores.hit[some]).error
            words = [f"mean distance from the diagonal {error:.3f}"]
        elif self._kind == "roc":
            words = [f"area under the curve {ranking.auc:.4f}"]
            words += [] if clean is None else [f"clean twin {clean.auc:.4f}"]
        else:
            words = [f"average precision {ranking.average_precision:.4f}"]
            words += [] if clean is None else [f"clean twin {clean.average_precision:.4f}"]
        asked, whole = int((scores.split == self._split).sum()), int(scores.whole[self._split])
        return words + ([f"{asked:,} of {whole:,} points"] if asked < whole else [])

    # ---- out ----------------------------------------------------------------------------------------

    def _pull(self, place: float, share: float) -> None:
        if self._ranking is None:
            return
        t = place if self._kind == "calibration" else self._ranking.between(int(place), _inside(share))
        self._tried = round(t, _DECIMALS)
        self.dragged.emit(self._tried)
        self._draw()

    def _release(self) -> None:
        tried, self._tried = self._tried, None
        if tried is not None:
            self.chosen.emit("decision.threshold", tried)

    def _step(self, by: float) -> None:
        if (t := self._threshold) is not None:
            self.chosen.emit("decision.threshold", round(min(max(t + by, 0.0), 1.0), _DECIMALS))

    def _choose_least(self) -> None:
        if self._ranking is not None and (best := self._ranking.best(self._rule.costs)) is not None:
            self.chosen.emit("decision.threshold", round(self._ranking.between(best), _DECIMALS))

    def _choose_kind(self, at: int, on: bool) -> None:
        if on:
            self._kind = list(KINDS)[at]
            self._draw()

    def _choose_split(self, at: int) -> None:
        self._split = at
        self._rank()

    def _button(self, group: QButtonGroup, at: int, words: str, explains: str) -> QToolButton:
        button = QToolButton()
        button.setText(words)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setToolTip(explains)
        group.addButton(button, at)
        return button


_OF_TWO = "it is of two classes"


def _inside(share: float) -> float:
    """How far on between two places a threshold stands: halfway where the pointer is at the first, so that it does not
    fall on a score, and never at the next."""
    return 0.5 if share == 0.0 else min(max(share, 0.02), 0.98)
