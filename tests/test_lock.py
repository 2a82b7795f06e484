"""The lock holds what is pinned, and what the index lists of it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from helpers.tools import tool

ROOT = Path(__file__).parents[1]
CONSTRAINTS = (ROOT / "constraints.txt").read_text()
PYTHONS = SpecifierSet(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"])
BLOCK = re.compile(r"^([\w.-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
LOCKED = {
    name: (version, re.findall("[0-9a-f]{64}", hashes))
    for name, version, hashes in BLOCK.findall((ROOT / "lock.txt").read_text())
}

lock = tool("lock")


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
