"""Study files: by name, beside a scenario's file, written out, and everything wrong with one at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundaryviz.scenario.files import write
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.study_file import read_study
from boundaryviz.scenario.study_spec import Axis, StudySpec
from boundaryviz.studies.study import Study

AXIS = '[[axes]]\npath = "data.noise"\nvalues = [0.1, 0.2]\n'


@pytest.mark.parametrize(
    "scenario",
    [
        'scenario = "moons"\n',
        'scenario = "beside.toml"\n',
        '[scenario]\ntitle = "M"\n[scenario.data]\nname = "moons"\n',
    ],
)
def test_the_scenario_is_named_beside_the_file_or_written_out(scenario: str, tmp_path: Path):
    write(tmp_path / "beside.toml", Scenario())
    top, _, tables = scenario.partition("\n[") if scenario.startswith("scenario") else ("", "", scenario)
    path = tmp_path / "study.toml"
    path.write_text(f"{top}\nseeds = 3\n{tables}\n[set]\ndata.n = 40\n'training.steps' = 7\n{AXIS}")
    found = read_study(path)
    assert (found.data.name, found.data.n, found.training.steps) == ("moons", 40, 7)
    assert found.study == StudySpec(axes=(Axis(path="data.noise", values=(0.1, 0.2)),), seeds=3)


def test_a_scenario_that_holds_a_study_is_one_and_a_file_says_what_is_other(tmp_path: Path):
    study = StudySpec(axes=(Axis(path="data.noise", values=(0.1, 0.2)),), folds=5)
    write(tmp_path / "holds.bviz", Scenario(study=study))
    assert read_study(tmp_path / "holds.bviz").study == study
    (tmp_path / "more.toml").write_text('scenario = "holds.bviz"\nseeds = 9\n')
    assert read_study(tmp_path / "more.toml").study == study.model_copy(update={"seeds": 9})
    with pytest.raises(ScenarioError, match="moons: this scenario holds no study"):
        read_study("moons")
    with pytest.raises(ScenarioError, match="no scenario, data set or file is called that"):
        read_study(tmp_path / "none")


def test_everything_wrong_with_one_is_told_with_its_line(tmp_path: Path):
    path = tmp_path / "study.toml"
    path.write_text(
        'scenario = "moons"\nseedz = 3\nfolds = 1\n[set]\ndata.nois = 1\ntraining.steps = -1\n'
        '[[axes]]\npath = "data.n"\nfrom = 1\nto = "x"\n'
    )
    with pytest.raises(ScenarioError) as caught:
        read_study(path)
    told = [problem.removeprefix(str(path)) for problem in caught.value.problems]
    assert [problem.split(": ")[0] for problem in told] == [":5", ":6", "", ":3", ":2"]
    assert [problem.split(": ")[1] for problem in told] == [
        "set.data.nois", "set.training.steps", "axes.0", "folds", "seedz",
    ]  # fmt: skip


def test_the_file_in_the_documentation_is_one(tmp_path: Path):
    text = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")
    (tmp_path / "leaves.toml").write_text(text.split("```toml\n")[1].split("```")[0])
    study = Study.of(read_study(tmp_path / "leaves.toml"))
    study.check()
    assert (study.axes[0].values, study.most) == (tuple(range(1, 61)), 7200)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scenario = 3\n" + AXIS, "scenario: a study needs one"),
        (AXIS, "scenario: a study needs one"),
        ('scenario = "moonz"\n' + AXIS, "did you mean moons"),
        ('scenario = "moons"\nset = 3\n', "set: must be a table"),
        ('scenario = "moons"\nscenario = "circle"\n', "not valid TOML"),
        ("[scenario]\ndata = 3\n" + AXIS, "data: must be a table"),
    ],
)
def test_what_is_no_study_file_is_said(text: str, words: str, tmp_path: Path):
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=words):
        read_study(path)
