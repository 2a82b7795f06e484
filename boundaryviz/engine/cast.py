"""Who is trained together: the seed of each replica, and the poison it sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

CLEAN: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Cast:
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

    def __len__(self) -> int:
        return len(self.seeds)

    def clean_twin(self, replica: int) -> int | None:
        """The replica with the same seed that sees no poison; None where there is none, or for a clean one."""
        if self.groups[replica] == CLEAN:
            return None
        found = (r for r in range(len(self)) if self.seeds[r] == self.seeds[replica] and self.groups[r] == CLEAN)
        return next(found, None)
