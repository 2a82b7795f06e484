"""The numbers of an attack, each in its place, and sentences where there are none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from boundaryviz.attacks.budget import Budget
from boundaryviz.gui.twin.attack_panel import (
    NO_PINS,
    NO_POISON,
    NO_TWIN,
    AttackPanel,
    Measure,
    TargetState,
    number_words,
)
from boundaryviz.gui.twin.margin_plot import MarginPlot
from boundaryviz.gui.widgets.theme import DARK

NAN = float("nan")


@pytest.fixture
def panel(qtbot: QtBot) -> AttackPanel:
    made = AttackPanel()
    qtbot.addWidget(made)
    made.resize(316, 420)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_an_empty_panel_says_what_to_do(panel: AttackPanel) -> None:
    assert panel.count.text() == NO_POISON
    assert panel.talk.isHidden()
    assert panel.nothing.text() == NO_TWIN
    assert not panel.nothing.isHidden()
    assert panel.no_pins.text() == NO_PINS
    assert panel.plot.isHidden()


def test_the_budget_tells_its_share_and_what_the_talks_rates_would_need(panel: AttackPanel) -> None:
    panel.set_budget(Budget(6, 5006))
    assert panel.count.text() == "6 poison points of 5,006 in training: 0.12 %"
    assert {kind: field.text() for kind, field in panel.budgets.items()} == {
        "supervised": "600", "semi-supervised": "6,000", "self-supervised": "60,000,000",
        "image captions": "6,000,000",
    }  # fmt: skip
    assert "talk" in panel.talk.text()
    assert [panel.budgets[kind].toolTip() for kind in ("self-supervised", "image captions")] == [
        "0.00001\u00a0%, self-supervised: as given in the talk",
        "0.0001\u00a0%, image captions: published by Carlini and Terzis (2022): 3 of 3 million",
    ]
    panel.set_budget(Budget(1, 10))
    assert panel.count.text().startswith("1 poison point of 10")
    panel.set_budget(Budget(0, 10))
    assert panel.count.text() == NO_POISON


def test_measures_show_mean_and_spread_and_what_is_missing(panel: AttackPanel) -> None:
    panel.set_measures(
        {"flip_rate": Measure(0.1234, 0.02), "leverage": Measure(51.26),
         "attack_success_rate": Measure(0.875, None, (0.529, 0.978)), "already_so": Measure(0.05, None, (0.0, 0.35))},
        "Mean of 8 seeds.",
    )  # fmt: skip
    assert (panel.values["flip_rate"].text(), panel.spreads["flip_rate"].text()) == ("12.3 %", "± 2.0 %")
    assert (panel.values["leverage"].text(), panel.spreads["leverage"].text()) == ("51.3", "")
    assert panel.values["flip_area"].text() == "\u2013"
    success = panel.values["attack_success_rate"], panel.spreads["attack_success_rate"]
    assert [field.text() for field in success] == ["87.5 %", "52.9 to 97.8 %"]
    assert panel.values["already_so"].text() == "5.0 %"
    assert panel.nothing.isHidden()
    panel.set_measures({"flip_rate": Measure(NAN, NAN), "attack_success_rate": Measure(NAN, none_left=True)})
    assert panel.spreads["attack_success_rate"].text() == "none is left"
    assert panel.values["flip_rate"].text() == "\u2013"
    panel.set_measures(None)
    assert not panel.nothing.isHidden()


def test_numbers_change_and_nothing_moves(panel: AttackPanel) -> None:
    fields = [*panel.values.values(), *panel.spreads.values()]
    places = None
    for scale in (0.0, 0.0123, 1.0):
        panel.set_measures(
            {
                name: Measure(scale, None, (scale / 2, scale))
                if name in ("attack_success_rate", "already_so")
                else Measure(scale * (5000 if name == "leverage" else 1), scale / 2)
                for name in panel.values
            }
        )
        panel.grab()
        now = [(field.x(), field.width()) for field in fields]
        places = places or now
        assert now == places
        for field in fields:
            assert field.fontMetrics().horizontalAdvance(field.text()) <= field.width()


def test_it_fits_the_width_of_the_dock(panel: AttackPanel) -> None:
    panel.set_budget(Budget(123, 9_999_999))
    panel.set_measures(
        {name: Measure(0.5, 0.25, (0.123, 0.888)) for name in panel.values}, "Mean ± spread over 16 seeds."
    )
    panel.set_pins([TargetState(0, "class 0", 0.5, 3, 8, 1240.0)])
    panel.set_theme(DARK)
    panel.grab()
    inside = panel.plot.parentWidget()
    assert inside is not None
    assert inside.minimumSizeHint().width() <= 316


def test_a_pin_that_is_the_attacker_s_without_poison_says_so(panel: AttackPanel) -> None:
    cell = lambda row, at: panel.targets.item(row, at).text()  # type: ignore[union-attr]  # noqa: E731
    panel.set_pins(
        [TargetState(0, "a", 0.9, 0, 4, NAN, already=4), TargetState(0, "a", 0.9, 2, 4, 20.0, already=1),
         TargetState(0, "a", 0.9, 4, 4, 20.0, one_fit=True), TargetState(0, "a", -0.9, 0, 4, NAN, one_fit=True)],
        "seed 3",
    )  # fmt: skip
    assert [cell(row, 2) for row in range(4)] == ["already so", "2 of 3", "yes", "no"]
    assert [cell(row, 3) for row in range(4)] == ["already so", "20", "20", "not yet"]
    assert panel.plot_title.text() == "margin over training, seed 3"


def test_each_pin_has_its_row(panel: AttackPanel) -> None:
    cell = lambda row, at: panel.targets.item(row, at).text()  # type: ignore[union-attr]  # noqa: E731
    panel.set_pins([TargetState(0, "orange", 0.8749, 3, 8, 1240.0), TargetState(1, "blue", NAN, 0, 8, NAN)])
    assert [cell(0, at) for at in range(4)] == ["1: orange", "+0.875", "3 of 8", "1,240"]
    assert [cell(1, at) for at in range(4)] == ["2: blue", "undecided", "0 of 8", "not yet"]
    assert panel.no_pins.isHidden()
    panel.set_pins([])
    assert not panel.no_pins.isHidden()
    assert panel.targets.isHidden()


def test_margins_have_a_line_for_each_pin_and_a_zero(qtbot: QtBot) -> None:
    plot = MarginPlot()
    qtbot.addWidget(plot)
    step = 10 * np.arange(50)
    margins = np.stack([np.linspace(-1, 1, 50), np.full(50, np.nan), np.linspace(0, -1, 50)], axis=1)
    plot.set_margins(step, margins, [0, 1, 0])
    assert len(plot.lines) == 3
    x, y = plot.lines[0].getData()
    assert np.array_equal(x, step)
    assert np.array_equal(y, margins[:, 0])
    looks = {(line.opts["pen"].color().name(), line.opts["pen"].style()) for line in plot.lines}
    assert len(looks) == 3, "two pins that want the same class differ in their dashes"
    assert plot.zero.value() == 0
    low, high = plot.box.viewRange()[1]
    assert low < -1 < 1 < high
    plot.set_margins(step[:1], margins[:1, :1], [1])
    assert len(plot.lines) == 1
    plot.set_margins(step[:0], margins[:0, :1], [1])
    assert plot.lines[0].getData()[0] is None or not len(plot.lines[0].getData()[0])


def test_words_for_numbers() -> None:
    assert number_words(0.5, True) == "50.0 %"
    assert number_words(1234.56, False) == "1,234.6"
    assert number_words(math.nan, True) == "\u2013"
