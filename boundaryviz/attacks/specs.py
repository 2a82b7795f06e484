"""Settings of the attacks that place points."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from boundaryviz.scene.bounds import check_places
from boundaryviz.scene.scene import MAX_GROUPS
from boundaryviz.scene.specs import Spec, setting

Place = tuple[float, float]
Profile = Literal[
    "1.5-a", "uniform", "1-a", "(1-a)^2", "(1-a)^2+0.5", "a", "a(1-a)", "a^4(1-a)^4", "normal-0.3", "normal-0.5"
]
PROFILE_WORDS: dict[Profile, str] = {
    "1.5-a": "dense at source: 1.5 − a",
    "uniform": "uniform",
    "1-a": "1 − a",
    "(1-a)^2": "(1 − a)²",
    "(1-a)^2+0.5": "(1 − a)² + 0.5",
    "a": "dense at target: a",
    "a(1-a)": "a (1 − a), densest halfway",
    "a^4(1-a)^4": "a⁴ (1 − a)⁴, all halfway",
    "normal-0.3": "normal density at a + 0.3",
    "normal-0.5": "normal density at a + 0.5",
}
_LARGEST_SEED: Final = 2**31 - 1
MOST: Final = 100_000
"""Points that an attack plants or flips."""


class _AttackSpec(Spec):
    """What all attacks share; a change of attack keeps it."""

    on: bool = setting(True, "Poison acts", "Off silences all poison, of this attack and by hand; nothing is removed.")
    count: int = setting(0, "Points", "How many points the attack plants or flips.", ge=0, le=MOST, log=True)
    target: Place | None = setting(
        None, "Target", "Where the model is to be changed; empty takes the known point of another class that is "
        "nearest to a labelled point of the wanted one.",
    )  # fmt: skip
    snap: bool = setting(
        True, "Snap to a point", "The target is the nearest training point that is not labelled as wanted.",
        advanced=True,
    )  # fmt: skip
    wanted: int | None = setting(
        None, "Wanted class", "What the target shall be taken for; empty is the source's class, or the first.",
        ge=0, le=9, advanced=True,
    )  # fmt: skip
    seed: int = setting(
        0, "Poison seed", "The same seed places the same points.", ge=0, le=_LARGEST_SEED, advanced=True
    )
    group: int = setting(
        1, "Group", "Which group of poison the points belong to; others stay as they are.",
        ge=1, le=MAX_GROUPS, advanced=True,
    )  # fmt: skip

    def model_post_init(self, _context: object, /) -> None:
        given = (getattr(self, name, None) for name in ("target", "source", "via", "centres"))
        check_places(np.array([place for one in given if one for place in np.reshape(one, (-1, 2)).tolist()]))


SHARED: Final = tuple(_AttackSpec.model_fields)
"""The settings that every attack has."""


class BridgeSpec(_AttackSpec):
    """Unlabelled points on a path from a labelled point to the target, along which the label is carried across."""

    TITLE: ClassVar[str] = "Bridge"
    attack: Literal["bridge"] = "bridge"
    source: Place | None = setting(
        None, "Source", "The labelled point nearest to this place lends its class; empty takes the one of the wanted "
        "class that is nearest to the target.",
    )  # fmt: skip
    profile: Profile = setting(
        "1.5-a", "Density", "How the points crowd along the path, a from 0 at the source to 1 at the target.",
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


class CopiesSpec(_AttackSpec):
    """Copies of the target, or of the points around it, labelled as the attacker wants or not at all."""

    TITLE: ClassVar[str] = "Copies"
    attack: Literal["copies"] = "copies"
    of: Literal["target", "around"] = setting(
        "around", "Copies of", "The target alone, or the points nearest to it, each once before any comes again.",
        choices={"target": "the target", "around": "the points around it"},
    )  # fmt: skip
    labelled: bool = setting(True, "Labelled", "The copies carry the wanted class; off leaves them unlabelled.")
    jitter: float = setting(
        0.02, "Jitter", "Standard deviation of a Gaussian push of each copy.", unit="data units", ge=0.0, le=5.0
    )


class FlipSpec(_AttackSpec):
    """Labels of training points replaced by a wrong one; the points stay where they are."""

    TITLE: ClassVar[str] = "Flipped labels"
    attack: Literal["flip"] = "flip"
    choose: Literal["target", "boundary", "random"] = setting(
        "target", "Which labels", "Those nearest to the target, those nearest to a labelled point of another class, "
        "or any.", choices={"target": "nearest to the target", "boundary": "nearest to another class",
                            "random": "at random"},
    )  # fmt: skip
    radius: float | None = setting(
        None, "Region", "Only points within this distance of the target; empty is no limit.",
        unit="data units", gt=0.0, le=1e6, advanced=True,
    )  # fmt: skip


class OutOfDistributionSpec(_AttackSpec):
    """Unlabelled clusters of no class, as an uncurated pool has them."""

    TITLE: ClassVar[str] = "Junk clusters"
    attack: Literal["junk"] = "junk"
    clusters: int = setting(4, "Clusters", "How many clusters, their centres drawn over the plane.", ge=1, le=50)
    spread: float = setting(
        0.1, "Spread", "Standard deviation of a cluster.", unit="data units", gt=0.0, le=5.0, log=True
    )
    centres: tuple[Place, ...] = setting(
        (), "Centres", "Where the first clusters lie; the others are drawn.", max_length=50, advanced=True
    )


AttackSpec = Annotated[BridgeSpec | CopiesSpec | FlipSpec | OutOfDistributionSpec, Field(discriminator="attack")]

ATTACKS: dict[str, type[Any]] = {
    "bridge": BridgeSpec,
    "copies": CopiesSpec,
    "flip": FlipSpec,
    "junk": OutOfDistributionSpec,
}
"""The attacks by name."""
