"""Files that are nearly right: made by Hypothesis from the pieces of real ones, or real ones with bytes changed."""

from __future__ import annotations

import io
import json
import random
import re
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchmarks import fuzz_tables
from benchmarks.fuzz_archives import claims, resized
from benchmarks.fuzz_sizes import oversized
from boundaryviz.engine.messages import CURVES, Checkpoint, Curves
from boundaryviz.gui.document.recovery import Origin
from boundaryviz.record import pins_file, timeline_file
from boundaryviz.record.archive import read_archive, write_archive
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.pins import PinnedSnapshot
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.record.timeline_file import Kept
from boundaryviz.scenario import files
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.edits import Remove, apply
from boundaryviz.scene.scene import Group, Scene, Target

KINDS = ("bviz", "toml", "csv", "npz", "recovery", "numpy", "timeline", "pins", *fuzz_tables.FORMATS)
_PACKED = ("xlsx", "ods", "arrays", "gz")
_LARGE = 0.1
_ROOT = Path(__file__).parents[1]
_NUMBERS = [
    "0", "-0", "-1", "1e999", "-1e999", "NaN", "nan", "Infinity", "inf", "1e308", "1e-320", "9" * 30, "9" * 4_400,
    "0x" + "f" * 5_000, "0.1e", "1.", ".5", "true", "null", "1_000", "99999999999", "2147483648",
    "-9223372036854775809",
]  # fmt: skip
_TOKENS = [
    b"[" * 2_000, b'{"a":' * 500, b"]", b"}", b'"', b"'''", b'"""', b",", b";", b"\t", b"\0", b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\\ud800", b"\\u0000", b"\r", b"\n\n", b"# ", b"...", b"__import__('os')", b"=", b"a.b.c.d = 1\n", b"[a]\n[a]\n",
    b"PK\x05\x06", b"PK\x01\x02", b"\x93NUMPY", "ü→".encode(), "\u202e".encode(), b"\xed\xa0\x80",
]  # fmt: skip
_WORDS = [
    "", "[]", "[1e999, 2, 3, 4]", "null", "[[1], 2]", "[1, 1, 1, 1]", "{}", "[" * 100_000, f"[{10**400}, 2, 3, 4]",
]  # fmt: skip
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.integers(-3, 12) | st.floats() | st.text(max_size=8)
    | st.sampled_from(["mlp", "moons", "points", "bridge", "all", "full", "vat", "\ud800"])
)  # fmt: skip
_ANY = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner))


@dataclass(frozen=True)
class Case:
    """A file, and how it was made."""

    kind: str
    content: bytes
    how: str


def cases(chunk: int, count: int, base: int = 0, scale: float = 1.0) -> Iterator[Case]:
    """The files of one chunk, half of them made from structures, half from bytes; the same each time.

    Some of those from bytes are too much of something. scale: of the largest of them.
    """
    rng = random.Random(f"{base} {chunk}")
    made = _structures(count // 2, base * 10_007 + chunk)
    for _ in range(count - len(made)):
        kind = rng.choice(KINDS)
        if rng.random() < _LARGE:
            yield Case(kind, _oversized(kind, rng, scale), "size")
        else:
            yield Case(kind, _mutated(kind, rng), "bytes")
    yield from made


# ---- structures -------------------------------------------------------------------------------------


def _structures(count: int, number: int) -> list[Case]:
    found: list[Case] = []

    @seed(number)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.one_of(_changed("bviz"), _changed("toml"), _tables(), _archives(), _lists()))
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    return found[:count]


