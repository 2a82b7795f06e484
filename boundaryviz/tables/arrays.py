"""Arrays of numpy in `.npy` and `.npz`: an array (n, d), and beside it, in one archive, columns of the same n.

The header of an array is checked against its bytes before anything is made of it; objects, which only a pickle can
hold, are refused.
"""

from __future__ import annotations

import io
import math
import sys
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from boundaryviz.scene.plain_text import one_line
from boundaryviz.tables.choice import Question, SheetChoice
from boundaryviz.tables.delimited import CELLS, MAX_COLUMNS, random_rows, sampled_said
from boundaryviz.tables.filling import fill
from boundaryviz.tables.heading import Heading, unique
from boundaryviz.tables.sheet import Row, Sheet, TableError
from boundaryviz.tables.words import listed, short

_HEADER = 10_000  # bytes
_KINDS = "biufUSV"  # bool, integers, floats, words, and rows of named fields
_LABELS = ("y", "label", "labels", "target", "targets", "class", "classes", "t")
_POINTS = ("x", "data", "points", "features", "arr_0", "inputs")
_SHOWN = 200  # arrays to choose from


def read_npy(content: bytes, limit: int, seed: int) -> Sheet:
    """Raises TableError."""
    columns = _columns(_array("the file", content))
    return _sheet(columns, "npy", limit, seed)


def read_npz(members: Mapping[str, bytes], choice: SheetChoice, limit: int, seed: int) -> Sheet:
    """members: of the archive. The array that was chosen, or the likeliest, with columns of as many rows beside it.

    Raises TableError.
    """
    found = {name.removesuffix(".npy"): content for name, content in members.items() if name.endswith(".npy")}
    if not found:
        words = f"the archive holds {listed([*members])}" if members else "the archive is empty"
        raise TableError([f"{words}, and neither a workbook nor arrays; unpack it, and open the table in it"])
    arrays, problems = dict[str, NDArray](), list[str]()
    for name, content in found.items():
        try:
            arrays[name] = _array(short(name), content)
        except TableError as error:
            problems += error.problems
    planes = [name for name, array in arrays.items() if array.ndim == 2 or array.dtype.names]
    if choice.sheet is not None and choice.sheet not in planes:
        raise TableError([f"sheet: there is no array {short(choice.sheet)} of rows; there are: {listed(planes)}"])
    flat = {name: array for name, array in arrays.items() if array.ndim == 1 and not array.dtype.names}
    if not planes:
        rows = max((len(array) for array in flat.values()), key=[*map(len, flat.values())].count, default=0)
        columns = {name: column for name, column in flat.items() if len(column) == rows}
        if len(columns) < 2:
            raise TableError(problems or ["there is no array of rows with two numbers each; save one such as X (n, 2)"])
        return _sheet(columns, "npz", limit, seed)
    taken = choice.sheet or min(planes, key=lambda name: (_stem(name) not in _POINTS, planes.index(name)))
    columns = _columns(arrays[taken])
    rows = len(arrays[taken])
    beside = {name: array for name, array in flat.items() if len(array) == rows and _tail(name) in ("", _tail(taken))}
    columns |= {
        "label" if _stem(name) in _LABELS and "label" not in columns else name: array for name, array in beside.items()
    }
    several = tuple(planes[:_SHOWN]) if len(planes) > 1 else ()
    notes = [f"Read array {short(taken)} of {listed(planes)}."] if several and choice.sheet is None else []
    return _sheet(columns, "npz", limit, seed, several, taken, notes)


