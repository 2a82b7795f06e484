"""Saves and opens every state that the window can reach, and looks whether it is the same state.

`python -m benchmarks.roundtrips [--states N] [--seed S]` takes N random walks (`walks.py`) and saves where each one
leads, as a project, a table and a recovery file; it exits with 1 where one could not be opened or came back otherwise.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.walks import Walk
from benchmarks.workbenches import application, opened
from boundaryviz.gui.document.recovery import Origin, Orphan, Session, orphans
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario import files
from boundaryviz.scenario.history import RunHistory, difference
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import KINDS, Scene
from boundaryviz.tables.tables import read_table


class Lost(AssertionError):
    """What was opened is not what was saved."""


def look(workbench: Workbench, folder: Path, seed: int, length: int = 12) -> list[str]:
    """One walk, and every way of keeping where it leads; what was done. Raises Lost or whatever opening raises."""
    walk = Walk(workbench, folder, seed)
    try:
        walk.go(length)
        _as_project(workbench, walk, folder)
        _as_recovery(workbench, folder)
        _as_table(workbench, folder)
    except Exception as error:
        error.add_note(f"seed {seed}: {', '.join(walk.done)}")
        raise
    return walk.done


def _as_project(workbench: Workbench, walk: Walk, folder: Path) -> None:
    document, path = workbench.document, folder / "state.bviz"
    state, history = document.committed, workbench.controller.history.now()
    wanted = document.to_save()()
    workbench.saving.save_to(path)
    workbench.writer.wait()
    if document.unsaved:
        raise Lost(f"it was not saved: {workbench.window.banner.text.text()}")
    found = files.read(path)
    if files.encoded(found) != files.encoded(wanted):
        raise Lost("the file holds another scenario")
    _same_history(history, RunHistory.read(found))
    walk._open(path)
    if document.path != path:
        raise Lost(f"it was not opened: {workbench.window.banner.text.text()}")
    if difference(document.committed.scene, state.scene) or document.committed.scene != state.scene:
        raise Lost("it opens with other points")
    again = document.to_save()()
    if files.encoded(again) != files.encoded(wanted):
        raise Lost("opened and saved again it is another file")
    if document.unsaved:
        raise Lost("just opened it counts as unsaved")


def _same_history(history: RunHistory | None, found: RunHistory | None) -> None:
    if history is None or found is None:
        if history is not None or found is not None:
            raise Lost("a history came or went")
        return
    for ours, theirs in (((c.steps, c.seeds, c.twin), (f.steps, f.seeds, f.twin)) for c, f in [(history, found)]):
        if ours != theirs:
            raise Lost(f"a history of {ours} came back as {theirs}")
    changes = len(history.changes)
    if len(found.changes) != changes:
        raise Lost(f"{changes} turns came back as {len(found.changes)}")
    for number in {0, changes // 2, changes}:
        (_, before), (_, after) = history.at(number), found.at(number)
        if difference(before, after):
            raise Lost(f"after {number} turns the points are others")


def _as_recovery(workbench: Workbench, folder: Path) -> None:
    document, state = workbench.document, folder / "recovery"
    session = Session(state)
    session.keep(document.to_save(), Origin("", document.scenario.title, len(document.scene.points), time.time()))
    session._lock.release(remove=False)  # as if the program had died
    found, broken = orphans(state)
    if len(found) != 1 or broken:
        raise Lost("a recovery file is not offered")
    orphan: Orphan = found[0]
    try:
        if files.encoded(orphan.read()) != files.encoded(document.to_save()()):
            raise Lost("a recovery file holds another state")
    finally:
        orphan.discard()


def _as_table(workbench: Workbench, folder: Path) -> None:
    scene, path = workbench.document.committed.scene, folder / "state.csv"
    path.unlink(missing_ok=True)
    workbench.saving.save_to(path)
    workbench.writer.wait()
    if not len(scene.points):
        if path.exists():
            raise Lost("an empty table was written, which cannot be opened")
        return
    found = read_table(path).scene
    if not _same_columns(scene, found):
        raise Lost("a table holds other points")


def _same_columns(a: Scene, b: Scene) -> bool:
    names = (name for name in KINDS if name != "ids")
    return all(np.array_equal(getattr(a.points, name), getattr(b.points, name)) for name in names)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="roundtrips", description=__doc__)
    parser.add_argument("--states", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    wrong, began, actions = 0, time.monotonic(), Counter[str]()
    with opened(Scenario().with_values({"data.n": 20})) as (workbench, folder):
        workbench.client._stop_listening()
        workbench.window.show()
        for number in range(given.states):
            try:
                actions.update(look(workbench, folder, given.seed * 1_000_000 + number))
            except Exception as error:
                wrong += 1
                print(f"{type(error).__name__}: {error}; {'; '.join(error.__notes__)}", file=sys.stderr, flush=True)
                if not isinstance(error, Lost):
                    traceback.print_exc()
            application().processEvents()
    done = ", ".join(f"{what} {n:,}" for what, n in actions.most_common())
    print(f"{given.states:,} states in {time.monotonic() - began:.0f} s, {wrong} wrong\nactions: {done}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
