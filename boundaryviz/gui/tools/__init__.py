"""The tools of the plane as plain state machines: gestures in, values out. Knows nothing of Qt.

A stroke runs press, move ..., release. Edits are always relative to the scene at the press, so each `Preview`
takes the place of the one before, and one stroke ends in at most one `Commit`.
"""

from __future__ import annotations

from boundaryviz.gui.tools.asking import WhyTool
from boundaryviz.gui.tools.base import (
    Ask,
    Cancel,
    Circle,
    Commit,
    Context,
    Gesture,
    Guide,
    Handle,
    Outcome,
    Outcomes,
    Overlay,
    Path,
    Preview,
    Say,
    Select,
    Shape,
    Tool,
    counted,
)
from boundaryviz.gui.tools.bridging import BridgeTool
from boundaryviz.gui.tools.painting import BrushTool, EraseTool, PaintTool, RelabelTool
from boundaryviz.gui.tools.picking import (
    AddTool,
    LassoTool,
    RectangleTool,
    SelectTool,
    hit_test,
    mute_click,
    pin_under,
)
from boundaryviz.gui.tools.pinning import TargetTool

# in the order of the tool bar; every tool is a fresh object per plane, for a tool holds the state of its stroke
TOOLS: dict[str, type[Tool]] = {
    tool.name: tool
    for tool in (
        SelectTool, AddTool, BrushTool, EraseTool, RelabelTool, LassoTool, RectangleTool, BridgeTool, TargetTool,
        WhyTool,
    )
}  # fmt: skip

__all__ = [
    "TOOLS",
    "AddTool",
    "Ask",
    "BridgeTool",
    "BrushTool",
    "Cancel",
    "Circle",
    "Commit",
    "Context",
    "EraseTool",
    "Gesture",
    "Guide",
    "Handle",
    "LassoTool",
    "Outcome",
    "Outcomes",
    "Overlay",
    "PaintTool",
    "Path",
    "Preview",
    "RectangleTool",
    "RelabelTool",
    "Say",
    "Select",
    "SelectTool",
    "Shape",
    "TargetTool",
    "Tool",
    "WhyTool",
    "counted",
    "hit_test",
    "mute_click",
    "pin_under",
]
