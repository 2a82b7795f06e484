"""What fails beside training is told, and neither the client nor the window takes training for stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.engine.messages import Failed
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.scenario.scenario import Scenario
from helpers.workbenches import SilentLink, workbenches


@pytest.mark.parametrize("aside", [True, False])
def test_only_what_trains_stops_training(aside: bool, qtbot: QtBot, tmp_path: Path) -> None:
    class Failing(SilentLink):
        says: list[Failed] = []

        def poll(self) -> list[Failed]:  # type: ignore[override]
            said, Failing.says = Failing.says, []
            return said

    with workbenches(qtbot, tmp_path, Failing) as show:
        workbench = show(Scenario().with_values({"data.n": 20}))
        client: TrainerClient = workbench.client
        workbench.controller.play(True)
        workbench.window.status.set_rates(1000.0, 60.0)
        Failing.says = [Failed("in the probe 'units'", "no maps", aside=aside)]
        banner = workbench.window.banner
        qtbot.waitUntil(lambda: "no maps" in banner.text.text())
        assert client.playing == aside
        assert ("1,000" in workbench.window.status.steps.text()) == aside
