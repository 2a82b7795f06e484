"""Project scikit-learn's bundled data on two principal components and write `assets/data/*.csv`.

Columns are standardised, then projected (PCA by a full singular value decomposition). A component's sign is
arbitrary: it is fixed so that its largest loading is positive. Run by hand when a table is added:

    python tools/project_tables.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

LOADERS = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "digits": datasets.load_digits,
    "breast-cancer": datasets.load_breast_cancer,
}
FOLDER = Path(__file__).resolve().parents[1] / "assets" / "data"


def project(table: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places (N, 2) on the first two components, and the share of variance (2,) along each."""
    pca = PCA(2, svd_solver="full")
    xy = pca.fit_transform(StandardScaler().fit_transform(table.data))
    largest = np.abs(pca.components_).argmax(axis=1)
    return xy * np.sign(pca.components_[[0, 1], largest]), pca.explained_variance_ratio_


def main() -> None:
    """Write every table and print what the program says of it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, load in LOADERS.items():
        table = load()
        xy, variance = project(table)
        rows = (f"{x:.5f},{y:.5f},{label}" for (x, y), label in zip(xy, table.target, strict=True))
        (FOLDER / f"{name}.csv").write_text("\n".join(["x,y,label", *rows]) + "\n", encoding="ascii")
        print(
            f"{name}: {len(xy)} rows, {np.round(100 * variance).astype(int)} % of variance, {list(table.target_names)}"
        )


if __name__ == "__main__":
    main()
