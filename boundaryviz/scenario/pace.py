"""How fast the window trains a scenario: by default so that one sees the boundary form. Other runs pay no heed."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

SLOWEST, FASTEST = 1, 1000
Pace = Annotated[float, Field(ge=SLOWEST, le=FASTEST)] | Literal["auto", "full"]
"""Steps a second, 'full' for as fast as it goes, or 'auto', see `speed`."""

SECONDS: Final = 20.0
"""After which a run comes to `training.steps` by itself."""
LEAST: Final = 50.0
"""Steps a second, where steps are few: below that one would see them one by one."""
SECONDS_HELD: Final = 0.2
"""The same while a hand holds what is trained on,"""
LEAST_HELD: Final = 10_000.0
"""where steps are few."""


def speed(pace: Pace, steps: int, at_once: bool) -> float | None:
    """Steps a second of a run of so many; None for as fast as it goes, as always with what is fitted at once."""
    if pace == "full" or at_once:
        return None
    return max(steps / SECONDS, LEAST) if pace == "auto" else float(pace)


def held_speed(pace: Pace, steps: int, at_once: bool) -> float | None:
    """The same while a hand holds something: the boundary follows within a few frames, and a drag of some seconds does
    not train as long as dozens of runs would."""
    return None if speed(pace, steps, at_once) is None else max(steps / SECONDS_HELD, LEAST_HELD)
