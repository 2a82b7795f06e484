"""Arrays and text in one `.npz`, written whole or not at all, and read without trusting anything it says of itself."""

from __future__ import annotations

import io
import math
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from boundaryviz.scenario.atomic import write_atomic
from boundaryviz.scene.plain_text import one_line, path_end

LIMIT = 170_000_000
WORDS = 450
"""Characters of what is said of a file that cannot be read."""

_PIECE, _FED = 1 << 20, 1 << 16  # bytes looked through or unpacked at a time, and of packed ones
_MEMBERS = 100_000
_TEXT, _TEXTS = 32_000_000, 160_000_000  # bytes of one text, and of all in memory, where one character may take four
_HEADER = 2_000  # bytes that the header of an array may take: ours take 128
_RATIO = 1_100  # deflate cannot do better than 1032 : 1
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,199}\Z")
_KINDS = "biufc"  # bool, integers, floats, complex
_ENTRY = b"PK\x01\x02"  # begins each member's line in the table of contents
_LOCAL = struct.Struct("<4s5H3L2H")  # the header before each member


class ArchiveError(ValueError):
    """An archive that cannot be read; its text is a sentence for people, on one line."""

    def __init__(self, words: str) -> None:
        super().__init__(one_line(words, WORDS))


def write_archive(path: str | Path, arrays: Mapping[str, NDArray], text: Mapping[str, str] | None = None) -> None:
    """Write arrays (numbers or bool) as members `NAME.npy`, stored as they are, and text as
    `NAME.txt`, deflated.

    Raises WriteError where it cannot be written, ValueError for a name or a dtype that could not be read back.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            if not _NAME.match(name) or array.dtype.kind not in _KINDS:
                raise ValueError(f"{name!r} of {array.dtype} cannot be kept in an archive")
            member = io.BytesIO()
            npy.write_array(member, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
            archive.writestr(f"{name}.npy", member.getbuffer())
        for name, words in (text or {}).items():
            if not _NAME.match(name):
                raise ValueError(f"{name!r} cannot be kept in an archive")
            archive.writestr(f"{name}.txt", words.encode(errors="replace"), zipfile.ZIP_DEFLATED)
    write_atomic(path, buffer.getbuffer())


def read_archive(path: str | Path, limit_bytes: int = LIMIT) -> tuple[dict[str, NDArray], dict[str, str]]:
    """The arrays, read-only, and the text in a `.npz`; members of other kinds are refused.

    limit_bytes: of the file, and of all that it holds unpacked. Nothing is unpacked before what the file says of its
    sizes has been checked, and no more than it says afterwards. No pickle is ever loaded.

    Raises ArchiveError with a sentence.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > limit_bytes:
            raise ArchiveError(f"{size / 1e6:,.0f} MB large; at most {limit_bytes / 1e6:,.0f} MB are read")
        if not path.is_file():
            raise ArchiveError("a folder or a device, not a file")
        with path.open("rb") as stream:
            return _unpacked(stream, limit_bytes)
    except ArchiveError as error:
        raise ArchiveError(f"{path_end(path)}: {error}") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ArchiveError(f"{path_end(path)}: cannot be read: {why}") from None


def _unpacked(stream: BinaryIO, limit: int) -> tuple[dict[str, NDArray], dict[str, str]]:
    if _count(stream, _ENTRY) > 2 * _MEMBERS:  # before a list of them is made
        raise ArchiveError("it has far too many members")
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error, EOFError, IndexError) as error:
        raise ArchiveError(f"not a complete archive ({error})") from None
    _check(members, limit)
    arrays: dict[str, NDArray] = {}
    text: dict[str, str] = {}
    room = _TEXTS
    for member in members:
        content = _content(stream, member)
        name, ending = member.filename[:-4], member.filename[-4:]
        if ending == ".npy":
            arrays[name] = _array(member.filename, content)
        else:
            try:
                text[name] = str(content, "utf-8")
            except UnicodeDecodeError:
                raise ArchiveError(f"{member.filename} is not UTF-8 text") from None
            room -= sys.getsizeof(text[name])
            if room < 0:
                raise ArchiveError("there is more text in it than is read")
    return arrays, text


def _count(stream: BinaryIO, words: bytes) -> int:
    """How often they occur, give or take those on the border of two pieces."""
    stream.seek(0)
    return sum(piece.count(words) for piece in iter(lambda: stream.read(_PIECE), b""))


