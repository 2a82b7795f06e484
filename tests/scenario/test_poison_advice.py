"""A learner that sees nothing of the poison: said where it is so, and nowhere else."""

from __future__ import annotations

import pytest

from boundaryviz.scenario import gallery
from boundaryviz.scenario.poison_advice import INSTEAD, poison_advice, poison_note
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import apply, mute, relabel

BASE = Scenario().with_values({"data.n": 60, "data.labels_per_class": 3, "poison.count": 5})


def said(scenario: Scenario) -> str:
    return poison_advice(scenario.learner.family.supervised, scenario.scene())


def test_it_is_said_of_unlabelled_poison_and_what_it_advises_is_enough() -> None:
    assert "does not use unlabelled points, and all poison is unlabelled" in said(BASE)
    assert f"(learner.name={INSTEAD})" in poison_note(True, BASE.scene())
    assert said(BASE.with_values({"learner.name": INSTEAD})) == ""


@pytest.mark.parametrize(
    "values",
    [
        {"poison.count": 0},
        {"poison.on": False},
        {"poison.attack": "flip", "poison.count": 2},  # plants labelled points, and withdraws labelled ones
    ],
)
def test_it_is_not_said_where_no_poison_acts_or_some_has_labels(values: dict[str, object]) -> None:
    assert said(BASE.with_values(values)) == ""


def test_one_labelled_point_of_poison_is_enough_and_a_muted_one_is_not() -> None:
    scene = BASE.scene()
    first = scene.points.ids[scene.points.is_poison][:1]
    one = apply(relabel(first, 1), scene)[0]
    assert poison_advice(True, one) == ""
    assert poison_advice(True, apply(mute(first, True), one)[0])


def test_in_the_gallery_it_is_said_where_it_is_the_point() -> None:
    assert [one.name for one in gallery.scenarios() if said(one)] == ["unlabelled-is-inert"]
