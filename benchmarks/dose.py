"""Dose-response, all doses and seeds as replicas of one batch, against its runs one after the other in plain torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.frame import Row, section
from benchmarks.measure import interleaved, ratio, span
from benchmarks.subjects import hold_equal, modules, words
from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Points
from boundaryviz.studies.doses import PoisonedScene

DOSES = (0, 1, 2, 5, 10, 20, 30, 40)  # of a thousand points
SEEDS = 8
RUN = 3  # the dose that the plain loop trains, 5: its steps take as long with any other
_AIM = 10.0
_SETTINGS: tuple[tuple[str, tuple[int, ...], int, float], ...] = (
    ("pi-model", (16, 16), 256, 10.0), ("fixmatch", (16, 16), 256, 10.0), ("vat", (16, 16), 256, 10.0),
    # beyond some 4,000 units times points the products themselves take the time, in either engine
    ("fixmatch", (32, 32), 256, 10.0), ("fixmatch", (64, 64), 256, 6.0), ("vat", (64, 64), 256, 6.0),
    ("fixmatch", (32, 32), 64, 10.0), ("fixmatch", (64, 64), 32, 10.0),
)  # fmt: skip


def scenario(name: str, hidden: tuple[int, ...], values: Mapping[str, object]) -> Scenario:
    """Moons with three labels a class among a thousand points, a bridge to the tip, and the method's own settings."""
    return Scenario().with_values(
        {
            "data.n": 1000, "data.noise": 0.06, "data.labels_per_class": 3, "data.labels_at": "centres",
            "poison.target": [0.0, 0.5], "learner.name": name, "learner.hidden": list(hidden),
            "training.learning_rate": 0.003, "training.evaluate_every": 100_000,
        } | dict(values)
    )  # fmt: skip


def session(of: Scenario, doses: tuple[int, ...] = DOSES, seeds: int = SEEDS) -> Session:
    """As the product makes it: every seed at every dose, by the compiled program where there is one."""
    poisoned = PoisonedScene.of(of, doses)
    return Session(of, poisoned.scene, replicas=poisoned.replicas(range(seeds)))


class PlainRun:
    """One of the runs as one would write it with torch.nn: the same net and losses, the same sizes of batches."""

    def __init__(self, like: Session, replica: int) -> None:
        scene = like.scene
        points: Points = scene.points.take(scene.seen(like.replicas.groups[replica]) & scene.points.is_train)
        places, label = points.xy, points.label
        if (own := like.replicas.extra) is not None:
            there = own.weight[replica] > 0
            places, label = np.concatenate([places, own.x[replica, there]]), np.append(label, own.label[replica, there])
        known = label >= 0
        xy = torch.tensor(places, dtype=torch.float32)
        self.labelled, self.label = xy[known], torch.tensor(label[known].astype(int))
        self.pool = xy[~known]
        self.spec: Any = like.scenario.learner
        self.net = modules(like.learner, nn.ReLU, replica)
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=like.scenario.training.learning_rate)
        self.batches: Iterator[Tensor] = iter(())
        self.unlabelled = {"pi-model": self._pi, "fixmatch": self._fixmatch, "vat": self._vat}[self.spec.name]

    def step(self, n: int = 1) -> None:
        for _ in range(n):
            self.optimiser.zero_grad()
            self.loss(self._batch()).backward()
            self.optimiser.step()

    def loss(self, x: Tensor) -> Tensor:
        return F.cross_entropy(self.net(self.labelled), self.label) + self.spec.weight * self.unlabelled(x)

    def labelled_loss(self) -> float:
        with torch.no_grad():
            return float(F.cross_entropy(self.net(self.labelled), self.label))

    def _batch(self) -> Tensor:
        if self.spec.unlabelled_batch == "full":
            return self.pool
        index = next(self.batches, None)
        if index is None:
            self.batches = iter(torch.randperm(len(self.pool)).split(self.spec.unlabelled_batch))
            index = next(self.batches)
        return self.pool[index]

    def _pi(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            target = F.softmax(self.net(x + self.spec.weak_noise * torch.randn_like(x)), 1)
        return F.mse_loss(F.softmax(self.net(x + self.spec.weak_noise * torch.randn_like(x)), 1), target)

    def _fixmatch(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            sure, label = F.softmax(self.net(x + self.spec.weak_noise * torch.randn_like(x)), 1).max(1)
        taught = self.net(x + self.spec.strong_noise * torch.randn_like(x))
        return (F.cross_entropy(taught, label, reduction="none") * (sure >= self.spec.threshold)).mean()

    def _vat(self, x: Tensor) -> Tensor:
        z = self.net(x)
        log_p = F.log_softmax(z.detach(), 1)

        def divergence(moved: Tensor) -> Tensor:
            return F.kl_div(F.log_softmax(moved, 1), log_p, reduction="batchmean", log_target=True)

        d = F.normalize(torch.randn_like(x)).mul(self.spec.xi).requires_grad_()
        (slope,) = torch.autograd.grad(divergence(self.net(x + d)), d)
        return divergence(self.net(x + self.spec.epsilon * F.normalize(slope)))


@section("dose", "Dose-response")
def dose_response(least: bool) -> Iterator[Row]:
    """A dose-response of 8 doses and 8 seeds: what 64 plain runs take to what the batch takes, per step."""
    torch.manual_seed(0)
    for name in dict.fromkeys(name for name, *_ in _SETTINGS):
        checked(name, 3 if least else 30)
    doses, seeds, small = (DOSES[-2:], 1, {"data.n": 200}) if least else (DOSES, SEEDS, {})
    runs = len(doses) * seeds
    for name, hidden, batch, floor in _SETTINGS:
        ours = session(scenario(name, hidden, {"learner.unlabelled_batch": batch} | small), doses, seeds)
        theirs, mine = interleaved([PlainRun(ours, min(RUN, runs - 1)).step, ours.learner.step], least)
        detail = f"{span(runs * median(theirs))} → {span(median(mine))}"
        what = f"{name}, {words(hidden)}, batch of {batch}, R = {runs}"
        aim = _AIM if floor < _AIM else None
        yield Row(what, f"torch.nn + Adam, by {ours.engine.name}", detail, runs * ratio(theirs, mine), floor, aim=aim)


def checked(name: str, steps: int) -> None:
    """Raises AssertionError where the two disagree without noise, on the whole pool: then nothing is drawn."""
    quiet = {"learner.unlabelled_batch": "full", "training.batch_size": "full"}
    noise = {"vat": {"learner.epsilon": 1e-6}}.get(name, {"learner.weak_noise": 0.0})
    noise |= {"learner.strong_noise": 0.0} if name == "fixmatch" else {}
    both = session(scenario(name, (16, 16), {**quiet, **noise}), (0, 10), 1)
    points = both.scene.points.take(both.scene.points.is_train & both.scene.points.is_labelled)
    plain = [PlainRun(both, replica) for replica in range(2)]
    both.step(steps)
    losses = both.learner.evaluate(points.xy, points.label.astype(int))[0].mean(axis=1)
    for theirs, ours in zip(plain, losses, strict=True):
        theirs.step(steps)
        hold_equal(float(ours), theirs.labelled_loss(), f"plain {name}")
