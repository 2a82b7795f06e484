"""What a run will take in memory, estimated before it starts, and refused where this machine has not got it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from boundaryviz.learners.needs import FLAT, Needs, Size, summed
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.measure import scaling_of
from boundaryviz.scene.scaling import InputScale
from boundaryviz.scene.scene import Scene, Split

SMALL = 250e6
"""Bytes that are never refused: estimates are not that exact, and a machine has some swap."""
_MEASURES = 33  # numbers of each model at an evaluation; while curves grow, they are there twice
_COMPARED = 128 * 128  # cells of the plane on which twins are compared
_TOGETHER, _APART = 10.0, 60.0  # bytes for each point and replica, of what it sees and of what weights it has
_MEMINFO, _GROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup")


class MemoryNeeded(ValueError):
    """Something takes more memory than there is: how much, how much there is, and what would take less."""


def available() -> float:
    """Bytes that this machine, or the container we run in, can still give without swapping; infinite where neither
    says."""
    return min((amount for amount in (_free(), _granted()) if amount is not None), default=float("inf"))


def _free() -> float | None:
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", _MEMINFO.read_text(), re.MULTILINE)
    except OSError:
        found = None
    if found is not None:
        return 1024.0 * int(found[1])
    for pages in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"):  # macOS does not say what is free, but how much there is
        try:
            return float(os.sysconf(pages)) * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, OSError, ValueError):
            continue
    return None


def _granted() -> float | None:
    """What a control group leaves of its limit; None without a limit."""
    try:
        most, taken = ((_GROUP / name).read_text().strip() for name in ("memory.max", "memory.current"))
        return None if most == "max" else max(float(most) - float(taken), 0.0)
    except (OSError, ValueError):
        return None


def memory_needed(
    scenario: Scenario,
    scene: Scene,
    runs: int = 1,
    sights: int = 1,
    steps: int = 0,
    planted: int = 0,
    *,
    apart: bool = False,
    on_gpu: bool = False,
) -> Needs:
    """Bytes that a session takes at its peak, by what would make them fewer.

    runs: how many, each with a seed of its own. sights: how many different sets of points there are to see, each of
    which every run is trained with: 2 with clean twins, for dose-responses as many as doses. steps: for how many the
    curves are kept. planted: points of poison that are yet to be placed, or of each replica's own. apart: what is to be
    seen differs by more than poison: each replica has weights and batches of its own, and none is compared with a twin.
    on_gpu: the memory is the GPU's, where nets train.
    """
    size = size_of(scene, runs, sights, planted, apart=apart, scale=scenario.data.input_scale)
    size = replace(size, on_gpu=on_gpu)
    each = _APART if apart else _TOGETHER
    evaluations = steps // scenario.training.evaluate_every + 1
    return summed(
        scenario.learner.memory(size, scenario.training),
        {"fewer points or seeds": size.replicas * (each * (len(scene.points) + planted) + 2_000)},
        {"fewer seeds or evaluations": 16.0 * size.replicas * (_MEASURES + len(scene.targets)) * evaluations},
    )


def size_of(
    scene: Scene,
    runs: int = 1,
    sights: int = 1,
    planted: int = 0,
    *,
    apart: bool = False,
    scale: InputScale = "as-is",
) -> Size:
    """What the memory for a scene hangs on; arguments as in `memory_needed`. scale: how learners are given inputs."""
    points = scene.points
    training = points.is_train & ~points.muted
    taught, hidden = training & points.is_labelled, training & ~points.is_labelled
    test = (points.split == Split.TEST) & ~points.muted
    asked = int(((points.is_labelled & ~points.muted) | test).sum()) + planted
    if sights > 1 and not apart:
        asked = max(asked, int(test.sum()) + len(scene.targets) + _COMPARED)
    x = points.x[training] if points.width <= FLAT else points.x[:0]
    scaling = scaling_of(scene, scale)
    return Size(
        runs,
        sights,
        int(training.sum()) + planted,
        int(hidden.sum()) + planted,
        (bool((taught & points.is_poison).any() or planted), bool((hidden & points.is_poison).any() or planted)),
        asked,
        scene.classes,
        points.xy[taught],
        points.label[taught].astype("int64"),
        points.width,
        x if scaling is None else scaling(x),
    )


def check_memory(
    scenario: Scenario,
    scene: Scene,
    runs: int = 1,
    sights: int = 1,
    steps: int = 0,
    planted: int = 0,
    had: float = 0.0,
    *,
    apart: bool = False,
    free: Callable[[], float] | None = None,
) -> float:
    """The bytes of `memory_needed`. had: that are taken already. free: how many a GPU can give, where they are to be
    had there. Raises MemoryNeeded where the machine, or its GPU, has not got the rest."""
    needs = memory_needed(scenario, scene, runs, sights, steps, planted, apart=apart, on_gpu=free is not None)
    return afford(needs, "this run", had, free)


def afford(needs: Mapping[str, float], what: str, had: float = 0.0, free: Callable[[], float] | None = None) -> float:
    """How many bytes these are. what: takes them, as the subject of a sentence. had: that are taken already. free: as
    in `check_memory`.

    Raises MemoryNeeded where the machine, or its GPU, has not got the rest.
    """
    total = sum(needs.values())
    if total - had > SMALL and total - had > (there := (free or available)()):
        remedy = max(needs, key=lambda one: needs[one])
        where = "memory" if free is None else "the GPU's memory"
        raise MemoryNeeded(
            f"{what} would take about {in_words(total)} of {where}, and {in_words(there)} are free; take {remedy}"
            + ("" if free is None else ", or another engine")
        )
    return total


def in_words(size: float) -> str:
    """Bytes as '310 MB', '7.4 GB' or '1,200 GB'."""
    if size < 1e9:
        return f"{size / 1e6:.0f} MB"
    return f"{size / 1e9:.1f} GB" if size < 1e10 else f"{size / 1e9:,.0f} GB"
