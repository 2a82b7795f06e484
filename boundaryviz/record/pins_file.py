"""Pinned moments in a file, as `.pins.npz`: their fields and curves as arrays, scenarios and points as text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boundaryviz.record import curves_file
from boundaryviz.record.archive import ArchiveError, read_archive, write_archive
from boundaryviz.record.pins import MOST, Pin
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario import files
from boundaryviz.scenario.scenario import ScenarioError
from boundaryviz.scene.scene import Domain

ENDING = ".pins.npz"
_FORMAT = "pins 1"
_LIMIT, _LABEL = 1 << 28, 1000  # bytes


def is_pins(path: str | Path) -> bool:
    """Whether a path is called as files of pins are."""
    return str(path).lower().endswith(ENDING)


def write(path: str | Path, pins: Sequence[Pin]) -> None:
    """Write pins, but for their label cascades. Raises WriteError."""
    arrays: dict[str, NDArray] = {}
    text = {"format": _FORMAT}
    for number, pin in enumerate(pins):
        shot, columns = pin.snapshot, f"p{number}."
        rect = [shot.rect.left, shot.rect.right, shot.rect.bottom, shot.rect.top]
        text[f"{columns}pin"] = json.dumps({"label": pin.label, "clean": pin.clean, "step": shot.step, "rect": rect})
        text[f"{columns}scenario"] = files.dumps(shot.scenario.with_scene(shot.scene))
        arrays[f"{columns}field"] = shot.field
        if shot.predicted is not None:
            arrays[f"{columns}predicted"] = shot.predicted
        arrays |= curves_file.to_arrays(shot.curves, columns)
    write_archive(path, arrays, text)


def read(path: str | Path) -> tuple[Pin, ...]:
    """The pins in a file, one to nine. Raises ArchiveError, in a sentence, for a file that holds none."""
    arrays, text = read_archive(path, _LIMIT)
    if text.get("format") != _FORMAT:
        raise ArchiveError(f"{path}: it holds no pins, or is of a newer version")
    found: list[Pin] = []
    try:
        while (columns := f"p{len(found)}.") + "pin" in text:
            found.append(_pin(arrays, text, columns, Path(path)))
            if len(found) > MOST:
                raise ValueError(f"more than {MOST} pins")
    except ScenarioError as error:
        raise ArchiveError(error.problems[0]) from None
    except (KeyError, ValueError, IndexError, TypeError, OverflowError, RecursionError) as error:
        raise ArchiveError(f"{path}: what it holds does not fit together ({error})") from None
    if not found:
        raise ArchiveError(f"{path}: there is no pin in it")
    return tuple(found)


def _pin(arrays: Mapping[str, NDArray], text: Mapping[str, str], columns: str, path: Path) -> Pin:
    scenario = files.parse(text[f"{columns}scenario"], path, ".bviz")
    scene, said = scenario.scene(), json.loads(text[f"{columns}pin"])
    label, clean, step = str(said["label"]), bool(said["clean"]), said["step"]
    if len(label.encode()) > _LABEL:  # which also finds half a character
        raise ValueError("a label that is too long")
    if not isinstance(step, int) or step < 0:
        raise ValueError("a step that is no whole number")
    rect = Domain(*map(float, said["rect"]))
    field, predicted = arrays[f"{columns}field"], arrays.get(f"{columns}predicted")
    if field.dtype != np.float32 or field.ndim not in (2, 3) or 0 in field.shape or np.isinf(field).any():
        raise ValueError(f"a field of {field.dtype} in {field.ndim} dimensions")
    if (2 if field.ndim == 2 else len(field)) != scene.classes:
        raise ValueError("a field of another number of classes")
    if predicted is not None:
        known = predicted.dtype == np.int16 and predicted.shape == (len(scene.points),)
        if not known or (len(predicted) and not -1 <= predicted.min() <= predicted.max() < scene.classes):
            raise ValueError("classes predicted for other points")
    curves = curves_file.from_arrays(arrays, columns)
    return Pin(label, Snapshot(scenario, scene, step, rect, field, curves, predicted), clean)
