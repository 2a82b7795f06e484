"""The work of a study's batches: training. It is heavy, and so reached by its name alone."""

from __future__ import annotations

import math

from boundaryviz.jobs.messages import Tell
from boundaryviz.runs.run import start
from boundaryviz.studies.study import Training


def metrics(content: Training, tell: Tell) -> list[dict[str, float | None]]:
    """Of each seed its metrics, as `Run.metrics` has them, and with twins those of the clean one as `clean.NAME`.

    None for what is no number. Raises what `runs.run.start` does.
    """
    run = start(content.scenario, content.seeds, content.twin, content.device, steps=content.steps)
    run.advance(content.steps, tell.progress)
    sides = {"": run.metrics} | ({"clean.": run.clean} if content.twin else {})
    found = {side + name: metric.per_seed for side, metrics in sides.items() for name, metric in metrics.items()}
    return [
        {name: number if math.isfinite(number := float(values[seed])) else None for name, values in found.items()}
        for seed in range(len(content.seeds))
    ]
