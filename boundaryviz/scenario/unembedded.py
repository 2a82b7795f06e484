"""Which learners have an embedding of points that can be looked at. Imports nothing heavy."""

from __future__ import annotations

from boundaryviz.learners.family import LearnerSettings


def unembedded(learner: LearnerSettings) -> str:
    """Why a learner has no embedding, a sentence; empty where it has one.

    A self-supervised learner learns one; that of any other net is its last hidden layer.
    """
    family = learner.family
    if "embedding" in family.capabilities:
        bare = not (family.self_supervised or learner.hidden)
        return "A net without a hidden layer has no embedding; add one, in the tab Learner." if bare else ""
    return (
        f"{learner.TITLE} has no embedding, for it learns no representation of points: choose a neural network or a "
        "self-supervised learner."
    )
