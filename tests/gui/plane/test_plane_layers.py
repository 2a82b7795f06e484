"""What the plane draws: colours where the field says, lines where classes change, a style per kind of point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from boundaryviz.figures.palette import GROUPS, SYMBOLS, UNDER_POINTS, class_colour, field_image, rgb, winner
from boundaryviz.gui.plane.contours import class_lines, level_lines, nodes, to_edges
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.point_layer import MANY, density_picture
from boundaryviz.gui.plane.symbols import (
    ACTS,
    CHOSEN,
    HELD_OUT,
    MUTED,
    RESTS,
    SHADES,
    STYLES,
    TRUTH_OUTLINE,
    WITHDRAWN,
    WRONG,
    Atlas,
    Style,
    fill_colour,
    style_codes,
)
from boundaryviz.gui.tools import Circle, Path
from boundaryviz.gui.widgets.theme import DARK, LIGHT
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.scene import MAX_CLASSES, Domain, Origin, Points, Scene, Split, Target

DOMAIN = Domain(-2.0, 2.0, -1.0, 1.0)
BARE = Scene(Points.of([[1.9, 0.9]], 0), DOMAIN)


@pytest.fixture
def plane(qtbot: QtBot) -> PlaneView:
    plane = PlaneView()
    qtbot.addWidget(plane)
    plane.resize(800, 500)
    with qtbot.waitExposed(plane):
        plane.show()
    plane.set_scene(BARE)
    QApplication.processEvents()
    return plane


def colour_at(plane: PlaneView, image: QImage, x: float, y: float) -> tuple[int, int, int]:
    at = plane.canvas.mapTo(plane, plane.canvas.to_pixel(x, y).toPoint())
    red, green, blue, _ = QColor(image.pixelColor(at)).getRgb()
    return red or 0, green or 0, blue or 0


def near(colour: tuple[int, ...], other: tuple[int, ...], within: int = 6) -> bool:
    return all(abs(int(a) - int(b)) <= within for a, b in zip(colour, other, strict=False))


# ---- the field


def test_cells_are_drawn_around_their_centres(plane: PlaneView) -> None:
    field = np.random.default_rng(0).random((5, 8)).astype(np.float32)
    plane.set_field(field, DOMAIN)
    image = plane.grab().toImage()
    wanted = field_image(field, LIGHT.plane, None, UNDER_POINTS).reshape(-1, 4)
    for place, colour in zip(DOMAIN.grid(8, 5), wanted, strict=True):
        drawn = colour_at(plane, image, *place)
        if abs(plane.value_at(*place) - 0.5) > 0.1:  # type: ignore[operator]
            assert near(drawn, tuple(colour), 14), place  # smooth between the centres: a pixel aside differs a little


def test_a_field_stays_where_its_rectangle_is(plane: PlaneView) -> None:
    plane.set_field(np.ones((4, 4), np.float32), Domain(0.0, 1.0, 0.0, 0.5))
    image = plane.grab().toImage()
    assert colour_at(plane, image, -0.5, -0.5) == rgb(LIGHT.plane)
    assert colour_at(plane, image, 1.2, 0.2) == rgb(LIGHT.plane)
    assert near(
        colour_at(plane, image, 0.5, 0.25),
        tuple(field_image(np.ones((1, 1), np.float32), LIGHT.plane, None, 0.6)[0, 0]),
    )
    assert plane.value_at(0.99, 0.01) == 1.0
    assert plane.value_at(1.01, 0.01) is None


def test_the_last_field_follows_theme_and_discreteness_and_can_be_cleared(plane: PlaneView) -> None:
    plane.set_field(np.full((4, 4), 0.7, np.float32), DOMAIN)
    seen = []
    for theme in (LIGHT, DARK):
        for discrete in (False, True):
            plane.set_theme(theme)
            plane.set_discrete(discrete)
            seen.append(colour_at(plane, plane.grab().toImage(), -1.0, 0.0))
            wanted = field_image(np.full((1, 1), 0.7), theme.plane, 2 if discrete else None, UNDER_POINTS)
            assert near(seen[-1], tuple(wanted[0, 0]))
    assert len(set(seen)) == 4
    plane.clear_field()
    assert colour_at(plane, plane.grab().toImage(), -1.0, 0.0) == rgb(DARK.plane)


def test_a_hidden_unit_is_coloured_about_zero(plane: PlaneView) -> None:
    values = np.repeat(np.array([[-4.0, 0.0, 4.0]], np.float32), 3, axis=0)
    plane.set_field(values, DOMAIN, unit=True)
    pixels = plane.field_layer.image.pixels
    assert pixels is not None
    assert near(tuple(pixels[0, 1]), rgb(LIGHT.plane))
    ends = field_image(np.array([[0.0, 1.0]], np.float32), LIGHT.plane, None, UNDER_POINTS)
    assert near(tuple(pixels[0, 0]), tuple(ends[0, 0]))
    assert near(tuple(pixels[0, 2]), tuple(ends[0, 1]))
    plane.set_field(values / 2, DOMAIN, unit=True)  # the range comes down slowly
    assert not near(tuple(plane.field_layer.image.pixels[0, 2]), tuple(ends[0, 1]))  # type: ignore[index]


def test_a_field_that_is_not_a_number_is_undecided_and_has_no_lines(plane: PlaneView) -> None:
    plane.set_contours(True)
    plane.set_field(np.full((6, 6), np.nan, np.float32), DOMAIN)
    assert near(colour_at(plane, plane.grab().toImage(), -1.0, 0.0), rgb(LIGHT.plane))
    assert len(plane.field_layer.boundary.xData) == 0
    plane.set_field(np.full((3, 6, 6), np.nan, np.float32), DOMAIN)
    assert near(colour_at(plane, plane.grab().toImage(), -1.0, 0.0), rgb(LIGHT.plane))


# ---- lines


@given(st.floats(-1.5, 1.5), st.floats(-3.0, 3.0), st.floats(0.1, 3.0), st.integers(2, 40), st.integers(2, 40))
def test_the_contour_of_a_linear_field_is_the_line_itself(
    a: float, b: float, c: float, columns: int, rows: int
) -> None:
    place = DOMAIN.grid(columns, rows)
    field = 0.5 + 0.1 * (place @ [b, c] - a).reshape(rows, columns)
    lines = level_lines(field, DOMAIN, (0.5,))
    np.testing.assert_allclose(lines @ [b, c], a, atol=1e-9)
    if len(lines):  # and it reaches the rim
        rim = np.minimum(2.0 - np.abs(lines[:, 0]), 1.0 - np.abs(lines[:, 1]))
        np.testing.assert_allclose(np.sort(rim)[:2], 0.0, atol=1e-9)


def test_a_contour_through_every_second_cell_reaches_the_same_rim() -> None:
    x = DOMAIN.grid(41, 30)[:, 0].reshape(30, 41)
    low, high = x.min(), x.max()
    field = ((x - low) / (high - low)).astype(np.float32)
    fine, coarse = (level_lines(field, DOMAIN, (0.25, 0.5), every=every) for every in (1, 2))
    assert len(coarse) < len(fine)
    for lines in (fine, coarse):
        assert np.nanmin(lines[:, 1]) == pytest.approx(DOMAIN.bottom)
        assert np.nanmax(lines[:, 1]) == pytest.approx(DOMAIN.top)
    assert sorted(set(np.round(coarse[:, 0][~np.isnan(coarse[:, 0])], 5))) == pytest.approx(
        sorted(set(np.round(fine[:, 0][~np.isnan(fine[:, 0])], 5))), abs=1e-4
    )


def test_fields_grow_linearly_to_their_edges() -> None:
    x, y = nodes(DOMAIN, 5, 4)
    field = np.add.outer(3.0 * y[1:-1], -2.0 * x[1:-1])
    np.testing.assert_allclose(to_edges(field), np.add.outer(3.0 * y, -2.0 * x))
    assert (to_edges(np.full((1, 1), 7.0)) == 7.0).all()


@given(st.integers(3, 10), st.integers(0, 99))
def test_class_lines_lie_where_the_two_likeliest_classes_are_equal(classes: int, seed: int) -> None:
    slopes = np.random.default_rng(seed).normal(size=(classes, 2))
    field = (DOMAIN.grid(40, 20) @ slopes.T).T.reshape(classes, 20, 40)
    lines = class_lines(field, DOMAIN)
    there = np.sort(lines[np.isfinite(lines[:, 0])] @ slopes.T, axis=1)
    cell = 4.0 / 40
    steepest = np.abs(slopes[:, None] - slopes[None]).max() * cell
    assert (there[:, -1] - there[:, -2] <= steepest).all()


def test_two_of_three_classes_share_one_line() -> None:
    x = DOMAIN.grid(30, 10)[:, 0].reshape(10, 30)
    field = np.stack([-x, x - 0.4, np.full_like(x, -9.0)])
    lines = class_lines(field, DOMAIN)
    np.testing.assert_allclose(lines[:, 0], 0.2, atol=1e-9)
    assert len(class_lines(np.stack([x * 0 + 1.0, x * 0, x * 0]), DOMAIN)) == 0


@given(st.integers(2, 10), st.integers(0, 99))
def test_the_winner_is_argmax_with_its_value(classes: int, seed: int) -> None:
    field = np.random.default_rng(seed).integers(0, 4, (classes, 6, 7)).astype(np.float32)
    top, best = winner(field)
    np.testing.assert_array_equal(top, field.argmax(axis=0))
    np.testing.assert_array_equal(best, field.max(axis=0))


def test_faint_levels_come_with_contours_only(plane: PlaneView) -> None:
    plane.set_field(np.tile(np.linspace(0, 1, 32, dtype=np.float32), (16, 1)), DOMAIN)
    assert len(plane.field_layer.boundary.xData) > 0
    assert len(plane.field_layer.levels.xData) == 0
    plane.set_contours(True)
    crossed = np.unique(np.round((plane.field_layer.levels.xData + 2.0) / 4.0 * 32 / 31 - 0.5 / 31, 2))
    np.testing.assert_allclose(crossed[np.isfinite(crossed)], [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9], atol=0.011)


# ---- the points


def styles(plane: PlaneView) -> list[Style]:
    return [Style.decode(code) for code in plane.points.codes]


def test_every_style_has_a_code_of_its_own() -> None:
    counts = (MAX_CLASSES + 1, MAX_CLASSES + SHADES + 1, 32, WITHDRAWN + len(GROUPS))
    label, fill, flags, ring = np.indices(counts, dtype=np.int16).reshape(4, -1)
    label, fill = label - 1, fill - 1
    codes = style_codes(label, fill, flags, ring)
    assert np.array_equal(np.sort(codes), np.arange(STYLES))
    for at in range(0, STYLES, 20_011):
        assert Style.decode(int(codes[at])) == Style(*(int(column[at]) for column in (label, fill, flags, ring)))


def test_points_of_a_regression_are_shaded_as_the_field_is(plane: PlaneView) -> None:
    response = np.array([-1.0, -0.5, 0.0, 0.25, 7.0, 0.5, np.nan])
    label = np.array([0, 0, 1, 1, 1, -1, 1])
    points = Points.of(np.zeros((7, 2)), label).with_columns(response=response)
    plane.set_scene(Scene(points, DOMAIN))
    shade = {value: MAX_CLASSES + round((value + 1) * (SHADES - 1) / 2) for value in (-1.0, -0.5, 0.0, 0.25, 1.0)}
    fills = [shade[-1.0], shade[-0.5], shade[0.0], shade[0.25], shade[1.0], -1, shade[1.0]]
    assert [style.fill for style in styles(plane)] == fills
    assert [fill_colour(shade[one], LIGHT) for one in (-1.0, 0.0, 1.0)] == [
        class_colour(0), LIGHT.plane.lower(), class_colour(1)
    ]  # fmt: skip
    plane.set_scene(Scene(points.with_columns(response=None), DOMAIN))
    assert [style.fill for style in styles(plane)] == label.tolist(), "classes again"


def test_points_say_class_split_origin_and_selection(plane: PlaneView) -> None:
    points = Points.of(
        np.zeros((5, 2)), [0, 1, -1, 2, 0], [0, 0, 0, Split.TEST, 0], [0, 0, 0, 0, Origin.POISON], first_id=3
    )
    plane.set_scene(Scene(points, DOMAIN, classes=3))
    plane.set_selection([4])
    assert styles(plane) == [
        Style(0, 0), Style(1, 1, CHOSEN), Style(-1, -1), Style(2, 2, HELD_OUT), Style(0, 0, 0, ACTS),
    ]  # fmt: skip


def test_prediction_fills_truth_outlines_and_errors_get_a_ring(plane: PlaneView) -> None:
    plane.set_scene(Scene(Points.of(np.zeros((3, 2)), [0, 1, -1]), DOMAIN))
    plane.set_predicted(np.array([0, 0, 1], dtype=np.int16))
    assert styles(plane) == [Style(0, 0), Style(1, 1), Style(-1, -1)]
    plane.set_show_prediction(True)
    both = TRUTH_OUTLINE
    assert styles(plane) == [Style(0, 0, both), Style(1, 0, both + WRONG), Style(-1, 1, both)]
    plane.set_predicted(np.zeros(2, dtype=np.int16))  # of another scene: wait for the right one
    assert styles(plane) == [Style(0, 0), Style(1, 1), Style(-1, -1)]


def test_labelled_points_lie_above_unlabelled_ones_and_poison_and_selection_above_both(plane: PlaneView) -> None:
    labels, origins = [0, -1, 1, -1, -1], [0, 0, 0, Origin.POISON, 0]
    plane.set_scene(Scene(Points.of(np.zeros((5, 2)), labels, [Split.TEST, 0, 0, 0, 0], origins), DOMAIN))
    plane.set_selection([plane.scene.points.ids[4]])
    assert plane.points.order.tolist() == [1, 0, 2, 3, 4]


def test_each_class_has_its_own_shape_and_each_style_its_own_picture(qtbot: QtBot) -> None:
    assert len(set(SYMBOLS)) == 10
    atlas = Atlas(LIGHT)
    wanted = [Style(k, k) for k in range(10)] + [Style(-1, -1), Style(1, -1)]
    wanted += [Style(0, 0, flag) for flag in (HELD_OUT, MUTED, CHOSEN, MUTED + CHOSEN)]
    wanted += [Style(-1, -1, 0, WITHDRAWN + k) for k in range(len(GROUPS))]  # the others' rings are drawn together
    wanted += [Style(-1, -1, 0, RESTS)]
    wanted += [Style(0, 1, TRUTH_OUTLINE + WRONG), Style(0, 1, TRUTH_OUTLINE)]
    codes = np.array([style.code for style in wanted])
    for code in codes:  # one by one, so that the atlas has to grow
        atlas.require(np.array([code]))
    sheet = atlas.pixmap.toImage()
    pictures = set()
    for left, top, width, height in atlas.sources[codes]:
        cell = sheet.copy(int(left), int(top), int(width), int(height))
        rim = [cell.pixelColor(x, y).alpha() for x in range(cell.width()) for y in (0, cell.height() - 1)]
        assert max(rim) == 0, "nothing is cut off"
        bits = cell.constBits()
        assert bits is not None
        pictures.add((cell.width(), bytes(bits.asarray(cell.sizeInBytes()))))
    assert len(pictures) == len(wanted)


def test_points_are_drawn_where_they_are_and_move_with_an_edit(plane: PlaneView) -> None:
    scene = replace(BARE, points=Points.of([[-1.0, 0.5], [0.5, -0.5]], [0, 1]))
    plane.set_scene(scene)
    image = plane.grab().toImage()
    body = QColor(class_colour(0)).darker(110)
    assert near(colour_at(plane, image, -1.0, 0.5), (body.red(), body.green(), body.blue()))
    plane.set_scene(apply(Move(np.array([0]), np.array([[1.0, 0.25]])), scene)[0])
    image = plane.grab().toImage()
    assert colour_at(plane, image, -1.0, 0.5) == rgb(LIGHT.plane)
    assert near(colour_at(plane, image, 1.0, 0.25), (body.red(), body.green(), body.blue()))


def test_points_follow_zoom_and_pan_and_come_into_sight(plane: PlaneView) -> None:
    plane.set_scene(replace(BARE, points=Points.of([[-1.0, 0.5], [9.0, 0.0]], [0, 0])))
    body = QColor(class_colour(0)).darker(110)
    wanted = (body.red(), body.green(), body.blue())
    assert near(colour_at(plane, plane.grab().toImage(), -1.0, 0.5), wanted)
    plane.zoom(1.5)
    assert near(colour_at(plane, plane.grab().toImage(), -1.0, 0.5), wanted)
    plane.canvas.pan_by(-40.0, 25.0)
    image = plane.grab().toImage()
    assert near(colour_at(plane, image, -1.0, 0.5), wanted)
    plane.canvas.pan_by(-9.0 / plane.canvas.pixel, 0.0)
    assert near(colour_at(plane, plane.grab().toImage(), 9.0, 0.0), wanted)


def test_held_out_points_can_be_hidden(plane: PlaneView) -> None:
    plane.set_scene(replace(BARE, points=Points.of([[-1.0, 0.5]], [1], Split.VALIDATION)))
    assert colour_at(plane, plane.grab().toImage(), -1.0, 0.5) != rgb(LIGHT.plane)
    plane.set_show_held_out(False)
    assert colour_at(plane, plane.grab().toImage(), -1.0, 0.5) == rgb(LIGHT.plane)


def test_a_crowd_becomes_a_density_but_what_matters_stays_a_symbol(plane: PlaneView) -> None:
    n = MANY + 10
    label = np.full(n, -1)
    label[:5] = 1
    origin = np.zeros(n)
    origin[5:8] = Origin.POISON
    xy = np.random.default_rng(0).normal(0.0, 0.1, (n, 2))
    plane.set_scene(replace(BARE, points=Points.of(xy, label, Split.TRAIN, origin)))
    plane.set_selection([20])
    assert sorted(set(range(n)) - set(plane.points.crowd.tolist())) == [*range(8), 20]
    image = plane.grab().toImage()
    assert colour_at(plane, image, 0.0, 0.0) != rgb(LIGHT.plane)
    assert colour_at(plane, image, -1.5, 0.5) == rgb(LIGHT.plane)


def test_points_that_are_not_shown_make_no_crowd(plane: PlaneView) -> None:
    n = MANY + 10
    xy = np.random.default_rng(0).normal(0.0, 0.1, (n, 2))
    plane.set_scene(replace(BARE, points=Points.of(xy, 1, [Split.TRAIN] * 6 + [Split.TEST] * (n - 6))))
    assert len(plane.points.crowd) == n - 6  # those shown singly are the six for training
    plane.set_show_held_out(False)
    assert len(plane.points.crowd) == 0
    assert plane.points.order.tolist() == list(range(6))


def test_points_that_somebody_else_draws_are_left_out_unless_selected(plane: PlaneView) -> None:
    plane.set_scene(replace(BARE, points=Points.of(np.zeros((4, 2)), [0, -1, -1, 1])))
    plane.set_selection([2])
    plane.points.set_left_out(np.array([False, True, True, False]))
    assert sorted(plane.points.order.tolist()) == [0, 2, 3]
    plane.points.set_left_out(np.ones(2, bool))  # of another scene: wait for the right one
    assert sorted(plane.points.order.tolist()) == [0, 1, 2, 3]
    plane.points.set_left_out(None)
    assert sorted(plane.points.order.tolist()) == [0, 1, 2, 3]


def test_density_adds_up_points_and_mixes_their_colours() -> None:
    cells = np.array([[0, 0], [0, 0], [0, 0], [2, 1], [2, 1], [-1, 0], [3, 0]])
    fill = np.array([0, 0, 0, 0, 1, 0, 0])
    picture = density_picture(cells, fill, 3, 2, "#000000")
    assert picture[0, 0, 3] > picture[1, 2, 3] > 0
    assert tuple(picture[0, 0, :3]) == rgb(class_colour(0))
    mixed = (np.array(rgb(class_colour(0))) + rgb(class_colour(1))) / 2
    assert near(tuple(picture[1, 2, :3]), tuple(mixed), 1)
    assert np.count_nonzero(picture[..., 3]) == 2


def test_target_pins_are_stars_in_the_wanted_colour(plane: PlaneView) -> None:
    plane.set_scene(replace(BARE, targets=(Target(-1.0, 0.0, 1),)))
    assert near(colour_at(plane, plane.grab().toImage(), -1.0, 0.0), rgb(class_colour(1)))
    plane.set_scene(BARE)
    assert colour_at(plane, plane.grab().toImage(), -1.0, 0.0) == rgb(LIGHT.plane)


@pytest.mark.parametrize(
    "shape", [Circle(0.0, 0.0, 0.5), Path(np.array([[-0.5, 0.5], [0.5, 0.5], [0.5, -0.5], [-0.5, -0.5]]))]
)
def test_outlines_of_tools_are_drawn_and_taken_away(plane: PlaneView, shape: Circle | Path) -> None:
    bare = plane.grab().toImage()
    plane.marks.outline.show_shape(shape)
    image = plane.grab().toImage()
    pixel = plane.canvas.pixel
    rim = {colour_at(plane, image, i * pixel, 0.5 + j * pixel) for i in range(-9, 9) for j in (-1, 0, 1)}
    assert any(near(colour, rgb(LIGHT.ink), 60) for colour in rim)
    assert colour_at(plane, image, -1.5, 0.5) == rgb(LIGHT.plane)
    plane.marks.outline.show_shape(None)
    assert plane.grab().toImage() == bare
