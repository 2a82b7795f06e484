"""What crosses between the window and the trainer: frozen values, numpy and specs only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene

# ---- to the trainer -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """Start afresh with this scenario on this scene. Answered by `Ready`."""

    scenario: Scenario
    scene: Scene
    revision: int
    device: str = "auto"


@dataclass(frozen=True)
class SetScene:
    """Train on this scene from the next step on; the weights stay."""

    scene: Scene
    revision: int


@dataclass(frozen=True)
class SetScenario:
    """Take over the settings that apply live (learning rate, penalties, batch size, dropout)."""

    scenario: Scenario
    revision: int


@dataclass(frozen=True)
class View:
    """What frames shall show: the part of the plane, its resolution, and of which output.

    unit: None for the class probabilities, or (layer, index) of one hidden unit.
    maps: side length in pixels of the small maps of all hidden units; 0 leaves them out.
    """

    rect: Domain
    columns: int
    rows: int
    unit: tuple[int, int] | None = None
    maps: int = 0
    replica: int = 0


@dataclass(frozen=True)
class Play:
    """Train until told otherwise. speed: steps a second, None for as fast as it goes. stop_at: a step or None."""

    speed: float | None = None
    stop_at: int | None = None


@dataclass(frozen=True)
class Pause:
    """Stop after the step at hand."""


@dataclass(frozen=True)
class StepN:
    """Do n steps, then pause."""

    n: int = 1


@dataclass(frozen=True)
class Reset:
    """Back to step 0 with the initial weights of `seed`."""

    seed: int


@dataclass(frozen=True)
class Credit:
    """The last frame has been drawn; one more may be sent."""


@dataclass(frozen=True)
class Stop:
    """End the worker."""


ToTrainer = Load | SetScene | SetScenario | View | Play | Pause | StepN | Reset | Credit | Stop

# ---- from the trainer -----------------------------------------------------------------------------

CURVES = ("train_loss", "validation_loss", "test_loss", "train_error", "validation_error", "test_error")


@dataclass(frozen=True, eq=False)
class Ready:
    """The trainer is set up. device: in words. layers: units of each hidden layer."""

    device: str
    layers: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, eq=False)
class Frame:
    """One moment of training, drawn on `view`.

    field: float32, (rows, columns) probability of class 1 for two classes, (classes, rows, columns) for
        more, or the activation of one hidden unit where the view asks for it; row 0 is the bottom.
    predicted: int16 (N,), the class predicted for each point of the scene of `revision`, in its order;
        -1 where undecided, for which the field is NaN.
    units: for each hidden layer uint8 (units, side, side), 0..255 for -1..1 times the unit's own range;
        empty where the view asks for none or they were not due.
    confusion: int64 (3, classes, classes): split, true class, predicted class; labelled points only, and
        of those the decided ones.
    diverged: bool (R,).
    """

    revision: int
    step: int
    view: View
    field: NDArray[np.float32]
    predicted: NDArray[np.int16]
    confusion: NDArray[np.int64]
    diverged: NDArray[np.bool_]
    units: tuple[NDArray[np.uint8], ...] = ()
    playing: bool = False
    steps_per_second: float = 0.0


@dataclass(frozen=True, eq=False)
class Curves:
    """Evaluations since the last chunk. step: int64 (K,); values: float64 (K, R, 6), columns as in `CURVES`.

    A value is NaN where the scene has no labelled point of that split.
    """

    step: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class State:
    """Whether it trains, at which step, and why it stopped."""

    playing: bool
    step: int
    why: Literal["asked", "stop-step", "diverged", "reset", "loaded"] = "asked"


@dataclass(frozen=True)
class Failed:
    """Something went wrong: where, in one sentence, with the details for a report. fatal: the trainer is gone."""

    where: str
    message: str
    details: str = ""
    fatal: bool = False


FromTrainer = Ready | Frame | Curves | State | Failed
