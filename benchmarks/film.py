"""Films: frames a second, drawn and encoded, at 1280 x 720, against drawing every frame anew; in every format, and as
MP4 in every view."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.frame import Row, section
from boundaryviz.figures.draw import draw
from boundaryviz.figures.film.encoding import write_film
from boundaryviz.figures.film.options import VIEWS, FilmOptions
from boundaryviz.figures.film.sequence import FrameSequence
from boundaryviz.figures.style import AGAINST_CLEAN, Options
from boundaryviz.scenario.gallery import load
from boundaryviz.studies.filming import RunConfig, over_training

FRAMES, ANEW, ROUNDS = 300, 6, 2
KINDS = ("mp4", "webp", "gif")


@section("film", "Films")
def films(least: bool) -> Iterator[Row]:
    """Every format against figures drawn one by one, then every view."""
    frames, anew, rounds, steps = (3, 1, 1, 4) if least else (FRAMES, ANEW, ROUNDS, 2000)
    sequence = over_training(RunConfig(load("moons").with_values({"training.steps": steps})), frames)
    rates: dict[str, list[float]] = {kind: [] for kind in (*KINDS, "anew")}
    sizes = {}
    for _ in range(rounds):
        rates["anew"].append(_drawn(sequence, anew))
        for kind in KINDS:
            rate, sizes[kind] = _written(sequence, "summary", least, kind)
            rates[kind].append(rate)
    for kind in KINDS:
        slow, quick = median(rates["anew"]), median(rates[kind])
        detail = f"{slow:.3g} → {quick:.3g} frames/s, {sizes[kind] / 2**20:.1f} MB"
        yield Row(f"summary as {kind}, {frames} frames", "each figure drawn anew", detail, quick / slow)
    for view in VIEWS:
        yield Row(f"{view} as mp4", "", f"{_of(view, frames, least):.3g} frames/s")


def _drawn(sequence: FrameSequence, figures: int) -> float:
    """Figures a second."""
    began = time.perf_counter()
    for snapshot in sequence.shown[:: max(1, len(sequence.shown) // figures)][:figures]:
        draw("summary", snapshot, Options(width_cm=25.4, style="slides"))._repr_png_()
    return figures / (time.perf_counter() - began)


def _written(sequence: FrameSequence, view: str, least: bool, kind: str = "mp4") -> tuple[float, int]:
    """Frames a second, and the bytes of the film."""
    width, height = (320, 240) if least else (1280, 720)
    options = FilmOptions(view=view, width=width, height=height, hold=0.0, card=0.0)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        size = write_film(Path(folder) / f"film.{kind}", sequence, options)
        return len(sequence.shown) / (time.perf_counter() - began), size


def _of(view: str, frames: int, least: bool) -> float:
    """Frames a second of a net under attack; off the plane, of one whose plane has something beside it."""
    scenario = load("dimples" if view == "heights" else "two-moons-bridge-neural")
    scenario = scenario.with_values({"training.steps": 4 if least else 600})
    looks = {name: view == name for name in ("cascade", "pushes", "embedding", "heights")}
    config = RunConfig(scenario, device="auto", twin=view in AGAINST_CLEAN, **looks)
    return _written(over_training(config, frames), view, least)[0]
