"""Tables of points in and out: whatever `open_sheet` opens and `understand` understands, and CSV written.

Columns `x, y` and, where there are, `label` (empty = unlabelled), `split`, `origin` and `muted`; any others can be
chosen in their place.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.scene import UNLABELLED, Points, Scene, Split, origin_word
from boundaryviz.scene.splits import SHARES
from boundaryviz.tables.cells import as_cell
from boundaryviz.tables.choice import LINES_KEPT, TableChoice, TableSource
from boundaryviz.tables.choosing import Columns, chosen
from boundaryviz.tables.formats import open_sheet
from boundaryviz.tables.sheet import LIMIT, TableError
from boundaryviz.tables.understanding import Understanding, summed_up, understand

__all__ = ["Table", "TableError", "read_file", "read_table", "write_table"]


@dataclass(frozen=True)
class Table:
    """scene: the points. source: where they came from and how they were read. notes: what a person should know of it.
    understanding: what each column holds, what was left out, and what another choice could change."""

    scene: Scene
    source: TableSource
    notes: tuple[str, ...]
    understanding: Understanding = field(compare=False, repr=False)

    def __repr__(self) -> str:
        name = f"{self.source.file}: " if self.source.file else ""
        return f"Table({name}{self.source.format}, {summed_up(self.understanding)})"

    @property
    def name(self) -> str:
        """What its points are called: the file's name without what it ends in, and without .gz before that."""
        path = Path(self.source.file)
        return one_line(Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem) or "table"

    @classmethod
    def of(
        cls,
        understanding: Understanding,
        file: str = "",
        shares: tuple[float, float, float] = SHARES,
        seed: int = 0,
    ) -> Table:
        """The table of what was understood. file: its name. shares, seed: of the splits where no column says them.

        Raises TableError with every problem.
        """
        scene = understanding.scene(shares, seed)
        notes = [*understanding.notes, *_shared_out_said(understanding, shares), *_repeated_said(scene.points)]
        left = understanding.left_out
        source = TableSource(
            file=one_line(file), format=understanding.sheet.format, choice=understanding.choice,
            kept=understanding.kept, left_out=tuple((one.line, one.reason) for one in left[:LINES_KEPT]),
            omitted=len(left), notes=tuple(notes),
        )  # fmt: skip
        return cls(scene, source, source.notes, understanding)


def read_table(
    source: Path | str | bytes,
    choice: TableChoice | None = None,
    *,
    columns: Columns | None = None,
    limit: int = LIMIT,
    shares: tuple[float, float, float] = SHARES,
    seed: int = 0,
) -> Table:
    """The points in a file (Path), in text (str) or in bytes of any usual encoding.

    choice: what is what; whatever it leaves open is found out, and said in the notes. columns: the same in words, such
    as {"x": "length", "y": "mass", "label": "species"} or "x=length,y=mass,label=species"; see `choosing.chosen`.
    limit: of a longer table a random sample of this many rows is read. shares: of training, validation and test points
    where no column says it, within each class; unlabelled and poison points train. seed: of the sample and the shares.

    Raises TableError with every problem.
    """
    choice = chosen(columns or {}, choice or TableChoice())
    understanding = understand(open_sheet(source, choice.sheet, limit=limit, seed=seed), choice)
    return Table.of(understanding, source.name if isinstance(source, Path) else "", shares, seed)


def read_file(path: str | PathLike[str], **options: Any) -> Table:
    """As `read_table`, of a file by its name, which text is there. Raises TableError."""
    return read_table(Path(path), **options)


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


def _shared_out_said(understanding: Understanding, shares: tuple[float, float, float]) -> list[str]:
    if understanding.choice.split or shares[0] >= 1:
        return []
    percent = " / ".join(f"{100 * share:g}" for share in shares)
    return [
        "No column says which points train: each class was shared out at random, "
        f"{percent} % training / validation / test."
    ]


def _repeated_said(points: Points) -> list[str]:
    """How many rows equal another row."""
    x = points.x
    order = np.lexsort((points.label, *x.T))
    same = (x[order][1:] == x[order][:-1]).all(axis=1) & (points.label[order][1:] == points.label[order][:-1])
    return [f"Rows that repeat another row: {same.sum():,}; they were kept."] if same.any() else []
