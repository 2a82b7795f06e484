"""The checkpoints of a film: of one run at chosen steps, or of one run for each value of a setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from boundaryviz.engine.messages import Curves
from boundaryviz.figures.frame_sequence import FrameSequence, Sweep
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.runs.run import Run, start
from boundaryviz.scenario.cost import afford
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.sweep import MOST
from boundaryviz.scene.scene import Domain, Scene

Spacing = Literal["log", "linear", "even"]
Progress = Callable[[int, int], object]
"""Called with (training steps done, in all); may raise to stop."""

_CELLS = 256  # of a field along the longer side, unless there are so many fields that they would not fit:
_BYTES = 600e6
_LEAST_CELLS = 96
_EARLY = 200.0  # at how many times the pace of the beginning a logarithmic film ends
_CANDIDATES = 2  # checkpoints looked at for each one that an even film shows


@dataclass(frozen=True)
class RunConfig:
    """How a scenario is trained for a film. shown: the number of the seed on the plane, from 0. cascade: with the label
    cascade of every checkpoint."""

    scenario: Scenario
    seeds: int = 1
    shown: int = 0
    twin: bool = False
    device: str = "auto"
    cascade: bool = False

    def start(self) -> Run:
        """A run at step 0. Raises what `run.start` does."""
        return start(self.scenario, self.seeds, self.twin, self.device, cascade=self.cascade, watched=self.shown)

    def look(self, run: Run, cells: int, rect: Domain) -> list[Snapshot]:
        """The plane now, and its clean twin where there is one."""
        shown = run.snapshot(self.shown, columns=cells, rect=rect)
        chains = run.cascade(self.shown) if self.cascade else None
        clean = [run.snapshot(self.shown, True, cells, rect)] if self.twin else []
        return [replace(shown, cascade=chains), *clean]


def over_training(
    take: RunConfig, frames: int, spacing: Spacing = "log", progress: Progress | None = None
) -> FrameSequence:
    """Train once and look `frames` times on the way, at step 0 first and at the end last.

    spacing: 'log' gives the early steps, in which most happens, their share; 'linear' has equally many steps between
    frames; 'even' equally much change of the plane. Where there are fewer steps than frames, each stands for several.
    Raises what `run.start` does, and MemoryNeeded for more checkpoints than there is memory.
    """
    _check_frames(frames)
    total = take.scenario.steps
    wanted = frames * _CANDIDATES if spacing == "even" else frames
    steps = spaced(total, wanted, "linear" if spacing == "linear" else "log")
    run = take.start()
    cells, rect = _cells(take, len(steps), run.scene.classes), take.scenario.scene().domain
    _check_checkpoints(take, run.scene, len(steps), cells, rect)
    checkpoints: list[list[Snapshot]] = [[], []]
    for step in steps:
        before = run.step

        def advanced(done: int, _total: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done, total)

        run.advance(step - run.step, advanced)
        for side, found in zip(checkpoints, take.look(run, cells, rect), strict=False):
            side.append(_without_curves(found))
    history = run.curves.of(slice(-take.seeds, None))
    shown, clean = ([replace(checkpoint, curves=history) for checkpoint in side] for side in checkpoints)
    if spacing == "even":
        chosen = _evenly([shown, clean] if take.twin else [shown], frames)
        shown, clean = [shown[k] for k in chosen], [clean[k] for k in chosen if take.twin]
    return FrameSequence.over_training(shown, clean if take.twin else None, max(1, frames // len(shown)))


def over_values(
    takes: Sequence[RunConfig], sweep: Sweep, frames: int, progress: Progress | None = None
) -> FrameSequence:
    """Train a run to its end for each take, in their order; `sweep` says what they differ in. Raises what
    `over_training` does.
    """
    _check_frames(max(frames, len(takes)))
    rect = Domain.over([take.scenario.scene().domain for take in takes])
    total, done = sum(take.scenario.steps for take in takes), 0
    sides: list[list[Snapshot]] = [[], []]
    history = CurveStore(takes[0].seeds)
    for at, take in enumerate(takes):
        run = take.start()
        if not at:
            cells = _cells(take, len(takes), run.scene.classes)
            _check_checkpoints(take, run.scene, len(takes), cells, rect, whole=True)

        def advanced(some: int, _total: int, before: int = done) -> None:
            if progress is not None:
                progress(before + some, total)

        run.advance(take.scenario.steps, advanced)
        done += take.scenario.steps
        cells = _cells(take, len(takes), run.scene.classes)
        for side, found in zip(sides, take.look(run, cells, rect), strict=False):
            side.append(found)
        history.append(_evaluation(at, run))
    shown, clean = sides
    return FrameSequence(shown, history, clean or None, sweep, max(1, frames // len(shown)))


def spaced(total: int, count: int, spacing: Literal["log", "linear"]) -> list[int]:
    """At most `count` steps that rise from 0 to `total`."""
    share = np.linspace(0.0, 1.0, max(count, 2))
    if spacing == "log":
        share = (_EARLY**share - 1.0) / (_EARLY - 1.0)
    steps = np.round(share * total).astype(np.int64)
    rising = np.maximum(steps, np.arange(len(steps)))  # at the slow beginning, a step for each
    return np.unique(np.minimum(rising, total)).tolist()


def _cells(take: RunConfig, checkpoints: int, classes: int) -> int:
    """Columns of a field, so that all of them together fit into memory."""
    fields = checkpoints * (1 + take.twin) * (1 if classes == 2 else classes)
    return int(np.clip((_BYTES / (4 * fields)) ** 0.5, _LEAST_CELLS, _CELLS))


def _check_frames(frames: int) -> None:
    if not 1 <= frames <= MOST:
        raise ScenarioError([f"a film has 1 to {MOST:,} frames, not {frames:,}"])


def _check_checkpoints(
    take: RunConfig, scene: Scene, checkpoints: int, cells: int, rect: Domain, whole: bool = False
) -> None:
    """Raise MemoryNeeded where so many checkpoints do not fit. whole: each keeps a scene and curves of its own."""
    sides, points = 1 + take.twin, len(scene.points)
    evaluations = take.scenario.steps // take.scenario.training.evaluate_every + 1
    each = 4 * cells * rect.rows(cells) * (1 if scene.classes == 2 else scene.classes) + 2 * points
    each += 40 * points if take.cascade else 0
    each += 64 * take.seeds * evaluations + 30 * points if whole else 0
    afford({"fewer frames, values or points": float(checkpoints * sides * each)}, "this film")


def _without_curves(checkpoint: Snapshot) -> Snapshot:
    """Every checkpoint's copy of the curves so far would add up to much more than the fields."""
    return replace(checkpoint, curves=CurveStore())


def _evaluation(at: int, run: Run) -> Curves:
    """What a run has come to, as number `at` of the history."""
    values = run.session.evaluate()[None, -len(run.seeds) :]
    return Curves(np.array([at]), values, np.empty((1, len(run.seeds), 0)))


def _evenly(sides: Sequence[Sequence[Snapshot]], frames: int) -> list[int]:
    """Which checkpoints to show, so that from each to the next the planes change equally much; ends included."""
    changes = np.zeros(len(sides[0]))
    for side in sides:
        changes[1:] += [_difference(a, b) for a, b in pairwise(side)]
    history = np.cumsum(changes)
    if history[-1] <= 0:
        return spaced(len(history) - 1, frames, "linear")
    return np.searchsorted(history, np.linspace(0.0, history[-1], frames)).clip(0, len(history) - 1).tolist()


def _difference(a: Snapshot, b: Snapshot) -> float:
    return float(np.nan_to_num(np.abs(a.field - b.field)).mean())
