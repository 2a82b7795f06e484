"""What a probe is, and what it is given."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from boundaryviz.engine.messages import Key
from boundaryviz.scene.scene import Domain

if TYPE_CHECKING:
    from boundaryviz.engine.session import Session

T = TypeVar("T")
Slices = Generator[None, None, T]
"""Work in slices of about a millisecond, after each of which it may be abandoned; it returns its answer."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What the window shows.

    past: the number of a loaded checkpoint, None for the present. revision: of its scene. seed: which of the runs,
    counted from 0. rect: the visible part of the plane, None while no view is known.
    """

    past: int | None
    revision: int
    session: Session
    seed: int
    rect: Domain | None

    @property
    def replica(self) -> int:
        """Of the run shown, with twins the poisoned one."""
        return self.session.shown(self.seed)

    def key(self, *rest: Hashable, steps: bool = True) -> Key:
        """What an answer of now depends on, with `rest`. steps: whether it changes with each step of training."""
        return Key(self.past, self.revision, self.session.step_count if steps else None, rest)


@dataclass(frozen=True)
class NoSettings:
    """Of a probe of which there is nothing to choose."""


class Probe(ABC):
    """Something that can be asked of what is shown, again and again while it trains.

    Settings: the class of its settings. share: of the time of training that it may take; where nothing is trained it
    may take half of the time. interval, rest: seconds at least from one answer to the next while training goes on,
    and where it does not. drawn: it is of use on the screen alone, and left undone while nobody sees that.
    """

    Settings: ClassVar[type] = NoSettings
    share: ClassVar[float] = 0.1
    interval: ClassVar[float] = 0.25
    rest: ClassVar[float] = 0.0
    drawn: ClassVar[bool] = False

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    def succeed(self, before: Probe) -> None:  # noqa: B027 - most remember nothing
        """Stand in the place of one with other settings, and know what that has come to remember."""

    @abstractmethod
    def key(self, shown: Shown) -> Key | None:
        """Everything that an answer depends on; None where there is no answer at the moment.

        An answer is worked out once for each key. Where its key has a step, training waits for it, since every step
        would make it stale; so it is quick. One without a step is worked out while training goes on.
        """

    def work(self, shown: Shown) -> Slices[Any]:
        """Work the answer out: a frozen value that shares no memory with the session. By default in one slice."""
        yield from ()  # no place where it could be given up
        return self.answer(shown)

    def answer(self, shown: Shown) -> Any:
        """The same in one go, of a probe that takes a few milliseconds, or cannot be stopped in between."""
        raise NotImplementedError
