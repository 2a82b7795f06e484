"""The figure of a dose-response: flip rate and attack success over the number of poison points."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from boundaryviz import __version__
from boundaryviz.attacks.budget import TALK
from boundaryviz.figures.parts import letter_panels
from boundaryviz.figures.sheet import SceneFigure, sheet
from boundaryviz.figures.style import Options, Style
from boundaryviz.figures.words import in_lines, literal, room
from boundaryviz.record.dose import Band, DoseCurve, DoseResponse
from boundaryviz.record.dose_axis import DoseAxis, percent
from boundaryviz.record.metrics import ALL_PINS, ATTACKED_PINS
from boundaryviz.scene.plain_text import one_line

MARKERS = ("o", "s", "^", "D", "v", "P")
_DASHES = (0, (4, 2))  # of supervised learners


def draw_dose(response: DoseResponse, options: Options | None = None) -> SceneFigure:
    """Two panels over one axis of doses, its points below and their share of the data above; a line for each learner,
    solid where it uses unlabelled points, with every seed's flip rate as a small point and the success in its interval;
    faint lines at the quoted rates."""
    options = options or Options()
    with sheet("dose", options, _facts(response)) as (figure, style):
        width = float(figure.get_size_inches()[0])
        axis, line = DoseAxis.of(response), style.text / 72
        notes = _notes(response, axis, int(2.12 * width / line))
        below = (1.3 * len(notes) + 1.0) * line
        panels = any(curve.success is not None for curve in response.curves) + 1
        height = 12 * line + panels * max(0.24 * width, 9 * line) + below
        figure.set_size_inches(width, height)
        parts: Any = figure.subfigures(2, 1, height_ratios=(height - below, below))
        _panels(parts[0], response, axis, panels, options, style)
        if options.letters:
            letter_panels(figure, style)
        parts[1].text(
            0.02, 0.98, "\n".join(notes), va="top", ha="left", color=style.faint, fontsize=0.85 * style.text,
            linespacing=1.35,
        )  # fmt: skip
    return figure


def _panels(
    part: SubFigure, response: DoseResponse, axis: DoseAxis, panels: int, options: Options, style: Style
) -> None:
    rows = np.atleast_1d(part.subplots(panels, 1, sharex=True))
    for axes, words in zip(rows, ("test points flipped", "attack success"), strict=False):
        axes.set_ylabel(words)
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))
    highest = 0.0
    for at, curve in enumerate(response.curves):
        flips, success = curve.flip_band(), curve.success_band()
        _draw_curve(rows[0], axis.places, flips, at, curve, style)
        _draw_seeds(rows[0], axis, at, curve, style)
        if success is not None:
            _draw_curve(rows[1], axis.places, success, at, curve, style)
            _draw_interval(rows[1], axis.places, success, at, style)
            if (already := curve.already_band()) is not None:
                _draw_already(rows[1], axis.places[0], already, at, style)
        highest = max(highest, _top(flips))
    rows[0].set_ylim(-0.02 * max(highest, 0.01), 1.1 * max(highest, 0.01))
    if panels == 2:
        rows[1].set_ylim(-0.04, 1.04)
    _ticks(rows, axis, style)
    _quoted(rows, axis, style)
    rows[0].set_title(in_lines(response.title, int(room(rows[0], style) / (0.66 * style.text))), fontweight="bold")
    handles, words = rows[0].get_legend_handles_labels()
    if handles and options.legend:
        part.legend(handles, words, loc="outside lower center", ncols=2 if len(words) in (2, 4) else 3)


def _draw_curve(axes: Axes, places: NDArray[np.float64], band: Band, at: int, curve: DoseCurve, style: Style) -> None:
    """Means joined by a line from the first dose on; what is at 0 stands alone."""
    dashes: Any = _DASHES if curve.supervised else "-"
    line: Any = {"linestyle": dashes, "linewidth": style.line} | _mark(at, style)
    zorder = 4.0 - 0.1 * at
    axes.plot(places[1:], band.mean[1:], **line, zorder=zorder, label=curve.title, gid=f"dose {curve.learner}")
    axes.plot(places[:1], band.mean[:1], **line, zorder=zorder)


def _mark(at: int, style: Style) -> dict[str, Any]:
    """How the mean of learner number `at` is marked."""
    return {
        "color": style.series[at % len(style.series)], "marker": MARKERS[at % len(MARKERS)],
        "markersize": 1.1 * style.marker, "markeredgecolor": style.paper, "markeredgewidth": 0.4 * style.line,
    }  # fmt: skip


def _draw_seeds(axes: Axes, axis: DoseAxis, at: int, curve: DoseCurve, style: Style) -> None:
    """Every seed's flip rate at each dose but 0, where nothing flips, as a small point, side by side."""
    seeds = curve.flip_rate.shape[1]
    if seeds > 1 and len(axis.places) > 1:
        across = axis.places[1:, None] + axis.beside(seeds)
        axes.plot(
            across.ravel(), curve.flip_rate[1:].ravel(), linestyle="none", marker=MARKERS[at % len(MARKERS)],
            markersize=0.5 * style.marker, color=style.series[at % len(style.series)], alpha=0.5, markeredgewidth=0,
            zorder=3.0 - 0.1 * at, gid=f"seeds {curve.learner}",
        )  # fmt: skip


