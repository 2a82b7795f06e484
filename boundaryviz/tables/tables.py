"""Tables of points in and out: CSV files, dropped bytes, pasted text, and what numpy prints.

Columns `x, y` and, where there are, `label` (empty or -1 = unlabelled), `split`, `origin` and `muted`; any headers can
be mapped to them. Ids, domain and shares are worked out from the clean rows alone, wherever poison stands; only a class
that no clean row has is added by poison, which a note says.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import MAX_GROUPS, UNLABELLED, Domain, Origin, Points, Scene, Split, origin_word
from boundaryviz.tables.cells import as_cell, from_cell
from boundaryviz.tables.columns import ColumnMapping, guess, header_of, listed, locate
from boundaryviz.tables.labels import read_labels
from boundaryviz.tables.numpy_text import as_table, looks_like_numpy
from boundaryviz.tables.text import Row, TableError, TableText, check_size, number, open_text, short

__all__ = ["ColumnMapping", "Table", "TableError", "read_table", "table_headers", "write_table"]

LIMIT = 100_000
SHARES = (0.5, 0.2, 0.3)
LARGEST = 1e15  # squares of coordinates must still fit single precision
_CELLS, _CELL = 40_000_000, 30  # that are gone through before giving up; characters of one that a message repeats

_SPLITS = {
    "": Split.TRAIN, "train": Split.TRAIN, "training": Split.TRAIN, "0": Split.TRAIN,
    "validation": Split.VALIDATION, "valid": Split.VALIDATION, "val": Split.VALIDATION, "dev": Split.VALIDATION,
    "1": Split.VALIDATION, "test": Split.TEST, "testing": Split.TEST, "2": Split.TEST,
}  # fmt: skip
_ORIGINS = {"": 0, "0": 0, "1": 1, "poisoned": 1} | {origin_word(k): k for k in range(-MAX_GROUPS, MAX_GROUPS + 1)}
_MUTED = {"": 0, "no": 0, "0": 0, "false": 0, "yes": 1, "1": 1, "true": 1}

Problem = tuple[int, str]  # the line it stands on, and the sentence


@dataclass(frozen=True)
class Table:
    """What was read. notes: what a person should know of how; mapping: the columns that were taken."""

    scene: Scene
    notes: tuple[str, ...]
    headers: tuple[str, ...]
    mapping: ColumnMapping


def table_headers(source: Path | str | bytes) -> tuple[str, ...]:
    """The names of a table's columns, for a person to choose from. Raises TableError as `read_table` does."""
    table = _open(source)
    sample = table.sample()
    return header_of(sample[0], max(len(row.cells) for row in sample))[0] if sample else ()


def read_table(
    source: Path | str | bytes,
    mapping: ColumnMapping | None = None,
    *,
    limit: int = LIMIT,
    shares: tuple[float, float, float] = SHARES,
    seed: int = 0,
) -> Table:
    """The scene in a file (Path), in text (str) or in bytes of any usual encoding.

    mapping: which columns to read; guessed where it is None, and the guess stands in the notes.
    limit: of a longer table a random sample of this many rows is read.
    shares: of training, validation and test points where no column says it; unlabelled and poison points train.
    seed: of the sample and the shares.

    Raises TableError with every problem, each with its line and column.
    """
    table = _open(source)
    sample = table.sample()
    if not sample:
        raise TableError(["the table holds only comments; it needs a line 'x,y,label' and then a row for each point"])
    headers, has_header = header_of(sample[0], max(len(row.cells) for row in sample))
    if has_header and len(sample) == 1:
        raise TableError([f"line {sample[0].line + 1}: there are no points; add a row of numbers for each point"])
    notes = (
        ["Read as Latin-1, as the text is not UTF-8; look at names with accents."]
        if table.encoding == "Latin-1"
        else []
    )
    if mapping is None:
        mapping, guesses = guess(headers, sample[has_header:])
        notes += guesses
    at = locate(mapping, headers)
    rows, sampling = _rows(table, sample[0] if has_header else None, limit, seed)
    scene, remarks = _scene(rows, at, headers, has_header, shares, seed)
    taken = set(at.values())
    left_out = [name for i, name in enumerate(headers) if name and i not in taken and name.casefold() != "class"]
    if left_out:
        notes.append(f"Columns left out: {listed(left_out)}.")
    return Table(scene, (*notes, *sampling, *remarks), headers, mapping)


