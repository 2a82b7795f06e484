"""Pushes in the window, part by part: what is drawn and said, the chart, the legend, and what is taken over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.evasion.pushes import Robustness
from boundaryviz.evasion.settings import BOUNDED, EvasionSpec, Method
from boundaryviz.figures.push_style import PUSHES
from boundaryviz.gui.push.gesture import Taken
from boundaryviz.gui.push.items import _strokes
from boundaryviz.gui.push.legend import CERTIFIED, PushLegend
from boundaryviz.gui.push.panel import HINT, PushPanel
from boundaryviz.gui.push.view import EMPTY, RobustnessView, values_at
from boundaryviz.gui.push.words import here_words, many_words, rows_words, why_not
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.scene.scene import Domain, Origin, Points, Scene, Split
from boundaryviz.scene.section import Section
from helpers.hand_pushed import pushes
from helpers.qtest import QTest

SCENE = Scene(Points.of([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 0]), Domain(-2.0, 2.0, -2.0, 2.0))


# ---- words


def test_each_attack_says_how_long_its_push_is_and_where_it_leads():
    runs = [
        pushes("nearest", [0], [(0, 0)], [(0.25, 0)], epsilon=0.2, exact=True),
        pushes("fgsm", [0], [(0, 0)], [(0.2, 0)], epsilon=0.2, flipped=False),
        pushes("pgd", [0], [(0, 0)], [(0.2, 0)], epsilon=0.2),
        pushes("deepfool", [0], [(0, 0)], [(np.nan, np.nan)], epsilon=0.2),
    ]
    assert rows_words(runs, SCENE) == {
        "nearest": ("0.25", "to class 1"), "fgsm": ("0.2", "still class 0"),
        "pgd": ("0.2", "to class 1"), "deepfool": ("\u2013", "finds no way"),
    }  # fmt: skip
    assert here_words(runs, SCENE) == "Taken for class 0 here."


def test_an_upper_bound_a_shadow_and_a_certificate_are_said():
    run = pushes("nearest", [0], [(0, 0)], [(0.1, 0)], epsilon=0.2, off=0.75, sure=0.05, words="It is a bound.")
    assert rows_words([run], SCENE)["nearest"] == ("\u2264 0.1", "to class 1")
    words = here_words([run], SCENE)
    assert "75% of it (squared) leads off the plane" in words
    assert "no push below 0.05 changes its decision" in words
    assert words.endswith("It is a bound.")
    none = pushes("nearest", [0], [(0, 0)], [(0.1, 0)], epsilon=0.2, sure=0.0)
    assert "nothing is certain here" in here_words([none], SCENE)


def test_of_many_points_it_says_how_many_cross_within_epsilon_and_of_how_many_they_are():
    run = pushes("nearest", [0, 1], [(0, 0), (1, 0)], [(0.1, 0), (1.4, 0)], epsilon=0.2, exact=True)
    assert many_words(run, 7) == "Of 2 of 7 points 1 (50.0%) cross within 0.2; median length 0.25."
    bounded = pushes("pgd", [0, 1], [(0, 0), (1, 0)], [(0.1, 0), (1.2, 0)], epsilon=0.2)
    wide = pushes("pgd", [0, 1], [(0, 0), (1, 0)], [(0.1, 0), (1.2, 0)], epsilon=0.2, off=0.6)
    assert "off the plane by 60% of them" in many_words(wide, 2)
    assert many_words(bounded, 2) == "Of 2 points 2 (100.0%) cross within 0.2."


# ---- what is taken over


def test_only_what_was_right_and_is_wrong_then_is_taken_over_with_its_true_label():
    run = pushes(
        "pgd", [0, 1, 2, 9], [*SCENE.points.xy.tolist(), [0, 0]], [(0.5, 0)] * 4, epsilon=0.5,
        from_class=[0, 0, 0, 0], to=[1, 1, 0, 1], flipped=[True, True, False, True],
    )  # fmt: skip
    taken = Taken.of(run, SCENE, 0.01)
    assert taken.label.tolist() == [0]  # the second was wrong already, the third does not get there, the last is gone
    made = taken.points(SCENE)
    assert made.xy.tolist() == [[0.5, 0.0]]
    assert (made.label[0], made.split[0], made.origin[0]) == (0, Split.TRAIN, Origin.CLEAN)
    assert made.ids[0] == SCENE.next_id


@given(st.sampled_from(["nearest", "fgsm", "pgd", "deepfool"]), st.floats(1e-3, 1.0), st.floats(0.0, 6.0))
def test_a_push_onto_the_boundary_goes_on_over_it_and_one_of_a_given_length_ends_there(
    method: Method, length: float, angle: float
):
    end = length * np.array([np.cos(angle), np.sin(angle)])
    run = pushes(method, [0], [(0, 0)], [end], epsilon=1.0)
    taken = Taken.of(run, SCENE, pixel=0.01)
    more = np.linalg.norm(taken.ends[0]) / length
    assert np.allclose(taken.ends[0] / more, end)
    if method in BOUNDED:
        assert np.isclose(more, 1.0)
    else:
        assert length * more >= length + 0.0199 * length
        assert length * more >= length + 0.0299


def test_points_with_inputs_off_the_plane_are_added_with_all_of_them():
    section = Section(np.zeros(3), np.eye(3)[:2], -np.ones(3), np.ones(3))
    points = Points.of([[0.0, 0.0]], [0]).with_columns(inputs=np.zeros((1, 3)))
    scene = Scene(points, Domain(-2, 2, -2, 2), section=section)
    run = pushes("pgd", [0], [(0, 0)], [(0.1, 0)], epsilon=0.5, inputs=[[0, 0, 0]], ends=[[0.1, 0, 0.3]])
    made = Taken.of(run, scene, 0.01).points(scene)
    assert made.x.tolist() == [[0.1, 0.0, 0.3]]
    assert made.xy.tolist() == [[0.1, 0.0]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ids": [7]}, "gone"),
        ({"from_class": [1], "to": [0]}, "taken for class 1 already"),
        ({"flipped": [False], "to": [0]}, "raise epsilon"),
    ],
)
def test_why_nothing_is_pushed_over_is_said(changes: dict[str, list[int]], words: str):
    ids = changes.pop("ids", [0])
    run = pushes("fgsm", ids, [(0, 0)], [(0.1, 0)], epsilon=0.1, **changes)  # type: ignore[arg-type]
    assert not len(Taken.of(run, SCENE, 0.01))
    assert words in why_not(run, SCENE)


# ---- what is drawn


def test_an_arrow_has_a_shaft_and_a_head_where_there_is_room_for_one():
    lines = _strokes(np.array([[0.0, 0.0], [5.0, 5.0]]), np.array([[10.0, 0.0], [5.0, 6.0]]), 5.0)
    assert lines.shape == (4, 4)
    assert lines[0].tolist() == [0, 0, 10, 0]
    assert sorted(lines[2:, 1].tolist()) == [-2.5, 2.5]
    assert (lines[2:, 2:] == (10, 0)).all()


def test_every_line_is_told_apart_without_colour():
    looks = {(style.dashes, style.wide) for name, style in PUSHES.items() if name != "exact"}
    assert len(looks) == len(PUSHES) - 1
    for dark in (False, True):
        assert len({style.colour(dark) for style in PUSHES.values()}) == len(PUSHES) - 1


def test_the_legend_stands_where_no_other_stands_and_names_what_is_drawn(qtbot: QtBot):
    plane = QWidget()
    qtbot.addWidget(plane)
    plane.resize(600, 400)
    legend = PushLegend(plane)
    area = QRectF(50, 10, 540, 360)
    legend.set_names([])
    assert legend.isHidden()
    legend.set_names(["nearest", "fgsm", CERTIFIED])
    assert legend.accessibleName() == "smallest push; FGSM; certain of the smoothed model"
    places = []
    others: list[QRectF] = []
    for _ in range(4):
        legend.stand_in(area, others)
        place = QRectF(legend.geometry())
        assert area.contains(place)
        assert not any(place.intersects(other) for other in others)
        others.append(place)
        places.append((place.center().x() > area.center().x(), place.center().y() > area.center().y()))
    assert places == [(False, True), (True, True), (False, False), (True, False)]
    image = QImage(legend.size(), QImage.Format.Format_RGB32)
    for theme in (LIGHT, DARK):
        legend.set_theme(theme)
        painter = QPainter(image)
        legend.render(painter)
        painter.end()


# ---- the panel


def test_the_panel_asks_for_a_class_by_its_name_and_for_any(qtbot: QtBot):
    panel = PushPanel()
    qtbot.addWidget(panel)
    asked: list[tuple[str, object]] = []
    panel.changed.connect(lambda path, value: asked.append((path, value)))
    panel.set_values(EvasionSpec(target=1), ["cat", "dog"], wide=False, most=2.0)
    assert panel.target.currentText() == "dog"
    for at in (0, 1):
        panel.target.setCurrentIndex(at)
        panel.target.activated.emit(at)
    assert asked == [("evasion.target", None), ("evasion.target", 0)]
    assert panel.form.editor("epsilon").slider.isEnabled()
    assert not panel.more.editor("within").isEnabled()
    panel.set_values(EvasionSpec(), ["cat", "dog"], wide=True, most=2.0)
    assert panel.target.currentIndex() == 0
    assert panel.more.editor("within").isEnabled()


def test_epsilon_can_be_dragged_over_three_decades_and_typed_beyond_them(qtbot: QtBot):
    panel = PushPanel()
    qtbot.addWidget(panel)
    asked: list[tuple[str, object]] = []
    panel.changed.connect(lambda path, value: asked.append((path, value)))
    panel.set_values(EvasionSpec(), ["a", "b"], wide=False, most=2.0)
    editor = panel.form.editor("epsilon")
    editor.slider.setValue(0)
    editor.slider.setValue(editor.slider.maximum())
    editor.edit.committed.emit("7.5")
    editor.edit.committed.emit("0")
    editor.edit.committed.emit("-1")
    assert asked == [("evasion.epsilon", value) for value in (0.002, 2.0, 7.5, 0.0)]
    assert "from 0" in panel.form.problem("epsilon")


def test_where_nothing_is_shown_the_panel_says_what_to_do_and_a_problem_stands_out(qtbot: QtBot):
    panel = PushPanel()
    qtbot.addWidget(panel)
    panel.tell_here({}, "")
    assert panel.here.text() == HINT
    panel.tell_here({"nearest": ("0.2", "to dog")}, "Taken for cat here.")
    assert (panel.rows.lengths["nearest"].text(), panel.rows.ends["nearest"].words) == ("0.2", "to dog")
    panel.tell_here({}, "There is no boundary.", problem=True)
    assert panel.here.property("role") == "problem"
    assert panel.rows.lengths["nearest"].text() == ""


def test_one_button_pushes_over_and_takes_back(qtbot: QtBot):
    panel = PushPanel()
    qtbot.addWidget(panel)
    heard: list[str] = []
    for name in ("pushed", "kept", "dropped", "hidden", "asked"):
        getattr(panel, name).connect(lambda name=name: heard.append(name))
    assert not panel.push.isEnabled()
    panel.set_pushing(True, False)
    panel.push.click()
    panel.set_pushing(False, True)
    panel.keep.click()
    panel.push.click()
    panel.hide_button.click()
    panel.rows.boxes["adaptive"].click()
    assert heard == ["pushed", "kept", "dropped", "hidden", "asked"]
    assert panel.methods == ("fgsm", "pgd", "deepfool", "adaptive")


# ---- robust error


@pytest.fixture
def view(qtbot: QtBot) -> RobustnessView:
    made = RobustnessView()
    qtbot.addWidget(made)
    made.resize(320, 420)
    made.show()
    return made


def curve() -> Robustness:
    size = np.linspace(0.0, 1.0, 11)
    return Robustness(size, {"exact": size, "fgsm": size / 2, "universal": size / 4}, "l2", 40)


def test_robust_error_is_read_at_the_size_in_force_and_under_the_pointer(view: RobustnessView):
    assert (view.hint.text(), view.plot.isVisible()) == (EMPTY, False)
    view.set_epsilon(0.25)
    view.set_robustness(curve(), of="seed 3")
    assert view.values == {"exact": "25.0 %", "fgsm": "12.5 %", "universal": "6.2 %"}
    assert view.here.text() == "Of 40 points, pushed by at most 0.25:"
    assert "seed 3" in view.caption.text()
    view.plot.hovered.emit(0.84)
    assert view.values["exact"] == "84.0 %"
    view.plot.hovered.emit(None)
    assert view.values["exact"] == "25.0 %"
    view.clear("There is one class only.")
    assert (view.hint.text(), view.plot.isVisible()) == ("There is one class only.", False)


@given(st.floats(0.0, 1.0))
def test_between_two_lengths_the_error_lies_on_the_straight_line(at: float):
    assert np.isclose(values_at(curve(), at)["exact"], at)


def test_the_size_is_dragged_on_the_chart_and_stepped_by_keys(view: RobustnessView):
    heard: list[tuple[str, float]] = []
    view.dragged.connect(lambda size: heard.append(("drag", size)))
    view.chosen.connect(lambda size: heard.append(("chosen", size)))
    view.set_epsilon(0.25)
    view.set_robustness(curve())
    viewport, plot = view.plot.viewport(), view.plot
    assert viewport is not None
    begin, end = (plot.place_of(x, 0.5).toPoint() for x in (0.25, 0.75))
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=begin)
    QTest.mouseMove(viewport, end)
    assert heard[-1][0] == "drag"
    assert np.isclose(heard[-1][1], 0.75, atol=0.01)
    assert view.values["exact"] == f"{100 * heard[-1][1]:.1f} %"
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    assert heard[-1] == ("chosen", heard[-2][1])
    heard.clear()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert heard == [("chosen", 0.28)]


def test_the_one_push_for_all_is_drawn_in_shares_of_the_size_in_force(view: RobustnessView):
    view.set_epsilon(0.5)
    view.set_robustness(curve(), common=(0.3, -0.4))
    assert view.common.push == (0.6, -0.8)
    assert "It takes 12.5% wrong." in view.common_words.text()
    view.set_robustness(curve())
    assert not view.common.isVisible()
