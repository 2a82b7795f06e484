"""Where a quick surface asks, and what it may leave out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.surface import surface
from boundaryviz.scene.scene import Domain

RECT = Domain(0.0, 64.0, 0.0, 64.0)  # a cell is one unit, a block four
PLACES = np.array([[10.0, 10.0], [30.0, 30.0], [50.0, 50.0]])


class Island:
    """One class everywhere, but for a spot of the other, smaller than a block, around each place."""

    def __init__(self) -> None:
        self.asked: list[NDArray[np.float64]] = []

    def __call__(self, xy: NDArray[np.float64]) -> NDArray[np.float32]:
        self.asked.append(xy)
        inside = (np.abs(xy[:, None] - PLACES).max(axis=2) < 1.4).any(axis=1)
        return np.where(inside, 1.0, -1.0).astype(np.float32)[None]

    def blocks(self) -> set[tuple[int, int]]:
        """Those asked for beyond the coarse nodes."""
        return {(int(x) // 4, int(y) // 4) for x, y in self.asked[1]} if len(self.asked) > 1 else set()


def test_a_point_of_the_other_class_gives_its_island_away():
    ask = Island()
    field = surface(ask, RECT, 64, 64, PLACES, np.array([1, 0, -1]))
    assert ask.blocks() == {(2, 2)}
    assert (field[0] > 0).any()
    assert (field[0, 28:32, 28:32] < 0).all()


def test_without_labels_every_point_is_looked_at():
    ask = Island()
    surface(ask, RECT, 64, 64, PLACES)
    assert ask.blocks() == {(2, 2), (7, 7), (12, 12)}


def test_a_single_score_decides_by_its_sign():
    """A straight edge, steep or shallow: only the blocks along it are asked for, and the decision is exact."""
    for steepness in (0.01, 1.0, 100.0):
        asked: list[int] = []

        def ask(xy: NDArray[np.float64], steepness: float = steepness, asked: list[int] = asked) -> NDArray[np.float32]:
            asked.append(len(xy))
            return np.tanh(steepness * (xy[:, 0] - 0.3 * xy[:, 1] - 20.0)).astype(np.float32)[None]

        quick = surface(ask, RECT, 64, 64, np.empty((0, 2)))
        assert sum(asked) < 64 * 64 / 2
        exact = surface(ask, RECT, 64, 64)
        assert np.array_equal(quick > 0, exact > 0)


def test_an_interpolated_score_is_off_by_no_more_than_its_bend():
    """2 (|f_xx| + |f_yy|) with the cell as unit, for a parabola far from its zeros, where the bound is met."""

    def bowl(xy: NDArray[np.float64]) -> NDArray[np.float32]:
        return (1000.0 + ((xy - 32.0) ** 2).sum(axis=1)).astype(np.float32)[None]

    off = np.abs(surface(bowl, RECT, 64, 64, np.empty((0, 2))) - surface(bowl, RECT, 64, 64)).max()
    assert 7.9 < off <= 2 * (2 + 2)
