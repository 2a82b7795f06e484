"""The sheet a figure is drawn on, and the file it becomes: size, style, fonts, metadata."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from boundaryviz.figures.pgf import BACKEND
from boundaryviz.figures.style import PAPER, WIDTHS_CM, Options, Style
from boundaryviz.scenario.atomic import WriteError, check_kind, endings, explained, replacing, write_atomic
from boundaryviz.scenario.cost import afford
from boundaryviz.scenario.scratch import Scratch

FORMATS = ("png", "svg", "pdf", "pgf")
REMEDY = "a smaller width or fewer dots per inch"
_SAVED = 42.0  # bytes that saving takes for each pixel, in vector formats as well: they hold the field as a picture


class SceneFigure(Figure):
    """A Figure that knows what it shows: whichever way it is saved, fonts are embedded as TrueType, text stays
    text, two saves give the same bytes, and the file names its scenario, seed, step and version."""

    facts: dict[str, str]
    look: Style

    def savefig(self, fname: Any, *, transparent: bool | None = None, **kwargs: Any) -> None:
        """As matplotlib's, with the metadata of `facts` where the format takes any. Raises MemoryNeeded."""
        dpi = kwargs.get("dpi", "figure")
        width, height = self.get_size_inches() * (self.dpi if dpi == "figure" else dpi)
        afford({REMEDY: _SAVED * width * height}, "this figure")
        suffix = str(kwargs.get("format") or Path(str(fname)).suffix.lstrip(".") or "png").lower()
        kwargs.setdefault("metadata", metadata(self.facts, suffix))
        if suffix == "pgf":
            kwargs.setdefault("backend", BACKEND)
        with self.look.applied():
            super().savefig(fname, transparent=transparent, **kwargs)

    def png(self, dpi: int = 144) -> bytes:
        """The content of a PNG file of the figure. Raises MemoryNeeded."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=dpi)
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png()


@contextmanager
def sheet(view: str, options: Options, facts: dict[str, str]) -> Iterator[tuple[SceneFigure, Style]]:
    """An empty square figure as wide as `options` or the view itself wants it, and its style, which is in force
    within the context. facts: see `SceneFigure`."""
    width_cm = _width_cm(view, options)
    style = options.look.at_width(width_cm, view)
    with style.applied():
        figure = SceneFigure(dpi=options.dpi, layout="constrained")
        FigureCanvasAgg(figure)
        figure.look, figure.facts = style, facts
        figure.set_size_inches(width_cm / 2.54, width_cm / 2.54)
        pad = 0.35 * style.text / 72
        figure.get_layout_engine().set(w_pad=pad, h_pad=pad, wspace=0.03, hspace=0.03)  # type: ignore[union-attr, call-arg]
        yield figure, style
        _settle(figure)


def check_room(view: str, options: Options) -> None:
    """Raise MemoryNeeded where there is no memory to draw and save such a figure; before it is drawn, it is taken to
    be half as high as wide."""
    wide = _width_cm(view, options) / 2.54 * options.dpi
    afford({REMEDY: _SAVED * wide * wide / 2}, "this figure")


def _width_cm(view: str, options: Options) -> float:
    return options.width_cm or WIDTHS_CM[view] * options.look.text / PAPER.text


def _settle(figure: Figure) -> None:
    """Lay the figure out for good: matplotlib does so at every drawing, and what comes of it hangs on the last one."""
    engine = figure.get_layout_engine()
    if engine is not None:
        for _ in range(2):
            engine.execute(figure)
        figure.set_layout_engine("none")


def save(figure: SceneFigure, path: str | Path, dpi: int | None = None) -> None:
    """Write a PNG, SVG, PDF or PGF, by the ending of `path`; whole or not at all. Pictures in a PGF lie beside it.

    Raises WriteError, in a sentence, for another ending or where the file cannot be written.
    """
    kind = check_path(path)
    if kind == "pgf":
        _save_with_pictures(figure, path, dpi or "figure")
        return
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=dpi or "figure")
    write_atomic(path, buffer.getvalue())


def _save_with_pictures(figure: SceneFigure, path: str | Path, dpi: int | str) -> None:
    """Write a PGF and its pictures beside it, the `.pgf` last: all of them, or none. Raises WriteError."""
    place = Path(os.path.realpath(path))
    with explained(path), Scratch("figure") as folder:
        made = folder / "made"
        made.mkdir()
        figure.savefig(made / place.name, format="pgf", dpi=dpi)
        pictures = {place.parent / one.name: one.read_bytes() for one in made.iterdir() if one.name != place.name}
        fresh = [target for target in pictures if not os.path.lexists(target)]
        try:
            with ExitStack() as stack:  # nothing takes its place before all is there, then first what came last
                for target, data in [(path, (made / place.name).read_bytes()), *pictures.items()]:
                    stack.enter_context(replacing(target)).write_bytes(data)
        except WriteError as error:
            for target in fresh:
                target.unlink(missing_ok=True)
            if new := [one.name for one, data in pictures.items() if one not in fresh and one.read_bytes() == data]:
                raise WriteError(f"{error} Its pictures are new already: {', '.join(new)}.") from error
            raise


def check_path(path: str | Path) -> str:
    """The format that `path` ends in. Raises WriteError as `save` would, before anything is computed."""
    return check_kind(path, FORMATS, f"a figure's file name ends in one of {endings(FORMATS)}")


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
    if kind == "pgf":
        return {"Title": facts["title"], "Subject": subject, "Creator": maker}
    if kind == "png":
        return {"Title": facts["title"], "Description": subject, "Software": maker} | {
            f"boundaryviz:{key}": facts[key] for key in ("scenario", "seed", "step", "version")
        }
    return None
