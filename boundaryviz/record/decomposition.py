"""Noise, bias and variance of models trained on many samples of the data, place by place. Numbers, nothing heavy.

For the zero-one loss as in Domingos, "A unified bias-variance decomposition", ICML 2000, theorem 3 (for two classes
theorem 2); for the squared loss of probabilities as in Geman, Bienenstock and Doursat 1992.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.base import UNDECIDED

MEASURES = {
    "error": "how often a model is wrong, of models trained on samples of the data",
    "noise": "how often the best class is wrong, which no model can help",
    "noise_effect": "what noise adds to the error: less where models are wrong anyway",
    "bias": "the main prediction, that of most models, is not the best class",
    "variance": "how often a model differs from the main prediction",
    "unbiased_variance": "variance where the main prediction is right, which adds to the error",
    "biased_variance": "models that are right where the main prediction is wrong, which takes from the error",
    "net_variance": "what variance adds to the error: unbiased less biased",
    "squared_error": "squared error of the probabilities, half the sum over the classes",
    "squared_noise": "variance of the true class itself",
    "squared_bias": "squared distance of the mean probabilities from the true ones",
    "squared_variance": "variance of the probabilities over models",
}
"""What is known of each place, in words. error = noise_effect + bias + unbiased_variance - biased_variance, and
squared_error = squared_noise + squared_bias + squared_variance."""


@dataclass(frozen=True, eq=False)
class Decomposition:
    """What S models said at M places, and what would be true there.

    votes: int64 (C + 1, M), how many predict each class, the last row of those that are undecided, which is never
    right. sums: float64 (C, M), their probabilities added up, and squares: float64 (M,), those squared and added up
    over models and classes. target: float64 (C, M), how probable each class is; NaN where that is not known, and with
    it whatever hangs on it. Every measure in `MEASURES` is a float64 (M,).
    """

    votes: NDArray[np.int64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]
    target: NDArray[np.float64]

    @classmethod
    def empty(cls, target: NDArray[np.float64]) -> Self:
        """Before the first model."""
        classes, places = target.shape
        return cls(
            np.zeros((classes + 1, places), dtype=np.int64), np.zeros((classes, places)), np.zeros(places), target
        )

    def __add__(self, other: Self) -> Self:
        """With the models of another one at the same places."""
        return replace(
            self, votes=self.votes + other.votes, sums=self.sums + other.sums, squares=self.squares + other.squares
        )

    def take(self, at: slice) -> Self:
        """Some of the places."""
        return type(self)(self.votes[:, at], self.sums[:, at], self.squares[at], self.target[:, at])

    @cached_property
    def samples(self) -> int:
        """S; 0 without places."""
        return int(self.votes[:, 0].sum()) if self.votes.shape[1] else 0

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Where it is known what would be true, (M,)."""
        found: NDArray[np.bool_] = np.asarray(np.isfinite(self.target).all(axis=0))
        return found

    @cached_property
    def main(self) -> NDArray[np.int64]:
        """The main prediction (M,): the class that most models predict, the first of equals; -1 for undecided."""
        found = self.votes.argmax(axis=0)
        return np.where((found == len(self.target)) | (self.samples == 0), UNDECIDED, found)

    @cached_property
    def best(self) -> NDArray[np.int64]:
        """The likeliest class (M,), the first of equals; -1 where that is not known."""
        return np.where(self.known, self.target.argmax(axis=0), UNDECIDED)

    def __getitem__(self, measure: str) -> NDArray[np.float64]:
        """One of `MEASURES`, (M,). Raises KeyError for another name."""
        return self._measures[measure]

    def means(self) -> dict[str, float]:
        """The means of all measures over the places; NaN where one is known of none of them."""
        return {
            name: float(values[kept].mean()) if (kept := np.isfinite(values)).any() else float("nan")
            for name, values in self._measures.items()
        }

    @cached_property
    def _measures(self) -> dict[str, NDArray[np.float64]]:
        with np.errstate(invalid="ignore"):
            share = self.votes / self.samples if self.samples else np.full(self.votes.shape, np.nan)
            found = self._zero_one(share) | self._squared()
        return {name: found[name] for name in MEASURES}

    def _zero_one(self, share: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """share: (C + 1, M), of the models that predict each class."""
        classes, places = self.target.shape
        every = np.arange(places)
        nobody = np.full(places, np.nan)
        right = np.where(self.known, share[self.best, every], np.nan)
        bias = np.where(self.known, self.main != self.best, np.nan) if self.samples else nobody
        variance = 1.0 - share.max(axis=0)
        noise = np.where(self.known, 1.0 - self.target[self.best, every], np.nan)
        agree = (self.target * share[:classes]).sum(axis=0)  # model and truth say the same
        others = agree - right * (1.0 - noise)  # and it is not the best class
        unbiased, biased = np.where(bias == 0, variance, 0.0 * bias), np.where(bias == 1, right, 0.0 * bias)
        return {
            "error": 1.0 - agree,
            "noise": noise,
            "noise_effect": right * noise - others,
            "bias": bias,
            "variance": variance,
            "unbiased_variance": unbiased,
            "biased_variance": biased,
            "net_variance": unbiased - biased,
        }

    def _squared(self) -> dict[str, NDArray[np.float64]]:
        mean = self.sums / self.samples if self.samples else np.full(self.sums.shape, np.nan)
        second = self.squares / self.samples if self.samples else np.full(self.squares.shape, np.nan)
        return {
            "squared_error": 0.5 * (1.0 - 2.0 * (self.target * mean).sum(axis=0) + second),
            "squared_noise": 0.5 * (1.0 - (self.target**2).sum(axis=0)),
            "squared_bias": 0.5 * ((self.target - mean) ** 2).sum(axis=0),
            "squared_variance": 0.5 * np.maximum(second - (mean**2).sum(axis=0), 0.0),
        }
