"""Numbers in README.md, docs/guide.md and the gallery that a run measures: `make numbers` runs it and writes them.

In a page `<!-- measured: NAME METRIC [OPTION ...] -->9.8 %<!-- / -->` is a number that is written, and in the words

    <!-- holds: NAME METRIC LOW..HIGH [OPTION ...] -->

says what has to be so for the sentence about it to be true, since "a tenth" cannot be written anew by a program. In a
scenario's file the same stands in a remark, `# holds: METRIC LOW..HIGH [OPTION ...]`, and NAME is the file's own.

NAME is a scenario, METRIC one of a run's, `clean.` and one of its clean twins', or `study.` and one of the scenario's
own study, as in `[expect]`. What is told is the mean over all
runs that have a value. Options: seeds=8, of training; steps=700; PATH=VALUE as for `--set`, where FROM..TO stands for
each whole number; above=X: the share of runs in which the metric is above X, instead of the mean.

`python -m tools.measured` writes the numbers and fails where words do not hold; with --check it writes nothing and
fails where a number differs as well. Exit codes: 0 all is as it stands, 1 something is not, 2 a marker is wrong.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np

from boundaryviz.cli.failures import UsageProblem
from boundaryviz.cli.values import assignments
from boundaryviz.engine import device
from boundaryviz.record.metrics import Metric, Metrics
from boundaryviz.record.sources import SOURCES
from boundaryviz.runs.run import train
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.draws import Rows, planned
from boundaryviz.studies.running import carry_out

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "guide.md")
SCENARIOS = tuple(sorted((ROOT / "assets" / "scenarios").glob("*.toml")))

MEASURED = re.compile(r"(<!-- measured: (.+?) -->)(.*?)(<!-- / -->)", re.S)
HOLDS = re.compile(r"<!-- holds: (.+?) -->")
HOLDS_IN_A_FILE = re.compile(r"^# holds: (.+)$", re.M)
_SWEEP = re.compile(r"(\d+)\.\.(\d+)")
_RANGE = re.compile(r"(-?[\d.e-]+?)\.\.(-?[\d.e-]+)")
_QUICK = 12  # runs of a learner that is fitted at once: a second or two, which the test suite can afford


class MarkerError(Exception):
    """A marker that cannot be read; the message says which, and why."""


@dataclass(frozen=True)
class Runs:
    """What is run: the scenario with each of the `settings`, path and text, and so many training seeds and steps.

    source: of measures that are not of one run, by its prefix (`record.sources`); "" for runs.
    """

    name: str
    settings: tuple[tuple[str, str], ...] = ()
    seeds: int = 1
    steps: int | None = None
    source: str = ""

    @property
    def variants(self) -> list[tuple[str, ...]]:
        """PATH=VALUE of each run; a range makes one for each of its numbers."""
        each = []
        for path, text in self.settings:
            sweep = _SWEEP.fullmatch(text)
            values = range(int(sweep[1]), int(sweep[2]) + 1) if sweep else [text]
            each.append([f"{path}={value}" for value in values])
        return list(product(*each))

    @property
    def quick(self) -> bool:
        """Whether it takes a second or two."""
        return not self.source and load(self.name).learner.family.at_once and len(self.variants) * self.seeds <= _QUICK


@dataclass(frozen=True)
class Question:
    """A number that runs answer. above: None for the mean, else the share of values above it."""

    runs: Runs
    metric: str
    above: float | None = None

    @classmethod
    def read(cls, name: str, words: Sequence[str], marker: str) -> Question:
        """From a metric and options as the module's head has them. Raises MarkerError."""
        options = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        if not words or len(options) != len(words) - 1:
            raise MarkerError(f"{marker}: write a metric and options such as seeds=8")
        try:
            seeds, steps = int(options.pop("seeds", 1)), options.pop("steps", None)
            above = options.pop("above", None)
            prefix, _, _ = words[0].rpartition(".")
            source = prefix if prefix in SOURCES else ""
            runs = Runs(name, tuple(options.items()), seeds, None if steps is None else int(steps), source)
            return cls(runs, words[0], None if above is None else float(above))
        except ValueError as error:
            raise MarkerError(f"{marker}: {error}") from None

    def answer(self) -> float:
        """The number. Raises MarkerError where a scenario, setting or metric is unknown, or nothing was measured."""
        side, _, metric = self.metric.rpartition(".")
        values: list[float] = []
        for whole in measured(self.runs):
            if metric not in whole[side]:
                raise MarkerError(f"{self.runs.name} has no {self.metric}; there are: {', '.join(whole[side])}")
            values += [value for value in whole[side][metric].per_seed if np.isfinite(value)]
        if not values:
            raise MarkerError(f"{self.runs.name}: no run has a {self.metric}")
        return float(np.mean(values if self.above is None else np.array(values) > self.above))


