"""What can be set of the elephant and its fits, as forms show it."""

from __future__ import annotations

from typing import Any

from boundaryviz.scene.elephant import HARMONICS, PARAMETERS, POINTS, SIGMA, Elephant
from boundaryviz.scene.specs import Spec, setting

_USES = (
    ("sin t of its height", "sin t of its length"),
    ("sin 2t of its height", "sin 2t of its length"),
    ("cos 3t of its height", "sin 3t of its length"),
    ("cos 5t of its height", "cos t of its length"),
    ("how far the trunk wiggles", "where the eye is"),
)


def _part(number: int, real: bool) -> Any:
    value = PARAMETERS[number].real if real else PARAMETERS[number].imag
    use = _USES[number][0 if real else 1]
    return setting(value, f"p{number + 1} {'real' if real else 'imaginary'}", f"{use}.".capitalize(), ge=-100, le=100)


class ElephantSettings(Spec):
    """The real and imaginary parts of the five parameters, in the paper's units."""

    real_1: float = _part(0, True)
    imaginary_1: float = _part(0, False)
    real_2: float = _part(1, True)
    imaginary_2: float = _part(1, False)
    real_3: float = _part(2, True)
    imaginary_3: float = _part(2, False)
    real_4: float = _part(3, True)
    imaginary_4: float = _part(3, False)
    real_5: float = _part(4, True)
    imaginary_5: float = _part(4, False)

    @property
    def elephant(self) -> Elephant:
        """The curve."""
        parts = [(getattr(self, f"real_{k}"), getattr(self, f"imaginary_{k}")) for k in range(1, 6)]
        return Elephant(tuple(complex(*part) for part in parts))


class RefitSettings(Spec):
    """Noisy points of the outline, and how many harmonics the curve through them has."""

    harmonics: int = setting(
        HARMONICS,
        "Harmonics",
        "Of the fitted curve, which has 2 (2 n + 1) numbers. The elephant has five.",
        ge=1,
        le=40,
    )
    points: int = setting(POINTS, "Points", "Noisy points of the outline.", ge=10, le=200)
    sigma: float = setting(SIGMA, "Noise", "Standard deviation of their push, in the paper's units.", ge=0, le=20)
    seed: int = setting(0, "Seed", "The same seed draws the same noise.", ge=0, le=2**31 - 1)
