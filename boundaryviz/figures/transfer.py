"""The figure of a transfer matrix: by how much poison made for each learner raises the error of all."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from boundaryviz import __version__
from boundaryviz.figures.scoreboard import tinted
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options
from boundaryviz.figures.words import in_lines, literal
from boundaryviz.record.transfer import Transfer, cell_words
from boundaryviz.scene.plain_text import one_line

_ROW, _HEAD, _NAME = 2.2, 3.0, 14.0  # lines of a row and of the heads, letters of the names of rows


def draw_transfer(found: Transfer, options: Options | None = None) -> SceneFigure:
    """A row for each learner that poison was made for, a column for each that it was tried on; redder is worse."""
    options = options or Options()
    with sheet("transfer", options, _facts(found)) as (figure, style):
        width, line = float(figure.get_size_inches()[0]), style.text / 72
        notes = textwrap.wrap(literal(_notes(found)), max(int(1.9 * width / line), 20), break_on_hyphens=False)
        high, below = (_HEAD + _ROW * len(found.made_for) + 2.0) * line, (1.3 * len(notes) + 1.0) * line
        figure.set_size_inches(width, high + below)
        parts: Any = figure.subfigures(2, 1, height_ratios=(high, below))
        axes = parts[0].subplots()
        axes.set_axis_off()
        axes.set_title(
            in_lines(f"{found.title}: made for one, tried on all", int(width / (0.66 * line))), fontweight="bold"
        )
        columns, letters = len(found.tried_on), 9.0
        axes.set(xlim=(0.0, _NAME + letters * columns), ylim=(_HEAD + _ROW * len(found.made_for), 0.0))
        axes.text(0.3, 0.7, "made for", color=style.faint, va="center", fontsize=0.85 * style.text)
        axes.text(_NAME, 0.7, "tried on", color=style.faint, va="center", fontsize=0.85 * style.text)
        for c, words in enumerate(found.tried_on):
            axes.text(
                _NAME + letters * (c + 0.5), 2.2, literal(words), color=style.ink, ha="center", va="center",
                fontsize=0.8 * style.text,
            )  # fmt: skip
        middles = np.array([[found.middle(r, c) for c in range(columns)] for r in range(len(found.made_for))])
        top = float(np.nanmax(middles[..., 0], initial=0.01))
        for r, made in enumerate(found.made_for):
            at = _HEAD + _ROW * r
            axes.text(0.3, at + _ROW / 2, literal(made), color=style.ink, va="center", fontsize=0.9 * style.text)
            for c, tried in enumerate(found.tried_on):
                mean, spread = middles[r, c]
                share = 0.0 if np.isnan(mean) else min(max(mean / top, 0.0), 1.0)
                cell = Rectangle(
                    (_NAME + letters * c + 0.1, at + 0.1), letters - 0.2, _ROW - 0.2, facecolor=tinted(share, style),
                    edgecolor=style.ink if made == tried else "none", linewidth=0.8 * style.line, gid="cell",
                )  # fmt: skip
                axes.add_patch(cell)
                axes.text(
                    _NAME + letters * (c + 0.5), at + _ROW / 2, cell_words(mean, spread), color=style.ink, ha="center",
                    va="center", fontsize=0.75 * style.text,
                )  # fmt: skip
        parts[1].text(
            0.02, 0.98, "\n".join(notes), va="top", ha="left", color=style.faint, fontsize=0.85 * style.text,
            linespacing=1.35,
        )  # fmt: skip
    return figure


def _notes(found: Transfer) -> str:
    """What has to be known to read the figure."""
    clean = ", ".join(
        f"{title} {100 * np.nanmean(found.clean[c]):.1f}"
        for c, title in enumerate(found.tried_on)
        if np.isfinite(found.clean[c]).any()
    )
    return (
        f"Rise of the test error in points of per cent, with {found.count:,} points of {found.points:,} by "
        f"{found.method.lower()}, against the same learner on the same draw without them; mean ± standard deviation "
        f"over {found.draws_words} of the data. Framed: tried on the learner that it was made for. "
        f"Errors without poison, in per cent: {clean}."
    )


def _facts(found: Transfer) -> dict[str, str]:
    return {
        "scenario": one_line(found.scenario), "title": one_line(found.title),
        "seed": f"{found.draws_words} of the data", "step": "0", "version": __version__,
    }  # fmt: skip
