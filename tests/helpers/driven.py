"""The real program in a process of its own, which also answers questions about its state on standard input.

Run as `python driven.py [FILE]`. Each line in is a question, each line out its answer as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from PyQt6.QtCore import QPointF, QSocketNotifier

from boundaryviz.gui import app, assembly


def answer(desk: assembly.Desk, question: str) -> dict[str, Any]:
    scene, plane = desk.document.scene, desk.window.plane
    if question == "state":
        points = scene.points
        return {
            "n": len(points), "xy": points.xy.tolist(), "label": points.label.tolist(), "ids": points.ids.tolist(),
            "undo": desk.document.undo.index(), "steps": desk.client.step_count, "playing": desk.client.playing,
            "rate": desk.document.scenario.training.learning_rate, "selection": plane.selection.tolist(),
            "origin": points.origin.tolist(), "split": points.split.tolist(), "muted": points.muted.tolist(),
            "learner": desk.document.scenario.learner.name, "targets": [[t.x, t.y, t.wanted] for t in scene.targets],
            "says": plane.marks.words.text(), "trainer": desk.client._link.pid,  # type: ignore[attr-defined]
            "banner": "" if desk.window.banner.isHidden() else desk.window.banner.text.text(),
        }  # fmt: skip
    kind, *numbers = question.split()
    if kind == "pixel":  # where a place of the plane is on the screen
        x, y = map(float, numbers)
        canvas = plane.canvas
        at = canvas.mapToGlobal(canvas.to_pixel(x, y).toPoint())
        return {"x": at.x(), "y": at.y()}
    if kind == "widget":  # the middle of a widget, by a dotted path from the window
        widget: Any = desk.window
        for name in numbers[0].split("."):
            widget = widget[name] if isinstance(widget, dict) else getattr(widget, name)
        at = widget.mapToGlobal(QPointF(widget.rect().center()))
        return {"x": round(at.x()), "y": round(at.y())}
    if kind == "tool":  # the button of a tool
        button = desk.window.tools._buttons[desk.window.actions_[f"point.tool-{numbers[0]}"]]
        at = button.mapToGlobal(QPointF(button.rect().center()))
        return {"x": round(at.x()), "y": round(at.y())}
    if kind == "tab":  # the middle of a settings tab
        bar = desk.window.settings_tabs.tabBar()
        assert bar is not None
        at = bar.mapToGlobal(QPointF(bar.tabRect(int(numbers[0])).center()))
        return {"x": round(at.x()), "y": round(at.y())}
    if kind == "setting":  # where a setting of the data or of training is typed
        form = desk.window.data.form if numbers[0].startswith("data.") else desk.window.training
        edit = form.editor(numbers[0]).edit
        at = edit.mapToGlobal(QPointF(edit.rect().center()))
        return {"x": round(at.x()), "y": round(at.y())}
    raise ValueError(question)


class AnsweringDesk(assembly.Desk):
    def show(self, hint: str | None = None) -> None:
        super().show(hint)
        self._stdin = QSocketNotifier(0, QSocketNotifier.Type.Read, self.window)  # type: ignore[call-overload]
        self._stdin.activated.connect(self._read)

    def _read(self) -> None:
        line = sys.stdin.readline()
        if not line:
            self.window.may_close = lambda: True
            self.window.close()
            return
        print(json.dumps(answer(self, line.strip())), flush=True)


if __name__ == "__main__":
    assembly.Desk = AnsweringDesk  # type: ignore[misc]
    sys.exit(app.main(sys.argv[1] if len(sys.argv) > 1 else None))
