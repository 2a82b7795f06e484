"""Prints the table: `python -m benchmarks [--least | --raise] [SECTION ...]`, all sections where none is named.

Exit codes: 0, 1 where a bound is missed, 2 for a section that there is not, 3 where this machine lacks what one needs.
With --least bounds are printed and not held. With --raise floors are set anew, by what is reached now.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from benchmarks import floors, tables
from benchmarks.frame import NotHere, Row, sections
from boundaryviz.engine import device


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    there = sections()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure against peers and bounds.")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--least", action="store_true", help="the least work: see that it runs, hold no bound")
    how.add_argument("--raise", dest="raised", action="store_true", help="set floors to 90 %% of what is reached now")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of: {', '.join(there)}")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.sections if name not in there]:
        parser.error(f"there is no section {', '.join(unknown)}; there are: {', '.join(there)}")
    device.one_thread()
    device.keep_memory()
    began, console = time.perf_counter(), tables.console()
    title = f"One thread of {device.processor()}" + (", with the least work: times say nothing" * given.least)
    table = tables.table(title, "what", "against", "times", "measured", "bound", numbers=("measured", "bound"))
    known = floors.read()
    missed = short = lacking = 0
    for name in given.sections or there:
        section = there[name]
        table.add_section()
        table.add_row(f"[bold]{section.title}")
        try:
            with console.status(f"{section.title} ..."):
                rows = []
                for found in section.measure(given.least):
                    rows.append(found)
                    row = found if given.raised else floors.held(name, found, known)
                    table.add_row(row.what, row.against, row.detail, *_verdict(row))
                    missed += row.holds is False
                    short += row.reaches is False
            if given.raised:
                known[name] = floors.reached(rows)
        except NotHere as error:
            table.add_row(f"[bold red]{error}")
            lacking += 1
    console.print(table)
    if given.raised:
        floors.write({name: each for name, each in known.items() if each and name in there})
    console.print(f"{_words(missed, short, lacking)}; {time.perf_counter() - began:.0f} s")
    if missed and not given.least:
        return 1
    return 3 if lacking else 0


def _words(missed: int, short: int, lacking: int) -> str:
    bounds = f"{missed} missed their bound" if missed else "every bound holds"
    bounds += f", {short} have not come to their aim" if short else ""
    return bounds + (f", {lacking} sections could not be measured" if lacking else "")


def _verdict(row: Row) -> tuple[str, str]:
    """What was reached, and the bound."""
    if row.reached is None:
        return "", ""
    colour = {True: "[green]", False: "[bold red]", None: ""}[row.holds]
    bounds = ("≥", row.floor), ("≤", row.ceiling)
    words = [f"{sign} {_number(bound, row.unit)}" for sign, bound in bounds if bound is not None]
    words += [] if row.aim is None else [f"aim {_number(row.aim, row.unit)}"]
    return f"{colour}{_number(row.reached, row.unit)}", ", ".join(words)


def _number(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"×{number}" if unit == "×" else f"{number} {unit}"


if __name__ == "__main__":
    sys.exit(main())
