"""The compiled program, loaded: what calls it. Needs llvmlite alone."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable

from llvmlite import binding

_BEGINS = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\x64\x86")  # object code of Linux, macOS and Windows; LLVM checks nothing
_CALL = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


class Program:
    """Functions of one argument, the address of what they are told; see `fields`. While they work others may run."""

    def __init__(self, code: bytes) -> None:
        """code: what `building.build` makes. Raises RuntimeError where it cannot be loaded."""
        if not code.startswith(_BEGINS):
            raise RuntimeError("what was compiled is no object code")
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        machine = binding.Target.from_default_triple().create_target_machine(jit=True)
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine)  # which keeps the code
        self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        self._words = ctypes.create_string_buffer(16)
        self.steps = self._function("steps")
        """Steps of a supervised net."""
        self.semi_steps = self._function("semi_steps")
        """Steps of a semi-supervised net, see `semi_fields`."""
        self.apply = self._function("apply")
        """A function of an array, see `functions.apply`."""

    def _function(self, name: str) -> Callable[[int], int]:
        address = self._engine.get_function_address(name)
        if not address:
            raise RuntimeError(f"the compiled program has no function {name}")
        call, result = _CALL(address), ctypes.addressof(self._words)
        return lambda job: call(result, result + 8, job)

    def check(self) -> None:
        """Run it once. Raises RuntimeError where it says something else than it ought to."""
        numbers = (ctypes.c_float * 48)(*[0.5] * 16)
        at = ctypes.addressof(numbers)
        job = (ctypes.c_int64 * 5)(0, at, at + 64, at + 128, 16)
        self.apply(ctypes.addressof(job))
        if abs(numbers[16] - math.tanh(0.5)) > 1e-6:
            raise RuntimeError("it works out something else than it ought to")
