"""Words of people in figures: as they stand and not as formulas, in a few lines, and no longer than there is room."""

from __future__ import annotations

import re
import textwrap

from matplotlib.axes import Axes

from boundaryviz.figures.style import Style
from boundaryviz.scene.plain_text import LINE, few_lines, one_line


class _Wrapper(textwrap.TextWrapper):
    """Breaks words that are longer than a line after `_` and `-`, such as names of files, before anywhere else."""

    def _split(self, text: str) -> list[str]:
        chunks = super()._split(text)
        parts = (re.findall("[^_-]*[_-]+|[^_-]+", one) if len(one) > self.width else [one] for one in chunks)
        return [part for some in parts for part in some]


def literal(words: str) -> str:
    """Words of a person, bounded, with dollar signs that do not start a formula."""
    return few_lines(words).replace("$", r"\$")


def in_lines(words: str, letters: int, most: int = 2, least: int = 12) -> str:
    """Words of a person in at most `most` lines of so many letters, or of `least` where those were fewer; with an
    ellipsis where there was more."""
    width, line = max(letters, least), one_line(words, most * max(letters, least) + LINE)
    lines = _Wrapper(width, max_lines=most, placeholder=" \u2026").wrap(line)
    if lines[-1:] == ["\u2026"]:  # a word longer than the line, of which nothing would be left
        lines = _Wrapper(width).wrap(line)[:most]
        lines[-1] = lines[-1][: width - 1] + "\u2026"
    return literal("\n".join(lines))


def room(axes: Axes, style: Style) -> float:
    """The width in points that words above or below the axes may take."""
    return float(72 * axes.figure.bbox.width / axes.figure.dpi / _columns(axes) - 7 * style.text)  # less what is beside


def name_axes(axes: Axes, names: tuple[str, str], style: Style) -> None:
    """Write names at both axes, of planes beside each other in one line each."""
    most = 2 if _columns(axes) == 1 else 1
    axes.set_xlabel(in_lines(names[0], int(room(axes, style) / (0.62 * style.text)), most, least=5))
    axes.set_ylabel(in_lines(names[1], letters_beside(axes, style), most, least=5))


def letters_beside(axes: Axes, style: Style) -> int:
    """How many letters have room one above the other at the side of a plane."""
    shape = 1.0 if axes.get_aspect() == "auto" else min(float(axes.get_data_ratio()), 1.0)
    return int(shape * room(axes, style) / (0.55 * style.text))


def _columns(axes: Axes) -> int:
    """How many axes stand beside each other in this part of the figure."""
    place = axes.get_subplotspec()
    return 1 if place is None else int(place.get_gridspec().ncols)
