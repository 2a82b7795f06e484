"""The files opened and saved last, as a menu that the settings remember."""

from __future__ import annotations

import os
from pathlib import Path

from PyQt6.QtCore import QSettings, pyqtSignal
from PyQt6.QtWidgets import QMenu, QWidget

from boundaryviz.gui.shell import system_info
from boundaryviz.gui.widgets.plain import menu_words, tip
from boundaryviz.scene.plain_text import one_line

MOST = 10
_KEY = "recent"


class RecentFiles(QMenu):
    """The last ten files, the newest first; what is gone is grey and says so. chosen: a path."""

    chosen = pyqtSignal(str)

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__("Open &recent", parent)
        self._settings = settings
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        self.fill()

    @property
    def paths(self) -> list[str]:
        """The files, the last one first."""
        value = self._settings.value(_KEY, [])
        several = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [path for path in several if isinstance(path, str) and path][:MOST]

    def add(self, path: Path) -> None:
        """Put a file at the top."""
        first = str(path.absolute())
        self._settings.setValue(_KEY, [first, *(other for other in self.paths if other != first)][:MOST])
        self.fill()

    def forget(self) -> None:
        """Empty the list."""
        self._settings.setValue(_KEY, [])
        self.fill()

    def fill(self) -> None:
        """Make the entries anew."""
        self.clear()
        paths = self.paths
        names = [Path(path).name for path in paths]
        for number, (path, name) in enumerate(zip(paths, names, strict=True), start=1):
            there = os.path.isfile(path)
            where = f"  ({_short(Path(path).parent)})" if names.count(name) > 1 else ""
            words = menu_words(one_line(f"{name}{where}{'' if there else ', no longer there'}"))
            action = self.addAction(f"&{number}  {words}" if number < 10 else f"1&0  {words}")
            assert action is not None
            action.setEnabled(there)
            tells = path if there else f"{path} was moved or deleted"
            action.setToolTip(tip(tells))
            action.setStatusTip(one_line(tells))
            action.triggered.connect(lambda _=False, path=path: self.chosen.emit(path))
        if paths:
            self.addSeparator()
            clear = self.addAction("&Clear this list")
            assert clear is not None
            clear.setStatusTip("Forget which files were opened; the files stay")
            clear.triggered.connect(self.forget)
        else:
            empty = self.addAction("No files have been opened yet")
            assert empty is not None
            empty.setEnabled(False)


def _short(folder: Path) -> str:
    home = system_info.home()
    return str(Path("~") / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)
