"""What a field should cover, told once for all changes of one turn of the event loop."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from boundaryviz.scene.scene import Domain

CELLS, MOST = 256, 320  # a field has about CELLS x CELLS cells, at most MOST a side


class Scope(QObject):
    """changed: Domain, columns, rows: what is shown now, and how finely a field should cover it."""

    changed = pyqtSignal(object, int, int)

    def __init__(self, rect: Callable[[], Domain], parent: QObject) -> None:
        super().__init__(parent)
        self._rect = rect
        self._last: tuple[Domain, int, int] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)

    def start(self) -> None:
        """Something else may be visible now; it is told soon."""
        self._timer.start()

    def _tell(self) -> None:
        rect = self._rect()
        view = (rect, *resolution(rect.width / rect.height))
        if view != self._last:
            self._last = view
            self.changed.emit(*view)


def resolution(aspect: float) -> tuple[int, int]:
    """Columns and rows of square cells for a view of this aspect: about 256 x 256 in all, at most 320 a side."""
    columns = min(CELLS * aspect**0.5, MOST, MOST * aspect)
    return max(round(columns), 2), max(round(columns / aspect), 2)
