"""What a family of learners is: its settings, its class, and what can be said of it without loading it. No torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from boundaryviz.learners.needs import Needs, Size
from boundaryviz.learners.training_spec import STOPPING
from boundaryviz.scene.registry import checked_settings
from boundaryviz.scene.specs import Spec

if TYPE_CHECKING:
    from boundaryviz.learners.training_spec import TrainingSpec
    from boundaryviz.scene.scene import Scene

Capability = Literal["hidden-layers", "certificates", "embedding"]
"""What some learners can be asked beyond the contract of all: activations of hidden units, how much poison each
decision is proven to survive, and where points are put before anything decides."""

Measure = Literal["length", "round", "step"]
"""What `when` of a label cascade counts: length along a graph, rounds of self-training, or training steps."""

SURE = 0.95
"""The threshold of learners that have none of their own."""

_AT_ONCE = dict.fromkeys(
    (
        "optimiser",
        "learning_rate",
        "momentum",
        "batch_size",
        "l1",
        "l2",
        "clip",
        "gradient_noise",
        "early_stopping",
        *STOPPING,
    ),
    "this learner is fitted at once, not in small steps",
)


@dataclass(frozen=True)
class Family:
    """One kind of learner, declared by `family` above the class of its settings.

    spec: the class of its settings. learner: 'module:class' of the learner; the string keeps torch out of whoever
    reads this. supervised: it looks at labelled points alone. self_supervised: labels are looked at only where it
    decides, never while it is trained, which it is without any. at_once: it is fitted in one step, so that rates,
    batches and penalties mean nothing to it. seeded: what it learns depends on the seed, unless its settings say
    otherwise. capabilities: what it can be asked, unless its settings leave nothing to ask. cascade: what the label
    cascade of a learner that hands labels on is measured in. scale_free: the same is learnt in whatever units each
    input comes; what goes by distances, kernels, penalties or gradient descent is not. course: the setting along which
    one fit holds the models of every size, see `FittedLearner.staged`; None where there is none. order: its place in
    lists.
    """

    spec: type[LearnerSettings]
    learner: str
    supervised: bool = True
    self_supervised: bool = False
    at_once: bool = False
    seeded: bool = True
    capabilities: frozenset[Capability] = frozenset()
    cascade: Measure | None = None
    scale_free: bool = False
    course: str | None = None
    order: int = 1000

    @property
    def name(self) -> str:
        """What files call it."""
        return str(self.spec.model_fields["name"].default)

    @property
    def title(self) -> str:
        """What the window calls it."""
        return self.spec.TITLE

    @property
    def summary(self) -> str:
        """A sentence on what it does."""
        return " ".join((self.spec.__doc__ or "").split())

    def load(self) -> type[Any]:
        """The class of the learner, see `base.Learner`; its module is imported."""
        module, _, name = self.learner.partition(":")
        found: type[Any] = getattr(import_module(module), name)
        return found

    def unused_training(self, training: TrainingSpec) -> Mapping[str, str]:
        """Of the settings of training that do nothing for a learner of this family: name -> why."""
        return {**training.unused(), **(_AT_ONCE if self.at_once else {})}


class LearnerSettings(Spec):
    """What the settings of every learner are: a spec with a `name`, a Literal of that one name, and a `TITLE`.

    JITTERS: which of its settings say how far points are pushed about. Like every length among the settings, but for
    those that `bound_to_units` speaks of, they are in the units in which the learner is given the inputs, see
    `data.input_scale`.
    """

    TITLE: ClassVar[str]
    JITTERS: ClassVar[tuple[str, ...]] = ()
    family: ClassVar[Family]
    if TYPE_CHECKING:
        name: str = ""  # a field of each, in the place where it wants it

        def __getattr__(self, name: str) -> Any:
            """A setting of its own, whichever it is of."""

    @property
    def bound_to_origin(self) -> str:
        """Why what it learns is another thing where the origin of the coordinates lies elsewhere; empty where not."""
        return ""

    @property
    def bound_to_units(self) -> str:
        """Why what it learns is another thing in other units, even of scaled inputs; empty where not."""
        return ""

    @property
    def may_be_centred(self) -> bool:
        """Whether the same is learnt from coordinates from which one place is subtracted, see `FittedLearner`."""
        return not self.bound_to_origin

    @property
    def scale_free(self) -> bool:
        """Whether the same is learnt in whatever units each input comes."""
        return self.family.scale_free

    @property
    def seeded(self) -> bool:
        """Whether what is learnt with these settings depends on the seed."""
        return self.family.seeded

    @property
    def fits_responses(self) -> bool:
        """Whether it learns the responses of points that have any, of which the sign is one of two classes, and not
        their classes."""
        return False

    def fits(self, scene: Scene) -> bool:
        """Whether these responses are what it learns: it fits some, and the points have any."""
        return self.fits_responses and scene.has_responses

    @property
    def sure(self) -> float:
        """How sure of a class it must be for an unlabelled point to count as labelled."""
        return SURE

    def at_stage(self, stage: int | None) -> LearnerSettings:
        """These settings with another size on the learner's course, where it has one; None leaves them."""
        course = self.family.course
        return self if stage is None or course is None else self.model_copy(update={course: stage})

    def counterpart(self, rarest: int) -> LearnerSettings | None:
        """The supervised learner most like one that uses unlabelled points; None where none is, or it is supervised.

        rarest: how many labels the class with the fewest has; no more neighbours than these may vote.
        """
        return None

    def misfit(self, width: int) -> Mapping[str, str]:
        """Of the settings with which it cannot learn from points with so many inputs: name -> why, in words."""
        return {}

    def crowded(self, size: Size) -> Mapping[str, str]:
        """Of the settings with which it cannot learn from so many points as the whole run has: name -> why, in words.

        Twins see fewer of them; what a learner does must not depend on how many these are.
        """
        return {}

    def uncompiled(self, width: int, classes: int, optimiser: str) -> str:
        """Why the compiled program is not for learners with these settings, of points with so many inputs and so many
        classes, trained with this optimiser: in words, empty where it is. Only what resets a run decides."""
        return "only nets are compiled"

    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """Bytes that R models on N points need, asked about M points at once, beyond what all learners need."""
        return {}


S = TypeVar("S", bound=type[LearnerSettings])


def family(
    learner: str,
    *,
    supervised: bool = True,
    self_supervised: bool = False,
    at_once: bool = False,
    seeded: bool = True,
    capabilities: Iterable[Capability] = (),
    cascade: Measure | None = None,
    scale_free: bool = False,
    course: str | None = None,
    order: int = 1000,
) -> Callable[[S], S]:
    """Declare the family whose settings the class below is; arguments as in `Family`."""

    def declared(spec: S) -> S:
        asked = frozenset(capabilities)
        spec.family = Family(
            spec, learner, supervised, self_supervised, at_once, seeded, asked, cascade, scale_free, course, order
        )
        return spec

    return declared


def accepted(given: Any) -> tuple[str, Family]:
    """Name and family of a class of settings. Raises TypeError for what is none."""
    name = checked_settings(given, LearnerSettings, "name")
    found = vars(given).get("family")
    if not isinstance(found, Family):
        raise TypeError(f"the class {given.__name__} lacks the decorator `family`")
    return name, found


def declared_in(module: ModuleType) -> list[type[LearnerSettings]]:
    """The classes of settings of the families that a module declares."""
    return [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, LearnerSettings) and one.__module__ == module.__name__
        and isinstance(vars(one).get("family"), Family)
    ]  # fmt: skip
