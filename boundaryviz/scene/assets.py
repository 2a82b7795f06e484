"""Where the files that ship with the program lie."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_GUIDES = (_PACKAGE / "assets" / "guide.md", _PACKAGE.parent / "docs" / "guide.md")
_FOLDERS = (_PACKAGE / "assets", _PACKAGE.parent / "assets")  # in a wheel; in a checkout


def asset(relative: str) -> Path:
    """The file or folder `relative` (with forward slashes) of `assets/`, in an installation as in a checkout.

    Raises FileNotFoundError when it is in neither.
    """
    for folder in _FOLDERS:
        if (found := folder / relative).exists():
            return found
    raise FileNotFoundError(f"assets/{relative} is missing from this installation; install boundaryviz again")


def guide() -> Path:
    """The guide, Markdown. Raises FileNotFoundError when this installation has none."""
    for place in _GUIDES:
        if place.is_file():
            return place
    raise FileNotFoundError("The guide is missing from this installation; install boundaryviz again")
