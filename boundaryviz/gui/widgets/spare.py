"""A bar that can be narrower than all that it shows."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QLabel, QWidget
from typing_extensions import override


class SparingBar(QWidget):
    """Hides of its spare parts, which stand in its layout, as many as must be: `_spare`, the first to go first."""

    _spare: Sequence[QWidget] = ()

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _show(self, field: QLabel, words: str) -> None:
        """Write something into a field, which may grow with it."""
        if field.text() != words:
            wide = field.minimumWidth()
            field.setText(words)
            if field.minimumWidth() != wide:
                self._make_room()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._whole() - sum(self._room(part) for part in self._spare), super().minimumSizeHint().height())

    def _make_room(self) -> None:
        """Hide of what can be spared as much as must be."""
        lacking = self._whole() - self.width()
        for part in self._spare:
            part.setVisible(lacking <= 0)
            lacking -= self._room(part)
        if (layout := self.layout()) is not None:
            layout.activate()  # or one picture would show everything squeezed

    def _whole(self) -> int:
        """The width that everything needs."""
        layout = self.layout()
        assert layout is not None
        return layout.minimumSize().width() + sum(self._room(part) for part in self._spare if part.isHidden())

    def _room(self, part: QWidget) -> int:
        layout = self.layout()
        assert layout is not None
        return (part.minimumWidth() or part.minimumSizeHint().width()) + layout.spacing()
