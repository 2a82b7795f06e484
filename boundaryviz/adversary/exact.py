"""A trained support vector machine of two classes, and how a loss elsewhere changes as one of its points moves.

Biggio, Nelson and Laskov 2012, "Poisoning attacks against support vector machines", section 3, in the form of Demontis
and others 2019, equation 10. What they hold constant is followed here as well: a point on the margin moves its own row
of the margin's conditions, and the "scale" of scikit-learn's gamma depends on where every point lies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary.kernels import Kernel, Matrix
from boundaryviz.adversary.models import Machine

_AT = 1e-6  # of C: a weight nearer than this to 0 or to C lies there

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ExactMachine:
    """f(x) = sum_j weight_j k(x_j, x) + offset, at a minimum of the machine's own objective.

    x: (N, D), its points, in the units that the learner is given. weight: (N,), the multipliers times the labels, which
    sum to 0. cost: (N,), the bound of each multiplier, C times how often a point is there; 0 for one that is not.
    scaled: gamma is 1 / (D times the variance of all numbers of x), as scikit-learn's "scale" has it, and so moves with
    the points.
    """

    x: Matrix
    weight: Vector
    offset: float
    kernel: Kernel
    cost: Vector
    scaled: bool = False

    @classmethod
    def of(cls, machine: Machine, scaled: bool) -> ExactMachine:
        """What a support vector machine has learnt, in double precision.

        libsvm keeps the kernel matrix in single precision, which is too coarse for differences of losses: the weights
        on the margin are worked out anew from its conditions, those at 0 and at C being where libsvm has put them.
        Where they then leave 0..C, libsvm's own weights are taken.
        """
        model = machine.model
        kernel = Kernel(model.kernel, machine.gamma, int(model.degree), float(model.coef0))
        given = cls(machine.x, machine.alpha, float(model.intercept_[0]), kernel, machine.C, scaled)
        return given._exact() or given

    def _exact(self) -> ExactMachine | None:
        """With the weights that fulfil the conditions of the margin as it is; None where they leave 0..C."""
        margin, sign = self.on_margin, np.sign(self.weight)
        fixed = np.where(np.abs(self.weight) > self.cost / 2, sign * self.cost, 0.0)
        fixed[margin] = 0.0
        if not len(margin):
            return replace(self, weight=fixed)
        held = fixed != 0
        right = sign[margin] - self.kernel(self.x[margin], self.x[held]) @ fixed[held]
        found = np.linalg.lstsq(self._conditions(margin), np.append(right, -fixed.sum()), rcond=None)[0]
        size, most = found[:-1] * sign[margin], self.cost[margin]
        if (size < -_AT * most).any() or (size > (1.0 + _AT) * most).any():
            return None
        weight = fixed
        weight[margin] = found[:-1]
        return replace(self, weight=weight, offset=float(found[-1]))

    def _conditions(self, margin: NDArray[np.int64]) -> Matrix:
        """H = [[K(margin, margin), 1], [1, 0]], (S + 1, S + 1): what weights on the margin and the offset fulfil."""
        conditions = np.ones((len(margin) + 1, len(margin) + 1))
        conditions[:-1, :-1] = self.kernel(self.x[margin], self.x[margin])
        conditions[-1, -1] = 0.0
        return conditions

    def decision(self, places: Matrix) -> Vector:
        """f at places (M, D): (M,)."""
        support = self.weight != 0
        found: Vector = self.weight[support] @ self.kernel(self.x[support], places) + self.offset
        return found

    @property
    def on_margin(self) -> NDArray[np.int64]:
        """The points (S,) whose weight is strictly between 0 and C: there f is +1 or -1, whatever others do."""
        size = np.abs(self.weight)
        return np.flatnonzero((size > _AT * self.cost) & (size < (1.0 - _AT) * self.cost))

    def gradient(self, moved: int, places: Matrix, slopes: Vector) -> Vector:
        """The gradient (D,) of a loss by where the point `moved` lies, as the machine is trained anew on it.

        places: (M, D), where the loss looks. slopes: (M,), its derivative by f there.

        The machine's weights follow from its conditions: f = y at every point on the margin, and the weights sum to 0.
        A small change dK of the kernel matrix changes f at the places by
            dK(places, .) a - [K(places, margin), 1] H^-1 [dK(margin, .) a, 0],  H = [[K(margin, margin), 1], [1, 0]],
        weights at 0 or at C staying there. dK is of one row and one column, those of the point moved, and of all of it
        where gamma moves.
        """
        margin, c, a = self.on_margin, self.x[moved], self.weight[moved]
        follow = self._follow(margin, places, slopes)
        gradient: Vector = a * (slopes @ self.kernel.slope(c, places))
        if len(margin):
            rows = a * self.kernel.slope(c, self.x[margin])
            if (own := np.flatnonzero(margin == moved)).size:
                rows[own[0]] = self._own_row(moved)
            gradient -= follow @ rows
        if self.scaled:
            gradient += self._by_gamma(margin, places, slopes, follow) * self._gamma_slope(moved)
        return gradient

    def _follow(self, margin: NDArray[np.int64], places: Matrix, slopes: Vector) -> Vector:
        """What a unit of change in the conditions of the margin (S,) does to the loss: the first S of H^-1 P slopes."""
        if not len(margin):
            return np.zeros(0)
        right = np.append(self.kernel(self.x[margin], places) @ slopes, slopes.sum())
        return np.linalg.lstsq(self._conditions(margin), right, rcond=None)[0][:-1]

    def _own_row(self, moved: int) -> Vector:
        """The gradient (D,) of sum_j a_j k(c, x_j) by c, one of the x_j, for a point on the margin itself."""
        c, support = self.x[moved], self.weight != 0
        once: Vector = self.weight[support] @ self.kernel.slope(c, self.x[support])
        return once + self.weight[moved] * self.kernel.slope(c, c[None])[0]  # in k(c, c) both arguments move

    def _by_gamma(self, margin: NDArray[np.int64], places: Matrix, slopes: Vector, follow: Vector) -> float:
        """The derivative of the loss by gamma."""
        support = self.weight != 0
        x, a = self.x[support], self.weight[support]
        direct = slopes @ (self.kernel.by_gamma(places, x) @ a)
        return float(direct - follow @ (self.kernel.by_gamma(self.x[margin], x) @ a))

    def _gamma_slope(self, moved: int) -> Vector:
        """The gradient (D,) of gamma = 1 / (D var) by where a point lies; var is over the numbers of all points, each
        as often as it is there."""
        share = self.cost / self.cost.sum()
        mean = float((share @ self.x).mean())
        variance = float((share @ (self.x - mean) ** 2).mean())
        if not variance:
            return np.zeros(self.x.shape[1])
        spread: Vector = 2.0 * share[moved] * (self.x[moved] - mean) / self.x.shape[1]
        return -self.kernel.gamma / variance * spread

    def without_slope(self, moved: int, gradient: Vector) -> str:
        """Why the gradient (D,) of the point `moved` is 0, in words without a full stop; empty where it is not."""
        if np.linalg.norm(gradient) > 1e-9:
            return ""
        if not abs(self.weight[moved]) > _AT * self.cost[moved]:
            return "the point lies outside the margin, where the machine does not look at it"
        if self.kernel.name == "linear" and len(self.on_margin) > self.x.shape[1]:
            count = len(self.on_margin)
            return f"{count} points on the margin hold the line where it is, wherever the poison moves a little"
        return "no validation point that counts feels it"


def hinge(decision: Vector, sign: Vector) -> Vector:
    """max(0, 1 - y f) of decisions f (M,) and signs y (M,)."""
    return np.maximum(0.0, 1.0 - sign * decision)


def hinge_slopes(decision: Vector, sign: Vector) -> Vector:
    """The derivative by f of `hinge`, (M,); 0 on the margin itself."""
    return np.where(sign * decision < 1.0, -sign, 0.0)
