"""Settings in words, as labels of runs that differ by them; sizes of files, and where points came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boundaryviz.attacks.specs import ATTACKS
from boundaryviz.defences import DEFENCES
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.datasets import DATASETS
from boundaryviz.scene.plain_text import one_line
from boundaryviz.tables.choice import TableSource


def size_words(size: int) -> str:
    """Bytes as '820 kB' or '4.1 MB'."""
    return f"{size / 1e3:.0f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"


def duration_words(seconds: float) -> str:
    """'40 s', '12 min', '3.2 h' or '5.1 days'."""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.2g} {unit}" if seconds < 100 * size else f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} s"


def source_words(source: TableSource) -> str:
    """Where points came from: '342 points from penguins.csv; 2 rows were left out.'"""
    points = f"{source.kept:,} {'point' if source.kept == 1 else 'points'}"
    left = (
        f"; {source.omitted:,} {'row was' if source.omitted == 1 else 'rows were'} left out" if source.omitted else ""
    )
    return f"{points} from {one_line(source.file) or 'the clipboard'}{left}."


def has_setting(scenario: Scenario, path: str) -> bool:
    """Whether there is a setting of this dotted path, with the learner, data and attack as they are."""
    section, _, name = path.partition(".")
    return name in getattr(type(getattr(scenario, section, None)), "model_fields", {})


def setting_title(scenario: Scenario, path: str) -> str:
    """What the setting of this dotted path is called: 'Learning rate'; for a field of the scenario itself its name."""
    section, _, name = path.partition(".")
    fields = getattr(type(getattr(scenario, section) if name else scenario), "model_fields", {})
    title = fields[name or section].title if (name or section) in fields else None
    return title or name or section


def settings_in_words(scenario: Scenario, paths: Mapping[str, Any]) -> str:
    """What a scenario has at these dotted paths: 'Hidden layers 64, 64; Learning rate 0.01'."""
    return "; ".join(_setting(scenario, path) for path in paths)


def _setting(scenario: Scenario, path: str) -> str:
    section, _, name = path.partition(".")
    value: Any = getattr(scenario, section, None)
    if not name:
        return f"{section} {value}"
    if value is None:
        return f"no {section}"
    spec, value = value, getattr(value, name, None)
    match path:
        case "learner.name":
            return FAMILIES[str(value)].title
        case "poison.attack":
            return str(ATTACKS[str(value)].TITLE)
        case "defence.defence":
            return str(DEFENCES[str(value)].TITLE)
        case "data.name":
            return DATASETS[str(value)].title if value in DATASETS else str(value)
    field = type(spec).model_fields[name]
    extra = field.json_schema_extra
    form: Any = extra.get("form", {}) if isinstance(extra, dict) else {}
    shown = next((words for choice, words in form.get("choices", ()) if choice == value), _value(value))
    return " ".join(filter(None, (field.title or name, shown, form.get("unit", ""))))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple | list):
        return ", ".join(_value(one) for one in value) or "none"
    return "none" if value is None else str(value)
