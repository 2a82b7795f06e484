"""From a reel to a file: frames are drawn here, and encoded in a second thread beside this one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

from boundaryviz.figures.draw import facts
from boundaryviz.figures.film.drawing import Film
from boundaryviz.figures.film.files import FilmFile, Picture, film_file
from boundaryviz.figures.film.options import FilmOptions, check_film_path, check_room
from boundaryviz.figures.film.sequence import FrameSequence
from boundaryviz.scenario.atomic import replacing
from boundaryviz.scenario.scratch import Scratch

Progress = Callable[[int, int], object]
"""Called with (frames drawn, frames in all); may raise to stop."""

_WAITING = 4  # frames at most that are drawn and not encoded yet
_SAMPLES = 6  # frames from which a GIF takes its colours
_RUNS, _RUN = 3, (4, 12)  # what the last frames of so many sequences add tells the size of the file
_SOON = 60  # frames: below that the size is known before it could be estimated


def write_film(
    path: str | Path,
    sequence: FrameSequence,
    options: FilmOptions,
    progress: Progress | None = None,
    tell_size: Callable[[int], object] | None = None,
) -> int:
    """Write a GIF, WebP or MP4, by the ending of `path`, whole or not at all; the size of the file in bytes.

    tell_size: called with an estimate of that size before the first frame is written, where it takes long enough.
    The same reel and options make the same bytes. Raises WriteError, in a sentence, for another ending or where the
    file cannot be written, MemoryNeeded, and ValueError as `Film` does. What `progress` raises ends the film and
    leaves no file.
    """
    kind = check_film_path(path)
    check_room(options)
    film = Film(sequence, options)
    if tell_size is not None and len(film) > _SOON and (size := _estimated(film, kind)):
        tell_size(size)
    with replacing(path) as own:
        with _opened(film, kind, own) as file, _Encoding(file) as encode:
            for done, (picture, times) in enumerate(_pictures(film), 1):
                encode(picture, times)
                if progress is not None:
                    progress(min(done, len(film)), len(film))
        return own.stat().st_size


def _estimated(film: Film, kind: str) -> int:
    try:
        return estimated_size(film, kind)
    except OSError:  # no room for temporary files; there may be for the film
        return 0


def estimated_size(film: Film, kind: str) -> int:
    """About how many bytes the film will take: a first frame, and what further ones add in some places of it."""
    few, many = _RUN
    first, further = 0, 0.0
    with Scratch("film") as folder:
        for run in range(_RUNS):
            begin = (len(film) - many) * run // (_RUNS - 1)
            sizes = [_size_of(film, kind, folder, begin, count) for count in (few, many)]
            first, further = max(first, sizes[0]), further + (sizes[1] - sizes[0]) / (many - few) / _RUNS
    return round(first + further * (len(film) - few))


def _size_of(film: Film, kind: str, folder: Path, begin: int, count: int) -> int:
    place = folder / f"sample.{kind}"
    with _opened(film, kind, place) as file:
        for frame in range(begin, begin + count):
            file.add(film.picture(frame))
    return place.stat().st_size


def _opened(film: Film, kind: str, path: Path) -> AbstractContextManager[FilmFile]:
    options, about = film.options, facts(film.sequence.shown[-1])
    sample = [film.picture((len(film) - 1) * k // (_SAMPLES - 1)) for k in range(_SAMPLES)] if kind == "gif" else []
    words = {"title": about["title"], "comment": ", ".join(f"{k} {about[k]}" for k in ("scenario", "seed", "version"))}
    return film_file(kind, path, (options.width, options.height), options.rate, options.loop, sample, words)


def _pictures(film: Film) -> Iterator[tuple[Picture, int]]:
    """Every picture and for how many frames it is seen, the title card first."""
    options = film.options
    if options.card:
        yield film.card(), max(1, round(options.card * options.rate))
    for frame in range(len(film) - 1):
        yield film.picture(frame), 1
    yield film.picture(len(film) - 1), 1 + round(options.hold * options.rate)


class _Encoding:
    """Hands pictures to a file in a second thread, which is waited for where it falls behind, and at the end."""

    def __init__(self, file: FilmFile) -> None:
        self._file = file
        self._pending: deque[Future[None]] = deque()

    def __enter__(self) -> Callable[[Picture, int], None]:
        self._pool = ThreadPoolExecutor(1, "film")
        return self._add

    def _add(self, picture: Picture, times: int) -> None:
        while len(self._pending) >= _WAITING:
            self._pending.popleft().result()
        self._pending.append(self._pool.submit(self._file.add, picture, times))

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        if kind is None:
            for one in self._pending:
                one.result()
