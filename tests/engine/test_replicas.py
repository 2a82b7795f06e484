"""Who sees what: whatever is trained together is what would be trained one by one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.engine.replicas import CLEAN, Replicas
from boundaryviz.engine.session import Session
from boundaryviz.learners.base import Extra
from boundaryviz.learners.batches import CHUNK, FULL_CHUNK
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Group, Origin, Points, Scene, Split
from helpers.lifted import lift

STEPS = 12
NETS = {
    "mlp": {"learner.dropout": 0.2, "learner.hidden": [6]},
    "logistic": {},
    "temporal-ensembling": {"learner.hidden": [6], "learner.unlabelled_batch": 20},
}
FITTED = ("label-spreading", "SVC")
OWN = 50  # a group of poison that a replica alone has its own points in
PLACES = np.array([[0.0, 0.0], [0.4, 0.3], [-1.0, 0.6], [2.0, -1.0]])

each_size = pytest.mark.parametrize("size", [16, "full"])
each_learner = pytest.mark.parametrize(
    ("name", "size"), [*((name, size) for name in NETS for size in (16, "full")), *((name, 16) for name in FITTED)]
)
few = settings(max_examples=12)


@cache
def scenario(name: str, size: Any = 16, **values: Any) -> Scenario:
    own: dict[str, Any] = NETS.get(name, {}) | {k.replace("__", "."): v for k, v in values.items()}
    if name not in ("mlp", "logistic", "SVC"):
        own = {"data.labels_per_class": 12} | own
    if size == "full" and "learner.unlabelled_batch" in own:
        own |= {"learner.unlabelled_batch": "full"}
    settings = {"learner.name": name, "data.n": 80, "training.batch_size": size, "training.evaluate_every": STEPS}
    return Scenario().with_values(settings | own)


def run(of: Scenario, scene: Scene, replicas: Replicas, steps: int = STEPS) -> Session:
    session = Session(of, scene, replicas=replicas, device="cpu")
    session.step(steps)
    return session


def thought(session: Session) -> NDArray[np.float64]:
    """What each replica makes of the plane, and the losses and errors measured on points of the scene, (R, n)."""
    field = np.nan_to_num(session.learner.probabilities(session.scene.domain.grid(12, 12)), nan=-1.0)
    measured = np.nan_to_num(session.evaluate()[:, :6], nan=-1.0)
    return np.concatenate([field.reshape(len(field), -1).astype(np.float64), measured], axis=1)


def edited(scene: Scene, replicas: Replicas, at: int) -> Scene:
    """The scene as one replica has it: points that it does not see are removed, roles are splits, its own poison."""
    points = scene.points.with_columns(split=replicas.roles_in(scene)[at])
    points = points.take(replicas.weights_in(scene)[at] != 0)
    if (extra := replicas.extra) is not None:
        own = Points(
            extra.ids, extra.x[at], extra.label[at], *np.array([[0], [OWN]], dtype=np.int8).repeat(len(extra), 1)
        )
        points = Points.join(points, own.take(extra.weight[at] != 0))
    return scene.with_points(points)


def taught(scene: Scene) -> bool:
    """Whether a clean point has something to teach."""
    points = scene.points
    return bool((points.is_train & points.is_labelled & ~points.is_poison).any())


def hold_as_alone(of: Scenario, scene: Scene, replicas: Replicas, weighted: bool = False) -> None:
    """weighted: no scene says so, and what stands for one replica alone are its weights."""
    together = thought(run(of, scene, replicas))
    for at, (seed, groups) in enumerate(zip(replicas.seeds, replicas.groups, strict=True)):
        one = Replicas((seed,), (groups if groups is None else groups | {OWN},))
        of_it = edited(scene, replicas, at)
        if weighted:
            one, of_it = replicas.take([at]), scene
        alone = thought(run(of, of_it, one))[0]
        if of.learner.family.at_once:
            assert np.array_equal(together[at, :-6], alone[:-6])
        np.testing.assert_allclose(together[at], alone, atol=1e-5)


# ---- what is built is what would be trained one by one --------------------------------------------------


@each_learner
def test_folds(name: str, size: Any):
    of = scenario(name, size)
    hold_as_alone(of, of.scene(), Replicas.folds(of.scene(), 3, 5))


@each_learner
def test_subsets(name: str, size: Any):
    of = scenario(name, size)
    hold_as_alone(of, of.scene(), Replicas.subsets(of.scene(), (10, 23, 40), 2, seed=3))


@each_learner
def test_bootstrap(name: str, size: Any):
    of = scenario(name, size)
    hold_as_alone(of, of.scene(), Replicas.bootstrap(of.scene(), 3, 1), weighted=True)


@each_learner
def test_leave_one_out(name: str, size: Any):
    of = scenario(name, size)
    points = of.scene().points
    labelled = points.ids[points.is_train & points.is_labelled]
    hold_as_alone(of, of.scene(), Replicas.leave_one_out(of.scene(), labelled[:4]))


@each_learner
def test_effect_map(name: str, size: Any):
    of = scenario(name, size)
    for label in (1,) if FAMILIES[name].supervised else (1, -1):
        hold_as_alone(of, of.scene(), Replicas.effect_map(of.scene(), PLACES, label))


@pytest.mark.parametrize("name", ["ict", "mixmatch", "flexmatch"])
def test_what_else_is_kept_or_drawn_of_points(name: str):
    of = scenario(name, 16, learner__unlabelled_batch=16, learner__hidden=(6,), data__labels_per_class=15)
    for replicas in (Replicas.folds(of.scene(), 3, 5), Replicas.effect_map(of.scene(), PLACES[:2], 0)):
        hold_as_alone(of, of.scene(), replicas)


def test_weighted_points_of_what_is_fitted_at_once_are_there_as_often():
    of = scenario("SVC")
    points = of.scene().points
    replicas = Replicas.bootstrap(of.scene(), 2, 1)
    together = thought(run(of, of.scene(), replicas))
    for at in range(2):
        often = np.repeat(np.arange(len(points)), replicas.weights_in(of.scene())[at].astype(int))
        columns = (getattr(points, name)[often] for name in ("xy", "label", "split", "origin"))
        drawn = Points(np.arange(len(often)), *columns)
        alone = thought(run(of, of.scene().with_points(drawn), Replicas.of((0,))))[0]
        np.testing.assert_allclose(together[at, :-6], alone[:-6], atol=1e-5)
    assert replicas.weights is not None
    with pytest.raises(ValueError, match="whole numbers as weights"):
        run(of, of.scene(), replace(replicas, weights=replicas.weights / np.float32(2)))


def test_a_weight_is_what_a_point_counts_in_the_loss():
    """Twice the weight is twice the point, in a full batch."""
    of = scenario("logistic", "full")
    scene, points = of.scene(), of.scene().points
    twice = points.take(points.is_train).take([0, 5])
    weights = np.full((1, 2), 2, dtype=np.float32)
    copies = Points(np.array([900, 901]), twice.xy, twice.label, twice.split, twice.origin)
    a = run(of, scene, Replicas((0,), (None,), twice.ids, weights))
    b = run(of, scene.with_points(Points.join(points, copies)), Replicas.of((0,)))
    np.testing.assert_allclose(thought(a)[:, :-6], thought(b)[:, :-6], atol=1e-5)


# ---- nobody hears of anybody else -----------------------------------------------------------------------


@st.composite
def anything(draw: st.DrawFn) -> tuple[Scene, Replicas]:
    """A scene and up to four replicas that differ in all that replicas can differ in."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, r = draw(st.integers(20, 50)), draw(st.integers(2, 4))
    origin = np.where(rng.random(n) < 0.1, Origin.POISON, Origin.CLEAN)
    points = Points.of(rng.standard_normal((n, 2)), rng.integers(0, 2, n), rng.choice(3, n, p=(0.7, 0.2, 0.1)), origin)
    scene = replace(scenario("logistic").scene(), points=points, targets=(), groups=(Group(),))
    ids = rng.permutation(n)[: draw(st.integers(1, n))]
    weights: Any = rng.choice([0, 1, 2.5], (r, len(ids))) if draw(st.booleans()) else None
    role: Any = rng.integers(0, 3, (r, len(ids))) if draw(st.booleans()) else None
    p = draw(st.integers(0, 3))
    there = rng.integers(0, 2, (r, p)).astype(np.float32)
    extra = Extra(n + np.arange(p), rng.standard_normal((r, p, 2)), rng.integers(-1, 2, (r, p)), there)
    groups = tuple(CLEAN if k else None for k in rng.integers(0, 2, r))
    seeds = tuple(rng.integers(0, 2, r).tolist())
    return scene, Replicas(seeds, groups, ids, weights, role, extra if p else None)


