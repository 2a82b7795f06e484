"""The probes 'embedding', where the points lie in what the run shown makes of them, and 'similarity', what is alike to
the place under the pointer there."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from boundaryviz.engine.embeddings import Calm, Embedding, Similarity
from boundaryviz.engine.messages import Key
from boundaryviz.engine.placing import embedding_of, similarity_of
from boundaryviz.engine.probes.base import Probe, Shown, Slices
from boundaryviz.scenario.unembedded import unembedded


@dataclass(frozen=True)
class EmbeddingSettings:
    """most: points at most; of more, some are shown. side: cells of the field along its longer side. aspect: how many
    times as wide as high it is, as far as that is more than the rectangle of the points."""

    most: int = 3000
    side: int = 96
    aspect: float = 1.0


class EmbeddingProbe(Probe):
    """Follows the points while they are trained on; there is no answer for a learner without an embedding."""

    Settings = EmbeddingSettings
    settings: EmbeddingSettings
    share = 0.3
    interval = 1 / 45  # and so more than 30 a second, whatever the turns of training leave
    drawn = True

    def __init__(self, settings: EmbeddingSettings) -> None:
        super().__init__(settings)
        self._calm = Calm()

    @override
    def succeed(self, before: Probe) -> None:
        assert isinstance(before, EmbeddingProbe)
        self._calm = before._calm

    @override
    def key(self, shown: Shown) -> Key | None:
        return None if unembedded(shown.session.spec) else shown.key(shown.replica)

    @override
    def answer(self, shown: Shown) -> Embedding:
        clean = shown.seed if shown.session.twin else None
        asked = self.settings
        return embedding_of(shown.session, shown.replica, clean, self._calm, asked.most, asked.side, asked.aspect)


@dataclass(frozen=True)
class SimilaritySettings:
    """place: of the plane, None while the pointer is elsewhere. point: the id of a point in its place. clean: as the
    clean twin has it. side: cells of the field along the longer side, 0 for none. neighbours: how many."""

    place: tuple[float, float] | None = None
    point: int | None = None
    clean: bool = False
    side: int = 0
    neighbours: int = 6


class SimilarityProbe(Probe):
    """Asks about one place; there is no answer without one, or for a learner without an embedding."""

    Settings = SimilaritySettings
    settings: SimilaritySettings
    share = 0.15
    interval = 0.05
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        if shown.rect is None or self.settings.place is None or unembedded(shown.session.spec):
            return None
        return shown.key(shown.replica, shown.rect, self.settings)

    @override
    def work(self, shown: Shown) -> Slices[Similarity | None]:
        asked = self.settings
        yield
        assert shown.rect is not None
        assert asked.place is not None
        replica = shown.seed if asked.clean and shown.session.twin else shown.replica
        return similarity_of(shown.session, replica, shown.rect, asked.place, asked.point, asked.side, asked.neighbours)
