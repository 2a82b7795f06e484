"""What crosses between the window and the trainer: frozen values, numpy and specs only."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.judged import Judged
from boundaryviz.engine.embeddings import Embedding
from boundaryviz.engine.height_map import HeightMap
from boundaryviz.learners.cascade import Cascade
from boundaryviz.learners.measures import LOSSES
from boundaryviz.scenario.history_spec import Engine as Name
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene

# ---- to the trainer -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """Start afresh with this scenario on this scene. Answered by `Ready`.

    seeds: how many runs, from the scenario's own seed on. twin: train each a second time without the poison.
    device: the engine to be had; where it cannot be, another is.
    """

    scenario: Scenario
    scene: Scene
    revision: int
    device: str = "auto"
    seeds: int = 1
    twin: bool = False


@dataclass(frozen=True)
class SetScene:
    """Train on this scene from the next step on, and with these settings where some that apply live go with it; the
    weights stay."""

    scene: Scene
    revision: int
    scenario: Scenario | None = None


@dataclass(frozen=True)
class SetScenario:
    """Take over the settings that apply live (learning rate, penalties, batch size, dropout)."""

    scenario: Scenario
    revision: int


@dataclass(frozen=True)
class View:
    """What frames show: the part of the plane, its resolution, and of which output.

    unit: None for the class probabilities, or (layer, index) of one hidden unit.
    seed: which of the runs, counted from 0. clean: also show its clean twin, where there is one. past: the number of
    a loaded checkpoint to show in the place of the present one. stage: the size, on the course of a learner that is
    fitted at once, of the model that is shown; None for what was fitted. Past the last, the last is.
    """

    rect: Domain
    columns: int
    rows: int
    unit: tuple[int, int] | None = None
    seed: int = 0
    clean: bool = False
    past: int | None = None
    stage: int | None = None

    @property
    def is_of_what_is_fitted(self) -> bool:
        """Whether it shows the output of the model itself: no hidden unit, no other size on its course."""
        return self.unit is None and self.stage is None

    def fitted(self, hidden: Sequence[int]) -> View:
        """Without a unit that layers of these sizes do not hold; a view may still ask for one of the net before."""
        if self.unit is None:
            return self
        layer, index = self.unit
        return self if 0 <= layer < len(hidden) and 0 <= index < hidden[layer] else replace(self, unit=None)


@dataclass(frozen=True, eq=False)
class LoadCheckpoint:
    """Have this checkpoint at hand, to be shown (`View.past`) and rendered, while what trains stays as it is."""

    number: int
    scenario: Scenario
    scene: Scene
    revision: int
    state: Mapping[str, NDArray]


@dataclass(frozen=True, eq=False)
class Resume:
    """Train on from this checkpoint, paused, with as many runs and twins as it has. device: what did the steps."""

    scenario: Scenario
    scene: Scene
    revision: int
    state: Mapping[str, NDArray]
    device: str = "auto"
    seeds: int = 1
    twin: bool = False


@dataclass(frozen=True)
class Render:
    """Work out exactly what a figure needs of what is shown. Answered by a `Rendering` of this number.

    rect: the part of the plane, None for the domain. columns: of the field, whose cells are square. past: of the
    checkpoint loaded last, in the place of what is shown. stage: as in `View`. z: also the heights of the boundary off
    the plane, with sheets so far off it; None for none.
    """

    number: int
    rect: Domain | None = None
    columns: int = 256
    past: bool = False
    stage: int | None = None
    z: float | None = None


@dataclass(frozen=True)
class Subscribe:
    """Have what a probe finds out about what is shown, now and whenever it has changed: answered by `ProbeResult`s.

    probe: its name in `probes.PROBES`. settings: an instance of the probe's `Settings`, in the place of those of an
    earlier subscription; None for the defaults.
    """

    probe: str
    settings: Any = None


@dataclass(frozen=True)
class Unsubscribe:
    """Have no more of what this probe finds out."""

    probe: str


@dataclass(frozen=True)
class Play:
    """Train until told otherwise. speed: steps a second, None for as fast as it goes. stop_at: a step or None.

    again: the stop is a rest. A change of what is trained on, before or after it, has so many steps follow before the
    next rest; and who is told to play at a stop goes on without another. None: it stays where it has stopped.
    """

    speed: float | None = None
    stop_at: int | None = None
    again: int | None = None


@dataclass(frozen=True)
class Pause:
    """Stop after the step at hand."""


@dataclass(frozen=True)
class StepN:
    """Do n steps, then pause."""

    n: int = 1


@dataclass(frozen=True)
class Reset:
    """Back to step 0 with the initial weights of `seed`; further runs take the seeds after it."""

    seed: int


@dataclass(frozen=True)
class Credit:
    """The last frame has been drawn; one more may be sent."""


@dataclass(frozen=True)
class Stop:
    """End the worker."""


ToTrainer = (
    Load
    | SetScene
    | SetScenario
    | View
    | LoadCheckpoint
    | Resume
    | Render
    | Subscribe
    | Unsubscribe
    | Play
    | Pause
    | StepN
    | Reset
    | Credit
    | Stop
)


@dataclass(frozen=True, eq=False)
class Batch:
    """Messages that go to the trainer's process together. Answered by `Heard` once all were acted on; only a few are
    sent before that, so that a trainer which is busy is told what counts then and not all that once counted."""

    number: int
    messages: tuple[ToTrainer, ...]


def gather(waiting: list[ToTrainer], message: ToTrainer) -> ToTrainer | None:
    """Put a message behind those that wait to be acted on. The scene, settings or view that it replaces is returned:
    nobody needs them any more, and a fast drag must not hold up training."""
    if isinstance(message, Credit):
        waiting.insert(0, message)  # changes nothing that the others do
        return None
    if isinstance(message, Subscribe | Unsubscribe):  # the last of each probe counts
        waiting[:] = [
            one for one in waiting if not isinstance(one, Subscribe | Unsubscribe) or one.probe != message.probe
        ]
        waiting.append(message)
        return None
    last = waiting[-1] if waiting else None
    if not isinstance(message, SetScene | SetScenario | View) or type(last) is not type(message):
        waiting.append(message)
        return None
    if isinstance(message, SetScene) and isinstance(last, SetScene) and message.scenario is None:
        message = replace(message, scenario=last.scenario)
    waiting[-1] = message
    return last


IN_THE_DEFENCE = "in the defence"
"""Where something failed, when a defence cannot judge; see `Failed`."""

Why = Literal["first", "best", "flip", "edit", "last"]
"""The beginning; the lowest validation loss so far; a pin's first flip; beside a change of data or settings; a halt."""

