"""The transfer matrix: each cell is what the same poison does to another learner, against that learner without it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sklearn.svm import SVC

from boundaryviz.adversary.running import run_attack
from boundaryviz.record.trail import committed
from boundaryviz.record.transfer import PARTIES, RANDOM, Transfer, cell_words
from boundaryviz.scenario import gallery
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Scene, Split
from boundaryviz.studies.check import check
from boundaryviz.studies.stores import MemoryStore
from boundaryviz.studies.transfer import transfer


def scenario(**values: Any) -> Scenario:
    return gallery.load("scoreboard-labelled").with_values({"data.n": 40, "data.seed": 6} | values)


def error_of_a_line(scene: Scene) -> float:
    """By scikit-learn, on what acts."""
    points = scene.points.take(scene.seen())
    model = SVC(kernel="linear").fit(points.x[points.is_train], points.label[points.is_train])
    test = points.split == Split.TEST
    return float((model.predict(points.x[test]) != points.label[test]).mean())


@pytest.fixture(scope="module")
def found() -> Transfer:
    return transfer(scenario(), (6, 7), ["rbf", "linear"], progress=False)


def test_what_was_made_for_one_is_tried_on_the_other_by_scikit_learn(found: Transfer) -> None:
    assert found.made_for == ("RBF SVM", "linear SVM", RANDOM)
    victim = scenario(
        **dict(PARTIES[1].values), **{"adversary.method": "heap", "adversary.count": found.count, "adversary.seed": 6}
    )
    state, scene = run_attack(victim).last, victim.scene()
    clean, poisoned = error_of_a_line(scene), error_of_a_line(committed(state, scene, "heap"))
    assert found.clean[1, 0] == pytest.approx(clean)
    assert found.rise[0, 1, 0] == pytest.approx(poisoned - clean)
    assert found.rise[0, 0, 0] == pytest.approx(state.error - state.clean_error)


def test_rows_are_of_different_poison_and_clean_errors_of_the_same_points(found: Transfer) -> None:
    """Once the row of random flips had the key, and so the numbers, of the first."""
    assert not np.array_equal(found.rise[0], found.rise[2])
    assert found.done == 6
    assert [row["data_seed"] for row in found.rows()][:2] == [6, 7]
    assert found.rise[0, 0].mean() > found.rise[2, 0].mean()


def test_a_matrix_goes_on_where_it_was_and_a_promise_takes_its_row_alone() -> None:
    store = MemoryStore()
    how: Any = {"learners": ["linear"], "progress": False, "store": store}
    first = transfer(scenario(), (6,), **how)
    assert len(store) == 2
    assert transfer(scenario(), (6, 7), **how).rise[:, :, 0].tolist() == first.rise[:, :, 0].tolist()
    assert len(store) == 4
    promised = scenario().model_copy(update={"expect": {"transfer.linear_linear": (-1.0, 1.0)}})
    held = check(promised, (6,))
    assert held.holds
    assert held.held[0].values == pytest.approx([first.rise[0, 0, 0]])


def test_words_and_refusals() -> None:
    assert cell_words(0.082, 0.013) == "+8.2 ± 1.3"
    assert cell_words(-0.02, math.nan) == "-2.0"
    assert cell_words(-1e-9, math.nan) == "+0.0"
    assert cell_words(math.nan, math.nan) == "–"
    with pytest.raises(ScenarioError, match="there is no 'oracle' here; there are: linear, rbf"):
        transfer(scenario(), learners=["oracle"], progress=False)
    with pytest.raises(ScenarioError, match="no data seed draws others"):
        transfer(scenario().with_poison([(0.1, 0.2)]), progress=False)
