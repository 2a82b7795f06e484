"""Holds what is computed against its references: `make fidelity`, `python -m tools.fidelity [--cases N] [SUBJECT ...]`.

Without arguments it writes docs/fidelity.md; with some it only prints. Exit codes: 0 every bound holds, 1 one is
missed, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from boundaryviz.engine import device
from tools.fidelity import page
from tools.fidelity.frame import MODULES, subjects


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print and write; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.fidelity", description="Compare with independent references."
    )
    parser.add_argument("--cases", type=int, help="so many of each line at most")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of: {', '.join(MODULES)}")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.subjects if name not in MODULES]:
        parser.error(f"there is no subject {', '.join(unknown)}; there are: {', '.join(MODULES)}")
    if given.cases is not None and given.cases < 1:
        parser.error("--cases takes a number from 1 up")
    device.one_thread()
    began, sections, missed = time.perf_counter(), [], 0
    for name, subject in zip(MODULES, subjects(), strict=True):
        if given.subjects and name not in given.subjects:
            continue
        print(subject.title, flush=True)
        found = []
        for check in subject.checks:
            found.append(check.worst(given.cases))
            holds = found[-1] <= check.bound
            missed += not holds
            verdict = "" if holds else "  MISSED"
            print(f"  {check.what}: {found[-1]:.1e}, bound {check.bound:g}{verdict}", flush=True)
        sections.append(page.section(subject, found))
    print(f"{missed or 'none'} missed their bound; {time.perf_counter() - began:.0f} s")
    if missed:
        return 1
    if not given.subjects and given.cases is None:
        page.PAGE.write_text(page.written(sections), encoding="utf-8")
        print(f"written: {page.PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
