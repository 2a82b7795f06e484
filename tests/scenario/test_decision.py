"""What mistakes cost, and where the decision falls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scenario.decision import DecisionSpec
from boundaryviz.scenario.scenario import Scenario, ScenarioError

COST = st.floats(0.01, 100)


@given(alarm=COST, miss=COST, seed=st.integers(0, 99))
def test_the_threshold_is_elkans_and_makes_the_expected_cost_least(alarm: float, miss: float, seed: int):
    rule = DecisionSpec(false_positive=alarm, false_negative=miss).rule(2)
    assert rule.threshold == pytest.approx(alarm / (alarm + miss))
    p1 = np.random.default_rng(seed).random(50)
    found = rule.decide(np.stack([1 - p1, p1]))
    costs = np.stack([p1 * miss, (1 - p1) * alarm])
    clear = np.abs(costs[0] - costs[1]) > 1e-9
    assert np.array_equal(found[clear], costs.argmin(axis=0)[clear])
    assert np.array_equal(rule.expected(np.stack([1 - p1, p1])), costs)


@given(
    table=st.integers(2, 5).flatmap(
        lambda c: st.lists(st.lists(COST, min_size=c, max_size=c), min_size=c, max_size=c)
    ),
    scale=st.floats(0.1, 10), seed=st.integers(0, 99),
)  # fmt: skip
def test_a_table_decides_by_the_least_expected_cost(table: list[list[float]], scale: float, seed: int):
    """Whatever the unit of cost, and whatever a row costs more in any case (Elkan 2001, section 1.1)."""
    costs = np.array(table)
    np.fill_diagonal(costs, 0.0)
    classes = len(costs)
    p = np.random.default_rng(seed).dirichlet(np.ones(classes), 40).T
    rule = DecisionSpec.model_validate({"costs": costs.tolist()}).rule(classes)
    expected = [[sum(p[i, g] * costs[i, j] for i in range(classes)) for g in range(40)] for j in range(classes)]
    np.testing.assert_allclose(rule.expected(p), expected)
    clear = np.diff(np.sort(expected, axis=0)[:2], axis=0)[0] > 1e-9 * costs.max()
    found = rule.decide(p)
    if not rule.plain:
        assert np.array_equal(found[clear], np.argmin(expected, axis=0)[clear])
    dearer = costs * scale + np.arange(classes)[:, None]
    assert np.array_equal(
        DecisionSpec.model_validate({"costs": dearer.tolist()}).rule(classes).decide(p)[clear], found[clear]
    )
    single = p.astype(np.float32)
    lean = rule.leaning(single[1].reshape(5, 8) if classes == 2 else single.reshape(-1, 5, 8))
    again = (lean > 0.5).ravel() if classes == 2 else lean.reshape(classes, -1).argmax(axis=0)
    least = np.abs(p[1] - rule.threshold) > 1e-6 if classes == 2 else clear
    assert np.array_equal(again[least], found[least])


def test_equal_costs_decide_as_ever():
    even = tuple(map(tuple, (1 - np.eye(3)).tolist()))
    cases = [(DecisionSpec(), 2), (DecisionSpec(), 4), (DecisionSpec(threshold=0.5), 2)]
    cases += [(DecisionSpec(costs=((0, 3), (3, 0))), 2), (DecisionSpec(costs=even), 3)]
    for spec, classes in cases:
        rule = spec.rule(classes)
        assert rule.plain
        field = np.zeros((4, 4), dtype=np.float32)
        assert rule.leaning(field) is field
    assert not DecisionSpec(false_negative=10.0).rule(2).plain


def test_a_chosen_threshold_stands_in_for_the_costs():
    rule = DecisionSpec(threshold=0.25, false_negative=10.0).rule(2)
    assert [rule.threshold, rule.implied] == pytest.approx([0.25, 1 / 11])
    p1 = np.array([0.2, 0.25, 0.3, np.nan])
    assert rule.decide(np.stack([1 - p1, p1])).tolist() == [0, 1, 1, -1]
    assert rule.paid(np.array([1, 0, 1, 0]), np.array([0, 1, 1, -1])).tolist() == [10.0, 1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"decision.threshold": 1.5}, "decision.threshold: must be at most 1"),
        ({"decision.threshold": "half"}, "decision.threshold: must be"),
        ({"decision.false_negative": 0}, "decision.false_negative: must be above 0"),
        ({"decision.costs": [[0, 1]]}, "as many columns as rows"),
        ({"decision.costs": [[1, 0], [1, 0]]}, "row 0: what is right must cost no more than any mistake"),
        ({"decision.costs": [[0, 0], [1, 0]]}, "row 0: some mistake must cost more"),
        ({"decision.costs": [[0, -1], [1, 0]]}, "at least 0"),
        ({"decision.thresold": 0.4}, "did you mean decision.threshold"),
    ],
)  # fmt: skip
def test_what_is_no_decision_is_refused_in_words(values: dict[str, Any], words: str):
    with pytest.raises(ScenarioError, match=words):
        Scenario().with_values(values)


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ({"costs": [[0, 1], [1, 0]]}, "the table is of 2 classes, the data have 3"),
        ({"threshold": 0.3}, "a threshold is between two classes, the data have 3"),
        ({"false_negative": 10.0}, "decision.false_negative: it is of two classes"),
    ],
)
def test_a_file_whose_decision_does_not_fit_its_classes_is_refused(decision: dict[str, Any], words: str):
    with pytest.raises(ScenarioError, match=words):
        Scenario.parse({"data": {"name": "iris"}, "decision": decision})


def test_only_a_decision_that_says_something_needs_version_5():
    assert "decision" not in Scenario().written()
    scenario = Scenario().with_values({"decision.false_negative": 10.0, "decision.threshold": 0.2})
    written = scenario.written()
    assert written["version"] == 5
    assert Scenario.parse(written) == scenario