@few
@given(anything(), st.sampled_from([7, "full"]))
def test_each_is_what_it_would_be_alone(drawn: tuple[Scene, Replicas], size: Any):
    scene, replicas = drawn
    of = scenario("logistic", size)
    some = [at for at in range(len(replicas)) if taught(edited(scene, replicas, at))]
    if some:
        hold_as_alone(of, scene, replicas.take(some), weighted=replicas.weights is not None)


@few
@given(st.data(), st.sampled_from([7, "full"]))
def test_in_another_order_they_are_the_same_to_the_bit(data: st.DataObject, size: Any):
    scene, replicas = data.draw(anything())
    order = data.draw(st.permutations(range(len(replicas))))
    of = scenario("logistic", size)
    assert np.array_equal(thought(run(of, scene, replicas))[order], thought(run(of, scene, replicas.take(order))))


@few
@given(st.data(), st.sampled_from([7, "full"]))
def test_one_more_changes_no_other(data: st.DataObject, size: Any):
    scene, replicas = data.draw(anything())
    of = scenario("logistic", size)
    fewer = run(of, scene, replicas.take(range(len(replicas) - 1)))
    np.testing.assert_allclose(thought(run(of, scene, replicas))[:-1], thought(fewer), atol=1e-5)


@few
@given(st.data(), st.sampled_from([7, "full"]), st.sampled_from(["logistic", "SVC"]))
def test_a_point_of_weight_zero_in_all_of_them_is_inert_to_the_bit(data: st.DataObject, size: Any, name: str):
    scene, replicas = data.draw(anything())
    seen = replicas.weights is None or bool((replicas.weights % 1 == 0).all())
    of = scenario(name if seen else "logistic", size)
    gone = data.draw(st.integers(0, len(scene.points) - 1))
    ids = np.append(replicas.ids[replicas.ids != gone], gone)  # type: ignore[index]
    kept = np.ones((len(replicas), len(ids) - 1), dtype=np.float32)
    if replicas.weights is not None:
        kept = replicas.weights[:, replicas.ids != gone]
    weights = np.concatenate([kept, np.zeros((len(replicas), 1))], axis=1)
    silent = replace(replicas, ids=ids, weights=weights, role=None)
    without = scene.with_points(scene.points.take(scene.points.ids != gone))
    assert np.array_equal(thought(run(of, scene, silent)), thought(run(of, without, silent)))


