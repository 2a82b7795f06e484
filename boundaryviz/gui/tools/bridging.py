"""The tool that places a bridge of poison and shapes it by its handles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from typing_extensions import override

from boundaryviz.attacks.specs import AttackSpec, BridgeSpec
from boundaryviz.attacks.targets import AttackError
from boundaryviz.gui.tools.base import (
    Cancel,
    Commit,
    Context,
    Gesture,
    Guide,
    Handle,
    Outcomes,
    Overlay,
    Preview,
    Say,
    Select,
)
from boundaryviz.gui.tools.bridge_shape import (
    BridgeShape,
    Grip,
    budget_note,
    grip_under,
    group_for,
    offered,
    reshaped,
    shape_of,
    with_bridge,
)
from boundaryviz.gui.tools.picking import SLACK, PickTool, Stroke, hit_test
from boundaryviz.scenario.changes import Settings
from boundaryviz.scene.scene import Scene

COUNT = 10  # beads of a first bridge
MOST = 100_000
_OFFER_REACH = 30.0  # pixels: how near a labelled point must be to start another bridge where there is one
_DOUBLE = 0.4  # seconds between two clicks that count as a double one
_NOWHERE = np.empty((0, 2))

_WORDS: dict[str, str] = {
    "source": "Drag the source to another labelled point.",
    "target": "Drag the target to the place that shall be turned over.",
    "waypoint": "Drag the waypoint; a double click removes it.",
    "bend": "Drag to bend the path; with Shift a waypoint is added; a double click straightens it.",
    "path": "Drag to move the whole path; with Shift a waypoint is added. Ctrl and the wheel change the points.",
}


@dataclass(eq=False)
class _Held:
    """A grip from press to release. values: the settings that it has come to."""

    grip: Grip
    shape: BridgeShape
    start: Gesture
    context: Context
    dragging: bool = False
    values: dict[str, Any] | None = None


@dataclass(eq=False)
class _Pending:
    """A source is chosen, the target is not. count: of beads. target: (x, y) where the preview leads now."""

    source: tuple[float, float]
    label: int
    context: Context
    gesture: Gesture
    count: int | None = None
    target: tuple[float, float] | None = None
    values: dict[str, Any] | None = None


class BridgeTool(PickTool):
    """Click the source, click the target; then shape what lies there. Points are dragged as with any tool."""

    name = "bridge"
    title = "Bridge"
    explains = "Click a labelled point, then a target: unlabelled poison is laid between them. Handles shape it."
    idle_cursor = "cross"

    def __init__(self) -> None:
        super().__init__()
        self._pending: _Pending | None = None
        self._held: _Held | None = None
        self._pressed = False
        self._clicked: tuple[float, Grip] | None = None
        self._known: tuple[Scene, AttackSpec, BridgeShape | None] | None = None

    @property
    @override
    def active(self) -> bool:
        return super().active or self._held is not None or self._pending is not None

    @property
    @override
    def hovers(self) -> bool:
        return not self.active or (self._pending is not None and not self._pressed)

    # ---- gestures

    @override
    def press(self, gesture: Gesture, context: Context) -> Outcomes:
        self._pressed = True
        if self._pending is not None:
            self._pending.context = context
            return self._aim(self._pending, gesture)
        shape = self._shape_in(context)
        grip = None if shape is None else grip_under(shape, context, gesture)
        if shape is not None and grip is not None:
            self._held = _Held(grip, shape, gesture, context)
            self.cursor = "move"
            return ()
        # a point is chosen when it is dragged, not when it becomes a source
        return tuple(o for o in super().press(gesture, context) if not isinstance(o, Select))

    @override
    def move(self, gesture: Gesture) -> Outcomes:
        if self._pending is not None:
            return self._aim(self._pending, gesture)
        if self._held is not None:
            return self._shape(self._held, gesture)
        return super().move(gesture)

    @override
    def release(self, gesture: Gesture) -> Outcomes:
        self._pressed = False
        if self._pending is not None:
            return self._finish(self._pending, gesture)
        held, self._held = self._held, None
        if held is None:
            return super().release(gesture)
        if not held.dragging:
            return self._click_on(held, gesture)
        self._clicked = None
        shown = self._shape(held, gesture)
        if held.values is None:
            return (Cancel(), *shown)
        return (Commit(Settings(held.values, merges=False), _named(held.grip, held.values)),)

    @override
    def cancel(self) -> Outcomes:
        was, self._pressed = self.active, False
        self._pending = self._held = None
        return (*super().cancel(), Cancel(), Overlay(None), Say()) if was else ()

    @override
    def hover(self, gesture: Gesture, context: Context) -> Outcomes:
        if self._pending is not None:
            self._pending.context = context
            return self._aim(self._pending, gesture)
        shape = self._shape_in(context)
        grip = None if shape is None else grip_under(shape, context, gesture)
        under = hit_test(context, gesture)
        bead = under is not None and context.scene.points.origin[under] > 0
        self.cursor = "move" if grip is not None or bead else self.idle_cursor
        if grip is not None:
            return (Overlay(self._guide(context, shape, grip)), Say(_WORDS[grip.where]))
        if bead:
            return (Overlay(self._guide(context, shape)), Say("Drag the bead alone, or Alt-click to mute it."))
        at = offered(context, gesture, None if shape is None else _OFFER_REACH)
        guide = self._guide(context, shape)
        if at is None:
            return (Overlay(guide), Say(self._idle(context, shape)))
        points = context.scene.points
        label = int(points.label[at])
        handle = Handle("source", float(points.xy[at, 0]), float(points.xy[at, 1]), label, hot=True)
        name = context.scene.class_name(label)
        guide = replace(guide, handles=(*guide.handles, handle), note=name, at=(gesture.x, gesture.y))
        return (Overlay(guide), Say(f"Click to start a bridge at this point of {name}."))

    @override
    def rest(self, context: Context) -> Outcomes:
        if self._pending is not None:
            return ()
        shape = self._shape_in(context)
        return (Overlay(self._guide(context, shape)), Say(self._idle(context, shape)))

    @override
    def wheel(self, gesture: Gesture, context: Context, notches: float) -> Outcomes:
        if self._pending is not None:
            pending = self._pending
            pending.context, pending.target = context, None
            pending.count = _turned(pending.count or _count(context.attack), notches)
            return self._aim(pending, gesture)
        shape = self._shape_in(context)
        if shape is None or self.active or grip_under(shape, context, gesture, _OFFER_REACH) is None:
            return ()
        count = _turned(shape.spec.count, notches)
        note = budget_note(context, shape.spec.group, count)
        guide = replace(self._guide(context, shape), note=note, at=(gesture.x, gesture.y))
        return (Overlay(guide), Commit(Settings({"poison.count": count}), "Set points"))

    # ---- source and target

    def _click(self, stroke: Stroke, at: int) -> Outcomes:
        if stroke.context.scene.points.origin[at] > 0 or stroke.start.shift or stroke.start.ctrl:
            return super()._click(stroke, at)
        return self._begin(stroke)

    def _empty_move(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        return ()

    def _empty_release(self, stroke: Stroke, gesture: Gesture) -> Outcomes:
        return self._begin(stroke)

    def _begin(self, stroke: Stroke) -> Outcomes:
        """Take the labelled point that was offered for the source."""
        context = stroke.context
        shape = self._shape_in(context)
        at = offered(context, stroke.start, None if shape is None else _OFFER_REACH)
        if at is None:
            return (Say(self._idle(context, shape)),)
        points = context.scene.points
        source = (float(points.xy[at, 0]), float(points.xy[at, 1]))
        self._pending = _Pending(source, int(points.label[at]), context, stroke.start)
        return (Overlay(self._guide_to(self._pending, None)), Say(self._what_next(self._pending)))

    def _aim(self, pending: _Pending, gesture: Gesture) -> Outcomes:
        """Preview the bridge to the pointer; where it cannot be placed, say why."""
        pending.gesture = gesture
        context = pending.context
        spec = context.attack
        group = group_for(context)
        if group is None:
            return (Overlay(self._guide_to(pending, None, "All groups of poison are in use. Delete one.")),)
        values: dict[str, Any] = {
            "attack": "bridge", "source": pending.source, "target": (gesture.x, gesture.y), "wanted": None,
            "count": pending.count or _count(spec), "via": (), "curvature": 0.0, "group": group,
        }  # fmt: skip
        try:
            shape = shape_of(context.scene, with_bridge(spec, values))
        except AttackError as error:
            gone = (Cancel(),) if pending.values is not None else ()
            pending.target = pending.values = None
            return (*gone, Overlay(self._guide_to(pending, None, str(error))), Say(self._what_next(pending)))
        target = (float(shape.goal.target[0]), float(shape.goal.target[1]))
        shown = (Overlay(self._guide_to(pending, shape)), Say(self._what_next(pending)))
        if target == pending.target:  # many places of the pointer snap to one point
            return shown
        pending.target, pending.values = target, _paths(values)
        return (Preview(Settings(pending.values)), *shown)

    def _finish(self, pending: _Pending, gesture: Gesture) -> Outcomes:
        shown = self._aim(pending, gesture)
        if pending.values is None:
            return shown
        self._pending = None
        return (Overlay(None), Commit(Settings(pending.values, merges=False), "Lay bridge"), Say())

    def _guide_to(self, pending: _Pending, shape: BridgeShape | None, why: str = "") -> Guide:
        at, context = (pending.gesture.x, pending.gesture.y), pending.context
        if shape is None:
            line = np.array([pending.source, at])
            return Guide(line, (Handle("source", *pending.source, pending.label),), why, at, context.attack.group)
        note = budget_note(context, shape.spec.group, shape.spec.count)
        ends = tuple(h for h in shape.handles() if h.kind in ("source", "target"))
        return Guide(shape.line, ends, note, at, shape.spec.group)

    @staticmethod
    def _what_next(pending: _Pending) -> str:
        name = pending.context.scene.class_name(pending.label)
        return f"Click the place that shall become {name}. Ctrl and the wheel change the points, Esc gives up."

    # ---- handles

    def _shape(self, held: _Held, gesture: Gesture) -> Outcomes:
        held.dragging = held.dragging or gesture.pixels_from(held.start) >= SLACK
        if not held.dragging:
            return ()
        changes = reshaped(held.shape, held.grip, held.context.scene, held.start, gesture)
        try:
            shape = shape_of(held.context.scene, with_bridge(held.shape.spec, changes))
        except AttackError as error:  # what could be placed last stays
            return (Overlay(Guide(_NOWHERE, (), str(error), (gesture.x, gesture.y), held.shape.spec.group)),)
        held.values = _paths(changes)
        note = budget_note(held.context, shape.spec.group, shape.spec.count)
        guide = Guide(shape.line, shape.handles(), note, (gesture.x, gesture.y), shape.spec.group)
        return (Preview(Settings(held.values)), Overlay(guide))

    def _click_on(self, held: _Held, gesture: Gesture) -> Outcomes:
        """A second click on a waypoint removes it, on the bend straightens the path."""
        before, self._clicked = self._clicked, (gesture.time, held.grip)
        if before is None or before[1] != held.grip or gesture.time - before[0] > _DOUBLE:
            return ()
        self._clicked = None
        via, at = held.shape.spec.via, held.grip.index
        if held.grip.where == "waypoint" and at is not None:
            values = {"via": (*via[:at], *via[at + 1 :])}
            return (Commit(Settings(_paths(values), merges=False), "Remove waypoint"),)
        if held.grip.where == "bend" and held.shape.spec.curvature:
            return (Commit(Settings(_paths({"curvature": 0.0}), merges=False), "Straighten bridge"),)
        return ()

    # ---- what is shown

    def _shape_in(self, context: Context) -> BridgeShape | None:
        """The shape of the bridge in the scene; None without one."""
        scene, spec = context.scene, context.attack
        if self._known is None or self._known[0] is not scene or self._known[1] is not spec:
            shape = None
            if isinstance(spec, BridgeSpec) and spec.count:
                try:
                    shape = shape_of(scene, spec)
                except AttackError:
                    shape = None
            self._known = (scene, spec, shape)
        return self._known[2]

    @staticmethod
    def _guide(context: Context, shape: BridgeShape | None, hot: Grip | None = None) -> Guide:
        if shape is None:
            return Guide(_NOWHERE, group=context.attack.group)
        return Guide(shape.line, shape.handles(hot), group=shape.spec.group)

    @staticmethod
    def _idle(context: Context, shape: BridgeShape | None) -> str:
        if shape is not None:
            return "Drag the handles to shape the bridge, or click a labelled point to lay another in its place."
        if offered(context, None, None) is None:
            return "There is no labelled training point to start from. Give a point a class first."
        return "Click a labelled point: the bridge carries its class."


def _paths(values: dict[str, Any]) -> dict[str, Any]:
    return {f"poison.{name}": value for name, value in values.items()}


def _count(spec: AttackSpec) -> int:
    return spec.count or COUNT


def _named(grip: Grip, values: dict[str, Any]) -> str:
    if grip.where in ("bend", "path") and "poison.via" in values and "poison.target" not in values:
        return "Add waypoint"
    return {
        "source": "Move source", "target": "Move target", "waypoint": "Move waypoint", "bend": "Bend bridge",
        "path": "Move bridge",
    }[grip.where]  # fmt: skip


def _turned(count: int, notches: float) -> int:
    """A tenth more or less a notch, at least one."""
    step = max(1, round(count * 0.1)) * max(1, round(abs(notches)))
    return min(max(count + (step if notches > 0 else -step), 1), MOST)
