"""Rules: reading and writing them out, what they say of places, and what is refused."""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from boundaryviz.scene.rules import MAX_DEPTH, MAX_LENGTH, Rule, RuleError, parse
from boundaryviz.scene.rules.rule import Line
from boundaryviz.scene.rules.tree import Binary, Call, Comparison, Name, Node, Number, Truth, Unary
from boundaryviz.scene.scene import Domain

PLACES = np.array([[0.5, 0.25], [-1.0, 2.0], [0.0, 0.0], [3.0, -0.75]])

# ---- random formulas: of numbers, and of conditions

_ONE = ("abs", "sqrt", "exp", "log", "sin", "cos", "atan", "tanh", "floor", "sign")
_TWO = ("min", "max", "atan2", "hypot")
_leaf = st.one_of(
    st.sampled_from([Name("x"), Name("y"), Name("pi"), Name("r")]),
    st.floats(0, 9, allow_subnormal=False).map(lambda value: Number(round(value, 2))),
)


def _numbers(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    signs = st.sampled_from("+-*/%^")
    condition = st.builds(lambda a, s, b: Comparison(a, (s,), (b,)), inner, st.sampled_from(["<", ">="]), inner)
    return st.one_of(
        st.builds(Binary, signs, inner, inner),
        st.builds(lambda one: Unary("-", one), inner),
        st.builds(lambda f, a: Call(f, (a,)), st.sampled_from(_ONE), inner),
        st.builds(lambda f, a, b: Call(f, (a, b)), st.sampled_from(_TWO), inner, inner),
        st.builds(lambda c, a, b: Call("where", (c, a, b)), condition, inner, inner),
    )


_number = st.recursive(_leaf, _numbers, max_leaves=6)
_compared = st.builds(
    lambda first, rest: Comparison(first, tuple(s for s, _ in rest), tuple(one for _, one in rest)),
    _number,
    st.lists(st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), _number), min_size=1, max_size=2),
)
_condition = st.recursive(
    st.one_of(_compared, st.booleans().map(Truth)),
    lambda inner: st.one_of(
        st.builds(Binary, st.sampled_from(["and", "or"]), inner, inner),
        st.builds(lambda one: Unary("not", one), inner),
    ),
    max_leaves=4,
)
_R = Line("r", Call("hypot", (Name("x"), Name("y"))))


def _read_again(formula: Node) -> Rule:
    """The rule that the formula reads as when it is written out; one that is refused is no example."""
    try:
        return parse(str(Rule("", (_R,), formula)))
    except RuleError as error:
        assume("used" not in error.words and "in one another" not in error.words)
        raise


@given(st.one_of(_condition, _number))
def test_what_is_written_out_reads_as_the_same_formulas(formula: Node) -> None:
    read = _read_again(formula)
    assert read.lines == (_R,)
    assert read.last == formula


# ---- a second reading of what formulas mean, in plain Python, one place at a time

