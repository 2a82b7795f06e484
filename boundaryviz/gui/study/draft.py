"""A study as it is typed: text of values, counts, a scale; and the specification that it comes to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from boundaryviz.gui.study.varied import Varied
from boundaryviz.gui.widgets.fields import number_words
from boundaryviz.scenario import sweep
from boundaryviz.scenario.emptiness import NOTHING, field_of, may_be_empty
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.study_spec import Axis, StudySpec, ranged
from boundaryviz.scenario.text import parsed

_END = r"[^\[\],]+?(?:,\d{3})*"  # of a range, with commas between thousands at most
_RANGE = re.compile(rf"\s*(?P<first>{_END})\s*\.\.\s*(?P<last>{_END})\s*")
_FEW = 3  # whole numbers in a row from which on they are written as a range


class DraftError(ValueError):
    """What was typed makes no study; its text is a sentence that says what to write."""


@dataclass(frozen=True)
class AxisDraft:
    """One axis. path: '' for none. values: 'FIRST..LAST', or some with commas between. count: of a range, None for
    every whole number. log: a range grows by a factor."""

    path: str = ""
    values: str = ""
    count: int | None = None
    log: bool = False

    @classmethod
    def of(cls, proposed: Varied) -> AxisDraft:
        """As it is proposed."""
        return cls(proposed.path, proposed.values, proposed.count, proposed.log)

    @classmethod
    def written(cls, axis: Axis) -> AxisDraft:
        """That of a file, whose values are all there."""
        return cls(axis.path, values_text(axis.values))

    @property
    def is_range(self) -> bool:
        """Whether count and scale mean anything."""
        return _RANGE.fullmatch(self.values) is not None

    def axis(self, scenario: Scenario) -> Axis:
        """Raises DraftError."""
        if not self.values.strip():
            raise DraftError("Give the values: a range such as 1..60, or some such as 1, 2, 5.")
        try:
            found = _RANGE.fullmatch(self.values)
            if found is None:
                return Axis(path=self.path, values=self._listed(scenario))
            first, last = (_number(found[end]) for end in ("first", "last"))
            count = 12 if self.count is None and (self.log or not _whole(first, last)) else self.count
            values = ranged(first, last, count, scale="log" if self.log else "linear")
            return Axis(path=self.path, values=values)
        except sweep.SweepError as error:
            raise DraftError(sentence(error.words)) from None
        except ValueError as error:
            raise DraftError(sentence(_first_line(error))) from None

    def _listed(self, scenario: Scenario) -> tuple[Any, ...]:
        if self.values.strip() == NOTHING and may_be_empty(field_of(scenario, self.path)):
            return (None,)
        single = parsed(self.values.strip())
        if "," not in self.values or (isinstance(single, list) and self.values.count("[") == 1):
            return (single,)
        return tuple(sweep.parse(f"{self.path}={self.values}", sweep.MOST, scenario)[1])


@dataclass(frozen=True)
class StudyDraft:
    """All of it. axes: the second one may be none. draws: of the data, 0 for the points as they are. steps: None for
    the scenario's. measure, floor: what a file says of its report. seeds, draws: a number of them, or which, where a
    file says so."""

    axes: tuple[AxisDraft, AxisDraft] = (AxisDraft(), AxisDraft())
    seeds: int | tuple[int, ...] = 1
    draws: int | tuple[int, ...] = 0
    folds: int = 0
    steps: int | None = None
    report: str = ""
    twin: bool = False
    measure: str = ""
    floor: float = 0.0

    @classmethod
    def of(cls, spec: StudySpec) -> StudyDraft:
        """What a scenario brings; the window takes two axes at most."""
        first, second, *_ = (*map(AxisDraft.written, spec.axes), AxisDraft(), AxisDraft())
        draws = 0 if spec.data_seeds is None else spec.data_seeds
        return cls(
            (first, second), spec.seeds, draws, spec.folds, spec.steps, spec.report, spec.twin, spec.measure, spec.floor
        )

    def spec(self, scenario: Scenario) -> StudySpec:
        """Raises DraftError for what is no axis, and for two of the same setting. Along two nothing is read off."""
        if not self.axes[0].path:
            raise DraftError("Choose a setting to vary.")
        axes = tuple(axis.axis(scenario) for axis in self.axes if axis.path)
        read: dict[str, Any] = {"report": self.report, "measure": self.measure, "floor": self.floor}
        try:
            return StudySpec(
                axes=axes, seeds=self.seeds, data_seeds=self.draws or None, folds=self.folds, twin=self.twin,
                steps=self.steps, **(read if self.report and len(axes) == 1 else {}),
            )  # fmt: skip
        except ValueError as error:
            raise DraftError(sentence(_first_line(error))) from None

    def with_axis(self, number: int, axis: AxisDraft) -> StudyDraft:
        """With another axis in this place."""
        axes = list(self.axes)
        axes[number] = axis
        return replace(self, axes=(axes[0], axes[1]))


def values_text(values: Sequence[Any]) -> str:
    """Values as they are typed: '1..60', '1, 2, 5', '[4], [8, 8]'."""
    whole = all(isinstance(value, int) and not isinstance(value, bool) for value in values)
    if whole and len(values) >= _FEW and list(values) == list(range(values[0], values[0] + len(values))):
        return f"{values[0]}..{values[-1]}"
    return ", ".join(_typed(value) for value in values)


def _typed(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _number(text: str) -> Any:
    found = parsed(text.replace(",", ""))
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError("the ends of a range are numbers, such as 1..60")
    return int(found) if "." not in text and float(found).is_integer() else found  # 1e3 is as whole as 1000


def _whole(*ends: Any) -> bool:
    return all(isinstance(end, int) for end in ends)


def _first_line(error: ValueError) -> str:
    """What pydantic and our own checks say, without its frame."""
    problems = getattr(error, "errors", None)
    return str(problems()[0]["msg"]).removeprefix("Value error, ") if problems is not None else str(error)


def sentence(words: str) -> str:
    """With a capital and a full stop."""
    words = words.strip()
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?", "!")) else ".")


def many_words(number: int, one: str) -> str:
    """'1 run', '20 runs'."""
    return f"{number_words(number)} {one}{'s' * (number != 1)}"
