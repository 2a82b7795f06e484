"""Clean and poisoned models differ by the poison alone: to the bit, whoever else is trained beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.attacks.specs import ATTACKS
from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import UNLABELLED, Group, Scene, Split

IN_STEPS = sorted(name for name, family in FAMILIES.items() if not family.at_once)
STEPS = 5


def weights(session: Session, replica: int) -> list[NDArray]:
    """What a replica answers over the plane, and its parameters, after `STEPS` steps."""
    session.step(STEPS - session.step_count)
    learner = session.learner
    grid = session.scene.embed(session.scene.domain.grid(5, 4))
    return [learner.probabilities(grid, replica), learner.P[replica].numpy().copy()]  # type: ignore[attr-defined]


def same(one: list[NDArray], other: list[NDArray]) -> bool:
    return all(map(np.array_equal, one, other))


def drawn(name: str, attack: str, size: int | str, seed: int, labels: int | str, count: int) -> Scenario:
    return Scenario().with_values({
        "data.n": 40, "data.seed": seed, "data.labels_per_class": labels, "learner.name": name, "poison.attack": attack,
        "poison.count": count, "poison.seed": seed, "training.batch_size": size,
        **({} if name == "logistic" else {"learner.hidden": [8]}),
        **({"data.lift": 5} if ATTACKS[attack].NEEDS_INPUTS else {}),
        **({"learner.unlabelled_batch": size} if "unlabelled_batch" in FAMILIES[name].spec.model_fields else {}),
    })  # fmt: skip


scenarios = st.builds(
    drawn, st.just("mlp"), st.sampled_from(sorted(ATTACKS)), st.sampled_from([8, 16, "full"]), st.integers(0, 50),
    st.sampled_from([4, 9, "all"]), st.integers(1, 8),
)  # fmt: skip


def with_learner(scenario: Scenario, name: str) -> Scenario:
    data, poison, training = scenario.data, scenario.poison, scenario.training
    return drawn(name, poison.attack, training.batch_size, data.seed, data.labels_per_class, poison.count)


def spoilt(scene: Scene, rng: np.random.Generator, muted: bool) -> Scene:
    """With a second group of poison that withdraws points of any kind, and with some points muted."""
    points = scene.points
    origin = points.origin.copy()
    origin[rng.choice(np.flatnonzero(origin == 0), 6, replace=False)] = -2
    planted = points.take(np.flatnonzero(points.origin <= 0)[rng.choice(20, 3, replace=False)])
    label = np.where(rng.random(3) < 0.5, UNLABELLED, 1)
    planted = planted.with_columns(
        ids=points.next_id + np.arange(3), origin=np.full(3, 2), label=label, split=np.full(3, Split.TRAIN)
    )
    both = type(points).join(points.with_columns(origin=origin), planted)
    some = rng.random(len(both)) < 0.1
    return replace(scene, points=both.with_columns(muted=some & muted))


@pytest.mark.parametrize("name", IN_STEPS)
@settings(max_examples=3)
@given(scenarios, st.booleans())
def test_the_poisoned_model_is_the_same_with_and_without_a_twin(name: str, scenario: Scenario, spoil: bool):
    scenario = with_learner(scenario, name)
    scene = scenario.scene()
    if spoil:
        scene = spoilt(scene, np.random.default_rng(scenario.data.seed), muted=scenario.poison.count % 2 == 0)
    alone = weights(Session(scenario, scene, device="cpu"), 0)
    assert same(weights(Session(scenario, scene, twin=True, device="cpu"), 1), alone)


@pytest.mark.parametrize("name", IN_STEPS)
@settings(max_examples=3)
@given(scenarios, st.sampled_from(["none", "silenced", "groups off"]))
def test_the_clean_twin_is_what_never_heard_of_the_poison(name: str, scenario: Scenario, how: str):
    scenario = with_learner(scenario, name)
    never = weights(Session(scenario.with_values({"poison.count": 0}), device="cpu"), 0)
    if how == "none":
        assert same(weights(Session(scenario, twin=True, device="cpu"), 0), never)
    scene = scenario.scene()
    silent = replace(scene, poison_on=False) if how == "silenced" else replace(scene, groups=(Group(on=False),))
    if how != "none":
        assert same(weights(Session(scenario, silent, device="cpu"), 0), never)


@pytest.mark.parametrize("name", IN_STEPS)
def test_points_that_poison_withdraws_keep_their_place_in_folds(name: str):
    """A fold of the poisoned scene alone is the poisoned half of folds with clean twins."""
    scenario = drawn(name, "flip", 8, 3, 9, 5)
    scene = scenario.scene()
    folds = Replicas.folds(scene, 3, seed=scenario.training.seed)
    both = folds.take([0, 1, 2, 0, 1, 2])
    twins = replace(both, groups=(frozenset(),) * 3 + (None,) * 3)
    together = Session(scenario, scene, replicas=twins, device="cpu")
    apart = Session(scenario, scene, replicas=folds, device="cpu")
    for fold in range(3):
        assert same(weights(together, 3 + fold), weights(apart, fold))


@pytest.mark.parametrize("name", ["mlp", "mixmatch"])
def test_a_learner_stands_still_where_every_label_is_withdrawn(name: str):
    """A place in a batch is nothing to learn from."""
    scenario = drawn(name, "bridge", 8, 0, 4, 0)
    scene = scenario.scene()
    points = scene.points
    bare = points.with_columns(origin=np.where(points.is_labelled & points.is_train, -1, 0))
    planted = points.take([0]).with_columns(ids=[points.next_id], label=[UNLABELLED], origin=[1], split=[Split.TRAIN])
    session = Session(scenario, replace(scene, points=type(points).join(bare, planted)), device="cpu")
    before = session.learner.P.clone()  # type: ignore[attr-defined]
    session.step(3)
    assert not session.can_train
    assert (before == session.learner.P).all()  # type: ignore[attr-defined]
