"""The loop of the semi-supervised nets: what it keeps from step to step, and what it hands to the objectives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES
from boundaryviz.engine.session import Session
from boundaryviz.learners.families.semi_supervised import (
    FlexMatchSpec,
    ICTSpec,
    MeanTeacherSpec,
    MixMatchSpec,
    PiModelSpec,
    TemporalEnsemblingSpec,
    UnlabelledSpec,
    VATSpec,
)
from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.method import StepContext
from boundaryviz.learners.methods import METHODS
from boundaryviz.learners.specs import FAMILIES, MLPSpec, TrainingSpec
from boundaryviz.scenario.scenario import Scenario
from helpers.models import DOMAIN, blobs, budgeted, make, taken, thought

SMALL: dict[str, Any] = {"hidden": (6,), "activation": "tanh", "unlabelled_batch": "full"}
SEMI_SUPERVISED = {name: one.spec for name, one in FAMILIES.items() if issubclass(one.spec, UnlabelledSpec)}
every_method = pytest.mark.parametrize("name", SEMI_SUPERVISED)


def made(spec: Any, n: int = 30, seeds: tuple[int, ...] = (0,), **training: Any) -> Any:
    settings = TrainingSpec(batch_size="full", **training)
    return make(spec, settings, seeds, 2, budgeted(spec, blobs(n, replicas=len(seeds))), torch.float64)


def softmax(z: NDArray) -> NDArray:
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def context_of(learner: Any) -> StepContext:
    """The clean round of the step to come."""
    some = slice(0, 1)
    context: StepContext = learner._context(some, learner._batches()[0], some, torch.ones((), dtype=torch.float64))
    return context


# ---- whatever the method --------------------------------------------------------------------------------


@every_method
def test_without_unlabelled_points_it_learns_from_its_labels(name: str):
    spec = SEMI_SUPERVISED[name](**SMALL)
    learner = make(spec, TrainingSpec(), data=blobs(60))
    learner.step(150)
    data = blobs(60)
    assert (learner.predict(data.x)[0] == data.label).mean() > 0.85


@every_method
def test_unlabelled_points_alone_teach_nothing(name: str):
    spec = SEMI_SUPERVISED[name](**SMALL)
    data = budgeted(spec, blobs(30))
    learner = make(spec, TrainingSpec(), data=taken(data, data.label < 0))
    before = thought(learner)
    learner.step(3)
    assert not learner.can_train
    assert np.array_equal(thought(learner), before)


@every_method
def test_what_pushes_points_about_is_named_and_labelled_points_are_never_pushed_further(name: str):
    """A length that is no expert's is such a push; the circles about the pointer are drawn of those named."""
    spec: Any = FAMILIES[name].spec()
    fields: dict[str, Any] = {field: plan.json_schema_extra for field, plan in type(spec).model_fields.items()}
    forms = [(field, extra["form"]) for field, extra in fields.items() if extra]
    lengths = {field for field, form in forms if form["unit"] == "input units" and not form["advanced"]}
    assert set(spec.JITTERS) == lengths
    assert spec.labelled_jitter in (0.0, *(getattr(spec, field) for field in spec.JITTERS[:1]))


@every_method
def test_weight_and_ramp_apply_live(name: str):
    """With weight 0, or before the ramp has risen, the unlabelled points have no say in the step to come."""
    settings = SMALL | ({"threshold": 0.5} if "threshold" in SEMI_SUPERVISED[name].model_fields else {})
    family: Any = SEMI_SUPERVISED[name]
    silent, rising, full = family(**settings, weight=0.0), family(**settings, ramp_up=10), family(**settings, ramp_up=0)
    learners = [made(spec, optimiser="sgd", learning_rate=0.1) for spec in (silent, rising, full)]
    moved = budgeted(full, blobs(30))
    moved.x[moved.label < 0] += 0.7
    others = [made(spec, optimiser="sgd", learning_rate=0.1) for spec in (silent, rising, full)]
    for other in others:
        other.set_data(moved)
    for one in learners + others:
        one.step(1)
    if name != "mixmatch":  # which mixes labelled points with unlabelled ones
        assert torch.equal(learners[0].P, others[0].P)
        assert torch.equal(learners[1].P, others[1].P)
    for one in learners + others:
        one.set_training(full, TrainingSpec(batch_size="full", optimiser="sgd", learning_rate=0.1))
        one.step(10)
    assert all(not torch.equal(a.P, b.P) for a, b in zip(learners, others, strict=True))


