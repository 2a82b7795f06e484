"""What stands in the rows of a table of attacks, whichever it is of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from boundaryviz.record.scoreboard import CERTIFICATE_WORDS, HARM, HARMS, HEADINGS, Scoreboard
from boundaryviz.record.transfer import Transfer, cell_words


@dataclass(frozen=True)
class Row:
    """words, tips: of each column. tints: column -> how much of its harm an attack keeps, 0 to 1. opens: whether its
    cells are seen on the plane. cell: which of the scoreboard's it is, or which row of the matrix."""

    words: tuple[str, ...]
    tips: tuple[str, ...]
    tints: Mapping[int, float] = field(default_factory=dict)
    opens: bool = True
    cell: int = -1


def rows_of(found: Scoreboard | Transfer) -> tuple[tuple[str, ...], list[Row], str]:
    """Headings, rows, and what is to be known to read them."""
    return _of_board(found) if isinstance(found, Scoreboard) else _of_matrix(found)


def _of_board(board: Scoreboard) -> tuple[tuple[str, ...], list[Row], str]:
    """A narrow tab has no room for intervals, which the tips have."""
    rows, several = [], len(board.attacks) > 1
    for at, cell in enumerate(board.cells):
        values = dict(zip(HARMS, (cell.undefended, cell.defended, cell.adaptive), strict=True))
        shares = {column: cell.kept_by(some) for column, some in values.items()}
        words, tips = list(board.told(cell)), [""] * len(HEADINGS)
        tips[0] = f"{cell.attack_title} against {cell.defence_title}"
        if several:
            words[0] = f"{cell.attack_title}: {words[0]}"
        for column, some in values.items():
            shows = "makes its attack ready" if "adversary.method" in cell.attack_settings else "shows it on the plane"
            tips[column] = f"{HEADINGS[column].capitalize()}: {words[column]}. A click {shows}."
            words[column] = board.short(some)
        tried = ", ".join(f"{one.words} ({one.points:,} points)" for one in cell.variants)
        tips[4] = f"The strongest of the attack as it is, {tried}." if tried else ""
        tints = {column: share for column, share in shares.items() if not math.isnan(share)}
        rows.append(Row(tuple(words), tuple(tips), tints, cell=at))
    draws = max((cell.done for cell in board.cells), default=0)
    note = (
        f"{HARM[board.harm][0].upper()}{HARM[board.harm][1:]}, over {draws} of {len(board.data_seeds)} draws of the "
        "data; redder is more harm. Holds: who knows the defence does less than half of what is done undefended. "
        f"{CERTIFICATE_WORDS[board.harm]}"
    )
    return HEADINGS, rows, note


def _of_matrix(found: Transfer) -> tuple[tuple[str, ...], list[Row], str]:
    middles = [[found.middle(r, c) for c in range(len(found.tried_on))] for r in range(len(found.made_for))]
    known = [mean for row in middles for mean, _ in row if not math.isnan(mean)]
    top = max([0.01, *known])
    rows = [
        Row(
            (made, *(cell_words(*one) for one in middles[r])),
            ("", *(f"Made for {made}, tried on {tried}" for tried in found.tried_on)),
            {c + 1: min(max(mean / top, 0.0), 1.0) for c, (mean, _) in enumerate(middles[r]) if not math.isnan(mean)},
            cell=r,
        )
        for r, made in enumerate(found.made_for)
    ]
    note = (
        f"Rise of the test error in points of per cent by {found.count:,} of {found.points:,} points, "
        f"{found.method.lower()}, over {found.draws_words} of the data; redder is worse. A click shows the "
        "learner it is tried on."
    )
    return ("made for", *found.tried_on), rows, note
