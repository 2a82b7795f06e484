"""The figure of a certificate: the plane in shades of how much poison is survived, and how many tests survive how
much."""

from __future__ import annotations

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.ticker import MaxNLocator, PercentFormatter

from boundaryviz.engine.certificates import CertificateMap
from boundaryviz.figures.draw import facts, seen
from boundaryviz.figures.effect_colours import FALLS, effect_image
from boundaryviz.figures.parts import Planes, fit, halves, headline, legend, letter_panels
from boundaryviz.figures.plane import class_handles, draw_boundary, draw_marks
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options
from boundaryviz.record.snapshot import Snapshot

UNLABELLED_WORDS = "of poison without a label nothing is proven"


def draw_certificate(found: CertificateMap, snapshot: Snapshot, options: Options | None = None) -> SceneFigure:
    """Left the plane, the darker the more poison points a decision survives, with the points and the boundary; right
    the share of test points that are decided rightly, whatever so many poison points are.

    snapshot: of the run, over the rectangle that is mapped.
    """
    options = options or Options()
    with sheet("certificate", options, facts(snapshot)) as (figure, style):
        width = float(figure.get_size_inches()[0])
        figure.set_size_inches(width, 0.5 * width)
        shown, d, most = seen(snapshot), found.domain, max(1, int(found.survived.max()))
        left, right = halves(figure, 0.55)
        plane = left.subplots()
        pixels = effect_image(-found.survived.astype(np.float64), float(most), style.middle)
        drawn = plane.imshow(
            pixels, extent=(d.left, d.right, d.bottom, d.top), origin="lower", interpolation="nearest", aspect="auto",
            zorder=0,
        )  # fmt: skip
        drawn.set_gid("poison survived")
        draw_boundary(plane, shown, style)
        draw_marks(plane, shown, options, style)
        headline(plane, shown.scenario.title, "", style)
        shades = ListedColormap(effect_image(-np.linspace(0.0, 1.0, 256)[None], 1.0, style.middle)[0] / 255.0)
        bar = left.colorbar(ScalarMappable(Normalize(0, most), shades), ax=plane, shrink=0.8)
        bar.set_label("poison points survived")
        bar.ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        legend(left, class_handles(shown, options, style), options, style)
        axes = right.subplots()
        if len(found.held):
            axes.step(np.arange(len(found.held)), found.held, where="post", color=FALLS, linewidth=1.4 * style.line)
            if (half := found.half) is not None and half >= 0:
                axes.plot([half], [found.held[half]], "o", color=FALLS, markersize=style.marker, gid="half")
                axes.annotate(
                    f"{half} by half", (half, found.held[half]), xytext=(-6, 6), textcoords="offset points", ha="right",
                    color=style.ink,
                )  # fmt: skip
        axes.set(
            xlabel="poison points, of any kind and anywhere", ylabel="test points right for certain", ylim=(0, 1.03)
        )
        axes.set_xlim(left=0)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_title(UNLABELLED_WORDS, loc="right", color=style.faint, fontsize=0.9 * style.text)
        if options.letters:
            letter_panels(figure, style)
        fit(figure, Planes(plane))
    return figure
