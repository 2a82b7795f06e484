"""`make compare-speed`: pairs in alternating order, the interval of their median ratio, and what is called slower."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import before_after
from tools.checkout import ROOT

durations = st.lists(st.floats(1e-4, 10), min_size=1, max_size=12)


@given(durations, st.floats(0.25, 4))
def test_the_interval_of_a_constant_ratio_is_that_ratio(base: list[float], factor: float) -> None:
    """However much the machine's speed drifts between pairs."""
    assert before_after.interval(base, [each / factor for each in base]) == pytest.approx((factor, factor))


def test_the_interval_holds_the_median_and_shrinks_with_more_pairs() -> None:
    rng = np.random.default_rng(3)
    widths = []
    for pairs in (10, 160):
        low, high = before_after.interval(rng.uniform(0.9, 1.1, pairs).tolist(), [1.0] * pairs)
        assert low < 1 < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 2


def test_pairs_alternate_in_their_order() -> None:
    base, tree, seen = Path("base"), Path("tree"), []

    def measure(root: Path) -> dict[str, Any]:
        seen.append(root)
        return {"number": len(seen)}

    found = before_after.paired(measure, base, tree, 3)
    assert seen == [base, tree, tree, base, base, tree]
    assert [[each["number"] for each in side] for side in found] == [[1, 4, 5], [2, 3, 6]]


@pytest.fixture
def timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], int]:
    """Runs the comparison of a tree that is so many times as fast in drags, where everything varies by 1 %."""

    def run(speed: float) -> int:
        base, number = tmp_path / "base", count()

        def child(mode: str, _folder: Path, _least: bool, root: Path) -> dict[str, float]:
            seconds = 1 + 0.01 * (next(number) % 3)
            keys = (one.key for one in before_after.MEASURES if one.mode == mode)
            return dict.fromkeys(keys, seconds if root == base or mode != "drag" else seconds / speed)

        monkeypatch.setattr(before_after, "ROOT", tmp_path / "tree")
        monkeypatch.setattr(before_after, "checked_out", lambda commit: nullcontext(base))
        monkeypatch.setattr(before_after, "imported", lambda root, folder: {"package": root})
        monkeypatch.setattr(before_after, "child", child)
        return before_after.main(["HEAD"])

    return run


@pytest.mark.parametrize(("speed", "slower"), [(1.0, []), (1.5, []), (0.99, []), (0.9, ["drag"])])
def test_what_is_slower_for_certain_is_named_and_fails(
    speed: float, slower: list[str], timed: Callable[[float], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert timed(speed) == bool(slower)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines if line.endswith("  slower")] == slower
    assert len(lines) == 2 + len(before_after.MEASURES) + 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "No commit is given"),
        (["no-such-commit"], "no-such-commit: there is no such commit"),
        (["HEAD", "--pairs", "0"], "there has to be at least one"),
        (["HEAD", "--only", "zoom"], "No measure has 'zoom' in its name. There are: training"),
    ],
)
@pytest.mark.skipif(which("git") is None, reason="needs git")
def test_bad_usage_is_said_in_a_sentence(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert before_after.main(arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.slow
def test_the_python_api_is_measured_in_the_tree_asked_for(tmp_path: Path) -> None:
    found = before_after.child("api", tmp_path, True, ROOT)
    assert found.pop("package") == str(ROOT / "boundaryviz" / "__init__.py")
    assert set(found) == {one.key for one in before_after.MEASURES if one.mode == "api"}
    assert all(seconds > 0 for seconds in found.values())


def test_a_side_that_cannot_be_measured_is_said(
    timed: Callable[[float], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    whole = before_after.child
    timed(1.0)
    monkeypatch.setattr(before_after, "child", whole)
    assert before_after.main(["HEAD", "--only", "start", "--least"]) == 1
    assert f"{tmp_path / 'base'} has no benchmarks/window_child.py" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(which("git") is None, reason="needs git")
def test_a_commit_and_the_tree_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert before_after.main(["HEAD", "--pairs", "1", "--least"]) in (0, 1)  # one pair is chance
    base, tree, *lines, _ = capsys.readouterr().out.splitlines()
    assert base != tree
    assert [line.split("  ")[0] for line in lines] == [one.name for one in before_after.MEASURES]
