"""What every data set promises; a new one is picked up from the registry."""

from __future__ import annotations

import pytest

from boundaryviz.scene.datasets import DATASETS
from boundaryviz.testing import DatasetContract


class TestDatasets(DatasetContract):
    @pytest.fixture(autouse=True, params=list(DATASETS))
    def _one(self, request: pytest.FixtureRequest) -> None:
        self.dataset = DATASETS[request.param]
