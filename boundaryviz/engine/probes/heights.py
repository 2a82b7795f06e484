"""The probes 'heights' and 'heights-clean': how far over and under each place of the plane the boundary lies, in the
run shown and in its clean twin."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from boundaryviz.engine.height_map import HeightMap, flat
from boundaryviz.engine.heights import mapped
from boundaryviz.engine.messages import Key
from boundaryviz.engine.probes.base import Probe, Shown, Slices

_WIDE = 200  # inputs, from which on it takes a quarter of the places: training waits


@dataclass(frozen=True)
class HeightsSettings:
    """side: cells along the longer side of the domain. z: how far off the plane the sheets are that are drawn. clean:
    whether the clean twin is asked, of which there is an answer only while there is one."""

    side: int = 48
    z: float = 0.2
    clean: bool = False


class HeightsProbe(Probe):
    """There is no answer where nothing lies off the plane, see `heights.flat`."""

    Settings = HeightsSettings
    settings: HeightsSettings
    share = 0.25
    drawn = True

    @override
    def key(self, shown: Shown) -> Key | None:
        settings = self.settings
        if flat(shown.session.scene) or (settings.clean and not shown.session.twin):
            return None
        return shown.key(self._replica(shown), settings.z)

    @override
    def work(self, shown: Shown) -> Slices[HeightMap]:
        side = self.settings.side
        if shown.session.scene.points.width > _WIDE:
            side = max(side // 2, 1)
        return (yield from mapped(shown.session, self._replica(shown), side, self.settings.z))

    def _replica(self, shown: Shown) -> int:
        return shown.seed if self.settings.clean else shown.replica
