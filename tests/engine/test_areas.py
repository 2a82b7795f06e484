"""What is measured over the plane has cells that look square, whatever the units of its axes are."""

from __future__ import annotations

import numpy as np
import pytest

import boundaryviz as bv
from boundaryviz.engine.recorder import LONGER, Recorder
from boundaryviz.engine.session import Session
from boundaryviz.scene.scene import Domain


def overlapping(factor: float) -> bv.Scenario:
    rng = np.random.default_rng(100)
    label = np.arange(120) % 2
    x = rng.normal(size=(120, 2)) + 1.2 * label[:, None]
    x[:, 1] *= factor
    scenario = bv.Scenario.from_arrays(x, label).with_values(
        {"data.splits": "drawn", "learner.name": "label-spreading", "data.labels_per_class": 4}
    )
    way = np.stack([np.linspace(0.2, 1.4, 9), factor * np.linspace(0.1, 1.3, 9)], axis=1)
    return scenario.with_poison(way, target=(1.4, 1.3 * factor, 0))


@pytest.mark.parametrize("factor", [1e-4, 7.0, 1e4])
def test_the_share_of_the_plane_that_flips_does_not_depend_on_units(factor: float) -> None:
    areas = [bv.train(overlapping(one), twin=True, progress=False).metrics["flip_area"].mean for one in (1.0, factor)]
    assert areas[0] > 0.01
    assert areas[1] == pytest.approx(areas[0], rel=0.1)


@pytest.mark.parametrize(
    ("domain", "shape"),
    [
        (Domain(0, 4, 0, 2), (100, 50)),
        (Domain(0, 1, 0, 3), (33, 100)),
        (Domain(0, 1, 0, 5_000), (100, 100)),
        (Domain(0, 9e6, 0, 1), (100, 100)),
    ],
)
def test_cells_look_square(domain: Domain, shape: tuple[int, int]) -> None:
    assert domain.shape(100) == shape


def test_a_part_of_a_plane_has_cells_as_the_plane_has() -> None:
    whole = Domain(0, 1, 0, 5_000)
    assert Domain(0, 1, 0, 2_500).shape(100, whole.stretch) == (100, 50)


def test_moments_of_a_plane_of_unlike_units_are_no_stripes() -> None:
    _, field, _ = Recorder()._fields(Session(overlapping(1e4)), 0)
    assert min(field.shape[-2:]) > LONGER // 2
