"""What the twins come to in one line, in honest words whatever there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from boundaryviz.attacks.budget import Budget
from boundaryviz.engine.twins import Twins
from boundaryviz.record.comparison import Comparison
from boundaryviz.record.headline import DIVERGED, NO_POISON, NO_TEST, SWITCHED_OFF, WAITING, headline
from boundaryviz.scene.scene import Domain, Points, Scene, Target

POINTS = Points.of(np.zeros((500, 2)), 0, origin=[1] + [0] * 499)
SCENE = Scene(POINTS, Domain(-1, 1, -1, 1), targets=(Target(0, 0, 1),))
BUDGET = Budget.of(SCENE)


def found(
    flips: int, pins: tuple[int, int] = (0, 1), undecided: int = 0, of: int = 1000, lost: bool = False
) -> Comparison:
    clean = np.zeros((1, of), dtype=np.int8)
    poisoned = clean.copy()
    poisoned[0, :flips] = 1
    poisoned[0, flips : flips + undecided] = -1
    area = np.zeros((1, 2, 2), dtype=np.int8)
    before, after = (np.array([[pin]], dtype=np.int8) for pin in pins)
    return Comparison.of(Twins(1, clean, poisoned, before, after, area, area, np.array([lost])), SCENE)


@pytest.mark.parametrize(
    ("compared", "number", "words", "aside"),
    [
        (found(97), "9.7 %", "flipped by 0.2 % of the data", "attack success 100 %"),
        (found(97, (0, 0)), "9.7 %", "flipped by 0.2 % of the data", "attack success 0 %"),
        (found(97, (1, 1)), "9.7 %", "flipped by 0.2 % of the data", "all pins already so without poison"),
        (found(0, (0, 1), 30), "3.0 %", "flipped by 0.2 % of the data", "attack success 100 %, 3.0 % undecided"),
        (found(0, of=0), "", NO_TEST, ""),
        (found(5, lost=True), "", DIVERGED, ""),
        (None, WAITING, "flipped by 0.2 % of the data", ""),
    ],
)  # fmt: skip
def test_it_says_what_there_is(compared: Comparison | None, number: str, words: str, aside: str) -> None:
    told = headline(SCENE, BUDGET, compared)
    assert (told.number, told.words, told.aside) == (number, words, aside)


def test_without_poison_it_says_why_both_are_the_same() -> None:
    off = replace(SCENE, poison_on=False)
    assert headline(off, Budget.of(off), found(0)).words == SWITCHED_OFF
    none = replace(SCENE, points=POINTS.take(POINTS.origin == 0))
    assert headline(none, Budget.of(none), None).words == NO_POISON
    assert headline(none, Budget.of(none), None).number == ""


def test_why_nothing_can_change_stands_before_what_else_is_said() -> None:
    told = headline(SCENE, BUDGET, found(0, (0, 0)), why="nobody looks")
    assert (told.number, told.aside) == ("0.0 %", "nobody looks, attack success 0 %")
    assert headline(SCENE, BUDGET, None, why="nobody looks").aside == "nobody looks"


def test_the_seeds_are_named_beside_it() -> None:
    assert headline(SCENE, BUDGET, found(97), "mean of 4 seeds").aside == "attack success 100 %, mean of 4 seeds"
