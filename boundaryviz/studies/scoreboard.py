"""The scoreboard: attacks against defences, each also by an attacker that knows the defence, over draws of the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.adversary import evading
from boundaryviz.adversary.evading import Reply
from boundaryviz.adversary.goals import held_out
from boundaryviz.adversary.models import training
from boundaryviz.attacks.placement import placed
from boundaryviz.attacks.specs import BridgeSpec
from boundaryviz.defences.specs import DEFENCES
from boundaryviz.jobs.messages import OnProgress, Tell
from boundaryviz.record.scoreboard import COLUMNS, Cell, Harm, Scoreboard, Variant
from boundaryviz.record.trail import NOBODY, AttackState
from boundaryviz.record.verdict import Rates
from boundaryviz.runs.bars import told
from boundaryviz.scenario.gallery import Given, given
from boundaryviz.scenario.redrawing import can_be_drawn
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Points, Scene, Split
from boundaryviz.studies.doses import bare
from boundaryviz.studies.draws import Row, check_data_seeds
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.requests import ScoreboardRequest
from boundaryviz.studies.running import AllOrNothing, carry_out
from boundaryviz.studies.stores import ResultStore
from boundaryviz.studies.tasks import Batch, Task, content_key

DRAWS = 8
"""Draws of the data, unless others are named."""
_SHARE = 0.08  # of the labelled points that are poisoned, where the scenario says nothing
_STREAM = 53  # key of the random stream of the board's own attacks

POOL = ("knn-distance", "lof", "lid", "spanning-tree", "current")
"""Defences of unlabelled pools that a board has."""
LABELLED: Mapping[str, int] = {
    "knn": 40, "loss": 20, "sphere": 40, "slab": 40, "spectral": 6, "activation-clustering": 6, "self-influence": 6,
    "roni": 1,
}  # fmt: skip
"""Defences of labelled points, and how many places or sets the attacker who knows them tries: fewer where one verdict
trains many models."""
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
        watcher = _Watcher(plan, tell, watch)
        carry_out(list(plan.batches.values()), store, executor, watcher)
    return plan.board(watcher.rows)


def job(request: ScoreboardRequest, tell: Tell) -> None:
    """A scoreboard for the window: its results are `Scoreboard`s, the last one whole."""
    from boundaryviz.studies.sqlite_store import SqliteStore

    with SqliteStore(request.store) as store:
        found = scoreboard(
            request.scenario, request.data_seeds, progress=tell.progress, watch=tell.result, store=store
        )  # fmt: skip
    tell.result(found)


# ---- what is to be done -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Plan:
    """batches: one for each attack, defence and data seed, all cells of a draw after each other."""

    scenario: Scenario
    data_seeds: tuple[int, ...]
    cells: tuple[tuple[str, str], ...]
    batches: dict[tuple[str, str, int], Batch]

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
        return cls(scenario, data_seeds, cells, batches)

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
            Variant(words, points, _column([None if row is None else row["variants"][k][2] for row in each]))
            for k, (words, points, _) in enumerate(() if first is None else first["variants"])
        )
        points = _count(self.scenario) if first is None else first["points"]
        return Cell(attack, ATTACKS[attack], defence, DEFENCES[defence].TITLE, points, **columns, variants=variants)


def _named(what: str, names: Sequence[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := [name for name in names or () if name not in known]:
        raise ScenarioError(
            [f"{what}: there is no {name!r} on this board; there are: {', '.join(known)}" for name in unknown]
        )
    return known if names is None else tuple(dict.fromkeys(names))


def defended(scenario: Scenario, defence: str) -> Scenario:
    """The scenario with this defence, by its name; the share that it removes is that of the poison where it takes one
    of labelled points. A cell opens so on the plane."""
    values: dict[str, Any] = {"defence.defence": defence}
    if defence in _MATCHED:
        values["defence.share"] = _SHARE
    return scenario.with_values(values)


def harm_of(scenario: Scenario) -> Harm:
    """What is measured: of a learner that uses unlabelled points the target, else the test error."""
    return "error" if scenario.learner.family.supervised else "success"


def _count(scenario: Scenario) -> int:
    """How many points the attack has."""
    if not scenario.learner.family.supervised:
        return scenario.poison.count
    if scenario.adversary is not None:
        return scenario.adversary.count
    return max(1, round(_SHARE * int(candidates(bare(scenario.scene())).ids.size)))


def _work(defence: str) -> int:
    return {"roni": 30, "spectral": 8, "activation-clustering": 10, "self-influence": 8}.get(defence, 2)


def _column(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


class _Watcher(AllOrNothing):
    """Keeps what came of each cell and draw."""

    def __init__(self, plan: Plan, progress: OnProgress | None, watch: Watch | None) -> None:
        super().__init__(progress)
        self._plan, self._watch = plan, watch
        self.rows: dict[str, Row] = {}

    @override
    def finished(self, batch: Batch, values: Sequence[Any]) -> None:
        self.rows[batch.tasks[0].key] = values[0]
        if self._watch is not None:
            self._watch(self._plan.board(self.rows))


# ---- the work -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Duel:
    """What is done for one attack, defence and draw. scenario: with the defence. count: points of the attack."""

    WORK: ClassVar[str] = "boundaryviz.studies.scoreboard:fight"
    scenario: Scenario
    attack: str
    count: int
    device: str


def fight(content: Duel, tell: Tell) -> list[dict[str, Any]]:
    """The work of a batch: the measures of a cell on one draw; None where there is no such number."""
    scenario, scene = content.scenario, bare(content.scenario.scene())
    rng = np.random.default_rng([scenario.data.seed, _STREAM])
    ground = Ground.of(scenario, scene, content.device)
    attack, variants = _poison(content, scene, ground, rng)
    empty = evading.nothing(scene)
    free = scenario.model_copy(update={"defence": None})
    clean, undefended = ground.harms(free, [empty, attack])
    replies = evading.replies(scenario, scene, [empty, attack, *variants], ground.x, content.device)
    harms = [ground.harm(one) for one in replies]
    rates = [None if one is None or one.judged is None else Rates.of(one.judged) for one in replies[:2]]
    return [
        {
            "clean": clean, "clean_defended": harms[0], "undefended": undefended, "defended": harms[1],
            "caught": None if rates[1] is None else rates[1].true_positive_rate,
            "lost": None if rates[0] is None else rates[0].false_positive_rate,
            "seconds": None if replies[1] is None else replies[1].seconds,
            "points": len(attack),
            "variants": [[state.words, len(state), harm] for state, harm in zip(variants, harms[2:], strict=True)],
        }
    ]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Ground:
    """Where harm is measured: the test points, or the target. x: float64 (V, D). label: int64 (V,), the true classes,
    or the one that the attacker wants."""

    scenario: Scenario
    scene: Scene
    x: NDArray[np.float64]
    label: NDArray[np.int64]
    wanted: bool
    device: str

    @classmethod
    def of(cls, scenario: Scenario, scene: Scene, device: str, split: Split = Split.TEST) -> Ground:
        """Raises ScenarioError without test points or a target."""
        if harm_of(scenario) == "success":
            goal = scenario.poison.aim(scene)
            if goal is None:
                raise ScenarioError(["poison.target: there is no target to be taken"])
            label = np.array([goal.target_class], dtype=np.int64)
            return cls(scenario, scene, scene.embed(goal.target[None]), label, True, device)
        points = held_out(scene, split)
        if not len(points):
            raise ScenarioError([f"data: there is no {split.name.lower()} point to measure on; give it a share"])
        return cls(scenario, scene, points.x, points.label.astype(np.int64), False, device)

    def harm(self, reply: Reply | None) -> float | None:
        """The share of wrong answers, or whether the target is the attacker's."""
        if reply is None:
            return None
        right = (reply.predicted == self.label).mean()
        return float(right if self.wanted else 1.0 - right)

    def harms(self, scenario: Scenario, states: Sequence[AttackState]) -> list[float | None]:
        """Of each of these sets of poison."""
        return [self.harm(one) for one in evading.replies(scenario, self.scene, states, self.x, self.device)]


