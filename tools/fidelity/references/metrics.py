"""Metrics by plain loops over points, pins, cells and seeds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import log, nan, sqrt

Classes = Sequence[int]


def share(of: Sequence[bool]) -> float:
    """How much of them is true."""
    return sum(1 for one in of if one) / len(of)


def error(predicted: Classes, label: Classes) -> float:
    """Share of wrong answers."""
    return share([a != b for a, b in zip(predicted, label, strict=True)])


def cross_entropy(p: Sequence[Sequence[float]], label: Classes) -> float:
    """Mean of - log p of the true class."""
    return sum(-log(row[k]) for row, k in zip(p, label, strict=True)) / len(label)


def flip_rate(clean: Classes, poisoned: Classes) -> float:
    """Share of answers that differ between the twins."""
    return error(poisoned, clean)


def floor_rate(clean: Sequence[Classes]) -> float:
    """Share of answers that differ between clean twins of two seeds, in the mean over all pairs."""
    pairs = [error(a, b) for a, b in combinations(clean, 2)]
    return sum(pairs) / len(pairs)


def success(answers: Classes, wanted: Classes, clean: Classes | None = None) -> float:
    """Share of the pins that get the class the attacker wants, of those alone that the clean twin gives another, where
    its answers are given; NaN where no pin is left."""
    won = [
        answer == goal
        for at, (answer, goal) in enumerate(zip(answers, wanted, strict=True))
        if clean is None or clean[at] != goal
    ]
    return share(won) if won else nan


def confusion(predicted: Classes, label: Classes, classes: int) -> list[list[int]]:
    """How many points of each class (rows) are taken for each (columns), of those that have a class and an answer."""
    table = [[0] * classes for _ in range(classes)]
    for guess, truth in zip(predicted, label, strict=True):
        if guess >= 0 and truth >= 0:
            table[truth][guess] += 1
    return table


def wilson(won: int, n: int, z: float) -> tuple[float, float]:
    """Both p at which the observed share lies z standard deviations off: (share - p)^2 = z^2 p (1 - p) / n (Wilson
    1927), found by bisection on either side of the share."""
    seen = won / n

    def beyond(p: float) -> bool:
        return (seen - p) ** 2 > z * z * p * (1 - p) / n

    def edge(outside: float) -> float:
        if not beyond(outside):
            return outside
        inside = seen
        for _ in range(200):
            middle = (outside + inside) / 2
            outside, inside = (middle, inside) if beyond(middle) else (outside, middle)
        return inside

    return edge(0.0), edge(1.0)


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation with n - 1, of the seeds that have a value."""
    known = [v for v in values if v == v]
    mean = sum(known) / len(known)
    return mean, sqrt(sum((v - mean) ** 2 for v in known) / (len(known) - 1)) if len(known) > 1 else 0.0
