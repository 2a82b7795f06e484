"""The snapshots of a film: of one run at chosen steps, or of one run for each value of a setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.embeddings import Calm
from boundaryviz.engine.height_map import NEAR
from boundaryviz.engine.messages import Curves
from boundaryviz.evasion.model import NoGradient
from boundaryviz.evasion.pushes import Pushes
from boundaryviz.figures.film.sequence import FrameSequence, Sweep
from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.runs.run import Run, start
from boundaryviz.scenario.cost import afford
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.sweep import MOST
from boundaryviz.scene.scene import Domain, Scene
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.requests import Spacing
from boundaryviz.studies.running import AllOrNothing, carry_out
from boundaryviz.studies.stores import MemoryStore
from boundaryviz.studies.tasks import Batch, Task, content_key

_CELLS = 256  # of a field along the longer side, unless there are so many fields that they would not fit:
_BYTES = 600e6
_LEAST_CELLS = 96
_HEIGHTS = 64  # cells of a map of heights along the longer side
_EARLY = 200.0  # at how many times the pace of the beginning a logarithmic film ends
_PUSHED = 60  # points
_CANDIDATES = 2  # snapshots looked at for each one that an even film shows


@dataclass(frozen=True)
class RunConfig:
    """How a scenario is trained for a film. shown: the number of the seed on the plane, from 0. cascade, heights: with
    the label cascade, or the heights of the boundary off the plane, of every snapshot. pushes: with what the scenario's
    attack on models as they stand does to test points. embedding: with where the model puts the points."""

    scenario: Scenario
    seeds: int = 1
    shown: int = 0
    twin: bool = False
    device: str = "auto"
    cascade: bool = False
    pushes: bool = False
    embedding: bool = False
    heights: bool = False

    def start(self) -> Run:
        """A run at step 0. Raises what `run.start` does."""
        return start(self.scenario, self.seeds, self.twin, self.device, cascade=self.cascade, watched=self.shown)

    def look(self, run: Run, cells: int, rect: Domain, calm: Calm | None = None) -> list[Snapshot]:
        """The plane now, and its clean twin where there is one. calm: of the looks before."""
        shown = run.snapshot(self.shown, columns=cells, rect=rect)
        if self.embedding:
            shown = replace(shown, embedding=run.embedding(self.shown, calm))
        chains = run.cascade(self.shown) if self.cascade else None
        clean = [run.snapshot(self.shown, True, cells, rect)] if self.twin else []
        heights = run.heights(NEAR, self.shown, min(cells, _HEIGHTS), rect) if self.heights else None
        return [replace(shown, cascade=chains, pushes=self._pushes(run), heights=heights), *clean]

    def _pushes(self, run: Run) -> Pushes | None:
        try:
            return run.pushes(seed=self.shown, most=_PUSHED) if self.pushes else None
        except NoGradient as why:
            raise ScenarioError([f"evasion.method: {why}"]) from None


def over_training(
    config: RunConfig, frames: int, spacing: Spacing = "log", progress: OnProgress | None = None
) -> FrameSequence:
    """Train once and look `frames` times on the way, at step 0 first and at the end last.

    spacing: 'log' gives the early steps, in which most happens, their share; 'linear' has equally many steps between
    frames; 'even' equally much change of the plane. Where there are fewer steps than frames, each stands for several.
    Raises what `run.start` does, and MemoryNeeded for more snapshots than there is memory.
    """
    _check_frames(frames)
    total = config.scenario.steps
    wanted = frames * _CANDIDATES if spacing == "even" else frames
    steps = spaced(total, wanted, "linear" if spacing == "linear" else "log")
    run = config.start()
    cells, rect = _cells(config, len(steps), run.scene.classes), config.scenario.scene().domain
    _check_snapshots(config, run.scene, len(steps), cells, rect)
    snapshots: list[list[Snapshot]] = [[], []]
    calm = Calm()
    for step in steps:
        before = run.step

        def advanced(done: int, _total: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done, total)

        run.advance(step - run.step, advanced)
        for side, found in zip(snapshots, config.look(run, cells, rect, calm), strict=False):
            side.append(_without_curves(found))
    curves = run.curves.of(slice(-config.seeds, None))
    shown, clean = ([replace(snapshot, curves=curves) for snapshot in side] for side in snapshots)
    if spacing == "even":
        chosen = _evenly([shown, clean] if config.twin else [shown], frames)
        shown, clean = [shown[k] for k in chosen], [clean[k] for k in chosen if config.twin]
    return FrameSequence.over_training(shown, clean if config.twin else None, max(1, frames // len(shown)))


def over_values(
    configs: Sequence[RunConfig],
    sweep: Sweep,
    frames: int,
    progress: OnProgress | None = None,
    executor: Executor | None = None,
    rect: Domain | None = None,
) -> FrameSequence:
    """Train a run to its end for each config, in their order; `sweep` says what they differ in. rect: the part of the
    plane, default all their domains. Raises what `over_training` does.
    """
    _check_frames(max(frames, len(configs)))
    rect = rect or Domain.over([config.scenario.scene().domain for config in configs])
    scene = configs[0].scenario.scene()
    cells = _cells(configs[0], len(configs), scene.classes)
    _check_snapshots(configs[0], scene, len(configs), cells, rect, whole=True)
    batches = [
        Batch((_task(one, rect, len(configs), sweep.values[at]),), Look(one, rect, len(configs)), one.scenario.steps)
        for at, one in enumerate(configs)
    ]
    store = MemoryStore()
    carry_out(batches, store, executor, AllOrNothing(progress))
    found = store.get(task.key for batch in batches for task in batch.tasks)
    sides: list[list[Snapshot]] = [[], []]
    curves = CurveStore(configs[0].seeds)
    for at, batch in enumerate(batches):
        looks, evaluation = found[batch.tasks[0].key]
        for side, look in zip(sides, looks, strict=False):
            side.append(look)
        curves.append(Curves(np.array([at]), evaluation, np.empty((1, configs[0].seeds, 0))))
    shown, clean = sides
    return FrameSequence(shown, curves, clean or None, sweep, max(1, frames // len(shown)))


@dataclass(frozen=True)
class Look:
    """What is done for one value: a run, and the plane at its end. rect: where; of: how many planes there will be."""

    WORK: ClassVar[str] = "boundaryviz.studies.filming:trained"
    config: RunConfig
    rect: Domain
    of: int


def trained(content: Look, tell: Tell) -> list[tuple[list[Snapshot], NDArray[np.float64]]]:
    """The work of a batch: the plane, and its clean twin's where there is one, and what the run has come to."""
    config = content.config
    run = config.start()
    run.advance(config.scenario.steps, tell.progress)
    looks = config.look(run, _cells(config, content.of, run.scene.classes), content.rect)
    return [(looks, run.session.evaluate()[None, -len(run.seeds) :])]


