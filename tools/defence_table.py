"""Measure every filter against attackers that do not know it and attackers that do, and write docs/defences.md.

Pools: label spreading on five thousand points with six labels, against bridges from ten beads to a broad band. Labels:
a support vector machine with a Gaussian kernel on two hundred points, against sixteen points at random with a wrong
label, against as many in one heap, at the place where that does most harm, and against a heap that was looked for with
the filter in place. Every figure is over data seeds on which no default was chosen. Results go to docs/defences.json,
the tables from there to the page, between its markers. `--only` measures some filters anew and keeps the others'.

    make defence-table
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from boundaryviz.attacks.kinds.bridge import BridgeSpec
from boundaryviz.attacks.placement import planted
from boundaryviz.defences import DEFENCES
from boundaryviz.engine.judging import DefenceError
from boundaryviz.engine.session import Session
from boundaryviz.record.verdict import Rates, area
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Scene, Split

DOCS = Path(__file__).resolve().parents[1] / "docs"
RESULTS, PAGE = DOCS / "defences.json", DOCS / "defences.md"
DATA_SEEDS = range(20)  # tuned on 100 to 119
POOLS = [name for name in DEFENCES if getattr(DEFENCES[name], "LOOKS_AT", "") == "unlabelled"]
LABELS = [name for name in DEFENCES if getattr(DEFENCES[name], "LOOKS_AT", "") == "labelled"]
NO_DEFENCE = "none"
BEGIN, END = "<!-- tools/defence_table.py writes what follows -->", "<!-- to here -->"
HEAP, JITTER, SIDE, SIDE_KNOWING = 16, 0.02, 12, 8

Bridge = tuple[int, float, float]
BRIDGES: dict[str, Bridge | None] = {
    "clean": None, "10 beads": (10, 0.0, 0.0), "20, jitter 0.03": (20, 0.03, 0.0), "60, jitter 0.06": (60, 0.06, 0.0),
    "band of 150": (150, 0.0, 0.1), "band of 300": (300, 0.0, 0.15),
}  # fmt: skip
"""Attackers of a pool: how many points, the jitter of each, and half the width of a band in which they lie."""
LABELLED = ("clean", "random flips", "heap", "heap that knows")
"""Attackers of labels."""
QUICK = ("knn", "sphere", "slab", "loss")
"""Filters that a heap is looked for against: of the others one verdict takes too long for hundreds."""
Row = dict[str, float | None]
Results = dict[str, dict[str, list[Row]]]
"""Filter -> attacker -> of each data seed what came of it."""


# ---- the attackers --------------------------------------------------------------------------------------


def bridged(scenario: Scenario, bridge: Bridge | None, seed: int) -> Scene:
    """The scene of a scenario without poison, with a bridge to its target in it."""
    goal = BridgeSpec(count=1, target=(0.0, 0.5)).aim(scenario.scene())
    assert goal is not None
    count, jitter, width = bridge or (1, 0.0, 0.0)
    rng = np.random.default_rng(seed)
    way = goal.target - goal.source
    if width:
        share, across = rng.random(count), rng.uniform(-width, width, count)
    else:
        share, across = (np.arange(count) + 0.5) / count, np.zeros(count)
    side = np.array([-way[1], way[0]]) / np.linalg.norm(way)
    xy = goal.source + share[:, None] * way + across[:, None] * side + jitter * rng.standard_normal((count, 2))
    scene = planted(scenario.scene(), xy, target=goal.as_target(1))
    return scene if bridge else scene.with_points(scene.points.take(~scene.points.is_poison))


def random_flips(scenario: Scenario, seed: int) -> Scene:
    """Sixteen points beside training points drawn at random, with the other label."""
    scene, rng = scenario.scene(), np.random.default_rng(seed)
    train = scene.points.take(scene.points.is_train)
    some = rng.choice(len(train), HEAP, replace=False)
    return planted(scene, train.xy[some] + JITTER * rng.standard_normal((HEAP, 2)), 1 - train.label[some])


def heaped(scenario: Scenario, seed: int, side: int) -> Scene:
    """Sixteen points in a heap: of a grid of places over the training points, and of both labels, where the validation
    error is highest, with the scenario's defence in place."""
    scene, rng = scenario.scene(), np.random.default_rng(seed)
    push = JITTER * rng.standard_normal((HEAP, 2))
    train = scene.points.xy[scene.points.is_train]
    axes = [np.linspace(low, high, side) for low, high in zip(train.min(axis=0), train.max(axis=0), strict=True)]
    best, worst = scene, -1.0
    for label in (0, 1):
        for place in np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2):
            tried = planted(scene, place + push, label)
            try:
                error = wrong(trained(scenario, tried), Split.VALIDATION)
            except DefenceError:  # it removes a class: the attack is seen through
                continue
            if error > worst:
                best, worst = tried, error
    return best


