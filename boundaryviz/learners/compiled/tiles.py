"""Matrix products of small matrices: one tile of a few rows and columns, held in registers while it is summed up.

All matrices are of single precision and given by an address; how far rows lie apart is counted in floats. Columns come
in sixteens. Each number of a product is added up one product after the other, by fused multiply and add, whatever the
size of the matrix: it does not depend on the other columns.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils

from boundaryviz.learners.compiled import vectors
from boundaryviz.learners.compiled.options import LANES, compiled, primitive

ZERO, BIAS, ADD = 0, 1, 2
"""What a product begins with: 0, the number that `start` has for its row, or what stands in C already."""


def _tile(rows: int, wide: int) -> Any:
    """A tile of so many rows and so many sixteens of columns."""

    @primitive
    def tile(typingctx: Any, a: Any, down: Any, along: Any, b: Any, b_apart: Any, c: Any, c_apart: Any, start: Any,
             how: Any, inner: Any) -> Any:  # fmt: skip
        def codegen(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            a, down, along, b, b_apart, c, c_apart, start, how, inner = given
            long, single = a.type, ir.FloatType()
            kind = ir.VectorType(single, LANES)

            def number(value: int) -> ir.Constant:
                return ir.Constant(long, value)

            def at(base: Any, floats: Any) -> Any:
                return builder.add(base, builder.mul(floats, number(4)))

            def scalar(address: Any) -> Any:
                return vectors.spread(builder, builder.load(vectors.pointer(builder, address, single)))

            sums = [[cgutils.alloca_once(builder, kind) for _ in range(wide)] for _ in range(rows)]
            out = [at(c, builder.mul(c_apart, number(m))) for m in range(rows)]
            parts = [number(4 * LANES * n) for n in range(wide)]
            with builder.if_else(builder.icmp_signed("==", how, number(ADD))) as (adding, fresh):
                with adding:
                    for m in range(rows):
                        for n in range(wide):
                            builder.store(vectors.read(builder, builder.add(out[m], parts[n])), sums[m][n])
                with fresh, builder.if_else(builder.icmp_signed("==", how, number(BIAS))) as (biased, plain):
                    with biased:
                        for m in range(rows):
                            value = scalar(at(start, number(m)))
                            for n in range(wide):
                                builder.store(value, sums[m][n])
                    with plain:
                        for m in range(rows):
                            for n in range(wide):
                                builder.store(vectors.constant(0.0), sums[m][n])
            with cgutils.for_range(builder, inner) as loop:
                row, column = at(b, builder.mul(loop.index, b_apart)), at(a, builder.mul(loop.index, along))
                shown = [vectors.read(builder, builder.add(row, part)) for part in parts]
                for m in range(rows):
                    weight = scalar(at(column, builder.mul(down, number(m))))
                    for n in range(wide):
                        found = vectors.call(builder, "fma", kind, weight, shown[n], builder.load(sums[m][n]))
                        builder.store(found, sums[m][n])
            for m in range(rows):
                for n in range(wide):
                    vectors.write(builder, builder.load(sums[m][n]), builder.add(out[m], parts[n]))
            return context.get_dummy_value()

        return types.void(*[types.intp] * 10), codegen

    return tile


_WIDE = 2 if binding.get_host_cpu_features().get("avx512f") else 1
"""Sixteens of columns of a tile: with four rows as many sums as the processor has registers for."""
_four_wide, _one_wide, _four, _one = _tile(4, _WIDE), _tile(1, _WIDE), _tile(4, 1), _tile(1, 1)


@compiled
def product(
    a: int, down: int, along: int, b: int, b_apart: int, c: int, c_apart: int, start: int, how: int, rows: int,
    columns: int, inner: int,
) -> None:  # fmt: skip
    """C (rows, columns) is, or is added, A (rows, inner) B (inner, columns), columns a multiple of 16.

    down, along: how far rows and columns of A lie apart, so that it may be another's transpose. b_apart, c_apart: how
    far the rows of B and C do. start: the number that each row begins with; how: one of ZERO, BIAS and ADD.
    """
    at = 0
    while at < columns:
        wide = at + _WIDE * LANES <= columns
        shown, row = b + 4 * at, 0
        while row + 4 <= rows:
            a_row, c_row = a + 4 * row * down, c + 4 * (row * c_apart + at)
            if wide:
                _four_wide(a_row, down, along, shown, b_apart, c_row, c_apart, start + 4 * row, how, inner)
            else:
                _four(a_row, down, along, shown, b_apart, c_row, c_apart, start + 4 * row, how, inner)
            row += 4
        while row < rows:
            a_row, c_row = a + 4 * row * down, c + 4 * (row * c_apart + at)
            if wide:
                _one_wide(a_row, down, along, shown, b_apart, c_row, c_apart, start + 4 * row, how, inner)
            else:
                _one(a_row, down, along, shown, b_apart, c_row, c_apart, start + 4 * row, how, inner)
            row += 1
        at += _WIDE * LANES if wide else LANES
