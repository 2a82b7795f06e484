"""Figures for print: strips, comparisons, letters, PGF without LaTeX, other eyes, and the data behind a figure."""

from __future__ import annotations

import csv
import io
import os
import re
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.text import Text
from PIL import Image

from boundaryviz.figures.data import data_of, write_data
from boundaryviz.figures.dose import draw_dose
from boundaryviz.figures.draw import SceneFigure, draw, save
from boundaryviz.figures.palette import MARKERS, class_colour
from boundaryviz.figures.style import AGAINST_CLEAN, FONTS, SEVERAL, VIEWS, Options
from boundaryviz.figures.vision import VISIONS, lightness, matrix, simulate
from boundaryviz.learners.cascade import Cascade
from boundaryviz.record.dose import DoseCurve, DoseResponse
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.files import WriteError
from helpers.few import few
from helpers.snapshots import field, guarded, placed, snapshot, titles


def some(count: int) -> list[Snapshot]:
    return [snapshot(step=10 * k, label=f"run {k}") for k in range(count)]


def response() -> DoseResponse:
    found = DoseResponse("moons", "A title", "Bridge", (0, 3, 10), (0.0, 0.003, 0.01))
    flips = np.linspace(0.0, 0.2, 6).reshape(3, 2)
    return found.with_curve(DoseCurve("label-spreading", "Label spreading", False, "data", 1, flips, None))


def drawn(view: str, options: Options | None = None, count: int = 3):
    beside = snapshot(field=1.0 - field()) if view in AGAINST_CLEAN else None
    shown = (
        snapshot(cascade=chains())
        if view == "cascade"
        else {"defence": guarded, "embedding": placed}.get(view, snapshot)()
    )
    return draw(view, shown, options or Options(), beside, some(count) if view in SEVERAL else ())


def chains() -> Cascade:
    """Every point got its label from the one before it."""
    at = np.arange(40)
    return Cascade("step", at - 1, np.zeros(40, np.int64), np.ones(40, np.int64), at.astype(float))


@pytest.mark.parametrize(
    "view",
    [v if v == "flip" else pytest.param(v, marks=pytest.mark.slow) for v in (*VIEWS, "dose")],
)
def test_two_drawings_of_one_moment_give_the_same_bytes(view: str, tmp_path: Path) -> None:
    kinds = ("pdf", "svg", "pgf") if view == "frames" else ("pdf", "svg")
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        figure = draw_dose(response()) if view == "dose" else drawn(view, count=2)
        for kind in kinds:
            save(figure, tmp_path / name / f"f.{kind}")
        found.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert found[0] == found[1]
    assert (len(found[0]) > len(kinds)) == ("pgf" in kinds)  # the pictures beside it


@pytest.mark.parametrize("view", few(["summary", "twin", "frames", "compare"]))
def test_the_first_saving_is_like_the_second_and_planes_stand_in_line(view: str, tmp_path: Path) -> None:
    figure = drawn(view, Options(letters=True, dpi=60))
    for name in ("a.svg", "b.svg"):
        save(figure, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    if view in ("twin", "frames"):
        row = [axes.get_window_extent() for axes in figure.axes if axes.get_aspect() != "auto"]
        assert len({(round(box.y0, 3), round(box.y1, 3)) for box in row}) == 1


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


def test_runs_in_one_plot_differ_without_colour() -> None:
    axes = drawn("compare", count=9).get_axes()[-1]
    looks = [(line.get_linestyle(), str(line._dash_pattern), line.get_linewidth()) for line in axes.get_lines()]
    assert len(looks) == len(set(looks)) == 9
    assert len(set(MARKERS)) == len(MARKERS) >= 10


def test_panels_are_lettered_in_their_order() -> None:
    def letters(figure: SceneFigure) -> list[str]:
        return [text.get_text() for text in figure.findobj(Text) if text.get_gid() == "letter"]

    assert letters(drawn("frames", Options(letters=True))) == ["a", "b", "c"]
    assert letters(drawn("twin", Options(letters=True))) == ["a", "b"]
    assert letters(drawn("boundary")) == []


@pytest.mark.parametrize("view", ["curves", "flip"])
def test_a_legend_can_be_left_out(view: str) -> None:
    assert drawn(view).legends
    assert not drawn(view, Options(legend=False)).legends


def test_a_transparent_figure_has_no_background(tmp_path: Path) -> None:
    for transparent in (True, False):
        save(drawn("boundary", Options(transparent=transparent, dpi=72)), tmp_path / "f.png")
        with Image.open(tmp_path / "f.png") as image:
            assert image.convert("RGBA").getpixel((0, 0))[3] == (0 if transparent else 255)  # type: ignore[index]


@pytest.mark.parametrize("font", few(FONTS))
def test_every_font_is_embedded_as_truetype(font: str, tmp_path: Path) -> None:
    save(drawn("boundary", Options(font=font)), tmp_path / "f.pdf")  # type: ignore[arg-type]
    data = (tmp_path / "f.pdf").read_bytes()
    assert b"/FontFile2" in data
    assert b"/Type3" not in data
    assert FONTS[font][0].replace(" ", "").encode() in data


def test_a_pgf_is_written_where_there_is_no_latex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    save(drawn("boundary"), tmp_path / "f.pgf")
    text = (tmp_path / "f.pgf").read_text()
    pictures = set(re.findall(r"f-img\d+\.png", text))
    assert pictures == {path.name for path in tmp_path.iterdir()} - {"f.pgf"} != set()
    assert "Stripes cost" in text


def test_a_pgf_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WriteError):
        save(drawn("boundary"), tmp_path / "nowhere" / "f.pgf")
    replace, moved = os.replace, []

    def full(source: Path, target: Path) -> None:
        moved.append(Path(target).name)
        if Path(target).suffix == ".pgf":
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(WriteError, match="disk is full"):
        save(drawn("boundary"), tmp_path / "f.pgf")
    assert moved[0].endswith(".png")
    assert moved[-1] == "f.pgf"
    assert list(tmp_path.iterdir()) == []


