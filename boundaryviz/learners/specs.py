"""Specs of learners and of training: plain data, free of torch, and the registry of families."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from boundaryviz.learners.graph_specs import LabelPropagationSpec, LabelSpreadingSpec, LapRLSSpec, SelfTrainingSpec
from boundaryviz.learners.needs import Needs, Size, summed
from boundaryviz.learners.specs_estimators import (
    ESTIMATORS,
    DecisionTreeClassifierSpec,
    KNeighborsClassifierSpec,
    RandomForestClassifierSpec,
    SVCSpec,
)
from boundaryviz.learners.specs_net import (
    ACTIVATION_WORDS,
    DROPPED,
    FEATURE_WORDS,
    Activation,
    Feature,
    HiddenLayers,
    NetSpec,
    at_once,
)
from boundaryviz.learners.specs_semi import SEMI_SUPERVISED, SemiSupervisedSpec
from boundaryviz.scene.specs import Spec, setting

__all__ = [
    "FAMILIES",
    "FEATURE_WORDS",
    "LOSS_WORDS",
    "Activation",
    "Feature",
    "LearnerSpec",
    "LogisticSpec",
    "LossName",
    "MLPSpec",
    "Optimiser",
    "TrainingSpec",
    "is_supervised",
]

LossName = Literal["cross-entropy", "squared", "hinge"]
Optimiser = Literal["sgd", "momentum", "adam", "adamw"]

LARGEST_SEED = 2**31 - 1
LOSS_WORDS = {"cross-entropy": "cross-entropy", "squared": "squared", "hinge": "hinge"}


class _SupervisedSpec(NetSpec):
    loss: LossName = setting(
        "cross-entropy", "Loss", "What training makes small.", choices=dict(LOSS_WORDS), resets=True
    )

    def _activations(self, size: Size, training: TrainingSpec) -> float:
        first, *hidden, last = dims = self._dims(size)
        kept = 1 + (getattr(self, "activation", "") in ("gelu", "sine") or getattr(self, "dropout", 0.0) > 0)
        columns = at_once(size, size.labelled, training.batch_size, max(dims))
        return columns * (first + last + kept * sum(hidden) + 3.0 * max(dims))


class MLPSpec(_SupervisedSpec):
    """A fully connected network of any shape."""

    TITLE: ClassVar[str] = "Multilayer perceptron"
    name: Literal["mlp"] = "mlp"
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

    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """As `NetSpec.memory`, and for each replica what dropout silences."""
        needs = super().memory(size, training)
        if not self.dropout or not self.hidden:
            return needs
        batch = size.labelled if training.batch_size == "full" else min(training.batch_size, size.labelled)
        return summed(needs, {DROPPED: size.replicas * batch * (8.0 * sum(self.hidden) + 18.0 * max(self.hidden))})


class LogisticSpec(_SupervisedSpec):
    """A linear boundary in the features."""

    TITLE: ClassVar[str] = "Logistic regression"
    name: Literal["logistic"] = "logistic"


LearnerSpec = Annotated[
    MLPSpec
    | LogisticSpec
    | SemiSupervisedSpec
    | LabelPropagationSpec
    | LabelSpreadingSpec
    | SelfTrainingSpec
    | LapRLSSpec
    | KNeighborsClassifierSpec
    | SVCSpec
    | DecisionTreeClassifierSpec
    | RandomForestClassifierSpec,
    Field(discriminator="name"),
]

# name -> (spec, "module:class" of the learner). The strings keep torch out of whoever reads this.
FAMILIES: dict[str, tuple[type[Spec], str]] = {
    "mlp": (MLPSpec, "boundaryviz.learners.mlp:MLP"),
    "logistic": (LogisticSpec, "boundaryviz.learners.mlp:MLP"),
    **{name: (spec, "boundaryviz.learners.semi:SemiSupervised") for name, spec in SEMI_SUPERVISED.items()},
    "label-propagation": (LabelPropagationSpec, "boundaryviz.learners.propagation:LabelPropagation"),
    "label-spreading": (LabelSpreadingSpec, "boundaryviz.learners.propagation:LabelSpreading"),
    "self-training": (SelfTrainingSpec, "boundaryviz.learners.self_training:SelfTraining"),
    "laprls": (LapRLSSpec, "boundaryviz.learners.laprls:LapRLS"),
    **{name: (spec, "boundaryviz.learners.estimators:Estimator") for name, spec in ESTIMATORS.items()},
    "RandomForestClassifier": (RandomForestClassifierSpec, "boundaryviz.learners.estimators:Forest"),
}


def is_supervised(name: str) -> bool:
    """Whether the learner of this family looks at labelled points alone."""
    return name in ("mlp", "logistic", *ESTIMATORS)


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
    seed: int = setting(0, "Seed", "Initial weights, batches and noise.", ge=0, le=LARGEST_SEED)
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
