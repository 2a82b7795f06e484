"""What the trainer was told and refused, for want of memory, because it does not fit, or because its defence cannot
judge it, and what that makes of the messages after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from boundaryviz.engine import messages as m
from boundaryviz.engine.judging import DefenceError
from boundaryviz.scenario.cost import MemoryNeeded
from boundaryviz.scenario.inputs import InputsError
from boundaryviz.scene.scene import Scene

Request = m.Load | m.SetScene | m.SetScenario | m.Resume
"""What can be refused: what is to be trained from now on."""


class Refusals:
    """Remembers what was refused last, until something can be had.

    Till then nothing is trained, for the window shows what was asked for, and no answer to something else must appear
    beside it; and what changes is joined to what was asked for before.
    """

    def __init__(self) -> None:
        self._asked: Request | None = None
        self._where, self._why = "", ""

    @property
    def barred(self) -> bool:
        """Whether a beginning was refused, so that there is nothing to be trained at all."""
        return isinstance(self._asked, m.Load | m.Resume)

    def answer(
        self, message: m.ToTrainer, act: Callable[[m.ToTrainer], list[m.FromTrainer]], scene: Scene | None
    ) -> list[m.FromTrainer]:
        """What `act` says to the message, or why it is refused. scene: trained on now, None for nothing."""
        if not isinstance(message, Request):
            trains = isinstance(message, m.Play | m.StepN | m.Reset)
            return self._refusal if trains and self._asked is not None else act(message)
        message = self._joined(message, scene)
        try:
            said = act(message)
        except (MemoryNeeded, InputsError, DefenceError) as error:
            return self.refuse(message, error)
        self._asked = None
        return said

    def refuse(self, message: Request, error: Exception) -> list[m.FromTrainer]:
        """Remember that this cannot be had, and say why."""
        match error:
            case MemoryNeeded():
                self._where = "for want of memory"
            case DefenceError():
                self._where = m.IN_THE_DEFENCE
            case _:
                self._where = "on these points"
        self._asked, self._why = message, str(error).removeprefix("defence: ")  # which `where` says
        return self._refusal

    @property
    def _refusal(self) -> list[m.FromTrainer]:
        return [m.Failed(self._where, self._why)]

    def _joined(self, message: Request, scene: Scene | None) -> Request:
        """A change with what is still wanted of the refused one."""
        before = self._asked
        if before is None or isinstance(message, m.Load | m.Resume):
            return message
        new, scenario = message.scene if isinstance(message, m.SetScene) else None, message.scenario
        if isinstance(before, m.Load | m.Resume):
            load = m.Load(before.scenario, before.scene, message.revision, before.device, before.seeds, before.twin)
            return replace(load, scene=new or load.scene, scenario=scenario or load.scenario)
        found = new or (before.scene if isinstance(before, m.SetScene) else scene)
        assert found is not None  # a scene is there, or the first refusal would have been that of a beginning
        return m.SetScene(found, message.revision, scenario or before.scenario)
