"""An attack that trains, in the window: tried out, paused, moved by hand, kept, discarded, and given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from boundaryviz.adversary.requests import AttackRequest
from boundaryviz.attacks.trained.specs import METHODS
from boundaryviz.gui.adversary.control import CHANGED, AdversaryControl
from boundaryviz.gui.shell.job import JobRunner
from boundaryviz.gui.workbench import Workbench
from boundaryviz.jobs.messages import Ended, FromJob, Progress, Result
from boundaryviz.record.trail import AttackState
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move, Remove
from helpers.adversaries import WanderSpec
from helpers.fake_jobs import FakeJob, FakeJobs
from helpers.mouse import mouse
from helpers.there import there


def state(*places: tuple[float, float], moving: int = -1, **values: object) -> AttackState:
    """Points of class 0 at these places."""
    xy = np.array(places, dtype=float).reshape(-1, 2)
    known = {"error": 0.12, "clean_error": 0.05, "objective": 0.4, "fits": len(xy), **values}
    return AttackState(xy, np.zeros(len(xy), int), np.full(len(xy), -1), moving, **known)  # type: ignore[arg-type]


TRAIL = (state((2.0, 2.0), moving=0), state((1.0, 1.0), moving=0, fits=2), state((1.0, 1.0), (0.5, 0.0), moving=1))
LAST = state((1.0, 1.0), (0.5, 0.0), fits=9, done=True)


@pytest.fixture
def begin_with() -> Scenario:
    return Scenario(name="mine", title="Mine").with_values(
        {"data.n": 20, "learner.name": "SVC", "adversary.method": "flips-random", "adversary.count": 2}
    )


@pytest.fixture
def wander(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attack whose points wander is there."""
    assert "wander" not in METHODS
    monkeypatch.setitem(METHODS._found, "wander", WanderSpec)


@pytest.fixture
def say(workbench: Workbench) -> Iterator[Callable[..., FakeJob]]:
    """Begins the attack with a job that says this."""
    control = workbench.adversary
    jobs = FakeJobs(control._job)

    def begin(*said: AttackState | FromJob) -> FakeJob:
        jobs.said = tuple(Result(one) if isinstance(one, AttackState) else one for one in said)
        control.go()
        return jobs.begun[-1]

    yield begin
    control.discard()
    control._job.kill()
    del control._job.begun


def shown(control: AdversaryControl, qtbot: QtBot, many: int) -> None:
    qtbot.waitUntil(lambda: control.trail is not None and len(control.trail) == many)
    control._throttle.flush()


def test_its_points_are_tried_out_and_leave_the_committed_scene_alone(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot
) -> None:
    control, document = workbench.adversary, workbench.document
    before = document.committed
    job = say(*TRAIL)
    assert job.request == AttackRequest(before.complete())
    shown(control, qtbot, 3)
    planted = document.scene.points
    assert planted.xy[-2:].tolist() == [[1.0, 1.0], [0.5, 0.0]]
    assert planted.is_poison[-2:].all()
    assert (document.committed is before, document.undo.count(), control.stage) == (True, 0, "running")
    drawn = control.on_plane.trail
    assert [way.tolist() for way in drawn.ways] == [[[2.0, 2.0], [1.0, 1.0], [1.0, 1.0]], [[0.5, 0.0]]]
    assert drawn.moving == 1
    assert "12.0 % instead of 5.0 % (+7.0 points)" in control.view.numbers.text()
    assert workbench.window.result_shown() is control.view
    workbench.plane.grab()  # it can be drawn


@pytest.mark.parametrize("by", ["button", "escape"])
def test_discarded_the_scene_is_as_it_was(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot, by: str
) -> None:
    control, document = workbench.adversary, workbench.document
    before = document.committed
    say(*TRAIL)
    shown(control, qtbot, 3)
    if by == "button":
        control.panel.discard.click()
    else:
        workbench.window.escaped.emit()
    assert (document.state, control.stage, document.undo.count()) == (before, "idle", 0)
    assert control.on_plane.trail.ways == []
    assert not document.unsaved


