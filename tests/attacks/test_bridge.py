"""The bridge: densities, paths, aims."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.attacks.kinds.bridge import along, density, path, shares
from boundaryviz.attacks.paths import sparse_route
from boundaryviz.attacks.placement import check, inject, placed, remove, update
from boundaryviz.attacks.specs import BridgeSpec, CopiesSpec, FlipSpec, OutOfDistributionSpec, Profile
from boundaryviz.attacks.targets import AttackError, aim
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Domain, Points, Scene

PROFILES: tuple[Profile, ...] = get_args(Profile)
every_profile = pytest.mark.parametrize("profile", PROFILES)
MOONS = build(DataSpec(n=300, noise=0.06, labels_per_class=3, labels_at="centres"))
PLACES = st.tuples(st.floats(-0.9, 1.9), st.floats(-0.4, 0.9))


def plain(*labelled: tuple[float, float, int]) -> Scene:
    x, y, label = zip(*labelled, strict=True)
    return Scene(Points.of(np.stack([x, y], axis=1), label), Domain(-2, 2, -2, 2))


# ---- densities ------------------------------------------------------------------------------------------


@every_profile
def test_quantiles_follow_the_density(profile: Profile) -> None:
    """The share of points below a is the integral of the density up to a."""
    got = shares(profile, 2000)
    fine = np.linspace(0, 1, 20_001)
    mass = np.cumsum(density(profile, fine))
    for a in (0.1, 0.25, 0.5, 0.8):
        assert (got <= a).mean() == pytest.approx(mass[np.searchsorted(fine, a)] / mass[-1], abs=2e-3)


def test_the_papers_density_has_a_closed_form() -> None:
    """The integral of 1.5 - a is 1.5 a - a^2 / 2, whose inverse gives the quantiles."""
    u = (np.arange(40) + 0.5) / 40
    np.testing.assert_allclose(shares("1.5-a", 40), 1.5 - np.sqrt(2.25 - 2 * u), atol=1e-6)


@every_profile
def test_drawn_shares_come_from_the_same_density(profile: Profile) -> None:
    drawn = shares(profile, 4000, np.random.default_rng(1))
    assert np.abs(drawn - shares(profile, 4000)).mean() < 0.02
    assert (np.diff(drawn) >= 0).all()


# ---- paths ----------------------------------------------------------------------------------------------


def test_a_straight_bridge_interpolates_between_source_and_target() -> None:
    """Equation of the paper: x_i = (1 - a_i) x' + a_i x*."""
    scene = plain((-1, 0, 0), (1, 1, 1))
    spec = BridgeSpec(count=9, target=(1.0, 1.0))
    points, _ = spec.place(scene, np.random.default_rng(0))
    a = shares("1.5-a", 9)[:, None]
    np.testing.assert_allclose(points.xy, (1 - a) * (-1, 0) + a * (1, 1), atol=1e-9)
    assert (points.label == -1).all()
    assert (points.origin == 1).all()
    assert points.is_train.all()
    assert points.ids.min() == scene.points.next_id


def test_jitter_has_the_size_it_says_and_the_seed_decides() -> None:
    scene = plain((-1, 0, 0), (1, 0, 1))
    spec = BridgeSpec(count=20_000, target=(1.0, 0.0), jitter=0.3)
    first, again = (placed(scene, spec)[0].xy for _ in range(2))
    assert np.array_equal(first, again)
    assert first[:, 1].std() == pytest.approx(0.3, rel=0.03)
    assert not np.array_equal(first, placed(scene, spec.model_copy(update={"seed": 1}))[0].xy)


def test_curvature_bulges_by_its_share_of_the_way_to_the_left() -> None:
    scene = plain((-1, 0, 0), (1, 0, 1))
    line = path(scene, BridgeSpec(count=1, target=(1.0, 0.0), curvature=0.25))
    assert line[:, 1].max() == pytest.approx(0.5)  # a quarter of the way's length 2
    mirrored = path(scene, BridgeSpec(count=1, target=(1.0, 0.0), curvature=-0.25))
    np.testing.assert_allclose(mirrored * (1, -1), line, atol=1e-12)


@given(st.lists(PLACES, min_size=1, max_size=4, unique=True))
def test_a_path_goes_through_its_waypoints(stops: list[tuple[float, float]]) -> None:
    scene = plain((-1, -1, 0), (1.5, 1.5, 1))
    line = path(scene, BridgeSpec(count=1, target=(1.5, 1.5), via=tuple(stops)))
    for stop in [(-1, -1), *stops, (1.5, 1.5)]:
        assert np.linalg.norm(line - stop, axis=1).min() < 1e-9


@given(st.integers(2, 30))
def test_places_along_a_line_are_where_its_length_says(n: int) -> None:
    line = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 1.0]])
    got = along(line, np.linspace(0, 1, n))
    walked = np.where(got[:, 1] > 0, 3 + got[:, 1], got[:, 0])
    np.testing.assert_allclose(walked, 4 * np.linspace(0, 1, n), atol=1e-12)


