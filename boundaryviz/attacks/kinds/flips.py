"""Flipped labels: training points with a wrong class in the place of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.settings import AttackSettings, Placed
from boundaryviz.attacks.targets import Aim, AttackError, aim
from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.scene import Points, Scene
from boundaryviz.scene.specs import setting


class FlipSpec(AttackSettings):
    """Labels of training points replaced by a wrong one; the points stay where they are."""

    TITLE: ClassVar[str] = "Flipped labels"
    STANDS_IN: ClassVar[bool] = True
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

    def unused(self) -> Mapping[str, str]:
        """The target, where none is looked for."""
        if self.choose == "target":
            return {}
        return dict.fromkeys(("target", "snap", "radius"), "only labels nearest to the target look for one")

    def aim(self, scene: Scene) -> Aim | None:
        """At the target where the labels nearest to it are flipped, else nowhere."""
        return super().aim(scene) if self.choose == "target" else None

    def place(self, scene: Scene, rng: np.random.Generator) -> Placed:
        """Labelled training points with a wrong class in the place of their own, and the ids (K,) they stand in for.

        The wrong class is the wanted one; where none is wanted, the next. Raises AttackError without labels, or as
        `aim` does for a choice around the target.
        """
        points = scene.points
        free = (points.origin == 0) & ~points.muted & points.is_train & points.is_labelled
        if self.wanted is not None:
            free &= points.label != self.wanted
        at = np.flatnonzero(free)
        if not len(at):
            raise AttackError(
                "There is no labelled training point whose label could be flipped. Give some points a class."
            )
        if self.choose == "random":
            order = rng.permutation(at)
        elif self.choose == "boundary":
            order = at[np.argsort(_to_another_class(points, at, scene.domain.stretch), kind="stable")]
        else:
            goal = aim(scene, self.target, self.wanted, None, self.snap)
            at = at[points.label[at] != goal.target_class]
            gap = np.linalg.norm(as_seen(points.xy[at] - goal.target, scene.domain.stretch), axis=1)
            order = at[np.argsort(gap, kind="stable")]
            if self.radius is not None:
                order = order[: np.count_nonzero(gap <= self.radius)]
        chosen = np.sort(order[: self.count])
        old = points.label[chosen]
        new = (old + 1) % scene.classes if self.wanted is None else np.full(len(chosen), self.wanted)
        same = points.take(chosen)
        planted = Points.of(same.xy, new, origin=self.group, first_id=scene.next_id)
        return planted.with_columns(inputs=same.inputs, response=same.response), same.ids


def _to_another_class(points: Points, at: NDArray[np.int64], stretch: float) -> NDArray[np.float64]:
    """Distance (K,) of the labelled points at these positions to the nearest among them of another class."""
    from scipy.spatial import cKDTree

    gap, xy = np.full(len(at), np.inf), as_seen(points.xy, stretch)
    for k in np.unique(points.label[at]):
        mine = points.label[at] == k
        if not mine.all():
            gap[mine] = cKDTree(xy[at[~mine]]).query(xy[at[mine]])[0]
    return gap
