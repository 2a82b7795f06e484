"""What every attack that trains promises."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from boundaryviz.attacks.targets import AttackError
from boundaryviz.attacks.trained.settings import TrainedAttackSettings
from boundaryviz.learners.families.estimators import SVCSpec
from boundaryviz.learners.family import LearnerSettings
from boundaryviz.record.trail import AttackState, committed
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec
from boundaryviz.testing.light import heavy_of


class TrainedAttackContract:
    """Subclass it with the `spec` of an attack that trains, whose `count` is small. learner: one that it attacks."""

    spec: TrainedAttackSettings
    learner: ClassVar[LearnerSettings] = SVCSpec(gamma=2.0)

    @property
    def scenario(self) -> Scenario:
        """What is attacked: forty points of two moons, a learner of little work."""
        data = DataSpec(n=40, noise=0.2, validation=0.3, test=0.3)
        bare = Scenario(data=data, learner=self.learner).with_values({"training.steps": 30})
        return bare.model_copy(update={"adversary": self.spec})

    def _states(self, scenario: Scenario | None = None, start: AttackState | None = None) -> Iterator[AttackState]:
        from boundaryviz.adversary.running import Attack

        return Attack(scenario or self.scenario, start).states(measured=False)

    def test_its_settings_load_neither_torch_nor_scikit_learn(self) -> None:
        assert heavy_of(type(self.spec).__module__) == []

    def test_its_settings_pass_through_files_and_between_processes(self) -> None:
        values = {f"adversary.{name}": value for name, value in self.spec.model_dump(mode="json").items()}
        scenario = Scenario().with_values(values)
        assert scenario.adversary == self.spec
        assert Scenario.parse(scenario.written()) == scenario
        assert pickle.loads(pickle.dumps(self.spec)) == self.spec
        assert set(self.spec.unused()) | set(self.spec.FOREIGN) <= set(type(self.spec).model_fields)

    def test_its_states_are_poison_within_the_budget_and_the_box(self) -> None:
        from boundaryviz.adversary.problem import Problem

        problem = Problem(self.scenario)
        states = list(self._states())
        assert states[-1].done
        assert len(states[-1])
        wide = 1e-9 + 1e-9 * np.abs(problem.box)
        for state in states:
            assert len(state) <= self.spec.count
            assert ((state.label >= -1) & (state.label < problem.classes)).all()
            assert -1 <= state.moving < max(len(state), 1)
            free = state.points[state.replaces < 0]
            assert ((free >= problem.box[0] - wide[0]) & (free <= problem.box[1] + wide[1])).all()
            replaced = state.replaces[state.replaces >= 0]
            assert len(np.unique(replaced)) == len(replaced)
            assert np.isin(replaced, problem.candidates.ids).all()
            assert self.spec.STANDS_IN or not len(replaced)

    def test_it_comes_to_the_same_again_and_leaves_the_scenario_alone(self) -> None:
        scenario = self.scenario
        before = scenario.model_dump(mode="json")
        assert list(self._states(scenario))[-1] == list(self._states(scenario))[-1]
        assert scenario.model_dump(mode="json") == before

    def test_a_clean_twin_sees_what_was_there(self) -> None:
        scene = self.scenario.scene()
        poisoned = committed(list(self._states())[-1], scene, type(self.spec).TITLE)
        points = poisoned.points.take(poisoned.seen(frozenset()))
        assert points.with_columns(origin=np.zeros(len(points))) == scene.points
        assert poisoned.points.take(poisoned.seen()).is_poison.any()

    def test_it_goes_on_from_where_it_was_paused(self) -> None:
        states = list(self._states())
        paused = states[len(states) // 2]
        if paused.moving >= 0 and paused.replaces[paused.moving] < 0:  # and the point was dragged meanwhile
            points = paused.points.copy()
            points[paused.moving] += 0.05
            paused = AttackState(points, paused.label, paused.replaces, paused.moving, fits=paused.fits)
        last = list(self._states(start=paused))[-1]
        assert last.done
        assert len(last)
        assert len(last) <= self.spec.count

    def test_what_cannot_be_attacked_is_said_in_a_sentence(self) -> None:
        one_class = self.scenario.scene()
        one_class = one_class.with_points(one_class.points.with_columns(label=np.zeros(len(one_class.points))))
        by_validation = [] if self.spec.aim == "pin" else [self.scenario.with_values({"data.validation": 0.0})]
        for scenario in (
            self.scenario.with_scene(one_class),
            self.scenario.with_values({"adversary.count": 41}),
            *by_validation,
        ):
            try:
                list(self._states(scenario))
            except AttackError as error:
                words = str(error)
            else:
                words = "it attacked what cannot be attacked"
            assert words[-1] in ".!"
