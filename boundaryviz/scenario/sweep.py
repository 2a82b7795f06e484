"""A way through the values of a setting, one run for each: as text, and in words."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from boundaryviz.scenario.emptiness import NOTHING, field_of, may_be_empty, takes
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.text import parsed
from boundaryviz.scene.plain_text import one_line

_RUNS = 48  # over a range of numbers, unless it says how many
MOST = 5000
"""Frames of a film, and values of a list."""
_FAR = 1e15
_LONGEST, _RANGE, _SHOWN = 100_000, 1_000, 80  # characters of the text, of a range in it, and of either in a message
_ENDS = re.compile(r"(?P<first>[^\[\],:]+?)\.\.(?P<last>[^\[\],:]+?)(:(?P<count>\d{1,9}))?")


class SweepError(ValueError):
    """Text that leads nowhere. words: what to write, without that text."""

    def __init__(self, text: str, words: str) -> None:
        super().__init__(f"{one_line(text, _SHOWN)}: {words}")
        self.words = words


def parse(text: str, frames: int, scenario: Scenario) -> tuple[str, list[Any], bool]:
    """The path, its values, and whether they are a range: 'poison.count=0..40', 'data.noise=0..0.5:100' with 100
    values, or 'learner.hidden=[2],[4],[8,8]'. frames: at most so many values of a range, which are
    whole where the setting of the scenario takes no others and both ends are. In a list `none` leaves a setting empty
    that may be. Raises SweepError."""
    if len(text) > _LONGEST:
        raise SweepError(text, f"this is too long; at most {_LONGEST:,} characters are read")
    path, equals, right = (part.strip() for part in text.partition("="))
    if not equals or not path or not right:
        raise SweepError(text, "write PATH=FIRST..LAST or PATH=V1,V2, for example --over poison.count=0..40")
    if len(right) <= _RANGE and (found := _ENDS.fullmatch(right)):
        ends = [parsed(found[end].strip()) for end in ("first", "last")]
        if any(isinstance(end, bool) or not isinstance(end, int | float) for end in ends):
            raise SweepError(text, "the ends of a range are numbers")
        if any(not abs(end) <= _FAR for end in ends):
            raise SweepError(text, f"the ends of a range lie within {_FAR:g} of 0")
        count = int(found["count"]) if found["count"] else min(_RUNS, frames)
        if not 2 <= count <= frames:
            raise SweepError(text, "a range has 2 values at least, and no more than there are frames")
        places = np.linspace(float(ends[0]), float(ends[1]), count)
        if all(isinstance(end, int) for end in ends) and not takes(field_of(scenario, path), float):
            return path, list(dict.fromkeys(int(place) for place in np.round(places))), True
        return path, [float(f"{place:.6g}") for place in places], True
    parts = _parts(right)
    if not 1 < len(parts) <= MOST:
        raise SweepError(text, "give two values at least, separated by commas, or a range FIRST..LAST")
    empty = may_be_empty(field_of(scenario, path))
    return path, [None if empty and part.strip() == NOTHING else parsed(part.strip()) for part in parts], False


def _parts(text: str) -> list[str]:
    """What stands between commas, but for those in brackets."""
    parts, depth, start = list[str](), 0, 0
    for mark in re.finditer(r"[\[\],]", text):
        depth = max(0, depth + {"[": 1, "]": -1, ",": 0}[mark[0]])
        if mark[0] == "," and depth == 0:
            parts.append(text[start : mark.start()])
            start = mark.end()
    return [*parts, text[start:]]


def value_words(value: Any) -> str:
    """A value as a person would write it: '0.05', '16-16'."""
    if value is None:
        return NOTHING
    if isinstance(value, list):
        return "-".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}" if isinstance(value, float) else str(value)


def title_of(scenario: Scenario, path: str) -> str:
    """What a form calls the setting, or else its path; 'poison points' for the poison's points."""
    info = field_of(scenario, path)
    if info is None or info.title is None:
        return path
    return f"Poison {info.title.lower()}" if path.startswith("poison.") else str(info.title)
