"""The lines of a table of any size, in a file or in memory, without holding it whole.

They are counted a piece at a time by looking at bytes, and only those that are wanted are decoded, so that a hundred
million empty lines cost less than a second and no memory.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

PIECE = 1 << 20  # bytes looked at at a time
LONGEST = 4_000_000  # bytes of a line
_BOM = b"\xef\xbb\xbf"
_FEW = 16  # lines that are found one by one
_AFTER = np.frombuffer(b" !#\r\n", dtype=np.uint8)  # what makes a remark of a # that begins a line; #N/A is a cell
_REMARK = re.compile(r"\s*(?:#(?:[ !#\r\n]|$)|$)")


class LineError(ValueError):
    """A line that is too long; its text is a sentence that says which."""


def is_passed_over(line: str) -> bool:
    """Whether a line is blank or a remark: one that begins with # and a blank."""
    return _REMARK.match(line) is not None


@dataclass(frozen=True)
class Counts:
    """Lines, those `written` (neither blank nor a remark), and how many bytes and cells the written ones have at most.

    blank: whether there is nothing to be seen. utf_8: whether all of it is. quoted: whether there are quotation marks.
    """

    lines: int
    written: int
    bytes: int
    cells: int
    blank: bool
    utf_8: bool
    quoted: bool


@dataclass(frozen=True)
class Lines:
    """The lines in a file or in these bytes, of an encoding in which a line break is a byte."""

    source: Path | bytes

    def head(self, size: int) -> bytes:
        """The first bytes. Raises OSError."""
        with self._opened() as stream:
            return stream.read(size)

    def every(self, encoding: str, errors: str = "strict") -> Iterator[str]:
        """Each line, with its end. Raises OSError, and UnicodeDecodeError where `errors` are strict."""
        with self._opened() as stream, io.TextIOWrapper(stream, encoding, errors, newline="") as text:
            yield from text

    def counted(self, delimiter: bytes) -> Counts:
        """delimiter: between cells, one byte. Raises OSError, and LineError for a line longer than `LONGEST`."""
        lines = written = size = cells = 0
        blank = utf_8 = True
        quoted = False
        for piece in self._pieces():
            marks = _Marks(piece)
            if len(piece) > LONGEST and marks.lines == 1:
                raise LineError(f"line {lines + 1}: it is longer than {LONGEST:,} characters; leave columns out")
            starts = marks.written()
            lines, written = lines + marks.lines, written + starts
            if starts:
                size += len(piece)
                cells += starts + int(np.count_nonzero(marks.bytes == ord(delimiter)))
            blank, utf_8 = blank and marks.blank, utf_8 and _is_utf_8(piece)
            quoted = quoted or b'"' in piece
        return Counts(lines, written, size, cells, blank, utf_8, quoted)

    def beyond_ascii(self, most: int) -> bytes:
        """The first lines with bytes beyond ASCII, about so many bytes of them. Raises OSError."""
        found = bytearray()
        for piece in self._pieces():
            if not piece.isascii():
                for line in piece.splitlines(keepends=True):
                    if not line.isascii():
                        found += line[:most]
                        if len(found) >= most:
                            return bytes(found)
        return bytes(found)

    def written(self, which: NDArray[np.int64] | None = None) -> Iterator[tuple[int, bytes]]:
        """The number, from 1, and the bytes of each written line; only of `which` of them, counted from 0, rising.

        Raises OSError.
        """
        lines = before = done = 0
        for piece in self._pieces():
            marks = _Marks(piece)
            starts = marks.starts()
            if which is None:
                wanted = starts
            else:
                first, done = done, int(np.searchsorted(which, before + len(starts)))
                wanted = starts[which[first:done] - before]
            for number, begin, stop in marks.around(wanted):
                yield lines + number + 1, piece[begin:stop]
            lines, before = lines + marks.lines, before + len(starts)
            if which is not None and done == len(which):
                return

    def _opened(self) -> BinaryIO:
        stream = self.source.open("rb") if isinstance(self.source, Path) else io.BytesIO(self.source)
        if stream.read(len(_BOM)) != _BOM:
            stream.seek(0)
        return stream

    def _pieces(self) -> Iterator[bytes]:
        """Whole lines, about `PIECE` bytes at a time; of a line that is too long its beginning, and then no more."""
        rest = b""
        with self._opened() as stream:
            while data := stream.read(PIECE):
                data = rest + data
                cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
                piece, rest = data[:cut], data[cut:]
                if piece:
                    yield piece
                elif len(rest) > LONGEST:
                    break
        if rest:
            yield rest


