"""Measures that no single run has, such as those of a study: their prefix in `[expect]`, and who takes them.

Nothing heavy: the crossing to what trains is a string.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boundaryviz.engine.height_map import NEAR
from boundaryviz.record import attacked, effect_map, embedded, evading
from boundaryviz.record.decomposition import MEASURES
from boundaryviz.record.influence import METHODS
from boundaryviz.record.measures import Measure
from boundaryviz.record.poison_count import SIZES, WAYS
from boundaryviz.record.reports import REPORTS
from boundaryviz.record.transfer import PARTIES, RANDOM

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
    "evasion": Source("boundaryviz.studies.evading:plan", evading.MEASURES),
    "defence": Source(
        "boundaryviz.studies.defending:plan",
        {
            "true_positive_rate": Measure("share of the attack's points that the defence removes", True),
            "false_positive_rate": Measure("share of the clean points that the defence removes", True),
            "error": Measure("test error of the defended model under the attack", True),
            "undefended_error": Measure("test error of the undefended model under the attack", True),
            "clean_error": Measure("test error of the defended model without the attack", True),
        },
    ),
    "heights": Source(
        "boundaryviz.studies.heights:plan",
        {
            "within": Measure(f"share of the plane with the boundary within {NEAR:g} over or under it", True),
            "distance": Measure("median way off the plane from a training point to the boundary"),
            "off_plane": Measure("median share of the length of the shortest push that leads off the plane", True),
            "gain": Measure("times as far as that by adversarial training"),
        },
    ),
    "influence": Source(
        "boundaryviz.studies.influence:plan",
        {
            "spearman": Measure("rank correlation of the learner's first method with leaving each point out"),
            "ceiling": Measure("rank correlation of leaving each point out with another seed"),
            "beyond": Measure("what the first method has beyond another seed's rank correlation"),
        }
        | {
            name: Measure(f"rank correlation of the {words} with leaving each point out")
            for name, words in METHODS.items()
        },
    ),
    "embedding": Source("boundaryviz.studies.embedding:plan", embedded.MEASURES),
    "elephant": Source(
        "boundaryviz.studies.elephant:plan",
        {
            f"{side}_error_{harmonics}": Measure(f"distance from the {words} at {harmonics} harmonics")
            for side, words in (("train", "noisy points"), ("outline", "elephant"))
            for harmonics in ELEPHANT
        },
    ),
    "count": Source(
        "boundaryviz.studies.poison_count:plan",
        {
            f"{way.name}_{size}{of}": Measure(f"{words} of {size:,}, {way.title}", of == "_reach")
            for way in WAYS
            for size in SIZES
            for of, words in (("", "poison needed"), ("_reach", "test points flipped"))
        }
        | {
            f"{way.name}_slope{of}": Measure(f"slope of the {words}, {way.title}")
            for way in WAYS
            for of, words in (("", "count"), ("_share", "share"))
        },
    ),
    "trigger": Source(
        "boundaryviz.studies.triggering:plan",
        {
            "success": Measure(
                "share of triggered test points that the poisoned model gives to the wanted class", True
            ),
            "clean_success": Measure("share of them that the clean twin gives to it as well", True),
        },
    ),
    "transfer": Source(
        "boundaryviz.studies.transfer:plan",
        {
            f"{made}_{tried.name}": Measure(f"rise of the error of {tried.title} by poison made for {title}", True)
            for made, title in [*((one.name, one.title) for one in PARTIES if one.crafts), ("flips", RANDOM)]
            for tried in PARTIES
        },
    ),
}
"""By prefix: `NAME.measure` in `[expect]`."""
