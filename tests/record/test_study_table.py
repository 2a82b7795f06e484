"""Tables of studies: parts, curves, summaries, and what others read."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.record.study_table import NONE, StudyTable, TableRow

SIZES, NOISES = (1, 4, 9), (0.1, 0.2)


def row(size: int, noise: float, seed: int, fold: int | None, error: float | None) -> TableRow:
    where = {"learner.size": size, "data.noise": noise, "data_seed": None, "seed": seed, "fold": fold}
    return where, {"validation_error": error, "test_error": None if error is None else error / 2}


@pytest.fixture
def table() -> StudyTable:
    """Errors are 100 size + 10 seed + fold, that of all points with 9 for the fold; noise 0.2 adds 1,000."""
    rows = [
        row(size, noise, seed, fold, 100 * size + 10 * seed + (9 if fold is None else fold) + 1000 * (noise == 0.2))
        for size in SIZES
        for noise in NOISES
        for seed in (0, 1, 2)
        for fold in (None, 0, 1)
    ]
    return StudyTable.of({"learner.size": SIZES, "data.noise": NOISES}, rows)


def test_parts_and_curves_are_of_the_rows_that_are_meant(table: StudyTable):
    some = table.select({"data.noise": 0.1})
    assert (len(table), len(some), some.axes["data.noise"], table.folds) == (54, 27, (0.1,), 2)
    curve = some.curve("validation_error", "learner.size")
    assert curve.values == SIZES
    assert curve.each.tolist() == [[100 * size + 10 * seed + 9 for size in SIZES] for seed in (0, 1, 2)]
    assert curve.mean.tolist() == [119, 419, 919]
    assert curve.error == pytest.approx([10 / 3**0.5] * 3)
    assert (curve.high - curve.mean).tolist() == pytest.approx([20 / 3**0.5] * 3)
    parts = some.curve("validation_error", "learner.size", folds=True)
    assert parts.each[:, 0].tolist() == [100.5, 110.5, 120.5]
    assert some.cube("validation_error", "learner.size", folds=True)[2, 1].tolist() == [420, 421]
    assert len(some.models) == 9
    assert len(some.validated) == 18
    assert len(table.select({"fold": None, "seed": 1, "learner.size": 4})) == 2
    with pytest.raises(ValueError, match=r"data\.noise has 2 values; select one"):
        table.curve("test_error", "learner.size")
    with pytest.raises(KeyError):
        some.curve("no_error", "learner.size")
    with pytest.raises(KeyError):
        table.select({"learner.depth": 3})


def test_what_is_not_there_yet_is_nan_and_counts_for_nothing(table: StudyTable):
    kept = table.columns["seed"] + 3 * (table.columns["learner.size"] == 9) < 4  # of the largest the first seed alone
    part = table.select({"data.noise": 0.1}).where(kept[table.columns["data.noise"] == 0.1])
    curve = part.curve("test_error", "learner.size")
    assert curve.trials.tolist() == [3, 3, 1]
    assert curve.mean[2] == 909 / 2
    assert np.isnan(curve.error[2])
    assert curve.low[2] == curve.high[2] == curve.mean[2]
    lost = StudyTable.of({"learner.size": SIZES}, [row(1, 0.1, 0, None, None), row(4, 0.1, 0, None, 0.5)], total=3)
    assert np.isnan(lost.curve("test_error", "learner.size").mean).tolist() == [True, False, True]
    assert (lost.whole, lost.repeats) == (False, [(NONE, 0)])


def test_summaries_and_latex_have_a_line_for_each_combination(table: StudyTable):
    lines = table.summary()
    assert [line.values for line in lines] == [(size, noise) for size in SIZES for noise in NOISES]
    assert lines[0].runs == 9
    assert lines[0].metrics["validation_error"] == pytest.approx((119, 10 / 3**0.5))
    assert lines[0].metrics["cross_validated_error"][0] == 110.5
    latex = table.to_latex().splitlines()
    assert latex[0] == r"\begin{tabular}{llrrrr}"
    assert (
        latex[2] == r"learner.size & data.noise & runs & validation\_error & test\_error & cross\_validated\_error \\"
    )
    assert latex[4] == r"1 & 0.1 & 9 & $119.0 \pm 5.8$ & $59.5 \pm 2.9$ & $110.5 \pm 5.8$ \\"
    assert len(latex) == 4 + 6 + 2
    hostile = StudyTable.of({"data.name": ("a_b\\{%",)}, [({"data.name": "a_b\\{%", "seed": 0}, {"test_error": 0.25})])
    assert r"a\_b\textbackslash{}\{\%  & 1" in hostile.to_latex().replace(" & 1", "  & 1")
    assert StudyTable.of({}, []).summary() == []


def nested(draws: int = 5, seeds: int = 8, folds: int = 4) -> tuple[StudyTable, np.ndarray]:
    """A table of two sizes whose error is mostly the draw's, and the errors (2, draws, seeds, folds + 1)."""
    rng = np.random.default_rng(0)
    errors = rng.normal(0, 1, (2, draws, 1, 1)) + rng.normal(0, 0.01, (2, draws, seeds, folds + 1))
    rows: list[TableRow] = [
        (
            {"a": size, "data_seed": draw, "seed": seed, "fold": None if fold == folds else fold},
            dict.fromkeys(("validation_error", "test_error"), float(errors[size, draw, seed, fold])),
        )
        for size, draw, seed, fold in np.ndindex(2, draws, seeds, folds + 1)
    ]
    return StudyTable.of({"a": (0, 1)}, rows), errors