@every_method
def test_a_diverged_replica_leaves_the_others_alone(name: str):
    spec = SEMI_SUPERVISED[name](**SMALL)
    learner, untouched = (made(spec, seeds=(0, 1, 2)) for _ in range(2))
    learner.P[1] = np.nan
    for one in (learner, untouched):
        one.step(5)
    assert learner.finite().tolist() == [True, False, True]
    assert np.array_equal(thought(learner)[[0, 2]], thought(untouched)[[0, 2]])


def test_a_net_sees_places_as_the_plane_does():
    spec = MLPSpec(features=("xy", "sin_y", "x", "y2", "x2", "y", "sin_x"), fourier=3)
    features = FeatureMap(spec)
    xy = np.random.default_rng(0).uniform(-2, 2, (9, 2))
    of_tensor = features.of_tensor(torch.from_numpy(xy.T.copy())[None])[0].numpy()
    np.testing.assert_allclose(of_tensor, features(xy), rtol=1e-12, atol=1e-12)


def test_twins_share_jitters_and_poison_shifts_none():
    spec = PiModelSpec(**SMALL)
    plain = make(spec, TrainingSpec(), (4, 7, 4), data=budgeted(spec, blobs(60, replicas=3)))
    poisoned = make(spec, TrainingSpec(), (4, 7, 4), data=budgeted(spec, blobs(60, replicas=3)))
    more = budgeted(spec, blobs(80, replicas=3, poison=20))
    poisoned.set_data(taken(more, more.poison | (more.ids < 60)))
    a, b = plain._batches(), poisoned._batches()
    assert (len(a), len(b)) == (1, 2)
    assert torch.equal(a[0].unlabelled.noise, b[0].unlabelled.noise)
    assert torch.equal(a[0].labelled.noise, b[0].labelled.noise)
    noise = a[0].unlabelled.noise
    assert torch.equal(noise[0], noise[2])
    assert not torch.equal(noise[0], noise[1])
    plain.step(1)
    assert not torch.equal(noise, plain._batches()[0].unlabelled.noise)


# ---- teachers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", [MeanTeacherSpec(**SMALL, teacher_decay=0.6), ICTSpec(**SMALL, teacher_decay=0.6)])
def test_the_teacher_is_the_average_in_closed_form(spec: Any):
    """A mean of the nets while 1 - 1/t is below the decay a; then each counts (1 - a) a^age, and that mean the rest."""
    learner = made(spec)
    nets = []
    for _ in range(12):
        learner.step(1)
        nets.append(learner.P.clone())
    a, first = 0.6, 2  # the mean of t nets keeps 1 - 1/t, which is above 0.6 from the third on
    expected = torch.stack(nets[:first]).mean(0) * a ** (len(nets) - first)
    expected += (1 - a) * sum(a ** (len(nets) - 1 - t) * nets[t] for t in range(first, len(nets)))
    torch.testing.assert_close(learner.teacher, expected)


@pytest.mark.parametrize("spec", [MeanTeacherSpec(**SMALL), ICTSpec(**SMALL)])
def test_the_teacher_is_what_is_shown_and_the_student_what_is_trained(spec: Any):
    learner = made(spec)
    learner.step(5)
    shown = learner.probabilities(DOMAIN.grid(5, 5))
    learner.P += 1.0
    assert np.array_equal(learner.probabilities(DOMAIN.grid(5, 5)), shown)
    learner.teacher += 0.5
    assert not np.array_equal(learner.probabilities(DOMAIN.grid(5, 5)), shown)


