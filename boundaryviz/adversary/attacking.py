"""An attack from beginning to end: `boundaryviz.attack`, and what the command line and studies make of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary.baseline import at_random
from boundaryviz.adversary.running import Attack
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.record.attacked import Attacked
from boundaryviz.record.metrics import Metric, Metrics
from boundaryviz.record.seeds import training_varies
from boundaryviz.record.trail import AttackState, Trail
from boundaryviz.runs.bars import told
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.scenario import Scenario

PARTS = 1_000
"""Of an attack, in which its progress is told."""


def attack(
    scenario: Given,
    method: str | None = None,
    *,
    seeds: int = 1,
    progress: OnProgress | bool | None = None,
    device: str = "auto",
    **settings: Any,
) -> Attacked:
    """Attack a scenario by a method that trains, and measure what that does; the scenario given is not changed.

    scenario: or its name, a data set's name, a file, or arrays (X, y), see `Scenario.from_arrays`. method: a name in
    `attacks.trained.specs.METHODS`, default the one that the scenario offers. settings: of the attack, such as
    count=8 or beyond=2. seeds: training seeds on which it is measured, where training is random.
    progress: a function, False for none; by default a bar in terminals and notebooks. What has been found until it
    raises is lost.
    Raises AttackError, in a sentence, where the method cannot attack the scenario, and ScenarioError for settings that
    are none.
    """
    asked = offered(given(scenario), method, settings)
    with told(f"attacking {asked.name}", progress) as tell:
        return carried_out(asked, seeds, device, lambda share, words: tell(int(PARTS * share), PARTS))


def offered(scenario: Scenario, method: str | None, settings: dict[str, Any]) -> Scenario:
    """The scenario with this method and these settings of it. Raises ScenarioError for what is none."""
    values = {f"adversary.{name}": value for name, value in settings.items()}
    if method is not None:
        values = {"adversary.method": method, **values}
    elif scenario.adversary is None:
        values = {"adversary.method": "", **values}  # which says which there are
    return scenario.with_values(values) if values else scenario


def carried_out(
    scenario: Scenario,
    seeds: int = 1,
    device: str = "auto",
    watch: Callable[[float, str], object] = lambda share, words: None,
    unwanted: Callable[[], bool] = lambda: False,
) -> Attacked:
    """The attack that a scenario offers. watch: called with the share that is done, and what is being done; may raise.

    unwanted: asked between two states; where it says so, the attack ends with the state that it has come to.
    Raises AttackError where it cannot attack the scenario, and KeyboardInterrupt where it is unwanted before there is a
    state.
    """
    began = perf_counter()
    share, words = 0.0, ""
    work = Attack(scenario, None, seeds, lambda: watch(share, words), device)
    states: list[AttackState] = []
    for state in work.states():
        if state.done and states:
            states.pop()
        states.append(state)
        share, words = min(state.share, 1.0), state.words
        watch(share, words)
        if unwanted():
            break
    if not states:
        raise KeyboardInterrupt
    trail = Trail(tuple(states))
    metrics = measures(work, trail.last)
    scene = work.truth.committed(trail.last)
    poisoned = scenario.model_copy(update={"course": None}).with_scene(scene)
    return Attacked(
        poisoned, work.problem.settings, trail, metrics, work.truth.seeds, perf_counter() - began, trail.last.done
    )


def measures(work: Attack, state: AttackState, random: bool = True) -> Metrics:
    """What a state does, as `record.attacked.MEASURES` says. random: with what as much poison does that is drawn."""
    truth, varies = work.truth, training_varies(work.problem.scenario.learner)
    hurt, clean = truth.of(state), truth.clean
    found = {"gain": hurt.error - clean.error, "error": hurt.error, "clean_error": clean.error}
    if random:
        hurts = [truth.of(one) for one in at_random(work.problem)]
        found["random_gain"] = _mean([one.error - clean.error for one in hurts])
    if not np.isnan(hurt.success).all():
        found |= {"success": hurt.success, "clean_success": clean.success}
        if random:
            found["random_success"] = _mean([one.success for one in hurts])
    found["fits"] = np.array([float(state.fits)])
    return Metrics((name, Metric.of(values, "nothing" if name == "fits" else varies)) for name, values in found.items())


def _mean(values: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = np.mean(values, axis=0)
    return mean


def as_start(state: AttackState) -> AttackState:
    """A state as one to go on from."""
    return replace(state, done=False)
