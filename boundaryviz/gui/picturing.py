"""Snapshots of what the window shows: exact ones from the trainer, and those of recorded moments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.gui.client import TrainerClient
from boundaryviz.gui.course_keeper import CourseKeeper
from boundaryviz.gui.display import Display
from boundaryviz.gui.document import Document
from boundaryviz.gui.past import Past
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene

Take = Callable[[Snapshot, Snapshot | None], None]
"""Called with a snapshot and its clean twin, where there is one."""


class Picturing(QObject):
    """Makes the snapshots that figures, films and comparisons are drawn from, as a run without a window makes them."""

    def __init__(
        self, document: Document, client: TrainerClient, display: Display, keeper: CourseKeeper, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._client, self._display, self._keeper = document, client, display, keeper

    def shoot(self, take: Take, rect: Domain | None = None, columns: int = 256) -> None:
        """Have `take` called with what is shown, the present or the past, worked out exactly; after a moment.

        rect: the part of the plane, None for the domain. columns: of the field.
        """
        past = self._display.past

        def taken(shot: m.Shot) -> None:
            state = self._keeper.state(shot.revision) or self._document.committed
            scenario, scene = (state.scenario, state.scene) if past is None else (past.scenario, past.scene)
            take(self._of(shot, scenario, scene, clean=False), self._clean(shot, scenario, scene))

        self._display.shoot(taken, rect, columns, past)

    def strip(
        self, pasts: Sequence[Past], take: Callable[[Snapshot], object], then: Callable[[], None],
        rect: Domain | None = None, columns: int = 256,
    ) -> None:  # fmt: skip
        """Have `take` called with each of these moments, worked out exactly, one after the other, and then `then`."""
        if not pasts:
            self._display.recall_past()
            then()
            return
        past = pasts[0]

        def taken(shot: m.Shot) -> None:
            take(self._of(shot, past.scenario, past.scene, clean=False))
            self.strip(pasts[1:], take, then, rect, columns)

        self._display.shoot(taken, rect, columns, past)

    def _of(self, shot: m.Shot, scenario: Scenario, scene: Scene, clean: bool) -> Snapshot:
        field, predicted = (shot.clean, shot.clean_predicted) if clean else (shot.field, shot.predicted)
        assert field is not None
        return Snapshot(
            self._seeded(scenario), scene, shot.step, shot.rect, field, self._curves(shot.step, clean), predicted,
            None if clean else shot.cascade,
        )  # fmt: skip

    def _clean(self, shot: m.Shot, scenario: Scenario, scene: Scene) -> Snapshot | None:
        return None if shot.clean is None else self._of(shot, scenario, scene, clean=True)

    def _seeded(self, scenario: Scenario) -> Scenario:
        """With the seed of the run that is shown."""
        seed = scenario.training.seed + self._display.seed_shown
        return scenario.model_copy(update={"training": scenario.training.model_copy(update={"seed": seed})})

    def _curves(self, step: int, clean: bool) -> CurveStore:
        """Those of all seeds so far, of one side."""
        curves, seeds, twin = self._client.curves.until(step), self._client.seeds, self._client.twin
        if curves.replicas != seeds * (1 + twin):
            return curves
        return curves.of(slice(0, seeds) if clean or not twin else slice(seeds, 2 * seeds))
