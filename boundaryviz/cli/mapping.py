"""`figure --view effect-map`: retrain with a point, or a heap of points, at many places, and draw what that does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from boundaryviz.cli.drawing import Picture, check, parse_rect
from boundaryviz.cli.failures import Exit, UsageProblem, say
from boundaryviz.cli.results import Result, deliver, first_interrupt_waits
from boundaryviz.cli.training import Job, ending, trained
from boundaryviz.record.effect_map import EffectMap, Measure
from boundaryviz.scenario.scenario import Scenario


@dataclass(frozen=True)
class Heap:
    """What is mapped, as it was asked for; None for what the scenario's attack would plant, or a point."""

    measure: Measure | None = None
    weight: int | None = None
    labels: tuple[int, ...] | None = None


def map_and_draw(job: Job, heap: Heap, picture: Picture) -> int:
    """Map, train the scenario as it is, and write the figure; the exit code."""
    from boundaryviz.figures.data import data_of_effect_map, write_data
    from boundaryviz.figures.effect_map import draw_effect_map
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.style import Options

    check(picture)
    rect = parse_rect(picture.rect)
    scenario = job.prepared()
    asked: dict[str, Any] = {name: value for name, value in vars(heap).items() if value is not None}
    if rect is not None:
        asked |= {"domain": rect}
    if job.seeds is not None:
        asked |= {"seeds": job.seeds}
    found, whole = mapped(scenario, asked, job.device)
    if found is None:
        say("interrupted before there was a map")
        return Exit.INTERRUPTED
    run, interrupted = trained(scenario, replace(job, seeds=1, shown=0))
    shown = run.snapshot(0, columns=picture.columns, rect=found.domain)
    options, data = Options(**picture.options), picture.data
    files = [Result(picture.output, lambda: save(draw_effect_map(found, shown, options), picture.output))]
    if data is not None:
        files.append(Result(data, lambda: write_data(data_of_effect_map(found, shown), data)))
    failed = deliver(files)
    if not whole:
        say("interrupted; this is the map as far as it was known")
        return failed or Exit.INTERRUPTED
    return failed or ending(run, interrupted, scenario.steps)


def mapped(scenario: Scenario, asked: dict[str, Any], device: str) -> tuple[EffectMap | None, bool]:
    """The map as far as it went when Ctrl+C came, and whether it is whole; None where that is nothing. asked: arguments
    in place of those of the scenario's attack."""
    with first_interrupt_waits() as stop:  # also while torch is loading
        from boundaryviz.adversary.effect_maps import Ground, effect_map, estimate, ground_of, offered
        from boundaryviz.engine.device import DeviceError
        from boundaryviz.runs.bars import bar

        found: EffectMap | None = None
        arguments = offered(scenario) | asked | {"device": device}
        try:
            with bar(f"mapping {scenario.name}") as show:
                ground: Ground = ground_of(scenario, **arguments)
                expected = estimate(ground)
                if expected.seconds > 10.0:
                    say(f"about {expected.fits:,} trainings, which take about {expected.seconds:,.0f} s here")

                def pulse() -> None:
                    if stop:
                        raise KeyboardInterrupt
                    show(min(found.fits if found else 0, expected.fits), max(expected.fits, 1))

                for found in effect_map(scenario, **arguments, pulse=pulse):  # noqa: B007
                    pass
        except KeyboardInterrupt:
            return found, False
        except DeviceError as error:
            raise UsageProblem(f"--device {device}: {error}") from None
    return found, True
