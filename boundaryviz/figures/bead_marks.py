"""Symbols of matplotlib that are as large as the spacing of their points allows, which only the finished page tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import IdentityTransform, Transform
from numpy.typing import NDArray
from typing_extensions import override

from boundaryviz.figures.beads import bead_sizes, spacing
from boundaryviz.scene.scene import Points

Sizes = Callable[[NDArray[np.bool_], Transform, float], NDArray[np.float64]]


class Beads(PathCollection):
    """Points (M, 2) of one symbol. sizes: given the transform to the page and pixels for each point (1/72 inch), their
    diameters (M,) as shares of the `usual` one in points. more: so much is added to each."""

    def __init__(
        self, marker: str, xy: NDArray[np.float64], sizes: Callable[[Transform, float], NDArray[np.float64]],
        usual: float, more: float, **look: Any,
    ) -> None:  # fmt: skip
        made = MarkerStyle(marker)
        super().__init__([made.get_path().transformed(made.get_transform())], offsets=xy, **look)
        self.set_transform(IdentityTransform())
        self._of, self._usual, self._more = sizes, usual, more
        self._line = float(look.get("linewidth", 0.0))

    def join(self, axes: Axes) -> None:
        """Draw them on these axes, whose limits stay."""
        self.set_offset_transform(axes.transData)
        axes.add_collection(self, autolim=False)

    @override
    def draw(self, renderer: RendererBase) -> None:
        figure = self.get_figure(root=True)
        if figure is not None:
            shares = self._of(self.get_offset_transform(), figure.dpi / 72.0)
            self.set_sizes(((self._usual * shares + self._more) ** 2).tolist(), figure.dpi)
            self.set_linewidth((self._line * shares).tolist())
        super().draw(renderer)

    @staticmethod
    def sizes_of(beads: Points, usual: float) -> Sizes:
        """How large some of these beads are, for `Beads`. usual: of beads that are far apart, in points."""

        def diameters(own: NDArray[np.bool_], transform: Transform, scale: float) -> NDArray[np.float64]:
            gaps = spacing(np.asarray(transform.transform(beads.xy)) / scale)
            return bead_sizes(gaps, beads.origin, beads.is_labelled, usual)[own]

        return diameters
