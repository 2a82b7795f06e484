"""Compiles the program: numba makes LLVM's code of it, which is turned into object code for this processor.

The object code needs neither Python nor numba: what numba wraps around functions for its own use is left out. Imports
numba, so only whoever compiles imports this.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding
from numba import types

from boundaryviz.learners.compiled.functions import apply
from boundaryviz.learners.compiled.semi_steps import semi_steps
from boundaryviz.learners.compiled.supervised import steps

ENTRIES: dict[str, Any] = {"steps": steps, "semi_steps": semi_steps, "apply": apply}
"""What can be called: functions of one address, by the names that the object code has for them."""


def build() -> bytes:
    """Object code with the functions `ENTRIES`, each int32 (result, error, job), for this very processor.

    result and error are numba's own: addresses of two words that nothing of worth is written to.
    """
    found = None
    for name, function in ENTRIES.items():
        overload = function.overloads[(types.intp,)]
        module = binding.parse_assembly(overload.library.get_llvm_str())
        module.get_function(overload.fndesc.llvm_func_name).name = name
        if found is None:
            found = module
        else:
            found.link_in(module)
    assert found is not None
    return _object(found)


def _object(module: binding.ModuleRef) -> bytes:
    for function in module.functions:
        if not function.is_declaration:
            function.linkage = "external" if function.name in ENTRIES else "internal"
    for one in module.global_variables:
        if not one.is_declaration:
            one.linkage = "internal"
    target = binding.Target.from_triple(module.triple or binding.get_process_triple())
    machine = target.create_target_machine(
        cpu=binding.get_host_cpu_name(), features=binding.get_host_cpu_features().flatten(), opt=3, reloc="pic",
        codemodel="small",
    )  # fmt: skip
    builder = binding.create_pass_builder(machine, binding.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(module, builder)
    return machine.emit_object(module)
