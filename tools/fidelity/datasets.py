"""Data sets: each generator is fed chosen random numbers, and its definition the same, point by point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets as bundled
from sklearn.datasets import make_moons
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from boundaryviz.scene.assets import asset
from boundaryviz.scene.datasets import DATASETS
from tools.fidelity.frame import Subject, apart
from tools.fidelity.references import datasets as definitions
from tools.fidelity.references.datasets import Point, Scripted

SUBJECT = Subject(
    "Data sets",
    """
    Generators are fed the same random numbers as their definitions, so every coordinate and every class is
    compared, at drawn sizes and noises. That numpy's generators are uniform and normal is taken from numpy.
    """,
)

TABLES = {
    "iris": bundled.load_iris, "wine": bundled.load_wine,
    "digits": bundled.load_digits, "breast-cancer": bundled.load_breast_cancer,
}  # fmt: skip


class Case:
    """Size, noise and random numbers of one case."""

    def __init__(self, seed: int, name: str) -> None:
        self.rng = np.random.default_rng(seed)
        self.name, self.n = name, 2 * int(self.rng.integers(1, 60))
        self.noise = float(self.rng.choice([0.0, self.rng.uniform(0, DATASETS[name].noise.largest)]))

    def uniform(self, *columns: int) -> NDArray[np.float64]:
        """Fractions, (n, columns)."""
        return self.rng.random((self.n, *columns))

    def normal(self, *columns: int) -> NDArray[np.float64]:
        """Normal numbers, (n, columns)."""
        return self.rng.standard_normal((self.n, *columns))

    def against(self, expected: list[Point], *fractions: NDArray, normals: tuple[NDArray, ...] = ()) -> float:
        """The largest difference of coordinates; infinite where a class differs."""
        script = Scripted(*fractions, normals=normals)
        xy, label = DATASETS[self.name].draw(self.n, self.noise, script)
        return compared(xy, label, expected)


def compared(xy: NDArray, label: NDArray, expected: list[Point]) -> float:
    """The largest difference of coordinates; infinite where a class differs."""
    if label.tolist() != [k for _, _, k in expected]:
        return float("inf")
    return apart(xy, [(x, y) for x, y, _ in expected])


@SUBJECT.check("circle", "the Playground's `classifyCircleData`", 1e-13, 100)
def circle(seed: int) -> float:
    case = Case(seed, "circle")
    numbers = case.uniform(), case.uniform(), case.uniform(2)
    return case.against(definitions.circle(case.n, case.noise, *numbers), *numbers)


@SUBJECT.check("xor", "the Playground's `classifyXORData`", 1e-13, 100)
def xor(seed: int) -> float:
    case = Case(seed, "xor")
    numbers = case.uniform(2), case.uniform(2)
    return case.against(definitions.xor(case.n, case.noise, *numbers), *numbers)


@SUBJECT.check("gauss", "the Playground's `classifyTwoGaussData`", 1e-13, 100)
def gauss(seed: int) -> float:
    case = Case(seed, "gauss")
    normal = case.normal(2)
    return case.against(definitions.gauss(case.n, case.noise, normal), normals=(normal,))


@SUBJECT.check("spiral", "the Playground's `classifySpiralData`", 1e-13, 100)
def spiral(seed: int) -> float:
    case = Case(seed, "spiral")
    push = case.uniform(2)
    return case.against(definitions.spiral(case.n, case.noise, push), push)


@SUBJECT.check("moons", "`sklearn.datasets.make_moons`, and noise times the same normal numbers", 1e-13, 100)
def moons(seed: int) -> float:
    case = Case(seed, "moons")
    normal = case.normal(2)
    xy, label = make_moons(case.n, shuffle=False, noise=None)
    places = xy + case.noise * normal
    expected = [(float(x), float(y), int(k)) for (x, y), k in zip(places, label, strict=True)]
    return case.against(expected, normals=(normal,))


@SUBJECT.check("rings", "their definition, point by point", 1e-13, 50)
def rings(seed: int) -> float:
    case = Case(seed, "rings")
    angle, normal = case.uniform(), case.normal(2)
    return case.against(definitions.rings(case.n, case.noise, angle, normal), angle, normals=(normal,))


@SUBJECT.check("mail", "its definition, point by point", 1e-13, 50)
def mail(seed: int) -> float:
    case = Case(seed, "mail")
    normal = case.normal(2)
    return case.against(definitions.mail(case.n, case.noise, normal), normals=(normal,))


@SUBJECT.check("blobs", "their definition, point by point", 1e-13, 50)
def blobs(seed: int) -> float:
    case = Case(seed, "blobs")
    normal = case.normal(2)
    return case.against(definitions.blobs(case.n, case.noise, normal), normals=(normal,))


@SUBJECT.check("checkerboard", "its definition, point by point", 1e-13, 50)
def checkerboard(seed: int) -> float:
    case = Case(seed, "checkerboard")
    place, normal = case.uniform(2), case.normal(2)
    return case.against(definitions.checkerboard(case.n, case.noise, place, normal), place, normals=(normal,))


@SUBJECT.check("disc", "its definition, point by point", 1e-13, 50)
def disc(seed: int) -> float:
    case = Case(seed, "disc")
    place, normal = case.uniform(2), case.normal(2)
    return case.against(definitions.disc(case.n, case.noise, place, normal), place, normals=(normal,))


@SUBJECT.check("swiss roll", "the equation of its arms (angle off the arm, without noise)", 1e-12, 50)
def swiss_roll(seed: int) -> float:
    case = Case(seed, "swiss-roll")
    xy, label = DATASETS["swiss-roll"].draw(case.n, 0.0, case.rng)
    return max(definitions.off_the_roll(x, y, int(k)) for (x, y), k in zip(xy, label, strict=True))


@SUBJECT.check("covariate shift, training and test", "its definition, point by point", 1e-13, 50)
def covariate_shift(seed: int) -> float:
    case, source = Case(seed, "covariate-shift"), DATASETS["covariate-shift"]
    assert source.draw_test is not None
    draw, centre = ((source.draw, -2.0), (source.draw_test, 2.0))[seed % 2]
    normals = case.normal(), case.normal(), case.normal()
    xy, label = draw(case.n, case.noise, Scripted(normals=normals))
    return compared(xy, label, definitions.covariate_shift(centre, case.noise, *normals))


@SUBJECT.check("tables", "scikit-learn's data through its `StandardScaler` and `PCA`", 1e-4, len(TABLES))
def tables(seed: int) -> float:
    name = list(TABLES)[seed]
    table = TABLES[name]()
    projected = PCA(2, svd_solver="full").fit_transform(StandardScaler().fit_transform(table.data))
    shipped = np.loadtxt(asset(f"data/{name}.csv"), delimiter=",", skiprows=1)
    sign = np.sign((projected * shipped[:, :2]).sum(axis=0))  # which way an axis points is free
    if shipped[:, 2].tolist() != table.target.tolist():
        return float("inf")
    return apart(shipped[:, :2], projected * sign)