def test_a_live_scene_is_edited_under_its_replicas():
    """Weights and roles go with the ids, points that are not named are as the scene says; each as it would be alone."""
    of = scenario("mlp")
    scene = of.scene()
    replicas = Replicas.folds(scene, 3, 2)
    points = scene.points.take(np.arange(len(scene.points)) % 7 != 0)
    new = Points.of([[0.1, 0.2], [0.5, 0.1]], (0, 1), first_id=scene.points.next_id)
    after = scene.with_points(Points.join(new, points.take(np.arange(len(points))[::-1])))
    together = run(of, scene, replicas)
    together.set_scene(after)
    together.step(STEPS)
    for at in range(3):
        alone = run(of, edited(scene, replicas, at), Replicas.of((2,)))
        alone.set_scene(edited(after, replicas, at))
        alone.step(STEPS)
        np.testing.assert_allclose(thought(together)[at], thought(alone)[0], atol=1e-5)


# ---- going back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETS)
def test_a_state_goes_on_where_each_of_them_was(name: str):
    of = scenario(name)
    replicas = Replicas.subsets(of.scene(), (5, 20, 45), seed=1)  # whose epochs are of different lengths
    straight, other = run(of, of.scene(), replicas), run(of, of.scene(), replicas, 0)
    state = straight.state()
    straight.step(9)
    other.restore(state)
    other.step(9)
    assert np.array_equal(thought(straight), thought(other))
    places = state["learner.place"].reshape(-1, 2, 3)  # of the labelled points, and of the others
    assert any(len(np.unique(place, axis=1).T) > 1 for place in places)


def test_a_place_of_an_older_version_is_that_of_all():
    of = scenario("logistic")
    a, b = run(of, of.scene(), Replicas.of((1, 1))), run(of, of.scene(), Replicas.of((1, 1)), 0)
    state = a.state()
    assert state["learner.place"].shape == (2,)
    b.restore(state)
    a.step(5)
    b.step(5)
    assert np.array_equal(thought(a), thought(b))
    for wrong in (np.arange(3), np.zeros((2, 3))):
        with pytest.raises(ValueError, match=r"reshape|broadcast"):
            b.restore(state | {"learner.place": wrong})


# ---- what the builders say ------------------------------------------------------------------------------