@st.composite
def _changed(draw: st.DrawFn, kind: str) -> Case:
    """A real scenario with some of its values replaced, doubled or taken away, anywhere."""
    values = json.loads(draw(st.sampled_from(_texts("bviz"))))
    for _ in range(draw(st.integers(1, 3))):
        place, key = values, draw(st.sampled_from(sorted(values)))
        while isinstance(place[key], dict) and place[key] and draw(st.integers(0, 3)):
            place = place[key]
            key = draw(st.sampled_from(sorted(place)))
        match draw(st.sampled_from(["replace", "remove", "add", "longer", "element"])):
            case "remove":
                del place[key]
                if not values:
                    break
            case "add":
                place[draw(st.text(max_size=6) | st.sampled_from(sorted(values)))] = draw(_ANY)
            case "longer" if isinstance(place[key], list):
                place[key] = place[key] * draw(st.integers(0, 40))
            case "element" if isinstance(place[key], list) and place[key]:
                place[key][draw(st.integers(0, len(place[key]) - 1))] = draw(_ANY)
            case _:
                place[key] = draw(_ANY)
    if kind == "toml":
        try:
            words = tomli_w.dumps(_no_none(values))
        except (TypeError, ValueError, RecursionError):
            words = repr(values)
        return Case("toml", words.encode(errors="replace"), "structure")
    return Case("bviz", json.dumps(values).encode(), "structure")


def _no_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _no_none(item) for key, item in value.items() if item is not None}
    return [_no_none(item) for item in value if item is not None] if isinstance(value, list) else value


@st.composite
def _tables(draw: st.DrawFn) -> Case:
    """Tables with odd headers, cells, delimiters and quoting."""
    words = ["x", "y", "label", "split", "origin", "muted", "class", "", "X", "#"]
    values = [*_NUMBERS, "", "train", "poison 2", "withdrawn", "yes", "1,5", '"', '"a"']
    names, cells = (st.sampled_from(known) | st.text(max_size=5) for known in (words, values))
    header = draw(st.lists(names, max_size=7))
    rows = draw(st.lists(st.lists(cells, max_size=7), max_size=12))
    between, ending = draw(st.sampled_from([",", ";", "\t", " "])), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = ending.join(between.join(row) for row in [header, *rows])
    return Case("csv", text.encode(draw(st.sampled_from(["utf-8", "utf-16"])), errors="replace"), "structure")


