"""The contracts of boundaryviz on what this package adds; run by tests/test_plugin.py with the package on the path."""

from __future__ import annotations

from boundaryviz_example.darts import DartsSpec
from boundaryviz_example.midpoint import MidpointSpec
from boundaryviz_example.outliers import OutliersSpec
from boundaryviz_example.ring import RingSpec
from boundaryviz_example.stripes import STRIPES

from boundaryviz.defences import DEFENCES
from boundaryviz.testing import AttackContract, DatasetContract, DefenceContract, LearnerContract, TrainedAttackContract


class TestMidpoint(LearnerContract):
    spec = MidpointSpec()


class TestRing(AttackContract):
    spec = RingSpec(count=6)


class TestDarts(TrainedAttackContract):
    spec = DartsSpec(count=3, beyond=2.0)


class TestOutliers(DefenceContract):
    spec = OutliersSpec()

    def test_it_is_registered(self) -> None:
        assert DEFENCES["outliers"] is OutliersSpec


class TestStripes(DatasetContract):
    dataset = STRIPES
