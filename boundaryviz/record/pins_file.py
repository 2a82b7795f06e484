"""Pinned moments in a file, as `.pins.npz`: their fields and curves as arrays, scenarios and points as text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences.judged import Judged
from boundaryviz.record import curves_file
from boundaryviz.record.archive import ArchiveError, read_archive, write_archive
from boundaryviz.record.pins import MOST, PinnedSnapshot
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario import files
from boundaryviz.scenario.history_spec import STEPS
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.bounds import check_view
from boundaryviz.scene.plain_text import path_end
from boundaryviz.scene.scene import Domain, Scene

ENDING = ".pins.npz"
_FORMAT = "pins 1"
_LIMIT, _LABEL, _SAID = 1 << 27, 1000, 20_000  # bytes, of a label too, and characters of what is said of a pin
_CURVES = 2_000_000  # bytes of the curves of one
_JUDGED = 1 << 20  # points that a verdict is on
_BEYOND = 0.5 + 1e-3  # from one half, to which probabilities come
_SIDE, _VALUES = 8192, 2048 * 2048  # cells of a field to a side, and values in it; a window shows 320 to a side


def is_pins(path: str | Path) -> bool:
    """Whether a path is called as files of pins are."""
    return str(path).lower().endswith(ENDING)


def write(path: str | Path, pins: Sequence[PinnedSnapshot]) -> None:
    """Write pins, but for their label cascades. Raises WriteError."""
    arrays: dict[str, NDArray] = {}
    text = {"format": _FORMAT}
    for number, pin in enumerate(pins):
        snapshot, columns = pin.snapshot, f"p{number}."
        rect = [snapshot.rect.left, snapshot.rect.right, snapshot.rect.bottom, snapshot.rect.top]
        text[f"{columns}pin"] = json.dumps(
            {"label": pin.label, "clean": pin.clean, "step": snapshot.step, "rect": rect}
        )
        text[f"{columns}scenario"] = _ascii(files.dumps(snapshot.scenario.settings().with_scene(snapshot.scene)))
        arrays[f"{columns}field"] = snapshot.field
        if snapshot.predicted is not None:
            arrays[f"{columns}predicted"] = snapshot.predicted
        if (judged := snapshot.judged) is not None:
            arrays |= {f"{columns}judged.{one.name}": getattr(judged, one.name) for one in fields(Judged)}
        arrays |= curves_file.to_arrays(snapshot.curves, columns, _CURVES)
    write_archive(path, arrays, text)


def read(path: str | Path) -> tuple[PinnedSnapshot, ...]:
    """The pins in a file, one to nine. Raises ArchiveError, in a sentence, for a file that holds none."""
    arrays, text = read_archive(path, _LIMIT)
    if text.get("format") != _FORMAT:
        raise ArchiveError(f"{path_end(path)}: it holds no pins, or is of a newer version")
    found: list[PinnedSnapshot] = []
    shared: dict[str, Scenario] = {}  # by their text: pins of one run often have one
    try:
        while (columns := f"p{len(found)}.") + "pin" in text:
            words = text[f"{columns}scenario"]
            if words not in shared:
                shared[words] = files.parse(words, Path(path), ".bviz")
            found.append(_pin(arrays, text, columns, shared[words]))
            if len(found) > MOST:
                raise ValueError(f"more than {MOST} pins")
    except ScenarioError as error:
        raise ArchiveError(error.problems[0]) from None
    except (KeyError, ValueError, IndexError, TypeError, OverflowError, RecursionError) as error:
        raise ArchiveError(f"{path_end(path)}: what it holds does not fit together ({error})") from None
    if not found:
        raise ArchiveError(f"{path_end(path)}: there is no pin in it")
    return tuple(found)


def _pin(arrays: Mapping[str, NDArray], text: Mapping[str, str], columns: str, scenario: Scenario) -> PinnedSnapshot:
    if len(text[f"{columns}pin"]) > _SAID:
        raise ValueError("too much is said of a pin")
    scene, said = scenario.scene(), json.loads(text[f"{columns}pin"])
    label, clean, step = str(said["label"]), bool(said["clean"]), said["step"]
    if len(label.encode()) > _LABEL:  # which also finds half a character
        raise ValueError("a label that is too long")
    if not isinstance(step, int) or not 0 <= step <= STEPS:
        raise ValueError("a step that is no whole number")
    rect = Domain(*map(float, said["rect"]))
    check_view(rect)
    field, predicted = arrays[f"{columns}field"], arrays.get(f"{columns}predicted")
    _check_field(field, scene.classes)
    if predicted is not None:
        known = predicted.dtype == np.int16 and predicted.shape == (len(scene.points),)
        if not known or (len(predicted) and not -1 <= predicted.min() <= predicted.max() < scene.classes):
            raise ValueError("classes predicted for other points")
    curves, judged = curves_file.from_arrays(arrays, columns), _judged(arrays, f"{columns}judged.", scene)
    return PinnedSnapshot(label, Snapshot(scenario, scene, step, rect, field, curves, predicted, judged=judged), clean)


def _judged(arrays: Mapping[str, NDArray], columns: str, scene: Scene) -> Judged | None:
    """Raises ValueError for what is no verdict on points of the scene."""
    if f"{columns}ids" not in arrays:
        return None
    judged = Judged(*(arrays[f"{columns}{one.name}"].copy() for one in fields(Judged)))
    kinds = tuple(getattr(judged, one.name).dtype for one in fields(Judged))
    shape = judged.ids.shape
    if kinds != (np.int64, np.bool_, np.float32, np.float64) or len(shape) != 1 or shape[0] > _JUDGED:
        raise ValueError("a verdict in other columns")
    if (
        any(getattr(judged, one.name).shape != shape for one in fields(Judged))
        or len(np.unique(judged.ids)) != shape[0]
    ):
        raise ValueError("a verdict whose columns differ in length, or on a point twice")
    if not ((judged.weights >= 0) & (judged.weights <= 1)).all() or np.isinf(judged.scores).any():
        raise ValueError("a verdict with weights or scores that are none")
    return judged


def _ascii(words: str) -> str:
    """JSON without letters of more than a byte: one of them makes every other take four in memory."""
    return words if words.isascii() else re.sub("[^\x00-\x7f]+", lambda found: json.dumps(found[0])[1:-1], words)


def _check_field(field: NDArray, classes: int) -> None:
    """Raises ValueError for what is no field of probabilities, or one that no window shows."""
    if field.dtype != np.float32 or field.ndim not in (2, 3):
        raise ValueError(f"a field of {field.dtype} in {field.ndim} dimensions")
    if (2 if field.ndim == 2 else len(field)) != classes:
        raise ValueError("a field of another number of classes")
    rows, columns = field.shape[-2:]
    if not 2 <= min(rows, columns) <= max(rows, columns) <= _SIDE or field.size > _VALUES:
        raise ValueError(
            f"a field of {columns:,} x {rows:,} cells; it has 2 to {_SIDE:,} to a side, and not all of them"
        )
    with np.errstate(invalid="ignore"):
        if not (np.isnan(field) | (np.abs(field - 0.5) <= _BEYOND)).all():
            raise ValueError("a field of other numbers than probabilities")
