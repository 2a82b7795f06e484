"""A point pushed over: it wanders to where the attack takes it, and is added there with its true label if one likes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QElapsedTimer, QObject, QTimer, pyqtSignal

from boundaryviz.evasion.pushes import Pushes
from boundaryviz.evasion.settings import BOUNDED
from boundaryviz.gui.push.items import Ghost
from boundaryviz.scene.edits import Add
from boundaryviz.scene.scene import Origin, Points, Scene, Split

_LASTS, _FRAME = 450, 16  # milliseconds: of the way, and between two pictures of it
_OVER = 1.02  # times the shortest push, as DeepFool has it (Moosavi-Dezfooli et al. 2016, section 2): over, not onto


@dataclass(frozen=True, eq=False)
class Taken:
    """Points that an attack takes over the boundary.

    label: int64 (K,), what they are. starts, ends: (K, 2) on the plane. inputs: (K, D) at the end. to: int64 (K,), what
    they are taken for there. from_class: the same where they begin.
    """

    label: NDArray[np.int64]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    inputs: NDArray[np.float64]
    from_class: NDArray[np.int64]
    to: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.label)

    @classmethod
    def of(cls, run: Pushes, scene: Scene, pixel: float) -> Taken:
        """Those of the pushes that are of labelled points, and change what is right. pixel: in units of the plane; a
        push to the boundary itself goes on by three of them, so that one sees it cross."""
        points = scene.points
        there = np.isin(run.ids, points.ids)
        at = points.positions(run.ids[there])
        label = np.full(len(run), -1, dtype=np.int64)
        label[there] = points.label[at]
        way = np.linalg.norm(run.ends_xy - run.places, axis=1)
        good = there & (label >= 0) & np.isfinite(way) & (run.from_class == label) & (run.to_class != label)
        good &= run.flipped | (run.method not in BOUNDED)
        more = np.ones(len(run))
        if run.method not in BOUNDED:
            more = np.maximum(_OVER, 1.0 + 3.0 * pixel / np.maximum(way, 1e-9 * pixel))
        some = np.flatnonzero(good)
        stretch = lambda start, end: start[some] + more[some, None] * (end[some] - start[some])  # noqa: E731
        return cls(
            label[some], run.places[some], stretch(run.places, run.ends_xy), stretch(run.inputs, run.ends),
            run.from_class[some], run.to_class[some],
        )  # fmt: skip

    def points(self, scene: Scene) -> Points:
        """Training points where they end, with the labels that they have where they begin."""
        made = Points.of(self.ends, self.label, Split.TRAIN, Origin.CLEAN, first_id=scene.next_id)
        return made if scene.points.inputs is None else made.with_columns(inputs=self.inputs)


class PushOver(QObject):
    """What is on its way, or has come to its end and waits. changed: something is shown elsewhere, or nothing any more.
    arrived: it is at its end."""

    changed = pyqtSignal()
    arrived = pyqtSignal()

    def __init__(self, decide: Callable[[float, float], int | None], parent: QObject) -> None:
        """decide: the class that the model shown takes a place for, None where that is not known."""
        super().__init__(parent)
        self._decide = decide
        self.taken: Taken | None = None
        self.flat = True  # whether places say all there is of inputs
        self._way = 1.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME)
        self._timer.timeout.connect(self._go_on)

    @property
    def under_way(self) -> bool:
        """Whether it still wanders."""
        return self._timer.isActive()

    def begin(self, taken: Taken, flat: bool) -> None:
        """Set out. flat: whether the plane shows all of the inputs, so that one sees what is made of them."""
        self.taken, self.flat, self._way = taken, flat, 0.0
        self._clock.start()
        self._timer.start()
        self.changed.emit()

    def finish(self) -> None:
        """Be there at once."""
        if self.under_way:
            self._timer.stop()
            self._way = 1.0
            self.changed.emit()
            self.arrived.emit()

    def forget(self) -> None:
        """Nothing is pushed any more."""
        self._timer.stop()
        if self.taken is not None:
            self.taken = None
            self.changed.emit()

    def edit(self, scene: Scene) -> Add | None:
        """What adds them with their true labels; None where there are none."""
        return None if self.taken is None else Add(self.taken.points(scene))

    def ghosts(self) -> Sequence[Ghost]:
        """As they are shown now."""
        taken = self.taken
        if taken is None:
            return ()
        places = taken.starts + self._way * (taken.ends - taken.starts)
        found = []
        for k, (x, y) in enumerate(places.tolist()):
            usual = int(taken.to[k] if self._way >= 1.0 else taken.from_class[k])
            seen = self._decide(x, y) if self.flat else None
            start: tuple[float, float] = (float(taken.starts[k, 0]), float(taken.starts[k, 1]))
            found.append(Ghost(start, (x, y), int(taken.label[k]), usual if seen is None else seen))
        return found

    def _go_on(self) -> None:
        share = min(self._clock.elapsed() / _LASTS, 1.0)
        self._way = share * share * (3.0 - 2.0 * share)  # slowly off, and slowly there
        if share >= 1.0:
            self.finish()
        else:
            self.changed.emit()
