"""What is said where a learner is given inputs as they are, and would do better with scaled ones."""

from __future__ import annotations

import numpy as np

from boundaryviz.learners.family import LearnerSettings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.measure import spreads
from boundaryviz.scene.scene import Scene

UNLIKE = 3.0
"""How many times as far as half of the others an input may spread."""
AWAY = 10.0
"""How many times its spread an input may lie away from 0, for a learner that is bound to the origin."""
LOST = 1e5
"""As `AWAY`, for one that minds no units but is given single precision, of whose seven digits few are left then."""


def scale_advice(scenario: Scenario, scene: Scene, learner: LearnerSettings | None = None) -> str:
    """Why inputs should be scaled, with the number, in a sentence; "" where nothing is to be said.

    learner: in place of the scenario's.
    """
    if scenario.data.input_scale != "as-is" or scenario.one_unit:
        return ""
    spec = scenario.learner if learner is None else learner
    spread, away = spreads(scene.points)
    varies = np.flatnonzero(spread)
    if not len(varies):
        return ""
    names, spread, away = [scene.input_name(k) for k in varies.tolist()], spread[varies], away[varies]
    order = np.argsort(spread, kind="stable")
    usual, widest = order[(len(order) - 1) // 2], order[-1]  # of two the narrower
    ratio = spread[widest] / spread[usual]
    if ratio > UNLIKE and not spec.scale_free:
        return (
            f"{names[widest]} spreads {_times(ratio)} as far as {names[usual]}. {spec.TITLE} takes both for lengths "
            f"in one unit, so {names[usual]} hardly counts."
        )
    farthest = int(np.argmax(away / spread))
    far = away[farthest] / spread[farthest]
    if spec.bound_to_origin and far > (LOST if spec.scale_free else AWAY):
        return (
            f"{names[farthest]} lies {_times(far)} as far from 0 as it spreads. {spec.TITLE} learns slowly there, "
            "or nothing."
        )
    return ""


def scale_note(scenario: Scenario, scene: Scene, learner: LearnerSettings | None = None) -> str:
    """As `scale_advice`, with what to do, where there is no button to press."""
    words = scale_advice(scenario, scene, learner)
    return words and f"{words} Standardise the inputs: data.input_scale=standardised."


def _times(ratio: float) -> str:
    """As a person says it, to two digits."""
    rounded = float(f"{ratio:.2g}")
    return f"{rounded:,.0f} times" if rounded >= 10 else f"{rounded:.1f} times"
