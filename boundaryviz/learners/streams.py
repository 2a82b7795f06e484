"""Random numbers keyed by (seed, purpose, step), so that nobody's numbers depend on anybody else's.

A replica's numbers depend on its own seed alone: not on how many replicas there are, nor on which points
other replicas see.
"""

from __future__ import annotations

from enum import IntEnum

from boundaryviz.scene.keyed import generator, hashes, key

__all__ = ["AHEAD", "MANY", "Purpose", "generator", "hashes", "key"]

AHEAD, MANY = 16, 4096
"""Steps whose numbers are drawn at once, as a stream takes longer to open than to read, and columns beyond which it is
but one."""


class Purpose(IntEnum):
    """What a stream is for; one stream never shifts another."""

    INIT = 1
    ORDER = 2
    DROPOUT = 3
    FOURIER = 4
    AUGMENT = 5
    MIX = 6
    PARTNER = 7
    CHANCE = 8
    FOLDS = 9
    BOOTSTRAP = 10
    FEATURES = 11
    DEFENCE = 12
    GRADIENT_NOISE = 13
    ROBUST = 14
    MASK = 15
    EVASION = 16
    WALK = 20
    CAPTION = 21
