"""`boundaryviz defend`, `bv.defend` and the view 'defence': numbers, files and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.svm import SVC

import boundaryviz as bv
from boundaryviz.cli.app import run
from boundaryviz.defences.kinds.knn import KnnSpec
from boundaryviz.engine.session import Session
from boundaryviz.record.verdict import Rates
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.check import check
from boundaryviz.studies.dose import dose_response

VALUES = {
    "data.n": 80, "data.noise": 0.3, "learner.name": "SVC", "poison.attack": "flip", "poison.count": 12,
    "poison.target": [0.0, 0.5],
}  # fmt: skip
SETS = [word for path, value in VALUES.items() for word in ("--set", f"{path}={value}".replace(" ", ""))]
KNN = ["--method", "knn", "--set", "defence.neighbours=5"]
GUARDED = {"defence.defence": "knn", "defence.neighbours": 5}


def scenario() -> Scenario:
    return bv.load("moons").with_values(VALUES)


def test_json_says_what_each_model_lost_and_what_it_came_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["defend", "moons", *SETS, *KNN, "--twin", "--seeds", "2", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    twins = Session(scenario().with_values(GUARDED), seeds=(0, 1), twin=True, device="cpu")
    assert twins.defending.judged is not None
    assert [one["removed_ids"] for one in found["models"]] == [
        one.ids[one.removed].tolist() for one in twins.defending.judged
    ]
    assert [(one["twin"], one["seed"]) for one in found["models"]] == [
        ("clean", 0), ("clean", 1), ("poisoned", 0), ("poisoned", 1),
    ]  # fmt: skip
    poisoned = Rates.of(twins.defending.judged[2])
    assert found["metrics"]["defence_true_positive_rate"]["mean"] == poisoned.true_positive_rate
    assert found["clean"]["defence_removed"]["mean"] == found["models"][0]["removed"]
    assert "defence_true_positive_rate" not in found["clean"]
    assert found["undefended"]["test_error"] != found["metrics"]["test_error"]
    assert found["defence"] == {"defence": "knn", "neighbours": 5, "majority": 0.5}


def test_a_table_names_rates_and_both_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = tmp_path / "defence.json"
    assert run(["defend", "moons", *SETS, *KNN, "--json", str(numbers)]) == 0
    shown = capsys.readouterr().out
    found = json.loads(numbers.read_text())["models"][0]
    for words in ("Neighbours disagree", "of the poison", f"{found['poison_removed']} of 12", "with the defence"):
        assert words in shown


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ([], "this scenario has none; name one of"),
        (["--method", "luck"], "unknown defence 'luck'"),
        (["--method", "knn", "--set", "defence.neighbours=900"], "needs at least 901 points"),
        (["--method", "knn", "--set", "defence.luck=1"], "there is no such setting"),
        (["--set", "defence.neighbours=3"], "no defence is on"),
    ],
)
def test_what_cannot_be_is_said_and_is_wrong_usage(
    more: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["defend", "moons", *SETS, *more]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""


def test_a_run_that_is_defended_has_its_measures_and_its_figure(tmp_path: Path) -> None:
    defended = bv.train(scenario().with_values(GUARDED), progress=False)
    plain = bv.train(scenario(), progress=False)
    assert defended.defence is not None
    assert plain.defence is None
    judged = defended.defence.replicas[0]
    assert defended.metrics["defence_removed"].mean == judged.removed.sum()
    assert defended.metrics["defence_precision"].told("defence_precision").endswith("%")
    assert not any(name.startswith("defence_") for name in plain.metrics)
    assert defended.snapshot().judged is judged
    defended.figure("defence").savefig(tmp_path / "a.png")
    assert run(["figure", "moons", *SETS, "--view", "defence", "-o", str(tmp_path / "b.png")]) == 2


def test_from_python_it_is_a_call_with_the_settings_as_words() -> None:
    found = bv.defend(scenario(), "knn", neighbours=5, progress=False)
    assert found.run.scenario.defence == KnnSpec(neighbours=5)
    assert found.undefended.scenario.defence is None
    assert found.report.rates[0].removed == found.plain()["models"][0]["removed"]
    assert bv.defend(scenario().with_values(GUARDED), progress=False).report.settings == found.report.settings
    with pytest.raises(ScenarioError, match="has none"):
        bv.defend(scenario())
    assert {"knn", "loss", "roni"} <= set(bv.defences.DEFENCES)


def test_a_history_switches_it_on_at_its_step_and_a_defended_run_goes_on_from_a_file(tmp_path: Path) -> None:
    on = scenario().with_values(GUARDED | {"learner.name": "mlp", "learner.hidden": [4], "training.steps": 20})
    run_ = bv.train(on, progress=False)
    again = bv.train(run_.saved(), progress=False)
    assert again.defence is not None
    assert np.array_equal(again.defence.replicas[0].weights, run_.defence.replicas[0].weights)  # type: ignore[union-attr]
    assert np.array_equal(again.predict_proba([[0.0, 0.0]]), run_.predict_proba([[0.0, 0.0]]))


def test_doses_are_defended_each_by_itself() -> None:
    """At every dose the clean side is what it is without poison, and the dose what a run of it alone is."""
    on = scenario().with_values(GUARDED)
    response = dose_response(on, (0, 12), seeds=1, learners=("SVC",), progress=False)
    bare = dose_response(scenario(), (0, 12), seeds=1, learners=("SVC",), progress=False)
    flips = response.curves[0].flip_rate
    assert flips[0].tolist() == [0.0]
    assert flips[1].tolist() != bare.curves[0].flip_rate[1].tolist()


def test_checks_and_studies_measure_the_defence() -> None:
    on = scenario().with_values(GUARDED).model_copy(update={"expect": {"defence_true_positive_rate": (0.0, 1.0)}})
    (held,) = check(on, data_seeds=(0, 1), seeds=1, progress=False).held
    expected = []
    for seed in (0, 1):
        judged = Session(on.with_values({"data.seed": seed}), device="cpu").defending.judged
        assert judged is not None
        expected.append(Rates.of(judged[0]).true_positive_rate)
    assert list(held.values) == pytest.approx(expected)
    table = bv.study(scenario(), ("defence.defence", ("none", "knn")), seeds=1, progress=False)
    removed = {row["defence.defence"]: row.get("defence_removed") for row in table.rows()}
    assert removed["knn"]
    assert np.isnan(float(removed["none"] or 0))


def test_an_estimator_that_is_handed_in_is_fitted_to_what_is_left() -> None:
    run_ = bv.train(scenario().with_values(GUARDED), learner=SVC(gamma=2.0), progress=False)
    assert run_.defence is not None
    judged, points = run_.defence.replicas[0], run_.scene.points
    left = points.take(points.positions(judged.ids[~judged.removed]))
    theirs = SVC(gamma=2.0).fit(left.x, left.label).predict(points.x)
    assert judged.removed.any()
    assert (run_.predict(points.x) == theirs).all()


def test_a_classifier_of_scikit_learns_kind_leaves_out_what_its_defence_removes() -> None:
    points = scenario().scene().points
    x, y = points.x[points.is_train], points.label[points.is_train]
    ours = bv.BoundaryClassifier("SVC", {"gamma": 2.0}, defence={"defence": "knn", "neighbours": 5}).fit(x, y)
    assert ours.removed_.any()
    theirs = SVC(gamma=2.0).fit(x[~ours.removed_], y[~ours.removed_])
    assert (ours.predict(x) == theirs.predict(x)).all()
    assert not bv.BoundaryClassifier("SVC").fit(x, y).removed_.any()
    with pytest.raises(ScenarioError, match="unknown"):
        bv.BoundaryClassifier("SVC", defence="luck").fit(x, y)