class _Marks:
    """Places in a piece of whole lines. ends: of the last byte of the break after each line, as a mask; lines: how many
    lines; blank: whether nothing is to be seen in any."""

    def __init__(self, piece: bytes) -> None:
        self.bytes = np.frombuffer(piece, dtype=np.uint8)
        self._piece = piece
        self._breaks = self.ends = self.bytes == ord("\n")
        if b"\r" in piece:
            returns = self.bytes == ord("\r")
            self._breaks, self.ends = self._breaks | returns, self._breaks | returns
            self.ends[:-1] &= ~(returns[:-1] & (self.bytes[1:] == ord("\n")))
        self.lines = int(np.count_nonzero(self.ends)) + (not self.ends[-1])
        self._visible = self.bytes > ord(" ")
        self.blank = not self._visible.any()

    def written(self) -> int:
        """How many lines are neither blank nor a remark."""
        if self.blank:
            return 0
        if self._indented():
            return len(self.starts())
        return int(np.count_nonzero(self._firsts()))

    def starts(self) -> NDArray[np.int64]:
        """The places of the first visible byte of each of those."""
        if self.blank:
            return np.zeros(0, dtype=np.int64)
        if not self._indented():
            return np.flatnonzero(self._firsts())
        words = np.flatnonzero(self._visible & ~_after(self._visible, False))
        line = np.cumsum(self._breaks, dtype=np.int32)[words]
        found = words[np.concatenate([[True], line[1:] != line[:-1]])]  # the first word of each line
        return found[~self._remarks(found)]

    def around(self, places: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
        """The lines that hold these places: the number of each, counted from 0, where it begins and where it stops."""
        if len(places) < _FEW:
            for place in places.tolist():
                begin = 1 + max(self._piece.rfind(mark, 0, place) for mark in (b"\n", b"\r"))
                length = int(self.ends[place:].argmax()) + 1 if self.ends[place:].any() else len(self.ends) - place
                yield int(np.count_nonzero(self.ends[:begin])), begin, place + length
            return
        stops = np.append(np.flatnonzero(self.ends) + 1, len(self.ends))
        at = np.searchsorted(stops, places, side="right")
        begins = np.where(at > 0, stops[at - 1], 0)
        yield from zip(at.tolist(), begins.tolist(), stops[at].tolist(), strict=True)

    def _indented(self) -> bool:
        return bool((_after(self._breaks, True) & ~self._visible & ~self._breaks).any())

    def _firsts(self) -> NDArray[np.bool_]:
        found = _after(self._breaks, True) & self._visible
        if b"#" in self._piece:
            marks = np.flatnonzero(found & (self.bytes == ord("#")))
            found[marks[self._remarks(marks)]] = False
        return found

    def _remarks(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether a remark begins at each of these visible bytes, which are the first of their lines."""
        after = self.bytes[np.minimum(places + 1, len(self.bytes) - 1)]
        return (self.bytes[places] == ord("#")) & (np.isin(after, _AFTER) | (places + 1 >= len(self.bytes)))


def _after(mask: NDArray[np.bool_], first: bool) -> NDArray[np.bool_]:
    """The places after those of a mask, and whether the first is one."""
    moved = np.empty(len(mask), dtype=bool)
    moved[0], moved[1:] = first, mask[:-1]
    return moved


def _is_utf_8(piece: bytes) -> bool:
    if piece.isascii():
        return True
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True
