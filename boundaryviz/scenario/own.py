"""Points of one's own written out, as files hold them: as they came, whatever settings of the data make of them."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from pydantic import model_validator

from boundaryviz.scenario.plane import PlaneSpec, Whole
from boundaryviz.scene.bounds import check_scene
from boundaryviz.scene.own_points import OwnPoints
from boundaryviz.scene.specs import Spec
from boundaryviz.tables.choice import TableSource


class OwnSpec(Spec):
    """See `own_points.OwnPoints`. source: of points from a table, which, and how it was read."""

    plane: PlaneSpec
    splits_given: bool = True
    labels_by_hand: Whole = ()
    kept_by_hand: Whole = ()
    source: TableSource | None = None

    @model_validator(mode="after")
    def _readable(self) -> Self:
        check_scene(self.points.scene)
        return self

    @classmethod
    def of(cls, points: OwnPoints, source: TableSource | None = None) -> Self:
        """Those points written out."""
        found = cls.model_construct(
            plane=PlaneSpec.of(points.scene), splits_given=points.splits_given, source=source,
            labels_by_hand=tuple(sorted(points.labels_by_hand)), kept_by_hand=tuple(sorted(points.kept_by_hand)),
        )  # fmt: skip
        found.__dict__["points"] = points  # which need not be read again
        return found

    @cached_property
    def points(self) -> OwnPoints:
        """Raises ValueError for columns that make no points."""
        by_hand = frozenset(self.labels_by_hand), frozenset(self.kept_by_hand)
        return OwnPoints(self.plane.scene(), self.splits_given, *by_hand)