@lru_cache(maxsize=256)
def measured(runs: Runs) -> tuple[dict[str, Metrics], ...]:
    """The metrics of each variant, those of the clean twins, where there are any, under "clean"."""
    found = []
    try:
        for variant in runs.variants:
            base = load(runs.name)
            if runs.source:
                found.append({runs.source: _sourced(base.with_values(assignments(variant)), runs)})
                continue
            run = train(
                base.with_values(assignments(variant)), seeds=runs.seeds, steps=runs.steps,
                twin=bool(base.poison.count), device="cpu", progress=False,
            )  # fmt: skip
            found.append({"": run.metrics, "clean": run.clean if run.twin else Metrics()})
    except (ScenarioError, UsageProblem) as error:
        raise MarkerError(f"{runs.name}: {error}") from None
    return tuple(found)


def _sourced(scenario: Scenario, runs: Runs) -> Metrics:
    """What the source measures on the draw of the scenario's own data seed."""
    seed = scenario.data.seed
    (draw,) = planned(runs.source, scenario, (seed,), (), runs.seeds, device="cpu")
    rows = Rows(None)
    carry_out(list(draw.batches), watcher=rows)
    return Metrics((name, Metric.of([value])) for name, value in rows.metrics(draw).items())


def shown(metric: str, value: float) -> str:
    """As it stands in a page, in two digits: rates, errors and areas in per cent."""
    source, _, name = metric.rpartition(".")
    percent = metric.endswith(("rate", "error", "area", "excess"))
    if source in SOURCES and name in SOURCES[source].measures:
        percent = SOURCES[source].measures[name].share
    number = 100 * value if percent else value
    digits = 0 if number == 0 else max(0, 1 - int(np.floor(np.log10(abs(number)))))
    text = f"{number:,.{digits}f}"
    return f"{text} %" if percent else text


# ---- what stands in texts --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """Words that hold where the answer lies between both, these included."""

    where: str
    marker: str
    question: Question
    low: float
    high: float

    def broken(self) -> str:
        """What is wrong, in words; empty where it holds."""
        value = self.question.answer()
        if self.low <= value <= self.high:
            return ""
        return f"{self.where}: {self.marker}: it is {value:.4g}"


def claims(where: str, text: str, name: str | None = None) -> Iterator[Claim]:
    """The claims of a text. name: the scenario they are about, None where each says which. Raises MarkerError."""
    for match in (HOLDS if name is None else HOLDS_IN_A_FILE).finditer(text):
        words = match[1].split()
        about = words.pop(0) if name is None else name
        limits = _RANGE.fullmatch(words.pop(1)) if len(words) > 1 else None
        if limits is None:
            raise MarkerError(f"{where}: {match[1]}: write METRIC LOW..HIGH, for example flip_rate 0.08..0.12")
        yield Claim(where, match[1], Question.read(about, words, match[1]), float(limits[1]), float(limits[2]))


def numbers(text: str) -> Iterator[tuple[Question, str]]:
    """Every number of a page that is measured, with what stands there. Raises MarkerError."""
    for match in MEASURED.finditer(text):
        name, *words = match[2].split()
        yield Question.read(name, words, match[2]), match[3]


def renewed(text: str) -> str:
    """The page with its numbers measured anew."""

    def anew(match: re.Match[str]) -> str:
        name, *words = match[2].split()
        question = Question.read(name, words, match[2])
        return match[1] + shown(question.metric, question.answer()) + match[4]

    return MEASURED.sub(anew, text)


def every_claim() -> list[Claim]:
    """Those of the pages and of the gallery."""
    found = [claim for page in PAGES for claim in claims(page.name, page.read_text(encoding="utf-8"))]
    for path in SCENARIOS:
        found += claims(path.name, path.read_text(encoding="utf-8"), path.stem)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write or compare; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.measured", description="Measure the numbers in the texts.")
    parser.add_argument("--check", action="store_true", help="write nothing, and fail where a number differs")
    given = parser.parse_args(arguments)
    device.one_thread()
    wrong = []
    try:
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            for question, stands in numbers(text):
                if (value := shown(question.metric, question.answer())) != stands:
                    words = f"{page.name}: {question.runs.name} {question.metric}: {stands} stands there, it is {value}"
                    print(words)
                    wrong += [words] * given.check
            if not given.check and (fresh := renewed(text)) != text:
                page.write_text(fresh, encoding="utf-8")
        for claim in every_claim():
            if words := claim.broken():
                print(words)
                wrong.append(words)
    except MarkerError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(wrong) or 'none'} of the numbers and words are not as they stand")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
