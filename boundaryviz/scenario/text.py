"""Scenarios as text, JSON or TOML, with nothing in it that could take long, take much or mean two things.

Reading is bounded before it begins; writing goes in slices, so that a thread that writes lets others run.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import uuid4

from pydantic_core import from_json

from boundaryviz.scene.plain_text import one_line

MAX_BYTES = {".bviz": 32_000_000, ".toml": 2_000_000}  # half a million points, and 25,000
MAX_VALUES = {".bviz": 4_000_000, ".toml": 500_000}
MAX_KEYS, MAX_CONTAINERS, MAX_STRINGS = 300_000, 200_000, 600_000
MAX_PARTS = 6
"""Of a key in TOML: one with dots takes the square of their number, and ours have four at most."""
_SLICE = 4_000  # numbers encoded at a time: about a millisecond
_PIECE = 1 << 16  # characters of numbers read at a time: about as long
_QUOTED = 80  # characters of what is repeated in a message
_BASED = re.compile(r"\b0[xob][0-9A-Fa-f_]{3500}")  # numbers that TOML reads however long they are
_BITS = 14_000  # that Python still writes out in decimals
_SURROGATE = re.compile("[\ud800-\udfff]")
# Where a string or a comment is left open it goes on to the end, so that nothing is looked through twice.
_LONG_LIST = re.compile(r'"(?:[^"\\]++|\\.)*+"?|\[(?=[-+0-9.eE,\s]{1000})', re.DOTALL)  # or a string, to be passed over
_NUMBERS = re.compile(r"[-+0-9.eE,\s]*+")
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MAX_PARTS}}}")
_TOML_STRING = re.compile(
    r"""
    "{3}(?:[^"\\]++|\\.|"(?!""))*+(?:"{3})? | '{3}(?:[^']++|'(?!''))*+(?:'{3})?
    | "(?:[^"\\\n]++|\\[^\n])*+"? | '[^'\n]*+'? | \#[^\n]*+
    """,
    re.DOTALL | re.VERBOSE,
)


class TextError(ValueError):
    """Text that is no nested plain values. line: where, counted from 1, if that is known."""

    def __init__(self, words: str, line: int | None = None) -> None:
        super().__init__(words)
        self.line = line


def check_size(size: int, suffix: str) -> None:
    """Raises TextError for a file of more bytes than are read."""
    if size > MAX_BYTES[suffix]:
        raise TextError(f"the file is {size / 1e6:,.0f} MB large; at most {MAX_BYTES[suffix] / 1e6:,.0f} MB are read")


def loads(text: str, suffix: str) -> dict[str, Any]:
    """The table of values in the text of a `.bviz` or `.toml` file.

    Raises TextError for what is not valid, ambiguous (a key given twice, half a character) or too much.
    """
    check_size(len(text), suffix)
    _check_amount(text, suffix)
    try:
        values = tomllib.loads(text) if suffix == ".toml" else _json_values(text)
        endless = suffix == ".toml" and _BASED.search(text) and any(n.bit_length() > _BITS for n in _whole(values))
        halves = "\\u" in text and any(_SURROGATE.search(words) for words in _strings(values))
    except tomllib.TOMLDecodeError as error:
        raise TextError(f"not valid TOML: {error}") from None
    except json.JSONDecodeError as error:
        raise TextError(f"not valid JSON: {error.msg} (column {error.colno})", error.lineno) from None
    except TextError:
        raise
    except ValueError as error:  # a number too long to convert
        raise TextError(str(error)) from None
    except RecursionError:
        raise TextError("nested too deeply to be a scenario") from None
    if endless:
        raise TextError(f"a whole number of more than {_BITS:,} bits is in it")
    if not isinstance(values, dict):
        raise TextError(f"a scenario is a table of settings, this is a {type(values).__name__}")
    if halves:
        raise TextError("there is half a character in it (a lone surrogate, \\ud800 to \\udfff)")
    return values


def parsed(text: str) -> Any:
    """`0.01`, `true`, `[8, 8]` and `"words"` as in TOML; anything else is text as it stands."""
    try:
        _check_amount(text, ".toml")
        values = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):  # too much, no TOML, a number too long to convert, or nested too deeply
        return text
    return values["value"] if len(values) == 1 else text


def dumps(values: dict[str, Any]) -> str:
    """Values as readable JSON: a line per setting, and a line per column of points."""
    return _json(values) + "\n"


def dumps_toml(values: dict[str, Any]) -> str:
    """Values as TOML, a line per setting and per column; None, for which it has no word, is left out, and in a list the
    text "none"."""
    import tomli_w  # few files are written so

    return _flat_lists(tomli_w.dumps(_without_none(values)))


def check_text(text: str, suffix: str) -> None:
    """Raises TextError for text that would not be read again."""
    check_size(len(text), suffix)
    _check_amount(text, suffix)


def _check_amount(text: str, suffix: str) -> None:
    """Raises TextError for more of anything than is read in a second or two; each of these is counted in no time."""
    keys = text.count("=") if suffix == ".toml" else text.count(":")
    containers, strings = text.count("[") + text.count("{"), text.count('"') // 2
    if text.count(",") > MAX_VALUES[suffix] or keys > MAX_KEYS or containers > MAX_CONTAINERS or strings > MAX_STRINGS:
        raise TextError("there are more values in it than any scenario has")
    if suffix == ".toml" and _LONG_KEY.search(text) is not None:
        bare = _TOML_STRING.sub('""', text)  # a title may say what it likes
        if _LONG_KEY.search(bare) is not None:
            raise TextError(f"a key of more than {MAX_PARTS} parts is in it")


def _json_values(text: str) -> Any:
    """As `json.loads`, but each key once, and long lists of numbers a piece at a time.

    So they are read three times as fast, and no other thread waits for more than a millisecond of it.
    """
    mark = uuid4().hex
    lists: list[list[int | float]] = []
    further: list[tuple[int, int]] = []  # places of what is left, and by how much it stands further on in the text
    parts, size, done, at = list[str](), 0, 0, 0
    while (found := _LONG_LIST.search(text, at)) is not None:
        begin, at = found.span()
        numbers, end = _numbers(text, at) if text[begin] == "[" else ([], at)
        if numbers:
            parts += [text[done:begin], f'{{"{mark}": {len(lists)}}}']
            lists.append(numbers)
            size, done, at = size + len(parts[-2]) + len(parts[-1]), end, end
            further.append((size, end - size))
    parts.append(text[done:])

    def table(pairs: list[tuple[str, Any]]) -> Any:
        return lists[pairs[0][1]] if pairs and pairs[0][0] == mark else _once(pairs)

    try:
        return json.loads("".join(parts), object_pairs_hook=table)
    except json.JSONDecodeError as error:
        place = error.pos + sum([more for place, more in further if place <= error.pos][-1:])
        raise json.JSONDecodeError(error.msg, text, place) from None


def _numbers(text: str, at: int) -> tuple[list[int | float], int]:
    """The plain list of numbers that was opened before `at`, and where it ends; an empty one for anything else."""
    start, values = at, list[int | float]()
    while True:
        end = _NUMBERS.match(text, at, at + _PIECE).end()  # type: ignore[union-attr]  # it matches nothing, too
        last = text[end : end + 1] == "]"
        end = end if last else text.rfind(",", at, end)
        try:
            piece = from_json(f"[{text[at:end]}]") if end > at else []
        except ValueError:
            piece = []
        if not piece:
            return [], start
        values += piece
        if last:
            return values, end + 1
        at = end + 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise TextError(f"{one_line(twice, _QUOTED)!r} is given twice")
    return values


def _whole(value: Any) -> Iterator[int]:
    if isinstance(value, int):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _whole(inner)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            if type(inner) is not float and type(inner) is not int:
                yield from _strings(inner)


def _json(value: Any, indent: str = "") -> str:
    if isinstance(value, dict) and value:
        inner = indent + "  "
        rows = [f"{inner}{_plain(str(key))}: {_json(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[" + ", ".join(_json(row, indent) for row in value) + "]"
    if isinstance(value, list) and len(value) > _SLICE:
        items = iter(value)
        return "[" + ", ".join(_plain(part)[1:-1] for part in iter(lambda: list(islice(items, _SLICE)), [])) + "]"
    return _plain(value)


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return ["none" if item is None else _without_none(item) for item in value]
    return value


def _flat_lists(text: str) -> str:
    """A list of plain values, which comes as a line each, on one line. No string holds a line break of its own."""
    lines: list[str] = []
    opened: int | None = None  # the line that opened the innermost list
    for line in text.splitlines():
        lines.append(line)
        if line.endswith("["):
            opened = len(lines) - 1
        elif opened is not None and line.strip() in ("]", "],"):
            first, *items, last = lines[opened:]
            lines[opened:] = [first + " ".join(item.strip() for item in items).removesuffix(",") + last.strip()]
            opened = None
    return "\n".join(lines) + "\n"
