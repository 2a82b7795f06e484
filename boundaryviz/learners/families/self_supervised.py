"""Specs of the learners that never look at a label while they train: proxy tasks, and what reads classes out of them.

Free of torch. Lengths are in the units in which a learner is given the inputs, see `data.input_scale`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from typing_extensions import override

from boundaryviz.learners.families.nets import MLPSpec
from boundaryviz.learners.family import family
from boundaryviz.learners.needs import Needs, Size, summed
from boundaryviz.learners.specs_net import (
    ACTIVATION_WORDS,
    BATCH,
    DEALT,
    Activation,
    HiddenLayers,
    NetSpec,
    at_once,
    padded,
)
from boundaryviz.learners.streams import AHEAD, MANY
from boundaryviz.scene.specs import setting

if TYPE_CHECKING:
    from boundaryviz.learners.training_spec import TrainingSpec


Readout = Literal["linear", "nearest", "fine-tune"]

READOUT_WORDS = {"linear": "linear probe", "nearest": "nearest neighbours", "fine-tune": "fine-tuning"}


def _temperature(default: float) -> Any:
    return setting(
        default, "Temperature", "What cosines are divided by in the contrastive loss: small values look at the "
        "likest points alone.",
        ge=0.02, le=10.0, log=True,
    )  # fmt: skip


class SelfSupervisedSpec(NetSpec):
    """A network that is trained on all points without their labels; a readout on the labelled ones decides."""

    READOUTS: ClassVar[Mapping[str, str]] = READOUT_WORDS
    name: str
    hidden: HiddenLayers = setting(
        (64, 64), "Hidden layers", "Units of each hidden layer, the first one first; none is a linear map.",
        max_length=6, resets=True,
    )  # fmt: skip
    activation: Activation = setting(
        "relu", "Activation", "What each hidden unit does to its sum.", choices=ACTIVATION_WORDS, resets=True
    )
    embedding: int = setting(
        8, "Embedding", "How many numbers a point is turned into; two can be looked at as they are.",
        ge=1, le=64, resets=True,
    )  # fmt: skip
    readout: Readout = setting(
        "nearest", "Readout", "What decides, from the embedding and the labelled points: a linear model, the likest "
        "labelled points, or the net trained on with a last layer of its own.",
        choices=READOUT_WORDS,
    )  # fmt: skip
    neighbours: int = setting(
        1, "Neighbours", "Of the readout by nearest neighbours: so many of each class, the likest ones, are asked.",
        ge=1, le=100,
    )  # fmt: skip
    ridge: float = setting(
        1.0, "Ridge", "Of the linear probe, the penalty on squared weights, beside the sum of the losses.",
        gt=0.0, le=1e6, log=True, advanced=True,
    )  # fmt: skip
    tuning_steps: int = setting(
        50, "Tuning steps", "Of fine-tuning, steps on the labelled points each time the model is asked.",
        unit="steps", ge=1, le=2000, log=True, advanced=True,
    )  # fmt: skip
    tuning_rate: float = setting(
        3e-3, "Tuning rate", "Of fine-tuning, the learning rate of its steps.", gt=0.0, le=1.0, log=True, advanced=True
    )

    def unused(self) -> Mapping[str, str]:
        """As `NetSpec.unused`, what only other readouts ask for, and the activation of no hidden unit."""
        of = {"neighbours": "nearest", "ridge": "linear", "tuning_steps": "fine-tune", "tuning_rate": "fine-tune"}
        idle = {name: "this readout has none" for name, readout in of.items() if readout != self.readout}
        if not self.hidden:
            idle["activation"] = "there is no hidden layer"
        return {**super().unused(), **idle}

    @override
    def counterpart(self, rarest: int) -> MLPSpec:
        """The same net, taught the labels."""
        shared = SelfSupervisedSpec.model_fields.keys() & MLPSpec.model_fields.keys() - {"name"}
        return MLPSpec(**{name: getattr(self, name) for name in shared})

    @override
    def _dims(self, size: Size) -> tuple[int, ...]:
        first, *hidden, _ = super()._dims(size)
        return first, *hidden, self.embedding

    @override
    def _dealt(self, size: Size, training: TrainingSpec) -> float:
        return padded(size.training, any(size.poison), training.batch_size)


class ContrastiveSpec(SelfSupervisedSpec):
    """A network that puts two views of a point together and all others apart."""

    temperature: float = _temperature(0.5)

    @override
    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """As `NetSpec.memory`, and how like each point of a batch is to each."""
        columns = at_once(size, size.training, training.batch_size, max(self._dims(size)))
        batch = size.training if training.batch_size == "full" else min(training.batch_size, size.training)
        return summed(super().memory(size, training), {BATCH: 4.0 * 4 * 4 * columns * batch})

    @override
    def _activations(self, size: Size, training: TrainingSpec) -> float:
        dims = self._dims(size)
        return 6.0 * sum(dims) * 2 * at_once(size, size.training, training.batch_size, max(dims))


_proxy = partial(
    family,
    "boundaryviz.learners.self_supervised:SelfSupervised",
    supervised=False,
    self_supervised=True,
    capabilities=["hidden-layers", "embedding"],
)
"""Declares the settings of a task in `proxies`."""


@_proxy(order=170)
class SimCLRSpec(ContrastiveSpec):
    """A net that finds the two jittered views of a point alike, and views of others not (SimCLR)."""

    TITLE: ClassVar[str] = "Contrastive by jitter (SimCLR)"
    JITTERS: ClassVar[tuple[str, ...]] = ("jitter",)
    name: Literal["simclr"] = "simclr"
    jitter: float = setting(
        0.1, "Jitter", "Size of the jitter that makes the two views of a point.", unit="input units",
        ge=0.0, le=10.0, log=True,
    )  # fmt: skip


@_proxy(order=180)
class WalksSpec(ContrastiveSpec):
    """A net that finds a point alike with where a random walk over nearest neighbours takes it, and with others not."""

    TITLE: ClassVar[str] = "Contrastive by walks"
    JITTERS: ClassVar[tuple[str, ...]] = ("jitter",)
    name: Literal["contrastive-walks"] = "contrastive-walks"
    walk: int = setting(
        60, "Walk", "Steps from a point to its partner, each to one of the nearest neighbours; short walks tell parts "
        "of a class apart, endless ones join all that hangs together.",
        unit="steps", ge=0, le=1000, log=True,
    )  # fmt: skip
    graph_neighbours: int = setting(
        10, "Graph", "Nearest neighbours among the training points that a walk may go on to.", ge=1, le=100
    )
    jitter: float = setting(
        0.02, "Jitter", "Size of the jitter of both ends of a walk.", unit="input units", ge=0.0, le=10.0, log=True
    )

    @override
    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """As `ContrastiveSpec.memory`, with the turns that walks take, the graphs, and where a look into them leads."""
        batch = size.training if training.batch_size == "full" else min(training.batch_size, size.training)
        ahead = AHEAD if batch <= MANY else 1
        return summed(
            super().memory(size, training),
            {BATCH: 12.0 * size.replicas * batch * ahead * self.walk},
            {DEALT: 24.0 * size.sights * size.training * self.graph_neighbours},
        )


@_proxy(order=190)
class MaskedSpec(SelfSupervisedSpec):
    """A net that predicts an input that is hidden from the others, as a mixture of Gaussians."""

    TITLE: ClassVar[str] = "Masked coordinate"
    name: Literal["masked-coordinate"] = "masked-coordinate"
    hidden: HiddenLayers = setting(
        (64,), "Hidden layers", "Units of each hidden layer, the first one first; the embedding comes after them.",
        max_length=6, resets=True,
    )  # fmt: skip
    embedding: int = setting(
        64, "Embedding", "Into how many numbers a point is turned for each input that may be hidden.", ge=1, le=256,
        resets=True,
    )  # fmt: skip
    readout: Readout = setting(
        "linear", "Readout", "What decides, from the embedding and the labelled points: a linear model, the likest "
        "labelled points, or the net trained on with a last layer of its own.",
        choices=READOUT_WORDS,
    )  # fmt: skip
    mixture: int = setting(4, "Gaussians", "How many Gaussians the mixture has.", ge=1, le=32, resets=True)