class Quick:
    """A figure with one picture that is drawn in no time."""

    picture = b"new"

    def savefig(self, place: Path, **_: object) -> None:
        place.write_bytes(b"figure")
        place.with_name("f-img0.png").write_bytes(self.picture)


def test_pictures_of_a_pgf_follow_links_and_protected_ones_stop_all(tmp_path: Path) -> None:
    (tmp_path / "f-img0.png").symlink_to("elsewhere")
    save(Quick(), tmp_path / "f.pgf")  # type: ignore[arg-type]
    assert (tmp_path / "f-img0.png").is_symlink()
    assert (tmp_path / "elsewhere").read_bytes() == b"new"
    (tmp_path / "elsewhere").chmod(0o444)
    (tmp_path / "f.pgf").write_bytes(b"older")
    with pytest.raises(WriteError, match="read-only"):
        save(Quick(), tmp_path / "f.pgf")  # type: ignore[arg-type]
    assert (tmp_path / "f.pgf").read_bytes() == b"older"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["elsewhere", "f-img0.png", "f.pgf"]


def test_a_pgf_may_have_a_long_name_that_is_no_text(tmp_path: Path) -> None:
    place = tmp_path / os.fsdecode(b"n" * 249 + b"\xff.pgf")
    save(drawn("boundary"), place)
    text = place.read_text()
    assert all((tmp_path / one).is_file() for one in re.findall(r"\{([^{}]+-img\d+\.png)\}", text))


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


@pytest.mark.parametrize("view", ["twin", "flip", "cascade", "frames", "compare"])
def test_the_data_of_every_view_are_read_back_equal(view: str, tmp_path: Path) -> None:
    clean = snapshot(field=1.0 - field()) if view in AGAINST_CLEAN else None
    shown = snapshot(cascade=chains()) if view == "cascade" else snapshot()
    several = some(3) if view in SEVERAL else []
    data = data_of(view, shown, clean, several)
    write_data(data, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as found:
        assert set(found.files) == set(data.arrays)
        for name, array in data.arrays.items():
            np.testing.assert_array_equal(found[name], array)
    fields = [name for name in data.arrays if name.endswith("field")]
    assert len(fields) == (3 if several else 2 if clean is not None else 1)


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


def test_nine_long_names_leave_the_losses_their_room() -> None:
    several = [snapshot(step=10 * k, label=f"a name of a run that is rather long, {k}") for k in range(9)]
    figure = draw("compare", several[0], Options(width_cm=8.5), others=several)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.canvas.draw()
    losses = next(axes for axes in figure.get_axes() if axes.get_lines() and axes.get_ylabel())
    assert losses.get_window_extent().height > 0.1 * figure.bbox.height


def test_heads_of_twins_stand_beside_each_other_when_it_is_narrow() -> None:
    far = snapshot(step=56_778)
    figure = draw("twin", far, Options(width_cm=8.5), snapshot(field=1.0 - field()))
    figure.canvas.draw()
    axes = figure.get_axes()[1]
    left, right = (title.get_window_extent() for title in titles(axes))
    assert left.x1 <= right.x0
