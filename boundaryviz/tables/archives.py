"""What is packed in a gzip file or a zip archive, unpacked into memory and never into more than is allowed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from boundaryviz.tables.sheet import TableError

MOST = 64_000_000
"""Bytes that a file may unpack to."""

_MEMBERS = 2_000
_ENTRY = b"PK\x01\x02"  # begins each member's line in the table of contents
_PIECE = 1 << 18
_BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, struct.error, EOFError, IndexError)


def gunzipped(source: Path | bytes) -> bytes:
    """The bytes in a gzip file. Raises OSError, and TableError for what is broken, too large or packed twice."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    found = bytearray()
    try:
        while data:  # of one or more packed after each other
            unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
            while data and not unpack.eof:
                found += unpack.decompress(data, _PIECE)
                data = unpack.unconsumed_tail
                if len(found) > MOST:
                    raise _too_large()
            if not unpack.eof:
                raise TableError(["the gzip file is cut off; copy or download it again"])
            data = unpack.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise TableError([f"the gzip file is damaged ({error}); copy or download it again"]) from None
    if found.startswith(b"\x1f\x8b"):
        raise TableError(["the table is packed twice; unpack it once"])
    return bytes(found)


def unzipped(source: Path | bytes) -> Mapping[str, bytes]:
    """The members of a zip archive by name, each as large as the archive says and of the checksum that it says.

    Raises OSError, and TableError for what is broken or too large.
    """
    data = source if isinstance(source, bytes) else source.read_bytes()
    if data.count(_ENTRY) > 2 * _MEMBERS:  # before a list of them is made
        raise TableError(["the archive has far too many members; save the table as CSV (UTF-8)"])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS:
                raise TableError(["the archive has far too many members; save the table as CSV (UTF-8)"])
            if sum(member.file_size for member in members) > MOST:
                raise _too_large()
            if any(member.flag_bits & 0x1 for member in members):
                raise TableError(["the archive has a password; take it off"])
            return {member.filename: archive.read(member) for member in members}
    except zlib.error as error:
        raise TableError([f"the archive is damaged ({error}); copy or download it again"]) from None
    except TableError:
        raise
    except _BROKEN as error:
        raise TableError([f"the archive is not complete or damaged ({error}); copy or download it again"]) from None


def zipped(members: Mapping[str, bytes]) -> bytes:
    """These members in an archive, as they are: what another reader finds there is what was looked at here."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def _too_large() -> TableError:
    return TableError([f"it unpacks to more than {MOST / 1e6:,.0f} MB; take a sample of it, or save it as CSV (UTF-8)"])
