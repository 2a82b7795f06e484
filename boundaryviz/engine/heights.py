"""How far off the plane that is shown a run's boundary lies: the height of the boundary over each place of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boundaryviz.engine.height_map import HeightMap, flat
from boundaryviz.scene.scene import Domain, Scene
from boundaryviz.scene.section import HELD

if TYPE_CHECKING:
    from boundaryviz.engine.session import Session

_LEVELS, _HALVINGS = 64, 14
_SLICE = 1 << 12  # places asked about in one slice

Classes = Callable[[NDArray[np.float64]], NDArray[np.int64]]


def reach_of(session: Session) -> float:
    """How far off the plane is looked, in the units of the inputs: of lifted points, whose distances are those of the
    plane, the longer side of the domain; of others from one end of their box to the other along the direction."""
    scene, section = session.scene, session.scene.section
    assert section is not None
    if session.learner.problem.lifted:
        return max(scene.domain.width, scene.domain.height)
    return float(np.abs(_off(scene)) @ (section.high - section.low))


def _off(scene: Scene) -> NDArray[np.float64]:
    """The direction (D,) of heights, of a scene of which `flat` says nothing."""
    off = None if scene.section is None else scene.section.off_plane
    assert off is not None
    return off


def mapped(
    session: Session, replica: int, side: int, z: float, reach: float | None = None, domain: Domain | None = None
) -> Generator[None, None, HeightMap]:
    """The map of one replica, in slices. side: cells along the longer side of `domain`, default the scene's; of the
    sheets twice as many. reach: default `reach_of`. Raises ValueError where `flat` says why."""
    if why := flat(session.scene):
        raise ValueError(why)
    domain = session.scene.domain if domain is None else domain
    reach = reach_of(session) if reach is None else reach
    columns, rows = domain.shape(side)
    above, below = yield from heights(session, replica, domain.grid(columns, rows), reach)
    sheets = yield from _sheets(session, replica, domain, 2 * side, z)
    shape = rows, columns
    return HeightMap(domain, above.reshape(shape), below.reshape(shape), reach, z, sheets)


def heights(
    session: Session, replica: int, places: NDArray[np.float64], reach: float
) -> Generator[None, None, NDArray[np.float64]]:
    """Heights above and below places (M, 2) of the plane, (2, M), in slices; see `HeightMap`."""
    return (yield from heights_over(session, replica, session.scene.embed(places), reach))


def heights_over(
    session: Session, replica: int, x: NDArray[np.float64], reach: float
) -> Generator[None, None, NDArray[np.float64]]:
    """Heights above and below inputs x (M, D), wherever they lie, (2, M), in slices; see `HeightMap`."""
    off = _off(session.scene)
    predict: Classes = lambda x: session.learner.predict(x, replica)[0]  # noqa: E731
    found = np.empty((2, len(x)))
    most = max(1, min(_SLICE, HELD // len(off)))
    for start in range(0, len(x), most):
        part = slice(start, start + most)
        for side, way in enumerate((off, -off)):
            found[side, part] = yield from crossings(predict, x[part], way, reach)
    return found


def crossings(
    predict: Classes, x: NDArray[np.float64], way: NDArray[np.float64], reach: float
) -> Generator[None, None, NDArray[np.float64]]:
    """How far from each of x (M, D) along `way` (D,), up to `reach`, another class is decided: (M,), infinite where
    none is, NaN where none is decided at x.

    Looked for are the first of `_LEVELS` places that grow apart as they lie farther off, the k-th at reach (k / n)^2,
    and then, by halving, where the class changes before it. A class that comes and goes between two is missed.
    """
    start = predict(x)
    low, high = np.zeros(len(x)), np.full(len(x), np.inf)
    open_ = np.flatnonzero(start >= 0)
    for k in range(1, _LEVELS + 1):
        level = reach * (k / _LEVELS) ** 2
        other = predict(x[open_] + level * way) != start[open_]
        high[open_[other]] = level
        open_ = open_[~other]
        low[open_] = level
        yield
        if not len(open_):
            break
    crossed = np.flatnonzero(np.isfinite(high))
    for _ in range(_HALVINGS if len(crossed) else 0):
        middle = 0.5 * (low[crossed] + high[crossed])
        other = predict(x[crossed] + middle[:, None] * way) != start[crossed]
        high[crossed[other]], low[crossed[~other]] = middle[other], middle[~other]
        yield
    high[start < 0] = np.nan
    return high


def _sheets(session: Session, replica: int, domain: Domain, side: int, z: float) -> Generator[None, None, NDArray]:
    off = _off(session.scene)
    columns, rows = domain.shape(side)
    x = session.scene.embed(domain.grid(columns, rows))
    fields = []
    for way in (z, -z):
        scores = []
        for start in range(0, len(x), _SLICE):
            scores.append(session.learner.scores(x[start : start + _SLICE] + way * off, replica))
            yield
        shown = session.learner.shown(np.concatenate(scores, axis=1)).reshape(-1, rows, columns)
        fields.append(session.rule.leaning(shown[0] if len(shown) == 1 else shown))
    return np.stack(fields)
