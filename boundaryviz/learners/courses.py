"""Courses of scikit-learn's classifiers: one fit in which the models of all smaller sizes are to be found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

Probabilities = NDArray[np.float64]
Fit = Callable[..., Any]
"""The classifier fitted anew to the same points with these settings, given by name, changed."""

_MOST_NEIGHBOURS = 1000
_TOGETHER = 1 << 20  # votes that are added up at once
_NEAR = 1e-12  # squared distances that differ by less of the squared extent may come in either order


class Course(ABC):
    """What a fitted classifier says at each size up to its own.

    estimator: it, fitted. size: the value of the setting that the course runs along, 0 where it is no limit. fit: fits
    it with other settings.
    """

    def __init__(self, estimator: Any, size: int, fit: Fit) -> None:
        self._estimator = estimator
        self._size = size
        self._fit = fit

    @property
    def last(self) -> int:
        """The largest size: those beyond it, as far as the setting goes, are the same model."""
        return self._size

    @property
    def limit(self) -> int | None:
        """The largest size that may be asked for; None where there is none."""
        return self._size

    @abstractmethod
    def at(self, x: NDArray[np.float64], stages: Sequence[int]) -> Probabilities:
        """Probabilities (S, G, C) of the classes that were seen, at x (G, D), equal to the bit to those of fits."""


class TreeCourse(Course):
    """A tree by its leaves. Grown best cut first, the nodes of the tree with k leaves are the first 2 k - 1 of one with
    more: the t-th cut makes the nodes 2 t - 1 and 2 t.

    Where no limit of the leaves is set, scikit-learn grows depth first; the course is of the tree grown the other way.
    """

    @cached_property
    def _grown(self) -> Any:
        return self._estimator if self._size else self._fit(max_leaf_nodes=self._points)

    @property
    def _tree(self) -> Any:
        return self._grown.tree_

    def tree_at(self, stage: int | None) -> tuple[Any, int | None]:
        """The classifier whose tree is that of a stage, None for what is fitted, and how many of its first nodes are;
        None for all."""
        if stage is None or stage >= self.last:
            return (self._estimator if stage is None else self._grown), None
        return self._grown, 2 * stage - 1

    @property
    def _points(self) -> int:
        return int(self._estimator.tree_.n_node_samples[0])

    @property
    def last(self) -> int:
        """How many leaves there are."""
        return int(self._tree.n_leaves)

    @property
    def limit(self) -> int | None:
        """None where the tree is whole."""
        return self._size if self._size and self.last >= self._size else None

    def at(self, x: NDArray[np.float64], stages: Sequence[int]) -> Probabilities:
        """The shares in the last node of a way from the root that is there yet; see `Course`."""
        tree = self._tree
        nodes = 2 * np.asarray(stages)[:, None] - 1
        parent = np.zeros(tree.node_count, dtype=np.int64)
        for children in (tree.children_left, tree.children_right):
            inner = np.flatnonzero(children >= 0)
            parent[children[inner]] = inner
        there = np.broadcast_to(np.arange(tree.node_count), (len(nodes), tree.node_count))
        while (late := there >= nodes).any():
            there = np.where(late, parent[there], there)
        value: Probabilities = tree.value[:, 0]
        return value[there[:, tree.apply(np.asarray(x, dtype=np.float32))]]


class PrunedCourse(TreeCourse):
    """A tree that is pruned once it is grown, by its leaves before: what is left of one need not be a part of what is
    left of the next, so that each is a fit of its own."""

    @cached_property
    def _grown(self) -> Any:
        return self._fit(max_leaf_nodes=self._size or self._points, ccp_alpha=0.0)

    @override
    def tree_at(self, stage: int | None) -> tuple[Any, int | None]:
        return (self._estimator if stage is None else self._fit(max_leaf_nodes=stage)), None

    def at(self, x: NDArray[np.float64], stages: Sequence[int]) -> Probabilities:
        """A fit for each; see `Course`."""
        return np.stack([self._fit(max_leaf_nodes=stage).predict_proba(x) for stage in stages])


class ForestCourse(Course):
    """A forest by its trees: tree t is grown from the t-th number that the seed gives."""

    def at(self, x: NDArray[np.float64], stages: Sequence[int]) -> Probabilities:
        """The mean of the first trees; see `Course`."""
        x = np.asarray(x, dtype=np.float32)
        trees = (tree.predict_proba(x, check_input=False) for tree in self._estimator.estimators_)
        return _means(trees, stages)


class BaggingCourse(Course):
    """Bagging by its models: model t is fitted to the points that the t-th number of the seed draws."""

    def at(self, x: NDArray[np.float64], stages: Sequence[int]) -> Probabilities:
        """The mean of the first models; see `Course`."""
        bag, every = self._estimator, len(self._estimator.classes_)

        def told() -> Iterator[Probabilities]:
            for one, inputs in zip(bag.estimators_, bag.estimators_features_, strict=True):
                share = np.zeros((len(x), every))
                share[:, one.classes_.astype(np.int64)] = one.predict_proba(x[:, inputs])
                yield share

        return _means(told(), stages)


def _means(shares: Iterator[Probabilities], stages: Sequence[int]) -> Probabilities:
    """The means (S, G, C) of the first `stages` of these, added up in their order."""
    total: Any = 0.0
    wanted, kept = set(stages), {}
    for count, share in enumerate(islice(shares, max(stages)), start=1):
        total = total + share
        if count in wanted:
            kept[count] = total / count
    return np.stack([kept[stage] for stage in stages])


class BoostingCourse(Course):
    """Gradient boosting by its stages: each adds to those before. It may stop early, with fewer than it is allowed."""

    @property
    def last(self) -> int:
        """How many there are."""
        return int(getattr(self._estimator, "n_iter_", 0) or self._estimator.n_estimators_)

    def at(self, x: NDArray[np.float64], stages: Sequence[int]) -> Probabilities:
        """As scikit-learn itself tells them; see `Course`."""
        stages = [min(stage, self.last) for stage in stages]
        staged = enumerate(islice(self._estimator.staged_predict_proba(x), max(stages)), start=1)
        kept = {count: share.copy() for count, share in staged if count in stages}
        return np.stack([kept[stage] for stage in stages])


class AdaBoostCourse(Course):
    """AdaBoost by its stages. It may have fewer than it is allowed: boosting ends at a model that makes no mistake."""

    @property
    def last(self) -> int:
        """How many models there are."""
        return len(self._estimator.estimators_)

    def at(self, x: NDArray[np.float64], stages: Sequence[int]) -> Probabilities:
        """The weighted votes of the first models; see `Course` and `AdaBoostClassifier.predict_proba`."""
        boost, weights = self._estimator, self._estimator.estimator_weights_
        classes = boost.classes_[:, None]
        votes: list[Probabilities] = []
        for model, weight in zip(boost.estimators_[: max(stages)], weights, strict=False):
            vote = np.where((model.predict(x) == classes).T, weight, -1 / (len(classes) - 1) * weight)
            votes.append(votes[-1] + vote if votes else 0 + vote)
        return np.stack([
            _odds(votes[min(stage, self.last) - 1] / weights[:stage].sum(), len(classes)) for stage in stages
        ])  # fmt: skip


def _odds(votes: Probabilities, classes: int) -> Probabilities:
    """From the weighted votes (G, C) to probabilities, eq. (15) of Zhu, Zou, Rosset and Hastie (2009)."""
    if classes == 2:
        lead = (votes * (-1, 1)).sum(axis=1)
        votes = np.stack([-lead, lead], axis=1) / 2
    else:
        votes = votes / (classes - 1)
    share = np.exp(votes - votes.max(axis=1, keepdims=True))
    return share / share.sum(axis=1, keepdims=True)


class NeighbourCourse(Course):
    """Nearest neighbours by how many vote: the k nearest are the first of however many are looked up.

    scikit-learn looks for fewer than half of the points in a tree and for more by going through all, which tells
    distances apart by other last digits: each is asked in its own way. Which of several points at one distance is the
    last to vote depends on how many are looked for, so that where their classes differ it is asked for each number.
    """

    @property
    def last(self) -> int:
        """All points, or as many as the setting may be."""
        return min(self._points, _MOST_NEIGHBOURS)

    @property
    def _points(self) -> int:
        return int(self._estimator.n_samples_fit_)

    @property
    def limit(self) -> int | None:
        """None: more than all is all."""
        return None

    def at(self, x: NDArray[np.float64], stages: Sequence[int]) -> Probabilities:
        """The votes of the first neighbours; see `Course`."""
        points = self._points
        each = np.minimum(stages, points)
        result = np.empty((len(each), len(x), len(self._estimator.classes_)))
        for part in (each < points // 2, each >= points // 2):
            if part.any():
                result[part] = self._looked_up(x, each[part])
        return result

    def _looked_up(self, x: NDArray[np.float64], each: NDArray[np.int64]) -> Probabilities:
        asked = sorted(set(each.tolist()))
        if len(asked) == 1:
            return np.repeat(self._fit(n_neighbors=asked[0]).predict_proba(x)[None], len(each), axis=0)
        model = self._fit(n_neighbors=asked[-1])
        distance, index = model.kneighbors(x, min(asked[-1] + 1, self._points))
        label = model._y[index]
        open_ends = _torn(distance, label, max(np.abs(x).max(), np.abs(model._fit_X).max()))
        votes = self._votes(distance, label, asked)
        for at, count in enumerate(asked):
            if count < self._points and open_ends[:, count - 1].any():
                votes[at] = self._fit(n_neighbors=count).predict_proba(x)
        return votes[np.searchsorted(asked, each)]

    def _votes(self, distance: Probabilities, label: NDArray[np.int64], asked: Sequence[int]) -> Probabilities:
        """The shares (S, G, C) of the classes among the first neighbours, added up from the nearest on."""
        weight = np.ones_like(distance)
        if self._estimator.weights == "distance":
            with np.errstate(divide="ignore", over="ignore"):
                weight = 1.0 / distance
            touches = np.isinf(weight)
            weight = np.where(touches.any(axis=1, keepdims=True), touches, weight)
        classes, at = len(self._estimator.classes_), np.asarray(asked) - 1
        votes = np.empty((len(asked), len(distance), classes))
        rows = max(_TOGETHER // (label.shape[1] * classes), 1)
        for start in range(0, len(distance), rows):
            part = slice(start, start + rows)
            each = np.zeros((*label[part].shape, classes))
            np.put_along_axis(each, label[part][..., None], weight[part][..., None], axis=2)
            total = np.cumsum(each, axis=1)[:, at]
            votes[:, part] = (total / total.sum(axis=2, keepdims=True)).swapaxes(0, 1)
        return votes


def _torn(distance: Probabilities, label: NDArray[np.int64], extent: float) -> NDArray[np.bool_]:
    """Whether the first k of the neighbours (G, K) end within points at one distance of more than one class,
    (G, K - 1); those at the distance of the last may have others beyond it."""
    squared = distance**2
    alike = np.diff(squared, axis=1) <= _NEAR * extent**2
    mixed = alike & (np.diff(label, axis=1) != 0)
    mixed[:, -1:] |= alike[:, -1:]
    if (rows := mixed.any(axis=1)).any():
        mixed[rows] = _along_runs(alike[rows], mixed[rows])
    return mixed


def _along_runs(alike: NDArray[np.bool_], mixed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of rows (G, K), what is so anywhere in a run of equal distances, everywhere in it."""
    for step in range(1, alike.shape[1]):
        mixed[:, step] |= alike[:, step] & mixed[:, step - 1]
    for step in range(alike.shape[1] - 2, -1, -1):
        mixed[:, step] |= alike[:, step] & mixed[:, step + 1]
    return mixed


_KINDS: dict[str, type[Course]] = {
    "DecisionTreeClassifier": TreeCourse,
    "RandomForestClassifier": ForestCourse,
    "ExtraTreesClassifier": ForestCourse,
    "BaggingClassifier": BaggingCourse,
    "GradientBoostingClassifier": BoostingCourse,
    "HistGradientBoostingClassifier": BoostingCourse,
    "AdaBoostClassifier": AdaBoostCourse,
    "KNeighborsClassifier": NeighbourCourse,
}


def course_of(spec: Any, estimator: Any, fit: Fit) -> Course:
    """The course of a fitted classifier with these settings, whose family has one; see `Course`."""
    kind = _KINDS[spec.name]
    if kind is TreeCourse and spec.ccp_alpha:
        kind = PrunedCourse
    return kind(estimator, getattr(spec, spec.family.course) or 0, fit)
