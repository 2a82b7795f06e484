"""How well typed letters fit a name: the command palette's order."""

from __future__ import annotations

import re


def score(typed: str, name: str) -> float | None:
    """The higher the better; None when the letters of `typed` do not occur in `name` in their order.

    Runs of letters, beginnings of words and short names count; case and spaces in `typed` do not.
    """
    wanted = re.sub(r"\s+", "", typed.casefold())
    folded = name.casefold()
    if not wanted:
        return 0.0
    starts = {match.start() for match in re.finditer(r"\b\w", folded)}
    best: dict[int, float] = {-1: 0.0}  # where the last letter fitted -> best total so far
    for letter in wanted:
        following: dict[int, float] = {}
        for at, here in enumerate(folded):
            if here != letter:
                continue
            totals = [
                total + 1.0 + (2.0 if at == before + 1 and before >= 0 else 0.0) + (3.0 if at in starts else 0.0)
                for before, total in best.items()
                if before < at
            ]
            if totals:
                following[at] = max(totals)
        best = following
        if not best:
            return None
    return max(best.values()) - 0.02 * len(folded)
