"""Specs of learners and of training: plain data, free of torch, and the registry of families."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from boundaryviz.learners.graph_specs import LabelPropagationSpec, LabelSpreadingSpec, LapRLSSpec, SelfTrainingSpec
from boundaryviz.scene.specs import Spec, setting

Activation = Literal["relu", "tanh", "sigmoid", "gelu", "sine", "linear"]
Feature = Literal["x", "y", "x2", "y2", "xy", "sin_x", "sin_y"]
LossName = Literal["cross-entropy", "squared", "hinge"]
Optimiser = Literal["sgd", "momentum", "adam", "adamw"]

FEATURE_WORDS: dict[str, str] = {
    "x": "x", "y": "y", "x2": "x²", "y2": "y²", "xy": "x·y", "sin_x": "sin x", "sin_y": "sin y",
}  # fmt: skip
LOSS_WORDS = {"cross-entropy": "cross-entropy", "squared": "squared", "hinge": "hinge"}
_ACTIVATIONS = {
    "relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid", "gelu": "GELU", "sine": "sine", "linear": "linear",
}  # fmt: skip


def _without_repeats(values: tuple) -> tuple:
    if len(set(values)) != len(values):
        raise ValueError("a feature is listed twice")
    return values


class _NetSpec(Spec):
    features: Annotated[tuple[Feature, ...], AfterValidator(_without_repeats)] = setting(
        ("x", "y"), "Input features", "What the model is shown of a point.", resets=True, choices=dict(FEATURE_WORDS)
    )
    fourier: int = setting(
        0, "Fourier features",
        "Random Fourier features added to the inputs: cos and sin of this many random directions.",
        ge=0, le=256, advanced=True, resets=True,
    )  # fmt: skip
    fourier_scale: float = setting(
        1.0, "Fourier frequency", "Standard deviation of the random frequencies; more makes a wigglier boundary.",
        gt=0.0, le=100.0, log=True, advanced=True, resets=True,
    )  # fmt: skip
    input_scale: Literal["raw", "domain"] = setting(
        "raw", "Input scale", "Raw coordinates, or the data's domain scaled to [-1, 1] (for data in large units).",
        choices={"raw": "raw", "domain": "to [-1, 1]"}, advanced=True, resets=True,
    )  # fmt: skip
    loss: LossName = setting(
        "cross-entropy", "Loss", "What training makes small.", choices=dict(LOSS_WORDS), resets=True
    )
    init: Literal["fan-in", "playground"] = setting(
        "fan-in", "Initial weights",
        "Uniform within 1 over the square root of the fan-in, or the Playground's U(-0.5, 0.5) with bias 0.1.",
        choices={"fan-in": "by fan-in", "playground": "Playground"}, advanced=True, resets=True,
    )  # fmt: skip

    def model_post_init(self, _context: object, /) -> None:
        if not self.features and not self.fourier:
            raise ValueError("a model needs at least one input feature")


class MLPSpec(_NetSpec):
    """A fully connected network of any shape."""

    TITLE: ClassVar[str] = "Multilayer perceptron"
    name: Literal["mlp"] = "mlp"
    hidden: tuple[Annotated[int, Field(ge=1, le=256)], ...] = setting(
        (16, 16), "Hidden layers", "Units of each hidden layer, the first one first; none is logistic regression.",
        max_length=6, resets=True,
    )  # fmt: skip
    activation: Activation = setting(
        "tanh", "Activation", "What each hidden unit does to its sum.", choices=_ACTIVATIONS, resets=True
    )
    output: Literal["linear", "tanh"] = setting(
        "linear", "Output", "The last layer's activation; the Playground squashes it by tanh.",
        choices={"linear": "linear", "tanh": "tanh"}, advanced=True, resets=True,
    )  # fmt: skip
    dropout: float = setting(
        0.0, "Dropout", "Share of hidden units silenced at random in every training step.", ge=0.0, le=0.95
    )


class LogisticSpec(_NetSpec):
    """A linear boundary in the features."""

    TITLE: ClassVar[str] = "Logistic regression"
    name: Literal["logistic"] = "logistic"


LearnerSpec = Annotated[
    MLPSpec | LogisticSpec | LabelPropagationSpec | LabelSpreadingSpec | SelfTrainingSpec | LapRLSSpec,
    Field(discriminator="name"),
]

# name -> (spec, "module:class" of the learner). The strings keep torch out of whoever reads this.
FAMILIES: dict[str, tuple[type[Spec], str]] = {
    "mlp": (MLPSpec, "boundaryviz.learners.mlp:MLP"),
    "logistic": (LogisticSpec, "boundaryviz.learners.mlp:MLP"),
    "label-propagation": (LabelPropagationSpec, "boundaryviz.learners.propagation:LabelPropagation"),
    "label-spreading": (LabelSpreadingSpec, "boundaryviz.learners.propagation:LabelSpreading"),
    "self-training": (SelfTrainingSpec, "boundaryviz.learners.self_training:SelfTraining"),
    "laprls": (LapRLSSpec, "boundaryviz.learners.laprls:LapRLS"),
}

LEARNING_RATES = (1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0)
PENALTIES = (0.0, 1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0)


class TrainingSpec(Spec):
    """How the learner is trained."""

    steps: int = setting(
        2000, "Steps", "How long a run without a window lasts; in the window, where Play stops by itself if asked to.",
        ge=1, le=10_000_000, log=True, advanced=True,
    )  # fmt: skip
    optimiser: Optimiser = setting(
        "adam", "Optimiser", "How a gradient becomes a step.",
        choices={"sgd": "SGD", "momentum": "SGD + momentum", "adam": "Adam", "adamw": "AdamW"}, resets=True,
    )  # fmt: skip
    learning_rate: float = setting(
        1e-2, "Learning rate", "Length of a step; takes effect at once.", gt=0.0, le=100.0, log=True
    )
    momentum: float = setting(
        0.9, "Momentum", "Share of the last step carried on, for SGD with momentum.", ge=0.0, lt=1.0, advanced=True
    )
    batch_size: int | Literal["full"] = setting(
        32, "Batch size", "Points per step, or all of them: a number from 1 up, or 'full'."
    )
    l1: float = setting(
        0.0, "L1 penalty", "Pulls every weight towards zero by a constant force.", ge=0.0, le=10.0, log=True
    )
    l2: float = setting(
        0.0, "L2 penalty", "Pulls every weight towards zero in proportion (AdamW: decoupled decay).",
        ge=0.0, le=10.0, log=True,
    )  # fmt: skip
    seed: int = setting(0, "Seed", "Initial weights, batches and noise.", ge=0, le=2**31 - 1)
    evaluate_every: int = setting(
        20,
        "Evaluate every",
        "Steps between two points of the curves.",
        unit="steps",
        ge=1,
        le=100_000,
        log=True,
        advanced=True,
    )

    def model_post_init(self, _context: object, /) -> None:
        if isinstance(self.batch_size, int) and self.batch_size < 1:
            raise ValueError("batch size is a number from 1 up, or 'full'")
