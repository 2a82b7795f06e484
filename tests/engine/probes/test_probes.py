"""What each probe answers, in a conversation with a trainer; and that naming one loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes import PROBES
from boundaryviz.engine.probes.scores import Scores, ScoresSettings
from boundaryviz.engine.probes.twins import TwinsProbe, TwinsSettings
from boundaryviz.engine.probes.units import UnitsProbe, UnitsSettings
from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.scene import Domain, Scene
from boundaryviz.scene.section import Section
from helpers.talks import Conversation, answers

RECT = Domain(-2.0, 3.0, -2.0, 2.0)
VIEW = m.View(RECT, 40, 30)
SCENARIO = Scenario().with_values({"data.n": 60, "learner.hidden": [4, 3], "training.evaluate_every": 5})
SCENE = SCENARIO.scene()


def talking(*messages: m.ToTrainer, **options: Any) -> Conversation:
    return Conversation(m.Load(SCENARIO, SCENE, 1, "cpu", **options), VIEW, *messages)


def trained(talk: Conversation) -> Session:
    session = talk.trainer._session
    assert session is not None
    return session


def test_naming_probes_and_their_settings_loads_nothing_heavy() -> None:
    modules = sorted({place.partition(":")[0] for place in PROBES.values()})
    code = f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in done.stdout.split()}.isdisjoint({"torch", "sklearn", "PyQt6"})


def test_maps_of_hidden_units_are_of_what_is_visible_and_change_with_it() -> None:
    talk = talking(m.Subscribe("units", UnitsSettings(12)))
    talk.listen(0.3)
    (said,) = answers(talk.said, "units")
    assert [maps.shape for maps in said.value] == [(4, 12, 12), (3, 12, 12)]
    for maps, direct in zip(said.value, trained(talk).units(RECT, 12), strict=True):
        np.testing.assert_array_equal(maps, direct)
    talk.tell(m.Credit(), m.View(Domain(0.0, 1.0, 0.0, 1.0), 40, 30))
    talk.listen(0.5)
    assert len(answers(talk.said, "units")) == 2


def test_maps_wait_until_the_plane_is_seen() -> None:
    talk = talking()
    talk.listen(0.3)
    assert len(talk.heard(m.Frame)) == 1  # whose credit has not come back
    talk.tell(m.Subscribe("units", UnitsSettings(12)), m.Play())
    talk.listen(0.5)
    assert answers(talk.said, "units") == []
    talk.tell(m.Credit())
    talk.listen(0.1)
    assert len(answers(talk.said, "units")) == 1


def test_a_learner_without_hidden_units_has_no_maps() -> None:
    straight = SCENARIO.with_values({"learner.name": "logistic"})
    talk = Conversation(m.Load(straight, SCENE, 1, "cpu"), VIEW, m.Subscribe("units"))
    talk.listen(0.5)
    assert answers(talk.said, "units") == []
    assert talk.heard(m.Failed) == []


def widened(scene: Scene) -> Scene:
    """The same points among five inputs, of which the plane shows the first two."""
    points = scene.points
    inputs = np.concatenate([points.xy, np.random.default_rng(0).standard_normal((len(points), 3))], axis=1)
    return replace(scene, points=points.with_columns(inputs=inputs), section=Section.of_columns(inputs))


@pytest.mark.parametrize("scene", [SCENE, widened(SCENE)], ids=["flat", "wide"])
@pytest.mark.parametrize("side", [16, 96])
def test_twins_compared_in_slices_are_those_compared_at_once(
    side: int, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boundaryviz.engine.probes.twins._SLICE", 1000)
    load = m.Load(SCENARIO, scene, 1, "cpu", seeds=2, twin=True)
    talk = Conversation(load, VIEW, m.StepN(12), m.Subscribe("twins", TwinsSettings(side)))
    talk.listen(0.5)
    (said,) = answers(talk.said, "twins")
    direct = trained(talk).twins(side)
    assert (said.key.step, said.value.step) == (12, 12)
    for name in ("clean", "poisoned", "clean_pins", "poisoned_pins", "clean_area", "poisoned_area", "diverged"):
        np.testing.assert_array_equal(getattr(said.value, name), getattr(direct, name))


def test_without_twins_there_is_nothing_to_compare_until_there_are() -> None:
    talk = talking(m.Subscribe("twins"))
    talk.listen(0.5)
    assert answers(talk.said, "twins") == []
    talk.tell(m.Load(SCENARIO, SCENE, 2, "cpu", twin=True))
    talk.listen(0.5)
    assert len(answers(talk.said, "twins")) == 1


def test_twins_are_compared_anew_when_a_point_moves_while_nothing_is_trained() -> None:
    talk = talking(m.Subscribe("twins"), twin=True)
    talk.listen(0.5)
    moved, _ = apply(Move(SCENE.points.ids[:20], SCENE.points.xy[:20] + 1.0), SCENE)
    talk.tell(m.SetScene(moved, 2))
    talk.listen(0.5)
    assert [one.key.revision for one in answers(talk.said, "twins")] == [1, 2]


def test_a_probe_that_fails_is_told_once_and_training_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no maps")

    monkeypatch.setattr(UnitsProbe, "work", broken)
    talk = talking(m.Play(), m.Subscribe("units"))
    for _ in range(20):
        talk.tell(m.Credit())
        talk.listen(0.05)
    (failed,) = talk.heard(m.Failed)
    assert (failed.where, failed.message, failed.aside) == ("in the probe 'units'", "no maps", True)
    assert talk.trainer.playing
    assert len(talk.heard(m.Frame)) > 5
    assert talk.tell(m.Pause())[-1].step > 100  # type: ignore[union-attr]


def test_a_probe_whose_key_fails_is_told_as_well_and_the_trainer_may_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no key")

    talk = talking()
    talk.listen(0.3)
    monkeypatch.setattr(TwinsProbe, "key", broken)
    talk.tell(m.Subscribe("twins"))
    talk.listen(0.3)
    assert [failed.message for failed in talk.heard(m.Failed)] == ["no key"]
    assert talk.trainer.patience is None


def test_an_unknown_probe_stops_nothing() -> None:
    talk = talking(m.Play(), m.Subscribe("horoscope"))
    (failed,) = talk.heard(m.Failed)
    assert "There is no 'horoscope'" in failed.message
    assert talk.trainer.playing


def test_what_is_asked_before_there_is_a_run_is_answered_when_there_is_one() -> None:
    talk = Conversation(m.Subscribe("twins"), m.Load(SCENARIO, SCENE, 1, "cpu", twin=True))
    talk.listen(0.3)
    assert len(answers(talk.said, "twins")) == 1
    before = len(talk.said)
    talk.tell(m.Reset(0))
    talk.listen(0.5)
    assert len(answers(talk.said[before:], "twins")) == 1, "what was known of the run before is void"


def test_nobody_works_for_a_probe_that_nobody_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talking(m.Subscribe("twins"), m.Unsubscribe("twins"), m.Unsubscribe("units"), twin=True)
    before = len(answers(talk.said, "twins"))
    monkeypatch.setattr(TwinsProbe, "key", None)
    talk.tell(m.Play())
    talk.listen(0.5)
    assert len(answers(talk.said, "twins")) == before
    assert talk.heard(m.Failed) == []


def test_of_what_waits_the_last_word_on_each_probe_counts() -> None:
    waiting: list[m.ToTrainer] = []
    for message in (
        m.Subscribe("units"), m.Subscribe("twins"), m.Pause(), m.Unsubscribe("units"), m.Subscribe("units", "other"),
    ):  # fmt: skip
        assert m.gather(waiting, message) is None
    assert waiting == [m.Subscribe("twins"), m.Pause(), m.Subscribe("units", "other")]


@pytest.mark.parametrize("wide", [False, True])
def test_margins_are_those_of_the_points_that_count_class_by_class(wide: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boundaryviz.engine.probes.margins._SLICE", 7)
    made = SCENARIO.with_values({"data.noise": 0.4, "data.labels_per_class": 9})
    scene = widened(made.scene()) if wide else made.scene()
    scene = scene.with_points(scene.points.with_columns(muted=scene.points.ids % 7 == 0))
    talk = Conversation(m.Load(made, scene, 1, "cpu"), VIEW, m.StepN(9), m.Subscribe("margin-quantiles"))
    talk.listen(0.5)
    (said,) = answers(talk.said, "margin-quantiles")
    points, p = scene.points, trained(talk).probabilities(scene.points.x).astype(float)
    assert said.value.quantiles.shape == (3, 2, 5)
    for split in range(3):
        for label in range(2):
            those = (points.split == split) & (points.label == label) & ~points.muted
            assert said.value.count[split, label] == those.sum()
            expected = np.quantile(p[those, label] - p[those, 1 - label], [0.05, 0.25, 0.5, 0.75, 0.95])
            np.testing.assert_allclose(said.value.quantiles[split, label], expected, atol=1e-6)
    assert said.value.undecided.sum() == 0


def test_where_nothing_decides_there_are_no_margins() -> None:
    made = SCENARIO.with_values({"learner.name": "label-spreading"})
    talk = Conversation(m.Load(made, SCENE, 1, "cpu"), VIEW, m.Subscribe("margin-quantiles"))
    talk.listen(0.5)
    (said,) = answers(talk.said, "margin-quantiles")
    assert said.value.count.sum() == 0
    assert said.value.undecided.sum() == SCENE.points.is_labelled.sum()
    assert np.isnan(said.value.quantiles).all()


@pytest.mark.parametrize("twin", [False, True])
def test_scores_are_the_probabilities_of_one_class_at_every_labelled_clean_point(twin: bool) -> None:
    talk = talking(m.Subscribe("scores", ScoresSettings(0)), twin=twin)
    talk.listen(0.3)
    (said,) = answers(talk.said, "scores")
    found: Scores = said.value
    session, points = trained(talk), SCENE.points
    known = points.is_labelled & ~points.is_poison
    order = np.concatenate([np.flatnonzero(known & (points.split == split)) for split in range(3)])
    assert np.array_equal(found.p, session.learner.probabilities(points.x[order], session.shown(0))[0, 0])
    assert np.array_equal(found.hit, points.label[order] == 0)
    assert np.array_equal(found.split, points.split[order])
    assert found.whole.tolist() == np.bincount(found.split, minlength=3).tolist()
    assert (found.clean is not None) == twin


def test_of_many_points_evenly_chosen_ones_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boundaryviz.engine.probes.scores.MOST", 20)
    talk = talking(m.Subscribe("scores"))
    talk.listen(0.3)
    found: Scores = answers(talk.said, "scores")[0].value
    assert (np.bincount(found.split) <= 20).all()
    assert found.whole[0] > 20


def test_there_are_no_scores_of_a_class_that_is_not_there() -> None:
    talk = talking(m.Subscribe("scores", ScoresSettings(5)))
    talk.listen(0.3)
    assert answers(talk.said, "scores") == []
    assert talk.heard(m.Failed) == []
