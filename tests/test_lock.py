"""The lowest versions that are promised, and the lock: what the tools make of pyproject.toml and constraints.txt."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONSTRAINTS = (ROOT / "constraints.txt").read_text()
PYTHONS = SpecifierSet(PROJECT["project"]["requires-python"])
BLOCK = re.compile(r"^([\w.-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
LOCKED = {name: (version, re.findall("[0-9a-f]{64}", hashes)) for name, version, hashes in BLOCK.findall(
    (ROOT / "lock.txt").read_text())}  # fmt: skip


def tool(name: str) -> Any:
    """A script in tools/, which is no package."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(ROOT / "tools"))


minima, lock = tool("minima"), tool("lock")


# ---- the lowest versions --------------------------------------------------------------------------------


def test_everything_that_is_asked_for_has_a_lowest_version_and_its_pin_lies_above():
    pins = {canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)$", CONSTRAINTS, re.M)}
    found = [Requirement(pin) for pin in minima.minima(PROJECT)]
    assert len(found) == len(minima.declared(PROJECT))
    for requirement in found:
        (lowest,) = requirement.specifier
        assert lowest.operator == "=="
        assert Version(lowest.version) <= Version(pins[canonicalize_name(requirement.name)])


def test_some_or_all_but_some_can_be_had():
    everything = minima.minima(PROJECT)
    (torch,) = minima.minima(PROJECT, ["torch"])
    assert torch.startswith("torch==")
    assert [pin for pin in everything if pin != torch] == minima.minima(PROJECT, ["-torch"])


VERSIONS = st.lists(st.integers(0, 40), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@given(VERSIONS, st.sampled_from(["", ",!=1.5", ",<99"]), st.sampled_from(["", "; python_version > '3'", "[extra]"]))
def test_the_pin_of_a_bound_is_the_lowest_version_within_it(version: str, more: str, marked: str):
    name = "some-name" + (marked if marked.startswith("[") else "")
    line = f"{name}>={version}{more}{marked if marked.startswith(';') else ''}"
    assert minima.lowest(Requirement(line)) == f"some-name=={version}"


@pytest.mark.parametrize("line", ["name", "name<2", "name>1", "name>=1,>2", "name!=3"])
def test_what_has_no_lowest_version_is_refused(line: str):
    with pytest.raises(ValueError, match=r"say from which version on, as in name>=1\.2"):
        minima.lowest(Requirement(line))


# ---- the lock -------------------------------------------------------------------------------------------


def test_the_lock_holds_what_is_pinned_and_nothing_else():
    """Run `make lock` where this fails."""
    assert {name: version for name, (version, _) in LOCKED.items()} == lock.pins(CONSTRAINTS)
    assert "torch" not in LOCKED
    assert len(LOCKED) == len(re.findall(r"^[\w.-]+==", (ROOT / "lock.txt").read_text(), re.M))


def test_the_lock_has_hashes_of_every_file_once_in_their_order():
    for name, (_, hashes) in LOCKED.items():
        assert hashes == sorted(set(hashes)), name
        assert hashes, name
    assert len(LOCKED["numpy"][1]) > 20  # one for each system and Python


def test_the_lock_is_written_as_it_is_read():
    assert lock.written(LOCKED) == (ROOT / "lock.txt").read_text()


NUMPY = Version("2.4.6")
FILES = {
    "numpy-2.4.6.tar.gz": True,
    "numpy-2.4.6-cp311-cp311-macosx_10_9_x86_64.whl": True,
    "numpy-2.4.6-cp313-cp313t-win_amd64.whl": True,
    "numpy-2.4.6-py3-none-any.whl": True,
    "numpy-2.4.6-py2.py3-none-any.whl": True,
    "numpy-2.4.6-cp38-abi3-manylinux_2_28_x86_64.whl": True,
    "numpy-2.4.6-cp310-cp310-win_amd64.whl": False,
    "numpy-2.4.6-pp311-pypy311_pp73-manylinux_2_27_x86_64.whl": False,
    "numpy-2.4.5-cp311-cp311-win_amd64.whl": False,
    "numpy-2.4.5.tar.gz": False,
    "numpy-2.4.6.exe": False,
    "numpy-2.4.6-broken.whl": False,
    "numpy-latest.tar.gz": False,
}


@pytest.mark.parametrize(("filename", "fits"), FILES.items())
def test_a_file_is_locked_where_some_python_that_we_run_on_can_take_it(filename: str, fits: bool):
    assert lock.fits(filename, NUMPY, PYTHONS) is fits


def test_a_pin_that_the_index_has_no_file_of_is_said():
    files = [(name, f"{k:064x}") for k, name in enumerate(FILES)]
    assert len(lock.hashes("numpy", "2.4.6", files, PYTHONS)) == sum(FILES.values())
    with pytest.raises(ValueError, match=r"numpy==9\.9: the index has no file of it"):
        lock.hashes("numpy", "9.9", files, PYTHONS)
