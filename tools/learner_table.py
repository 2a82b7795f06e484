"""Measure every learner that uses unlabelled points on two moons, and write the table of docs/learners.md.

Each is trained as it comes, with its defaults, on data seeds that none of them was tuned on, and so is the supervised
model that is most like it. Every result goes to docs/learners.json, the table from there to the page, between its
markers. `--only` measures some learners anew and keeps the others' results; `--store` keeps what is finished in a file,
so that an interrupted run goes on. The same command gives the same numbers.

    make learner-table
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.learners.family import LearnerSettings
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.executors import Executor
from boundaryviz.studies.loky import Loky
from boundaryviz.studies.running import AllOrNothing, carry_out
from boundaryviz.studies.sqlite_store import SqliteStore
from boundaryviz.studies.stores import MemoryStore, ResultStore
from boundaryviz.studies.study import Study
from boundaryviz.studies.tasks import Batch

DOCS = Path(__file__).resolve().parents[1] / "docs"
RESULTS, PAGE = DOCS / "learners.json", DOCS / "learners.md"
BEGIN, END = "<!-- tools/learner_table.py writes what follows -->", "<!-- to here -->"

NOISES = (0.08, 0.1, 0.2)
DATA_SEEDS = range(20)  # tuned on 100 to 119
SEEDS = 1  # of training, for each data seed, which matters more
LABELS, POINTS, STEPS, RATE = 3, 1000, 2000, 0.003
_DRAWS = 10_000

Results = dict[str, dict[str, Any]]
"""By `key`: settings, and for each noise the test error of each data seed, averaged over the training seeds."""


# ---- what is measured -----------------------------------------------------------------------------------


def learners() -> list[LearnerSettings]:
    """Those that use unlabelled points, with their defaults, in the order of the window."""
    families = FAMILIES.values()
    return [family.spec() for family in families if not (family.supervised or family.self_supervised)]


def supervised(spec: LearnerSettings) -> LearnerSettings:
    """What a learner that uses unlabelled points is held against. Raises ValueError where there is nothing."""
    if (found := spec.counterpart(LABELS)) is None:
        raise ValueError(f"learner {spec.name}: there is no supervised learner to hold it against")
    return found


def key(spec: LearnerSettings) -> str:
    """Its name, and the settings that are not its defaults."""
    own = {name: value for name, value in spec.model_dump(mode="json").items() if name != "name"}
    usual = type(spec)().model_dump(mode="json")
    return " ".join([spec.name, *(f"{name}={value}" for name, value in own.items() if value != usual[name])])


def studied(spec: LearnerSettings, noise: float, data_seeds: Sequence[int] = DATA_SEEDS, seeds: int = SEEDS) -> Study:
    """One learner at one noise, over all data seeds."""
    data = {"name": "moons", "n": POINTS, "noise": noise, "labels_per_class": LABELS}
    training = {"learning_rate": RATE, "evaluate_every": STEPS}
    scenario = Scenario.parse({"data": data, "learner": spec.model_dump(mode="json"), "training": training})
    many = seeds if spec.seeded else 1
    steps = 1 if spec.family.at_once else STEPS
    return Study(scenario=scenario, data_seeds=tuple(data_seeds), seeds=many, steps=steps, device="cpu")


def measured(
    specs: Sequence[LearnerSettings], executor: Executor, store: ResultStore, noises: Sequence[float] = NOISES,
    data_seeds: Sequence[int] = DATA_SEEDS, seeds: int = SEEDS,
) -> Results:  # fmt: skip
    """What these learners get wrong. Raises what a run raises."""
    parts = {(key(s), noise): studied(s, noise, data_seeds, seeds).batches() for s in specs for noise in noises}
    batches = [batch for some in parts.values() for batch in some]
    carry_out(batches, store, executor, _Telling(len(batches)))
    return {
        key(spec): {
            "settings": spec.model_dump(mode="json"),
            "errors": {str(noise): [_error(batch, store) for batch in parts[key(spec), noise]] for noise in noises},
        }
        for spec in specs
    }


def _error(batch: Batch, store: ResultStore) -> float:
    """The mean over the training seeds; a run that diverged gets everything wrong."""
    found = store.get(task.key for task in batch.tasks)
    errors = [row["test_error"] for row in found.values()]
    return round(float(np.mean([1.0 if error is None else error for error in errors])), 6)


class _Telling(AllOrNothing):
    """Prints what is done of it, in batches."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self._done, self._all = 0, batches

    @override
    def finished(self, batch: Batch, values: Sequence[Any]) -> None:
        self._done += 1
        if self._done % 20 == 0:
            print(f"{self._done} of {self._all}", flush=True)


