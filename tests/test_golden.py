"""`make golden`: differences are found, what is no result is left out, and what is temporary is removed."""

from __future__ import annotations

import json
import subprocess
from math import nextafter
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scenario.files import read
from boundaryviz.scenario.history import RunHistory
from tools import checkout, golden

needs_git = pytest.mark.skipif(which("git") is None, reason="needs git")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


BAD = golden.Item("train nosuch", ("train", "nosuch-thing", "--json", "-"))
SAID = "error: nosuch-thing: no scenario, data set or file is called that; `boundaryviz scenarios` lists what there is"


@given(values)
def test_a_value_is_the_same_as_itself(value: object) -> None:
    assert list(golden.differences(value, json.loads(json.dumps(value)))) == []


@pytest.mark.parametrize(
    ("base", "tree", "said"),
    [
        ({"a": {"b": [1.0, 0.1]}}, {"a": {"b": [1.0, nextafter(0.1, 1)]}}, "a.b[1]: 0.1, 0.10000000000000002"),
        ({"a": 1, "b": 2}, {"b": 2}, "a: 1, nothing"),
        ({}, {"a": None}, "a: nothing, None"),
        ([1], [1, 2], "[1]: nothing, 2"),
        ({"a": 0.0}, {"a": -0.0}, "a: 0.0, -0.0"),
        ({"a": 1}, {"a": True}, "a: 1, True"),
        ({"a": float("nan")}, {"a": 0.5}, "a: nan, 0.5"),
        ({"a": {"b": 1}}, {"a": 3}, "a: {'b': 1}, 3"),
    ],
)
def test_a_difference_is_named_with_its_place_and_both_values(base: object, tree: object, said: str) -> None:
    assert list(golden.differences(base, tree)) == [said]


def test_rates_times_dates_and_the_version_are_left_out_and_nothing_else() -> None:
    assert list(golden.differences({"steps_per_second": 1.0, "seconds": 3}, {"steps_per_second": 2.0})) == []
    assert list(golden.differences({"rates": [0.1], "steps": 3}, {"rates": [0.2], "steps": 4})) != []
    old = golden.lines("<dc:date>2025-01-01T10:00:00</dc:date>\n<dc:title>boundaryviz 0.1.0</dc:title>\n")
    assert old == golden.lines("<dc:date>2026-02-03T11:12:13</dc:date>\n<dc:title>boundaryviz 0.2.0.dev1</dc:title>\n")
    assert golden.lines("<text>0.1.0</text>") != golden.lines("<text>0.2.0</text>")


def test_a_long_list_of_differences_is_cut_and_counted() -> None:
    base, tree = ([{"x": k} for k in range(10)], [{"x": -k} for k in range(10)])
    found = golden.verdict(golden.Outcome({"printed": base}), golden.Outcome({"printed": tree}))
    assert found == [*(f"printed[{k}].x: {k}, {-k}" for k in (1, 2, 3)), "and 6 more"]


def test_what_fails_on_both_sides_is_not_the_same() -> None:
    failed = golden.Outcome({}, "exit code 2, error: no such option")
    assert golden.verdict(failed, failed) == [f"{side} fails: {failed.failed}" for side in ("base", "tree")]


def test_every_scenario_is_trained_with_its_twin_where_it_has_poison_and_names_are_unique() -> None:
    found = {one.name: one.arguments for one in golden.items({"clean": False, "bad": True}, "cpu")}
    assert "--twin" not in found["train clean"]
    assert "--twin" in found["train bad"]
    assert len(found) == len(golden.items({"clean": False, "bad": True}, "cpu"))
    assert {name.split()[0] for name in found} == {"train", "figure", "course", "dose"}