# ---- what comes of them ---------------------------------------------------------------------------------


def trained(scenario: Scenario, scene: Scene) -> Session:
    """The scenario's learner, trained with its defence on a scene."""
    session = Session(scenario, scene, device="cpu")
    session.step(scenario.training.steps if not scenario.learner.family.at_once else 1)
    return session


def wrong(session: Session, split: Split) -> float:
    """The share of points of a split that are taken for another class than they are."""
    points = session.scene.points
    some = (points.split == split) & points.is_labelled
    return float((session.predicted()[some] != points.label[some]).mean())


def outcome(scenario: Scenario, scene: Scene) -> Row:
    """The test error, whether the target is taken, and how the verdict fits the truth; nothing of it where the defence
    refuses to judge."""
    try:
        session = trained(scenario, scene)
    except DefenceError:
        return {"error": None, "taken": None, "caught": None, "lost": None, "area": None}
    found: Row = {"error": wrong(session, Split.TEST), "taken": None, "caught": None, "lost": None, "area": None}
    for pin in scene.targets:
        found["taken"] = float(session.learner.predict(np.array([[pin.x, pin.y]]))[0, 0] == pin.target_class)
    if session.defending.judged is not None:
        judged = session.defending.judged[0]
        rates = Rates.of(judged)
        measured = {"caught": rates.true_positive_rate, "lost": rates.false_positive_rate, "area": area(judged)}
        found |= {name: value if np.isfinite(value) else None for name, value in measured.items()}
    return {name: None if value is None else round(value, 5) for name, value in found.items()}


def pool() -> Scenario:
    """Label spreading on five thousand points, without poison."""
    return load("two-moons-bridge").with_values({"poison.count": 0})


def labelled() -> Scenario:
    """A support vector machine on two hundred points, with many to be tested and tried on."""
    data = {"name": "moons", "n": 200, "noise": 0.2, "validation": 0.45, "test": 0.45}
    return Scenario.parse({"data": data, "learner": {"name": "SVC", "C": 1.0, "gamma": 2.0}})


def defended(scenario: Scenario, name: str, seed: int) -> Scenario:
    """On these data, with a filter as it comes."""
    drawn = scenario.with_values({"data.seed": seed})
    return drawn if name == NO_DEFENCE else drawn.with_values({"defence.defence": name})


def measured(
    pools: Sequence[str], labels: Sequence[str], seeds: Sequence[int] = DATA_SEEDS,
    tell: Callable[[str], object] = lambda words: None,
) -> Results:  # fmt: skip
    """What comes of all attackers with each of these filters, or without one."""
    found: Results = {}
    for seed in seeds:
        scenes = {kind: bridged(defended(pool(), NO_DEFENCE, seed), bridge, seed) for kind, bridge in BRIDGES.items()}
        for name in pools:
            for kind, scene in scenes.items():
                row = outcome(defended(pool(), name, seed), scene)
                found.setdefault(f"pool {name}", {}).setdefault(kind, []).append(row)
        plain = defended(labelled(), NO_DEFENCE, seed)
        attacked = {
            "clean": plain.scene(), "random flips": random_flips(plain, seed), "heap": heaped(plain, seed, SIDE),
        } if labels else {}  # fmt: skip
        for name in labels:
            one = defended(labelled(), name, seed)
            knows = {"heap that knows": heaped(one, seed, SIDE_KNOWING)} if name in QUICK else {}
            for kind, scene in (attacked | knows).items():
                found.setdefault(f"labels {name}", {}).setdefault(kind, []).append(outcome(one, scene))
            tell(f"data seed {seed}, {name}")
        tell(f"data seed {seed}")
    return found


# ---- what is said of it ---------------------------------------------------------------------------------


def mean(rows: Sequence[Row], name: str) -> float | None:
    """Over the data seeds that have a value; None where none has."""
    some = [value for row in rows if (value := row[name]) is not None]
    return float(np.mean(some)) if some else None


