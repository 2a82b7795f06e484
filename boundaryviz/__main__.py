"""`boundaryviz` and `python -m boundaryviz`."""

from __future__ import annotations

import sys

from boundaryviz.cli.terminal import open_streams


def main() -> int:
    """Run the command line and return its exit code; without arguments open the window, by the shortest way."""
    open_streams()
    if len(sys.argv) == 1:
        from boundaryviz.cli.opening import open_window

        return open_window(None)
    from boundaryviz.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
