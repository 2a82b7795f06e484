"""What is shipped is complete, what is needed is declared and pinned, and set-up says what to type."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import boundaryviz

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINS: dict[str, str] = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_module_and_every_asset(wheel):
    tracked = [path.relative_to(ROOT) for path in (ROOT / "boundaryviz").rglob("*") if path.is_file()]
    expected = {path.as_posix() for path in tracked if "__pycache__" not in path.parts}
    assets = [path.relative_to(ROOT) for path in (ROOT / "assets").rglob("*") if path.is_file()]
    expected |= {f"boundaryviz/{path.as_posix()}" for path in assets if not {"readme", "guide"} & {*path.parts}}
    expected.add("boundaryviz/assets/guide.md")
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert shipped == expected


def test_the_wheel_carries_the_licence_and_the_command(wheel):
    archive = zipfile.ZipFile(wheel)
    names = {Path(name).name: name for name in archive.namelist() if ".dist-info/" in name}
    assert archive.read(names["LICENSE"]).decode() == (ROOT / "LICENSE").read_text()
    assert "GNU GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text()
    assert "License-Expression: GPL-3.0-or-later" in archive.read(names["METADATA"]).decode()
    assert "boundaryviz = boundaryviz.__main__:main" in archive.read(names["entry_points.txt"]).decode()


def test_the_wheel_works_without_the_checkout(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    code = (
        "import boundaryviz as bv; print(bv.__file__)\n"
        "from boundaryviz.scene.assets import guide; print(len(guide().read_text()))\n"
        "print(len(bv.load('moons').scene().points), len(bv.load('iris').scene().points), len(bv.scenarios()))"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    where, *numbers = done.stdout.split()
    assert Path(where).is_relative_to(tmp_path)
    assert all(int(number) > 0 for number in numbers)


def test_one_version():
    assert PROJECT["project"]["version"] == boundaryviz.__version__
    assert f"## {boundaryviz.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def imported_packages() -> set[str]:
    found = set()
    for path in (ROOT / "boundaryviz").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(str(node.module).partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"boundaryviz"}


WHERE_THERE = {"pandas", "pyarrow", "distributed", "numba", "llvmlite"}
"""Used where they are installed, and needed by nothing else."""


def test_every_import_is_declared_and_every_dependency_is_used():
    declared = {canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]}
    providers = packages_distributions()
    used = {name: {canonicalize_name(provider) for provider in providers[name]} for name in imported_packages()}
    undeclared = [name for name, by in used.items() if not by & (declared | WHERE_THERE)]
    unused = declared.difference(*used.values())
    assert (undeclared, unused) == ([], set())


def all_requirements() -> dict[str, Distribution]:
    """Every distribution that running and testing need, directly or not, on this machine."""
    project = PROJECT["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["dev"] + PROJECT["build-system"]["requires"]
    found: dict[str, Distribution] = {}
    queue = [(Requirement(line), "") for line in lines]
    while queue:
        requirement, extra = queue.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        if name not in found:
            found[name] = distribution(name)
            queue += [(Requirement(line), "") for line in found[name].requires or ()]
        queue += [(Requirement(line), extra) for extra in requirement.extras for line in found[name].requires or ()]
    return found


def test_every_dependency_is_pinned_at_the_version_in_use():
    unpinned = [name for name in all_requirements() if name not in PINS]
    assert unpinned == []
    in_use = {name: found.version.partition("+")[0] for name, found in all_requirements().items()}
    assert in_use == {name: PINS[name] for name in in_use}


def test_qt_and_its_bindings_are_of_one_series():
    assert PINS["pyqt6"].split(".")[:2] == PINS["pyqt6-qt6"].split(".")[:2]


def fake_programs(folder: Path, user: int) -> dict[str, str]:
    """An environment in which apt-get only writes down what it was asked for."""
    folder.mkdir()
    for name, body in {"id": f"echo {user}", "apt-get": f'echo "$@" >> {folder}/asked'}.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    return os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "PYTHON": sys.executable}


def system_packages(environment: dict[str, str], *programs: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "scripts" / "system-packages.sh"), *programs]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_whoever_is_not_root_is_told_the_line_to_type(tmp_path):
    done = system_packages(fake_programs(tmp_path / "bin", user=1000), "no-such-program=its-package", "sh=dash")
    assert done.returncode == 1
    assert "sudo apt-get install --no-install-recommends its-package\n" in done.stderr
    assert not (tmp_path / "bin" / "asked").exists()


def test_root_gets_what_is_missing_and_only_that(tmp_path):
    done = system_packages(fake_programs(tmp_path / "bin", user=0), "no-such-program=its-package", "sh=dash")
    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "bin" / "asked").read_text().splitlines()
    assert asked == ["update -q", "install -q -y --no-install-recommends its-package"]


def test_nothing_is_asked_for_where_nothing_is_missing(tmp_path):
    done = system_packages(fake_programs(tmp_path / "bin", user=0), "sh=dash")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_old_python_is_refused_by_name(tmp_path):
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = system_packages(os.environ | {"PYTHON": str(old)})
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr


def test_make_lists_what_it_can_do():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = [line.split()[1] for line in done.stdout.splitlines()]
    assert {"run", "install", "test", "test-slow", "lint", "bench"} <= set(listed)


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".venv/bin/python").exists(), reason="needs what `make install` sets up")
def test_without_a_screen_the_scenario_runs_and_its_files_are_named():
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in screens}
    done = subprocess.run([ROOT / "scripts/run.sh"], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("There is no screen here")
    files = [Path(line.strip()) for line in done.stdout.partition("Written:\n")[2].splitlines()]
    assert [file.name for file in files] == [
        "two-moons-bridge.json", "two-moons-bridge-twin.png", "two-moons-bridge-flip.pdf",
    ]  # fmt: skip
    assert [file.read_bytes()[:4] for file in files] == [b"{\n  ", b"\x89PNG", b"%PDF"]
