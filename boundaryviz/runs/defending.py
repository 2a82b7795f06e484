"""A scenario with a defence, beside the same without: what it removes, and what is learnt from what is left."""

from __future__ import annotations

from typing import Any

from boundaryviz.defences import DEFENCES
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.record.verdict import DefenceReport
from boundaryviz.runs.bars import told
from boundaryviz.runs.run import Run, start
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.scenario import SETTINGS, Scenario, ScenarioError


class Defended:
    """run: with the defence. undefended: the same without. report: what was removed from each model of `run`."""

    def __init__(self, run: Run, undefended: Run) -> None:
        self.run, self.undefended = run, undefended

    @property
    def report(self) -> DefenceReport:
        """What the defence removed from each model; with twins from all clean ones first."""
        found = self.run.defence
        assert found is not None  # there is one, and a run without a window has judged
        return found

    @property
    def seconds(self) -> float:
        """What judging took."""
        return self.run.session.defending.seconds

    def plain(self) -> dict[str, Any]:
        """As plain values for JSON. models: of each what was removed, by id, and how well that fits the truth."""
        run, report = self.run, self.report
        found: dict[str, Any] = {
            "scenario": run.scenario.name,
            "learner": run.session.spec.name,
            "defence": report.settings.model_dump(mode="json"),
            "seeds": list(run.seeds),
            "steps": run.step,
            "seconds_judging": round(self.seconds, 4),
        }
        sides = ("clean", "poisoned") if run.twin else ("",)
        models = []
        for k, (judged, rates) in enumerate(zip(report.replicas, report.rates, strict=True)):
            side = {"twin": sides[k // len(run.seeds)]} if run.twin else {}
            removed = judged.ids[judged.removed].tolist()
            models.append({"seed": run.seeds[k % len(run.seeds)]} | side | rates.plain() | {"removed_ids": removed})
        found["models"] = models
        found["metrics"] = {name: one.plain() for name, one in run.metrics.items()}
        found["undefended"] = {name: one.plain() for name, one in self.undefended.metrics.items()}
        if run.twin:
            found["clean"] = {name: one.plain() for name, one in run.clean.items()}
        found["settings"] = run.scenario.model_dump(mode="json", include=set(SETTINGS))
        return found


def defended(scenario: Scenario, method: str | None = None, **settings: Any) -> Scenario:
    """The scenario with this defence on, by default the one it has. settings: of the defence.

    Raises ScenarioError for what there is not, and where none is named and the scenario has none.
    """
    values: dict[str, Any] = {} if method is None else {"defence.defence": method}
    values |= {f"defence.{name}": value for name, value in settings.items()}
    found = scenario.with_values(values) if values else scenario
    if found.defence is None:
        raise ScenarioError([f"defence: this scenario has none; name one of {', '.join(DEFENCES)}"])
    return found


def defend(
    scenario: Given,
    method: str | None = None,
    *,
    seeds: int | None = None,
    twin: bool | None = None,
    steps: int | None = None,
    device: str = "auto",
    progress: OnProgress | bool | None = None,
    **settings: Any,
) -> Defended:
    """Train a scenario with a defence and without it. method: its name, see `bv.defences`; default the scenario's own.

    settings: of the defence. seeds, twin, steps, device, progress: as in `train`. Raises ScenarioError, for what there
    is not as where the defence cannot judge or leaves nothing of a class; DeviceError; MemoryNeeded.
    """
    return carried_out(defended(given(scenario), method, **settings), seeds, twin, steps, device, progress)


def carried_out(
    scenario: Scenario,
    seeds: int | None = None,
    twin: bool | None = None,
    steps: int | None = None,
    device: str = "auto",
    progress: OnProgress | bool | None = None,
) -> Defended:
    """As `defend`, of a scenario whose defence is on. An exception from `progress` stops between two steps."""
    total = scenario.steps if steps is None else steps
    runs = [start(one, seeds, twin, device, steps=steps) for one in (scenario, scenario.with_values(_OFF))]
    with told(f"defending {scenario.name}", progress) as tell:
        for k, run in enumerate(runs):
            run.advance(total, lambda done, whole, k=k: tell(k * whole + done, 2 * whole))  # type: ignore[misc]
    return Defended(*runs)


_OFF = {"defence.defence": "none"}
