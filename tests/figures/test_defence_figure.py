"""What a defence removed, drawn: crosses on planes, the scores behind it, and the numbers in files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from boundaryviz.figures.data import data_of
from boundaryviz.figures.draw import draw, save
from boundaryviz.figures.film.drawing import Film
from boundaryviz.figures.film.options import FilmOptions
from boundaryviz.figures.film.sequence import FrameSequence
from boundaryviz.record import pins_file
from boundaryviz.record.archive import ArchiveError
from boundaryviz.record.pins import PinnedSnapshot
from helpers.snapshots import curves, guarded, snapshot

POISON, CLEAN = "removed, poison", "removed, clean"


def crosses(axes: Any, which: str) -> list[tuple[float, float]]:
    found = [one for one in axes.collections if one.get_gid() == which]
    return sorted(tuple(place) for one in found for place in np.asarray(one.get_offsets()).tolist())


def wanted(poison: bool) -> list[tuple[float, float]]:
    shown = guarded()
    judged, points = shown.judged, shown.scene.points
    assert judged is not None
    ids = judged.ids[judged.removed & (judged.poison == poison)]
    return sorted(map(tuple, points.xy[points.positions(ids)].tolist()))


@pytest.mark.parametrize("view", ["boundary", "summary", "defence"])
def test_every_plane_crosses_what_is_removed_and_its_legend_says_so(view: str) -> None:
    figure = draw(view, guarded())
    axes = figure.axes[0]
    assert crosses(axes, POISON) == wanted(True)
    assert crosses(axes, CLEAN) == wanted(False)
    words = {text.get_text() for one in figure.legends for text in one.get_texts()}
    words |= {text.get_text() for part in figure.subfigs for one in part.legends for text in one.get_texts()}
    assert {POISON, CLEAN} <= words


def test_without_a_verdict_nothing_is_crossed_and_the_view_says_what_to_do() -> None:
    assert crosses(draw("boundary", snapshot()).axes[0], CLEAN) == []
    with pytest.raises(ValueError, match="switch one on first"):
        draw("defence", snapshot())
    with pytest.raises(ValueError, match="kept without"):
        draw("defence", replace(guarded(), judged=None))


def test_the_scores_are_counted_and_the_dot_is_what_was_removed() -> None:
    shown = guarded()
    judged = shown.judged
    assert judged is not None
    scores, rates = draw("defence", shown).axes[1:]
    bars = sum(patch.get_height() for patch in scores.patches if isinstance(patch, Rectangle))
    assert bars == len(judged.ids)
    (dot,) = [line for line in rates.get_lines() if line.get_gid() == "removed"]
    clean = int((~judged.poison).sum())
    assert dot.get_xdata()[0] == pytest.approx(2 / clean)  # type: ignore[index]
    assert dot.get_ydata()[0] == 1.0  # type: ignore[index]


def test_without_poison_or_scores_the_view_says_so() -> None:
    shown = guarded()
    judged = shown.judged
    assert judged is not None
    bare = replace(judged, poison=np.zeros(len(judged.ids), bool), scores=np.full(len(judged.ids), np.nan))
    words = [text.get_text() for axes in draw("defence", replace(shown, judged=bare)).axes for text in axes.texts]
    assert "no point was given a score" in words
    assert "no poison to be found" in words


def test_the_data_hold_weight_and_score_of_each_point() -> None:
    shown = guarded()
    judged = shown.judged
    assert judged is not None
    found = data_of("defence", shown)
    assert found.columns[-2:] == ("weight", "score")
    by_id = {row[0]: row[-2:] for row in found.rows}
    for ident, weight, score in zip(judged.ids.tolist(), judged.weights, judged.scores, strict=True):
        assert by_id[ident] == (weight, pytest.approx(score))
    assert np.isnan([row[-1] for row in found.rows if row[0] not in judged.ids]).all()


def test_a_film_shows_the_crosses_of_the_moment() -> None:
    first, second = snapshot(), replace(guarded(), step=300)
    second = replace(second, scene=first.scene, scenario=first.scenario)
    film = Film(FrameSequence([first, second, first], curves()), FilmOptions(view="boundary", width=320, height=240))
    pictures = [film.picture(at).copy() for at in range(3)]
    assert np.array_equal(pictures[0], pictures[2])
    assert not np.array_equal(pictures[0], pictures[1])
    for at in range(3):
        apart = np.abs(film.whole_picture(at).astype(int) - film.picture(at)).max(axis=2)
        assert (apart > 8).mean() < 1e-3  # edges of points are blended twice


def test_pins_keep_what_was_removed(tmp_path: Path) -> None:
    path = tmp_path / "mine.pins.npz"
    pins_file.write(path, [PinnedSnapshot("a", guarded()), PinnedSnapshot("b", snapshot())])
    kept, bare = (pin.snapshot.judged for pin in pins_file.read(path))
    judged = guarded().judged
    assert bare is None
    assert kept is not None
    assert judged is not None
    for name in ("ids", "poison", "weights", "scores"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(judged, name))
    save(draw("defence", pins_file.read(path)[0].snapshot), tmp_path / "a.svg")


@pytest.mark.parametrize("broken", ["twice", "weights", "kind", "length"])
def test_a_file_of_pins_with_a_verdict_that_is_none_is_refused(broken: str, tmp_path: Path) -> None:
    shown = guarded()
    judged = shown.judged
    assert judged is not None
    columns: dict[str, Any] = {
        "twice": {"ids": np.zeros_like(judged.ids)}, "weights": {"weights": judged.weights + 2},
        "kind": {"scores": judged.scores.astype(np.float32)}, "length": {"scores": judged.scores[:-1].copy()},
    }  # fmt: skip
    path = tmp_path / "bad.pins.npz"
    pins_file.write(path, [PinnedSnapshot("a", replace(shown, judged=replace(judged, **columns[broken])))])
    with pytest.raises(ArchiveError, match="verdict"):
        pins_file.read(path)
