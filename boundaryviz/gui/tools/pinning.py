"""The tool that sets target pins."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from boundaryviz.gui.tools.base import Cancel, Commit, Context, Gesture, Outcomes, Preview, Say
from boundaryviz.gui.tools.geometry import nearest
from boundaryviz.gui.tools.picking import SLACK, PickTool, Stroke
from boundaryviz.scenario.changes import Settings
from boundaryviz.scene.edits import Edit, SetTargets
from boundaryviz.scene.scene import Scene, Target

PIN_REACH = 12.0  # pixels: how far from its centre a pin can be grabbed


def pin_under(scene: Scene, gesture: Gesture) -> int | None:
    """Which target pin is under the pointer, or None."""
    places = np.array([(pin.x, pin.y) for pin in scene.targets]).reshape(-1, 2)
    return nearest(places, gesture.xy, PIN_REACH * gesture.pixel)


@dataclass(eq=False)
class _HeldPin:
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
        self._pin: _HeldPin | None = None

    @property
    def active(self) -> bool:
        return super().active or self._pin is not None

    def press(self, gesture: Gesture, context: Context) -> Outcomes:
        at = pin_under(context.scene, gesture)
        if at is None:
            return super().press(gesture, context)
        self._pin = _HeldPin(at, gesture, context)
        self.cursor = "move"
        return ()

    def move(self, gesture: Gesture) -> Outcomes:
        pin = self._pin
        if pin is None:
            return super().move(gesture)
        pin.dragging = pin.dragging or gesture.pixels_from(pin.start) >= SLACK
        return (Preview(_moved(pin, gesture)),) if pin.dragging else ()

    def release(self, gesture: Gesture) -> Outcomes:
        pin, self._pin = self._pin, None
        if pin is None:
            return super().release(gesture)
        return (Commit(_moved(pin, gesture), "Move target"),) if pin.dragging else ()

    def cancel(self) -> Outcomes:
        held, self._pin = self._pin, None
        return (*super().cancel(), *((Cancel(),) if held is not None else ()))

    def hover(self, gesture: Gesture, context: Context) -> Outcomes:
        if pin_under(context.scene, gesture) is not None:
            self.cursor = "move"
            return (Say("Drag the pin; a right click changes or deletes it."),)
        return (*super().hover(gesture, context), Say(_what_next(context)))

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
        pin = Target(x, y, context.label)
        return (Commit(SetTargets((*context.scene.targets, pin)), "Set target"),)


def _what_next(context: Context) -> str:
    scene, label = context.scene, context.label
    if 0 <= label < scene.classes:
        return f"Click a place that an attacker wants taken for {scene.class_name(label)}."
    if label < 0:
        return "A target wants a class: choose one on the left."
    return f"No point is of class {label} yet, so nothing can be taken for it."


def _moved(pin: _HeldPin, gesture: Gesture) -> Edit | Settings:
    """The attack's own pin is moved by its settings, so that its points follow."""
    scene, spec = pin.context.scene, pin.context.attack
    target = scene.targets[pin.at]
    if target.group == spec.group:
        return Settings({"poison.target": (gesture.x, gesture.y)}, merges=False)
    moved = replace(target, x=gesture.x, y=gesture.y)
    return SetTargets((*scene.targets[: pin.at], moved, *scene.targets[pin.at + 1 :]))
