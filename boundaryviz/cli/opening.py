"""Opening the window, on a file if one is given."""

from __future__ import annotations

import os
from collections.abc import Sequence

from boundaryviz.cli.failures import UsageProblem, reported


def open_window(file: str | None, columns: Sequence[str] = (), near: str = "") -> int:
    """Open the window and return its exit code; 2 for a file that cannot be used, which is said before Qt starts.

    near: the command that may have been meant, where there is no such file.
    """
    with reported() as outcome:
        from boundaryviz.cli.table import chosen_columns
        from boundaryviz.gui.app import main, read
        from boundaryviz.scenario.scenario import ScenarioError

        if file is not None:
            _check_pins(file)
        chosen = chosen_columns(columns)
        try:
            project = None if file is None else read(file, chosen)
        except ScenarioError as error:
            if file is None or not near or os.path.exists(file):
                raise
            raise UsageProblem(f"{error}; or the command {near}? `boundaryviz --help` lists them") from None
        outcome.code = main(file, project, asks=not chosen)
    return outcome.code


def _check_pins(file: str) -> None:
    """Raise UsageProblem for pins that cannot be used."""
    from boundaryviz.record.archive import ArchiveError
    from boundaryviz.record.pins_file import is_pins, read

    try:
        if is_pins(file):
            read(file)
    except ArchiveError as error:
        raise UsageProblem(str(error)) from None
