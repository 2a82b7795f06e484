"""Measures that no single run has, such as those of a study: their prefix in `[expect]`, and who takes them.

Nothing heavy: the crossing to what trains is a string.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boundaryviz.record.measures import Measure
from boundaryviz.record.reports import REPORTS

__all__ = ["SOURCES", "Measure", "Source"]


@dataclass(frozen=True)
class Source:
    """The measures behind one prefix.

    measures: by name. plan: 'module:function', called as `studies.draws.Planner` says, once for each draw of the data
    that a scenario is held on.
    """

    plan: str
    measures: Mapping[str, Measure]


SOURCES: dict[str, Source] = {
    "study": Source(
        "boundaryviz.studies.reporting:plan",
        {name: measure for report in REPORTS.values() for name, measure in report.MEASURES.items()},
    )
}
"""By prefix: `NAME.measure` in `[expect]`."""
