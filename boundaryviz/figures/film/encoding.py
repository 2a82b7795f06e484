"""From a sequence to a GIF, WebP or MP4: frames are drawn here, and encoded in a second thread beside this one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from boundaryviz.figures.draw import facts
from boundaryviz.figures.film.drawing import Film, Picture
from boundaryviz.figures.film.options import FilmOptions, check_film_path, check_room
from boundaryviz.figures.film.sequence import FrameSequence
from boundaryviz.jobs.messages import OnProgress
from boundaryviz.scenario.atomic import replacing
from boundaryviz.scenario.scratch import Scratch

_WAITING = 4  # frames at most that are drawn and not encoded yet
_SAMPLES = 6  # frames from which a GIF takes its colours
_RUNS, _RUN = 3, (4, 12)  # what the last frames of so many stretches of the film add tells the size of the file
_SOON = 60  # frames: below that the size is known before it could be estimated
_BT709, _LIMITED = 1, 1  # as ffmpeg numbers them
_COLOURS = 255  # of a GIF: one place of 256 is for transparent, for what does not change
_CELL = 8  # how far apart colours are in Pillow's search for the nearest one


def write_film(
    path: str | Path,
    sequence: FrameSequence,
    options: FilmOptions,
    progress: OnProgress | None = None,
    tell_size: Callable[[int], object] | None = None,
) -> int:
    """Write a GIF, WebP or MP4, by the ending of `path`, whole or not at all; the size of the file in bytes.

    progress: called with the frames drawn, and all frames.
    tell_size: called with an estimate of that size before the first frame is written, where it takes long enough.
    The same sequence and options make the same bytes. Raises WriteError, in a sentence, for another ending or where the
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


# ---- files: frame by frame, by ffmpeg -------------------------------------------------------------------


class FilmFile(Protocol):
    """A film that is being written."""

    def add(self, picture: Picture, times: int = 1) -> None:
        """Append a frame, to be seen for so many frames' time. Raises OSError."""

    def close(self) -> None:
        """Write what is still held back. Raises OSError."""

    def abort(self) -> None:
        """Let go of the file as it is."""


@dataclass(frozen=True)
class _Kind:
    """How ffmpeg is told to write a format."""

    codec: str
    pixels: str
    codec_options: Mapping[str, str]
    container_options: Mapping[str, str] = field(default_factory=dict)


# Bit-exact: no versions and dates, so that the same film makes the same bytes.
_KINDS = {
    "gif": _Kind("gif", "pal8", {}),
    "webp": _Kind("libwebp_anim", "bgra", {"quality": "80", "compression_level": "0"}),
    # one thread: with several, two files in a hundred came out otherwise; drawing takes longer than encoding anyway
    "mp4": _Kind("libx264", "yuv420p", {"preset": "veryfast", "crf": "18", "threads": "1"}, {"movflags": "+faststart"}),
}


class _Stream:
    """A `FilmFile` that hands every frame to ffmpeg's encoder."""

    def __init__(
        self, kind: str, path: Path, size: tuple[int, int], rate: int, loop: int, facts: Mapping[str, str]
    ) -> None:
        how = _KINDS[kind]
        options = {"fflags": "+bitexact", **how.container_options}
        if kind in ("gif", "webp"):  # gif counts repetitions, with -1 for none; webp counts showings
            options["loop"] = str(loop if kind == "webp" or loop == 0 else loop - 1 or -1)
        self._container: Any = av.open(str(path), "w", format=kind, options=options)
        self._container.metadata.update(facts)
        stream: Any = self._container.add_stream(how.codec, rate=rate, options=dict(how.codec_options))
        stream.width, stream.height = size
        stream.pix_fmt = how.pixels
        context = stream.codec_context
        context.flags |= av.codec.context.Flags.bitexact
        if how.pixels.startswith("yuv"):  # players take the colours of a large picture to be BT.709
            context.colorspace = context.color_primaries = context.color_trc = _BT709
            context.color_range = _LIMITED
        self._stream = stream
        self._pixels, self._base, self._next = how.pixels, Fraction(1, rate), 0

    def add(self, picture: Picture, times: int = 1) -> None:
        frame = self._frame(picture)
        for _ in range(times):
            frame.pts, frame.time_base, frame.duration = self._next, self._base, 1
            self._next += 1
            self._container.mux(self._stream.encode(frame))

    def _frame(self, picture: Picture) -> av.VideoFrame:
        space = "ITU709" if self._pixels.startswith("yuv") else None
        return av.VideoFrame.from_ndarray(picture, "rgba").reformat(format=self._pixels, dst_colorspace=space)

    def close(self) -> None:
        self._container.mux(self._stream.encode())
        self._container.close()

    def abort(self) -> None:
        self._container.close()


class _Gif(_Stream):
    """All frames in the colours of one palette: choosing colours for each would take longer than drawing it."""

    def __init__(self, *how: Any, sample: Sequence[Picture]) -> None:
        super().__init__(*how)
        colours = _palette(sample)
        self._palette = Image.new("P", (1, 1))
        self._palette.putpalette(colours.tobytes(), "RGB")
        self._table = np.zeros((256, 4), dtype=np.uint8)  # what is left stays transparent
        self._table[: len(colours)] = np.insert(colours, 0, 255, axis=1)

    def _frame(self, picture: Picture) -> av.VideoFrame:
        height, width = picture.shape[:2]
        plain = Image.frombytes("RGB", (width, height), picture, "raw", "RGBX")
        nearest = plain.quantize(palette=self._palette, dither=Image.Dither.NONE)
        return av.VideoFrame.from_ndarray((np.asarray(nearest), self._table), "pal8")  # type: ignore[arg-type]


def _palette(sample: Sequence[Picture]) -> NDArray[np.uint8]:
    """At most 255 colours, (count, 3), for all these pictures, the commonest first and just as they are, so that paper
    stays paper; none so near another that Pillow's search for the nearest might take them for each other."""
    some = np.concatenate([np.ascontiguousarray(picture[::2, ::2]).view(np.uint32).ravel() for picture in sample])
    packed, counts = np.unique(some, return_counts=True)
    left = packed[np.argsort(-counts, kind="stable")].view(np.uint8).reshape(-1, 4)[:, :3].astype(np.int16)
    chosen: list[NDArray[np.int16]] = []
    while len(left) and len(chosen) < _COLOURS:
        chosen.append(left[0])
        left = left[np.abs(left - left[0]).max(axis=1) >= _CELL]
    return np.array(chosen, dtype=np.uint8)


@contextmanager
def film_file(
    kind: str,
    path: Path,
    size: tuple[int, int],
    rate: int,
    loop: int = 0,
    sample: Sequence[Picture] = (),
    facts: Mapping[str, str] | None = None,
) -> Iterator[FilmFile]:
    """A film of `size` (width, height) written straight to `path`; closed at the end, let go of after an exception.

    kind: one of `options.FORMATS`. loop: how often it is shown, 0 for ever. sample: frames whose colours a GIF
    takes. facts: metadata for an MP4. Raises OSError.
    """
    how = (kind, path, size, rate, loop, facts or {})
    made = _Gif(*how, sample=sample) if kind == "gif" else _Stream(*how)
    try:
        yield made
    except BaseException:
        made.abort()
        raise
    made.close()
