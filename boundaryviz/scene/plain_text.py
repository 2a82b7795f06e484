"""Text that somebody else wrote, made fit to be shown: one line or a few, bounded, and without what acts on its reader.

A title, a column's name or a file's name can hold anything. Wherever it is shown (a window, a terminal, a picture), it
passes through here first; what is kept in files stays as it was.
"""

from __future__ import annotations

import re

NAME, LINE, PARAGRAPH = 40, 200, 2_000
"""Characters that are shown of a name among others, of what should be one line, and of what may be several."""

_BREAKS = re.compile(r"\s*[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]\s*")
_LINES = re.compile("\r\n|[\v\f\r\x1c-\x1f\x85\u2028\u2029]")
# Controls, marks that turn the direction of what follows, surrogates, tags, and what no XML may hold.
_ACTING = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_STRANGE = "\ufffd"
_CUT = "\u2026"


def one_line(text: str, most: int = LINE) -> str:
    """`text` as one line of at most `most` characters; line breaks become spaces, what acts on its reader a mark."""
    return _cut(_ACTING.sub(_STRANGE, _BREAKS.sub(" ", _cut(text, 4 * most))).strip(), most)


def path_end(path: object, most: int = 150) -> str:
    """The end of a path, by which a message names a file, as one line."""
    words = str(path)
    return one_line(words if len(words) <= most else _CUT + words[1 - most :], most)


def few_lines(text: str, most: int = PARAGRAPH, rows: int = 40) -> str:
    """`text` as at most `rows` lines and `most` characters in all, each of them as `one_line` makes it."""
    found = [one_line(row, most) for row in _cut(text, 4 * most).splitlines()]
    return _cut("\n".join(found[:rows] + [_CUT] * (len(found) > rows)), most)


def long_text(text: str, most: int) -> str:
    """`text` line by line, indented as it is, without what acts on its reader; of more than `most` characters, the
    beginning and how much is left out."""
    shown, left = _ACTING.sub(_STRANGE, _LINES.sub("\n", text[:most])), len(text) - most
    return shown if left <= 0 else f"{shown}\n{_CUT} and {left:,} more characters"


def file_stem(text: str, otherwise: str = "untitled") -> str:
    """What a file may be called after `text`, without folder and ending: one line, no separators, no dot in front."""
    plain = re.sub(r'[\\/:*?"<>|\ufffd]+', "-", one_line(text, NAME).removesuffix(_CUT)).strip(" .-")
    return plain or otherwise


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + _CUT
