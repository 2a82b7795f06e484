"""`defend`: what a defence removes from a scenario, and what is learnt from the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.results import Result, deliver, first_interrupt_waits
from boundaryviz.cli.terminal import as_json, print_json
from boundaryviz.cli.training import Job
from boundaryviz.scenario.files import check_writable, write_atomic

if TYPE_CHECKING:
    from boundaryviz.runs.defending import Defended


def defend_and_report(job: Job, method: str | None, json_to: str | None) -> int:
    """Train with the defence and without, print a table or JSON; the exit code. Nothing is written or printed of a run
    that was interrupted."""
    if json_to not in (None, "-"):
        check_writable(str(json_to))
    if method is not None:
        job = replace(job, values=(f"defence.defence={method}", *job.values))
    scenario = job.prepared()
    with first_interrupt_waits() as asked:
        from boundaryviz.engine.device import DeviceError
        from boundaryviz.runs.bars import bar
        from boundaryviz.runs.defending import carried_out, defended

        scenario = defended(scenario)
        try:
            with bar(f"defending {scenario.name}") as show:

                def progress(done: int, total: int) -> None:
                    show(done, total)
                    if asked:
                        raise KeyboardInterrupt

                found = carried_out(scenario, job.seeds, job.twin, device=job.device, progress=progress)
        except DeviceError as error:
            raise UsageProblem(f"--device {job.device}: {error}") from None
        except KeyboardInterrupt:
            say("interrupted; nothing is known of the defence yet")
            return Exit.INTERRUPTED
    place = None if json_to in (None, "-") else str(json_to)
    plain = found.plain()
    files = [Result(place, lambda: write_atomic(place, (as_json(plain) + "\n").encode()))] if place else []
    return deliver(files, lambda: print_json(plain) if json_to == "-" else _show(found))


def _show(found: Defended) -> None:
    """What is removed from each model, and the measures with the defence and without. Raises PrintError."""
    from boundaryviz.cli.tables import headed, row, show, table
    from boundaryviz.record.metrics import is_main

    run, report = found.run, found.report
    made = table("model", "removed", "of the poison", "of the clean points", "precision")
    for about, rates in zip(_models(found), report.rates, strict=True):
        shares = (rates.true_positive_rate, rates.false_positive_rate, rates.precision)
        counts = (f"{rates.caught:,} of {rates.poison:,}", f"{rates.lost:,} of {rates.clean:,}", "")
        row(
            made, about, f"{rates.removed:,}",
            *(f"{100 * share:.1f} % {count}".rstrip() if share == share else "\u2013"
              for share, count in zip(shares, counts, strict=True)),
        )  # fmt: skip
    measures = table("measure")
    for words in ("without", "with the defence"):
        measures.add_column(words, justify="right")
    without, defended = found.undefended.metrics, run.metrics
    for name, one in defended.items():
        if is_main(name) and not name.startswith("defence_"):
            row(measures, name, without[name].told(name) if name in without else "", one.told(name))
    words = f"{report.settings.TITLE}; judged in {found.seconds:.2f} s; {run.step:,} steps"
    show(headed(run.scenario.title, words), made, measures)


def _models(found: Defended) -> list[str]:
    run = found.run
    sides = ("clean twin, ", "poisoned, ") if run.twin else ("",)
    return [f"{side}seed {seed}" for side in sides for seed in run.seeds]
