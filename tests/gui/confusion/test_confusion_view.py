import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel

from boundaryviz.gui.confusion.confusion import ConfusionView, short_count
from boundaryviz.gui.widgets.theme import THEMES, contrast, mix


@pytest.fixture
def view(qtbot):
    made = ConfusionView()
    qtbot.addWidget(made)
    made.resize(320, 300)
    made.show()
    return made


def matrix(classes, seed=0):
    return np.random.default_rng(seed).integers(0, 50, (3, classes, classes)) + 500 * np.eye(classes, dtype=int)


def names(classes):
    return [f"digit {i}" for i in range(classes)]


def text(view, row, column, role=Qt.ItemDataRole.DisplayRole):
    return view.model.data(view.model.index(row, column), role)


def test_empty_it_says_what_to_do(view):
    assert not view.table.isVisible()
    assert "appears here as it trains" in view._hint.text()


def test_it_says_which_seed_it_is_of(view):
    view.set_matrix(np.ones((3, 2, 2), dtype=np.int64), ["a", "b"], "seed 3")
    assert "rows: true class, columns: predicted; seed 3" in [part.text() for part in view.findChildren(QLabel)]


def test_counts_shares_and_accuracy_of_the_split_chosen(view):
    counts = np.array([[[8, 2], [1, 9]], [[5, 5], [0, 10]], [[0, 0], [0, 0]]])
    view.set_matrix(counts, ["left", "right"])
    assert view.accuracy.text() == "accuracy 75.0%"
    assert text(view, 0, 1) == "5"
    view._group.button(0).click()
    assert view.accuracy.text() == "accuracy 85.0%"
    assert text(view, 0, 1) == "2"
    assert text(view, 0, 1, Qt.ItemDataRole.ToolTipRole) == "2 points of left predicted as right: 20.0% of its row"
    view._group.button(2).click()
    assert not view.table.isVisible()
    assert "no labelled test points" in view._hint.text()


@pytest.mark.parametrize("classes", range(2, 11))
def test_every_class_fits(view, classes):
    view.set_matrix(matrix(classes), names(classes))
    view.grab()
    assert view.table.columnWidth(0) * classes <= view.table.viewport().width() + classes
    widest = max(
        view.fontMetrics().horizontalAdvance(short_count(int(n))) for n in view.model.counts.ravel()
    )  # fmt: skip
    assert widest <= view.table.columnWidth(0)
    across = [view.model.headerData(i, Qt.Orientation.Horizontal) for i in range(classes)]
    tips = [
        view.model.headerData(i, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) for i in range(classes)
    ]  # fmt: skip
    assert len(set(across)) == classes
    assert tips == [f"predicted: {name}" for name in names(classes)]


def test_a_matrix_of_the_wrong_shape_is_refused(view):
    with pytest.raises(ValueError, match="shape"):
        view.set_matrix(matrix(3), names(2))


def test_new_counts_keep_the_cell_that_was_walked_to(view):
    view.set_matrix(matrix(3), names(3))
    view.table.setCurrentIndex(view.model.index(1, 2))
    view.set_matrix(matrix(3, seed=1), names(3))
    assert (view.table.currentIndex().row(), view.table.currentIndex().column()) == (1, 2)


@given(st.floats(0.0, 1.0), st.sampled_from(list(THEMES.values())), st.sampled_from(["accent", "danger"]))
def test_the_numbers_can_be_read_on_every_shade(share, theme, hue):
    ground = mix(theme.raised, getattr(theme, hue), 0.95 * share)
    assert max(contrast(ink, ground) for ink in ("#000000", "#ffffff")) >= 4.5


@given(st.integers(0, 9_999_999))
def test_short_counts_have_four_characters_and_the_right_size(count):
    words = short_count(count)
    assert len(words) <= 4
    size = {"k": 1000, "M": 1_000_000}.get(words[-1], 1)
    assert float(words.rstrip("kM")) * size == pytest.approx(count, rel=0.06)
