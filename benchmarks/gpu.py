"""What a GPU does, beside the processor of its machine: `python -m benchmarks.gpu [--least] [--seconds S] [SECTION]`.

It needs torch, numpy and pydantic alone; what needs more is left out and named, and so is a section for which no time
is left. One that takes longer ends at its next line. Without CUDA everything is done on the processor in the shortest
form, to see that it runs.
Exit codes: 0, 1 where a bound is missed or something differs or fails, 2 for a section that there is not.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Sequence

import torch

from benchmarks.gpu_frame import Line, Machine, Section
from benchmarks.gpu_sections import SECTIONS

_SECONDS = 225.0  # of the four minutes that it may take at most; starting takes some


def main(arguments: Sequence[str] | None = None, clock: Callable[[], float] = time.perf_counter) -> int:
    """Measure and print, a line a figure; returns the exit code."""
    there = {section.name: section for section in SECTIONS}
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description="Measure a GPU beside the processor.")
    parser.add_argument("--least", action="store_true", help="the least work: see that it runs")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="when to leave out what is left")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of: {', '.join(there)}")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.sections if name not in there]:
        parser.error(f"there is no section {', '.join(unknown)}; there are: {', '.join(there)}")
    began = clock()
    machine = Machine.here(given.least, lambda: given.seconds - (clock() - began))
    print(machine.words, flush=True)
    print(Line("", *machine.columns).words)
    wrong, left_out = 0, []
    for name in given.sections or there:
        print(f"-- {there[name].title}", flush=True)
        if machine.left() < there[name].seconds * (0.02 if machine.least else 1.0):
            left_out.append(f"{name} (about {there[name].seconds:.0f} s, and {max(machine.left(), 0):.0f} s are left)")
            continue
        try:
            wrong += _printed(there[name], machine)
        except ModuleNotFoundError as error:
            left_out.append(f"{name} (it needs {error.name}, which is not installed)")
    for words in left_out:
        print(f"left out: {words}")
    print(f"{wrong} bounds missed, differences or failures; {clock() - began:.0f} s")
    return 1 if wrong else 0


def _printed(section: Section, machine: Machine) -> int:
    """Print the lines of a section while there is time; how many of them are wrong. What fails in it is said, and the
    next one is tried."""
    wrong = 0
    try:
        for line in section.lines(machine):
            print(line.words, flush=True)
            wrong += line.holds is False
            if machine.left() <= 0:
                print("no time is left; what else there is in this section was left out, if anything")
                break
    except ModuleNotFoundError:
        raise
    except Exception as error:
        print(f"FAILED: {type(error).__name__}: {error}")
        traceback.print_exc(file=sys.stdout)
        wrong += 1
    finally:
        if machine.gpu:
            torch.cuda.empty_cache()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
