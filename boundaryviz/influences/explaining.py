"""The methods at work on a session: an explanation in slices, what is quick first."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from boundaryviz.engine.session import Session
from boundaryviz.influences import functions, methods, representers
from boundaryviz.influences.deciding import Decision, in_units, left_out, plain, trained_on
from boundaryviz.influences.requests import Asked, InfluenceError
from boundaryviz.influences.retraining import from_start, warm
from boundaryviz.influences.shapley import knn_shapley
from boundaryviz.learners.families.estimators import SVCSpec
from boundaryviz.learners.families.graphs import LapRLSSpec
from boundaryviz.record.influence import METHODS, Explanation, titled
from boundaryviz.record.seeds import training_varies
from boundaryviz.scene.scene import Points

QUICK = frozenset({"shapley", "labels", "representers"})
"""Methods that take milliseconds whatever the learner; the influence function joins them of a few weights."""

_QUICKLY = 5_000  # points up to which that is so
_SHARES = 1_000_000  # points times labels up to which shares of labels are solved for
_FEW = 30  # weights whose curvature takes no time to speak of
_REFITS = 16  # fits that are held at a time

Rows = Generator[None, None, NDArray[np.float64]]


class Explainer:
    """Explains what one replica of a session decides at a place. Raises InfluenceError where nothing is decided, or a
    method that is asked for by name does not apply."""

    def __init__(self, session: Session, replica: int, asked: Asked) -> None:
        self.session, self.replica, self.asked = session, replica, asked
        scenario, classes = session.scenario, session.scene.classes
        if session.spec.fits(session.scene):
            raise InfluenceError("The learner fits responses, not classes; what is explained is the lead of a class.")
        self.refused = methods.refusals(session.spec, scenario.training, classes)
        names = methods.usual(session.spec, scenario.training, classes) if asked.methods is None else asked.methods
        for name in names:
            if why := self.refused.get(name):
                raise InfluenceError(f"{titled(name)}: {why}.")
        self.names = tuple(name for name in METHODS if name in names)
        self.decision = Decision.at(session, asked.place, replica)
        self.points: Points = trained_on(session, replica)
        if len(self.points) < 2:
            raise InfluenceError("There are fewer than two training points: none can be left out.")
        labels = int(self.points.is_labelled.sum())
        if "labels" in self.names and labels * len(self.points) > _SHARES:
            why = f"each label is handed on by itself, which for {labels:,} labels would take long"
            if asked.methods is not None:
                raise InfluenceError(f"{titled('labels')}: {why}.")
            self.names = tuple(name for name in self.names if name != "labels")
            self.refused["labels"] = why
        self._rows = {name: np.full(len(self.points), np.nan) for name in self.names}
        self.truth, self.other = (np.full(len(self.points), np.nan) for _ in range(2))

    # ---- the work -----------------------------------------------------------------------------------

    def quick(self, name: str) -> bool:
        """Whether a method takes milliseconds here."""
        small = name == "influence" and plain(self.session)[0].parameters <= _FEW
        return len(self.points) <= _QUICKLY and (name in QUICK or small)

    def work(self, quick: bool) -> Generator[None, None, None]:
        """The methods that are quick, or the others, but for TracIn, which needs checkpoints."""
        for name in self.names:
            if name != "tracin" and self.quick(name) == quick:
                self._rows[name] = yield from getattr(self, f"_{name}")()

    def add(self, name: str, row: NDArray[np.float64]) -> None:
        """Add to what a method says of each point (N,)."""
        self._rows[name] = np.nan_to_num(self._rows[name]) + row

    def leave_out(self, at: NDArray[np.int64], steps: int, seeds: int = 2) -> Generator[None, None, None]:
        """Train from the start without each of the points at these positions; with a second seed where that matters."""
        session, first = self.session, self.session.replicas.seeds[self.replica]
        several = (first, first + 1)[:seeds] if self.seeded else (first,)
        out = left_out(self.points, at, self.asked.group)
        falls = yield from from_start(
            session.scenario, session.scene, [self.decision], self.points, out, several, steps, session.spec
        )
        self.truth[at], self.other[at] = falls[0, 0], falls[0, -1] if len(several) > 1 else np.nan

    @property
    def seeded(self) -> bool:
        """Whether seeds make a difference to this learner."""
        return training_varies(self.session.spec) == "training"

    @property
    def together(self) -> int:
        """How many models are trained at a time without a point."""
        return _REFITS if self.session.spec.family.at_once else 64

    def chosen(self) -> NDArray[np.int64]:
        """Positions of the points that are retrained for, or left out, first: all of them, or those that the quick
        methods name first, or that lie nearest."""
        if len(self.points) <= self.asked.most:
            return np.arange(len(self.points))
        known = self.now()
        ranked = known.ranked() if known.best in self._rows else np.empty(0, dtype=np.int64)
        near = np.argsort(np.square(self.points.xy - self.asked.place).sum(axis=1), kind="stable")
        return np.array(list(dict.fromkeys([*ranked.tolist(), *near.tolist()]))[: self.asked.most], dtype=np.int64)

    def now(self) -> Explanation:
        """What is known by now."""
        session, spec = self.session, self.session.spec
        refused = {name: why for name, why in self.refused.items() if name not in self.names}
        warned = methods.cautions(spec, session.scenario.training)
        return Explanation(
            self.asked.place, self.decision.decided, self.decision.rival,
            self.decision.lead(session.learner, self.replica),
            "logits" if self.decision.margin else session.learner.scale, session.step_count,
            session.replicas.seeds[self.replica], self.points.ids.copy(), self.names,
            np.array([self._rows[name] for name in self.names]).reshape(len(self.names), len(self.points)),
            self.truth.copy(), self.other.copy(), self.seeded, self.asked.group, refused,
            {name: words for name, words in warned.items() if name in self.names},
        )  # fmt: skip

    # ---- the methods --------------------------------------------------------------------------------

    def _grouped(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """What is said of each point (N,), summed over those that are left out together."""
        if self.asked.group == 1:
            return row
        together = left_out(self.points, np.arange(len(row)), self.asked.group).astype(np.float64)
        return together @ np.nan_to_num(row)

    def _net(self) -> tuple[Any, torch.Tensor, torch.Tensor, torch.Tensor]:
        """The net alone, inputs and targets of the points, and inputs of the place."""
        net, scale = plain(self.session)
        alone, points = net.alone(self.replica), self.points
        response = points.response if self.session.spec.fits_responses else None
        return (
            alone, alone.inputs(in_units(points.x, scale)), alone.targets(points.label.astype(np.int64), response),
            alone.inputs(in_units(self.decision.x, scale)),
        )  # fmt: skip

    def _influence(self) -> Rows:
        alone, inputs, targets, place = self._net()
        change = alone.lead_gradient(place, self.decision.decided, self.decision.rival)
        flat = not self.session.learner.hidden
        damping = self.asked.damping
        if damping is None:
            damping = functions.FLAT if flat else functions.HIDDEN
        weight = torch.ones(len(self.points), dtype=torch.float64)
        training = self.session.scenario.training
        found = yield from functions.influence(alone, inputs, targets, weight, training.l2, change, damping)
        return self._grouped(found.numpy())

    def _warm(self) -> Rows:
        at = self.chosen()
        found = np.full(len(self.points), np.nan)
        out = left_out(self.points, at, self.asked.group)
        (found[at],) = yield from warm(self.session, self.replica, [self.decision], self.points, out, self.asked.steps)
        return found

    def _shapley(self) -> Rows:
        spec, x = self.session.spec, self.points.x
        scale = plain(self.session)[1]
        gap = np.abs(in_units(x, scale) - in_units(self.decision.x, scale))
        near = (gap**spec.p).sum(axis=1)
        right = self.points.label == self.decision.decided
        yield
        return self._grouped(knn_shapley(near, right, min(spec.n_neighbors, len(x))))

    def _labels(self) -> Rows:
        net, scale = plain(self.session)
        yield
        ids, label, share = net.by_label(in_units(self.decision.x, scale), self.replica)
        if isinstance(self.session.spec, LapRLSSpec):
            # an output is the sum of shares with 1 for its class and -1 for others, so that their lead counts twice
            share = 2.0 * share
        side = (label == self.decision.decided).astype(float) - (label == self.decision.rival)
        return self._grouped(self._placed(ids, side * share[0]))

    def _representers(self) -> Rows:
        net, scale = plain(self.session)
        place, decision = in_units(self.decision.x, scale), self.decision
        yield
        if isinstance(self.session.spec, SVCSpec):
            found = net.by_support(place, self.replica)
            if found is None:
                return np.full(len(self.points), np.nan)
            return self._grouped(self._placed(found[0], found[1][0] * (1.0 if decision.decided else -1.0)))
        if isinstance(self.session.spec, LapRLSSpec):
            ids, terms = net.by_point(place, self.replica)
            return self._grouped(self._placed(ids, terms[0, :, decision.decided] - terms[0, :, decision.rival]))
        alone, inputs, targets, at = self._net()
        penalty = max(self.session.scenario.training.l2, representers.LEAST_PENALTY)
        row = representers.of_last_layer(alone, inputs, targets, penalty, at, decision.decided, decision.rival)
        return self._grouped(row)

    def _placed(self, ids: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of some points by their ids in the row of all (N,), 0 for the others."""
        found = np.zeros(len(self.points))
        _, ours, theirs = np.intersect1d(self.points.ids, ids, assume_unique=False, return_indices=True)
        found[ours] = values[theirs]
        return found
