"""Opening the window, on a file if one is given."""

from __future__ import annotations

from collections.abc import Sequence

from boundaryviz.cli.failures import UsageProblem, reported


def open_window(file: str | None, columns: Sequence[str] = ()) -> int:
    """Open the window and return its exit code; 2 for a file that cannot be used, which is said before Qt starts."""
    with reported() as outcome:
        from boundaryviz.cli.table import chosen_columns
        from boundaryviz.gui.app import main, read

        if file is not None:
            _check_pins(file)
        chosen = chosen_columns(columns)
        outcome.code = main(file, None if file is None else read(file, chosen), asks=not chosen)
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
