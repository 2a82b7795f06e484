"""The process that compiles: it writes the code, or why there is none, to its standard output."""

from __future__ import annotations

import os
import sys
import threading

MADE, FAILED = b"made", b"failed"
"""The first line of what is written."""


def main() -> None:
    """Compile, and end at once where nobody waits any longer: when the standard input comes to its end."""
    threading.Thread(target=_watch, daemon=True).start()
    try:
        from boundaryviz.learners.compiled.building import build
        from boundaryviz.learners.compiled.program import Program

        code = build()
        Program(code).check()  # where it does not run, nobody but this process is to find out
        said = MADE + b"\n" + code
    except Exception as why:
        line = " ".join(f"{type(why).__name__}: {why}".split())[:300]
        said = FAILED + b"\n" + line.encode()
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing is left to be put in order, and the other thread reads


def _watch() -> None:
    sys.stdin.buffer.read()
    os._exit(1)
