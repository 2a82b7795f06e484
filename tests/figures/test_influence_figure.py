"""The figure of what a decision rests on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch

from boundaryviz.figures.influence import OPPOSES, SUPPORTS, draw_influence
from boundaryviz.figures.style import Options
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.influence import Explanation
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.scenario import Scenario


def explained() -> tuple[Snapshot, Explanation]:
    scenario = Scenario().with_values({"data.n": 20})
    scene = scenario.scene()
    d = scene.domain
    field = np.tile(np.linspace(0, 1, 24, dtype=np.float32), (16, 1))
    snapshot = Snapshot(scenario, scene, 12, d, field, CurveStore(1))
    ids = scene.points.ids[scene.points.is_train]
    values = np.linspace(-1.0, 0.5, len(ids))
    truth = np.where(np.arange(len(ids)) < 4, values * 1.1, np.nan)
    found = Explanation(
        (0.5, 0.2), 1, 0, 0.7, "logits", 12, 0, ids, ("influence", "tracin"), np.stack([values, values[::-1]]), truth,
        -truth,
    )  # fmt: skip
    return snapshot, found


def test_arrows_lead_to_the_points_that_weigh_most_in_the_colour_of_their_side() -> None:
    snapshot, found = explained()
    figure = draw_influence(snapshot, found, 6, Options(dpi=50))
    plane, bars = figure.axes[0], figure.axes[-1]
    arrows = [one for one in plane.patches if isinstance(one, FancyArrowPatch)]
    assert len(arrows) == 6
    widths = [one.get_linewidth() for one in arrows]
    assert widths == sorted(widths, reverse=True)
    (scores,) = bars.containers
    values = [bar.get_width() for bar in scores]
    assert values == found.row("influence")[found.ranked(top=6)].tolist()
    from matplotlib.colors import to_hex

    assert [to_hex(bar.get_facecolor()) for bar in scores] == [SUPPORTS if v > 0 else OPPOSES for v in values]
    (diamonds,) = [one for one in bars.collections if one.get_gid() == "leave-one-out"]
    np.testing.assert_allclose(np.asarray(diamonds.get_offsets())[:4, 0], found.truth[found.ranked(top=4)])


def test_a_picture_has_no_leave_one_out_beside_it_and_nothing_weighs_is_said() -> None:
    snapshot, found = explained()
    bars = draw_influence(snapshot, found, 6, Options(dpi=50), "tracin").axes[-1]
    assert all(one.get_gid() != "leave-one-out" for one in bars.collections)
    nothing = replace(found, scores=np.zeros_like(found.scores), truth=np.full(20, np.nan))
    with pytest.raises(ValueError, match="no point weighs anything"):
        draw_influence(snapshot, nothing)
