"""Reading a rule: a grammar of our own, from the weakest operator to the strongest, one function each.

    rule       = { NAME "=" formula NEWLINE } formula
    formula    = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation   = "not" negation | comparison
    comparison = sum { ("<" | "<=" | ">" | ">=" | "==" | "!=") sum }
    sum        = product { ("+" | "-") product }
    product    = unary { ("*" | "/" | "%") unary | power }
    unary      = ("-" | "+") unary | power
    power      = value [ ("^" | "**") unary ]
    value      = NUMBER | NAME | FUNCTION "(" formula { "," formula } ")" | "(" formula ")"

Lines end with a line break or `;`, outside parentheses; what follows `#` is a remark. A product may be written without
its sign, as in `3 x`, but not after a division: `1 / 2 x` has two meanings. How deep formulas lie in one another is
bounded while they are read, so that no text exhausts the stack.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, NoReturn

import numpy as np

from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.rules.rule import Line, Rule, value_of
from boundaryviz.scene.rules.tree import (
    CONSTANTS,
    FUNCTIONS,
    PLACE,
    WORDS,
    Binary,
    Call,
    Comparison,
    Name,
    Node,
    Number,
    RuleError,
    Truth,
    Unary,
)

MAX_LENGTH: Final = 2_000
"""Characters of a rule."""
MAX_DEPTH: Final = 40
"""Formulas in one another."""

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\u00a0]+|\#[^\n]*)|(?P<end>\n|;)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*|\u03c0)|(?P<sign>\*\*|<=|>=|==|!=|[-+*/%^<>=(),\u2264\u2265\u2260\u2212\u00d7\u00b7])",
    re.ASCII,
)
_SAME = {
    "**": "^", "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2212": "-", "\u00d7": "*", "\u00b7": "*",
    "\u03c0": "pi",
}  # fmt: skip
_COMPARES = ("<", "<=", ">", ">=", "==", "!=")
_LONG = 40  # characters of what is repeated in a message


@dataclass(frozen=True)
class _Token:
    kind: str  # 'number', 'name', 'sign', 'end', or 'nothing' after the last
    text: str
    start: int
    end: int


@lru_cache(maxsize=64)
def parse(text: str) -> Rule:
    """The rule that a text says. Raises RuleError, with the place in the text, for one that cannot be read."""
    if len(text) > MAX_LENGTH:
        words = f"the rule has {len(text):,} characters; at most {MAX_LENGTH:,} are read: make it shorter"
        raise RuleError(words, text, MAX_LENGTH, MAX_LENGTH)
    return _Parser(text).rule()


def _tokens(text: str) -> list[_Token]:
    found, at, open_ = [], 0, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise RuleError(_strange(text, at), text, at, at + 1)
        kind = match.lastgroup or ""
        word = match.group()
        open_ += (word == "(") - (word == ")")
        if kind != "space" and not (word == "\n" and open_ > 0):
            found.append(_Token(kind, _SAME.get(word, word), at, match.end()))
        at = match.end()
    return [*found, _Token("nothing", "", len(text), len(text))]


def _strange(text: str, at: int) -> str:
    character = text[at]
    if character == ".":
        return "a point stands in a number alone, as in 0.5; a rule does not reach into anything"
    if character == "_":
        return "a name begins with a letter"
    if character in "\"'":
        return "there is no text in a rule, only numbers: take the quotes away"
    if character in "[]{}":
        return "write round parentheses: ( and )"
    if character in "&|!~":
        return "write and, or, not, or != for 'is not'"
    return f"{one_line(repr(character), _LONG)} means nothing in a rule; take it away"


class _Parser:
    """Reads one text from left to right. names: of earlier lines, and whether each is a condition."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._at = text, _tokens(text), 0
        self._deep = 0
        self._names: dict[str, bool] = {}

    # ---- lines

    def rule(self) -> Rule:
        lines: list[Line] = []
        self._skip_ends()
        while self._is_assignment():
            name = self._next()
            self._check_new(name)
            self._next()
            formula = self._formula()
            self._names[name.text] = formula.is_condition
            lines.append(Line(name.text, formula))
            self._end_of_line()
        if self._peek().kind == "nothing":
            if lines:
                self._fail(
                    "the last line says what the class is, without a name and '=': write such a line, "
                    f"such as {lines[-1].name}" + ("" if lines[-1].formula.is_condition else " > 0")
                )
            self._fail("there is nothing in the rule yet: write a condition such as y > sin(3 x)")
        last = self._formula()
        self._end_of_line()
        if (more := self._peek()).kind != "nothing":
            self._fail("a line before the last gives a name to a value, as in r = sqrt(x^2 + y^2)", last.span, more)
        return Rule(self._text, tuple(lines), last)

    def _is_assignment(self) -> bool:
        return self._peek().kind == "name" and self._tokens[self._at + 1].text == "="

    def _check_new(self, name: _Token) -> None:
        if name.text in PLACE:
            words = f"{name.text} is the place itself and cannot be given a value; to compare, write =="
            self._fail(words, (name.start, name.end))
        if name.text in (*CONSTANTS, *FUNCTIONS, *WORDS) or keyword.iskeyword(name.text):
            self._fail(f"{name.text} has a meaning of its own; take another name", (name.start, name.end))
        if name.text in self._names:
            self._fail(f"{name.text} already has a value; take another name", (name.start, name.end))

    def _skip_ends(self) -> None:
        while self._peek().kind == "end":
            self._next()

    def _end_of_line(self) -> None:
        token = self._peek()
        if token.kind not in ("end", "nothing"):
            self._fail(self._unexpected(token), (token.start, token.end))
        self._skip_ends()

    def _unexpected(self, token: _Token) -> str:
        if token.text == "=":
            return "a single = gives a name to a value, at the beginning of a line; to compare, write =="
        if token.text == ")":
            return "there is no ( for this ): take it away, or write one before"
        if token.text == ",":
            return "a comma stands between the arguments of a function alone; inside a number write a point"
        if token.kind == "number":
            return f"between this and {token.text} is no operator: write one, such as *"
        return f"{_quoted(token)} cannot stand here: write an operator such as +, <, and"

    # ---- formulas, from the weakest operator to the strongest

    def _formula(self) -> Node:
        return self._joined("or", lambda: self._joined("and", self._negation))

    def _joined(self, word: str, below: Callable[[], Node]) -> Node:
        left = below()
        while self._peek().text == word:
            self._next()
            right = below()
            for side in (left, right):
                self._want_condition(side, f"{word} joins")
            left = self._made(Binary(word, left, right, span=(left.span[0], right.span[1])))
        return left

    def _negation(self) -> Node:
        if self._peek().text != "not":
            return self._comparison()
        begin = self._next().start
        operand = self._deeper(self._negation)
        self._want_condition(operand, "not turns round")
        return self._made(Unary("not", operand, span=(begin, operand.span[1])))

    def _comparison(self) -> Node:
        first = self._sum()
        operators, others = [], []
        while self._peek().text in _COMPARES:
            operators.append(self._next().text)
            others.append(self._sum())
        if not others:
            return first
        span = (first.span[0], others[-1].span[1])
        return self._made(Comparison(first, tuple(operators), tuple(others), span=span))

    def _sum(self) -> Node:
        left = self._product()
        while self._peek().text in ("+", "-"):
            sign = self._next().text
            right = self._product()
            left = self._made(Binary(sign, left, right, span=(left.span[0], right.span[1])))
        return left

    def _product(self) -> Node:
        left, before = self._unary(), ""
        while True:
            token = self._peek()
            if token.text in ("*", "/", "%"):
                before = self._next().text
                right = self._unary()
            elif token.text == "(" or (token.kind == "name" and token.text not in WORDS):
                if before in ("/", "%"):
                    words = (
                        f"this can be read in two ways: write parentheses, as in (1 {before} 2) x or 1 {before} (2 x)"
                    )
                    self._fail(words, (left.span[0], token.end))
                right = self._power()
                token = _Token("sign", "*", token.start, token.end)
            else:
                return left
            left = self._made(Binary(token.text, left, right, span=(left.span[0], right.span[1])))

    def _unary(self) -> Node:
        sign = self._peek()
        if sign.text not in ("-", "+"):
            return self._power()
        self._next()
        operand = self._deeper(self._unary)
        if sign.text == "+":
            return operand
        return self._made(Unary("-", operand, span=(sign.start, operand.span[1])))

    def _power(self) -> Node:
        base = self._value()
        if self._peek().text != "^":
            return base
        self._next()
        exponent = self._deeper(self._unary)
        return self._made(Binary("^", base, exponent, span=(base.span[0], exponent.span[1])))

    def _value(self) -> Node:
        token = self._next()
        span = (token.start, token.end)
        if token.kind == "number":
            return self._made(Number(float(token.text), span=span))
        if token.text == "(":
            inner = self._deeper(self._formula)
            self._close(token)
            return inner
        if token.text in ("true", "false"):
            return Truth(token.text == "true", span=span)
        if token.text in FUNCTIONS:
            return self._call(token)
        if token.kind == "name" and token.text not in WORDS:
            return self._name(token)
        if token.kind in ("end", "nothing"):
            self._fail("the line ends too early: a value such as x or 2 is missing here", span)
        if token.text == "=":
            self._fail(self._unexpected(token), span)
        self._fail(f"a value such as x or 2 is missing before {_quoted(token)}", span)

    def _name(self, token: _Token) -> Node:
        name, span = token.text, (token.start, token.end)
        if name in (*PLACE, *CONSTANTS, *self._names):
            return Name(name, self._names.get(name, False), span=span)
        if name == "lambda" or keyword.iskeyword(name) or name in ("eval", "exec", "import", "open"):
            words = f"{name} is a word of Python; a rule has arithmetic, comparisons, and, or, not and where(...)"
            self._fail(words, span)
        if len(name) > 1 and set(name) <= set(PLACE):
            self._fail(f"there is no {_cut(name)}; for a product write {' '.join(name[:4])}", span)
        if self._peek().text == "(":
            near = get_close_matches(name, FUNCTIONS, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(FUNCTIONS)}"
            self._fail(f"there is no function {_cut(name)}; {hint}", span)
        near = get_close_matches(name, (*self._names, *CONSTANTS, *FUNCTIONS, *WORDS), 1)
        hint = f"did you mean {near[0]}?" if near else "a place has x and y; give other values a name on a line before"
        self._fail(f"there is no {_cut(name)}; {hint}", span)

    def _call(self, token: _Token) -> Node:
        name = token.text
        if self._peek().text != "(":
            words = f"{name} is a function: write what it is of in parentheses, as in {_example(name)}"
            self._fail(words, (token.start, token.end))
        opening = self._next()
        arguments: list[Node] = []
        if self._peek().text != ")":
            arguments.append(self._deeper(self._formula))
            while self._peek().text == ",":
                self._next()
                arguments.append(self._deeper(self._formula))
        end = self._close(opening)
        span = (token.start, end)
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            said = f"{name} takes {wanted} value{'s' * (most > 1)}, not {len(arguments)}: write {_example(name)}"
            self._fail(said, span)
        if name == "where":
            self._want_condition(arguments[0], "where chooses by")
        return self._made(Call(name, tuple(arguments), span=span))

    def _close(self, opening: _Token) -> int:
        token = self._peek()
        if token.text != ")":
            if token.kind == "nothing":
                self._fail("this ( is never closed: write a ) where it ends", (opening.start, opening.end))
            self._fail(self._unexpected(token), (token.start, token.end))
        return self._next().end

    # ---- checks

    def _want_condition(self, node: Node, words: str) -> None:
        if not node.is_condition:
            said = f"{words} conditions, and this is a number: compare it with something, as in {_cut(str(node))} > 0"
            self._fail(said, node.span)

    def _made(self, node: Node) -> Node:
        """The formula, if it is not too deep and, where it is the same everywhere, a number that can be used."""
        if node.depth > MAX_DEPTH:
            self._fail_deep(node.span)
        if node.is_constant and not np.isfinite(value_of(node, {})).all():
            self._fail("this is no number that can be used: too large, or undefined such as 1 / 0", node.span)
        return node

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._deep += 1
        if self._deep > MAX_DEPTH:
            token = self._peek()
            self._fail_deep((token.start, token.end))
        found = read()
        self._deep -= 1
        return found

    def _fail_deep(self, span: tuple[int, int]) -> NoReturn:
        words = f"more than {MAX_DEPTH} formulas lie in one another here; give parts names on lines of their own"
        self._fail(words, span)

    def _fail(self, words: str, span: tuple[int, int] | None = None, at: _Token | None = None) -> NoReturn:
        token = at or self._peek()
        start, end = (token.start, token.end) if span is None else span
        raise RuleError(words, self._text, start, end)

    # ---- tokens

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        if token.kind != "nothing":
            self._at += 1
        return token


def _example(name: str) -> str:
    if name == "where":
        return "where(x > 0, 1, 0)"
    return f"{name}(x, y)" if FUNCTIONS[name][0] == 2 else f"{name}(x)"


def _quoted(token: _Token) -> str:
    return {"end": "the end of the line", "nothing": "the end"}.get(token.kind, _cut(token.text))


def _cut(text: str) -> str:
    return one_line(text, _LONG)
