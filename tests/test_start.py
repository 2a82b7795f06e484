"""What is loaded before a person sees anything: of the window before it is painted, of the trainer before it trains."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from boundaryviz.engine import worker
from boundaryviz.gui import app
from boundaryviz.gui.document.projects import Project
from boundaryviz.scenario.scenario import ScenarioError

ROOT = Path(__file__).parents[1]
LATE = {"torch._dynamo", "scipy", "sklearn", "matplotlib", "pandas", "av", "numba", "dask", "imageio"}
"""Packages that no start waits for."""

_WHEN_SPAWNED = """
import sys
from boundaryviz import __main__
from boundaryviz.engine import worker
def start(_log):
    print(*sys.modules)
    sys.exit()
worker.start = start
sys.argv = ["boundaryviz", *sys.argv[1:]]
__main__.main()
"""
_UNTIL_TRAINED = """
import sys
from boundaryviz.engine import messages as m
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui import app
scenario = app.read(None).scenario
trainer = Trainer()
scene = scenario.scene()
trainer.handle(m.View(scene.domain, 64, 64))
trainer.handle(m.Load(scenario.settings(), scene, 0))
trainer.handle(m.Play())
frames = []
while not any(frame.step for frame in frames):
    frames += [said for said in trainer.advance() if isinstance(said, m.Frame)]
    trainer.handle(m.Credit())
print(*sys.modules)
"""


_UNTIL_PAINTED = """
import os, sys
from pathlib import Path
from boundaryviz.engine import link, worker
from boundaryviz.gui import app
from boundaryviz.scene import assets
class Silent:
    send = silence = fileno = lambda self, *_: None
    poll = lambda self: []
    close = abandon = lambda self: None
worker.start = lambda *_: ()
link.ProcessLink = lambda *_, **__: Silent()
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
from PyQt6.QtCore import QEvent, QObject
from boundaryviz.gui import workbench
class Looking(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            print(*sys.modules, *(f"read:{Path(one).suffix}" for one in opened), flush=True)
            os._exit(0)
        return False
class Shown(workbench.Workbench):
    def show(self, hint=None):
        self.looking = Looking()
        self.plane.canvas.viewport().installEventFilter(self.looking)
        super().show(hint)
workbench.Workbench = Shown
app.main()
"""
_LATE_PARTS = {
    f"boundaryviz.gui.{name}"
    for name in (
        "dose.control", "check.control", "study.control", "bias.control", "board.control", "elephant.control",
        "export.film_control", "files.import_dialog",
    )
} | {"boundaryviz.tables.tables", "boundaryviz.studies.study", "boundaryviz.figures.draw", "chardet"}  # fmt: skip
"""What no first paint shows."""


def loaded(code: str, *arguments: str) -> set[str]:
    """The names in sys.modules that a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_trainer_is_started_before_anything_heavy_is_loaded() -> None:
    for arguments in ((), ("open", "flagship")):
        found = loaded(_WHEN_SPAWNED, *arguments)
        assert "boundaryviz.gui.app" in found
        assert found.isdisjoint({"numpy", "PyQt6", "boundaryviz.scenario.scenario", "boundaryviz.scene.scene"})


def test_the_first_paint_waits_for_nothing_that_it_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    for variable in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    found = loaded(_UNTIL_PAINTED)
    assert "boundaryviz.gui.curves.control" in found
    assert found.isdisjoint(LATE | _LATE_PARTS | {"torch"})
    assert found.isdisjoint({"read:.png", "read:.toml", "read:.bviz", "read:.csv"})  # scenarios and their pictures


def test_the_first_trained_frame_waits_for_nothing_but_torch() -> None:
    found = loaded(_UNTIL_TRAINED)
    assert "torch" in found
    assert found.isdisjoint(LATE | {"PyQt6"})


def test_a_file_that_cannot_be_used_ends_the_trainer_that_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    started: list[worker.Started] = []
    start = worker.start

    def starting(crash_log: str | None = None) -> worker.Started:
        started.append(start(crash_log))
        return started[-1]

    def reads() -> Project:
        assert started[0][1].is_alive()
        raise ScenarioError(["there is no such thing"])

    monkeypatch.setattr(worker, "start", starting)
    with pytest.raises(ScenarioError, match="no such thing"):
        app.main("nothing.bviz", reads)
    assert started[0][0].closed
    assert gc.isenabled()
