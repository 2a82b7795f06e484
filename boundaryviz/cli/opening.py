"""Opening the window, on a file if one is given."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from boundaryviz.cli.failures import UsageProblem, reported

if TYPE_CHECKING:
    from boundaryviz.gui.document.projects import Project


def open_window(file: str | None, columns: Sequence[str] = (), near: str = "") -> int:
    """Open the window and return its exit code; 2 for a file that cannot be used, which is said before Qt starts.

    near: the command that may have been meant, where there is no such file.
    """
    with reported() as outcome:
        from boundaryviz.gui.app import main

        chosen = _chosen(columns) if columns else {}
        outcome.code = main(file, None if file is None else partial(_read, file, chosen, near), asks=not chosen)
    return outcome.code


def _chosen(columns: Sequence[str]) -> dict[str, str]:
    from boundaryviz.cli.table import chosen_columns

    return chosen_columns(columns)


def _read(file: str, columns: Mapping[str, str], near: str) -> Project:
    """What is in the file. Raises UsageProblem and ScenarioError where it cannot be used."""
    from boundaryviz.gui.app import read
    from boundaryviz.scenario.scenario import ScenarioError

    _check_pins(file)
    try:
        return read(file, columns)
    except ScenarioError as error:
        if not near or os.path.exists(file):
            raise
        raise UsageProblem(f"{error}; or the command {near}? `boundaryviz --help` lists them") from None


def _check_pins(file: str) -> None:
    """Raise UsageProblem for pins that cannot be used."""
    from boundaryviz.record.archive import ArchiveError
    from boundaryviz.record.pins_file import is_pins, read

    try:
        if is_pins(file):
            read(file)
    except ArchiveError as error:
        raise UsageProblem(str(error)) from None
