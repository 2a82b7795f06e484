"""How numba compiles what the program consists of: a function once, for the types of its arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, get_type_hints

from numba import njit, types
from numba.extending import intrinsic

LANES = 16
"""How many numbers a vector has."""


class Vector(types.Type):
    """The type of sixteen numbers in single precision."""

    def __init__(self) -> None:
        super().__init__(name="Float32x16")


vector = Vector()

Lanes = Annotated[Any, "lanes"]
"""An argument that is such a vector."""
Word = Annotated[Any, "word"]
"""One of 64 bits, without a sign."""

_KINDS: dict[Any, types.Type] = {
    int: types.intp, float: types.float32, bool: types.boolean, Lanes: vector, Word: types.uint64,
}  # fmt: skip

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """A function of the program. Strict about floats: nothing lets LLVM take NaN or infinity for impossible, or add in
    another order."""
    hints = get_type_hints(function, include_extras=True)
    kinds = tuple(_kind(kind) for name, kind in hints.items() if name != "return")
    made: Any = njit(kinds, error_model="numpy", nogil=True, boundscheck=False)(function)
    return made


def _kind(hint: Any) -> types.Type:
    """Of an argument; one may be a named tuple of such."""
    if hint in _KINDS:
        return _KINDS[hint]
    return types.BaseTuple.from_types([_kind(one) for one in get_type_hints(hint, include_extras=True).values()], hint)


def primitive(function: Callable[..., Any]) -> Any:
    """An operation that is emitted as it is said here, see numba's `intrinsic`."""
    return intrinsic(function)
