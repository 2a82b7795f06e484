"""The learner panel says where inputs should be scaled, and has it done."""

from __future__ import annotations

import numpy as np

from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.changes import Settings
from boundaryviz.scene.edits import Move


def stretch(workbench: Workbench, by: float) -> None:
    points = workbench.document.scene.points
    workbench.controller.do(Move(points.ids, points.xy * (1.0, by)), "Stretch")


def scale(workbench: Workbench) -> str:
    return workbench.document.scenario.data.input_scale


def test_unlike_units_are_said_with_a_button_that_standardises(workbench: Workbench) -> None:
    panel, document = workbench.controller.learner, workbench.document
    assert panel.advice.isHidden()
    assert panel.standardise.isHidden()
    stretch(workbench, 1000.0)
    assert not panel.advice.isHidden()
    assert "times as far as x" in panel.advice.text()
    assert "See Input scale, in the tab Data." in workbench.plane._banner.text()
    workbench.controller.do(Settings({"learner.name": "naive-bayes"}), "Learner")
    assert panel.advice.isHidden()
    document.undo.undo()
    points = document.scene.points
    panel.standardise.click()
    assert scale(workbench) == "standardised"
    assert document.scene.points == points, "points were drawn anew"
    assert panel.advice.isHidden()
    document.undo.undo()
    assert scale(workbench) == "as-is"
    assert not panel.advice.isHidden()


def test_the_measure_stays_while_points_are_dragged_and_comes_back_with_undo(
    workbench: Workbench,
) -> None:
    document = workbench.document
    workbench.controller.do(Settings({"data.input_scale": "standardised"}), "Scale")
    measure = document.scene.measure
    assert measure is not None
    document.preview(Move(document.scene.points.ids[:3], np.full((3, 2), 90.0)))
    assert document.scene.measure is measure
    stretch(workbench, 3.0)
    assert document.scene.measure is measure
    document.undo.undo()
    document.undo.undo()
    assert document.scenario.scene().measure is None
    assert scale(workbench) == "as-is"
    document.undo.redo()
    assert document.scene.measure == measure


def test_jitter_is_shown_as_large_as_it_is_on_the_plane(workbench: Workbench) -> None:
    jitter, domain = workbench.plane.marks.jitter, workbench.document.scene.domain
    workbench.controller.do(Settings({"learner.name": "vat"}), "Learner")
    assert jitter.unit == (1.0, 1.0)
    workbench.controller.do(Settings({"data.input_scale": "domain"}), "Scale")
    assert jitter.unit == (domain.width / 2, domain.height / 2)


def test_points_of_ones_own_can_be_scaled(workbench: Workbench) -> None:
    form = workbench.controller.data.form
    own = workbench.document.scenario.data.model_copy(update={"name": "points"})
    workbench.controller.data.set_values(own)
    assert form.editor("data.input_scale").isEnabled()
