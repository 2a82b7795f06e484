"""Registries: ours at once, those of other packages when needed, and broken ones left out."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

from boundaryviz.scene import registry
from boundaryviz.scene.registry import Registry

OURS, THEIRS = ("one", 1), ("two", 2)
LIST = [("three", 3), ("four", 4)]
CLASH = [("five", 5), ("one", 6)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often entry points are looked for; there are some good and some bad ones."""
    entries = {
        "theirs": f"{__name__}:THEIRS", "list": f"{__name__}:LIST", "clash": f"{__name__}:CLASH",
        "nowhere": f"{__name__}:GONE", "odd": f"{__name__}:asked",
    }  # fmt: skip
    found = EntryPoints(EntryPoint(name, value, "things") for name, value in entries.items())
    times: list[str] = []

    def installed() -> EntryPoints:
        times.append("asked")
        return found

    monkeypatch.setattr(registry, "_installed", installed)
    monkeypatch.setattr(registry._log, "warning", lambda *_, **__: None)
    return times


def accepted(given: Any) -> tuple[str, int]:
    if not isinstance(given, tuple):
        raise TypeError("it is no pair")
    return given


def things() -> Registry[int]:
    return Registry("thing", "things", lambda: [OURS], accepted, lambda name: 99 if name == "hidden" else None)


def test_ours_and_the_unlisted_are_found_without_looking_for_others(asked: list[str]):
    found = things()
    assert (found["one"], found["hidden"]) == (1, 99)
    assert "one" in found
    assert not asked
    assert found["two"] == 2
    assert asked == ["asked"]


def test_lists_begin_with_ours_and_hold_what_others_bring(asked: list[str]):
    found = things()
    assert list(found.items()) == [("one", 1), ("two", 2), ("three", 3), ("four", 4)]
    assert len(found) == 4
    assert list(found) == list(found)
    assert asked == ["asked"]


def test_what_is_broken_is_named_and_nothing_of_it_is_taken(asked: list[str]):
    found = things()
    words = {one.split(" of ")[0]: one for one in found.problems}
    assert set(words) == {"The thing clash", "The thing nowhere", "The thing odd"}
    assert "the name 'one' is that of another thing" in words["The thing clash"]
    assert "it is no pair" in words["The thing odd"]
    assert "five" not in found
    assert found["one"] == 1


@pytest.mark.parametrize("name", ["six", "", None, ["one"], 3])
def test_what_is_not_there_is_not_there(asked: list[str], name: Any):
    found = things()
    assert name not in found
    if isinstance(name, str):
        with pytest.raises(KeyError):
            found[name]
