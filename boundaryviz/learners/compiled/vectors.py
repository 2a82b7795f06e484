"""Vectors of sixteen numbers in single precision, as a type of numba's: what the loops of the program are written in.

Every operation is one of LLVM's, strict about NaN and infinity, and sums are added up in an order that is written down.
So what comes out does not depend on what an optimiser makes of a loop. Addresses are integers, in bytes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import models, overload, register_model

from boundaryviz.learners.compiled.options import LANES, Vector, primitive, vector

_FLOAT, _LONG, _INT = ir.FloatType(), ir.IntType(64), ir.IntType(32)
_LANES, _WORDS = ir.VectorType(_FLOAT, LANES), ir.VectorType(_INT, LANES)


@register_model(Vector)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _LANES)


# ---- how an operation is emitted -------------------------------------------------------------------------


def constant(value: float) -> ir.Constant:
    """The same number in every lane."""
    return ir.Constant(_LANES, [_single(value)] * LANES)


def _single(value: float) -> float:
    return float(np.float32(value))


def spread(builder: Any, value: Any, kind: Any = _LANES) -> Any:
    """One scalar in every lane."""
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(_INT, 0))
    return builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), _picked([0] * LANES))


def lanes(builder: Any, kind: types.Type, value: Any) -> Any:
    """A vector as it is; a number of any kind in every lane."""
    if isinstance(kind, Vector):
        return value
    if isinstance(kind, types.Integer):
        value = builder.sitofp(value, _FLOAT)
    elif value.type != _FLOAT:
        if isinstance(value, ir.Constant):
            return constant(value.constant)
        value = builder.fptrunc(value, _FLOAT)
    return spread(builder, value)


def call(builder: Any, name: str, kind: Any, *values: Any) -> Any:
    """One of LLVM's intrinsic functions, of vectors of this kind."""
    suffix = {"float": "v16f32", "double": "v16f64"}[str(kind.element)]
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(kind, [v.type for v in values]), f"llvm.{name}.{suffix}"
    )
    return builder.call(function, values)


def pointer(builder: Any, address: Any, kind: Any) -> Any:
    """An address as a pointer to this kind."""
    return builder.inttoptr(address, kind.as_pointer())


def read(builder: Any, address: Any) -> Any:
    """Sixteen numbers from an address."""
    found = builder.load(pointer(builder, address, _LANES))
    found.align = 4
    return found


def write(builder: Any, value: Any, address: Any) -> None:
    """Sixteen numbers to an address."""
    builder.store(value, pointer(builder, address, _LANES), align=4)


def _picked(order: Sequence[int]) -> ir.Constant:
    return ir.Constant(ir.VectorType(_INT, len(order)), list(order))


# ---- operations ------------------------------------------------------------------------------------------


def _typed(kinds: Sequence[Any]) -> Any:
    if not all(isinstance(kind, Vector | types.Number) for kind in kinds):
        return None
    return vector(*kinds)


def operation(emit: Callable[..., Any], arguments: int) -> Any:
    """A function of so many vectors or numbers that gives a vector; emit: of a builder and vectors."""

    def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return emit(builder, *(lanes(builder, k, v) for k, v in zip(signature.args, values, strict=True)))

    def typed(*kinds: Any) -> Any:
        signature = _typed(kinds)
        return None if signature is None else (signature, codegen)

    if arguments == 1:
        return primitive(lambda typingctx, a: typed(a))
    if arguments == 2:
        return primitive(lambda typingctx, a, b: typed(a, b))
    if arguments == 3:
        return primitive(lambda typingctx, a, b, c: typed(a, b, c))
    return primitive(lambda typingctx, a, b, c, d: typed(a, b, c, d))


def _operator(of: Callable[..., Any], emit: Callable[..., Any]) -> None:
    """Have an operator of Python's mean this of vectors, and of a vector and a number."""
    do = operation(emit, 2)

    overload(of)(lambda a, b: (lambda a, b: do(a, b)) if Vector in (type(a), type(b)) else None)


_operator(operator.add, lambda b, x, y: b.fadd(x, y))
_operator(operator.sub, lambda b, x, y: b.fsub(x, y))
_operator(operator.mul, lambda b, x, y: b.fmul(x, y))
_operator(operator.truediv, lambda b, x, y: b.fdiv(x, y))

splat = operation(lambda b, x: x, 1)
"""The same number in every lane."""
fma = operation(lambda b, x, y, z: call(b, "fma", _LANES, x, y, z), 3)
"""x y + z, rounded once."""
root = operation(lambda b, x: call(b, "sqrt", _LANES, x), 1)
"""The square root."""
size = operation(lambda b, x: call(b, "fabs", _LANES, x), 1)
"""The absolute value."""
whole = operation(lambda b, x: call(b, "rint", _LANES, x), 1)
"""The nearest whole number, of two the even one."""
where_less = operation(lambda b, x, y, yes, no: b.select(b.fcmp_ordered("<", x, y), yes, no), 4)
"""Of each lane `yes` where x < y, `no` where not: also where either is NaN."""
where_same = operation(lambda b, x, y, yes, no: b.select(b.fcmp_ordered("==", x, y), yes, no), 4)
"""Of each lane `yes` where x = y, `no` where not."""


def _power(builder: Any, n: Any) -> Any:
    """2^n for whole numbers n from -126 to 127; of NaN anything."""
    bits = builder.bitcast(builder.fadd(n, constant(12582912.0 + 127.0)), _WORDS)  # n + 127 ends up in the lowest bits
    return builder.bitcast(builder.shl(bits, ir.Constant(_WORDS, [23] * LANES)), _LANES)


def _words(builder: Any, value: Any) -> Any:
    return builder.bitcast(value, _WORDS)


def _same(word: int) -> ir.Constant:
    return ir.Constant(_WORDS, [word] * LANES)


