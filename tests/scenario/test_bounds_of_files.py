"""Scenario files that would take long, take much or say too much: refused, or opened soon, in bounded words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.scenario import files, sweep, text
from boundaryviz.scenario.history_spec import STEPS, TURNS
from boundaryviz.scenario.scenario import PROBLEM, SHOWN, Scenario, ScenarioError
from boundaryviz.scenario.text import parsed
from boundaryviz.scene.bounds import FARTHEST
from boundaryviz.tables.tables import read_table
from helpers.busy import soon

PLACE = Path("a.bviz")
EMPTY: dict[str, list] = {name: [] for name in ("id", "x", "y", "label", "split", "origin")}


def problems(words: str, suffix: str = ".bviz", most: float = 5.0) -> list[str]:
    """What is wrong with a file of these words, found soon and told briefly."""
    with soon(most), pytest.raises(ScenarioError) as caught:
        files.parse(words, PLACE, suffix)
    assert len(caught.value.problems) <= SHOWN + 1
    assert all(len(problem) <= PROBLEM and "\n" not in problem for problem in caught.value.problems)
    return caught.value.problems


def opened(words: str, suffix: str = ".bviz") -> Scenario:
    with soon():
        return files.parse(words, PLACE, suffix)


# ---- TOML -------------------------------------------------------------------------------------------

DOTTED = "a." * 40_000 + "a"


@pytest.mark.parametrize(
    "words",
    [
        f"{DOTTED} = 1",  # for which the parser takes the square: a minute
        f"[{DOTTED}]",
        f"[[{DOTTED}]]",
        f"x = {{ {DOTTED} = 1 }}",
        " . ".join(["'a'", '"b"', "c"] * 9_000) + " = 1",
        'title = """\n[ """\n' + f"{DOTTED} = 1",
    ],
    ids=lambda words: words[:12],
)
def test_keys_of_very_many_parts_are_refused(words: str) -> None:
    assert problems(words, ".toml") == ["a.bviz: a key of more than 6 parts is in it"]


@pytest.mark.parametrize(
    "title",
    [
        'title = "{}"', "title = '{}'", 'title = """\n{}\n"""', "title = '''\n{}\n'''", "# {}\ntitle = 'a'",
        'title = "\\"{}"', 'title = """\\"""{}"""', 'title = "#" # {}',
    ],
)  # fmt: skip
def test_what_a_title_or_a_remark_says_is_no_key(title: str) -> None:
    assert "a" in opened(title.format("a." * 50 + "b"), ".toml").title + "a"


@pytest.mark.parametrize("piece", ['\n\\"""', "\n'''\n\"", '"\\', "'\"", "# '", '\n"""\\"', "a.b.'c\n", "."])
def test_quotation_marks_that_are_left_open_are_looked_through_once(piece: str) -> None:
    problems(f"{DOTTED} = 1\n" + piece * 90_000, ".toml")


def test_many_empty_lines_are_counted_and_not_taken_apart() -> None:
    assert problems("\n" * 1_900_000 + "a = 1\n", ".toml") == ["a.bviz:1900001: a: there is no such setting"]


def test_lines_of_problems_are_found_whole() -> None:
    wrong = "".join(f"wrong{k} = 1\n" for k in range(30)) + "[data]\nn = 5\n[learner]\nname = 'mlp'\nhidden = [1, 0]\n"
    words = "\n" * 100_000 + wrong
    found = problems(words, ".toml")
    lines = words.splitlines()
    placed = [problem.split(":", 2)[1:] for problem in found[:-1]]
    assert len(placed) == SHOWN
    assert all(words.split(":")[0].strip().split(".")[-1] in lines[int(line) - 1] for line, words in placed)
    assert found[-1] == "a.bviz: and 12 more problems"


