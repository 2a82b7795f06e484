"""What the specs of all networks share: what a net is shown of a point, and how its weights begin."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from boundaryviz.scene.specs import Spec, setting

Activation = Literal["relu", "tanh", "sigmoid", "gelu", "sine", "linear"]
Feature = Literal["x", "y", "x2", "y2", "xy", "sin_x", "sin_y"]
HiddenLayers = tuple[Annotated[int, Field(ge=1, le=256)], ...]

FEATURE_WORDS: dict[str, str] = {
    "x": "x", "y": "y", "x2": "x²", "y2": "y²", "xy": "x·y", "sin_x": "sin x", "sin_y": "sin y",
}  # fmt: skip
ACTIVATION_WORDS = {
    "relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid", "gelu": "GELU", "sine": "sine", "linear": "linear",
}  # fmt: skip


def _without_repeats(values: tuple) -> tuple:
    if len(set(values)) != len(values):
        raise ValueError("a feature is listed twice")
    return values


class NetSpec(Spec):
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
    input_scale: Literal["raw", "domain"] = setting(
        "raw", "Input scale", "Raw coordinates, or the data's domain scaled to [-1, 1] (for data in large units).",
        choices={"raw": "raw", "domain": "to [-1, 1]"}, advanced=True, resets=True,
    )  # fmt: skip
    init: Literal["fan-in", "playground"] = setting(
        "fan-in", "Initial weights",
        "Uniform within 1 over the square root of the fan-in, or the Playground's U(-0.5, 0.5) with bias 0.1.",
        choices={"fan-in": "by fan-in", "playground": "Playground"}, advanced=True, resets=True,
    )  # fmt: skip

    def model_post_init(self, _context: object, /) -> None:
        if not self.features and not self.fourier:
            raise ValueError("a model needs at least one input feature")
