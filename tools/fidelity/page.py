"""The page docs/fidelity.md from what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, isinf, log10
from pathlib import Path
from textwrap import fill

from tools.fidelity.frame import Check, Subject

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fidelity.md"

_BEGIN = """\
<!-- Written by `make fidelity`: do not edit. -->
# Fidelity

What is computed here, held against references that were written without it: plain torch, scikit-learn, numpy, loops,
and formulas from the papers named. `make fidelity` draws every case anew, writes this page, and fails where a
difference is larger than its bound; the test suite does the same with one case each.

How to read it: `cases` counts the drawn cases of a line, case *k* from seed *k* on (0, 1, 2, ...), with its own
sizes, settings and points. The largest difference of all of them is given by its power of ten, rounded up, since the
digits depend on the machine; a power more or less on another one means nothing. It is relative to the largest value
of the reference where that exceeds 1. Lines that count something say what, and 0 is to the last bit. The bound is
what the program promises. The references stand in `tools/fidelity/references/`, the cases beside them.
"""

_END = """\
## What was not checked against anything

- **Accuracies and attack success against published ones.** Losses are compared with papers' formulas, not whole
  methods with the authors' programs, data and schedules, which are not for the plane.
- **The attacks by poison**, beyond the gradients that some follow. Where a bridge, copies, junk or flips are laid is
  tested for what it is to have (budget, path, target), not against another implementation.
- **Learners beyond what is named**: naive Bayes and the estimators that are merely named. Pools of thousands of points,
  where graphs and Laplacian least squares are solved in other ways, are compared with the dense solution by the tests
  alone.
- **Distributions of random numbers**: initial weights, orders of points, jitters and random Fourier features are
  taken from numpy's and torch's generators, and their ranges alone are tested.
- **The compiled program**, which does the steps of most nets. Here torch does them; the tests hold the program against
  torch, its gradients in double precision.
- **CUDA.** Everything here is computed on the CPU.
- **How figures and films look**, beyond where their lines run; and every estimate of memory and time.
"""


def power(difference: float) -> str:
    """A difference by its power of ten, rounded up; 0 and infinity as they are."""
    if isinf(difference):
        return "∞"
    return "0" if difference == 0 else f"≤ 1e{max(ceil(log10(difference)), -16):+d}".replace("e+", "e")


def bound(value: float) -> str:
    """A bound as it stands on the page."""
    return f"{value:g}".replace("e-0", "e-")


def section(subject: Subject, found: Sequence[float]) -> str:
    """The section of a subject, with the largest difference of each of its checks."""
    rows = [_row(check, worst) for check, worst in zip(subject.checks, found, strict=True)]
    head = ["| what | reference | cases | largest difference | bound |", "|---|---|--:|--:|--:|"]
    remarks = [fill(" ".join(subject.remarks.split()), 120, break_on_hyphens=False), ""] if subject.remarks else []
    return "\n".join([f"## {subject.title}", "", *remarks, *head, *rows, ""])


def _row(check: Check, worst: float) -> str:
    return f"| {check.what} | {check.reference} | {check.cases} | {power(worst)} | {bound(check.bound)} |"


def written(sections: Iterable[str]) -> str:
    """The whole page."""
    return "\n".join([_BEGIN, *sections, _END])


def lines(text: str) -> list[tuple[str, str, str, str, str]]:
    """From a page: subject, what, reference, cases and bound of every line of its tables."""
    found, title = [], ""
    for line in text.splitlines():
        if line.startswith("## "):
            title = line[3:]
        elif line.startswith("| ") and not line.startswith("| what |"):
            what, reference, cases, _, limit = (cell.strip() for cell in line.strip("| ").split(" | "))
            found.append((title, what, reference, cases, limit))
    return found
