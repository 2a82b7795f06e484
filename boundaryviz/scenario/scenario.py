"""The scenario: everything a run depends on, as one frozen, versioned document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Final, Literal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from boundaryviz.attacks import placement
from boundaryviz.attacks.specs import ATTACKS, SHARED, AttackSpec, BridgeSpec
from boundaryviz.learners.specs import FAMILIES, LearnerSpec, MLPSpec, TrainingSpec
from boundaryviz.scenario.history_spec import TURNS, RunHistorySpec
from boundaryviz.scenario.migrations import migrated
from boundaryviz.scenario.plane import PlaneSpec, PointColumns, SectionSpec
from boundaryviz.scenario.text import MAX_VALUES
from boundaryviz.scene.bounds import check_scene
from boundaryviz.scene.data import DataSpec, build
from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.scene import UNLABELLED, Scene, Target
from boundaryviz.scene.specs import Spec
from boundaryviz.tables.from_arrays import from_arrays

VERSION: Final = 3
"""Of the format of files. 2: `course`. 3: points with inputs or responses; what has neither is written as version 2."""


SHOWN, PROBLEM = 20, 450
"""Problems that are listed, and characters of each."""
_ENTRIES, _DEEP = 1_000, 4  # of a list, and tables within tables
_MOST = {"turns": TURNS} | dict.fromkeys(
    (*PointColumns.model_fields, *SectionSpec.model_fields, "removed", "at"), MAX_VALUES[".bviz"]
)


class ScenarioError(ValueError):
    """A scenario that cannot be used; `problems` lists what is wrong as 'path: what is wrong', one line each.

    Of more than `SHOWN` the last entry says how many there are.
    """

    def __init__(self, problems: list[str]) -> None:
        more = len(problems) - SHOWN
        listed = problems if more <= 1 else [*problems[:SHOWN], f"and {more:,} more problems"]
        self.problems = [one_line(problem, PROBLEM) for problem in listed]
        super().__init__("\n".join(self.problems))


class Scenario(Spec):
    """Data, attack, learner and training, with the words that go with them.

    `order` is its place in the gallery.
    `plane` holds the scene itself where it was edited or imported, its poison with it; otherwise the scene is drawn
    from `data`, and `poison` is injected.
    `course` is how a run came to what is written here: the changes of data and settings at their training steps.
    `expect` names metrics with the largest value the gallery promises, or the least and the largest; `clean.` before
    the name means the clean twin's. Tests hold them.
    """

    version: Literal[3] = VERSION
    name: str = "untitled"
    title: str = "Untitled"
    summary: str = ""
    look_at: str = ""
    variant_of: str | None = None
    order: int = 100
    data: DataSpec = DataSpec()
    poison: AttackSpec = BridgeSpec()
    learner: LearnerSpec = MLPSpec()
    training: TrainingSpec = TrainingSpec()
    plane: PlaneSpec | None = None
    course: RunHistorySpec | None = None
    expect: dict[str, float | tuple[float, float]] = {}

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Scenario:
        """A scenario from nested plain values. Raises ScenarioError with every problem and its path."""
        found = values.get("version", VERSION)
        if isinstance(found, int) and found > VERSION:
            raise ScenarioError(
                [f"version: this file needs boundaryviz format {found}, this program reads up to {VERSION}; update it"]
            )
        _check_counts(values)
        try:
            scenario = cls.model_validate(migrated(values, VERSION))
        except ValidationError as error:
            raise ScenarioError(problems_of(error)) from None
        try:
            check_scene(scenario.scene())
        except ValueError as error:
            raise ScenarioError([f"plane: {error}"]) from None
        return scenario

    @classmethod
    def from_arrays(
        cls, X: Any, y: Any = None, *, learner: Any = None, training: TrainingSpec | None = None, name: str = "arrays",
        **options: Any,
    ) -> Scenario:  # fmt: skip
        """A scenario of points with D inputs, X (n, D), and classes y (n,), -1 for a point without a label.

        learner: its spec, default a network that sees its inputs scaled. options: those of `scene.from_arrays`, such
        as response, split and section. Raises ScenarioError, in words, for arrays that make no scene.
        """
        try:
            scene = from_arrays(X, y, **options)
        except ValueError as error:
            raise ScenarioError([f"data: {error}"]) from None
        learner = MLPSpec(input_scale="domain") if learner is None else learner
        scenario = cls(name=name, title=name, data=DataSpec(name="points"), learner=learner)
        return scenario.model_copy(update={"training": training or scenario.training}).with_scene(scene)

    def scene(self) -> Scene:
        """The scene this scenario starts with."""
        if self.plane is None:
            return placement.inject(build(self.data), self.poison)
        return replace(self.plane.scene(), poison_on=self.poison.on)

    def with_scene(self, scene: Scene) -> Scenario:
        """The same scenario with this scene written out."""
        return self.model_copy(update={"plane": PlaneSpec.of(scene)})

    def with_poison(
        self,
        places: Any,
        label: Any = UNLABELLED,
        target: tuple[float, float, int] | None = None,
        name: str = "code",
    ) -> Scenario:
        """The same scenario with these points of poison in it, placed by your own code, in a group of their own.

        places: (n, 2), or the inputs (n, D) of points that have some. label: of each or of all, -1 for unlabelled.
        target: place and class of the pin that they are for. Like poison placed by hand they are gone when other data
        are drawn; an attack that is placed anew on each draw is a class, see `attacks.register`.
        Raises ScenarioError for what makes no points.
        """
        pin = None if target is None else Target(*target)
        try:
            return self.with_scene(placement.planted(self.scene(), places, label, pin, name))
        except ValueError as error:
            raise ScenarioError([f"poison: {error}"]) from None

    def written(self) -> dict[str, Any]:
        """As nested plain values for a file, under the least version of the format that has words for all of it."""
        wide = any(one is not None and one.is_wide for one in (self.plane, self.course))
        return self.model_dump(mode="json") | {"version": VERSION if wide else 2}

    @property
    def steps(self) -> int:
        """How many steps a run does: as many as its history, or else as `training.steps` says."""
        return (self.course.steps if self.course is not None else 0) or self.training.steps

    def bare(self) -> Scenario:
        """The settings and words alone, without a scene written out and without a history."""
        if self.plane is None and self.course is None:
            return self
        return self.model_copy(update={"plane": None, "course": None})

    def replaced(self, values: Mapping[str, Any]) -> Scenario:
        """A bare scenario with other settings, by dotted path or whole sections, of which nothing else follows.

        Raises ScenarioError naming every path that is unknown or whose value is out of range.
        """
        sections: dict[str, Any] = {}
        problems = []
        for path, value in values.items():
            section, dot, name = path.partition(".")
            if section not in Scenario.model_fields or section in ("plane", "course"):
                problems.append(f"{one_line(path, _LONG)}: there is no such setting")
                continue
            if dot and section not in sections:
                held = getattr(self, section)
                sections[section] = held.model_dump(mode="json") if isinstance(held, Spec) else {}
            if not dot:
                sections[section] = value
            elif isinstance(sections[section], dict) and name in sections[section]:
                sections[section] = {**sections[section], name: value}
            else:
                problems.append(f"{one_line(path, _LONG)}: there is no such setting")
        if problems:
            raise ScenarioError(problems)
        try:
            changed = Scenario.model_validate(sections)
        except ValidationError as error:
            raise ScenarioError(problems_of(error)) from None
        return self.bare().model_copy(update={section: getattr(changed, section) for section in sections})

    def with_values(self, values: Mapping[str, Any]) -> Scenario:
        """Change fields by dotted path; `learner.name` and `poison.attack` first take that family's defaults.

        A changed `data` field draws the points anew, so points that were written out are dropped; a changed `poison`
        field places the attack anew among those there are. A setting changed here holds from step 0 on, whatever the
        history says of it; of other data or another attack there is no history.
        Raises ScenarioError naming every path that is unknown or whose value is out of range.
        """
        plain = self.model_dump(mode="json", exclude={"plane", "course"})
        redrawn = any(path == "data" or path.startswith("data.") for path in values)
        if redrawn and self.data.name == "points" and "data.name" not in values:
            raise ScenarioError(
                ["data: this scenario brings its own points; name a data set with data.name to draw others"]
            )
        problems: list[str] = []
        if (name := values.get("learner.name", plain["learner"]["name"])) not in FAMILIES:
            problems.append(f"learner.name: unknown learner{_quoted(name)}; there are: {', '.join(FAMILIES)}{_MORE}")
        elif name != plain["learner"]["name"]:
            plain["learner"] = FAMILIES[name].spec().model_dump(mode="json")
        if (attack := values.get("poison.attack", plain["poison"]["attack"])) not in ATTACKS:
            problems.append(f"poison.attack: unknown attack{_quoted(attack)}; there are: {', '.join(ATTACKS)}")
        elif attack != plain["poison"]["attack"]:
            shared = {name: plain["poison"][name] for name in SHARED}
            plain["poison"] = ATTACKS[attack](**shared).model_dump(mode="json")
        known = _paths(plain)
        for path, value in values.items():
            if path not in known:
                problems.append(f"{one_line(path, _LONG)}: there is no such setting{_nearest(path, known)}")
            elif path not in ("learner.name", "poison.attack"):
                parent, _, last = path.rpartition(".")
                place = plain
                for step in filter(None, parent.split(".")):
                    place = place[step]
                place[last] = value
        kept = None if redrawn else self.plane
        if kept is not None:  # nothing is drawn, so that a scenario without a data set of its own can be checked too
            plain["plane"] = None
        try:
            changed = Scenario.model_validate(plain)
        except ValidationError as error:
            problems += problems_of(error)
        if problems:
            raise ScenarioError(problems)
        if kept is not None and changed.poison != self.poison:
            kept = PlaneSpec.of(placement.update(self.scene(), self.poison, changed.poison))
        return changed.model_copy(update={"plane": kept, "course": self._history_after(values, redrawn)})

    def _history_after(self, values: Mapping[str, Any], redrawn: bool) -> RunHistorySpec | None:
        if self.course is None or redrawn or any(path.startswith("poison.") for path in values):
            return None
        paths = list(values)
        if "learner.name" in values:
            spoken = {*self.course.values, *(path for change in self.course.turns for path in change.values)}
            paths += [path for path in spoken if path.startswith("learner")]
        history = self.course.overruled(paths)
        steps = values.get("training.steps")
        return history if steps is None else history.lasting(steps)


def _check_counts(values: Mapping[str, Any], before: str = "", deep: int = 0) -> None:
    """Raises ScenarioError for a list, or a table of free keys, so long that a word about each entry takes too long."""
    for name, value in values.items():
        most = _MOST.get(name, _ENTRIES)
        count = len(value) if isinstance(value, list) or (name == "expect" and isinstance(value, Mapping)) else 0
        if name == "turns" and count <= most:  # what each changes counts, beside its step
            count = sum(max(1, len(change) - 1) for change in value if isinstance(change, Mapping))
        if count > most:
            path = one_line(before + name, _LONG)
            raise ScenarioError([f"{path}: there are {count:,} of them; at most {most:,} are read"])
        if isinstance(value, Mapping) and deep < _DEEP:
            _check_counts(value, f"{before}{name}.", deep + 1)
        elif name == "turns" and isinstance(value, list):
            for number, change in enumerate(value):
                if isinstance(change, Mapping):
                    _check_counts(change, f"{before}{name}.{number}.", deep + 1)


def _paths(values: Mapping[str, Any], before: str = "") -> list[str]:
    """Every dotted path that leads to a value."""
    found: list[str] = []
    for key, value in values.items():
        inner = isinstance(value, Mapping) and key != "expect"
        found += _paths(value, f"{before}{key}.") if inner else [before + key]
    return found


def _nearest(path: str, known: list[str]) -> str:
    ends = {p.rpartition(".")[2]: p for p in known}
    near = get_close_matches(path, known, 1, 0.8) or [ends[e] for e in get_close_matches(path, ends, 1, 0.8)]
    return f"; did you mean {near[0]}?" if near else ""


def problems_of(error: ValidationError) -> list[str]:
    """Every problem as 'path: what is wrong', what the members of a union say joined by 'or'."""
    if (count := error.error_count()) > _MANY:
        return [f"scenario: {count:,} values in it are wrong; this does not look like a scenario"]
    found: dict[str, tuple[list[str], Any]] = {}
    for one in error.errors(include_url=False):
        path = _path(one["loc"])
        found.setdefault(path, ([], one.get("input")))[0].append(_words(one))
    return [f"{path}: {_joined(words)}{_got(given, ' '.join(words))}" for path, (words, given) in found.items()]


def _joined(words: list[str]) -> str:
    first, *others = dict.fromkeys(words)
    return " or ".join([first, *(other.removeprefix("must be ") for other in others)])


def _path(loc: tuple[int | str, ...]) -> str:
    """The dotted path, without the names of a union's members."""
    steps = [one_line(str(step), _LONG) for step in loc]
    if len(steps) > 1 and (steps[-1] in {"int", "str", "float"} or steps[-1].startswith(("literal[", "constrained-"))):
        steps.pop()
    return ".".join(steps) or "scenario"


