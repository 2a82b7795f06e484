"""Opening the window, on a file if one is given."""

from __future__ import annotations

from boundaryviz.cli.failures import UsageProblem, reported


def open_window(file: str | None) -> int:
    """Open the window and return its exit code; 2 for a file that cannot be used, which is said before Qt starts."""
    with reported() as outcome:
        if file is not None:
            _check(file)
        from boundaryviz.gui.app import main

        outcome.code = main(file)
    return outcome.code


def _check(file: str) -> None:
    """Raise ScenarioError or UsageProblem for a file that cannot be used."""
    from boundaryviz.record.archive import ArchiveError
    from boundaryviz.record.pins_file import is_pins, read
    from boundaryviz.scenario.gallery import load

    if not is_pins(file):
        load(file)
        return
    try:
        read(file)
    except ArchiveError as error:
        raise UsageProblem(str(error)) from None
