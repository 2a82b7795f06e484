"""Random numbers of a name: each a function of what it is for alone, so that nobody's shift anybody else's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MASK = (1 << 64) - 1


def _mix(z: int) -> int:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014, section 5) on one 64-bit number."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def key(*parts: int) -> int:
    """One 64-bit number from several, every bit of each of which matters."""
    z = 0x9E3779B97F4A7C15
    for part in parts:
        z = _mix((z + (part & _MASK) * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) & _MASK)
    return z


def hashes(start: int | NDArray[np.uint64], ids: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Pseudo-random uint64 in the common shape of both, each a function of its start and its id alone
    (splitmix64, as in `key`); for one start, no two ids share a number."""
    z = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.asarray(start, dtype=np.uint64)
    z ^= z >> np.uint64(30)
    z *= np.uint64(0xBF58476D1CE4E5B9)
    z ^= z >> np.uint64(27)
    z *= np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return z


def generator(*parts: int) -> np.random.Generator:
    """A numpy generator for one (seed, purpose, step, ...)."""
    return np.random.Generator(np.random.Philox(key=key(*parts)))
