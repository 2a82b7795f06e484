"""The figure of bias and variance: for each setting main prediction, bias and variance over the plane, and numbers."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from numpy.typing import NDArray

from boundaryviz import __version__
from boundaryviz.figures.bias_maps import MAPS, map_image, top
from boundaryviz.figures.palette import sequence
from boundaryviz.figures.parts import letter_panels
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import in_lines, literal
from boundaryviz.record.bias_variance import BiasVariance
from boundaryviz.scene.plain_text import one_line

SHOWN = ("main", "bias", "variance")
"""The maps of a row."""
MOST_ROWS = 6
_NUMBERS = ("error", "noise", "bias", "net_variance")


def draw_bias_variance(results: Sequence[BiasVariance], options: Options | None = None) -> SceneFigure:
    """A row of maps for each result, with its means over the test points above. Raises ValueError for none, or for
    more than a figure holds."""
    if not 1 <= len(results) <= MOST_ROWS:
        raise ValueError(f"a figure holds bias and variance of 1 to {MOST_ROWS} settings, not {len(results)}")
    options = options or Options()
    with sheet("bias-variance", options, _facts(results)) as (figure, style):
        width = float(figure.get_size_inches()[0])
        notes = _notes(results, int(2.12 * width / (style.text / 72)))
        line, rect = style.text / 72, results[0].rect
        shape = min(rect.height / rect.width, 1.5) if rect.is_even else 1.0
        figure.set_size_inches(
            width, len(results) * (shape * 0.29 * width + 3.2 * line) + (1.4 * len(notes) + 4) * line
        )
        figure.suptitle(
            in_lines(results[0].title, int(width / (0.66 * line))), x=0.01, ha="left", fontsize=style.text,
            fontweight="bold",
        )  # fmt: skip
        grid = figure.subplots(len(results), len(SHOWN), squeeze=False)
        for row, found in zip(grid, results, strict=True):
            _draw_row(row, found, style, last=found is results[-1])
        for column, name in enumerate(SHOWN[1:], 1):
            _bar(figure, grid[:, column], results[0], name, style)
        if options.letters:
            letter_panels(figure, style)
        figure.supxlabel(
            "\n".join(notes), x=0.02, ha="left", color=style.faint, fontsize=0.85 * style.text, linespacing=1.35
        )
    return figure


def _draw_row(row: NDArray, found: BiasVariance, style: Style, last: bool) -> None:
    rect = found.rect
    means = found.measures
    numbers = ", ".join(f"{name.replace('net_', '').replace('_', ' ')} {means[name]:.3f}" for name in _NUMBERS)
    for axes, name in zip(row, SHOWN, strict=True):
        axes.imshow(
            map_image(found, name, style.middle), extent=(rect.left, rect.right, rect.bottom, rect.top),
            origin="lower", interpolation="nearest", aspect="equal" if rect.is_even else "auto",
        )  # fmt: skip
        axes.set_gid(name)
        axes.tick_params(labelbottom=last, labelleft=name == SHOWN[0])
        axes.set_xlabel(MAPS[name] if last else "")
    words = f"{literal(one_line(found.label, 40))}: {numbers}" if found.label else numbers
    row[0].set_title(words, fontsize=0.9 * style.text)


def _bar(figure: SceneFigure, axes: NDArray, found: BiasVariance, name: str, style: Style) -> None:
    """A thin scale below the maps of a column."""
    colours = ListedColormap(sequence(np.linspace(0.0, 1.0, 256)) / 255.0)
    most = top(found, name)
    drawn = figure.colorbar(
        ScalarMappable(Normalize(0.0, most), colours), ax=list(axes), location="bottom", shrink=0.7, aspect=30,
        ticks=[0.0, most],
    )  # fmt: skip
    drawn.outline.set_visible(False)
    drawn.ax.tick_params(length=0, labelsize=0.85 * style.text)
    drawn.ax.set_xticklabels(["0", f"{most:.3g}"])


def _notes(results: Sequence[BiasVariance], letters: int) -> list[str]:
    first = results[0]
    words = [
        f"{first.learner}; {first.samples_words()}; {first.truth_words()}.",
        "Above the maps: means over test points, variance net of what it helps where the main prediction is wrong.",
        first.warning(),
    ]
    return textwrap.wrap(literal(" ".join(filter(None, words))), max(letters, 20), break_on_hyphens=False)


def _facts(results: Sequence[BiasVariance]) -> dict[str, str]:
    first = results[0]
    return {
        "scenario": one_line(first.scenario), "title": one_line(first.title), "seed": f"{first.samples} samples",
        "step": "0", "version": __version__,
    }  # fmt: skip
