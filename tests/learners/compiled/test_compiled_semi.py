"""Semi-supervised steps of the compiled program beside those of torch, and what they promise to the bit."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.learners.base import Extra, TrainingData
from boundaryviz.learners.compiled.semi_fields import TASKS
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.families.semi_supervised import UnlabelledSpec
from boundaryviz.learners.specs import FAMILIES, TrainingSpec
from helpers.compiled import compiled, program
from helpers.models import blobs, budgeted, make, taken, weighing

SPECS = {name: one.spec for name, one in FAMILIES.items() if issubclass(one.spec, UnlabelledSpec)}
ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "sine", "linear")
DOWN = TrainingSpec(optimiser="sgd", learning_rate=0.2, batch_size=9)
every_task = pytest.mark.parametrize("name", TASKS)


def spec_of(name: str, **settings: Any) -> Any:
    """A method's settings, with these of them that it has."""
    family: Any = SPECS[name]
    asked = {"hidden": (7, 5), "activation": "tanh", "unlabelled_batch": 30, **settings}
    return family(**{field: value for field, value in asked.items() if field in family.model_fields})


def points(n: int = 120, classes: int = 2, replicas: int = 1, poison: int = 0) -> TrainingData:
    """Points of which one in three is labelled, of different weights."""
    data = budgeted(spec_of("vat"), blobs(n, classes, replicas=replicas, poison=poison))
    return weighing(data, data.weights * np.linspace(0.5, 1.5, n, dtype=np.float32))


def seen_by(data: TrainingData, *who: Any) -> TrainingData:
    """Each replica sees the clean points, and so much of the poison: all, nothing, or each one in so many."""
    order = np.cumsum(data.poison) - 1
    shown = [~data.poison | ((order % every == 0) if every else False) for every in who]
    return weighing(data, data.weights * np.stack(shown))


def moved(learner: Any, state: Any) -> NDArray[np.float64]:
    """What the step after this state takes off."""
    learner.restore({name: np.asarray(value, dtype=learner.state()[name].dtype) for name, value in state.items()})
    before = learner.P.clone()
    learner.step(1)
    return (before - learner.P).double().numpy()


def check(spec: Any, classes: int = 2, poison: int = 0, training: TrainingSpec = DOWN) -> None:
    """Of steps in a row the gradient is that of double precision, as far off as torch's is, or a little farther; and
    what is remembered comes to the same."""
    data = seen_by(points(120 + poison, classes, 4, poison), 0, 1, 3, 0)
    training = training.model_copy(update={"learning_rate": 1.0})
    given = spec, training, (4, 7, 4, 9), classes, data
    exact, theirs, ours = make(*given, dtype=torch.float64), make(*given), compiled(*given)
    exact.P *= 2
    for _ in range(4):
        exact.P.copy_(exact.P.float())  # what both can start from
        state = exact.state()
        there = moved(exact, state)
        scale, off = np.abs(there).max(), np.abs(moved(theirs, state) - there).max()
        assert np.abs(moved(ours, state) - there).max() <= 4e-6 * scale + 2 * off
        for name, value in exact.state().items():
            np.testing.assert_allclose(ours.state()[name], value, rtol=1e-3, atol=1e-4, err_msg=name)
        exact.P.add_(torch.from_numpy(0.9 * there))  # a small step, after all
    assert scale > 1e-3


# ---- beside torch ----------------------------------------------------------------------------------------


@every_task
def test_the_gradient_is_that_of_double_precision(name: str):
    """Of every activation; without poison, with little of it and with so much that it comes in several parts."""
    at = [*TASKS].index(name)
    for k, poison in enumerate((0, 10, 90)):
        activation, classes = ACTIVATIONS[(at + 2 * k) % 6], 2 + (at + k) % 3
        hidden = ((7, 5), (16,), (20, 33), ())[(at + k) % 4]
        size: Any = (30, 70, "full")[(at + k) % 3]
        spec = spec_of(name, hidden=hidden, activation=activation, unlabelled_batch=size, threshold=0.4, xi=0.5)
        check(spec, classes, poison, DOWN.model_copy(update={"batch_size": (9, 50, "full")[k], "l2": 0.01 * k}))


