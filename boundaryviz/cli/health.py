"""`doctor`: what this machine has, what it lacks, and what a bug report needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from platformdirs import user_state_path

from boundaryviz.cli.tables import row, show, table
from boundaryviz.cli.terminal import plain, print_json
from boundaryviz.gui.shell import system_info
from boundaryviz.scene.registry import Registry

_PATIENCE = 30.0  # seconds that Qt may take to say what it is


def health() -> dict[str, Any]:
    """Versions, device, display, state folder, settings, last crash, and every problem in a sentence.

    Imports torch; Qt is asked in a process of its own, as it would abort this one where a library is missing.
    """
    from boundaryviz.gui.diagnostics.preflight import check

    problems = [problem.sentence for problem in check()]
    packages = system_info.packages()
    missing = [name for name, v in packages.items() if not v and name not in system_info.OPTIONAL]
    problems += [f"{name} is not installed. Set up again with `make install`." for name in missing]
    try:
        from boundaryviz.engine.device import NAMES, absent, available, resolve

        device = resolve("auto").words  # first, as it has the program compiled, whose trouble is then known
        devices, absences = available(), {name: absent(name) for name in NAMES}
        engines = {name: f"not there: {why}" if why else "there" for name, why in absences.items()}
    except Exception as error:  # whatever a broken torch raises: the doctor is there to say it
        devices, device, engines = [], None, {}
        problems.append(f"torch cannot be loaded: {type(error).__name__}: {error}")
    problems += [words for registry in registries() for words in registry.problems]
    qt = _qt(offscreen=bool(problems))
    if "problem" in qt:
        problems.append(str(qt.pop("problem")))
    state = user_state_path("boundaryviz")
    return {
        **system_info.basics(),
        "cores": os.cpu_count(),
        "device": device,
        "devices": devices,
        "engines": engines,
        "qt": {key: value for key, value in qt.items() if key != "settings"},
        "environment": system_info.variables(),
        "packages": packages,
        "settings": qt.get("settings", {}),
        "state": {"folder": str(state), "files": system_info.state_files(state)},
        "last_crash": system_info.last_crash(state),
        "problems": problems,
    }


def registries() -> tuple[Registry[Any], ...]:
    """Those that packages of others may add to."""
    from boundaryviz.attacks.specs import ATTACKS
    from boundaryviz.attacks.trained.specs import METHODS
    from boundaryviz.defences import DEFENCES
    from boundaryviz.learners.specs import FAMILIES
    from boundaryviz.scene.datasets import DATASETS

    return FAMILIES, ATTACKS, METHODS, DEFENCES, DATASETS


def show_health(as_json: bool) -> None:
    """Print it all."""
    found = health()
    if as_json:
        print_json(found)
        return
    shown = table("what", "found")
    shown.show_header = False
    for name in ("boundaryviz", "python", "system", "cores", "device"):
        row(shown, name, str(found[name] or "none"))
    row(shown, "devices", ", ".join(found["devices"]) or "none")
    for name, words in found["engines"].items():
        row(shown, f"engine {name}", words)
    for name, value in (found["qt"] | found["environment"]).items():
        row(shown, name, str(value))
    shown.add_section()
    for name, value in found["packages"].items():
        row(shown, name, value or "not installed")
    shown.add_section()
    row(shown, "state folder", found["state"]["folder"])
    for line in found["state"]["files"]:
        row(shown, "", line)
    for name, value in found["settings"].items():
        row(shown, f"setting {name}", str(value))
    crash = [f"last crash: {found['last_crash']}\n"] if found["last_crash"] else []
    problems = [f"problem: {problem}" for problem in found["problems"]]
    show(shown, *map(plain, crash), *map(plain, problems or ["No problems found: the window can open here."]))


def _qt(offscreen: bool) -> dict[str, Any]:
    """What Qt says of its platform, fonts and settings. offscreen: where no window can open."""
    environment = os.environ | ({"QT_QPA_PLATFORM": "offscreen"} if offscreen else {})
    command = [sys.executable, "-m", "boundaryviz.gui.shell.qt_info"]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return {"problem": "Qt does not answer: it was still starting after half a minute."}
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        why = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return {"problem": f"Qt cannot be started: {why}"}
    return found
