"""What reads classes out of an embedding, against scikit-learn and against what it is by definition."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from boundaryviz.learners.readouts import linear, logistic, nearest, tuned


def points(classes: int, n: int, width: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Columns (width, n) about a place of their class, and the classes."""
    random = np.random.default_rng(seed)
    label = np.arange(n) % classes
    return (random.standard_normal((classes, width))[label] + random.standard_normal((n, width))).T, label


def test_a_linear_probe_is_the_multinomial_regression_of_scikit_learn() -> None:
    """Also with fewer points than numbers in the embedding."""
    for classes, n, width in ((3, 60, 5), (4, 12, 20)):
        z, label = points(classes, n, width)
        weight = np.random.default_rng(1).uniform(0.5, 2, n)
        w, b = logistic(z, label, weight, 0.5)
        theirs = LogisticRegression(C=2.0, tol=1e-10, max_iter=10_000).fit(z.T, label, weight)
        p = theirs.predict_proba(z.T)
        mine = torch.softmax(torch.from_numpy(w @ z + b[:, None]), 0).numpy().T
        np.testing.assert_allclose(mine, p, atol=2e-5)


def test_the_nearest_labelled_point_decides_as_in_scikit_learn() -> None:
    z, label = points(3, 30, 4)
    asked, _ = points(3, 200, 4, 5)
    theirs = KNeighborsClassifier(1, metric="cosine").fit(z.T, label).predict(asked.T)
    logits = nearest(z, label, 3, 1)(torch.from_numpy(asked))
    assert np.array_equal(logits.argmax(0).numpy(), theirs)


def test_a_class_without_a_label_is_never_read_out() -> None:
    z, label = points(2, 20, 4)
    label = np.where(label == 1, 3, 0)
    asked = torch.from_numpy(points(2, 50, 4, 3)[0])
    for read in (linear(z, label, np.ones(20), 5, 1.0), nearest(z, label, 5, 2)):
        logits = read(asked)
        assert logits.shape == (5, 50)
        assert set(logits.argmax(0).tolist()) == {0, 3}
        assert torch.softmax(logits, 0)[[1, 2, 4]].max() < 1e-8


def test_one_class_alone_is_that_of_every_place() -> None:
    z, _ = points(1, 5, 3)
    for read in (linear(z, np.full(5, 1), np.ones(5), 2, 1.0), nearest(z, np.full(5, 1), 2, 1)):
        assert (read(torch.from_numpy(z)).argmax(0) == 1).all()


def test_tuning_goes_on_from_the_linear_probe_and_fits_better() -> None:
    z, label = points(2, 40, 2)
    x = torch.from_numpy(z)[None]

    def embedded(flat: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(torch.bmm(flat.reshape(1, 3, 2), x))

    flat = torch.from_numpy(np.random.default_rng(2).standard_normal((1, 6)))

    def loss(steps: int) -> float:
        net, read = tuned(embedded, flat, x, label, np.ones(40), 2, 1.0, steps, 0.01)
        logits = read(embedded(net, x)[0])
        return float(torch.nn.functional.cross_entropy(logits.T, torch.from_numpy(label)))

    put = embedded(flat, x)[0]
    probe = linear(put.numpy(), label, np.ones(40), 2, 1.0)(put)
    assert abs(loss(0) - float(torch.nn.functional.cross_entropy(probe.T, torch.from_numpy(label)))) < 1e-12
    assert loss(60) < loss(0) - 0.01
