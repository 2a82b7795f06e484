"""The line that makes a figure again: `boundaryviz figure ...` for a scenario and what is chosen about the figure."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from boundaryviz.scenario import gallery
from boundaryviz.scenario.scenario import NO_DEFENCE, NOTHING_ASKED, Scenario, ScenarioError
from boundaryviz.scene.datasets import DATASETS

# what neither a run nor its figure depends on; the points are looked at by themselves
_ASIDE = {"version", "variant_of", "order", "pace", "expect", "own", "plane", "summary", "look_at"}
DEFAULTS: Mapping[str, Any] = {
    "view": "boundary", "seeds": 1, "twin": False, "seed_shown": 0, "columns": 256, "style": "paper", "font": "sans",
    "dpi": 300, "legend": True, "letters": False, "transparent": False, "held_out": False, "errors": False,
    "axes": "auto", "z": 0.2,
}  # fmt: skip
"""What `boundaryviz figure` takes where nothing is said."""


class NoCommand(ValueError):
    """There is no line that would give the same; its text says why, and what to do, in a sentence."""


def source(scenario: Scenario, saved: Path | None = None, edited: bool = False) -> tuple[str, ...]:
    """SCENARIO and the `--set`s after which the command line trains exactly this scenario.

    By its name in the gallery, or that of its data set, while its points are those that are drawn there; otherwise as
    the file it is saved in. saved: that file, which holds it as it is now. edited: its points are not those it draws.
    Raises NoCommand where neither does.
    """
    why = "Its points were edited: save it first, and the command line can name its file."
    if not edited and scenario.plane is None and scenario.own is None:
        why = "No settings lead here from an example: save it first, and the command line can name its file."
        if scenario.name in (*gallery.names(), *DATASETS):
            try:
                return (scenario.name, *_sets(differences(gallery.load(scenario.name), scenario)))
            except NoCommand:
                pass
    if saved is None:
        raise NoCommand(why)
    return (str(saved),)


def differences(base: Scenario, scenario: Scenario) -> dict[str, Any]:
    """The values by dotted path with which `base.with_values` becomes `scenario`, its words left aside.

    Raises NoCommand where there are none, as where a setting would have to be emptied.
    """
    values: dict[str, Any] = {}
    for path in ("learner.name", "poison.attack", "defence.defence"):
        values |= {path: _plain(scenario)[path]} if _plain(base)[path] != _plain(scenario)[path] else {}
    start = base.with_values(values) if values else base
    before, after = _plain(start), _plain(scenario)
    values |= {path: value for path, value in after.items() if before.get(path) != value}
    if any(value is None for value in values.values()):
        raise NoCommand("an empty setting cannot be written on a command line")
    try:
        reached = base.with_values(values) if values else base
    except ScenarioError as error:
        raise NoCommand(str(error)) from None
    if _plain(reached) != after or reached.plane is not None:
        raise NoCommand("no settings lead from the one to the other")
    return values


def figure(
    made_from: Sequence[str], output: str | Path, options: Mapping[str, Any], steps: int | None = None,
    several: Sequence[Mapping[str, Any]] = (),
) -> str:  # fmt: skip
    """The whole line, quoted for a POSIX shell.

    made_from: from `source`. options: name of an option of `boundaryviz figure`, with underscores, to its value; None
    and what is the default anyway are left out, True and False switch it. several: for each further run compared,
    what is changed for it.
    """
    words = ["boundaryviz", "figure", *made_from]
    if steps is not None:
        words += ["--steps", str(steps)]
    for settings in several:
        words += ["--vary", ";".join(assignment(path, value) for path, value in settings.items())]
    for name, value in options.items():
        if value is None or value == DEFAULTS.get(name):
            continue
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif value is False:
            words.append(f"--no-{flag[2:]}")
        elif isinstance(value, tuple | list):
            words.append(f"{flag}={','.join(_number(one) for one in value)}")  # the first may begin with a minus
        else:
            words += [flag, _number(value)]
    return shlex.join([*words, "-o", str(output)])


def assignment(path: str, value: Any) -> str:
    """PATH=VALUE as `--set` reads it: TOML, a word without quotes where TOML would not take it for another thing."""
    return f"{path}={_toml(value)}"


def _sets(values: Mapping[str, Any]) -> list[str]:
    return [word for path, value in values.items() for word in ("--set", assignment(path, value))]


def _plain(scenario: Scenario) -> dict[str, Any]:
    found: dict[str, Any] = {}
    every = scenario.model_dump(mode="json", exclude=_ASIDE) | {"decision": scenario.decision.model_dump(mode="json")}
    every.setdefault("defence", {"defence": NO_DEFENCE})
    every.setdefault("evasion", NOTHING_ASKED)
    for name, value in every.items():
        found |= {f"{name}.{inner}": one for inner, one in value.items()} if isinstance(value, dict) else {name: value}
    return found


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return f"[{', '.join(_quoted(one) if isinstance(one, str) else _toml(one) for one in value)}]"
    if isinstance(value, str):
        bare = value.replace("-", "").isalpha() and value not in ("true", "false", "nan", "inf")
        return value if bare else _quoted(value)
    return repr(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(value: Any) -> str:
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
