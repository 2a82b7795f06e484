"""Whatever is worked out from a table is worked out from its clean rows, wherever the poison stands among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.scene import UNLABELLED
from boundaryviz.tables.tables import TableError, read_table

LABELS = (["0", "1", "2", ""], ["4", "7", ""], ["b", "c", "-1"], ["12", "30", "5"], ["1.5", "2.5"], [""])
POISON = ["0", "1", "", "b", "aa", "9", "30", "-1"]
HEADER = "x,y,label,origin\n"


@dataclass
class Drawn:
    clean: list[str]
    poison: list[str]
    places: list[list[int]]
    """Two ways to put the poison rows among the clean ones."""

    def mixed(self, way: int) -> str:
        rows = list(self.clean)
        for row, place in zip(reversed(self.poison), sorted(self.places[way], reverse=True), strict=True):
            rows.insert(place, row)
        return HEADER + "".join(rows)


@st.composite
def tables(draw: st.DrawFn) -> Drawn:
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    n, k = int(rng.integers(4, 30)), int(rng.integers(1, 6))
    some = LABELS[int(rng.integers(len(LABELS)))]
    row = lambda scale, label, origin: "{},{},{},{}\n".format(*(scale * rng.standard_normal(2)), label, origin)  # noqa: E731
    clean = [row(1.0, rng.choice(some), rng.choice(["clean", "withdrawn"], p=[0.8, 0.2])) for _ in range(n)]
    poison = [row(50.0, rng.choice(POISON), rng.choice(["poison", "poison 2"])) for _ in range(k)]
    return Drawn(clean, poison, [rng.integers(0, n + 1, k).tolist() for _ in range(2)])


@settings(max_examples=60)
@given(tables())
def test_ids_classes_split_and_domain_are_those_of_the_clean_rows(drawn: Drawn):
    alone = read_table(HEADER + "".join(drawn.clean)).scene
    try:
        first, second = (read_table(drawn.mixed(way)).scene for way in (0, 1))
    except TableError as error:
        assume("too many" not in error.problems[0])
        raise
    points = first.points
    own = points.take(~points.is_poison)
    assert own == alone.points
    assert first.domain == alone.domain
    assert first.class_names[: len(alone.class_names)] == alone.class_names
    assert points.ids[points.is_poison].min() > own.ids.max()
    order, other = np.argsort(points.ids), np.argsort(second.points.ids)
    assert points.take(order) == second.points.take(other)
    assert (first.domain, first.classes, first.class_names) == (second.domain, second.classes, second.class_names)


def test_a_class_that_only_poison_has_is_told_of():
    found = read_table(HEADER + "1,1,b,clean\n5,5,aa,poison\n2,1,c,clean\n2,2,b,clean\n")
    assert found.scene.class_names == ("b", "c", "aa")
    assert found.scene.points.label.tolist() == [0, 2, 1, 0]
    assert any("Only poison has the label 'aa'" in note for note in found.notes)
    known = read_table(HEADER + "1,1,b,clean\n5,5,c,poison\n2,1,c,clean\n")
    assert not any("Only poison" in note for note in known.notes)


@pytest.mark.parametrize("label", ["0", "1", "2", ""])
def test_a_number_keeps_its_meaning_among_poison(label: str):
    found = read_table(HEADER + f"1,1,0,clean\n5,5,{label},poison\n2,1,1,clean\n").scene
    assert found.points.label.tolist() == [0, int(label) if label else UNLABELLED, 1]


def test_a_table_of_poison_alone_is_its_own_measure():
    found = read_table(HEADER + "1,1,0,poison\n5,5,1,poison\n").scene
    assert found.points.label.tolist() == [0, 1]
    assert (found.domain.left, found.domain.right) == (0.4, 5.6)


def test_a_net_on_the_clean_rows_is_the_clean_twin_of_one_on_all():
    rng = np.random.default_rng(5)
    clean = [f"{x},{y},{int(x > 0)},clean\n" for x, y in rng.standard_normal((40, 2))]
    far = "90,-90,0,poison\n"
    scenarios = [_scenario(rows) for rows in (clean, [far, *clean, far], [*clean[:7], far, far, *clean[7:]])]
    alone, before, within = (Session(one, twin=True, device="cpu") for one in scenarios)
    for session in (alone, before, within):
        session.step(15)
    places = scenarios[0].scene().domain.grid(6, 6)
    assert np.array_equal(before.probabilities(places, 0), alone.probabilities(places, 0))
    assert np.array_equal(before.probabilities(places, 1), within.probabilities(places, 1))
    assert np.array_equal(before.evaluate(), within.evaluate(), equal_nan=True)
    assert np.array_equal(before.evaluate()[0, :6], alone.evaluate()[0, :6], equal_nan=True)
    assert np.array_equal(before.twins(16).clean_area, within.twins(16).clean_area)


def _scenario(rows: list[str]) -> Scenario:
    scenario = Scenario(name="t", title="t", data=DataSpec(name="points", input_scale="domain"))
    return scenario.with_scene(read_table(HEADER + "".join(rows)).scene).with_values({"training.batch_size": 8})
