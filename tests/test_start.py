"""What is loaded before a person sees anything: of the window before it is painted, of the trainer before it trains."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


def test_the_first_trained_frame_waits_for_nothing_but_torch() -> None:
    found = loaded(_UNTIL_TRAINED)
    assert "torch" in found
    assert found.isdisjoint(LATE | {"PyQt6"})
