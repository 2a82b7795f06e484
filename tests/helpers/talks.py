"""A conversation with a trainer, message by message, under a clock of its own."""

from __future__ import annotations

from typing import TypeVar

from boundaryviz.engine import messages as m
from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.trainer import Trainer

T = TypeVar("T")


def answers(said: list[m.FromTrainer], probe: str) -> list[m.ProbeResult]:
    """What this probe has found out."""
    return [one for one in said if isinstance(one, m.ProbeResult) and one.probe == probe]


class Clock:
    """Every look takes a moment, so that a turn of training comes to an end."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        self.now += 0.0005
        return self.now


class Conversation:
    """An InlineLink and all that was ever said over it."""

    def __init__(self, *messages: m.ToTrainer) -> None:
        self.clock = Clock()
        self.trainer = Trainer(self.clock)
        self.link = InlineLink(self.trainer)
        self.said: list[m.FromTrainer] = []
        self.tell(*messages)

    def tell(self, *messages: m.ToTrainer) -> list[m.FromTrainer]:
        for message in messages:
            self.link.send(message)
        return self.listen()

    def listen(self, seconds: float = 0.0) -> list[m.FromTrainer]:
        """Poll once, and then until so much time has passed."""
        end, new = self.clock.now + seconds, list(self.link.poll())
        while self.clock.now < end:
            self.clock.now += 0.003
            new += self.link.poll()
        self.said += new
        return new

    def train_to(self, step: int) -> None:
        """Play until this step is reached."""
        self.tell(m.Play(stop_at=step))
        for _ in range(10_000):
            if self.heard(m.State)[-1].why == "stop-step":
                return
            self.listen(0.1)
        raise AssertionError("it never came there")

    def heard(self, kind: type[T]) -> list[T]:
        return [message for message in self.said if isinstance(message, kind)]
