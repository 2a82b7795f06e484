"""What every section of the table has in common: how it is found, how much work it does, and what its bounds say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from math import inf

MODULES = (
    "training",
    "compiled",
    "twins",
    "dose",
    "effect_maps",
    "influences",
    "studies",
    "sizes",
    "wide",
    "surfaces",
    "film",
    "evaluations",
    "recording",
    "peaks",
    "saving",
    "gradients",
    "without_labels",
    "captions",
    "window",
)
"""The modules that hold sections, in the order of the table."""


class NotHere(Exception):
    """This machine lacks what a section measures with; the message says what, and how to get it."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what is measured `against` what, and what is `reached`.

    floor: what is reached at least, and ceiling: at most, in the same unit (x as often, %, ms, ...); None: no bound.
    aim: what it is to come to, where it has not yet: printed and not held, so that the bound keeps what there is.
    """

    what: str
    against: str
    detail: str = ""
    reached: float | None = None
    floor: float | None = None
    ceiling: float | None = None
    unit: str = "×"
    aim: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether its bounds hold; None where there is none."""
        if self.reached is None or (self.floor is None and self.ceiling is None):
            return None
        low, high = -inf if self.floor is None else self.floor, inf if self.ceiling is None else self.ceiling
        return low <= self.reached <= high

    @property
    def reaches(self) -> bool | None:
        """Whether it has come to its aim; None where there is none."""
        if self.reached is None or self.aim is None:
            return None
        return self.reached >= self.aim if self.floor is not None else self.reached <= self.aim

    @property
    def measured(self) -> str:
        """What is reached, with its unit; nothing where nothing is."""
        return "" if self.reached is None else _number(self.reached, self.unit)

    @property
    def bounds(self) -> str:
        """What is asked, in words."""
        signs = ("≥", self.floor), ("≤", self.ceiling), ("aim", self.aim)
        return ", ".join(f"{sign} {_number(bound, self.unit)}" for sign, bound in signs if bound is not None)


def _number(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"×{number}" if unit == "×" else f"{number} {unit}"


Measure = Callable[[bool], Iterator[Row]]
"""Measures and yields rows. Its argument, `least`, asks for a few iterations on tiny sizes, to see that it all runs."""


@dataclass(frozen=True)
class Section:
    """A part of the table that can be run by its name."""

    name: str
    title: str
    measure: Measure


_SECTIONS: dict[str, Section] = {}


def section(name: str, title: str) -> Callable[[Measure], Measure]:
    """Makes a function a section of the table. Raises ValueError where the name is taken."""

    def enter(measure: Measure) -> Measure:
        if name in _SECTIONS:
            raise ValueError(f"there are two sections {name!r}: give one of them another name")
        _SECTIONS[name] = Section(name, title, measure)
        return measure

    return enter


def sections() -> dict[str, Section]:
    """All there are, by name."""
    for module in MODULES:
        import_module(f"benchmarks.{module}")
    return _SECTIONS