def write_table(scene: Scene) -> str:
    """The scene's points as CSV that `read_table` turns into equal points; ids, pins and the domain are not kept.

    A column `class` with the classes' names follows where they have names: as one line each, and with an apostrophe
    where a spreadsheet would take them for a formula, which is taken off again when they are read.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    p, named = scene.points, bool(scene.class_names)
    names = [*map(as_cell, scene.class_names), *[""] * (scene.classes - len(scene.class_names))]
    names = [*(name or scene.class_name(k) for k, name in enumerate(names)), ""]  # the last, -1, is unlabelled
    silent = bool(p.muted.any())
    writer.writerow(["x", "y", "label", "split", "origin"] + ["muted"] * silent + ["class"] * named)
    for (x, y), label, split, origin, muted in zip(
        p.xy.tolist(), p.label.tolist(), p.split.tolist(), p.origin.tolist(), p.muted.tolist(), strict=True
    ):
        row = [x, y, "" if label == UNLABELLED else label, Split(split).name.lower(), origin_word(origin)]
        row += ["yes" if muted else "no"] * silent
        writer.writerow(row + [names[label]] * named)
    return out.getvalue()


def _open(source: Path | str | bytes) -> TableText:
    if isinstance(source, str):
        check_size(len(source))
        source = as_table(source) if looks_like_numpy(source) else source
    if isinstance(source, Path) and source.exists() and not source.is_file():
        raise TableError(["a folder or a device, not a file"])
    try:
        return open_text(source)
    except OSError as error:
        raise TableError([f"cannot be read: {error.strerror or error}"]) from None


def _rows(table: TableText, header: Row | None, limit: int, seed: int) -> tuple[Iterator[Row], list[str]]:
    """The rows below the header, or a random sample of `limit` of them, or of fewer long ones, and a note if so."""
    above = 0
    if header is not None:
        above = sum(1 for _ in takewhile(lambda line: line[0] <= header.line, table.lines.written()))
    count = table.counts.written - above
    most = table.read_at_once(limit)
    if count <= most:
        first = int(header is not None)
        return islice(table.rows(), first, first + most), []
    chosen = above + np.sort(np.random.default_rng([seed, 1]).choice(count, most, replace=False))
    note = f"The table has {count:,} rows; a random sample of {most:,} was read (the same each time)."
    return table.chosen(chosen), [note]


def _scene(
    rows: Iterable[Row],
    at: dict[str, int],
    headers: Sequence[str],
    has_header: bool,
    shares: tuple[float, ...],
    seed: int,
) -> tuple[Scene, list[str]]:
    problems: list[Problem] = []
    beside = _beside(headers, at)
    lines, column = _columns(rows, at | beside, len(headers), problems)
    name = {role: f"column {short(headers[i])}" if has_header else headers[i] for role, i in at.items()}
    xy = np.stack([_numbers(column[role], lines, name[role], problems) for role in ("x", "y")], axis=1)
    notes = ["Numbers were read with a decimal comma."] if any("," in c for r in "xy" for c in column[r]) else []
    origin = np.zeros(len(lines), dtype=np.int8)
    if "origin" in at:
        origin = _words(column["origin"], _ORIGINS, lines, name["origin"], "clean or poison", problems)
    clean = origin <= Origin.CLEAN  # by these alone goes whatever is worked out
    if not clean.any():
        clean = ~clean
    words, names = column.get("label", [""] * len(lines)), column.get("class")
    labels = read_labels([from_cell(word) for word in words], names and [from_cell(word) for word in names], clean)
    if labels.eleventh is not None:
        problems.append((lines[labels.eleventh], f"{name['label']}: {labels.problem}"))
    notes += labels.notes
    muted = np.zeros(len(lines), dtype=bool)
    if "muted" in at:
        muted = _words(column["muted"], _MUTED, lines, name["muted"], "yes or no", problems).astype(bool)
    if "split" in at:
        split = _words(column["split"], _SPLITS, lines, name["split"], "train, validation or test", problems)
    else:
        free = (labels.label != UNLABELLED) & (origin <= Origin.CLEAN)
        split = _shared_out(free, shares, np.random.default_rng([seed, 2]))
        percent = " / ".join(f"{100 * share:g}" for share in shares)
        if shares[0] < 1:
            notes.append(
                f"No column is named split: points were shared out at random, {percent} % training / validation / test."
            )
    if problems:
        raise TableError([f"line {line}, {words}" for line, words in sorted(problems)])
    if repeated := _repeated(xy, labels.label):
        notes.append(f"Rows that repeat another row: {repeated:,}; they were kept.")
    axes = (headers[at["x"]], headers[at["y"]]) if has_header else ("x", "y")
    classes = max(2, len(labels.names), int(labels.label.max(initial=0)) + 1)
    points = Points.of(xy, labels.label, split, origin).with_columns(ids=_clean_first(clean), muted=muted)
    return Scene(points, Domain.around(xy[clean]), classes, labels.names, axes), notes


def _clean_first(clean: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Ids (N,) in the order of the rows, those of clean points before all others."""
    ids = np.empty(len(clean), dtype=np.int64)
    ids[np.argsort(~clean, kind="stable")] = np.arange(len(clean))
    return ids


