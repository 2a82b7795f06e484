"""Measures that no single run has, such as those of a study: their prefix in `[expect]`, and who takes them.

Nothing heavy: the crossing to what trains is a string.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boundaryviz.record import attacked, effect_map
from boundaryviz.record.decomposition import MEASURES
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


ELEPHANT = (1, 2, 3, 5, 8, 15, 29)
"""Harmonics at which curves are fitted to noisy points of the elephant's outline."""

SOURCES: dict[str, Source] = {
    "study": Source(
        "boundaryviz.studies.reporting:plan",
        {name: measure for report in REPORTS.values() for name, measure in report.MEASURES.items()},
    ),
    "bias_variance": Source(
        "boundaryviz.studies.bias_variance:plan",
        {name: Measure(name.replace("_", " "), not name.startswith("squared")) for name in MEASURES},
    ),
    "map": Source("boundaryviz.studies.mapping:plan", effect_map.MEASURED),
    "attack": Source("boundaryviz.studies.attacking:plan", attacked.MEASURES),
    "elephant": Source(
        "boundaryviz.studies.elephant:plan",
        {
            f"{side}_error_{harmonics}": Measure(f"distance from the {words} at {harmonics} harmonics")
            for side, words in (("train", "noisy points"), ("outline", "elephant"))
            for harmonics in ELEPHANT
        },
    ),
}
"""By prefix: `NAME.measure` in `[expect]`."""
