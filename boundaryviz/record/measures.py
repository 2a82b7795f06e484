"""What a measure is called, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """What a number is. words: for titles, such as 'rise of the test error at the largest size'. share: it is told in
    per cent."""

    words: str
    share: bool = False
