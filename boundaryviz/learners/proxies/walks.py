"""A point and where a random walk over nearest neighbours takes it are to be alike, and others not."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from boundaryviz.learners import graphs
from boundaryviz.learners.base import Problem, TrainingData
from boundaryviz.learners.batch_loader import Batch
from boundaryviz.learners.draws import Draws
from boundaryviz.learners.features import FeatureMap
from boundaryviz.learners.proxies.simclr import Contrastive
from boundaryviz.learners.proxy import Part, spread


class Walks(Contrastive):
    """Views by walks on the graph of the points that a replica sees; each goes from a point to one of its k nearest
    neighbours, all as likely, as often as the settings say. Of the diffusion maps of such walks, an embedding that
    contrasts their ends learns the leading directions (HaoChen et al. 2021, section 3)."""

    NAME: ClassVar[str] = "contrastive-walks"

    def __init__(
        self, spec: Any, problem: Problem, features: FeatureMap, device: torch.device, dtype: torch.dtype
    ) -> None:
        super().__init__(spec, problem, features, device, dtype)
        self._turns = Draws(problem.seeds, device, dtype)
        self._data: TrainingData | None = None
        self._built: int | None = None  # for how many neighbours
        self._graphs: dict[bytes, NDArray[np.int64]] = {}

    @override
    def set_data(self, data: TrainingData) -> None:
        self._data, self._built = data, None
        rows = torch.tensor(np.ascontiguousarray(data.rows()[0].T), dtype=self.dtype, device=self.device)
        self._places = rows.T.contiguous()  # (rows, D)

    def _build(self) -> None:
        """The neighbours of every point in every replica, positions (graphs, N + P, k), and whose graph is which."""
        data = self._data
        assert data is not None
        self._built = self.spec.graph_neighbours
        before, self._graphs = self._graphs, {}
        which = []
        for replica in range(len(data.weights)):
            own = data.of(replica)
            seen = np.flatnonzero(own.weights[0] != 0)
            seen = seen[np.argsort(own.ids[seen])]
            name = b"".join(part.tobytes() for part in (np.array([self._built]), seen, own.x[seen]))
            if name not in self._graphs:
                known = before.get(name)
                self._graphs[name] = neighbours(own.x, seen, self._built) if known is None else known
            which.append([*self._graphs].index(name))
        several, points = [*self._graphs.values()], len(data.point_ids)
        self._degrees = self._held(np.array([one.shape[1] for one in several])[which])  # (R,)
        self._most = max(one.shape[1] for one in several)
        rows = [np.pad(one, ((0, 0), (0, self._most - one.shape[1]))) for one in several]
        # where the row of a neighbour begins in the table, so that a step is one look into it
        table = np.concatenate([(one + points * at) * self._most for at, one in enumerate(rows)])
        self._table = self._held(table.ravel())
        self._first = self._held(np.array(which) * points)  # row of a replica's graph

    def _held(self, array: NDArray[np.int64] | Tensor) -> Any:
        """As walks are gone on: on the processor in numpy, whose looks into a table take a tenth of the time."""
        if self.device.type == "cpu":
            return array.numpy() if isinstance(array, Tensor) else array
        return array if isinstance(array, Tensor) else torch.from_numpy(array).to(self.device)

    @override
    def dealt(self, batch: Batch, who: slice, step: int, number: int, draws: Draws) -> Part:
        x, weight = spread(batch)
        width, columns = x.shape[1:]
        noise = draws.normal(step, number, (who, 2 * width, columns)) * self.spec.jitter
        there = self._places[self.ends(batch.at, who, step, number)].transpose(1, 2)
        return [torch.cat([x + noise[:, :width], there + noise[:, width:]], 2), weight]

    def ends(self, start: Tensor, who: slice, step: int, number: int) -> Tensor:
        """Where walks from positions (R or 1, B) of points end, int64 (R, B), as rows of `TrainingData.rows`."""
        if self._built != self.spec.graph_neighbours:
            self._build()
        data, length = self._data, self.spec.walk
        assert data is not None
        degrees, first = self._degrees[who, None], self._first[who, None]
        turns = self._held(self._turns.turns(step, number, (who, length, start.shape[1])))
        turns = (turns * degrees[:, None]) >> 16
        at = (first + self._held(start)) * self._most
        for k in range(length):
            at = self._table.take(at + turns[:, k])
        at = at // self._most - first
        if data.extra is not None:
            slots = self._held(np.arange(len(data.weights)) * len(data.extra))[who, None]
            at = at + (at >= len(data.ids)) * slots
        return torch.as_tensor(at)


def neighbours(x: NDArray[np.float64], seen: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """The k nearest of each point that is seen among those, without itself: positions (n, k), fewer where there are not
    so many; of a point that is not seen, and of one alone, itself.

    x (n, D); seen: positions, by rising id, so that equals are settled alike in any order.
    """
    here = np.arange(len(x))[:, None]
    if len(seen) < 2:
        return here
    k = min(k, len(seen) - 1)
    found = graphs.nearest(graphs.tree(x[seen]), x[seen], k + 1)[1]
    own = found == np.arange(len(seen))[:, None]
    own[:, -1] |= ~own.any(axis=1)  # many on top of each other: it is not among its own nearest
    others = found[~own].reshape(len(seen), k)
    table = np.repeat(here, k, axis=1)
    table[seen] = seen[others]
    return table
