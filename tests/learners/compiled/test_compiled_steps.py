"""Steps of the compiled program beside those of torch, and what they promise to the bit."""

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
from boundaryviz.learners.specs import FAMILIES, LogisticSpec, MLPSpec, TrainingSpec
from helpers.compiled import compiled, program
from helpers.models import blobs, make, taken, weighing

ACTIVATIONS: Any = ("relu", "tanh", "sigmoid", "gelu", "sine", "linear")
LOSSES = ("cross-entropy", "focal", "generalised", "absolute", "squared", "hinge")
OUTPUTS: Any = ("linear", "tanh")
OPTIMISERS = ("sgd", "momentum", "adam", "adamw")
DOWN: dict[str, Any] = {"optimiser": "sgd", "learning_rate": 1.0}


def twisted(n: int, classes: int = 2, replicas: int = 1, poison: int = 0) -> TrainingData:
    """Points whose weights differ, so that no sum of slopes is 0 but for rounding."""
    data = blobs(n, classes=classes, replicas=replicas, poison=poison)
    return weighing(data, data.weights * np.linspace(0.5, 1.5, n, dtype=np.float32))


def slopes(spec: Any, training: TrainingSpec, classes: int, data: TrainingData, by: Any, dtype: Any = None) -> NDArray:
    """What one step of plain descent takes off, with larger weights than one begins with."""
    learner = make(spec, training, (4, 7), classes, data, dtype)
    learner.step_by(by)
    learner.P *= 2
    before = learner.P.clone()
    learner.step(1)
    return (before - learner.P).double().numpy()


