"""The density of a hidden input against sums written out, and which input is hidden."""

from __future__ import annotations

import math

import numpy as np
import torch

from boundaryviz.learners.families.self_supervised import MaskedSpec
from boundaryviz.learners.proxies.masked import mixture_loss
from helpers.models import blobs, make


def test_the_loss_is_the_density_of_the_mixture():
    random = np.random.default_rng(0)
    outputs, target = 0.6 * random.standard_normal((2, 9, 5)), random.standard_normal((2, 1, 5))
    found = mixture_loss(torch.from_numpy(outputs), torch.from_numpy(target))
    for r in range(2):
        for n in range(5):
            logits, mean, log_sd = outputs[r, :, n].reshape(3, 3)
            share = [math.exp(one) / sum(math.exp(k) for k in logits) for one in logits]
            density = sum(
                share[k] * math.exp(-0.5 * ((target[r, 0, n] - mean[k]) / math.exp(log_sd[k])) ** 2)
                / (math.sqrt(2 * math.pi) * math.exp(log_sd[k]))
                for k in range(3)
            )  # fmt: skip
            assert math.isclose(float(found[r, n]), -math.log(density), rel_tol=1e-12)


def test_the_loss_falls_as_the_hidden_input_becomes_known():
    learner = make(MaskedSpec(hidden=(16,), embedding=16), data=blobs(200))
    before = learner.measures()[0, 0]
    learner.step(150)
    assert learner.measures()[0, 0] < before - 0.1
