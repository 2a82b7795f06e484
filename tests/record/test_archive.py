"""Archives: there and back, and nothing but an ArchiveError from whatever else is called one."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from boundaryviz.record.archive import ArchiveError, read_archive, write_archive

NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,20}", fullmatch=True)
KINDS = st.sampled_from([np.float32, np.float64, np.int8, np.int64, np.uint16, np.bool_, np.complex64])
ARRAYS = KINDS.flatmap(lambda kind: arrays(kind, array_shapes(min_dims=0, min_side=0, max_side=5)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archives")


@given(st.dictionaries(NAMES, ARRAYS, max_size=4), st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"))))
def test_what_is_written_is_read_back_to_the_bit(folder: Path, given_arrays, words) -> None:
    write_archive(folder / "a.npz", given_arrays, words)
    found, text = read_archive(folder / "a.npz")
    assert text == words
    assert found.keys() == given_arrays.keys()
    for name, array in given_arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()
        assert not found[name].flags.writeable


def test_numpy_reads_ours_and_we_read_numpys(folder: Path) -> None:
    field = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    write_archive(folder / "ours.npz", {"field": field})
    with np.load(folder / "ours.npz", allow_pickle=False) as theirs:
        assert np.array_equal(theirs["field"], field)
    np.savez_compressed(folder / "numpys.npz", field=field)
    assert np.array_equal(read_archive(folder / "numpys.npz")[0]["field"], field)


def sample(folder: Path) -> bytes:
    write_archive(folder / "sample.npz", {"a": np.arange(50.0), "b": np.ones((3, 4), bool)}, {"about": "words " * 20})
    return (folder / "sample.npz").read_bytes()


@given(st.data())
def test_damage_is_found_or_harmless(folder: Path, data: st.DataObject) -> None:
    whole = sample(folder)
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = {
        "cut": lambda: whole[:at],
        "flip": lambda: whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :],
        "insert": lambda: whole[:at] + data.draw(st.binary(min_size=1, max_size=8)) + whole[at:],
        "twice": lambda: whole[:at] + whole,
    }[data.draw(st.sampled_from(["cut", "flip", "insert", "twice"]))]()
    (folder / "broken.npz").write_bytes(broken)
    try:
        found, text = read_archive(folder / "broken.npz")
    except ArchiveError:
        return
    # a byte that nobody looks at, such as one of a time
    assert {**found, **text}.keys() <= {"a", "b", "about"}
    assert all(np.array_equal(found[name], known) for name, known in [("a", np.arange(50.0))] if name in found)


def packed(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_dot_", "."), content)
    return stream.getvalue()


def npy(header: str, content: bytes = b"") -> bytes:
    words = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(words)) + words + content


def of(shape: object, descr: object = "<f8", fortran: bool = False) -> str:
    return repr({"descr": descr, "fortran_order": fortran, "shape": shape})


class Code:
    """What runs when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("code of a file was run",)


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (npy(of((1,), "|O"), pickle.dumps(Code())), "not numbers"),
        (npy(of((1,), [("a", "|O")]), b"8 bytes "), "not numbers"),
        (npy(of((2,), "<U4"), b"8 bytes "), "not numbers"),
        (npy(of((2,)), b"8 bytes "), "do not make an array of shape"),
        (npy(of((2**62, 2**62)), b"8 bytes "), "impossible shape"),
        (npy(of((-1,)), b"8 bytes "), "impossible shape"),
        (npy(of((1,) * 40), b"8 bytes "), "impossible shape"),
        (npy("__import__('os').abort()"), "broken header"),
        (npy("(" * 100), "broken header"),
        (b"\x93NUMPY\x09\x00", "format that is not read"),
        (b"", "broken header"),
        (npy(of((2,), "|b1"), b"\x01\x02"), "neither true nor false"),
    ],
)
def test_arrays_that_are_none_are_refused(tmp_path: Path, member: bytes, words: str) -> None:
    (tmp_path / "a.npz").write_bytes(packed(a_dot_npy=member))
    with pytest.raises(ArchiveError, match=words):
        read_archive(tmp_path / "a.npz")


@pytest.mark.parametrize(
    "name", ["../a.npy", "/etc/a.npy", "a\\b.npy", "folder/a.npy", "a.exe", ".npy", "a" * 300 + ".npy"]
)
def test_strange_names_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.npz").write_bytes(packed(**{name: b"x"}))
    with pytest.raises(ArchiveError, match="a member is called"):
        read_archive(tmp_path / "a.npz")


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    bomb = packed(a_dot_txt=b"0" * 3_000_000)
    (tmp_path / "bomb.npz").write_bytes(bomb)
    with pytest.raises(ArchiveError, match="unpacks to 3 MB; at most 1 MB"):
        read_archive(tmp_path / "bomb.npz", 1_000_000)
    with pytest.raises(ArchiveError, match="at most 0 MB"):
        read_archive(tmp_path / "bomb.npz", 100)
    at = bomb.index(b"PK\x01\x02") + 24  # where the table of contents tells the unpacked size
    small = bomb[:at] + struct.pack("<L", 500) + bomb[at + 4 :]
    (tmp_path / "liar.npz").write_bytes(small)
    with pytest.raises(ArchiveError, match="does not unpack to the size it says"):
        read_archive(tmp_path / "liar.npz", 1_000_000)
    large = bomb[:at] + struct.pack("<L", 900_000_000) + bomb[at + 4 :]
    (tmp_path / "liar.npz").write_bytes(large)
    with pytest.raises(ArchiveError, match="more than is possible"):
        read_archive(tmp_path / "liar.npz")


def test_one_name_twice_and_no_archive_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.txt", "two")
    with pytest.raises(ArchiveError, match="two members have one name"):
        read_archive(path)
    path.write_bytes(pickle.dumps(Code()))
    with pytest.raises(ArchiveError, match="not a complete archive"):
        read_archive(path)
    with pytest.raises(ArchiveError, match="No such file"):
        read_archive(tmp_path / "none.npz")


def test_only_what_can_be_read_back_is_written(tmp_path: Path) -> None:
    for arrays_, text in (({"../a": np.ones(1)}, {}), ({"a": np.array(["words"])}, {}), ({}, {"a/b": "words"})):
        with pytest.raises(ValueError, match="cannot be kept"):
            write_archive(tmp_path / "a.npz", arrays_, text)
    assert list(tmp_path.iterdir()) == []
