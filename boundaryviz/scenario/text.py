"""Scenarios as text, JSON or TOML, with nothing in it that could take long, take much or mean two things.

Reading is bounded before it begins; writing goes in slices, so that a thread that writes lets others run.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from itertools import islice
from typing import Any

import tomli_w

MAX_BYTES = {".bviz": 32_000_000, ".toml": 2_000_000}  # half a million points, and 25,000
MAX_VALUES, MAX_KEYS, MAX_CONTAINERS = 4_000_000, 400_000, 200_000
_SLICE = 4_000  # numbers encoded at a time: about a millisecond
_BASED = re.compile(r"\b0[xob][0-9A-Fa-f_]{3500}")  # numbers that TOML reads however long they are
_BITS = 14_000  # that Python still writes out in decimals
_SURROGATE = re.compile("[\ud800-\udfff]")


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
    _check_amount(text)
    try:
        values = tomllib.loads(text) if suffix == ".toml" else json.loads(text, object_pairs_hook=_once)
        endless = _BASED.search(text) is not None and any(n.bit_length() > _BITS for n in _whole(values))
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
        values = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):  # no TOML, a number too long to convert, or nested too deeply
        return text
    return values["value"] if len(values) == 1 else text


def dumps(values: dict[str, Any]) -> str:
    """Values as readable JSON: a line per setting, and a line per column of points."""
    return _json(values) + "\n"


def dumps_toml(values: dict[str, Any]) -> str:
    """Values as TOML, a line per setting and per column; what is None is left out, as TOML has no word for it."""
    return _flat_lists(tomli_w.dumps(_without_none(values)))


def check_text(text: str, suffix: str) -> None:
    """Raises TextError for text that would not be read again."""
    check_size(len(text), suffix)
    _check_amount(text)


def _check_amount(text: str) -> None:
    values, keys, containers = text.count(","), text.count(":"), text.count("[") + text.count("{")
    if values > MAX_VALUES or keys > MAX_KEYS or containers > MAX_CONTAINERS:
        raise TextError("there are more values in it than any scenario has")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        raise TextError(f"{next(n for n in names if names.count(n) > 1)!r} is given twice")
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
            if not isinstance(inner, int | float):
                yield from _strings(inner)


def _json(value: Any, indent: str = "") -> str:
    if isinstance(value, dict) and value:
        inner = indent + "  "
        rows = [f"{inner}{_plain(str(key))}: {_json(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list) and len(value) > _SLICE:
        items = iter(value)
        return "[" + ", ".join(_plain(part)[1:-1] for part in iter(lambda: list(islice(items, _SLICE)), [])) + "]"
    return _plain(value)


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value


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
