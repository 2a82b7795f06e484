"""The label cascade on the plane: what is drawn of it, and how the window comes by it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from boundaryviz.figures.palette import SEQUENCE, class_colour, group_colour, rgb, sequence
from boundaryviz.gui.cascade.item import TONES, arrows, dots, symbol_size
from boundaryviz.gui.cascade.view import CascadeView
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.widgets.theme import DARK
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Recolumn, Remove
from boundaryviz.scene.scene import Domain, Points, Scene, Split

DOMAIN = Domain(-2.0, 2.0, -1.0, 1.0)
POINTS = Points.of([[-1.5, 0.0], [-0.5, 0.0], [0.5, 0.0], [1.5, 0.5]], [1, -1, -1, -1], Split.TRAIN, [0, 0, 1, 0])


@pytest.fixture
def view(qtbot: QtBot) -> tuple[PlaneView, CascadeView]:
    plane = PlaneView()
    qtbot.addWidget(plane)
    plane.resize(800, 500)
    cascade = CascadeView(plane)
    with qtbot.waitExposed(plane):
        plane.show()
    plane.set_scene(Scene(POINTS, DOMAIN))
    QApplication.processEvents()
    cascade.set_shown(True)
    return plane, cascade


def colour_at(plane: PlaneView, x: float, y: float) -> tuple[int, int, int]:
    at = plane.canvas.mapTo(plane, plane.canvas.to_pixel(x, y).toPoint())
    red, green, blue, _ = plane.grab().toImage().pixelColor(at).getRgb()
    return red or 0, green or 0, blue or 0


def near(colour: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(int(a) - int(b)) <= 16 for a, b in zip(colour, other, strict=True))


# ---- what is drawn


def test_the_scale_is_viridis_and_rises_in_lightness() -> None:
    import matplotlib

    viridis = matplotlib.colormaps["viridis"](np.linspace(0, 1, 100))[:, :3] * 255
    assert np.abs(sequence(np.linspace(0, 1, 100)) - viridis).max() < 15
    light = np.array([rgb(stop) for stop in SEQUENCE]) @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(light) > 5).all()


def test_a_point_is_filled_by_when_and_outlined_by_its_class(view: tuple[PlaneView, CascadeView]) -> None:
    plane, cascade = view
    cascade.set_points(POINTS, np.array([1, 3]), np.array([0.0, 1.0]), np.array([1, 0]))
    assert near(colour_at(plane, -0.5, 0.0), rgb(SEQUENCE[0]))
    assert near(colour_at(plane, 1.5, 0.5), rgb(SEQUENCE[-1]))
    rim = symbol_size(2) / 2 * plane.canvas.pixel * 0.87  # type: ignore[operator]
    assert near(colour_at(plane, 1.5 + rim, 0.5), rgb(class_colour(0)))
    assert sorted(plane.points.order.tolist()) == [0, 2]  # the labelled one, and the one that nobody reached
    cascade.set_shown(False)
    assert sorted(plane.points.order.tolist()) == [0, 1, 2, 3]
    assert not near(colour_at(plane, 1.5, 0.5), rgb(SEQUENCE[-1]))


def test_a_path_leads_through_its_beads_with_poison_in_the_colour_of_its_group(
    view: tuple[PlaneView, CascadeView],
) -> None:
    plane, cascade = view
    cascade.set_path(POINTS, [0, 1, 2, 3], 1, "from there", 3)
    assert near(colour_at(plane, 0.5, 0.0), rgb(group_colour(1)))
    assert near(colour_at(plane, -0.5, 0.0), rgb(class_colour(1)))
    assert near(colour_at(plane, -1.2, 0.0), rgb("#1c2329"))
    assert cascade.account.isVisible()
    assert plane.canvas.area.contains(cascade.account.geometry().toRectF())
    cascade.set_theme(DARK)
    plane.zoom(3.0)
    cascade.set_path(POINTS, [], -1, "", None)
    assert not cascade.account.isVisible()
    assert len(cascade.path.places) == 0


def test_the_account_stays_within_the_plane_wherever_the_point_is(view: tuple[PlaneView, CascadeView]) -> None:
    plane, cascade = view
    corners = Points.of([[-1.99, 0.99], [1.99, 0.99], [1.99, -0.99], [-1.99, -0.99]])
    plane.set_scene(Scene(corners, DOMAIN))
    for at in range(4):
        cascade.set_path(corners, [], -1, "not past the threshold yet", at)
        assert plane.canvas.area.adjusted(-1, -1, 1, 1).contains(cascade.account.geometry().toRectF())


def test_many_points_become_dots(view: tuple[PlaneView, CascadeView]) -> None:
    plane, cascade = view
    n = 7000
    assert symbol_size(n) is None
    points = Points.of(np.random.default_rng(0).uniform((-1.9, -0.9), (1.9, 0.9), (n, 2)))
    plane.set_scene(Scene(points, DOMAIN))
    cascade.set_points(points, np.arange(n), np.ones(n), np.ones(n, dtype=np.int64))
    image = plane.grab().toImage()
    late = sum(near(image.pixelColor(x, 250).getRgb()[:3], rgb(SEQUENCE[-1])) for x in range(100, 700))
    assert late > 20


@given(st.integers(1, 30), st.integers(1, 7), st.integers(0, 99))
def test_dots_show_their_filling_above_every_ring(n: int, side: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = rng.integers(-2, 14, (n, 2))
    ring, fill = np.zeros((n, 3), np.uint8), rng.integers(1, 256, (n, 3), dtype=np.uint8)
    picture = dots(cells, ring, fill, 12, 10, side)
    assert picture.shape == (10 + 2 * side, 12 + 2 * side)
    inside = ((cells >= 0) & (cells < (12, 10))).all(axis=1)
    middles = picture[cells[inside, 1] + side, cells[inside, 0] + side]
    assert (middles > 0xFF000000).all()
    assert (np.count_nonzero(picture) > 0) == inside.any()
    assert set((picture[picture > 0] >> 24).tolist()) <= {255}


def test_arrow_heads_stand_on_long_steps_and_point_along_them() -> None:
    ((middle, angle),) = arrows(np.array([[0.0, 0.0], [60.0, 0.0]]))
    assert (middle, angle) == ((30.0, 0.0), 0.0)
    crowded = np.stack([np.arange(0.0, 200.0, 4.0), np.zeros(50)], axis=1)
    assert arrows(crowded) == []
    steep = arrows(np.array([[0.0, 0.0], [0.0, -100.0], [100.0, -100.0]]))
    assert [angle for _, angle in steep] == [-90.0, 0.0]


def test_tones_divide_the_whole_scale(view: tuple[PlaneView, CascadeView]) -> None:
    _, cascade = view
    shares = np.linspace(0.0, 1.0, 4)
    cascade.points.show_points(POINTS.xy, shares, np.zeros(4), POINTS.origin)
    assert cascade.points._tone.min() == 0
    assert cascade.points._tone.max() == TONES - 1


# ---- how the window comes by it


@pytest.fixture
def open_workbench(show: Callable[[Scenario], Workbench]) -> Callable[..., Workbench]:
    def make(learner: str, scene: Scene | None = None, **values: object) -> Workbench:
        fixed = {"data.n": 60, "data.labels_per_class": 3, "data.labels_at": "centres"}
        scenario = Scenario().with_values({**fixed, "learner.name": learner, **values})
        if scene is not None:
            scenario = scenario.with_scene(scene)
        return show(scenario)

    return make


def chain() -> Scene:
    """A labelled point and a bridge of poison to a crowd; of three neighbours none sees over a gap left by bead 4."""
    bridge = [[x, 0.0] for x in (0.0, 0.5, 1.0, 1.5, 2.0, 2.6, 3.1, 3.6)]
    crowd = [[4.2 + 0.05 * i, 0.05 * j] for i in range(3) for j in range(2)]
    origin = [0] + [1] * 7 + [0] * 6
    return Scene(Points.of([*bridge, *crowd], [0] + [-1] * 13, Split.TRAIN, origin), Domain(-1, 5, -1, 1))


SPREADING = {"learner.neighbours": 3, "learner.both_ways": True}


def shown(workbench: Workbench) -> str:
    return workbench.cascade.view.account.text()


def reached(workbench: Workbench) -> int:
    chains = workbench.cascade.chains
    return -1 if chains is None else int(np.isfinite(chains.when).sum())


def test_the_path_of_the_point_under_the_pointer_is_shown_and_breaks_with_the_bridge(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench("label-spreading", chain(), **SPREADING)
    workbench.controller.play(True)
    workbench.window.actions_["view.cascade"].setChecked(True)
    qtbot.waitUntil(lambda: reached(workbench) == 14)
    far = workbench.document.scene.points.xy[13]
    workbench.plane.hovered.emit((float(far[0]), float(far[1])))
    assert "from class 0 label" in shown(workbench)
    assert "of them poison" in shown(workbench)
    assert np.array_equal(workbench.cascade.view.path.places[0], [0.0, 0.0])
    assert np.array_equal(workbench.cascade.view.path.places[-1], far)
    bead = workbench.document.scene.points.ids[4:5]
    workbench.document.do(Recolumn(bead, {"muted": np.array([True])}), "Mute")
    qtbot.waitUntil(lambda: reached(workbench) == 4)
    assert shown(workbench) == "no label comes here"
    assert len(workbench.cascade.view.path.places) == 0
    workbench.document.undo.undo()
    qtbot.waitUntil(lambda: reached(workbench) == 14)
    before = workbench.cascade.chains
    assert before is not None
    workbench.document.do(Remove(bead), "Delete")
    now = workbench.cascade.chains  # what is known already is matched by ids until the trainer has answered
    assert now is not None
    assert np.array_equal(now.when, np.delete(before.when, 4))
    assert now.path(3) == before.path(3)
    assert now.path(4) == []
    qtbot.waitUntil(lambda: reached(workbench) == 4)
    qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)
    snapshot = workbench.controller.presenter.snapshot()
    assert snapshot is not None
    assert snapshot.cascade is workbench.cascade.chains


def test_the_only_selected_point_is_asked_about_where_the_pointer_is_nowhere(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench("label-spreading", chain(), **SPREADING)
    workbench.controller.play(True)
    workbench.window.actions_["view.cascade"].setChecked(True)
    qtbot.waitUntil(lambda: reached(workbench) == 14)
    assert shown(workbench) == ""
    ids = workbench.document.scene.points.ids
    workbench.plane.select(ids[[2]])
    assert shown(workbench).startswith("from class 0 label")
    workbench.plane.select(ids[[2, 3]])
    assert shown(workbench) == ""
    workbench.plane.select(ids[[0]])
    assert shown(workbench) == "a given label: class 0"
    workbench.window.actions_["view.cascade"].setChecked(False)
    assert not workbench.cascade.view.account.isVisible()
    assert not workbench.cascade.view.scale.isVisible()
    snapshot = workbench.controller.presenter.snapshot()
    assert snapshot is None or snapshot.cascade is None


def test_without_pointer_or_selection_the_way_to_the_first_pin_is_shown(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench("label-spreading", **{"poison.target": [0.0, 0.5], "poison.count": 5})
    workbench.controller.play(True)
    workbench.window.actions_["view.cascade"].setChecked(True)
    qtbot.waitUntil(lambda: reached(workbench) > 10)
    pin = workbench.document.scene.targets[0]
    assert np.linalg.norm(workbench.cascade.view.path.places[-1] - (pin.x, pin.y)) < 0.3
    end = workbench.cascade.view.path.places[-1]
    points = workbench.document.scene.points
    bead = points.ids[points.is_poison & (points.xy != end).all(axis=1)][:1]
    workbench.plane.select(bead)
    assert np.array_equal(workbench.cascade.view.path.places[-1], points.xy[points.positions(bead)[0]])
    workbench.document.do(Recolumn(bead, {"muted": np.array([True])}), "Mute")
    assert np.array_equal(workbench.cascade.view.path.places[-1], end)


def test_a_point_added_while_paused_is_hollow_until_the_next_fit(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench("label-spreading", chain(), **SPREADING)
    workbench.window.actions_["view.cascade"].setChecked(True)
    scale = workbench.cascade.view.scale
    assert "Press Play" in scale.note.text()
    workbench.window.actions_["train.step"].trigger()
    qtbot.waitUntil(lambda: reached(workbench) == 14)
    assert "shortest along the learner's graph" in scale.note.text()
    assert scale.bar.ticks[0] == "0"
    workbench.document.do(Add(Points.of([[4.3, 0.1]], first_id=900)), "Add point")
    qtbot.wait(60)
    assert reached(workbench) == 14
    assert 14 in workbench.plane.points.order
    workbench.window.actions_["train.step"].trigger()
    qtbot.waitUntil(lambda: reached(workbench) == 15)


def test_nets_colour_points_by_their_first_pass_and_a_reset_begins_anew(
    open_workbench: Callable[..., Workbench], qtbot: QtBot
) -> None:
    workbench = open_workbench("fixmatch", **{"learner.threshold": 0.6, "training.evaluate_every": 5})
    workbench.window.actions_["view.cascade"].setChecked(True)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: reached(workbench) > 20)
    scale = workbench.cascade.view.scale
    assert scale.title.text() == "Step at which it first passed the threshold of 0.6"
    assert "need not be the cause" in scale.note.text()
    workbench.controller.play(False)
    workbench.window.actions_["train.reset"].trigger()
    qtbot.waitUntil(lambda: 0 <= reached(workbench) < 20)


def test_a_supervised_learner_is_said_to_have_none(open_workbench: Callable[..., Workbench], qtbot: QtBot) -> None:
    workbench = open_workbench("mlp")
    workbench.window.actions_["view.cascade"].setChecked(True)
    qtbot.wait(60)
    scale = workbench.cascade.view.scale
    assert scale.isVisible()
    assert "no label cascade" in scale.title.text()
    assert "Choose a semi-supervised learner" in scale.note.text()
    assert scale.bar.isHidden()
    workbench.controller.learner.changed.emit("learner.name", "label-spreading")
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: reached(workbench) > 10)
    assert not scale.bar.isHidden()
