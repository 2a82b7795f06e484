"""`--set PATH=VALUE`: values as TOML writes them, bare words as text."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

from boundaryviz.cli.failures import UsageProblem


def assignments(texts: Sequence[str]) -> dict[str, Any]:
    """Path -> value. The last assignment to a path counts. Raises UsageProblem for a text that is not PATH=VALUE."""
    found: dict[str, Any] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise UsageProblem(f"--set {text}: write PATH=VALUE, for example --set training.learning_rate=0.01")
        found[path.strip()] = parsed(value.strip())
    return found


def parsed(text: str) -> Any:
    """`0.01`, `true`, `[8, 8]` and `"words"` as in TOML; anything else is text as it stands."""
    try:
        values = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return values["value"] if len(values) == 1 else text