# ---- JSON -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".bviz", ".toml"])
@pytest.mark.parametrize("length", [100, 1_900_000])
def test_a_key_of_any_length_is_told_in_short(length: int, suffix: str) -> None:
    key = "k" * length
    (said,) = problems(f'"{key}" = 1' if suffix == ".toml" else json.dumps({key: 1}), suffix)
    assert said.endswith("k…: there is no such setting")
    assert len(said) < 150


@pytest.mark.parametrize(
    "values",
    [
        {"data": {"name": "x" * 900_000}}, {"learner": {"name": "x" * 900_000}}, {"expect": {"x" * 900_000: "x"}},
        {"course": {"values": {"x" * 900_000: 1}}}, {"course": {"values": {"learner." + "x" * 900_000: 1}}},
        {"course": {"turns": [{"values": {"training.optimiser": "x" * 900_000}}]}},
        {"training": {"optimiser": "\n\u202e" * 400_000}}, {f"k{k}\n" * 500: 1 for k in range(2_000)},
    ],
    ids=lambda values: str(values)[:30],
)  # fmt: skip
def test_what_a_file_says_is_repeated_in_short(values: dict[str, Any]) -> None:
    said = problems(json.dumps(values))
    assert sum(map(len, said)) < 10_000


def test_the_end_of_a_long_path_names_the_file() -> None:
    with pytest.raises(ScenarioError) as caught:
        files.parse('{"a": 1}', Path("/x" * 2_000 + "/there.bviz"), ".bviz")
    assert "/x/there.bviz:1: a: there is no such setting" in str(caught.value)
    assert len(str(caught.value)) < 250


def test_a_key_given_twice_is_found_among_many() -> None:
    words = "{" + ",".join(f'"k{k}": 1' for k in range(200_000)) + ', "k199999": 2}'
    assert problems(words) == ["a.bviz: 'k199999' is given twice"]  # going through all of them for each took hours


LONG = f"[{', '.join(map(str, range(400)))}]"
NUMBERS = (
    st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([-0.0, 1e22])
)


@given(st.lists(NUMBERS, min_size=1, max_size=9), st.sampled_from([",", ", ", " ,\n\t"]), st.integers(1, 40))
def test_long_lists_are_read_as_short_ones_are(numbers: list[float], between: str, times: int) -> None:
    words = f"[{between.join(map(json.dumps, numbers * (60 * times)))}]"
    values = text.loads(
        f'{{"a": {words}, "[": "{words[:2000].replace(chr(10), "").replace(chr(9), "")}", "b": [1]}}', ".bviz"
    )
    assert list(map(repr, values["a"])) == list(map(repr, json.loads(words)))
    assert values["b"] == [1]


@pytest.mark.parametrize(
    "end", ["1,]", "1,,2]", ",1]", "1 2]", "01]", "1.]", ".5]", "+1]", "1e]", "NaN]", '"a"]', "[1]]", "1", "\u0661]"]
)
def test_a_long_list_means_what_json_says_it_means(end: str) -> None:
    for count in (400, 40_000):
        words = '{\n"a": [' + "1,\n" * count + end + "}"
        try:
            wanted: object = json.loads(words)
        except json.JSONDecodeError as error:
            wanted = f"not valid JSON: {error.msg} (column {error.colno})", error.lineno
        try:
            found: object = text.loads(words, ".bviz")
        except text.TextError as error:
            found = str(error), error.line
        assert str(found) == str(wanted)


@given(
    st.lists(st.sampled_from(["[1]", LONG, LONG, '"[1"', '"a": ', "{", "}", "]", "\n"]), max_size=9),
    st.integers(0, 9_000),
)
def test_mistakes_are_placed_in_the_whole_text(parts: list[str], cut: int) -> None:
    words = ('{"a": [' + ",\n".join(parts) + "]}")[: -cut or None]
    try:
        json.loads(words, object_pairs_hook=list)
    except json.JSONDecodeError as error:
        with pytest.raises(json.JSONDecodeError) as caught:
            text._json_values(words)
        assert (caught.value.pos, caught.value.msg) == (error.pos, error.msg)  # noqa: PT017 - or it is sound


