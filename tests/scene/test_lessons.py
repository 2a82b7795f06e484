"""What a scene lacks is said for each way of lacking it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from boundaryviz.scene.lessons import can_teach, lacking, larger_by_poison
from boundaryviz.scene.scene import Domain, Points, Scene, Split

XY = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])


@pytest.mark.parametrize(
    ("label", "split", "words", "teaches"),
    [
        ([0, 1, -1], Split.TRAIN, None, True),
        ([0, 0, -1], Split.TRAIN, "one class, cats", True),
        ([-1, -1, -1], Split.TRAIN, "nothing to learn", False),
        ([0, 1, 1], Split.TEST, "no training points", False),
    ],
)
def test_what_is_lacking(label: list[int], split: Split, words: str | None, teaches: bool) -> None:
    scene = Scene(Points.of(XY, label, split), Domain(-3, 3, -3, 3), 2, ("cats", "dogs"))
    assert can_teach(scene) == teaches
    said = lacking(scene)
    assert said is None if words is None else said is not None and words in said


def test_what_is_trained_without_labels_lacks_them_only_to_decide_by() -> None:
    scene = Scene(Points.of(XY, [-1, -1, -1], Split.TRAIN), Domain(-3, 3, -3, 3), 2)
    assert can_teach(scene, probed=True)
    assert "no labelled point to probe with" in (lacking(scene, probed=True) or "")


def test_an_empty_plane_has_no_training_points() -> None:
    assert lacking(Scene(Points.of(XY[:0]), Domain(-3, 3, -3, 3))) == "There are no training points."


@pytest.mark.parametrize(("label", "said"), [(2, "class 2"), (1, None), (-1, None)])
def test_a_class_that_only_poison_has_is_said(label: int, said: str | None) -> None:
    clean = Points.of(np.zeros((2, 2)), np.array([0, 1]))
    poison = Points.of(np.ones((1, 2)), np.array([label]), origin=1, first_id=2)
    scene = Scene(clean, Domain(-1.0, 1.0, -1.0, 1.0)).with_points(Points.join(clean, poison))
    words = larger_by_poison(scene)
    assert words is None if said is None else words is not None and said in words
    assert larger_by_poison(replace(scene, points=clean)) is None
