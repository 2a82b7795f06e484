"""Points as numpy prints them, or as Python lists: `array([[0.1, 0.2], [0.3, 0.4]])`, with or without commas.

A grammar of its own reads them; nothing is ever evaluated.

    text    = [name "("] matrix {"," name "=" name} [")"]
    matrix  = "[" row {[","] row} [","] "]"
    row     = "[" number {[","] number} [","] "]"          round brackets count as square ones
"""

from __future__ import annotations

import re

from boundaryviz.tables.filling import fill, sampled
from boundaryviz.tables.heading import Heading
from boundaryviz.tables.sheet import Row, Sheet, TableError
from boundaryviz.tables.words import short

_NUMBER = r"[-+]?(?:\d++\.?\d*+(?:[eE][-+]?\d++)?|\.\d++(?:[eE][-+]?\d++)?|nan|inf)"  # nothing is gone through twice
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>{_NUMBER})(?![\w.])|(?P<mark>\.\.\.|[\[\](),=])|(?P<word>[A-Za-z_][\w.]*|'[\w:]*'))"
)
_OPENING = re.compile(r"\s*(?:(?:np\.|numpy\.|torch\.)?(?:array|asarray|tensor)\s*\(\s*)?[\[(]\s*[\[(]")
_LONGEST, _ROWS = 8_000_000, 200_000  # characters, of which 100,000 points take five million, and rows
_WIDEST, _OPTIONS = 100, 20  # numbers of a row that are counted, words after the last row
_COLUMNS = ("x", "y", "label")
_GAP = r"(?:\s*+,\s*+|\s++)"
_PLAIN = {  # rows of two or three numbers, as nearly all are: read at once, for token by token takes six times as long
    left: re.compile(rf"\s*+,?\s*+\{left}\s*+({_NUMBER}){_GAP}({_NUMBER})(?:{_GAP}({_NUMBER}))?\s*+,?\s*+\{right}")
    for left, right in ("[]", "()")
}


def looks_like_numpy(text: str) -> bool:
    """Whether text begins as a list of lists does."""
    return _OPENING.match(text) is not None


def read(text: str, limit: int, seed: int) -> Sheet:
    """The rows as a sheet with the columns x, y and, where there is a third, label.

    Raises TableError with the line for what does not follow the grammar, and for rows of other than two or three.
    """
    if len(text) > _LONGEST or text.count("[") + text.count("(") > _ROWS:
        raise TableError(["there is too much of it; write the points to a CSV file and open that"])
    rows, notes = sampled(_Reader(text).matrix(), limit, seed)
    return fill(Heading(_COLUMNS[: len(rows[0].cells)], True, 0), rows, "text of numpy", notes=notes)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._end = text, 0, len(text.rstrip())
        self._begin = 0  # of the token
        self.kind, self.token = "", ""
        self._next()

    def _next(self) -> str:
        """Go on to the next token; returns the one left behind."""
        before = self.token
        if self._at >= self._end:
            self._begin = self._at
            self.kind, self.token = "end", "the end"
            return before
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            raise self._error(f"{self._text[self._at : self._end].lstrip()[:10]!r} is no number")
        self._begin, self._at = self._at, found.end()
        self.kind, self.token = str(found.lastgroup), found[str(found.lastgroup)]
        return before

    def _error(self, words: str) -> TableError:
        return TableError([f"line {self._text.count(chr(10), 0, self._at) + 1}: {words}"])

    def _expect(self, *tokens: str) -> str:
        if self.token == "...":
            raise self._error(
                "numpy has left rows out (...); copy what print(points.tolist()) shows, or write a CSV file"
            )
        if self.token not in tokens:
            raise self._error(f"{' or '.join(tokens)} should stand where {short(self.token)} does")
        return self._next()

    def matrix(self) -> list[Row]:
        """The rows, all of two numbers or all of three."""
        called = self.kind == "word"
        if called:
            self._next()
            self._expect("(")
        closing = _closing(self._expect("[", "("))
        plain = _PLAIN.get(self.token)
        line, counted = 1, 0
        rows = list[Row]()

        def keep(begin: int, cells: list[str]) -> None:
            nonlocal line, counted
            line, counted = line + self._text.count("\n", counted, begin), begin
            rows.append(Row(line, cells))

        keep(self._begin, self._row())
        if (width := len(rows[0].cells)) not in (2, 3):
            raise TableError([f"a row has {width} numbers; it needs two, x and y, and may have a label as a third"])
        while self.token != closing:
            if plain is not None and (row := plain.match(self._text, self._begin)) and row.lastindex == width:
                keep(row.start(1), [*row.groups()[:width]])
                self._at = row.end()
                self._next()
                continue
            if self.token == ",":
                self._next()
                if self.token == closing:
                    break
            keep(self._begin, self._row())
            if (count := len(rows[-1].cells)) != width:
                raise self._error(f"a row has {count} numbers, the first one {width}")
        self._next()
        if called:
            for _ in range(_OPTIONS):  # dtype=float32, device='cpu' and the like mean nothing here
                if self.token != ",":
                    break
                self._next()
                if self.kind == "word":
                    self._next()
                    self._expect("=")
                    self._next()
            self._expect(")")
        if self.kind != "end":
            raise self._error(f"{short(self.token)} stands after the last row")
        return rows

    def _row(self) -> list[str]:
        closing = _closing(self._expect("[", "("))
        numbers: list[str] = []
        while self.token != closing:
            if self.kind != "number":
                self._expect("a number")
            numbers.append(self._next())
            if len(numbers) > _WIDEST:
                raise self._error(f"a row has more than {_WIDEST} numbers; it needs two, x and y")
            if self.token == ",":
                self._next()
        self._next()
        return numbers


def _closing(opening: str) -> str:
    return {"[": "]", "(": ")"}[opening]