# ---- from the trainer -----------------------------------------------------------------------------

MEASURES = (*(f"{name}_loss" for name in LOSSES), "expected_cost")
"""Of each split beside the learner's own loss and the error: see `learners.measures`, and what the decisions cost on
average, where the scenario says what mistakes cost."""
CURVES = (
    "train_loss", "validation_loss", "test_loss", "train_error", "validation_error", "test_error",
    "poison_loss", "flip_rate",
    *(f"{split}_{measure}" for measure in MEASURES for split in ("train", "validation", "test")),
    "clean_label_loss", "flipped_label_loss", "memorised", "true_test_error",
    "train_proxy_loss", "collapse", "effective_rank",
)  # fmt: skip
"""Training points are the clean ones. `poison_loss`: of poison, against its label or, where it has none, the class it
is to spread. `flip_rate`: share of the test points that are predicted otherwise than by the clean twin.
Where some labels that are trained on are known to be wrong (`Scene.flipped`), whether noise or an attack flipped them:
`flipped_label_loss` is their loss against these labels, `clean_label_loss` that of the other clean training points, and
`memorised` the share of the wrong labels that is predicted; `true_test_error` is the test error against labels as they
were before noise.
Of learners that are trained without labels, the last three: their own loss on a batch of training points, the mean
cosine between two training points where they are put, and how many directions these use; what is called loss otherwise
is that of what reads classes out."""
OF_EMBEDDINGS = slice(len(CURVES) - 3, len(CURVES))
PLAIN = 8
"""How many of `CURVES` there were before `MEASURES`: files of then have no more."""


@dataclass(frozen=True)
class Engine:
    """What does the steps of the run that begins now, or is gone on with, for as long as it lasts.

    words: with the name of the device. why: it was picked. missed: what was asked for or recorded, and why it is not
    this one; "" where it is. absent: why others cannot be had, of those that cannot; each in words.
    """

    name: Name
    words: str
    why: str = ""
    missed: str = ""
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Ready:
    """The trainer is set up. layers: units of each hidden layer."""

    layers: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, eq=False)
