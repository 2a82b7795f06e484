"""Measures that no single run has, such as those of a study: their prefix in `[expect]`, and who takes them.

Nothing heavy: the crossing to what trains is a string.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """What a number is. words: for titles, such as 'rise of the test error at the largest size'. share: it is told in
    per cent."""

    words: str
    share: bool = False


@dataclass(frozen=True)
class Source:
    """The measures behind one prefix.

    measures: by name. plan: 'module:function', called as `studies.draws.Planner` says, once for each draw of the data
    that a scenario is held on.
    """

    plan: str
    measures: Mapping[str, Measure]


SOURCES: dict[str, Source] = {}
"""By prefix: `NAME.measure` in `[expect]`."""