def _columns(
    rows: Iterable[Row], at: Mapping[str, int], width: int, problems: list[Problem]
) -> tuple[list[int], dict[str, list[str]]]:
    """The line of each row, and the cells of the columns that are wanted: all that is kept of a long table."""
    lines, column, cells = list[int](), {role: list[str]() for role in at}, 0
    wanted = [(column[role].append, i) for role, i in at.items()]
    for row in rows:
        count = len(row.cells)
        cells += count
        if count > width and any(cell.strip() for cell in row.cells[width:]):
            remedy = "quote cells that hold the delimiter; with decimal commas separate cells by semicolons"
            words = f"column {width + 1}: there are {count} cells in place of {width}; {remedy}"
            problems.append((row.line, words))
            continue
        if cells > _CELLS:
            raise TableError([f"line {row.line}: the rows down to this one have too many cells; leave columns out"])
        lines.append(row.line)
        for keep, i in wanted:
            keep(row.cells[i].strip() if i < count else "")
    return lines, column


def _beside(headers: Sequence[str], at: Mapping[str, int]) -> dict[str, int]:
    """Where a column `class` with the classes' names stands beside the label column, if one does."""
    place = next((i for i, header in enumerate(headers) if header.casefold() == "class"), None)
    return {} if place is None or "label" not in at or place in at.values() else {"class": place}


def _numbers(cells: list[str], lines: list[int], name: str, problems: list[Problem]) -> NDArray[np.float64]:
    """The numbers of one column, 0 where there is a problem."""
    try:
        values = np.array([float(cell) for cell in cells])
    except ValueError:
        values = np.array([0.0 if (value := number(cell)) is None else value for cell in cells])
        for line, cell in zip(lines, cells, strict=True):
            if not cell:
                problems.append((line, f"{name}: the cell is empty; write a number or delete the row"))
            elif number(cell) is None:
                problems.append((line, f"{name}: {short(cell, _CELL)} is not a number; write one such as 1.5"))
    for i in np.flatnonzero(~(np.abs(values) <= LARGEST)):  # NaN included
        why = "is not a finite number" if not np.isfinite(values[i]) else f"is beyond {LARGEST:g}"
        remedy = "write a finite number or delete the row" if not np.isfinite(values[i]) else "rescale the column"
        problems.append((lines[i], f"{name}: {short(cells[i], _CELL)} {why}; {remedy}"))
        values[i] = 0.0
    return values


def _words(
    cells: list[str], meaning: Mapping[str, int], lines: list[int], name: str, allowed: str, problems: list[Problem]
) -> NDArray[np.int8]:
    values = [meaning.get(cell.casefold()) for cell in cells]
    problems += [
        (line, f"{name}: {short(cell, _CELL)} is not known; write {allowed}")
        for line, cell, value in zip(lines, cells, values, strict=True)
        if value is None
    ]
    return np.array([value or 0 for value in values], dtype=np.int8)


def _shared_out(free: NDArray[np.bool_], shares: tuple[float, ...], rng: np.random.Generator) -> NDArray[np.int8]:
    split = np.full(len(free), Split.TRAIN, dtype=np.int8)
    order = rng.permutation(np.flatnonzero(free))
    validation, test = (int(len(order) * share) for share in shares[1:])
    split[order[:validation]] = Split.VALIDATION
    split[order[validation : validation + test]] = Split.TEST
    return split


def _repeated(xy: NDArray[np.float64], label: NDArray[np.int16]) -> int:
    """How many rows equal another row."""
    order = np.lexsort((label, xy[:, 1], xy[:, 0]))
    same = (xy[order][1:] == xy[order][:-1]).all(axis=1) & (label[order][1:] == label[order][:-1])
    return int(same.sum())
