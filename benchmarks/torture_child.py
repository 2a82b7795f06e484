"""The program that is tortured: the real window, which edits, saves and undoes at random and reports each edit.

`edit FOLDER SEED TRAINED` goes on until it is killed; `again` restores what the last session left, saves nothing and
closes. A line of JSON for each committed edit: when it was committed (monotonic), and the digest of scene and settings.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from boundaryviz.gui import app
from boundaryviz.scenario.scenario import Scenario


def digest(scenario: Scenario) -> str:
    """What tells two states apart: the points to the bit, and the settings that are edited here."""
    points = scenario.scene().points
    made = hashlib.sha256(repr((scenario.training, scenario.learner, scenario.title)).encode())
    for column in (points.ids, points.xy, points.label, points.split, points.origin, points.muted):
        made.update(column.tobytes())
    return made.hexdigest()[:24]


def say(what: str, **more: object) -> None:
    print(json.dumps({"what": what, "when": time.monotonic(), **more}), flush=True)


class Silent:
    """A trainer that hears everything and says nothing."""

    def send(self, message: object) -> None:
        pass

    def poll(self) -> list[Any]:
        return []

    def silence(self) -> None:
        return None

    def close(self) -> None:
        pass

    abandon = close

    def fileno(self) -> None:
        return None


class Editing:
    """Edits `workbench` at random, a few times in a tenth of a second, until it is killed."""

    def __init__(self, workbench: Any, folder: Path, seed: int) -> None:
        from PyQt6.QtCore import QTimer

        self.workbench, self.folder, self.rng = workbench, folder, random.Random(seed)
        workbench.saving.written.connect(lambda path: say("saved", path=str(path)))
        self._last: object = None
        workbench.document.changed.connect(self._report)
        self._timer = QTimer(workbench.window)
        self._timer.timeout.connect(self._act)
        self._timer.start(self.rng.choice([10, 40, 150]))
        if self.rng.random() < 0.5:  # a large scene is written for longer
            workbench.document.open(Scenario().with_values({"data.n": self.rng.choice([3_000, 10_000])}), saved=False)
            workbench.controller.play(True)
        self._report()

    def _report(self) -> None:
        state = self.workbench.document.committed
        if state is not self._last:
            self._last = state
            say("edit", digest=digest(state.complete()))

    def _act(self) -> None:
        import numpy as np

        from boundaryviz.scenario.changes import Settings
        from boundaryviz.scene.edits import Add, Move, Remove, relabel
        from boundaryviz.scene.scene import Points

        rng, document = self.rng, self.workbench.document
        ids = document.committed.scene.points.ids
        some = np.array(rng.sample(ids.tolist(), min(len(ids), rng.randint(1, 5))), dtype=np.int64)
        xy = np.array([[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in some])
        match rng.choices(
            ["add", "move", "remove", "relabel", "setting", "preview", "undo", "redo", "save", "save as"],
            [4, 8, 2, 4, 2, 4, 3, 1, 2, 1],
        )[0]:
            case "add":
                label, first = rng.randint(-1, 1), document.committed.scene.points.next_id
                document.do(Add(Points.of(xy[:1], label, first_id=first)), "Add point")
            case "move":
                document.do(Move(some, xy), "Move points")
            case "remove" if len(ids) > 20:
                document.do(Remove(some), "Delete")
            case "relabel":
                document.do(relabel(some, rng.randint(-1, 1)), "Relabel")
            case "setting":
                document.do(Settings({"training.learning_rate": rng.uniform(0.001, 1.0)}), "Set learning rate")
            case "preview":
                document.preview(Move(some, xy))
                document.drop_preview()
            case "undo":
                document.undo.undo()
            case "redo":
                document.undo.redo()
            case "save" if document.path is not None:
                self.workbench.saving.save()
            case "save" | "save as":
                if not self.workbench.writer.busy:
                    self.workbench.saving.save_to(self.folder / f"work {rng.randint(1, 3)} ü.bviz")


def restore(workbench: Any) -> None:
    """Take what is offered, wait until this session has it, close as a person would who discards it."""
    from PyQt6.QtCore import QTimer

    offered = workbench.restoring.found > 0
    told = {"offered": offered, "restored": False}

    def end() -> None:
        print(json.dumps(told), flush=True)
        workbench.window.ask_nothing()
        workbench.window.close()

    def kept() -> None:
        told["restored"] = workbench.document.unsaved
        QTimer.singleShot(0, end)

    if not offered:
        QTimer.singleShot(0, end)
        return
    workbench.autosave.kept.connect(kept)
    workbench.window.banner.action_button.click()


def main(mode: str, *arguments: str) -> int:
    from boundaryviz.engine import link, worker
    from boundaryviz.gui import workbench as assembly

    if mode == "again" or arguments[2] == "0":
        worker.start = lambda *_: (None, None)  # type: ignore[assignment]
        link.ProcessLink = lambda *_, **__: Silent()  # type: ignore[assignment, misc]

    class TorturedWorkbench(assembly.Workbench):
        def show(self, hint: str | None = None) -> None:
            super().show(hint)
            if mode == "edit":
                self._editing = Editing(self, Path(arguments[0]), int(arguments[1]))

        def offer_what_was_left(self, crash: str, unkept: str = "") -> None:
            super().offer_what_was_left(crash, unkept)
            if mode == "again":
                restore(self)

    assembly.Workbench = TorturedWorkbench  # type: ignore[misc]
    return app.main()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
