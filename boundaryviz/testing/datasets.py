"""What every data set promises."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from boundaryviz.scene.datasets.kinds import Dataset, Draw, Sample


class DatasetContract:
    """Subclass it with the `dataset`. sizes: how many points are drawn."""

    dataset: Dataset
    sizes: ClassVar[Iterable[int]] = (0, 1, 7, 200)

    def _samples(self, seed: int = 0) -> Iterable[tuple[int, Sample]]:
        one = self.dataset
        draws: list[Draw] = [one.draw, *([one.draw_test] if one.draw_test is not None else [])]
        for draw in draws:
            for noise in (0.0, one.noise.default, one.noise.largest):
                for n in self.sizes:
                    yield n, draw(n, noise, np.random.default_rng(seed))

    def test_it_draws_as_many_points_as_it_is_asked_for(self) -> None:
        for n, (xy, label) in self._samples():
            assert len(xy) == len(label)
            assert len(xy) <= n if self.dataset.finite else len(xy) == n
            assert xy.shape[1:] == (2,)
            assert xy.dtype == np.float64
            assert label.dtype == np.int64

    def test_places_are_finite_and_labels_are_classes(self) -> None:
        for _, (xy, label) in self._samples():
            assert np.isfinite(xy).all()
            assert ((label >= 0) & (label < self.dataset.classes)).all()

    def test_every_class_is_drawn(self) -> None:
        _, label = self.dataset.draw(2000, self.dataset.noise.default, np.random.default_rng(0))
        assert len(np.unique(label)) == self.dataset.classes

    def test_the_same_numbers_draw_the_same_points_and_others_draw_others(self) -> None:
        for (_, a), (_, b) in zip(self._samples(), self._samples(), strict=True):
            assert all(np.array_equal(mine, other) for mine, other in zip(a, b, strict=True))
        most = self.dataset.noise.largest
        if not self.dataset.finite:
            first, second = (self.dataset.draw(50, most, np.random.default_rng(seed))[0] for seed in (0, 1))
            assert not np.array_equal(first, second)

    def test_the_global_random_state_plays_no_part(self) -> None:
        first = self.dataset.draw(50, self.dataset.noise.default, np.random.default_rng(0))[0]
        np.random.seed(1)  # noqa: NPY002
        again = self.dataset.draw(50, self.dataset.noise.default, np.random.default_rng(0))[0]
        assert np.array_equal(first, again)

    def test_it_lies_on_the_plane_that_is_shown(self) -> None:
        one = self.dataset
        if one.domain is not None:
            xy, _ = one.draw(500, one.noise.default, np.random.default_rng(0))
            low, high = (one.domain.left, one.domain.bottom), (one.domain.right, one.domain.top)
            assert ((xy >= low) & (xy <= high)).all(axis=1).mean() > 0.9

    def test_it_says_what_it_is(self) -> None:
        one = self.dataset
        assert one.name
        assert one.title
        assert one.summary.endswith(".")
        assert len(one.class_names) in (0, one.classes)
        assert 0.0 <= one.noise.default <= one.noise.largest
