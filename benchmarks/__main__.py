"""Prints the table. Names of sections as arguments print those alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import dose, surfaces, training, twins
from benchmarks.measure import Row
from boundaryviz.engine import device

SECTIONS: dict[str, tuple[str, Callable[[], Iterator[Row]]]] = {
    "torch": ("Training against plain torch", training.against_plain_torch),
    "vmap": ("Training against vmap", training.against_vmap),
    "sklearn": ("Training against scikit-learn", training.against_scikit_learn),
    "hardware": ("Training against the hardware", training.against_hardware),
    "twins": ("Twins", twins.twins),
    "dose": ("Dose-response", dose.dose_response),
    "surface": ("Fields", surfaces.surfaces),
    "rates": ("Our own rates", training.rates),
}


def main(names: list[str]) -> int:
    """0, or 2 for a section that there is not."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=130)
    if unknown := [name for name in names if name not in SECTIONS]:
        console.print(f"There is no section {', '.join(unknown)}. Sections: {', '.join(SECTIONS)}.")
        return 2
    device.one_thread()
    device.keep_memory()
    began = time.perf_counter()
    table = Table(box=box.SIMPLE, title=f"One thread of {device.processor()}")
    for heading in ("what", "against", "times", "measured", "floor"):
        number = heading in ("measured", "floor")
        table.add_column(heading, justify="right" if number else "left", no_wrap=number)
    missed = 0
    for name in names or SECTIONS:
        title, section = SECTIONS[name]
        table.add_section()
        table.add_row(f"[bold]{title}")
        with console.status(f"{title} ..."):
            for row in section():
                table.add_row(row.what, row.against, row.detail, *_verdict(row))
                missed += row.holds is False
    console.print(table)
    floors = "every floor is reached" if not missed else f"{missed} below the floor"
    console.print(f"{floors}; {time.perf_counter() - began:.0f} s")
    return 0


def _verdict(row: Row) -> tuple[str, str]:
    if row.reached is None:
        return "", ""
    colour = {True: "[green]", False: "[bold red]", None: ""}[row.holds]
    floor = "" if row.floor is None else _number(row.floor, row.unit)
    return f"{colour}{_number(row.reached, row.unit)}", floor


def _number(value: float, unit: str) -> str:
    return f"×{value:.3g}" if unit == "×" else f"{value:.3g} {unit}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
