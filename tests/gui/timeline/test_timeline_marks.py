"""The marks of a history that grows, against those of one that is there at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.gui.timeline.marks import ChangeMarks
from boundaryviz.scenario.history import Change, RunHistory
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Edit, Move, Remove, Several
from boundaryviz.scene.specs import Spec

EDITS: tuple[Edit, ...] = (
    Several(()), Move(np.array([1]), np.zeros((1, 2))), Move(np.array([1, 2]), np.zeros((2, 2))), Remove(np.array([1])),
)  # fmt: skip
SCENARIO = Scenario()
CHANGES = st.lists(st.tuples(st.integers(0, 200), st.booleans(), st.sampled_from(EDITS)), max_size=12)


def history(found: list[tuple[int, bool, Edit]]) -> RunHistory:
    steps = np.cumsum([gap for gap, _, _ in found])
    changes = (
        Change(int(step), {"training.momentum": 0.5} if set_ else {}, edit)
        for step, (_, set_, edit) in zip(steps, found, strict=True)
    )
    return RunHistory(SCENARIO, SCENARIO.scene(), changes=tuple(changes))


@given(CHANGES, CHANGES, st.lists(st.integers(0, 12), max_size=6))
def test_marks_of_a_course_that_grows_shrinks_and_is_left_are_those_of_each_alone(
    one: list[tuple[int, bool, Edit]], other: list[tuple[int, bool, Edit]], lengths: list[int]
) -> None:
    marks = ChangeMarks()
    for number, whole in enumerate([history(one), history(other)] * 2):
        for length in lengths if number % 2 else [*lengths, 12]:
            part = RunHistory(whole.scenario, whole.scene, changes=whole.changes[:length])
            assert list(marks.of(part)) == list(ChangeMarks().of(part))
    assert list(marks.of(None)) == []


def test_a_drag_is_one_mark_with_its_last_words() -> None:
    """Changes of one kind within 100 steps of each other, or 2 % of the steps so far, are told as one."""
    drag: list[tuple[int, bool, Edit]] = [(3, False, EDITS[1])] * 40 + [(101, False, EDITS[1])] + [(1, True, EDITS[0])]
    found = ChangeMarks().of(history(drag))
    assert [(mark.step, mark.kind, mark.words) for mark in found] == [
        (3, "edit", "moved 1 point"), (221, "edit", "moved 1 point"), (222, "setting", "momentum 0.5"),
    ]  # fmt: skip


PLAIN = [name for name in Scenario.model_fields if not isinstance(getattr(SCENARIO, name), Spec)]


@pytest.mark.parametrize("name", PLAIN)
def test_a_field_of_the_scenario_itself_is_called_by_its_name(name: str) -> None:
    """Such as the rule, which is of no section; its text may be long and of several lines."""
    for scenario in (SCENARIO, Scenario(rule="x > 0")):
        for value, words in (("x +\ny > 0", f"{name} x + y > 0"), (3, f"{name} 3"), (None, name), ({}, name)):
            course = RunHistory(scenario, scenario.scene(), changes=(Change(5, {name: value}, EDITS[0]),))
            assert [mark.words for mark in ChangeMarks().of(course)] == [words]
