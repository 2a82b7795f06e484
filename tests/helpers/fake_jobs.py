"""Jobs without processes, for what is done with what they say."""

from __future__ import annotations

from dataclasses import dataclass, field

from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.jobs.messages import Ended, FromJob, Request


@dataclass
class FakeJob:
    """A job without a process, that says what the test puts into `said`; it is soon heard, as it has to be polled."""

    request: Request
    said: list[FromJob] = field(default_factory=list)
    cancelled: bool = False
    gone: bool = False

    def poll(self) -> list[FromJob]:
        said, self.said = self.said, []
        return said

    def cancel(self) -> None:
        self.cancelled = True
        self.said.append(Ended("Cancelled."))

    def kill(self) -> None:
        self.gone = True

    close = kill

    def fileno(self) -> None:
        return None


@dataclass
class FakeJobs:
    """In the place of a runner's processes: every job that it begins, saying these things first."""

    runner: JobRunner
    said: tuple[FromJob, ...] = ()
    begun: list[FakeJob] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.runner.begun = self._begin  # type: ignore[method-assign]

    def _begin(self, request: Request) -> FakeJob:
        self.begun.append(FakeJob(request, [*self.said]))
        return self.begun[-1]
