"""Figures for print: strips, comparisons, letters, PGF without LaTeX, other eyes, and the data behind a figure."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boundaryviz.figures.data import data_of, write_data
from boundaryviz.figures.draw import draw, save
from boundaryviz.figures.palette import class_colour
from boundaryviz.figures.style import AGAINST_CLEAN, Options
from boundaryviz.figures.vision import VISIONS, lightness, matrix, simulate
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.files import WriteError
from helpers.snapshots import field, snapshot

SEVERAL = ("frames", "compare")


def some(count: int) -> list[Snapshot]:
    return [snapshot(step=10 * k, label=f"run {k}") for k in range(count)]


def drawn(view: str, options: Options | None = None, count: int = 3):
    beside = snapshot(field=1.0 - field()) if view in AGAINST_CLEAN else None
    return draw(view, snapshot(), options or Options(), beside, some(count) if view in SEVERAL else ())


@pytest.mark.parametrize(
    ("view", "kind"),
    [
        ("boundary", "pdf"), ("boundary", "svg"), ("boundary", "pgf"), ("frames", "pdf"), ("compare", "svg"),
        ("frames", "pgf"), ("flip", "pdf"), ("twin", "svg"),
    ],
)  # fmt: skip
def test_two_drawings_of_one_moment_give_the_same_bytes(view: str, kind: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        save(drawn(view), tmp_path / name / f"f.{kind}")
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("a", "b"))
    assert first == second
    assert (len(first) > 1) == (kind == "pgf")


def test_a_strip_has_a_plane_for_each_moment_and_a_comparison_its_losses_too() -> None:
    strip = [axes for axes in drawn("frames", count=5).get_axes() if axes.get_title(loc="left") or axes.get_title()]
    assert [axes.get_title(loc="left") or axes.get_title() for axes in strip] == [f"step {10 * k}" for k in range(5)]
    compared = drawn("compare", count=4)
    lines = [line.get_label() for axes in compared.get_axes() for line in axes.get_lines()]
    assert {"run 0", "run 1", "run 2", "run 3"} <= set(lines)
    looks = {
        (line.get_linestyle(), line.get_color()) for axes in compared.get_axes() for line in axes.get_lines()
        if str(line.get_label()).startswith("run")
    }  # fmt: skip
    assert len(looks) == 4
    with pytest.raises(ValueError, match="up to 9"):
        drawn("compare", count=10)


def test_letters_and_no_legend_and_no_background(tmp_path: Path) -> None:
    plain, dressed = drawn("flip"), drawn("twin", Options(letters=True, legend=False))
    assert plain.legends
    assert not dressed.legends
    words = {text.get_text() for text in dressed.findobj(match=lambda one: hasattr(one, "get_text"))}
    assert {"a", "b"} <= words
    save(drawn("boundary", Options(transparent=True)), tmp_path / "f.svg")
    save(drawn("boundary"), tmp_path / "g.svg")
    assert (tmp_path / "f.svg").read_text() != (tmp_path / "g.svg").read_text()


def test_a_pgf_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(WriteError):
        save(drawn("boundary"), tmp_path / "nowhere" / "f.pgf")
    assert list(tmp_path.iterdir()) == []


def test_words_of_a_person_are_no_commands_of_latex(tmp_path: Path) -> None:
    shown = snapshot()
    shown = replace(shown, scenario=shown.scenario.model_copy(update={"title": r"50 % & $x_1$ \input{x} #"}))
    save(draw("boundary", shown, Options()), tmp_path / "f.pgf")
    text = (tmp_path / "f.pgf").read_text()
    body = text[text.index("\\begingroup") :]
    assert r"\textbackslash{}input\{x\}" in body
    assert r"50 \% \&" in body
    assert "\\input{x}" not in body


def test_the_data_of_a_figure_are_what_is_drawn(tmp_path: Path) -> None:
    shown = snapshot()
    for name in ("a.npz", "b.npz", "a.csv"):
        write_data(data_of("summary", shown), tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with np.load(tmp_path / "a.npz", allow_pickle=False) as found:
        np.testing.assert_array_equal(found["field"], shown.field)
        assert len(found["x"]) == shown.field.shape[1]
        assert any(name.startswith("curve_") for name in found.files)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text())))
    assert len(rows) == len(shown.scene.points)
    assert float(rows[0]["x"]) == shown.scene.points.xy[0, 0]
    with pytest.raises(WriteError, match=r"\.npz or \.csv"):
        write_data(data_of("curves", shown), tmp_path / "a.txt")


@given(arrays(np.uint8, (4, 4, 4)), st.sampled_from(VISIONS))
def test_greys_and_opacity_stay_for_all_eyes(image: np.ndarray, vision: str) -> None:
    seen = simulate(image, vision)  # type: ignore[arg-type]
    np.testing.assert_array_equal(seen[..., 3], image[..., 3])
    grey = np.repeat(image[..., :1], 3, axis=-1)
    assert np.abs(simulate(grey, vision).astype(int) - grey).max() <= 1  # type: ignore[arg-type]


def test_each_eye_has_its_confusions() -> None:
    for vision in VISIONS:
        np.testing.assert_allclose(matrix(vision).sum(axis=1), 1.0, atol=1e-5)  # type: ignore[arg-type]
    red_green = np.array([[178, 90, 0], [120, 120, 0]], dtype=np.uint8)
    distance = lambda image: float(np.abs(np.diff(image.astype(float), axis=0)).max())  # noqa: E731
    for vision in ("protan", "deutan"):
        assert distance(simulate(red_green, vision)) < 0.7 * distance(red_green)  # type: ignore[arg-type]
    assert len(np.unique(simulate(red_green, "grey")[0])) == 1


def test_the_two_classes_differ_in_lightness_for_grey_print() -> None:
    colours = [bytes.fromhex(str(class_colour(k)).lstrip("#")) for k in (0, 1)]
    first, second = lightness(np.array([list(one) for one in colours], dtype=np.uint8))
    assert abs(first - second) > 20
