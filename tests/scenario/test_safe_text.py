"""Scenario files that are too much, mean two things or are older; TOML there and back; a file of every version."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from boundaryviz.attacks.specs import ATTACKS
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario import files, text
from boundaryviz.scenario.atomic import PART, ChangedError, WriteError, clear_parts, stamp_of, write_atomic
from boundaryviz.scenario.lock import LockFile, try_lock
from boundaryviz.scenario.migrations import MIGRATIONS, migrated
from boundaryviz.scenario.scenario import SHOWN, VERSION, Scenario, ScenarioError
from helpers.scenes import bits, scenes

KEPT = Path(__file__).parents[1] / "data" / "version-1.bviz"


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        files.read(path)
    assert path.read_bytes() == content
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"title": "a", "name": "b", "title": "c"}', "'title' is given twice"),
        ('{"data": {"n": 10, "n": 20}}', "'n' is given twice"),
        ('{"title": "half \\ud800"}', "half a character"),
        ('{"expect": {"\\udfff": 1}}', "half a character"),
        ('{"data": {"noise": Infinity}}', "data.noise: must be a finite number"),
        ('{"data": {"noise": 1e999}}', "data.noise: must be a finite number"),
        ('{"data": {"n": 1e30}}', "data.n: "),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, "nested too deeply"),
        ('{"data": ' + "[" * 900 + "]" * 900 + "}", "data: must be a table"),
        ('{"data": {"seed": ' + "9" * 4000 + "}}", "data.seed: must be"),
        ('{"version": 0}', "version: must be"),
        ('{"version": -1}', "version: must be"),
        ('{"version": "1"}', "version: must be"),
    ],
    ids=lambda words: words[:40],
)
def test_what_is_ambiguous_or_too_much_is_refused_in_words(content: str, words: str, tmp_path: Path) -> None:
    assert words in refused(tmp_path / "a.bviz", content.encode())


@pytest.mark.parametrize("number", ["0x" + "f" * 5_000, "0b" + "1" * 15_000, "[1, 0o" + "7" * 9_000 + "]"])
def test_numbers_that_could_not_be_written_again_are_refused(number: str, tmp_path: Path) -> None:
    said = refused(tmp_path / "a.toml", f"[training]\nbatch_size = {number}\n".encode())
    assert "a whole number of more than 14,000 bits" in said
    (tmp_path / "b.toml").write_text(f'summary = "{"0x" + "f" * 5_000}"\n[training]\nbatch_size = 0x40\n')
    assert files.read(tmp_path / "b.toml").training.batch_size == 64


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("column", ["id", "x", "label", "split", "origin"])
def test_no_column_takes_what_is_no_number(column: str, number: str, tmp_path: Path) -> None:
    columns = dict.fromkeys(("id", "x", "y", "label", "split", "origin"), "[0]") | {column: f"[{number}]"}
    points = ", ".join(f'"{name}": {values}' for name, values in columns.items())
    content = '{"data": {"name": "points"}, "plane": {"domain": [0, 1, 0, 1], "points": {' + points + "}}}"
    assert f"plane.points.{column}.0: must be" in refused(tmp_path / "a.bviz", content.encode())


def test_files_larger_than_any_scenario_are_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "a.bviz").open("wb") as stream:
        stream.truncate(text.MAX_BYTES[".bviz"] + 1)
    with pytest.raises(ScenarioError, match="at most 32 MB are read"):
        files.read(tmp_path / "a.bviz")
    monkeypatch.setitem(text.MAX_VALUES, ".bviz", 10)
    assert "more values in it than any scenario has" in refused(tmp_path / "b.bviz", b'{"a": [' + b"0," * 20 + b"0]}")
    assert "a folder or a device" in _refused_folder(tmp_path / "c.bviz")


def _refused_folder(path: Path) -> str:
    path.mkdir()
    with pytest.raises(ScenarioError) as caught:
        files.read(path)
    return str(caught.value)


def test_of_very_many_problems_the_first_are_listed(tmp_path: Path) -> None:
    content = '{"plane": {"points": {}, "groups": [' + ",".join(['{"on": 7}'] * 90) + "]}}"
    problems = refused(tmp_path / "a.bviz", content.encode()).splitlines()
    assert len(problems) == SHOWN + 1
    assert problems[-1].endswith("more problems")


@given(scenes())
def test_toml_there_and_back(tmp_path_factory: pytest.TempPathFactory, scene: Any) -> None:
    path = tmp_path_factory.mktemp("toml") / "a.toml"
    scenario = Scenario(name="ä", title='"[Moons]"\n→ ½', look_at="a = [\n1,\n]").with_scene(scene)
    files.write(path, scenario)
    assert files.read(path) == scenario
    assert bits(files.read(path).scene()) == bits(scene)


@pytest.mark.parametrize("learner", FAMILIES)
def test_every_learner_goes_through_toml(learner: str, tmp_path: Path) -> None:
    scenario = Scenario(expect={"flip_rate": (0.1, 0.2), "clean.test_error": 0.1}).with_values(
        {"learner.name": learner}
    )
    files.write(tmp_path / "a.toml", scenario)
    assert files.read(tmp_path / "a.toml") == scenario


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_goes_through_toml(attack: str, tmp_path: Path) -> None:
    scenario = Scenario().with_values({"poison.attack": attack, "poison.count": 3})
    files.write(tmp_path / "a.toml", scenario)
    assert files.read(tmp_path / "a.toml") == scenario


def test_what_would_not_be_opened_again_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write(tmp_path / "a.bviz", Scenario())
    monkeypatch.setitem(text.MAX_VALUES, ".bviz", 10)
    with pytest.raises(WriteError, match="too large to be opened again"):
        files.write(tmp_path / "a.bviz", Scenario(title="Other"))
    monkeypatch.undo()
    assert files.read(tmp_path / "a.bviz") == Scenario()


def test_what_is_wrong_everywhere_is_not_gone_through_one_by_one(tmp_path: Path) -> None:
    content = '{"course": {"turns": [' + ",".join(['{"a": 1}'] * 20_000) + "]}}"
    assert "values in it are wrong" in refused(tmp_path / "a.bviz", content.encode())


def test_toml_has_a_line_per_column() -> None:
    scenario = Scenario().with_scene(Scenario().scene())
    lines = files.encoded(scenario, ".toml").decode().splitlines()
    assert 'features = ["x", "y"]' in lines
    assert len(lines) < 100


def test_half_a_character_does_not_keep_the_rest_from_being_saved(tmp_path: Path) -> None:
    scenario = Scenario().model_copy(update={"title": "half \ud800"})
    for name in ("a.bviz", "a.toml"):
        files.write(tmp_path / name, scenario)
        assert files.read(tmp_path / name).title == "half ?"


def test_columns_are_encoded_in_slices_to_the_same_text() -> None:
    values = {"x": [i / 7 for i in range(10_001)], "empty": [], "inner": {"a": list(range(5_000)), "b": None}}
    assert json.loads(text.dumps(values)) == values
    assert text.dumps(values).count("\n") == 8


# ---- versions ---------------------------------------------------------------------------------------


def test_there_is_a_way_from_every_older_version_to_this_one() -> None:
    assert set(range(1, VERSION)) <= MIGRATIONS.keys()


def test_versions_are_brought_up_one_at_a_time_and_the_original_stays() -> None:
    old = {"version": 1, "title": "Old"}
    assert migrated(old, 2) == {"version": 2, "title": "Old"}
    assert migrated(old, 1) == old
    assert old == {"version": 1, "title": "Old"}
    assert migrated({"version": 0}, 2) == {"version": 0}
    assert migrated({"title": "Now"}, 2) == {"title": "Now"}


def test_the_kept_file_of_version_1_opens_with_every_value() -> None:
    """Every value of the file stands in the scenario, and everything else in it is a default."""
    wanted = json.loads(KEPT.read_text(encoding="utf-8"))
    found = files.read(KEPT)
    assert wanted.pop("version") == 1
    plain = found.model_dump(mode="json")
    assert plain.pop("version") == VERSION
    assert (wanted["learner"].pop("input_scale"), plain["data"]["input_scale"]) == ("raw", "as-is")
    defaults = Scenario().model_dump(mode="json")
    for section in ("data", "learner", "training"):  # to which settings came
        added = plain[section].keys() - wanted[section].keys()
        assert {name: plain[section].pop(name) for name in added} == {name: defaults[section][name] for name in added}
    assert {name: plain[name] for name in wanted} == wanted
    added = plain.keys() - wanted.keys()
    assert {name: plain[name] for name in added} == {name: defaults[name] for name in added}
    points = found.scene().points
    columns = wanted["plane"]["points"]
    assert points.ids.tolist() == columns["id"]
    assert points.xy.T.tolist() == [columns["x"], columns["y"]]
    assert (points.label.tolist(), points.split.tolist()) == (columns["label"], columns["split"])
    assert points.origin.tolist() == columns["origin"]


def test_a_newer_file_is_refused_by_its_number_and_stays(tmp_path: Path) -> None:
    content = json.dumps({"version": VERSION + 1, "unheard": "of"}).encode()
    assert f"needs boundaryviz format {VERSION + 1}" in refused(tmp_path / "a.bviz", content)


# ---- writing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["with spaces in.bviz", "пример-例.bviz", "x" * 250 + ".toml", "a'\"b.bviz"])
def test_names_of_any_letters_are_written_and_read(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "Папка mit Raum"
    folder.mkdir()
    files.write(folder / name, Scenario(title=name))
    assert files.read(folder / name).title == name
    assert [one.name for one in folder.iterdir()] == [name]


def test_the_folder_is_synced_after_the_renaming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    fsync = os.fsync

    def watched(handle: int) -> None:
        synced.append((tmp_path / "a").exists())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    write_atomic(tmp_path / "a", b"new")
    assert synced == [False, True]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_no_more_leaves_the_original_and_nothing_else(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_atomic(tmp_path / "a", b"old")

    def full(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match=r"Cannot write .*Choose another place|Cannot write .*Make room"):
        write_atomic(tmp_path / "a", b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a", b"old")]


def test_a_real_limit_of_the_system_leaves_the_original_and_nothing_else(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", b"old")
    code = (
        "import resource, sys; from boundaryviz.scenario.atomic import *\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_atomic(sys.argv[1], b'x' * 5000)\n"
        "except WriteError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], capture_output=True, text=True, check=True)
    assert "File too large" in done.stdout
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a", b"old")]


def test_a_folder_that_may_not_be_written_in_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_where: object) -> None:  # root may write anywhere, so the refusal is played
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("boundaryviz.scenario.atomic._new_beside", forbidden)
    with pytest.raises(WriteError, match="no permission to write in"):
        write_atomic(tmp_path / "a", b"new")


def test_what_a_killed_writer_left_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.bviz", b"whole")
    left, others = tmp_path / f".a.bviz.1234{PART}", tmp_path / f".b.bviz.1234{PART}"
    for path in (left, others):
        path.write_bytes(b"half")
    with pytest.raises(ScenarioError, match="half a file"):
        files.read(left)
    clear_parts(tmp_path / "a.bviz")
    assert left.exists(), "it is too young to be sure that nobody will go on writing it"
    with left.open("rb") as stream:
        assert try_lock(stream.fileno())
        clear_parts(tmp_path / "a.bviz", older=0)
        assert left.exists(), "somebody writes it"
    clear_parts(tmp_path / "a.bviz", older=0)
    clear_parts(tmp_path / "no folder" / "a.bviz", older=0)
    assert sorted(one.name for one in tmp_path.iterdir()) == [others.name, "a.bviz"]


def test_a_file_is_not_written_over_what_somebody_else_put_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    stamp = write_atomic(path, b"ours")
    assert stamp == stamp_of(path)
    stamp = write_atomic(path, b"ours again", stamp)
    path.write_bytes(b"theirs")
    with pytest.raises(ChangedError, match="was changed by another program") as caught:
        write_atomic(path, b"ours", stamp)
    assert not caught.value.gone
    assert path.read_bytes() == b"theirs"
    path.unlink()
    with pytest.raises(ChangedError, match="was moved or deleted") as caught:
        write_atomic(path, b"ours", stamp)
    assert caught.value.gone
    assert list(tmp_path.iterdir()) == []


def test_a_lock_is_held_by_one_and_free_once_it_is_let_go(tmp_path: Path) -> None:
    lock = LockFile.take(tmp_path / "a.lock")
    assert lock is not None
    assert LockFile.take(tmp_path / "a.lock") is None
    lock.release(remove=False)
    lock = LockFile.take(tmp_path / "a.lock")
    assert lock is not None
    lock.release(remove=True)
    assert not (tmp_path / "a.lock").exists()


def test_a_path_that_cannot_be_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="it is a folder"):
        write_atomic(tmp_path, b"")
    with pytest.raises(ScenarioError, match="cannot be read"):
        files.read(tmp_path / "a\0b.bviz")
