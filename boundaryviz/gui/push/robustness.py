"""Brings robust error to its tab while that is at the front and pushes are shown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.push_views import RobustnessFound, RobustnessViewSettings
from boundaryviz.evasion.pushes import Robustness
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.push.view import EMPTY, PAST, RobustnessView
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.widgets.scale import tidy_above

_POINTS = 200
"""Points that robust error is measured on at most."""
_BEYOND, _LEAST = 1.2, 0.15  # where the axis ends: in times epsilon, and of the shorter side of the plane
_LENGTHS = 9
"""Lengths at which it is measured, from 0."""


class RobustnessControl(QObject):
    """Asks for robust error of the moment that the plane shows."""

    def __init__(
        self, window: MainWindow, document: Document, client: TrainerClient, presenter: Presenter,
        on: Callable[[], bool],
    ) -> None:  # fmt: skip
        """on: whether pushes are shown at all."""
        super().__init__(window)
        self._window, self._document, self._client, self._presenter = window, document, client, presenter
        self._on = on
        self._asked: RobustnessViewSettings | None = None
        self._spec = EvasionSpec()
        self.view = RobustnessView()
        window.themed.connect(self.view.set_theme)
        window.result_changed.connect(self.look)
        client.probed.connect(self._take)
        client.stated.connect(self._stated)
        presenter.turned.connect(lambda: self.view.clear(EMPTY if presenter.past is None else PAST))

    @property
    def found(self) -> Robustness | None:
        """What the tab shows."""
        return self.view.found if self._on() else None

    def turn(self, on: bool) -> None:
        """Pushes are shown, or not."""
        self._window.offer_result(self.view, on)
        self.look()

    def show_spec(self, spec: EvasionSpec, asked: EvasionSpec) -> None:
        """spec: what is shown now, be it tried out. asked: what it is without what is tried out."""
        self.view.set_epsilon(spec.epsilon)
        self._spec = asked
        self.look()

    def look(self) -> None:
        """Ask while the tab is at the front."""
        asked = self._settings() if self._on() and self._window.result_shown() is self.view else None
        if asked == self._asked:
            return
        self._asked = asked
        if asked is None:
            self._client.unsubscribe("push-robustness")
        else:
            self._client.subscribe("push-robustness", asked)

    def _settings(self) -> RobustnessViewSettings:
        spec = self._spec
        domain = self._document.committed.scene.domain
        # so wide that an epsilon that is dragged along the axis rarely changes it
        most = tidy_above(max(_BEYOND * spec.epsilon, _LEAST * min(domain.width, domain.height)))
        return RobustnessViewSettings(spec, tuple(np.linspace(0.0, most, _LENGTHS).tolist()), _POINTS)

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self.view.clear(EMPTY)

    def _take(self, said: m.ProbeResult) -> None:
        found = said.value
        if not isinstance(found, RobustnessFound) or said.key.past != self._presenter.number:
            return
        if found.found is None:
            self.view.clear(found.why or EMPTY)
        else:
            self.view.set_robustness(found.found, found.common, self._presenter.seed_words)
