"""Attacks on a plane whose axes have units of different size: they place what they place on one without, stretched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from boundaryviz.attacks.placement import placed
from boundaryviz.attacks.specs import AttackSpec, BridgeSpec, CopiesSpec, FlipSpec, OutOfDistributionSpec
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Domain, Scene

STRETCH = 1024.0  # a power of two, so that stretching rounds nothing
EVEN = replace(build(DataSpec(n=150, noise=0.08)), domain=Domain(-2.0, 3.0, -2.5, 2.5))


def stretched(scene: Scene) -> Scene:
    domain = scene.domain
    points = scene.points.with_columns(xy=scene.points.xy * (1.0, STRETCH))
    return replace(
        scene, points=points, domain=replace(domain, bottom=STRETCH * domain.bottom, top=STRETCH * domain.top)
    )


@pytest.mark.parametrize(
    ("kind", "values", "places"),
    [
        (BridgeSpec, {"curvature": 0.4}, {"target": [(1.0, -0.4)], "source": [(-0.9, 0.1)]}),
        (BridgeSpec, {"jitter": 0.1}, {"target": [(1.0, -0.4)], "via": [(0.3, 1.4), (1.4, 1.0)]}),
        (BridgeSpec, {"route": "sparse"}, {"target": [(1.6, -0.2)]}),
        (BridgeSpec, {}, {}),
        (CopiesSpec, {"jitter": 0.05, "wanted": 0}, {"target": [(1.0, -0.4)]}),
        (FlipSpec, {"choose": "target", "radius": 0.5, "wanted": 0}, {"target": [(1.0, -0.4)]}),
        (FlipSpec, {"choose": "boundary"}, {}),
        (OutOfDistributionSpec, {"spread": 0.2}, {}),
    ],
)
def test_what_is_placed_is_stretched_with_the_plane(
    kind: type[AttackSpec], values: dict[str, Any], places: dict[str, list[tuple[float, float]]]
) -> None:
    def spec(stretch: float) -> AttackSpec:
        given = {name: tuple((x, stretch * y) for x, y in where) for name, where in places.items()}
        found: dict[str, Any] = {name: where if name == "via" else where[0] for name, where in given.items()}
        return kind.model_validate({"count": 25, **values, **found})

    there, gone = placed(EVEN, spec(1.0))
    here, withdrawn = placed(stretched(EVEN), spec(STRETCH))
    np.testing.assert_allclose(here.xy, there.xy * (1.0, STRETCH), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(here.label, there.label)
    np.testing.assert_array_equal(withdrawn, gone)
