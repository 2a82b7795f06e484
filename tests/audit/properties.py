"""What holds of every case: whatever differs, the poison did."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.cases import EXACT, Case, measured, thought
from boundaryviz.attacks.placement import check
from boundaryviz.engine.judging import DefenceError
from boundaryviz.engine.replicas import CLEAN, Replicas
from boundaryviz.learners.families.estimators import KNeighborsClassifierSpec
from boundaryviz.learners.families.graphs import PathSpec
from boundaryviz.runs.run import Run
from boundaryviz.scene.scene import UNLABELLED, Domain, Points, Scene
from boundaryviz.studies.doses import PoisonedScene, counted
from boundaryviz.tables.tables import read_table, write_table

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
def the_clean_twin_of_a_defended_run_never_heard_of_the_poison(case: Case) -> None:
    scenario, k = case.defended, len(case.seeds)
    try:
        twins = case.run(case.scene, twin=True, scenario=scenario)
        without = case.run(case.base, twin=True, scenario=scenario)
    except DefenceError:  # too few points to judge by, or nothing would be left
        return
    judged, alone = twins.defending.judged, without.defending.judged
    assert judged is not None
    assert alone is not None
    for one, other in zip(judged[:k], alone[:k], strict=True):
        assert one.ids.tolist() == other.ids.tolist(), f"{case.defence} is shown others"
        _equal(one.weights, other.weights, f"{case.defence} and no poison")
        _equal(one.scores, other.scores, f"{case.defence} and no poison, scores")
    _equal(thought(twins, case.places)[:k], thought(without, case.places)[:k], f"defended by {case.defence}")
    _close(measured(twins)[:k], measured(without)[:k], "its curves", 1e-6)


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
    _close(off[:k], off[k:], "twins without poison that acts", 1e-6)  # the last row ends in what fills no vector
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
    if case.learner.family.self_supervised:  # labels are nothing to it
        many[0] = int((~points.is_poison).sum()) or len(points) or 1
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
    assert a is not None, "no chain"
    assert b is not None, "no chain without the poison"
    for name in ("when", "before", "label", "seed"):
        _equal(getattr(a, name)[:n], getattr(b, name)[:n], f"the clean twin's chain, {name}")


NEAR, FAR = (4.0, 0.0), (2.0**30, -(2.0**29))
"""How far everything is shifted along the axes, by turns: coordinates that are multiples of `EXACT` stay exact."""


def shift(inputs: int, by: tuple[float, float]) -> NDArray[np.float64]:
    """The shift of each input, (D,)."""
    return np.resize(by, inputs)


def shifted(scene: Scene, by: NDArray[np.float64]) -> Scene:
    """The scene with all its coordinates, its domain and its section that much larger, `by` (D,)."""
    points, d = scene.points, scene.domain
    if scene.section is None:
        x, y = by.tolist()
        domain = Domain(d.left + x, d.right + x, d.bottom + y, d.top + y)
        return replace(scene, points=points.with_columns(xy=points.xy + by), domain=domain)
    section = scene.section
    moved = replace(section, origin=section.origin + by, low=section.low + by, high=section.high + by)
    return replace(scene, points=points.with_columns(inputs=points.x + by), section=moved)


@_property
def a_shift_of_everything_changes_nothing(case: Case) -> None:
    if case.learner.bound_to_origin:
        case = replace(case, scale="domain")
    places = case.places[: 64 * (len(case.places) // 128)]
    here = thought(case.twins, places)
    for by in (shift(case.recipe.inputs, one) for one in (NEAR, FAR)):
        away = case.run(shifted(case.scene, by), twin=True)
        _close(here, thought(away, places + by), f"here and shifted by {by.tolist()}")


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
    session.step()  # and no evaluation
    assert session.diverged.tolist() == [*[False] * k, True, *[False] * (k + 1)], session.diverged
    assert (learner.predict(case.places, k) == -1).all(), "its class"
    assert np.isfinite(before).all()
    assert not compared.diverged.any()
    found = Run(session)
    row = found.clean
    assert all(np.isnan(metric.per_seed[k]) for metric in row.values()), f"its measures: {row}"
    assert found.left_out == 1


def finished(work: Generator[None, None, NDArray]) -> NDArray:
    """What comes of work in parts."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return np.asarray(done.value)