def test_errors_are_over_draws_where_there_are_several():
    table, errors = nested()
    for folds, of_draws in ((False, errors[..., -1].mean(axis=2)), (True, errors[..., :-1].mean(axis=(2, 3)))):
        curve = table.curve("validation_error", "a", folds)
        assert curve.mean == pytest.approx(of_draws.mean(axis=1))
        assert curve.error == pytest.approx(of_draws.std(axis=1, ddof=1) / 5**0.5)
        name = "cross_validated_error" if folds else "test_error"
        for line, mean, error in zip(table.summary(), curve.mean, curve.error, strict=True):
            assert line.metrics[name] == pytest.approx((mean, error))
    one = table.select({"data_seed": 3})
    assert one.curve("test_error", "a").error == pytest.approx(errors[:, 3, :, -1].std(axis=1, ddof=1) / 8**0.5)


def test_seeds_that_are_copies_of_one_another_make_nothing_surer():
    table, _ = nested(seeds=1)
    copies: list[TableRow] = [
        ({**where, "seed": seed}, metrics) for where, metrics in _rows(table) for seed in range(6)
    ]
    again = StudyTable.of(table.axes, copies)
    assert again.curve("test_error", "a").error == pytest.approx(table.curve("test_error", "a").error)
    for one, other in zip(table.summary(), again.summary(), strict=True):
        assert one.metrics["test_error"] == pytest.approx(other.metrics["test_error"])


def test_one_of_several_draws_has_no_error():
    table, _ = nested()
    part = table.where((table.columns["a"] == 0) | (table.columns["data_seed"] == 0))
    assert np.isnan(part.curve("test_error", "a").error).tolist() == [False, True]
    assert np.isnan(part.summary()[1].metrics["test_error"][1])


def _rows(table: StudyTable) -> list[TableRow]:
    names = [*table.axes, "data_seed", "seed", "fold"]
    return [({n: r[n] for n in names}, {n: r[n] for n in table.metrics}) for r in table.rows()]


def test_losses_are_told_where_there_are_no_errors():
    rows: list[TableRow] = [
        ({"a": 1, "data_seed": draw, "seed": 0, "fold": fold}, {"validation_loss": 1.0 + draw, "test_loss": 2.0})
        for draw in (0, 1) for fold in (None, 0, 1)
    ]  # fmt: skip
    (line,) = StudyTable.of({"a": (1,)}, rows).summary()
    assert line.metrics == {
        "validation_loss": (1.5, 0.5), "test_loss": (2.0, 0.0), "cross_validated_loss": (1.5, 0.5),
    }  # fmt: skip


def test_equality_is_to_the_bit(table: StudyTable):
    columns = dict(table.columns)
    assert table.equals(StudyTable(table.axes, columns, table.total))
    nearly = columns["test_error"].copy()
    nearly[3] = np.nextafter(nearly[3], 1)
    for other in (
        StudyTable(table.axes, columns | {"test_error": nearly}, table.total),
        StudyTable({**table.axes, "data.noise": (0.1, 0.3)}, columns, table.total),
        StudyTable(table.axes, columns, table.total + 1),
        StudyTable(table.axes, columns, table.total, (("a run", "why"),)),
    ):
        assert not table.equals(other)


VALUES = st.one_of(
    st.integers(-9, 99), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=3), st.none(),
    st.booleans(), st.lists(st.integers(1, 9), max_size=3),
)  # fmt: skip
SEEDS = st.one_of(st.none(), st.integers(0, 2**31 - 1))
NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))


@given(st.data())
def test_json_leads_back_to_the_same_table(data: Any):
    values = data.draw(st.lists(VALUES, min_size=1, max_size=4))
    rows = [
        (
            {"a.b": value} | {name: data.draw(SEEDS) for name in ("data_seed", "seed", "fold")},
            {name: data.draw(NUMBERS) for name in ("test_error", "train_error")},
        )
        for value in values
    ]
    found = StudyTable.of({"a.b": tuple(values)}, rows, total=9, failed=(("x", "why"),))
    again = StudyTable.read(json.loads(json.dumps(found.plain(), allow_nan=False)))
    assert again.equals(found)
    records = found.rows()
    assert records.names[:4] == ["a.b", "data_seed", "seed", "fold"]
    assert [one["fold"] for one in records] == [where["fold"] for where, _ in rows]


def test_parquet_has_null_where_there_is_no_value(table: StudyTable, tmp_path):
    table.to_parquet(tmp_path / "runs.parquet")
    read = pyarrow.parquet.read_table(tmp_path / "runs.parquet")
    assert read.column_names == list(table.columns)
    assert read["data_seed"].null_count == 54
    assert read["fold"].null_count == 18
    assert read["test_error"].to_pylist() == table.columns["test_error"].tolist()
    for values, written in (
        (([4], [8, 8]), ["[4]", "[8, 8]"]), (("all", 100), ['"all"', "100"]), ((None, 3), [None, 3]),
        (("a", "b"), ["a", "b"]), ((True, False), [True, False]), ((1, 2.5), [1.0, 2.5]), ((True, 3), ["true", "3"]),
    ):  # fmt: skip
        made = StudyTable.of({"a.b": tuple(values)}, [({"a.b": one, "seed": 0}, {}) for one in values])
        made.to_parquet(tmp_path / "mixed.parquet")
        assert pyarrow.parquet.read_table(tmp_path / "mixed.parquet")["a.b"].to_pylist() == written