def test_a_mean_teacher_s_student_is_pulled_and_its_teacher_is_not():
    """Where one compares the teacher with itself, the gradient is 0; where the teacher is in the graph, it is moved."""
    learner = made(MeanTeacherSpec(**SMALL))
    learner.step(3)
    learner.teacher.requires_grad_()
    params, _ = learner._net(slice(0, 1))
    context = context_of(learner)
    loss = learner.method.unlabelled(context, context.batch.unlabelled).sum()
    pulls = torch.autograd.grad(loss, [*params, learner.teacher], allow_unused=True)
    assert max(float(g.abs().max()) for g in pulls[:-1]) > 1e-5
    assert pulls[-1] is None
    own = context.student(context.batch.unlabelled.jittered(0.1)).detach()
    others = context.teacher(context.batch.unlabelled.jittered(0.1, 1)).detach()
    assert (own - others).abs().max() > 1e-3


# ---- what is remembered of points -----------------------------------------------------------------------


def test_temporal_ensembles_are_corrected_averages_that_follow_their_points():
    spec = TemporalEnsemblingSpec(**SMALL, ensemble_decay=0.6, weak_noise=0.0, weight=0.0)
    learner = made(spec, optimiser="sgd", learning_rate=0.5)
    data = budgeted(spec, blobs(30))
    hidden = data.label < 0
    seen = []
    for _ in range(4):
        seen.append(learner.probabilities(data.x[hidden])[0])
        learner.step(1)
    z = np.zeros_like(seen[0])
    for p in seen:
        z = 0.6 * z + 0.4 * p
    memory = learner.method.memory[0][0]
    np.testing.assert_allclose(memory[:2, :-1][:, hidden], z, rtol=1e-5)
    np.testing.assert_allclose(memory[2, :-1][hidden], 1 - 0.6**4)
    assert not memory[:, :-1][:, ~hidden].any()
    order = np.random.default_rng(0).permutation(30)[:20]
    learner.set_data(taken(data, order))
    kept = learner.method.memory[0][0, :, :-1]
    torch.testing.assert_close(kept, memory[:, :-1][:, order])


def test_temporal_ensembling_teaches_from_the_second_sight_on():
    spec = TemporalEnsemblingSpec(**SMALL)
    learner = made(spec)
    first = context_of(learner)
    assert float(learner.method.unlabelled(first, first.batch.unlabelled).detach()) == 0.0
    learner.step(1)
    then = context_of(learner)
    assert float(learner.method.unlabelled(then, then.batch.unlabelled).detach()) > 0.0


def test_flexmatch_remembers_the_last_confident_class():
    spec = FlexMatchSpec(**SMALL, threshold=0.9)
    learner = made(spec, learning_rate=0.05)
    assert (learner.method.memory[0] == -1).all()
    learner.step(60)
    data = budgeted(spec, blobs(30))
    p, chosen = learner.probabilities(data.x)[0], learner.method.memory[0][0, :-1].numpy()
    sure = (p.max(0) > 0.97) & (data.label < 0)
    assert sure.sum() > 5
    assert np.array_equal(chosen[sure], p.argmax(0)[sure])
    assert (chosen[data.label >= 0] == -1).all()


# ---- MixMatch, said in numpy ----------------------------------------------------------------------------


