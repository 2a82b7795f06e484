"""Where the dialogs of files begin: the folder used last; and the question before a file is replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PyQt6.QtWidgets import QMessageBox, QWidget

from boundaryviz.gui.shell import system_info
from boundaryviz.gui.widgets.plain import ask


@dataclass
class Folder:
    """The folder that was used last, shared by all that open and save."""

    path: Path = field(default_factory=system_info.home)


def may_replace(parent: QWidget, path: Path) -> bool:
    """Ask whether what lies there may go; for a name that a dialog has not asked about."""
    button = QMessageBox.StandardButton
    words = f"{path.name} is there already. Replace it?"
    return ask(parent, "Save as", words, button.Yes | button.No, button.No) == button.Yes
