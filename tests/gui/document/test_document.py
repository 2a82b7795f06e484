"""The document: undo gives back every bit, previews leave no trace, bad changes change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import QCoreApplication

from boundaryviz.gui.document.document import Document, DocumentChange, State, Swap, Trial, perform
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.edits import Add, Move, Remove, relabel
from boundaryviz.scene.own_points import OwnPoints
from boundaryviz.scene.scene import Points

pytestmark = pytest.mark.usefixtures("qapp")


def small() -> Document:
    return Document(Scenario().with_values({"data.n": 20}))


def same(one: State, other: State) -> bool:
    return one.scenario == other.scenario and one.scene == other.scene


def edits(document: Document, i: int) -> dict[str, DocumentChange]:
    """Edits of points, by name, the i-th time."""
    ids = document.scene.points.ids
    return {
        "add": Add(Points.of([[i, i]], 1, first_id=document.scene.points.next_id)),
        "move": Move(ids[:2], np.full((2, 2), float(i))),
        "remove": Remove(ids[-1:]),
        "relabel": relabel(ids[:3], i % 3),
    }


def assert_there_and_back(document: Document, states: list[State]) -> None:
    """Undo leads from the last of these states to the first, and redo to the last again."""
    for state in reversed(states[:-1]):
        document.undo.undo()
        assert same(document.state, state)
    for state in states[1:]:
        document.undo.redo()
        assert same(document.state, state)


@given(st.lists(st.sampled_from(["add", "move", "remove", "relabel", "rate", "noise", "learner"]), max_size=8))
def test_undo_leads_back_through_every_state_and_redo_forth(kinds: list[str]) -> None:
    assert QCoreApplication.instance() is not None
    document = small()
    states = [document.state]
    for i, kind in enumerate(kinds):
        changes = edits(document, i) | {
            "rate": Settings({"training.learning_rate": 0.1 + i}),
            "noise": Settings({"data.noise": 0.01 * i}),
            "learner": Settings({"learner.name": "logistic" if i % 2 else "mlp"}),
        }
        before = document.undo.count()
        document.do(changes[kind], kind)
        if document.undo.count() == before:  # merged into the last step
            states[-1] = document.state
        else:
            states.append(document.state)
    assert_there_and_back(document, states)


@given(
    st.lists(
        st.sampled_from(["add", "move", "remove", "relabel", "budget", "all", "noise", "seed", "poison"]), max_size=7
    )
)
@settings(max_examples=40)
def test_undo_leads_back_through_settings_and_edits_of_points_of_ones_own(kinds: list[str]) -> None:
    rng = np.random.default_rng(0)
    document = Document(
        Scenario.from_points(
            OwnPoints(Scenario.from_arrays(rng.normal(size=(30, 2)), np.arange(30) % 2).scene(), splits_given=False),
            "own",
        )
    )
    states = [document.state]
    for i, kind in enumerate(kinds):
        changes = edits(document, i) | {
            "budget": Settings({"data.labels_per_class": i}, merges=False),
            "all": Settings({"data.labels_per_class": "all"}, merges=False),
            "noise": Settings({"data.label_noise": 0.1 * i}, merges=False),
            "seed": Settings({"data.seed": i}, merges=False),
            "poison": Settings({"poison.count": i}, merges=False),
        }
        document.do(changes[kind], kind)
        assert State.of(document.state.complete()).scene == document.scene
        states.append(document.state)
    assert_there_and_back(document, states)


def test_a_preview_is_shown_and_dropped_without_a_trace() -> None:
    document = small()
    before, ids = document.scene, document.scene.points.ids[:1]
    seen = []
    document.changed.connect(lambda: seen.append(document.revision))
    document.preview(Move(ids, np.array([[9.0, 9.0]])))
    assert document.scene.points.xy[0].tolist() == [9.0, 9.0]
    assert document.committed.scene is before
    document.preview(Move(ids, np.array([[8.0, 8.0]])))
    assert document.scene.points.xy[0].tolist() == [8.0, 8.0]
    document.drop_preview()
    assert document.scene is before
    assert not document.undo.count()
    assert seen == sorted(set(seen))
    assert len(seen) == 3


def test_a_stroke_is_one_undo_step_made_on_the_committed_scene() -> None:
    document = small()
    before, ids = document.scene, document.scene.points.ids[:1]
    for x in range(5):
        document.preview(Move(ids, np.array([[x, 0.0]])))
    document.do(Move(ids, np.array([[4.0, 0.0]])), "Move point")
    assert document.undo.count() == 1
    document.undo.undo()
    assert document.scene is before


def test_what_is_tried_out_is_shown_edited_and_dropped_without_a_trace() -> None:
    document = small()
    before, heard = document.state, list[DocumentChange]()
    planted = Add(Points.of([[9.0, 9.0]], 1, origin=1, first_id=document.scene.next_id))
    tried = perform(planted, before)[0]
    trial = Trial(tried, heard.append)
    document.try_out(trial)
    assert (document.state, document.committed, document.previewing) == (tried, before, True)
    nudge = Move(tried.scene.points.ids[-1:], np.array([[8.0, 9.0]]))
    document.preview(nudge)
    assert document.scene.points.xy[-1].tolist() == [8.0, 9.0]
    document.drop_preview()
    assert document.state is tried
    document.preview(nudge)
    document.do(nudge, "Move point")
    assert (heard, document.state, document.undo.count()) == ([nudge], tried, 0)
    document.try_out(None)
    assert (document.state, document.previewing, document.unsaved) == (before, False, False)


@pytest.mark.parametrize("end", ["setting", "swap", "undo", "open"])
def test_whatever_else_is_done_ends_what_is_tried_out(end: str) -> None:
    document = small()
    document.do(Settings({"training.learning_rate": 0.2}), "Rate")
    scene = document.scene
    tried = perform(Add(Points.of([[9.0, 9.0]], 1, origin=1, first_id=scene.next_id)), document.state)[0]
    document.try_out(Trial(tried, lambda _edit: None))
    with pytest.raises(ScenarioError):
        document.do(Settings({"training.learning_rate": -1.0}), "Rate")
    assert document.trial is not None
    {
        "setting": lambda: document.do(Settings({"training.learning_rate": 0.3}), "Rate"),
        "swap": lambda: document.do(Swap(document.committed), "Nothing"),
        "undo": document.undo.undo,
        "open": lambda: document.open(Scenario().with_values({"data.n": 20})),
    }[end]()
    assert document.trial is None
    assert not document.previewing
    assert document.scene == scene


def test_one_slider_is_one_step_and_two_are_two() -> None:
    document = small()
    for rate in (0.1, 0.2, 0.3):
        document.do(Settings({"training.learning_rate": rate}), "rate")
    assert document.undo.count() == 1
    document.do(Settings({"training.l2": 0.1}), "l2")
    assert document.undo.count() == 2
    document.undo.undo()
    document.undo.undo()
    assert document.scenario.training.learning_rate == Scenario().training.learning_rate


def test_a_change_that_cannot_be_made_changes_nothing() -> None:
    document = small()
    state = document.state
    for change, kind in (
        (Settings({"training.learning_rate": -1}), ScenarioError),
        (Settings({"learner.nonsense": 1}), ScenarioError),
        (Remove(np.array([10**9])), KeyError),
    ):
        with pytest.raises(kind):
            document.do(change, "bad")
    assert document.state is state
    assert document.undo.isClean()


def test_new_data_draws_new_points_and_settings_keep_edited_ones() -> None:
    state = State.of(Scenario().with_values({"data.n": 20}))
    edited, _ = perform(Remove(state.scene.points.ids[:1]), state)
    assert edited.edited
    kept, _ = perform(Settings({"training.learning_rate": 1.0}), edited)
    assert kept.scene is edited.scene
    drawn, back = perform(Settings({"data.seed": 5}), edited)
    assert not drawn.edited
    assert len(drawn.scene.points) == len(state.scene.points)
    assert isinstance(back, Swap)
    assert back.state is edited


def test_an_edited_scene_is_written_out_and_an_untouched_one_is_drawn_again() -> None:
    document = small()
    assert document.committed.complete().plane is None
    document.do(Remove(document.scene.points.ids[:1]), "Delete")
    scenario = document.committed.complete()
    assert scenario.scene() == document.scene
    document.undo.undo()
    assert document.committed.complete().plane is None


def test_an_attack_is_previewed_and_done_as_one_step_and_keeps_edits() -> None:
    document = Document(Scenario().with_values({"data.n": 60, "data.labels_per_class": 2}))
    plain = document.scene
    document.preview(Settings({"poison.count": 5}))
    assert document.scene.points.is_poison.sum() == 5
    document.drop_preview()
    assert document.scene is plain
    document.do(Move(plain.points.ids[:1], np.array([[0.0, 0.0]])), "Move point")
    document.do(Settings({"poison.count": 5}), "Set points")
    document.do(Settings({"poison.count": 8}), "Set points")
    assert document.scene.points.is_poison.sum() == 8
    assert document.scene.points.xy[0].tolist() == [0.0, 0.0]
    assert document.state.complete().scene() == document.scene
    while document.undo.canUndo():
        document.undo.undo()
    assert document.scene == plain


@pytest.mark.parametrize(
    "changes",
    [
        [{"poison.count": 3}, {"poison.group": 2, "poison.count": 0}],
        [{"poison.count": 3}, {"poison.attack": "junk", "poison.count": 4}, {"poison.on": False}],
        [{"poison.count": 3}, {"poison.count": 0}],
        [{"poison.on": False}, {"poison.count": 2}],
    ],
    ids=str,
)
def test_a_scene_that_is_not_written_out_is_the_one_that_is_drawn(changes: list[dict[str, object]]) -> None:
    document = Document(Scenario().with_values({"data.n": 60, "data.labels_per_class": 2}))
    for values in changes:
        document.do(Settings(values), "Set")
        state = document.committed
        assert state.complete().scene() == state.scene
