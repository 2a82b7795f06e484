"""Files that are too much in one way or nearly: nests, lists, lines, turns and fields without end, places out of reach.

Each maker is told how much of what would break a reader without bounds.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np

Maker = Callable[[random.Random, float], str | bytes]
MAKERS: dict[str, list[Maker]] = {}
EXTREMES = [0.0, 5e-324, 1e-200, 1e-31, 1e-29, 1.0, 1e15, 9e17, 1.1e18, 3e38, 1e154, 1.7e308, -1e308, -1e18]
_EMPTY: dict[str, list] = {name: [] for name in ("id", "x", "y", "label", "split", "origin")}


def oversized(kind: str, rng: random.Random, scale: float = 1.0) -> bytes:
    """A file of a kind that is too much of something. scale: of the largest ones."""
    amount = scale * 10.0 ** rng.uniform(-2.0, 0.0)
    made = rng.choice(MAKERS[kind])(rng, amount)
    return made if isinstance(made, bytes) else made.encode(errors="replace")


def _of(*kinds: str) -> Callable[[Maker], Maker]:
    def add(maker: Maker) -> Maker:
        for kind in kinds:
            MAKERS.setdefault(kind, []).append(maker)
        return maker

    return add


def some(amount: float, most: int) -> int:
    """So much of the most, but at least one."""
    return max(1, int(amount * most))


# ---- TOML -------------------------------------------------------------------------------------------


@_of("toml")
def _dotted(rng: random.Random, amount: float) -> str:
    part = rng.choice(["a", '"b.c"', "'d'", "training"])
    key = rng.choice([".", " . "]).join([part] * some(amount, 300_000))
    forms = ["{} = 1", "[{}]", "[[{}]]", "x = {{ {} = 1 }}", "# {}", 'title = "{}"', "x.{} = {{ {} = 2 }}"]
    return rng.choice(forms).replace("{}", key, 2).replace("{{", "{").replace("}}", "}") + "\n"


@_of("toml")
def _many_keys(rng: random.Random, amount: float) -> str:
    form = rng.choice(
        [
            "k{}=1\n",
            "k{}.a=1\n",
            "a.k{}=1\n",
            "[k{}]\n",
            "[a.k{}]\n",
            "[[a]]\n",
            "[[k{}.b]]\nc=1\n",
            "a.b.c.d.e.f.k{}=1\n",
        ]
    )
    return "".join(form.format(k) for k in range(some(amount, 300_000)))[:1_999_999]


@_of("toml")
def _long_lists(rng: random.Random, amount: float) -> str:
    item = rng.choice(["1", "0.25", "''", '"a"', "[]", "{}", "{a=1}", "1979-05-27", "true", "9" * 400, "[[[]]]", "nan"])
    return f"x = [{','.join([item] * some(amount, 1_900_000 // (1 + len(item))))}]\n"


@_of("toml")
def _long_words(rng: random.Random, amount: float) -> str:
    piece = rng.choice(
        ["a", "\\n", "\\u00e9", "\\\n", "'", '\\"""', "#", "=", ".", '"', "9", "9_", "0x" + "f" * 9, "\U0001f600"]
    )
    form = rng.choice(
        ["{} = 1", 'title = "{}"', "title = '{}'", 'title = """{}"""', "x = {}", "[{}]", "# {}", "x = 0x{}", '"{}" = 1']
    )
    return form.replace("{}", piece * some(amount, 1_900_000 // len(piece))) + "\n"


@_of("toml")
def _blank_lines(rng: random.Random, amount: float) -> str:
    return rng.choice(["\n", "\r\n", "#\n", " \n"]) * some(amount, 900_000) + rng.choice(
        ["", "a = 1\n", "[data]\nn = 3\n"]
    )


# ---- JSON -------------------------------------------------------------------------------------------


@_of("bviz")
def _long_text(rng: random.Random, amount: float) -> str:
    piece = rng.choice(["k", "\\n", "\\u202e", "ü", "\U0001f600", '\\"', "<b>"])
    words = piece * some(amount, 30_000_000 // len(piece.encode()))
    form = rng.choice(
        [
            '{"{}": 1}', '{"title": "{}"}', '{"data": {"name": "{}"}}', '{"expect": {"{}": "a"}}', '{"a": {',
            '{"course": {"values": {"learner.{}": 1}}}', '{"training": {"optimiser": "{}"}}', '{"title": "{}',
        ]
    )  # fmt: skip
    return form.replace("{}", words)


@_of("bviz")
def _long_columns(rng: random.Random, amount: float) -> str:
    item = rng.choice(
        ["1", "0.1234567", "1e999", "-0.0", "null", '"a"', "[]", "{}", "true", "9" * 300, " 1", "[[]]", '{"a":1}']
    )
    column = f"[{','.join([item] * some(amount, 4_000_000))}]"
    form = rng.choice(
        [
            '{"a": {}}', '{"plane": {"domain": [0,1,0,1], "points": {"id": {}, "x": {}}}}', '{"expect": {}}',
            '{"plane": {"groups": {}, "targets": {}}}', '{"learner": {"name": "mlp", "hidden": {}, "features": {}}}',
            '{"course": {"turns": {}}}', '{"course": {"values": {"learner.hidden": {}}}}',
            '{"poison": {"attack": "bridge", "via": {}}}',
        ]
    )  # fmt: skip
    return form.replace("{}", column)[:31_999_999]


@_of("bviz")
def _many_members(rng: random.Random, amount: float) -> str:
    count = some(amount, 500_000)
    members = ",".join(f'"k{k}":1' for k in range(count))
    twice = rng.choice(["", f',"k{count - 1}":2'])
    return rng.choice(["{%s}", '{"expect": {%s}}', '{"course": {"values": {%s}}}', '{"data": {%s}}']) % (
        members + twice
    )


@_of("bviz")
def _nested(rng: random.Random, amount: float) -> str:
    opening = rng.choice(["[", '{"a":', '[{"a":', '{"plane":'])
    return '{"title": ' + opening * some(amount, 300_000)


@_of("bviz")
def _points(rng: random.Random, amount: float) -> str:
    n = some(amount, 300_000)
    places = np.random.default_rng(n).normal(size=(2, n)) * abs(rng.choice([1.0, 1.0, 1.0, *EXTREMES[4:8]]))
    columns: dict[str, list[Any]] = {"id": list(range(n)), "x": places[0].tolist(), "y": places[1].tolist()}
    columns |= dict.fromkeys(("label", "split", "origin"), [0] * n)
    spoiled = rng.choice(["none", "none", *columns])
    if spoiled != "none":
        columns[spoiled] = [rng.choice([2**63, -1, 0.5, "a", None, 10**400])] * n
    plane = {"points": columns, "domain": [-9, 9, -9, 9]}
    return json.dumps(
        {"title": rng.choice(["a", "\U0001f600"]), "data": {"name": "points"}, "plane": plane}, ensure_ascii=False
    )


@_of("bviz")
def _reaches(rng: random.Random, _amount: float) -> str:
    far = lambda: rng.choice(EXTREMES) * rng.choice([1, 1, -1])  # noqa: E731
    domain = [rng.choice([-1.0, far()]), rng.choice([1.0, far()]), rng.choice([-1.0, far()]), rng.choice([1.0, far()])]
    points = {
        "id": [0, 2 ** rng.randrange(64)],
        "x": [0.0, far()],
        "y": [far(), 0.0],
        "label": [0, 1],
        "split": [0, 0],
        "origin": [0, 1],
    }
    plane = {"domain": domain, "points": points, "targets": [[far(), far(), 1]] * rng.randrange(3)}
    changes = [{"step": rng.choice([0, 10**9, 10**18, 10**400]), "moved": {"id": [0], "x": [far()], "y": [far()]}}]
    history = {
        "steps": rng.choice([0, 10**6, 10**12, 10**18, 10**400]),
        "start": "plane",
        "plane": plane,
        "turns": changes,
    }
    poison = {
        "attack": "bridge",
        "count": 9,
        "via": [[far(), far()]],
        "target": [far(), far()],
        "route": rng.choice(["sparse", "straight"]),
    }
    parts = {"plane": plane, "course": history, "poison": poison, "data": {"name": rng.choice(["points", "moons"])}}
    return json.dumps({name: parts[name] for name in rng.sample(list(parts), rng.randint(1, 4))})


@_of("bviz")
def _changes(rng: random.Random, amount: float) -> str:
    n = rng.choice([20, 500, 500, 5_000, 100_000])
    kinds = rng.choice(
        [
            ["move"],
            ["label"],
            ["add"],
            ["remove"],
            ["values"],
            ["pins"],
            ["between", "lift"],
            ["plane"],
            ["none"],
            ["move", "label", "values", "pins"],
        ]
    )
    changes = []
    for k in range(some(amount, 100_000)):
        new = {"id": [n * 20 + k], "x": [0.5], "y": [k / 9], "label": [k % 2], "split": [0], "origin": [0]}
        kind = kinds[k % len(kinds)]
        whats: dict[str, dict[str, Any]] = {
            "move": {"moved": {"id": [k % n], "x": [0.1], "y": [k / 7]}}, "remove": {"removed": [k % n]},
            "label": {"changed": {"id": [k % n], "label": [k % 2]}}, "add": {"added": new},
            "values": {"values": {"training.learning_rate": 0.1 + k * 1e-6}},
            "pins": {"targets": [[0.1, 0.2, 1]], "groups": [{"on": bool(k % 2)}]}, "none": {},
            "between": {"added": new, "at": [3]}, "lift": {"removed": [n * 20 + k - 1]},
            "plane": {"plane": {"domain": [0, 1, 0, 1], "points": _EMPTY}},
        }  # fmt: skip
        changes.append({"step": k} | whats[kind])
    history = {"steps": len(changes), "start": "drawn", "turns": changes, "ends_here": rng.random() < 0.3}
    return json.dumps({"data": {"n": n}, "course": history})[:31_999_999]


@_of("bviz")
def _drawn(rng: random.Random, amount: float) -> str:
    data = {
        "n": max(10, some(amount, 100_000)),
        "validation": rng.choice([0.2, 0.45]),
        "test": rng.choice([0.3, 0.45]),
        "balance": rng.choice([None, 0.02]),
    }
    poison = {"attack": rng.choice(["bridge", "copies", "flip", "junk"]), "count": some(amount, 100_000)}
    return json.dumps({"data": data, "poison": poison})


# ---- tables -----------------------------------------------------------------------------------------


@_of("csv")
def _lines(rng: random.Random, amount: float) -> str:
    line = rng.choice(
        [
            "\n",
            "\r",
            "\r\n",
            " \n",
            "\v\n",
            "#\n",
            " #\n",
            ",\n",
            "1,2\n",
            "  1  2\n",
            "1;2,5\n",
            "\xa0\n",
            '"a\n"\n',
            "q,q\n",
            "1,2,ü\n",
        ]
    )
    rows = "1,2\n3,4\n"
    many = line * some(amount, 60_000_000 // len(line))
    return rng.choice(["x,y\n", "", "x y\n"]) + rng.choice(
        [many + rows, rows + many, many, (many[: 1 << 20] + rows) * 3]
    )


@_of("csv")
def _wide(rng: random.Random, amount: float) -> str:
    cell = rng.choice(["", "1", "0.125", "a", "x", '""', '"'])
    row = rng.choice([",", ";", "\t", " "]).join([cell] * some(amount, 3_000_000))
    return rng.choice(["", "x,y\n1,2\n"]) + "\n".join([row] * rng.choice([1, 3, 30]))


@_of("csv")
def _cells(rng: random.Random, amount: float) -> str:
    cell = rng.choice(["a", "1", "ü", " ", '""', "\n", "\U0001f600"]) * some(amount, 3_000_000)
    cell = rng.choice([cell, f'"{cell}"'])
    rows = [f"{k},{k},{cell}{k}" for k in range(rng.choice([1, 12, 30]))]
    return "\n".join([rng.choice(["x,y,label", f"x,y,{cell[:99_999]}", f"{cell[:99_999]},b,c"]), *rows])


@_of("csv")
def _rows(rng: random.Random, amount: float) -> bytes:
    form = rng.choice(
        ["{0},{1},{2}\n", "{0},{1},l{0}\n", "{0},q,{2}\n", "{0},{1},{2}" + ",9" * 60 + "\n", "{0} {1} ü{2}\n"]
    )
    rows = "".join(form.format(k, k / 7, k % 4) for k in range(some(amount, 300_000)))
    return (rng.choice(["x,y,label\n", ""]) + rows).encode(
        rng.choice(["utf-8", "utf-8", "latin-1", "utf-16", "utf-16-le"])
    )


@_of("numpy")
def _lists(rng: random.Random, amount: float) -> str:
    inner = rng.choice(
        [
            "[1,2],",
            "[1 2]",
            "[1,2,3],\n",
            "(1, 2),",
            "[1",
            "1,",
            "[",
            " ",
            "[],",
            "[1,2],,",
            "...,",
            "9",
            "a",
            "=",
            ", a=b",
        ]
    )
    many = inner * some(amount, 8_000_000 // len(inner))
    return rng.choice(
        ["[[1,2],{}]", "array([[1,2],{}])", "[{}]", "[[1,2],[{}]]", "[[1,2]]{}", "array([[1,2]]{})"]
    ).replace("{}", many)
