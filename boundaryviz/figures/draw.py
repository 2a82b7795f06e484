"""Whole figures: `draw` composes planes and curves into one matplotlib Figure, `save` writes it."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure, SubFigure

from boundaryviz import __version__
from boundaryviz.figures.palette import UNDER_POINTS, field_image
from boundaryviz.figures.plane import class_handles, draw_plane, literal
from boundaryviz.figures.progress import draw_curves
from boundaryviz.figures.style import PAPER, VIEWS, WIDTHS_CM, Options, Style
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.files import WriteError, check_writable, write_atomic

FORMATS = ("png", "svg", "pdf")


class SceneFigure(Figure):
    """A Figure that knows what it shows: whichever way it is saved, fonts are embedded as TrueType, text stays
    text, two saves give the same bytes, and the file names its scenario, seed, step and version."""

    facts: dict[str, str]
    look: Style

    def savefig(self, fname: Any, *, transparent: bool | None = None, **kwargs: Any) -> None:
        """As matplotlib's, with the metadata of `facts` where the format takes any."""
        suffix = str(kwargs.get("format") or Path(str(fname)).suffix.lstrip(".") or "png").lower()
        kwargs.setdefault("metadata", metadata(self.facts, suffix))
        with self.look.applied():
            super().savefig(fname, transparent=transparent, **kwargs)

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=144)
        return buffer.getvalue()


def draw(view: str, snapshot: Snapshot, options: Options | None = None, beside: Snapshot | None = None) -> SceneFigure:
    """A figure of `snapshot`; `view` is one of `VIEWS`. `beside`: the clean twin, for the view `twin`.

    Raises ValueError for a view that does not exist, or `twin` without its twin.
    """
    if view not in VIEWS:
        raise ValueError(f"there is no view {view!r}; there are: {', '.join(VIEWS)}")
    if (view == "twin") != (beside is not None):
        raise ValueError("the view 'twin' needs a run with a clean twin")
    options = options or Options()
    width_cm = options.width_cm or WIDTHS_CM[view] * options.look.text / PAPER.text
    style = options.look.at_width(width_cm, view)
    with style.applied():
        figure = SceneFigure(dpi=options.dpi, layout="constrained")
        FigureCanvasAgg(figure)
        figure.look, figure.facts = style, facts(snapshot)
        width = width_cm / 2.54
        pad = 0.35 * style.text / 72
        figure.get_layout_engine().set(w_pad=pad, h_pad=pad, wspace=0.03, hspace=0.03)  # type: ignore[union-attr, call-arg]
        if view == "boundary":
            figure.set_size_inches(width, 0.9 * width)
            plane = _plane(figure, snapshot, options, style, bar=True)
            _legend(figure, snapshot, options, style)
            _fit(figure, plane)
        elif view == "curves":
            figure.set_size_inches(width, 0.42 * width)
            _curves(figure, snapshot, style, columns=2)
        elif view == "summary":
            figure.set_size_inches(width, 0.5 * width)
            left, right = _halves(figure, 0.55)
            plane = _plane(left, snapshot, options, style, bar=True)
            _legend(left, snapshot, options, style)
            _curves(right, snapshot, style, columns=1)
            _fit(figure, plane)
        elif beside is not None:
            figure.set_size_inches(width, 0.5 * width)
            left, right = _halves(figure, 0.5)
            _plane(left, beside, options, style, title="clean twin")
            plane = _plane(right, snapshot, options, style, title="poisoned")
            _legend(figure, snapshot, options, style)
            _fit(figure, plane)
    return figure


def save(figure: SceneFigure, path: str | Path, dpi: int | None = None) -> None:
    """Write a PNG, SVG or PDF, by the ending of `path`; whole or not at all.

    Raises WriteError, in a sentence, for another ending or where the file cannot be written.
    """
    kind = check_path(path)
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=dpi or "figure")
    write_atomic(path, buffer.getvalue())


def check_path(path: str | Path) -> str:
    """The format that `path` ends in. Raises WriteError as `save` would, before anything is computed."""
    kind = Path(path).suffix.lstrip(".").lower()
    if kind not in FORMATS:
        endings = ", ".join(f".{f}" for f in FORMATS)
        raise WriteError(f"Cannot write {path}: a figure's file name ends in one of {endings}.")
    check_writable(path)
    return kind


def facts(snapshot: Snapshot) -> dict[str, str]:
    """What a figure's file says about itself."""
    return {
        "scenario": snapshot.scenario.name,
        "title": snapshot.scenario.title,
        "seed": str(snapshot.scenario.training.seed),
        "step": str(snapshot.step),
        "version": __version__,
    }


