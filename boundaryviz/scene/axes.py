"""Whether the two axes of a plane share one scale, and distances where they do not.

Window, figures and films are told by one switch, `AxesChoice`. Attacks ask the domain alone, `Domain.stretch`, so that
what they place does not depend on who looks.
"""

from __future__ import annotations

from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain

AxesChoice = Literal["auto", "equal", "free"]
AXES: dict[AxesChoice, str] = {
    "auto": "equal, but free where one side of the plane is more than three times as long as the other",
    "equal": "one unit is as long on both axes",
    "free": "each axis fills the plane with its own units",
}
"""The choices, and what each does."""


def checked(choice: str) -> AxesChoice:
    """Raises ValueError for what is none of the choices."""
    if choice not in get_args(AxesChoice):
        raise ValueError(f"axes are {', '.join(AXES)}, not {choice!r}")
    return cast(AxesChoice, choice)


def one_scale(choice: AxesChoice, domain: Domain) -> bool:
    """Whether one unit is as long on both axes of a plane with this domain."""
    return domain.is_even if choice == "auto" else choice == "equal"


def as_seen(xy: NDArray[np.float64], stretch: float) -> NDArray[np.float64]:
    """Places or steps (..., 2) in units of x on both axes, so that distances among them are those one sees.

    stretch: how many units of y are as long as one of x.
    """
    return xy if stretch == 1.0 else xy / (1.0, stretch)


def as_given(xy: NDArray[np.float64], stretch: float) -> NDArray[np.float64]:
    """From what `as_seen` gives, back to data coordinates."""
    return xy if stretch == 1.0 else xy * (1.0, stretch)
