"""Effect maps: of a support vector machine against the same map fitted one by one, of a net against one training loop a
place in plain torch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import numpy as np
import torch
from sklearn.svm import SVC
from torch import nn
from torch.nn import functional as F

from benchmarks.frame import Row, section
from benchmarks.measure import interleaved, ratio, repeated, span
from benchmarks.subjects import hold_equal
from boundaryviz.adversary.effect_maps import Ground, effect_map, ground_of
from boundaryviz.adversary.models import Sets
from boundaryviz.record.effect_map import EffectMap
from boundaryviz.scenario.scenario import Scenario

HEAP, LABELS, SEEDS, TOGETHER = 8, 2, 2, 64
_SVM = {
    "data.name": "moons", "data.n": 100, "data.noise": 0.2, "data.validation": 0.45, "data.test": 0.45,
    "learner.name": "SVC", "learner.gamma": 2.0,
}  # fmt: skip
_NET = {
    "data.name": "moons", "data.n": 200, "data.noise": 0.2, "data.validation": 0.45, "data.test": 0.45,
    "learner.name": "mlp", "learner.hidden": [16, 16], "learner.activation": "tanh", "training.steps": 300,
    "training.batch_size": "full", "training.learning_rate": 0.01,
}  # fmt: skip


@section("maps", "Effect maps")
def effect_maps(least: bool) -> Iterator[Row]:
    """Maps of 33 by 33 nodes for two labels of a heap of eight points."""
    yield from _machine(Scenario().with_values(_SVM), least)
    yield from _net(Scenario().with_values(_NET | ({"training.steps": 3} if least else {})), least)


def _machine(of: Scenario, least: bool) -> Iterator[Row]:
    levels = (2, 4) if least else (8, 16, 32)
    adaptive = lambda: _last(effect_map(of, weight=HEAP, levels=levels))  # noqa: E731
    theirs, mine = interleaved([repeated(OneByOne(of).error), repeated(adaptive)], least)
    nodes = LABELS * (levels[-1] + 1) ** 2
    detail = f"{span(nodes * median(theirs))} → {span(median(mine))}"
    yield Row(
        "support vector machine, the map of all nodes → adaptive", "scikit-learn, one by one", detail,
        nodes * ratio(theirs, mine), 10.0,
    )  # fmt: skip
    yield Row("support vector machine, adaptive", "", "CPU", median(mine), ceiling=0.3, unit="s")
    full = _last(effect_map(of, weight=HEAP, levels=levels[-1:], share=1.0))
    best, most = adaptive().best(), full.best()
    assert best is not None
    assert most is not None
    yield Row(
        "error of its worst place, below the map's of all nodes",
        "",
        "",
        100 * (most[2] - best[2]),
        ceiling=0.5,
        unit="%",
    )


def _net(of: Scenario, least: bool) -> Iterator[Row]:
    ground = ground_of(of, weight=HEAP, seeds=SEEDS)
    many = 2 if least else TOGETHER
    places = np.random.default_rng(0).uniform(-1.0, 1.0, (many, 2))
    sets = ground.heaps(places, np.zeros(many, dtype=np.int64))
    together = lambda: ground.models.answers(sets, ground.x, ground.label, 0)  # noqa: E731
    plain = PlainLoop(of, ground, sets)
    plain.run()
    hold_equal(float(together().loss[0].mean()), plain.loss(), "a plain loop at the first place")
    theirs, mine = interleaved([repeated(plain.run), repeated(together)], least)
    detail = f"{span(median(theirs))} → {span(median(mine) / many)} a place"
    yield Row(
        "net 2-16-16-2, 300 steps, a place", "torch.nn + Adam", detail, many * ratio(theirs, mine), 10.0, aim=15.0
    )
    began = time.process_time()
    coarse, last = 0.0, None
    for last in ground.maps((2, 4) if least else None):  # noqa: B007
        coarse = coarse or time.process_time() - began
    whole = time.process_time() - began
    assert last is not None
    nodes = LABELS * SEEDS * (last.level + 1) ** 2
    words = f"{span(nodes * median(theirs))} → {span(whole)}"
    yield Row(
        "the same, the map of all nodes → adaptive", "torch.nn + Adam", words, nodes * median(theirs) / whole, 15.0
    )
    # the design allows half a second and five on a core that needs 79 ms for a plain loop; in loops, that holds on any
    loop = median(theirs)
    words = f"{span(coarse)}, {span(whole)} for {last.fits:,} trainings"
    yield Row(
        "coarsest map, both labels and seeds, in plain loops", "torch.nn + Adam", words, coarse / loop, ceiling=6.3
    )
    yield Row("whole map, in plain loops", "torch.nn + Adam", words, whole / loop, ceiling=63.0)


def _last(maps: Iterator[EffectMap]) -> EffectMap:
    *_, last = maps
    return last


class OneByOne:
    """A machine of scikit-learn at one place, its error on the test points."""

    def __init__(self, of: Scenario) -> None:
        ground = ground_of(of, weight=HEAP)
        points = ground.scene.points.take(ground.scene.points.is_train)
        self.x, self.y = np.vstack([points.xy, [[0.3, 0.1]]]), np.append(points.label, 0)
        self.weight = np.append(np.ones(len(points)), HEAP)
        self.asked, self.label = ground.x, ground.label

    def error(self) -> float:
        model = SVC(gamma=2.0).fit(self.x, self.y, sample_weight=self.weight)
        return float((model.predict(self.asked) != self.label).mean())


class PlainLoop:
    """The net at one place as one would train it with torch.nn, from the same initial weights."""

    def __init__(self, of: Scenario, ground: Ground, sets: Sets) -> None:
        points = ground.scene.points.take(ground.scene.points.is_train)
        self.x = torch.tensor(np.vstack([points.xy, sets.x[0]]), dtype=torch.float32)
        self.y = torch.tensor(np.append(points.label, sets.label[0]).astype(np.int64))
        self.weight = torch.tensor(np.append(np.ones(len(points)), sets.weight[0]), dtype=torch.float32)
        self.weight /= self.weight.sum()
        self.asked = torch.tensor(ground.x, dtype=torch.float32)
        self.label = torch.tensor(ground.label)
        self.steps, self.rate = of.training.steps, of.training.learning_rate
        self.start = _initial(of, ground)
        self.net = nn.Sequential()

    def run(self) -> None:
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 2))
        self.net.load_state_dict(dict(zip(self.net.state_dict(), self.start, strict=True)))
        optimiser = torch.optim.Adam(self.net.parameters(), lr=self.rate)
        for _ in range(self.steps):
            optimiser.zero_grad()
            (F.cross_entropy(self.net(self.x), self.y, reduction="none") @ self.weight).backward()
            optimiser.step()

    def loss(self) -> float:
        with torch.no_grad():
            return float(F.cross_entropy(self.net(self.asked), self.label))


def _initial(of: Scenario, ground: Ground) -> list[torch.Tensor]:
    """Weights and biases, layer by layer, as the product draws them for its first seed."""
    from boundaryviz.engine.session import Session

    learner: object = Session(of, ground.scene, (ground.seeds[0],)).learner
    return [part[0].reshape(-1) if part.shape[2] == 1 else part[0] for part in learner.asked]  # type: ignore[attr-defined]
