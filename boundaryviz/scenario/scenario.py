"""The scenario: everything a run depends on, as one frozen, versioned document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from pydantic import ValidationError, field_validator
from pydantic_core import ErrorDetails

from boundaryviz.attacks import placement
from boundaryviz.attacks.specs import ATTACKS, SHARED, AttackSpec, BridgeSpec
from boundaryviz.attacks.trained import specs as trained
from boundaryviz.attacks.trained.specs import METHODS, TrainedAttackSpec
from boundaryviz.defences import DEFENCES, DefenceSpec
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.learners.families.scikit_learn import table
from boundaryviz.learners.specs import FAMILIES, LearnerSpec, MLPSpec, TrainingSpec
from boundaryviz.scenario.decision import DecisionSpec
from boundaryviz.scenario.emptiness import emptied, understood
from boundaryviz.scenario.history_spec import TURNS, RunHistorySpec
from boundaryviz.scenario.migrations import migrated
from boundaryviz.scenario.own import OwnSpec
from boundaryviz.scenario.pace import Pace
from boundaryviz.scenario.plane import PlaneSpec, PointColumns, SectionSpec, later
from boundaryviz.scenario.study_spec import StudySpec
from boundaryviz.scenario.text import MAX_VALUES
from boundaryviz.scene.bounds import check_scene
from boundaryviz.scene.data import KEEPS_POINTS, NO_RULE, OWN, OWN_POINTS, DataSpec, before_any, build
from boundaryviz.scene.edits import Resection, apply
from boundaryviz.scene.measure import measured
from boundaryviz.scene.own_points import OwnPoints, layered, taken_up
from boundaryviz.scene.plain_text import one_line
from boundaryviz.scene.planes import flat
from boundaryviz.scene.planes import parsed as parsed_plane
from boundaryviz.scene.rules import Rule, parse
from boundaryviz.scene.scene import UNLABELLED, Scene, Target
from boundaryviz.scene.specs import Spec
from boundaryviz.tables.choice import TableSource

if TYPE_CHECKING:
    from boundaryviz.tables.tables import Table

VERSION: Final = 8
"""Of the format of files. 2: `course`. 3: points with inputs or responses. 4: `own`, points of one's own as data,
`data.input_scale`, a measure of the points, and `pace`. 5: `study`, `rule`, `decision`, and what settings say of
themselves (`since` of `setting`), such as absolute and focal loss. 6: `adversary`, an attack that trains,
`defence`, and `data.lift`. 7: units of a section, `evasion`, what is asked of a model as it
stands, nets that train against it, and learners without labels. 8: `course.engine`, what did the steps of a run where
that was not torch on the processor. What needs no words of a later version is written under an earlier one, down to
2."""

SETTINGS: Final = ("data", "poison", "learner", "training", "rule", "decision", "defence")
"""The sections that what a run comes to depends on, beside points and history."""


NO_DEFENCE: Final = "none"
"""What `defence.defence` is set to for none."""

NOTHING_ASKED: Final = "none"
"""What `evasion` is set to where nothing is asked of the model as it stands."""

SHOWN, PROBLEM = 20, 450
"""Problems that are listed, and characters of each."""
_ENTRIES, _DEEP = 1_000, 4  # of a list, and tables within tables
_LISTS = (*PointColumns.model_fields, *SectionSpec.model_fields, *OwnSpec.model_fields, "removed", "at")
_MOST = {"turns": TURNS} | dict.fromkeys(_LISTS, MAX_VALUES[".bviz"])


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

    `order` is its place in the gallery. `pace` is how fast the window trains it.
    `own` holds points of one's own as they came, of which `data` makes the scene, as it draws it from a data set.
    `rule` is a classifier written by hand, see `scene.rules`, which stands beside the model and may label the data.
    `plane` holds the scene itself where it was edited, its poison with it; otherwise the scene is drawn from `data`,
    and `poison` is injected.
    `adversary` is an attack that trains, which is offered: nothing is trained for it until somebody asks, and what came
    of it is then in `plane`.
    `decision` is what mistakes cost and where the decision between classes falls.
    `defence` filters the points that a model is trained on; None for none.
    `evasion` is what is asked of the model as it stands: how far its inputs are pushed. Nothing of it changes training.
    `course` is how a run came to what is written here: the changes of data and settings at their training steps.
    `expect` names metrics with the largest value the gallery promises, or the least and the largest; `clean.` before
    the name means the clean twin's. Tests hold them.
    `study` is what is to be varied over many runs; no result of a single run depends on it.
    """

    version: Literal[8] = VERSION
    name: str = "untitled"
    title: str = "Untitled"
    summary: str = ""
    look_at: str = ""
    variant_of: str | None = None
    order: int = 100
    pace: Pace = later("auto")
    data: DataSpec = DataSpec()
    poison: AttackSpec = BridgeSpec()
    adversary: TrainedAttackSpec | None = later(None)
    learner: LearnerSpec = MLPSpec()
    training: TrainingSpec = TrainingSpec()
    rule: str | None = later(None)
    decision: DecisionSpec = later(DecisionSpec())
    defence: DefenceSpec | None = later(None)
    evasion: EvasionSpec | None = later(None)
    own: OwnSpec | None = later(None)
    plane: PlaneSpec | None = None
    course: RunHistorySpec | None = None
    study: StudySpec | None = later(None)
    expect: dict[str, float | tuple[float, float]] = {}

    @field_validator("rule", mode="before")
    @classmethod
    def _as_words(cls, given: Any) -> Any:
        """A number is a rule, the same class everywhere, which `--set rule=1` and files give as a number."""
        return str(given) if isinstance(given, int | float) and not isinstance(given, bool) else given

    @field_validator("rule")
    @classmethod
    def _read_rule(cls, text: str | None) -> str | None:
        if text is None or not text.strip():
            return None
        parse(text)
        return text

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
        if scenario.study is not None:
            scenario = scenario.model_copy(update={"study": understood(scenario.study, scenario)})
        if scenario.own is not None and scenario.data.name != OWN:
            raise ScenarioError([f"own: points of one's own are data named {OWN!r}, not {scenario.data.name!r}"])
        if problem := scenario.lacks_rule():
            raise ScenarioError([problem])
        try:
            scene = scenario.scene()
            check_scene(scene)
        except ValueError as error:
            raise ScenarioError([f"plane: {error}"]) from None
        if misfit := scenario.decision.problem(scene.classes):
            raise ScenarioError([misfit])
        return scenario

    @classmethod
    def from_arrays(
        cls, X: Any, y: Any = None, *, learner: Any = None, training: TrainingSpec | None = None, name: str = "arrays",
        **options: Any,
    ) -> Scenario:  # fmt: skip
        """A scenario of points with D inputs, X (n, D), and classes y (n,), -1 for a point without a label.

        learner: its spec, default a network; whichever it is, it is given standardised inputs, see `data.input_scale`.
        options: those of `scene.from_arrays`, such as response, split and section. Rows with a missing cell
        are left out, with a warning `tables.from_arrays.RowsLeftOut`. Raises ScenarioError, in words, for arrays that
        make no scene.
        """
        from boundaryviz.tables.from_arrays import from_arrays

        try:
            scene = from_arrays(X, y, **options)
        except ValueError as error:
            raise ScenarioError([f"data: {error}"]) from None
        scenario = cls.from_points(OwnPoints(scene), name, learner=learner)
        return scenario.model_copy(update={"training": training or scenario.training})

    @classmethod
    def from_table(cls, table: Table, name: str | None = None, *, summary: str = "") -> Scenario:
        """A scenario of the points of a table, with the default network; name: by default the file's. Without splits in
        it they are shared out as the settings of the data say."""
        scene, given = table.scene, bool(table.source.choice.split)
        if not given:
            scene = scene.with_points(scene.points.with_columns(split=np.zeros(len(scene.points), dtype=np.int8)))
        name = table.name if name is None else name
        return cls.from_points(OwnPoints(scene, given), name, summary=summary, source=table.source)

    @classmethod
    def from_points(
        cls, points: OwnPoints, name: str, *, summary: str = "", learner: LearnerSpec | None = None,
        source: TableSource | None = None,
    ) -> Scenario:  # fmt: skip
        """A scenario of points of one's own, which are its data; learner: default a network. Whichever it is, it is
        given standardised inputs, as points come in any unit."""
        return cls(
            name=name, title=name, summary=summary, data=OWN_POINTS, own=OwnSpec.of(points, source),
            learner=MLPSpec() if learner is None else learner,
        )  # fmt: skip

    def scene(self) -> Scene:
        """The scene this scenario starts with, measured where its inputs are standardised."""
        if self.plane is not None:
            scene = self.with_noise(replace(self.plane.scene(), poison_on=self.poison.on))
        elif self.own is not None:
            scene = placement.inject(self._without_attack(self._drawn()), self.poison)
        else:
            scene = placement.inject(self._drawn(), self.poison)
        return self.measured(scene)

    def _drawn(self) -> Scene:
        """The scene of its data, before any poison is placed."""
        if self.own is not None:
            return layered(self.data, self.own.points, self.parsed_rule)
        return build(self.data, self.parsed_rule)

    def with_noise(self, scene: Scene) -> Scene:
        """A scene of these data, with what is known of noise in its labels, whatever was done to its points since."""
        noise = None
        if self.data.label_noise and (self.data.name != OWN or self.own is not None):
            noise = self._drawn().noise
        return replace(scene, noise=noise)

    @property
    def parsed_rule(self) -> Rule | None:
        """The rule as it is read; None without one."""
        return None if self.rule is None else parse(self.rule)

    @property
    def drawn_by(self) -> tuple[DataSpec, str | None]:
        """What says which points there are and their labels: scenarios that differ in it have other data."""
        return self.data, self.rule if self.data.labels == "rule" else None

    def lacks_rule(self) -> str:
        """A problem in words where the labels are to be the rule's and there is none; else nothing."""
        return f"data.labels: {NO_RULE}" if self.data.labels == "rule" and self.rule is None else ""

    def redrawn_by(self, paths: Collection[str]) -> bool:
        """Whether changes of these settings, by dotted path, draw the points anew."""
        data = any((path == "data" or path.startswith("data.")) and path not in KEEPS_POINTS for path in paths)
        return data or ("rule" in paths and self.data.labels == "rule")

    def measured(self, scene: Scene) -> Scene:
        """The scene with a measure, where inputs are standardised by it."""
        return measured(scene) if self.data.input_scale == "standardised" else scene

    def _without_attack(self, scene: Scene) -> Scene:
        """The scene before the attack was placed in it: with what was placed by hand, or came with the points."""
        places = self.poison.count > 0 or self.poison.target is not None
        return placement.remove(scene, self.poison) if places else scene

    def with_scene(self, scene: Scene) -> Scenario:
        """The same scenario with this scene written out."""
        return self.model_copy(update={"plane": PlaneSpec.of(self.measured(scene))})

    @property
    def own_plane(self) -> Resection | None:
        """The plane that the data came with, or were lifted from; None where that is all there is."""
        scene = self._drawn()
        return None if scene.section is None else Resection(scene.section, scene.domain, scene.axis_names)

    @property
    def one_unit(self) -> bool:
        """Whether all inputs are of one unit, as they are where points were lifted off a plane."""
        return self.data.lift is not None

    def on_plane(self, plane: str) -> Scenario:
        """The same scenario with another plane of its inputs shown: `components`, `columns:1,4` or by their names,
        `points:3,17,42` through three points, or `own`, the one that the data came with. What a model is given stays.

        The points are written out, as an edit by hand would have them. Raises ScenarioError for what is no plane.
        """
        scene = self.scene()
        try:
            own = None if flat(scene) else self.own_plane
            return self.with_scene(apply(parsed_plane(plane, scene, own, self.one_unit), scene)[0])
        except ValueError as error:
            raise ScenarioError([f"plane: {error}"]) from None

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
        written = self.model_dump(mode="json")
        versions = [2, *(one.since for one in (self.plane, self.course) if one is not None)]
        if self.data.input_scale == "as-is":
            del written["data"]["input_scale"]
        else:
            versions.append(4)
        if self.own is not None or self.pace != "auto":
            versions.append(4)
        if self.own is not None:
            versions.append(self.own.plane.since)
        if self.rule is not None or self.decision != DecisionSpec():
            versions.append(5)
        if self.defence is not None:
            versions.append(6)
        if self.own is None:
            del written["data"]["splits"]  # says something of `own` alone
        if self.study is not None:
            versions.append(5)
        if self.adversary is not None:
            versions.append(6)
        if self.evasion is not None:
            versions.append(7)
        versions += [getattr(self, section).later()[0] for section in ("data", "poison", "learner", "training")]
        return as_ever(self, written) | {"version": max(versions)}

    @property
    def steps(self) -> int:
        """How many steps a run does: as many as its history, or else as `training.steps` says."""
        return (self.course.steps if self.course is not None else 0) or self.training.steps

    def bare(self) -> Scenario:
        """What it draws from, settings and words, without a scene written out and without a history."""
        if self.plane is None and self.course is None:
            return self
        return self.model_copy(update={"plane": None, "course": None})

    def settings(self) -> Scenario:
        """The settings and words alone, without any points: all that a model of a scene at hand depends on."""
        return self.bare() if self.own is None else self.model_copy(update={"own": None, "plane": None, "course": None})

    def with_own(self) -> Scenario:
        """The same scenario with nothing written out but points of one's own: what was done to them by hand is taken
        up in them, so that settings of the data act on them as they are now.

        Poison placed by hand, and its pins, are taken up too, and the attack's own is placed anew. Of a scenario
        without points of its own nothing is kept but what it draws from.
        """
        if self.data.name != OWN or self.plane is None:
            return self.bare()
        scene = replace(self.scene(), measure=None)
        if self.own is None:  # points drawn by hand, pasted, or of an older file
            own = OwnSpec.of(OwnPoints(self._without_attack(scene)))
            return self.bare().model_copy(update={"own": own, "data": before_any(self.data)})
        if replace(self.bare().scene(), measure=None) == scene:
            return self.bare()
        points = taken_up(self.data, self.own.points, self._without_attack(scene), self.parsed_rule)
        return self.bare().model_copy(update={"own": OwnSpec.of(points, self.own.source)})

    def replaced(self, values: Mapping[str, Any]) -> Scenario:
        """A bare scenario with other settings, by dotted path or whole sections, of which nothing else follows.

        Raises ScenarioError naming every path that is unknown or whose value is out of range.
        """
        sections: dict[str, Any] = {}
        problems = []
        for path, value in values.items():
            section, dot, name = path.partition(".")
            known = section in Scenario.model_fields and section not in ("plane", "course")
            if not known or (dot and section == "own"):
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
        """Change fields by dotted path; `learner.name`, `poison.attack` and `defence.defence`, which may be 'none',
        first take the defaults of what they name.

        A changed `data` field draws the points anew: of a data set without what was done to them by hand, and points of
        one's own with it (see `with_own`). There, shares of validation and test points ask for splits shared out by
        them. A changed `poison` field places the attack anew among the points there are. A setting changed here holds
        from step 0 on, whatever the history says of it; of other data or another attack there is no history.
        A setting that may be empty is so by None, or by the word "none".
        Raises ScenarioError naming every path that is unknown or whose value is out of range.
        """
        values = {path: emptied(self, path, value) for path, value in values.items()}
        redrawn = self.redrawn_by(values)
        base = self.with_own() if redrawn else self
        plain: dict[str, Any] = {
            "pace": base.pace,
            "rule": base.rule,
            "decision": base.decision.model_dump(mode="json"),
            "defence": None if base.defence is None else base.defence.model_dump(mode="json"),
        }
        plain |= base.model_dump(mode="json", exclude={"own", "plane", "course"})
        problems: list[str] = []
        own = base.own
        if (source := values.get("data.name", base.data.name)) != base.data.name:
            own, plain["data"]["n"] = None, 500 if base.data.n == "all" else base.data.n
        if redrawn and source == OWN and own is None:
            problems.append(f"data.name: {OWN!r} are points of one's own; there are none here: open a table of them")
        if own is not None and {"data.validation", "data.test"} & values.keys():
            plain["data"]["splits"] = "drawn"
        if (name := values.get("learner.name", plain["learner"]["name"])) not in FAMILIES:
            problems.append(f"learner.name: unknown learner{_quoted(name)}; there are: {_others()}{_MORE}")
        elif name != plain["learner"]["name"]:
            plain["learner"] = FAMILIES[name].spec().model_dump(mode="json")
        if (attack := values.get("poison.attack", plain["poison"]["attack"])) not in ATTACKS:
            problems.append(f"poison.attack: unknown attack{_quoted(attack)}; there are: {', '.join(ATTACKS)}")
        elif attack != plain["poison"]["attack"]:
            shared = {name: plain["poison"][name] for name in SHARED}
            plain["poison"] = ATTACKS[attack](**shared).model_dump(mode="json")
        if (defence := _chosen_defence(values, plain)) is not None:
            problems.append(defence)
            values = {path: value for path, value in values.items() if not path.startswith("defence.")}
        values = _take_evasion(plain, values)
        problems += (unheard := _take_adversary(plain, values))
        known = [*_paths(plain), "defence", "defence.defence", "evasion"]
        for path, value in values.items():
            if unheard and path.startswith("adversary."):
                continue  # of a method that is none there are no settings
            if path not in known:
                problems.append(f"{one_line(path, _LONG)}: {_MOVED.get(path) or _nearest(path, known)}")
            elif path not in ("learner.name", "poison.attack", "adversary.method", "defence", "defence.defence"):
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
        if not problems and (problem := changed.lacks_rule()):
            problems.append(problem)
        if problems:
            raise ScenarioError(problems)
        if kept is not None and changed.poison != self.poison:
            kept = PlaneSpec.of(placement.update(self.scene(), self.poison, changed.poison))
        update = {"own": own, "plane": kept, "course": self._history_after(values, redrawn)}
        return changed.model_copy(update=update)

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


