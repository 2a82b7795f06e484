"""Every test: no screen, one thread, settings of its own, and silence."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Before anything imports Qt, numpy, torch or matplotlib.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ["MPLCONFIGDIR"] = str(Path(__file__).parents[1] / ".pytest_cache" / "matplotlib")  # keeps its font list
# every test has a home of its own, and the compiled program is made once for all of them
os.environ["BOUNDARYVIZ_CACHE"] = str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")

import pytest
from hypothesis import settings
from PyQt6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from helpers.screen import Screen, missing, open_screen
from helpers.silence import Leftovers, logged_warnings, undress, watch_timers
from helpers.waits import PATIENCE

# in the suite, which has five minutes, a property sees 25 examples; `make test-slow` shows all of them two hundred
settings.register_profile("here", deadline=None, max_examples=25)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, max_examples=25)
settings.register_profile("thorough", deadline=None, max_examples=200)
settings.load_profile("ci" if os.environ.get("CI") else "here")


# five seconds, as pytest-qt has it, are too few for a window and a trainer on a loaded machine
for _wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed, QtBot.waitActive):
    _defaults: Any = _wait.__kwdefaults__
    _defaults["timeout"] = round(1000 * PATIENCE)


def pytest_configure(config: pytest.Config) -> None:
    watch_timers()
    if not hasattr(config, "workerinput"):  # before any test, so that no window's trainer is left making it
        from boundaryviz.learners.compiled import loading

        loading.program()


def pytest_collection_finish() -> None:
    """What the imports left is there for good: no collection goes through it again, and each takes a few milliseconds.

    With torch loaded, going through it takes more than a tenth of a second, several times in each test of a window.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Settings, recovery files and caches go to a fresh folder; child processes inherit it. What gives way to other
    programs does not have all later tests give way."""
    home = tmp_path_factory.mktemp("home")
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(home / "config"))
    with pytest.MonkeyPatch.context() as environment:
        for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
            environment.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        environment.setattr(os, "nice", lambda _, ask=os.nice: ask(0))
        yield home


@pytest.fixture(autouse=True)
def silence(own_settings: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning or leaves a widget, a running timer, a thread or a child process behind.

    A test that asks for `caplog` looks after what is logged itself.
    """
    leftovers = Leftovers()
    undress()
    with logged_warnings() as lines:
        yield
    if "caplog" in request.fixturenames:
        lines.clear()
    if unexpected := [*lines, *leftovers.find()]:
        pytest.fail("\n".join(unexpected), pytrace=False)


@pytest.fixture(scope="session")
def screen() -> Iterator[Screen]:
    """A real screen of 1400 x 900 for tests marked `screen`; one for the whole run."""
    if missing():
        pytest.skip(f"needs {', '.join(missing())}")
    with open_screen() as found:
        yield found
