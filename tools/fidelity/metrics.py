"""The numbers of a run, worked out again by loops over what its models answer."""

from __future__ import annotations

from functools import cache

import numpy as np

from boundaryviz.engine.evaluation_set import confusion
from boundaryviz.record.dose import DoseCurve
from boundaryviz.record.metrics import Metric, success_rate
from boundaryviz.runs.run import Run, train
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Split
from tools.fidelity.frame import Subject, apart, differing
from tools.fidelity.references import metrics as loops

SUBJECT = Subject(
    "Metrics",
    """
    Small runs of drawn data, nets and poison, with two or three seeds and their clean twins. The models' answers
    are the program's own, which the other subjects check; what is counted from them is counted here in loops.
    """,
)

Z = 1.959963984540054  # the 97.5 % point of the normal distribution


@cache
def run(seed: int) -> Run:
    """A run with poison and twins."""
    rng = np.random.default_rng(seed)
    attack = ("copies", "bridge", "junk", "flip")[seed % 4]
    given: dict[str, object] = {
        "data.name": ("moons", "blobs")[seed // 4 % 2], "data.n": int(rng.integers(40, 90)), "data.seed": seed,
        "learner.hidden": [int(rng.integers(2, 8))], "training.learning_rate": 0.05, "training.seed": seed,
        "poison.attack": attack, "poison.count": int(rng.integers(5, 15)),
    }  # fmt: skip
    scenario = Scenario().with_values(given)
    return train(scenario, seeds=2 + seed % 2, twin=True, steps=25, progress=False, device="cpu")


def answers(seed: int, split: Split, clean: bool) -> tuple[list[list[int]], list[int]]:
    """What each seed answers to the clean points of a split that have a label, and their labels."""
    found = run(seed)
    points = found.scene.points
    some = points.take((points.split == split) & ~points.is_poison & points.is_labelled & ~points.muted)
    return [found.predict(some.x, k, clean).tolist() for k in range(len(found.seeds))], some.label.tolist()


@SUBJECT.check("errors of three splits, poisoned and clean", "a loop over points", 1e-12, 24)
def errors(seed: int) -> float:
    worst = 0.0
    for split in Split:
        for clean in (False, True):
            predicted, label = answers(seed, split, clean)
            told = (run(seed).clean if clean else run(seed).poisoned)[f"{split.name.lower()}_error"].per_seed
            if split != Split.TRAIN or run(seed).scenario.poison.attack != "flip":  # whose withdrawn points differ
                worst = max(worst, apart(told, [loops.error(one, label) for one in predicted]))
    return worst


@SUBJECT.check("cross-entropy of validation and test", "a loop over points, from the probabilities", 1e-5, 24)
def losses(seed: int) -> float:
    found, worst = run(seed), 0.0
    points = found.scene.points
    for split in (Split.VALIDATION, Split.TEST):
        some = points.take((points.split == split) & ~points.is_poison)
        p = [found.predict_proba(some.x, k).astype(float).tolist() for k in range(len(found.seeds))]
        told = found.poisoned[f"{split.name.lower()}_loss"].per_seed
        worst = max(worst, apart(told, [loops.cross_entropy(one, some.label.tolist()) for one in p]))
    return worst


@SUBJECT.check("flip rate, its excess over the seeds, leverage", "a loop over test points", 1e-12, 24)
def flips(seed: int) -> float:
    found = run(seed)
    clean, _ = answers(seed, Split.TEST, True)
    poisoned, _ = answers(seed, Split.TEST, False)
    points, told = found.scene.points, found.metrics
    rates = [loops.flip_rate(a, b) for a, b in zip(clean, poisoned, strict=True)]
    planted = train_points = 0
    for split, poison, withdrawn in zip(points.split, points.is_poison, ~found.scene.seen(), strict=True):
        if split == Split.TRAIN and not withdrawn:
            train_points += 1
            planted += bool(poison)
    floor, share = loops.floor_rate(clean), planted / train_points
    return max(
        apart(told["flip_rate"].per_seed, rates),
        apart(told["flip_rate_excess"].per_seed, [rate - floor for rate in rates]),
        apart(told["poison_rate"].per_seed, [share for _ in rates]),
        apart(told["leverage"].per_seed, [rate / share for rate in rates]),
    )


@SUBJECT.check("flip area", "a loop over the cells of the domain", 1e-12, 12)
def area(seed: int) -> float:
    found, side = run(seed), 24
    domain = found.scene.domain
    cell = max(domain.width, domain.height) / side
    columns, rows = round(domain.width / cell), round(domain.height / cell)
    places = [centre(domain, columns, rows, i, j) for j in range(rows) for i in range(columns)]
    told = found.comparison(side).metrics()["flip_area"].per_seed
    both = [[found.predict(places, k, clean).tolist() for clean in (True, False)] for k in range(len(found.seeds))]
    return apart(told, [loops.flip_rate(*one) for one in both])


def centre(domain: Domain, columns: int, rows: int, i: int, j: int) -> tuple[float, float]:
    """Of the cell in column i and row j, counted from below."""
    return (
        domain.left + (i + 0.5) * domain.width / columns,
        domain.bottom + (j + 0.5) * domain.height / rows,
    )


@SUBJECT.check("attack success rate, clean and poisoned", "a loop over pins", 1e-12, 24)
def success(seed: int) -> float:
    found = run(seed)
    pins = found.scene.targets
    if not pins:
        return 0.0
    places, wanted = [(pin.x, pin.y) for pin in pins], [pin.target_class for pin in pins]
    clean, poisoned = (
        [found.predict(places, k, one).tolist() for k in range(len(found.seeds))] for one in (True, False)
    )
    told = found.clean["attack_success_rate"].per_seed, found.metrics["attack_success_rate"].per_seed
    unasked = [loops.success(one, wanted) for one in clean]
    won = [loops.success(one, wanted, before) for one, before in zip(poisoned, clean, strict=True)]
    return apart(np.concatenate(told), unasked + won)


@SUBJECT.check("attack success rate of several pins, with drawn answers", "a loop over pins", 1e-12, 60)
def success_of_several(seed: int) -> float:
    rng = np.random.default_rng(seed)
    shape = 4, int(rng.integers(1, 5))
    clean, poisoned, wanted = rng.integers(-1, 3, shape), rng.integers(-1, 3, shape), rng.integers(0, 3, shape[1])
    told = success_rate(poisoned, wanted, clean).per_seed + success_rate(clean, wanted).per_seed
    pairs = zip(poisoned.tolist(), clean.tolist(), strict=True)
    expected = [loops.success(one, wanted.tolist(), before) for one, before in pairs]
    return apart(told, expected + [loops.success(one, wanted.tolist()) for one in clean.tolist()])


@SUBJECT.check("confusion matrix of three splits", "a loop over points (cells that differ)", 0.0, 24)
def matrix(seed: int) -> float:
    found = run(seed)
    points = found.scene.points
    predicted = found.predict(points.x)
    told, wrong = confusion(found.scene, predicted), 0.0
    for split in Split:
        some = (points.split == split) & ~points.is_poison
        expected = loops.confusion(predicted[some].tolist(), points.label[some].tolist(), found.scene.classes)
        wrong += differing(told[split], expected)
    return wrong


@SUBJECT.check("mean and spread over seeds, some without a value", "a loop over seeds", 1e-12, 40)
def summary(seed: int) -> float:
    rng = np.random.default_rng(seed)
    values = np.where(rng.random(8) < 0.2, np.nan, rng.normal(size=8))
    values[0] = 1.0
    told = Metric.of(values)
    return apart((told.mean, told.std), loops.spread(values.tolist()))


@SUBJECT.check("Wilson interval", "its defining quadratic, by bisection", 1e-6, 40)
def wilson(seed: int) -> float:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 40))
    won = [0, n, int(rng.integers(0, n + 1))]
    rows = np.array([[1.0] * k + [0.0] * (n - k) for k in won])
    band = DoseCurve("mlp", "", True, "training", 0, rows * 0, rows).success_band()
    assert band is not None
    expected = np.array([loops.wilson(k, n, Z) for k in won])
    return max(apart(band.low, expected[:, 0]), apart(band.high, expected[:, 1]))
