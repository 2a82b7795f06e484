"""What the window asks for: an attack that trains, carried out by a job. Nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from boundaryviz.record.trail import AttackState
from boundaryviz.scenario.scenario import Scenario


@dataclass(frozen=True)
class AttackRequest:
    """An attack on a scenario, by the method that its `adversary` names. Its results are `AttackState`s, the last one
    `done`.

    start: the state to go on from, after a pause, as it was or with a point moved by hand; None for the beginning. To
    pause, the job is cancelled: the last state stays with whoever asked, and the scene was never touched.
    seeds: training seeds over which the error of each state is a mean, where training is random.
    """

    JOB: ClassVar[str] = "boundaryviz.adversary.running:carry_out"
    scenario: Scenario
    start: AttackState | None = None
    seeds: int = 1
