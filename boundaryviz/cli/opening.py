"""Opening the window, on a file if one is given."""

from __future__ import annotations

from boundaryviz.cli.failures import reported


def open_window(file: str | None) -> int:
    """Open the window and return its exit code; 2 for a file that cannot be used, which is said before Qt starts."""
    with reported() as outcome:
        if file is not None:
            from boundaryviz.scenario.gallery import load

            load(file)
        from boundaryviz.gui.app import main

        outcome.code = main(file)
    return outcome.code
