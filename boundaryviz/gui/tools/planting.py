"""The tool that plants a heap of poison where one clicks, and says first what that would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from typing_extensions import override

from boundaryviz.gui.tools.base import Commit, Context, Gesture, Outcomes, Preview, Say, counted
from boundaryviz.gui.tools.picking import PickTool, Stroke, hit_test
from boundaryviz.scene.edits import Add


class PlantTool(PickTool):
    """Puts so many points of poison with one label where one clicks.

    label: -1 for none. says: from a place to what the tool says there.
    """

    name = "plant"
    title = "Plant poison"
    explains = "Click on empty ground to plant the poison that the map shows the effect of."
    idle_cursor = "cross"

    def __init__(self, label: int, count: int, says: Callable[[float, float], str]) -> None:
        super().__init__()
        self._label, self._count, self._says = label, count, says

    @override
    def hover(self, gesture: Gesture, context: Context) -> Outcomes:
        on_point = hit_test(context, gesture) is not None
        self.cursor = "move" if on_point else self.idle_cursor
        return (Say("" if on_point else self._says(gesture.x, gesture.y)),)

    @override
    def rest(self, context: Context) -> Outcomes:
        return (*super().rest(context), Say())

    @override
    def _empty_press(self, stroke: Stroke) -> Outcomes:
        return (Preview(self._planted(stroke, stroke.start)),)

    @override
    def _empty_move(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        if not stroke.dragging:
            return ()
        return (Preview(self._planted(stroke, gesture)), Say(self._says(gesture.x, gesture.y)))

    @override
    def _empty_release(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        place = gesture if stroke.dragging else stroke.start
        return (Commit(self._planted(stroke, place), counted("Plant", self._count, "poison point")),)

    def _planted(self, stroke: Stroke, gesture: Gesture) -> Add:
        by_hand = replace(stroke.context, label=self._label, poison=True)
        return Add(by_hand.new_points(np.repeat(gesture.xy[None], self._count, axis=0)))