def _sheet(
    columns: Mapping[str, NDArray], kind: str, limit: int, seed: int,
    several: tuple[str, ...] = (), taken: str | None = None, notes: Sequence[str] = (),
) -> Sheet:  # fmt: skip
    count = len(next(iter(columns.values())))
    if not count:
        raise TableError(["there are no rows in the array"])
    most = max(1, min(limit, CELLS // len(columns)))
    which = np.arange(count) if count <= most else random_rows(count, most, seed)
    notes = [*notes, *([sampled_said(count, most)] if count > most else [])]
    cells = [_cells(column[which]) for column in columns.values()]
    named = not all(name.startswith("column ") for name in columns)
    heading = Heading(unique([*map(one_line, columns)]), named, 0)
    options = tuple((name, name) for name in several)
    questions = [Question("sheet.sheet", "Which array of the archive?", options, taken)] if several else []
    rows = (Row(line, [*row]) for line, row in zip((which + 1).tolist(), zip(*cells, strict=True), strict=True))
    return fill(heading, rows, kind, sheets=several, sheet=taken, notes=notes, questions=questions)


def _columns(array: NDArray) -> dict[str, NDArray]:
    """The columns of an array (n,), (n, d) or of named fields, by name. Raises TableError."""
    if array.dtype.names:
        array = array.reshape(-1)
        return {name: array[name] for name in array.dtype.names or ()}
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or not array.shape[1]:
        raise TableError([f"the array has the shape {array.shape}; it needs a row for each point, such as (n, 2)"])
    if array.shape[1] > MAX_COLUMNS:
        raise TableError([f"there are {array.shape[1]:,} columns; at most {MAX_COLUMNS:,} are read: leave some out"])
    return {f"column {k + 1}": array[:, k] for k in range(array.shape[1])}


def _cells(column: NDArray) -> list[str]:
    """Values as text from which the same values are read, whole numbers without a point."""
    if column.dtype.kind == "S":
        return [value.decode(errors="replace") for value in column.tolist()]
    if column.dtype.kind == "U":
        return _words(column)
    if column.dtype.kind == "f":
        return [repr(value).removesuffix(".0") for value in column.tolist()]
    return [*map(str, column.tolist())] if column.dtype.kind == "b" else [*map(repr, column.tolist())]


def _words(column: NDArray) -> list[str]:
    """Text, with U+FFFD in the place of what no character has for a number, of which numpy would make broken text."""
    plain = np.array(column, dtype=column.dtype.newbyteorder("="), order="C")
    codes = plain.view(np.uint32)
    codes[(codes > sys.maxunicode) | ((codes >= 0xD800) & (codes < 0xE000))] = 0xFFFD
    return plain.tolist()


def _stem(name: str) -> str:
    return name.casefold().partition("_")[0] if name != "arr_0" else name


def _tail(name: str) -> str:
    """`train` of `X_train`; empty where there is none."""
    return name.casefold().rpartition("_")[2] if name.casefold().endswith(("_train", "_test", "_val", "_valid")) else ""


def _array(name: str, content: bytes) -> NDArray:
    """A view of the bytes, once the header has been found to describe them. name: in words. Raises TableError."""
    stream = io.BytesIO(content)
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(stream, max_header_size=_HEADER)
    except Exception as error:  # the header is a Python literal; whatever its parser says of a broken one
        raise TableError([f"{name} is no array that can be read ({type(error).__name__}); save it again"]) from None
    if dtype.hasobject:
        raise TableError([f"{name} holds objects, which only a pickle can hold; save numbers or words alone"])
    kinds = [dtype[field] for field in dtype.names] if dtype.names else [dtype]
    if any(kind.kind not in _KINDS or kind.subdtype or kind.names or not kind.itemsize for kind in kinds) or (
        dtype.kind == "V" and not dtype.names
    ):
        raise TableError([f"{name} holds {short(str(dtype))}, neither numbers nor words; save it as float64"])
    size = math.prod(shape) * dtype.itemsize
    if len(shape) > 32 or any(n < 0 for n in shape) or size != len(content) - stream.tell():
        raise TableError([f"{name} is not complete: it says that it has the shape {shape}; save or copy it again"])
    flat = np.frombuffer(content, dtype=dtype, count=math.prod(shape), offset=stream.tell())
    return flat.reshape(shape, order="F" if fortran else "C")
