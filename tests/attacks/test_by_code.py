"""Attacks that are placed by code of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import pytest

import boundaryviz as bv
from boundaryviz.attacks import ATTACKS, NOBODY, planted, register
from boundaryviz.attacks.settings import AttackSettings, Placed
from boundaryviz.scene.scene import MAX_GROUPS, UNLABELLED, Points, Scene, Target


class Row(AttackSettings):
    """A row of unlabelled points."""

    TITLE: ClassVar[str] = "Row"
    attack: Literal["row"] = "row"

    def place(self, scene: Scene, rng: np.random.Generator) -> Placed:
        xy = np.stack([np.linspace(-1, 1, self.count), np.zeros(self.count)], axis=1)
        return Points.of(xy, origin=self.group, first_id=scene.points.next_id), NOBODY


@pytest.fixture
def registered() -> Iterator[None]:
    register(Row)
    yield
    ATTACKS._found.pop("row")
    ATTACKS._added.discard("row")


@pytest.mark.usefixtures("registered")
def test_a_registered_class_is_an_attack_like_any_other() -> None:
    scenario = bv.load("two-moons").with_values({"poison.attack": "row", "poison.count": 4, "data.seed": 3})
    points = scenario.scene().points
    assert points.is_poison.sum() == 4
    assert bv.Scenario.parse(scenario.written()).scene().points == points
    register(Row)  # once more, as in a notebook
    assert issubclass(bv.Attack, AttackSettings)


def test_the_name_of_another_attack_is_not_taken() -> None:
    class Bridge(Row):
        attack: Literal["bridge"] = "bridge"  # type: ignore[assignment]

    with pytest.raises(ValueError, match="the name 'bridge' is that of another attack"):
        register(Bridge)
    with pytest.raises(TypeError, match="no class"):
        register(7)  # type: ignore[type-var]
    assert ATTACKS["bridge"].TITLE == "Bridge"


def test_poison_can_be_planted_where_one_wants_it() -> None:
    clean = bv.load("two-moons")
    scenario = clean.with_poison([[0.0, 0.0], [0.5, 0.5]], label=[1, -1], target=(0.2, 0.1, 1), name="mine")
    before, after = clean.scene(), scenario.scene()
    assert (after.points.label[-2:] == [1, UNLABELLED]).all()
    assert after.points.is_poison.sum() == 2
    assert after.points.take(~after.points.is_poison) == before.points
    assert after.targets[-1] == Target(0.2, 0.1, 1, int(after.points.origin[-1]))
    assert after.group(int(after.points.origin[-1])).name == "mine"
    assert bv.Scenario.parse(scenario.written()).scene() == after
    run = bv.train(scenario.with_values({"learner.hidden": [4]}), steps=20, twin=True, progress=False)
    assert run.metrics["poison_rate"].mean == 2 / after.points.is_train.sum()


def test_points_with_inputs_take_poison_by_place_or_by_inputs() -> None:
    x = np.random.default_rng(0).normal(size=(30, 3))
    scenario = bv.Scenario.from_arrays(x, [0, 1] * 15)
    whole = scenario.with_poison([[1.0, 2.0, 3.0]]).scene().points
    np.testing.assert_array_equal(whole.x[-1], [1.0, 2.0, 3.0])
    placed = scenario.with_poison([[1.0, 2.0]]).scene()
    np.testing.assert_allclose(placed.points.x[-1], placed.embed(np.array([[1.0, 2.0]]))[0])


@pytest.mark.parametrize(
    ("places", "label", "words"),
    [
        ([[np.nan, 0.0]], 0, "finite places"),
        ([1.0, 2.0], 0, "finite places"),
        ([[0.0, 0.0]], [0, 1], "poison: "),
        ([[0.0, 0.0]], 9999, "labels must lie"),
    ],
)
def test_what_makes_no_points_is_refused_in_words(places: object, label: object, words: str) -> None:
    with pytest.raises(bv.ScenarioError, match=words):
        bv.load("two-moons").with_poison(places, label)


def test_groups_run_out_in_words() -> None:
    scene = bv.load("two-moons").scene()
    for _ in range(MAX_GROUPS):
        scene = planted(scene, [[0.0, 0.0]])
    with pytest.raises(ValueError, match=r"all \d+ groups of poison are in use"):
        planted(scene, [[0.0, 0.0]])