def _task(config: RunConfig, rect: Domain, of: int, value: str) -> Task:
    names = ("seeds", "shown", "twin", "cascade", "pushes", "embedding", "heights")
    more = {name: getattr(config, name) for name in names}
    place = (rect.left, rect.right, rect.bottom, rect.top)
    return Task(content_key("look", config.scenario, rect=place, of=of, **more), value)


def spaced(total: int, count: int, spacing: Literal["log", "linear"]) -> list[int]:
    """At most `count` steps that rise from 0 to `total`."""
    share = np.linspace(0.0, 1.0, max(count, 2))
    if spacing == "log":
        share = (_EARLY**share - 1.0) / (_EARLY - 1.0)
    steps = np.round(share * total).astype(np.int64)
    rising = np.maximum(steps, np.arange(len(steps)))  # at the slow beginning, a step for each
    return np.unique(np.minimum(rising, total)).tolist()


def _cells(config: RunConfig, snapshots: int, classes: int) -> int:
    """Columns of a field, so that all of them together fit into memory."""
    fields = snapshots * (1 + config.twin) * (1 if classes == 2 else classes)
    return int(np.clip((_BYTES / (4 * fields)) ** 0.5, _LEAST_CELLS, _CELLS))


def _check_frames(frames: int) -> None:
    if not 1 <= frames <= MOST:
        raise ScenarioError([f"a film has 1 to {MOST:,} frames, not {frames:,}"])


def _check_snapshots(
    config: RunConfig, scene: Scene, snapshots: int, cells: int, rect: Domain, whole: bool = False
) -> None:
    """Raise MemoryNeeded where so many snapshots do not fit. whole: each keeps a scene and curves of its own."""
    sides, points = 1 + config.twin, len(scene.points)
    evaluations = config.scenario.steps // config.scenario.training.evaluate_every + 1
    each = 4 * cells * rect.rows(cells) * (1 if scene.classes == 2 else scene.classes) + 2 * points
    each += 40 * points if config.cascade else 0
    each += 16 * (scene.points.width + 8) * _PUSHED if config.pushes else 0
    each += 24 * points if config.embedding else 0
    each += (16 + 32 * (1 if scene.classes == 2 else scene.classes)) * _HEIGHTS**2 if config.heights else 0
    each += 64 * config.seeds * evaluations + 30 * points if whole else 0
    afford({"fewer frames, values or points": float(snapshots * sides * each)}, "this film")


def _without_curves(snapshot: Snapshot) -> Snapshot:
    """Every snapshot's copy of the curves so far would add up to much more than the fields."""
    return replace(snapshot, curves=CurveStore())


def _evenly(sides: Sequence[Sequence[Snapshot]], frames: int) -> list[int]:
    """Which snapshots to show, so that from each to the next the planes change equally much; ends included."""
    changes = np.zeros(len(sides[0]))
    for side in sides:
        changes[1:] += [_difference(a, b) for a, b in pairwise(side)]
    so_far = np.cumsum(changes)
    if so_far[-1] <= 0:
        return spaced(len(so_far) - 1, frames, "linear")
    return np.searchsorted(so_far, np.linspace(0.0, so_far[-1], frames)).clip(0, len(so_far) - 1).tolist()


def _difference(a: Snapshot, b: Snapshot) -> float:
    return float(np.nan_to_num(np.abs(a.field - b.field)).mean())