_MORE = ", and scikit-learn's classifiers by their own names"
_MANY = 10_000  # problems that are looked at one by one
_LONG = 80  # characters of a value that are repeated

_WORDS = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "literal_error": "must be {expected}",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "too_long": "takes at most {max_length} entries",
    "missing": "is missing",
    "extra_forbidden": "there is no such setting",
    "union_tag_not_found": "needs its {discriminator}",
    "union_tag_invalid": "unknown {discriminator}; there are: {expected_tags}",
}


def _words(one: ErrorDetails) -> str:
    words = _WORDS.get(one["type"])
    if words is None:
        return one["msg"].removeprefix("Value error, ")
    return words.format(**one.get("ctx", {}))


def _got(given: Any, words: str) -> str:
    """What was given, unless the words already say it."""
    said = "no such setting" in words or (isinstance(given, str) and repr(given) in words)
    got = _quoted(given)
    return f" (got{got})" if got and not said else ""


def _quoted(given: Any) -> str:
    """A space and what was given, cut short; nothing for what is no plain value."""
    if isinstance(given, int) and given.bit_length() > 4 * _LONG:
        given = "a very large number"  # Python writes out no number of thousands of digits
    if not isinstance(given, str | int | float):
        return ""
    return f" {one_line(repr(given[:_LONG] if isinstance(given, str) else given), _LONG)}"