def test_kept_it_is_one_step_of_undo_with_the_twin_on(
    show: Callable[[Scenario], Workbench], begin_with: Scenario, qtbot: QtBot
) -> None:
    workbench = show(begin_with)
    said = tuple(Result(one) for one in (*TRAIL, LAST))
    FakeJobs(workbench.adversary._job, (*said, Ended()))
    control, document = workbench.adversary, workbench.document
    before = document.committed
    control.go()
    qtbot.waitUntil(lambda: control.stage == "done")
    assert len(there(control.trail)) == 3  # the last one once
    workbench.window.actions_["train.attack-keep"].trigger()
    assert (document.undo.count(), document.previewing, control.stage) == (1, False, "idle")
    assert document.undo.undoText() == "Attack: random flips"
    assert len(document.scene.points) == len(before.scene.points) + 2
    assert document.scene.groups[-1].name == "Random flips"
    assert workbench.client.twin
    assert workbench.window.result_shown() is workbench.twin.panel
    assert control.panel.words.text().startswith("Kept")
    document.undo.undo()
    assert document.state is before
    assert control.panel.words.text() == "", "what is no longer there was not kept"


def test_flipped_labels_stand_in_for_the_points_that_they_are_of(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot
) -> None:
    control, document = workbench.adversary, workbench.document
    points = document.scene.points
    some = np.flatnonzero(points.is_train)[:2]
    flips = AttackState(points.xy[some], 1 - points.label[some].astype(int), points.ids[some])
    say(flips)
    shown(control, qtbot, 1)
    group = int(document.scene.points.origin[-1])
    assert document.scene.points.origin[some].tolist() == [-group, -group]


def test_paused_a_point_is_moved_by_hand_and_the_attack_goes_on_from_there(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot
) -> None:
    control, document = workbench.adversary, workbench.document
    before = document.committed
    job = say(*TRAIL)
    shown(control, qtbot, 3)
    workbench.window.actions_["train.attack"].trigger()
    assert (control.stage, job.cancelled, control.panel.go_button.text()) == ("paused", True, "Go on")
    job.said.append(Result(LAST))  # what was under way comes too late
    mouse(workbench.plane, "Press", (0.5, 0.0))
    mouse(workbench.plane, "Move", (0.8, 0.3))
    assert document.scene.points.xy[-1] == pytest.approx([0.8, 0.3], abs=0.02)
    mouse(workbench.plane, "Release", (0.8, 0.3))
    last = there(control.trail).last
    assert last.points[-1] == pytest.approx([0.8, 0.3], abs=0.02)
    assert last.points[0].tolist() == [1.0, 1.0]
    assert np.isnan([last.error, last.objective]).all()
    assert (last.moving, document.committed, document.undo.count()) == (1, before, 0)
    qtbot.waitUntil(lambda: not control._job.running)
    second = say(LAST, Ended())
    assert isinstance(second.request, AttackRequest)
    assert second.request.start == last
    qtbot.waitUntil(lambda: control.stage == "done")


def test_a_hand_that_takes_hold_pauses_it_and_nothing_but_its_points_can_be_moved(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot
) -> None:
    control, document = workbench.adversary, workbench.document
    say(*TRAIL)
    shown(control, qtbot, 3)
    tried = document.state
    clean = document.scene.points.ids[:1]
    workbench.plane.previewed.emit(Move(clean, np.zeros((1, 2))))
    assert control.stage == "paused"
    for edit in (Move(clean, np.zeros((1, 2))), Remove(document.scene.points.ids[-1:])):
        workbench.plane.committed.emit(edit, "Move")
        assert document.scene == tried.scene
        assert document.undo.count() == 0
    assert len(there(control.trail)) == 3


@pytest.mark.parametrize("change", ["learner", "scenario", "undo"])
def test_the_scene_changed_under_way_it_ends_in_words(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot, change: str
) -> None:
    control, document = workbench.adversary, workbench.document
    document.do(Settings({"training.learning_rate": 0.2}), "Rate")
    job = say(*TRAIL)
    shown(control, qtbot, 3)
    {
        "learner": lambda: document.do(Settings({"learner.name": "logistic"}), "Learner"),
        "scenario": lambda: document.open(Scenario().with_values({"data.n": 20})),
        "undo": document.undo.undo,
    }[change]()
    assert (control.stage, control.trail, document.previewing, job.cancelled) == ("idle", None, False, True)
    assert not document.scene.points.is_poison.any()
    assert control.panel.words.text() == ("" if change == "scenario" else CHANGED)


