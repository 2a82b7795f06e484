"""The faults that the audit was made for, each put back as it was, in small: what finds none of them is no audit.

Each says which property has to fail, for which of the cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from torch import Tensor

from audit import properties
from audit.cases import Case, Recipe, attacks, small
from boundaryviz.engine import session
from boundaryviz.engine.judging import sights
from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.learners import losses
from boundaryviz.learners.batches import Pool
from boundaryviz.learners.families.estimators import SVCSpec
from boundaryviz.learners.fitted_learner import FittedLearner
from boundaryviz.learners.kernels import gaussian
from boundaryviz.learners.laprls import LapRLS, laplacian
from boundaryviz.learners.network import Network
from boundaryviz.learners.propagation import LabelPropagation, LabelSpreading
from boundaryviz.scene.scaling import Scaling
from boundaryviz.scene.scene import Domain
from boundaryviz.studies.doses import PoisonedScene
from boundaryviz.tables import tables
from boundaryviz.tables.tables import Table

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Mutation:
    """A fault, the property that finds it, and a case of which it does not hold then."""

    fault: Patch
    found_by: str
    case: Case


MUTATIONS: dict[str, Mutation] = {}


def _mutation(found_by: str, case: Case) -> Callable[[Patch], Patch]:
    def declared(fault: Patch) -> Patch:
        MUTATIONS[fault.__name__] = Mutation(fault, found_by, case)
        return fault

    return declared


def _given(self: Any, label: NDArray[np.int64]) -> NDArray[np.float64]:
    """One-hot rows (n, C), 0 where unlabelled."""
    return (label[:, None] == np.arange(self.problem.classes)).astype(np.float64)


def _by_all(x: NDArray[np.float64], share: NDArray[np.float64], gamma: float) -> Any:
    """The mean of all points by their Gaussian weight, NaN where none has any."""

    def decide(places: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore"):
            mass = gaussian(places, x, gamma) @ share
            return np.asarray(mass / mass.sum(axis=1, keepdims=True))

    return decide


# ---- a decision about the model that depended on who else is there -----------------------------------------

_DENSE, _KEPT = 80, 3  # in place of 3000 and 30: as many points as the clean twin sees
_RBF = small("label-spreading", kernel="rbf", gamma=5.0)
_BRIDGE, _FLIP = attacks()["bridge"], attacks()["flip"]


@_mutation("a_point_that_cannot_be_felt_changes_nothing", Case(_RBF, _BRIDGE))
def a_gaussian_graph_cut_short_beyond_so_many_points(patch: pytest.MonkeyPatch) -> None:
    def fit(self: Any, x: NDArray[np.float64], label: NDArray[np.int64]) -> Any:
        weight = gaussian(x, x, self._spec.gamma)
        np.fill_diagonal(weight, 0.0)
        if len(x) > _DENSE:
            weight[weight < np.sort(weight, axis=1)[:, -_KEPT, None]] = 0.0
            weight = np.maximum(weight, weight.T)
        scale = 1.0 / np.sqrt(np.maximum(weight.sum(axis=0), 1e-300))
        system = np.eye(len(x)) - self._spec.alpha * scale[:, None] * weight * scale
        return _by_all(x, np.linalg.solve(system, _given(self, label)), self._spec.gamma)

    patch.setattr(LabelSpreading, "_fit", fit)


@_mutation("a_point_that_cannot_be_felt_changes_nothing", Case(small("laprls"), _BRIDGE))
def carriers_spaced_over_whoever_is_visible(patch: pytest.MonkeyPatch) -> None:
    def fit(self: Any, x: NDArray[np.float64], label: NDArray[np.int64]) -> Any:
        spec, known = self._spec, label >= 0
        y = np.where(_given(self, label) > 0, 1.0, -1.0) * known[:, None]
        some = known.copy()
        some[np.linspace(0, len(x) - 1, 20).astype(int)] = True
        to, among = gaussian(x, x[some], spec.gamma), gaussian(x[some], x[some], spec.gamma)
        smooth = spec.intrinsic * known.sum() * laplacian(x, *spec.joined)
        system = to[known].T @ to[known] + spec.ambient * known.sum() * among + to.T @ (smooth @ to)
        a = np.linalg.solve(system + 1e-9 * np.eye(len(system)), to.T @ y)
        return lambda places: np.clip((gaussian(places, x[some], spec.gamma) @ a + 1) / 2, 0, 1)

    patch.setattr(LapRLS, "_fit", fit)


@_mutation(
    "a_gaussian_joins_every_point", Case(small("label-propagation", kernel="rbf", gamma=1000.0), attacks()["copies"])
)
def faint_weights_dropped(patch: pytest.MonkeyPatch) -> None:
    def fit(self: Any, x: NDArray[np.float64], label: NDArray[np.int64]) -> Any:
        weight = gaussian(x, x, self._spec.gamma)
        weight[weight < 1e-9] = 0.0
        np.fill_diagonal(weight, 0.0)
        known, given = label >= 0, _given(self, label)
        inner = np.diag(weight[~known].sum(axis=1)) - weight[np.ix_(~known, ~known)]
        mass = given.copy()
        mass[~known] = np.linalg.lstsq(inner, weight[np.ix_(~known, known)] @ given[known], rcond=None)[0]
        return _by_all(x, np.where(mass > 1e-6, mass, 0.0), self._spec.gamma)

    patch.setattr(LabelPropagation, "_fit", fit)


@_mutation("the_poisoned_model_is_the_same_without_a_twin", Case(small("mlp"), _FLIP, Recipe(labels=None)))
def withdrawn_points_out_of_the_pool(patch: pytest.MonkeyPatch) -> None:
    whole = Pool.of.__func__  # type: ignore[attr-defined]
    patch.setattr(Pool, "of", classmethod(lambda cls, *given, **_: whole(cls, *given[:5])))


@_mutation("the_place_of_poison_in_a_table_changes_nothing", Case(small("mlp"), _BRIDGE))
def a_table_whose_poison_counts(patch: pytest.MonkeyPatch) -> None:
    read = tables.read_table

    def counted(source: str) -> Table:
        table = read(source)
        points = table.scene.points
        scene = replace(table.scene, domain=Domain.around(points.xy))
        return replace(table, scene=scene.with_points(points.with_columns(ids=np.arange(len(points)))))

    patch.setattr(properties, "read_table", counted)


@_mutation("other_doses_change_nothing", Case(small("mlp"), attacks()["copies"], Recipe(labels=None), batch=7))
def doses_in_one_pool(patch: pytest.MonkeyPatch) -> None:
    def replicas(self: PoisonedScene, seeds: Sequence[int]) -> Replicas:
        """Numbers the poison of a dose after that of the smaller ones."""
        found = alone(self, seeds)
        assert found.extra is not None
        before = sum(int(scene.points.is_poison.sum()) for scene in self.scenes[:-1])
        return replace(found, extra=replace(found.extra, ids=found.extra.ids + before))

    alone = PoisonedScene.replicas
    patch.setattr(PoisonedScene, "replicas", replicas)


# ---- numbers of what is no model ---------------------------------------------------------------------------


@_mutation("a_model_that_diverged_counts_in_nothing", Case(small("mlp"), _BRIDGE))
def the_largest_of_nan(patch: pytest.MonkeyPatch) -> None:
    def leading(z: Tensor) -> Tensor:
        return (z[:, 0] >= 0).long() if z.shape[1] == 1 else z.max(1).indices

    patch.setattr(losses, "leading", leading)


# ---- the picture -------------------------------------------------------------------------------------------


_SCATTERED = Case(small("DecisionTreeClassifier"), attacks()["flip at random"], Recipe(labels=None))


@_mutation("the_field_that_stands_decides_as_the_model", _SCATTERED)
def a_quick_field_between_nodes(patch: pytest.MonkeyPatch) -> None:
    exact = Session.field

    def field(self: Session, rect: Domain, columns: int, rows: int, replica: int = 0, **how: Any) -> NDArray:
        """Exact where the nodes around a block differ, and theirs elsewhere, which misses what lies between nodes."""
        quick = how.pop("quick", False)
        found = exact(self, rect, columns, rows, replica, **how)
        if not quick or found.ndim > 2:
            return found
        for r in range(0, rows, 8):
            for c in range(0, columns, 8):
                block = found[r : r + 9, c : c + 9]
                corners = block[::8, ::8] > 0.5
                if corners.all() or not corners.any():
                    found[r : r + 8, c : c + 8] = block[0, 0]
        return found

    patch.setattr(Session, "field", field)


# ---- numbers far from the origin ---------------------------------------------------------------------------


@_mutation("a_shift_of_everything_changes_nothing", Case(small("vat"), _BRIDGE))
def the_centre_subtracted_after_rounding(patch: pytest.MonkeyPatch) -> None:
    def rounded(self: Scaling, x: NDArray[np.float64]) -> NDArray[np.float64]:
        if len(x) <= 2:  # corners of the domain, which no longer are any after rounding
            return (x - self.centre) / self.unit
        single = np.float32
        return ((x.astype(single) - self.centre.astype(single)) / self.unit.astype(single)).astype(np.float64)

    patch.setattr(Scaling, "__call__", rounded)


@_mutation("a_shift_of_everything_changes_nothing", Case(small("KNeighborsClassifier"), _BRIDGE))
def estimators_shown_coordinates_far_from_the_origin(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FittedLearner, "_centre", lambda self: None)


@_mutation("a_shift_of_everything_changes_nothing", Case(small("SVC"), _BRIDGE))
def a_kernel_of_how_far_the_means_of_the_axes_lie_apart(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SVCSpec, "bound_to_origin", "")


# ---- what the audit found itself ---------------------------------------------------------------------------


@_mutation("the_clean_twin_never_heard_of_the_poison", Case(small("mlp"), _BRIDGE, Recipe(labels=0, by_hand=True)))
def a_net_that_moves_with_nothing_to_learn_from(patch: pytest.MonkeyPatch) -> None:
    standing = Network._standing
    patch.setattr(Network, "_standing", lambda self, idle, tensors: standing(self, idle[:0], tensors))


# ---- defences ----------------------------------------------------------------------------------------------

_DEFENDED = "the_clean_twin_of_a_defended_run_never_heard_of_the_poison"
_SIFTED = Case(small("mlp"), attacks()["copies"], Recipe(labels=None), steps=12, filter="knn")


@_mutation(_DEFENDED, _SIFTED)
def a_filter_shown_what_anybody_sees(patch: pytest.MonkeyPatch) -> None:
    def shown(seeds: Any, points: Any, seen: NDArray[np.bool_], *more: Any) -> Any:
        return sights(seeds, points, np.broadcast_to(seen.any(axis=0), seen.shape), *more)

    patch.setattr(session, "sights", shown)


@_mutation(_DEFENDED, replace(_SIFTED, filter="loss"))
def removed_points_that_lose_their_places_in_batches(patch: pytest.MonkeyPatch) -> None:
    of: Any = Pool.of

    def without(*given: Any) -> Any:
        return of(*given[:-1], None)

    patch.setattr(Pool, "of", without)
