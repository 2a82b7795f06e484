"""What a study varies, as files hold it: axes of settings with their values, seeds, draws of the data, folds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.specs import Spec

MOST_VALUES = 5000
"""Values of an axis."""
MOST_DRAWS = 1000
"""Draws of the data that are asked for by their number."""
_RANGE = ("from", "to", "count", "step", "scale")
_FAR = 1e15  # ends of a range
_LONG = 80  # characters of a value that are repeated

Scale = Literal["linear", "log"]


class Axis(Spec):
    """A setting by its dotted path, and the values it takes, in their order.

    In a file a range may stand for the values: `from` and `to`, both of them included, with a `count` or a `step`
    (a factor where the `scale` is "log"); see `ranged`.
    """

    path: str = Field(min_length=1)
    values: tuple[Any, ...]

    @model_validator(mode="before")
    @classmethod
    def _spread_out(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or not any(name in given for name in _RANGE):
            return given
        kept = {name: value for name, value in given.items() if name not in _RANGE}
        if "values" in kept:
            raise ValueError("give values, or a range (from, to), and not both")
        return kept | {"values": ranged(**{_NAMES.get(n, n): given[n] for n in _RANGE if n in given})}

    @field_validator("values")
    @classmethod
    def _plain(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """As a file gives them back: what lies within is a list. Runs of a value that stood there twice would be taken
        for repeats."""
        if not values:
            raise ValueError("an axis has at least one value; there are none")
        if len(values) > MOST_VALUES:
            raise ValueError(f"an axis has at most {MOST_VALUES:,} values; these are {len(values):,}")
        found = tuple(list(value) if isinstance(value, tuple) else value for value in values)
        counts = Counter(map(_key, found))
        if twice := [value for value in found if counts[_key(value)] > 1]:
            raise ValueError(f"give each value once; {one_line(repr(twice[0]), _LONG)} stands there more than once")
        return found


def _key(value: Any) -> Any:
    """Equal where values are: 2 and 2.0 are one."""
    if isinstance(value, list | tuple):
        return ("list", *map(_key, value))
    return repr(value) if isinstance(value, Mapping) else value


_NAMES = {"from": "first", "to": "last"}


def ranged(
    first: Any = None, last: Any = None, count: Any = None, step: Any = None, scale: Any = "linear"
) -> tuple[int, ...] | tuple[float, ...]:
    """The values from `first` to `last`: `count` of them evenly apart, or as many as `step` (1 where neither is given;
    a factor, 2, on a logarithmic scale) has room for.

    Each stands there once. They are whole where both ends are, unless a linear range would have them less than 1 apart.
    Fractions have six digits. Raises ValueError, in words, for what makes no range.
    """
    if scale not in ("linear", "log"):
        raise ValueError('scale must be "linear" or "log"')
    ends = (first, last)
    if not all(isinstance(end, int | float) and not isinstance(end, bool) and abs(end) <= _FAR for end in ends):
        raise ValueError(f"a range needs from and to, numbers within {_FAR:g} of 0")
    log = scale == "log"
    if log and min(ends) <= 0:
        raise ValueError("on a logarithmic scale from and to are above 0")
    if count is not None and step is not None:
        raise ValueError("a range has a count or a step, and not both")
    places = _counted(first, last, count, log) if count is not None else _stepped(first, last, step, log)
    close = not log and len(places) > 1 and abs(places[1] - places[0]) < 1
    if all(isinstance(end, int) for end in ends) and not close and (log or step is None or isinstance(step, int)):
        return tuple(dict.fromkeys(int(place) for place in np.rint(places)))
    return tuple(dict.fromkeys(float(f"{place:.6g}") for place in places))


def _counted(first: float, last: float, count: Any, log: bool) -> list[float]:
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_VALUES:
        raise ValueError(f"count is a whole number from 1 to {MOST_VALUES:,}")
    found = np.geomspace(first, last, count) if log else np.linspace(first, last, count)
    return [float(place) for place in found]


def _stepped(first: float, last: float, step: Any, log: bool) -> list[float]:
    step = (2 if log else 1) if step is None else step
    least = 1 if log else 0
    if isinstance(step, bool) or not isinstance(step, int | float) or not math.isfinite(step) or step <= least:
        raise ValueError(f"step is a number above {least}; it leads from the smaller end to the larger, or back")
    away = abs(math.log(last / first)) / math.log(step) if log else abs(last - first) / step
    if away >= MOST_VALUES:
        raise ValueError(f"an axis has at most {MOST_VALUES:,} values; this step makes about {away:,.0f}")
    steps = range(math.floor(away + 1e-9) + 1)
    if log:
        return [first * step ** (k if last >= first else -k) for k in steps]
    return [first + (k if last >= first else -k) * step for k in steps]


class StudySpec(Spec):
    """Every combination of the axes' values, the last axis running fastest, over seeds, draws of the data and folds.

    seeds: of training, how many, from the scenario's own on, or which; a learner with nothing random in training has
    one. data_seeds: which seeds the points are drawn with, or how many: draw s of a scenario whose `data.seed` is d
    has the seed 1000 d + s; None: the points of the scenario. folds: k-fold cross-validation of the training points
    beside the model of them all, 0 for none. twin: also without the poison. steps: of training, None for the
    scenario's. report: what is to be read off the results, by its name; empty for nothing. measure: which of the runs'
    it reads, empty for the test error. floor: what is taken off it before a law is fitted.
    """

    axes: tuple[Axis, ...] = ()
    seeds: int | tuple[int, ...] = 1
    data_seeds: int | tuple[int, ...] | None = None
    folds: int = Field(default=0, ge=0, le=1000)
    twin: bool = False
    steps: int | None = Field(default=None, ge=1)
    report: str = ""
    measure: str = ""
    floor: float = 0.0

    @field_validator("axes")
    @classmethod
    def _apart(cls, axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
        if len({axis.path for axis in axes}) < len(axes):
            raise ValueError("each setting is varied by one axis")
        return axes

    @field_validator("folds")
    @classmethod
    def _some(cls, folds: int) -> int:
        if folds == 1:
            raise ValueError("one fold leaves nothing to train on; 0 is none, 2 the fewest")
        return folds
