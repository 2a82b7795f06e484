"""The real program in a process of its own, which also answers questions about its state on standard input.

Run as `python driven.py [FILE]`. Each line in is a question, each line out its answer as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from PyQt6.QtCore import QPointF, QSocketNotifier
from PyQt6.QtWidgets import QToolButton

from boundaryviz.gui import app
from boundaryviz.gui import workbench as assembly


def answer(workbench: assembly.Workbench, question: str) -> dict[str, Any]:
    scene, plane = workbench.document.scene, workbench.plane
    if question == "state":
        points = scene.points
        return {
            "n": len(points),
            "xy": points.xy.tolist(),
            "label": points.label.tolist(),
            "ids": points.ids.tolist(),
            "undo": workbench.document.undo.index(),
            "steps": workbench.client.step_count,
            "playing": workbench.client.playing,
            "rate": workbench.document.scenario.training.learning_rate,
            "selection": plane.selection.tolist(),
            "origin": points.origin.tolist(),
            "split": points.split.tolist(),
            "muted": points.muted.tolist(),
            "learner": workbench.document.scenario.learner.name,
            "targets": [[t.x, t.y, t.target_class] for t in scene.targets],
            "says": plane.marks.words.text(),
            "trainer": workbench.client._link.pid,  # type: ignore[attr-defined]
            "banner": "" if workbench.window.banner.isHidden() else workbench.window.banner.text.text(),
        }
    kind, *numbers = question.split()
    if kind == "pixel":  # where a place of the plane is on the screen
        x, y = map(float, numbers)
        canvas = plane.canvas
        at = canvas.mapToGlobal(canvas.to_pixel(x, y).toPoint())
        return {"x": at.x(), "y": at.y()}
    if kind == "widget":  # the middle of a widget, by a dotted path from the workbench
        widget: Any = workbench
        for name in numbers[0].split("."):
            widget = widget[name] if isinstance(widget, dict) else getattr(widget, name)
        at = widget.mapToGlobal(QPointF(widget.rect().center()))
        return {"x": round(at.x()), "y": round(at.y())}
    if kind == "tool":  # the button of a tool
        action = workbench.window.actions_[f"point.tool-{numbers[0]}"]
        buttons = workbench.controller.tools.findChildren(QToolButton)
        button = next(one for one in buttons if one.defaultAction() is action)
        at = button.mapToGlobal(QPointF(button.rect().center()))
        return {"x": round(at.x()), "y": round(at.y())}
    if kind == "tab":  # the middle of a settings tab
        title = workbench.window.settings_tabs.names.findChildren(QToolButton)[int(numbers[0])]
        at = title.mapToGlobal(QPointF(title.rect().center()))
        return {"x": round(at.x()), "y": round(at.y())}
    if kind == "setting":  # where a setting of the data or of training is typed
        form = workbench.controller.data.form if numbers[0].startswith("data.") else workbench.controller.training
        edit = form.editor(numbers[0]).edit
        at = edit.mapToGlobal(QPointF(edit.rect().center()))
        return {"x": round(at.x()), "y": round(at.y())}
    raise ValueError(question)


class AnsweringWorkbench(assembly.Workbench):
    def show(self, hint: str | None = None) -> None:
        super().show(hint)
        self._stdin = QSocketNotifier(0, QSocketNotifier.Type.Read, self.window)  # type: ignore[call-overload]
        self._stdin.activated.connect(self._read)

    def _read(self) -> None:
        line = sys.stdin.readline()
        if not line:
            self.window.ask_nothing()
            self.window.close()
            return
        print(json.dumps(answer(self, line.strip())), flush=True)


if __name__ == "__main__":
    assembly.Workbench = AnsweringWorkbench  # type: ignore[misc]
    sys.exit(app.main(sys.argv[1] if len(sys.argv) > 1 else None))