@pytest.mark.parametrize(("iterations", "share", "classes"), [*product((1, 3), (0.0, 0.7), (2, 4))])
def test_power_iterations_and_entropy(iterations: int, share: float, classes: int):
    spec = spec_of("vat", xi=0.5, power_iterations=iterations, entropy_weight=share)
    check(spec, classes, 10)


def test_ramps_temperatures_and_decays():
    check(spec_of("uda", temperature=2.0, ramp_up=3, threshold=0.3), 3, 10)
    check(spec_of("mean-teacher", teacher_decay=0.3, ramp_up=2), 2, 10)
    check(spec_of("temporal-ensembling", ensemble_decay=0.2, unlabelled_batch="full"), 3, 10)
    check(spec_of("flexmatch", threshold=0.95, unlabelled_batch="full"), 3, 30)


@pytest.mark.parametrize("name", ["pseudo-label", "fixmatch", "flexmatch", "uda"])
def test_what_is_as_sure_as_the_threshold_passes(name: str):
    """Two classes alike are sure to just one half, and the first is taken."""
    for threshold in (0.5, float(np.nextafter(np.float32(0.5), np.float32(1)))):
        spec, data = spec_of(name, threshold=threshold), points(replicas=2)
        both = [make(spec, DOWN, (1, 2), 2, data), compiled(spec, DOWN, (1, 2), 2, data)]
        for learner in both:
            learner.P.zero_()
            learner.step(1)
        np.testing.assert_allclose(both[1].P.numpy(), both[0].P.numpy(), atol=1e-7)
        assert all(torch.equal(*memories) for memories in zip(*(one.method.memory for one in both), strict=True))


def test_a_net_that_is_all_but_certain_is_pushed_as_far():
    """Its gradients are so small that their squares are 0; and where they are 0 themselves it is not pushed."""
    data = points(replicas=1)
    for size in (30.0, 45.0, 1e4):
        spec = spec_of("vat", hidden=(), epsilon=1.0, weight=50.0, xi=0.1)
        both = [make(spec, DOWN, (1,), 2, data), compiled(spec, DOWN, (1,), 2, data)]
        for learner in both:
            learner.P.copy_(torch.tensor([[-size, 0.0, size, 0.0, 0.0, 0.0]]))
            learner.step(1)
        np.testing.assert_allclose(both[1].P.numpy(), both[0].P.numpy(), rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "optimiser"),
    [
        ("pi-model", "adam"), ("mean-teacher", "momentum"), ("temporal-ensembling", "adamw"), ("uda", "adam"),
        ("pseudo-label", "sgd"), ("vat", "adam"),
    ],
)  # fmt: skip
def test_after_200_steps_the_loss_is_torch_s(name: str, optimiser: Any):
    """Where it is no threshold that decides."""
    spec, data = spec_of(name, threshold=0.0, weight=2.0), points(replicas=2, poison=9)
    training = TrainingSpec(optimiser=optimiser, batch_size=16, learning_rate=0.003)
    losses = []
    for by in (None, program()):
        learner = make(spec, training, (1, 2), 2, data)
        learner.step_by(by)
        learner.step(200)
        losses.append(learner.evaluate(data.x, np.maximum(data.label, 0))[0].mean(axis=1))
    np.testing.assert_allclose(losses[1], losses[0], atol=1e-4)


@every_task
def test_what_is_changed_live_acts_from_the_next_step_on(name: str):
    data = seen_by(points(replicas=3, poison=12), 0, 1, 2)
    first, then = spec_of(name, weight=1.0), spec_of(name, weight=3.0, weak_noise=0.2, unlabelled_batch=50)
    both = [make(first, DOWN, (1, 2, 2), 2, data), compiled(first, DOWN, (1, 2, 2), 2, data)]
    for spec, rate in ((first, 0.2), (then, 0.05), (first, 0.1)):
        for learner in both:
            learner.set_training(spec, DOWN.model_copy(update={"learning_rate": rate}))
            learner.step(3)
            learner.set_data(replace(data, x=data.x * rate))
            learner.step(3)
    assert torch.allclose(both[1].P, both[0].P, atol=2e-4)
    assert np.array_equal(*(learner.state()["place"] for learner in both))
    both[1].step_by(None)
    for learner in both:
        learner.step(3)
    assert torch.allclose(both[1].P, both[0].P, atol=2e-4)


