"""Where the cells of a table can be read in two ways: what is taken, and what a person may be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boundaryviz.tables.choice import Question, TableChoice
from boundaryviz.tables.columns import ColumnReading
from boundaryviz.tables.labels import MinusOne
from boundaryviz.tables.numbers import Decimal
from boundaryviz.tables.words import listed, short


def decimals_taken(
    columns: Sequence[ColumnReading], chosen: Mapping[str, Decimal], separator: str | None
) -> tuple[dict[str, Decimal], tuple[str, ...]]:
    """The reading of each column that a person chose or that fits two, and the names of those worth asking about.

    "1,200" among cells without a comma, or in a table whose cells commas part, holds thousands. Else the other columns
    decide, and then the separator, as decimal commas go with semicolons.
    """
    sure = [column for column in columns if column.numeric and not column.both and column.name not in chosen]
    comma = any("decimal comma" in column.reading for column in sure)
    point = any(
        "." in cell for column in sure for cell in column.some if "thousands marked by points" not in column.reading
    )
    taken: dict[str, Decimal] = {**chosen}
    asked = [name for name in chosen if any(column.name == name for column in columns)]
    for column in columns:
        if not column.both or column.name in chosen:
            continue
        mixed = any("," not in cell and "." not in cell for cell in column.some)
        by_comma = any("," in cell for cell in column.some)
        if comma != point:
            taken[column.name] = "comma" if comma else "point"
        elif by_comma:
            taken[column.name] = "point" if mixed or separator == "," else "comma"
        else:
            taken[column.name] = "point"
        if by_comma or comma or mixed or separator == ";":
            asked.append(column.name)
    return taken, tuple(asked)


def questions_of(
    columns: Sequence[ColumnReading], choice: TableChoice, doubts: Sequence[str], minus_one: MinusOne | None
) -> tuple[Question, ...]:
    """What is asked of columns that have a role, and of the label -1 and words for missing among labels."""
    used = {choice.x, choice.y, *choice.inputs}
    asked = [column for column in columns if column.name in doubts and column.name in used]
    found = [
        Question(
            f"decimals.{column.name}",
            f"In column {short(column.name)}, is the mark in {short(example(column))} before decimals or thousands?",
            _options(example(column)), choice.decimals.get(column.name, column.decimal),
        )
        for column in asked
    ]  # fmt: skip
    found += _missing_labels(columns, choice)
    if minus_one is not None:
        found.append(
            Question(
                "minus_one", "What does the label -1 mean?",
                (("unlabelled", "a point without a label"), ("class", "a class like the others")), minus_one,
            )
        )  # fmt: skip
    return tuple(found)


def _missing_labels(columns: Sequence[ColumnReading], choice: TableChoice) -> list[Question]:
    """Words such as NA in the column of labels, which were taken as missing and may be the name of a class."""
    column = next((column for column in columns if column.name == choice.label), None)
    kept = choice.values.get(choice.label or "", ())
    words = () if column is None else tuple(dict.fromkeys((*kept, *filter(None, column.gone))))
    if column is None or not words:
        return []
    options = (((), "no label"), (words, "a class like the others" if len(words) == 1 else "classes like the others"))
    question = f"What does {listed(words, 'and')} mean among the labels?"
    return [Question(f"values.{column.name}", question, options, kept if kept == words else ())]


def example(column: ColumnReading) -> str:
    """The first cell with a mark that can be read in two ways."""
    return next((cell for cell in column.some if "," in cell or "." in cell), column.examples[0])


def _options(example: str) -> tuple[tuple[str, str], ...]:
    by_comma = "," in example
    mark = "comma" if by_comma else "point"
    thousands, decimals = ("point", "comma") if by_comma else ("comma", "point")
    return ((thousands, f"thousands, marked by a {mark}"), (decimals, f"decimals, after a {mark}"))
