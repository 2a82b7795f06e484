"""The figure of the elephant: its curve and trunk, curves fitted to noisy points of it, and how far off they are."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from boundaryviz import __version__
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.scene.elephant import (
    HARMONICS,
    MOST_HARMONICS,
    POINTS,
    SIGMA,
    TRUNK,
    Elephant,
    NoisyPoints,
    around,
    fits,
)

_PLACES = around(1_200)
_LIMITS = (1e-1, 1e4)  # of the distances; what is farther off is drawn at the end


def draw_elephant(
    elephant: Elephant | None = None, sigma: float = SIGMA, count: int = POINTS, seed: int = 0,
    harmonics: int = MOST_HARMONICS, options: Options | None = None,
) -> SceneFigure:  # fmt: skip
    """Three panels: the elephant with its trunk in three places; `count` noisy points of it, with the curve of as many
    harmonics as it has and that of `harmonics`; and distances from the points and from the elephant over harmonics."""
    elephant, options = elephant or Elephant(), options or Options()
    facts = {"scenario": "elephant", "title": "The elephant", "seed": str(seed), "step": "0", "version": __version__}
    with sheet("elephant", options, facts) as (figure, style):
        width = float(figure.get_size_inches()[0])
        figure.set_size_inches(width, 0.36 * width)
        left, middle, right = figure.subplots(1, 3)
        points = NoisyPoints.of(elephant, sigma, count, seed)
        most = min(max((count - 1) // 2, 1), 40)
        found = fits(points, elephant, range(1, max(most, harmonics) + 1))
        _draw_trunk(left, elephant, style)
        several = [found[at - 1] for at in dict.fromkeys((min(HARMONICS, most), harmonics))]
        for at, fit in enumerate(several):
            middle.plot(
                *fit.curve(_PLACES).T, color=style.series[at], linewidth=style.line,
                linestyle="-" if at == 0 else (0, (4, 1.5)), label=f"{fit.harmonics} harmonics",
            )  # fmt: skip
        middle.plot(*points.xy.T, linestyle="none", marker="o", markersize=0.6 * style.marker, color=style.ink)
        middle.set_title(f"{count} points, noise {sigma:g}")
        if options.legend:
            middle.legend(
                loc="upper right",
                fontsize=0.85 * style.text,
                frameon=True,
                facecolor=style.paper,
                edgecolor="none",
                framealpha=0.85,
            )
        reach = max(100.0, 1.15 * float(np.abs(elephant.outline(_PLACES)).max()))
        for axes in (left, middle):
            axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        numbers = [fit.harmonics for fit in found[:most]]
        for errors, look in (
            ([fit.train_error for fit in found[:most]], {"color": style.train, "label": "from the points"}),
            ([fit.outline_error for fit in found[:most]], {"color": style.test, "label": "from the elephant"}),
        ):
            right.plot(numbers, np.clip(errors, *_LIMITS), linewidth=style.line, **look)
        right.set(yscale="log", ylim=_LIMITS, xlabel="harmonics", title="distance")
        if options.legend:
            right.legend(loc="upper left", fontsize=0.85 * style.text)
    return figure


def _draw_trunk(axes: Axes, elephant: Elephant, style: Style) -> None:
    trunk = np.linspace(*TRUNK, 300)
    for phase in (-math.pi / 2, math.pi / 2):
        axes.plot(*elephant.drawn(trunk, phase).T, color=style.faint, linewidth=0.7 * style.line)
    axes.plot(*elephant.outline(_PLACES).T, color=style.ink, linewidth=style.line)
    axes.plot(*([value] for value in elephant.eye), marker="o", markersize=style.marker, color=style.ink)
    axes.set_title("four complex parameters")
