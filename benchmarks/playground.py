"""The TensorFlow Playground under node: `playground.js` in a process of its own, on the batches our engine deals."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.frame import NotHere
from benchmarks.measure import Elsewhere
from benchmarks.subjects import RATE, batches, layers, points
from boundaryviz.learners.mlp import MLP

_PROGRAM = Path(__file__).with_suffix(".js")


class Playground:
    """A net of the Playground's with the initial weights of `like`, replica 0, and its first batches, round and round.

    Those are dealt beforehand, at no cost to the peer. Raises NotHere without node.
    """

    def __init__(self, like: MLP, activation: str, size: int, n: int = 500, steps: int = 200) -> None:
        if (node := shutil.which("node")) is None:
            raise NotHere(
                "There is no node to run the Playground's arithmetic with: install nodejs to compare with it."
            )
        self._process = subprocess.Popen(
            [node, str(_PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        xy, label = points(n)
        parts = layers(like)
        self._ask(
            {
                "dims": [2, *like.hidden, 1], "activation": activation, "rate": RATE, "x": xy.tolist(),
                "target": (2 * label - 1).tolist(), "weights": [weight.tolist() for weight, _ in parts],
                "biases": [bias.tolist() for _, bias in parts],
                "batches": [index.tolist() for index in batches(n, size, steps)],
            }
        )  # fmt: skip

    def step(self, n: int = 1) -> Elsewhere:
        """Do n updates; the CPU time that they took there."""
        return Elsewhere(self._ask({"steps": n}))

    def loss(self) -> float:
        """Mean loss on the points, half the squared error."""
        return float(self._ask({"loss": True}))

    def __enter__(self) -> Playground:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()  # without further lines it ends

    def _ask(self, what: dict[str, Any]) -> Any:
        lines, answers = self._process.stdin, self._process.stdout
        assert lines is not None
        assert answers is not None
        lines.write(json.dumps(what) + "\n")
        lines.flush()
        if not (answer := answers.readline()):
            raise RuntimeError(f"{_PROGRAM.name} ended under node")
        return json.loads(answer)
