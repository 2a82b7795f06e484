"""How much poison takes one place, as training points become more: counts and shares. Plain numbers, nothing heavy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.record.intervals import median_interval
from boundaryviz.record.records import Records, Tabular

SIZES: Final = (1_000, 4_000, 20_000)
"""Training points, unless others are named."""
RUNGS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
"""Counts of poison that are tried, from below."""
CRITERION: Final = (
    "needed: the smallest count that takes the target, as the next one up does, of 1, 2, 3, 4, 6, 8, 12, 16, 24, ...; "
    "lines are medians over draws of the data, bars their 95 % intervals by rank"
)

DOCUMENTS: Final = 250
"""Souly et al. (2025): some 250 poisoned documents, for models of 600 million to 13 billion parameters alike."""
DOCUMENTS_WORDS: Final = "Souly et al. (2025): some 250 documents, from 600 M to 13 B parameters"


@dataclass(frozen=True)
class Way:
    """A way of learning and the poison against it. inserts: what the attacker must be able to do.

    values: what of a scenario is set to something else, by dotted path. epochs: how often each point is seen, however
    many there are; None for as many steps as the scenario, or a value, says.
    """

    name: str
    title: str
    inserts: str
    values: tuple[tuple[str, Any], ...] = ()
    labelled: bool = True
    epochs: int | None = None

    def steps(self, size: int, batch: int | Literal["full"]) -> dict[str, int]:
        """The steps of so many points in batches of this size, where they follow from epochs, by their path."""
        if self.epochs is None:
            return {}
        return {"training.steps": max(round(self.epochs * size / (size if batch == "full" else batch)), 1)}


def _supervised(name: str, title: str, jitter: float, *learner: tuple[str, Any], epochs: int | None = None) -> Way:
    return Way(name, title, "insert points under a label of one's own choice", _copied(jitter, *learner), epochs=epochs)


def _captioned(name: str, title: str, *learner: tuple[str, Any], epochs: int | None = None) -> Way:
    values = _copied(0.0, ("learner.name", "captions"), *learner)
    return Way(name, title, "publish points with a caption of one's own choice", values, False, epochs)


def _copied(jitter: float, *learner: tuple[str, Any]) -> tuple[tuple[str, Any], ...]:
    copies = (("poison.attack", "copies"), ("poison.of", "target"), ("poison.jitter", jitter))
    return ("data.labels_per_class", "all"), *learner, *copies


_KNN = (("learner.name", "KNeighborsClassifier"), ("learner.n_neighbors", 7))
_SVM = (("learner.name", "SVC"), ("learner.kernel", "rbf"), ("learner.gamma", 2.0), ("learner.C", 1.0))
_SPREADING = (
    Way("spreading", "six labels spread, a bridge", "publish points, which nobody labels", labelled=False),
    _supervised("copies", "7 nearest neighbours, exact copies", 0.0, *_KNN),
    _supervised("near", "7 nearest neighbours, copies within .02", 0.02, *_KNN),
    _supervised("svm", "RBF support vectors, copies within .02", 0.02, *_SVM),
)

_UNSEEN = ("training.evaluate_every", 100_000)  # no curve is kept
_WAVES = (
    ("learner.hidden", (64, 64)), ("learner.activation", "relu"), ("learner.fourier", 32),
    ("learner.fourier_scale", 3.0), ("training.batch_size", 256), ("training.learning_rate", 0.003), _UNSEEN,
)  # fmt: skip
_PLAIN = (
    ("learner.hidden", (32, 32)), ("learner.activation", "tanh"), ("learner.fourier", 0), ("training.batch_size", 64),
    ("training.learning_rate", 0.003), ("training.steps", 1000), _UNSEEN,
)  # fmt: skip
_CAPTIONS = (
    _captioned("captions", "captions, 20 epochs", *_WAVES, epochs=20),
    _captioned("captions_steps", "captions, 1,000 steps, inputs as they are", *_PLAIN),
    _supervised("labels", "labels, 20 epochs", 0.0, ("learner.name", "mlp"), *_WAVES, epochs=20),
    _supervised("labels_steps", "labels, 1,000 steps, inputs as they are", 0.0, ("learner.name", "mlp"), *_PLAIN),
)
WAYS: Final = (*_SPREADING, *_CAPTIONS)
"""All there are; see `ways_against`."""


def ways_against(learner: str) -> tuple[Way, ...]:
    """The ways that go together, for a scenario with this learner: those of captions, or the scenario as it is and
    others that learn from the same points, all labelled."""
    return _CAPTIONS if learner == "captions" else _SPREADING


@dataclass(frozen=True, eq=False)
class CountLine:
    """One way over N sizes and S draws of the data.

    counts: float64 (N, S), poison needed; infinite where the most that was tried was not enough, NaN where a draw is
    still to come. 0: the target is the attacker's already. flips: float64 (N, S), the share of test points that so
    many turn over, NaN where there is none.
    """

    way: Way
    sizes: tuple[int, ...]
    counts: NDArray[np.float64]
    flips: NDArray[np.float64]

    @property
    def middles(self) -> NDArray[np.float64]:
        """Of each size the median count and the ends of its interval, (N, 3)."""
        return np.array([median_interval(row) for row in self.counts]).reshape(-1, 3)

    @property
    def shares(self) -> NDArray[np.float64]:
        """The same as shares of all training points, the poison among them, (N, 3)."""
        middles, sizes = self.middles, np.array(self.sizes, dtype=np.float64)[:, None]
        return np.where(np.isinf(middles), np.inf, _share(middles, sizes))

    @property
    def reach(self) -> NDArray[np.float64]:
        """The median share of test points that this poison turns over, (N,)."""
        return np.array([median_interval(row)[0] for row in self.flips])

    @property
    def slope(self) -> float:
        """By what power of the training points the median count grows; see `slope_of`."""
        return slope_of(self.sizes, self.middles[:, 0])

    @property
    def slope_share(self) -> float:
        """The same of its share: -1 where the count stays, 0 where the share does."""
        return slope_of(self.sizes, self.shares[:, 0])


@dataclass(frozen=True, eq=False)
class PoisonCount(Tabular):
    """Poison needed against training points. data_seeds: of the draws, in the order of the columns of the lines."""

    scenario: str
    title: str
    sizes: tuple[int, ...]
    data_seeds: tuple[int, ...]
    lines: tuple[CountLine, ...]

    @property
    def left(self) -> int:
        """How many climbs are still to come."""
        return int(sum(np.isnan(line.counts).sum() for line in self.lines))

    def plain(self) -> dict[str, Any]:
        """For JSON, in which what is not known, or was not reached, is null."""
        return {
            "scenario": self.scenario,
            "sizes": list(self.sizes),
            "data_seeds": list(self.data_seeds),
            "criterion": CRITERION,
            "most_tried": RUNGS[-1],
            "lines": [
                {
                    "name": line.way.name, "title": line.way.title, "attacker_must": line.way.inserts,
                    "count": _nulls(line.middles), "share": _nulls(line.shares), "flip_rate": _nulls(line.reach),
                    "slope": _null(line.slope), "slope_share": _null(line.slope_share),
                    "counts": _nulls(line.counts), "flips": _nulls(line.flips),
                }
                for line in self.lines
            ],
        }  # fmt: skip

    @override
    def rows(self) -> Records:
        """A row for each line, size and draw."""
        return Records(
            {
                "scenario": self.scenario, "line": line.way.name, "points": size, "data_seed": seed,
                "count": float(line.counts[at, k]), "share": float(_share(line.counts[at, k], size)),
                "flip_rate": float(line.flips[at, k]),
            }
            for line in self.lines
            for at, size in enumerate(self.sizes)
            for k, seed in enumerate(self.data_seeds)
        )  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([f"{self.title}: poison needed", *(_told(line) for line in self.lines)])


def slope_of(sizes: Sequence[int], values: Any) -> float:
    """The power of the size by which values (N,) grow: the slope of a straight line through both logarithms, by least
    squares. NaN for fewer than two values, or where one is 0, infinite or not known."""
    values = np.asarray(values, dtype=np.float64)
    if len(values) < 2 or not (np.isfinite(values) & (values > 0)).all():
        return math.nan
    return float(np.polyfit(np.log(np.asarray(sizes, dtype=np.float64)), np.log(values), 1)[0])


def measures_of(
    counts: Mapping[tuple[str, int], tuple[float, float]], sizes: Sequence[int] = SIZES
) -> dict[str, float]:
    """The measures of `[expect]` under 'count.', of one draw.

    counts: way and size -> poison needed, and the share of test points it turns over.
    """
    found = {f"{name}_{size}": count for (name, size), (count, _) in counts.items()}
    found |= {f"{name}_{size}_reach": flips for (name, size), (_, flips) in counts.items()}
    for name in dict.fromkeys(name for name, _ in counts):
        if all((name, size) in counts for size in sizes):
            needed = np.array([counts[name, size][0] for size in sizes])
            found[f"{name}_slope"] = slope_of(sizes, needed)
            found[f"{name}_slope_share"] = slope_of(sizes, _share(needed, np.array(sizes)))
    return found


def _share(count: Any, size: Any) -> Any:
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(count), np.inf, count / (size + np.asarray(count)))


def _told(line: CountLine) -> str:
    """One line in words: of each size the count, its share and its reach."""
    cells = [
        f"{size:,}: " + (f"more than {RUNGS[-1]:,}" if math.isinf(count) else f"{count:,.4g} ({100 * share:.3g} %)")
        for size, count, share in zip(line.sizes, line.middles[:, 0], line.shares[:, 0], strict=True)
        if not math.isnan(count)
    ]
    return f"  {line.way.title}: " + ", ".join(cells)


def _null(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _nulls(values: NDArray[np.float64]) -> list[Any]:
    return [_null(one) if np.ndim(one) == 0 else _nulls(one) for one in values]
