"""What comes of a dose is the same, to the bit, whichever others there are, and what training with it comes to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.studies.doses import PoisonedScene


def parameters(session: Session, replica: int) -> Any:
    session.step(6 - session.step_count)
    return session.learner.P[replica].numpy()  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [16, "full"])
@pytest.mark.parametrize("attack", ["bridge", "copies", "flip"])
@pytest.mark.parametrize("name", ["mlp", "temporal-ensembling", "mixmatch", "ict"])
def test_a_dose_is_what_training_with_it_comes_to_whichever_others_there_are(name: str, attack: str, size: Any):
    values = {"data.n": 64, "data.labels_per_class": 20, "learner.name": name, "poison.attack": attack}
    more = {} if name == "mlp" else {"learner.unlabelled_batch": size}
    scenario = Scenario().with_values(values | more | {"poison.count": 5, "training.batch_size": size})
    trained = Session(scenario, twin=True, device="cpu")
    laid = PoisonedScene.of(scenario, (0, 2, 5, 20))
    together = Session(scenario, laid.scene, replicas=laid.replicas((0, 1)), device="cpu")
    assert np.array_equal(parameters(together, 0), parameters(trained, 0))
    assert np.array_equal(parameters(together, 2), parameters(trained, 1))