# ---- what is said of it ---------------------------------------------------------------------------------


def interval(errors: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean over data seeds (Efron and Tibshirani 1993, section 13.3)."""
    given = np.asarray(errors)
    drawn = np.random.default_rng(0).integers(0, len(given), (_DRAWS, len(given)))
    low, high = np.percentile(given[drawn].mean(axis=1), [2.5, 97.5]).tolist()
    return low, high


def table(results: Mapping[str, Any]) -> str:
    """The table in Markdown: the supervised models first, then whatever is held against them."""
    noises = [str(noise) for noise in results["noises"]]
    rows = [
        ["learner", *(f"noise {noise}" for noise in noises), "compared with"],
        ["---", *["--:"] * len(noises), "---"],
    ]
    pairs = [(spec, supervised(spec)) for spec in learners()]
    rows += [
        [_title(one, results), *(_cell(results, one, noise) for noise in noises), ""]
        for one in dict.fromkeys(key(against) for _, against in pairs)
    ]
    for spec, against in pairs:
        cells = [_cell(results, key(spec), noise, key(against)) for noise in noises]
        rows.append([f"**{spec.TITLE}**", *cells, _title(key(against), results)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _title(one: str, results: Mapping[str, Any]) -> str:
    """A supervised model in words."""
    name, *settings = one.split(" ")
    title = FAMILIES[name].title
    hidden = results["learners"][one]["settings"].get("hidden")
    if hidden:
        return f"supervised net, {'-'.join(map(str, hidden))}"
    words = ", ".join(setting.replace("=", " ").removesuffix(".0") for setting in settings)
    return f"{title}, {words}" if words else title


def _cell(results: Mapping[str, Any], one: str, noise: str, against: str | None = None) -> str:
    """'1.2 (0.4 to 2.1), 3': the mean in percent, its interval, and on how many data seeds it is the worse of two."""
    errors = results["learners"][one]["errors"][noise]
    low, high = interval(errors)
    words = f"{100 * np.mean(errors):.1f} ({100 * low:.1f} to {100 * high:.1f})"
    if against is None:
        return words
    return f"{words}, {failures(errors, results['learners'][against]['errors'][noise])}"


def failures(errors: Sequence[float], supervised: Sequence[float]) -> int:
    """On how many data seeds a learner gets more wrong than its supervised counterpart."""
    worse: NDArray[np.bool_] = np.asarray(errors) > np.asarray(supervised)
    return int(worse.sum())


def with_table(page: str, results: Mapping[str, Any]) -> str:
    """The page with the table between its markers. Raises ValueError where it has none."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name}: the markers of the table are missing")
    return f"{head}{BEGIN}\n\n{table(results)}\n\n{END}{tail}"


# ---- the command ----------------------------------------------------------------------------------------


def main() -> None:
    """Measure, and write results and page."""
    parser = argparse.ArgumentParser(description="Measure the learners that use unlabelled points; write the table.")
    parser.add_argument("--workers", type=int, help="processes at once; default one for each core")
    parser.add_argument("--only", nargs="+", metavar="LEARNER", help="measure these alone, supervised ones by name too")
    parser.add_argument("--store", type=Path, help="a file for what is finished; made, or gone on with")
    parser.add_argument("--words", action="store_true", help="measure nothing; write the table of docs/learners.json")
    given = parser.parse_args()
    if not given.words:
        _write(_measured_anew(given.only, given.workers, SqliteStore(given.store) if given.store else MemoryStore()))
    PAGE.write_text(with_table(PAGE.read_text("utf-8"), json.loads(RESULTS.read_text("utf-8"))), "utf-8")


def _measured_anew(only: Sequence[str] | None, workers: int | None, store: ResultStore) -> dict[str, Any]:
    all_specs = {key(one): one for spec in learners() for one in (supervised(spec), spec)}
    some = [one for one in all_specs.values() if only is None or one.name in only]
    before = {} if only is None else json.loads(RESULTS.read_text("utf-8"))["learners"]
    found = {name: one for name, one in before.items() if name in all_specs} | measured(some, Loky(workers), store)
    facts = {"noises": list(NOISES), "data_seeds": list(DATA_SEEDS), "seeds": SEEDS}
    return facts | {"learners": {name: found[name] for name in all_specs if name in found}}


def _write(results: Mapping[str, Any]) -> None:
    """One line for each learner and noise, so that differences can be read."""
    flat = lambda found: "[" + " ".join(found[1].split()) + "]"  # noqa: E731
    text = re.sub(r"\[([^\[\]{}]*)\]", flat, json.dumps(results, indent=1))
    RESULTS.write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
