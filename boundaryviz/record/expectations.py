"""What a scenario promises of its numbers, and how far that holds on several draws of its data. Nothing heavy.

A key of `[expect]` names a measure: `flip_rate`, `clean.test_error` of the clean twin, `poisoned.test_error` as without
a prefix, `study.rise` of what is more than one run (`record.sources`), and after ` at ` settings it is to be measured
with: `flip_rate at poison.count=3`, several joined by ` and `.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Self

from typing_extensions import override

from boundaryviz.engine.messages import CURVES
from boundaryviz.record.metrics import is_share
from boundaryviz.record.records import Records, Tabular
from boundaryviz.record.seeds import seed_range_words
from boundaryviz.record.sources import SOURCES, Measure
from boundaryviz.record.verdict import DEFENCE
from boundaryviz.scenario.text import parsed
from boundaryviz.scene.plain_text import one_line

Promised = float | tuple[float, float]
"""The largest value, or the least and the largest."""

OF_TWINS = frozenset({"flip_rate", "flip_area", "flip_rate_excess", "poison_rate", "leverage"})
METRICS = OF_TWINS | {
    *CURVES, "generalisation_gap", "best_step", "attack_success_rate", "rule_disagreement", "rule_area",
    "flipped_label_rise", "test_error_rise", "boundary_length", "stopped_step", "kept_step", "steps_saved",
    *DEFENCE,
    "certified_poison",
}  # fmt: skip
"""The measures of runs; `OF_TWINS` are those for which a clean twin is needed."""

ENOUGH = 0.9
"""The share of data seeds on which an expectation has to hold."""

_LONG = 80  # characters of a key that are repeated


class ExpectationError(ValueError):
    """An expectation that cannot be held to anything; its text says which and why."""


@dataclass(frozen=True)
class Expectation:
    """One line of `[expect]`. side: 'clean', a prefix among `SOURCES`, or ''. settings: path -> value, changed for this
    measure alone.

    promised: None for a measure of which nothing is promised.
    """

    key: str
    side: str
    metric: str
    settings: tuple[tuple[str, Any], ...]
    promised: Promised | None = None

    @classmethod
    def parse(cls, key: str, promised: Promised | None = None) -> Self:
        """From a key and its value in a file. Raises ExpectationError."""
        name, _, changes = key.partition(" at ")
        side, _, metric = name.strip().rpartition(".")
        if metric not in _measures(side):
            raise ExpectationError(f"{_shown(key)}: there is no such measure; {_hint(side, metric)}")
        settings = []
        for change in filter(None, changes.split(" and ")):
            path, equals, value = change.partition("=")
            if not equals or not path.strip() or not value.strip():
                raise ExpectationError(f"{_shown(key)}: after 'at' write PATH=VALUE, such as at poison.count=3")
            settings.append((path.strip(), parsed(value.strip())))
        if isinstance(promised, tuple) and promised[0] > promised[1]:
            raise ExpectationError(f"{_shown(key)}: the least value comes first, then the largest")
        return cls(key, "" if side == "poisoned" else side, metric, tuple(settings), promised)

    @property
    def column(self) -> str:
        """What the measure is called among those of its source: 'flip_rate', 'clean.test_error', 'rise' of a study."""
        return f"clean.{self.metric}" if self.side == "clean" else self.metric

    @property
    def source(self) -> str:
        """The prefix of what takes it, where that is not a run; else ''."""
        return self.side if self.side in SOURCES else ""

    @property
    def _measure(self) -> Measure:
        if self.source:
            return SOURCES[self.source].measures[self.metric]
        words = self.metric.replace("_", " ") + " of the clean twin" * bool(self.side)
        return Measure(words, is_share(self.metric))

    @property
    def title(self) -> str:
        """What is measured, in words: 'test error of the clean twin', 'flip rate with poison.count=3'."""
        _, _, changes = self.key.partition(" at ")
        return f"{self._measure.words} with {one_line(changes, _LONG)}" if changes else self._measure.words

    @property
    def needs_twin(self) -> bool:
        """Whether it is measured against a clean twin."""
        return self.side == "clean" or (not self.source and self.metric in OF_TWINS)

    @property
    def is_share(self) -> bool:
        """Whether its values are shares, to be written as per cent."""
        return self._measure.share

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest value; infinite where nothing is promised."""
        if self.promised is None:
            return -math.inf, math.inf
        return self.promised if isinstance(self.promised, tuple) else (-math.inf, self.promised)

    def words(self) -> str:
        """What is promised: 'at most 1 %', '7 % to 14 %', 'exactly 0'."""
        if self.promised is None:
            return "nothing promised"
        least, most = self.bounds
        if least == -math.inf:
            return f"at most {self.value_words(most)}"
        if least == most:
            return f"exactly {self.value_words(most)}"
        return f"{self.value_words(least)} to {self.value_words(most)}"

    def value_words(self, value: float) -> str:
        """A value as it is shown; a dash for what could not be measured."""
        if math.isnan(value):
            return "\u2013"
        return f"{100 * value:.3g} %" if self.is_share else f"{value:,.4g}"


