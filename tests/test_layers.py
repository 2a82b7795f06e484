"""The architecture as the documentation draws it, checked on the code."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "boundaryviz"
SOURCES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = ("boundaryviz", "benchmarks", "tools", "tests")
OURS = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
HEAVY = ("torch", "sklearn", "scipy")


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def layer(*names: str) -> list[str]:
    return [module(path) for path in SOURCES if path.relative_to(PACKAGE).parts[0].removesuffix(".py") in names]


def light_studies() -> list[str]:
    """The modules of studies that import-linter holds to need no torch."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = {name for contract in contracts for name in contract.get("source_modules", ())}
    return sorted(name for name in named if name.startswith("boundaryviz.studies."))


def loaded_after_importing(modules: list[str]) -> set[str]:
    """The top-level packages in sys.modules of a fresh interpreter that imported `modules`."""
    code = f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_every_module_imports_only_what_lies_below_it():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_light_layers_load_nothing_heavy_and_no_window():
    modules = ["boundaryviz", "boundaryviz.engine.messages", "boundaryviz.learners.specs"]
    loaded = loaded_after_importing(modules + layer("scene", "scenario", "record", "figures", "jobs") + light_studies())
    assert loaded.isdisjoint((*HEAVY, "PyQt6", "pyqtgraph"))


def test_the_window_loads_nothing_heavy():
    loaded = loaded_after_importing(layer("gui"))
    assert "PyQt6" in loaded
    assert loaded.isdisjoint(("torch", "sklearn"))


def test_the_command_line_loads_nothing_before_it_knows_what_for():
    assert loaded_after_importing(layer("cli", "__main__")).isdisjoint((*HEAVY, "PyQt6", "pyqtgraph", "matplotlib"))


def test_looking_before_qt_is_started_does_not_load_qt():
    assert "PyQt6" not in loaded_after_importing(["boundaryviz.gui.diagnostics.preflight"])


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_says_what_it_is_for_and_leaves_nothing_open(path):
    text = path.read_text(encoding="utf-8")
    if "tests" not in path.parts:
        assert ast.get_docstring(ast.parse(text)), "say in a sentence what the file is for"
    assert not any(word in text for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X"))
