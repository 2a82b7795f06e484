"""Carrying out an attack that trains: its states one after the other, each measured in truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from boundaryviz.adversary.problem import Method, Problem
from boundaryviz.adversary.requests import AttackRequest
from boundaryviz.adversary.truth import Truth
from boundaryviz.jobs.lookup import function_named
from boundaryviz.jobs.messages import Tell
from boundaryviz.record.trail import AttackState, Trail
from boundaryviz.scenario.scenario import Scenario

_PARTS = 1_000
"""Of an attack, in which its progress is told."""


class Attack:
    """An attack on a scenario, which is never changed.

    problem: what it works on. truth: what measures its states. start: the state to go on from, None for the beginning.
    pulse: called now and then while it trains; may raise to stop.
    Raises AttackError where it cannot attack the scenario.
    """

    def __init__(
        self,
        scenario: Scenario,
        start: AttackState | None = None,
        seeds: int = 1,
        pulse: Callable[[], object] = lambda: None,
        device: str = "auto",
    ) -> None:
        self.problem = Problem(scenario, pulse, device)
        self.truth = Truth(scenario, self.problem.victim, seeds, device)
        self._start = start

    def states(self, measured: bool = True) -> Iterator[AttackState]:
        """Its states, each as soon as it is known; the last one again, as `done`. measured: with its test error."""
        method: Method = function_named(type(self.problem.settings).RUN)
        before = 0 if self._start is None else self._start.fits
        last = self._start
        clean = float(np.mean(self.truth.clean.error))
        for state in method(self.problem, self._start):
            error = float(np.mean(self.truth.of(state).error)) if measured else float("nan")
            last = replace(state, error=error, clean_error=clean, fits=before + self.problem.fits)
            yield last
        if last is not None:
            yield replace(last, done=True, share=1.0)


def run_attack(
    scenario: Scenario,
    *,
    start: AttackState | None = None,
    seeds: int = 1,
    watch: Callable[[AttackState], object] | None = None,
    pulse: Callable[[], object] = lambda: None,
    device: str = "auto",
) -> Trail:
    """The trail of the attack that a scenario offers; the scenario is not changed.

    watch: called with every state; it or `pulse`, which is called more often, may raise to stop.
    Raises AttackError, in a sentence, where it cannot attack the scenario.
    """
    return trail_of(Attack(scenario, start, seeds, pulse, device).states(), watch)


def trail_of(states: Iterator[AttackState], watch: Callable[[AttackState], object] | None = None) -> Trail:
    """The trail of states as `Attack.states` gives them."""
    found: list[AttackState] = []
    for state in states:
        if state.done and found:
            found.pop()
        found.append(state)
        if watch is not None:
            watch(state)
    return Trail(tuple(found))


def carry_out(request: AttackRequest, tell: Tell) -> None:
    """The job of an `AttackRequest`: its results are the states, the last one `done`."""
    share = 0.0

    def pulse() -> None:
        tell.progress(int(_PARTS * share), _PARTS)

    for state in Attack(request.scenario, request.start, request.seeds, pulse).states():
        share = min(state.share, 1.0)
        tell.result(state)
        tell.progress(int(_PARTS * share), _PARTS, state.words)
