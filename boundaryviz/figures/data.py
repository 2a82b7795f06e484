"""The data behind a figure: what is drawn, as named arrays (`.npz`) or as one table (`.csv`)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.certificates import CertificateMap
from boundaryviz.engine.height_map import HeightMap
from boundaryviz.engine.messages import CURVES, PLAIN
from boundaryviz.figures.draw import seen
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.dose import DoseResponse
from boundaryviz.record.effect_map import EffectMap
from boundaryviz.record.records import Records, Tabular
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.record.study_table import StudyTable
from boundaryviz.record.trail import Trail
from boundaryviz.scenario.atomic import check_kind, write_atomic
from boundaryviz.scene.scene import Split, origin_word
from boundaryviz.tables.cells import as_cell

FORMATS = ("npz", "csv")
_MEASURES = tuple(name for name in CURVES[:PLAIN] if name.endswith(("_loss", "_error")))
_POINTS = ("id", "x", "y", "label", "split", "origin", "predicted")


@dataclass(frozen=True, eq=False)
class Data:
    """arrays: of numbers and text, none of objects. columns, rows: the same, or the most of it that one table holds."""

    arrays: dict[str, NDArray[Any]]
    columns: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def npz(self) -> bytes:
        """For `np.load`, also without pickle; the same data give the same bytes."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **self.arrays)
        return buffer.getvalue()

    def csv(self) -> bytes:
        """A line of names, then the rows; what is not known is empty."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_cell(value) for value in row] for row in self.rows)
        return text.getvalue().encode()


def _cell(value: Any) -> Any:
    """What is not known is empty, and no words are a formula."""
    return as_cell(value) if isinstance(value, str) else "" if value is None or value != value else value


def check_data_path(path: str | Path) -> str:
    """The format that `path` ends in. Raises WriteError as `write_data` would, before anything is computed."""
    return check_kind(path, FORMATS, "the data of a figure are .npz or .csv")


def write_data(data: Data, path: str | Path) -> None:
    """Write an `.npz` or `.csv`, by the ending of `path`; whole or not at all. Raises WriteError."""
    write_atomic(path, data.npz() if check_data_path(path) == "npz" else data.csv())


def data_of(view: str, snapshot: Snapshot, beside: Snapshot | None = None, others: Sequence[Snapshot] = ()) -> Data:
    """What `draw` draws of the same arguments.

    Arrays: `field`, `x` and `y` are the probabilities and their places; `point_...` one entry for each point;
    `curve_...` (evaluations, replicas). Those of the clean twin begin with `clean_`, those of moments and runs with
    `moment1_`, `run1_` and so on. The table holds curves, a row for each evaluated step, where curves are all that is
    drawn; otherwise the points and what was predicted for them.
    """
    if view == "curves":
        arrays = {"step": np.array(snapshot.step), **_curves(snapshot.curves, _MEASURES)}
        return Data(arrays, *_curve_table(snapshot.curves))
    if others:
        return _several("moment" if view == "frames" else "run", [seen(one) for one in others], view == "compare")
    shown = seen(snapshot)
    arrays = {"step": np.array(shown.step), **_plane(shown)}
    if view == "summary":
        arrays |= _curves(shown.curves, _MEASURES)
    if view == "defence":
        weight, score = _verdict(shown)
        rows = [(*row, *more) for row, *more in zip(_point_rows(shown), weight.tolist(), score.tolist(), strict=True)]
        return Data(arrays, (*_POINTS, "weight", "score"), rows)
    if view == "heights" and shown.heights is not None:
        arrays |= _heights(shown.heights)
    if view == "embedding" and shown.embedding is not None:
        ids = shown.embedding.ids.tolist()
        places = dict(zip(ids, shown.embedding.xy.tolist(), strict=True))
        rows = [(*row, *places.get(row[0], (None, None))) for row in _point_rows(shown)]
        return Data(arrays, (*_POINTS, "embedding_x", "embedding_y"), rows)
    if beside is None:
        return Data(arrays, _POINTS, _point_rows(shown))
    clean = seen(beside, frozenset())
    arrays |= {f"clean_{name}": array for name, array in _plane(clean).items()}
    rows = [(side, *row) for side, one in (("poisoned", shown), ("clean", clean)) for row in _point_rows(one)]
    return Data(arrays, ("twin", *_POINTS), rows)


def data_of_dose(response: DoseResponse) -> Data:
    """A row, in the table, for each learner, dose and seed; `already_so` is the share of pins that dose 0 of the seed
    gives to the attacker, and `attack_success_rate` is of the others."""
    arrays: dict[str, NDArray[Any]] = {"dose": np.array(response.doses), "rate": np.array(response.rates)}
    rows: list[tuple[Any, ...]] = []
    for at, curve in enumerate(response.curves, 1):
        success = np.full_like(curve.flip_rate, np.nan) if curve.success is None else curve.success
        arrays[f"learner{at}_name"] = np.array(curve.learner)
        arrays[f"learner{at}_flip_rate"] = curve.flip_rate
        arrays[f"learner{at}_attack_success_rate"] = success
        already = np.full(curve.flip_rate.shape[1], np.nan) if curve.already is None else curve.already
        arrays[f"learner{at}_already_so"] = already
        for k, (dose, rate) in enumerate(zip(response.doses, response.rates, strict=True)):
            sides = (curve.flip_rate[k].tolist(), success[k].tolist(), already.tolist())
            for seed, measures in enumerate(zip(*sides, strict=True)):
                rows.append((curve.learner, dose, rate, seed, *measures))
    columns = ("learner", "dose", "rate", "seed", "flip_rate", "attack_success_rate", "already_so")
    return Data(arrays, columns, rows)


def data_of_study(table: StudyTable) -> Data:
    """A row, in the table, for each run; -1 in an array stands for no fold, and for points that no seed drew. Values of
    an axis that are no numbers are written in JSON."""
    arrays = {
        name: column if column.dtype != object else np.array([json.dumps(value) for value in column.tolist()])
        for name, column in table.columns.items()
    }
    rows = table.rows()
    return Data(arrays, tuple(table.columns), [tuple(row.get(name) for name in table.columns) for row in rows])


def data_of_table(columns: Mapping[str, NDArray[Any]], arrays: Mapping[str, NDArray[Any]] | None = None) -> Data:
    """Columns of one shape as a table, a row for each of their entries. arrays: default the same."""
    rows = zip(*(one.ravel().tolist() for one in columns.values()), strict=True)
    return Data(dict(columns if arrays is None else arrays), tuple(columns), list(rows))


def data_of_rows(found: Tabular) -> Data:
    """The rows of a result, an array for each of their columns."""
    return data_of_records(found.rows())


def data_of_records(rows: Records) -> Data:
    """As `data_of_rows`."""
    columns = {name: [row.get(name) for row in rows] for name in rows.names}
    arrays = {
        name: np.array(["" if value is None else value for value in column])
        if any(isinstance(value, str) for value in column)
        else np.array([np.nan if value is None else value for value in column])
        for name, column in columns.items()
    }
    return Data(arrays, tuple(columns), list(zip(*columns.values(), strict=True)))


def data_of_trail(trail: Trail, poisoned: Snapshot, clean: Snapshot) -> Data:
    """What `draw_trail` draws: the arrays of both planes as in `data_of`, and of the states of the attack. The table
    has a row for each point of poison in each state."""
    states = {f"state_{name}": trail.column(name) for name in ("objective", "error", "clean_error", "fits")}
    rows = [
        (number, k, *x, label, None if instead < 0 else instead, state.objective, state.error, state.fits)
        for number, state in enumerate(trail.states)
        for k, (x, label, instead) in enumerate(
            zip(state.points.tolist(), state.label.tolist(), state.replaces.tolist(), strict=True)
        )
    ]
    last = trail.last
    arrays = data_of("flip", poisoned, clean).arrays | states
    arrays |= {"poison": last.points, "poison_label": last.label, "poison_replaces": last.replaces}
    inputs = ("x", "y") if last.points.shape[1] == 2 else tuple(f"input{k}" for k in range(last.points.shape[1]))
    return Data(arrays, ("state", "point", *inputs, "label", "replaces", "objective", "error", "fits"), rows)


def data_of_effect_map(found: EffectMap, snapshot: Snapshot) -> Data:
    """What `draw_effect_map` draws: the arrays of the plane as in `data_of`, and of the map its nodes, values and what
    was measured, by label. The table has a row for each label and node."""
    x, y = found.nodes
    arrays = data_of("boundary", snapshot).arrays | {
        "map_x": x, "map_y": y, "map_label": np.array(found.labels), "map_change": found.values,
        "map_measured": found.measured, "map_base": np.array(found.base),
        "map_floor": np.array(np.nan if found.floor is None else found.floor),
    }  # fmt: skip
    rows = found.rows()
    return Data(arrays, tuple(rows.names), [tuple(row.values()) for row in rows])


def data_of_certificate(found: CertificateMap, snapshot: Snapshot) -> Data:
    """What `draw_certificate` draws: the arrays of the plane as in `data_of`, what is survived at each cell of its own
    grid, and in the table the share of test points that each number of poison points leaves right."""
    rows, columns = found.survived.shape
    x, y = found.domain.grid(columns, rows).reshape(rows, columns, 2).transpose(2, 0, 1)
    arrays = data_of("boundary", snapshot).arrays | {"map_x": x[0], "map_y": y[:, 0], "map_survived": found.survived}
    return Data(arrays, ("poison", "held"), list(enumerate(found.held.tolist())))


def _heights(found: HeightMap) -> dict[str, NDArray[Any]]:
    """Heights above and below the cells of a grid of their own, and the sheets over one of twice as many."""
    rows, columns = found.above.shape
    x, y = found.domain.grid(columns, rows).reshape(rows, columns, 2).transpose(2, 0, 1)
    return {
        "height_x": x[0], "height_y": y[:, 0], "height_above": found.above, "height_below": found.below,
        "sheet_z": np.array(found.z), "sheet_above": found.sheets[0], "sheet_below": found.sheets[1],
    }  # fmt: skip


def _several(word: str, several: Sequence[Snapshot], with_losses: bool) -> Data:
    arrays: dict[str, NDArray[Any]] = {
        f"{word}_step": np.array([one.step for one in several]),
        f"{word}_name": np.array([one.name for one in several]),
    }
    rows: list[tuple[Any, ...]] = []
    for at, one in enumerate(several, 1):
        found = _plane(one) | (_curves(one.curves, ("validation_loss",)) if with_losses else {})
        arrays |= {f"{word}{at}_{name}": array for name, array in found.items()}
        rows += [(at, one.name, one.step, *row) for row in _point_rows(one)]
    return Data(arrays, (word, "name", "step", *_POINTS), rows)


def _plane(snapshot: Snapshot) -> dict[str, NDArray[Any]]:
    points, rect = snapshot.scene.points, snapshot.rect
    rows, columns = snapshot.field.shape[-2:]
    targets = snapshot.scene.targets
    found: dict[str, NDArray[Any]] = {
        "field": snapshot.field,
        "x": rect.left + (np.arange(columns) + 0.5) * (rect.width / columns),
        "y": rect.bottom + (np.arange(rows) + 0.5) * (rect.height / rows),
        "point_id": points.ids, "point_x": points.xy[:, 0], "point_y": points.xy[:, 1], "point_label": points.label,
        "point_split": points.split, "point_origin": points.origin,
        "target_x": np.array([target.x for target in targets]), "target_y": np.array([target.y for target in targets]),
        "target_wanted": np.array([target.target_class for target in targets], dtype=np.int16),
    }  # fmt: skip
    if snapshot.predicted is not None:
        found["point_predicted"] = snapshot.predicted
    every = {"point_probability": snapshot.p, "clean_point_probability": snapshot.clean_p}
    found |= {name: p for name, p in every.items() if p is not None}
    if (chains := snapshot.cascade) is not None:
        found |= {"point_label_when": chains.when, "point_label_handed": chains.label, "point_before": chains.before}
    if (placed := snapshot.embedding) is not None:
        found |= {"embedding_id": placed.ids, "embedding_x": placed.xy[:, 0], "embedding_y": placed.xy[:, 1]}
    if snapshot.judged is not None:
        found["point_weight"], found["point_score"] = _verdict(snapshot)
    return found


def _verdict(snapshot: Snapshot) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """How far the defence trusts each point, and how suspicious it finds it; NaN of what it did not judge."""
    ids, judged = snapshot.scene.points.ids, snapshot.judged
    weight, score = np.full(len(ids), np.nan, dtype=np.float32), np.full(len(ids), np.nan)
    if judged is not None:
        _, at, mine = np.intersect1d(ids, judged.ids, assume_unique=True, return_indices=True)
        weight[at], score[at] = judged.weights[mine], judged.scores[mine]
    return weight, score


def _point_rows(snapshot: Snapshot) -> list[tuple[Any, ...]]:
    """Columns as in `_POINTS`; -1 is unlabelled, and undecided."""
    points = snapshot.scene.points
    predicted = [None] * len(points) if snapshot.predicted is None else snapshot.predicted.tolist()
    return list(
        zip(
            points.ids.tolist(), points.xy[:, 0].tolist(), points.xy[:, 1].tolist(), points.label.tolist(),
            [Split(split).name.lower() for split in points.split], [origin_word(int(o)) for o in points.origin],
            predicted, strict=True,
        )
    )  # fmt: skip


def _curves(curves: CurveStore, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    return {"curve_step": curves.step, **{f"curve_{name}": curves.column(name) for name in names}}


def _curve_table(curves: CurveStore) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """A column for each measure, or for each of the replicas, counted from 0 as seeds are."""
    r = curves.replicas
    columns = [name if r == 1 else f"{name}_{k}" for name in _MEASURES for k in range(r)]
    values = np.concatenate([curves.column(name) for name in _MEASURES], axis=1).tolist()
    return ("step", *columns), [(step, *row) for step, row in zip(curves.step.tolist(), values, strict=True)]
