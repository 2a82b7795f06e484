"""What a tool sees, what it answers, and what every tool is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.placement import hand_group
from boundaryviz.attacks.specs import AttackSpec, BridgeSpec
from boundaryviz.scenario.changes import Settings
from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.edits import Edit
from boundaryviz.scene.scene import Origin, Points, Scene, Split


@dataclass(frozen=True)
class Gesture:
    """Where the pointer is and how it is held.

    x, y: in data coordinates. pixel: width of a screen pixel in units of x. time: seconds, never falling.
    stretch: how many units of y take as much room on the screen as one of x.
    """

    x: float
    y: float
    pixel: float
    shift: bool = False
    ctrl: bool = False
    alt: bool = False
    time: float = 0.0
    stretch: float = 1.0

    @property
    def xy(self) -> NDArray[np.float64]:
        """Its place in data coordinates."""
        return np.array([self.x, self.y])

    @property
    def seen(self) -> NDArray[np.float64]:
        """Its place as the screen has it, in units of x; see `as_seen`."""
        return as_seen(self.xy, self.stretch)

    def pixels(self, x: float, y: float) -> tuple[float, float]:
        """How many pixels it is to the right of a place, and above it."""
        return (self.x - x) / self.pixel, (self.y - y) / (self.pixel * self.stretch)

    def pixels_from(self, other: Gesture) -> float:
        """Distance to another gesture, in screen pixels."""
        return float(np.hypot(*self.pixels(other.x, other.y)))


def _nobody() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Context:
    """What a stroke works on, taken at its press.

    label, poison: what a new point is given. selection: ids (K,), all of them in the scene.
    radius: of the painting tools, in units of x. stretch: how many units of y are as long on the screen as one of x.
    visible: bool (N,), which points can be touched; None is all. attack: its settings, which tools shape.
    """

    scene: Scene
    label: int = 0
    poison: bool = False
    selection: NDArray[np.int64] = field(default_factory=_nobody)
    radius: float = 1.0
    rng: np.random.Generator = field(default_factory=np.random.default_rng)
    visible: NDArray[np.bool_] | None = None
    attack: AttackSpec = field(default_factory=BridgeSpec)
    stretch: float = 1.0

    def new_points(self, xy: NDArray[np.float64]) -> Points:
        """Training points at `xy` (K, 2) with the current label, planted or not, under unused ids."""
        origin = hand_group(self.scene, self.attack) if self.poison else Origin.CLEAN
        return Points.of(xy, self.label, Split.TRAIN, origin, first_id=self.scene.next_id)

    def touchable(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """`mask` (N,) without the points that are hidden."""
        return mask if self.visible is None else mask & self.visible


@dataclass(frozen=True)
class Circle:
    """An outline of the brush, in data units. radius: along x; along y it is `stretch` times that."""

    x: float
    y: float
    radius: float
    stretch: float = 1.0


@dataclass(frozen=True, eq=False)
class Path:
    """A closed outline (K, 2) in data coordinates: a rubber band or a lasso."""

    xy: NDArray[np.float64]


@dataclass(frozen=True)
class Handle:
    """What can be grabbed, or what is offered, in data coordinates. label: the class it stands for, -1 for none.

    kind: 'source', 'target', 'waypoint' or 'bend'. hot: the pointer is on it.
    """

    kind: str
    x: float
    y: float
    label: int = -1
    hot: bool = False


@dataclass(frozen=True, eq=False)
class Guide:
    """A path (K, 2), its handles, and a note at the pointer, in data coordinates."""

    line: NDArray[np.float64]
    handles: tuple[Handle, ...] = ()
    note: str = ""
    at: tuple[float, float] = (0.0, 0.0)
    group: int = 1


Shape = Circle | Path | Guide


@dataclass(frozen=True, eq=False)
class Preview:
    """Show this edit of the scene at the press, or these settings, instead of any earlier preview."""

    edit: Edit | Settings


@dataclass(frozen=True, eq=False)
class Commit:
    """The stroke is done: make this edit of the scene at the press, or set this; `text` names it in the undo list."""

    edit: Edit | Settings
    text: str


@dataclass(frozen=True)
class Cancel:
    """Drop the preview."""


@dataclass(frozen=True, eq=False)
class Select:
    """The selection is now these ids (K,)."""

    ids: NDArray[np.int64]


@dataclass(frozen=True)
class Overlay:
    """Draw this outline above the points; None takes it away."""

    shape: Shape | None = None


@dataclass(frozen=True)
class Say:
    """Say what the next click does; an empty text says nothing."""

    text: str = ""


@dataclass(frozen=True)
class Ask:
    """Tell why this place, in data coordinates, is decided as it is."""

    x: float
    y: float


Outcome = Preview | Commit | Cancel | Select | Overlay | Say | Ask
Outcomes = tuple[Outcome, ...]


class Tool:
    """A state machine for one stroke at a time. Gestures come in order: press, any moves, release or cancel.

    cursor: 'arrow', 'cross', 'move' or 'none', what the pointer should look like now; changes with the state.
    continuous: the plane repeats `move` while the button is held still, for tools that act over time.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    explains: ClassVar[str]
    continuous: ClassVar[bool] = False
    paints: ClassVar[bool] = False

    def __init__(self) -> None:
        self.cursor = "arrow"

    @property
    def active(self) -> bool:
        """Whether a stroke is under way."""
        raise NotImplementedError

    @property
    def hovers(self) -> bool:
        """Whether the pointer without a button is of use now: between strokes, or between clicks of one gesture."""
        return not self.active

    def press(self, gesture: Gesture, context: Context) -> Outcomes:
        """The button went down."""
        raise NotImplementedError

    def move(self, gesture: Gesture) -> Outcomes:
        """The pointer moved with the button down."""
        raise NotImplementedError

    def release(self, gesture: Gesture) -> Outcomes:
        """The button came up."""
        raise NotImplementedError

    def cancel(self) -> Outcomes:
        """Give the stroke up; nothing for a tool that is idle."""
        raise NotImplementedError

    def hover(self, gesture: Gesture, context: Context) -> Outcomes:
        """The pointer moves with no button held."""
        raise NotImplementedError

    def rest(self, context: Context) -> Outcomes:
        """What to show while the pointer is elsewhere."""
        return (Overlay(None),)

    def wheel(self, gesture: Gesture, context: Context, notches: float) -> Outcomes:
        """The wheel turns with Ctrl held, away from the person if `notches` is above 0; nothing lets it zoom."""
        return ()


def counted(verb: str, n: int, noun: str = "point") -> str:
    """'Move point' or 'Move 3 points', as the undo list says it."""
    return f"{verb} {noun}" if n == 1 else f"{verb} {n:,} {noun}s"
