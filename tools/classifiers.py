"""Makes the table of scikit-learn's classifiers, `assets/data/classifiers.json`: where each lies and what can be set.

A classifier is in it if, as it comes, it learns two moons and three blobs and answers everywhere around them. Settings
are those of `get_params()` that are numbers, switches, words or nothing; what values each takes is read from what
scikit-learn itself checks them by. The table keeps scikit-learn out of the window and of whoever reads a file.

    python tools/classifiers.py
"""

from __future__ import annotations

import json
import warnings
from itertools import takewhile
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from sklearn.utils import all_estimators
from sklearn.utils._param_validation import Interval, Options, StrOptions

from boundaryviz.scene.data import DataSpec, build

TABLE = Path(__file__).parents[1] / "assets" / "data" / "classifiers.json"
OURS = ("n_jobs", "random_state", "verbose", "warm_start")
"""Settings that are ours to make: seeds come from the run, and the rest is none of the model."""

LEAVING = ("deprecated", "warn")
"""Defaults of settings that scikit-learn is about to drop or change."""


def works(made: Any) -> bool:
    """Whether it learns the data of the plane as it comes, and answers there."""
    for name in ("moons", "blobs"):
        scene = build(DataSpec(name=name, n=60))
        points = scene.points.take(scene.points.is_train)
        try:
            found = made().fit(points.xy, points.label.astype(np.int64)).predict(scene.domain.grid(12, 12))
        except Exception:  # whatever a classifier raises that wants other data or other arguments
            return False
        if not np.isin(found, points.label).all():
            return False
    return True


def kinds(constraints: list[Any], default: Any) -> list[Any]:
    """The names of types, and a list of words, that a setting takes; its default's at least."""
    found: list[Any] = [_type(default)]
    words: list[str] = []
    for one in constraints:
        if isinstance(one, Interval):
            found.append("int" if one.type is Integral else "float")
        elif isinstance(one, StrOptions) or (isinstance(one, Options) and one.type is str):
            words += sorted(one.options)
        elif one == "boolean":
            found.append("bool")
        elif one is None:
            found.append("none")
        elif one is str:
            found.append("str")
    if words and isinstance(default, str):
        words = sorted({*words, default})
    found = sorted(set(found) - ({"str"} if words else set()))
    return found + ([words] if words else [])


def _type(value: Any) -> str:
    return "none" if value is None else type(value).__name__


def entry(made: Any) -> dict[str, Any]:
    settings = {}
    rules = getattr(made, "_parameter_constraints", {})
    for name, default in sorted(made().get_params(deep=False).items()):
        if name not in OURS and default not in LEAVING and isinstance(default, bool | int | float | str | None):
            given = rules.get(name, [])
            taken = kinds(given if isinstance(given, list) else [], default)
            if taken != ["none"]:
                settings[name] = {"default": default, "takes": taken}
    seeded = "random_state" in made().get_params(deep=False)
    module = made.__module__
    public = ".".join(takewhile(lambda part: not part.startswith("_"), module.split(".")))
    return {"module": public, "seeded": seeded, "settings": settings}


def main() -> None:
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", FutureWarning)  # a class that is about to go is none to offer
    found = {name: entry(made) for name, made in all_estimators(type_filter="classifier") if works(made)}
    lines = ",\n".join(f'"{name}": {json.dumps(one, sort_keys=True)}' for name, one in found.items())
    TABLE.write_text(f'{{"scikit-learn": "{sklearn.__version__}", "classifiers": {{\n{lines}\n}}}}\n', encoding="utf-8")
    print(f"{len(found)} classifiers: {', '.join(found)}")


if __name__ == "__main__":
    main()