def test_a_process_that_dies_leaves_what_it_had_come_to(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot
) -> None:
    control = workbench.adversary
    before = workbench.document.committed
    say(*TRAIL, Ended("Its process ended unexpectedly."))
    qtbot.waitUntil(lambda: control.stage == "paused")
    assert "Its process ended unexpectedly." in control.panel.words.text()
    assert len(workbench.document.scene.points) == len(before.scene.points) + 2
    control.discard()
    assert workbench.document.state is before


def test_an_attack_that_cannot_be_says_why_and_touches_nothing(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot
) -> None:
    control, before = workbench.adversary, workbench.document.state
    say(Progress(1, 10), Ended("There are 20 points. Lower adversary.count."))
    qtbot.waitUntil(lambda: control.stage == "idle")
    assert control.panel.words.text() == "There are 20 points. Lower adversary.count."
    assert workbench.document.state is before


def test_where_there_is_no_slope_a_button_leads_to_the_effect_map(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot
) -> None:
    control, switch = workbench.adversary, workbench.window.actions_["view.effect"]
    FakeJobs(workbench.effect._job)
    button = control.panel.map_button
    say(Ended("There are 20 points."))
    qtbot.waitUntil(lambda: control.panel.words.text() == "There are 20 points.")
    assert button.isHidden(), "a map has none either"
    workbench.document.do(Settings({"adversary.method": "alfa"}), "Method")
    say(Ended("No place has a slope. Begin at the best places of a map."))
    qtbot.waitUntil(lambda: control.panel.words.text().startswith("No place has a slope."))
    assert not button.isHidden()
    button.click()
    assert switch.isChecked()
    switch.setChecked(False)
    workbench.document.undo.undo()
    assert button.isHidden()


def test_what_an_attack_warns_of_at_its_end_is_said(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot
) -> None:
    control = workbench.adversary
    for words, told in (("Most places have no slope.", True), ("point 2 of 2: step 3", False)):
        say(*TRAIL, replace(LAST, words=words), Ended())
        qtbot.waitUntil(lambda: control.stage == "done")
        assert control.panel.words.text().startswith("Done: 2 points")
        assert (words in control.panel.words.text()) is told
        control.discard()
        qtbot.waitUntil(lambda: not control._job.running)


def test_settings_are_steps_of_undo_and_a_scenario_with_an_attack_offers_it(workbench: Workbench) -> None:
    document, panel = workbench.document, workbench.adversary.panel
    document.open(Scenario(look_at="The gap.").with_values({"data.n": 20}))
    workbench.filing.tell_look_at()
    assert workbench.window.banner.action_button.isHidden()
    panel.changed.emit("adversary.count", 5)
    assert there(document.scenario.adversary).count == 5
    panel.changed.emit("adversary.method", "flips-nearest")
    assert (there(document.scenario.adversary).method, document.scenario.adversary) == (
        "flips-nearest", panel.form.values(),
    )  # fmt: skip
    document.undo.undo()
    document.undo.undo()
    assert document.scenario.adversary is None
    document.open(Scenario(look_at="The gap.").with_values({"data.n": 20, "adversary.method": "flips-random"}))
    workbench.filing.tell_look_at()
    assert workbench.window.banner.action_button.text() == "Run its attack"


