"""Write lock.txt: every pin of constraints.txt with the hashes of its files, so that `make install-locked` installs
these and no others.

torch is left out: its builds differ in their hashes, and which one fits is the machine's affair. Run it, as
`make lock`, when constraints.txt has changed. It asks the index that pip is set up with, by way of pip, but not about
files on this machine's disk. Whatever fits a Python that we run on is listed, for every system, and the source beside.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
WITHOUT = ("torch",)
_HEAD = """\
# What constraints.txt pins, with the hashes of its files, for every system; written by tools/lock.py. Without torch,
# whose builds differ in theirs. `make install-locked` installs it, with --no-deps: whatever is needed stands here.
"""
_PIN = re.compile(r"^([\w.-]+)==(\S+)$", re.MULTILINE)


def pins(constraints: str) -> dict[str, str]:
    """Name to version of what constraints.txt pins, without what is not locked."""
    return {name: version for name, version in _PIN.findall(constraints) if name not in WITHOUT}


def fits(filename: str, version: Version, pythons: SpecifierSet) -> bool:
    """Whether a file is that version's source, or a wheel for a Python that we run on, on whatever system."""
    try:
        if filename.endswith(".whl"):
            _, found, _, tags = parse_wheel_filename(filename)
            return found == version and any(_runs(tag.interpreter, tag.abi, pythons) for tag in tags)
        return parse_sdist_filename(filename)[1] == version
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return False


def _runs(interpreter: str, abi: str, pythons: SpecifierSet) -> bool:
    found = re.fullmatch(r"(py|cp)3(\d*)", interpreter)
    if found is None:
        return False
    return abi in ("none", "abi3") or (bool(found[2]) and f"3.{found[2]}" in pythons)


def hashes(name: str, version: str, files: Iterable[tuple[str, str]], pythons: SpecifierSet) -> list[str]:
    """The hashes of the files that fit, sorted. files: name and SHA-256. Raises ValueError where there is none."""
    found = sorted({digest for filename, digest in files if fits(filename, Version(version), pythons)})
    if not found:
        raise ValueError(f"{name}=={version}: the index has no file of it")
    return found


def written(locked: dict[str, tuple[str, list[str]]]) -> str:
    """lock.txt, from name to version and hashes."""
    blocks = []
    for name, (version, digests) in locked.items():
        lines = [f"{name}=={version}", *(f"    --hash=sha256:{digest}" for digest in digests)]
        blocks.append(" \\\n".join(lines))
    return _HEAD + "\n".join(blocks) + "\n"


def listed(names: Iterable[str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each name with the files, and their SHA-256, that pip's index lists for it."""
    from pip._internal.commands.install import InstallCommand  # pip has no other way to be asked for all files
    from pip._internal.index.collector import parse_links
    from pip._internal.models.link import Link

    command = InstallCommand("install", "what pip would look at")
    options, _ = command.parse_args([])
    with command.main_context():
        collector = command._build_package_finder(options, command.get_default_session(options))._link_collector
        for name in names:
            files = []
            for place in collector.search_scope.get_index_urls_locations(name):
                page = None if place.startswith("file:") else collector.fetch_response(Link(place))
                for link in parse_links(page) if page is not None else ():
                    digest = dict(getattr(link, "_hashes", {})).get("sha256")
                    if digest:
                        files.append((link.filename, digest))
            yield name, files


def main() -> None:
    """Ask, and write the file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pythons = SpecifierSet(project["requires-python"])
    wanted = pins((ROOT / "constraints.txt").read_text())
    locked = {}
    for name, files in listed(wanted):
        locked[name] = wanted[name], hashes(name, wanted[name], files, pythons)
    (ROOT / "lock.txt").write_text(written(locked))
    print(f"lock.txt: {len(locked)} packages, {sum(len(found) for _, found in locked.values()):,} files")


if __name__ == "__main__":
    main()