def metadata(facts: dict[str, str], kind: str) -> dict[str, Any] | None:
    """`facts` in the words of the file format `kind`, dates left out; None for a format without."""
    maker = f"boundaryviz {facts['version']}"
    subject = f"scenario {facts['scenario']}, seed {facts['seed']}, step {facts['step']}"
    words = [f"{key}={facts[key]}" for key in ("scenario", "seed", "step")] + [maker]
    if kind == "pdf":
        return {
            "Title": facts["title"], "Subject": subject, "Keywords": "; ".join(words), "Creator": maker,
            "CreationDate": None, "ModDate": None,
        }  # fmt: skip
    if kind in ("svg", "svgz"):
        return {"Title": facts["title"], "Description": subject, "Keywords": words, "Creator": maker, "Date": None}
    if kind == "png":
        return {"Title": facts["title"], "Description": subject, "Software": maker} | {
            f"boundaryviz:{key}": facts[key] for key in ("scenario", "seed", "step", "version")
        }
    return None


def _halves(figure: Figure, left: float) -> tuple[SubFigure, SubFigure]:
    """Two parts side by side, the first with the share `left` of the width."""
    parts: Any = figure.subfigures(1, 2, width_ratios=(left, 1.0 - left))
    return parts[0], parts[1]


def _fit(figure: Figure, plane: Axes) -> None:
    """Give the figure the height at which `plane` fills its place at equal scales, between 0.35 and 1.5 widths."""
    if plane.get_aspect() == "auto":
        return
    engine: Any = figure.get_layout_engine()
    width, height = figure.get_size_inches()
    plane.set_aspect("auto")  # filling its place, it shows how much room the things around it take
    for _ in range(2):  # that room changes a little with the size, as tick labels come and go
        engine.execute(figure)
        place, (across, up) = plane.get_position(), _part(plane)
        wanted = place.width * across * width * plane.get_data_ratio() - place.height * up * height
        height = float(np.clip(height + wanted, 0.35 * width, 1.5 * width))
        figure.set_size_inches(width, height)
    plane.set_aspect("equal")


def _part(axes: Axes) -> tuple[float, float]:
    """The share of the whole figure's width and height that belongs to the axes' subfigure."""
    whole, part = axes.figure.get_figure(root=True).bbox, axes.figure.bbox
    return part.width / whole.width, part.height / whole.height


def _plane(
    part: Figure | SubFigure,
    snapshot: Snapshot,
    options: Options,
    style: Style,
    title: str | None = None,
    bar: bool = False,
) -> Axes:
    axes = part.subplots()
    draw_plane(axes, snapshot, options, style)
    _headline(axes, title or snapshot.scenario.title, f"step {snapshot.step:,}", style)
    if bar and snapshot.field.ndim == 2:
        _bar(part, axes, snapshot, options, style)
    return axes


def _legend(part: Figure | SubFigure, snapshot: Snapshot, options: Options, style: Style) -> None:
    """The legend of the points, in as many columns as `part` is wide enough for."""
    handles = class_handles(snapshot, options, style)
    if handles:
        longest = max(len(str(handle.get_label())) for handle in handles)
        room = 72 * part.bbox.width / part.figure.dpi
        columns = int(room / (style.text * (0.6 * longest + 2.8)))
        part.legend(handles=handles, loc="outside lower center", ncols=max(1, min(columns, len(handles))))


def _headline(axes: Axes, words: str, right: str, style: Style) -> None:
    """A title in at most two lines, which end before the words at the right."""
    room = 72 * axes.figure.bbox.width / axes.figure.dpi - 7 * style.text  # less what stands beside the axes
    letters = int(room / (0.66 * style.text) - 0.9 * len(right))
    lines = textwrap.wrap(words, max(letters, 12), max_lines=2, placeholder=" \u2026")
    axes.set_title(literal("\n".join(lines)), fontweight="bold")
    axes.set_title(right, loc="right", color=style.faint, fontsize=0.9 * style.text)


def _bar(part: Figure | SubFigure, axes: Axes, snapshot: Snapshot, options: Options, style: Style) -> None:
    """A thin scale of the probability."""
    shares = np.linspace(0.0, 1.0, 256, dtype=np.float32)[None]
    colours = field_image(shares, style.middle, options.levels, UNDER_POINTS)[0] / 255.0
    scale = ScalarMappable(Normalize(0, 1), ListedColormap(colours))
    bar = part.colorbar(scale, cax=axes.inset_axes((1.025, 0.0, 0.025, 1.0)), ticks=[0, 0.5, 1])
    bar.set_label(f"probability of {literal(snapshot.scene.class_name(1))}")
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    bar.ax.set_yticklabels(["0", "½", "1"])


def _curves(part: Figure | SubFigure, snapshot: Snapshot, style: Style, columns: int) -> None:
    loss, error = part.subplots(2 // columns, columns, sharex=columns == 1)
    draw_curves(loss, snapshot.curves, "loss", style)
    draw_curves(error, snapshot.curves, "error", style)
    if columns == 1:
        loss.set_xlabel("")
    handles, words = loss.get_legend_handles_labels()
    if handles:
        part.legend(handles, words, loc="outside lower center", ncols=3)
