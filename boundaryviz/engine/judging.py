"""Which points a defence keeps from each replica: judged from exactly those that the replica is trained on.

So a clean twin is judged as if nobody had ever heard of the poison. A verdict depends on the points, the settings and,
where the filter draws random numbers or trains the learner, on the seed of the replica and how it is trained; it is
looked up where all this has been judged before, which is what a drag in another part of the plane costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from boundaryviz.defences import DefenceSettings, Verdict, check_left
from boundaryviz.defences.judged import Judged
from boundaryviz.engine.fits import Course, LearnerFit
from boundaryviz.learners.base import Extra
from boundaryviz.learners.streams import Purpose, generator
from boundaryviz.scenario.scenario import ScenarioError
from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.scene import Origin, Points, Split
from boundaryviz.scene.section import Section

_WORDS = 300  # characters of what a filter says


class DefenceError(ScenarioError):
    """A defence that cannot be had on these points, in words; what is trained and the scene are as they were."""


@dataclass(frozen=True, eq=False)
class Sight:
    """What one replica is trained on before the defence: N points in the order of their ids, all marked as clean.

    seed: of the replica. poison: bool (N,), which of them are poison. digest: of the points.
    """

    seed: int
    points: Points
    poison: NDArray[np.bool_]
    digest: bytes

    @classmethod
    def of(cls, seed: int, points: Points) -> Sight:
        """points: as they are marked."""
        points = points.take(np.argsort(points.ids))
        poison = points.is_poison
        zeros = np.zeros(len(points), dtype=np.int8)
        hidden = points.with_columns(origin=zeros + Origin.CLEAN, split=zeros + Split.TRAIN, muted=zeros.astype(bool))
        digest = blake2b(digest_size=16)
        for column in (hidden.ids, hidden.xy, hidden.label, hidden.inputs, hidden.response):
            digest.update(b"-" if column is None else np.ascontiguousarray(column).tobytes())
        return cls(seed, hidden, poison, digest.digest())


def sights(
    seeds: Sequence[int],
    points: Points,
    seen: NDArray[np.bool_],
    extra: Extra | None = None,
    section: Section | None = None,
) -> tuple[Sight, ...]:
    """What each of R replicas is trained on: points (n) that it sees, (R, n), and those of its own."""
    found: dict[tuple[int, bytes], Sight] = {}
    shown: dict[bytes, Sight] = {}  # of replicas that see the same, the points are gathered once
    answer = []
    for r, seed in enumerate(seeds):
        row = seen[r].tobytes() + (b"" if extra is None else bytes(str(r), "ascii"))
        key = seed, row
        if key not in found:
            if row not in shown:
                shown[row] = Sight.of(seed, _with_own(points.take(seen[r]), extra, r, section))
            one = shown[row]
            found[key] = one if one.seed == seed else Sight(seed, one.points, one.poison, one.digest)
        answer.append(found[key])
    return tuple(answer)


def _with_own(points: Points, extra: Extra | None, replica: int, section: Section | None) -> Points:
    """The points and those of a replica's own."""
    if extra is None or not (there := extra.weight[replica] > 0).any():
        return points
    x = extra.x[replica][there]
    own = Points.of(x if section is None else section.shadow(x), extra.label[replica][there], origin=Origin.POISON)
    response = None if points.response is None else np.full(len(own), np.nan)
    inputs = None if section is None else x
    return Points.join(points, own.with_columns(ids=extra.ids[there], inputs=inputs, response=response))


def trust(judged: Sequence[Judged], ids: NDArray[np.int64]) -> NDArray[np.float32]:
    """What points with these ids (M,) weigh for each of R replicas by the verdicts on these, (R, M)."""
    rows = {id(one): one.weights_of(ids) for one in judged}
    return np.stack([rows[id(one)] for one in judged])


def judge(
    settings: DefenceSettings, course: Course, sight: Sight, wanted: Callable[[], bool] = lambda: True
) -> tuple[Judged, bool]:
    """The verdict on one sight, and whether it depends on the replica's seed or how its learner is trained.

    wanted: whether to go on. Raises DefenceError where the filter cannot judge, or leaves nothing of a class;
    Abandoned; and whatever else a filter of someone else's raises.
    """
    fit, rng = LearnerFit(course, sight.seed, wanted), generator(sight.seed, Purpose.DEFENCE)
    before = repr(rng.bit_generator.state)
    try:
        verdict = settings.judge(sight.points, fit, rng)
        _check(verdict, len(sight.points))
        check_left(sight.points, verdict.weights)
        if course.spec.family.at_once and np.mod(verdict.weights, 1).any():
            raise ValueError("it weighs points by parts, and this learner takes a point or leaves it")
    except ValueError as error:
        raise DefenceError([f"defence: {settings.TITLE}: {one_line(str(error), _WORDS)}"]) from error
    judged = Judged(sight.points.ids.copy(), sight.poison.copy(), verdict.weights.copy(), verdict.scores.copy())
    return judged, fit.used or before != repr(rng.bit_generator.state)


def _check(verdict: Verdict, count: int) -> None:
    """Raises ValueError for what is no verdict on so many points."""
    weights, scores = verdict.weights, verdict.scores
    if weights.shape != (count,) or scores.shape != (count,):
        raise ValueError(f"its verdict is on {len(weights)} points, not {count}")
    if not (np.isfinite(weights).all() and (weights >= 0).all() and (weights <= 1).all()):
        raise ValueError("its weights are not all in 0 to 1")


class Verdicts:
    """What has been judged before, for as long as it may be asked for again."""

    def __init__(self) -> None:
        self._settings: DefenceSettings | None = None
        self._course: Course | None = None
        self._known: dict[tuple[bytes, int | None], Judged] = {}

    def begin(self, settings: DefenceSettings, course: Course, asked: Sequence[Sight]) -> None:
        """Judge with these settings, of a learner that is trained so, what is asked; the rest is forgotten."""
        digests = {sight.digest for sight in asked}
        same = settings == self._settings
        trained = same and self._course is not None and course.same_as(self._course)
        self._known = {
            key: one for key, one in self._known.items() if same and key[0] in digests and (trained or key[1] is None)
        }
        self._settings, self._course = settings, course

    def of(self, sight: Sight) -> Judged | None:
        """The verdict, where it has been reached."""
        found = self._known.get((sight.digest, None)) or self._known.get((sight.digest, sight.seed))
        if found is None or np.array_equal(found.poison, sight.poison):
            return found
        return Judged(found.ids, sight.poison.copy(), found.weights, found.scores)

    def add(self, sight: Sight, judged: Judged, depends: bool) -> None:
        """depends: as `judge` says."""
        self._known[sight.digest, sight.seed if depends else None] = judged
