"""What a study consists of: tasks, each a row of results named by its content, and batches of tasks done together."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from boundaryviz.scenario.scenario import Scenario, as_ever

FORMAT = 2
"""Of results. To be raised where the same content comes to another result, or to one of another shape."""

_WORDS = frozenset(
    {
        "version",
        "name",
        "title",
        "summary",
        "look_at",
        "variant_of",
        "order",
        "expect",
        "pace",
        "study",
        "adversary",
        "evasion",
    }
)  # of a scenario, which no result of a run depends on


@dataclass(frozen=True)
class Task:
    """One row of results. key: what `content_key` or `part_key` gives. name: in words, for messages."""

    key: str
    name: str


class Content(Protocol):
    """What is done for the tasks of a batch: frozen, picklable, and of a class that names its work.

    WORK: 'module:function'. The function is called as `function(content, tell)`, tell being a `jobs.messages.Tell`, and
    returns what came of each task, in their order.
    """

    WORK: ClassVar[str]


@dataclass(frozen=True)
class Batch:
    """Tasks that are done together. size: how much there is to do, in the units that its work tells progress in.

    Which tasks are in one batch follows from what the study is, never from what is missing of it: a batch that is
    incomplete is done whole again, so that its rows do not depend on when they were computed.
    """

    tasks: tuple[Task, ...]
    content: Content
    size: int = 1

    @property
    def name(self) -> str:
        """Its tasks in words."""
        first, *others = self.tasks
        return f"{first.name} and {len(others)} more" if others else first.name


def content_key(kind: str, scenario: Scenario, **more: Any) -> str:
    """The name of a result by what it depends on: 64 hexadecimal digits, the same in every process.

    kind: which measure it is. scenario: whose data, points, attack, learner, training and history count, and whose
    words do not. more: plain values for JSON.
    """
    content = as_ever(scenario, scenario.model_dump(mode="json", exclude=_WORDS))  # type: ignore[arg-type]
    return _hashed({"format": FORMAT, "kind": kind, "scenario": content, **more})


def part_key(whole: str, *part: Any) -> str:
    """The key of one of several results of the same content: of a seed, of a dose. part: plain values for JSON."""
    return _hashed([whole, *part])


def _hashed(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
