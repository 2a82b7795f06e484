"""Points without a caption, and classes without any: said in words, and only where they matter."""

from __future__ import annotations

import numpy as np

from boundaryviz.scenario.advice import notes
from boundaryviz.scenario.caption_advice import caption_advice
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Points, Scene


def said(labels: list[int], learner: str = "captions") -> str:
    points = Points.of(np.linspace(-1, 1, 2 * len(labels)).reshape(-1, 2), np.array(labels))
    scene = Scene(points, Domain(-2.0, 2.0, -2.0, 2.0), 2, ("upper", "lower"))
    return caption_advice(Scenario().with_values({"learner.name": learner}).learner, scene)


def test_what_has_no_caption_is_said() -> None:
    assert said([0, 1, -1, -1]) == (
        "2 training points have no label, hence no caption: this learner does not look there."
    )
    assert said([0, 1, -1]).startswith("1 training point has no label")
    assert said([1, 1, -1]) == (
        "All captions are of lower: the words of other classes are never learnt, and every place goes to lower."
    )


def test_where_all_points_have_captions_or_no_learner_asks_for_them_nothing_is_said() -> None:
    assert said([0, 1, 1]) == ""
    assert said([-1, -1]) == ""  # there is nothing to learn, which is said of every learner
    assert said([0, 1, -1], "mlp") == ""


def test_it_stands_among_what_is_said_without_a_window() -> None:
    scenario = Scenario().with_values({"learner.name": "captions", "data.labels_per_class": 3})
    assert any("no caption" in words for words in notes(scenario, scenario.scene()))