def test_the_courses_that_are_resumed_have_changes_in_them() -> None:
    histories = [RunHistory.read(read(path)) for path in golden.COURSES.glob("*.bviz")]
    assert histories
    assert all(one is not None and one.twin and len(one.changes) == 4 for one in histories)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one commit, in place of the tree's, whose file is changed since."""
    monkeypatch.setattr(checkout, "ROOT", tmp_path)
    (tmp_path / "file").write_text("old")
    author = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "file"], [*author, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True, capture_output=True)
    (tmp_path / "file").write_text("new")
    return tmp_path


def worktrees(repository: Path) -> list[str]:
    listed = subprocess.run(
        ["git", "-C", str(repository), "worktree", "list", "--porcelain"], check=True, capture_output=True, text=True
    )
    return [line for line in listed.stdout.splitlines() if line.startswith("worktree")]


@needs_git
@pytest.mark.parametrize("trouble", [None, KeyboardInterrupt, ValueError])
def test_a_commit_is_checked_out_and_removed_whatever_happens(
    repository: Path, trouble: type[BaseException] | None
) -> None:
    def use() -> None:
        with checkout.checked_out("HEAD") as base:
            bases.append(base)
            assert (base / "file").read_text() == "old"
            assert len(worktrees(repository)) == 2
            if trouble is not None:
                raise trouble

    bases: list[Path] = []
    if trouble is None:
        use()
    else:
        with pytest.raises(trouble):
            use()
    assert not bases[0].parent.exists()
    assert len(worktrees(repository)) == 1


@needs_git
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "No commit is given"),
        ([""], "No commit is given"),
        (["nosuch"], "nosuch: there is no such commit"),
        (["HEAD", "--only", "nothing like it"], "No item has 'nothing like it' in its name"),
    ],
)
def test_bad_usage_is_said_in_a_sentence(
    arguments: list[str],
    words: str,
    repository: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(golden, "imported", lambda root, folder: {"package": str(root), "poisoned": {}})
    assert golden.main(arguments) == 2
    assert words in capsys.readouterr().err
    assert len(worktrees(repository)) == 1


def test_the_tree_is_imported_from_the_tree(tmp_path: Path) -> None:
    found = checkout.imported(checkout.ROOT, tmp_path)
    assert Path(found["package"]) == checkout.ROOT / "boundaryviz" / "__init__.py"
    assert found["poisoned"]["two-moons-bridge"]
    assert not found["poisoned"]["two-moons"]


def test_a_package_from_somewhere_else_is_refused(tmp_path: Path) -> None:
    """An editable install, or whatever else Python finds, is not taken for the tree in question."""
    with pytest.raises(checkout.CheckoutError, match=r"where it should read|cannot be imported"):
        checkout.imported(tmp_path.resolve(), tmp_path)


@pytest.mark.slow  # each item by itself is compared below
def test_the_tree_is_the_same_as_itself_and_what_fails_is_said(tmp_path: Path) -> None:
    item = golden.Item("train moons", ("train", "moons", "--set", "data.n=40", "--steps", "5", "--json", "-"))
    (_, found), (_, bad) = golden.compared([item, BAD], checkout.ROOT, checkout.ROOT, tmp_path, 2)
    assert found == []
    assert bad == [f"{side} fails: exit code 2, {SAID}" for side in ("base", "tree")]


def test_another_exit_code_is_a_difference(tmp_path: Path) -> None:
    commands = (("figure", "nosuch-thing"), ("scenarios",))
    one, other = (golden.run(golden.Item("", command), checkout.ROOT, tmp_path / command[0]) for command in commands)
    assert list(golden.differences(one.found, other.found)) == ["exit code: 2, 0"]


@needs_git
@pytest.mark.slow
def test_a_commit_and_the_tree_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    code = golden.main(["HEAD", "--only", "train playground-gauss-default"])
    base, tree, line, *_, last = capsys.readouterr().out.splitlines()
    assert line == f"{('same', 'different')[code]}: train playground-gauss-default"  # what is not committed may differ
    assert base != tree
    assert not Path(base.removeprefix("base: ")).exists()
    assert last.startswith("1 compared in ")
