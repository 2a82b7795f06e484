"""Deep partition aggregation: what is set of it. See `learners.partitions`."""

from __future__ import annotations

from typing import ClassVar, Literal

from typing_extensions import override

from boundaryviz.learners.family import family
from boundaryviz.learners.needs import PLACES, Needs, Size
from boundaryviz.learners.specs_fitted import AtOnceSpec
from boundaryviz.scene.specs import setting

AT_ONCE = 1 << 21
"""Distances that are worked out at a time."""
_NODE = 200.0  # bytes of a node of a tree, with what scikit-learn keeps beside it
_TREE = 25  # nodes' worth that a tree takes before it has any


@family(
    "boundaryviz.learners.partitions:PartitionAggregation", at_once=True, seeded=False, capabilities=["certificates"],
    order=188,
)  # fmt: skip
class PartitionSpec(AtOnceSpec):
    """A hash of its own place deals each point to one of many parts, and a model of each part votes. One point more or
    less, or one other label, changes one vote: so a lead in votes is a number of poison points that it survives."""

    TITLE: ClassVar[str] = "Partition aggregation"
    name: Literal["dpa"] = "dpa"
    parts: int = setting(
        50, "Parts", "Into how many parts the points are dealt: more of them survive more poison, and each knows less.",
        ge=1, le=1_000, log=True,
    )  # fmt: skip
    base: Literal["nearest", "mean", "tree"] = setting(
        "nearest", "Model", "What is made of each part: the class of the nearest point, of the nearest mean of a "
        "class, or a decision tree.",
        choices={"nearest": "nearest neighbour", "mean": "nearest mean", "tree": "decision tree"},
    )  # fmt: skip

    @property
    @override
    def scale_free(self) -> bool:
        """Of trees."""
        return self.base == "tree"

    @override
    def _fitting(self, size: Size) -> Needs:
        nodes = _TREE * self.parts + 4.0 * min(size.labelled, self.parts + size.mixed) if self.base == "tree" else 0.0
        votes = 24.0 * min(size.asked, PLACES) * size.classes
        kept = 8.0 * size.sights * size.labelled * (size.width + 3)
        return {"fewer parts": _NODE * size.sights * nodes, "fewer points": 32.0 * AT_ONCE + votes + kept}
