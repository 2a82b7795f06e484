"""A session put back to an earlier state goes on exactly as it did, whatever is trained."""

from __future__ import annotations

import numpy as np
import pytest

from boundaryviz.engine.session import Session
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario
from helpers.few import few

SMALL = {"data.n": 60, "data.labels_per_class": 6, "poison.count": 3}
TRAININGS = [
    {"training.optimiser": name, "training.batch_size": size}
    for name, size in (("sgd", 8), ("momentum", 8), ("adam", "full"), ("adamw", 16))
]


def scenario(name: str, **values: object) -> Scenario:
    return load("two-moons-bridge").with_values({"learner.name": name, **SMALL, **values})


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k], equal_nan=a[k].dtype.kind == "f") for k in a)


def check(of: Scenario) -> None:
    session = Session(of, seeds=(3, 4), twin=True, device="cpu")
    session.watch()
    session.step(13)
    state = session.state()
    session.take_curves()
    session.step(17)
    later, curves = session.state(), session.take_curves()
    other = Session(of, seeds=(3, 4), twin=True, device="cpu")
    other.watch()
    for again in (session, other):
        again.restore(state)
        assert again.step_count == 13
        assert again.take_curves() is None
        again.step(17)
        assert same(again.state(), later)
        found = again.take_curves()
        if curves is not None:
            assert found is not None
            np.testing.assert_array_equal(found.values, curves.values)
            np.testing.assert_array_equal(found.margins, curves.margins)
        rect = of.scene().domain
        np.testing.assert_array_equal(again.field(rect, 16, 16, 3), session.field(rect, 16, 16, 3))


ALIKE = ("simclr", "masked-coordinate", "ExtraTreesClassifier", "BaggingClassifier")
"""Families that share their loop, or how they average, with another here."""


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in ALIKE)) for name in FAMILIES])
def test_every_family_goes_on_from_a_state_to_the_bit(name: str) -> None:
    few = {"learner.n_estimators": 5} if name == "RandomForestClassifier" else {}
    check(scenario(name, **few))


@pytest.mark.parametrize("training", TRAININGS, ids=lambda t: t["training.optimiser"])
@pytest.mark.parametrize("name", few(["mlp", "mixmatch"]))
def test_every_optimiser_goes_on_from_a_state_to_the_bit(name: str, training: dict[str, object]) -> None:
    check(scenario(name, **training))


def test_dropout_goes_on_to_the_bit() -> None:
    check(scenario("mlp", **{"learner.dropout": 0.3, "training.batch_size": 8}))


def test_a_state_shares_nothing_with_the_session() -> None:
    session = Session(scenario("mlp"), device="cpu")
    state = session.state()
    before = {name: array.copy() for name, array in state.items()}
    session.step(5)
    assert same(state, before)
    session.restore(state)
    session.step(5)
    assert same(state, before)


@pytest.mark.parametrize("change", [{"learner.hidden": [3]}, {"training.optimiser": "sgd"}])
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(change: dict[str, object]) -> None:
    session = Session(scenario("mlp"), device="cpu")
    other = Session(scenario("mlp", **change), device="cpu")
    other.step(3)
    before = session.state()
    with pytest.raises((KeyError, ValueError)):
        session.restore({**other.state()})
    assert same(session.state(), before)
    with pytest.raises(ValueError, match="models"):
        session.restore(Session(scenario("mlp"), seeds=(1, 2), device="cpu").state())
