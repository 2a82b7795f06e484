"""What the specs of all networks share: what a net is shown of a point, and how its weights begin."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AfterValidator, Field
from typing_extensions import override

from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.needs import INPUTS, Needs, Size, summed
from boundaryviz.scene.specs import setting

if TYPE_CHECKING:
    from boundaryviz.learners.training_spec import TrainingSpec

Activation = Literal["relu", "tanh", "sigmoid", "gelu", "sine", "linear"]
Feature = Literal["x", "y", "x2", "y2", "xy", "sin_x", "sin_y"]
HiddenLayers = tuple[Annotated[int, Field(ge=1, le=256)], ...]

FEATURE_WORDS: dict[str, str] = {
    "x": "x", "y": "y", "x2": "x²", "y2": "y²", "xy": "x·y", "sin_x": "sin x", "sin_y": "sin y",
}  # fmt: skip
ACTIVATION_WORDS = {
    "relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid", "gelu": "GELU", "sine": "sine", "linear": "linear",
}  # fmt: skip


FIT_RESPONSES = frozenset({"absolute", "squared"})
"""The losses that fit responses, where points have any."""

NET, BATCH, FOURIER = "a smaller net or fewer seeds", "a smaller batch", "fewer Fourier features"
DEALT, DROPPED = "fewer points or seeds", "no dropout, a smaller batch or fewer seeds"
SHARD: Final = 1 << 17
"""Floats of the widest layer that are worked out at once in training; beyond it they leave the second-level cache."""
COMPILED_INPUTS = 4096
"""Up to how many inputs nets are trained by the compiled program; units and classes do not matter, see decision 66."""
_ASKED = 1 << 18  # and when asked


def _without_repeats(values: tuple) -> tuple:
    if len(set(values)) != len(values):
        raise ValueError("a feature is listed twice")
    return values


class NetSpec(LearnerSettings):
    """Inputs and initial weights of a network."""

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
    init: Literal["fan-in", "playground"] = setting(
        "fan-in", "Initial weights",
        "Uniform within 1 over the square root of the fan-in, or the Playground's U(-0.5, 0.5) with bias 0.1.",
        choices={"fan-in": "by fan-in", "playground": "Playground"}, advanced=True, resets=True,
    )  # fmt: skip

    init_off_plane: float = setting(
        1.0, "Initial weights off the plane", "So many times as large the first layer's initial weights are in the "
        "directions that lead off the plane that points were lifted from. Nothing in training makes them smaller but a "
        "penalty, or points that lie off it.", gt=0.0, le=100.0, log=True, advanced=True, resets=True, since=7,
    )  # fmt: skip

    @override
    def model_post_init(self, _context: object, /) -> None:
        if not self.features and not self.fourier:
            raise ValueError("a model needs at least one input feature")

    def unused(self) -> Mapping[str, str]:
        """The frequency of Fourier features where there are none."""
        return {} if self.fourier else {"fourier_scale": "there are no Fourier features"}

    @property
    @override
    def bound_to_origin(self) -> str:
        """Of any net."""
        return "it begins with small weights, which are another function where the origin lies elsewhere"

    def misfit(self, width: int) -> Mapping[str, str]:
        """The features, where they are of places alone and the points are none."""
        if width == 2 or set(self.features) in (set(), {"x", "y"}):
            return {}
        shown = ", ".join(FEATURE_WORDS[name] for name in self.features)
        return {
            "features": f"{shown} can be had of places on a plane alone, and these points have {width:,} "
            f"input{'s' * (width != 1)}; take x and y, which then stand for all of them"
        }

    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """What R nets on N points need, asked about M points at once."""
        dims, replicas = self._dims(size), size.replicas
        parameters = sum((before + 1) * after for before, after in pairwise(dims))
        slots = {"sgd": 0, "momentum": 1}.get(training.optimiser, 2)
        asked = min(size.asked, max(256, _ASKED // (replicas * max(dims))))
        return summed(
            {NET: 4 * replicas * parameters * (5 + 2 * slots) + 16 * replicas * asked * max(dims)},
            {DEALT: replicas * (50 * self._dealt(size, training) + (14 * size.classes + 6) * size.asked)},
            {BATCH: 4 * self._activations(size, training)},
            {FOURIER: 42 * self.fourier * size.training},
            {INPUTS: 30.0 * max(size.width - 2, 0) * (size.training + size.asked)},
        )

    def _dims(self, size: Size) -> tuple[int, ...]:
        """Inputs, units of the hidden layers, outputs."""
        return self._shown(size.width), *getattr(self, "hidden", ()), size.classes

    def _shown(self, width: int) -> int:
        """How many inputs the first layer has, of points with so many."""
        return (len(self.features) if width == 2 else width * bool(self.features)) + 2 * self.fourier

    def _too_wide(self, width: int) -> str:
        """Why nets that are shown so much are not compiled, empty where they are."""
        if (shown := self._shown(width)) <= COMPILED_INPUTS:
            return ""
        return (
            f"a net that is shown {shown:,} numbers of each point is not compiled; beyond {COMPILED_INPUTS:,} torch is "
            "as quick"
        )

    def _dealt(self, size: Size, training: TrainingSpec) -> float:
        """For how many points of each replica it is told when they come: for many batches of a few points each,
        poison fills up each batch to eights."""
        return padded(size.labelled, size.poison[0], training.batch_size)

    def _activations(self, size: Size, training: TrainingSpec) -> float:
        """Numbers that are held between forward and backward pass."""
        return 0.0


def padded(points: int, poison: bool, batch_size: int | str) -> float:
    """For how many points it is told when they come, where these, some poison or not, are dealt out in batches of such
    a size."""
    if batch_size == "full" or not poison or not points:
        return points
    return points * (1.0 + 8.0 / min(int(batch_size), points))


def at_once(size: Size, points: int, batch_size: int | str, widest: int) -> int:
    """Columns of all replicas that are worked on at once, in batches of this size from so many points."""
    columns = max(points if batch_size == "full" else min(int(batch_size), points), 1)
    return columns * (size.replicas if size.on_gpu else min(size.replicas, max(1, SHARD // (columns * widest))))
