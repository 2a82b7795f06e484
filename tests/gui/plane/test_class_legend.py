"""The legend of classes: what it names, what it sums up, where it stands, and that it moves and folds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, QRectF, QSize, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from boundaryviz.gui.plane.class_legend import ClassLegend, corner_place, emptiest, rows_of
from boundaryviz.gui.plane.symbols import ACTS, RESTS, Style
from boundaryviz.gui.widgets.theme import DARK
from boundaryviz.scene.scene import MAX_CLASSES, Domain, Group, Points, Scene, Target
from helpers.qtest import QTest

DOMAIN = Domain(-1.0, 1.0, -1.0, 1.0)
AREA = QRectF(20.0, 10.0, 600.0, 400.0)


def scene(classes: int = 2, poison_on: bool = True) -> Scene:
    points = Points.of(np.zeros((3, 2)), [0, 1, -1], origin=[0, 0, 1])
    return Scene(points, DOMAIN, classes, targets=(Target(0.0, 0.0, 1),), poison_on=poison_on)


@given(st.integers(2, MAX_CLASSES), st.integers(4, 20))
def test_of_many_classes_as_many_are_named_as_have_room_and_the_others_counted(classes: int, most: int) -> None:
    shown = scene(classes)
    rows = rows_of(shown, most)
    assert len(rows) <= max(most, 5)
    assert [row.words for row in rows[-3:]] == ["unlabelled", "poison", "target"]
    named = [row.what.label for row in rows[:-3] if isinstance(row.what, Style)]
    assert named == list(range(len(named)))
    summed = [row.words for row in rows if row.what is None]
    assert summed == ([] if len(named) == classes else [f"and {classes - len(named)} more"])


def test_only_what_is_there_is_named_and_poison_that_rests_is_said_to() -> None:
    bare = Scene(Points.of(np.zeros((2, 2)), [0, 1]), DOMAIN, class_names=("cat", "dog"))
    assert [row.words for row in rows_of(bare, 9)] == ["cat", "dog"]
    off = next(row for row in rows_of(scene(poison_on=False), 9) if row.words.startswith("poison"))
    assert off.words == "poison, switched off"
    assert isinstance(off.what, Style)
    assert off.what.ring == RESTS


def test_poison_has_the_ring_of_the_first_group_that_acts() -> None:
    points = Points.of(np.zeros((4, 2)), [0, 1, 1, 0], origin=[0, 1, 3, 2])
    rings = []
    for off in ((), (1,), (1, 2), (1, 2, 3)):
        groups = tuple(Group(on=k not in off) for k in (1, 2, 3))
        shown = [row.what for row in rows_of(Scene(points, DOMAIN, groups=groups), 9) if "poison" in row.words]
        rings += [what.ring for what in shown if isinstance(what, Style)]
    assert rings == [ACTS, ACTS + 1, ACTS + 2, RESTS]


@given(st.integers(0, 2**16), st.integers(1, 200))
def test_no_corner_is_emptier_than_the_one_it_chooses(seed: int, count: int) -> None:
    places = np.random.default_rng(seed).uniform((20, 10), (620, 410), (count, 2))
    size = QSize(150, 120)

    def under(corner: int) -> int:
        at = corner_place(corner, AREA, size)
        inside = (places > (at.x(), at.y())) & (places < (at.x() + size.width(), at.y() + size.height()))
        return int(inside.all(axis=1).sum())

    assert under(emptiest(places, AREA, size)) == min(under(corner) for corner in range(4))
    taken = QRectF(corner_place(0, AREA, size), size.toSizeF())
    assert emptiest(places, AREA, size, (taken,)) != 0


@pytest.fixture
def legend(qtbot: QtBot) -> Iterator[ClassLegend]:
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.resize(640, 420)
    made = ClassLegend(holder)
    made.set_scene(scene())
    made.stand_in(AREA)
    holder.show()
    yield made
    holder.close()


def test_a_click_folds_it_to_its_symbols_and_back(legend: ClassLegend) -> None:
    before = legend.size()
    QTest.mouseClick(legend, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 20))
    assert legend.folded
    assert legend.height() < before.height()
    assert AREA.contains(QRectF(legend.geometry()))
    legend.grab()
    QTest.mouseClick(legend, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(10, 10))
    assert legend.size() == before


def test_it_stays_where_it_is_dragged_and_within_the_plane_at_any_size(legend: ClassLegend) -> None:
    QTest.mousePress(legend, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 20))
    QTest.mouseMove(legend, QPoint(-130, 120))
    QTest.mouseRelease(legend, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 20))
    assert not legend.folded
    moved = legend.pos()
    legend.choose_corner(np.empty((0, 2)))
    assert legend.pos() == moved
    for area in (QRectF(0, 0, 400, 300), QRectF(50, 20, 900, 700)):
        legend.stand_in(area)
        assert area.contains(QRectF(legend.geometry()))


def test_it_is_larger_for_a_lecture_hall_and_goes_where_there_is_no_room(legend: ClassLegend) -> None:
    before = legend.sizeHint()
    legend.set_scale(1.5)
    legend.set_theme(DARK)
    assert legend.sizeHint().width() > 1.3 * before.width()
    legend.grab()
    legend.stand_in(QRectF(0, 0, 150, 300))
    assert legend.isHidden()
    legend.stand_in(AREA)
    assert not legend.isHidden()
    legend.set_shown(False)
    assert legend.isHidden()
