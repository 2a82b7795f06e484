"""How probable each class is at a place, against what draws of the data set come to."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.scene.datasets import DATASETS

KNOWN = [name for name, one in DATASETS.items() if one.posterior is not None]
DRAWN = 5_000
CELLS = 10


def test_it_is_known_of_what_is_drawn_by_a_rule() -> None:
    assert {"circle", "moons", "checkerboard"} <= set(KNOWN)
    assert not {"iris", "spiral"} & set(KNOWN)


@pytest.mark.parametrize("noise", ["default", "largest"])
@pytest.mark.parametrize("name", KNOWN)
def test_as_many_points_of_each_class_are_drawn_as_it_says(name: str, noise: str) -> None:
    data = DATASETS[name]
    amount = {"default": data.noise.default, "largest": data.noise.largest}[noise]
    xy, label = data.draw(DRAWN, amount, np.random.default_rng(7))
    assert data.posterior is not None
    p = data.posterior(xy, amount)
    assert p.shape == (DRAWN, data.classes)
    assert np.allclose(p.sum(axis=1), 1.0)
    assert p.min() >= 0.0
    # in cells of the plane, and of what is expected there, the counts are a sum of independent draws
    corner, span = xy.min(axis=0), np.ptp(xy, axis=0) * (1 + 1e-9)
    cell = np.floor((xy - corner) / span * CELLS).astype(int) @ [CELLS, 1]
    for k in range(data.classes):
        found, wanted, variance = (
            np.bincount(cell, column, minlength=CELLS**2) for column in (label == k, p[:, k], p[:, k] * (1 - p[:, k]))
        )
        assert np.all(np.abs(found - wanted) <= 5.0 * np.sqrt(variance + 0.25))


@pytest.mark.parametrize("name", KNOWN)
def test_it_is_a_number_everywhere_on_the_plane(name: str) -> None:
    data = DATASETS[name]
    assert data.posterior is not None
    assert data.domain is not None
    places = np.concatenate([data.domain.grid(30, 30), [[1e3, -1e3]]])
    for noise in (0.0, 0.01, data.noise.largest):
        p = data.posterior(places, noise)
        assert np.isfinite(p).all()
        assert np.allclose(p.sum(axis=1), 1.0)