def _exponent(builder: Any, x: Any) -> Any:
    """floor(log2 x) of normal positive numbers, as read from their bits."""
    bits = builder.lshr(_words(builder, x), _same(23))
    return builder.sitofp(builder.sub(bits, _same(127)), _LANES)


def _mantissa(builder: Any, x: Any) -> Any:
    """x over 2^exponent, from 1 to 2."""
    bits = builder.or_(builder.and_(_words(builder, x), _same(0x7FFFFF)), _same(0x3F800000))
    return builder.bitcast(bits, _LANES)


power_of_two = operation(_power, 1)
exponent = operation(_exponent, 1)
mantissa = operation(_mantissa, 1)


def polynomial(*coefficients: float) -> Any:
    """A function of a vector: the polynomial with these coefficients, of the highest power first (Horner)."""

    def emit(builder: Any, x: Any) -> Any:
        found = constant(coefficients[0])
        for one in coefficients[1:]:
            found = call(builder, "fma", _LANES, found, x, constant(one))
        return found

    return operation(emit, 1)


# ---- memory ----------------------------------------------------------------------------------------------


@primitive
def load(typingctx: Any, address: Any) -> Any:
    """Sixteen numbers from an address."""
    return vector(types.intp), lambda context, builder, signature, given: read(builder, given[0])


@primitive
def store(typingctx: Any, address: Any, value: Any) -> Any:
    """Sixteen numbers to an address; from a scalar sixteen of them."""

    def codegen(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        write(builder, lanes(builder, signature.args[1], given[1]), given[0])
        return context.get_dummy_value()

    return types.void(types.intp, value), codegen


def _copied(builder: Any, source: Any, target: Any, count: Any) -> None:
    """So many floats from one address to another."""
    with cgutils.for_range(builder, count) as loop:
        ends = [builder.gep(pointer(builder, base, _FLOAT), [loop.index]) for base in (source, target)]
        builder.store(builder.load(ends[0]), ends[1])


@primitive
def load_some(typingctx: Any, address: Any, count: Any) -> Any:
    """The first `count` of sixteen numbers from an address, and 0 in the other lanes, whose memory is not touched."""

    def codegen(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        whole = cgutils.alloca_once_value(builder, constant(0.0))
        builder.store(constant(0.0), whole)
        _copied(builder, given[0], builder.ptrtoint(whole, _LONG), given[1])
        return builder.load(whole)

    return vector(types.intp, types.intp), codegen


@primitive
def store_some(typingctx: Any, address: Any, value: Any, count: Any) -> Any:
    """The first `count` lanes to an address."""

    def codegen(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        whole = cgutils.alloca_once(builder, _LANES)
        builder.store(given[1], whole)
        _copied(builder, builder.ptrtoint(whole, _LONG), given[0], given[2])
        return context.get_dummy_value()

    return types.void(types.intp, vector, types.intp), codegen


def _halved(builder: Any, value: Any) -> Any:
    """The sum of all lanes: the halves are added, the quarters, and so on."""
    count = LANES
    while count > 1:
        count //= 2
        parts = [builder.shuffle_vector(value, value, _picked([*range(first, first + count)])) for first in (0, count)]
        value = builder.fadd(*parts)
    return builder.extract_element(value, ir.Constant(_INT, 0))


@primitive
def total(typingctx: Any, value: Any) -> Any:
    """The sum of all lanes, in one order."""
    return types.float32(vector), lambda context, builder, signature, given: _halved(builder, given[0])


def _reader(kind: types.Type) -> Any:
    @primitive
    def reader(typingctx: Any, address: Any, at: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            array = pointer(builder, given[0], context.get_value_type(kind))
            return builder.load(builder.gep(array, [given[1]]))

        return kind(types.intp, types.intp), codegen

    return reader


def _writer(kind: types.Type) -> Any:
    @primitive
    def writer(typingctx: Any, address: Any, at: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            array = pointer(builder, given[0], context.get_value_type(kind))
            builder.store(given[2], builder.gep(array, [given[1]]))
            return context.get_dummy_value()

        return types.void(types.intp, types.intp, kind), codegen

    return writer


long_at, set_long = _reader(types.int64), _writer(types.int64)
hash_at, set_hash = _reader(types.uint64), _writer(types.uint64)
int_at, set_int = _reader(types.int32), _writer(types.int32)
byte_at = _reader(types.uint8)
float_at, set_float = _reader(types.float32), _writer(types.float32)
"""(address, k): the k-th number of an array; (address, k, value) sets it."""


def _transposed(builder: Any, rows: list[Any]) -> list[Any]:
    """Sixteen vectors as the columns of what they were the rows of."""
    low = [at // 2 + LANES * (at % 2) for at in range(LANES)]
    high = [one + LANES // 2 for one in low]
    for _ in range(4):  # four times dealing two halves into each other
        rows = [
            builder.shuffle_vector(rows[at // 2], rows[at // 2 + 8], _picked(high if at % 2 else low))
            for at in range(LANES)
        ]
    return rows


@primitive
def transpose(typingctx: Any, source: Any, apart: Any, target: Any, beside: Any) -> Any:
    """Sixteen rows of sixteen numbers, `apart` floats from each other, as the rows at `target`, `beside` floats apart,
    of their transpose."""

    def codegen(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        source, apart, target, beside = given

        def row(first: Any, step: Any, at: int) -> Any:
            return builder.add(first, builder.mul(step, ir.Constant(_LONG, 4 * at)))

        rows = _transposed(builder, [read(builder, row(source, apart, at)) for at in range(LANES)])
        for at, one in enumerate(rows):
            write(builder, one, row(target, beside, at))
        return context.get_dummy_value()

    return types.void(*[types.intp] * 4), codegen
