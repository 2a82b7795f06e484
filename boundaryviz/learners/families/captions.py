"""Settings of the net that is trained on points and the words under them. Free of torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from typing_extensions import override

from boundaryviz.learners.families.self_supervised import READOUT_WORDS, SelfSupervisedSpec
from boundaryviz.learners.family import family
from boundaryviz.learners.needs import Needs, Size, summed
from boundaryviz.learners.specs_net import BATCH, DEALT, at_once, padded
from boundaryviz.scene.specs import setting

if TYPE_CHECKING:
    from boundaryviz.learners.training_spec import TrainingSpec

CaptionReadout = Literal["words", "linear", "nearest", "fine-tune"]


@family("boundaryviz.learners.self_supervised:SelfSupervised", capabilities=["hidden-layers", "embedding"], order=200)
class CaptionsSpec(SelfSupervisedSpec):
    """A net that tells which word stands under a point, from points with a caption of one word each (CLIP)."""

    TITLE: ClassVar[str] = "Captions (CLIP)"
    name: Literal["captions"] = "captions"
    words: int = setting(
        8, "Words", "How many words there are for each class; the caption of a point is one of those of its label, and "
        "a point without a label has none.",
        ge=1, le=64, resets=True,
    )  # fmt: skip
    temperature: float = setting(
        0.1, "Temperature", "What cosines of points and words are divided by in the loss: small values look at the "
        "likest alone.",
        ge=0.02, le=10.0, log=True,
    )  # fmt: skip
    readout: CaptionReadout = setting(  # type: ignore[assignment]
        "words", "Readout", "What decides: the words of each class, and no labelled point; or, from the embedding and "
        "the labelled points, a linear model, the likest labelled points, or the net trained on with a last layer of "
        "its own.",
        choices={"words": "words", **READOUT_WORDS},
    )  # fmt: skip

    @override
    def counterpart(self, rarest: int) -> None:  # type: ignore[override]
        """None: it looks at no point without a label, for that has no caption."""
        return None

    @override
    def memory(self, size: Size, training: TrainingSpec) -> Needs:
        """As `NetSpec.memory`, how like each point of a batch is to each word, and which word is whose."""
        return summed(
            super().memory(size, training),
            {BATCH: 4.0 * 5 * self.words * size.classes * self._together(size, training)},
            {DEALT: 24.0 * size.replicas * size.training},
        )

    @override
    def _dealt(self, size: Size, training: TrainingSpec) -> float:
        return padded(size.labelled, size.poison[0], training.batch_size)

    @override
    def _activations(self, size: Size, training: TrainingSpec) -> float:
        return 6.0 * sum(self._dims(size)) * self._together(size, training)

    def _together(self, size: Size, training: TrainingSpec) -> int:
        return at_once(size, size.labelled, training.batch_size, max(self._dims(size)))
