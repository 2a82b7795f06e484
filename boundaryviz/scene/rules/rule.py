"""What a rule says of places: classes, worked out for many places at once.

A condition is 1 where it holds, 0 where it does not, and NaN where it is undefined, as is every number of which nothing
can be said: a quotient by zero, the logarithm of a negative number, what is too large to be written. What is made of
something undefined is undefined. `and`, `or` and `where` look from left to right, as in most languages: what they have
no need of may be undefined, so `where(x > 0, log(x), 0)` is defined everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.rules.tree import CONSTANTS, PLACE, Binary, Call, Comparison, Name, Node, Number, Truth, Unary
from boundaryviz.scene.scene import MAX_CLASSES, UNLABELLED, Domain

Values = NDArray[np.float64]

_NEAR = 1e-9  # how far from a whole number a class may be, which sums of tenths never meet to the bit
_SIDE = 64  # cells along the longer side of the plane on which the classes of a rule are counted


def _power(base: Values, exponent: Values) -> Values:
    """NaN where either is: numpy has 1 for NaN to the 0, and for 1 to NaN."""
    unknown = np.isnan(base) | np.isnan(exponent)
    return np.where(unknown, np.nan, np.power(base, exponent))


_ARITHMETIC: Final[dict[str, Callable[[Values, Values], Values]]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "%": np.mod, "^": _power,
}  # fmt: skip
_COMPARES: Final[dict[str, Callable[[Values, Values], NDArray[np.bool_]]]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip
_OF_ONE: Final[dict[str, Callable[[Values], Values]]] = {
    "abs": np.abs, "sign": np.sign, "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "log2": np.log2, "log10": np.log10,
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "floor": np.floor, "ceil": np.ceil, "round": np.rint,
}  # fmt: skip
_OF_MORE: Final[dict[str, Callable[[Values, Values], Values]]] = {
    "atan2": np.arctan2, "hypot": np.hypot, "min": np.minimum, "max": np.maximum,
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A value that later lines call by its name."""

    name: str
    formula: Node

    def __str__(self) -> str:
        return f"{self.name} = {self.formula}"


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule as it was read. text: as it was written. lines: the named values, in order. last: says the class."""

    text: str
    lines: tuple[Line, ...]
    last: Node

    def __str__(self) -> str:
        """The rule written out in one way, with every sign and no remarks; reading that gives the same rule."""
        return "\n".join(map(str, (*self.lines, self.last)))

    def same_as(self, other: Rule) -> bool:
        """Whether both are the same formulas, however they are written."""
        return self.lines == other.lines and self.last == other.last

    @cached_property
    def is_condition(self) -> bool:
        """Whether it says yes or no, which are classes 1 and 0, and not the number of a class."""
        return self.last.is_condition

    def classes_at(self, places: NDArray[np.float64]) -> NDArray[np.int16]:
        """The class (N,) of each of `places` (N, 2): 1 where a condition holds and 0 where it does not; or the number
        that a formula comes to, where that is a whole number from 0 to 49. -1 for no class, elsewhere."""
        values: dict[str, Values] = dict(zip(PLACE, np.ascontiguousarray(places.T, dtype=np.float64), strict=True))
        for line in self.lines:
            values[line.name] = value_of(line.formula, values)
        value = np.broadcast_to(value_of(self.last, values), len(places))
        whole = np.rint(np.nan_to_num(value, nan=-1.0))
        with np.errstate(invalid="ignore"):
            stands = (np.abs(value - whole) <= _NEAR) & (whole >= 0) & (whole < MAX_CLASSES)
        return np.where(stands, whole, UNLABELLED).astype(np.int16)

    def over(self, rect: Domain, columns: int, rows: int) -> NDArray[np.int16]:
        """The class of every cell (rows, columns) of a rectangle, at its centre; row 0 is the bottom."""
        return self.classes_at(rect.grid(columns, rows)).reshape(rows, columns)

    def field(self, rect: Domain, columns: int, rows: int, finer: int = 2) -> NDArray[np.float32]:
        """As the field of a model: float32 (rows, columns), the share of each cell that is of class 1; or (classes,
        rows, columns) of more classes. NaN where part of a cell has no class. finer: places along each side of a cell.
        """
        labels = self.over(rect, finer * columns, finer * rows)
        count = max(2, 1 + int(labels.max(initial=0)))
        kinds = (1,) if count == 2 else tuple(range(count))
        which = np.where(labels == UNLABELLED, np.nan, labels)
        shares = np.stack([np.where(np.isnan(which), np.nan, which == k) for k in kinds])
        cells = shares.reshape(len(kinds), rows, finer, columns, finer).mean(axis=(2, 4), dtype=np.float32)
        return cells[0] if count == 2 else cells

    def classes(self, rect: Domain, places: NDArray[np.float64]) -> int:
        """How many classes it speaks of on a plane and at places (N, 2) of it, at least 2."""
        if self.is_condition:
            return 2
        seen = (self.over(rect, *rect.shape(_SIDE)).max(), self.classes_at(places).max(initial=UNLABELLED))
        return max(2, 1 + int(max(seen)))


def value_of(node: Node, values: Mapping[str, Values]) -> Values:
    """The value (N,) or () of a formula, NaN where it is undefined. values: of the names that stand in it."""
    with np.errstate(all="ignore"):
        return _value(node, values)


def _value(node: Node, values: Mapping[str, Values]) -> Values:
    match node:
        case Number(value) | Truth(value):
            found: Values = np.array(float(value))
        case Name(name):
            return values[name] if name in values else np.array(CONSTANTS[name])
        case Unary("not", operand):
            return 1.0 - _value(operand, values)
        case Unary(_, operand):
            return -_value(operand, values)
        case Binary("and" | "or" as word, left, right):
            first = _value(left, values)
            return np.where(first == (word == "and"), _value(right, values), first)
        case Binary(operator, left, right):
            found = _ARITHMETIC[operator](_value(left, values), _value(right, values))
        case Comparison():
            return _compared(node, values)
        case Call("where", (condition, so, otherwise)):
            test = _value(condition, values)
            chosen = np.where(test == 1.0, _value(so, values), _value(otherwise, values))
            return np.where(np.isnan(test), np.nan, chosen)
        case Call(function, arguments):
            of = [_value(one, values) for one in arguments]
            found = _OF_ONE[function](of[0]) if function in _OF_ONE else reduce(_OF_MORE[function], of)
        case _:
            raise TypeError(f"no formula: {node!r}")
    return np.where(np.isfinite(found), found, np.nan)


def _compared(node: Comparison, values: Mapping[str, Values]) -> Values:
    """1, 0 or NaN (N,): the first of them that does not hold, or is undefined, decides."""
    left, holds = _value(node.first, values), np.array(1.0)
    for sign, other in zip(node.operators, node.others, strict=True):
        right = _value(other, values)
        here = np.where(np.isnan(left) | np.isnan(right), np.nan, _COMPARES[sign](left, right))
        holds, left = np.where(holds == 1.0, here, holds), right
    return holds