@pytest.mark.parametrize(("loss", "classes"), [*product(LOSSES, (2, 3, 5))])
def test_the_gradient_is_that_of_double_precision(loss: Any, classes: int):
    """Of every activation, with and without dropout, penalties and a squashed output, in batches of odd sizes: as far
    off as torch's in single precision, or a little farther."""
    for at, activation in enumerate(ACTIVATIONS):
        hidden = ((18, 5), (16,), (7, 3, 33), (4,), (20, 16), ())[(at + classes) % 6]
        dropout, output = (0.0, 0.4)[at % 2], OUTPUTS[(at // 2) % 2]
        size: Any = (10, 33, "full", 70)[(at + classes) % 4]
        spec = MLPSpec(hidden=hidden, activation=activation, loss=loss, dropout=dropout, output=output)
        training = TrainingSpec(**DOWN, batch_size=size, l1=0.01 * (at % 2), l2=0.02 * (at % 3))
        data = twisted(90, classes, 2, poison=9)
        exact = slopes(spec, training, classes, data, None, torch.float64)
        theirs, ours = (slopes(spec, training, classes, data, by) for by in (None, program()))
        scale = np.abs(exact).max()
        assert np.abs(ours - exact).max() <= 2e-6 * scale + 2 * np.abs(theirs - exact).max()
        assert scale > 0.01


@pytest.mark.parametrize(("optimiser", "l1", "l2"), [*product(OPTIMISERS, (0.0, 0.01), (0.0, 0.05))])
def test_optimisers_and_penalties(optimiser: Any, l1: float, l2: float):
    """Ten steps from the same weights, against double precision; slots and powers too."""
    training = TrainingSpec(optimiser=optimiser, learning_rate=0.02, l1=l1, l2=l2, momentum=0.8, batch_size=20)
    spec, data = MLPSpec(hidden=(9,), activation="tanh"), twisted(50)
    exact, ours = make(spec, training, data=data, dtype=torch.float64), compiled(spec, training, data=data)
    for learner in (exact, ours):
        learner.step(10)
    there, here = exact.state(), ours.state()
    assert there.keys() == here.keys()
    for name, value in there.items():
        np.testing.assert_allclose(here[name], value, rtol=2e-4, atol=2e-5 * np.abs(value).max(), err_msg=name)


def losses_after(steps: int, spec: Any, training: TrainingSpec, data: TrainingData, classes: int, by: Any) -> NDArray:
    learner = make(spec, training, (1, 2), classes, data)
    learner.step_by(by)
    learner.step(steps)
    return learner.evaluate(data.x, data.label)[0].mean(axis=1)


@pytest.mark.parametrize(("activation", "optimiser"), [*product(ACTIVATIONS, OPTIMISERS)])
def test_after_200_steps_the_loss_is_torch_s(activation: Any, optimiser: Any):
    at = ACTIVATIONS.index(activation) + OPTIMISERS.index(optimiser)
    loss: Any = ("cross-entropy", "focal", "generalised", "squared")[at % 4]
    output, classes = OUTPUTS[loss == "squared"], 2 + at % 2
    spec = MLPSpec(hidden=(8, 5), activation=activation, loss=loss, output=output)
    training, data = TrainingSpec(optimiser=optimiser, batch_size=17), blobs(60, classes=classes, replicas=2)
    given = spec, training, data, classes
    np.testing.assert_allclose(losses_after(200, *given, program()), losses_after(200, *given, None), atol=1e-4)


@pytest.mark.parametrize("size", [12, "full"])
def test_responses_and_smoothed_labels(size: Any):
    data = blobs(40, replicas=2)
    fitted = replace(data, response=np.where(data.label, 1.0, -1.0) * np.linspace(0.1, 0.9, 40))
    for spec, points in ((MLPSpec(loss="squared"), fitted), (LogisticSpec(smoothing=0.2), data)):
        given = spec, TrainingSpec(batch_size=size), points, 2
        np.testing.assert_allclose(losses_after(50, *given, program()), losses_after(50, *given, None), atol=1e-5)


# ---- to the bit ------------------------------------------------------------------------------------------

SPECS = st.builds(
    MLPSpec,
    hidden=st.sampled_from([(), (3,), (16,), (20, 37), (5, 4, 6)]),
    activation=st.sampled_from(ACTIVATIONS),
    loss=st.sampled_from(LOSSES),
    output=st.sampled_from(OUTPUTS),
    dropout=st.sampled_from([0.0, 0.3]),
    features=st.sampled_from([("x", "y"), ("x", "sin_y", "xy")]),
    fourier=st.sampled_from([0, 9]),
)
TRAININGS = st.builds(
    TrainingSpec,
    optimiser=st.sampled_from(OPTIMISERS),
    batch_size=st.sampled_from([1, 7, 16, 33, 70, 500, "full"]),
    l1=st.sampled_from([0.0, 0.01]),
    l2=st.sampled_from([0.0, 0.01]),
)


def told(learner: Any) -> dict[str, bytes]:
    return {name: np.asarray(value).tobytes() for name, value in learner.state().items() if name != "place"}


def row(learner: Any, replica: int) -> bytes:
    state = learner.state()
    return b"".join(state[name][replica].tobytes() for name in state if state[name].ndim == 2 and name != "place")


@settings(max_examples=15)
@given(SPECS, TRAININGS, st.integers(2, 4), st.integers(1, 30))
def test_neither_other_replicas_nor_how_many_steps_a_call_does_nor_a_pause_matter(
    spec: Any, training: TrainingSpec, classes: int, pause: int
):
    data = twisted(80, classes, 4, poison=12)
    given = spec, training, (5, 6, 5, 8), classes
    together = compiled(*given, weighing(data, data.weights * [[1.0], [0.5], [1.0], [2.0]]))
    together.step(40)
    alone = compiled(spec, training, (6,), classes, weighing(data, data.weights[:1] * 0.5))
    for _ in range(40):
        alone.step(1)
    assert row(together, 1) == row(alone, 0)
    assert row(together, 0) == row(together, 2)
    first = compiled(spec, training, (6,), classes, weighing(data, data.weights[:1] * 0.5))
    first.step(pause)
    again = compiled(spec, training, (6,), classes, weighing(data, data.weights[:1] * 0.5))
    again.restore(first.state())
    again.step(40 - pause)
    first.step(40 - pause)
    assert told(again) == told(first) == told(alone)


@pytest.mark.parametrize("by", ["program", "torch"])
def test_who_was_somewhere_else_goes_on_from_there(by: str):
    """Replicas that saw other points, all of them poison, were dealt other batches before they see the same."""
    data = blobs(40, replicas=2, poison=40)
    fewer = np.ones((2, 40), dtype=np.float32)
    fewer[1, 11:] = 0
    some, clean = weighing(data, fewer), replace(data, poison=np.arange(40) >= 20)

    def after(then: TrainingData, *who: int, pause: bool = False) -> NDArray:
        def begun(points: TrainingData) -> Any:
            chosen = weighing(points, points.weights[[*who]])
            learner = make(MLPSpec(hidden=(5,)), TrainingSpec(batch_size=7), (3,) * len(who), data=chosen)
            learner.step_by(program() if by == "program" else None)
            return learner

        learner = begun(some)
        learner.step(9)
        learner.set_data(weighing(then, then.weights[[*who]]))
        if pause:
            other = begun(then)
            other.restore(learner.state())
            learner = other
        learner.step(9)
        return learner.P.numpy()

    for then in (data, clean):
        assert np.array_equal(after(then, 0, 1), after(then, 0, 1, pause=True))
    if by == "program":
        assert np.array_equal(after(data, 0, 1), np.concatenate([after(data, 0), after(data, 1)]))


@settings(max_examples=15)
@given(SPECS, TRAININGS, st.lists(st.booleans(), min_size=12, max_size=12))
def test_a_twin_whose_poison_is_off_is_the_run_without_it(spec: Any, training: TrainingSpec, seen: list[bool]):
    data = blobs(80, replicas=3, poison=12)
    weights = np.ones((3, 80), dtype=np.float32)
    weights[0, data.poison], weights[2, data.poison] = 0.0, seen
    twins = compiled(spec, training, (3, 3, 3), data=weighing(data, weights))
    alone = compiled(spec, training, (3,), data=taken(weighing(data, weights[:1]), ~data.poison))
    own = compiled(spec, training, (3,), data=weighing(data, weights[2:]))
    for learner in (twins, alone, own):
        learner.step(25)
    assert row(twins, 0) == row(alone, 0)
    assert row(twins, 2) == row(own, 0)
    assert row(twins, 1) != row(twins, 0)


def test_slots_of_their_own_are_points_like_others():
    rng = np.random.default_rng(0)
    data = blobs(60, replicas=3)
    extra = Extra(np.array([99, 7_000]), rng.normal(size=(3, 2, 2)), np.array([[0, 1], [1, 1], [-1, 0]]))
    sizes: Any = (9, "full")
    for size, dropout in product(sizes, (0.0, 0.4)):
        spec, training = MLPSpec(hidden=(6,), dropout=dropout), TrainingSpec(batch_size=size)
        together = compiled(spec, training, (1, 1, 1), data=replace(data, extra=extra))
        together.step(30)
        theirs = make(spec, training, (1, 1, 1), data=replace(data, extra=extra))
        theirs.step(30)
        assert torch.allclose(together.P, theirs.P, atol=2e-5)
        one = compiled(spec, training, (1,), data=replace(data, extra=extra).of(1))
        one.step(30)
        assert row(together, 1) == row(one, 0)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_who_has_nothing_to_learn_stands_still(optimiser: Any):
    data = blobs(40, replicas=3)
    weights = np.ones((3, 40), dtype=np.float32)
    weights[1] = 0
    training = TrainingSpec(optimiser=optimiser, l2=0.1, batch_size=16)
    learner = compiled(MLPSpec(), training, (0, 1, 2), data=weighing(data, weights))
    begun = learner.P.clone()
    learner.step(30)
    assert torch.equal(learner.P[1], begun[1])
    assert not (learner.P[::2] == begun[::2]).all(1).any()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_replica_that_diverges_is_seen_and_stays_alone(activation: Any):
    data = blobs(40, replicas=2)
    data.x[0] = 1e30
    weights = np.ones((2, 40), dtype=np.float32)
    weights[1, 0] = 0
    spec = MLPSpec(activation=activation, loss="squared")
    training = TrainingSpec(optimiser="sgd", learning_rate=0.01, batch_size="full")
    learner = compiled(spec, training, (0, 0), data=weighing(data, weights))
    learner.step(2)
    learner.P[0] *= np.inf
    learner.step(5)
    assert learner.finite().tolist() == [False, True]
    assert np.isnan(learner.probabilities(data.x[1:])[0]).all()


def test_steps_of_torch_and_of_the_program_follow_each_other():
    """Robust training and clipping are torch's, on the same parameters, in the same order of points."""
    data = blobs(70, replicas=2, poison=6)
    spec, training = MLPSpec(hidden=(8,)), TrainingSpec(batch_size=16)
    robust, clipped = spec.model_copy(update={"robust": "noise"}), training.model_copy(update={"clip": 0.05})
    mixed, plain = compiled(spec, training, (1, 2), data=data), make(spec, training, (1, 2), data=data)
    for change in ((spec, training), (robust, training), (spec, clipped), (spec, training)):
        for learner in (mixed, plain):
            learner.set_training(*change)
            learner.step(7)
        assert torch.allclose(mixed.P, plain.P, atol=1e-5)
        assert mixed.state()["place"].tolist() == plain.state()["place"].tolist()
    mixed.step_by(None)
    for learner in (mixed, plain):
        learner.step(7)
    assert torch.allclose(mixed.P, plain.P, atol=1e-5)


def test_a_learner_in_double_precision_stays_with_torch():
    both = [make(MLPSpec(), data=blobs(40), dtype=torch.float64) for _ in range(2)]
    both[0].step_by(program())
    for learner in both:
        learner.step(9)
    assert torch.equal(both[0].P, both[1].P)


def test_who_is_not_compiled_is_told_why():
    assert "only nets" in FAMILIES["SVC"].spec().uncompiled(2, 2, "adam")
    for spec in (MLPSpec(hidden=(256,) * 6), LogisticSpec(fourier=256)):
        assert spec.uncompiled(784, 10, "sgd") == ""
        assert "5,000" in spec.uncompiled(5000 - 2 * spec.fourier, 10, "sgd")
