"""The figures of the scoreboard and of the transfer matrix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from boundaryviz.figures.scoreboard import draw_scoreboard, tinted
from boundaryviz.figures.sheet import SceneFigure, save
from boundaryviz.figures.style import PAPER, STYLES, Options
from boundaryviz.figures.transfer import draw_transfer
from boundaryviz.record.scoreboard import Cell, Harm, Scoreboard, Variant
from boundaryviz.record.transfer import Transfer
from helpers.words_apart import check_words_apart

_NONE = np.full(4, np.nan)


def cell(defence: str, defended: float, knows: float, known: bool = True) -> Cell:
    undefended, clean = (np.full(4, value) if known else _NONE for value in (1.0, 0.0))
    harms = [np.full(4, value) if known else _NONE for value in (defended, knows)]
    variants = (Variant("300 points, wider", 300, harms[1]),)
    return Cell(
        "bridge", "Bridge", defence, defence.capitalize(), 10, clean, clean, undefended, harms[0], clean, clean, clean,
        variants,
    )  # fmt: skip


def board(harm: Harm = "success") -> Scoreboard:
    cells = (cell("current", 0.0, 1.0), cell("wall", 0.0, 0.25), cell("slow", 0.0, 0.0, known=False))
    return Scoreboard("moons", "Two $moons$", "Label spreading", harm, 5000, (0, 1, 2, 3), cells)


def matrix() -> Transfer:
    rise = np.array([[[0.09, 0.08], [0.01, 0.02]], [[0.0, 0.01], [np.nan, np.nan]]])
    return Transfer(
        "moons", "Two moons", "Heap", 8, 100, (0, 1), ("RBF SVM", "random flips"), ("RBF SVM", "tree"),
        np.full((2, 2), 0.04), rise,
    )  # fmt: skip


def words(figure: SceneFigure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]


def test_each_cell_says_what_happens_to_who_knows_and_the_last_column_is_empty() -> None:
    figure = draw_scoreboard(board(), Options(dpi=60))
    told = words(figure)
    assert told.count("none is known") == 3
    assert [word for word in told if word in ("broken", "holds", "…")][:2] == ["broken", "holds"]
    tints = {patch.get_gid(): patch.get_facecolor() for patch in figure.axes[0].patches}
    assert tints["bridge current who knows it"] == tints["bridge current undefended"]
    assert tints["bridge current defended"] != tints["bridge current undefended"]
    assert "No certificate is known" in " ".join(told).replace("\n", " ")
    assert tinted(0.0, PAPER) == PAPER.paper


def test_a_matrix_frames_what_was_made_for_the_learner_it_is_tried_on() -> None:
    figure = draw_transfer(matrix(), Options(dpi=60))
    assert "+8.5 ± 0.7" in words(figure)
    assert "–" in words(figure)
    cells = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    framed = [to_rgba(cell.get_edgecolor())[3] > 0 for cell in cells]
    assert framed == [True, False, False, False]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("drawn", ["scoreboard", "error", "transfer"])
def test_words_lie_apart(drawn: str, style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = Options(style=style, dpi=72)  # type: ignore[arg-type]
    figure = {
        "scoreboard": lambda: draw_scoreboard(board(), options),
        "error": lambda: draw_scoreboard(board("error"), options),
        "transfer": lambda: draw_transfer(matrix(), options),
    }[drawn]()
    check_words_apart(figure, monkeypatch, more_than=8)


@pytest.mark.slow  # tests/figures/test_figures.py writes one in every format twice
def test_files_are_the_same_twice(tmp_path: Path) -> None:
    for name in "ab":
        save(draw_scoreboard(board(), Options(dpi=40)), tmp_path / f"{name}.pdf")
        save(draw_transfer(matrix(), Options(dpi=40)), tmp_path / f"{name}.svg")
    for kind in ("pdf", "svg"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
