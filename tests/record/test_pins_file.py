"""Pins in a file: what comes back is what was pinned, and what holds no pins is refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from boundaryviz.figures.draw import draw, save
from boundaryviz.record import pins_file
from boundaryviz.record.archive import ArchiveError, read_archive, write_archive
from boundaryviz.record.pins import MOST, Difference, PinnedSnapshot
from boundaryviz.runs.run import start
from boundaryviz.scenario.scenario import Scenario
from helpers.snapshots import field, snapshot


def pinned() -> tuple[PinnedSnapshot, ...]:
    """Of a run under attack its beginning, its end and the clean twin; and one of three classes, under odd words."""
    values = {"data.n": 40, "learner.hidden": [4], "poison.count": 3, "poison.target": [0.0, 0.5]}
    run = start(Scenario(name="mine", title="Mine").with_values(values), twin=True, device="cpu")
    first = run.snapshot(columns=32)
    run.advance(30)
    return (
        PinnedSnapshot("Pin 1", first),
        PinnedSnapshot("after", run.snapshot(columns=48)),
        PinnedSnapshot("clean", run.snapshot(clean=True), True),
        PinnedSnapshot('\u00e4\n"$x$"', snapshot(3, field=field(3), predicted=None)),
    )


def test_pins_come_back_as_they_were(tmp_path: Path) -> None:
    before, path = pinned(), tmp_path / "mine.pins.npz"
    pins_file.write(path, before)
    after = pins_file.read(path)
    assert [pin.label for pin in after] == [pin.label for pin in before]
    assert [pin.clean for pin in after] == [False, False, True, False]
    for a, b in zip(before, after, strict=True):
        old, new = a.snapshot, b.snapshot
        assert (new.step, new.rect, new.scene) == (old.step, old.rect, old.scene)
        assert new.scenario.bare() == old.scenario.bare()
        np.testing.assert_array_equal(new.field, old.field)
        assert (new.predicted is None) == (old.predicted is None)
        if old.predicted is not None and new.predicted is not None:
            np.testing.assert_array_equal(new.predicted, old.predicted)
        for name in ("step", "values", "margins"):
            np.testing.assert_array_equal(getattr(new.curves, name), getattr(old.curves, name))
    one, other = Difference.of(*(p.snapshot for p in before[:2])), Difference.of(*(p.snapshot for p in after[:2]))
    assert (one.area, one.points, one.probability) == (other.area, other.points, other.probability)


@pytest.mark.slow
def test_a_figure_of_pins_and_of_their_file_are_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "mine.pins.npz"
    pins_file.write(path, pinned()[:3])
    for number, some in enumerate((pinned()[:3], pins_file.read(path))):
        shown = [pin.named() for pin in some]
        save(draw("compare", shown[0], others=shown), tmp_path / f"{number}.pdf")
    assert (tmp_path / "0.pdf").read_bytes() == (tmp_path / "1.pdf").read_bytes()


def broken(path: Path, **changes: object) -> None:
    """Write the file anew, with arrays or words replaced, or taken away where None is given."""
    arrays, text = read_archive(path)
    for name, value in changes.items():
        where: dict = text if isinstance(value, str) or name in text else arrays
        name = name.replace("__", ".")
        where.pop(name, None)
        if value is not None:
            where[name] = value
    write_archive(path, arrays, text)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "1"}, "it holds no pins, or is of a newer version"),
        ({"p0__field": np.zeros((3, 3))}, "a field of float64"),
        ({"p0__field": np.full((3, 3), np.inf, np.float32)}, "other numbers than probabilities"),
        ({"p0__field": np.zeros((3, 4, 4), np.float32)}, "another number of classes"),
        ({"p0__predicted": np.zeros(3, np.int16)}, "classes predicted for other points"),
        ({"p0__pin": "{}"}, "does not fit together"),
        ({"p0__pin": "[" * 100_000}, "does not fit together"),
        ({"p0__pin": json.dumps({"label": "a", "clean": False, "step": -1, "rect": [0, 1, 0, 1]})}, "no whole number"),
        ({"p0__pin": json.dumps({"label": "a", "clean": False, "step": 1, "rect": [1, 0, 0, 1]})}, "left < right"),
        ({"p0__pin": '{"label": "\\ud800", "clean": false, "step": 1, "rect": [0, 1, 0, 1]}'}, "does not fit together"),
        ({"p0__scenario": "{"}, "not valid JSON"),
        ({"p0__curves.step": None}, "does not fit together"),
    ],
)  # fmt: skip
def test_what_holds_no_pins_is_refused_in_words(tmp_path: Path, changes: dict, words: str) -> None:
    path = tmp_path / "mine.pins.npz"
    pins_file.write(path, (PinnedSnapshot("a", snapshot()),))
    broken(path, **changes)
    with pytest.raises(ArchiveError, match=words):
        pins_file.read(path)


def test_none_and_too_many_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.pins.npz"
    pins_file.write(path, ())
    with pytest.raises(ArchiveError, match="there is no pin in it"):
        pins_file.read(path)
    pins_file.write(path, [PinnedSnapshot(str(k), snapshot()) for k in range(MOST + 1)])
    with pytest.raises(ArchiveError, match="more than 9 pins"):
        pins_file.read(path)
