"""Which column of a table is x, y, the label and so on: what a person chose, or else a proposal and its reason.

Ids, row names, constant columns and years are not taken for x and y while there are others; latitude is y, and y beside
x1 and x2 is a label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boundaryviz.scene.scene import MAX_CLASSES
from boundaryviz.tables.choice import ROLES, TableChoice
from boundaryviz.tables.columns import ColumnReading
from boundaryviz.tables.words import listed, short

LABEL_WORDS = (
    "label", "labels", "class", "classes", "target", "species", "category", "diagnosis", "outcome", "cls", "kind",
    "type", "variety", "group", "cluster", "breed", "genre", "survived",
    "purchased", "churn", "exited", "approved", "quality", "klasse", "classe", "clase", "gruppe", "result", "status",
    "response", "continent", "y",
)  # fmt: skip
SPLIT_WORDS = ("split", "set", "partition", "subset", "fold", "usage")
_SHOWN_WORDS = ("label", "split", "origin", "muted")
_LATITUDE, _LONGITUDE = ("latitude", "lat"), ("longitude", "lon", "lng", "long")
_YEAR = re.compile(r"(?:year|yr|jahr|annee|année|año|anno)s?", re.IGNORECASE)
_FEW = 10  # different whole numbers, up to which a column may be a label, and makes a poor axis where they come often


@dataclass(frozen=True)
class Roles:
    """choice: with every role decided, "" where no column has it. reasons: of each role that has a column.

    problems: why there can be no points.
    """

    choice: TableChoice
    reasons: Mapping[str, str]
    problems: tuple[str, ...]


def decide(
    chosen: TableChoice,
    columns: Sequence[ColumnReading],
    words: Mapping[str, Mapping[str, int]],
    wrong: Sequence[str] = (),
) -> Roles:
    """Roles for the columns. chosen: by their exact names. words: of split, origin and muted, the cells (lower case)
    that mean something. wrong: what is wrong with the choice."""
    problems = [*wrong]
    roles: dict[str, str] = {role: name for role in ROLES if (name := getattr(chosen, role)) is not None}
    reasons = {role: "chosen" for role, name in roles.items() if name}
    left = [column for column in columns if column.name not in {*roles.values(), *chosen.inputs}]

    def take(role: str, found: tuple[ColumnReading, str] | None) -> None:
        roles[role] = found[0].name if found else ""
        if found:
            reasons[role] = found[1]
            left.remove(found[0])

    for role in ("split", "origin", "muted"):
        if role not in roles:
            take(role, _by_words(role, left, words[role]))
    plane = {} if chosen.inputs else _named_plane(left, roles)
    if "label" not in roles:
        needed = 0 if chosen.inputs else sum(role not in roles for role in "xy")
        take("label", _label([column for column in left if column.name not in plane.values()], needed - len(plane)))
    if chosen.inputs:
        shown = [name for name in chosen.inputs if name not in (roles.get("x"), roles.get("y"))]
        for role in "xy":
            if chosen.shown == "principal":
                roles[role] = ""
            elif not roles.get(role):
                roles[role] = shown.pop(0) if shown else ""
                reasons[role] = "the first of the inputs that is left"
        problems += [
            f"{role} is {short(roles[role])}, which is none of the inputs; choose among {listed(chosen.inputs)}"
            for role in "xy" if roles[role] and roles[role] not in chosen.inputs
        ]  # fmt: skip
    else:
        for role, (column, why) in _plane(left, plane, roles).items():
            take(role, (column, why))
        problems += _no_plane(columns, roles) if not (roles.get("x") and roles.get("y")) and not problems else []
    return Roles(chosen.model_copy(update={role: roles.get(role, "") for role in ROLES}), reasons, tuple(problems))


def located(choice: TableChoice, names: Sequence[str]) -> tuple[TableChoice, list[str]]:
    """The choice with the columns' names as the table has them, and what is wrong with it; upper and lower case count
    as the same where that is needed."""
    folded = {name.strip().casefold(): name for name in reversed(names)}
    problems: list[str] = []

    def found(name: str, what: str) -> str:
        if name in names:
            return name
        if name.strip().casefold() in folded:
            return folded[name.strip().casefold()]
        problems.append(f"there is no column {short(name)} for {what}; there are: {listed(names)}")
        return ""

    update: dict[str, object] = {role: found(name, role) for role in ROLES if (name := getattr(choice, role))}
    update["inputs"] = tuple(dict.fromkeys(filter(None, (found(name, "inputs") for name in choice.inputs))))
    for field in ("decimals", "values"):
        given = {found(name, field): value for name, value in getattr(choice, field).items()}
        given.pop("", None)
        update[field] = given
    taken: dict[str, str] = {}
    for role in ROLES:
        name = update.get(role)
        if isinstance(name, str) and name and taken.setdefault(name, role) != role:
            problems.append(
                f"column {short(name)} is to be both {taken[name]} and {role}; choose another for one of them"
            )
    return choice.model_copy(update=update), problems


def _by_words(role: str, left: Sequence[ColumnReading], words: Mapping[str, int]) -> tuple[ColumnReading, str] | None:
    """The column called after the role; of splits under other names too, where every cell says one."""
    for word in SPLIT_WORDS if role == "split" else (role,):
        for column in left:
            if column.name.strip().casefold() != word:
                continue
            if column.known(words) and (word == role or not column.numeric):
                return column, f"its name is {column.name}, and its cells are known words"
    return None


def _named_plane(left: Sequence[ColumnReading], roles: Mapping[str, str]) -> dict[str, str]:
    """x and y by their own names, or longitude and latitude; nothing where a person chose one of them."""
    if "x" in roles or "y" in roles:
        return {}
    folded = {column.name.strip().casefold(): column for column in reversed(left) if column.values is not None}
    pairs = [
        ("x", "y"),
        *((east, north) for east, north in zip(_LONGITUDE[:3], ("latitude", "lat", "lat"), strict=True)),
    ]
    pairs += [(east, north) for east in _LONGITUDE for north in _LATITUDE]
    for x, y in pairs:
        if x in folded and y in folded:
            return {"x": folded[x].name, "y": folded[y].name}
    return {}


def _label(left: Sequence[ColumnReading], spare: int) -> tuple[ColumnReading, str] | None:
    """The column of classes among these. spare: columns of numbers that are still needed for x and y."""
    fits = [column for column in left if column.kind not in ("empty", "dates")]
    numbers = [column for column in fits if column.numeric and column.kind == "numbers"]
    for word in LABEL_WORDS:
        for column in fits:
            name = column.name.strip().casefold()
            exact = name == word
            within = word != "y" and word in re.split(r"[\W_]+", name)
            if word == "y" and column.numeric and len(numbers) <= spare:
                continue
            if (exact and word == "label") or ((exact or within) and _few_kinds(column)):
                return column, f"{short(column.name)} is a usual name for it"
    texts = [column for column in fits if not column.numeric and column.kind in ("labels", "constant")]
    texts = [column for column in texts if column.kind == "labels"] or texts
    texts = [column for column in texts if column.each > 1] or texts
    ends = [column for column in texts if column is left[-1]] + [column for column in texts if column is left[0]]
    if texts:
        return (ends or texts)[0], "a column of few different words"
    whole = [column for column in numbers if column.whole and column.distinct <= _FEW]
    ends = [column for column in whole if column is left[-1]] + [column for column in whole if column is left[0]]
    if whole and len(numbers) > spare:
        return (ends or whole)[0], "a column of few different whole numbers"
    return None


def _few_kinds(column: ColumnReading) -> bool:
    """Whether the cells may be classes: not too many, and no measures."""
    return column.distinct <= MAX_CLASSES and (not column.numeric or column.whole or column.distinct <= _FEW)


def _plane(
    left: Sequence[ColumnReading], plane: Mapping[str, str], roles: Mapping[str, str]
) -> dict[str, tuple[ColumnReading, str]]:
    """The columns for those of x and y that nobody chose."""
    if plane:
        named = {column.name: column for column in left}
        return {role: (named[name], f"its name is {name}") for role, name in plane.items()}
    wanted = [role for role in "xy" if role not in roles]
    numeric = [column for column in left if column.numeric]
    ranked = sorted(range(len(numeric)), key=lambda i: (_unfit(numeric[i]), i))
    best = sorted(ranked[: len(wanted)])
    why = ("first column", "next column") if len(wanted) == 2 else ("first column that is left",)
    found = {role: (numeric[i], f"the {words} of numbers that is no id, year or constant")
             for role, i, words in zip(wanted, best, why, strict=False)}  # fmt: skip
    return {
        role: (
            column,
            why if not _unfit(column) else f"there is no better column of numbers ({_PLAINLY[_unfit(column)]})",
        )
        for role, (column, why) in found.items()
    }


_PLAINLY = ("", "it has few values", "it holds years", "it holds ids", "it is always the same")


def _unfit(column: ColumnReading) -> int:
    """How little a column of numbers serves as an axis, an index of `_PLAINLY`."""
    if column.kind == "constant":
        return 4
    if column.kind == "ids":
        return 3
    if column.whole and _YEAR.fullmatch(column.name.strip()):
        return 2
    return int(column.whole and column.distinct <= _FEW and column.each >= 4)


def _holds(column: ColumnReading) -> str:
    return "is empty" if not column.examples else f"holds {column.reading}, such as {short(column.examples[0], 20)}"


def _no_plane(columns: Sequence[ColumnReading], roles: Mapping[str, str]) -> list[str]:
    numeric = [column.name for column in columns if column.numeric and column.name not in (roles.get("label"),)]
    held = "; ".join(f"{short(column.name, 30)} {_holds(column)}" for column in columns[:8])
    held += f" and {len(columns) - 8:,} more columns" if len(columns) > 8 else ""
    if len(numeric) == 1:
        words = f"there is one column of numbers, {short(numeric[0], 30)}; choose or add another, or say inputs=NAME"
        return [f"{words} for a strip of it alone. Of the columns {held}"]
    return [f"there are no two columns of numbers for x and y; choose or add two. Of the columns {held}"]
