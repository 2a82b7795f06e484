"""How two planes share a place: beside or above each other, whichever shows the data larger, and in its shape."""

from __future__ import annotations

UNBOUNDED = 16_777_215  # Qt's largest size of a widget
_SLACK = 1.35  # how much longer than the data a plane may be, so that there is some ground around
_KEEP = 1.04  # times larger the data must become before the planes are laid out the other way


def scale(across: float, up: float, aspect: float, around: tuple[float, float], stacked: bool) -> float:
    """Pixels for each unit, of data that are `aspect` units wide and 1 high, in each of two planes.

    across, up: pixels that both have. around: width and height that axes and titles of each take.
    """
    width = across / (1 if stacked else 2) - around[0]
    height = up / (2 if stacked else 1) - around[1]
    return max(min(width / aspect, height), 0.0)


def stacks(across: float, up: float, aspect: float, around: tuple[float, float], stacked: bool = False) -> bool:
    """Whether the planes stand above each other. stacked: whether they do now, which they keep for a small gain."""
    beside, above = (scale(across, up, aspect, around, way) for way in (False, True))
    return above * _KEEP > beside if stacked else above > beside * _KEEP


def fitting(across: float, up: float, aspect: float, around: tuple[float, float], stacked: bool) -> tuple[int, int]:
    """The largest width and height of each plane with what is around it: about the data's shape, not a long slot."""
    if stacked:
        height = max(up / 2 - around[1], 1.0)
        return round(_SLACK * height * aspect + around[0]), UNBOUNDED
    width = max(across / 2 - around[0], 1.0)
    return UNBOUNDED, round(_SLACK * width / aspect + around[1])
