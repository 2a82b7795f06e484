"""Films as files: what was written is what is read again, and what was not finished leaves nothing behind."""

from __future__ import annotations

import os
import resource
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from boundaryviz.figures.film.drawing import Film
from boundaryviz.figures.film.encoding import film_file, write_film
from boundaryviz.figures.film.options import FORMATS, FilmOptions, check_film_path
from boundaryviz.scenario.atomic import replacing
from boundaryviz.scenario.files import WriteError
from helpers.few import few
from helpers.sequences import SMALL, sequence

OPTIONS = FilmOptions(view="boundary", **SMALL)


def read(path: Path) -> list[np.ndarray]:
    """Every frame, (height, width, 3)."""
    if path.suffix == ".webp":  # ffmpeg cannot read what it writes
        with Image.open(path) as film:
            return [np.array(_at(film, k).convert("RGB")) for k in range(getattr(film, "n_frames", 1))]
    with av.open(str(path)) as film:
        space = "ITU709" if path.suffix == ".mp4" else None
        return [f.reformat(format="rgb24", src_colorspace=space).to_ndarray() for f in film.decode(video=0)]


def _at(film: Image.Image, frame: int) -> Image.Image:
    film.seek(frame)
    return film


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    film = Film(sequence(6), OPTIONS)
    return [film.picture(frame)[..., :3] for frame in range(6)]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_frame_is_read_again_in_its_colours(kind: str, tmp_path: Path, pictures: list[np.ndarray]):
    place = tmp_path / f"a film, ein Фильм.{kind}"
    done: list[tuple[int, int]] = []
    assert write_film(place, sequence(6), OPTIONS, lambda *now: done.append(now)) == place.stat().st_size
    frames = read(place)
    assert len(frames) == 6
    for frame, picture in zip(frames, pictures, strict=True):
        assert frame.shape == picture.shape == (240, 320, 3)
        assert np.abs(frame.astype(int) - picture).mean() < 5
        assert np.abs(frame[2, 2].astype(int) - 255).max() <= (0 if kind == "gif" else 2)  # paper is white
    assert np.abs(frames[0].astype(int) - frames[5]).mean() > 5
    assert done == [(k, 6) for k in range(1, 7)]
    assert os.listdir(tmp_path) == [place.name]
    assert place.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("kind", few(FORMATS))
def test_the_same_film_makes_the_same_bytes(kind: str, tmp_path: Path):
    places = [tmp_path / f"{name}.{kind}" for name in "ab"]
    for place in places:
        write_film(place, sequence(3), replace(OPTIONS, card=0.1))
    assert places[0].read_bytes() == places[1].read_bytes()


def test_rate_title_and_stand_of_a_video(tmp_path: Path):
    place = tmp_path / "film.mp4"
    write_film(place, sequence(4), replace(OPTIONS, rate=10, card=0.5, hold=0.3))
    with av.open(str(place)) as film:
        assert film.streams.video[0].average_rate == 10
        assert film.metadata["title"] == "Stripes cost $5 or $6"
        assert "seed 7" in film.metadata["comment"]
    data = place.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # starts before it is all there
    frames = read(place)
    assert len(frames) == 5 + 4 + 3
    card = Film(sequence(4), OPTIONS).card()[..., :3]
    assert np.abs(frames[0].astype(int) - card).mean() < 5
    assert np.abs(frames[-1].astype(int) - frames[-4]).mean() < 1


@pytest.mark.parametrize(("kind", "loop", "found"), [("gif", 0, 0), ("gif", 3, 2), ("webp", 0, 0), ("webp", 3, 3)])
def test_loops_and_pace_of_pictures(kind: str, loop: int, found: int, tmp_path: Path):
    place = tmp_path / f"film.{kind}"
    write_film(place, sequence(3), replace(OPTIONS, rate=20, loop=loop))
    with Image.open(place) as film:
        assert film.info["loop"] == found  # a GIF says how often it is repeated, a WebP how often it is shown
        _at(film, 1).load()
        assert film.info["duration"] == 50


def test_a_gif_shown_once_says_nothing_of_repeating(tmp_path: Path):
    write_film(tmp_path / "film.gif", sequence(3), replace(OPTIONS, loop=1))
    with Image.open(tmp_path / "film.gif") as film:
        assert "loop" not in film.info