@pytest.mark.usefixtures("wander")
def test_the_box_is_drawn_by_its_sides(workbench: Workbench) -> None:
    document, control = workbench.document, workbench.adversary
    document.do(Settings({"adversary.method": "wander", "adversary.beyond": 2.0}), "Method")
    workbench.window.show_panel(control.panel)
    QApplication.processEvents()
    box = control.on_plane.box.rect
    free = next(
        y for y in np.linspace(box.top(), box.bottom(), 41)[3:-3] if control.on_plane._free(box.right(), float(y))
    )
    middle, half = box.center().x(), box.width() / 2
    mouse(workbench.plane, "Press", (box.right(), free))
    mouse(workbench.plane, "Move", (middle + 0.6 * half, free))
    assert there(document.scenario.adversary).beyond == 2.0
    assert control.on_plane.box.rect.width() == pytest.approx(0.6 * box.width(), rel=0.03)
    mouse(workbench.plane, "Release", (middle + 0.5 * half, free))
    assert there(document.scenario.adversary).beyond == pytest.approx(1.0, abs=0.03)
    workbench.plane.grab()
    document.undo.undo()
    assert there(document.scenario.adversary).beyond == 2.0


@pytest.mark.usefixtures("wander")
def test_the_whole_box_is_in_sight_until_the_attack_is_discarded_and_the_plane_has_the_keys(
    workbench: Workbench, say: Callable[..., FakeJob], qtbot: QtBot
) -> None:
    control, canvas = workbench.adversary, workbench.plane.canvas
    workbench.document.do(Settings({"adversary.method": "wander", "adversary.beyond": 4.0}), "Method")
    canvas.fit()
    before = canvas.rect_shown()
    say(*TRAIL)
    shown(control, qtbot, 3)
    box, sight = control.on_plane.box.rect, canvas.rect_shown()
    assert before.left > box.left() > sight.left
    assert before.right < box.right() < sight.right
    control.panel.form.editor("count").edit.setFocus()
    control.panel.discard.click()
    assert canvas.rect_shown() == before
    assert workbench.plane.hasFocus()


# ---- with the attack itself ----------------------------------------------------------------------------------------


@dataclass
class Attacking:
    """A job without a process that carries out the attack it is asked for, a state at each poll."""

    request: AttackRequest
    cancelled: bool = False
    said: list[FromJob] = field(default_factory=list)

    def __post_init__(self) -> None:
        from boundaryviz.adversary.running import Attack

        self._states = Attack(self.request.scenario, self.request.start).states()

    def poll(self) -> list[FromJob]:
        found = None if self.cancelled else next(self._states, None)
        return [Ended("Cancelled." if self.cancelled else "") if found is None else Result(found)]

    def cancel(self) -> None:
        self.cancelled = True

    def kill(self) -> None:
        pass

    close = kill

    def fileno(self) -> None:
        return None


@pytest.mark.usefixtures("wander")
def test_attacked_paused_dragged_and_resumed_the_boundary_follows(
    show: Callable[[Scenario], Workbench], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JobRunner, "begun", lambda _runner, request: Attacking(request))
    values = {"data.n": 30, "learner.name": "SVC", "adversary.method": "wander", "adversary.count": 2}
    workbench = show(Scenario().with_values(values))
    control, document, before = workbench.adversary, workbench.document, workbench.document.committed
    qtbot.waitUntil(lambda: workbench.controller.presenter.frame is not None)
    control.go()
    qtbot.waitUntil(lambda: control.trail is not None and len(control.trail) >= 3)
    control.go()
    assert control.stage == "paused"
    known = there(control.trail)
    revision = document.revision
    qtbot.waitUntil(lambda: there(workbench.controller.presenter.frame).revision >= revision)
    place = tuple(document.scene.points.xy[-1].tolist())
    for kind, where in (("Press", place), ("Move", (0.0, -1.4)), ("Release", (0.0, -1.4))):
        mouse(workbench.plane, kind, where)
    moved = there(control.trail).last
    assert len(there(control.trail)) == len(known) + 1
    assert moved.points[-1] == pytest.approx([0.0, -1.4], abs=0.05)
    qtbot.waitUntil(lambda: not control._job.running)
    control.go()
    qtbot.waitUntil(lambda: control.stage == "done")
    trail = there(control.trail)
    gone_on = trail.states[len(known) + 1]
    assert np.linalg.norm(gone_on.points[len(moved) - 1] - moved.points[-1]) < 1.5
    assert trail.last.fits > moved.fits
    control.keep()
    assert len(document.scene.points) == len(before.scene.points) + 2
    document.undo.undo()
    assert document.state is before
