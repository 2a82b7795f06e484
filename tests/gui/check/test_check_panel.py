"""What the tab says of promises and of spread, and where its dots lie."""

from __future__ import annotations

import math

import pytest
from PyQt6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from boundaryviz.gui.check.panel import CheckPanel
from boundaryviz.gui.check.strip import DotStrip
from boundaryviz.gui.widgets.theme import DARK, THEMES
from boundaryviz.record.expectations import Check, Expectation, Held

FLIPS = Held(Expectation.parse("flip_rate", (0.07, 0.14)), (0.1, 0.1, 0.05, math.nan))
ERROR = Held(Expectation.parse("clean.test_error at poison.count=3", 0.01), (0.0, 0.0, 0.0, 0.0))
SEEDS = (3, 4, 5, 6)


@pytest.fixture
def panel(qtbot: QtBot) -> CheckPanel:
    made = CheckPanel()
    qtbot.addWidget(made)
    made.resize(320, 500)
    return made


def texts(panel: CheckPanel) -> str:
    from PyQt6.QtWidgets import QLabel

    return "\n".join(one.text() for one in panel.findChildren(QLabel) if one.isVisibleTo(panel))


def test_before_anything_is_known_it_says_what_it_would_do(panel: CheckPanel):
    assert "draws the data anew" in texts(panel)
    assert panel.strips == []
    panel.set_check(Check("a", "A", (), 0, (Held(FLIPS.expectation, ()),)))
    assert "draws the data anew" in texts(panel)


def test_each_promise_has_a_line_with_its_share_and_a_strip(panel: CheckPanel):
    panel.set_check(Check("a", "A", SEEDS, 2, (FLIPS, ERROR), failed=((6, "No place."),)))
    said = texts(panel)
    assert "1 of 2 promises hold on fewer than 90\u00a0% of the draws." in said
    assert "promised 7 % to 14 %; held on 2 of 4; median 10 %" in said
    assert "test error of the clean twin with poison.count=3" in said
    assert "promised at most 1 %; held on 4 of 4; median 0 %" in said
    assert "Data seeds 3 to 6; the mean of 2 training seeds. Nothing came of data seed 6: No place." in said
    assert len(panel.strips) == 2
    panel.set_theme(DARK)
    assert panel.strips[0]._theme is DARK


def test_without_promises_it_shows_the_spread(panel: CheckPanel):
    panel.set_check(Check("a", "A", SEEDS, 0, (Held(Expectation.parse("test_error"), (0.1, 0.2, 0.3, 0.4)),), False))
    said = texts(panel)
    assert "It promises nothing; this is the spread." in said
    assert "median 25 %" in said
    assert "promised" not in said


def test_kept_points_are_said(panel: CheckPanel):
    panel.set_check(Check("a", "A", (), 0, (Held(ERROR.expectation, (0.0,)),), kept=True))
    assert "It holds what it promises." in texts(panel)
    assert "no data seed draws anew" in texts(panel)
    assert panel.strips[0].words(0) == "the kept points: 0 %"


def test_of_some_of_the_data_seeds_it_says_how_many(panel: CheckPanel):
    panel.set_check(Check("a", "A", (3,), 2, (Held(FLIPS.expectation, (0.1,)),), left=19))
    assert panel.verdict.text() == "So far, on 1 of 20 data seeds: every promise holds."
    panel.set_check(Check("a", "A", (3,), 2, (Held(FLIPS.expectation, (0.5,)),), left=19))
    assert panel.verdict.text() == "So far, on 1 of 20 data seeds: 1 of 1 promises do not hold."


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_dots_lie_within_rise_with_their_values_and_do_not_hide_each_other(theme, qtbot: QtBot):
    strip = DotStrip(FLIPS, SEEDS, theme)
    qtbot.addWidget(strip)
    strip.resize(200, strip.sizeHint().height())
    strip.grab()
    places = strip.places()
    assert places[3] is None
    dots = [place for place in places if place is not None]
    assert all(0 < dot.x() < strip.width() and 0 < dot.y() < strip.height() for dot in dots)
    assert dots[2].x() < dots[0].x()
    assert dots[0] != dots[1]
    assert strip.scale() == (0.0, 0.14)
    assert strip.words_at(dots[2]) == "data seed 5: 5 %"
    assert strip.words_at(QPointF(-50, 0)) == ""
    assert strip.words(3) == "data seed 6: not measured"
    one = DotStrip(Held(Expectation.parse("leverage"), (50.0,)), (1,), theme)
    qtbot.addWidget(one)
    one.grab()
    assert one.scale() == (50.0, 100.0)


def test_seeds_are_asked_for_as_they_are_typed(panel: CheckPanel, qtbot: QtBot):
    asked: list[tuple[object, int]] = []
    panel.asked.connect(lambda seeds, count: asked.append((seeds, count)))
    panel.ask()
    panel.data_seeds.setText("3, 7-9")
    panel.seeds.committed.emit("2")
    panel.ask()
    assert asked == [(tuple(range(20)), 4), ((3, 7, 8, 9), 2)]
    for wrong, words in (("9-3", "Write seeds as"), ("", "Write seeds as"), ("0-5000", "At most 1,000")):
        panel.data_seeds.setText(wrong)
        panel.ask()
        assert words in panel.words.text()
        assert panel.data_seeds.property("invalid")
    assert len(asked) == 2
    panel.set_running(True)
    panel.ask()
    assert len(asked) == 2
