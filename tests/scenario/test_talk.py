"""The talk: every row of its argument is there, in order, with examples that exist."""

from __future__ import annotations

import pytest

from boundaryviz.scenario import gallery, talk

ARGUMENT = (
    ("tiny push", {"masked-gradient"}),
    ("Explanations", {"linear-push", "noise-relation", "fragile-feature", "dimples"}),
    ("do understand", {"tree-size", "spam-costs"}),
    ("Overfitting", {"wiggly", "wiggly-smooth", "elephant"}),
    ("Scale", {"scaling-nearest-neighbour"}),
    ("without labels", {"masked-coordinate", "contrastive-walks", "captions"}),
    ("support vector machines", {"svm-gradient"}),
    ("semi-supervised", {"labelled-poison", "unlabelled-is-inert", "two-moons-bridge"}),
    ("costs", {"count-not-share"}),
    ("moral", {"hand-written-rule"}),
)
"""A word of each row of the argument, and examples without which it is not told."""


def test_no_row_of_the_argument_is_missing() -> None:
    told = talk.rows()
    assert len(told) == len(ARGUMENT)
    for row, (word, needed) in zip(told, ARGUMENT, strict=True):
        assert word in row.title
        assert needed <= {step.scenario for step in row.steps}


@pytest.mark.parametrize(("row", "step"), talk.steps(), ids=[step.scenario for _, step in talk.steps()])
def test_each_step_is_an_example_of_the_gallery_with_a_sentence(row: talk.Row, step: talk.Step) -> None:
    assert step.scenario in gallery.names()
    assert step.sentence.endswith(".")
    assert 20 <= len(step.sentence) <= 160
    assert row.title


def test_no_example_is_told_twice() -> None:
    names = [step.scenario for _, step in talk.steps()]
    assert len(set(names)) == len(names)
