"""Prints the table: `python -m benchmarks [--least | --raise] [--json FILE] [SECTION ...]`, by default all sections.

Exit codes: 0, 1 where a bound is missed, 2 for a section that there is not, 3 where this machine lacks what one needs.
With --least bounds are printed and not held. With --raise floors are set anew, by what is reached now. With --json what
was measured goes into a file as well, beside what the design asks.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import floors, tables
from benchmarks.frame import NotHere, Row, Section, sections
from boundaryviz.engine import device


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    there = sections()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure against peers and bounds.")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--least", action="store_true", help="the least work: see that it runs, hold no bound")
    how.add_argument("--raise", dest="raised", action="store_true", help="set floors to 90 %% of what is reached now")
    parser.add_argument("--json", type=Path, help="a file to write what was measured into")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of: {', '.join(there)}")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.sections if name not in there]:
        parser.error(f"there is no section {', '.join(unknown)}; there are: {', '.join(there)}")
    device.one_thread()
    device.keep_memory()
    began, console, known = time.perf_counter(), tables.console(), floors.read()
    title = f"One thread of {device.processor()}" + (", with the least work: times say nothing" * given.least)
    table = tables.table(title, "what", "against", "times", "measured", "bound", numbers=("measured", "bound"))
    shown: list[Row] = []
    found: dict[str, dict[str, Any]] = {}
    lacking = 0
    for name in given.sections or there:
        table.add_section()
        table.add_row(f"[bold]{there[name].title}")
        with console.status(f"{there[name].title} ..."):
            rows, lack = _measured(there[name], given.least)
        if lack:
            table.add_row(f"[bold red]{lack}")
            lacking += 1
        held = rows if given.raised else [floors.held(name, row, known) for row in rows]
        for row in held:
            table.add_row(row.what, row.against, row.detail, *_verdict(row))
        shown += held
        found[name] = {"title": there[name].title, "lacking": lack, "rows": [asdict(row) for row in rows]}
        if given.raised and not lack:
            known[name] = floors.reached(rows)
    console.print(table)
    if given.raised:
        floors.write({name: each for name, each in known.items() if each and name in there})
    if given.json:
        given.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    missed, short = (sum(getattr(row, which) is False for row in shown) for which in ("holds", "reaches"))
    console.print(f"{_words(missed, short, lacking)}; {time.perf_counter() - began:.0f} s")
    if missed and not given.least:
        return 1
    return 3 if lacking else 0


def _measured(section: Section, least: bool) -> tuple[list[Row], str]:
    """Its rows, and what this machine lacks for the rest of them."""
    rows: list[Row] = []
    try:
        rows.extend(section.measure(least))
    except NotHere as error:
        return rows, str(error)
    return rows, ""


def _words(missed: int, short: int, lacking: int) -> str:
    bounds = f"{missed} missed their bound" if missed else "every bound holds"
    bounds += f", {short} have not come to their aim" if short else ""
    return bounds + (f", {lacking} sections could not be measured" if lacking else "")


def _verdict(row: Row) -> tuple[str, str]:
    """What was reached, and the bound."""
    if row.reached is None:
        return "", ""
    colour = {True: "[green]", False: "[bold red]", None: ""}[row.holds]
    return f"{colour}{row.measured}", row.bounds


if __name__ == "__main__":
    sys.exit(main())
