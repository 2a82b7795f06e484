"""About how long a study takes, from a few of its batches that are tried out."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

from boundaryviz.jobs.lookup import function_named
from boundaryviz.jobs.messages import Tell
from boundaryviz.record.seeds import training_varies
from boundaryviz.studies.requests import EstimateRequest, StudyEstimate
from boundaryviz.studies.study import Study
from boundaryviz.studies.tasks import Batch

_TRIED = 3  # batches: the first, one in the middle, the last
_SHORT = 40  # steps that are tried of a batch that takes more
_SEEDS = 64  # of a part: as many as are one batch
_LISTED = 5_000  # runs of which the batches are listed; of a larger study a part is looked at


def estimate(study: Study, workers: int | None = None, clock: Callable[[], float] = perf_counter) -> StudyEstimate:
    """Try the first, a middle and the last batch of the study, of those that train in steps a few steps, and scale up.

    workers: processes that will share the work, default one for each core. Results are thrown away. Raises what the
    study and its batches do.
    """
    part, times, seeds = _part(study)
    batches = part.batches()
    weights = [times * (seeds if _random(batch) else 1.0) for batch in batches]  # batches of the whole for each
    tried = sorted({0, len(batches) // 2, len(batches) - 1})[:_TRIED]
    _carry_out(_shortened(batches[tried[0]], 1)[0])  # what loading takes is no part of any run
    seconds = sum(weights[at] * _timed(batches[at], clock) for at in tried) / sum(weights[at] for at in tried)
    at_once = min(workers or os.cpu_count() or 1, max(len(batches), 1))
    runs = sum(len(batch.tasks) * weight for batch, weight in zip(batches, weights, strict=True))
    return StudyEstimate(round(runs), seconds * sum(weights) / at_once)


def job(request: EstimateRequest, tell: Tell) -> None:
    """An estimate for the window."""
    tell.result(estimate(request.study, request.workers or 1))


def _random(batch: Batch) -> bool:
    """Whether its learner has more than one seed."""
    content: Any = batch.content
    return training_varies(content.scenario.learner) != "nothing"


def _part(study: Study) -> tuple[Study, float, float]:
    """The study with no more runs than can be listed quickly, how many times as many combinations and draws the whole
    has, and how many times as many seeds: fewer draws of the data, then fewer seeds, then fewer values of the axes,
    evenly from among them."""
    part = study
    if study.most > _LISTED and study.data_seeds is not None:
        first = 1 if isinstance(study.data_seeds, int) else study.data_seeds[:1]
        part = part.model_copy(update={"data_seeds": first})
    if part.most > _LISTED:
        seeds = min(study.seeds, _SEEDS) if isinstance(study.seeds, int) else study.seeds[:_SEEDS]
        part = part.model_copy(update={"seeds": seeds})
    if part.most > _LISTED:
        keep = max(2, int(len(study.axes) and (_LISTED * _values(part) / part.most) ** (1 / len(study.axes))))
        axes = tuple(axis.model_copy(update={"values": _thinned(axis.values, keep)}) for axis in study.axes)
        part = part.model_copy(update={"axes": axes})
    more_seeds = study.most_seeds / max(part.most_seeds, 1)
    varied = part.model_copy(update={"seeds": study.seeds})
    return part, study.most / max(varied.most, 1), more_seeds


def _values(study: Study) -> int:
    count = 1
    for axis in study.axes:
        count *= len(axis.values)
    return count


def _thinned(values: tuple[Any, ...], keep: int) -> tuple[Any, ...]:
    if len(values) <= keep:
        return values
    return tuple(values[round(k * (len(values) - 1) / (keep - 1))] for k in range(keep))


def _timed(batch: Batch, clock: Callable[[], float]) -> float:
    """Seconds of a whole batch, of which a part may be tried."""
    content, share = _shortened(batch, _SHORT)
    began = clock()
    _carry_out(content)
    return (clock() - began) / share


def _shortened(batch: Batch, steps: int) -> tuple[Any, float]:
    """What a batch does, in fewer steps where it takes more, and the share of it that this is."""
    content: Any = batch.content
    if getattr(content, "steps", 0) <= steps:
        return content, 1.0
    return replace(content, steps=steps), steps / content.steps


def _carry_out(content: Any) -> None:
    function_named(type(content).WORK)(content, _Silent())


class _Silent:
    """A `Tell` that nobody hears."""

    def progress(self, done: int, of: int, words: str = "") -> None:
        pass

    def result(self, value: object) -> None:
        pass
