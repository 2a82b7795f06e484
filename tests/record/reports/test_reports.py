"""Reports on studies, of tables made for them: their numbers against the formulas written out."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
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
from boundaryviz.record.reports.base import numbers_of
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
        assert found[f"chosen{name}"] == np.median([at + 1 for at in choices if at is not None])
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
