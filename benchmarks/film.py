"""Films: frames a second, drawn and encoded, of 300 frames at 1280 x 720, against drawing every frame anew; in every
format, and as MP4 in every view."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from boundaryviz.figures.draw import draw
from boundaryviz.figures.film_making import write_film
from boundaryviz.figures.film_options import VIEWS, FilmOptions
from boundaryviz.figures.style import AGAINST_CLEAN, Options
from boundaryviz.scenario.gallery import load
from boundaryviz.studies.filming import RunConfig, over_training

FRAMES, ANEW, ROUNDS = 300, 6, 2
KINDS = ("mp4", "webp", "gif")


def main() -> None:
    scenario = load("moons").with_values({"training.steps": 2000})
    sequence = over_training(RunConfig(scenario, device="cpu"), FRAMES)
    options = FilmOptions(view="summary", width=1280, height=720, hold=0.0, card=0.0)
    rates: dict[str, list[float]] = {kind: [] for kind in (*KINDS, "anew")}
    sizes = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            for checkpoint in sequence.shown[:: max(1, len(sequence.shown) // ANEW)][:ANEW]:
                draw("summary", checkpoint, Options(width_cm=25.4, style="slides"))._repr_png_()
            rates["anew"].append(ANEW / (time.perf_counter() - began))
            for kind in KINDS:
                path = Path(folder) / f"film.{kind}"
                began = time.perf_counter()
                sizes[kind] = write_film(path, sequence, options)
                rates[kind].append(FRAMES / (time.perf_counter() - began))
    anew = median(rates["anew"])
    print(f"  every figure drawn anew      {anew:6.1f} frames a second")
    for kind in KINDS:
        rate = median(rates[kind])
        print(f"  {kind:5} {FRAMES} frames, 1280 x 720  {rate:6.1f} frames a second  x{rate / anew:.1f}"
              f"  {sizes[kind] / 2**20:.1f} MB")  # fmt: skip
    for view in VIEWS:
        print(f"  mp4, {view:9} {_of(view):6.1f} frames a second")


def _of(view: str) -> float:
    """Of a net under attack."""
    scenario = load("two-moons-bridge-neural").with_values({"training.steps": 600})
    take = RunConfig(scenario, twin=view in AGAINST_CLEAN, device="cpu", cascade=view == "cascade")
    sequence, options = over_training(take, FRAMES), FilmOptions(view=view, width=1280, height=720, hold=0.0, card=0.0)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        write_film(Path(folder) / "film.mp4", sequence, options)
        return FRAMES / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
