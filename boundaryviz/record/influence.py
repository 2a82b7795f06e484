"""Which training points are answerable for the decision at a place, by estimates, and by leaving each out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

METHODS: dict[str, str] = {
    "influence": "influence function",
    "warm": "warm retraining",
    "shapley": "Shapley value",
    "labels": "share of its label",
    "representers": "representer",
    "tracin": "TracIn",
}
"""The methods by name, with what each is called; what predicts leaving a point out comes before what is a picture."""
TRUTH = "leave-one-out"
"""The name of what every method is held against."""
PICTURES = frozenset({"representers", "tracin"})
"""Methods that show how the model came by its answer, and predict nothing of a model trained without the point."""
NOISE = 0.5
"""A ceiling below it is called noise: another seed ranks the points otherwise."""
CERTAIN = 0.95
"""A ceiling from it on is called free of chance."""

_FEWEST = 3  # points of which a correlation is taken


def spearman(a: NDArray[np.float64], b: NDArray[np.float64]) -> float | None:
    """The rank correlation of two rows (N,), ties given their mean rank, of what is a number in both; None of fewer
    than three, or where one of them is the same everywhere."""
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < _FEWEST:
        return None
    ranks = [_ranks(row[known]) for row in (a, b)]
    if any(np.ptp(row) == 0 for row in ranks):
        return None
    away = [row - row.mean() for row in ranks]
    return float(away[0] @ away[1] / np.sqrt((away[0] @ away[0]) * (away[1] @ away[1])))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    found: NDArray[np.float64] = (last - (count - 1) / 2)[which]
    return found


@dataclass(frozen=True, eq=False)
class Explanation:
    """What the decision at a place rests on, among N training points.

    place: of the plane. decided, rival: the class there, and the one it leads before. lead: by how much; a difference
    of logits, or of probabilities, as `scale` says. step, seed: of the model that was asked. ids: int64 (N,).
    methods: M names of `METHODS`. scores: float64 (M, N), by how much the lead would fall without a point, as each
    method has it: above 0 the point supports the decision, below it opposes it; NaN where a method says nothing of it.
    truth: float64 (N,), the same by training without the point from the start; other: the same with another seed. NaN
    where that is not known. seeded: whether seeds make a difference. group: how many points are left out together, the
    point with its nearest of the same class. refused: why a method does not apply, by name. cautions: what is to be
    said of one that does.
    """

    place: tuple[float, float]
    decided: int
    rival: int
    lead: float
    scale: str
    step: int
    seed: int
    ids: NDArray[np.int64]
    methods: tuple[str, ...]
    scores: NDArray[np.float64]
    truth: NDArray[np.float64]
    other: NDArray[np.float64]
    seeded: bool = True
    group: int = 1
    refused: Mapping[str, str] = field(default_factory=dict)
    cautions: Mapping[str, str] = field(default_factory=dict)

    # ---- what it says -------------------------------------------------------------------------------

    def row(self, method: str) -> NDArray[np.float64]:
        """What a method says of each point (N,), or the leave-one-out; NaN throughout where there is nothing of it."""
        if method == TRUTH:
            return self.truth
        if method not in self.methods:
            return np.full(len(self.ids), np.nan)
        return self.scores[self.methods.index(method)]

    @property
    def best(self) -> str:
        """The method to go by: the first that says anything, or the leave-one-out where no method does."""
        return next((name for name in self.methods if np.isfinite(self.row(name)).any()), TRUTH)

    def ranked(self, method: str | None = None, top: int | None = None) -> NDArray[np.int64]:
        """Positions of the points by how much they weigh either way, the most first; default by the best method.
        Points of which nothing is known, or that weigh nothing, are left out."""
        row = np.nan_to_num(self.row(method or self.best))
        order = np.argsort(-np.abs(row), kind="stable")
        return order[row[order] != 0][:top]

    def agreement(self, method: str) -> float | None:
        """The rank correlation of a method with the leave-one-out, over the points of which both are known."""
        return spearman(self.row(method), self.truth)

    @property
    def ceiling(self) -> float | None:
        """The rank correlation of two seeds' leave-one-out: what no method can exceed but by following this one seed.
        1 where nothing is random; None while it is not known."""
        if not self.seeded:
            return 1.0 if np.isfinite(self.truth).any() else None
        return spearman(self.truth, self.other)

    @property
    def known(self) -> int:
        """How many points have been left out by now."""
        return int(np.isfinite(self.truth).sum())

    def joined(self, other: Explanation) -> Explanation:
        """This one, and of whatever it says nothing what another says of the same points and classes."""
        if (other.decided, other.rival) != (self.decided, self.rival):
            return self
        _, ours, theirs = np.intersect1d(self.ids, other.ids, assume_unique=True, return_indices=True)

        def filled(own: NDArray[np.float64], given: NDArray[np.float64]) -> NDArray[np.float64]:
            if np.isfinite(own).any():
                return own
            made = own.copy()
            made[ours] = given[theirs]
            return made

        rows = [filled(self.row(name), other.row(name)) for name in self.methods]
        return replace(
            self, scores=np.array(rows).reshape(self.scores.shape), truth=filled(self.truth, other.truth),
            other=filled(self.other, other.other),
        )  # fmt: skip

    # ---- in words -----------------------------------------------------------------------------------

    @property
    def ceiling_words(self) -> str:
        """What another seed makes of it, in a sentence; of nothing left out, that nothing is known of it."""
        known, ceiling = self.known, self.ceiling
        if not known:
            return "No point has been left out yet: how far this is chance is not known." if self.seeded else ""
        if not self.seeded:
            return "Nothing in this learner is random: leaving a point out has one result."
        if ceiling is None:
            return ""
        if ceiling < NOISE:
            return f"Another seed agrees only by {ceiling:.2f}: this is noise."
        if ceiling >= CERTAIN:
            return f"Another seed agrees by {ceiling:.2f}: chance plays no part."
        return f"Another seed agrees by {ceiling:.2f}; what a method has beyond that is of this seed alone."

    def agreement_words(self, method: str) -> str:
        """How a method compares with leaving points out, in a sentence; empty while that is not known."""
        found = self.agreement(method)
        return "" if found is None else f"{titled(method)} agrees with {TRUTH} by {found:.2f}."

    # ---- as plain values ----------------------------------------------------------------------------

    def plain(self, top: int | None = None) -> dict[str, Any]:
        """For JSON: None for what is not known. top: points that are listed, by the best method."""
        order = self.ranked() if top is None else self.ranked(top=top)
        return {
            "place": list(self.place), "decided": self.decided, "rival": self.rival, "lead": self.lead,
            "scale": self.scale, "step": self.step, "seed": self.seed, "group": self.group,
            "ceiling": self.ceiling, "left_out": self.known,
            "agreement": {name: self.agreement(name) for name in self.methods},
            "refused": dict(self.refused), "cautions": dict(self.cautions),
            "points": [
                {"id": int(self.ids[at])}
                | {name: _number(self.row(name)[at]) for name in self.methods}
                | {TRUTH: _number(self.truth[at]), "another_seed": _number(self.other[at])}
                for at in order
            ],
        }  # fmt: skip


def titled(method: str) -> str:
    """What a method is called, at the beginning of a sentence."""
    return METHODS[method][0].upper() + METHODS[method][1:]


def widths(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How wide what stands for each value is drawn, 0 to 1 (N,), by its share of the largest, either way."""
    most = np.abs(values).max(initial=0.0)
    return np.abs(values) / most if most > 0 else np.zeros(len(values))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def rivals(values: Sequence[float], decided: int) -> int:
    """The class of the largest of these values (C,) besides the one decided."""
    return max((c for c in range(len(values)) if c != decided), key=lambda c: values[c])
