"""What holds of every case: whatever differs, the poison did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.cases import Case, measured, thought
from boundaryviz.engine.replicas import CLEAN, Replicas
from boundaryviz.runs.run import Run
from boundaryviz.scene.scene import UNLABELLED, Domain, Points, Scene

PROPERTIES: dict[str, Callable[[Case], None]] = {}


def _property(found: Callable[[Case], None]) -> Callable[[Case], None]:
    PROPERTIES[found.__name__] = found
    return found


def _equal(a: NDArray, b: NDArray, why: str) -> None:
    """To the bit. Raises AssertionError that says how far apart they are."""
    if not np.array_equal(a, b, equal_nan=True):
        raise AssertionError(f"{why}: they differ by {np.nanmax(np.abs(a - b)):.3g}")


def _close(a: NDArray, b: NDArray, why: str, most: float = 1e-5) -> None:
    """To rounding: other shapes are summed in another order. Raises AssertionError that says how far apart they are."""
    if not np.allclose(a, b, rtol=most, atol=most, equal_nan=True):
        raise AssertionError(f"{why}: they differ by {np.nanmax(np.abs(a - b)):.3g}")


@_property
def the_clean_twin_never_heard_of_the_poison(case: Case) -> None:
    k = len(case.seeds)
    without = case.run(case.base, twin=True)
    _equal(thought(case.twins, case.places)[:k], thought(without, case.places)[:k], "clean twin and no poison")
    _close(measured(case.twins)[:k], measured(without)[:k], "its curves", 1e-6)


@_property
def the_poisoned_model_is_the_same_without_a_twin(case: Case) -> None:
    k = len(case.seeds)
    alone = case.run(case.scene, replicas=case.twice)
    _equal(thought(case.twins, case.places)[k:], thought(alone, case.places)[k:], "with and without a twin")
    _close(measured(case.twins)[k:], measured(alone)[k:], "its curves", 1e-6)


@_property
def the_order_of_points_changes_nothing(case: Case) -> None:
    points = case.scene.points
    order = np.random.default_rng(len(points)).permutation(len(points))
    other = case.run(case.scene.with_points(points.take(order)), twin=True)
    _equal(thought(case.twins, case.places), thought(other, case.places), "in another order")
    _close(measured(case.twins), measured(other), "its curves", 1e-6)


@_property
def other_seeds_and_doses_beside_change_nothing(case: Case) -> None:
    k = len(case.seeds)
    groups = (*case.twins.replicas.groups, CLEAN, None, frozenset({1}))
    more = Replicas((*case.twins.replicas.seeds, 7, 8, 9), groups)
    beside = case.run(case.scene, replicas=more)
    _close(thought(case.twins, case.places), thought(beside, case.places)[: 2 * k], "beside others")


@_property
def unlabelled_poison_is_nothing_to_a_supervised_learner(case: Case) -> None:
    if not case.learner.family.supervised:
        return
    scene = case.scene
    far = Points.of([[0.25, 0.25], [900.0, -900.0]], UNLABELLED, 0, 1, scene.points.next_id)
    more = replace(scene, points=Points.join(scene.points, scene.completed(far)))
    _equal(thought(case.twins, case.places), thought(case.run(more, twin=True), case.places), "with unlabelled poison")


@_property
def a_single_run_is_the_same_as_among_others(case: Case) -> None:
    alone = case.run(case.scene)
    k = len(case.seeds)
    _close(thought(case.twins, case.places)[k:], thought(alone, case.places), "alone and among others")


@_property
def poison_that_is_switched_off_is_nothing(case: Case) -> None:
    k = len(case.seeds)
    off = thought(case.run(replace(case.scene, poison_on=False), twin=True), case.places)
    _equal(off[:k], off[k:], "twins without poison that acts")
    _equal(off[:k], thought(case.twins, case.places)[:k], "clean twins whether or not poison acts")


@_property
def a_batch_of_all_points_is_the_full_batch(case: Case) -> None:
    if case.learner.family.at_once:
        return
    hidden = {"unlabelled_batch": "full"} if "unlabelled_batch" in type(case.learner).model_fields else {}
    points = case.scene.points.take(case.scene.points.is_train & ~case.scene.points.muted)
    many = [
        max(int((some & ~points.is_poison).sum()) or int(some.sum()), 1)  # poison is dealt out where it is alone
        for some in (points.is_labelled, ~points.is_labelled)
    ]
    whole = replace(case, learner=case.learner.model_copy(update=hidden), batch="full")
    numbered = replace(case, learner=case.learner.model_copy(update=dict.fromkeys(hidden, many[1])), batch=many[0])
    _equal(thought(whole.twins, case.places), thought(numbered.twins, case.places), "'full' and as many as there are")


@_property
def it_goes_on_from_a_state_as_it_would_have(case: Case) -> None:
    half = replace(case, steps=case.steps // 2)
    session = half.run(case.scene, twin=True)
    state = session.state()
    fresh = half.run(case.scene, twin=True)
    fresh.step(2)
    fresh.restore(state)
    for one in (session, fresh):
        one.step(case.steps - half.steps)
    _equal(thought(session, case.places), thought(fresh, case.places), "going on and going on from a state")
    _equal(thought(session, case.places), thought(case.twins, case.places), "steps in two parts")


@_property
def being_looked_at_changes_nothing(case: Case) -> None:
    session = replace(case, steps=0).run(case.scene, twin=True)
    session.watch()
    for _ in range(case.steps):
        session.evaluate()
        session.twins(8)
        session.predicted(1)
        session.field(case.base.domain, 16, 16, quick=True)
        session.step()
    _equal(thought(session, case.places), thought(case.twins, case.places), "asked and left alone")


@_property
def what_is_asked_beside_changes_no_decision(case: Case) -> None:
    learner = case.twins.learner
    together = learner.predict(case.places)
    for some in (slice(0, 1), slice(3, 40, 7), slice(60, None)):
        one_by_one = learner.predict(case.places[some])
        _equal(one_by_one, together[:, some], "alone and among other places")


@_property
def an_edit_and_its_undo_are_nothing_to_what_is_fitted_at_once(case: Case) -> None:
    session = replace(case, steps=1).run(case.scene, twin=True)
    if not session.settled:
        return
    points = case.scene.points
    some = np.arange(len(points)) % 5 == 0
    edits = (
        points.with_columns(xy=points.xy + some[:, None] * 2.0)
        if points.inputs is None
        else points.with_columns(inputs=points.x + some[:, None] * 2.0),
        points.with_columns(muted=points.muted ^ some),
        points.with_columns(label=np.where(some, UNLABELLED, points.label)),
        points.take(~some),
    )
    for edited in edits:
        session.set_scene(case.scene.with_points(edited))
        session.step()
        session.set_scene(case.scene)
        session.step()
        _equal(thought(session, case.places), thought(case.twins, case.places), "out and back again")


@_property
def a_point_of_ones_own_is_like_one_of_the_scene(case: Case) -> None:
    places = np.array([[0.25, 0.5], [-1.0, 0.125]])
    label = case.recipe.seed % 2 * 2 - 1  # unlabelled for every other one
    own = case.run(case.base, replicas=Replicas.effect_map(case.base, places, label, seed=case.seeds[0]))
    seed, ids = case.seeds[0], case.base.points.next_id
    for k, place in enumerate(places):
        planted = Points.of([place], label, 0, 1, ids)
        scene = replace(case.base, points=Points.join(case.base.points, case.base.completed(planted)))
        beside = case.run(scene, replicas=Replicas((seed,) * 3, (CLEAN, None, None)))
        _close(thought(beside, case.places)[0], thought(own, case.places)[0], "without it")
        _close(thought(beside, case.places)[1], thought(own, case.places)[1 + k], "with it")


@_property
def the_chain_of_labels_never_heard_of_others(case: Case) -> None:
    if case.learner.family.cascade is None:
        return
    n = len(case.base.points)
    watched = [replace(case, steps=0).run(scene, twin=True) for scene in (case.scene, case.base)]
    for one in watched:
        one._watched = 0
        one.cascades.watch(0, 0)
        one.step(case.steps)
    a, b = (one.cascade(0) for one in watched)
    assert a is not None and b is not None, "no chain"
    for name in ("when", "before", "label", "seed"):
        _equal(getattr(a, name)[:n], getattr(b, name)[:n], f"the clean twin's chain, {name}")


FAR = 2.0**30
"""How far everything is shifted: coordinates that are multiples of `EXACT` stay exact."""


def shifted(scene: Scene, by: float) -> Scene:
    """The scene with all its coordinates, its domain and its section that much larger."""
    points, d = scene.points, scene.domain
    if scene.section is None:
        domain = Domain(d.left + by, d.right + by, d.bottom + by, d.top + by)
        return replace(scene, points=points.with_columns(xy=points.xy + by), domain=domain)
    section = scene.section
    moved = replace(section, origin=section.origin + by, low=section.low + by, high=section.high + by)
    return replace(scene, points=points.with_columns(inputs=points.x + by), section=moved)


@_property
def a_shift_of_everything_changes_nothing(case: Case) -> None:
    fields = type(case.learner).model_fields
    if "input_scale" in fields:
        case = replace(case, learner=case.learner.model_copy(update={"input_scale": "domain"}))
    if case.learner.bound_to_origin:
        return
    away = case.run(shifted(case.scene, FAR), twin=True)
    places = case.places[: 64 * (len(case.places) // 128)]
    here, there = (thought(one, x) for one, x in ((case.twins, places), (away, places + FAR)))
    _close(here, there, "here and far away")


@_property
def a_model_that_diverged_counts_in_nothing(case: Case) -> None:
    k = len(case.seeds)
    session = case.run(case.scene, twin=True, seeds=(*case.seeds, 7))
    before, compared = thought(session, case.places), session.twins(8)
    learner: Any = session.learner
    if not hasattr(learner, "P"):
        return
    learner.P[k] = np.nan  # the clean twin of the last seed
    if learner.asked[0].data_ptr() != learner.P.data_ptr():
        learner.teacher[k] = np.nan
    session.step(session.scenario.training.evaluate_every)
    assert session.diverged.tolist() == [*[False] * k, True, *[False] * (k + 1)], session.diverged
    assert (learner.predict(case.places, k) == -1).all(), "its class"
    assert np.isfinite(before).all() and compared.diverged.sum() == 0
    found = Run(session)
    row = found.clean
    assert all(np.isnan(metric.per_seed[k]) for metric in row.values()), f"its measures: {row}"
    assert found.left_out == 1


@_property
def the_quick_field_decides_as_the_exact_one(case: Case) -> None:
    rect = case.base.domain
    for replica in range(len(case.twins.replicas)):
        exact_, quick = (case.twins.field(rect, 64, 64, replica, quick=quick) for quick in (False, True))
        if exact_.ndim == 3:
            a, b = (np.where(np.isnan(f).any(axis=0), -1, f.argmax(axis=0)) for f in (exact_, quick))
        else:
            a, b = (np.where(np.isnan(f), -1, f > 0.5) for f in (exact_, quick))
        wrong = int((a != b).sum())
        assert wrong == 0, f"{wrong} of {a.size} cells"