def _draw_interval(axes: Axes, places: NDArray[np.float64], band: Band, at: int, style: Style) -> None:
    colour = style.series[at % len(style.series)]
    axes.fill_between(places[1:], band.low[1:], band.high[1:], color=colour, alpha=0.16, linewidth=0, zorder=1.5)


def _draw_already(axes: Axes, place: float, band: Band, at: int, style: Style) -> None:
    """Hollow, what is the attacker's without poison, in its interval."""
    look = _mark(at, style) | {"markerfacecolor": style.paper, "markeredgecolor": style.series[at % len(style.series)]}
    axes.plot([place], band.mean, linestyle="none", **look, zorder=4.0 - 0.1 * at, gid="already so")
    if np.isfinite(band.low[0]):
        axes.vlines(
            place, band.low[0], band.high[0], color=look["color"], alpha=0.4, linewidth=2 * style.line, zorder=1.5
        )


def _ticks(rows: NDArray[Any], axis: DoseAxis, style: Style) -> None:
    """Doses below, rates above, and a break between 0 and the first dose."""
    lowest, highest = rows[-1], rows[0]
    lowest.set_xlim(*axis.limits)
    named, silent = axis.ticks()
    lowest.set_xticks([axis.place(d) for d in named], [f"{d:,}" for d in named])
    lowest.set_xticks([axis.place(d) for d in silent], minor=True)
    lowest.set_xlabel("poison points")
    above = highest.secondary_xaxis("top")
    shown = axis.rate_ticks()
    above.set_xticks([axis.place_of_rate(r) for r in shown], [percent(r) for r in shown])
    above.set_xlabel("of all training points", fontsize=0.9 * style.text)
    above.spines["top"].set_visible(True)
    for axes in rows:
        if len(axis.places) > 1:
            axes.plot(
                [axis.gap - 0.006 * axis.width, axis.gap + 0.006 * axis.width], [0, 0], linestyle="none",
                marker=((-1, -2), (1, 2)), markersize=0.7 * style.text, markeredgewidth=0.5 * style.line,
                color=style.faint, transform=axes.get_xaxis_transform(), clip_on=False,
            )  # fmt: skip


def _quoted(rows: NDArray[Any], axis: DoseAxis, style: Style) -> None:
    """Faint upright lines at the quoted rates, as far as they lie on the axis; the notes say which they are."""
    for one in axis.quoted:
        talk = one.source == TALK
        for axes in rows:
            axes.axvline(
                axis.place_of_rate(one.rate), color=style.faint, linewidth=0.7 * style.line, zorder=1,
                linestyle=(0, (1, 2)) if talk else (0, (3, 2, 1, 2)), gid="talk" if talk else "published",
            )  # fmt: skip


def _top(band: Band) -> float:
    values = np.concatenate([band.mean, band.high])
    return float(np.nanmax(values, initial=0.0))


def _notes(response: DoseResponse, axis: DoseAxis, letters: int) -> list[str]:
    """What has to be known to read the figure, in lines of so many letters."""
    words = [f"{response.attack}. Lines are means over the seeds, small points the seeds."]
    pinned = [curve for curve in response.curves if curve.success is not None]
    if pinned:
        words.append("Success: bands are Wilson's 95 % intervals, in which a seed is a trial.")
    if any(curve.already is not None for curve in pinned):
        words.append(f"It is of the {ATTACKED_PINS}; hollow, at 0: already so without poison.")
    if any(curve.already is None for curve in pinned):
        words.append(f"Success of {ALL_PINS}, those included that are the attacker's without poison.")
    seeds = [curve.seeds_words for curve in response.curves]
    if len(set(seeds)) == 1:
        words.append(f"{seeds[0].capitalize()}{' each' * (len(seeds) > 1)}.")
    else:
        words += [f"{curve.title}: {each}." for curve, each in zip(response.curves, seeds, strict=True)]
    return textwrap.wrap(literal(" ".join([*words, axis.quoted_words()])), max(letters, 20), break_on_hyphens=False)


def _facts(response: DoseResponse) -> dict[str, str]:
    seeds = max((curve.flip_rate.shape[1] for curve in response.curves), default=0)
    steps = max((curve.steps for curve in response.curves), default=0)
    return {
        "scenario": one_line(response.scenario), "title": one_line(response.title), "seed": f"{seeds} in all",
        "step": str(steps), "version": __version__,
    }  # fmt: skip
