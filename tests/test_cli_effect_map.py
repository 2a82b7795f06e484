"""`boundaryviz figure --view effect-map` and `bv.effect_map`, and the measures of maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import boundaryviz as bv
from boundaryviz.cli.app import run
from boundaryviz.jobs.messages import Tell
from boundaryviz.record.effect_map import MEASURED

SMALL = ["--set", "data.n=40", "--set", "data.noise=0.2", "--set", "learner.name=SVC"]
QUICK = ["--dpi", "40", "--across", "32"]


def test_a_figure_of_a_heap_of_one_class_with_its_numbers(tmp_path: Path):
    picture, numbers = tmp_path / "map.png", tmp_path / "map.npz"
    command = ["figure", "moons", *SMALL, *QUICK, "--view", "effect-map", "--weight", "5", "--label", "1"]
    assert run([*command, "--measure", "flips", "--rect=-1,2,-1,1.5", "-o", str(picture), "--data", str(numbers)]) == 0
    with Image.open(picture) as drawn:
        assert drawn.width > 100
    with np.load(numbers) as held:
        assert held["map_label"].tolist() == [1]
        assert held["map_change"].shape == (1, 33, 33)
        assert (held["map_x"][0], held["map_y"][-1]) == (-1.0, 1.5)
        assert held["map_base"] == 0


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--view", "boundary", "--weight", "3"], 2, "only --view effect-map takes them"),
        (["--view", "effect-map", "--label", "4"], 2, "class 0 to 1, or -1 for unlabelled"),
        (["--view", "effect-map", "--measure", "pin"], 2, "no such target pin"),
        (["--view", "effect-map", "--weight", "0"], 2, "--weight"),
    ],
)
def test_what_cannot_be_mapped_is_said(
    options: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert run(["figure", "moons", *SMALL, *QUICK, *options, "-o", str(tmp_path / "map.png")]) == code
    assert said in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.iterdir())


def test_python_hears_the_coarsest_first_and_gets_the_finest():
    scenario = bv.load("moons").with_values({"data.n": 40, "data.noise": 0.2, "learner.name": "SVC"})
    heard: list[int] = []
    found = bv.effect_map(scenario, weight=4, labels=[0], progress=False, watch=lambda one: heard.append(one.level))
    assert heard == [8, 16, 32]
    assert found.done
    assert found.weight == 4
    assert len(found.rows()) == 33 * 33


class Silent:
    def progress(self, done: int, of: int, words: str = "") -> None:
        pass

    def result(self, value: object) -> None:
        pass


def test_a_map_is_held_against_that_of_all_nodes():
    from boundaryviz.studies.mapping import measure, plan

    scenario = bv.load("svm-effect-map").with_values({"data.n": 40, "adversary.count": 4})
    tell: Tell = Silent()
    draw = plan(scenario, 0, {"error", "regret"}, 1, "cpu")
    (row,) = measure(draw.batches[0].content, tell)  # type: ignore[arg-type]
    assert set(row) == set(MEASURED)
    assert row["floor"] is None
    error, largest, regret, share = (row[name] for name in ("error", "largest_error", "regret", "share"))
    assert error is not None
    assert largest is not None
    assert 0 < error <= largest
    assert regret is not None
    assert regret >= 0
    assert share is not None
    assert share < 0.5
    bare = plan(scenario, 0, {"best"}, 1, "cpu")
    assert bare.batches[0].tasks[0].key != draw.batches[0].tasks[0].key
    assert "error" not in measure(bare.batches[0].content, tell)[0]  # type: ignore[arg-type]
