"""Saving in a window, as tests do it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtWidgets import QMessageBox

from boundaryviz.gui.workbench import Workbench
from boundaryviz.scene.edits import Move


def edit(workbench: Workbench, x: float = 0.1) -> None:
    workbench.document.do(Move(workbench.document.scene.points.ids[:1], np.array([[x, 0.2]])), "Move point")


def save(workbench: Workbench, path: Path | None = None) -> None:
    """Save, where nothing is asked."""
    if path is not None:
        workbench.document.path = path
    workbench.saving.save()
    workbench.writer.wait()


def answer(monkeypatch: pytest.MonkeyPatch, role: str) -> list[str]:
    """Press this button of the next box; what the box said."""
    said: list[str] = []

    def press(box: QMessageBox) -> int:
        said.append(box.text())
        button = next(button for button in box.buttons() if button.text().replace("&", "") == role)
        button.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    return said


def banner(workbench: Workbench) -> str:
    return "" if workbench.window.banner.isHidden() else workbench.window.banner.text.text()
