"""What learners, attacks, defences and data sets promise, as test classes that whoever adds one subclasses.

    from boundaryviz.testing import LearnerContract

    class TestMine(LearnerContract):
        spec = MySpec()

pytest then finds the tests. They need neither a network nor a screen, and nothing that boundaryviz does not need.
"""

from boundaryviz.testing.attacks import AttackContract
from boundaryviz.testing.datasets import DatasetContract
from boundaryviz.testing.defences import DefenceContract
from boundaryviz.testing.learners import LearnerContract
from boundaryviz.testing.trained_attacks import TrainedAttackContract

__all__ = ["AttackContract", "DatasetContract", "DefenceContract", "LearnerContract", "TrainedAttackContract"]
