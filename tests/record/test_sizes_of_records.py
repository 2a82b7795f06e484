"""Archives, pins and timelines that claim or hold too much: refused in words; what a window writes always opens."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as numbers
from numpy.typing import NDArray

from boundaryviz.engine.messages import CURVES, Checkpoint, Curves
from boundaryviz.record import archive, curves_file, pins_file, timeline_file
from boundaryviz.record.archive import WORDS, ArchiveError, read_archive, write_archive
from boundaryviz.record.curves import CurveStore
from boundaryviz.record.fields import decided
from boundaryviz.record.pins import Difference, PinnedSnapshot
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.record.timeline_file import Kept
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.archives import deflated
from helpers.busy import soon
from helpers.snapshots import snapshot

SCENARIO = Scenario()


def refused(read: Any, *given: Any) -> str:
    with soon(), pytest.raises(ArchiveError) as caught:
        read(*given)
    said = str(caught.value)
    assert len(said) <= WORDS
    assert "\n" not in said
    return said


# ---- archives ---------------------------------------------------------------------------------------


@given(st.integers(0, 300), st.integers(1, 50), st.booleans())
def test_what_is_packed_is_unpacked_piece_by_piece(tmp_path_factory: Any, size: int, piece: int, same: bool) -> None:
    path = tmp_path_factory.mktemp("packed") / "a.npz"
    rng = np.random.default_rng(size)
    array = np.zeros(size, np.uint8) if same else rng.integers(0, 256, size).astype(np.uint8)
    deflated(path, {"a": array}, {"words": "ä" * size})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "_PIECE", piece)
        patch.setattr(archive, "_FED", 1 + piece // 7)
        found, text = read_archive(path)
    assert found["a"].tobytes() == array.tobytes()
    assert text == {"words": "ä" * size}


@pytest.mark.parametrize("change", [-1, 1, 5])
def test_what_does_not_unpack_to_what_it_says_is_refused(change: int, tmp_path: Path) -> None:
    deflated(tmp_path / "a.npz", {"a": np.zeros(100, np.uint8)}, {})
    data = (tmp_path / "a.npz").read_bytes()
    at = data.rindex(b"PK\x01\x02") + 24
    size = int.from_bytes(data[at : at + 4], "little") + change
    (tmp_path / "a.npz").write_bytes(data[:at] + size.to_bytes(4, "little") + data[at + 4 :])
    assert "does not unpack to the size it says" in refused(read_archive, tmp_path / "a.npz")


def test_text_is_bounded_as_memory_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_TEXT", 5_000)
    assert "a.txt is a text of" in refused(read_archive, deflated(tmp_path / "a.npz", {}, {"a": "a" * 6_000}))
    monkeypatch.setattr(archive, "_TEXTS", 5_000)
    wide = {"a": "a" * 900 + "\U0001f600", "b": "b" * 900 + "\U0001f600"}  # each takes four thousand
    assert "more text" in refused(read_archive, deflated(tmp_path / "b.npz", {}, wide))
    assert read_archive(deflated(tmp_path / "c.npz", {}, {"a": "a" * 900, "b": "b" * 900}))[1]["b"] == "b" * 900


def test_what_an_archive_says_is_repeated_in_short(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as made:
        made.writestr("\n\u202e" * 9_000, b"")
    refused(read_archive, tmp_path / "a.npz")
    refused(read_archive, Path("/x" * 2_000))


# ---- curves -----------------------------------------------------------------------------------------


def curves(count: int, runs: int = 1) -> CurveStore:
    store = CurveStore(runs)
    store.append(Curves(np.arange(count), np.ones((count, runs, len(CURVES))), np.zeros((count, runs, 2))))
    return store


@given(st.integers(0, 200), st.integers(1, 3), st.integers(200, 20_000))
def test_of_very_long_curves_every_so_many_evaluations_are_kept(count: int, runs: int, most: int) -> None:
    before = curves(count, runs)
    columns = curves_file.to_arrays(before, "p.", most)
    after = curves_file.from_arrays(columns, "p.")
    assert after.replicas == runs
    steps = after.step.tolist()
    assert steps[-1:] == before.step.tolist()[-1:]
    assert len(set(np.diff(steps).tolist())) <= 1
    one = before.values[:1].nbytes + before.margins[:1].nbytes + before.step[:1].nbytes
    assert sum(column.nbytes for column in columns.values()) <= most + one  # the last is kept whatever it takes
    if before.values.nbytes + before.margins.nbytes + before.step.nbytes <= most:
        assert steps == before.step.tolist()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("step", np.array([0, 2**63], np.uint64)), ("step", np.array([-5, 3])), ("step", np.array([0, 10**11])),
        ("values", np.zeros((2, 0, len(CURVES)))), ("values", np.zeros((2, 2_000, len(CURVES)))),
    ],
)  # fmt: skip
def test_curves_of_no_run_are_refused(name: str, value: NDArray) -> None:
    columns = curves_file.to_arrays(curves(2)) | {f"curves.{name}": value}
    if name == "values":
        columns["curves.margins"] = np.zeros((*value.shape[:2], 1))
    with pytest.raises(ValueError, match=r"steps|curves"):
        curves_file.from_arrays(columns)


def test_more_curves_than_there_is_room_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = curves_file.to_arrays(curves(500))
    wide = many | {"curves.margins": np.zeros((500, 1, 9_000))}  # there is room for some evaluations from the beginning
    for columns, most in ((many, 10_000), (wide, 9_000_000)):
        monkeypatch.setattr(curves_file, "MOST", most)
        with pytest.raises(ValueError, match="more curves than any run has"):
            curves_file.from_arrays({name: column[:200] for name, column in columns.items()})


# ---- pins -------------------------------------------------------------------------------------------


def pins(path: Path, field: NDArray, said: dict[str, Any] | None = None, count: int = 1) -> Path:
    """A file of pins of one scene with this field, about which this is said."""
    pins_file.write(path, [PinnedSnapshot("a", snapshot(field=np.full((4, 4), 0.5, np.float32)))] * count)
    arrays, text = read_archive(path)
    for k in range(count):
        arrays[f"p{k}.field"] = field
        text[f"p{k}.pin"] = json.dumps(json.loads(text[f"p{k}.pin"]) | (said or {}))
    return deflated(path, arrays, text)


@pytest.mark.parametrize("shape", [(8_000, 8_000), (1, 60_000_000), (3_000, 3_000), (9_000, 2), (1, 1), (1, 8), (8, 1)])
def test_fields_that_no_window_shows_are_refused(shape: tuple[int, int], tmp_path: Path) -> None:
    field = np.broadcast_to(np.float32(0), shape)  # deflated it is a quarter of a megabyte
    if field.nbytes > pins_file._LIMIT:
        with zipfile.ZipFile(tmp_path / "a.pins.npz", "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("p0.field.npy", bytes(field.nbytes))
    else:
        pins(tmp_path / "a.pins.npz", field)
    assert "of" in refused(pins_file.read, tmp_path / "a.pins.npz")


@pytest.mark.parametrize("value", [3e38, -3e38, 1.5, -0.5, np.inf])
def test_fields_of_anything_but_probabilities_are_refused(value: float, tmp_path: Path) -> None:
    field = np.full((4, 4), value, np.float32)
    assert "than probabilities" in refused(pins_file.read, pins(tmp_path / "a.pins.npz", field))
    undecided = np.full((4, 4), np.nan, np.float32)
    assert len(pins_file.read(pins(tmp_path / "a.pins.npz", undecided))) == 1


@pytest.mark.parametrize(
    "rect", [[-1e308, 1e308, 0, 1], [0, 5e-324, 0, 1], [0, 1, -3e38, 3e38], [1e300, 2e300, 0, 1], [0, 1, 0, 1e-200]]
)
def test_parts_of_the_plane_that_nobody_can_show_are_refused(rect: list[float], tmp_path: Path) -> None:
    path = pins(tmp_path / "a.pins.npz", np.full((4, 4), 0.5, np.float32), {"rect": rect})
    assert "too large or too narrow" in refused(pins_file.read, path)
    timeline_file.write(tmp_path / "t.npz", SCENARIO, Kept((checkpoint(3),), curves(2)))
    arrays, text = read_archive(tmp_path / "t.npz")
    write_archive(tmp_path / "t.npz", arrays, text | {"g0.rect": json.dumps(rect)})
    assert "too large or too narrow" in refused(timeline_file.read, tmp_path / "t.npz", SCENARIO)


@pytest.mark.parametrize("said", [{"step": 10**30}, {"step": 10**11}, {"more": "x" * 30_000}, {"label": "x" * 2_000}])
def test_what_is_said_of_a_pin_is_bounded(said: dict[str, Any], tmp_path: Path) -> None:
    refused(pins_file.read, pins(tmp_path / "a.pins.npz", np.full((4, 4), 0.5, np.float32), said))


def test_pins_of_one_scene_share_it_and_its_text_is_plain(tmp_path: Path) -> None:
    scenario = snapshot().scenario.model_copy(update={"title": "\U0001f600 ä \u2028"})
    rendering = replace(snapshot(), scenario=scenario)
    path = tmp_path / "a.pins.npz"
    pins_file.write(path, [PinnedSnapshot(str(k), rendering) for k in range(9)])
    found = pins_file.read(path)
    assert {pin.snapshot.scenario.title for pin in found} == {"\U0001f600 ä \u2028"}
    assert len({id(pin.snapshot.scenario) for pin in found}) == 1
    assert all(words.isascii() for words in read_archive(path)[1].values())


# ---- their difference -------------------------------------------------------------------------------


def rendering(field: NDArray, rect: Domain) -> Snapshot:
    classes = 2 if field.ndim == 2 else len(field)
    return Snapshot(SCENARIO, Scene(Points.of([]), Domain(-1, 1, -1, 1), classes), 1, rect, field, curves(2))


PROBABILITIES = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, float("nan")])
FIELDS = st.integers(2, 10).flatmap(
    lambda classes: st.tuples(*[
        st.tuples(st.integers(2, 6), st.integers(2, 6)).flatmap(
            lambda shape: numbers(np.float32, shape if classes == 2 else (classes, *shape), elements=PROBABILITIES)
        )
    ] * 2)
)  # fmt: skip
RECTS = st.sampled_from(
    [Domain(-1, 1, -1, 1), Domain(-0.5, 2, -0.3, 0.9), Domain(-1, 1, -0.2, 0.1), Domain(0, 3, 0, 1)]
)


@given(FIELDS, st.tuples(RECTS, RECTS))
def test_differences_are_those_of_places_one_by_one(
    fields: tuple[NDArray, NDArray], rects: tuple[Domain, Domain]
) -> None:
    a, b = (rendering(field, rect) for field, rect in zip(fields, rects, strict=True))
    found = Difference.of(a, b)
    grid = found.rect.grid(found.a.shape[-1], found.a.shape[-2])
    at = []
    for one, got in ((a, found.a), (b, found.b)):
        rows, columns = one.field.shape[-2:]
        row, column, _ = one.rect.cells(grid, columns, rows)
        at.append(one.field[..., row, column])
        np.testing.assert_array_equal(got.reshape(at[-1].shape), at[-1])
    classes = 2 if a.field.ndim == 2 else len(a.field)
    was, became = (decided(values, classes) for values in at)
    assert found.area == float((was != became).mean())
    pairs = {
        (p, q): float(((was == p) & (became == q)).mean()) for p, q in zip(was.tolist(), became.tolist(), strict=True)
    }
    assert {(t.before, t.after): t.area for t in found.turned} == {
        pair: v for pair, v in pairs.items() if len(set(pair)) > 1
    }


def test_two_large_fields_are_compared_soon() -> None:
    wide, high = (
        rendering(np.zeros((2, 8_192), np.float32), Domain(0, 1, 0, 1)),
        rendering(np.ones((8_192, 2), np.float32), Domain(0, 1, 0, 1)),
    )
    with soon():  # before, it was worked out for each pair of classes, at places listed one by one
        assert Difference.of(wide, high).area == 1.0
    large = rendering(np.zeros((2_048, 2_048), np.float32), Domain(0, 1, 0, 1))
    with soon(2.5):
        assert Difference.of(large, large).area == 0.0


# ---- timelines --------------------------------------------------------------------------------------


def checkpoint(step: int, shape: tuple[int, int] = (4, 6)) -> Checkpoint:
    state = {"step": np.array(step), "diverged": np.zeros(1, bool), "learner.P": np.zeros((1, 7))}
    return Checkpoint(step, Domain(0, 1, 0, 1), np.zeros(shape, np.float16), None, state, frozenset())


@pytest.mark.parametrize(
    "changes",
    [
        {"g0.field": np.zeros((1, 1, 1), np.float16)}, {"g0.field": np.zeros((1, 2, 3_000), np.float16)},
        {"g0.step": np.array([2**63], np.uint64)}, {"g0.step": np.array([10**11])},
        {"g0.why": "[" + "[]," * 9_000 + "[]]"}, {"g0.rect": "[" * 50_000}, {"g0.rect": " " * 50_000 + "[0,1,0,1]"},
    ],
)  # fmt: skip
def test_timelines_of_no_window_are_refused(changes: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "t.npz"
    timeline_file.write(path, SCENARIO, Kept((checkpoint(3),), curves(2)))
    arrays, text = read_archive(path)
    for name, value in changes.items():
        (text if isinstance(value, str) else arrays)[name] = value
        if name == "g0.step":
            arrays["g0.state.step"] = value
    write_archive(path, arrays, text)
    assert "does not fit together" in refused(timeline_file.read, path, SCENARIO)


def test_a_field_of_one_row_is_one_of_a_flat_plane(tmp_path: Path) -> None:
    timeline_file.write(tmp_path / "t.npz", SCENARIO, Kept((checkpoint(3, (1, 256)),), curves(2)))
    kept = timeline_file.read(tmp_path / "t.npz", SCENARIO)
    assert kept is not None
    assert kept.checkpoints[0].field.shape == (1, 256)


def test_more_moments_than_a_window_keeps_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline_file.write(tmp_path / "t.npz", SCENARIO, Kept(tuple(checkpoint(k) for k in range(9)), curves(2)))
    monkeypatch.setattr(timeline_file, "_CHECKPOINTS", 8)
    assert "9 moments" in refused(timeline_file.read, tmp_path / "t.npz", SCENARIO)
