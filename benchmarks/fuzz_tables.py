"""Tables in the formats of other programs, to be changed a little, and some that are too much of something."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable
from functools import cache

import numpy as np
import openpyxl
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

FORMATS = ("xlsx", "ods", "arff", "svmlight", "npy", "arrays", "gz")
_ROWS: list[list] = [["x", "y", "kind"], *([k / 7, k * k, "abü"[k % 3]] for k in range(12))]
_FEW, _MANY = "A1", "XFD1048576"


@cache
def originals(kind: str) -> list[bytes]:
    """Sound files of a format."""
    text = "\n".join(",".join(map(str, row)) for row in _ROWS)
    numbers = np.random.default_rng(0).normal(size=(20, 2))
    match kind:
        case "xlsx":
            return [_xlsx()]
        case "ods":
            return [_ods()]
        case "arff":
            head = "@relation a\n@attribute 'x y' numeric\n@attribute y real\n@attribute kind {a,b,ü}\n@data\n"
            return [(head + text.partition("\n")[2]).encode(), (head + "{0 1, 2 a}\n").encode()]
        case "svmlight":
            return [b"".join(b"%d 1:%f 3:%d # a\n" % (k % 2, k / 7, k) for k in range(20))]
        case "npy":
            fields = np.array([(0.5, 2, "a"), (1.5, 3, "b")], dtype=[("x", "f4"), ("y", "i8"), ("kind", "U3")])
            return [_npy(numbers), _npy(numbers.astype(np.float32)), _npy(fields), _npy(np.asfortranarray(numbers))]
        case "arrays":
            stream = io.BytesIO()
            np.savez_compressed(stream, X=numbers, y=np.arange(20) % 2, X_test=numbers, y_test=np.arange(20))
            return [stream.getvalue()]
        case _:
            return [gzip.compress(content) for content in (text.encode(), text.encode("gbk"), *originals("arff"))]


def repacked(kind: str, data: bytes, change: Callable[[bytes], bytes], rng: random.Random) -> bytes:
    """A packed file with something changed in what it holds, and sums of that which fit."""
    if kind == "gz":
        return gzip.compress(change(gzip.decompress(data)))
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == chosen else old.read(name))
    return stream.getvalue()


def oversized(kind: str, rng: random.Random, scale: float) -> bytes:
    """A file of a format that is too much of something."""
    amount = max(1, int(scale * 10.0 ** rng.uniform(-2.0, 0.0) * 1_000_000))
    match kind:
        case "xlsx":
            cell = rng.choice([
                '<c r="%s"><v>1</v></c>', "<c><v>1</v></c>", '<c t="s"><v>0</v></c>', "<c/>", "<c>", "<v>",
                '<c t="inlineStr"><is><t>a</t></is></c>',
            ]).replace("%s", rng.choice([_FEW, _MANY]))  # fmt: skip
            between = rng.choice(["", "</row><row>"])
            return repacked_as(originals(kind)[0], "xl/worksheets/sheet1.xml", _sheet((cell + between) * amount))
        case "ods":
            cell = '<table:table-cell table:number-columns-repeated="%d"><text:p>%s</text:p></table:table-cell>'
            cells = (cell % (rng.choice([1, 1_000, 10**9]), "a" * rng.choice([1, 1, 100]))) * rng.choice([1, 20])
            row = f'<table:table-row table:number-rows-repeated="{rng.choice([1, 1, 10**6])}">{cells}</table:table-row>'
            content = zipfile.ZipFile(io.BytesIO(originals(kind)[0])).read("content.xml").decode()
            changed = content.replace("<table:table-row>", row * (amount // len(row)) + "<table:table-row>", 1)
            return repacked_as(originals(kind)[0], "content.xml", changed.encode())
        case "arff":
            line = rng.choice(["@attribute a real\n", "%\n", "1,2,a\n", "'a\n", "a" * 1_000])
            return b"@relation a\n@attribute x real\n@attribute y real\n@data\n1,2\n" + (line * amount).encode()
        case "svmlight":
            row = rng.choice(["1 1:2 3:4\n", "1 9999:1\n", "1 " + "7:1 " * 500 + "\n", "0 99999999999:1\n"])
            return (row * (1 + 20 * amount // len(row))).encode()
        case "npy":
            shape = rng.choice([(amount, 2), (2, amount), (amount,), (1, 1, amount)])
            return _npy(np.zeros(shape, rng.choice(["f8", "i1", "U1"])))
        case "arrays":
            stream = io.BytesIO()
            np.savez_compressed(stream, X=np.zeros((8 * amount, 2)), y=np.zeros(8 * amount))
            return stream.getvalue()
        case _:
            return gzip.compress(rng.choice([b"1,2\n", b"\n", b"1,", b"\x1f\x8b"]) * (30 * amount))


def repacked_as(data: bytes, name: str, content: bytes) -> bytes:
    """An archive with one member replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return stream.getvalue()


def _sheet(cells: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData><row>{cells}</row></sheetData></worksheet>'.encode()


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _xlsx() -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in _ROWS:
        sheet.append(row)
    book.create_sheet("other").append([1, 2])
    book.save(stream)
    return stream.getvalue()


def _ods() -> bytes:
    book, stream = OpenDocumentSpreadsheet(), io.BytesIO()
    table = Table(name="a")
    for row in _ROWS:
        line = TableRow()
        for value in row:
            about = {"valuetype": "string"} if isinstance(value, str) else {"valuetype": "float", "value": str(value)}
            cell = TableCell(**about)
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(stream)
    return stream.getvalue()
