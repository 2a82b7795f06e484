"""The plane of an embedding: the points of another plane, at other places, which cannot be moved by hand."""

from __future__ import annotations

import numpy as np
from typing_extensions import override

from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.tools import Context, Gesture, LassoTool, Outcomes, RectangleTool, SelectTool
from boundaryviz.gui.tools.picking import PickTool


class _Still(PickTool):
    """A tool that picks points and leaves them where they are; stands before the tool it is mixed into."""

    @override
    def press(self, gesture: Gesture, context: Context) -> Outcomes:
        outcomes = super().press(gesture, context)
        self.cursor = self.idle_cursor
        return outcomes

    @override
    def move(self, gesture: Gesture) -> Outcomes:
        stroke = self._stroke
        return () if stroke is not None and stroke.grabbed is not None else super().move(gesture)

    @override
    def hover(self, gesture: Gesture, context: Context) -> Outcomes:
        self.cursor = self.idle_cursor
        return ()


class StillSelect(_Still, SelectTool):
    """Selects by click and rectangle."""


class StillLasso(_Still, LassoTool):
    """Selects within a line drawn around."""


class StillRectangle(_Still, RectangleTool):
    """Selects by rectangle."""


_TOOLS: dict[str, type[_Still]] = {"lasso": StillLasso, "rectangle": StillRectangle}


class EmbeddingPlane(PlaneView):
    """Selects with the tool in hand where that selects, else as Select does; the keyboard is the lead's."""

    def __init__(self, lead: PlaneView) -> None:
        super().__init__()
        self._lead = lead
        self.setFocusProxy(lead)
        self.setAccessibleName("Embedding")
        self.setAccessibleDescription("The points as the model has them. What is selected here is selected there.")
        lead.tool_changed.connect(self._take_tool)
        lead.selection_changed.connect(self.set_selection)
        self.selection_changed.connect(lead.select)
        self.committed.connect(lead.committed)  # points are muted here as there
        self.context_requested.connect(lead.context_requested)
        self.pin_context_requested.connect(lead.pin_context_requested)
        self._take_tool()

    def choose_as_there(self) -> None:
        """Select what the lead has selected, of which it tells nobody where that was not by hand."""
        if not np.array_equal(self._lead.selection, self._chosen):
            self.set_selection(self._lead.selection)

    def _take_tool(self) -> None:
        self.set_tool(_TOOLS.get(self._lead.tool.name, StillSelect)())
