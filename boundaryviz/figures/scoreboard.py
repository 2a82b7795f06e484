"""The figure of a scoreboard: a table of attacks against defences, each also by an attacker that knows the defence."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from boundaryviz import __version__
from boundaryviz.figures.palette import POISON, rgb
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import in_lines, literal
from boundaryviz.record.intervals import LEVEL
from boundaryviz.record.scoreboard import CERTIFICATE_WORDS, HARM, HARMS, HEADINGS, Cell, Scoreboard
from boundaryviz.scene.plain_text import one_line

# of the columns, in letters
_WIDTHS = (21, 19, 19, 19, 19, 9, 8, 11, 9, 15)
_ROW = 1.9  # lines that a row takes
_TINT = 0.62  # of the colour of poison, where an attack loses nothing of what it does


def draw_scoreboard(board: Scoreboard, options: Options | None = None) -> SceneFigure:
    """A row for each defence, under a heading for each attack: what the attack does without the defence and with it,
    what an attacker does who knows it and by what, what the defence removes, and who can guarantee anything."""
    options = options or Options()
    with sheet("scoreboard", options, _facts(board)) as (figure, style):
        width, line = float(figure.get_size_inches()[0]), style.text / 72
        notes = textwrap.wrap(literal(_notes(board)), max(int(1.9 * width / line), 20), break_on_hyphens=False)
        rows = sum(1 + sum(cell.attack_title == attack for cell in board.cells) for attack in board.attacks)
        table, below = (_ROW * rows + 2.6) * line, (1.3 * len(notes) + 1.0) * line
        figure.set_size_inches(width, table + below + 2.0 * line)
        parts: Any = figure.subfigures(2, 1, height_ratios=(table + 2.0 * line, below))
        axes = parts[0].subplots()
        axes.set_title(in_lines(f"{board.title}: {HARM[board.harm]}", int(width / (0.66 * line))), fontweight="bold")
        axes.set_axis_off()
        edges = np.concatenate([[0.0], np.cumsum(_WIDTHS)])
        axes.set(xlim=(0.0, edges[-1]), ylim=(_ROW * rows + 2.6, 0.0))
        for k, words in enumerate(HEADINGS):
            axes.text(edges[k] + 0.4, 1.2, words, color=style.faint, va="center", fontsize=0.85 * style.text)
        at = 2.6
        for attack in board.attacks:
            own = [cell for cell in board.cells if cell.attack_title == attack]
            words = f"{attack}, {own[0].points:,} of {board.points:,} points"
            axes.text(0.4, at + _ROW / 2, words, color=style.ink, va="center", fontweight="bold")
            axes.axhline(at + _ROW - 0.1, color=style.grid, linewidth=0.6 * style.line)
            for k, cell in enumerate(own):
                _draw_row(axes, board, cell, at + _ROW * (k + 1), edges, style)
            at += _ROW * (len(own) + 1)
        parts[1].text(
            0.02, 0.98, "\n".join(notes), va="top", ha="left", color=style.faint, fontsize=0.85 * style.text,
            linespacing=1.35,
        )  # fmt: skip
    return figure


def _draw_row(axes: Axes, board: Scoreboard, cell: Cell, at: float, edges: NDArray[np.float64], style: Style) -> None:
    for column, values in zip(HARMS, (cell.undefended, cell.defended, cell.adaptive), strict=True):
        left, right = edges[column : column + 2]
        tint = Rectangle(
            (left + 0.15, at + 0.12), right - left - 0.3, _ROW - 0.24, facecolor=tinted(cell.kept_by(values), style),
            edgecolor="none", gid=f"{cell.attack} {cell.defence} {HEADINGS[column]}",
        )  # fmt: skip
        axes.add_patch(tint)
    for k, words in enumerate(board.told(cell)):
        ink = style.faint if k in (4, 6, 7, 8, 9) else style.ink
        weight = "bold" if k == 5 and words == "broken" else "normal"
        axes.text(
            edges[k] + 0.4, at + _ROW / 2, literal(words), color=ink, va="center", fontsize=0.85 * style.text,
            fontweight=weight,
        )  # fmt: skip


def tinted(share: float, style: Style) -> str:
    """The paper, tinted towards the colour of poison by how much of its harm an attack keeps."""
    share = 0.0 if math.isnan(share) else _TINT * share
    ends = zip(rgb(style.paper), rgb(POISON), strict=True)
    return "#" + "".join(f"{round(base + (full - base) * share):02x}" for base, full in ends)


def _notes(board: Scoreboard) -> str:
    draws, seeds = max((cell.done for cell in board.cells), default=0), len(board.data_seeds)
    so_far = "" if draws == seeds else f" of {seeds} so far"
    spread = (
        f"in brackets Wilson's {LEVEL} interval, in which a draw is a trial"
        if board.harm == "success"
        else "± the standard deviation between draws"
    )
    words = [
        f"{board.learner}; {draws}{so_far} draws of the data; {spread}.",
        "Who knows it: the strongest over all draws of the attackers that know the defence, the attack as it is among "
        "them; by: what it does instead. Holds: that does less than half the harm of the attack undefended.",
        "Caught: the share of the poison removed; clean lost: of clean points, without poison; seconds of a verdict.",
        f"Redder: more of the most harm of a row. {CERTIFICATE_WORDS[board.harm]}",
    ]
    return " ".join(words)


def _facts(board: Scoreboard) -> dict[str, str]:
    return {
        "scenario": one_line(board.scenario), "title": one_line(board.title),
        "seed": f"{len(board.data_seeds)} draws of the data", "step": "0", "version": __version__,
    }  # fmt: skip