_COMPARES: dict[str, Callable[..., bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod, "^": pow,
}  # fmt: skip


class Unsure(Exception):
    """Two values so near that a last bit decides."""


def _near(a: float, b: float) -> None:
    if 0 < abs(a - b) < 1e-7 * max(1.0, abs(a), abs(b)):
        raise Unsure


def plain(node: Node, names: dict[str, float]) -> float | bool:
    """Python's own arithmetic; raises ArithmeticError or ValueError where that is undefined."""
    of = lambda one: plain(one, names)  # noqa: E731
    match node:
        case Number(value) | Truth(value):
            return value
        case Name(name):
            return names[name]
        case Unary("not", one):
            return not of(one)
        case Unary(_, one):
            return -of(one)
        case Binary("and", a, b):
            return of(a) and of(b)
        case Binary("or", a, b):
            return of(a) or of(b)
        case Binary(sign, a, b):
            left, right = of(a), of(b)
            if sign == "%" and right:
                _near(left / right, round(left / right))
            found = _ARITHMETIC[sign](left, right)
            if isinstance(found, complex):
                raise ValueError("complex")
        case Comparison(first, signs, others):
            values = of(first)
            for sign, other in zip(signs, others, strict=True):
                right = of(other)
                _near(values, right)
                if not _COMPARES[sign](values, right):
                    return False
                values = right
            return True
        case Call("where", (test, so, otherwise)):
            return of(so) if of(test) else of(otherwise)
        case Call("sign", (one,)):
            return float(np.sign(of(one)))
        case Call("floor", (one,)):
            value = of(one)
            _near(value, round(value))
            found = math.floor(value)
        case Call(("min" | "max" | "abs") as function, several):
            of_several: dict[str, Callable[..., float]] = {"min": min, "max": max, "abs": abs}
            found = of_several[function](*map(of, several))
        case Call(function, several):
            found = getattr(math, function)(*map(of, several))
    if not math.isfinite(found):
        raise OverflowError
    return float(found)


@given(st.one_of(_condition, _number.map(lambda one: Call("round", (one,)))))
def test_rules_agree_with_plain_python(formula: Node) -> None:
    """Place by place, undefined ones as well: one that Python has no value for has no class."""
    found = _read_again(formula).classes_at(PLACES)
    for (x, y), label in zip(PLACES.tolist(), found.tolist(), strict=True):
        names = {"x": x, "y": y, "pi": math.pi, "r": math.hypot(x, y)}
        inner = formula.arguments[0] if isinstance(formula, Call) and formula.function == "round" else None
        try:
            value = plain(formula if inner is None else inner, names)
            if inner is not None:
                _near(value + 0.5, round(value + 0.5))
                value = round(value)
        except Unsure:
            continue
        except (ArithmeticError, ValueError):
            value = -1
        assert label == (value if 0 <= value < 50 else -1)


@pytest.mark.parametrize("text", ["round((x / x) ^ x)", "round(1 ^ (x / x))", "(x / x) ^ 0 == 1"])
def test_a_power_of_what_is_undefined_is_undefined(text: str) -> None:
    assert parse(text).classes_at(np.array([[0.0, 0.0]])).tolist() == [-1]


@given(st.one_of(_condition, _number))
def test_many_places_at_once_are_as_each_alone(formula: Node) -> None:
    rule = _read_again(formula)
    assert rule.classes_at(PLACES).tolist() == [int(rule.classes_at(one[None])[0]) for one in PLACES]


# ---- what it says of places


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("y > sin(3 x)", [0, 1, 0, 0]),
        ("where(x > 0, 1, 0)", [1, 0, 0, 1]),
        ("x^2 + y^2 < 1 and not (y > 0)", [0, 0, 1, 0]),
        ("0 < x < 1", [1, 0, 0, 0]),
        ("(x > 0) + (y > 0)", [2, 1, 0, 1]),
        ("r = hypot(x, y)  # from the middle\nr < 1", [1, 0, 1, 0]),
        ("r = hypot(x, y); r < 1", [1, 0, 1, 0]),
        ("inside = (x > 0\n  and y > 0)\nnot inside", [0, 1, 1, 1]),
        ("2 pi x (y + 1) > 0", [1, 0, 0, 1]),
        ("-2^2 == -4 and 2^3^2 == 512 and 2^-1 == 1/2", [1, 1, 1, 1]),
        ("x \u2265 0 and \u03c0 x \u2212 1 \u2264 3", [1, 0, 1, 0]),
        ("10 (0.1 + 0.2)", [3, 3, 3, 3]),
    ],
)
def test_classes_of_places(text: str, classes: list[int]) -> None:
    assert parse(text).classes_at(PLACES).tolist() == classes


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("1 / x > 0", [1, 0, -1, 1]),  # nothing is divided by zero
        ("log(x) < 0", [1, -1, -1, 0]),
        ("sqrt(x) >= 0 or y > 1", [1, -1, 1, 1]),  # looked at from left to right, as Python does
        ("y > 1 or sqrt(x) >= 0", [1, 1, 1, 1]),
        ("where(x > 0, log(x) > 0, false)", [0, 0, 0, 1]),
        ("exp(exp(9 + x)) > 0", [-1, -1, -1, -1]),  # too large
        ("x", [-1, -1, 0, 3]),  # no whole number, and less than 0
        ("60", [-1, -1, -1, -1]),  # beyond the classes there are
    ],
)
def test_where_nothing_can_be_said_there_is_no_class(text: str, classes: list[int]) -> None:
    assert parse(text).classes_at(PLACES).tolist() == classes


