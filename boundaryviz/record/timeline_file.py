"""A timeline beside its project, as `.npz`: the checkpoints of a run and its curves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.messages import Checkpoint, Why
from boundaryviz.record import curves_file
from boundaryviz.record.archive import ArchiveError, read_archive, write_archive
from boundaryviz.record.curves import CurveStore
from boundaryviz.scenario.history_spec import STEPS
from boundaryviz.scenario.scenario import SETTINGS, Scenario, as_ever
from boundaryviz.scene.bounds import check_view
from boundaryviz.scene.scene import Domain

_FORMAT = "1"
_TOGETHER = 16  # checkpoints in one array: copying it stops every other thread
_CHECKPOINTS, _SIDE, _SAID = 60_000, 1024, 20_000  # at most; cells of a field to a side; characters said of a group
_WHYS = frozenset(get_args(Why))


@dataclass(frozen=True, eq=False)
class Kept:
    """What lies in the file."""

    checkpoints: tuple[Checkpoint, ...]
    curves: CurveStore


def beside(project: str | Path) -> Path:
    """Where the timeline of a project lies: `NAME.timeline.npz` for `NAME.bviz`."""
    return Path(project).with_suffix(".timeline.npz")


def key(scenario: Scenario) -> str:
    """What tells whether a timeline belongs to a scenario: a hash of its settings and its history."""
    included = {*SETTINGS, "course"}
    plain = scenario.model_dump(mode="json", include=included)
    return hashlib.sha256(json.dumps(as_ever(scenario, plain), sort_keys=True).encode()).hexdigest()


def write(path: str | Path, scenario: Scenario, kept: Kept) -> None:
    """Write the timeline of the run that `scenario`, with its history, came from. Raises WriteError."""
    arrays = curves_file.to_arrays(kept.curves)
    text = {"format": _FORMAT, "key": key(scenario)}
    for number, group in enumerate(_alike(kept.checkpoints)):
        columns, first = f"g{number}", group[0]
        arrays[f"{columns}.step"] = np.array([one.step for one in group])
        arrays[f"{columns}.field"] = np.stack([one.field for one in group])
        if first.clean is not None:
            arrays[f"{columns}.clean"] = np.stack([one.clean for one in group if one.clean is not None])
        for name in first.state:
            arrays[f"{columns}.state.{name}"] = np.stack([one.state[name] for one in group])
        text[f"{columns}.rect"] = json.dumps([first.rect.left, first.rect.right, first.rect.bottom, first.rect.top])
        text[f"{columns}.why"] = json.dumps([sorted(one.why) for one in group])
    write_archive(path, arrays, text)


def read(path: str | Path, scenario: Scenario) -> Kept | None:
    """The timeline at `path`; None where it belongs to another state of the project.

    Raises ArchiveError, in a sentence, for a file that holds none.
    """
    arrays, text = read_archive(path)
    if text.get("format") != _FORMAT:
        raise ArchiveError("it is no timeline, or one of a newer version")
    if text.get("key") != key(scenario):
        return None
    try:
        curves = curves_file.from_arrays(arrays)
        count, parts = _groups(arrays), _parts(arrays)
        arrays.clear()  # a group's are given up as soon as it is copied: there is not room for all of them twice
        checkpoints = [one for number in range(count) for one in _group(parts.pop(f"g{number}"), text, f"g{number}")]
        if len(checkpoints) > _CHECKPOINTS:
            raise ValueError(f"{len(checkpoints):,} moments; a window keeps far fewer")
    except (KeyError, ValueError, IndexError, TypeError, OverflowError, RecursionError) as error:
        raise ArchiveError(f"what it holds does not fit together ({error})") from None
    return Kept(tuple(sorted(checkpoints, key=lambda one: one.step)), curves)


def _alike(checkpoints: Sequence[Checkpoint]) -> list[list[Checkpoint]]:
    """Moments whose arrays have the same shapes and whose fields cover the same rectangle, some together."""
    groups: dict[object, list[Checkpoint]] = {}
    for one in checkpoints:
        shapes = tuple((name, array.shape, array.dtype) for name, array in one.state.items())
        clean = None if one.clean is None else one.clean.shape
        groups.setdefault((one.rect, one.field.shape, clean, shapes), []).append(one)
    return [group[k : k + _TOGETHER] for group in groups.values() for k in range(0, len(group), _TOGETHER)]


def _parts(arrays: Mapping[str, NDArray]) -> dict[str, dict[str, NDArray]]:
    """The arrays by what stands before their first dot, each under the rest of its name."""
    found: dict[str, dict[str, NDArray]] = {}
    for name, array in arrays.items():
        first, _, rest = name.partition(".")
        found.setdefault(first, {})[rest] = array
    return found


def _groups(arrays: Mapping[str, NDArray]) -> int:
    number = 0
    while f"g{number}.step" in arrays:
        number += 1
    return number


def _group(arrays: Mapping[str, NDArray], text: Mapping[str, str], columns: str) -> list[Checkpoint]:
    step, field, clean = arrays["step"], arrays["field"], arrays.get("clean")
    prefix = "state."
    state = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
    if max(len(text[f"{columns}.{name}"]) for name in ("rect", "why")) > _SAID:
        raise ValueError("too much is said of some moments")
    rect, why = Domain(*map(float, json.loads(text[f"{columns}.rect"]))), json.loads(text[f"{columns}.why"])
    check_view(rect)
    if step.dtype.kind not in "iu" or step.ndim != 1:
        raise ValueError("steps that are no whole numbers")
    some = [array for array in (field, clean, *state.values()) if array is not None]
    if {len(array) for array in some} != {len(step)} or len(why) != len(step):
        raise ValueError("columns of different lengths")
    sides = field.shape[-2:]
    if field.dtype != np.float16 or field.ndim not in (3, 4) or 0 in field.shape or not 1 < max(sides) <= _SIDE:
        raise ValueError(f"fields of {field.dtype} in {field.ndim} dimensions")
    if clean is not None and (clean.dtype, clean.shape) != (field.dtype, field.shape):
        raise ValueError("fields of clean twins of another shape")
    if state["step"].shape != step.shape or not np.array_equal(state["step"], step) or not _sound(step):
        raise ValueError("states of other steps")
    if state["diverged"].ndim != 2 or state["diverged"].dtype != np.bool_:
        raise ValueError("no word of which models diverged")
    return [
        Checkpoint(
            int(step[k]), rect, field[k].copy(), None if clean is None else clean[k].copy(),
            {name: np.array(array[k]) for name, array in state.items()}, frozenset(why[k]) & _WHYS,
        )
        for k in range(len(step))
    ]  # fmt: skip


def _sound(step: NDArray) -> bool:
    """Whether these are steps of a run."""
    return not len(step) or 0 <= int(step.min()) <= int(step.max()) <= STEPS
