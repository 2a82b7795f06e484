"""Which hidden units a step silences: each a function of seed, step, layer, part, unit and column alone.

So neither other replicas nor poison shift anybody's masks, and every engine silences the same units: a hash is worked
out alike by torch on any device and by compiled code.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from boundaryviz.learners.point_draws import hashed, shifted, started
from boundaryviz.learners.streams import Purpose

COLUMN_BITS = 32
"""The hash of a unit and a column is that of unit << COLUMN_BITS | column."""
BITS = 24
"""Of a hash, those on top that decide: a unit is silent where they, as a number, are below `threshold`."""


def starts(seeds: Sequence[int], device: torch.device) -> Tensor:
    """Where the hashes of replicas with these seeds begin, int64 (R,)."""
    return started(seeds, Purpose.DROPOUT, device)


def threshold(rate: float) -> int:
    """Below which number of `BITS` bits, all of them equally likely, a unit is silent at this rate."""
    return round(rate * (1 << BITS))


def masks(begun: Tensor, step: int | Tensor, part: int, hidden: Sequence[int], first: int, columns: int, rate: float,
          dtype: torch.dtype = torch.float32) -> list[Tensor]:  # fmt: skip
    """Inverted dropout (Srivastava et al. 2014, section 10): 0 or 1 / (1 - rate), (R, units, columns) for each layer.

    begun: the `starts` of the replicas. step: its number, in a tensor where it changes on the device. part: 0 of clean
    columns, 1 of poison, each of which counts its columns from 0; first: the number of the first of these.
    """
    least = threshold(rate)
    at = hashed(begun, torch.as_tensor(step, device=begun.device))
    numbers = torch.arange(first, first + columns, device=begun.device)
    found = []
    for layer, units in enumerate(hidden):
        number = torch.full((), 2 * layer + part, dtype=torch.int64, device=begun.device)  # not brought from the host
        each = hashed(at, number)[:, None, None]
        ids = (torch.arange(units, device=begun.device) << COLUMN_BITS)[:, None] + numbers
        found.append((shifted(hashed(each, ids), 64 - BITS) >= least).to(dtype).div_(1 - rate))
    return found
