"""The compiled program, loaded: what calls it. Needs llvmlite alone."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from llvmlite import binding

_CALL = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


class Program:
    """Functions of one argument, the address of what they are told; see `fields`. While they work others may run."""

    def __init__(self, code: bytes) -> None:
        """code: what `building.build` makes. Raises RuntimeError where it cannot be loaded."""
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        machine = binding.Target.from_default_triple().create_target_machine(jit=True)
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine)  # which keeps the code
        self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        self._words = ctypes.create_string_buffer(16)
        self.steps = self._function("steps")
        """Steps of a supervised net."""

    def _function(self, name: str) -> Callable[[int], int]:
        address = self._engine.get_function_address(name)
        if not address:
            raise RuntimeError(f"the compiled program has no function {name}")
        call, result = _CALL(address), ctypes.addressof(self._words)
        return lambda job: call(result, result + 8, job)
