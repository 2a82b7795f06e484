"""What the window asks about pushes: several attacks, chosen points, the twin, and words where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.engine.probes.base import Shown
from boundaryviz.engine.probes.push_views import (
    NO_POINTS,
    ONE_CLASS,
    PushView,
    PushViewProbe,
    PushViewSettings,
    RobustnessViewProbe,
    RobustnessViewSettings,
    shown_methods,
)
from boundaryviz.engine.session import Session
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.evasion.slices import whole
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Recolumn, apply
from boundaryviz.scene.scene import Split

SMALL = {"data.n": 60, "data.noise": 0.1, "learner.name": "logistic", "training.steps": 30}
SPEC = EvasionSpec(epsilon=0.4)


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session(Scenario().with_values(SMALL), device="cpu")
    for _ in range(30):
        made.step()
    return made


def shown(session: Session) -> Shown:
    return Shown(None, 1, session, 0, None)


def ask(session: Session, settings: PushViewSettings) -> PushView:
    return whole(PushViewProbe(settings).work(shown(session)))


def test_each_attack_answers_for_the_points_asked_about_in_their_order(session: Session):
    points = session.scene.points
    ids = points.ids[[7, 2, 5]]
    found = ask(session, PushViewSettings(SPEC, ("nearest", "pgd"), ids=(*ids.tolist(), 10_000)))
    assert [run.method for run in found.runs] == ["nearest", "pgd"]
    for run in found.runs:
        assert run.ids.tolist() == ids.tolist()
        assert np.array_equal(run.places, points.xy[[7, 2, 5]])
    assert found.clean == ()
    assert found.why == ""


def test_a_place_is_pushed_as_a_point_there_would_be(session: Session):
    point = session.scene.points.take([3])
    place = tuple(point.xy[0].tolist())
    of_point = ask(session, PushViewSettings(SPEC, ids=(int(point.ids[0]),))).runs[0]
    of_place = ask(session, PushViewSettings(SPEC, places=(place,))).runs[0]
    assert of_place.ids.tolist() == [-1]
    assert np.allclose(of_place.ends_xy, of_point.ends_xy)


def test_many_points_are_those_of_a_split_with_labels_that_are_not_muted(session: Session):
    points = session.scene.points
    for split in (Split.TRAIN, Split.TEST):
        run = ask(session, PushViewSettings(SPEC, most=1000, split=int(split))).runs[0]
        assert np.array_equal(run.ids, points.ids[points.split == split])
    assert len(ask(session, PushViewSettings(SPEC, most=5)).runs[0]) <= 5


def test_of_an_empty_choice_there_is_nothing_to_push_and_that_is_said(session: Session):
    found = ask(session, PushViewSettings(SPEC, most=0))
    assert (found.runs, found.why) == ((), NO_POINTS)


def test_the_clean_twin_is_pushed_by_its_own_boundary():
    values = SMALL | {"poison.attack": "flip", "poison.count": 6}
    session = Session(Scenario().with_values(values), device="cpu", twin=True)
    for _ in range(30):
        session.step()
    found = ask(session, PushViewSettings(SPEC, most=20))
    alone = Session(Scenario().with_values(values | {"poison.on": False}), device="cpu")
    for _ in range(30):
        alone.step()
    assert np.allclose(found.clean[0].ends_xy, ask(alone, PushViewSettings(SPEC, most=20)).runs[0].ends_xy, atol=1e-4)
    assert not np.allclose(found.clean[0].ends_xy, found.runs[0].ends_xy, atol=1e-3)


def test_what_has_no_gradient_says_so_and_the_nearest_point_is_found_all_the_same():
    session = Session(Scenario().with_values(SMALL | {"learner.name": "KNeighborsClassifier"}), device="cpu")
    session.step()
    found = ask(session, PushViewSettings(SPEC, shown_methods(SPEC, ("fgsm", "pgd")), places=((0.0, 0.0),)))
    assert [run.method for run in found.runs] == ["nearest"]
    assert "follows gradients" in found.why
    curves = whole(RobustnessViewProbe(RobustnessViewSettings(SPEC)).work(shown(session)))
    assert curves.found is not None
    assert set(curves.found.lines) == {"exact", "random"}
    assert curves.common is None


def test_one_class_and_no_points_are_said():
    session = Session(Scenario().with_values(SMALL), device="cpu")
    points = session.scene.points
    bare = Recolumn(points.ids, {"label": np.full(len(points), -1, dtype=np.int16)})
    session.set_scene(apply(bare, session.scene)[0])
    assert ask(session, PushViewSettings(SPEC)).why in (NO_POINTS, ONE_CLASS)
    curves = whole(RobustnessViewProbe(RobustnessViewSettings(SPEC)).work(shown(session)))
    assert curves.found is None
    assert curves.why


def test_the_one_push_for_all_has_the_length_in_force_and_takes_most_across(session: Session):
    found = whole(RobustnessViewProbe(RobustnessViewSettings(SPEC, (0.0, 0.2, 0.4))).work(shown(session)))
    assert found.common is not None
    assert np.isclose(np.hypot(*found.common), 0.4)
    points = session.scene.points.take(session.scene.points.split == Split.TEST)
    wrong = [
        (session.learner.predict(points.x + push, 0)[0] != points.label).mean()
        for push in (found.common, -np.array(found.common), np.zeros(2))
    ]
    assert wrong[0] == max(wrong)
    none = whole(RobustnessViewProbe(RobustnessViewSettings(EvasionSpec(epsilon=0.0))).work(shown(session)))
    assert none.common is None


def test_the_smallest_push_comes_first_and_each_attack_once():
    assert shown_methods(EvasionSpec(method="pgd"), ("deepfool", "pgd")) == ("nearest", "pgd", "deepfool")
    assert shown_methods(EvasionSpec(), ("fgsm",)) == ("nearest", "fgsm")
