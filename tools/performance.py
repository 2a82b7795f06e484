"""Measure how fast the program is, and write the tables of docs/performance.md.

What `python -m benchmarks` finds in the sections below goes to docs/performance.json, and from there into the page,
between its markers. It takes ten minutes at most; keep the machine quiet meanwhile.

    make performance
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import __main__ as benchmarks
from benchmarks.frame import Row
from boundaryviz.engine import device

DOCS = Path(__file__).resolve().parents[1] / "docs"
RESULTS, PAGE = DOCS / "performance.json", DOCS / "performance.md"
SECTIONS = ("playground", "compiled", "compiled-start", "torch", "dose", "evaluations", "recording", "peaks", "window")
MACHINE = "machine"
"""The part of the page, beside those of the sections, that says on what was measured."""

_PART = re.compile(r"(<!-- measured: (\S+) -->\n).*?(<!-- to here -->)", re.S)

Results = dict[str, Any]
"""machine: words by name. sections: of each, by its name, its title, what the machine lacked for it, and its rows."""


def machine() -> dict[str, str]:
    """On what is measured."""
    there = {"processor": device.processor(), "cores": str(os.cpu_count()), "Python": sys.version.split()[0]}
    for package in ("torch", "numpy", "numba"):
        try:
            there[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            there[package] = "not installed"
    node = shutil.which("node")
    words = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout if node else ""
    return there | {"node": words.strip().removeprefix("v") or "not installed"}


def with_tables(page: str, results: Results) -> str:
    """The page with what was measured between its markers. Raises KeyError for a part that was not measured."""
    return _PART.sub(lambda match: f"{match[1]}\n{_part(match[2], results)}\n{match[3]}", page)


def parts(page: str) -> list[str]:
    """What the page has markers for."""
    return [match[2] for match in _PART.finditer(page)]


def _part(name: str, results: Results) -> str:
    if name == MACHINE:
        return ", ".join(f"{what} {words}" for what, words in results["machine"].items()) + ".\n"
    section: Mapping[str, Any] = results["sections"][name]
    rows = [Row(**one) for one in section["rows"]]
    cells = [(row.what, row.against, row.detail, row.measured, row.bounds) for row in rows]
    head = ["| what | against | times | measured | asked |", "| --- | --- | --- | --: | --: |"]
    lacking = [section["lacking"], ""] if section["lacking"] else []
    return "\n".join([*lacking, *head, *(f"| {' | '.join(row)} |" for row in cells), ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write; the exit code is that of the benchmarks."""
    parser = argparse.ArgumentParser(prog="python -m tools.performance", description="Write docs/performance.md.")
    parser.add_argument("--least", action="store_true", help="the least work, and write nothing: see that it runs")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="boundaryviz-performance-") as folder:
        found = Path(folder) / "found.json"
        code = benchmarks.main([*(["--least"] if given.least else []), "--json", str(found), *SECTIONS])
        results = {"machine": machine(), "sections": json.loads(found.read_text("utf-8"))}
    page = with_tables(PAGE.read_text("utf-8"), results)
    if not given.least:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        PAGE.write_text(page, encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
