"""A table in whatever form it comes made into a sheet: what it is shows in what it holds, not in what it is called.

Nothing that a file holds is ever unpickled or evaluated, and no file takes more time or memory than its reader allows.
"""

from __future__ import annotations

from pathlib import Path

from boundaryviz.tables import archives, arff, arrays, numpy_text, spreadsheets, svmlight
from boundaryviz.tables.choice import SheetChoice
from boundaryviz.tables.delimited import TableText, open_text
from boundaryviz.tables.filling import fill
from boundaryviz.tables.heading import read_heading
from boundaryviz.tables.sheet import LIMIT, Sheet, TableError

MAX_BYTES = 200_000_000

_HEAD = 4_096  # bytes by which a format is told
_AS_FOUND = SheetChoice()
_NO_TABLES = {
    b"%PDF": ("a PDF", "copy the table out of it, or save it as CSV (UTF-8)"),
    b"\xd0\xcf\x11\xe0": (
        "an Excel workbook of before 2007, or one with a password",
        "save it as .xlsx or CSV (UTF-8)",
    ),
    b"\x80\x04\x95": ("a pickle, which may run whatever it likes", "save it with DataFrame.to_csv or numpy.savez"),
    b"\x89HDF": ("an HDF5 file", "save the table as CSV (UTF-8) or .npz"),
    b"PAR1": ("a Parquet file", "save the table as CSV (UTF-8) or .npz"),
    b"SQLite format 3": ("an SQLite database", "save the table as CSV (UTF-8)"),
    b"{\\rtf": ("a text of a word processor", "save the table as CSV (UTF-8)"),
    b"BZh": ("packed with bzip2", "unpack it first"),
    b"\xfd7zXZ": ("packed with xz", "unpack it first"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it first"),
}


def open_sheet(
    source: Path | str | bytes, choice: SheetChoice = _AS_FOUND, *, limit: int = LIMIT, seed: int = 0
) -> Sheet:
    """The rows of text in a file (Path), in text or in bytes; of a longer table a random sample of `limit` of them.

    Raises TableError.
    """
    if isinstance(source, str):
        _check_size(len(source))
        if numpy_text.looks_like_numpy(source):
            return numpy_text.read(source, limit, seed)
        # a clipboard may hold half a character, which no file could take
        source = source.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
        choice = choice.model_copy(update={"encoding": "utf-8"})
    if isinstance(source, Path) and source.exists() and not source.is_file():
        raise TableError(["a folder or a device, not a file"])
    try:
        _check_size(source.stat().st_size if isinstance(source, Path) else len(source))
        return _opened(source, choice, limit, seed)
    except OSError as error:
        raise TableError([f"cannot be read: {error.strerror or error}"]) from None


def _opened(source: Path | bytes, choice: SheetChoice, limit: int, seed: int) -> Sheet:
    head = _beginning(source)
    if head.startswith(b"\x1f\x8b"):
        source = archives.gunzipped(source)
        head = source[:_HEAD]
    for signature, (kind, remedy) in _NO_TABLES.items():
        if head.startswith(signature):
            raise TableError([f"this is {kind}, not a table that can be read; {remedy}"])
    if head.startswith(b"PK\x03\x04"):
        members = archives.unzipped(source)
        if spreadsheets.is_spreadsheet(members):
            return spreadsheets.read(members, choice, limit, seed)
        return arrays.read_npz(members, choice, limit, seed)
    if head.startswith(b"\x93NUMPY"):
        return arrays.read_npy(_whole(source), limit, seed)
    table = open_text(source, choice)
    if arff.is_arff(table):
        return arff.read(table, limit, seed)
    if svmlight.is_svmlight(table):
        return svmlight.read(table, limit, seed)
    begin = "".join(line for _, line in zip(range(2), table.lines.every(table.codec, "replace"), strict=False))
    if numpy_text.looks_like_numpy(begin):
        return numpy_text.read("".join(table.lines.every(table.codec, "replace")), limit, seed)
    return _delimited(table, choice, limit, seed)


def _delimited(table: TableText, choice: SheetChoice, limit: int, seed: int) -> Sheet:
    heading = read_heading(table.sample(), choice.header)
    rows, notes = table.below(heading.last, limit, seed)
    if table.quote != '"':
        notes.insert(0, "All names stand between apostrophes, which were taken for quotation marks.")
    if table.question is not None:
        notes.insert(0, f"Read as {table.encoding}, as the text is not UTF-8; look at names with accents.")
    return fill(
        heading, rows, "delimited text", encoding=table.encoding, separator=table.delimiter, notes=notes,
        questions=[table.question] if table.question else [],
    )  # fmt: skip


def _beginning(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source[:_HEAD]
    with source.open("rb") as stream:
        return stream.read(_HEAD)


def _whole(source: Path | bytes) -> bytes:
    return source if isinstance(source, bytes) else source.read_bytes()


def _check_size(size: int) -> None:
    """Raises TableError for a table of more than `MAX_BYTES` bytes."""
    if size > MAX_BYTES:
        large = f"the table is {size / 1e6:,.0f} MB large; at most {MAX_BYTES / 1e6:,.0f} MB are read"
        raise TableError([f"{large}: take a sample of it"])
