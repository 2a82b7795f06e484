"""The frames of films: drawn over what stands still they are what they would be drawn anew, and nothing jumps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from boundaryviz.figures.film.drawing import Film, first_sentence, settings
from boundaryviz.figures.film.options import FilmOptions
from boundaryviz.figures.film.sequence import FrameSequence, Sweep
from boundaryviz.learners.cascade import Cascade
from boundaryviz.record.cascade import Span
from boundaryviz.record.curves import CurveStore
from boundaryviz.scene.scene import Split
from helpers.pushed import pushes
from helpers.sequences import SMALL, sequence, wandering, with_more_points
from helpers.snapshots import curves, field, snapshot


def twins(count: int = 3) -> FrameSequence:
    """The poisoned model of a sequence beside a clean twin that stays."""
    made = sequence(count)
    clean = [replace(one, field=wandering(0.5)) for one in made.shown]
    whole = curves()
    whole._values[: len(whole), :, -1] = np.linspace(0.0, 0.2, len(whole))[:, None]
    return FrameSequence(made.shown, whole, clean)


def chained(k: int, one):
    """With every moment the labels come ten points further; before the first nothing is known."""
    at = np.arange(40)
    got = at < 10 * k
    chains = Cascade(
        "step", np.where(got, at - 1, -1), np.where(got, 0, -1), np.where(got, at % 2, -1), np.where(got, at, np.inf)
    )
    return replace(one, cascade=chains if k else None)


def pushed(k: int, one):
    """With every moment the pushes are longer."""
    return replace(one, pushes=pushes(one, 0.1 + 0.2 * k))


def undecided(k: int, one):
    values = one.field.copy()
    values[:, : 8 * k] = np.nan
    return replace(one, field=values)


def sweep(count: int = 3) -> FrameSequence:
    whole = curves(2, count)
    whole._step[:count] = np.arange(count)
    return FrameSequence(
        sequence(count).shown, whole, sweep=Sweep("Noise", tuple(f"0.{k}" for k in range(count))), each=4
    )


CASES = {
    "summary": (sequence, {}),
    "boundary": (sequence, {"view": "boundary"}),
    "curves": (sequence, {"view": "curves", "style": "paper"}),
    "twin": (twins, {"view": "twin", "style": "dark"}),
    "flip": (twins, {"view": "flip"}),
    "flip, upright": (twins, {"view": "flip", "width": 300, "height": 480, "style": "dark"}),
    "cascade": (lambda: sequence(4, chained), {"view": "cascade"}),
    "pushes": (lambda: sequence(4, pushed), {"view": "pushes"}),
    "pushes, upright": (lambda: sequence(2, pushed), {"view": "pushes", "width": 300, "height": 480}),
    "square": (sequence, {"width": 480, "height": 480, "style": "dark"}),
    "points come": (lambda: sequence(4, with_more_points), {}),
    "errors shown": (sequence, {"errors": True, "held_out": True, "view": "boundary"}),
    "levels": (sequence, {"levels": 2, "view": "boundary"}),
    "undecided": (lambda: sequence(4, undecided), {"view": "boundary"}),
    "three classes": (lambda: FrameSequence.over_training([snapshot(3, field=field(3))] * 2), {"view": "boundary"}),
    "many seeds": (lambda: FrameSequence.over_training([snapshot(curves=curves(4), step=s) for s in (0, 95, 290)]), {}),
    "sweep": (sweep, {}),
    "one moment": (lambda: sequence(1), {}),
    "no curves": (lambda: FrameSequence.over_training([snapshot(curves=CurveStore())]), {}),
}


ALIKE = ("pushes, upright", "flip, upright", "boundary", "square", "one moment", "levels")
"""Of which others have every part."""


@pytest.mark.parametrize(
    ("make", "choice"),
    [pytest.param(*case, id=name, marks=[pytest.mark.slow] if name in ALIKE else []) for name, case in CASES.items()],
)
def test_a_frame_is_what_it_would_be_drawn_anew(make, choice):
    film = Film(make(), FilmOptions(**{**SMALL, **choice}))
    for frame in {0, len(film) - 1}:
        quick, whole = film.picture(frame).astype(int), film.whole_picture(frame).astype(int)
        assert quick.shape == (film.options.height, film.options.width, 4)
        apart = np.abs(quick - whole).max(axis=2)  # edges of points are blended twice, as are the roots of tick marks
        assert apart.max() <= 32
        assert (apart > 8).mean() < 1e-3


def test_the_film_moves_and_comes_back_to_the_same_pixels():
    film = Film(sequence(5, with_more_points), FilmOptions(**SMALL))
    first, last = film.picture(0), film.picture(4)
    assert (first != last).mean() > 0.05
    assert np.array_equal(film.picture(0), first)
    assert np.array_equal(Film(sequence(5, with_more_points), FilmOptions(**SMALL)).picture(4), last)


def test_places_and_limits_are_those_of_the_whole_film():
    film = Film(sequence(5, with_more_points), FilmOptions(**SMALL))

    def fixed():
        parts: list[Any] = [*film._planes, *film._curves]
        return [(p.axes.get_xlim(), p.axes.get_ylim(), p.axes.bbox.extents.tolist()) for p in parts]

    film.picture(0)
    before = fixed()
    film.picture(4)
    film.whole_picture(2)
    assert fixed() == before
    assert before[1][0] == (0, 290)  # the curves' axis is that of the whole course from the first frame on


def test_curves_end_where_the_moment_is():
    film = Film(sequence(5), FilmOptions(**SMALL, view="curves"))
    film.picture(1)  # step 72, between the evaluations at 70 and 80
    loss = film._curves[0]
    for line, (x, y) in zip(loss._so_far, loss._data, strict=True):
        drawn = np.asarray(line.get_xdata())
        assert drawn[-1] == 72
        assert np.array_equal(drawn[:-1], x[x <= 72])
        assert min(y[7:9]) <= np.asarray(line.get_ydata())[-1] <= max(y[7:9])


def test_steps_are_written_equally_wide():
    made = FrameSequence.over_training([snapshot(step=s) for s in (0, 7, 999, 1_000, 31_415)])
    words = [made.words(k, one) for k, one in enumerate(made.shown)]
    assert [w.replace("\u2007", "").replace("\u2008", "") for w in words] == [
        "step 0", "step 7", "step 999", "step 1,000", "step 31,415",
    ]  # fmt: skip
    film = Film(made, FilmOptions(**SMALL))
    widths = []
    for frame in range(5):
        film.picture(frame)
        widths.append(film._texts[0][0].get_window_extent(film._canvas.get_renderer()).width)
    assert max(widths) - min(widths) <= 2.0  # ink alone differs: a 1 is narrower than its place


def test_a_sweep_names_the_value_and_stands_each_moment():
    made = sweep()
    film = Film(made, FilmOptions(**SMALL))
    assert len(film) == 12
    assert made.words(1, made.shown[1]) == "Noise 0.1"
    assert film.picture(4) is film.picture(7)
    assert film._curves[0].axes.get_xlabel() + film._curves[1].axes.get_xlabel() == "Noise"


def test_the_twin_tells_how_many_test_points_flipped():
    film = Film(twins(), FilmOptions(**SMALL, view="twin"))
    made = film.sequence
    predicted = made.shown[0].predicted
    assert made.clean is not None
    assert predicted is not None
    clean = replace(made.clean[0], predicted=1 - predicted)
    film = Film(replace(made, clean=[clean] * 3), film.options)
    film.picture(0)
    assert (made.shown[0].scene.points.split == Split.TEST).any()
    assert film._texts[1][0].get_text() == "100.0 % flipped"


def test_a_flip_film_names_all_that_comes_and_shows_what_is_there():
    made = twins()
    film = Film(made, FilmOptions(**{**SMALL, "width": 640, "height": 480}, view="flip"))
    legend = {words.get_text() for part in film._figure.subfigs[1].subfigs for words in part.legends[0].get_texts()}
    assert {"became class 0", "became class 1", "clean boundary", "poisoned boundary"} <= legend
    plane: Any = film._planes[0]
    came = [{region.get_gid() for region in plane._regions} for frame in range(3) if film.picture(frame) is not None]
    assert came == [{"became 1"}, set(), {"became 0"}]  # the boundary wanders over the clean one from left to right


def test_a_cascade_film_keeps_one_scale_and_follows_the_path():
    film = Film(sequence(5, chained), FilmOptions(**SMALL, view="cascade"))
    told, words = film._texts[1][0], []
    for frame in range(5):
        film.picture(frame)
        words.append(told.get_text())
    assert words[0] == "", "nothing is known yet"
    assert words[-1].startswith("At the target: class ")
    times = [one.cascade for one in film.sequence.shown if one.cascade is not None]
    points = film.sequence.shown[-1].scene.points
    whole = Span.of(times[-1], points)
    assert Span.of_all((one, points) for one in times) == whole
    assert Span.of_all(()) is None


def test_points_of_a_cascade_are_drawn_anew_only_when_they_differ():
    film = Film(sequence(3, lambda k, one: chained(2, one)), FilmOptions(**SMALL, view="cascade"))
    film.picture(0)
    before = film._planes[0]._layer
    film.picture(1)
    assert film._planes[0]._layer is before


def test_what_cannot_be_filmed_is_said():
    with pytest.raises(ValueError, match="clean twin"):
        Film(sequence(2), FilmOptions(view="twin"))
    with pytest.raises(ValueError, match="clean twin"):
        Film(sequence(2), FilmOptions(view="flip"))
    with pytest.raises(ValueError, match="supervised learner has none"):
        Film(sequence(2), FilmOptions(view="cascade"))
    with pytest.raises(ValueError, match="at least one moment"):
        FrameSequence([], curves())
    with pytest.raises(ValueError, match="2 moments, but 1 of the clean twin"):
        FrameSequence(sequence(2).shown, curves(), sequence(1).shown)
    with pytest.raises(ValueError, match="2 moments, but 1 values"):
        FrameSequence(sequence(2).shown, curves(), sweep=Sweep("n", ("1",)))


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"view": "dose"}, "there is no film of 'dose'"), ({"width": 1281}, "even number.*take 1282"),
        ({"height": 100}, "240 to 3840 pixels"), ({"rate": 0}, "1 to 60 frames"), ({"hold": -1.0}, "0 to 60 seconds"),
        ({"loop": -1}, "0 for ever"), ({"style": "neon"}, "no style"), ({"levels": 1}, "2 levels"),
    ],
)  # fmt: skip
def test_options_out_of_range_are_named(choice, words):
    with pytest.raises(ValueError, match=words):
        FilmOptions(**choice)


def test_the_title_card_says_what_it_is_about():
    film = Film(sequence(2), FilmOptions(**SMALL))
    card = film.card()
    assert card.shape == (240, 320, 4)
    assert len(np.unique(card.reshape(-1, 4), axis=0)) > 10
    learner, training, points = settings(film.sequence.shown[-1], film.sequence)
    assert learner == "Multilayer perceptron, hidden layers 16-16, activation tanh"
    assert training == "Adam, learning rate 0.01, batch size 32, seed 7"
    assert points.endswith("1 poison (bridge)") or "poison" in points


@pytest.mark.parametrize(
    ("text", "first"),
    [("One. Two.", "One."), ("About 0.5 of\n it! More", "About 0.5 of it!"), ("No stop", "No stop"), ("", "")],
)
def test_the_first_sentence(text, first):
    assert first_sentence(text) == first
