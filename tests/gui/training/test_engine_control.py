"""The engine is chosen in a menu and remembered; who loses a GPU goes on from the last recorded moment, on the
processor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from pytestqt.qtbot import QtBot

from boundaryviz.engine import messages as m
from boundaryviz.engine.session import Session
from boundaryviz.gui.training.engine_control import ENGINES, preferred
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.history_spec import Engine
from boundaryviz.scenario.scenario import Scenario

SMALL = Scenario().with_values({"data.n": 30, "learner.hidden": [3], "poison.count": 0, "training.steps": 5000})
COMPILED = m.Engine("compiled", "CPU: a processor, compiled", "It is for nets like this one.")


@pytest.fixture
def sent(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the trainer is told from now on."""
    found: list[Any] = []
    monkeypatch.setattr(workbench.client._link, "send", found.append)
    return found


def loads(sent: list[Any]) -> list[str]:
    return [one.device for one in sent if isinstance(one, m.Load)]


def test_a_choice_is_remembered_and_begins_the_run_anew_with_it(workbench: Workbench, sent: list[Any]) -> None:
    actions, settings = workbench.window.actions_, workbench._settings
    assert [name for name in ENGINES if actions[f"engine.{name}"].isChecked()] == ["auto"]
    actions["engine.compiled"].trigger()
    assert loads(sent) == ["compiled"]
    assert preferred(settings) == "compiled"
    workbench.controller.set_setting("learner.hidden", (4,))
    assert loads(sent) == ["compiled", "compiled"]
    workbench.client.engaged.emit(COMPILED)
    workbench.client.engine = "compiled"
    actions["engine.auto"].trigger()
    actions["engine.compiled"].trigger()
    assert loads(sent) == ["compiled", "compiled", "auto"], "it is that of the run already"
    assert [name for name in ENGINES if actions[f"engine.{name}"].isChecked()] == ["compiled"]
    settings.setValue("engine", "abacus")
    assert preferred(settings) == "auto"
    actions["engine.auto"].trigger()


def test_what_is_not_there_is_off_and_says_why_and_the_status_bar_says_what_is(workbench: Workbench) -> None:
    actions, status = workbench.window.actions_, workbench.window.status
    absent = {"cuda": "the driver is too old", "mps": "torch finds no Apple GPU"}
    workbench.client.engaged.emit(m.Engine("cpu", "CPU: a processor", "It was asked for.", absent=absent))
    off = {name: actions[f"engine.{name}"].toolTip() for name in ENGINES if not actions[f"engine.{name}"].isEnabled()}
    assert set(off) == {"cuda", "mps"}
    assert "the driver is too old" in off["cuda"]
    assert status.device.text() == "CPU: a processor"
    assert "It was asked for." in status.device.toolTip()
    assert "CPU: a processor. It was asked for." in workbench.log.entries[-1].text
    report = workbench.errors.report()
    assert "engine: cpu. It was asked for." in report
    assert "no cuda: the driver is too old" in report
    workbench.client.engaged.emit(COMPILED)
    assert actions["engine.cuda"].isEnabled()


def test_a_run_of_a_file_begins_with_what_did_it_and_the_next_with_what_is_preferred(
    workbench: Workbench, sent: list[Any]
) -> None:
    scene = SMALL.scene()
    engines: tuple[Engine, ...] = ("compiled", "cpu")
    for engine in engines:
        history = RunHistory.of(SMALL, scene, engine=engine).come_to(7)
        workbench.document.open(history.written(SMALL, scene))
        assert loads(sent)[-1] == engine
    workbench.controller.set_setting("learner.hidden", (4,))
    assert loads(sent)[-1] == "auto"
    workbench.document.open(SMALL)
    assert loads(sent)[-1] == "auto"


def test_where_what_did_a_run_is_not_there_a_word_says_so(workbench: Workbench, sent: list[Any]) -> None:
    missed = m.Engine("cpu", "CPU: a processor", "why", "torch with CUDA cannot be used here (none is there)")
    workbench.client.engaged.emit(missed)
    assert not workbench.window.banner.isVisible(), "nobody was promised it"
    assert "torch with CUDA cannot be used here" in workbench.log.entries[-1].text
    scene = SMALL.scene()
    workbench.document.open(RunHistory.of(SMALL, scene, engine="cuda").come_to(7).written(SMALL, scene))
    workbench.client.engaged.emit(missed)
    assert "torch with CUDA cannot be used here (none is there)" in workbench.window.banner.text.text()


def test_who_loses_the_gpu_goes_on_from_the_last_recorded_moment_on_the_processor(
    show: Callable[[Scenario], Workbench], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench, step = show(SMALL), Session.step
    engines: list[m.Engine] = []
    workbench.client.engaged.connect(engines.append)
    asked: list[str] = []
    begin = Session.__init__

    def begins(self: Session, *given: Any, **options: Any) -> None:
        asked.append(given[4] if len(given) > 4 else options.get("device", "auto"))
        begin(self, *given, **options)

    monkeypatch.setattr(Session, "__init__", begins)
    failed: list[int] = []

    def fails_once(self: Session, n: int = 1) -> None:
        if self.step_count > 200 and not failed:
            failed.append(self.step_count)
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        step(self, n)

    monkeypatch.setattr(Session, "step", fails_once)
    workbench.controller.play(True)
    qtbot.waitUntil(lambda: bool(failed))
    scene, recorded = workbench.document.scene, len(workbench.timeline.timeline)
    qtbot.waitUntil(lambda: workbench.client.step_count > failed[0])
    words = workbench.window.banner.text.text()
    assert "there is no memory left on the GPU" in words
    assert "from the last recorded moment" in words
    assert workbench.document.scene is scene
    assert workbench.client.playing
    assert recorded
    assert len(workbench.timeline.timeline) >= recorded, "what was recorded is there"
    assert asked == ["compiled", workbench.client.engine], "nothing more is asked of a GPU"
    assert workbench.history.history is not None
    assert workbench.history.history.engine == workbench.client.engine
    workbench.controller.play(False)
