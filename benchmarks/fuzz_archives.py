"""Archives that are too much, or out of reach: fields of any shape, rectangles of any size, curves without end."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Mapping

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from benchmarks.fuzz_sizes import EXTREMES, some
from boundaryviz.engine.messages import CURVES


def packed(arrays: Mapping[str, NDArray], text: Mapping[str, str]) -> bytes:
    """An archive that costs little to claim much: deflated."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                npy.write_array(member, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
        for name, words in text.items():
            archive.writestr(f"{name}.txt", words)
    return stream.getvalue()


def claims(rng: random.Random, amount: float) -> bytes:
    """An archive of any arrays and words that is large, or claims to be."""
    many = {f"a{k}": np.zeros(3) for k in range(some(amount, 20_000))} if rng.random() < 0.3 else {}
    shape = rng.choice([(some(amount, 30_000_000),), (some(amount, 5_000), 5_000), (1, some(amount, 30_000_000), 1)])
    words = rng.choice(["a", "ü", "\U0001f600", "\n"]) * some(amount, 20_000_000)
    return packed({"field": np.zeros(shape, rng.choice(["f4", "?", "i1"]))} | many, {"words": words})


def field_of(rng: random.Random, amount: float, kind: type) -> NDArray:
    """A field of one of many shapes, whose values may be no probabilities."""
    side = some(amount, 6_000)
    shape = rng.choice(
        [
            (side, side),
            (1, side * side),
            (side * side, 1),
            (1, 1),
            (1, side),
            (2, side),
            (3, side, 40),
            (10, 500, side // 9 + 1),
        ]
    )
    with np.errstate(over="ignore"):
        return np.full(shape, rng.choice([0.5, 0.0, np.nan, np.inf, 3e38, -1.0]), kind)


def rect_of(rng: random.Random) -> str:
    """A rectangle in words, of some size or none."""
    edges = [rng.choice([-1.0, 0.0, *EXTREMES]), rng.choice([1.0, *EXTREMES])] * 2
    return json.dumps(rng.choice([edges, [-abs(edges[1]), abs(edges[1]), -1, 1], edges[:3], [0, 10**400, 0, 1]]))


def curves_of(rng: random.Random, amount: float, prefix: str = "") -> dict[str, NDArray]:
    """Curves of a run that was far too long, or of far too many."""
    count, runs, pins = rng.choice(
        [(some(amount, 1_500_000), 1, 1), (3, some(amount, 500_000), 1), (3, 0, 5), (9, 2, some(amount, 500_000))]
    )
    step = np.arange(count) + rng.choice([0, 0, 10**12, -5])
    columns = {"step": step, "values": np.zeros((count, runs, len(CURVES))), "margins": np.zeros((count, runs, pins))}
    return {f"{prefix}curves.{name}": column for name, column in columns.items()}


def resized(
    kind: str, arrays: dict[str, NDArray], text: dict[str, str], rng: random.Random, scale: float = 1.0
) -> bytes:
    """A timeline, or pins, of which one part is too much, too many or out of reach. The mappings given are changed."""
    amount = scale * 10.0 ** rng.uniform(-2.0, 0.0)
    pins = kind == "pins"
    first = "p0" if pins else "g0"
    match rng.choice(["field", "field", "rect", "rect", "curves", "words", "many", "step"]):
        case "field":
            field = field_of(rng, amount, np.float32 if pins else np.float16)
            arrays[f"{first}.field"] = field if pins else field[None]
        case "rect" if pins:
            text["p0.pin"] = f'{{"label": "a", "clean": false, "step": 1, "rect": {rect_of(rng)}}}'
        case "rect":
            text["g0.rect"] = rect_of(rng)
        case "curves":
            arrays |= curves_of(rng, amount, f"{first}." if pins else "")
        case "words":
            name = rng.choice([name for name in text if name.startswith(first)])
            text[name] = rng.choice(["[", "[],", " ", "9", '"', "[[1]],"]) * some(amount, 20_000_000)
        case "many":
            own = {name.partition(".")[2]: array for name, array in arrays.items() if name.startswith(f"{first}.")}
            said = {name.partition(".")[2]: words for name, words in text.items() if name.startswith(f"{first}.")}
            for k in range(some(amount, 30 if pins else 3_000)):
                arrays |= {f"{first[0]}{k}.{name}": array for name, array in own.items()}
                text |= {f"{first[0]}{k}.{name}": words for name, words in said.items()}
        case _:
            step = rng.choice([2**62, 10**12, -1])
            if pins:
                text["p0.pin"] = f'{{"label": "a", "clean": false, "step": {step}00, "rect": [0, 1, 0, 1]}}'
            else:
                arrays["g0.step"] = arrays["g0.state.step"] = np.full_like(arrays["g0.step"], step)
    return packed(arrays, text)
