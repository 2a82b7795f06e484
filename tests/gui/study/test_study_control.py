"""Studies in the window: begun, paused, gone on with, cut off, opened on the plane, written to files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from boundaryviz.gui.document.document import Document, State, Swap
from boundaryviz.gui.shell.folder import Folder
from boundaryviz.gui.study import control as controls
from boundaryviz.gui.study.control import StudyControl
from boundaryviz.gui.study.draft import AxisDraft, DraftError, StudyDraft
from boundaryviz.gui.study.keeping import Kept
from boundaryviz.jobs.messages import Ended, FromJob, Progress, Result
from boundaryviz.jobs.process import JobError
from boundaryviz.record.study_table import StudyTable
from boundaryviz.scenario import files
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.study_spec import Axis, StudySpec
from boundaryviz.studies.requests import EstimateRequest, StudyEstimate, StudyRequest
from boundaryviz.studies.study import Study
from helpers.fake_jobs import FakeJobs
from helpers.study_tables import LEAVES, SIZES, TREE, study, table
from helpers.there import there
from helpers.workbenches import bare_frame

Make = Callable[..., StudyControl]
DRAFT = StudyDraft((AxisDraft(LEAVES, "2, 4, 8, 16, 32"), AxisDraft()), draws=2)
WANTED = study()
jobs: weakref.WeakKeyDictionary[StudyControl, tuple[FakeJobs, FakeJobs]] = weakref.WeakKeyDictionary()


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    made: list[StudyControl] = []

    def control(*said: FromJob, scenario: Scenario = TREE, estimates: tuple[FromJob, ...] = ()) -> StudyControl:
        """With jobs that say these things."""
        frame = bare_frame(qtbot, tmp_path)
        document, folder = Document(scenario, frame), Folder(tmp_path)
        shown: list[tuple[Scenario, str]] = []
        one = StudyControl(frame, document, lambda s, words: shown.append((s, words)), folder, tmp_path / "state")
        one.runs_shown = shown  # type: ignore[attr-defined]
        made.append(one)
        one.offer()
        qtbot.addWidget(one.panel)
        jobs[one] = FakeJobs(one._job, said), FakeJobs(one._estimating, estimates)
        if scenario is TREE and one.panel.state == "idle":
            one.panel.composer.show_draft(DRAFT)
        return one

    yield control
    for one in made:
        one.close()


def begun(control: StudyControl) -> list[StudyRequest]:
    return [job.request for job in jobs[control][0].begun]  # type: ignore[misc]


def test_what_is_begun_is_the_study_that_is_typed_of_the_document_as_it_is(make: Make, tmp_path: Path):
    control = make()
    control._document.do(Settings({"data.noise": 0.3}), "Noise")
    control.start()
    control.start()  # once is enough
    (request,) = begun(control)
    assert request.study.spec == WANTED.spec
    assert request.study.scenario == TREE.with_values({"data.noise": 0.3})
    assert request.store == tmp_path / "state" / "studies" / "results.sqlite"
    assert control.panel.state == "running"
    assert not control.panel.fold.is_open


def test_results_are_drawn_as_they_come_and_it_is_said_how_many_there_are(make: Make, qtbot: QtBot):
    control = make(Progress(2, 10), Result(table(WANTED, share=0.4)))
    control.start()
    qtbot.waitUntil(lambda: control.table is not None)
    assert control.panel.words.text() == "4 of 10 runs."
    assert control.panel.view.chart is not None
    assert (control.panel.progress.value(), control.panel.progress.maximum()) == (4, 10)  # in runs, as in words
    control._remaining.seconds = 45.0
    control._progressed(Progress(4, 10))
    assert control.panel.words.text() == "4 of 10 runs, about 45 s left."


def test_the_end_is_said_and_what_came_to_nothing(make: Make, qtbot: QtBot):
    whole = table(WANTED)
    short = replace(whole.where(whole.columns[LEAVES] < 32), total=10, failed=(("leaves=32", "no memory"),))
    control = make(Result(short), Ended())
    control.start()
    qtbot.waitUntil(lambda: not control.running)
    assert control.panel.state == "idle"
    assert control.panel.words.text() == "8 runs. Nothing came of 1, such as leaves=32: no memory"


def test_paused_it_goes_on_with_the_very_same_study(make: Make, qtbot: QtBot):
    control = make(Result(table(WANTED, share=0.4)))
    control.start()
    qtbot.waitUntil(lambda: control.table is not None)
    control.panel.run.click()
    assert control.panel.state == "stopping"
    qtbot.waitUntil(lambda: control.panel.state == "paused")
    assert control.panel.words.text() == "Paused: 4 of 10 runs are kept."
    control._document.do(Settings({"data.noise": 0.3}), "Noise")  # which is nothing to it
    control.panel.run.click()
    first, second = begun(control)
    assert second == first


def test_gone_on_with_it_shows_what_it_had_until_there_is_more(make: Make, qtbot: QtBot):
    control = make(Result(table(WANTED, share=0.4)))
    control.start()
    qtbot.waitUntil(lambda: control.table is not None)
    for stop in (control.panel.run, control.panel.cancel):  # gone on with, and begun anew as the same study
        stop.click()
        qtbot.waitUntil(lambda: not control.running)
        jobs[control][0].said = ()
        control.panel.run.click()
        assert control.panel.state == "running"
        assert control.panel.words.text() == "4 of 10 runs."
        assert control.panel.progress.value() == 4
        control._found(table(WANTED, share=0.2))
        assert control.panel.words.text() == "4 of 10 runs."
        assert there(control.table).equals(table(WANTED, share=0.4))
    control._found(table(WANTED, share=0.6))
    assert control.panel.words.text() == "6 of 10 runs."


def test_cancelled_it_is_not_offered_again_and_keeps_what_it_has(make: Make, qtbot: QtBot, tmp_path: Path):
    control = make(Result(table(WANTED, share=0.4)))
    control.start()
    qtbot.waitUntil(lambda: control.table is not None)
    control.panel.cancel.click()
    qtbot.waitUntil(lambda: control.panel.state == "idle")
    assert control.panel.words.text() == "Cancelled: 4 of 10 runs are kept."
    assert control.panel.view.chart is not None
    control.close()
    assert make().panel.state == "idle"


def test_a_window_that_closes_meanwhile_leaves_the_study_to_the_next(make: Make):
    control = make()
    control.start()
    request = begun(control)[0]
    control.close()
    following = make(scenario=Scenario())
    assert following.panel.state == "left"
    assert following.panel.words.text() == "A study of \u201cUntitled\u201d was cut off. Go on with it?"
    following.panel.run.click()
    assert begun(following) == [request]
    assert following.panel.composer.draft == replace(DRAFT, axes=(AxisDraft(LEAVES, "2, 4, 8, 16, 32"), AxisDraft()))


def test_what_was_cut_off_is_shown_and_can_be_forgotten(make: Make):
    control = make()
    control.start()
    control.close()
    following = make(scenario=Scenario())
    composer = following.panel.composer
    assert composer.draft == replace(DRAFT, axes=(AxisDraft(LEAVES, "2, 4, 8, 16, 32"), AxisDraft()))
    assert composer.axes[0].setting.currentText().startswith("Learner: ")
    assert not composer.isEnabled()  # it goes on as it was
    following.panel.cancel.click()
    assert following.panel.state == "idle"
    assert composer.isEnabled()
    assert composer.draft.axes[0].path == "learner.hidden"  # of the document
    following.close()
    assert make().panel.state == "idle"


_HOLDS = """
import sys, time
from pathlib import Path
from boundaryviz.gui.study.keeping import Kept
from boundaryviz.scenario import files
kept = Kept(Path(sys.argv[1]))
kept.begin(files.read(sys.argv[2]))
print("ready", flush=True)
time.sleep(60)
"""


def test_what_a_killed_window_left_is_offered_once_and_not_while_it_lives(tmp_path: Path):
    file = tmp_path / "study.bviz"
    files.write(file, TREE.model_copy(update={"study": WANTED.spec}))
    with subprocess.Popen([sys.executable, "-c", _HOLDS, tmp_path, file], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert Kept(tmp_path).left is None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    kept = Kept(tmp_path)
    assert Kept(tmp_path).left is None  # another window offers it already
    found = kept.take_left()
    assert found is not None
    assert found.study == WANTED.spec
    assert Kept(tmp_path).left is None


def test_what_was_left_and_cannot_be_read_is_said(make: Make, tmp_path: Path):
    control = make()
    control.start()
    control.close()
    (kept,) = (tmp_path / "state" / "studies").glob("*.recovery")
    kept.write_bytes(kept.read_bytes()[:-40])
    following = make()
    following.panel.run.click()
    assert following.panel.state == "idle"
    assert "cannot be read" in following.panel.words.text()


def test_a_process_that_fails_keeps_what_is_there_and_can_be_tried_again(make: Make, qtbot: QtBot):
    control = make(Result(table(WANTED, share=0.4)), Ended("its process crashed"))
    control.start()
    qtbot.waitUntil(lambda: not control.running)
    assert control.panel.state == "paused"
    assert control.panel.words.text() == "Its process crashed."
    assert control.panel.words.property("role") == "problem"


def test_a_process_that_cannot_be_started_is_said(make: Make, monkeypatch: pytest.MonkeyPatch):
    control = make()

    def none(_request: object) -> None:
        raise JobError("Its process could not be started: no room.")

    monkeypatch.setattr(control._job, "begun", none)
    control.start()
    assert "could not be started" in control.panel.words.text()
    assert control.panel.state == "idle"


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        (AxisDraft(LEAVES, "1, 2, 99999999"), "99999999: "),
        (AxisDraft(LEAVES, "a..b"), "numbers"),
        (AxisDraft("", ""), "Choose a setting"),
    ],
)
def test_an_axis_that_is_none_is_said_at_its_field_and_nothing_begins(make: Make, axis: AxisDraft, words: str):
    control = make()
    control.panel.composer.show_draft(replace(DRAFT, axes=(axis, AxisDraft())))
    control.start()
    assert words in control.panel.composer.said
    assert control.panel.composer.words.property("role") == "problem"
    assert bool(control.panel.composer.axes[0].values.property("invalid")) == bool(axis.path)
    assert begun(control) == []


def test_how_many_runs_it_is_and_how_long_they_take_is_said_before(make: Make, qtbot: QtBot):
    control = make(estimates=(Result(StudyEstimate(60, 190.0)), Ended()))
    control.panel.composer.show_draft(replace(DRAFT, folds=5, seeds=3))
    control.panel.composer.changed.emit()
    assert control.panel.composer.said == "5 values \u00d7 2 draws \u00d7 (1 + 5 folds) = 60 runs."
    qtbot.waitUntil(lambda: "about" in control.panel.composer.said)
    assert control.panel.composer.said.endswith("= 60 runs, about 3.2 min.")
    (request,) = (job.request for job in jobs[control][1].begun)
    assert isinstance(request, EstimateRequest)
    assert request.study.folds == 5


@pytest.mark.parametrize("agreed", [False, True])
def test_of_a_million_runs_it_is_asked_with_their_time_first(
    make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, agreed: bool
):
    asked: list[str] = []

    def answer(_parent: object, _title: str, words: str, *_: object) -> QMessageBox.StandardButton:
        asked.append(words)
        return QMessageBox.StandardButton.Yes if agreed else QMessageBox.StandardButton.No

    monkeypatch.setattr(controls, "ask", answer)
    control = make(estimates=(Result(StudyEstimate(1_000_000, 54_000.0)), Ended()))
    axes = AxisDraft(LEAVES, "2..1001"), AxisDraft("data.noise", "0..1", 10)
    control.panel.composer.show_draft(replace(DRAFT, axes=axes, draws=100))
    control.start()
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == ["This is 1,000,000 runs, about 15 h on this machine. Start all the same?"]
    assert len(begun(control)) == agreed


def test_the_scenarios_own_study_is_proposed_and_another_scenario_drops_what_is_shown(make: Make, qtbot: QtBot):
    control = make(Result(table(WANTED)), Ended())
    control.start()
    qtbot.waitUntil(lambda: not control.running)
    spec = StudySpec(axes=(Axis(path="data.n", values=(20, 40, 80)),), data_seeds=3, report="learning")
    control._document.open(TREE.model_copy(update={"study": spec}))
    control.offer()  # as when the tab is seen
    assert control.panel.composer.draft == StudyDraft.of(spec)
    assert control.panel.view.chart is None
    assert control.table is None


def test_another_learner_brings_proposals_of_its_own_unless_somebody_chose(make: Make):
    control = make(scenario=Scenario())
    assert control.panel.composer.draft.axes[0].path == "learner.hidden"
    control._document.do(Settings({"learner.name": "SVC"}), "Learner")
    control.offer()
    assert control.panel.composer.draft.axes[0].path == "learner.C"
    chosen = replace(control.panel.composer.draft, axes=(AxisDraft("data.noise", "0, 0.1"), AxisDraft()))
    control.panel.composer.show_draft(chosen)
    control._document.do(Settings({"learner.name": "mlp"}), "Learner")
    control.offer()
    assert control.panel.composer.draft == chosen


def test_a_study_that_another_learner_cannot_run_is_proposed_no_more(make: Make):
    for axis in (Axis(path=LEAVES, values=(2, 4)), Axis(path="learner.name", values=("SVC", "mlp"))):
        brought = StudySpec(axes=(Axis(path="data.noise", values=(0.1, 0.2)), axis))
        control = make(scenario=TREE.model_copy(update={"study": brought}))
        assert control.panel.composer.draft == StudyDraft.of(brought)
        control._document.do(Settings({"learner.name": "SVC"}), "Learner")
        control.offer()
        names_tree = axis.path == LEAVES
        found = control.panel.composer.draft
        assert found.axes[0].path == ("learner.C" if names_tree else "data.noise")
        control.start()
        assert len(begun(control)) == 1


def test_a_setting_that_is_not_there_is_named(make: Make):
    control = make(scenario=TREE.with_values({"learner.name": "SVC"}))
    control.panel.composer.show_draft(DRAFT)
    with pytest.raises(DraftError, match=r"no .max leaf nodes. here"):
        control.drafted()
    control.panel.composer.show_draft(replace(DRAFT, axes=(AxisDraft("data.n", "-5, 20"), AxisDraft())))
    with pytest.raises(DraftError, match="Training points -5: "):
        control.drafted()


def test_a_study_that_runs_goes_on_when_another_scenario_is_opened(make: Make, qtbot: QtBot):
    control = make(Result(table(WANTED, share=0.4)))
    control.start()
    qtbot.waitUntil(lambda: control.table is not None)
    control._document.open(Scenario())
    assert control.running
    assert control.panel.view.chart is not None


def test_a_value_and_a_run_are_put_on_the_plane(make: Make):
    control = make()
    control.study = study(data_seeds=3)
    control.table = table(control.study)
    control._draw()
    control._document.do(Swap(State.of(TREE.model_copy(update={"study": WANTED.spec}))), "Bring a study")
    control.panel.value_opened.emit(2)
    control.panel.row_opened.emit(14)
    shown: list[tuple[Scenario, str]] = control.runs_shown  # type: ignore[attr-defined]
    assert [words for _, words in shown] == ["Show leaves 8, data seed 1", "Show leaves 32, data seed 2"]
    assert [(one.learner.max_leaf_nodes, one.data.seed) for one, _ in shown] == [(8, 1), (32, 2)]
    assert all(one.study == WANTED.spec for one, _ in shown)  # which the document keeps


EXPORTED: dict[str, Callable[[bytes], object]] = {
    "csv": lambda data: len(data.splitlines()) == 11,
    "parquet": lambda data: data.startswith(b"PAR1"),
    "tex": lambda data: rb"\toprule" in data,
    "json": lambda data: json.loads(data)["runs"] == 10 and json.loads(data)["report"]["report"] == "size",
    "toml": lambda data: b"[study]" in data,
}


@pytest.mark.parametrize("kind", EXPORTED)
def test_a_study_is_written_to_files(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
):  # fmt: skip
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    control = make()
    control.panel.exporting.emit(kind)  # there is nothing yet
    of = study(report="size")
    control.study, control.table = of, table(of)
    control._draw()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / f"out.{kind}"), ""))
    control.panel.exports[kind].trigger()
    assert EXPORTED[kind]((tmp_path / f"out.{kind}").read_bytes())
    assert control.panel.words.text() == f"Wrote out.{kind}."
    if kind == "toml":
        read = files.read(tmp_path / "out.toml")
        assert read.study == of.spec
        assert Study.of(read).most == 10
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "none" / f"out.{kind}"), ""))
    control.panel.exports[kind].trigger()
    assert "no folder" in control.panel.words.text()


def test_the_figure_is_exported_by_the_dialog(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from boundaryviz.gui.widgets.export_dialog import ExportDialog

    control = make()
    control.study, control.table = WANTED, table(WANTED)
    control._draw()

    def at_once(dialog: ExportDialog) -> int:
        assert dialog.view.currentText() == "Study"
        dialog._ask_path = lambda _: tmp_path / "study.pdf"
        dialog._draw()
        assert dialog.preview.pixmap().width() > 100
        dialog._save()
        return 1

    monkeypatch.setattr(ExportDialog, "exec", at_once)
    control.panel.exports["figure"].trigger()
    assert (tmp_path / "study.pdf").read_bytes().startswith(b"%PDF")


def test_a_table_without_rows_is_shown_as_nothing(make: Make):
    control = make()
    control.study, control.table = WANTED, StudyTable.of({LEAVES: SIZES}, [], 10)
    control._draw()
    assert control.panel.view.chart is None
    control.open_value(0)
    assert control.panel.words.text() == "Nothing is finished there yet."


def test_how_much_is_proposed_is_said_once_it_is_seen_and_behind_other_tabs_nothing_is_tried(make: Make, qtbot: QtBot):
    control = make(scenario=Scenario())
    assert control.panel.composer.said == ""
    with qtbot.waitExposed(control.panel):
        control.panel.show()
    assert control.panel.composer.said == "7 values \u00d7 4 draws = 28 runs."
    assert control._soon.isActive()
    control._document.do(Settings({"learner.name": "DecisionTreeClassifier"}), "Learner")
    qtbot.waitUntil(lambda: control.panel.composer.draft.axes[0].path == LEAVES)  # soon, and not at every change
    assert "2,880 runs" in control.panel.composer.said
    qtbot.waitUntil(lambda: control._estimating.running)
    control.panel.hide()
    assert not control._estimating.running
    assert not control._soon.isActive()


def test_where_nothing_can_be_kept_it_runs_all_the_same_and_says_so(make: Make, tmp_path: Path):
    control = make()
    (tmp_path / "state").write_text("a file in the place of the folder")
    control.start()
    assert control.running
    assert "cannot be kept" in control.panel.words.text()
    assert control.panel.words.property("role") == "problem"
    assert begun(control)[0].store is None


def test_the_button_stays_where_it_is_when_the_estimate_comes(make: Make, qtbot: QtBot):
    panel = make().panel
    panel.resize(360, 640)
    with qtbot.waitExposed(panel):
        panel.show()
    tops, product = [], "60 values \u00d7 8 draws \u00d7 (1 + 5 folds) = 2,880 runs"
    for words in ("", f"{product}.", f"{product}, about 3.2 min."):
        panel.composer.say(words)
        qtbot.wait(1)
        tops.append(panel.run.y())
        assert panel.composer.said == words
    assert len(set(tops)) == 1
    assert "3.2\u00a0min" in panel.composer.words.text()
