from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.net import Layout
from boundaryviz.learners.specs import LogisticSpec, MLPSpec

XY = np.array([[0.0, 0.0], [10.0, -4.0], [5.0, -2.0], [1.25, -0.5]])


def test_the_playgrounds_inputs_in_the_order_asked():
    names: Any = ("xy", "sin_y", "x", "y2", "x2", "y", "sin_x")
    x, y = XY.T
    expected = [x * y, np.sin(y), x, y * y, x * x, y, np.sin(x)]
    features = FeatureMap(LogisticSpec(features=names))
    assert features.size == 7
    np.testing.assert_array_equal(features(XY), expected)


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_fourier_features_make_a_gaussian_kernel(scale: float):
    """The inner product of two points' features is about exp(-scale^2 |a - b|^2 / 2) (Rahimi and Recht 2007)."""
    spec = LogisticSpec(features=("x",), fourier=256, fourier_scale=scale)
    features = FeatureMap(spec)
    rng = np.random.default_rng(0)
    a, b = rng.uniform(-1, 1, (2, 40, 2))
    phi_a, phi_b = features(a)[1:], features(b)[1:]
    assert features.size == 513 == len(features(a))
    kernel = np.exp(-(scale**2) * ((a - b) ** 2).sum(axis=1) / 2)
    np.testing.assert_allclose((phi_a * phi_b).sum(axis=0), kernel, atol=5 / np.sqrt(2 * 256))
    np.testing.assert_allclose((phi_a**2).sum(axis=0), 1.0)


def test_fourier_directions_are_the_same_every_time():
    spec = MLPSpec(features=(), fourier=5)
    np.testing.assert_array_equal(FeatureMap(spec)(XY), FeatureMap(spec)(XY))


# ---- initial weights ------------------------------------------------------------------------------------


def test_initial_weights_are_torchs_distribution_and_a_rows_own():
    layout = Layout((2, 64, 3))
    start = layout.init(range(200), "fan-in", torch.float64)
    weights = layout.views(start)
    for tensor, fan_in in zip(weights, (2, 2, 64, 64), strict=True):
        bound = fan_in**-0.5
        assert float(tensor.abs().max()) <= bound
        assert float(tensor.std()) == pytest.approx(bound / 3**0.5, rel=0.05)
        assert float(tensor.mean()) == pytest.approx(0.0, abs=4 * bound / (3 * tensor.numel()) ** 0.5)
    assert torch.equal(layout.init([7], "fan-in", torch.float64)[0], start[7])
    assert not torch.equal(start[7], start[8])
    assert torch.equal(layout.init([7], "fan-in"), start[7:8].float())


def test_the_playgrounds_initial_weights():
    layout = Layout((2, 4, 1))
    w1, b1, w2, b2 = layout.views(layout.init(range(50), "playground"))
    assert torch.all(b1 == 0.1)
    assert torch.all(b2 == 0.1)
    for weight in (w1, w2):
        assert 0.45 < float(weight.abs().max()) <= 0.5


def test_views_share_the_flat_buffer_without_gaps():
    layout = Layout((3, 5, 2))
    buffer = torch.zeros(2, layout.size)
    for view in layout.views(buffer):
        assert view.shape[0] == 2
        view += 1
    assert torch.all(buffer == 1)
    mask = layout.is_weight(buffer)
    assert int(mask.sum()) == 3 * 5 + 5 * 2
    assert layout.size == 3 * 5 + 5 + 5 * 2 + 2
