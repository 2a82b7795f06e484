"""The tool that sets target pins."""

from __future__ import annotations

from dataclasses import dataclass, replace

from typing_extensions import override

from boundaryviz.gui.tools.base import Cancel, Commit, Context, Gesture, Outcomes, Preview, Say
from boundaryviz.gui.tools.picking import SLACK, PickTool, Stroke, pin_under
from boundaryviz.scenario.changes import Settings
from boundaryviz.scene.edits import Edit, SetTargets
from boundaryviz.scene.scene import Target


@dataclass(eq=False)
class _HeldTarget:
    """A pin from press to release."""

    at: int
    start: Gesture
    context: Context
    dragging: bool = False


class TargetTool(PickTool):
    """Sets pins of the current class by a click and moves them; points are dragged as with any tool."""

    name = "target"
    title = "Target"
    explains = "Click a place that shall be taken for the current class; drag a pin to move it."
    idle_cursor = "cross"

    def __init__(self) -> None:
        super().__init__()
        self._pin: _HeldTarget | None = None

    @property
    @override
    def active(self) -> bool:
        return super().active or self._pin is not None

    @override
    def press(self, gesture: Gesture, context: Context) -> Outcomes:
        at = pin_under(context.scene, gesture)
        if at is None:
            return super().press(gesture, context)
        self._pin = _HeldTarget(at, gesture, context)
        self.cursor = "move"
        return ()

    @override
    def move(self, gesture: Gesture) -> Outcomes:
        target = self._pin
        if target is None:
            return super().move(gesture)
        target.dragging = target.dragging or gesture.pixels_from(target.start) >= SLACK
        return (Preview(_moved(target, gesture)),) if target.dragging else ()

    @override
    def release(self, gesture: Gesture) -> Outcomes:
        target, self._pin = self._pin, None
        if target is None:
            return super().release(gesture)
        return (Commit(_moved(target, gesture), "Move target"),) if target.dragging else ()

    @override
    def cancel(self) -> Outcomes:
        held, self._pin = self._pin, None
        return (*super().cancel(), *((Cancel(),) if held is not None else ()))

    @override
    def hover(self, gesture: Gesture, context: Context) -> Outcomes:
        if pin_under(context.scene, gesture) is not None:
            self.cursor = "move"
            return (Say("Drag the pin; a right click changes or deletes it."),)
        return (*super().hover(gesture, context), Say(_what_next(context)))

    @override
    def rest(self, context: Context) -> Outcomes:
        return (*super().rest(context), Say(_what_next(context)))

    def _click(self, stroke: Stroke, at: int) -> Outcomes:
        x, y = stroke.context.scene.points.xy[at].tolist()
        return self._set(stroke.context, x, y)

    def _empty_move(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        return ()

    def _empty_release(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        return self._set(stroke.context, gesture.x, gesture.y)

    @staticmethod
    def _set(context: Context, x: float, y: float) -> Outcomes:
        if not 0 <= context.label < context.scene.classes:
            return (Say(_what_next(context)),)
        target = Target(x, y, context.label)
        return (Commit(SetTargets((*context.scene.targets, target)), "Set target"),)


def _what_next(context: Context) -> str:
    scene, label = context.scene, context.label
    if 0 <= label < scene.classes:
        return f"Click a place that an attacker wants taken for {scene.class_name(label)}."
    if label < 0:
        return "A target wants a class: choose one on the left."
    return f"No point is of class {label} yet, so nothing can be taken for it."


def _moved(held: _HeldTarget, gesture: Gesture) -> Edit | Settings:
    """The attack's own pin is moved by its settings, so that its points follow."""
    scene, spec = held.context.scene, held.context.attack
    target = scene.targets[held.at]
    if target.group == spec.group:
        return Settings({"poison.target": (gesture.x, gesture.y)}, merges=False)
    moved = replace(target, x=gesture.x, y=gesture.y)
    return SetTargets((*scene.targets[: held.at], moved, *scene.targets[held.at + 1 :]))
