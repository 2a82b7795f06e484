"""scikit-learn's bundled data, standardised and projected on two principal components.

The projections are tables in `assets/data/`, made by `tools/project_tables.py`: nothing here needs scikit-learn.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from boundaryviz.scene.assets import asset
from boundaryviz.scene.datasets.kinds import Dataset, Draw, Noise, Sample


@cache
def projected(name: str) -> Sample:
    """All rows of a projected table, read-only: xy (N, 2), label (N,). Read from the disk once."""
    columns = np.loadtxt(asset(f"data/{name}.csv"), delimiter=",", skiprows=1)
    xy, label = columns[:, :2].copy(), columns[:, 2].astype(np.int64)
    xy.flags.writeable = label.flags.writeable = False
    return xy, label


def _rows_of(name: str) -> Draw:
    def draw(n: int, noise: float, rng: np.random.Generator) -> Sample:
        xy, label = projected(name)
        chosen = rng.permutation(len(xy))[:n]
        return xy[chosen] + noise * rng.standard_normal((len(chosen), 2)), label[chosen]

    return draw


def _bundled(name: str, title: str, what: str, class_names: tuple[str, ...], variance: tuple[int, int]) -> Dataset:
    """variance: per cent of the standardised columns' variance along each of the two components."""
    return Dataset(
        name,
        title,
        f"{what}, projected on two principal components.",
        _rows_of(name),
        Noise(0.0, 1.0, "standard deviation of a Gaussian push"),
        classes=len(class_names),
        class_names=class_names,
        axis_names=(f"PC 1 ({variance[0]} % of variance)", f"PC 2 ({variance[1]} % of variance)"),
        finite=True,
    )


BUNDLED = (
    _bundled(
        "iris", "Iris", "Four measures of 150 flowers of three species", ("setosa", "versicolor", "virginica"), (73, 23)
    ),
    _bundled(
        "wine", "Wine", "Thirteen analyses of 178 wines of three growers", ("class_0", "class_1", "class_2"), (36, 19)
    ),
    _bundled("digits", "Digits", "1,797 handwritten digits of 8 by 8 pixels", tuple("0123456789"), (12, 10)),
    _bundled(
        "breast-cancer", "Breast cancer", "Thirty measures of 569 tumours", ("malignant", "benign"), (44, 19)
    ),
)  # fmt: skip
