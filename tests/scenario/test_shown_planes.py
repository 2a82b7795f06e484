"""Another plane of a scenario's inputs: nothing that is trained is another, and files and histories keep it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from boundaryviz.engine import messages as m
from boundaryviz.engine.session import Session
from boundaryviz.engine.trainer import Trainer
from boundaryviz.scenario.files import read, write
from boundaryviz.scenario.history import RunHistory, difference
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.edits import Move, Replace, Resection, Several, apply
from boundaryviz.scene.planes import components, shown_otherwise, two_columns

PENGUINS = Path(__file__).parent.parent / "data" / "tables" / "penguins.csv"
LIFTED = {"data.lift": 9, "data.n": 40, "learner.hidden": [5]}


def table(**columns: str) -> Scenario:
    from boundaryviz.tables.tables import read_table

    inputs = "bill_length_mm+bill_depth_mm+body_mass_g+flipper_length_mm"
    return Scenario.from_table(read_table(PENGUINS, columns={"inputs": inputs, "label": "species", **columns}))


@pytest.mark.parametrize("scale", ["as-is", "standardised", "domain"])
@pytest.mark.parametrize("name", ["mlp", "vat", "KNeighborsClassifier", "laprls", "dpa"])
def test_a_plane_that_is_chosen_while_it_trains_changes_no_bit_of_what_is_learnt(name: str, scale: str):
    scenario = Scenario().with_values({"data.lift": 9, "data.n": 40, "data.input_scale": scale, "learner.name": name})
    left, shown = Session(scenario, seeds=(0, 1)), Session(scenario, seeds=(0, 1))
    for session in (left, shown):
        session.step(7)
    shown.set_scene(apply(components(shown.scene, one_unit=True), shown.scene)[0])
    for session in (left, shown):
        session.step(7)
    x = left.scene.points.x
    assert shown.step_count == 14
    assert np.array_equal(left.learner.probabilities(x), shown.learner.probabilities(x), equal_nan=True)
    shown.reset()  # from the start on the other plane, too
    left.reset()
    assert np.array_equal(left.learner.probabilities(x), shown.learner.probabilities(x), equal_nan=True)


def test_early_stopping_goes_on_counting_where_another_plane_is_shown():
    values = {"training.early_stopping": "patience", "training.patience": 2, "training.evaluate_every": 5}
    scenario = Scenario().with_values({**LIFTED, **values, "training.learning_rate": 0.3})
    left, shown = Session(scenario), Session(scenario)
    for _ in range(300):
        for session in (left, shown):
            session.step(1)
        other = components if shown.step_count % 2 else lambda scene, _: two_columns(scene, 1, 2)
        shown.set_scene(apply(other(shown.scene, True), shown.scene)[0])
    assert left.stopped
    assert shown.stops == left.stops


def test_a_trainer_at_rest_stays_there_where_another_plane_is_shown():
    scenario = Scenario().with_values(LIFTED)
    trainer = Trainer()
    scene = scenario.scene()
    shown = apply(components(scene, one_unit=True), scene)[0]
    moved = apply(Move(shown.points.ids[:1], shown.points.xy[:1] + 0.5), shown)[0]
    assert shown_otherwise(scene, shown)
    assert not shown_otherwise(shown, moved)
    assert not shown_otherwise(scene, moved)
    trainer.handle(m.Load(scenario, scene, 1))
    trainer.handle(m.Play(stop_at=3, again=5))
    while not any(isinstance(one, m.State) and one.why == "stop-step" for one in trainer.advance()):
        pass
    assert not [one for one in trainer.handle(m.SetScene(shown, 2)) if isinstance(one, m.State)]
    assert m.State(True, 3) in trainer.handle(m.SetScene(moved, 3))


def test_a_file_keeps_the_plane_and_its_names(tmp_path: Path):
    for given, version in ((table(), 7), (Scenario().with_values(LIFTED), 6)):
        scenario = given.on_plane("components")
        path = tmp_path / "shown.bviz"
        write(path, scenario)
        again = read(path)
        assert again.scene() == scenario.scene()
        assert again.scene().axis_names[0].startswith("PC 1 (")
        assert scenario.written()["version"] == version
        assert given.on_plane("columns:2,3").written()["version"] == (4 if version == 7 else 6)


def test_the_plane_that_data_came_with_can_be_shown_again():
    for given in (table(), table(shown="principal"), Scenario().with_values(LIFTED)):
        before = given.scene()
        back = given.on_plane("columns:3,1").on_plane("own").scene()
        assert back.section == before.section
        assert back.axis_names == before.axis_names
        assert back.domain == before.domain
        assert np.array_equal(back.points.x, before.points.x)
        np.testing.assert_allclose(back.points.xy, before.points.xy, atol=1e-9)


def test_what_is_no_plane_is_an_error_of_the_scenario():
    with pytest.raises(ScenarioError, match="all there is"):
        Scenario().on_plane("components")
    flat = Scenario.from_arrays(np.outer(np.arange(9.0), np.ones(3)), np.arange(9) % 2)
    with pytest.raises(ScenarioError, match="on one line"):
        flat.on_plane("points:0,1,2")


def test_settings_of_the_data_act_on_points_that_are_shown_on_another_plane():
    scenario = table()
    other = scenario.on_plane("components")
    changed = other.with_values({"data.label_noise": 0.3})
    scene, plain = changed.scene(), scenario.with_values({"data.label_noise": 0.3}).scene()
    assert scene.section == other.scene().section
    assert scene.axis_names == other.scene().axis_names
    assert np.array_equal(scene.points.x, plain.points.x)
    assert np.array_equal(scene.points.label, plain.points.label)
    assert changed.own is not None
    assert not changed.own.kept_by_hand  # a plane is no edit of a point
    assert not changed.own.labels_by_hand


def test_points_dragged_on_another_plane_are_taken_up_where_they_are():
    scenario = table()
    shown = scenario.on_plane("components")
    scene = shown.scene()
    dragged = apply(Move(scene.points.ids[:2], scene.points.xy[:2] + 0.5), scene)[0]
    changed = shown.with_scene(dragged).with_values({"data.validation": 0.1})
    after = changed.scene().points
    moved = after.positions(scene.points.ids[:2])
    np.testing.assert_allclose(after.x[moved], dragged.points.x[:2], rtol=1e-9)
    rest = np.delete(np.arange(len(after)), moved)
    np.testing.assert_allclose(after.x[rest], scene.points.x[scene.points.positions(after.ids[rest])], rtol=1e-9)


def test_a_history_holds_the_plane_as_what_it_is_and_leads_back_to_the_bit():
    scenario = Scenario().with_values({**LIFTED, "data.lift_noise": 0.1})
    scene = scenario.scene()
    edit = two_columns(scene, 4, 7)
    after = apply(edit, scene)[0]
    assert isinstance(difference(scene, after), Resection)
    assert apply(edit, scene)[0] == after
    moved = apply(Several((edit, Move(scene.points.ids[:1], np.array([[0.0, 0.0]])))), scene)[0]
    assert isinstance(difference(scene, moved), Replace)
    history = RunHistory.of(scenario, scene, drawn=True).then(5, scenario, after).come_to(9)
    written = history.written(scenario.with_scene(after), after)
    assert written.written()["version"] == 7
    assert "plane" not in written.written()["course"]["turns"][0]
    read_again = RunHistory.read(Scenario.parse(written.written()))
    assert read_again is not None
    assert read_again.last[1] == after
    assert read_again.pending is None