def test_gradients_of_the_unlabelled_can_be_asked_for_between_steps():
    data = seen_by(points(replicas=3, poison=12), 0, 1, 2)
    both = [by(spec_of("pi-model"), DOWN, (1, 2, 2), 2, data) for by in (make, compiled)]
    for steps in (1, 5, 2):
        for learner in both:
            learner.step(steps)
        theirs, ours = (learner.unlabelled_gradients() for learner in both)
        assert torch.allclose(ours, theirs, atol=1e-4)
        assert ours.abs().max() > 1e-3
        assert torch.allclose(both[1].P, both[0].P, atol=2e-4)
        assert np.array_equal(*(learner.state()["place"] for learner in both))


def test_what_seeds_share_is_drawn_once():
    draws = Draws((5, 3, 5, 5), torch.device("cpu"), torch.float32)
    for who, step in product((slice(None), slice(1, 3)), (0, 17)):
        rows, which = draws.normals(step, 2, (who, 4, 9))
        assert rows.is_contiguous()
        assert len(rows) == 2
        assert torch.equal(rows[which], draws.normal(step, 2, (who, 4, 9)))


def test_who_is_compiled_says_so():
    training = TrainingSpec()
    for name in SPECS:
        spec = spec_of(name)
        learner, plain = compiled(spec, training, data=points()), make(spec, training, data=points())
        for one in (learner, plain):
            one.step(2)
        assert (spec.uncompiled(2, 2, "adam") == "") == (name in TASKS)
        assert torch.equal(learner.P, plain.P) or name in TASKS
    for other in ({"features": ("x", "y", "xy")}, {"fourier": 2}, {"features": ("y", "x")}):
        assert SPECS["vat"](**other).uncompiled(2, 2, "adam")
    assert not spec_of("vat").uncompiled(7, 3, "sgd")
    assert spec_of("vat").uncompiled(5000, 3, "sgd")


@pytest.mark.parametrize("features", [("y", "x"), ("x", "y", "xy")])
def test_nets_that_are_shown_something_else_stay_with_torch(features: Any):
    spec = spec_of("vat", features=features)
    both = [make(spec, DOWN, data=points()), compiled(spec, DOWN, data=points())]
    for learner in both:
        learner.step(3)
    assert torch.equal(both[0].P, both[1].P)


# ---- to the bit ------------------------------------------------------------------------------------------

MADE = st.builds(
    spec_of,
    st.sampled_from([*TASKS]),
    hidden=st.sampled_from([(), (3,), (16,), (20, 37)]),
    activation=st.sampled_from(ACTIVATIONS),
    unlabelled_batch=st.sampled_from([1, 7, 33, "full"]),
    threshold=st.sampled_from([0.0, 0.5, 0.9]),
    entropy_weight=st.sampled_from([0.0, 0.3]),
    ramp_up=st.sampled_from([0, 20]),
)
TRAININGS = st.builds(
    TrainingSpec,
    optimiser=st.sampled_from(["sgd", "momentum", "adam", "adamw"]),
    batch_size=st.sampled_from([7, 16, "full"]),
    l2=st.sampled_from([0.0, 0.01]),
)


def rows(learner: Any, replica: int) -> bytes:
    tensors = learner._tensors()
    return b"".join(tensors[name][replica].numpy().tobytes() for name in tensors if name != "beta-power")


@settings(max_examples=12)
@given(MADE, TRAININGS, st.integers(2, 4), st.integers(1, 30))
def test_neither_other_replicas_nor_how_many_steps_a_call_does_nor_a_pause_matter(
    spec: Any, training: TrainingSpec, classes: int, pause: int
):
    data = points(80, classes, 4, poison=12)
    together = compiled(spec, training, (5, 6, 5, 8), classes, data)
    together.step(40)
    single = spec, training, (6,), classes, weighing(data, data.weights[:1])
    alone, first, again = (compiled(*single) for _ in range(3))
    for _ in range(40):
        alone.step(1)
    first.step(pause)
    again.restore(first.state())
    for learner in (first, again):
        learner.step(40 - pause)
    assert rows(together, 1) == rows(alone, 0) == rows(first, 0) == rows(again, 0)
    assert rows(together, 0) == rows(together, 2)


