"""What every attack that places points promises."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from boundaryviz.attacks.placement import check, inject, placed, remove
from boundaryviz.attacks.settings import AttackSettings
from boundaryviz.attacks.targets import AttackError
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.scene import Scene
from boundaryviz.testing.light import heavy_of


def scenes(lift: int | None = None) -> Iterable[Scene]:
    """Scenes of two classes and of four, with all labels and with few; lifted into so many inputs."""
    yield build(DataSpec(n=120, lift=lift))
    yield build(DataSpec(n=120, labels_per_class=3, lift=lift))
    yield build(DataSpec(name="blobs", n=120, lift=lift))


class AttackContract:
    """Subclass it with the `spec` of an attack that has a `count` above 0. seeds: of the poison."""

    spec: AttackSettings
    seeds: ClassVar[Iterable[int]] = range(3)

    @property
    def _lift(self) -> int | None:
        return 5 if self.spec.NEEDS_INPUTS else None

    def _several(self) -> Iterable[tuple[Scene, AttackSettings]]:
        for scene in scenes(self._lift):
            for seed in self.seeds:
                yield scene, self.spec.model_copy(update={"seed": seed})

    def test_its_settings_load_neither_torch_nor_scikit_learn(self) -> None:
        assert heavy_of(type(self.spec).__module__) == []

    def test_its_settings_pass_through_files_and_between_processes(self) -> None:
        values = {f"poison.{name}": value for name, value in self.spec.model_dump(mode="json").items()}
        scenario = Scenario().with_values(values)
        assert scenario.poison == self.spec
        assert Scenario.parse(scenario.model_dump(mode="json")) == scenario
        assert pickle.loads(pickle.dumps(self.spec)) == self.spec
        assert set(self.spec.unused()) | set(self.spec.FOREIGN) <= set(type(self.spec).model_fields)

    def test_it_places_the_same_points_again_and_leaves_the_scene_alone(self) -> None:
        for scene, spec in self._several():
            before = scene.points.with_columns()
            for column in ("ids", "xy", "label", "split", "origin"):
                getattr(scene.points, column).flags.writeable = False
            points, withdrawn = placed(scene, spec)
            again, gone = placed(scene, spec)
            assert points == again
            assert np.array_equal(withdrawn, gone)
            assert scene.points == before

    def test_what_it_places_is_new_and_its_own(self) -> None:
        for scene, spec in self._several():
            points, withdrawn = placed(scene, spec)
            assert 0 < len(points) <= spec.count
            assert len(np.unique(points.ids)) == len(points)
            assert not np.isin(points.ids, scene.points.ids).any()
            assert np.isfinite(points.xy).all()
            assert (points.origin == spec.group).all()
            assert points.is_train.all()
            assert ((points.label >= -1) & (points.label < scene.classes)).all()
            known = scene.points.take(scene.points.positions(withdrawn))
            assert len(np.unique(withdrawn)) == len(withdrawn)
            assert (known.origin == 0).all()
            assert known.is_train.all()
            assert self.spec.STANDS_IN or not len(withdrawn)

    def test_taking_it_out_again_leaves_what_was_there(self) -> None:
        for scene, spec in self._several():
            poisoned = inject(scene, spec)
            assert poisoned.points.is_poison.any()
            clean = remove(poisoned, spec)
            assert clean.points == scene.points
            assert clean.targets == scene.targets

    def test_a_count_of_nothing_places_nothing(self) -> None:
        none = self.spec.model_copy(update={"count": 0})
        for scene in scenes(self._lift):
            points, withdrawn = placed(scene, none)
            assert not len(points)
            assert not len(withdrawn)

    def test_where_it_cannot_be_laid_it_says_so_in_a_sentence(self) -> None:
        scene = build(DataSpec(n=60, lift=self._lift))
        empty = scene.with_points(scene.points.take(np.empty(0, dtype=np.int64)))
        unlabelled = scene.with_points(scene.points.with_columns(label=np.full(len(scene.points), -1)))
        for bare in (empty, unlabelled):
            words = check(bare, self.spec)
            assert words is None or words.endswith((".", "!"))
            if words is None:
                placed(bare, self.spec)

    def test_another_scale_of_the_plane_does(self) -> None:
        """Where the data are in large units it places points, or says why not."""
        scene = build(DataSpec(n=60))
        far = scene.with_points(scene.points.with_columns(xy=scene.points.xy * 1e6))
        try:
            points, _ = placed(far, self.spec)
        except AttackError:
            return
        assert np.isfinite(points.xy).all()
