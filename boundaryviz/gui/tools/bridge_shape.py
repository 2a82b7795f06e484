"""What the bridge tool works with: the shape of a bridge, what of it is under the pointer, what dragging comes to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.budget import Budget
from boundaryviz.attacks.kinds.bridge import along, path
from boundaryviz.attacks.placement import free_group
from boundaryviz.attacks.specs import SHARED, AttackSpec, BridgeSpec
from boundaryviz.attacks.targets import Aim, aim
from boundaryviz.gui.tools.base import Context, Gesture, Handle
from boundaryviz.gui.tools.geometry import nearest, nearest_on
from boundaryviz.gui.tools.picking import REACH
from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.scene import Scene

PATH_REACH = 7.0  # pixels: how far from the path it can be grabbed
WAYPOINTS = 20
STRAIGHT = 0.02  # curvatures below it are none


@dataclass(frozen=True, eq=False)
class BridgeShape:
    """The shape of a bridge: its settings, aim and line (K, 2). stretch: of the domain, see there."""

    spec: BridgeSpec
    goal: Aim
    line: NDArray[np.float64]
    stretch: float = 1.0

    def handles(self, hot: Grip | None = None) -> tuple[Handle, ...]:
        """Those of the waypoints in their order, then bend, target and source: the last of two at one place wins."""
        spec, goal = self.spec, self.goal
        found = [Handle("waypoint", x, y) for x, y in spec.via]
        if not spec.via or spec.curvature:
            middle = along(self.line, np.array([0.5]), self.stretch)[0]
            found.append(Handle("bend", float(middle[0]), float(middle[1])))
        for kind, place in (("target", goal.target), ("source", goal.source)):
            found.append(Handle(kind, float(place[0]), float(place[1]), goal.target_class))
        if hot is not None and hot.index is not None:
            found[hot.index] = replace(found[hot.index], hot=True)
        return tuple(found)


@dataclass(frozen=True)
class Grip:
    """What of a bridge is under the pointer. where: the kind of a handle, or 'path'. index: of the handle.

    share: of the path's length, for the path.
    """

    where: str
    index: int | None = None
    share: float = 0.0


def with_bridge(spec: AttackSpec, values: dict[str, Any]) -> BridgeSpec:
    """The settings with these in their place, from another attack what all share."""
    shared = dict(spec) if isinstance(spec, BridgeSpec) else {name: getattr(spec, name) for name in SHARED}
    return BridgeSpec.model_validate({**shared, **values})


def shape_of(scene: Scene, spec: BridgeSpec) -> BridgeShape:
    """Raises AttackError where the bridge cannot be placed."""
    goal = aim(scene, spec.target, spec.wanted, spec.source, spec.snap)
    return BridgeShape(spec, goal, path(scene, spec), scene.domain.stretch)


def group_for(context: Context) -> int | None:
    """The group the bridge goes to: not one with points that were planted by hand. None where none is free."""
    spec, origin = context.attack, context.scene.points.origin
    if spec.count == 0 and (np.abs(origin) == spec.group).any():
        return free_group(context.scene)
    return spec.group


def offered(context: Context, gesture: Gesture | None, reach: float | None) -> int | None:
    """Position of the labelled training point nearest to the pointer, within `reach` pixels; any, without a pointer."""
    points = context.scene.points
    fit = points.is_train & points.is_labelled & (points.origin <= 0) & ~points.muted
    if gesture is None:
        return int(np.argmax(fit)) if fit.any() else None
    return nearest(
        as_seen(points.xy, gesture.stretch), gesture.seen, np.inf if reach is None else reach * gesture.pixel, fit
    )


def grip_under(shape: BridgeShape, context: Context, gesture: Gesture, reach: float = PATH_REACH) -> Grip | None:
    """What of the bridge is under the pointer. A bead under it goes before all but a handle that is nearer."""
    points = context.scene.points
    xy, place = as_seen(points.xy, gesture.stretch), gesture.seen
    bead = nearest(xy, place, REACH * gesture.pixel, points.origin == shape.spec.group)
    handles = shape.handles()
    gaps = [np.hypot(*gesture.pixels(h.x, h.y)) for h in handles]
    best = len(gaps) - 1 - int(np.argmin(gaps[::-1]))
    if gaps[best] <= REACH + 2.0:
        if bead is None or gaps[best] <= np.hypot(*(xy[bead] - place)) / gesture.pixel:
            return Grip(handles[best].kind, best)
        return None
    if bead is not None and reach == PATH_REACH:
        return None
    share, gap = nearest_on(as_seen(shape.line, gesture.stretch), place)
    near_label = offered(context, gesture, REACH) is not None and reach == PATH_REACH
    return Grip("path", None, share) if gap <= reach * gesture.pixel and not near_label else None


def reshaped(shape: BridgeShape, grip: Grip, scene: Scene, start: Gesture, gesture: Gesture) -> dict[str, Any]:
    """The settings that dragging a grip to the pointer comes to."""
    spec, goal, place = shape.spec, shape.goal, (gesture.x, gesture.y)
    if start.shift and grip.where in ("bend", "path") and len(spec.via) < WAYPOINTS:
        share = 0.5 if grip.where == "bend" else grip.share
        line, stops = (as_seen(np.array(xy), gesture.stretch) for xy in (shape.line, spec.via))
        before = sum(nearest_on(line, stop)[0] < share for stop in stops)
        return {"via": (*spec.via[:before], place, *spec.via[before:]), "curvature": 0.0}
    match grip.where:
        case "source":
            return {"source": place, "wanted": None}
        case "target":
            return {"target": place}
        case "waypoint":
            at = grip.index or 0
            return {"via": (*spec.via[:at], place, *spec.via[at + 1 :])}
        case "bend":
            stretch = scene.domain.stretch
            straight = path(scene, spec.model_copy(update={"curvature": 0.0}))
            middle = along(straight, np.array([0.5]), stretch)[0]
            way, push = (as_seen(step, stretch) for step in (straight[-1] - straight[0], gesture.xy - middle))
            across = np.array([-way[1], way[0]])
            bend = float(np.clip(push @ across / max(float(across @ across), 1e-12), -2.0, 2.0))
            return {"curvature": 0.0 if abs(bend) < STRAIGHT else round(bend, 3)}
        case _:
            step = gesture.xy - start.xy
            moved = lambda at: tuple((np.asarray(at) + step).tolist())  # noqa: E731
            via = tuple(moved(stop) for stop in spec.via)
            return {"source": moved(goal.source), "target": moved(goal.target), "via": via}


def budget_note(context: Context, group: int, count: int) -> str:
    """'10 points, 0.2 %', and what keeps them from acting."""
    scene = context.scene
    now = Budget.of(scene, group)
    there = now.total - now.poison
    rate = 100.0 * count / max(there + count, 1)
    off = " (poison is off)" if not scene.poison_on else " (this group is off)" if not scene.group(group).on else ""
    return f"{count:,} point{'s' * (count != 1)}, {rate:.2g} %{off}"
