"""Films as files: GIF, WebP and MP4, written frame by frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
"""One frame, (height, width, 4): red, green, blue, and a fourth value that is not looked at."""


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


_BT709, _LIMITED = 1, 1  # as ffmpeg numbers them
_COLOURS = 255  # of a GIF: one place of 256 is for transparent, for what does not change
_CELL = 8  # how far apart colours are in Pillow's search for the nearest one

# Bit-exact: no versions and dates, so that the same film makes the same bytes.
_KINDS = {
    "gif": _Kind("gif", "pal8", {}),
    "webp": _Kind("libwebp_anim", "bgra", {"quality": "80", "compression_level": "0"}),
    "mp4": _Kind("libx264", "yuv420p", {"preset": "veryfast", "crf": "18"}, {"movflags": "+faststart"}),
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
