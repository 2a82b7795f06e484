"""Pinned moments: in what they differ in words, and what one decides otherwise than another in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.record.pins import Difference, PinnedSnapshot, Turned, differences, last
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.scene import Domain, Points, Scene, Split
from helpers.snapshots import PLANE, curves, snapshot

TESTS = Points.of([[-1.0, 0.0], [0.25, 0.0], [1.5, 0.5], [0.5, -0.5]], 0, Split.TEST)


def half_plane(from_x: float, rect: Domain = PLANE, columns: int = 64, rows: int = 32, **changes: Any) -> Snapshot:
    """Class 1 with certainty right of `from_x`, class 0 elsewhere."""
    x = rect.grid(columns, rows)[:, 0].reshape(rows, columns)
    values: dict[str, Any] = {
        "field": (x > from_x).astype(np.float32),
        "rect": rect,
        "scene": Scene(TESTS, PLANE),
        **changes,
    }
    return snapshot(**values)


def test_two_half_planes_differ_by_the_strip_between_them() -> None:
    found = Difference.of(half_plane(0.0), half_plane(1.0))
    assert found.area == found.probability == 0.25, "the strip is 1 of the plane's 4 wide"
    assert (found.points, found.tested) == (0.5, 4)
    assert found.turned == (Turned(1, 0, 0.25, 0.5),)
    assert found.loss == found.error == 0.0


def test_a_moment_does_not_differ_from_itself() -> None:
    for one in (snapshot(), snapshot(classes=4)):
        found = Difference.of(one, one)
        assert np.array_equal(found.a, one.field)
        assert found.area == found.points == found.probability == found.loss == found.error == 0.0
        assert found.turned == ()
        assert found.rect == one.rect


RECTS = st.tuples(st.integers(-4, 0), st.integers(1, 4), st.integers(-4, 0), st.integers(1, 4)).map(
    lambda sides: Domain(*(side / 2.0 for side in sides))
)


@given(RECTS, RECTS, st.integers(1, 40), st.integers(1, 40), st.integers(0, 99), st.sampled_from([2, 3]))
def test_from_the_other_side_only_the_direction_changes(
    one: Domain, other: Domain, columns: int, rows: int, seed: int, classes: int
) -> None:
    rng = np.random.default_rng(seed)
    head = () if classes == 2 else (classes,)
    a_field = rng.uniform(size=(*head, 8, 8)).astype(np.float32)
    b_field = rng.uniform(size=(*head, rows, columns)).astype(np.float32)
    b_field[..., 0, 0] = np.nan
    a = snapshot(classes, rect=one, field=a_field, curves=curves(evaluations=4))
    b = snapshot(classes, rect=other, field=b_field)
    there, back = Difference.of(a, b), Difference.of(b, a)
    assert (there.area, there.tested) == (back.area, back.tested)
    assert there.points == pytest.approx(back.points, nan_ok=True)
    assert there.probability == pytest.approx(back.probability, nan_ok=True)
    assert there.loss == -back.loss
    assert {(t.before, t.after, t.area) for t in there.turned} == {(t.after, t.before, t.area) for t in back.turned}
    assert sum(t.area for t in there.turned) == pytest.approx(there.area)
    assert 0.0 <= there.area <= 1.0


def test_only_the_common_part_is_compared_in_the_finer_cells() -> None:
    right = Domain(0.0, 4.0, -1.0, 1.0)
    found = Difference.of(half_plane(0.0), half_plane(1.0, right, columns=16, rows=4))
    assert found.rect == Domain(0.0, 2.0, -1.0, 1.0)
    assert found.a.shape == found.b.shape == (32, 32)
    assert found.area == 0.5
    assert found.tested == 3, "the test point at x = -1 lies outside"


def test_undecided_is_a_class_of_its_own() -> None:
    a = half_plane(0.0)
    empty = np.where(a.field == 0.0, np.nan, a.field).astype(np.float32)
    found = Difference.of(a, half_plane(0.0, field=empty))
    assert found.turned == (Turned(0, -1, 0.5, 0.25),)
    assert found.probability == 0.0, "where both are decided they agree"
    nowhere = half_plane(0.0, field=np.full_like(empty, np.nan))
    assert np.isnan(Difference.of(a, nowhere).probability)


def test_for_several_classes_the_probabilities_are_half_the_sum_apart() -> None:
    first, second = np.zeros((2, 3, 4, 4), dtype=np.float32)
    first[0], second[2] = 1.0, 1.0
    found = Difference.of(snapshot(3, field=first), snapshot(3, field=second))
    assert found.probability == found.area == 1.0
    assert [(t.before, t.after) for t in found.turned] == [(0, 2)]


def test_test_points_of_both_count_once_and_muted_ones_not() -> None:
    more = Points.join(TESTS, Points.of([[0.75, 0.9], [0.5, 0.9]], 1, Split.TEST, first_id=9))
    muted = more.with_columns(muted=np.arange(6) == 5)
    a, b = half_plane(0.0), half_plane(1.0, scene=Scene(muted, PLANE))
    assert Difference.of(a, b).tested == Difference.of(b, a).tested == 5
    assert Difference.of(a, b).points == 0.6
    none = Difference.of(*(half_plane(x, scene=Scene(Points.of([]), PLANE)) for x in (0.0, 1.0)))
    assert np.isnan(none.points)
    assert none.area == 0.25


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="2 classes and the other 3"):
        Difference.of(snapshot(2), snapshot(3))
    with pytest.raises(ValueError, match="nothing in common"):
        Difference.of(half_plane(0.0), half_plane(0.0, Domain(2.0, 3.0, -1.0, 1.0)))


def test_the_last_loss_is_that_of_the_moment() -> None:
    store = curves()
    loss = store.column("validation_loss")[:, 0]
    assert last(snapshot(step=105), "validation_loss") == loss[10]
    assert last(snapshot(step=9_999), "validation_loss") == loss[-1]
    assert np.isnan(last(snapshot(curves=curves(evaluations=0)), "validation_loss"))
    early, late = snapshot(step=0), snapshot(step=100)
    assert Difference.of(early, late).loss == pytest.approx(loss[10] - loss[0])


def test_pins_are_told_apart_by_what_differs() -> None:
    first = snapshot()
    base = first.scenario
    rate = base.with_values({"training.learning_rate": 0.3, "learner.hidden": [4, 2]})
    seed = base.with_values({"training.seed": 8, "data.seed": 3, "poison.on": not base.poison.on})
    fewer = Scene(first.scene.points.take(np.arange(30)), PLANE)
    pins = (
        PinnedSnapshot("a", first),
        PinnedSnapshot("b", snapshot(scenario=rate, step=1_200)),
        PinnedSnapshot("c", snapshot(scenario=seed, scene=fewer)),
    )
    a, b, c = differences(pins)
    assert "step 290" in a
    assert "40 points" in a
    assert "step 1,200" in b
    assert "learning rate 0.3" in b
    assert "hidden 4-2" in b
    assert "seed 8" in c.split(", ")
    assert "data seed 3" in c
    assert "30 points" in c
    assert f"poison {'off' if base.poison.on else 'on'}" in c
    assert "batch" not in a + b + c, "what is the same in all is left out"


def test_learners_are_told_apart_by_name_not_by_settings_only_one_has() -> None:
    base = snapshot().scenario
    other = snapshot(scenario=base.with_values({"learner.name": "SVC"}))
    assert differences((PinnedSnapshot("a", snapshot()), PinnedSnapshot("b", other))) == (
        base.learner.name.replace("_", " "),
        "SVC",
    )
    assert differences((PinnedSnapshot("a", snapshot()), PinnedSnapshot("b", snapshot(), clean=True))) == (
        "with poison",
        "clean twin",
    )
    assert differences((PinnedSnapshot("a", snapshot()), PinnedSnapshot("b", snapshot()))) == ("", "")
    assert differences(()) == ()
