"""The lowest versions that pyproject.toml promises to work with, as pins: what `make test-minima` installs.

python tools/minima.py            one `name==version` a line, those for development among them
python tools/minima.py torch      of these alone
python tools/minima.py -torch     of all but these
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def declared(project: Mapping[str, Any]) -> list[Requirement]:
    """Whatever a pyproject.toml asks for: to run, to develop, to build."""
    lines = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in project["project"].get("optional-dependencies", {}).values():
        lines += extra
    return [Requirement(line) for line in lines]


def lowest(requirement: Requirement) -> str:
    """The pin of the lowest version that a requirement allows. Raises ValueError where it does not say `>=` just once:
    any version is none that was tried, and above a version lies no particular one."""
    bounds = [one.version for one in requirement.specifier if one.operator in (">=", "==", "~=")]
    if len(bounds) != 1 or any(one.operator == ">" for one in requirement.specifier):
        raise ValueError(f"{requirement}: say from which version on, as in {requirement.name}>=1.2")
    return f"{requirement.name}=={bounds[0]}"


def minima(project: Mapping[str, Any], names: Sequence[str] = ()) -> list[str]:
    """The pins, of the names given alone, or of all but those that are given with a minus."""
    wanted = {canonicalize_name(name) for name in names if not name.startswith("-")}
    unwanted = {canonicalize_name(name[1:]) for name in names if name.startswith("-")}
    found = {canonicalize_name(one.name): lowest(one) for one in declared(project)}
    return [pin for name, pin in found.items() if name not in unwanted and (not wanted or name in wanted)]


if __name__ == "__main__":
    print(*minima(tomllib.loads(PROJECT.read_text()), sys.argv[1:]), sep="\n")
