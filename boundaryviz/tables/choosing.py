"""A choice of columns in words, as the command line and Python take it: x=length,y=mass,label=species."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from boundaryviz.tables.choice import AS_FOUND, ROLES, SheetChoice, TableChoice
from boundaryviz.tables.sheet import TableError
from boundaryviz.tables.words import short

Columns = Mapping[str, str | Sequence[str]] | str
"""What is what: {"x": "length", "y": "mass"}, or as the command line spells it, `x=length,y=mass`."""

_OF_COLUMN = ("decimals", "values")
_OF_SHEET = tuple(SheetChoice.model_fields)
WORDS = (*ROLES, "inputs", "shown", "minus_one", *_OF_SHEET)
"""What may be chosen, beside decimals.COLUMN and values.COLUMN."""

_ALTERNATIVES = "|".join([*WORDS, *(f"{word}\\.[^=,]+" for word in _OF_COLUMN)])
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def parsed(text: str) -> dict[str, str]:
    """{"x": "length", ...} of `x=length,y=mass`; a comma belongs to a name unless a word such as `y=` follows it.

    Raises TableError for what is no such list.
    """
    found = {}
    for part in re.split(rf",(?=\s*(?:{_ALTERNATIVES})=)", text):
        word, equals, value = part.partition("=")
        if not equals:
            raise TableError([f"columns {short(text)}: write such as x=length,y=mass,label=species"])
        found[word.strip()] = value
    return found


def chosen(words: Columns, choice: TableChoice = AS_FOUND) -> TableChoice:
    """`choice` with what the words say: x, y, label, split, origin, muted (a column's name, "" for none), inputs and
    values.COLUMN (several, joined by + or a sequence), shown (columns or principal), decimals.COLUMN (point or comma),
    minus_one (unlabelled or class), sheet, encoding, separator, header (yes or no).

    Raises TableError naming every word that is not known.
    """
    words = parsed(words) if isinstance(words, str) else words
    values: dict[str, Any] = choice.model_dump()
    problems = []
    for word, value in words.items():
        group, dot, column = word.partition(".")
        if dot and group in _OF_COLUMN and column:
            values[group][column] = _several(value) if group == "values" else value
        elif word == "inputs":
            values["inputs"] = _several(value)
        elif word == "header":
            values["sheet"]["header"] = _YES.get(str(value).casefold(), value)
        elif word in _OF_SHEET:
            values["sheet"][word] = _SEPARATORS.get(str(value).casefold(), value) if word == "separator" else value
        elif word in WORDS:
            values[word] = value
        else:
            known = f"{', '.join(WORDS)}, decimals.COLUMN and values.COLUMN"
            problems.append(f"columns: {short(word)} is nothing that can be chosen; there are {known}")
    if not problems:
        try:
            return TableChoice.model_validate(values)
        except ValidationError as error:
            problems = [f"columns: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    raise TableError(problems)


_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "space": " "}


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(value.split("+")) if isinstance(value, str) else tuple(value)
