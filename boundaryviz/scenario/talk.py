"""The talk "Machine learning is becoming less dependable": its argument row by row, each step an example with a
sentence."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from boundaryviz.scene.assets import asset


@dataclass(frozen=True)
class Step:
    """An example of the gallery, by name, and what is said of it."""

    scenario: str
    sentence: str


@dataclass(frozen=True)
class Row:
    """A row of the argument, and the steps in which it is told."""

    title: str
    steps: tuple[Step, ...]


@cache
def rows() -> tuple[Row, ...]:
    """The argument, in the order in which it is told."""
    with asset("talk.toml").open("rb") as file:
        return tuple(
            Row(one["title"], tuple(Step(**step) for step in one["step"])) for one in tomllib.load(file)["row"]
        )


def steps() -> list[tuple[Row, Step]]:
    """Every step with the row that it belongs to."""
    return [(row, step) for row in rows() for step in row.steps]
