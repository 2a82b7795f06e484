"""What of a vector takes more than single precision: sines of large numbers, and hashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba import types

from boundaryviz.learners.compiled.options import LANES, primitive, vector
from boundaryviz.learners.compiled.vectors import call, constant, spread

_SINGLES, _DOUBLES = (ir.VectorType(kind, LANES) for kind in (ir.FloatType(), ir.DoubleType()))
_WORDS, _LONGS = (ir.VectorType(ir.IntType(bits), LANES) for bits in (32, 64))


def _word(word: int) -> ir.Constant:
    return ir.Constant(_WORDS, [word] * LANES)


def _bits(builder: Any, value: Any) -> Any:
    return builder.bitcast(value, _WORDS)


_TURN = 2.0**52 * 1.5  # added to a number and taken away, it leaves the nearest whole number
_QUARTER = (1.5707963267948966, 6.123233995736766e-17)  # pi / 2, to 106 bits
_FAR = 2.0**50  # beyond, neighbouring numbers are millions of turns apart


def _reduced(builder: Any, x: Any) -> tuple[Any, Any]:
    """x less the nearest multiple of pi / 2, and which multiple, in its two lowest bits."""

    def same(value: float) -> ir.Constant:
        return ir.Constant(_DOUBLES, [value] * LANES)

    wide = builder.fpext(x, _DOUBLES)
    far = builder.fcmp_ordered(">", call(builder, "fabs", _DOUBLES, wide), same(_FAR))
    wide = builder.select(far, builder.fmul(wide, same(0.0)), wide)  # of an infinite number NaN
    shifted = call(builder, "fma", _DOUBLES, wide, same(2.0 / 3.141592653589793), same(_TURN))
    turns = builder.fsub(shifted, same(_TURN))
    left = wide
    for part in _QUARTER:
        left = call(builder, "fma", _DOUBLES, turns, same(-part), left)
    which = builder.trunc(builder.bitcast(shifted, _LONGS), _WORDS)
    return builder.fptrunc(left, _SINGLES), which


def _polynomial(builder: Any, x: Any, coefficients: Sequence[float]) -> Any:
    found = constant(coefficients[0])
    for one in coefficients[1:]:
        found = call(builder, "fma", _SINGLES, found, x, constant(one))
    return found


@primitive
def sine_cosine(typingctx: Any, x: Any) -> Any:
    """Sine and cosine of a vector of any size; beyond 2^50 of 0."""

    def codegen(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        r, which = _reduced(builder, given[0])
        square = builder.fmul(r, r)
        # Cephes' sinf and cosf, for -pi / 4 to pi / 4
        cube = builder.fmul(square, r)
        s = _polynomial(builder, square, (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1))
        s = call(builder, "fma", _SINGLES, s, cube, r)
        c = _polynomial(builder, square, (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2))
        rest = call(builder, "fma", _SINGLES, square, constant(-0.5), constant(1.0))
        c = call(builder, "fma", _SINGLES, c, builder.fmul(square, square), rest)
        swapped = builder.icmp_signed("!=", builder.and_(which, _word(1)), _word(0))
        found = []
        for one, other, ahead in ((s, c, 0), (c, s, 1)):
            sign = builder.shl(builder.and_(builder.add(which, _word(ahead)), _word(2)), _word(30))
            bits = builder.xor(_bits(builder, builder.select(swapped, other, one)), sign)
            found.append(builder.bitcast(bits, _SINGLES))
        return context.make_tuple(builder, signature.return_type, found)

    return types.UniTuple(vector, 2)(vector), codegen


_GOLDEN, _ONE, _TWO = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


@primitive
def kept(typingctx: Any, start: Any, first: Any, least: Any, scale: Any) -> Any:
    """`scale` where the upper 24 bits of the hash (splitmix64, as `point_draws.hashed`) of the ids from `first` on are
    at least `least`, else 0; `start` is where the hashes begin."""

    def codegen(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        start, first, least, scale = given

        def same(word: int) -> ir.Constant:
            return ir.Constant(_LONGS, [word] * LANES)

        ids = builder.add(spread(builder, first, _LONGS), ir.Constant(_LONGS, list(range(LANES))))
        z = builder.add(builder.mul(ids, same(_GOLDEN)), spread(builder, start, _LONGS))
        z = builder.mul(builder.xor(z, builder.lshr(z, same(30))), same(_ONE))
        z = builder.mul(builder.xor(z, builder.lshr(z, same(27))), same(_TWO))
        z = builder.lshr(builder.xor(z, builder.lshr(z, same(31))), same(40))
        speaks = builder.icmp_unsigned(">=", z, spread(builder, least, _LONGS))
        return builder.select(speaks, spread(builder, scale), constant(0.0))

    return vector(types.uint64, types.int64, types.int64, types.float32), codegen
