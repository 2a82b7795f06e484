"""Floors that follow what is reached: `floors.toml` holds nine tenths of what a run of `make bench-floors` measured.

A section says what the design asks of a row, which is held to the greater of both: so what was gained once is not lost
unnoticed, and what is asked stays asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from math import floor, log10
from pathlib import Path

import tomli_w

from benchmarks.frame import Row

PATH = Path(__file__).with_suffix(".toml")
SHARE = 0.9
_HEAD = "# Written by `make bench-floors`: nine tenths of what each row of `make bench` reached, in the row's unit.\n\n"

Floors = dict[str, dict[str, float]]
"""Of each section, by its name: the floor of each row, by `key`."""


def read() -> Floors:
    """Those there are."""
    return tomllib.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}


def held(section: str, row: Row, floors: Floors) -> Row:
    """The row with the floor it is held to; one of which the design asks nothing is not held."""
    if row.floor is None:
        return row
    return replace(row, floor=max(row.floor, floors.get(section, {}).get(key(row), row.floor)))


def key(row: Row) -> str:
    """What tells a row from others of its section."""
    return f"{row.what} | {row.against}" if row.against else row.what


def reached(rows: Iterable[Row]) -> dict[str, float]:
    """Nine tenths of what each row with a floor reached, in three digits, where that is more than asked."""
    found = {}
    for row in rows:
        if row.floor is not None and row.reached is not None and (share := SHARE * row.reached) > row.floor:
            unit = 10.0 ** (floor(log10(share)) - 2)
            found[key(row)] = float(f"{floor(share / unit) * unit:.3g}")
    return found


def write(floors: Floors) -> None:
    """Keep them."""
    PATH.write_text(_HEAD + tomli_w.dumps(floors), encoding="utf-8")
