"""Any classifier of scikit-learn under its own name: settings made from a table, without scikit-learn itself.

Those that have a form of their own are declared beside this, by `worded`, and take from the table what they do not
name; the others are found by name. The table is `assets/data/classifiers.json`, made by `tools/classifiers.py`. What it
says of a setting is its default and the kinds of values it takes; whether a number is in range scikit-learn says when
it is fitted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, reduce
from operator import or_
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import Field, create_model
from typing_extensions import override

from boundaryviz.learners.family import Family, family
from boundaryviz.learners.specs_fitted import EstimatorSpec
from boundaryviz.scene.assets import asset
from boundaryviz.scene.specs import setting

_TYPES: dict[str, Any] = {"bool": bool, "int": int, "float": float, "str": str, "none": None}


SCALE_FREE = frozenset({
    "AdaBoostClassifier", "BaggingClassifier", "BernoulliNB", "DecisionTreeClassifier", "DummyClassifier",
    "ExtraTreeClassifier", "ExtraTreesClassifier", "GaussianNB", "GradientBoostingClassifier",
    "HistGradientBoostingClassifier", "LinearDiscriminantAnalysis", "QuadraticDiscriminantAnalysis",
    "RandomForestClassifier",
})  # fmt: skip
"""The classifiers that learn the same in whatever units each input comes: what is made of trees, and what scales inputs
itself by their variances."""


class TableSpec(EstimatorSpec):
    """Settings of a classifier of the table."""

    OURS: ClassVar[tuple[str, ...]] = ()
    """Those that scikit-learn has not, or not as they are here; see `arguments`."""

    @override
    def arguments(self, labels: int) -> dict[str, Any]:
        return {name: value for name, value in self.changed().items() if name not in self.OURS}

    def changed(self) -> dict[str, Any]:
        """The settings that differ from scikit-learn's defaults, which may be others in another version of it."""
        fields = type(self).model_fields
        return {name: value for name, value in self if name != "name" and value != fields[name].default}


class ClassifierSpec(TableSpec):
    """Settings of a classifier that has no form of its own."""

    def __reduce__(self) -> tuple[Any, ...]:
        """The class is made where it is needed, and so again where this is sent to."""
        return _made, (type(self).family.name, self.model_dump())

    @property
    @override
    def bound_to_origin(self) -> str:
        """Of them all."""
        return "scikit-learn's classifiers are shown raw coordinates"


@cache
def table() -> dict[str, dict[str, Any]]:
    """Name of a classifier -> its module, whether a seed matters to it, and its settings."""
    read: dict[str, dict[str, Any]] = json.loads(asset("data/classifiers.json").read_text("utf-8"))["classifiers"]
    return read


@cache
def classifier(name: str) -> Family | None:
    """The family of the classifier of this name; None where the table has none."""
    if (entry := table().get(name)) is None:
        return None
    fields: dict[str, Any] = {"name": (Literal[name], name)}
    fields |= {key: _field(name, key, _fits_a_form(one["takes"])) for key, one in entry["settings"].items()}
    made: type[ClassifierSpec] = create_model(
        f"{name}Spec",
        __base__=ClassifierSpec,
        __module__=__name__,
        __doc__=f"scikit-learn's {name}.",
        **fields,
    )
    made.TITLE = name
    pool = entry["module"].startswith("sklearn.semi_supervised")
    declare = family(
        "boundaryviz.learners.estimators:Estimator",
        at_once=True,
        seeded=entry["seeded"],
        supervised=not pool,
        scale_free=name in SCALE_FREE,
    )
    return declare(made).family


S = TypeVar("S", bound=type[TableSpec])


def worded(*, order: int, course: str | None = None) -> Callable[[S], S]:
    """Declare the classifier of the table whose form the class below is.

    Its other settings, which the class does not name, are taken from files and by `--set`, where older files have them,
    and have no control. course, order: as in `Family`.
    """

    def declared(spec: S) -> S:
        given: type[TableSpec] = spec
        name = str(given.model_fields["name"].default)
        entry = table()[name]
        rest: dict[str, Any] = {key: _field(name, key) for key in entry["settings"] if key not in given.model_fields}
        made: Any = create_model(
            spec.__name__, __base__=spec, __module__=spec.__module__, __doc__=spec.__doc__, **rest
        )  # fmt: skip
        as_family = family(
            "boundaryviz.learners.estimators:Estimator", at_once=True, seeded=entry["seeded"],
            scale_free=name in SCALE_FREE, course=course, order=order,
        )  # fmt: skip
        result: S = as_family(made)
        return result

    return declared


def _field(name: str, key: str, form: bool = False) -> tuple[Any, Any]:
    """Type and field of a setting of the table. form: it has a control."""
    one = table()[name]["settings"][key]
    made = setting if form else Field
    return _type(one["takes"]), made(one["default"], title=key, description=f"See {key} of scikit-learn's {name}.")


def _type(takes: list[Any]) -> Any:
    """The union of what a setting takes: names of types, and lists of words."""
    kinds = [Literal[tuple(one)] if isinstance(one, list) else _TYPES[one] for one in takes]
    return reduce(or_, kinds)


def _fits_a_form(takes: list[Any]) -> bool:
    """Whether the window has a control for it: values of one kind, or numbers and one value that is none."""
    if len(takes) == 1:
        return True
    others = [one for one in takes if one not in ("int", "float")]
    return len(takes) == 2 and len(others) == 1 and (others == ["none"] or _is_one_word(others[0]))


def _is_one_word(takes: Any) -> bool:
    return isinstance(takes, list) and len(takes) == 1


def _made(name: str, values: dict[str, Any]) -> ClassifierSpec:
    found = classifier(name)
    assert found is not None
    return found.spec.model_validate(values)  # type: ignore[return-value]