@dataclass(frozen=True)
class Held:
    """One expectation and the value measured on each data seed, the mean over its training seeds.

    NaN: it could not be measured there.
    """

    expectation: Expectation
    values: tuple[float, ...]

    @property
    def kept(self) -> tuple[bool, ...]:
        """On which data seeds it held. A value that could not be measured holds nothing."""
        least, most = self.expectation.bounds
        return tuple(least <= value <= most for value in self.values)

    @property
    def share(self) -> float | None:
        """The share of the data seeds on which it held; None where nothing is promised or measured."""
        if self.expectation.promised is None or not self.values:
            return None
        return sum(self.kept) / len(self.values)

    @property
    def holds(self) -> bool:
        """Whether that is enough."""
        return self.share is None or self.share >= ENOUGH

    @property
    def spread(self) -> tuple[float, float, float] | None:
        """The least value, the median and the largest; None where none was measured."""
        values = sorted(value for value in self.values if not math.isnan(value))
        if not values:
            return None
        middle = len(values) // 2
        median = values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
        return values[0], median, values[-1]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        promised = self.expectation.promised
        return {
            "promised": list(promised) if isinstance(promised, tuple) else promised,
            "values": [None if math.isnan(value) else value for value in self.values],
            "held": self.share,
        }


@dataclass(frozen=True)
class Check(Tabular):
    """A scenario held to its word.

    data_seeds: those that are done. seeds: training seeds over which each value is a mean; 0 where nothing in training
    is random. promises: whether it promises anything. failed: data seed -> why nothing came of it; None for kept
    points. kept: its points are kept in it and no data seed draws them anew, so that there is one value of each measure
    and no data seed. left: how many data seeds, or kept points, are still to come.
    lost: how many trained models the values leave out, because training diverged.
    """

    scenario: str
    title: str
    data_seeds: tuple[int, ...]
    seeds: int
    held: tuple[Held, ...]
    promises: bool = True
    failed: tuple[tuple[int | None, str], ...] = ()
    kept: bool = False
    left: int = 0
    lost: int = 0

    @property
    def started(self) -> bool:
        """Whether there is a value of anything."""
        return bool(self.data_seeds) or (self.kept and not self.left)

    @property
    def holds(self) -> bool | None:
        """Whether each expectation holds on enough of the data seeds; None as long as some are still to come."""
        if self.left:
            return None
        return all(one.holds for one in self.held) and (self.promises or not self.failed)

    def so_far(self) -> str:
        """'so far, on 3 of 20 data seeds'; nothing where all is done."""
        done = len(self.data_seeds)
        return f"so far, on {done:,} of {done + self.left:,} data seeds" if self.left and not self.kept else ""

    def seeds_words(self) -> str:
        """What the values vary over: 'data seeds 0 to 19; the mean of 4 training seeds'."""
        trained = {0: "nothing in training is random", 1: "one training seed"}.get(
            self.seeds, f"the mean of {self.seeds} training seeds"
        )
        if self.lost:
            trained += f"; {self.lost} left out, because training diverged"
        if self.kept:
            return f"one run on the points kept in it, which no data seed draws anew; {trained}"
        if not self.data_seeds:
            return f"no data seed is done; {trained}"
        some = f"data seed{'s' * (len(self.data_seeds) > 1)} {seed_range_words(self.data_seeds)}"
        return "; ".join(filter(None, (self.so_far(), some, trained)))

    def plain(self) -> dict[str, Any]:
        """For JSON, as docs say of `check --json`."""
        found: dict[str, Any] = {
            "holds": self.holds,
            "kept_points": self.kept,
            "data_seeds": list(self.data_seeds),
            "left": self.left,
            "left_out": self.lost,
            "training_seeds": self.seeds,
            "expectations": {one.expectation.key: one.plain() for one in self.held},
        }
        if self.failed:
            found["failed"] = {"kept points" if seed is None else str(seed): words for seed, words in self.failed}
        return found

    @override
    def rows(self) -> Records:
        """A row for each measure and data seed: its value, what was promised, and whether it held."""
        seeds = self.data_seeds or (None,)
        return Records(
            {"scenario": self.scenario, "measure": one.expectation.key, "data_seed": seed, "value": value}
            | dict(zip(("least", "most"), one.expectation.bounds, strict=True))
            | {"held": kept}
            for one in self.held
            for seed, value, kept in zip(seeds, one.values, one.kept, strict=False)
        )

    def __str__(self) -> str:
        lines = [f"{one_line(self.title)}: {self.seeds_words()}"]
        for one in self.held:
            share = "" if one.share is None else f", held on {100 * one.share:.0f} %"
            lines.append(f"  {one_line(one.expectation.key)}: {one.expectation.words()}{share}")
        return "\n".join(lines)


def expectations_of(expect: Mapping[str, Promised], spread: Sequence[str]) -> tuple[list[Expectation], list[str]]:
    """The expectations of a scenario, or where it has none the measures in `spread`, of which nothing is promised.

    Beside them what is wrong, one line each.
    """
    found, problems = [], []
    for key, promised in expect.items():
        try:
            found.append(Expectation.parse(key, promised))
        except ExpectationError as error:
            problems.append(f"expect: {error}")
    return found or [Expectation.parse(key) for key in spread], problems


def _measures(side: str) -> Collection[str]:
    """The names that can follow this prefix; none where it is no prefix."""
    if side in SOURCES:
        return SOURCES[side].measures
    return {"": METRICS, "poisoned": METRICS, "clean": METRICS - OF_TWINS}.get(side, ())


def _hint(side: str, metric: str) -> str:
    """Which measure may have been meant, or which ones there are."""
    known = _measures(side) or METRICS
    near = get_close_matches(metric, known, 1)
    before = f"{side}." if side in SOURCES else ""
    return (
        f"did you mean {before}{near[0]}?"
        if near
        else f"there are: {', '.join(before + name for name in sorted(known))}"
    )


def _shown(key: str) -> str:
    return one_line(key, _LONG)
