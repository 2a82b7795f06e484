"""Tools that paint with a round brush: spray points, erase them, give them a label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.gui.tools.base import (
    Cancel,
    Circle,
    Commit,
    Context,
    Gesture,
    Outcomes,
    Overlay,
    Preview,
    Tool,
    counted,
)
from boundaryviz.gui.tools.geometry import near_segment
from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.edits import Add, Edit, Remove, relabel
from boundaryviz.scene.scene import UNLABELLED

LONGEST_GAP = 0.1  # seconds between two gestures that still count as painting; a stall must not pour out points


class PaintTool(Tool):
    """Collects along the stroke; subclasses say what from `_begin` and `_stroke` and turn it into an edit."""

    paints = True

    def __init__(self) -> None:
        super().__init__()
        self.cursor = "cross"
        self._context: Context | None = None
        self._last: Gesture | None = None

    @property
    @override
    def active(self) -> bool:
        return self._context is not None

    @override
    def press(self, gesture: Gesture, context: Context) -> Outcomes:
        self._context, self._last = context, gesture
        changed = self._begin(gesture, context)
        return self._answer(gesture, context, changed)

    @override
    def move(self, gesture: Gesture) -> Outcomes:
        if self._context is None or self._last is None:
            return ()
        changed = self._stroke(self._last, gesture, self._context)
        self._last = gesture
        return self._answer(gesture, self._context, changed)

    @override
    def release(self, gesture: Gesture) -> Outcomes:
        context = self._context
        outcomes = self.move(gesture)
        self._context = self._last = None
        if context is None:
            return ()
        shape = tuple(o for o in outcomes if isinstance(o, Overlay))
        done = self._edit(context)
        return shape if done is None else (*shape, Commit(*done))

    @override
    def cancel(self) -> Outcomes:
        if self._context is None:
            return ()
        self._context = self._last = None
        return (Cancel(),)

    @override
    def hover(self, gesture: Gesture, context: Context) -> Outcomes:
        return (Overlay(Circle(gesture.x, gesture.y, context.radius, context.stretch)),)

    def _answer(self, gesture: Gesture, context: Context, changed: bool) -> Outcomes:
        shape = Overlay(Circle(gesture.x, gesture.y, context.radius, context.stretch))
        done = self._edit(context) if changed else None
        return (shape,) if done is None else (shape, Preview(done[0]))

    def _begin(self, gesture: Gesture, context: Context) -> bool:
        """Start collecting; whether there is something new to show."""
        raise NotImplementedError

    def _stroke(self, start: Gesture, end: Gesture, context: Context) -> bool:
        """Collect from one gesture to the next; whether there is something new to show."""
        raise NotImplementedError

    def _edit(self, context: Context) -> tuple[Edit, str] | None:
        """The edit of the stroke so far and its name, or None while it does nothing."""
        raise NotImplementedError


class BrushTool(PaintTool):
    """rate: points a second, spread evenly over the disc of the brush."""

    name = "brush"
    title = "Brush"
    explains = "Hold the button and paint points of the current class."
    continuous = True
    rate = 40.0

    def __init__(self) -> None:
        super().__init__()
        self._places: list[NDArray[np.float64]] = []
        self._owed = 0.0

    def _begin(self, gesture: Gesture, context: Context) -> bool:
        self._places, self._owed = [gesture.xy[None]], 0.0
        return True

    def _stroke(self, start: Gesture, end: Gesture, context: Context) -> bool:
        self._owed += self.rate * min(max(end.time - start.time, 0.0), LONGEST_GAP)
        n = int(self._owed)
        self._owed -= n
        if n:
            rng = context.rng
            angle, radius = rng.uniform(0.0, 2.0 * np.pi, n), context.radius * np.sqrt(rng.random(n))
            centre = start.xy + rng.random((n, 1)) * (end.xy - start.xy)
            off = np.stack([np.cos(angle), context.stretch * np.sin(angle)], axis=1)
            self._places.append(centre + off * radius[:, None])
        return n > 0

    def _edit(self, context: Context) -> tuple[Edit, str]:
        points = context.new_points(np.concatenate(self._places))
        return Add(points), counted("Add", len(points), "poison point" if context.poison else "point")


class _SweepTool(PaintTool):
    """Collects the points that the brush passes over."""

    def __init__(self) -> None:
        super().__init__()
        self._swept = np.zeros(0, dtype=bool)

    def _begin(self, gesture: Gesture, context: Context) -> bool:
        self._swept = np.zeros(len(context.scene.points), dtype=bool)
        return self._stroke(gesture, gesture, context)

    def _stroke(self, start: Gesture, end: Gesture, context: Context) -> bool:
        xy, stretch = context.scene.points.xy, context.stretch
        ends = as_seen(np.stack([start.xy, end.xy]), stretch)
        under = near_segment(as_seen(xy, stretch), ends[0], ends[1], context.radius)
        new = context.touchable(under) & self._concerns(context) & ~self._swept
        self._swept |= new
        return bool(new.any())

    def _concerns(self, context: Context) -> NDArray[np.bool_]:
        """Which points (N,) the tool would change at all."""
        return np.ones(len(context.scene.points), dtype=bool)


class EraseTool(_SweepTool):
    """Removes the points that the brush passes over."""

    name = "erase"
    title = "Erase"
    explains = "Paint over points to remove them."

    def _edit(self, context: Context) -> tuple[Edit, str] | None:
        ids = context.scene.points.ids[self._swept]
        return (Remove(ids), counted("Erase", len(ids))) if len(ids) else None


class RelabelTool(_SweepTool):
    """Gives the points that the brush passes over the current class."""

    name = "relabel"
    title = "Relabel"
    explains = "Paint over points to give them the current class, or to take their label away."

    def _concerns(self, context: Context) -> NDArray[np.bool_]:
        differs: NDArray[np.bool_] = context.scene.points.label != context.label
        return differs

    def _edit(self, context: Context) -> tuple[Edit, str] | None:
        ids = context.scene.points.ids[self._swept]
        if not len(ids):
            return None
        text = counted("Unlabel" if context.label == UNLABELLED else "Relabel", len(ids))
        if context.label != UNLABELLED:
            text += f" as {context.scene.class_name(context.label)}"
        return relabel(ids, context.label), text
