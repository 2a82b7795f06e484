"""Writes `assets/gallery.npz`: what a model of each scenario of the gallery thinks when it is trained.

    python -m tools.gallery_pictures [NAME ...]

Of two classes the probability of class 1 in 255 parts, else the class, uint8 (rows, columns). Beside each stands the
key of the settings it was trained with, so that a picture of other settings is never shown. With names only those are
drawn.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boundaryviz.runs.run import start
from boundaryviz.scenario import gallery

FILE = Path(__file__).parents[1] / "assets" / "gallery.npz"
COLUMNS = 96


def drawn(name: str) -> NDArray[np.uint8]:
    """The picture of a scenario: train it, with its poison, on the processor."""
    scenario = gallery.load(name)
    run = start(scenario, seeds=1, twin=False, device="cpu")
    run.advance(scenario.steps)
    field = run.field(columns=COLUMNS, rows=run.scene.domain.rows(COLUMNS))[0]
    if field.ndim == 2:
        return np.rint(255 * np.nan_to_num(field, nan=0.5)).astype(np.uint8)
    return field.argmax(axis=0).astype(np.uint8)


def main(names: list[str]) -> None:
    """Draw these, or all, and write the file."""
    held = dict(np.load(FILE)) if names and FILE.exists() else {}
    for name in names or gallery.names():
        held[name] = drawn(name)
        held[f"{name}.key"] = np.array(gallery.key_of(gallery.load(name)))
        print(name)
    np.savez_compressed(FILE, **held)


if __name__ == "__main__":
    main(sys.argv[1:])