def test_folds_share_the_points_of_each_class_and_hardly_move_with_an_edit():
    scene = scenario("logistic").scene()
    k, replicas = 4, Replicas.folds(scene, 4, 9)
    points, role = scene.points, replicas.roles_in(scene)
    own = (role == Split.VALIDATION) & (replicas.weights_in(scene) != 0)
    assert np.array_equal(own.sum(axis=0) == 1, points.is_train)
    assert ((role == Split.TEST) == (points.split == Split.TEST)).all()
    for label in range(2):
        counts = own[:, points.label == label].sum(axis=1)
        assert counts.max() - counts.min() <= 1
    gone = int(np.flatnonzero(points.is_train)[3])
    fewer = scene.with_points(points.take(np.arange(len(points)) != gone))
    again = Replicas.folds(fewer, k, 9)
    assert (again.roles_in(fewer) != np.delete(role, gone, axis=1)).any(axis=0).sum() < k
    assert (Replicas.folds(scene, k, 10).roles_in(scene) != role).any()
    for wrong in (1, int(points.is_train.sum()) + 1):
        with pytest.raises(ValueError, match="folds"):
            Replicas.folds(scene, wrong)


def test_subsets_are_nested_and_have_their_sizes():
    scene = scenario("logistic").scene()
    replicas = Replicas.subsets(scene, (4, 10, 30), 2, seed=5)
    assert replicas.seeds == (5, 5, 5, 6, 6, 6)
    seen = (replicas.weights_in(scene) != 0)[:, scene.points.is_train]
    assert seen.sum(axis=1).tolist() == [4, 10, 30] * 2
    assert (seen[0] <= seen[1]).all()
    assert (seen[4] <= seen[5]).all()
    assert not np.array_equal(seen[2], seen[5])
    assert np.bincount(scene.points.label[scene.points.is_train][seen[0]]).tolist() == [2, 2]
    for wrong in ((), (0,), (10_000,)):
        with pytest.raises(ValueError, match="clean training points"):
            Replicas.subsets(scene, wrong)


def test_a_bootstrap_draws_as_many_as_there_are():
    scene = scenario("logistic").scene()
    replicas = Replicas.bootstrap(scene, 40, 3)
    weights = replicas.weights_in(scene)[:, scene.points.is_train]
    assert (weights.sum(axis=1) == scene.points.is_train.sum()).all()
    assert 0.3 < (weights == 0).mean() < 0.44  # 1/e of the points
    assert np.array_equal(Replicas.bootstrap(scene, 2, 3).weights_in(scene), replicas.weights_in(scene)[:2])


def test_leaving_one_out_leaves_out_one():
    scene = scenario("logistic").scene()
    replicas = Replicas.leave_one_out(scene)
    missing = replicas.weights_in(scene) == 0
    assert missing.sum(axis=1).tolist() == [0] + [1] * int(scene.points.is_train.sum())
    assert not missing[:, ~scene.points.is_train].any()
    with pytest.raises(KeyError, match="12345"):
        Replicas.leave_one_out(scene, [12345])


@each_size
def test_an_effect_map_has_a_column_of_its_own_for_each_place_not_one_for_all(size: Any):
    of = scenario("logistic", size)
    session = run(of, of.scene(), Replicas.effect_map(of.scene(), np.random.default_rng(0).random((50, 2)), 1), 0)
    learner: Any = session.learner
    steps = [learner._loader.next() for _ in range(3)]
    poison = [batch for step in steps for batch in step[1:]]
    assert poison
    assert all(step[0].x.shape[0] == (1 if size == "full" else 51) for step in steps)
    width = FULL_CHUNK if size == "full" else CHUNK
    assert all(batch.x.shape[0] == 50 and batch.x.shape[2] == width for batch in poison)


def test_twins_and_doses_are_what_they_were():
    assert Replicas.twins((3, 4)).groups == Replicas.of((3, 4), True).groups == (CLEAN, CLEAN, None, None)
    doses = Replicas.doses((0, 7), (CLEAN, frozenset({1})))
    assert doses.seeds == (0, 0, 7, 7)
    assert doses.windows is None
    assert (doses.sights, Replicas.twins((3, 4)).sights, Replicas.of(range(5)).sights) == (2, 2, 1)
    assert Replicas.leave_one_out(scenario("logistic").scene(), [1, 2]).sights == 3
    assert Replicas.effect_map(scenario("logistic").scene(), PLACES, 1).sights == 5


