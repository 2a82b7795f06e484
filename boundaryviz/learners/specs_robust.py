"""The settings of robust training, and of what only looks robust: masks over a net that is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from typing_extensions import override

from boundaryviz.learners.needs import Needs, Size, summed
from boundaryviz.learners.specs_net import NetSpec
from boundaryviz.scene.specs import setting

if TYPE_CHECKING:
    from boundaryviz.learners.training_spec import TrainingSpec

Robustly = Literal["none", "noise", "pgd", "trades"]
Norm = Literal["l2", "linf"]
Masking = Literal["none", "saturated", "quantised", "wiggle", "noise"]

STRENGTHS: Mapping[str, float] = {"saturated": 100.0, "quantised": 0.2, "wiggle": 0.06, "noise": 0.3}
"""How strong each mask is where nothing else is said."""


PUSHED = "no robust training, a smaller batch or fewer seeds"

BY_LOGITS = frozenset({"cross-entropy", "focal", "generalised"})
"""The losses of probabilities, which take the outputs for logits of one class each."""


class RobustSpec(NetSpec):
    """What nets that learn from labels have besides."""

    robust: Robustly = setting(
        "none", "Robust training",
        "What is taught in place of each point: a noisy copy; the place within the radius where the loss is largest, "
        "as projected gradient ascent finds it (adversarial training); or the point, and the same answer around it "
        "(TRADES). Where a net has nothing to overfit, it changes little.",
        choices={"none": "none", "noise": "Gaussian noise", "pgd": "adversarial (PGD)", "trades": "TRADES"}, since=7,
    )  # fmt: skip
    robust_epsilon: float = setting(
        0.2, "Radius", "How far a point may be pushed in training, in the units of the scene; of noise its standard "
        "deviation. Beyond half the distance between classes nothing right is left to be learnt.",
        ge=0.0, le=100.0, log=True, since=7,
    )  # fmt: skip
    robust_norm: Norm = setting(
        "l2", "Norm", "Whether the length of a push, or the longer of its sides, stays within the radius.",
        choices={"l2": "length (L2)", "linf": "largest side (L∞)"}, advanced=True, since=7,
    )  # fmt: skip
    robust_steps: int = setting(
        7, "Steps of a push", "Steps up the loss in each training step, each of which takes about as long as a whole "
        "step of usual training.", ge=1, le=100, advanced=True, since=7,
    )  # fmt: skip
    robust_step: float = setting(
        2.5, "Length of these steps", "Times the radius, divided among the steps; more than 1, so that any place "
        "within can be reached.", gt=0.0, le=100.0, log=True, advanced=True, since=7,
    )  # fmt: skip
    trades_beta: float = setting(
        6.0, "Weight of TRADES", "What the same answer around a point counts, beside a right one at the point.",
        ge=0.0, le=1e3, log=True, advanced=True, since=7,
    )  # fmt: skip
    mask: Masking = setting(
        "none", "Mask",
        "What is done to the net when it is asked, not when it is trained, and makes it look robust: answers so sure "
        "that their slope is rounded away; inputs rounded to a grid; inputs that wiggle, so that slopes point "
        "anywhere; inputs with noise. It hides the slope that an attack follows, and moves the boundary hardly at all.",
        choices={"none": "none", "saturated": "saturated answers", "quantised": "rounded inputs",
                 "wiggle": "wiggling inputs", "noise": "noisy inputs"}, advanced=True, since=7,
    )  # fmt: skip
    mask_strength: float | None = setting(
        None, "Strength of the mask", "What outputs are multiplied by (100); or in the units of the scene the width of "
        "the grid (0.2), the height of the wiggle (0.06), the standard deviation of the noise (0.3). Empty takes the "
        "number in brackets.", gt=0.0, le=1e6, advanced=True, since=7,
    )  # fmt: skip

    @override
    def model_post_init(self, _context: object, /) -> None:
        super().model_post_init(_context)
        if self.robust == "trades" and self.loss not in BY_LOGITS:
            raise ValueError(
                f"TRADES compares probabilities, and with the {self.loss} loss a net has none; take cross-entropy, or "
                "noise or adversarial training"
            )

    @override
    def unused(self) -> Mapping[str, str]:
        """As of other nets, and what this robust training or this mask does not ask for."""
        pushes = ("robust_norm", "robust_steps", "robust_step")
        idle: dict[str, str] = {}
        if self.robust == "none":
            idle = dict.fromkeys(("robust_epsilon", *pushes), "training is not robust")
        elif self.robust == "noise":
            idle = dict.fromkeys(pushes, "noise goes up no slope")
        if self.robust != "none" and not self.robust_epsilon:
            idle["robust"] = "within a radius of 0 nothing is pushed"
        if self.robust != "trades":
            idle["trades_beta"] = "only TRADES weighs one against the other"
        if self.mask == "none":
            idle["mask_strength"] = "there is no mask"
        return {**super().unused(), **idle}

    @override
    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """As of other nets, and what is drawn for each replica's own pushes."""
        needs = super().memory(size, training)
        if self.robust == "none":
            return needs
        batch = size.labelled if training.batch_size == "full" else min(training.batch_size, size.labelled)
        return summed(needs, {PUSHED: 32.0 * size.replicas * batch * (size.width + 3)})

    @override
    def _activations(self, size: Size, training: TrainingSpec) -> float:
        return super()._activations(size, training) * (2 if self.robust == "trades" else 1)

    @property
    @override
    def bound_to_units(self) -> str:
        """Of lengths in the scene."""
        lengths = self.robust != "none" or self.mask in ("quantised", "wiggle", "noise")
        return "points are pushed by so many units of the scene" if lengths else ""

    @property
    def masked_by(self) -> float:
        """How strong the mask is."""
        return STRENGTHS.get(self.mask, 0.0) if self.mask_strength is None else self.mask_strength
