"""What a film shows: snapshots in their order, and the curves they lie on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boundaryviz.record.curves import CurveStore
from boundaryviz.record.snapshot import Snapshot

_WIDE, _NARROW = "\u2007", "\u2008"  # spaces as wide as a digit, and as a comma


@dataclass(frozen=True, eq=False)
class Sweep:
    """A way through values of a setting, one run for each. name: in words; values: in words, one for each
    snapshot."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FrameSequence:
    """One or more snapshots, all over the same rectangle with fields of the same shape.

    shown, clean: any sequences; a snapshot is asked for when it is drawn, so that they may be made on demand. clean:
    the clean twin's, for the film 'twin'. curves: evaluations over the whole film; their steps are those of the
    snapshots, or with a sweep the numbers of the snapshots from 0. each: how many frames a snapshot stands.
    """

    shown: Sequence[Snapshot]
    curves: CurveStore
    clean: Sequence[Snapshot] | None = None
    sweep: Sweep | None = None
    each: int = 1

    def __post_init__(self) -> None:
        if not len(self.shown):
            raise ValueError("a film needs at least one moment")
        if self.clean is not None and len(self.clean) != len(self.shown):
            raise ValueError(f"{len(self.shown)} moments, but {len(self.clean)} of the clean twin")
        if self.sweep is not None and len(self.sweep.values) != len(self.shown):
            raise ValueError(f"{len(self.shown)} moments, but {len(self.sweep.values)} values")
        if self.each < 1:
            raise ValueError("a moment stands for at least one frame")

    @classmethod
    def over_training(
        cls, shown: Sequence[Snapshot], clean: Sequence[Snapshot] | None = None, each: int = 1
    ) -> FrameSequence:
        """Moments of one run, in their order; the curves are the last one's."""
        return cls(shown, shown[-1].curves, clean, None, each)

    def place(self, at: int, snapshot: Snapshot) -> int:
        """Where this snapshot, number `at`, lies on the curves."""
        return snapshot.step if self.sweep is None else at

    def words(self, at: int, snapshot: Snapshot) -> str:
        """'step 1,240', as wide as for every other snapshot; or the value of the setting."""
        if self.sweep is not None:
            return f"{self.sweep.name} {self.sweep.values[at]}"
        most = f"{self.shown[-1].step:,}"
        here = f"{snapshot.step:,}".rjust(len(most))
        kept = len(most) - len(here.lstrip())
        blank = "".join(_NARROW if mark == "," else _WIDE for mark in most[:kept])
        return f"step {blank}{here.lstrip()}"
