"""The line that makes a figure again, read by the real command line."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.cli.app import app
from boundaryviz.cli.values import assignments
from boundaryviz.scenario.command_line import NoCommand, assignment, figure, source
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.scenario import Scenario


def parsed(line: str) -> dict[str, Any]:
    import typer

    words = shlex.split(line)
    assert words[:2] == ["boundaryviz", "figure"]
    command = typer.main.get_command(app).commands["figure"]  # type: ignore[attr-defined]
    return command.make_context("figure", words[2:]).params


VALUES = st.one_of(
    st.booleans(), st.integers(-(10**6), 10**6), st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.integers(0, 99), max_size=4), st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])),
)  # fmt: skip


@given(VALUES)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert assignments([assignment("a.b", value)]) == {"a.b": value}


@settings(max_examples=40)
@given(
    st.sampled_from(["boundary", "twin", "frames"]), st.integers(0, 10**6), st.integers(1, 16), st.booleans(),
    st.tuples(*(st.floats(-1e3, 1e3) for _ in range(4))), st.floats(3, 90), st.sampled_from(["paper", "dark"]),
    st.booleans(), st.booleans(), st.sampled_from(["sans", "times"]),
)  # fmt: skip
def test_the_real_parser_finds_the_same_options(
    view: str, steps: int, seeds: int, twin: bool, rect: tuple[float, ...], width: float, style: str, legend: bool,
    letters: bool, font: str,
) -> None:  # fmt: skip
    options = {
        "view": view, "seeds": seeds, "twin": twin, "seed_shown": seeds - 1, "rect": rect, "width": width,
        "style": style, "legend": legend, "letters": letters, "font": font, "transparent": False, "levels": None,
    }  # fmt: skip
    found = parsed(figure(("my file ü.bviz",), "out 'x'.pdf", options, steps=max(steps, 1)))
    assert found["scenario"] == "my file ü.bviz"
    assert Path(found["output"]) == Path("out 'x'.pdf")  # which an older typer makes of it only when it calls
    assert (found["steps"], found["seed_shown"], found["width"]) == (max(steps, 1), seeds - 1, width)
    assert (found["seeds"] or 1, bool(found["twin"])) == (seeds, twin)
    assert tuple(map(float, found["rect"].split(","))) == rect
    assert (found["view"], found["style"], found["font"]) == (view, style, font)
    assert (found["legend"], found["letters"], found["transparent"]) == (legend, letters, False)


def test_a_changed_example_is_named_with_what_differs() -> None:
    scenario = load("moons").with_values({"data.n": 77, "learner.hidden": [3], "training.optimiser": "sgd"})
    name, *sets = source(scenario)
    assert name == "moons"
    assert load("moons").with_values(assignments(sets[1::2])) == scenario


def test_points_of_ones_own_need_a_file() -> None:
    own = Scenario.from_arrays([[0.0, 1.0], [1.0, 0.0]], [0, 1], name="moons")
    with pytest.raises(NoCommand, match="save it first"):
        source(own)
    assert source(own, Path("own.bviz")) == ("own.bviz",)


def test_edited_points_need_a_file() -> None:
    scenario = load("moons")
    with pytest.raises(NoCommand, match="save it first"):
        source(scenario, edited=True)
    assert source(scenario, Path("a.bviz"), edited=True) == ("a.bviz",)