@st.composite
def _archives(draw: st.DrawFn) -> Case:
    """Zip files with members of odd names and headers, some of which lie about their sizes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))) as archive:
        for name in draw(st.lists(st.sampled_from(["a.npy", "b.txt", "../c.npy", "d.pkl", "e.npy"]), unique=True)):
            shape = draw(st.lists(st.integers(-1, 2**33) | st.integers(0, 4), max_size=3))
            descr = draw(st.sampled_from(["<f8", "|O", "<U3", "|b1", "<i4", "|V8", "<f8, <f8", "<M8[s]", "<c16"]))
            head = repr({"descr": descr, "fortran_order": draw(st.booleans()), "shape": tuple(shape)})
            head = draw(st.sampled_from([head, head[:-3], "(" * 300, head + "x" * 3_000]))
            words = head.encode() + b"\n"
            body = draw(st.binary(max_size=80)) * draw(st.sampled_from([1, 1, 1, 50_000]))
            archive.writestr(name, b"\x93NUMPY\x01\x00" + struct.pack("<H", len(words)) + words + body)
    data = bytearray(stream.getvalue())
    at = data.find(b"PK\x01\x02")
    if at >= 0 and draw(st.booleans()):
        data[at + 24 : at + 28] = struct.pack("<L", draw(st.sampled_from([0, 10, 10_000, 2**31, 2**32 - 1])))
    return Case("npz", bytes(data), "structure")


@st.composite
def _lists(draw: st.DrawFn) -> Case:
    """What numpy might have printed."""
    rows = draw(st.lists(st.lists(st.floats() | st.integers(-2, 3), min_size=1, max_size=4), max_size=8))
    text = str(rows)
    text = draw(st.sampled_from([text, f"array({text})", text.replace(",", ""), f"array({text}, dtype=object)"]))
    return Case("numpy", text.encode(), "structure")


# ---- bytes ------------------------------------------------------------------------------------------


def _mutated(kind: str, rng: random.Random) -> bytes:
    """A real file with one to four changes of its bytes."""
    if kind in ("timeline", "pins") and rng.random() < 0.7:
        return _misfit(kind, rng)
    data = rng.choice(_originals(kind))
    if kind in _PACKED and rng.random() < 0.8:
        return fuzz_tables.repacked(kind, data, lambda content: _with_changes(content, rng), rng)
    return _with_changes(data, rng)


def _with_changes(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 4])):
        at = rng.randrange(len(data) + 1)
        to = min(len(data), at + rng.choice([1, 4, 30, 300]))
        match rng.choice(["flip", "cut", "drop", "insert", "splice", "repeat", "number", "number", "key"]):
            case "flip" if at < len(data):
                data = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
            case "cut":
                data = data[:at]
            case "drop":
                data = data[:at] + data[to:]
            case "insert":
                data = data[:at] + rng.choice([*_TOKENS, rng.randbytes(rng.randint(1, 9))]) + data[at:]
            case "splice":
                other = rng.choice(_originals(rng.choice(KINDS)))
                data = data[:at] + other[rng.randrange(len(other)) :][: rng.choice([20, 2_000])] + data[at:]
            case "repeat":
                data = data[:at] + data[at:to] * rng.choice([2, 30, 2_000]) + data[to:]
            case "number":
                data = _swapped(rb"-?\d+(?:\.\d+)?(?:e-?\d+)?", data, rng, rng.choice(_NUMBERS).encode())
            case "key":
                keys = re.findall(rb'"\w+"', data) or [b'"x"']
                data = _swapped(rb'"\w+"', data, rng, rng.choice(keys))
    return data[:3_000_000]


def _oversized(kind: str, rng: random.Random, scale: float) -> bytes:
    if kind in ("timeline", "pins"):
        return resized(kind, *_unpacked(kind), rng, scale)
    if kind in fuzz_tables.FORMATS:
        return fuzz_tables.oversized(kind, rng, scale)
    if kind == "npz":
        return claims(rng, scale * rng.random())
    if kind == "recovery":
        title = rng.choice(["Title", "T" * rng.randrange(200_000)])
        line = json.dumps({"path": "/a", "title": title, "points": 2, "when": rng.choice([1e9, 1e300]), "stamp": None})
        return line.encode() + b"\n" + oversized("bviz", rng, scale)
    return oversized(kind, rng, scale)


def _unpacked(kind: str) -> tuple[dict[str, Any], dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.npz"
        path.write_bytes(_originals(kind)[0])
        return read_archive(path)


def _misfit(kind: str, rng: random.Random) -> bytes:
    """A sound archive that holds a timeline, or pins, of which something does not fit."""
    arrays, text = _unpacked(kind)
    for _ in range(rng.choice([1, 1, 2])):
        name = rng.choice([*arrays, *text])
        change = rng.choice(["drop", "other", "shape", "type", "values"])
        if name in text:
            text[name] = rng.choice(_WORDS)
        elif change == "drop":
            del arrays[name]
        elif change == "other":
            arrays[name] = arrays[rng.choice(list(arrays))]
        elif change == "shape":
            arrays[name] = rng.choice([arrays[name].ravel(), arrays[name][:1], arrays[name][..., None], np.zeros(0)])
        elif change == "type":
            arrays[name] = arrays[name].astype(rng.choice(["f8", "i1", "?", "c16", "u8"]))
        else:
            with np.errstate(all="ignore"):
                arrays[name] = np.full_like(arrays[name], rng.choice([-1, 0, 3]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.npz"
        write_archive(path, arrays, text)
        return path.read_bytes()


def _swapped(pattern: bytes, data: bytes, rng: random.Random, new: bytes) -> bytes:
    places = list(re.finditer(pattern, data))
    if not places:
        return data
    place = rng.choice(places)
    return data[: place.start()] + new + data[place.end() :]


@cache
def _originals(kind: str) -> list[bytes]:
    if kind in ("bviz", "toml"):
        return [words.encode() for words in _texts(kind)]
    if kind in fuzz_tables.FORMATS:
        return fuzz_tables.originals(kind)
    if kind == "recovery":
        return [Origin("/a/b.bviz", "Title", 20, 1e9).line() + words.encode() for words in _texts("bviz")]
    if kind == "csv":
        return [files.encoded(scenario, ".csv") for scenario in _scenarios()] + [
            b"a;b;c\n1,5;2;x\n3;4;y\n", "x,y,label\n1,2,ä\n3,4,b\n".encode("utf-16"), b"0.1 0.2 1\n0.3 0.4 0\n"
        ]  # fmt: skip
    if kind == "numpy":
        points = _scenarios()[0].scene().points
        table = np.column_stack([points.xy, points.label])
        return [repr(table).encode(), str(table[:9]).encode(), repr(table.tolist()).encode()]
    if kind in ("timeline", "pins"):
        return [_timeline() if kind == "timeline" else _pins()]
    made = []
    for save in (write_archive, lambda path, arrays: np.savez_compressed(path, **arrays)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.npz"
            save(path, {"field": np.linspace(0, 1, 300, dtype=np.float32).reshape(3, 100), "on": np.ones(5, bool)})
            made.append(path.read_bytes())
    return made


def _timeline() -> bytes:
    rng = np.random.default_rng(0)
    domain, checkpoints = _scenarios()[0].scene().domain, []
    for step in (0, 3, 9):
        state = {"step": np.array(step), "diverged": np.zeros(2, bool), "learner.P": rng.normal(size=(2, 5))}
        field = rng.random((6, 8)).astype(np.float16)
        checkpoints.append(Checkpoint(step, domain, field, field, state, frozenset({"best"} if step else {"first"})))
    curves = CurveStore(2)
    curves.append(Curves(np.arange(3), rng.random((3, 2, len(CURVES))), np.zeros((3, 2, 1))))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.timeline.npz"
        timeline_file.write(path, fuzzed_scenario(), Kept(tuple(checkpoints), curves))
        return path.read_bytes()


def _pins() -> bytes:
    rng, pins = np.random.default_rng(0), []
    for scenario in _scenarios()[:2]:
        scene, curves = scenario.scene(), CurveStore()
        curves.append(Curves(np.arange(3), rng.random((3, 1, len(CURVES))), np.zeros((3, 1, 1))))
        shape = (6, 8) if scene.classes == 2 else (scene.classes, 6, 8)
        field, predicted = rng.random(shape).astype(np.float32), np.zeros(len(scene.points), np.int16)
        rendering = Snapshot(scenario.bare(), scene, 7, scene.domain, field, curves, predicted)
        pins += [PinnedSnapshot("a", rendering), PinnedSnapshot("\u00fc", rendering, True)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pins.npz"
        pins_file.write(path, pins)
        return path.read_bytes()


def fuzzed_scenario() -> Scenario:
    """To which the timelines belong."""
    return _scenarios()[0]


@cache
def _texts(kind: str) -> list[str]:
    texts = [files.encoded(scenario, f".{kind}").decode() for scenario in _scenarios()]
    if kind == "toml":
        texts += [path.read_text() for path in sorted((_ROOT / "assets" / "scenarios").glob("*.toml"))]
    else:
        texts.append((_ROOT / "tests" / "data" / "version-1.bviz").read_text())
    return texts


@cache
def _scenarios() -> list[Scenario]:
    plain = Scenario(title="Plain ü").with_values({"data.n": 20})
    scene = plain.with_values({"poison.count": 4, "data.labels_per_class": 3}).scene()
    pins, groups = (Target(0.0, 1.0, 1, 1),), (Group("g"),)
    rich = plain.with_scene(
        Scene(scene.points, scene.domain, 3, ("a", "b", "c"), ("u", "v"), targets=pins, groups=groups)
    )
    history = RunHistory.of(plain, plain.scene()).then(
        7, plain.with_values({"training.learning_rate": 0.5}), rich.scene()
    )
    rich = history.written(rich, rich.scene())
    own = Scenario(data=DataSpec(name="points")).with_scene(scene).with_values({"data.labels_per_class": 2})
    own = own.with_scene(apply(Remove(scene.points.ids[:3]), own.scene())[0])
    return [
        rich,
        own,
        plain,
        plain.with_values({"learner.name": "fixmatch"}),
        plain.with_values({"learner.name": "SVC"}),
    ]
