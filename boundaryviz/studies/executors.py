"""By what batches are carried out: what every executor does, and the one that does it here."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from boundaryviz.jobs.lookup import function_named
from boundaryviz.jobs.messages import Progress, Result
from boundaryviz.studies.tasks import Batch

Watch = Callable[[int, Progress | Result], object]
"""Called with the number of a batch under way and what its work tells; what it raises ends everything."""


@dataclass(frozen=True)
class Outcome:
    """How the batch of this number ended. values: of each task, or error: why there are none."""

    number: int
    values: Sequence[Any] = ()
    error: Exception | None = None


class EngineError(RuntimeError):
    """Where batches were to be carried out, and cannot be, or no more; its text is a sentence for people."""


Outcomes = Generator[list[Outcome], None, None]
"""Those that came together, time after time."""


class Executor(Protocol):
    """Carries out batches, those that fail beside those that do not."""

    def run(self, batches: Sequence[Batch], watch: Watch | None = None) -> Outcomes:
        """How each ended, as soon as that is known, in whatever order. Closing the iterator cancels what is left.

        watch: hears of work under way where it can be heard.
        """
        ...


class InProcess:
    """One batch after the other, in this process and thread."""

    def run(self, batches: Sequence[Batch], watch: Watch | None = None) -> Outcomes:
        """See `Executor.run`; one batch after the other, in this process."""
        for number, batch in enumerate(batches):
            told = _Told(number, watch)
            try:
                values = function_named(type(batch.content).WORK)(batch.content, told)
            except Exception as error:
                if told.stopped:
                    raise
                yield [Outcome(number, error=error)]
            else:
                yield [Outcome(number, values)]


class _Told:
    """A `Tell` for whoever watches. stopped: whether they raised something."""

    def __init__(self, number: int, watch: Watch | None) -> None:
        self._number, self._watch, self.stopped = number, watch, False

    def progress(self, done: int, of: int, words: str = "") -> None:
        if self._watch is not None:
            self._say(Progress(done, of, words))

    def result(self, value: object) -> None:
        if self._watch is not None:
            self._say(Result(value))

    def _say(self, message: Progress | Result) -> None:
        assert self._watch is not None
        self.stopped = True
        self._watch(self._number, message)
        self.stopped = False
