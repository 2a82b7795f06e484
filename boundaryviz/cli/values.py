"""`--set PATH=VALUE`: values as TOML writes them, bare words as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boundaryviz.cli.failures import UsageProblem
from boundaryviz.scenario.text import parsed


def assignments(texts: Sequence[str]) -> dict[str, Any]:
    """Path -> value. The last assignment to a path counts. Raises UsageProblem for a text that is not PATH=VALUE."""
    found: dict[str, Any] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise UsageProblem(f"--set {text}: write PATH=VALUE, for example --set training.learning_rate=0.01")
        found[path.strip()] = parsed(value.strip())
    return found
