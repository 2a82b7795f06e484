"""The flagship's table in the guide: it says what is measured."""

from __future__ import annotations

import re

import numpy as np
import pytest

from boundaryviz.scenario.gallery import load
from boundaryviz.studies.check import check
from tools import flagship_spread as tool


def shown() -> str:
    return tool.GUIDE.read_text(encoding="utf-8").partition(tool.BEGIN)[2].partition(tool.END)[0].strip()


def test_what_is_measured_on_some_draws_lies_within_the_table() -> None:
    least, _, greatest = map(float, re.findall(r"\| 3 \| ([\d.]+) / ([\d.]+) / ([\d.]+) \|", shown())[0])
    scenario = load("two-moons-bridge").model_copy(update={"expect": {"flip_rate at poison.count=3": 1.0}})
    flips = 100 * np.array(check(scenario, tool.DATA_SEEDS[:2]).held[0].values)
    assert (least - 0.05 <= flips).all()
    assert (flips <= greatest + 0.05).all()
    assert np.ptp(flips) > 0


@pytest.mark.slow
def test_the_table_is_what_is_measured() -> None:
    """Run `make flagship-spread` where this fails."""
    scenario = load("two-moons-bridge")
    one_way = tool.measured(scenario.with_values({"learner.both_ways": False}))
    assert tool.table(tool.measured(scenario), one_way) == shown()
