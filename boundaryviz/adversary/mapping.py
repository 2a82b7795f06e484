"""`bv.effect_map`: the effect map of a scenario from Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from boundaryviz.adversary.effect_maps import effect_map as maps
from boundaryviz.adversary.effect_maps import offered
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.record.effect_map import EffectMap, Measure
from boundaryviz.runs.bars import told
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scene.scene import Domain


def effect_map(
    scenario: Given,
    *,
    measure: Measure | None = None,
    labels: Sequence[int] | None = None,
    weight: int | None = None,
    seeds: int | None = None,
    domain: Domain | None = None,
    beyond: float | None = None,
    progress: OnProgress | bool | None = None,
    watch: Callable[[EffectMap], object] | None = None,
    device: str = "auto",
) -> EffectMap:
    """What more points at each place would do, by training with them there; the scenario given is not changed.

    scenario: or its name, a data set's name, a file, or arrays, as for `train`. measure: what is to change, of
    `record.effect_map.MEASURES`. labels: of the points, -1 for unlabelled; default every class, and unlabelled where
    the learner takes such points up. weight: points at a place. seeds: of training, where that is random, default 2.
    domain: the rectangle that is mapped, or beyond: so many times the extent of the training points; default the plane.
    What is not given is as the attack has it that the scenario offers. watch: called with each map, the coarsest first.
    progress, device: as for `attack`.
    Raises AttackError, in a sentence, where there is nothing to map.
    """
    chosen = given(scenario)
    asked: dict[str, Any] = {
        "measure": measure, "labels": labels, "weight": weight, "seeds": seeds, "domain": domain, "beyond": beyond,
    }  # fmt: skip
    arguments = offered(chosen) | {name: value for name, value in asked.items() if value is not None}
    with told(f"mapping {chosen.name}", progress) as tell:
        pulse = lambda: None if tell is None else tell(0, 1)  # noqa: E731
        for found in maps(chosen, **arguments, pulse=pulse, device=device):
            if watch is not None:
                watch(found)
    return found