@pytest.mark.parametrize("kind", FORMATS)
def test_one_frame_is_a_film_too(kind: str, tmp_path: Path):
    write_film(tmp_path / f"film.{kind}", sequence(1), OPTIONS)
    assert len(read(tmp_path / f"film.{kind}")) == 1


def test_frames_that_stand_are_written_as_often(tmp_path: Path):
    write_film(tmp_path / "film.mp4", replace(sequence(3), each=4), OPTIONS)
    frames = read(tmp_path / "film.mp4")
    assert len(frames) == 12
    assert np.abs(frames[0].astype(int) - frames[3]).mean() < 1


class Stop(Exception):
    pass


def _stop(done: int, total: int) -> None:
    if done == 3:
        raise Stop


@pytest.mark.parametrize("kind", few(FORMATS))
def test_a_film_that_is_cancelled_leaves_the_older_one_as_it_was(kind: str, tmp_path: Path):
    place = tmp_path / f"film.{kind}"
    with pytest.raises(Stop):
        write_film(place, sequence(6), OPTIONS, _stop)
    assert os.listdir(tmp_path) == []
    place.write_bytes(b"older")
    with pytest.raises(Stop):
        write_film(place, sequence(6), OPTIONS, _stop)
    assert os.listdir(tmp_path) == [place.name]
    assert place.read_bytes() == b"older"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_full_disk_is_told_and_leaves_nothing(kind: str, tmp_path: Path):
    place = tmp_path / f"film.{kind}"
    place.write_bytes(b"older")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(WriteError, match=r"Cannot write .*film\..*: .*large.*Make room"):
            write_film(place, sequence(6), OPTIONS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert os.listdir(tmp_path) == [place.name]
    assert place.read_bytes() == b"older"


def test_an_encoder_that_fails_is_told(tmp_path: Path):
    with pytest.raises(ValueError, match="Unexpected"), film_file("mp4", tmp_path / "x.mp4", (320, 240), 25) as file:
        file.add(np.zeros((240, 320, 3), np.uint8))


def test_places_that_cannot_be_written_are_told_before_anything_is_drawn(tmp_path: Path):
    for name, words in {
        "film.avi": "ends in one of .gif, .webp, .mp4", "film": "ends in one of", "no/film.gif": "there is no folder",
    }.items():  # fmt: skip
        with pytest.raises(WriteError, match=words):
            check_film_path(tmp_path / name)
        with pytest.raises(WriteError, match=words):
            write_film(tmp_path / name, sequence(2), OPTIONS)
    assert check_film_path(tmp_path / "FILM.GIF") == "gif"
    assert os.listdir(tmp_path) == []


def test_a_link_stays_a_link_and_rights_stay(tmp_path: Path):
    (tmp_path / "real.gif").write_bytes(b"older")
    (tmp_path / "real.gif").chmod(0o640)
    (tmp_path / "link.gif").symlink_to("real.gif")
    write_film(tmp_path / "link.gif", sequence(1), OPTIONS)
    assert (tmp_path / "link.gif").is_symlink()
    assert (tmp_path / "real.gif").read_bytes().startswith(b"GIF89a")
    assert (tmp_path / "real.gif").stat().st_mode & 0o777 == 0o640


def test_a_folder_taken_away_meanwhile_is_told(tmp_path: Path):
    folder = tmp_path / "gone"
    folder.mkdir()

    def taken() -> None:
        with replacing(folder / "film.gif") as own:
            own.unlink()
            folder.rmdir()

    with pytest.raises(WriteError, match="Cannot write"):
        taken()


@pytest.mark.parametrize("kind", few(FORMATS))
def test_the_estimate_is_near_the_size(kind: str, tmp_path: Path):
    film = sequence(61)
    told: list[int] = []
    size = write_film(tmp_path / f"film.{kind}", film, OPTIONS, tell_size=told.append)
    assert len(told) == 1
    assert size / 3 < told[0] < 3 * size
    write_film(tmp_path / f"film.{kind}", sequence(10), OPTIONS, tell_size=told.append)
    assert len(told) == 1  # over before it would be known