@settings(max_examples=12)
@given(MADE, TRAININGS, st.lists(st.booleans(), min_size=12, max_size=12))
def test_a_twin_whose_poison_is_off_is_the_run_without_it(spec: Any, training: TrainingSpec, seen: list[bool]):
    data = points(80, replicas=3, poison=12)
    weights = data.weights.copy()
    weights[0, data.poison] = 0.0
    weights[2, data.poison] *= seen
    twins = compiled(spec, training, (3, 3, 3), data=weighing(data, weights))
    alone = compiled(spec, training, (3,), data=taken(weighing(data, weights[:1]), ~data.poison))
    own = compiled(spec, training, (3,), data=weighing(data, weights[2:]))
    for learner in (twins, alone, own):
        learner.step(25)
    assert twins.P[0].numpy().tobytes() == alone.P[0].numpy().tobytes()
    assert twins.P[2].numpy().tobytes() == own.P[0].numpy().tobytes()
    assert rows(twins, 1) != rows(twins, 0)


@settings(max_examples=8)
@given(MADE, TRAININGS)
def test_points_that_nobody_sees_are_inert(spec: Any, training: TrainingSpec):
    more = points(80, replicas=2)
    hidden = weighing(more, more.weights * (more.ids < 60))
    both = [compiled(spec, training, (1, 2), data=one) for one in (taken(more, more.ids < 60), hidden)]
    for learner in both:
        learner.step(15)
    assert torch.equal(both[0].P, both[1].P)


@every_task
def test_how_weights_lie_in_memory_does_not_matter(name: str):
    """A choice of columns, as a session makes it, lies column by column."""
    data = seen_by(points(120, replicas=3, poison=60), 0, 1, 5)
    turned = weighing(data, np.asfortranarray(data.weights))
    spec = spec_of(name, threshold=0.55, weak_noise=0.01)
    both = [compiled(spec, DOWN, (1, 2, 3), data=one) for one in (data, turned)]
    for learner in both:
        learner.step(40)
    assert torch.equal(both[0].P, both[1].P)


def test_slots_of_their_own_are_points_like_others():
    rng = np.random.default_rng(0)
    data = points(60, replicas=3)
    extra = Extra(np.array([99, 7_000]), rng.normal(size=(3, 2, 2)), np.array([[0, -1], [1, -1], [-1, 0]]))
    for name, size in product(TASKS, (9, "full")):
        spec = spec_of(name, unlabelled_batch=size, threshold=0.0)
        together = compiled(spec, DOWN, (1, 1, 1), data=replace(data, extra=extra))
        theirs = make(spec, DOWN, (1, 1, 1), data=replace(data, extra=extra))
        one = compiled(spec, DOWN, (1,), data=replace(data, extra=extra).of(1))
        for learner in (together, theirs, one):
            learner.step(8)
        assert torch.allclose(together.P, theirs.P, atol=1e-4)
        assert torch.equal(together.P[1], one.P[0])


@every_task
def test_who_has_nothing_to_learn_stands_still(name: str):
    data = points(60, replicas=3)
    data.weights[1] = 0
    training = DOWN.model_copy(update={"l2": 0.1})
    learner = compiled(spec_of(name), training, (0, 1, 2), data=data)
    begun = learner.P.clone()
    learner.step(12)
    assert torch.equal(learner.P[1], begun[1])
    assert not (learner.P[::2] == begun[::2]).all(1).any()


@every_task
def test_a_replica_that_diverges_is_seen_and_stays_alone(name: str):
    both = [compiled(spec_of(name), DOWN, (0, 1, 2), data=points(60, replicas=3)) for _ in range(2)]
    both[0].P[1] = np.nan
    for learner in both:
        learner.step(5)
    assert both[0].finite().tolist() == [True, False, True]
    assert torch.equal(both[0].P[::2], both[1].P[::2])
