"""The transfer matrix: poison made for one learner, tried on all, over draws of the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from boundaryviz.adversary.models import training
from boundaryviz.adversary.running import run_attack
from boundaryviz.adversary.truth import Truth
from boundaryviz.attacks.trained.specs import METHODS
from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.record.transfer import PARTIES, RANDOM, Party, Transfer
from boundaryviz.runs.bars import told
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.doses import bare
from boundaryviz.studies.draws import Draw, Row, check_data_seeds
from boundaryviz.studies.duels import SHARE, candidates
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.requests import TransferRequest
from boundaryviz.studies.running import rows_of
from boundaryviz.studies.stores import ResultStore
from boundaryviz.studies.tasks import Batch, Task, content_key

DRAWS = 8
"""Draws of the data, unless others are named."""
_SEEDS = 4  # of training, over which an error is a mean

Watch = Callable[[Transfer], object]


def transfer(
    scenario: Given,
    data_seeds: Sequence[int] | None = None,
    learners: Sequence[str] | None = None,
    method: str = "heap",
    *,
    progress: OnProgress | bool | None = None,
    device: str = "auto",
    watch: Watch | None = None,
    store: ResultStore | None = None,
    executor: Executor | None = None,
) -> Transfer:
    """By how much poison made for each learner raises the error of all, against the same learner without it.

    scenario: or its name, a file, or arrays, as for `train`; of it the data count, with all their labels, and the
    settings of its attack that trains, where it offers one. data_seeds: default eight from the scenario's own on.
    learners: names among `PARTIES`, default all. method: of the attack. The last row is of labels flipped at random.
    progress, watch: as for a dose-response. store, executor: as in `studies.running.carry_out`.
    Raises ScenarioError for a scenario whose points no data seed draws, and names that are none; AttackError;
    DeviceError; MemoryNeeded.
    """
    chosen = given(scenario)
    if data_seeds is None:
        data_seeds = range(chosen.data.seed, chosen.data.seed + DRAWS)
    plan = Plan.of(chosen, check_data_seeds(data_seeds), _parties(learners), method, device)
    with told(f"transfer of {chosen.name}", progress) as tell:
        return rows_of(plan.batches.values(), plan.found, store, executor, tell, watch)


def job(request: TransferRequest, tell: Tell) -> None:
    """A matrix for the window: its results are `Transfer`s, the last one whole."""
    from boundaryviz.studies.sqlite_store import SqliteStore

    with SqliteStore(request.store) as store:
        found = transfer(
            request.scenario, request.data_seeds, request.names, progress=tell.progress, watch=tell.result, store=store
        )  # fmt: skip
    tell.result(found)


def plan(scenario: Scenario, data_seed: int | None, names: Collection[str], seeds: int, device: str) -> Draw:
    """The measures of `[expect]` under 'transfer.', of one draw: 'rbf_tree' is the rise of a tree's error by what was
    made for an RBF support vector machine; see `draws.Planner`."""
    pairs = [name.split("_") for name in names]
    needed = tuple(one for one in PARTIES if any(one.name in pair for pair in pairs))
    whole = Plan.of(scenario, (scenario.data.seed,), needed, "heap", device)
    made = [name for name in whole.made_for if any(name == pair[0] for pair in pairs)]

    def reduce(rows: Sequence[Row | None]) -> dict[str, float]:
        found = {name: row["errors"] for name, row in zip(made, rows, strict=True) if row is not None}
        return {
            f"{made_for}_{tried}": _rise(found[made_for][tried])
            for made_for, tried in pairs
            if made_for in found
        }  # fmt: skip

    return Draw(data_seed, tuple(whole.batches[name, scenario.data.seed] for name in made), reduce)


def _parties(names: Sequence[str] | None) -> tuple[Party, ...]:
    known = {one.name: one for one in PARTIES}
    if unknown := [name for name in names or () if name not in known]:
        raise ScenarioError([f"learners: there is no {name!r} here; there are: {', '.join(known)}" for name in unknown])
    return PARTIES if names is None else tuple(known[name] for name in dict.fromkeys(names))


# ---- what is to be done -----------------------------------------------------------------------------------

_FLIPS = "flips"  # the row of random flips


@dataclass(frozen=True, eq=False)
class Plan:
    """made_for: names of the rows. batches: one for each row and data seed."""

    scenario: Scenario
    data_seeds: tuple[int, ...]
    parties: tuple[Party, ...]
    method: str
    made_for: tuple[str, ...]
    batches: dict[tuple[str, int], Batch]

    @classmethod
    def of(
        cls, scenario: Scenario, data_seeds: tuple[int, ...], parties: tuple[Party, ...], method: str, device: str
    ) -> Plan:
        """Raises ScenarioError as `transfer` says."""
        if not can_be_drawn(scenario):
            raise ScenarioError(["data: the points of this scenario are kept in it; no data seed draws others"])
        base = scenario.with_values({"data.labels_per_class": "all", "poison.count": 0, "defence": None})
        count = _count(base)
        made_for = (*(one.name for one in parties if one.crafts), _FLIPS)
        several = {one.name: base.with_values(dict(one.values)) for one in parties}
        first, batches = next(iter(several.values())), {}
        for seed in data_seeds:
            for name in made_for:
                how = {"adversary.method": "flips-random" if name == _FLIPS else method, "adversary.count": count}
                how |= {"data.seed": seed, "adversary.seed": seed}
                victim = several.get(name, first).with_values(how)
                tried = tuple((one, several[one].with_values(how)) for one in several)
                parts = [content_key("transfer", one) for _, one in tried]
                attack = None if victim.adversary is None else victim.adversary.model_dump(mode="json")
                key = content_key("transfer", victim, attack=attack, tried=parts, seeds=_SEEDS)
                words = f"poison made for {_title(name)}, data seed {seed}"
                batches[name, seed] = Batch((Task(key, words),), Trial(victim, tried, device), len(tried))
        return cls(scenario, data_seeds, parties, method, made_for, batches)

    def found(self, rows: Mapping[str, Row]) -> Transfer:
        """Of what is done."""
        columns, many = [one.name for one in self.parties], len(self.data_seeds)
        clean = np.full((len(columns), many), math.nan)
        rise = np.full((len(self.made_for), len(columns), many), math.nan)
        for r, name in enumerate(self.made_for):
            for k, seed in enumerate(self.data_seeds):
                row = rows.get(self.batches[name, seed].tasks[0].key)
                for c, tried in enumerate(columns if row is not None else ()):
                    pair = row["errors"][tried]  # type: ignore[index]
                    clean[c, k] = math.nan if pair[0] is None else pair[0]
                    rise[r, c, k] = _rise(pair)
        scenario = self.scenario
        n = int(training(bare(scenario.scene())).size)
        titles = tuple(one.title for one in self.parties)
        return Transfer(
            scenario.name, scenario.title, METHODS[self.method].TITLE, _count(scenario), n, self.data_seeds,
            tuple(_title(name) for name in self.made_for), titles, clean, rise,
        )  # fmt: skip


def _title(name: str) -> str:
    return next((one.title for one in PARTIES if one.name == name), RANDOM)


def _count(scenario: Scenario) -> int:
    """How many points the attack has: as many as the scenario says, or one in twelve."""
    if scenario.adversary is not None:
        return scenario.adversary.count
    every = scenario.with_values({"data.labels_per_class": "all"})
    return max(1, round(SHARE * len(candidates(bare(every.scene())))))


def _rise(pair: Sequence[float | None]) -> float:
    clean, poisoned = pair
    return math.nan if clean is None or poisoned is None else poisoned - clean


# ---- the work -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Trial:
    """What is done for one row and draw. victim: for which poison is made. tried: by name, on which it is tried."""

    WORK: ClassVar[str] = "boundaryviz.studies.transfer:attempt"
    victim: Scenario
    tried: tuple[tuple[str, Scenario], ...]
    device: str


def attempt(content: Trial, tell: Tell) -> list[dict[str, dict[str, list[float | None]]]]:
    """The work of a batch: of each learner the test error without the poison and with it, the mean over training
    seeds; None where training diverged."""
    state = run_attack(content.victim, device=content.device).last
    errors = {}
    for at, (name, scenario) in enumerate(content.tried):
        truth = Truth(scenario, scenario.scene(), _SEEDS, content.device)
        errors[name] = [_mean(truth.clean.error), _mean(truth.of(state).error)]
        tell.progress(at + 1, len(content.tried))
    return [{"errors": errors}]


def _mean(errors: np.ndarray) -> float | None:
    value = float(errors.mean())
    return value if math.isfinite(value) else None
