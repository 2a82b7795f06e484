"""Points as numpy prints them, or as Python lists: `array([[0.1, 0.2], [0.3, 0.4]])`, with or without commas.

A grammar of its own reads them; nothing is ever evaluated.

    text    = [name "("] matrix {"," name "=" name} [")"]
    matrix  = "[" row {[","] row} [","] "]"
    row     = "[" number {[","] number} [","] "]"          round brackets count as square ones
"""

from __future__ import annotations

import re

from boundaryviz.scene.table_text import TableError

_NUMBER = r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)"
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>{_NUMBER})(?![\w.])|(?P<mark>\.\.\.|[\[\](),=])|(?P<word>[A-Za-z_][\w.]*|'[\w:]*'))"
)
_OPENING = re.compile(r"\s*(?:(?:np\.|numpy\.|torch\.)?(?:array|asarray|tensor)\s*\(\s*)?[\[(]\s*[\[(]")
_LONGEST = 8_000_000  # characters; 100,000 points take five
_COLUMNS = ("x", "y", "label")


def looks_like_numpy(text: str) -> bool:
    """Whether text begins as a list of lists does."""
    return _OPENING.match(text) is not None


def as_table(text: str) -> str:
    """The same points as a comma-separated table with a header: x, y and, where there is a third column, label.

    Raises TableError with the line for what does not follow the grammar, and for rows of other than two or three.
    """
    if len(text) > _LONGEST:
        raise TableError(["there is too much of it; write the points to a CSV file and open that"])
    rows = _Reader(text).matrix()
    width = len(rows[0])
    if width not in (2, 3):
        raise TableError([f"a row has {width} numbers; it needs two, x and y, and may have a label as a third"])
    return "\n".join([",".join(_COLUMNS[:width]), *(",".join(row) for row in rows)]) + "\n"


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._end = text, 0, len(text.rstrip())
        self.kind, self.token = "", ""
        self._next()

    def _next(self) -> str:
        """Go on to the next token; returns the one left behind."""
        before = self.token
        if self._at >= self._end:
            self.kind, self.token = "end", "the end"
            return before
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            raise self._error(f"{self._text[self._at : self._end].lstrip()[:10]!r} is no number")
        self._at = found.end()
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
            raise self._error(f"{' or '.join(tokens)} should stand where {self.token!r} does")
        return self._next()

    def matrix(self) -> list[list[str]]:
        """The rows, all of one length."""
        called = self.kind == "word"
        if called:
            self._next()
            self._expect("(")
        closing = _closing(self._expect("[", "("))
        rows = [self._row()]
        while self.token != closing:
            if self.token == ",":
                self._next()
                if self.token == closing:
                    break
            rows.append(self._row())
            if len(rows[-1]) != len(rows[0]):
                raise self._error(f"a row has {len(rows[-1])} numbers, the first one {len(rows[0])}")
        self._next()
        if called:
            while self.token == ",":  # dtype=float32, device='cpu' and the like mean nothing here
                self._next()
                if self.kind == "word":
                    self._next()
                    self._expect("=")
                    self._next()
            self._expect(")")
        if self.kind != "end":
            raise self._error(f"{self.token!r} stands after the last row")
        return rows

    def _row(self) -> list[str]:
        closing = _closing(self._expect("[", "("))
        numbers: list[str] = []
        while self.token != closing:
            if self.kind != "number":
                self._expect("a number")
            numbers.append(self._next())
            if self.token == ",":
                self._next()
        self._next()
        return numbers


def _closing(opening: str) -> str:
    return {"[": "]", "(": ")"}[opening]
