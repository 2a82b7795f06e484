"""What every attack promises; a new one is picked up from the registry."""

from __future__ import annotations

import pytest

from boundaryviz.attacks.specs import ATTACKS
from boundaryviz.testing import AttackContract


class TestAttacks(AttackContract):
    test_its_settings_load_neither_torch_nor_scikit_learn = None  # type: ignore[assignment]  # tests/test_layers.py

    @pytest.fixture(autouse=True, params=list(ATTACKS))
    def _one(self, request: pytest.FixtureRequest) -> None:
        self.spec = ATTACKS[request.param](count=6)