def candidates(scene: Scene) -> Points:
    """The clean labelled training points, whose labels can be flipped."""
    some = scene.points.take(training(scene))
    return some.take(some.is_labelled & ~some.is_poison)


def _poison(
    content: Duel, scene: Scene, ground: Ground, rng: np.random.Generator
) -> tuple[AttackState, list[AttackState]]:
    """The attack as it is, and the variants of the attacker who knows the defence."""
    scenario = content.scenario
    if content.attack == "bridge":
        return _bridge(scenario, scene, {}, "bridge"), _wider(scenario, scene)
    tries, points = LABELLED[scenario.defence.defence] if scenario.defence else 0, candidates(scene)
    if content.attack == "heap":
        several = evading.heaps(scenario, scene, content.count, max(tries, 1), rng)
        attack = several[0]
    else:
        attack = evading.random_flips(points, content.count, scene.classes, rng)
        several = [
            make(points, content.count, scene.classes, rng)
            for _ in range(tries)
            for make in (evading.random_flips, evading.flipped_neighbours)
        ]
    validation = Ground.of(scenario, scene, content.device, Split.VALIDATION)
    harms = [-1.0 if harm is None else harm for harm in validation.harms(scenario, several)]
    best = several[int(np.argmax(harms))]
    words = "elsewhere, or looser" if content.attack == "heap" else "other points"
    return attack, [AttackState(best.points, best.label, best.replaces, words=words)]


_WIDER = ((2, 0.06), (6, 0.12), (15, 0.12), (30, 0.18))
"""Times as many points, and their jitter in lengths of the bridge: the adaptive attacker makes it wider."""


def _wider(scenario: Scenario, scene: Scene) -> list[AttackState]:
    goal = scenario.poison.aim(scene)
    length = 1.0 if goal is None else float(np.linalg.norm(goal.target - goal.source))
    return [
        _bridge(
            scenario, scene,
            {"count": times * scenario.poison.count, "jitter": wide * length, "profile": "uniform", "spacing": "random"},
            f"{times * scenario.poison.count} points, wider",
        )
        for times, wide in _WIDER
    ]  # fmt: skip


def _bridge(scenario: Scenario, scene: Scene, changed: dict[str, Any], words: str) -> AttackState:
    points, _ = placed(scene, scenario.poison.model_copy(update={"on": True} | changed))
    return AttackState(points.x, points.label.astype(np.int64), np.full(len(points), NOBODY), words=words)
