"""`scenarios` and `learners`: what there is, as tables or as JSON."""

from __future__ import annotations

import json
from typing import Any

from boundaryviz.cli.tables import row, show, table
from boundaryviz.cli.terminal import print_json
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.learners.specs import FAMILIES, TrainingSpec
from boundaryviz.scenario import gallery
from boundaryviz.scenario.decision import DecisionSpec
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.datasets import DATASETS
from boundaryviz.scene.specs import Spec


def list_scenarios(as_json: bool) -> None:
    """The gallery, then the data sets, which are scenarios with the default learner."""
    entries = [
        {
            "name": scenario.name, "title": scenario.title, "learner": scenario.learner.name,
            "data": scenario.data.name, "summary": scenario.summary, "look_at": scenario.look_at,
            "variant_of": scenario.variant_of,
        }
        for scenario in (*gallery.scenarios(), *map(gallery.of_dataset, DATASETS))
    ]  # fmt: skip
    if as_json:
        print_json(entries)
        return
    shown = table("name", "title", "learner", "what it shows", title="Gallery")
    for entry in entries[: -len(DATASETS)]:
        mark = "  " if entry["variant_of"] else ""
        row(shown, f"{mark}{entry['name']}", entry["title"], entry["learner"], entry["summary"])
    show(shown)
    shown = table("name", "title", "what it is", title="Data sets, each with the default network")
    for entry in entries[-len(DATASETS) :]:
        row(shown, entry["name"], entry["title"], entry["summary"])
    show(shown)


def list_learners(as_json: bool) -> None:
    """Every learner with its parameters; the table adds the settings that every scenario has."""
    found = [{"name": name, "parameters": parameters(one.spec, "learner")} for name, one in FAMILIES.items()]
    if as_json:
        print_json(found)
        return
    for name, one in FAMILIES.items():
        _show(name, parameters(one.spec, "learner"))
    _show("data, in every scenario", parameters(DataSpec, "data"))
    _show("training, in every scenario", parameters(TrainingSpec, "training"))
    _show("the decision, in every scenario", parameters(DecisionSpec, "decision"))
    _show("what is asked of the model as it stands, in every scenario", parameters(EvasionSpec, "evasion"))


def _show(title: str, rows: list[dict[str, Any]]) -> None:
    shown = table("--set", "default", "range", "what it does", title=title)
    for one in rows:
        row(shown, one["path"], _value(one["default"]), one["range"], one["explains"])
    show(shown)


def parameters(spec: type[Spec], path: str) -> list[dict[str, Any]]:
    """The fields of a spec: path, title, what it does, default, and its range in words and numbers."""
    found = []
    for name, schema in spec.model_json_schema()["properties"].items():
        if name == "name" and "description" not in schema:
            continue
        limits = _limits(schema)
        found.append(
            {
                "path": f"{path}.{name}", "title": schema.get("title", name),
                "explains": schema.get("description", ""), "default": schema.get("default"),
                "range": _range(schema, limits), "unit": schema.get("form", {}).get("unit", ""), **limits,
            }
        )  # fmt: skip
    return found


def _limits(schema: dict[str, Any]) -> dict[str, Any]:
    names = {"minimum": "minimum", "maximum": "maximum", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
    found = {words: part[key] for part in _parts(schema) for key, words in names.items() if key in part}
    choices = [c for part in _parts(schema) for c in part.get("enum", [part["const"]] if "const" in part else [])]
    return found | ({"choices": choices} if choices else {})


def _parts(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [schema, *schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]


def _range(schema: dict[str, Any], limits: dict[str, Any]) -> str:
    words = [f"{sign} {_number(limits[key])}" for key, sign in (("above", ">"), ("below", "<")) if key in limits]
    low, high = limits.get("minimum"), limits.get("maximum")
    if low is not None and high is not None:
        words.append(f"{_number(low)} to {_number(high)}")
    elif low is not None:
        words.append(f"from {_number(low)} up")
    elif high is not None:
        words.append(f"up to {_number(high)}")
    types = {part.get("type") for part in _parts(schema)}
    if "choices" in limits:
        number = ["a number"] if types & {"integer", "number"} and "array" not in types else []
        words.append(", ".join([*number, *map(str, limits["choices"])]))
    if "array" in types:
        most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
        return f"list of {', '.join(words)}{most}"
    return ", ".join(words) + (" or empty" if "null" in types else "")


def _value(value: Any) -> str:
    return "" if value is None else json.dumps(value) if isinstance(value, list) else str(value)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
