"""The one push for all, asked of a learner as it stands, as it is seen on the plane."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from boundaryviz.evasion.model import NoGradient, model_of
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.evasion.universal import universal
from boundaryviz.learners.base import Learner
from boundaryviz.scene.section import Section


def common_push(
    learner: Learner,
    asked: EvasionSpec,
    x: NDArray[np.float64],
    label: NDArray[np.int64],
    replica: int = 0,
    section: Section | None = None,
) -> tuple[float, float] | None:
    """The push of length epsilon that, added to every point x (N, D) of classes `label` (N,), has most of them decided
    wrongly, as its shadow (right, up) on the plane of a section; see `universal`.

    None for a length of 0, and for a learner that is no function of its inputs with gradients.
    """
    if asked.epsilon <= 0:
        return None
    try:
        model = model_of(learner, slice(replica, replica + 1))
    except NoGradient:
        return None
    known = torch.from_numpy(label.copy()).to(model.device)
    push = universal(model, model.inputs(x.copy()), known, asked.norm, asked.epsilon, seed=asked.seed).push
    shadow = push if section is None else section.shadow(push) - section.shadow(np.zeros_like(push))
    return float(shadow[0, 0]), float(shadow[0, 1])