def _take_adversary(plain: dict[str, Any], values: Mapping[str, Any]) -> list[str]:
    """Take the settings of the attack that trains for which values are given into the plain values of a scenario: of
    another method its defaults, with what all share. What is wrong with its name, if anything is."""
    asked = any(path.startswith("adversary.") for path in values)
    if not asked and "adversary" not in plain:
        return []
    held = plain.get("adversary")
    method = values.get("adversary.method", held["method"] if held else None)
    if method not in METHODS:
        there = f"there are: {', '.join(METHODS)}"
        words = (
            f"unknown method{_quoted(method)}" if method is not None else "is missing, which says what attack is meant"
        )
        return [f"adversary.method: {words}; {there}"]
    if held is None or held["method"] != method:
        kept = trained.common(METHODS[held["method"]], METHODS[method]) if held else ()
        shared = {name: held[name] for name in kept} if held else {}
        plain["adversary"] = METHODS[method](**shared).model_dump(mode="json")
    return []


def _take_evasion(plain: dict[str, Any], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take what is asked of the model as it stands into the plain values of a scenario, its defaults where one of its
    settings is given and nothing was asked so far. The values; 'none' asks for nothing."""
    if values.get("evasion", "") in (None, NOTHING_ASKED):
        plain["evasion"] = None
        return {path: value for path, value in values.items() if path != "evasion"}
    if plain.get("evasion") is None and any(path.startswith("evasion.") for path in values):
        plain["evasion"] = EvasionSpec().model_dump(mode="json")
    return values


def as_ever(scenario: Scenario, plain: dict[str, Any]) -> dict[str, Any]:
    """Plain values of a scenario, without the settings that came later and say nothing: a key that is made of them is
    what it was before there were any."""
    silent = {name: getattr(scenario, name).later()[1] for name in ("data", "poison", "learner", "training")}
    return {
        section: {name: value for name, value in held.items() if name not in silent[section]}
        if section in silent
        else held
        for section, held in plain.items()
    }


def _check_counts(values: Mapping[str, Any], before: str = "", deep: int = 0) -> None:
    """Raises ScenarioError for a list, or a table of free keys, so long that a word about each entry takes too long."""
    for name, value in values.items():
        most = _MOST.get(name, _ENTRIES)
        count = len(value) if isinstance(value, list) or (name == "expect" and isinstance(value, Mapping)) else 0
        if name == "turns" and isinstance(value, list) and count <= most:  # what each changes counts, beside its step
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


def _chosen_defence(values: Mapping[str, Any], plain: dict[str, Any]) -> str | None:
    """Put the defence that `values` name, with its defaults, or a whole one, or none, among the plain values.

    What is wrong with it in words, else None.
    """
    if "defence" in values:
        plain["defence"] = values["defence"]
    was = plain["defence"].get("defence") if isinstance(plain["defence"], Mapping) else None
    if (name := values.get("defence.defence", was)) != was:
        if name in (None, "", NO_DEFENCE):
            plain["defence"] = None
        elif name not in DEFENCES:
            listed = ", ".join([*DEFENCES, NO_DEFENCE])
            return f"defence.defence: unknown defence{_quoted(name)}; there are: {listed}"
        else:
            plain["defence"] = DEFENCES[name]().model_dump(mode="json")
    if plain["defence"] is None:
        for path in values:
            if path.startswith("defence.") and path != "defence.defence":
                return f"{one_line(path, _LONG)}: no defence is on; choose one first, defence.defence=NAME"
    return None


_MOVED = {
    "learner.input_scale": "how inputs are scaled is a setting of the data, for every learner: "
    "data.input_scale=as-is, standardised or domain"
}
"""What is said of settings that older versions had in another place."""


def _nearest(path: str, known: list[str]) -> str:
    ends = {p.rpartition(".")[2]: p for p in known}
    near = get_close_matches(path, known, 1, 0.8) or [ends[e] for e in get_close_matches(path, ends, 1, 0.8)]
    return "there is no such setting" + (f"; did you mean {near[0]}?" if near else "")


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


def _others() -> str:
    """The learners that are none of scikit-learn's classifiers."""
    return ", ".join(name for name in FAMILIES if name not in table())


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
