"""What stands still on the screen is exact, cell by cell; and a hand never waits for that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.engine import messages as m
from boundaryviz.engine import pace
from boundaryviz.engine.session import Session
from boundaryviz.record.fields import classes_of, decided
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.talks import Conversation

RECT = Domain(-1.0, 1.0, -1.0, 1.0)
VIEW = m.View(RECT, 64, 48)
LEARNERS: dict[str, dict[str, object]] = {
    "tree": {"learner.name": "DecisionTreeClassifier"},
    "forest": {"learner.name": "RandomForestClassifier", "learner.n_estimators": 5},
    "extra trees": {"learner.name": "ExtraTreesClassifier", "learner.n_estimators": 5},
    "boosting": {"learner.name": "GradientBoostingClassifier", "learner.n_estimators": 5},
    "nearest": {"learner.name": "KNeighborsClassifier", "learner.n_neighbors": 1, "learner.weights": "distance"},
    "machine": {"learner.name": "SVC", "learner.gamma": 300.0, "learner.C": 100.0},
    "spreading": {"learner.name": "label-spreading"},
    "self-training": {"learner.name": "self-training", "learner.base": "knn", "learner.neighbours": 1},
}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """No learner is quick enough to be asked for every cell of a frame, and few places make up a part."""
    monkeypatch.setattr(pace, "BUDGET", 0.0)
    monkeypatch.setattr(pace, "_LONGER", 0.0)
    monkeypatch.setattr(pace.Pace, "part", lambda self: 64 * 4)


def striped(angle: float, half: float, points: int, seed: int = 0) -> Scene:
    """Class 1 within a thin strip across the plane, and class 0 around it."""
    rng = np.random.default_rng(seed)
    normal = np.array([np.sin(angle), -np.cos(angle)])
    along = np.linspace(-1, 1, 7)[:, None] * normal[::-1] * (-1, 1)
    xy = np.concatenate([rng.uniform(-1, 1, (points, 2)), along])
    return Scene(Points.of(xy, (np.abs(xy @ normal) <= half).astype(int)), RECT, classes=2)


def decisions(field: NDArray[np.floating]) -> NDArray[np.int8]:
    return decided(field, classes_of(field))


@settings(max_examples=4)
@given(st.floats(0.0, 3.0), st.floats(0.005, 0.05), st.integers(20, 120))
@pytest.mark.parametrize("learner", LEARNERS)
def test_a_quick_field_of_what_is_cheap_decides_every_cell_as_the_exact_one(
    learner: str, angle: float, half: float, points: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "BUDGET", 60.0)
        session = Session(Scenario().with_values(LEARNERS[learner]), striped(angle, half, points), device="cpu")
        session.step()
        quick, exact = (session.field(RECT, 160, 120, quick=q) for q in (True, False))
    assert np.array_equal(quick, exact, equal_nan=True)


@pytest.mark.parametrize(("learner", "stop"), [*((one, 1_000_000) for one in LEARNERS), ("tree", None), ("net", None)])
@pytest.mark.usefixtures("slow")
def test_a_plane_at_rest_is_exact_while_it_plays_too(learner: str, stop: int | None) -> None:
    """The one of a net is at rest once it is paused."""
    values = LEARNERS.get(learner, {"learner.hidden": [4]})
    scene, scenario = striped(0.5, 0.03, 60), Scenario().with_values(values)
    talk = Conversation(m.Load(scenario, scene, 1, "cpu"), VIEW, m.Play(20.0, stop))
    talk.listen(0.3)
    moved = apply(Move(scene.points.ids[:2], np.array([[0.9, 0.9], [-0.9, 0.9]])), scene)[0]
    talk.tell(m.SetScene(moved, 2))
    if learner == "net":
        talk.tell(m.Pause())
    for _ in range(5):
        talk.tell(m.Credit())
        talk.listen(0.2)
    frame, session = talk.heard(m.Frame)[-1], talk.trainer._session
    assert session is not None
    exact = session.field(RECT, 64, 48)
    assert np.array_equal(decisions(frame.field), decisions(exact))
    np.testing.assert_allclose(frame.field, exact, atol=1e-6)


@pytest.mark.usefixtures("slow")
def test_a_moment_that_stood_still_is_recorded_exactly() -> None:
    scenario = Scenario().with_values(LEARNERS["tree"])
    talk = Conversation(m.Load(scenario, striped(0.5, 0.03, 60), 1, "cpu"), VIEW, m.Play())
    for _ in range(5):
        talk.listen(0.2)
        talk.tell(m.Credit())
    last, session = talk.heard(m.Checkpoint)[-1], talk.trainer._session
    assert session is not None
    assert last.step == session.step_count > 0
    rows, columns = last.field.shape
    assert np.array_equal(last.field, session.field(last.rect, columns, rows).astype(np.float16))


@pytest.mark.usefixtures("slow")
def test_a_hand_does_not_wait_for_the_exact_field() -> None:
    """It is given up in the middle: what is answered first is the move."""
    scenario, scene = Scenario().with_values(LEARNERS["machine"]), striped(0.5, 0.03, 60)
    talk = Conversation(m.Load(scenario, scene, 1, "cpu"), VIEW, m.Play())
    talk.listen(0.1)
    frames, session = len(talk.heard(m.Frame)), talk.trainer._session
    assert session is not None
    asked: list[int] = []
    scores = session.learner.scores

    def counted(x: NDArray[np.float64], replica: int = 0) -> NDArray[np.float32]:
        asked.append(len(x))
        return scores(x, replica)

    session.learner.scores = counted  # type: ignore[method-assign]
    talk.tell(m.Credit())
    assert 0 < sum(asked) < VIEW.columns * VIEW.rows, "it has been begun"
    moved = apply(Move(scene.points.ids[:1], np.array([[0.9, 0.9]])), scene)[0]
    talk.tell(m.SetScene(moved, 2))
    talk.listen(0.02)
    answer = talk.heard(m.Frame)[frames]
    assert answer.revision == 2
    assert not np.array_equal(answer.field, session.field(RECT, 64, 48)), "it is a quick one"
