"""The label cascade in words and on a scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.learners.cascade import Cascade
from boundaryviz.record.cascade import Span, account, nearest_to_pin, number
from boundaryviz.scene.scene import Domain, Points, Scene, Split, Target

PLANE = Domain(-1.0, 9.0, -1.0, 1.0)


def row(measure: str = "length", cut: bool = False) -> tuple[Scene, Cascade]:
    """Six points in a row, the first of class 1, two of the others poison; each hands on to the next."""
    points = Points.of(np.stack([np.arange(6.0), np.zeros(6)], axis=1), [1] + [-1] * 5, Split.TRAIN, [0, 0, 1, 1, 0, 0])
    scene = Scene(points, PLANE, class_names=("rest", "tip"), targets=(Target(4.2, 0.0, 1),))
    when = np.arange(6.0) * (20 if measure == "step" else 1)
    seed, label = np.zeros(6, dtype=np.int64), np.ones(6, dtype=np.int64)
    if cut:
        when[4:], seed[4:], label[4:] = np.inf, -1, -1
    return scene, Cascade(measure, np.arange(-1, 5) if not cut else np.array([-1, 0, 1, 2, -1, -1]), seed, label, when)  # type: ignore[arg-type]


def test_an_account_says_from_where_over_how_many_and_how_much_of_it_was_poison() -> None:
    scene, chains = row()
    assert account(chains, scene, 4) == "from tip label, 4 hops, 2 of them poison\nlength 4"
    assert account(chains, scene, 1) == "from tip label, 1 hop\nlength 1"
    assert account(chains, scene, 0) == "a given label: tip"
    scene, chains = row("step")
    assert account(chains, scene, 4) == "tip since step 80\nfrom tip label, 4 hops, 2 of them poison"


def test_an_account_of_what_has_no_label_or_no_chain_says_so() -> None:
    for measure, words in (("length", "no label comes here"), ("step", "not past the threshold yet")):
        scene, chains = row(measure, cut=True)
        assert account(chains, scene, 5) == words
    scene, chains = row("step")
    chains = replace(chains, seed=np.full(6, -1))
    assert account(chains, scene, 3) == "tip since step 60\nno chain leads here from a label of tip"


def test_the_point_at_the_pin_is_the_nearest_unlabelled_one_that_acts() -> None:
    scene, _ = row()
    assert nearest_to_pin(scene) == 4
    muted = scene.points.with_columns(muted=np.arange(6) == 4)
    assert nearest_to_pin(replace(scene, points=muted)) == 5
    assert nearest_to_pin(replace(scene, points=muted, targets=(Target(2.8, 0.0, 1),), poison_on=False)) == 1
    assert nearest_to_pin(replace(scene, targets=())) is None


def test_a_length_begins_at_nought_and_steps_at_the_first() -> None:
    scene, chains = row()
    assert Span.of(chains, scene.points) == Span(0.0, 5.0)
    scene, chains = row("round")
    assert Span.of(chains, scene.points) == Span(1.0, 5.0)
    scene, chains = row("step", cut=True)
    assert Span.of(chains, scene.points) == Span(20.0, 60.0)
    never = replace(chains, when=np.full(6, np.inf))
    assert Span.of(never, scene.points) is None


def test_steps_over_more_than_a_decade_are_spread_by_their_logarithm() -> None:
    scene, chains = row("step")
    span = Span.of(replace(chains, when=np.array([0.0, 0.0, 10, 100, 1000, np.inf])), scene.points)
    assert span == Span(10.0, 1000.0, log=True)
    np.testing.assert_allclose(span.shares(np.array([0.0, 10, 100, 1000, np.inf])), [0, 0, 0.5, 1, 1])
    assert span.ticks == pytest.approx((10, 100, 1000))
    assert [number(tick, "step") for tick in span.ticks] == ["10", "100", "1,000"]


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.lists(st.floats(0, 1e6), min_size=2), st.booleans())
def test_shares_lie_on_the_scale_and_never_fall(low: float, wide: float, when: list[float], log: bool) -> None:
    span = Span(max(low, 1.0), max(low, 1.0) + wide, log)
    shares = span.shares(np.sort([*when, np.inf]))
    assert ((shares >= 0) & (shares <= 1)).all()
    assert (np.diff(shares) >= 0).all()
