"""The shortest way over the plane that keeps to where there are few points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.scene import Domain, Scene

_CELLS = 72  # nodes along the longer side of the plane
_BLUR = 1.5  # standard deviation of the density's kernel, in cells
_AVERSION = 30.0  # how many times its length a step costs where points are densest


def sparse_route(scene: Scene, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """A polyline (K, 2) from `start` to `end` (2,) whose every bit of length costs 1 + 30 times the density there,
    relative to the greatest: Dijkstra's shortest path over a grid, its steps smoothed. Clean points count.

    All places are `as_seen` with the domain's `stretch`.
    """
    from scipy.ndimage import gaussian_filter
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    points, domain = scene.points, scene.domain
    xy = as_seen(points.xy[(points.origin <= 0) & ~points.muted & points.is_train], domain.stretch)
    rect = _around(domain, np.stack([start, end]))
    cell = max(rect.width, rect.height) / _CELLS
    columns, rows = max(int(np.ceil(rect.width / cell)), 2), max(int(np.ceil(rect.height / cell)), 2)
    edges = [np.linspace(rect.bottom, rect.top, rows + 1), np.linspace(rect.left, rect.right, columns + 1)]
    counts = np.histogram2d(xy[:, 1], xy[:, 0], bins=edges)[0]
    crowd = gaussian_filter(counts, _BLUR, mode="constant")
    cost = 1.0 + _AVERSION * crowd / max(float(crowd.max()), 1e-12)
    number = np.arange(rows * columns).reshape(rows, columns)
    joints = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, 1), (1, -2), (2, -1)):
        a = np.s_[: rows - down, max(0, -right) : columns - max(0, right)]
        b = np.s_[down:, max(0, right) : columns + min(0, right)]
        joints.append((number[a].ravel(), number[b].ravel(), np.hypot(down, right) * (cost[a] + cost[b]).ravel() / 2))
    i, j, length = (np.concatenate(part) for part in zip(*joints, strict=True))
    graph = coo_array((length, (i, j)), shape=(number.size, number.size)).tocsr()
    centres = rect.grid(columns, rows)
    first, last = (int(np.argmin(((centres - place) ** 2).sum(axis=1))) for place in (start, end))
    before = dijkstra(graph, directed=False, indices=first, return_predecessors=True)[1]
    steps = [last]
    while steps[-1] != first:
        steps.append(int(before[steps[-1]]))
    inner = centres[steps[::-1]][1:-1]
    return _eased(np.concatenate([[start], inner, [end]]))


def _around(domain: Domain, xy: NDArray[np.float64]) -> Domain:
    """The domain in the units of `xy` (n, 2), grown where these places lie outside."""
    corners = as_seen(np.array([(domain.left, domain.bottom), (domain.right, domain.top)]), domain.stretch)
    places = np.concatenate([corners, xy])
    (left, bottom), (right, top) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    return Domain(left, right, bottom, top)


def _eased(line: NDArray[np.float64], rounds: int = 8) -> NDArray[np.float64]:
    """The line without the corners of the grid, its ends where they were."""
    for _ in range(rounds):
        line = np.concatenate([line[:1], (line[:-2] + 2 * line[1:-1] + line[2:]) / 4, line[-1:]])
    return line
