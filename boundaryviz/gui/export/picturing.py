"""Snapshots of what the window shows: exact ones from the trainer, and those of recorded moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.shell.actions import Actions
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.history_keeper import HistoryKeeper
from boundaryviz.gui.training.past import Past
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Scene

Take = Callable[[Snapshot, Snapshot | None], None]
"""Called with a snapshot and its clean twin, where there is one."""


class Picturing(QObject):
    """Makes the snapshots that figures, films and comparisons are drawn from, as a run without a window makes them."""

    def __init__(
        self, document: Document, client: TrainerClient, presenter: Presenter, keeper: HistoryKeeper, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._client, self._presenter, self._keeper = document, client, presenter, keeper

    def render(self, take: Take, rect: Domain | None = None, columns: int = 256, z: float | None = None) -> None:
        """Have `take` called with what is shown, the present or the past, worked out exactly; after a moment.

        rect: the part of the plane, None for the domain. columns: of the field. z: as in `m.Render`.
        """
        past, stage = self._presenter.past, self._presenter.stage

        def taken(rendering: m.Rendering) -> None:
            state = self._keeper.state(rendering.revision) or self._document.committed
            scenario, scene = (state.scenario, state.scene) if past is None else (past.scenario, past.scene)
            if past is None:
                scenario = scenario.model_copy(update={"learner": scenario.learner.at_stage(stage)})
            take(self._of(rendering, scenario, scene, clean=False), self._clean(rendering, scenario, scene))

        self._presenter.render(taken, rect, columns, past, z)

    def strip(
        self, pasts: Sequence[Past], take: Callable[[Snapshot], object], then: Callable[[], None],
        rect: Domain | None = None, columns: int = 256,
    ) -> None:  # fmt: skip
        """Have `take` called with each of these moments, worked out exactly, one after the other, and then `then`."""
        if not pasts:
            self._presenter.load_past()
            then()
            return
        past = pasts[0]

        def taken(rendering: m.Rendering) -> None:
            take(self._of(rendering, past.scenario, past.scene, clean=False))
            self.strip(pasts[1:], take, then, rect, columns)

        self._presenter.render(taken, rect, columns, past)

    def _of(self, rendering: m.Rendering, scenario: Scenario, scene: Scene, clean: bool) -> Snapshot:
        field, predicted = (
            (rendering.clean, rendering.clean_predicted) if clean else (rendering.field, rendering.predicted)
        )
        assert field is not None
        return Snapshot(
            self._seeded(scenario),
            scene,
            rendering.step,
            rendering.rect,
            field,
            self._curves(rendering.step, clean),
            predicted,
            None if clean else rendering.cascade,
            p=None if clean else rendering.p,
            clean_p=None if clean else rendering.clean_p,
            judged=rendering.clean_judged if clean else rendering.judged,
            embedding=None if clean else rendering.embedding,
            heights=None if clean else rendering.heights,
        )

    def _clean(self, rendering: m.Rendering, scenario: Scenario, scene: Scene) -> Snapshot | None:
        return None if rendering.clean is None else self._of(rendering, scenario, scene, clean=True)

    def _seeded(self, scenario: Scenario) -> Scenario:
        """With the seed of the run that is shown."""
        seed = scenario.training.seed + self._presenter.seed_shown
        return scenario.model_copy(update={"training": scenario.training.model_copy(update={"seed": seed})})

    def _curves(self, step: int, clean: bool) -> CurveStore:
        """Those of all seeds so far, of one side."""
        curves, seeds, twin = self._client.curves.until(step), self._client.seeds, self._client.twin
        if curves.replicas != seeds * (1 + twin):
            return curves
        return curves.of(slice(0, seeds) if clean or not twin else slice(seeds, 2 * seeds))


def view_shown(actions: Actions, planes: str | None, have: Mapping[str, bool]) -> str:
    """The view of a figure or film that is most like what the window shows, of those one can have; empty for the usual
    one. planes: how the twin planes show."""
    likest = {
        "view.compare": "compare",
        "view.pushes": "pushes",
        "view.embedding": "embedding",
        "view.cascade": "cascade",
        "view.heights": "heights",
        "train.twin": "flip" if planes == "flips" else "twin",
    }
    return next((view for name, view in likest.items() if have.get(view) and actions[name].isChecked()), "")
