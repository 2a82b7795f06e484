"""Settings of training, which every learner is given. Free of torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from typing_extensions import override

from boundaryviz.scene.specs import Spec, setting

Optimiser = Literal["sgd", "momentum", "adam", "adamw"]

Stopping = Literal["off", "patience", "GL", "PQ", "UP"]
STOPPING = ("patience", "tolerance", "most_loss", "restore_best")
"""The settings of early stopping beside the rule."""

LARGEST_SEED = 2**31 - 1


class TrainingSpec(Spec):
    """How the learner is trained."""

    steps: int = setting(
        2000, "Steps", "How long a run lasts; in the window, where training rests until it is told to go on.",
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
    clip: float = setting(
        0.0, "Clip gradients", "The longest that the gradient of one point may be; longer ones are shortened, so that "
        "no point can pull harder. 0 leaves them.", ge=0.0, le=1e6, log=True, advanced=True, since=6,
    )  # fmt: skip
    gradient_noise: float = setting(
        0.0, "Gradient noise", "Standard deviation of the noise on each gradient, over what one clipped point adds to "
        "it: with clipping the steps of DP-SGD. No privacy budget is worked out.",
        ge=0.0, le=1e3, log=True, advanced=True, since=6,
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

    early_stopping: Stopping = setting(
        "off", "Early stopping", "Training ends by itself once the validation loss no longer falls: after some "
        "evaluations in a row, or as Prechelt's GL, PQ and UP have it.", since=5,
        choices={"off": "off", "patience": "after patience", "GL": "GL, so far above the lowest",
                 "PQ": "PQ, GL over progress", "UP": "UP, rises in a row"},
    )  # fmt: skip
    patience: int = setting(
        20, "Patience", "Evaluations in a row without a lower validation loss, or of UP the rises in a row, after "
        "which training stops.", ge=1, le=100_000, log=True, since=5,
    )  # fmt: skip
    tolerance: float = setting(
        1e-4, "Tolerance", "By how much a validation loss has to be lower to count as lower.", ge=0.0, le=10.0,
        log=True, advanced=True, since=5,
    )  # fmt: skip
    most_loss: float = setting(
        5.0, "Most loss", "Of GL, by how many percent the validation loss may lie above the lowest; of PQ, how many "
        "times as many as thousandths by which the training loss still falls.", gt=0.0, le=1e6, log=True,
        advanced=True, since=5,
    )  # fmt: skip
    restore_best: bool = setting(
        True, "Keep the best", "Go back to the weights of the lowest validation loss when it stops.", since=5
    )

    def unused(self) -> Mapping[str, str]:
        """The momentum of optimisers that have none, and what the rule of early stopping does not ask for."""
        momentum = {} if self.optimiser == "momentum" else {"momentum": "only 'SGD + momentum' uses it"}
        if not self.clip:
            momentum["gradient_noise"] = "there is noise on clipped gradients alone"
        if self.early_stopping == "off":
            return momentum | dict.fromkeys(STOPPING, "early stopping is off")
        asked = {
            "patience": ("patience", "UP"), "tolerance": ("patience",), "most_loss": ("GL", "PQ"),
        }  # fmt: skip
        rule = {name: "this rule has none" for name, those in asked.items() if self.early_stopping not in those}
        return momentum | rule

    @override
    def model_post_init(self, _context: object, /) -> None:
        if isinstance(self.batch_size, int) and self.batch_size < 1:
            raise ValueError("batch size is a number from 1 up, or 'full'")