def table(results: Results, kind: str, first: Callable[[Sequence[Row]], str]) -> str:
    """Filters against attackers, in Markdown. kind: 'pool' or 'labels'. first: what a cell begins with."""
    some = {name.split(" ", 1)[1]: row for name, row in results.items() if name.startswith(kind)}
    attackers = list(BRIDGES if kind == "pool" else LABELLED)
    lines = [["filter", *attackers], ["---", *["--:"] * len(attackers)]]
    for name, row in some.items():
        lines.append([name, *("" if one not in row else cell(row[one], first) for one in attackers)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(rows: Sequence[Row], first: Callable[[Sequence[Row]], str]) -> str:
    """'0.05, 32 / 0.2': what it begins with, then how much of the poison and of the clean points went, in percent; on
    how many draws the filter refused to judge."""
    words = first(rows)
    caught, lost = (mean(rows, name) for name in ("caught", "lost"))
    if lost is not None:
        words += f", {'' if caught is None else f'{100 * caught:.0f} / '}{100 * lost:.2g}"
    refused = sum(row["error"] is None for row in rows)
    return words + (f" ({refused} refused)" if refused else "")


def taken(rows: Sequence[Row]) -> str:
    """The share of targets that are taken."""
    return f"{mean(rows, 'taken') or 0.0:.2f}"


def errors(rows: Sequence[Row]) -> str:
    """The test error in percent."""
    error = mean(rows, "error")
    return "" if error is None else f"{100 * error:.1f}"


def words(results: Results) -> str:
    """Both tables, and what their cells say."""
    seeds = f"data seeds {DATA_SEEDS[0]} to {DATA_SEEDS[-1]}"
    return (
        f"**A pool under a bridge**: label spreading, 5,000 points, six labels, {seeds}, every filter as it comes. A "
        "cell is the share of\ntargets that are taken, then the share of the poison that is removed and that of the "
        "clean points, in percent. The wider attackers\nare those who know of filters.\n\n"
        + table(results, "pool", taken)
        + "\n\n**Labels under attack**: a support vector machine, Gaussian kernel, gamma 2, C 1, on 200 points of two "
        f"moons, noise 0.2,\n{seeds}. {HEAP} points of poison. A cell is the test error in percent, then what is "
        "removed, as above. The heap that knows\nwas looked for with the filter in place, which was tried where one "
        "verdict is quick.\n\n" + table(results, "labels", errors)
    )


def with_words(page: str, results: Results) -> str:
    """The page with the tables between its markers. Raises ValueError where it has none."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name}: the markers of the tables are missing")
    return f"{head}{BEGIN}\n\n{words(results)}\n\n{END}{tail}"


def main() -> None:
    """Measure, and write results and page."""
    parser = argparse.ArgumentParser(description="Measure the filters, and write the tables of docs/defences.md.")
    parser.add_argument("--only", nargs="+", metavar="FILTER", help="measure these alone, and keep the others' results")
    parser.add_argument("--words", action="store_true", help="measure nothing; write the tables of docs/defences.json")
    given = parser.parse_args()
    if not given.words:
        chosen = [name for name in (NO_DEFENCE, *POOLS, *LABELS) if given.only is None or name in given.only]
        pools, labels = ([name for name in chosen if name in (NO_DEFENCE, *some)] for some in (POOLS, LABELS))
        known = read() if given.only else {}
        write(known | measured(pools, labels, tell=lambda words: print(words, flush=True)))
    PAGE.write_text(with_words(PAGE.read_text("utf-8"), read()), "utf-8")


def write(results: Results) -> None:
    """Keep what was measured, in the order of the filters: a line for each measure of a filter against an attacker."""
    order = [f"pool {name}" for name in (NO_DEFENCE, *POOLS)] + [f"labels {name}" for name in (NO_DEFENCE, *LABELS)]
    columns = {
        name: {kind: {key: [row[key] for row in rows] for key in rows[0]} for kind, rows in results[name].items()}
        for name in order if name in results
    }  # fmt: skip
    flat = lambda found: "[" + " ".join(found[1].split()) + "]"  # noqa: E731
    RESULTS.write_text(re.sub(r"\[([^\[\]{}]*)\]", flat, json.dumps(columns, indent=1)) + "\n", "utf-8")


def read() -> Results:
    """What `write` has kept."""
    columns = json.loads(RESULTS.read_text("utf-8"))
    return {
        name: {
            kind: [dict(zip(of, row, strict=True)) for row in zip(*of.values(), strict=True)]
            for kind, of in one.items()
        }
        for name, one in columns.items()
    }


if __name__ == "__main__":
    main()
