"""What crosses between a job and whoever asked for it: frozen, and free of everything heavy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

OnProgress = Callable[[int, int], object]
"""Called with how much is done, and of how much; may raise to stop."""


class Request(Protocol):
    """What is asked for: frozen, picklable, and of a class that names its job.

    JOB: 'module:function'. The function is called as `function(request, tell)` in the job's process, so that whoever
    asks never loads what the job needs.
    """

    JOB: ClassVar[str]


class Tell(Protocol):
    """How a job speaks while it works."""

    def progress(self, done: int, of: int, words: str = "") -> None:
        """Say how much is done. Raises Cancelled where the work is not wanted any more."""

    def result(self, value: object) -> None:
        """Hand out a result, or what is known of it so far: picklable, of a class that the other side can load. That
        is done also where the work is not wanted any more, unless nobody listens: then it raises Cancelled."""


class Cancelled(BaseException):  # not an Exception: nothing that handles failures may take it for one
    """The work is not wanted any more."""


@dataclass(frozen=True)
class Begin:
    """The first message to a job's process. stays: the process waits for more of them, until it is told to leave; a
    newer one takes the place of what is under way."""

    request: Request
    stays: bool = False


@dataclass(frozen=True)
class Cancel:
    """End in good order, leaving nothing half done."""


@dataclass(frozen=True)
class Leave:
    """End in good order, process and all: to one that stays."""


ToJob = Begin | Cancel | Leave


@dataclass(frozen=True)
class Progress:
    """done of so many; words: what is being done, empty where there is but one thing to do."""

    done: int
    of: int
    words: str = ""


@dataclass(frozen=True)
class Result:
    """A result, or what is known of it so far."""

    value: object


@dataclass(frozen=True)
class Ended:
    """The last message, of each request. words: a sentence that says why it failed, empty where it did not."""

    words: str = ""


FromJob = Progress | Result | Ended
