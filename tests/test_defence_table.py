"""The tables of filters: what they say follows from what was measured, and still does."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.defences import DEFENCES
from boundaryviz.scene.scene import Split
from tools import defence_table as tool

RESULTS = tool.read()


def test_every_filter_was_measured_on_every_draw():
    """Run `python -m tools.defence_table --only FILTER` where this fails."""
    assert set(RESULTS) == {f"pool {name}" for name in ("none", *tool.POOLS)} | {
        f"labels {name}" for name in ("none", *tool.LABELS)
    }
    assert {*tool.POOLS, *tool.LABELS} == set(DEFENCES)
    for name, attackers in RESULTS.items():
        expected = tool.BRIDGES if name.startswith("pool") else tool.LABELLED
        knows = name.removeprefix("labels ") in tool.QUICK
        assert [*attackers] == [one for one in expected if one != "heap that knows" or knows]
        assert all(len(rows) == len(tool.DATA_SEEDS) for rows in attackers.values())


def test_the_page_says_what_was_measured_and_tells_of_every_filter():
    page = tool.PAGE.read_text("utf-8")
    assert tool.with_words(page, RESULTS) == page
    assert all(f"\n| `{name}` |" in page for name in DEFENCES)


def test_the_current_stops_what_it_is_meant_for_and_not_the_broad_band():
    taken = {kind: tool.mean(rows, "taken") or 0.0 for kind, rows in RESULTS["pool current"].items()}
    assert taken["10 beads"] <= 0.12
    assert (tool.mean(RESULTS["pool current"]["10 beads"], "lost") or 0.0) <= 0.002
    assert taken["band of 300"] >= 0.9


@pytest.mark.parametrize("name", ["knn", "loss"])
def test_filters_of_labels_find_random_flips_and_pass_the_heap(name: str):
    caught = {kind: tool.mean(rows, "caught") for kind, rows in RESULTS[f"labels {name}"].items()}
    assert (caught["random flips"] or 0.0) >= 0.85
    assert caught["heap"] == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize(("name", "kind"), [("current", "20, jitter 0.03"), ("spanning-tree", "10 beads")])
def test_what_was_measured_of_a_pool_comes_out_again(name: str, kind: str):
    scene = tool.bridged(tool.defended(tool.pool(), tool.NO_DEFENCE, 1), tool.BRIDGES[kind], 1)
    found, before = tool.outcome(tool.defended(tool.pool(), name, 1), scene), RESULTS[f"pool {name}"][kind][1]
    assert found == {key: pytest.approx(value, abs=0.1 if key == "caught" else 0.01) for key, value in before.items()}


def test_what_was_measured_of_labels_comes_out_again():
    plain, kept = tool.defended(tool.labelled(), tool.NO_DEFENCE, 2), tool.defended(tool.labelled(), "knn", 2)
    found = tool.outcome(kept, tool.random_flips(plain, 2))
    assert found == pytest.approx(RESULTS["labels knn"]["random flips"][2], abs=0.01)


def test_a_heap_is_sixteen_points_of_one_label_at_the_worst_of_the_places_tried():
    scenario = tool.labelled().with_values({"data.n": 40})
    scene = tool.heaped(scenario, 0, 3)
    heap = scene.points.take(scene.points.is_poison)
    assert len(heap) == tool.HEAP
    assert len(np.unique(heap.label)) == 1
    harm = tool.wrong(tool.trained(scenario, scene), Split.VALIDATION)
    assert harm >= tool.wrong(tool.trained(scenario, tool.random_flips(scenario, 0)), Split.VALIDATION)
