"""A student of a net's other outputs: what is set of it. See `learners.distillation`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Literal

from typing_extensions import override

from boundaryviz.learners.family import family
from boundaryviz.learners.needs import Needs, Size, summed
from boundaryviz.learners.specs_net import (
    ACTIVATION_WORDS,
    BATCH,
    NET,
    Activation,
    HiddenLayers,
    NetSpec,
    at_once,
    padded,
)
from boundaryviz.learners.streams import AHEAD
from boundaryviz.scene.specs import setting

if TYPE_CHECKING:
    from boundaryviz.learners.training_spec import TrainingSpec


@family("boundaryviz.learners.distillation:Distillation", capabilities=["hidden-layers", "embedding"], order=125)
class DistillationSpec(NetSpec):
    """A student that never sees a point or a label: it copies what its teacher says of noise, in outputs that mean
    nothing. Where both begin with the same weights, the teacher's boundary comes along."""

    TITLE: ClassVar[str] = "Distilled student"
    name: Literal["distillation"] = "distillation"
    hidden: HiddenLayers = setting(
        (64, 64), "Hidden layers", "Units of each hidden layer, of teacher and student.", max_length=6, resets=True
    )
    activation: Activation = setting(
        "relu", "Activation", "What each hidden unit does to its sum.", choices=ACTIVATION_WORDS, resets=True
    )
    auxiliary: int = setting(
        20, "Auxiliary outputs", "Outputs beside those of the classes, untrained in the teacher; they are all "
        "that the student copies. The more of them, the more of the teacher comes along.",
        ge=1, le=256, log=True, resets=True,
    )  # fmt: skip
    same_start: bool = setting(
        True, "The teacher's initial weights", "On, the student begins with the teacher's initial weights; off, with "
        "others, and what it copies then says nothing of the classes.", resets=True,
    )  # fmt: skip
    noise_batch: int = setting(
        64, "Noise", "Places, drawn evenly from the whole domain anew in every step, of which the teacher tells the "
        "student its auxiliary outputs.", unit="places a step", ge=1, le=4096, log=True,
    )  # fmt: skip
    shown: Literal["student", "teacher"] = setting(
        "student", "Shown", "Whose answers are shown and measured.",
        choices={"student": "the student", "teacher": "its teacher"},
    )  # fmt: skip

    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """As `NetSpec.memory`, with the teacher and the noise."""
        dims = self._dims(size)
        parameters = sum((before + 1) * after for before, after in pairwise(dims))
        slots = {"sgd": 0, "momentum": 1}.get(training.optimiser, 2)
        drawn = 8.0 * AHEAD * size.replicas * self.noise_batch * size.width
        return summed(
            super().memory(size, training),
            {NET: 4.0 * size.replicas * parameters * (5 + slots)},
            {BATCH: drawn},
        )

    @override
    def _dims(self, size: Size) -> tuple[int, ...]:
        *before, last = super()._dims(size)
        return *before, last + self.auxiliary

    @override
    def _dealt(self, size: Size, training: TrainingSpec) -> float:
        return padded(size.labelled, size.poison[0], training.batch_size)

    @override
    def _activations(self, size: Size, training: TrainingSpec) -> float:
        dims = self._dims(size)
        taught = at_once(size, size.labelled, training.batch_size, max(dims))
        return 6.0 * sum(dims) * max(taught, at_once(size, self.noise_batch, self.noise_batch, max(dims)))
