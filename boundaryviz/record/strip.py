"""Which moments of a run tell its story in few pictures."""

from __future__ import annotations

import numpy as np

STRIP = 6
"""How many moments a strip shows where nobody asks for others."""


def checkpoints(last: int, count: int = STRIP) -> tuple[int, ...]:
    """Up to `count` steps from 0 to `last`, rising: after 0 they grow by about the same factor, over two decades or
    what there is of them, and are round where that leaves them in order. Fewer where there are not as many steps.
    """
    if last <= 0 or count < 2:
        return (max(last, 0),)
    steps = [0]
    for step in np.geomspace(max(1.0, last / 100), last, count - 1)[:-1]:
        steps.append(max(_round(step), steps[-1] + 1))
    return (*(step for step in steps if step < last), last)


def _round(step: float) -> int:
    """To one figure."""
    unit = 10.0 ** np.floor(np.log10(step))
    return int(round(step / unit) * unit)
