"""Figures: what is drawn, and what the files hold."""

from __future__ import annotations

import re
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.typing import ColorType
from PIL import Image

from boundaryviz import __version__
from boundaryviz.figures.bead_marks import Beads
from boundaryviz.figures.draw import FORMATS, draw, save
from boundaryviz.figures.plane import boundary_lines
from boundaryviz.figures.progress import best_step
from boundaryviz.figures.style import AGAINST_CLEAN, VIEWS, Options
from boundaryviz.gui.widgets.theme import LIGHT
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.ranking import Calibration, Ranking
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.files import WriteError
from boundaryviz.scene.axes import AXES, AxesChoice
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.few import few
from helpers.snapshots import PLANE, curves, field, guarded, placed, snapshot, titles


def _draw(view: str, options: Options | None = None, **changes: Any):
    shown = {"defence": guarded, "embedding": placed}.get(view, snapshot)(**changes)
    return draw(view, shown, options, snapshot() if view in AGAINST_CLEAN else None)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one figure as f.png, f.svg and f.pdf."""
    folder = tmp_path_factory.mktemp("figures")
    for kind in FORMATS:
        save(_draw("boundary"), folder / f"f.{kind}")
    return folder


LOOKS = [
    *((view, "paper", 11.0) for view in VIEWS if view not in ("cascade", "frames", "compare")),
    ("summary", "slides", 5.0),
    ("summary", "dark", 30.0),
]


@pytest.mark.parametrize(("view", "style", "width"), LOOKS)
def test_every_view_and_style_has_the_width_asked_for(view: str, style: Any, width: float, tmp_path: Path) -> None:
    save(_draw(view, Options(width_cm=width, style=style, dpi=100)), tmp_path / "f.png")
    with Image.open(tmp_path / "f.png") as image:
        assert image.width == pytest.approx(width / 2.54 * 100, abs=1)
        pixels = np.asarray(image.convert("RGB"))
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 50
    assert (pixels[0] == pixels[0, 0]).all()  # nothing is cut off at the top


def test_the_plane_has_equal_scales_and_fills_its_place() -> None:
    figure = _draw("boundary")
    figure.draw_without_rendering()
    axes = figure.axes[0]
    place, given = axes.get_position(), axes.get_position(original=True)
    width, height = figure.get_size_inches()
    assert place.height * height == pytest.approx(place.width * width / 2, rel=1e-6)
    assert place.height == pytest.approx(given.height, rel=0.03)
    assert place.width == pytest.approx(given.width, rel=0.03)


def test_the_boundary_lies_where_the_class_changes() -> None:
    (line,) = boundary_lines(field(), PLANE)
    assert np.abs(line[:, 0]).max() < 1e-3
    assert line[:, 1].max() - line[:, 1].min() > 1.9


def test_borders_of_many_classes_lie_between_neighbours() -> None:
    lines = boundary_lines(field(4), PLANE)
    found = {round(float(line[:, 0].mean()), 1) for line in lines}
    assert {-1.0, 0.0, 1.0} <= found


def test_no_boundary_in_a_field_that_diverged_and_a_word_instead() -> None:
    nan = np.full((32, 64), np.nan, dtype=np.float32)
    assert boundary_lines(nan, PLANE) == []
    words = [text.get_text() for text in _draw("boundary", field=nan).findobj(matplotlib.text.Text)]
    assert "training diverged" in words


def test_svg_keeps_text_as_text_and_the_contour_as_a_path(files: Path) -> None:
    text = (files / "f.svg").read_text()
    assert re.search(r"<text[^>]*>Stripes cost \$5 or \$6</text>", text)
    boundary = text[text.index('id="boundary"') :]
    assert re.search(r'<path d="M [\d. ]+\s+L ', boundary[:300])
    assert text.count("<image") == 2  # the field and its scale; points and contour are paths


def test_pdf_embeds_truetype_fonts_and_draws_the_contour(files: Path) -> None:
    data = (files / "f.pdf").read_bytes()
    assert b"/FontFile2" in data
    assert b"/Type3" not in data
    streams = [zlib.decompress(s) for s in re.findall(rb"/FlateDecode.*?stream\n(.*?)\nendstream", data, re.S)[:1]]
    assert streams[0].count(b" l\n") > 20  # line segments in the page's own drawing


@pytest.mark.parametrize("kind", few(FORMATS, 2))
def test_the_same_figure_twice_gives_the_same_bytes(kind: str, files: Path, tmp_path: Path) -> None:
    save(_draw("boundary"), tmp_path / f"f.{kind}")
    assert (tmp_path / f"f.{kind}").read_bytes() == (files / f"f.{kind}").read_bytes()


def test_files_name_scenario_seed_step_and_version(files: Path) -> None:
    with Image.open(files / "f.png") as image:
        info = image.info
    assert [info[f"boundaryviz:{key}"] for key in ("scenario", "seed", "step", "version")] == [
        "stripes", "7", "290", __version__,
    ]  # fmt: skip
    for kind in ("svg", "pdf"):
        data = (files / f"f.{kind}").read_bytes()
        assert b"scenario stripes, seed 7, step 290" in data
        assert f"boundaryviz {__version__}".encode() in data
        assert b"CreationDate" not in data
        assert b"<dc:date>" not in data


def test_savefig_itself_keeps_fonts_and_metadata(tmp_path: Path) -> None:
    _draw("boundary").savefig(tmp_path / "f.pdf")
    data = (tmp_path / "f.pdf").read_bytes()
    assert b"/FontFile2" in data
    assert b"scenario stripes" in data


def test_settings_of_matplotlib_are_left_alone() -> None:
    before = dict(matplotlib.rcParams)
    _draw("summary", Options(style="dark"))
    assert dict(matplotlib.rcParams) == before


def test_points_of_held_out_splits_come_on_demand() -> None:
    def count(options: Options) -> int:
        axes = draw("boundary", snapshot(), options).axes[0]
        return sum(len(np.asarray(c.get_offsets())) for c in axes.collections if isinstance(c, PathCollection))

    shown = snapshot().scene.points
    assert count(Options()) == shown.is_train.sum() + 3  # the outline of the poison, what it encloses, and the pin
    assert count(Options(held_out=True)) == len(shown) + 3


def colours(found: ColorType | Sequence[ColorType]) -> list[tuple[float, ...]]:
    """To two digits."""
    return [tuple(colour) for colour in np.round(to_rgba_array(found), 2).tolist()]


def test_errors_show_the_true_class_round_the_predicted_one() -> None:
    shown = snapshot()
    points = shown.scene.points
    wrong = points.is_train & points.is_labelled & (shown.predicted != points.label)
    axes = draw("boundary", shown, Options(errors=True)).axes[0]
    two_coloured = [
        len(np.asarray(c.get_offsets()))
        for c in axes.collections
        if isinstance(c, PathCollection)
        and len(colours(c.get_facecolor())) == len(colours(c.get_edgecolor())) == 1
        and {colours(c.get_facecolor())[0], colours(c.get_edgecolor())[0]}
        == {(0.96, 0.58, 0.13, 1.0), (0.03, 0.47, 0.74, 1.0)}
    ]
    assert sum(two_coloured) == wrong.sum() > 0


def test_empty_planes_and_empty_curves_are_drawn_too(tmp_path: Path) -> None:
    empty: dict[str, Any] = {"scene": Scene(Points.of([]), PLANE), "curves": CurveStore(), "predicted": None}
    figure = _draw("summary", **empty)
    save(figure, tmp_path / "f.svg")
    assert (tmp_path / "f.svg").read_text().count("not evaluated yet") == 2


def test_planes_of_any_shape_are_drawn(tmp_path: Path) -> None:
    for rect in (Domain(0, 1, 0, 1000), Domain(0, 1e-6, 0, 1), Domain(0, 2, 0, 3), Domain(-1e9, 1e9, -1, 1)):
        save(_draw("boundary", Options(dpi=50), rect=rect), tmp_path / "f.png")
        with Image.open(tmp_path / "f.png") as image:
            assert 0.3 < image.height / image.width < 1.7


@pytest.mark.parametrize("view", ["boundary", "frames", "flip"])
def test_a_plane_of_uneven_sides_has_free_axes_unless_equal_ones_are_asked_for(view: str) -> None:
    tall = Domain(20.0, 60.0, 30_000.0, 90_000.0)
    scene = Scene(Points.of([[25.0, 40_000.0], [50.0, 80_000.0]], [0, 1]), tall)
    uneven = snapshot(scene=scene, rect=tall, predicted=None, field=field(2, 12, 12))

    def aspect(shown: Snapshot, axes: AxesChoice) -> object:
        beside = shown if view in AGAINST_CLEAN else None
        others = (shown,) if view == "frames" else ()
        return draw(view, shown, Options(axes=axes, dpi=40), beside, others).axes[0].get_aspect()

    assert [aspect(uneven, axes) for axes in AXES] == ["auto", 1.0, "auto"]
    assert aspect(snapshot(), "free") == "auto"


def test_long_names_of_classes_stand_whole_in_the_legend() -> None:
    names = ("Adenocarcinoma of the ascending colon (grade II, node-negative)", "Normal mucosa")
    shown = snapshot()
    figure = draw("boundary", replace(shown, scene=replace(shown.scene, class_names=names)))
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert [one.replace("\n", " ") for one in words[:2]] == list(names)
    figure.draw_without_rendering()
    assert all(text.get_window_extent().x1 <= figure.bbox.x1 for text in figure.legends[0].get_texts())


@pytest.mark.parametrize(("classes", "names"), [(10, "{}"), (30, "species {}"), (50, "a rather long name of kind {}")])
def test_legends_of_many_classes_fit_and_sum_up(classes: int, names: str) -> None:
    rng = np.random.default_rng(0)
    points = Points.of(rng.uniform((-2, -1), (2, 1), (2 * classes, 2)), np.arange(2 * classes) % classes)
    scene = Scene(points, PLANE, classes, tuple(names.format(k) for k in range(classes)))
    shown = snapshot(scene=scene, predicted=None, field=field(classes, 16, 8))
    figure = draw("boundary", shown, Options(dpi=60))
    figure.draw_without_rendering()
    legend = figure.legends[0]
    words = [text.get_text() for text in legend.get_texts()]
    assert legend.get_window_extent().x0 >= 0
    assert legend.get_window_extent().x1 <= figure.bbox.x1
    assert figure.axes[0].get_window_extent().height > 0.3 * figure.bbox.width
    if classes < 50:
        assert words == list(scene.class_names)
    else:
        assert words[-1] == f"and {51 - len(words)} more classes"


def test_every_error_lies_within_its_axes_and_the_test_curve_is_dashed() -> None:
    figure = _draw("curves")
    lines = {line.get_gid(): line for line in figure.axes[1].get_lines()}
    highest = max(float(np.max(line.get_ydata())) for name, line in lines.items() if str(name).endswith("_error"))
    assert figure.axes[1].get_ylim()[1] >= highest
    assert lines["test_error"].get_linestyle() == "--"
    assert lines["test_error"].get_color() == LIGHT.accent


def test_a_long_title_keeps_clear_of_the_step() -> None:
    shown = snapshot(step=31_476)
    words = "Three spirals that a small net learns from the middle outwards, and never quite"
    scenario = shown.scenario.model_copy(update={"title": words})
    figure = draw("boundary", replace(shown, scenario=scenario), Options(width_cm=8.5))
    figure.canvas.draw()
    axes = figure.axes[0]
    left, right = (title.get_window_extent() for title in titles(axes))
    assert "\n" in axes.get_title(loc="left")
    assert left.x1 < right.x0


def test_the_best_step_is_that_of_the_lowest_validation_loss() -> None:
    assert best_step(curves(replicas=3)) == 100
    assert best_step(CurveStore()) is None


@pytest.mark.parametrize(
    ("options", "word"),
    [({"width_cm": 1.0}, "cm"), ({"dpi": 5}, "inch"), ({"levels": 1}, "levels"), ({"style": "neon"}, "neon")],
)
def test_options_out_of_range_are_named(options: dict, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Options(**options)


def test_unknown_views_and_a_twin_without_its_twin_are_refused() -> None:
    with pytest.raises(ValueError, match="boundary, curves"):
        draw("surface", snapshot())
    with pytest.raises(ValueError, match="twin"):
        draw("twin", snapshot())


def test_a_figure_that_cannot_be_written_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    figure = _draw("curves")
    for place, word in (
        (tmp_path / "f.gif", r"\.png"),
        (tmp_path / "no" / "f.png", "no folder"),
        (tmp_path, "ends in"),
    ):
        with pytest.raises(WriteError, match=word):
            save(figure, place)
    assert list(tmp_path.iterdir()) == []


def test_figures_need_neither_pyplot_nor_torch_nor_qt() -> None:
    code = "import sys, boundaryviz.figures.draw; print([m for m in sys.argv[1:] if m in sys.modules])"
    heavy = ["matplotlib.pyplot", "torch", "sklearn", "PyQt6"]
    found = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_beads_of_a_chain_are_as_large_as_their_spacing_allows_on_the_page() -> None:
    """The same chain is drawn with smaller beads on a narrower page, and no bead reaches half way to the next."""
    places = np.stack([np.linspace(-0.5, 0.5, 21), np.zeros(21)], axis=1)
    sizes = {}
    for inches in (8.0, 3.0):
        figure = Figure(figsize=(inches, inches))
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set(xlim=(-1, 1), ylim=(-1, 1))
        beads = Points.of(places, origin=1)
        own = np.ones(len(beads), dtype=bool)
        drawn = Beads("o", beads.xy, partial(Beads.sizes_of(beads, 9.0), own), 9.0, 0.0)
        drawn.join(axes)
        FigureCanvasAgg(figure).draw()
        sizes[inches] = float(np.sqrt(drawn.get_sizes()).max())
        assert sizes[inches] <= 72 * inches / 40 + 1e-6
    assert sizes[3.0] < sizes[8.0] <= 9.0


def test_ranking_is_drawn_as_it_is_counted() -> None:
    shown = snapshot(clean_p=snapshot().p)
    points = shown.scene.points
    test = (points.split == 2) & points.is_labelled & ~points.is_poison
    assert shown.p is not None
    ranking = Ranking.of(shown.p[test, 1], points.label[test] == 1)
    figure = draw("roc", shown)
    lines = {line.get_gid(): line for axes in figure.axes for line in axes.get_lines()}
    np.testing.assert_array_equal(lines["roc class 1"].get_xydata(), np.stack([ranking.fpr, ranking.tpr], axis=1))
    np.testing.assert_array_equal(lines["precision class 1"].get_ydata(), ranking.precision)
    assert f"{ranking.auc:.3f}" in str(lines["roc class 1"].get_label())
    assert "roc class 1 (clean twin)" in lines
    found = Calibration.of(shown.p[test, 1], points.label[test] == 1)
    drawn = {line.get_gid(): line for line in draw("calibration", shown).axes[0].get_lines()}
    np.testing.assert_array_equal(drawn["calibration class 1"].get_xdata(), found.score)
    three = draw("roc", snapshot(3)).axes[0].get_lines()
    assert sum(str(line.get_gid()).startswith("roc class") for line in three) == 3


@pytest.mark.parametrize("view", ["roc", "calibration"])
def test_ranking_needs_probabilities_and_says_where_nothing_is_held_out(view: str) -> None:
    with pytest.raises(ValueError, match="needs the probabilities of each point"):
        draw(view, snapshot(p=None))
    scene = snapshot().scene
    train = scene.with_points(scene.points.with_columns(split=np.zeros(len(scene.points), dtype=np.int8)))
    words = [text.get_text() for text in draw(view, snapshot(scene=train)).axes[0].texts]
    assert words == ["no labelled held-out points"]


def test_the_boundary_is_drawn_where_the_decision_falls_and_one_half_beside_it() -> None:
    costly = snapshot().scenario.with_values({"decision.threshold": 0.8})
    axes = draw("boundary", snapshot(scenario=costly)).axes[0]
    lines = {item.get_gid(): item for item in axes.collections}
    x = np.log(4.0) / 4.0  # where the field is 0.8
    boundary = np.concatenate(lines["boundary"].get_segments())  # type: ignore[attr-defined]
    half = np.concatenate(lines["likeliest class changes"].get_segments())  # type: ignore[attr-defined]
    np.testing.assert_allclose(boundary[:, 0], x, atol=0.01)
    np.testing.assert_allclose(half[:, 0], 0.0, atol=0.01)
    plain = {item.get_gid() for item in draw("boundary", snapshot()).axes[0].collections}
    assert "likeliest class changes" not in plain


def test_a_rule_is_drawn_dotted_where_its_class_changes_and_named() -> None:
    plain = snapshot()
    ruled = snapshot(scenario=plain.scenario.with_values({"rule": "y > 0.25 x"}))
    figure = draw("boundary", ruled)
    (line,) = figure.axes[0].findobj(lambda artist: artist.get_gid() == "rule")
    assert isinstance(line, LineCollection)
    x, y = np.concatenate(line.get_segments()).T
    assert np.abs(y - 0.25 * x).max() < 0.02
    assert (x.min(), x.max()) == pytest.approx((PLANE.left, PLANE.right), abs=0.02)
    assert "rule" in [text.get_text() for text in figure.legends[0].get_texts()]
    assert not draw("boundary", plain).findobj(lambda artist: artist.get_gid() == "rule")
