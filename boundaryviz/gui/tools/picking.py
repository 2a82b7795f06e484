"""Tools that pick points: select, add, lasso and rectangle. With each of them a point under the pointer is
moved by dragging it; they differ in what a press on empty ground does."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.gui.tools.base import (
    Cancel,
    Commit,
    Context,
    Gesture,
    Outcomes,
    Overlay,
    Path,
    Preview,
    Select,
    Tool,
    counted,
)
from boundaryviz.gui.tools.geometry import in_box, in_polygon, nearest
from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.edits import Add, Move, mute
from boundaryviz.scene.scene import Scene

REACH = 9.0  # pixels: how far from its centre a point can be grabbed
PIN_REACH = 12.0  # and a target pin
SLACK = 4.0  # pixels: shorter movements are a click


def hit_test(context: Context, gesture: Gesture, reach: float = REACH) -> int | None:
    """Position of the point under the pointer, or None."""
    return nearest(
        as_seen(context.scene.points.xy, gesture.stretch), gesture.seen, reach * gesture.pixel, context.visible
    )


def pin_under(scene: Scene, gesture: Gesture) -> int | None:
    """Which target pin is under the pointer, or None."""
    places = np.array([(target.x, target.y) for target in scene.targets]).reshape(-1, 2)
    return nearest(as_seen(places, gesture.stretch), gesture.seen, PIN_REACH * gesture.pixel)


def mute_click(context: Context, gesture: Gesture) -> Outcomes:
    """Mute the point under the pointer, or let it be seen again; nothing on empty ground."""
    at = hit_test(context, gesture)
    if at is None:
        return ()
    points = context.scene.points
    on = not points.muted[at]
    return (Commit(mute(points.ids[at : at + 1], on), "Mute point" if on else "Unmute point"),)


@dataclass
class Stroke:
    """From press to release. grabbed: the position of the point under the press, or None for empty ground."""

    start: Gesture
    context: Context
    grabbed: int | None
    dragging: bool = False
    ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    places: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))


class PickTool(Tool):
    """Moves what is grabbed; `_empty_*` say what happens on empty ground."""

    idle_cursor = "arrow"

    def __init__(self) -> None:
        super().__init__()
        self.cursor = self.idle_cursor
        self._stroke: Stroke | None = None

    @property
    @override
    def active(self) -> bool:
        return self._stroke is not None

    @override
    def press(self, gesture: Gesture, context: Context) -> Outcomes:
        at = self._under(gesture, context)
        self._stroke = stroke = Stroke(gesture, context, at)
        if at is None:
            return self._empty_press(stroke)
        self.cursor = "move"
        grabbed = context.scene.points.ids[at]
        if gesture.shift or gesture.ctrl or grabbed in context.selection:
            return ()
        return (Select(np.array([grabbed])),)

    @override
    def move(self, gesture: Gesture) -> Outcomes:
        stroke = self._stroke
        if stroke is None:
            return ()
        begins = not stroke.dragging and gesture.pixels_from(stroke.start) >= SLACK
        stroke.dragging = stroke.dragging or begins
        if stroke.grabbed is None:
            return self._empty_move(stroke, gesture)
        if not stroke.dragging:
            return ()
        picked = self._grab(stroke, stroke.grabbed) if begins else ()
        return (*picked, Preview(self._moved(stroke, gesture)))

    @override
    def release(self, gesture: Gesture) -> Outcomes:
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return ()
        if stroke.grabbed is None:
            return self._empty_release(stroke, gesture)
        if stroke.dragging:
            edit = self._moved(stroke, gesture)
            return (Commit(edit, counted("Move", len(edit.ids))),)
        return self._click(stroke, stroke.grabbed)

    @override
    def cancel(self) -> Outcomes:
        stroke, self._stroke = self._stroke, None
        self.cursor = self.idle_cursor
        return () if stroke is None else (Cancel(), Overlay(None))

    @override
    def hover(self, gesture: Gesture, context: Context) -> Outcomes:
        self.cursor = self.idle_cursor if self._under(gesture, context) is None else "move"
        return ()

    def _under(self, gesture: Gesture, context: Context) -> int | None:
        """Position of the point that a press grabs, or None for empty ground."""
        return hit_test(context, gesture)

    # ---- on a point

    @staticmethod
    def _grab(stroke: Stroke, at: int) -> Outcomes:
        """Fix what moves: the whole selection if the point belongs to it, the point alone otherwise."""
        points, chosen = stroke.context.scene.points, stroke.context.selection
        grabbed = points.ids[at]
        known = grabbed in chosen
        ids = chosen if known else np.append(chosen if stroke.start.shift else chosen[:0], grabbed)
        stroke.ids, stroke.places = ids, points.xy[points.positions(ids)]
        return () if known else (Select(ids),)

    @staticmethod
    def _moved(stroke: Stroke, gesture: Gesture) -> Move:
        return Move(stroke.ids, stroke.places + (gesture.xy - stroke.start.xy))

    def _click(self, stroke: Stroke, at: int) -> Outcomes:
        grabbed = stroke.context.scene.points.ids[at : at + 1]
        if stroke.start.shift or stroke.start.ctrl:
            return (Select(np.setxor1d(stroke.context.selection, grabbed)),)
        return (Select(grabbed),)

    # ---- on empty ground

    def _empty_press(self, stroke: Stroke) -> Outcomes:
        return ()

    def _empty_move(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        raise NotImplementedError

    def _empty_release(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        raise NotImplementedError


class _RegionTool(PickTool):
    """Dragging on empty ground outlines a region and selects what lies in it."""

    def _outline(self, stroke: Stroke, gesture: Gesture) -> NDArray[np.float64]:
        raise NotImplementedError

    def _inside(self, stroke: Stroke, gesture: Gesture) -> NDArray[np.bool_]:
        raise NotImplementedError

    def _empty_move(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        outline = self._outline(stroke, gesture)
        return (Overlay(Path(outline)),) if stroke.dragging else ()

    def _empty_release(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        context, start = stroke.context, stroke.start
        found = np.empty(0, dtype=np.int64)
        if stroke.dragging:
            found = context.scene.points.ids[context.touchable(self._inside(stroke, gesture))]
        if start.shift:
            found = np.union1d(context.selection, found)
        elif start.ctrl:
            found = np.setdiff1d(context.selection, found)
        return (Overlay(None), Select(found))


class RectangleTool(_RegionTool):
    """Selects what lies in a rectangle."""

    name = "rectangle"
    title = "Rectangle"
    explains = "Drag a rectangle to select the points in it; Shift adds, Ctrl takes away."
    idle_cursor = "cross"

    def _outline(self, stroke: Stroke, gesture: Gesture) -> NDArray[np.float64]:
        (x0, y0), (x1, y1) = stroke.start.xy, gesture.xy
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])

    def _inside(self, stroke: Stroke, gesture: Gesture) -> NDArray[np.bool_]:
        return in_box(stroke.context.scene.points.xy, stroke.start.xy, gesture.xy)


class SelectTool(RectangleTool):
    """Selects and moves points; on empty ground as `RectangleTool`."""

    name = "select"
    title = "Select and move"
    explains = (
        "Click a point to select it, drag it to move it and all that is selected; drag on empty ground to select."
    )
    idle_cursor = "arrow"


class LassoTool(_RegionTool):
    """Selects what lies within a line drawn around it."""

    name = "lasso"
    title = "Lasso"
    explains = "Draw around points to select them; Shift adds, Ctrl takes away."
    idle_cursor = "cross"

    def __init__(self) -> None:
        super().__init__()
        self._trail: list[Gesture] = []

    def _empty_press(self, stroke: Stroke) -> Outcomes:
        self._trail = [stroke.start]
        return ()

    def _outline(self, stroke: Stroke, gesture: Gesture) -> NDArray[np.float64]:
        if gesture.pixels_from(self._trail[-1]) >= 2.0:
            self._trail.append(gesture)
        return np.array([[g.x, g.y] for g in self._trail])

    def _inside(self, stroke: Stroke, gesture: Gesture) -> NDArray[np.bool_]:
        return in_polygon(stroke.context.scene.points.xy, self._outline(stroke, gesture))


class AddTool(PickTool):
    """Puts points of the current class where one clicks; poison on a target pin lies on it to the last digit, however
    close other points are."""

    name = "add"
    title = "Add"
    explains = "Click on empty ground to add a point of the current class; keep the button down to place it."
    idle_cursor = "cross"

    @override
    def _under(self, gesture: Gesture, context: Context) -> int | None:
        on_pin = context.poison and pin_under(context.scene, gesture) is not None
        return None if on_pin else super()._under(gesture, context)

    def _empty_press(self, stroke: Stroke) -> Outcomes:
        return (Preview(self._added(stroke, stroke.start)),)

    def _empty_move(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        return (Preview(self._added(stroke, gesture)),) if stroke.dragging else ()

    def _empty_release(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        place = gesture if stroke.dragging else stroke.start
        noun = "poison point" if stroke.context.poison else "point"
        return (Commit(self._added(stroke, place), counted("Add", 1, noun)),)

    @staticmethod
    def _added(stroke: Stroke, gesture: Gesture) -> Add:
        context, place = stroke.context, gesture.xy
        if context.poison and (pin := pin_under(context.scene, gesture)) is not None:
            target = context.scene.targets[pin]
            place = np.array([target.x, target.y])
        return Add(context.new_points(place[None]))
