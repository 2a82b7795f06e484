"""Another scenario in the place of one: what belonged to the last is gone, what is the viewer's has stayed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import files
from boundaryviz.scenario.scenario import Scenario

VIEWERS = ("view.discrete", "view.contours", "view.prediction", "view.held-out", "view.ghost")


def test_what_belonged_to_the_last_scenario_goes_and_looks_stay(show: Callable[[Scenario], Workbench]) -> None:
    workbench = show(Scenario(name="mine", title="Mine").with_values({"data.n": 20}))
    actions, start = workbench.window.actions_, {}
    for name in VIEWERS:
        actions[name].toggle()
        start[name] = actions[name].isChecked()
    workbench.twin.train(3, True)
    workbench.twin.show("floor")
    for name in ("point.poison", "view.cascade", "view.jitter"):
        actions[name].setChecked(True)
    actions["point.tool-add"].trigger()
    actions["point.class-1"].trigger()
    workbench.plane.set_selection([0, 1])
    workbench.window.notify("of the last")
    workbench.filing._show(Scenario(name="other", title="Other"))
    assert (workbench.client.seeds, workbench.client.twin, workbench.planes._view) == (1, False, "side")
    for name in ("point.poison", "view.cascade", "view.jitter", "train.twin", "view.twin-floor"):
        assert not actions[name].isChecked(), name
    assert (workbench.plane.tool.name, len(workbench.plane.selection)) == ("select", 0)
    assert actions["point.class-0"].isChecked()
    assert workbench.window.banner.isHidden()
    assert {name: actions[name].isChecked() for name in VIEWERS} == start
    for name in VIEWERS:
        actions[name].toggle()


def test_what_to_look_at_is_said_of_a_file_too(workbench: Workbench, tmp_path: Path) -> None:
    files.write(tmp_path / "a.bviz", Scenario(title="A", look_at="the gap\nin the middle"))
    workbench.filing.open(tmp_path / "a.bviz")
    workbench.reader.wait()
    assert workbench.window.banner.text.text() == "the gap in the middle"


def test_the_words_of_a_scenario_are_written_undone_and_saved(workbench: Workbench, tmp_path: Path) -> None:
    workbench.window.actions_["file.words"].trigger()
    dialog = workbench.words.dialog
    assert dialog is not None
    assert dialog.title.text() == "Mine"
    scene = workbench.document.scene
    dialog.title.setText(" New\x07 title ")
    dialog.look_at.setPlainText("the left edge")
    dialog.accept()
    document = workbench.document
    assert (document.scenario.title.startswith("New"), document.scenario.look_at) == (True, "the left edge")
    assert document.scene is scene
    assert document.unsaved
    assert files.parse(files.dumps(document.to_save()()), tmp_path, ".bviz").look_at == "the left edge"
    document.undo.undo()
    assert (document.scenario.title, document.scenario.look_at) == ("Mine", "")
    assert not document.unsaved


def test_words_that_were_not_changed_are_no_step_of_undo(workbench: Workbench) -> None:
    workbench.words.ask()
    assert workbench.words.dialog is not None
    workbench.words.dialog.accept()
    assert not workbench.document.undo.canUndo()
