"""Figures of what the window shows of pushes, as the command line draws them. matplotlib is loaded only here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from boundaryviz.evasion.pushes import Pushes, Robustness

if TYPE_CHECKING:
    from boundaryviz.figures.sheet import SceneFigure
    from boundaryviz.figures.style import Options
    from boundaryviz.record.snapshot import Snapshot

AGAIN = "`boundaryviz evade` pushes the points of a run that it trains, and draws that with -o."
"""Why no line draws just what the window shows."""


def pushes_figure(runs: Sequence[Pushes], snapshot: Snapshot, options: Options) -> SceneFigure:
    """The plane with arrows. Raises ValueError where nothing is pushed."""
    from boundaryviz.figures.pushes import draw_pushes

    return draw_pushes(snapshot, runs, options)


def robustness_figure(found: Robustness, epsilon: float, snapshot: Snapshot, options: Options) -> SceneFigure:
    """Robust error against the length of the push, with that in force marked."""
    from boundaryviz.figures.robustness import draw_robustness

    return draw_robustness(found, snapshot, epsilon, options)
