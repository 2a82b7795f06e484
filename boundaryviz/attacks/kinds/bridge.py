"""The bridge: unlabelled points along a path from a labelled point to the target.

Interpolation consistency poisoning (Carlini 2021, "Poisoning the unlabeled dataset of semi-supervised learning",
section 4): points x_i = (1 - a_i) x' + a_i x*, the a_i from a density on [0, 1]. Here the path may also bend.
"""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.paths import sparse_route
from boundaryviz.attacks.settings import NOBODY, AttackSettings, Place, Placed
from boundaryviz.attacks.targets import Aim, AttackError, aim
from boundaryviz.scene.axes import as_given, as_seen
from boundaryviz.scene.scene import Points, Scene
from boundaryviz.scene.specs import setting

_FINE = 2001  # nodes at which densities are summed up
_DRAWN = 65  # places on each leg of a curved path


Profile = Literal[
    "1.5-a", "uniform", "1-a", "(1-a)^2", "(1-a)^2+0.5", "a", "a(1-a)", "a^4(1-a)^4", "normal-0.3", "normal-0.5"
]
PROFILE_WORDS: dict[Profile, str] = {
    "1.5-a": "denser at the source",
    "uniform": "the same all along",
    "1-a": "thinning out to the target",
    "(1-a)^2": "mostly near the source",
    "(1-a)^2+0.5": "dense at the source, then even",
    "a": "thinning out to the source",
    "a(1-a)": "densest halfway",
    "a^4(1-a)^4": "nearly all halfway",
    "normal-0.3": "denser at the source, bell-shaped",
    "normal-0.5": "the same, a little steeper",
}


class BridgeSpec(AttackSettings):
    """Unlabelled points on a path from a labelled point to the target, along which the label is carried across."""

    TITLE: ClassVar[str] = "Bridge"
    attack: Literal["bridge"] = "bridge"
    source: Place | None = setting(
        None, "Source", "The labelled point nearest to this place lends its class; empty takes the one of the wanted "
        "class that is nearest to the target.",
    )  # fmt: skip
    profile: Profile = setting(
        "1.5-a", "Density", "How the points crowd along the path. Files name the density over a, which runs from 0 at "
        "the source to 1 at the target.",
        choices=PROFILE_WORDS,
    )  # fmt: skip
    jitter: float = setting(
        0.0, "Jitter", "Standard deviation of a Gaussian push of each point.", unit="data units", ge=0.0, le=5.0
    )
    curvature: float = setting(
        0.0, "Curvature", "How far the path bulges to its left, in lengths of the way from source to target.",
        ge=-2.0, le=2.0,
    )  # fmt: skip
    route: Literal["straight", "sparse"] = setting(
        "straight", "Route", "Straight from stop to stop, or the shortest way that keeps to sparse places.",
        choices={"straight": "straight", "sparse": "through sparse places"},
    )  # fmt: skip
    via: tuple[Place, ...] = setting((), "Waypoints", "Places that the path goes through, in order.", max_length=20)
    spacing: Literal["even", "random"] = setting(
        "even", "Spacing", "At even shares of the density, or drawn from it with the poison seed.",
        choices={"even": "even", "random": "random"}, advanced=True,
    )  # fmt: skip

    def aim(self, scene: Scene) -> Aim | None:
        """At the target, from the source."""
        return aim(scene, self.target, self.wanted, self.source, self.snap)

    def place(self, scene: Scene, rng: np.random.Generator) -> Placed:
        """The points of a bridge: unlabelled, for training. Raises AttackError as `aim` does."""
        share = shares(self.profile, self.count, rng if self.spacing == "random" else None)
        stretch = scene.domain.stretch
        xy = along(path(scene, self), share, stretch)
        xy = xy + as_given(self.jitter * rng.standard_normal(xy.shape), stretch)
        if not np.isfinite(xy).all():
            raise AttackError("The bridge leaves the plane of numbers. Move its ends or waypoints.")
        return Points.of(xy, origin=self.group, first_id=scene.next_id), NOBODY


