"""Poisoning a net by the gradient through its training (Munoz-Gonzalez and others 2017, algorithm 2).

All points move at once, by Adam, up the validation loss of several nets after some more steps of descent on them. The
nets, each trained for a longer part of the scenario's steps, stand for training at all its stages (MetaPoison: Huang
and others 2020, section 3.2, "staggered" surrogates); they are trained anew now and then, as the poison moves away from
what they have seen. Of the sets of poison on the way, the one that does best when nets are trained in full is kept.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from boundaryviz.adversary.methods.copies import Copies
from boundaryviz.adversary.methods.unsuited import unsuited
from boundaryviz.adversary.models import answers_of
from boundaryviz.adversary.nets import Nets, check_finite
from boundaryviz.adversary.problem import Problem
from boundaryviz.adversary.unrolled import Descent
from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.methods.back_gradient import BackGradientSpec
from boundaryviz.learners import losses
from boundaryviz.learners.specs import LogisticSpec, MLPSpec
from boundaryviz.record.trail import AttackState

_AFRESH = 5  # moves after which the nets are trained anew, and the poison is one of those tried in full


def attack(problem: Problem, start: AttackState | None) -> Iterator[AttackState]:
    """A state for every move of all points, and at the end the best of those tried in full. From `start` on, its points
    move on.

    Raises AttackError where the learner is no supervised net, and where it diverges.
    """
    through = Through(problem)
    settings = through.settings
    x, label = through.beginning() if start is None or not len(start) else (start.points, start.label)
    done = 0 if start is None else min(int(start.share * settings.iterations), settings.iterations - 1)
    tried = [x]
    mean, spread = np.zeros_like(x), np.zeros_like(x)
    for move in range(done, settings.iterations):
        if (move - done) % _AFRESH == 0:
            through.train(x, label)
        objective, gradient = through.gradient(x, label)
        yield problem.state(x, label, objective, share=move / settings.iterations, words=f"move {move + 1:,}")
        mean, spread = 0.9 * mean + 0.1 * gradient, 0.99 * spread + 0.01 * gradient**2
        age = move - done + 1
        step = (mean / (1 - 0.9**age)) / (np.sqrt(spread / (1 - 0.99**age)) + 1e-10)
        x = problem.clipped(x + settings.rate * (problem.box[1] - problem.box[0]) * step)
        if (move - done + 1) % _AFRESH == 0 or move + 1 == settings.iterations:
            tried.append(x)
    outcome = problem.train(np.stack(tried), label, seeds=2)
    best = outcome.best
    words = f"the best of {len(tried):,} sets of poison on the way, of nets trained in full"
    yield problem.state(tried[best], label, float(outcome.objective[best]), share=1.0, words=words)


class Through:
    """The attacker's nets, and the gradient through their last steps. Everything is in the units of the scene."""

    def __init__(self, problem: Problem) -> None:
        settings, spec = problem.settings, problem.learner
        assert isinstance(settings, BackGradientSpec)
        if not isinstance(spec, MLPSpec | LogisticSpec):
            raise unsuited(problem, "a supervised net through its training")
        self.settings, self._problem, self._nets = settings, problem, Nets(problem, spec)
        steps = self._nets.steps
        self._depth = [max(1, steps * r // settings.replicas) for r in range(settings.replicas)]
        self._round = 0

    def beginning(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """K copies of training points with another label, (K, D) and (K,): of several sets the most harmful one."""
        problem, settings = self._problem, self.settings
        copies = Copies(problem, settings.beginnings)
        sets = [
            [copies.of(k)[m % len(copies.of(k))] for k in range(settings.count)] for m in range(settings.beginnings)
        ]
        x = np.array([[place for place, _ in one] for one in sets])
        label = np.array([[own for _, own in one] for one in sets])
        best = problem.train(x, label).best
        return x[best], label[best]

    def train(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> None:
        """Nets on the clean points and these of poison, (K, D) and (K,), each for its part of the steps."""
        self._round += 1
        many = len(self._depth)
        self._net = net = self._nets.fresh(self._round * many, many, x, label)
        self._start, at = net.P.clone(), 0
        for r, depth in enumerate(self._depth):
            net.step(depth - at)
            self._start[r], at = net.P[r], depth
        check_finite(self._start)

    def gradient(self, x: NDArray[np.float64], label: NDArray[np.int64]) -> tuple[float, NDArray[np.float64]]:
        """The goal's objective of the nets after the steps gone through, and the gradient (K, D) of their loss."""
        net, goal, settings = self._net, self._problem.goal, self.settings
        nets, dtype, smoothed = self._nets, net.dtype, self._nets.spec.smoothed
        clean = nets.points
        descent = Descent(
            net, nets.columns(clean.x, dtype), nets.targets(clean.label.astype(np.int64), dtype, smoothed),
            settings.unrolled, settings.descent_rate, nets.training.l2,
        )  # fmt: skip
        sign = 1.0 if goal.pin is None else -1.0
        looks, targets = nets.columns(goal.x, dtype), nets.targets(goal.label, dtype)
        of = torch.full((len(goal.x),), sign / len(goal.x))
        params, gradient = descent.gradient(
            self._start,
            nets.columns(x, dtype),
            nets.targets(label, dtype, smoothed),
            torch.ones(len(x)),
            looks,
            targets,
            of,
        )
        if not torch.isfinite(gradient).all():
            raise AttackError(
                "The steps that the gradient goes back through diverged. Lower adversary.descent_rate or "
                "adversary.unrolled."
            )
        z = net.outputs(params, looks[None])
        predicted = losses.leading(z).numpy()
        answers = answers_of(losses.probabilities(nets.spec.loss, z).double().numpy(), predicted, goal.label)
        return float(goal.objective(answers).mean()), gradient.T.double().numpy() / nets.scale.unit
