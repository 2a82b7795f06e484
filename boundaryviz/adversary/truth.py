"""What an attack does in truth: to the scenario's own learner, on its own test points, whatever the attacker knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaryviz.adversary.goals import held_out, inputs_of, pin_of
from boundaryviz.adversary.problem import settings_of
from boundaryviz.attacks.targets import AttackError
from boundaryviz.engine.session import Session
from boundaryviz.learners.specs import LARGEST_SEED
from boundaryviz.record.seeds import training_varies
from boundaryviz.record.trail import AttackState, committed
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Scene, Split


@dataclass(frozen=True, eq=False)
class Hurt:
    """What came of a scene, for each of S training seeds.

    error: float64 (S,), on the test points that the goal is about; NaN of a model that diverged, and without test
    points. success: float64 (S,), 1 where the pin is taken for the class wanted, else 0; NaN without a pin.
    """

    error: NDArray[np.float64]
    success: NDArray[np.float64]


class Truth:
    """Measures states of an attack.

    clean: without any of its poison. seeds: training seeds, one where nothing in training is random.
    """

    def __init__(self, scenario: Scenario, scene: Scene, seeds: int = 1, device: str = "auto") -> None:
        self.settings = settings_of(scenario)
        training = scenario.training
        if training.early_stopping == "off":  # curves on the way would cost as much as some of the training
            training = training.model_copy(update={"evaluate_every": 100_000})
        self._scenario = scenario.model_copy(update={"training": training, "course": None, "adversary": None})
        self._scene, self._device = scene, device
        first = training.seed
        many = seeds if training_varies(scenario.learner) == "training" else 1
        self.seeds = tuple((first + k) % LARGEST_SEED for k in range(many))
        wanted = self.settings.target_class if self.settings.aim == "class" else None
        self._test = held_out(scene, Split.TEST, wanted)
        self._pin = pin_of(scene, self.settings) if self.settings.aim == "pin" else None
        self.clean = self.of_scene(scene)

    def of(self, state: AttackState) -> Hurt:
        """Of a state of the attack."""
        return self.of_scene(self.committed(state)) if len(state) else self.clean

    def committed(self, state: AttackState) -> Scene:
        """The true scene with the poison of a state in it. Raises AttackError where it stands in for points that the
        scene has not."""
        title = type(self.settings).TITLE
        pin = self._pin if self.settings.marks else None
        try:
            return committed(state, self._scene, title, pin, self._scenario.poison.group)
        except KeyError as error:
            raise AttackError(
                f"The attack stands in for a point that is no longer there ({error.args[0]}). Begin it anew."
            ) from None

    def of_scene(self, scene: Scene) -> Hurt:
        """Of models that are trained on a scene as it is."""
        session = Session(self._scenario, scene, self.seeds, device=self._device)
        session.step(1 if self._scenario.learner.family.at_once else self._scenario.training.steps)
        lost = session.diverged
        error = np.full(len(self.seeds), np.nan)
        success = np.full(len(self.seeds), np.nan)
        if len(self._test):
            error = (session.learner.predict(self._test.x) != self._test.label).mean(axis=1)
        if (pin := self._pin) is not None:
            x = inputs_of(pin, scene, self.settings)
            success = (session.learner.predict(x)[:, 0] == pin.target_class).astype(np.float64)
        error[lost] = success[lost] = np.nan
        return Hurt(error, success)
