"""What mistakes cost, and where the decision between classes falls: predictions under costs.

A table of costs T has a row for each true class and a column for each predicted one. The class predicted is the one of
the least expected cost, sum_i p_i T_ij (Elkan 2001, "The foundations of cost-sensitive learning", equation 1). Of two
classes that is a threshold of the probability p of the second: it is predicted from
p* = (T01 - T00) / (T01 - T00 + T10 - T11) on (there, equation 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from boundaryviz.learners.base import UNDECIDED
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.scene.scene import Scene
from boundaryviz.scene.specs import Spec, setting

Row = tuple[Annotated[float, Field(ge=0.0, le=1e6)], ...]
BY_COSTS: Literal["costs"] = "costs"
HALF = 0.5


class DecisionSpec(Spec):
    """What mistakes cost, and from which probability on the second of two classes is predicted."""

    threshold: Annotated[float, Field(ge=0.0, le=1.0)] | Literal["costs"] = setting(
        BY_COSTS, "Threshold",
        "The probability of the second class from which on it is predicted; by costs it is the one that makes the "
        "expected cost least, one half where every mistake costs the same.",
        choices={"costs": "by costs"},
    )  # fmt: skip
    false_negative: float = setting(
        1.0, "Cost of a miss", "What it costs to take a point of the second of two classes for the first.",
        gt=0.0, le=1e6, log=True,
    )  # fmt: skip
    false_positive: float = setting(
        1.0, "Cost of a false alarm", "What it costs to take a point of the first of two classes for the second.",
        gt=0.0, le=1e6, log=True,
    )  # fmt: skip
    costs: tuple[Row, ...] = Field(
        default=(), title="Cost table", max_length=64,
        description="What it costs to take a class for another: a row for each true class, a column for each predicted "
        "one. Of two classes it stands in for the two costs above; without one every mistake costs 1.",
    )  # fmt: skip

    @field_validator("costs")
    @classmethod
    def _reasonable(cls, table: tuple[Row, ...]) -> tuple[Row, ...]:
        """Raises ValueError for what is no table of costs; that no mistake is cheaper than what is right is the
        reasonableness of Elkan 2001, section 1.2."""
        if any(len(row) != len(table) for row in table):
            raise ValueError("a table of costs has as many columns as rows, one for each class")
        if len(table) == 1:
            raise ValueError("a table of costs is of two classes at least")
        for true, row in enumerate(table):
            if row[true] > min(row):
                raise ValueError(f"row {true}: what is right must cost no more than any mistake")
            if max(row) == row[true]:
                raise ValueError(f"row {true}: some mistake must cost more than what is right")
        return table

    @property
    def prices(self) -> bool:
        """Whether it says what mistakes cost, so that there is an expected cost beside the error."""
        return bool(self.costs) or (self.false_negative, self.false_positive) != (1.0, 1.0)

    def unused(self) -> Mapping[str, str]:
        """The two costs, where there is a table."""
        words = "a table of costs stands in for it"
        return dict.fromkeys(("false_negative", "false_positive"), words) if self.costs else {}

    def problem(self, classes: int) -> str | None:
        """What does not fit a scene of so many classes, in words that begin with the setting; None where all does."""
        if self.costs and len(self.costs) != classes:
            return (
                f"decision.costs: the table is of {len(self.costs)} classes, the data have {classes}; "
                "give it a row and a column for each class"
            )
        if classes == 2:
            return None
        if self.threshold != BY_COSTS:
            return f"decision.threshold: a threshold is between two classes, the data have {classes}; write costs"
        if (self.false_negative, self.false_positive) != (1.0, 1.0):
            name = "false_negative" if self.false_negative != 1.0 else "false_positive"
            return f"decision.{name}: it is of two classes, the data have {classes}; write a table, decision.costs"
        return None

    def rule_in(self, scene: Scene, learner: LearnerSettings) -> Rule:
        """How the learner's probabilities are decided between the classes of a scene: as if nothing were said where it
        fits the responses of the points, which are not probabilities."""
        return (DecisionSpec() if learner.fits(scene) else self).rule(scene.classes)

    def rule(self, classes: int) -> Rule:
        """How it decides between so many classes. What does not fit them says nothing, see `problem`."""
        table = 1.0 - np.eye(classes)
        if len(self.costs) == classes:
            table = np.array(self.costs)
        elif classes == 2:
            table = np.array([[0.0, self.false_positive], [self.false_negative, 0.0]])
        chosen = None if classes != 2 or isinstance(self.threshold, str) else float(self.threshold)
        return Rule(table, chosen, self.prices and (classes == 2 or len(self.costs) == classes))


@dataclass(frozen=True, eq=False)
class Rule:
    """How probabilities of C classes become a decision.

    costs: float64 (C, C), by true and predicted class. chosen: the threshold between two classes that stands in for
    the costs', None for none. priced: whether somebody said what mistakes cost.
    """

    costs: NDArray[np.float64]
    chosen: float | None = None
    priced: bool = False

    @property
    def classes(self) -> int:
        """C."""
        return len(self.costs)

    @property
    def implied(self) -> float:
        """Of two classes, the threshold that the costs imply (Elkan 2001, equation 2)."""
        alarm, miss = self.costs[0, 1] - self.costs[0, 0], self.costs[1, 0] - self.costs[1, 1]
        return float(alarm / (alarm + miss))

    @property
    def threshold(self) -> float:
        """Of two classes, the probability of the second from which on it is predicted."""
        return self.implied if self.chosen is None else self.chosen

    @property
    def plain(self) -> bool:
        """Whether it predicts the likeliest class, as if nothing were said."""
        if self.classes == 2:
            return self.threshold == HALF
        off = self.costs[~np.eye(self.classes, dtype=bool)]
        return bool((off == off[0]).all() and (np.diag(self.costs) == self.costs[0, 0]).all())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rule):
            return NotImplemented
        return np.array_equal(self.costs, other.costs) and (self.chosen, self.priced) == (other.chosen, other.priced)

    __hash__ = None  # type: ignore[assignment]

    def expected(self, p: NDArray[Any]) -> NDArray[np.float64]:
        """The expected cost of each prediction, float64 (..., C, G), of probabilities (..., C, G)."""
        found: NDArray[np.float64] = np.einsum("...ig,ij->...jg", p.astype(np.float64), self.costs)
        return found

    def decide(self, p: NDArray[np.floating]) -> NDArray[np.int64]:
        """The class predicted, int64 (..., G), of probabilities (..., C, G); -1 where they are no numbers.

        Of two classes the second from the threshold on; of more the one of the least expected cost, the first of
        equals, or where it is plain the likeliest.
        """
        if self.classes == 2:
            found = (p[..., 1, :] >= self.threshold).astype(np.int64)
        elif self.plain:
            found = p.argmax(axis=-2)
        else:
            found = self.expected(p).argmin(axis=-2)
        return np.where(np.isnan(p).any(axis=-2), UNDECIDED, found)

    def leaning(self, field: NDArray[np.float32]) -> NDArray[np.float32]:
        """A field as in `Snapshot` moved so that one half, or the largest of several, is where it decides: the field
        itself where that is so already."""
        if self.plain or (field.ndim == 2) != (self.classes == 2):
            return field
        if field.ndim == 2:
            return (field + np.float32(HALF - self.threshold)).astype(np.float32)
        if len(field) != self.classes:
            return field
        flat = field.reshape(self.classes, -1)
        return (-self.expected(flat)).reshape(field.shape).astype(np.float32)

    def paid(self, label: NDArray[np.integer], predicted: NDArray[np.integer]) -> NDArray[np.float64]:
        """What each prediction (..., M) costs of points of true class (M,); an undecided one as much as the worst."""
        costs = np.concatenate([self.costs, self.costs.max(axis=1, keepdims=True)], axis=1)  # -1 is the last column
        found: NDArray[np.float64] = costs[label, predicted]
        return found