def test_a_chain_that_comes_from_a_point_of_its_own_is_told_of_the_others():
    of = scenario("label-spreading", data__labels_per_class=5)
    scene = of.scene()
    replicas = Replicas.effect_map(scene, PLACES, 1)
    together = run(of, scene, replicas)
    for at in range(1, 5):
        alone = run(of, edited(scene, replicas, at), Replicas.of((0,))).cascade()
        found = together.cascade(at)
        assert found is not None
        assert alone is not None
        assert np.array_equal(found.when, alone.when[:-1])
        assert np.array_equal(found.label, alone.label[:-1])


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"groups": (None,)}, "2 seeds need as many groups"),
        ({"weights": np.ones((2, 3))}, "need the ids"),
        ({"ids": [1, 1]}, "ids must be unique"),
        ({"ids": [1, 2], "weights": np.ones((2, 3))}, "weights need a row for each replica"),
        ({"ids": [1, 2], "role": np.zeros((3, 2), int)}, "role need a row for each replica"),
        ({"ids": [1], "weights": [[1.0], [-1.0]]}, "finite and not negative"),
        ({"ids": [1], "weights": [[1.0], [np.nan]]}, "finite and not negative"),
        ({"ids": [1], "role": [[0], [3]]}, "0, 1 or 2"),
        ({"extra": Extra([5], np.zeros((3, 1, 2)), np.zeros((3, 1), int))}, "2 replicas need as many rows"),  # type: ignore[arg-type]
    ],
)
def test_what_does_not_fit_is_refused(what: dict[str, Any], words: str):
    with pytest.raises(ValueError, match=words):
        Replicas(**dict[str, Any]({"seeds": (0, 1), "groups": (None, None)} | what))


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"x": np.zeros((2, 2))}, "ids .*, inputs"),
        ({"ids": [5, 5], "x": np.zeros((2, 2, 2)), "label": np.zeros((2, 2), int)}, "unique"),
        ({"x": np.full((2, 1, 2), np.inf)}, "coordinate"),
        ({"weight": [[1.0], [-1.0]]}, "not negative"),
    ],
)
def test_extra_points_that_do_not_fit_are_refused(what: dict[str, Any], words: str):
    with pytest.raises(ValueError, match=words):
        Extra(**dict[str, Any]({"ids": [5], "x": np.zeros((2, 1, 2)), "label": np.zeros((2, 1), int)} | what))


def test_an_id_of_the_scene_is_refused_for_a_point_of_its_own():
    of = scenario("logistic")
    scene = of.scene()
    session = run(of, scene, Replicas.effect_map(scene, PLACES, 1), 1)
    clash = Points.join(scene.points, Points.of([[0, 0]], 0, first_id=scene.points.next_id))
    with pytest.raises(ValueError, match="give that another id"):
        session.set_scene(scene.with_points(clash))
    session.step(1)
    assert session.scene is scene
    wide = Replicas((0,), (None,), extra=Extra(np.array([900]), np.zeros((1, 1, 3)), np.zeros((1, 1), int)))
    with pytest.raises(ValueError, match="extra points with 3 inputs do not go with points that have 2"):
        run(of, scene, wide)


def test_points_of_their_own_have_as_many_inputs_as_others():
    of = scenario("logistic")
    scene = lift(of.scene(), 5)
    replicas = Replicas.effect_map(scene, PLACES, 1)
    together = run(of, scene, replicas)
    for at in range(1, 3):
        own = scene.completed(Points.of(PLACES[at - 1 : at], 1, origin=OWN, first_id=scene.points.next_id))
        alone = run(of, scene.with_points(Points.join(scene.points, own)), Replicas.of((0,)))
        np.testing.assert_allclose(together.evaluate()[at, :6], alone.evaluate()[0, :6], atol=1e-5)
        np.testing.assert_allclose(
            together.learner.probabilities(scene.points.x)[at],
            alone.learner.probabilities(scene.points.x)[0],
            atol=1e-5,
        )


def test_twins_that_are_handed_in_start_again_from_other_seeds() -> None:
    scenario = Scenario().with_values({"data.n": 40, "learner.hidden": [4], "poison.count": 3})
    handed = Session(scenario, replicas=Replicas.twins((0, 1)), twin=True, device="cpu")
    made = Session(scenario, seeds=(5, 6), twin=True, device="cpu")
    handed.reset((5, 6))
    for session in (handed, made):
        session.step(30)
    assert np.array_equal(handed.evaluate(), made.evaluate(), equal_nan=True)
