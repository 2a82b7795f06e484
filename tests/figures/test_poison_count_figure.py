"""The figure of poison needed against training points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.lines import Line2D

from boundaryviz.figures.poison_count import draw_poison_count
from boundaryviz.figures.sheet import save
from boundaryviz.figures.style import STYLES, Options
from boundaryviz.record.poison_count import CountLine, PoisonCount, ways_against
from helpers.few import few
from helpers.words_apart import check_words_apart


def counted(seeds: int = 8) -> PoisonCount:
    """Three sizes; the last way is out of reach at the largest, and one draw of the first is already so."""
    rows = ([3.0, 3.0, 3.0], [4.0, 4.0, 4.0], [4.0, 8.0, 64.0], [32.0, 96.0, np.inf])
    counts = [np.tile(np.array(row)[:, None], (1, seeds)) for row in rows]
    counts[0][0, 0] = 0.0
    sizes = (1000, 4000, 20000)
    lines = [
        CountLine(way, sizes, each, np.full((3, seeds), 0.11 / (k + 1)))
        for k, (way, each) in enumerate(zip(ways_against("label-spreading"), counts, strict=True))
    ]
    return PoisonCount("count", "A count, not a share", sizes, tuple(range(seeds)), tuple(lines))


def heights(line: Line2D) -> list[float]:
    return np.asarray(line.get_ydata(), dtype=float).tolist()


def test_a_line_for_each_way_its_interval_and_what_is_quoted() -> None:
    figure = draw_poison_count(counted(), Options(dpi=60, letters=True))
    left, right = figure.axes[:2]
    drawn = {line.get_gid(): line for line in left.get_lines()}
    assert heights(drawn["count near"]) == [4.0, 8.0, 64.0]
    assert np.isnan(heights(drawn["count svm"])[2])
    shares = {line.get_gid(): heights(line) for line in right.get_lines()}
    assert shares["count copies"] == pytest.approx([4 / 1004, 4 / 4004, 4 / 20004])
    assert [heights(line)[0] for line in left.get_lines() if line.get_gid() == "quoted"] == [250]
    assert [heights(line)[0] for line in right.get_lines() if line.get_gid() == "quoted"] == [1e-2, 1e-3, 1e-7]
    told = " ".join(text.get_text() for part in figure.subfigs for text in part.texts).replace("\n", " ")
    for words in ("Souly et al. (2025)", "Where more than 2,048 were needed", "publish points, which nobody labels"):
        assert words in told


@pytest.mark.parametrize("style", few(STYLES))
def test_its_words_lie_apart(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = draw_poison_count(counted(), Options(style=style, dpi=72))  # type: ignore[arg-type]
    check_words_apart(figure, monkeypatch, more_than=20)


@pytest.mark.slow  # tests/figures/test_figures.py writes one in every format twice
def test_it_is_written_the_same_twice(tmp_path: Path) -> None:
    for kind in ("svg", "pdf"):
        for name in "ab":
            save(draw_poison_count(counted(4), Options(dpi=40)), tmp_path / f"{name}.{kind}")
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
