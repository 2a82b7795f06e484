"""The scoreboard: attacks against defences, each also by an attacker that knows the defence, over draws of the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary.models import training
from boundaryviz.attacks.specs import BridgeSpec
from boundaryviz.defences.specs import DEFENCES
from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.record.scoreboard import COLUMNS, Cell, Scoreboard, Variant
from boundaryviz.runs.bars import told
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.doses import bare
from boundaryviz.studies.draws import Row, check_data_seeds
from boundaryviz.studies.duels import LABELLED, SHARE, Duel, candidates, harm_of, wider
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.requests import ScoreboardRequest
from boundaryviz.studies.running import rows_of
from boundaryviz.studies.stores import ResultStore
from boundaryviz.studies.tasks import Batch, Task, content_key

DRAWS = 8
"""Draws of the data, unless others are named."""

POOL = ("knn-distance", "lof", "lid", "spanning-tree", "current")
"""Defences of unlabelled pools that a board has."""
_MATCHED = ("loss", "sphere", "slab", "spectral", "self-influence")  # of which a share is removed: as much as is poison

Watch = Callable[[Scoreboard], object]
ATTACKS: Mapping[str, str] = {"bridge": "Bridge", "flips": "Random flips", "heap": "Heap"}


def scoreboard(
    scenario: Given,
    data_seeds: Sequence[int] | None = None,
    defences: Sequence[str] | None = None,
    attacks: Sequence[str] | None = None,
    *,
    progress: OnProgress | bool | None = None,
    device: str = "auto",
    watch: Watch | None = None,
    store: ResultStore | None = None,
    executor: Executor | None = None,
) -> Scoreboard:
    """Attacks against defences on a scenario, over draws of its data.

    scenario: or its name, a file, or arrays, as for `train`. Of a learner that uses unlabelled points the attack is the
    scenario's own bridge, of one that does not random flips and a heap; the defences are those that look at what is
    poisoned. data_seeds: default eight from the scenario's own on. defences, attacks: names, default all.
    progress, watch: as for a dose-response. store, executor: as in `studies.running.carry_out`.
    Raises ScenarioError for a scenario whose points no data seed draws, one without a bridge where it needs one, and
    names that are none; DeviceError; MemoryNeeded.
    """
    chosen = given(scenario)
    if data_seeds is None:
        data_seeds = range(chosen.data.seed, chosen.data.seed + DRAWS)
    plan = Plan.of(chosen, check_data_seeds(data_seeds), defences, attacks, device)
    with told(f"scoreboard of {chosen.name}", progress) as tell:
        return rows_of(plan.batches.values(), plan.board, store, executor, tell, watch)


def job(request: ScoreboardRequest, tell: Tell) -> None:
    """A scoreboard for the window: its results are `Scoreboard`s, the last one whole."""
    from boundaryviz.studies.sqlite_store import SqliteStore

    with SqliteStore(request.store) as store:
        found = scoreboard(
            request.scenario, request.data_seeds, request.names, progress=tell.progress, watch=tell.result, store=store
        )  # fmt: skip
    tell.result(found)


# ---- what is to be done -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Plan:
    """wider: settings that show the bridges of the adaptive attacker. batches: one for each attack, defence
    and data seed, all cells of a draw after each other."""

    scenario: Scenario
    data_seeds: tuple[int, ...]
    cells: tuple[tuple[str, str], ...]
    batches: dict[tuple[str, str, int], Batch]
    wider: tuple[dict[str, Any], ...]

    @classmethod
    def of(
        cls, scenario: Scenario, data_seeds: tuple[int, ...], defences: Sequence[str] | None,
        attacks: Sequence[str] | None, device: str,
    ) -> Plan:  # fmt: skip
        """Raises ScenarioError as `scoreboard` says."""
        if not can_be_drawn(scenario):
            raise ScenarioError(["data: the points of this scenario are kept in it; no data seed draws others"])
        pooled = not scenario.learner.family.supervised
        if pooled and not (isinstance(scenario.poison, BridgeSpec) and scenario.poison.count):
            raise ScenarioError(["poison: the attack on unlabelled points is a bridge; give poison.attack and count"])
        usual = ("bridge",) if pooled else ("flips", "heap")
        cells = tuple(
            (attack, defence)
            for attack in _named("attacks", attacks, usual)
            for defence in _named("defences", defences, POOL if pooled else tuple(LABELLED))
        )
        batches = {}
        for seed in data_seeds:
            drawn = scenario.with_values({"data.seed": seed, "poison.seed": seed}).model_copy(
                update={"adversary": None}
            )
            for attack, defence in cells:
                one = defended(drawn, defence)
                key = content_key(
                    "scoreboard", one, attack=attack, tries=LABELLED.get(defence, 0), count=_count(scenario)
                )
                name = f"{ATTACKS[attack]} against {DEFENCES[defence].TITLE}, data seed {seed}"
                batches[attack, defence, seed] = Batch(
                    (Task(key, name),), Duel(one, attack, _count(scenario), device), _work(defence)
                )
        several = wider(scenario, bare(scenario.scene())) if pooled else []
        seen = tuple({f"poison.{name}": value for name, value in one.items()} for one in several)
        return cls(scenario, data_seeds, cells, batches, seen)

    def board(self, rows: Mapping[str, Row]) -> Scoreboard:
        """Of the cells that are done."""
        cells = tuple(self._cell(attack, defence, rows) for attack, defence in self.cells)
        scenario = self.scenario
        n = int(training(bare(scenario.scene())).size)
        return Scoreboard(
            scenario.name, scenario.title, scenario.learner.TITLE, harm_of(scenario), n, self.data_seeds, cells
        )

    def _cell(self, attack: str, defence: str, rows: Mapping[str, Row]) -> Cell:
        each = [rows.get(self.batches[attack, defence, seed].tasks[0].key) for seed in self.data_seeds]
        first = next((row for row in each if row is not None), None)
        columns = {name: _column([None if row is None else row[name] for row in each]) for name in COLUMNS}
        variants = tuple(
            Variant(
                words,
                points,
                _column([None if row is None else row["variants"][k][2] for row in each]),
                self.wider[k] if self.wider else {},
            )
            for k, (words, points, _) in enumerate(() if first is None else first["variants"])
        )
        points = _count(self.scenario) if first is None else first["points"]
        return Cell(attack, ATTACKS[attack], defence, DEFENCES[defence].TITLE, points, **columns, variants=variants,
            settings=settings_of(defence), attack_settings=_offered(attack, points, self.scenario),
        )  # fmt: skip


def _named(what: str, names: Sequence[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := [name for name in names or () if name not in known]:
        raise ScenarioError(
            [f"{what}: there is no {name!r} on this board; there are: {', '.join(known)}" for name in unknown]
        )
    return known if names is None else tuple(dict.fromkeys(names))


def defended(scenario: Scenario, defence: str) -> Scenario:
    """The scenario with this defence, by its name; the share that it removes is that of the poison where it takes one
    of labelled points. A cell opens so on the plane."""
    return scenario.with_values(settings_of(defence))


def settings_of(defence: str) -> dict[str, Any]:
    """What `defended` sets."""
    return {"defence.defence": defence} | ({"defence.share": SHARE} if defence in _MATCHED else {})


def _offered(attack: str, count: int, scenario: Scenario) -> dict[str, Any]:
    """The settings of a scenario with the attack: the bridge as it is, or an attack that trains, which is offered."""
    if attack == "bridge":
        return {f"poison.{name}": getattr(scenario.poison, name) for name in ("count", "jitter", "profile", "spacing")}
    return {"adversary.method": "heap" if attack == "heap" else "flips-random", "adversary.count": count}


def _count(scenario: Scenario) -> int:
    """How many points the attack has."""
    if not scenario.learner.family.supervised:
        return scenario.poison.count
    if scenario.adversary is not None:
        return scenario.adversary.count
    return max(1, round(SHARE * int(candidates(bare(scenario.scene())).ids.size)))


def _work(defence: str) -> int:
    return {"roni": 30, "spectral": 8, "activation-clustering": 10, "self-influence": 8}.get(defence, 2)


def _column(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
