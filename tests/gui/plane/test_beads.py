"""Beads of poison: no larger than their spacing lets them be, one outline around a chain, and acting beads stronger."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication
from scipy.spatial.distance import cdist

from boundaryviz.figures.beads import SMALLEST, SMALLEST_LABELLED, bead_sizes, spacing
from boundaryviz.gui.plane.beads import paint_outlines
from boundaryviz.gui.plane.point_layer import PointItem
from boundaryviz.gui.plane.symbols import ACTS, RESTS
from boundaryviz.gui.widgets.theme import DARK, LIGHT, Theme
from boundaryviz.scene.scene import Domain, Points, Scene

PLACES = arrays(np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(-50, 50))


@given(PLACES, st.integers(0, 2**16))
def test_no_bead_reaches_further_than_half_way_to_the_next(places: NDArray[np.float64], seed: int) -> None:
    rng = np.random.default_rng(seed)
    group, labelled = rng.integers(1, 4, len(places)), rng.random(len(places)) < 0.5
    gaps = spacing(places)
    between = cdist(places, places) + np.diag(np.full(len(places), np.inf))
    np.testing.assert_allclose(gaps, between.min(axis=1, initial=np.inf))
    share = bead_sizes(gaps, group, labelled, diameter=12.0)
    least = np.where(labelled, SMALLEST_LABELLED, SMALLEST)
    assert (share <= 1.0).all()
    assert (share >= least).all()
    fits = share > least  # the others are as small as can be seen
    assert (6.0 * share[fits] <= 0.5 * gaps[fits] * (1 + 1e-9)).all()


def test_beads_of_a_group_are_of_one_size() -> None:
    gaps = np.concatenate([np.linspace(9.0, 30.0, 20), [4.0]])
    share = bead_sizes(gaps, np.ones(21), np.zeros(21, dtype=bool), diameter=12.0)
    assert len(set(np.round(share, 6))) <= 4
    assert share.max() < 1.0, "that of the closest, not of the farthest"


def chain(kind: int, step: float, theme: Theme, count: int = 10) -> NDArray[np.int64]:
    """The outlines of a chain on the ground of the plane, RGB (rows, columns, 3)."""
    image = QImage(260, 60, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.plane))
    at = np.stack([30.0 + step * np.arange(count), np.full(count, 30.0)], axis=1)
    painter = QPainter(image)
    ring = np.full(count, kind)
    paint_outlines(painter, at, ring, np.full(count, min(step, 12.0)), QRectF(image.rect()), 1.0, theme)
    painter.end()
    bits = image.constBits()
    assert bits is not None
    pixels = np.frombuffer(bytes(bits.asarray(image.sizeInBytes())), np.uint8).reshape(60, -1, 4)[:, :260, 2::-1]
    return pixels.astype(np.int64)


def strength(picture: NDArray[np.int64], theme: Theme) -> float:
    """How much a picture differs from the bare plane."""
    ground = QColor(theme.plane)
    return float(np.abs(picture - (ground.red(), ground.green(), ground.blue())).sum())


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("step", [2.0, 6.0, 12.0, 20.0])
def test_poison_that_acts_is_never_paler_than_poison_that_rests(qapp: QApplication, theme: Theme, step: float) -> None:
    for group in range(8):
        acts, rests = (strength(chain(kind + group, step, theme), theme) for kind in (ACTS, RESTS))
        assert acts > 1.5 * rests > 0.0


def test_a_chain_has_one_outline(qapp: QApplication) -> None:
    """Along its middle no outline is crossed but at its ends."""
    red = np.array([213, 52, 74])
    along = chain(ACTS, 6.0, LIGHT)[30]
    inked = np.abs(along - red).max(axis=1) < 60
    assert np.count_nonzero(np.diff(inked.astype(int)) == 1) == 2
    apart = np.abs(chain(ACTS, 24.0, LIGHT, 5)[30] - red).max(axis=1) < 60
    assert np.count_nonzero(np.diff(apart.astype(int)) == 1) == 10, "beads that do not touch have each its own"


def test_the_points_of_a_chain_shrink_as_one_zooms_out_and_others_do_not(qapp: QApplication) -> None:
    places = np.stack([np.linspace(0.0, 1.0, 11), np.zeros(11)], axis=1)
    points = Points.join(Points.of(places, origin=1), Points.of(places + np.array([0.0, 1.0]), first_id=20))
    item = PointItem(LIGHT, lambda: QRectF(0, 0, 1, 1))
    item.set_scene(Scene(points, Domain(-1, 2, -1, 2)), np.zeros(22, dtype=bool))
    bead = points.is_poison[item.order]
    near, far = item._shares(points.xy * 1000.0), item._shares(points.xy * 60.0)
    assert (near == 1.0).all()
    assert far[bead] == pytest.approx(0.5)
    assert (far[~bead] == 1.0).all()
