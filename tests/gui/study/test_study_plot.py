"""The chart of a study in the window: what lies over what."""

from __future__ import annotations

import pyqtgraph as pg
from PyQt6.QtWidgets import QGraphicsRectItem, QGraphicsSimpleTextItem
from pytestqt.qtbot import QtBot

from boundaryviz.gui.study.plot import StudyPlot
from boundaryviz.gui.widgets.theme import LIGHT
from boundaryviz.record.study_reading import study_chart
from helpers.study_tables import study, table


def test_words_of_marks_stand_on_a_ground_over_every_line(qtbot: QtBot) -> None:
    of = study(folds=2, report="size")
    plot = StudyPlot()
    qtbot.addWidget(plot)
    plot.show_chart(study_chart(of.scenario, of, table(of)))
    items = plot.box.childGroup.childItems()
    words = [item for item in items if isinstance(item, QGraphicsSimpleTextItem)]
    assert len(words) == 2
    for one in words:
        (ground,) = one.childItems()
        assert isinstance(ground, QGraphicsRectItem)
        assert ground.brush().color().name() == LIGHT.panel
        assert ground.rect() == one.boundingRect()
        assert all(one.zValue() > line.zValue() for line in items if isinstance(line, pg.InfiniteLine))
