"""The tool that asks why a place is decided as it is."""

from __future__ import annotations

from typing_extensions import override

from boundaryviz.gui.tools.base import Ask, Context, Gesture, Outcomes, Say
from boundaryviz.gui.tools.picking import PickTool, Stroke

_NEXT = "Click a place, or drag over the plane, to see which points are answerable for the decision there."


class WhyTool(PickTool):
    """Asks about the place that is clicked, and about every place on the way while it is dragged over empty ground;
    points are dragged as with any tool."""

    name = "why"
    title = "Why here?"
    explains = "Click a place to see which points are answerable for the decision there."
    idle_cursor = "cross"

    @override
    def hover(self, gesture: Gesture, context: Context) -> Outcomes:
        return (*super().hover(gesture, context), Say(_NEXT))

    @override
    def rest(self, context: Context) -> Outcomes:
        return (*super().rest(context), Say(_NEXT))

    def _click(self, stroke: Stroke, at: int) -> Outcomes:
        x, y = stroke.context.scene.points.xy[at].tolist()
        return (Ask(x, y),)

    def _empty_press(self, stroke: Stroke) -> Outcomes:
        return (Ask(stroke.start.x, stroke.start.y),)

    def _empty_move(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        return (Ask(gesture.x, gesture.y),)

    def _empty_release(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        return (Ask(gesture.x, gesture.y),)
