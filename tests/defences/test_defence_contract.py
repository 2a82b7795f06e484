"""What every defence promises; a new one is picked up from the registry."""

from __future__ import annotations

import pytest

from boundaryviz.defences import DEFENCES
from boundaryviz.testing import DefenceContract


class TestDefences(DefenceContract):
    test_its_settings_load_neither_torch_nor_scikit_learn = None  # type: ignore[assignment]  # tests/test_layers.py

    @pytest.fixture(autouse=True, params=list(DEFENCES))
    def _one(self, request: pytest.FixtureRequest) -> None:
        self.spec = DEFENCES[request.param]()
