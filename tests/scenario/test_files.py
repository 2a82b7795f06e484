"""Scenario files: there and back, safe writing, and what is said of broken ones."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given

from boundaryviz.learners.specs import MLPSpec
from boundaryviz.scenario.files import (
    WriteError,
    check_writable,
    dumps,
    encoded,
    holds_scenario,
    read,
    write,
    write_atomic,
)
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import OWN_POINTS
from helpers.scenes import bits, scenes


def _problems(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read(path)
    return caught.value.problems


@given(scenes())
def test_a_written_scenario_is_read_back_equal(tmp_path_factory: pytest.TempPathFactory, scene) -> None:
    path = tmp_path_factory.mktemp("files") / "a.bviz"
    scenario = Scenario(name="ä", title="“Moons” → ½").with_values({"training.seed": 5}).with_scene(scene)
    write(path, scenario)
    assert read(path) == scenario
    assert bits(read(path).scene()) == bits(scene)


def test_a_file_is_json_with_a_line_per_setting_and_per_column() -> None:
    scenario = Scenario()
    text = dumps(scenario.with_scene(scenario.scene()))
    assert json.loads(text)["version"] == 2  # so that older programs open it; see test_wide_files for what they cannot
    assert '\n    "n": 500,\n' in text
    assert len(text.splitlines()) < 100


def test_toml_gives_the_file_its_name(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[data]\nname = "xor"\n[learner]\nname = "mlp"\nhidden = [3]\n')
    scenario = read(tmp_path / "mine.toml")
    assert (scenario.name, scenario.title, scenario.data.name) == ("mine", "mine", "xor")
    assert isinstance(scenario.learner, MLPSpec)
    assert scenario.learner.hidden == (3,)


def test_every_problem_of_a_toml_file_comes_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('title = "Bad"\n\n[data]\nn = 5\nnoise = 0.1\nnose = 1\n\n[training]\nlearning_rate = -1.0\n')
    assert _problems(path) == [
        f"{path}:4: data.n: must be at least 10 or 'all' (got 5)",
        f"{path}:6: data.nose: there is no such setting",
        f"{path}:9: training.learning_rate: must be above 0.0 (got -1.0)",
    ]


def test_every_problem_of_a_bviz_file_comes_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.bviz"
    text = dumps(Scenario().with_scene(Scenario().scene()))
    path.write_text(text.replace('"n": 500', '"n": "many"').replace('"classes": 2', '"classes": 51'))
    lines = text.splitlines()
    n, classes = (next(i for i, line in enumerate(lines, 1) if key in line) for key in ('"n":', '"classes":'))
    assert _problems(path) == [
        f"{path}:{n}: data.n: must be a whole number or 'all' (got 'many')",
        f"{path}:{classes}: plane.classes: must be at most 50 (got 51)",
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.toml", b"", "empty"),
        ("a.bviz", b"  \n", "empty"),
        ("a.toml", b"n = [1, 2", "not valid TOML"),
        ("a.bviz", b'{\n "version": 1,\n oops\n}', r"a\.bviz:3: not valid JSON"),
        ("a.bviz", b"[1, 2]", "table of settings"),
        ("a.bviz", b"[" * 100_000, r"nested too deeply|not valid JSON"),
        ("a.bviz", b'{"version": ' + b"9" * 5000 + b"}", r"a\.bviz: "),
        ("a.toml", "title = 'é'".encode("latin-1"), "not UTF-8"),
        ("a.bviz", b'{"version": 99}', "needs boundaryviz format 99"),
        ("a.bviz", b'{"data": {"noise": NaN}}', r"data\.noise: must be a finite number"),
        ("a.bviz", b'{"learner": {"hidden": [3]}}', "learner: needs its .?name"),
        ("a.txt", b"hello", "there are no points"),
        ("a.csv", b"x,y\n1,oops\n", r"a\.csv: there is one column of numbers, .*oops"),
        ("a.csv", b"", r"a\.csv: "),
    ],
)
def test_broken_files_are_explained(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ScenarioError, match=words):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["no.toml", "no.bviz", "no.csv"])
def test_missing_files_are_explained(name: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read: No such file"):
        read(tmp_path / name)


def test_tables_become_points_that_a_net_is_given_standardised(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("x,y,label\n" + "".join(f"{i},{i * 1000},{i % 2}\n" for i in range(20)))
    scenario = read(path)
    assert isinstance(scenario.learner, MLPSpec)
    assert (scenario.name, scenario.data) == ("table", OWN_POINTS)
    assert len(scenario.scene().points) == 20


def test_a_name_that_is_no_text_gives_a_name_that_is(tmp_path: Path) -> None:
    for kind, content in {"toml": "", "csv": "x,y,label\n1,2,0\n3,4,1\n"}.items():
        path = tmp_path / os.fsdecode(b"w\xff\n." + kind.encode())
        path.write_text(content or "[data]\nnoise = 0.1\n")
        scenario = read(path)
        assert scenario.name == scenario.title == "w\ufffd"
        scenario.summary.encode()


def test_writing_keeps_the_old_file_until_the_new_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.bviz"
    write_atomic(path, b"old")
    path.chmod(0o640)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(WriteError, match="the disk is full"):
            write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_links_are_followed_and_stay(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomic(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_place_that_cannot_be_written_is_known_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_writable(tmp_path / "fine.pdf")
    with pytest.raises(WriteError, match="there is no folder"):
        check_writable(tmp_path / "no" / "a.pdf")
    with pytest.raises(WriteError, match="it is a folder"):
        check_writable(tmp_path)

    def forbidden(**_where: object) -> None:  # root may write anywhere, so the refusal is played
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", forbidden)
    with pytest.raises(WriteError, match="no permission"):
        check_writable(tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.bviz", "a (1)", "a.json", "a.txt"])
def test_a_scenario_is_told_by_its_content(name: str, tmp_path: Path) -> None:
    scenario = Scenario(name="mine", title="Mine")
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf\n" + encoded(scenario))
    assert read(tmp_path / name) == scenario
    (tmp_path / "b.txt").write_bytes(b"# a remark\n" + encoded(scenario, ".toml"))
    assert read(tmp_path / "b.txt") == scenario


@pytest.mark.parametrize("name", ["points.tsv", "points", "points.dat", "points.data"])
def test_a_table_may_be_called_anything(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("x\ty\tlabel\n0\t1\ta\n2\t3\tb\n")
    found = read(tmp_path / name)
    assert (found.title, found.scene().class_names) == ("points", ("a", "b"))
    assert not holds_scenario(tmp_path / name)
