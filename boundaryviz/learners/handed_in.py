"""An estimator of scikit-learn's kind, handed in by a program in place of a scenario's learner. No file holds it."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import ConfigDict, Field
from typing_extensions import override

from boundaryviz.learners.families.scikit_learn import SCALE_FREE, table
from boundaryviz.learners.family import family
from boundaryviz.learners.specs_fitted import AtOnceSpec


@family("boundaryviz.learners.estimators:Estimator", at_once=True)
class HandedInSpec(AtOnceSpec):
    """An estimator as it was handed in; each fit is made by a clone of it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    TITLE: ClassVar[str] = "Estimator"
    name: str
    estimator: Any = Field(exclude=True, repr=False)

    @property
    @override
    def bound_to_origin(self) -> str:
        """Of whatever is handed in."""
        return "an estimator that is handed in is shown raw coordinates"

    @property
    @override
    def scale_free(self) -> bool:
        """Of what is not known to need scaled inputs: a pipeline may scale them itself."""
        return self.name not in table() or self.name in SCALE_FREE

    @classmethod
    def of(cls, estimator: Any) -> HandedInSpec:
        """Called like its class. Raises ValueError for what is no classifier of scikit-learn's kind."""
        from sklearn.base import is_classifier

        name = type(estimator).__name__
        if not (hasattr(estimator, "fit") and is_classifier(estimator)):
            raise ValueError(f"{name} is not a classifier of scikit-learn's kind")
        return cls(name=name, estimator=estimator)
