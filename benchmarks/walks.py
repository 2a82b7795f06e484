"""Random walks through the window, as far as they change what is saved: where points come from, learners, edits,
poison, training, twins, the past and branches.

A walk is a list of actions drawn from a seed. It drives the real window, with a trainer in this process, by what a
person's hand would set off; nothing is drawn on a screen.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from boundaryviz.attacks.specs import ATTACKS
from boundaryviz.gui.workbench import Workbench
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario import files, gallery
from boundaryviz.scenario.changes import Settings
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.datasets import DATASETS
from boundaryviz.scene.edits import Add, Edit, Move, Recolumn, Remove, SetTargets, mute, relabel
from boundaryviz.scene.scene import Points, Target

_NAMES = ("Mine", "", "two\nlines", 'say "so"', "Übung <b>1</b>", "=1+1")
_TEXTS = (*_NAMES, "half \ud800 a character")  # which a file holds as a question mark
_TURNS = 400  # looks for answers that a few steps of training take at most
_SMALL = {"data.n": 30}


class Walk:
    """One walk of `length` actions over `workbench`, which is left in the state that was reached. done: what was
    done."""

    def __init__(self, workbench: Workbench, folder: Path, seed: int) -> None:
        self.workbench, self._folder, self._rng = workbench, folder, random.Random(seed)
        self._numbers = np.random.default_rng(seed)
        self.done: list[str] = []
        workbench.filing.may_leave = lambda: True  # type: ignore[method-assign]

    def go(self, length: int) -> None:
        """Begin somewhere, in a window in which something else was done before, and go on from there."""
        self.workbench.document.open(Scenario().with_values({**_SMALL, "poison.on": self._rng.random() < 0.5}))
        self.workbench.twin.train(1, False)
        self.settle()
        self._do(self._rng.choice(self._sources()))
        for _ in range(length):
            self._do(self._rng.choice(self._actions()))
        if self._rng.random() < 0.5:
            self._do(self._play)
        self.settle()

    def settle(self) -> None:
        """Let the trainer answer all that it was told, and files be read."""
        for _ in range(_TURNS):
            self._listen()
            if not self.workbench.client.playing:
                break
        self.workbench.controller.play(False)
        for _ in range(4):
            self._listen()

    def _listen(self) -> None:
        self.workbench.client._poll()

    def _do(self, action: Callable[[], object]) -> None:
        self.done.append(action.__name__.strip("_"))
        action()

    # ---- where points come from ---------------------------------------------------------------------

    def _sources(self) -> list[Callable[[], object]]:
        return [
            self._example, self._data_set, self._csv, self._csv, self._toml, self._project, self._new, self._new,
            self._paste, self._hand_made,
        ]  # fmt: skip

    def _small(self, scenario: Scenario) -> Scenario:
        values: dict[str, Any] = {} if scenario.data.name == "points" else dict(_SMALL)
        if "training.steps" not in values:
            values["training.steps"] = 20
        try:
            return scenario.with_values(values)
        except (ScenarioError, ValueError):
            return scenario

    def _example(self) -> None:
        self.workbench.document.open(self._small(gallery.load(self._rng.choice(gallery.names()))))

    def _data_set(self) -> None:
        self.workbench.document.open(self._small(gallery.of_dataset(self._rng.choice(list(DATASETS)))))

    def _table(self) -> str:
        n, named = self._rng.randint(1, 40), self._rng.random() < 0.4
        labels = ["", *("ab" if named else "01"), *(["c"] if named else ["2"]) * (self._rng.random() < 0.3)]
        rows = [f"{x!r},{y!r},{self._rng.choice(labels)}" for x, y in self._numbers.normal(0, 2, (n, 2)).tolist()]
        return "\n".join([self._rng.choice(["x,y,label", "länge,<b>breite</b>,label"]), *rows]) + "\n"

    def _csv(self) -> None:
        path = self._folder / "table.csv"
        path.write_text(self._table())
        self._open(path)

    def _toml(self) -> None:
        path = self._folder / "scenario.toml"
        files.write(path, self._small(gallery.load(self._rng.choice(gallery.names()))))
        self._open(path)

    def _project(self) -> None:
        """A project that was saved before, its history with it."""
        self._example()
        self._edit()
        self._play()
        self.settle()
        path = self._folder / "before.bviz"
        self._save(path)
        self._open(path)

    def _open(self, path: Path) -> None:
        self.workbench.filing.open(path)
        self.workbench.reader.wait()
        self.settle()

    def _save(self, path: Path) -> None:
        self.workbench.saving.save_to(path)
        self.workbench.writer.wait()

    def _new(self) -> None:
        self.workbench.filing.new()
        for _ in range(self._rng.randint(0, 12)):
            self._add()

    def _paste(self) -> None:
        from PyQt6.QtGui import QGuiApplication

        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(self._table())
        self._rng.choice([self.workbench.pasting.paste, self.workbench.pasting.paste_into])()
        self.workbench.reader.wait()

    def _hand_made(self) -> None:
        """A scenario that a script wrote: any words, and a plane of its own."""
        words = {name: self._rng.choice(_TEXTS) for name in ("title", "summary", "look_at")}
        scenario = self._small(gallery.of_dataset(self._rng.choice(list(DATASETS)))).model_copy(update=words)
        self.workbench.document.open(scenario.with_scene(scenario.scene()) if self._rng.random() < 0.5 else scenario)

    # ---- what is done with them ---------------------------------------------------------------------

    def _actions(self) -> list[Callable[[], object]]:
        return [
            self._play, self._play, self._edit, self._edit, self._edit, self._add, self._remove, self._undo, self._redo,
            self._learner, self._setting, self._poison, self._attack, self._group, self._twins, self._branch,
            self._branch, self._reset, self._pin, self._data, self._paste, self._preview, self._save_and_go_on,
            self._clear,
        ]  # fmt: skip

    def _some(self) -> np.ndarray:
        ids = self.workbench.document.committed.scene.points.ids
        return self._numbers.choice(ids, min(len(ids), self._rng.randint(1, 4)), replace=False) if len(ids) else ids

    def _places(self, n: int) -> np.ndarray:
        return self._numbers.choice([-0.0, 0.0, 1e-300, 1.5, 1e6, *self._numbers.normal(0, 2, 12)], (n, 2))

    def _play(self) -> None:
        client = self.workbench.client
        client.set_stop_at(client.step_count + self._rng.choice([1, 3, 12]))
        self.workbench.controller.play(True)
        if self._rng.random() < 0.7:
            self.settle()
        else:  # the next change comes while it trains
            for _ in range(self._rng.randint(0, 3)):
                self._listen()

    def _edit(self) -> None:
        ids = self._some()
        if not len(ids):
            return
        origin = np.full(len(ids), self._rng.randint(-1, 2), dtype=np.int8)
        split = np.full(len(ids), self._rng.randint(0, 2), dtype=np.int8)
        edits: list[Edit] = [
            Move(ids, self._places(len(ids))), relabel(ids, self._rng.randint(-1, 2)),
            mute(ids, self._rng.random() < 0.6), Recolumn(ids, {"origin": origin}), Recolumn(ids, {"split": split}),
        ]  # fmt: skip
        self.workbench.controller.do(self._rng.choice(edits), "Edit")

    def _add(self) -> None:
        first, label = self.workbench.document.committed.scene.points.next_id, self._rng.randint(-1, 2)
        origin = self._rng.choice([0, 0, 1, 2])
        points = Points.of(self._places(self._rng.randint(1, 3)), label, origin=origin, first_id=first)
        self.workbench.controller.do(Add(points), "Add points")

    def _remove(self) -> None:
        if len(ids := self._some()):
            self.workbench.controller.do(Remove(ids), "Delete")

    def _clear(self) -> None:
        if self._rng.random() < 0.3:
            self.workbench.window.actions_["edit.clear"].trigger()

    def _preview(self) -> None:
        if len(ids := self._some()):
            self.workbench.document.preview(Move(ids, self._places(len(ids))))
            self._listen()
            if self._rng.random() < 0.5:
                self.workbench.document.drop_preview()
            else:
                self.workbench.controller.do(Move(ids, self._places(len(ids))), "Move points")

    def _undo(self) -> None:
        self.workbench.document.undo.undo()

    def _redo(self) -> None:
        self.workbench.document.undo.redo()

    def _set(self, values: dict[str, Any]) -> None:
        self.workbench.controller.do(Settings(values), "Set")

    def _learner(self) -> None:
        self._set({"learner.name": self._rng.choice(list(FAMILIES))})

    def _setting(self) -> None:
        rng = self._rng
        self._set(rng.choice([
            {"training.learning_rate": rng.choice([0.001, 0.3])}, {"training.batch_size": rng.choice([8, "full"])},
            {"training.seed": rng.randint(0, 5)}, {"training.evaluate_every": rng.choice([1, 7])},
            {"training.l2": 0.01}, {"learner.hidden": [rng.randint(1, 4)]},
        ]))  # fmt: skip

    def _data(self) -> None:
        rng = self._rng
        values: list[dict[str, Any]] = [
            {"data.noise": 0.1},
            {"data.seed": 3},
            {"data.n": 20},
            {"data.labels_per_class": 2},
            {"data.labels_per_class": "all"},
            {"data.label_noise": 0.3},
            {"data.jitter": 0.1},
            {"data.test": 0.1},
            {"data.balance": 0.4},
        ]
        self._set(rng.choice([*values, {"data.name": rng.choice(list(DATASETS)), **_SMALL}]))

    def _poison(self) -> None:
        rng = self._rng
        self._set(rng.choice([{"poison.count": rng.randint(0, 6)}, {"poison.on": rng.random() < 0.5}]))

    def _attack(self) -> None:
        self._set({"poison.attack": self._rng.choice(list(ATTACKS)), "poison.count": self._rng.randint(0, 5)})

    def _group(self) -> None:
        poison, number = self.workbench.poison.panel, self._rng.randint(1, 3)
        match self._rng.randrange(5):
            case 0 | 1:
                poison.new_group.emit()
            case 2:
                poison.groups.renamed.emit(number, self._rng.choice(_NAMES))
            case 3:
                poison.groups.switched.emit(number, self._rng.random() < 0.5)
            case _:
                poison.groups.deleted.emit(number)

    def _twins(self) -> None:
        self.workbench.twin.train(self._rng.choice([1, 1, 2, 3]), self._rng.random() < 0.5)
        self.settle()

    def _pin(self) -> None:
        scene = self.workbench.document.committed.scene
        x, y = self._places(1)[0].tolist()
        pins = (*scene.targets[-3:], Target(x, y, self._rng.randrange(scene.classes), self._rng.randint(0, 2)))
        self.workbench.controller.do(SetTargets(pins), "Set pins")

    def _reset(self) -> None:
        self.workbench.window.actions_["train.reset"].trigger()

    def _branch(self) -> None:
        timeline = self.workbench.timeline
        self.settle()
        if len(timeline.timeline):
            timeline.show(self._rng.randrange(len(timeline.timeline)))
            self._rng.choice([timeline.resume, timeline.resume, timeline.now])()
            self.settle()

    def _save_and_go_on(self) -> None:
        self.settle()
        self._save(self._folder / "on the way.bviz")
