"""Multilayer perceptrons, and logistic regression as the one without a hidden layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import field_validator
from typing_extensions import override

from boundaryviz.learners.family import family
from boundaryviz.learners.needs import Needs, Size, summed
from boundaryviz.learners.specs_net import (
    ACTIVATION_WORDS,
    DROPPED,
    FIT_RESPONSES,
    Activation,
    HiddenLayers,
    NetSpec,
    at_once,
)
from boundaryviz.learners.specs_robust import RobustSpec
from boundaryviz.scene.specs import setting

if TYPE_CHECKING:
    from boundaryviz.learners.training_spec import TrainingSpec

LossName = Literal["cross-entropy", "focal", "generalised", "absolute", "squared", "hinge"]

LOSS_WORDS = {
    "cross-entropy": "cross-entropy (log)", "focal": "focal", "generalised": "generalised cross-entropy",
    "absolute": "absolute", "squared": "squared", "hinge": "hinge",
}  # fmt: skip

_ZERO_ONE = (
    "the 0/1 loss cannot be trained: its slope is 0 wherever it has one. It is measured, as the error; train on "
    "cross-entropy, focal, generalised, absolute, squared or hinge in its place"
)


class _SupervisedSpec(NetSpec):
    loss: LossName = setting(
        "cross-entropy", "Loss",
        "What training makes small. Of data for regression the absolute and the squared loss fit the responses, the "
        "others their signs. The 0/1 loss is no choice: its slope is 0 wherever it has one. It is measured, as "
        "the error.",
        choices=dict(LOSS_WORDS), resets=True, since={"focal": 5, "absolute": 5, "generalised": 6},
    )  # fmt: skip
    focusing: float = setting(
        2.0, "Focusing", "The focal loss's gamma: how much less points count that are already decided rightly; 0 is "
        "cross-entropy.",
        ge=0.0, le=10.0, advanced=True, resets=True, since=5,
    )  # fmt: skip

    mildness: float = setting(
        0.7, "Mildness", "Of the generalised cross-entropy, how little labels count that the net contradicts: towards "
        "0 it is cross-entropy, 1 is the absolute loss of the probability.",
        gt=0.0, le=1.0, advanced=True, resets=True, since=6,
    )  # fmt: skip
    smoothing: float = setting(
        0.0, "Label smoothing", "Share of each label that is spread over all classes while it trains.", ge=0.0, lt=1.0,
        advanced=True, resets=True, since=6,
    )  # fmt: skip

    @field_validator("loss", mode="before")
    @classmethod
    def _descends(cls, loss: Any) -> Any:
        if loss in ("0/1", "0-1", "zero-one", "error"):
            raise ValueError(_ZERO_ONE)
        return loss

    @property
    @override
    def fits_responses(self) -> bool:
        """With a loss that asks how far an output is from a number."""
        return self.loss in FIT_RESPONSES

    def unused(self) -> Mapping[str, str]:
        """As `NetSpec.unused`, and the settings of losses that are not what is trained on."""
        idle = {} if self.loss == "focal" else {"focusing": "it says something of the focal loss alone"}
        if self.loss != "generalised":
            idle["mildness"] = "it says something of the generalised cross-entropy alone"
        if self.loss != "cross-entropy":
            idle["smoothing"] = "labels are smoothed for cross-entropy alone"
        return {**super().unused(), **idle}

    @property
    def exponent(self) -> float:
        """The gamma of the loss, see `losses.per_point`."""
        return self.mildness if self.loss == "generalised" else self.focusing

    @property
    def smoothed(self) -> float:
        """The label smoothing that acts."""
        return self.smoothing if self.loss == "cross-entropy" else 0.0

    @override
    def uncompiled(self, width: int, classes: int, optimiser: str) -> str:
        """Of nets that are shown too much of each point."""
        return self._too_wide(width)

    def _activations(self, size: Size, training: TrainingSpec) -> float:
        first, *hidden, last = dims = self._dims(size)
        kept = 1 + (getattr(self, "activation", "") in ("gelu", "sine") or getattr(self, "dropout", 0.0) > 0)
        columns = at_once(size, size.labelled, training.batch_size, max(dims))
        return columns * (first + last + kept * sum(hidden) + 3.0 * max(dims))


class _LayeredSpec(_SupervisedSpec):
    hidden: HiddenLayers = setting(
        (16, 16), "Hidden layers", "Units of each hidden layer, the first one first; none is logistic regression.",
        max_length=6, resets=True,
    )  # fmt: skip
    activation: Activation = setting(
        "tanh", "Activation", "What each hidden unit does to its sum.", choices=ACTIVATION_WORDS, resets=True
    )
    output: Literal["linear", "tanh"] = setting(
        "linear", "Output", "The last layer's activation; the Playground squashes it by tanh.",
        choices={"linear": "linear", "tanh": "tanh"}, advanced=True, resets=True,
    )  # fmt: skip
    dropout: float = setting(
        0.0, "Dropout", "Share of hidden units silenced at random in every training step.", ge=0.0, le=0.95
    )

    def unused(self) -> Mapping[str, str]:
        """As `NetSpec.unused`, and of hidden units where there are none."""
        flat = {} if self.hidden else dict.fromkeys(("activation", "dropout"), "there is no hidden layer")
        return {**super().unused(), **flat}

    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """As `NetSpec.memory`, and for each replica what dropout silences."""
        needs = super().memory(size, training)
        if not self.dropout or not self.hidden:
            return needs
        batch = size.labelled if training.batch_size == "full" else min(training.batch_size, size.labelled)
        return summed(needs, {DROPPED: size.replicas * batch * (8.0 * sum(self.hidden) + 18.0 * max(self.hidden))})


@family("boundaryviz.learners.mlp:MLP", capabilities=["hidden-layers", "embedding"], order=10)
class MLPSpec(RobustSpec, _LayeredSpec):
    """A fully connected network of any shape."""

    TITLE: ClassVar[str] = "Multilayer perceptron"
    name: Literal["mlp"] = "mlp"


@family("boundaryviz.learners.mlp:MLP", order=20)
class LogisticSpec(RobustSpec, _SupervisedSpec):
    """A linear boundary in the features."""

    TITLE: ClassVar[str] = "Logistic regression"
    name: Literal["logistic"] = "logistic"