def _check(members: list[zipfile.ZipInfo], limit: int) -> None:
    """Look at what the archive says of its members, before any of them is touched."""
    if len(members) > _MEMBERS:
        raise ArchiveError(f"it has {len(members):,} members; at most {_MEMBERS:,} are read")
    if len({member.filename for member in members}) != len(members):
        raise ArchiveError("two members have one name")
    for member in members:
        name = member.filename
        if not _NAME.match(name) or not name.endswith((".npy", ".txt")) or name.startswith(".") or len(name) <= 4:
            raise ArchiveError(f"a member is called {name[:80]!r}, which is no array and no text of ours")
        if member.flag_bits & 0x1:
            raise ArchiveError(f"{name} is encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArchiveError(f"{name} is packed in a way that is not read here")
        if member.compress_type == zipfile.ZIP_STORED and member.file_size != member.compress_size:
            raise ArchiveError(f"{name} says two things of its size")
        if member.file_size > _RATIO * max(member.compress_size, 1):
            raise ArchiveError(f"{name} claims to unpack to more than is possible")
        if name.endswith(".txt") and member.file_size > _TEXT:
            raise ArchiveError(f"{name} is a text of {member.file_size / 1e6:,.0f} MB")
    if (total := sum(member.file_size for member in members)) > limit:
        raise ArchiveError(f"it unpacks to {total / 1e6:,.0f} MB; at most {limit / 1e6:,.0f} MB are read")


def _content(stream: BinaryIO, member: zipfile.ZipInfo) -> memoryview:
    """A member's bytes, exactly as many as it says."""
    name, at = member.filename, member.header_offset
    stream.seek(max(at, 0))
    header = stream.read(_LOCAL.size) if at >= 0 else b""
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise ArchiveError(f"{name} does not stand where the archive says")
    *_, name_length, extra_length = _LOCAL.unpack(header)
    stream.seek(name_length + extra_length, io.SEEK_CUR)
    packed = stream.read(member.compress_size)
    if len(packed) != member.compress_size:
        raise ArchiveError(f"{name} is cut off")
    content = memoryview(packed) if member.compress_type == zipfile.ZIP_STORED else _inflated(packed, member)
    if zlib.crc32(content) != member.CRC:
        raise ArchiveError(f"{name} is damaged (its checksum does not fit)")
    return content.toreadonly()


def _inflated(packed: bytes, member: zipfile.ZipInfo) -> memoryview:
    """Unpacked a piece at a time, into just as much memory as it says that it takes."""
    content, end = memoryview(bytearray(member.file_size)), 0
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _FED):
            part, piece = packed[at : at + _FED], b"more"
            while piece and end <= len(content):
                piece = inflater.decompress(part, _PIECE)
                content[end : end + len(piece)] = piece[: len(content) - end]
                part, end = inflater.unconsumed_tail, end + len(piece)
    except zlib.error as error:
        raise ArchiveError(f"{member.filename} is damaged ({error})") from None
    if end != len(content) or not inflater.eof:
        raise ArchiveError(f"{member.filename} does not unpack to the size it says")
    return content


def _array(name: str, content: memoryview) -> NDArray:
    """A view of the bytes, read-only, once the header has been found to describe exactly them."""
    stream = io.BytesIO(content[: _HEADER + 16])
    try:
        version = npy.read_magic(stream)
        if version not in ((1, 0), (2, 0)):
            raise ArchiveError(f"{name} is of an array format that is not read here")
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(stream, max_header_size=_HEADER)
    except ArchiveError:
        raise
    except Exception as error:  # the header is a Python literal; whatever its parser says of a broken one
        raise ArchiveError(f"{name} has a broken header ({type(error).__name__})") from None
    if dtype.kind not in _KINDS or dtype.hasobject or dtype.subdtype is not None or dtype.itemsize == 0:
        raise ArchiveError(f"{name} holds {dtype}, not numbers")
    if len(shape) > 32 or any(isinstance(n, bool) or not 0 <= n < 2**40 for n in shape):
        raise ArchiveError(f"{name} has an impossible shape")
    values = content[stream.tell() :]
    if math.prod(shape) * dtype.itemsize != len(values):
        raise ArchiveError(f"{name} has {len(values):,} bytes, which do not make an array of shape {shape}")
    array = np.frombuffer(values, dtype=dtype)
    if dtype.kind == "b" and array.view(np.uint8).max(initial=0) > 1:
        raise ArchiveError(f"{name} holds bytes that are neither true nor false")
    return array.reshape(shape, order="F" if fortran else "C")