def decisions(field: NDArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """What a field decides, -1 where nothing, and where two of more than two classes have the same probability."""
    if field.ndim == 2:
        return np.where(np.isnan(field), -1, field > 0.5), np.zeros(field.shape, dtype=bool)
    two = np.sort(field, axis=0)[-2:]
    return np.where(np.isnan(field).any(axis=0), -1, field.argmax(axis=0)), two[0] == two[1]


@_property
def the_field_that_stands_decides_as_the_model(case: Case) -> None:
    """Cell by cell; the quick one, which moves with a drag, on all but a few cells."""
    session, rect = case.twins, case.base.domain
    for replica in range(len(session.replicas)):
        places = case.base.embed(rect.grid(64, 64))
        true = session.learner.predict(places, replica).reshape(64, 64)
        seed, clean = replica % len(case.seeds), replica < len(case.seeds)
        _equal(Run(session).predict(places, seed, clean), true.ravel(), "a run and its session")
        fields = {
            "exact": (session.field(rect, 64, 64, replica), 0),
            "standing": (finished(session.field_in_parts(rect, 64, 64, replica)), 0),
            "quick": (session.field(rect, 64, 64, replica, quick=True), 40),
        }
        for name, (field, most) in fields.items():
            shown, tied = decisions(field)
            wrong = int(((shown != true) & ~tied).sum())
            assert wrong <= most, f"{wrong} of {true.size} cells of the {name} field"


ISLAND = 60.0
"""Where along both axes the points lie that nothing reaches from the plane shown."""


def with_island(scene: Scene) -> Scene:
    """With unlabelled clean points far out, more of them than anybody has neighbours."""
    xy = ISLAND + EXACT * np.arange(1, 41)[:, None] * (2.0**14, -(2.0**15))
    fresh = Points.of(xy, first_id=scene.points.next_id)
    return replace(scene, points=Points.join(scene.points, scene.completed(fresh)))


@_property
def a_point_that_cannot_be_felt_changes_nothing(case: Case) -> None:
    """Poison on an island, from which no edge and no kernel leads to where the models are compared."""
    if not isinstance(case.learner, PathSpec | KNeighborsClassifierSpec) or case.recipe.inputs != 2:
        return
    joined = case.learner.joined if isinstance(case.learner, PathSpec) else None
    if joined and (case.base.seen() & case.base.points.is_train).sum() <= joined[0]:
        return  # so few that each has neighbours on the island
    scene = with_island(case.base)
    far = Points.of([[ISLAND, ISLAND]], UNLABELLED, 0, 1, scene.points.next_id)
    reached = replace(scene, points=Points.join(scene.points, far))
    twins = thought(case.run(reached, twin=True), case.places)
    k = len(case.seeds)
    _close(twins[:k], twins[k:], "with a point far away", 1e-7)


@_property
def a_gaussian_joins_every_point(case: Case) -> None:
    """Whatever the equation decides is decided: every point is joined to a labelled one."""
    if getattr(case.learner, "kernel", "") != "rbf" or not isinstance(case.learner, PathSpec):
        return
    scene = case.scene
    seen = scene.seen() & scene.points.is_train
    if not (seen & scene.points.is_labelled).any():
        return
    found = case.twins.learner.predict(scene.points.x[seen], len(case.seeds))
    assert (found >= 0).all(), f"{(found < 0).sum()} of {seen.sum()} points are undecided"


@_property
def the_place_of_poison_in_a_table_changes_nothing(case: Case) -> None:
    if case.recipe.inputs != 2:
        return
    case = replace(case, scale="domain")
    points = replace(case.scene, groups=()).points
    far = Points.of([[70.0, -70.0]], 1, 0, 1, points.next_id)
    clean, poison = points.take(~points.is_poison), Points.join(points.take(points.is_poison), far)
    last = Points.join(clean, poison)
    first = last.take(np.argsort(~last.is_poison, kind="stable"))
    among = last.take(_mixed(last.is_poison))
    bare = clean.with_columns(origin=np.maximum(clean.origin, 0))
    tables = [read_table(write_table(case.base.with_points(one))).scene for one in (last, first, among, bare)]
    assert len({table.domain for table in tables}) == 1, "poison moves the domain"
    models = [thought(case.run(table, twin=True), case.places) for table in tables]
    k = len(case.seeds)
    for other in models[1:3]:
        _equal(models[0], other, "poison elsewhere in the table")
    _equal(models[0][:k], models[3][:k], "a table without the poison")


def _mixed(poison: NDArray[np.bool_]) -> NDArray[np.int64]:
    """An order in which poison stands among the others, each kind in the order in which it stood."""
    place = np.zeros(len(poison))
    for some in (poison, ~poison):
        place[some] = (np.arange(some.sum()) + 0.5) / max(some.sum(), 1)
    return np.argsort(place, kind="stable")


@_property
def other_doses_change_nothing(case: Case) -> None:
    scenario = case.scenario.model_copy(update={"poison": case.attack}).with_scene(case.base)
    if check(case.base, case.attack.model_copy(update={"count": 9})):  # nobody has a label
        return
    most = next((k for k in (9, 6, 3) if counted(scenario, (k,))[-1] == k), 0)  # labels to flip may run out
    found = []
    for others in ((1, 2), (most - 1,), ()):
        laid = PoisonedScene.of(scenario, counted(scenario, [k for k in others if 0 < k < most] + [most]))
        replicas = laid.replicas(case.seeds[:1]).take([0, len(laid.groups) - 1])
        found.append(thought(case.run(laid.scene, replicas=replicas), case.places))
    for other in found[1:]:
        _equal(found[0], other, "among other doses")
