"""The architecture as the documentation draws it, checked on the code."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

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


def imports(path: Path, known: set[str]) -> set[str]:
    """The `known` modules that a file imports anywhere, be it inside a function or for its types alone."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inside & known or {node.module}
    return found & known


def test_no_file_reaches_itself_be_it_for_its_types_alone():
    """Contracts leave out what is imported for types. The package itself is left out: it has names and no code."""
    known = {module(path) for path in SOURCES} - {"boundaryviz"}
    TopologicalSorter({module(path): imports(path, known) for path in SOURCES}).prepare()  # raises CycleError


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


def open_ends(path: Path) -> Iterator[str]:
    """What is missing in a file of ours or left undone there, each with its name."""
    text = path.read_text(encoding="utf-8")
    if "tests" not in path.parts and not ast.get_docstring(ast.parse(text)):
        yield f"{path}: say in a sentence what the file is for"
    yield from (f"{path}: {word}" for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X") if word in text)


def test_every_file_says_what_it_is_for_and_leaves_nothing_open():
    assert OURS
    assert not [words for path in OURS for words in open_ends(path)]