def test_a_sparse_route_goes_round_a_crowd() -> None:
    """A wall of points with a gate at the top: straight through costs more than the way round."""
    rng = np.random.default_rng(0)
    wall = np.stack([rng.normal(0, 0.1, 4000), rng.uniform(-2, 0.8, 4000)], axis=1)
    scene = Scene(Points.of(wall), Domain(-2, 2, -2, 2))
    line = sparse_route(scene, np.array([-1.0, -1.0]), np.array([1.0, -1.0]))
    assert line[np.abs(line[:, 0]).argmin(), 1] > 0.8
    assert tuple(line[0]) == (-1, -1)
    assert tuple(line[-1]) == (1, -1)
    empty = sparse_route(Scene(Points.of([]), scene.domain), line[0], line[-1])
    length = np.linalg.norm(np.diff(empty, axis=0), axis=1).sum()
    assert length == pytest.approx(2.0, rel=0.02)


# ---- aims -----------------------------------------------------------------------------------------------


def test_the_target_snaps_to_a_point_and_the_nearest_label_is_the_source() -> None:
    scene = plain((-1, 0, 0), (0, 0, 0), (1, 0.1, 1), (1.5, 0, 1))
    found = aim(scene, (0.9, 0.0))
    assert (tuple(found.target), found.target_class, tuple(found.source)) == ((1.0, 0.1), 0, (0.0, 0.0))
    assert tuple(aim(scene, (0.9, 0.0), snap=False).target) == (0.9, 0.0)
    assert aim(scene, (-0.9, 0.0), source=(1.4, 0.0)).target_class == 1
    assert tuple(aim(scene).target) == (1.0, 0.1)


def test_poison_and_muted_points_are_no_aim() -> None:
    scene = plain((-1, 0, 0), (0, 0, 0), (1, 0, 1))
    points = scene.points.with_columns(origin=[0, 1, 0])
    assert tuple(aim(replace(scene, points=points), (1.0, 0.0)).source) == (-1.0, 0.0)
    points = scene.points.with_columns(muted=[False, True, False])
    assert tuple(aim(replace(scene, points=points), (1.0, 0.0)).source) == (-1.0, 0.0)


@pytest.mark.parametrize(
    ("scene", "spec", "words"),
    [
        (Scene(Points.of([]), Domain(-1, 1, -1, 1)), {}, "no labelled training point"),
        (Scene(Points.of([[0, 0]]), Domain(-1, 1, -1, 1)), {"target": (0, 0)}, "no labelled training point"),
        (Scene(Points.of([[0, 0]], 1), Domain(-1, 1, -1, 1)), {}, "labelled class 0"),
        (plain((0, 0, 0), (1, 1, 0)), {}, "nothing to turn over"),
        (plain((0, 0, 0), (1, 1, 1)), {"target": (9, 9)}, "outside the plane"),
        (plain((0, 0, 0), (1, 1, 1)), {"target": (0, 0), "snap": False}, "the same place"),
        (plain((0, 0, 0), (1, 1, 1)), {"wanted": 7}, "labelled class 7"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_laid(scene: Scene, spec: dict, words: str) -> None:
    bridge_spec = BridgeSpec(count=5, **spec)
    assert words in (check(scene, bridge_spec) or "")
    assert len(inject(scene, bridge_spec).points) == len(scene.points)
    with pytest.raises(AttackError):
        placed(scene, bridge_spec)


def test_a_bridge_of_nothing_and_one_of_a_hundred_thousand() -> None:
    assert check(MOONS, BridgeSpec(count=0)) is None
    assert inject(MOONS, BridgeSpec(count=0)) == MOONS
    assert (inject(MOONS, BridgeSpec(count=100_000)).points.origin == 1).sum() == 100_000


# ---- laying and lifting ---------------------------------------------------------------------------------

SPECS = st.one_of(
    st.builds(
        BridgeSpec, count=st.integers(0, 30), target=st.none() | PLACES, jitter=st.just(0.01), seed=st.integers(0, 3),
        group=st.integers(1, 3), curvature=st.floats(-1, 1), via=st.lists(PLACES, max_size=2).map(tuple),
    ),
    st.builds(CopiesSpec, count=st.integers(0, 30), labelled=st.booleans(), group=st.integers(1, 3)),
    st.builds(FlipSpec, count=st.integers(0, 30), choose=st.sampled_from(["target", "boundary", "random"])),
    st.builds(OutOfDistributionSpec, count=st.integers(0, 30), clusters=st.integers(1, 5), group=st.integers(1, 3)),
)  # fmt: skip


def bare(scene: Scene) -> Scene:
    """Without the names of groups, which stay when their points go."""
    return replace(scene, groups=(), poison_on=True)


@given(SPECS)
def test_lifting_undoes_laying(spec: BridgeSpec) -> None:
    laid = inject(MOONS, spec)
    assert bare(remove(laid, spec)) == bare(MOONS)
    assert int((laid.points.origin == spec.group).sum()) <= spec.count


@given(SPECS, SPECS)
def test_laying_anew_is_laying_on_the_clean_scene(before: BridgeSpec, after: BridgeSpec) -> None:
    """Where both are of one group; of two groups each stays."""
    scene = update(inject(MOONS, before), before, after)
    if before.group == after.group:
        assert bare(scene) == bare(inject(MOONS, after))
    else:
        assert (scene.points.origin == before.group).sum() == (
            inject(MOONS, before).points.origin == before.group
        ).sum()


def test_switching_off_moves_no_point() -> None:
    spec = BridgeSpec(count=6)
    laid = inject(MOONS, spec)
    off = update(laid, spec, spec.model_copy(update={"on": False}))
    assert off.points is laid.points
    assert not off.poison_on
