"""What came of attacks on a model as it stands, as values that are drawn and handed between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from boundaryviz.evasion.settings import Method, Norm
from boundaryviz.scene.arrays import frozen

_KINDS = {
    "ids": np.int64, "places": np.float64, "inputs": np.float64, "ends_xy": np.float64, "ends": np.float64,
    "length": np.float64, "flipped": np.bool_, "from_class": np.int64, "to_class": np.int64, "off_plane": np.float64,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Pushes:
    """How N inputs were pushed.

    ids: int64 (N,), -1 for a place that is no point. places, ends_xy: float64 (N, 2), where a push begins and ends, as
    it is seen on the plane. inputs, ends: float64 (N, D), the same in full; where nothing was found the end is NaN for
    a method that looks for the shortest push.
    length: float64 (N,), of the push in the norm, in units of the data; inf where there is none.
    flipped: bool (N,), whether the end is decided otherwise than the beginning, or as the class aimed at.
    from_class, to_class: int64 (N,), how both are decided; -1 undecided.
    off_plane: float64 (N,), the share of the squared Euclidean length that is orthogonal to the plane, 0 to 1.
    exact: whether `length` is the distance to the boundary itself; otherwise it is an upper bound of it.
    words: what to say beside it, a sentence, or nothing.
    certificates: float64 (N,), within which randomised smoothing proves that nothing changes; None where not asked for.
    """

    ids: NDArray[np.int64]
    places: NDArray[np.float64]
    inputs: NDArray[np.float64]
    ends_xy: NDArray[np.float64]
    ends: NDArray[np.float64]
    length: NDArray[np.float64]
    flipped: NDArray[np.bool_]
    from_class: NDArray[np.int64]
    to_class: NDArray[np.int64]
    off_plane: NDArray[np.float64]
    method: Method
    norm: Norm
    epsilon: float
    exact: bool = False
    words: str = ""
    certificates: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            object.__setattr__(self, name, frozen(getattr(self, name), kind))
        if self.certificates is not None:
            object.__setattr__(self, "certificates", frozen(self.certificates, np.float64))
        columns = [getattr(self, f.name) for f in fields(self) if isinstance(getattr(self, f.name), np.ndarray)]
        if len({len(column) for column in columns}) > 1:
            raise ValueError("every column of pushes has a row for each of them")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def within(self) -> NDArray[np.bool_]:
        """Which of them change the decision by a push of at most epsilon, (N,)."""
        result: NDArray[np.bool_] = self.flipped & (self.length <= self.epsilon * (1 + 1e-9))
        return result


@dataclass(frozen=True, eq=False)
class Robustness:
    """How large the error becomes when each point may be pushed by at most epsilon.

    epsilons: float64 (E,), rising. lines: by the name of the attack, 'exact', 'fgsm', 'pgd', 'adaptive', 'random',
    'universal', the share (E,) of points that are decided wrongly, be it without a push or after it. norm: of the
    pushes. count: of how many points. words: what to say beside it, a sentence, or nothing.
    """

    epsilons: NDArray[np.float64]
    lines: Mapping[str, NDArray[np.float64]]
    norm: Norm
    count: int
    words: str = ""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Attacks that were asked for and do not work here: name -> why, in a sentence."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "epsilons", frozen(self.epsilons, np.float64))
        lines = {name: frozen(line, np.float64) for name, line in self.lines.items()}
        if any(line.shape != self.epsilons.shape for line in lines.values()):
            raise ValueError("every line of a robustness curve has a value for each epsilon")
        object.__setattr__(self, "lines", lines)
