"""Who is trained together: the seed of each replica, and the poison it sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

CLEAN: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Replicas:
    """R replicas. seeds: one each. groups: of poison that each sees; None stands for those that are switched on.

    A clean replica sees none. Replicas with one seed share initial weights, batches and noise.
    """

    seeds: tuple[int, ...]
    groups: tuple[frozenset[int] | None, ...]

    @classmethod
    def of(cls, seeds: Sequence[int], twin: bool = False) -> Self:
        """One replica for each seed; with a twin all clean ones first, then all poisoned ones."""
        if not twin:
            return cls(tuple(seeds), (None,) * len(seeds))
        return cls((*seeds, *seeds), (CLEAN,) * len(seeds) + (None,) * len(seeds))

    @classmethod
    def doses(cls, seeds: Sequence[int], groups: Sequence[frozenset[int]]) -> Self:
        """Every seed at every dose, which are groups of poison: all doses of the first seed, then of the next."""
        return cls(tuple(seed for seed in seeds for _ in groups), tuple(groups) * len(seeds))

    def __len__(self) -> int:
        return len(self.seeds)

    def clean_twins(self) -> list[int]:
        """For each replica the first with the same seed that sees no poison; itself for a clean one, and where there
        is none."""
        clean: dict[int, int] = {}
        for replica, (seed, groups) in enumerate(zip(self.seeds, self.groups, strict=True)):
            if groups == CLEAN:
                clean.setdefault(seed, replica)
        return [
            replica if groups == CLEAN else clean.get(seed, replica)
            for replica, (seed, groups) in enumerate(zip(self.seeds, self.groups, strict=True))
        ]
