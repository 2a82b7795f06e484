"""Specs of the learners that also use unlabelled points: consistency and pseudo-labels. Free of torch.

Noise is Gaussian jitter, its sizes standard deviations in the units in which a learner is given the inputs, see
`data.input_scale`. The defaults are for two moons as they are: Adam at rate 0.003 for 2000 steps, three labels a class
among 1000 points; they were chosen by the error on the validation points, over several draws of points and labels.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from typing_extensions import override

from boundaryviz.learners.families.nets import MLPSpec
from boundaryviz.learners.family import family
from boundaryviz.learners.needs import Needs, Size, summed
from boundaryviz.learners.specs_net import (
    ACTIVATION_WORDS,
    BATCH,
    DEALT,
    Activation,
    HiddenLayers,
    NetSpec,
    at_once,
    padded,
)
from boundaryviz.learners.streams import AHEAD, MANY
from boundaryviz.scene.specs import setting

if TYPE_CHECKING:
    from boundaryviz.learners.training_spec import TrainingSpec

UnlabelledBatch = int | Literal["full"]


def _weight(default: float, explains: str) -> Any:
    return setting(
        default, "Unlabelled weight", f"How much unlabelled points count beside the labelled ones: {explains}",
        ge=0.0, le=1000.0, log=True,
    )  # fmt: skip


def _jitter(default: float, explains: str = "Size of the jitter under which the answer shall stay the same.") -> Any:
    return setting(default, "Jitter", explains, unit="input units", ge=0.0, le=10.0, log=True)


def _strong(default: float) -> Any:
    return setting(
        default, "Strong jitter", "Size of the jitter of the points the net is taught on; "
        "much more than half the gap between the classes smears them together.",
        unit="input units", ge=0.0, le=10.0, log=True,
    )  # fmt: skip


def _threshold(default: float) -> Any:
    return setting(
        default, "Threshold", "An unlabelled point is taught only where the net is at least this sure of a class.",
        ge=0.0, le=1.0,
    )  # fmt: skip


def _temperature(default: float) -> Any:
    return setting(
        default, "Temperature", "Below 1 the guessed probabilities are sharpened before they are taught.",
        gt=0.0, le=10.0, log=True,
    )  # fmt: skip


def _ramp_up(default: int) -> Any:
    return setting(
        default, "Ramp-up", "Steps over which the unlabelled weight rises to its full size; 0 is at once.",
        unit="steps", ge=0, le=1_000_000, advanced=True,
    )  # fmt: skip


def _mix(default: float) -> Any:
    return setting(
        default, "Mixing", "Both parameters of the Beta distribution of the mixing share; small values mix little.",
        gt=0.0, le=100.0, log=True, advanced=True,
    )  # fmt: skip


def _teacher(default: float) -> Any:
    return setting(
        default, "Teacher decay", "Share of itself the teacher keeps in a step; it is an average of the net so far.",
        ge=0.0, lt=1.0, advanced=True,
    )  # fmt: skip


def _unlabelled_batch(default: int) -> Any:
    return setting(
        default, "Unlabelled batch", "Unlabelled points per step, or all of them: a number from 1 up, or 'full'."
    )


class UnlabelledSpec(NetSpec):
    """A network that learns from labelled and unlabelled points.

    DRAWN: bytes of random numbers that an unlabelled point of the plane takes at a step. KEPT: that are kept of it,
    and for each class. MIXES: whether it is taught mixtures of points.
    """

    DRAWN: ClassVar[int] = 8
    MIXES: ClassVar[bool] = False
    KEPT: ClassVar[tuple[int, int]] = 0, 0
    name: str
    hidden: HiddenLayers = setting(
        (64, 64), "Hidden layers", "Units of each hidden layer, the first one first; none is a linear model.",
        max_length=6, resets=True,
    )  # fmt: skip
    activation: Activation = setting(
        "relu", "Activation", "What each hidden unit does to its sum.", choices=ACTIVATION_WORDS, resets=True
    )
    unlabelled_batch: UnlabelledBatch = _unlabelled_batch(256)

    @override
    def model_post_init(self, context: object, /) -> None:
        super().model_post_init(context)
        if isinstance(self.unlabelled_batch, int) and self.unlabelled_batch < 1:
            raise ValueError("unlabelled batch is a number from 1 up, or 'full'")

    @property
    def labelled_jitter(self) -> float:
        """Size of the jitter of labelled points."""
        return 0.0

    @override
    def counterpart(self, rarest: int) -> MLPSpec:
        """The same net without the method."""
        shared = UnlabelledSpec.model_fields.keys() & MLPSpec.model_fields.keys() - {"name"}
        return MLPSpec(**{name: getattr(self, name) for name in shared})

    @override
    def uncompiled(self, width: int, classes: int, optimiser: str) -> str:
        """Of methods that mix points, of nets that are shown more than the inputs, and of wide ones."""
        if self.MIXES:
            return "a method that teaches mixtures of points is not compiled"
        if self.fourier or not self.features or (width == 2 and self.features != ("x", "y")):
            return "beside unlabelled points, nets that are shown more or less than the inputs are not compiled"
        return self._too_wide(width)

    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """As `NetSpec.memory`, with what a method draws for its points and remembers of them."""
        batch = size.unlabelled if self.unlabelled_batch == "full" else min(self.unlabelled_batch, size.unlabelled)
        ahead = AHEAD if batch <= MANY else 1
        each, by_class = self.KEPT
        return summed(
            super().memory(size, training),
            {BATCH: 1.0 * size.width * size.replicas * batch * ahead * self.DRAWN},
            {DEALT: size.replicas * size.training * (each + by_class * size.classes)},
        )

    def _dealt(self, size: Size, training: TrainingSpec) -> float:
        shown, hidden = size.poison
        return padded(size.labelled, shown, training.batch_size) + padded(
            size.unlabelled, hidden, self.unlabelled_batch
        )

    def _activations(self, size: Size, training: TrainingSpec) -> float:
        dims = self._dims(size)
        several = (size.labelled, training.batch_size), (size.unlabelled, self.unlabelled_batch)
        return 6.0 * sum(dims) * max(at_once(size, *batch, max(dims)) for batch in several)


class _JitteredSpec(UnlabelledSpec):
    """A method that asks about points under a weak jitter, which labelled points are taught under as well."""

    JITTERS: ClassVar[tuple[str, ...]] = ("weak_noise",)

    @property
    @override
    def labelled_jitter(self) -> float:
        return self.weak_noise


_method = partial(
    family,
    "boundaryviz.learners.semi:SemiSupervised",
    supervised=False,
    capabilities=["hidden-layers", "embedding"],
    cascade="step",
)
"""Declares a method of `methods.py`."""


@_method(order=30)
class PseudoLabelSpec(_JitteredSpec):
    """A net that takes its own confident answers for labels."""

    TITLE: ClassVar[str] = "Pseudo-label"
    name: Literal["pseudo-label"] = "pseudo-label"
    weight: float = _weight(1.0, "the cross-entropy with their pseudo-labels.")
    weak_noise: float = _jitter(0.3, "Size of the jitter of every point; its own answer there is taught there.")
    threshold: float = _threshold(0.8)
    ramp_up: int = _ramp_up(0)

    @property
    @override
    def sure(self) -> float:
        return self.threshold


@_method(order=40)
class PiModelSpec(_JitteredSpec):
    """A net whose answer shall not depend on jitter."""

    TITLE: ClassVar[str] = "Pi-model"
    DRAWN: ClassVar[int] = 16
    name: Literal["pi-model"] = "pi-model"
    weight: float = _weight(50.0, "the squared difference between two jittered answers.")
    weak_noise: float = _jitter(0.08)
    ramp_up: int = _ramp_up(0)


@_method(order=50)
class TemporalEnsemblingSpec(_JitteredSpec):
    """A net whose answer at each point shall agree with the average of its answers so far."""

    TITLE: ClassVar[str] = "Temporal ensembling"
    KEPT: ClassVar[tuple[int, int]] = 12, 12
    name: Literal["temporal-ensembling"] = "temporal-ensembling"
    weight: float = _weight(50.0, "the squared difference from the average.")
    weak_noise: float = _jitter(0.08)
    ensemble_decay: float = setting(
        0.6, "Ensemble decay", "Share of the average that is kept each time a point is seen.", ge=0.0, lt=1.0
    )
    ramp_up: int = _ramp_up(0)
    unlabelled_batch: UnlabelledBatch = _unlabelled_batch(1024)


@_method(order=60)
class MeanTeacherSpec(_JitteredSpec):
    """A net that follows a slowly moving average of itself; the average is what is shown."""

    TITLE: ClassVar[str] = "Mean Teacher"
    DRAWN: ClassVar[int] = 16
    name: Literal["mean-teacher"] = "mean-teacher"
    weight: float = _weight(50.0, "the squared difference from the teacher's answer.")
    weak_noise: float = _jitter(0.08)
    teacher_decay: float = _teacher(0.8)
    ramp_up: int = _ramp_up(0)


@_method(order=70)
class VATSpec(UnlabelledSpec):
    """Virtual adversarial training: the answer shall not change even in the direction that changes it most."""

    TITLE: ClassVar[str] = "Virtual adversarial training"
    JITTERS: ClassVar[tuple[str, ...]] = ("epsilon",)
    name: Literal["vat"] = "vat"
    weight: float = _weight(1.0, "the divergence under the worst small push.")
    epsilon: float = setting(
        0.15, "Push", "Length of the adversarial push.", unit="input units", gt=0.0, le=10.0, log=True
    )
    entropy_weight: float = setting(
        0.0, "Entropy weight",
        "How much being unsure of an unlabelled point costs; some 0.06 decides sooner, but then also wrongly.",
        ge=0.0, le=10.0, log=True,
    )  # fmt: skip
    xi: float = setting(
        1e-2, "Probe", "Length of the probe that finds the worst direction; below 1e-4 rounding drowns it.",
        unit="input units", gt=0.0, le=1.0, log=True, advanced=True,
    )  # fmt: skip
    power_iterations: int = setting(
        1, "Power iterations", "How often the worst direction is refined.", ge=1, le=10, advanced=True
    )
    ramp_up: int = _ramp_up(0)


@_method(order=80)
class MixMatchSpec(_JitteredSpec):
    """A net taught on mixtures of points with mixtures of their labels and sharpened guesses."""

    TITLE: ClassVar[str] = "MixMatch"
    MIXES: ClassVar[bool] = True
    DRAWN: ClassVar[int] = 32
    name: Literal["mixmatch"] = "mixmatch"
    weight: float = _weight(20.0, "the squared difference from the mixed guesses.")
    weak_noise: float = _jitter(0.1, "Size of the jitter of every point; a guess is the mean over two jitters.")
    temperature: float = _temperature(0.5)
    alpha: float = _mix(0.5)
    ramp_up: int = _ramp_up(100)


@_method(order=90)
class UDASpec(UnlabelledSpec):
    """Unsupervised data augmentation: what is sure of the point itself is taught on a strongly jittered copy."""

    TITLE: ClassVar[str] = "Unsupervised data augmentation"
    JITTERS: ClassVar[tuple[str, ...]] = ("strong_noise",)
    name: Literal["uda"] = "uda"
    weight: float = _weight(1.0, "the cross-entropy with their sharpened answers.")
    strong_noise: float = _strong(0.2)
    threshold: float = _threshold(0.6)
    temperature: float = _temperature(0.4)
    ramp_up: int = _ramp_up(0)

    @property
    @override
    def sure(self) -> float:
        return self.threshold


class _MatchSpec(_JitteredSpec):
    """FixMatch and what was made of it."""

    JITTERS: ClassVar[tuple[str, ...]] = ("weak_noise", "strong_noise")
    DRAWN: ClassVar[int] = 16
    weight: float = _weight(1.0, "the cross-entropy with their pseudo-labels.")
    weak_noise: float = _jitter(0.03, "Size of the jitter of the points the net is asked about.")
    strong_noise: float = _strong(0.2)
    threshold: float = _threshold(0.7)
    ramp_up: int = _ramp_up(0)

    @property
    @override
    def sure(self) -> float:
        return self.threshold


@_method(order=100)
class FixMatchSpec(_MatchSpec):
    """A confident answer to a weakly jittered point is the label of its strongly jittered copy."""

    TITLE: ClassVar[str] = "FixMatch"
    name: Literal["fixmatch"] = "fixmatch"


@_method(order=110)
class FlexMatchSpec(_MatchSpec):
    """FixMatch with a lower threshold for classes that are learnt more slowly."""

    TITLE: ClassVar[str] = "FlexMatch"
    KEPT: ClassVar[tuple[int, int]] = 24, 1
    name: Literal["flexmatch"] = "flexmatch"


@_method(order=120)
class ICTSpec(UnlabelledSpec):
    """Interpolation consistency: the answer between two points shall be the mixture of the teacher's answers there."""

    TITLE: ClassVar[str] = "Interpolation consistency"
    MIXES: ClassVar[bool] = True
    DRAWN: ClassVar[int] = 12
    name: Literal["ict"] = "ict"
    weight: float = _weight(20.0, "the squared difference from the mixed answers.")
    alpha: float = _mix(0.2)
    teacher_decay: float = _teacher(0.99)
    ramp_up: int = _ramp_up(100)
    unlabelled_batch: UnlabelledBatch = _unlabelled_batch(8)
