"""What every attack is: settings that say where its points go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.attacks.targets import Aim, aim
from boundaryviz.scene.bounds import check_places
from boundaryviz.scene.registry import checked_settings
from boundaryviz.scene.scene import MAX_CLASSES, MAX_GROUPS, Points, Scene
from boundaryviz.scene.specs import Spec, setting

Place = tuple[float, float]
Placed = tuple[Points, NDArray[np.int64]]
"""The points that an attack plants, under unused ids, and the ids (K,) of clean points it withdraws for them."""

NOBODY: Final = np.empty(0, dtype=np.int64)
"""Ids of clean points, of an attack that withdraws none."""
_LARGEST_SEED: Final = 2**31 - 1
MOST: Final = 100_000
"""Points that an attack plants or flips."""


class AttackSettings(Spec):
    """What all attacks share; a change of attack keeps it.

    An attack is a class of settings in a module of `attacks/kinds`, or one that another package registers: with a
    field `attack`, a Literal of its name, with a TITLE, and with `place`.
    FOREIGN: names of the shared settings that mean nothing to it. STANDS_IN: its points stand in for clean ones, which
    it withdraws; a larger dose then holds a smaller one. NEEDS_INPUTS: it has no place on a plane that is all there is.
    """

    TITLE: ClassVar[str]
    FOREIGN: ClassVar[tuple[str, ...]] = ()
    STANDS_IN: ClassVar[bool] = False
    NEEDS_INPUTS: ClassVar[bool] = False
    if TYPE_CHECKING:
        attack: str = ""  # a field of each

    on: bool = setting(
        True, "Poison on", "Off hides all poison from training, of this attack and by hand; nothing is removed."
    )
    count: int = setting(0, "Points", "How many points the attack plants or flips.", ge=0, le=MOST, log=True)
    target: Place | None = setting(
        None, "Target", "Where the model is to be changed; empty takes the known point of another class that is "
        "nearest to a labelled point of the wanted one, and lies among points of its own.",
    )  # fmt: skip
    snap: bool = setting(
        True, "Snap to a point", "The target is the nearest training point that is not labelled as wanted.",
        advanced=True,
    )  # fmt: skip
    wanted: int | None = setting(
        None, "Wanted class", "What the target shall be taken for; empty is the source's class, or the first.",
        ge=0, le=MAX_CLASSES - 1, advanced=True,
    )  # fmt: skip
    seed: int = setting(
        0, "Poison seed", "The same seed places the same points.", ge=0, le=_LARGEST_SEED, advanced=True
    )
    group: int = setting(
        1, "Group", "Which group of poison the points belong to; others stay as they are.",
        ge=1, le=MAX_GROUPS, advanced=True,
    )  # fmt: skip

    @override
    def model_post_init(self, _context: object, /) -> None:
        given = (getattr(self, name, None) for name in ("target", "source", "via", "centres"))
        check_places(np.array([place for one in given if one for place in np.reshape(one, (-1, 2)).tolist()]))

    def aim(self, scene: Scene) -> Aim | None:
        """Where it aims; None for an attack that aims nowhere. Raises AttackError where it cannot."""
        return aim(scene, self.target, self.wanted, None, self.snap)

    def place(self, scene: Scene, rng: np.random.Generator) -> Placed:
        """Where its points go, for a `count` above 0: a function of settings, scene and random numbers alone.

        Raises AttackError, in a sentence, where it cannot be placed.
        """
        raise NotImplementedError


SHARED: Final = tuple(AttackSettings.model_fields)
"""The settings that every attack has."""


def accepted(given: Any) -> tuple[str, type[AttackSettings]]:
    """Name and class of an attack. Raises TypeError for what is none."""
    return checked_settings(given, AttackSettings, "attack", "place"), given
