"""A `RunControl` whose finished parts are kept as long as the window is open, so that it can be paused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typing_extensions import override

from boundaryviz.gui.document.document import Document
from boundaryviz.gui.document.run_control import RunControl
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.widgets.pause_panel import PausePanel
from boundaryviz.scenario.scratch import Scratch


class KeptRunControl(RunControl):
    """See `RunControl`. Resume, and whatever was worked out before, cost only what is missing.

    The subclass gives `place` to what it asks for, and says by `_paused_words` how far it was.
    """

    def __init__(self, window: MainWindow, document: Document, panel: PausePanel, action: str, folder: str) -> None:
        """folder: what the one of the finished parts is called."""
        self._pausing, self._folder = panel, folder
        self._kept: Scratch | None = None
        self._asked: Any = None
        super().__init__(window, document, panel, action)
        panel.paused.connect(self.pause)
        panel.resumed.connect(self.resume)

    @property
    def place(self) -> Path:
        """The file of what is finished."""
        assert self._kept is not None
        return self._kept.path / "results.sqlite"

    def _request_of(self, listed: Any, seeds: int) -> Any:
        """What `_request` is to be."""
        raise NotImplementedError

    def _paused_words(self) -> str:
        """How far it was when it was paused."""
        return "Paused."

    @override
    def run(self, listed: Any, seeds: int) -> None:
        """See `RunControl.run`; where there is no room for results, it says so."""
        try:
            if self._kept is None:
                self._kept = Scratch(self._folder)
        except OSError as error:
            self._pausing.say(f"There is no room for results: {error.strerror or error}.", problem=True)
            return
        super().run(listed, seeds)

    @override
    def _request(self, listed: Any, seeds: int) -> Any:
        self._asked = self._request_of(listed, seeds)
        return self._asked

    def pause(self) -> None:
        """End the process; what it had finished is kept."""
        if self._stop():
            self._pausing.set_paused()
            self._pausing.say(self._paused_words())

    def resume(self) -> None:
        """Go on with what was asked for when it was paused."""
        if self._asked is not None and not self.running:
            self._start(self._asked)

    @override
    def close(self) -> None:
        super().close()
        if self._kept is not None:
            self._kept.remove()
            self._kept = None

    @override
    def _opened(self) -> None:
        super()._opened()
        self._asked = None
        self._pausing.set_running(False)
