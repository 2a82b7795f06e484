"""The package as a library."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import boundaryviz as bv


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ["torch", "matplotlib", "PyQt6", "sklearn", "numpy", "pydantic"]
    code = "import sys, boundaryviz; print([m for m in sys.argv[1:] if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_public_name_can_be_had() -> None:
    assert set(bv.__all__) <= set(dir(bv))
    for name in bv.__all__:
        assert getattr(bv, name) is not None
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        bv.nothing_of_the_kind  # noqa: B018


def test_the_version_is_the_project_s() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    assert bv.__version__ == project["version"]


def test_load_change_train_ask_and_draw(tmp_path: Path) -> None:
    scenario = bv.load("two-moons").with_values({"learner.hidden": [8]})
    run = bv.train(scenario, seeds=2, steps=150, progress=False)
    assert run.seeds == (0, 1)
    assert len(run.metrics["test_error"].per_seed) == 2
    assert run.metrics["test_error"].mean < 0.3
    field = run.field(step=-1)
    assert field.shape == (2, 256, 256)
    assert 0.0 <= field.min() < 0.2 < 0.8 < field.max() <= 1.0
    run.figure("boundary").savefig(tmp_path / "f.pdf")
    assert (tmp_path / "f.pdf").read_bytes().startswith(b"%PDF")
    xy = scenario.scene().points.xy
    given = run.predict_proba(xy)
    assert given.shape == (len(xy), 2)
    assert np.allclose(given.sum(axis=1), 1.0, atol=1e-5)
    assert (run.predict(xy) == given.argmax(axis=1)).all()
    assert (run.predict(xy) == run.snapshot().predicted).all()


def test_scikit_learn_s_estimators_can_be_handed_in() -> None:
    from sklearn.svm import SVC

    run = bv.train("moons", learner=SVC(gamma=2), seeds=2, progress=False)
    assert run.metrics["test_error"].mean <= 0.02
    assert run.report()["learner"] == "SVC"
    assert run.field().shape == (2, 256, 256)
    assert run.figure("summary").facts["scenario"] == "moons"


def test_learners_and_data_sets_are_there_by_name() -> None:
    assert {"mlp", "logistic"} <= set(bv.learners.FAMILIES)
    assert {"moons", "spiral"} <= set(bv.datasets.DATASETS)
    assert "two-moons" in bv.scenarios()