def test_how_many_classes_a_rule_speaks_of() -> None:
    plane, none = Domain(-1.0, 1.0, -1.0, 1.0), np.empty((0, 2))
    assert parse("x > 0").classes(plane, none) == 2
    assert parse("(x > 0) + (y > 0)").classes(plane, none) == 3
    assert parse("where(x > 5, 4, 0)").classes(plane, none) == 2
    assert parse("where(x > 5, 4, 0)").classes(plane, np.array([[6.0, 0.0]])) == 5
    assert parse("log(-1 - x^2)").classes(plane, none) == 2


# ---- what is refused, where, and what there is to do


@pytest.mark.parametrize(
    ("text", "about", "words"),
    [
        ("", "", "nothing in the rule yet"),
        ("9**9**9", "9**9**9", "too large"),
        ("1 / (2 - 2) > x", "1 / (2 - 2", "undefined such as 1 / 0"),
        ("1e999 > x", "1e999", "too large"),
        ("x.__class__", ".", "a point stands in a number alone"),
        ("__class__", "_", "a name begins with a letter"),
        ("x['y']", "[", "round parentheses"),
        ("'a'", "'", "take the quotes away"),
        ("lambda x", "lambda", "a word of Python"),
        ("eval(x) > 1", "eval", "a word of Python"),
        ("x = 1", "x", "to compare, write =="),
        ("sin = 1; x", "sin", "take another name"),
        ("r = x; r = y; r > 0", "r", "already has a value"),
        ("r = x", "", "the last line says what the class is"),
        ("x > 0\ny > 0", "x > 0", "a line before the last gives a name"),
        ("x > 0 = 1", "=", "to compare, write =="),
        ("xy > 1", "xy", "for a product write x y"),
        ("1/2 x > 1", "1/2 x", "two ways"),
        ("sin x > 1", "sin", "sin(x)"),
        ("sim(x) > 1", "sim", "did you mean sin?"),
        ("frob(x) > 1", "frob", "there is no function frob; there are: abs"),
        ("width > 1", "width", "give other values a name"),
        ("min(x) > 1", "min(x)", "takes 2 to 20 values, not 1"),
        ("where(x, 1, 0)", "x", "where chooses by conditions"),
        ("x and y > 0", "x", "as in x > 0"),
        ("not x", "x", "not turns round conditions"),
        ("3 4 > 2", "4", "no operator"),
        ("y > 1,5", ",", "inside a number write a point"),
        ("x > ", "", "the line ends too early"),
        ("x > * 2", "*", "a value such as x or 2 is missing"),
        ("(x > 0", "(", "never closed"),
        ("x > 0)", ")", "take it away"),
        ("x > 0 & y > 0", "&", "write and, or, not"),
        ("x > $", "$", "means nothing in a rule"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, about: str, words: str) -> None:
    with pytest.raises(RuleError) as raised:
        parse(text)
    assert text[raised.value.start : raised.value.end] == about
    assert words in str(raised.value)


def test_the_place_of_what_is_wrong_is_told_by_line_and_column() -> None:
    with pytest.raises(RuleError, match=r"^line 2, column 9: there is no q") as raised:
        parse("r = x\nr > 1 + q")
    assert (raised.value.line, raised.value.column) == (2, 9)
    with pytest.raises(RuleError, match=r"^column 5: there is no q"):
        parse("x > q")


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000 + "x" + ")" * 10_000, "(" * 900 + "x" + ")" * 900, "not " * 400 + "x > 0", "-" * 1_500 + "x",
     "2^" * 900 + "x", "+".join("x" * 900), "sin(" * 300 + "x" + ")" * 300, "where(x > 0, 1, " * 99 + "0" + ")" * 99],
)  # fmt: skip
def test_what_is_too_long_or_too_deep_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match=rf"{MAX_DEPTH} formulas lie in one another|at most {MAX_LENGTH:,} are read"):
        parse(text)


@given(st.text(max_size=60) | st.text("xyr0123456789.+-*/^%<>=()!, ;\n#andornotsiwhe", max_size=80))
def test_whatever_is_typed_is_a_rule_or_refused_in_words(text: str) -> None:
    try:
        rule = parse(text)
    except RuleError as error:
        refused = error
    else:
        assert parse(str(rule)).same_as(rule)
        assert rule.classes_at(PLACES).shape == (len(PLACES),)
        return
    assert 0 <= refused.start <= refused.end <= len(text)
    assert refused.words
    assert refused.line <= text.count("\n") + 1
