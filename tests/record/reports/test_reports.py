"""Reports on studies, of tables made for them: their numbers against the formulas written out."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from statistics import median_low
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.record.reports import (
    REPORTS,
    DoubleDescentReport,
    LearningReport,
    PowerLawReport,
    Report,
    ReportError,
    SizeReport,
    problems_of,
    report_of,
)
from boundaryviz.record.reports.base import numbers_of, sizes_of
from boundaryviz.record.reports.laws import PowerLaw
from boundaryviz.record.reports.selection import cross_validated, one_standard_error
from boundaryviz.record.study_table import StudyTable, TableRow
from boundaryviz.scenario.study_spec import StudySpec


def table(
    sizes: Sequence[Any], models: Mapping[str, NDArray], folds: Mapping[str, NDArray] | None = None, path: str = "size"
) -> StudyTable:
    """models: measures (R, S). folds: measures (R, S, K)."""
    rows: list[TableRow] = []
    for at, size in enumerate(sizes):
        for repeat in range(len(next(iter(models.values())))):
            where = {path: size, "data_seed": repeat, "seed": 0}
            rows.append((where | {"fold": None}, {name: each[repeat, at] for name, each in models.items()}))
            of_folds = folds or {}
            for fold in range(next((each.shape[2] for each in of_folds.values()), 0)):
                measures = {name: each[repeat, at, fold] for name, each in of_folds.items()}
                rows.append((where | {"fold": fold}, measures))
    return StudyTable.of({path: tuple(sizes)}, rows)


def errors(seed: int = 0, repeats: int = 6, sizes: int = 12, folds: int = 5) -> tuple[dict[str, NDArray], ...]:
    rng = np.random.default_rng(seed)
    curve = 0.25 + 0.004 * (np.arange(sizes) - 5.0) ** 2
    models = {
        "train_error": np.linspace(0.5, 0.05, sizes) + 0 * rng.normal(size=(repeats, 1)),
        "validation_error": curve + rng.normal(0, 0.02, (repeats, sizes)),
        "test_error": curve + rng.normal(0, 0.02, (repeats, sizes)),
    }
    return models, {
        "train_error": np.repeat(models["train_error"][:, :, None], folds, axis=2),
        "validation_error": curve[:, None] + rng.normal(0, 0.03, (repeats, sizes, folds)),
    }


def test_sizes_are_chosen_on_each_draw_by_its_folds():
    models, folds = errors()
    sizes = range(1, 13)
    report = SizeReport.of(table(sizes, models, folds))
    test = models["test_error"]
    chosen = [
        cross_validated(train.mean(axis=1), held.mean(axis=1))
        for train, held in zip(folds["train_error"], folds["validation_error"], strict=True)
    ]
    plain = [one_standard_error(held) for held in folds["validation_error"]]
    assert (report.chosen, report.chosen_one_se) == (tuple(chosen), tuple(plain))
    found = report.measures
    for name, choices in (("", chosen), ("_one_se", plain)):
        error = np.array([row[at] for row, at in zip(test, choices, strict=True)])
        assert found[f"chosen{name}"] == median_low(at + 1 for at in choices if at is not None)
        assert found[f"gain{name}"] == pytest.approx((test[:, -1] - error).mean())
        assert found[f"regret{name}"] == pytest.approx((error - test.min(axis=1)).mean())
    mean = test.mean(axis=0)
    assert found["rise"] == pytest.approx(mean[-1] - mean.min())
    assert found["best"] == mean.argmin() + 1
    assert found["best_error"] == pytest.approx(mean.min())
    assert np.allclose(report.validation.mean, folds["validation_error"].mean(axis=(0, 2)))
    assert np.allclose(report.train.mean, models["train_error"].mean(axis=0))


def test_without_folds_the_validation_points_choose():
    models, _ = errors()
    report = SizeReport.of(table(range(1, 13), models))
    chosen = [cross_validated(*one) for one in zip(models["train_error"], models["validation_error"], strict=True)]
    assert report.chosen == tuple(chosen)
    assert report.chosen_one_se == (None,) * 6
    assert math.isnan(report.measures["chosen_one_se"])


@given(st.integers(0, 50))
def test_no_choice_beats_the_best_of_each_draw(seed: int):
    models, folds = errors(seed, repeats=3, sizes=6, folds=2)
    found = SizeReport.of(table(range(6), models, folds)).measures
    assert found["regret"] >= 0
    assert found["regret_one_se"] >= 0
    assert found["rise"] >= 0
    assert found["chosen_one_se"] <= found["chosen"]
    assert found["largest_error"] == pytest.approx(found["gain"] + found["chosen_error"])


def test_a_table_that_is_not_whole_has_no_choice_where_a_fold_is_missing():
    models, folds = errors()
    whole = table(range(1, 13), models, folds)
    part = SizeReport.of(whole.where(np.arange(len(whole)) < 6 * 6 * 4 + 3))
    assert part.chosen[0] is not None
    assert part.chosen[0] < 5
    assert math.isnan(part.measures["gain"])  # nothing is known of the largest
    nothing = SizeReport.of(whole.where(np.zeros(len(whole), dtype=bool)))
    assert all(math.isnan(value) for value in nothing.measures.values())
    assert nothing.words == ("Nothing is known yet.",)


def test_sizes_are_chosen_where_there_are_no_test_points():
    models, folds = errors()
    whole = SizeReport.of(table(range(1, 13), models, folds))
    found = SizeReport.of(table(range(1, 13), {"train_error": models["train_error"]}, folds))
    assert (found.chosen, found.chosen_one_se) == (whole.chosen, whole.chosen_one_se)
    assert math.isnan(found.measures["gain"])
    assert [words.partition(" chooses")[0] for words in found.words] == [
        "Cross-validation in 5 folds", "The one-standard-error rule",
    ]  # fmt: skip


def test_a_learning_curve_is_held_at_its_ends():
    models, _ = errors()
    report = LearningReport.of(table([100, 30, 10], {name: each[:, :3] for name, each in models.items()}))
    test, train = (models[name].mean(axis=0) for name in ("test_error", "train_error"))
    assert report.measures == pytest.approx({
        "first": test[2], "last": test[0], "fall": test[2] - test[0],
        "gap_first": test[2] - train[2], "gap_last": test[0] - train[0],
    })  # fmt: skip


def test_a_law_is_fitted_to_what_lies_above_the_floor():
    sizes = [30, 100, 300, 1000]
    rows = 0.2 + np.array(sizes) ** -0.5 * np.exp(np.random.default_rng(0).normal(0, 0.1, (5, 4)))
    report = PowerLawReport.of(table(sizes, {"test_error": rows}, path="data.n"), floor=0.2)
    law = PowerLaw.of(sizes, rows - 0.2)
    assert report.measures == pytest.approx({
        "exponent": law.exponent, "exponent_low": law.interval[0], "exponent_high": law.interval[1],
        "r_squared": law.r_squared, "residual": np.abs(law.residuals).max(),
    })  # fmt: skip
    assert "test error above 0.2" in report.words[0]
    none = PowerLawReport.of(table(sizes, {"test_error": 0 * rows}))
    assert "no law" in none.words[0]
    assert math.isnan(none.measures["exponent"])


def test_the_interval_of_a_law_is_over_draws_and_not_over_their_seeds():
    sizes, rng = [30, 100, 300, 1000], np.random.default_rng(0)
    draws = np.array(sizes) ** -0.5 * np.exp(rng.normal(0, 0.2, (5, 4)))
    rows: list[TableRow] = [
        ({"n": size, "data_seed": draw, "seed": seed, "fold": None}, {"test_error": draws[draw, at]})
        for at, size in enumerate(sizes) for draw in range(5) for seed in range(6)
    ]  # fmt: skip
    law, alone = PowerLawReport.of(StudyTable.of({"n": tuple(sizes)}, rows)).law, PowerLaw.of(sizes, draws)
    assert law.interval == pytest.approx(alone.interval)
    assert law.exponent == pytest.approx(alone.exponent)


def test_double_descent_is_told_by_its_ratios_and_losses_by_medians():
    curve = np.array([0.3, 0.1, 0.2, 0.4, 0.2, 0.15])
    rows = np.stack([curve, curve, 3 * curve])
    measures = {"train_error": rows, "test_error": rows, "train_loss": rows, "test_loss": rows}
    error, loss = (DoubleDescentReport.of(table([1, 2, 4, 8, 16, 32], measures), name) for name in ("", "test_loss"))
    assert np.allclose(error.middle, curve * 5 / 3)
    assert np.allclose(loss.middle, curve)
    assert loss.measures == pytest.approx({
        "valley": 0.1, "peak": 0.4, "widest": 0.15, "valley_at": 2, "peak_at": 8,
        "peak_over_valley": 4, "peak_over_widest": 8 / 3, "widest_over_valley": 1.5,
    })  # fmt: skip
    falling = DoubleDescentReport.of(table([1, 2, 4], {"train_error": -np.sort(-rows[:, :3]), "test_error": -np.sort(
        -rows[:, :3])}))  # fmt: skip
    assert falling.measures["peak_over_valley"] < 1
    assert "no peak" in falling.words[0]


def made(report: type[Report]) -> Report:
    models, folds = errors()
    return report.of(table([10, 30, 100, 300, 1000, 3000, 5000, 6000, 7000, 8000, 9000, 9500], models, folds))


def test_reports_say_the_same_measures_for_all():
    names = [name for report in REPORTS.values() for name in report.MEASURES]
    assert len(names) == len(set(names))
    for name, report in REPORTS.items():
        found = made(report)
        assert list(found.measures) == list(report.MEASURES)
        assert name == report.NAME
        assert all(one.endswith(".") for one in found.words)
        assert json.loads(json.dumps(found.plain()))["report"] == name


@pytest.mark.parametrize("report", REPORTS.values())
def test_what_no_report_can_be_made_of_is_said(report: type[Report]):
    models, _ = errors()
    whole = table(range(12), models)
    with pytest.raises(ReportError, match=r"no run has the measure 'test_eror'; there are: .*test_error"):
        report.of(whole, "test_eror")
    with pytest.raises(ReportError, match="needs an axis"):
        report.of(StudyTable.of({}, []))
    with pytest.raises(ReportError, match="a and b are varied"):
        report.of(StudyTable.of({"a": (1, 2), "b": (1, 2), "c": (1,)}, []))


def test_sizes_that_are_no_numbers_count_from_one():
    assert numbers_of([[8], [16], (32,)]).tolist() == [8, 16, 32]
    assert numbers_of([0.1, 1, 10]).tolist() == [0.1, 1, 10]
    assert numbers_of([[8], [8, 8], "x"]).tolist() == [1, 2, 3]
    assert numbers_of([True, False]).tolist() == [1, 2]


def test_sentences_say_sizes_as_the_axis_has_them():
    sizes, test = [2, 40, 1000, None], np.array([[0.3, 0.1, 0.2, 0.25]] * 2)
    held = {"train_error": np.array([[0.3, 0.2, 0.1, 0.0]] * 2), "validation_error": test, "test_error": test}
    size = SizeReport.of(table(sizes, held))
    assert size.words[0] == "The test error is smallest, 10.0 %, at 40, and 15.0 % higher at the largest size."
    assert size.words[1].startswith("The validation points choose 40: 15.0 % below the largest")
    assert size.measures["best"] == size.measures["chosen"] == 40
    rich = SizeReport.of(table(sizes, held | {"validation_error": held["train_error"]}))
    assert "choose none:" in rich.words[1]
    assert rich.measures["chosen"] == math.inf
    assert rich.plain()["measures"]["chosen"] is None
    assert "30.0 % with 2 and 25.0 % with none" in LearningReport.of(table(sizes, held)).words[0]
    law = PowerLawReport.of(table([10, 100, 1000, None], {"test_error": np.array([[0.1, 0.01, 0.001, 0.5]])}))
    assert law.measures["exponent"] == pytest.approx(-1)
    assert law.words[0].startswith("From 10 to 1,000 ")
    assert law.words[1].startswith("1 of 4 sizes")
    peak = DoubleDescentReport.of(table([[8], [8, 8], [16, 8], None], {"test_error": np.array([[0.2, 0.1, 0.4, 0.2]])}))
    assert "falls to 10.0 % at 8-8, peaks with 40.0 % at 16-8" in peak.words[0]


def test_a_loss_above_the_largest_and_neighbours_are_told_in_plain_words():
    test = np.array([[0.5, 0.2, 0.3, 0.1], [0.5, 0.3, 0.2, 0.1]])
    held = {"train_error": 0 * test + [0.4, 0.3, 0.2, 0.1], "validation_error": test + np.eye(4)[3], "test_error": test}
    words = SizeReport.of(table([11, 12, 13, 14], held)).words
    assert words[1].startswith("The validation points choose 12 (12 to 13): 10.0 % above the largest, ")


@pytest.mark.parametrize("report", REPORTS.values())
@pytest.mark.parametrize("names", [["mlp", "knn"], [True, False], [1, "all"]])
def test_what_is_no_size_is_refused(report: type[Report], names: list[Any]):
    held = {name: np.full((1, 2), 0.1) for name in ("train_error", "validation_error", "test_error")}
    with pytest.raises(ReportError, match=r"along sizes, which are numbers, and a\.b has the value"):
        report.of(table(names, held, path="a.b"))
    spec = StudySpec.model_validate({"report": report.NAME, "axes": [{"path": "a.b", "values": names}]})
    assert "a.b has the value" in problems_of(spec)[0]


def test_layers_count_as_their_units():
    assert sizes_of([[8], [8, 4], (), None, 2.5], "a").tolist() == [8, 12, 0, math.inf, 2.5]


@pytest.mark.parametrize("report", REPORTS.values())
def test_a_regression_has_a_loss_and_no_error(report: type[Report]):
    rows = np.array([[0.5, 0.2, 0.3], [0.5, 0.3, 0.2]])
    held = {f"{split}_loss": rows for split in ("train", "validation", "test")}
    for measures in (held, held | {"test_error": rows * np.nan}):
        found = report.of(table([1, 2, 4], measures))
        assert found.measures == report.of(table([1, 2, 4], held), "test_loss").measures
        assert "loss" in found.words[0]
    with pytest.raises(ReportError, match="no run has an error or a loss"):
        report.of(table([1, 2, 4], {"flip_rate": rows}))


@pytest.mark.parametrize("unit", [1e-4, 1.0, 1e4])
def test_sizes_chosen_by_a_loss_do_not_depend_on_its_unit(unit: float):
    train = np.array([[0.9, 0.7, 0.5, 0.4, 0.3, 0.2998, 0.2997, 0.2996, 0.2996]])
    held = {"train_loss": train, "validation_loss": np.array([[0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.46, 0.47, 0.1]])}
    held["test_loss"] = held["validation_loss"]
    report = SizeReport.of(table(range(9), {name: unit * each for name, each in held.items()}))
    assert (report.converged, report.chosen) == ((7,), (5,))


@pytest.mark.parametrize("report", [SizeReport, LearningReport])
@pytest.mark.parametrize("measure", ["train_error", "flip_rate", "clean.test_error"])
def test_only_what_every_split_has_is_held_against_the_others(report: type[Report], measure: str):
    rows = np.full((2, 3), 0.1)
    held = dict.fromkeys(("train_error", "validation_error", "test_error", "flip_rate", "clean.test_error"), rows)
    with pytest.raises(ReportError, match=rf"of test_error or test_loss, and not {measure}"):
        report.of(table([1, 2, 4], held), measure)
    spec = {"report": report.NAME, "measure": measure, "axes": [{"path": "a", "values": [1, 2]}]}
    assert f"and not {measure}" in problems_of(StudySpec.model_validate(spec))[0]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"report": "sise"}, "report: there is no report 'sise'; did you mean 'size'?"),
        ({"report": "zzz"}, "there are: size, learning, power-law, double-descent"),
        ({"report": "size", "axes": [{"path": "a", "values": [1]}]}, "nothing is varied"),
        ({"report": "size", "axes": [{"path": p, "values": [1, 2]} for p in "ab"]}, "a and b are varied"),
        ({"measure": "test_loss"}, "measure: it says what a report reads"),
        ({"floor": 0.1}, "no report is asked for"),
    ],
)
def test_a_study_that_asks_for_what_cannot_be_is_told_so(spec: dict[str, Any], words: str):
    assert words in "\n".join(problems_of(StudySpec.model_validate({"axes": [{"path": "a", "values": [1, 2]}]} | spec)))


def test_the_report_of_a_study_is_made_as_it_asks():
    models, _ = errors()
    whole, axes = table(range(1, 13), models), [{"path": "size", "values": list(range(1, 13))}]
    spec = StudySpec.model_validate({"report": "power-law", "floor": 0.1, "measure": "train_error", "axes": axes})
    assert problems_of(spec) == []
    found, same = report_of(spec, whole), PowerLawReport.of(whole, "train_error", 0.1)
    assert found is not None
    assert found.measures == same.measures
    assert report_of(StudySpec(), whole) is None