def density(profile: Profile, a: NDArray[np.float64]) -> NDArray[np.float64]:
    """The density of `profile` at a in [0, 1], not normalised: those Carlini (2021) compares."""
    match profile:
        case "1.5-a":
            return 1.5 - a
        case "uniform":
            return np.ones_like(a)
        case "1-a":
            return 1.0 - a
        case "(1-a)^2":
            return (1.0 - a) ** 2
        case "(1-a)^2+0.5":
            return (1.0 - a) ** 2 + 0.5
        case "a":
            return a.copy()
        case "a(1-a)":
            return a * (1.0 - a)
        case "a^4(1-a)^4":
            return a**4 * (1.0 - a) ** 4
        case "normal-0.3":
            return np.exp(-0.5 * (a + 0.3) ** 2)
        case "normal-0.5":
            return np.exp(-0.5 * (a + 0.5) ** 2)


def shares(profile: Profile, count: int, rng: np.random.Generator | None = None) -> NDArray[np.float64]:
    """`count` rising numbers in [0, 1] that follow a profile: its quantiles (i + 1/2) / count, or drawn by `rng`."""
    at = (np.arange(count) + 0.5) / max(count, 1) if rng is None else np.sort(rng.random(count))
    a = np.linspace(0.0, 1.0, _FINE)
    weight = density(profile, a)
    total = np.concatenate([[0.0], np.cumsum((weight[1:] + weight[:-1]) / 2)])
    return np.interp(at, total / total[-1], a)


def path(scene: Scene, spec: BridgeSpec) -> NDArray[np.float64]:
    """The way from source to target as a polyline (K, 2). Raises AttackError as `aim` does."""
    goal = aim(scene, spec.target, spec.wanted, spec.source, spec.snap)
    stretch = scene.domain.stretch
    stops = as_seen(np.array([goal.source, *spec.via, goal.target], dtype=np.float64), stretch)
    if spec.route == "sparse":
        legs = [sparse_route(scene, a, b) for a, b in pairwise(stops)]
        line = np.concatenate([legs[0], *(leg[1:] for leg in legs[1:])])
    else:
        line = stops if len(stops) == 2 else _smooth(stops)
    return as_given(_bulged(line, spec.curvature) if spec.curvature else line, stretch)


def along(line: NDArray[np.float64], share: NDArray[np.float64], stretch: float = 1.0) -> NDArray[np.float64]:
    """Places (n, 2) at these shares (n,) of the length of a polyline (K, 2). stretch: see `Domain.stretch`."""
    step = np.linalg.norm(np.diff(as_seen(line, stretch), axis=0), axis=1)
    length = np.concatenate([[0.0], np.cumsum(step)])
    return np.stack([np.interp(share * length[-1], length, line[:, k]) for k in (0, 1)], axis=1)


def _smooth(stops: NDArray[np.float64]) -> NDArray[np.float64]:
    """A Catmull-Rom spline through the stops (K, 2), centripetal, so that it makes no loops."""
    ends = np.concatenate([[2 * stops[0] - stops[1]], stops, [2 * stops[-1] - stops[-2]]])
    line = [stops[:1]]
    for p0, p1, p2, p3 in zip(ends[:-3], ends[1:-2], ends[2:-1], ends[3:], strict=True):
        gaps = np.maximum([np.linalg.norm(b - a) ** 0.5 for a, b in ((p0, p1), (p1, p2), (p2, p3))], 1e-12)
        t0, (t1, t2, t3) = 0.0, np.cumsum(gaps)
        t = np.linspace(t1, t2, _DRAWN)[1:, None]
        a1, a2, a3 = (
            ((right - t) * a + (t - left) * b) / (right - left)
            for left, right, a, b in ((t0, t1, p0, p1), (t1, t2, p1, p2), (t2, t3, p2, p3))
        )
        b1 = ((t2 - t) * a1 + (t - t0) * a2) / (t2 - t0)
        b2 = ((t3 - t) * a2 + (t - t1) * a3) / (t3 - t1)
        line.append(((t2 - t) * b1 + (t - t1) * b2) / (t2 - t1))
    return np.concatenate(line)


def _bulged(line: NDArray[np.float64], curvature: float) -> NDArray[np.float64]:
    """The line pushed to the left of its way by a parabola of height `curvature` times the way's length."""
    share = np.linspace(0.0, 1.0, max(_DRAWN, len(line)))
    way = line[-1] - line[0]
    push = 4.0 * curvature * share * (1.0 - share)
    return along(line, share) + push[:, None] * np.array([-way[1], way[0]])