class Frame:
    """What the model says at one step, drawn on `view`.

    field: float32, (rows, columns) probability of class 1 for two classes, (classes, rows, columns) for
        more, or the activation of one hidden unit where the view asks for it; row 0 is the bottom.
    predicted: int16 (N,), the class predicted for each point of the scene of `revision`, in its order;
        -1 where undecided, for which the field is NaN.
    confusion: int64 (3, classes, classes): split, true class, predicted class; labelled points only, and
        of those the decided ones.
    clean, clean_predicted: the same as field and predicted for the clean twin, where the view asks for it.
    diverged: bool (R,), with twins all clean replicas first.
    """

    revision: int
    step: int
    view: View
    field: NDArray[np.float32]
    predicted: NDArray[np.int16]
    confusion: NDArray[np.int64]
    diverged: NDArray[np.bool_]
    clean: NDArray[np.float32] | None = None
    clean_predicted: NDArray[np.int16] | None = None
    playing: bool = False
    steps_per_second: float = 0.0


@dataclass(frozen=True, eq=False)
class Curves:
    """Evaluations since the last chunk. step: int64 (K,); values: float64 (K, R, 33), columns as in `CURVES`.

    A value is NaN where there is nothing to measure. margins: float64 (K, R, P), how far each pin of the scene is on
    the attacker's side, -1..1; NaN where undecided.
    """

    step: NDArray[np.int64]
    values: NDArray[np.float64]
    margins: NDArray[np.float64]


@dataclass(frozen=True)
class Key:
    """What an answer of a probe is of, and depends on: an answer of another key than what is shown is stale.

    past: the number of the loaded checkpoint, None for the present. revision: of the scene. step: None where the
    answer does not depend on it. rest: whatever else it depends on.
    """

    past: int | None
    revision: int
    step: int | None = None
    rest: tuple[Hashable, ...] = ()


@dataclass(frozen=True, eq=False)
class ProbeResult:
    """What a probe has found out: a value as its file in `probes` says."""

    probe: str
    key: Key
    value: Any


@dataclass(frozen=True)
class RevisionApplied:
    """Steps from `step` on, which is done, are trained on the scene and settings of this revision."""

    revision: int
    step: int


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A checkpoint of training to be kept. why: what makes it worth keeping besides being one of many.

    field, clean: float16, as in `Frame`, over `rect`, which holds the domain, for the run shown. state: all that
    training from here on depends on, see `Session.state`.
    """

    step: int
    rect: Domain
    field: NDArray[np.float16]
    clean: NDArray[np.float16] | None
    state: Mapping[str, NDArray]
    why: frozenset[Why] = frozenset()


@dataclass(frozen=True, eq=False)
class Rendering:
    """What the run shown and its clean twin say at one step, as exactly as a figure needs it; see `Frame`, `Render`.

    field, clean: float32, exact at every cell. cascade: among the points of the scene, where one is known. p, clean_p:
    float32 (N, classes), how probable each class is at each point. judged, clean_judged: what a defence made of the
    points of each. embedding: where both put the points, of a learner that has one. heights: where they were asked for
    and there are any.
    """

    number: int
    revision: int
    step: int
    rect: Domain
    field: NDArray[np.float32]
    predicted: NDArray[np.int16]
    clean: NDArray[np.float32] | None = None
    clean_predicted: NDArray[np.int16] | None = None
    cascade: Cascade | None = None
    p: NDArray[np.float32] | None = None
    clean_p: NDArray[np.float32] | None = None
    judged: Judged | None = None
    clean_judged: Judged | None = None
    embedding: Embedding | None = None
    heights: HeightMap | None = None


@dataclass(frozen=True)
class State:
    """Whether it trains, at which step, and why it stopped. kept: of early stopping, the step whose weights the run
    shown has now; measured: float64 (R, 33), what the weights that were kept come to, columns as in `CURVES`."""

    playing: bool
    step: int
    why: Literal["asked", "stop-step", "early-stopping", "diverged", "reset", "loaded", "resumed"] = "asked"
    kept: int | None = None
    measured: NDArray[np.float64] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Failed:
    """Something went wrong: where, in one sentence, with the details for a report.

    fatal: the trainer is gone. aside: it was not what trains, which goes on.
    """

    where: str
    message: str
    details: str = ""
    fatal: bool = False
    aside: bool = False


@dataclass(frozen=True)
class GpuLost:
    """The GPU that did the steps, or was to, has no memory left or is gone, as `why` says; nothing more comes of this
    trainer. Answered by going on with another, on the processor."""

    why: str
    details: str = ""


@dataclass(frozen=True)
class Heard:
    """All of the batches up to this number was acted on."""

    number: int


FromTrainer = (
    Engine | Ready | Frame | Curves | ProbeResult | RevisionApplied | Checkpoint | Rendering | State | Failed | GpuLost
)