def test_mixmatch_as_numpy_says_it():
    spec = MixMatchSpec(**SMALL, weight=7.0, weak_noise=0.2, ramp_up=0)
    learner = made(spec)
    learner.step(2)
    context = context_of(learner)
    lab, unl = context.batch.labelled, context.batch.unlabelled
    assert lab is not None
    assert unl is not None

    def answer(x: NDArray) -> NDArray:
        with torch.no_grad():
            return softmax(context.student(torch.from_numpy(x)).numpy())

    def places(part: Any, k: int) -> NDArray:
        return (part.x + 0.2 * part.noise[:, 2 * k : 2 * k + 2]).numpy()

    mean = (answer(places(unl, 0)) + answer(places(unl, 1))) / 2
    guess = mean**2 / (mean**2).sum(1, keepdims=True)
    x = np.concatenate([places(lab, 0), places(unl, 0), places(unl, 1)], 2)[0]
    q = np.concatenate([lab.q.numpy(), guess, guess], 2)[0]
    weight = np.concatenate([p.weight.numpy() for p in (lab, unl, unl)], 2)[0, 0]
    partners = np.concatenate([lab.partner[0, 0], unl.partner[0, 0], unl.partner[0, 1]])
    share = np.concatenate([lab.share[0, 0], unl.share[0, 0], unl.share[0, 1]])
    assert partners.max() < x.shape[1]
    assert set(partners.tolist()) & set(range(lab.x.shape[2]))  # some are mixed with labelled points
    share = np.maximum(share, 1 - share)
    partners = np.where(weight[partners] > 0, partners, np.arange(len(partners)))
    x, q = (share * a + (1 - share) * a[:, partners] for a in (x, q))
    p, cut = answer(x[None])[0], lab.x.shape[2]
    supervised = (-(q * np.log(p)).sum(0) * weight)[:cut].sum()
    unlabelled = (((p - q) ** 2).mean(0) * weight)[cut:].sum() / 2
    assert float(learner.method.losses([context])[0].detach()) == pytest.approx(supervised + 7.0 * unlabelled, rel=1e-9)


# ---- how well they learn --------------------------------------------------------------------------------


def moons(name: str, data_seed: int = 0, **settings: Any) -> Scenario:
    return Scenario.parse(
        {
            "data": {"name": "moons", "n": 1000, "noise": 0.08, "labels_per_class": 3, "seed": data_seed},
            "learner": {"name": name, **settings},
            "training": {"learning_rate": 0.003, "evaluate_every": 1000},
        }
    )


def errors(scenario: Scenario, seeds: int, steps: int = 2000) -> NDArray[np.float64]:
    run = Session(scenario, seeds=range(seeds), device="cpu")
    run.step(steps)
    return run.evaluate()[:, CURVES.index("test_error")]


def test_vat_finds_the_moons():
    assert errors(moons("vat"), 1, 700).max() <= 0.01


@pytest.mark.slow
def test_jitter_of_half_the_gap_and_more_smears_the_moons_together():
    """The moons are 0.5 apart: what is jittered by much less keeps to its own, what is jittered by more does not."""
    easy = {"data.n": 500, "data.noise": 0.06}
    near, far = (errors(moons("pi-model", weak_noise=size).with_values(easy), 2, 500) for size in (0.08, 0.4))
    assert near.max() < 0.02
    assert far.min() > 0.1


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "most"), [("vat", 0.01), ("fixmatch", 0.06), ("flexmatch", 0.06), ("uda", 0.06), ("pi-model", 0.06)]
)
def test_eight_seeds_find_the_moons(name: str, most: float):
    assert errors(moons(name), 8).mean() <= most


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["vat", "pi-model", "mean-teacher", "temporal-ensembling", "flexmatch", "uda"])
def test_unlabelled_points_halve_the_supervised_error(name: str):
    """Over four draws of data and labels, two seeds each: which points are labelled matters more than the seed."""
    drawn = range(4)
    supervised = [errors(moons("mlp", d, hidden=[64, 64], activation="relu"), 2).mean() for d in drawn]
    assert np.mean([errors(moons(name, d), 2).mean() for d in drawn]) <= 0.5 * np.mean(supervised)


def test_every_method_has_a_step_and_a_probe_that_rounding_leaves_alone():
    assert set(SEMI_SUPERVISED) == set(METHODS)
    assert VATSpec.model_fields["xi"].default >= 1e-3  # below, single precision drowns the probe
