"""What a rule is once it is read: a tree of formulas, how it is written out, and which words there are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

FUNCTIONS: Final[dict[str, tuple[int, int]]] = {
    "abs": (1, 1), "sign": (1, 1), "sqrt": (1, 1), "exp": (1, 1), "log": (1, 1), "log2": (1, 1), "log10": (1, 1),
    "sin": (1, 1), "cos": (1, 1), "tan": (1, 1), "asin": (1, 1), "acos": (1, 1), "atan": (1, 1), "atan2": (2, 2),
    "sinh": (1, 1), "cosh": (1, 1), "tanh": (1, 1), "hypot": (2, 2),
    "floor": (1, 1), "ceil": (1, 1), "round": (1, 1),
    "min": (2, 20), "max": (2, 20), "where": (3, 3),
}  # fmt: skip
"""Every function, with the least and the largest number of arguments."""

CONSTANTS: Final = {"pi": math.pi, "e": math.e}
PLACE: Final = ("x", "y")
"""The names of the two coordinates of a place of the plane."""
WORDS: Final = ("and", "or", "not", "true", "false")

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _UNARY, _POWER, _ATOM = range(9)
_BINDS = {"or": _OR, "and": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT, "^": _POWER}


class RuleError(ValueError):
    """A rule that cannot be read. words: what is wrong and what to do, without the place.

    start, end: the characters of the text that it is about. line, column: where that begins, counted from 1.
    """

    def __init__(self, words: str, text: str, start: int, end: int) -> None:
        self.words, self.start, self.end = words, start, max(end, start)
        self.line = text.count("\n", 0, start) + 1
        self.column = start - (text.rfind("\n", 0, start) + 1) + 1
        line = f"line {self.line}, " if "\n" in text.strip() else ""
        super().__init__(f"{line}column {self.column}: {words}")


@dataclass(frozen=True)
class Node:
    """A formula. span: where it stands in the text, which does not count when formulas are compared."""

    span: tuple[int, int] = field(default=(0, 0), compare=False, kw_only=True)

    @property
    def parts(self) -> tuple[Node, ...]:
        """The formulas that it is made of."""
        return ()

    @property
    def is_condition(self) -> bool:
        """Whether it is true or false, and not a number."""
        return False

    @property
    def binds(self) -> int:
        """How strongly it holds together: what binds less than its place asks for is written in parentheses."""
        return _ATOM

    @cached_property
    def depth(self) -> int:
        """How many formulas lie in one another."""
        return 1 + max((part.depth for part in self.parts), default=0)

    @cached_property
    def is_constant(self) -> bool:
        """Whether it is the same at every place, by what is written in it alone."""
        return all(part.is_constant for part in self.parts)


@dataclass(frozen=True)
class Number(Node):
    """A number, at least 0."""

    value: float

    def __str__(self) -> str:
        return f"{self.value:.0f}" if self.value.is_integer() and self.value < 1e15 else repr(self.value)


@dataclass(frozen=True)
class Truth(Node):
    """True or false."""

    value: bool

    @property
    def is_condition(self) -> bool:
        """It is."""
        return True

    def __str__(self) -> str:
        return "true" if self.value else "false"


@dataclass(frozen=True)
class Name(Node):
    """A coordinate, a constant, or the value of an earlier line. condition: whether that is true or false."""

    name: str
    condition: bool = False

    @property
    def is_condition(self) -> bool:
        """Whether it stands for one."""
        return self.condition

    @cached_property
    def is_constant(self) -> bool:
        """Whether it is one of the constants."""
        return self.name in CONSTANTS

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Unary(Node):
    """`-`, or `not`, before a formula."""

    operator: str
    operand: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        """What follows."""
        return (self.operand,)

    @property
    def is_condition(self) -> bool:
        """Whether it says not."""
        return self.operator == "not"

    @property
    def binds(self) -> int:
        """`not` less than any comparison, `-` more than a product."""
        return _NOT if self.operator == "not" else _UNARY

    def __str__(self) -> str:
        return ("not " if self.operator == "not" else "-") + _within(self.operand, self.binds)


@dataclass(frozen=True)
class Binary(Node):
    """Two formulas with an operator between them: arithmetic, `and`, or `or`."""

    operator: str
    left: Node
    right: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        """Both sides."""
        return self.left, self.right

    @property
    def is_condition(self) -> bool:
        """Whether it says and, or or."""
        return self.operator in ("and", "or")

    @property
    def binds(self) -> int:
        """As its operator does."""
        return _BINDS[self.operator]

    def __str__(self) -> str:
        if self.operator == "^":  # from right to left, with nothing but a single value below
            return f"{_within(self.left, _ATOM)}^{_within(self.right, _UNARY)}"
        return f"{_within(self.left, self.binds)} {self.operator} {_within(self.right, self.binds + 1)}"


@dataclass(frozen=True)
class Comparison(Node):
    """Formulas of which each is compared with the next, as in `0 < x < 1`: as many operators as others."""

    first: Node
    operators: tuple[str, ...]
    others: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """All that are compared."""
        return self.first, *self.others

    @property
    def is_condition(self) -> bool:
        """It is."""
        return True

    @property
    def binds(self) -> int:
        """Less than any arithmetic."""
        return _COMPARISON

    def __str__(self) -> str:
        rest = (f" {sign} {_within(one, _SUM)}" for sign, one in zip(self.operators, self.others, strict=True))
        return _within(self.first, _SUM) + "".join(rest)


@dataclass(frozen=True)
class Call(Node):
    """A function of formulas."""

    function: str
    arguments: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """The arguments."""
        return self.arguments

    @property
    def is_condition(self) -> bool:
        """Whether it chooses between conditions."""
        return self.function == "where" and all(one.is_condition for one in self.arguments[1:])

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


def _within(node: Node, binds: int) -> str:
    return str(node) if node.binds >= binds else f"({node})"