def test_of_a_long_wrong_column_one_problem_is_told() -> None:
    columns = EMPTY | {"split": [7] * 1_000_000}
    with soon():
        (said,) = problems(json.dumps({"plane": {"domain": [0, 1, 0, 1], "points": columns}}))
    assert "plane.points.split.0: must be 0, 1 or 2 (got 7)" in said


def test_a_hundred_thousand_points_are_opened_soon() -> None:
    rng = np.random.default_rng(0)
    n = 100_000
    columns = {"id": list(range(n)), "x": rng.normal(size=n).tolist(), "y": rng.normal(size=n).tolist()}
    columns |= dict.fromkeys(("label", "split", "origin"), [0] * n)
    values = {"data": {"name": "points"}, "plane": {"domain": [-9, 9, -9, 9], "points": columns}}
    assert len(opened(json.dumps(values)).scene().points) == n


# ---- too much ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"plane": {"groups": [{}] * 900}}, "plane.groups: takes at most 100 entries"),
        ({"plane": {"class_names": ["a"] * 900}}, "plane.class_names: takes at most 50 entries"),
        ({"plane": {"groups": [1] * 150_000}}, "plane.groups: there are 150,000 of them; at most 1,000"),
        ({"plane": {"targets": [[0, 0, 1]] * 1_001}}, "plane.targets: there are 1,001 of them; at most 1,000"),
        ({"learner": {"hidden": [None] * 1_000_000}}, "learner.hidden: there are 1,000,000 of them"),
        ({"poison": {"via": [[0]] * 90_000}}, "poison.via: there are 90,000 of them"),
        (
            {"course": {"turns": [{}, {"plane": {"groups": [1] * 2_000}}]}},
            "course.turns.1.plane.groups: there are 2,000",
        ),
        ({"expect": {f"k{k}": "a" for k in range(200_000)}}, "expect: there are 200,000 of them; at most 1,000"),
        (
            {"course": {"turns": [{}] * (TURNS + 1)}},
            f"course.turns: there are {TURNS + 1:,} of them; at most {TURNS:,}",
        ),
        ({"course": {"steps": 10**18}}, f"course.steps: must be at most {STEPS:,}"),
        ({"course": {"steps": 10**4_000}}, f"course.steps: must be at most {STEPS:,}"),
        ({"course": {"turns": 0.5}}, "course.turns: "),
        ({"course": {"turns": None}}, "course.turns: "),
        ({"course": {"turns": [{"step": STEPS + 1}]}}, f"course.steps: must be at most {STEPS:,}"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_more_than_can_be_shown_or_trained_is_refused(values: dict[str, Any], words: str) -> None:
    if "plane" in values:
        values = {"plane": {"domain": [0, 1, 0, 1], "points": EMPTY} | values["plane"]}
    assert any(words in problem for problem in problems(json.dumps(values)))


def test_weeks_of_training_are_opened() -> None:
    assert opened(json.dumps({"course": {"steps": STEPS}})).steps == STEPS


@pytest.mark.parametrize(
    "path", ["title.U", "version.x", "order.a", "expect.a", "data.name.x", "plane", "course", ".", "data."]
)
def test_a_turn_that_sets_what_is_no_setting_is_named(path: str) -> None:
    histories: list[dict[str, Any]] = [{"values": {path: "x"}}, {"turns": [{"values": {path: {}}}]}]
    for values in histories:
        (said,) = problems(json.dumps({"course": values}))
        assert "there is no such setting" in said


# ---- too far, too narrow ----------------------------------------------------------------------------


def plane(domain: list[float] = [-1, 1, -1, 1], x: float = 0.5, **more: Any) -> dict[str, Any]:  # noqa: B006
    points = {"id": [3], "x": [x], "y": [0.5], "label": [0], "split": [0], "origin": [0]}
    return {"points": points, "domain": domain} | more


FAR = [1e19, -3e38, 1e308]


@pytest.mark.parametrize("at", FAR)
def test_places_too_far_out_are_refused_wherever_they_stand(at: float) -> None:
    moved = {"id": [3], "x": [at], "y": [0.0]}
    added = {"id": [4], "x": [0.0], "y": [at], "label": [0], "split": [0], "origin": [0]}
    held = {"data": {"name": "points"}, "plane": plane()}
    for values in (
        {"plane": plane(x=at)},
        {"plane": plane(targets=[[0, at, 1]])},
        {"plane": plane(domain=[-abs(at), 1, -1, 1])},
        {"course": {"start": "plane", "plane": plane(x=at)}},
        *(
            held | {"course": {"turns": [change]}}
            for change in ({"moved": moved}, {"added": added}, {"targets": [[at, 0, 1]]}, {"plane": plane(x=at)})
        ),
    ):
        (said,) = problems(json.dumps(values))
        assert "rescale the data" in said
    (said,) = problems(json.dumps({"poison": {"attack": "bridge", "via": [[0, at]]}}))
    assert "poison: a coordinate of" in said


@pytest.mark.parametrize(
    "domain", [[0, 5e-324, 0, 1], [0, 1e-200, 0, 1e-200], [1, 1 + 3e-16, 1, 2], [0, 1, 1e15, 1e15 + 0.125]]
)
def test_a_plane_in_which_places_cannot_be_told_apart_is_refused(domain: list[float]) -> None:
    (said,) = problems(json.dumps({"plane": plane(domain)}))
    assert "too narrow" in said


@given(st.integers(-29, 17), st.floats(1, 9), st.floats(1, 9), st.floats(-9, 9))
def test_a_plane_that_is_taken_has_a_sound_grid(power: int, width: float, height: float, at: float) -> None:
    size = 10.0**power
    values = plane([at * size, (at + width) * size, -height * size, height * size], x=at * size)
    domain = files.parse(json.dumps({"plane": values}), PLACE, ".bviz").scene().domain
    grid = domain.grid(8, 8)
    assert np.isfinite(grid**2).all()
    assert len(np.unique(grid[:, 0])) == 8
    assert abs(at * size) <= FARTHEST


@given(st.lists(st.tuples(*[st.floats(-1e15, 1e15)] * 2), min_size=1, max_size=5))
def test_the_plane_around_any_table_is_taken(places: list[tuple[float, float]]) -> None:
    table = "x,y\n" + "\n".join(f"{x!r},{y!r}" for x, y in places)
    scene = read_table(table).scene
    again = files.parse(files.dumps(Scenario().with_scene(scene)), PLACE, ".bviz")
    assert again.scene().domain == scene.domain


# ---- text on the command line -----------------------------------------------------------------------


@pytest.mark.parametrize("value", [f"{{{DOTTED} = 1}}", f"1\n{DOTTED} = 1", "[" * 90_000, "9" * 90_000])
def test_a_value_that_would_take_long_to_read_is_text(value: str) -> None:
    with soon():
        assert parsed(value) == value


@pytest.mark.parametrize(
    "right",
    [".." * 40_000 + ",", "a.." * 30_000 + "[", "1," * 60_000, "[1]," * 20_000, "9" * 200_000, "1.." + "2" * 5_000],
)
def test_a_way_through_values_is_read_or_refused_soon(right: str) -> None:
    said = ""
    with soon():
        try:
            sweep.parse(f"training.steps={right}", 48, Scenario())
        except sweep.SweepError as error:
            said = str(error)
    assert len(said) < 300


@given(st.lists(st.lists(st.integers(1, 9), max_size=3), min_size=2, max_size=5))
def test_lists_are_values_of_a_way(values: list[list[int]]) -> None:
    assert sweep.parse(f"learner.hidden={','.join(map(str, values))}", 48, Scenario())[1] == values
