"""What the window asks for: jobs of dose-responses, checks, studies, boards, films, bias and variance; their answers.
Nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.study import Study

if TYPE_CHECKING:
    from boundaryviz.figures.film.options import FilmOptions

DATA_SEEDS = tuple(range(20))
"""On which a scenario is held to its word, unless others are named."""
SEEDS = 4
"""Training seeds of each data seed, where training is random."""

SAMPLES = 100
"""Samples of the data on which bias and variance are measured."""

Spacing = Literal["log", "linear", "even"]


@dataclass(frozen=True)
class DoseRequest:
    """A dose-response, as `dose.dose_response` takes it. Its results are `DoseResponse`s, the last one whole."""

    JOB: ClassVar[str] = "boundaryviz.studies.dose:job"
    scenario: Scenario
    doses: tuple[int, ...] | None = None
    seeds: int = 8


@dataclass(frozen=True)
class CheckRequest:
    """A scenario held to its word, as `check.check` takes it. Its results are `Check`s, the last one whole."""

    JOB: ClassVar[str] = "boundaryviz.studies.check:job"
    scenario: Scenario
    data_seeds: tuple[int, ...] = DATA_SEEDS
    seeds: int = SEEDS


@dataclass(frozen=True)
class StudyRequest:
    """A study, as `tabling.run_study` takes it. Its results are `StudyTable`s, the last one as whole as it gets.

    store: the SQLite file in which what is finished is kept, so that a study that was stopped goes on where it was;
    None for none. engine, workers: as `engines.executor_of` takes them; without workers in the job's own process.
    """

    JOB: ClassVar[str] = "boundaryviz.studies.tabling:job"
    study: Study
    store: Path | None = None
    workers: int | None = None
    engine: str = "local"


@dataclass(frozen=True)
class EstimateRequest:
    """About how long a study takes, as `timing.estimate` finds it. Its result is a `StudyEstimate`.

    workers: processes that are to share the work, None for the job's own.
    """

    JOB: ClassVar[str] = "boundaryviz.studies.timing:job"
    study: Study
    workers: int | None = None


@dataclass(frozen=True)
class StudyEstimate:
    """How many runs a study has, and about how many seconds they take on this machine."""

    runs: int
    seconds: float


@dataclass(frozen=True)
class BiasVarianceRequest:
    """Bias and variance, as `bias_variance.over_settings` takes them. Its results are lists of `BiasVariance`, one for
    each setting; the last one is whole.

    over: PATH=V1,V2,..., None for the scenario as it is. store: a file in which finished batches are kept, of which
    those that are there are not done again.
    """

    JOB: ClassVar[str] = "boundaryviz.studies.bias_variance:job"
    scenario: Scenario
    samples: int
    over: str | None
    store: Path


@dataclass(frozen=True)
class ScoreboardRequest:
    """A scoreboard, as `scoreboard.scoreboard` takes it. Its results are `Scoreboard`s, the last one whole.

    store: a file in which finished cells are kept, of which those that are there are not done again. names: of the
    defences, None for all.
    """

    JOB: ClassVar[str] = "boundaryviz.studies.scoreboard:job"
    scenario: Scenario
    store: Path
    data_seeds: tuple[int, ...] | None = None
    names: tuple[str, ...] | None = None


@dataclass(frozen=True)
class TransferRequest:
    """A transfer matrix, as `transfer.transfer` takes it. Its results are `Transfer`s, the last one whole.

    store: as in a `ScoreboardRequest`. names: of the learners, None for all.
    """

    JOB: ClassVar[str] = "boundaryviz.studies.transfer:job"
    scenario: Scenario
    store: Path
    data_seeds: tuple[int, ...] | None = None
    names: tuple[str, ...] | None = None


@dataclass(frozen=True)
class FilmRequest:
    """A film, written to `path`. Its results are a `FilmEstimate` where it takes long, and a `FilmWritten`.

    seconds: without title card and stand, None for the usual. over: PATH=V1..V2 or PATH=V1,V2, `attack` for the states
    of the attack that the scenario offers, None for training.
    shown: which of the seeds is on the plane, from 0.
    """

    JOB: ClassVar[str] = "boundaryviz.studies.film:job"
    scenario: Scenario
    path: Path
    options: FilmOptions
    seconds: float | None = None
    spacing: Spacing = "log"
    over: str | None = None
    seeds: int = 1
    shown: int = 0
    twin: bool = False
    cascade: bool = False
    device: str = "auto"


@dataclass(frozen=True)
class FilmEstimate:
    """About how many bytes a film will take."""

    size: int


@dataclass(frozen=True)
class FilmWritten:
    """A film is at its place, with so many bytes."""

    path: Path
    size: int
