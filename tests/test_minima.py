"""The lowest versions that pyproject.toml promises."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from helpers.tools import tool

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONSTRAINTS = (ROOT / "constraints.txt").read_text()

minima = tool("minima")


def test_everything_that_is_asked_for_has_a_lowest_version_and_its_pin_lies_above():
    pins = {canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)$", CONSTRAINTS, re.M)}
    found = [Requirement(pin) for pin in minima.minima(PROJECT)]
    assert {one.name for one in found} == {one.name for one in minima.declared(PROJECT)}
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
