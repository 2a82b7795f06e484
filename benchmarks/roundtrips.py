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

from benchmarks.desks import application, opened
from benchmarks.walks import Walk
from boundaryviz.gui.assembly import Desk
from boundaryviz.gui.recovery import Origin, Orphan, Session, orphans
from boundaryviz.scenario import files
from boundaryviz.scenario.course import Course, difference
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import KINDS, Scene
from boundaryviz.scene.tables import read_table


class Lost(AssertionError):
    """What was opened is not what was saved."""


def look(desk: Desk, folder: Path, seed: int, length: int = 12) -> list[str]:
    """One walk, and every way of keeping where it leads; what was done. Raises Lost or whatever opening raises."""
    walk = Walk(desk, folder, seed)
    try:
        walk.go(length)
        _as_project(desk, walk, folder)
        _as_recovery(desk, folder)
        _as_table(desk, folder)
    except Exception as error:
        error.add_note(f"seed {seed}: {', '.join(walk.done)}")
        raise
    return walk.done


def _as_project(desk: Desk, walk: Walk, folder: Path) -> None:
    document, path = desk.document, folder / "state.bviz"
    state, course = document.committed, desk.controller.course.now()
    wanted = document.to_save()()
    desk.saving.save_to(path)
    desk.writer.wait()
    if document.unsaved:
        raise Lost(f"it was not saved: {desk.window.banner.text.text()}")
    found = files.read(path)
    if files.encoded(found) != files.encoded(wanted):
        raise Lost("the file holds another scenario")
    _same_course(course, Course.read(found))
    walk._open(path)
    if document.path != path:
        raise Lost(f"it was not opened: {desk.window.banner.text.text()}")
    if difference(document.committed.scene, state.scene) or document.committed.scene != state.scene:
        raise Lost("it opens with other points")
    again = document.to_save()()
    if files.encoded(again) != files.encoded(wanted):
        raise Lost("opened and saved again it is another file")
    if document.unsaved:
        raise Lost("just opened it counts as unsaved")


def _same_course(course: Course | None, found: Course | None) -> None:
    if course is None or found is None:
        if course is not None or found is not None:
            raise Lost("a course came or went")
        return
    for ours, theirs in (((c.steps, c.seeds, c.twin), (f.steps, f.seeds, f.twin)) for c, f in [(course, found)]):
        if ours != theirs:
            raise Lost(f"a course of {ours} came back as {theirs}")
    turns = len(course.turns)
    if len(found.turns) != turns:
        raise Lost(f"{turns} turns came back as {len(found.turns)}")
    for number in {0, turns // 2, turns}:
        (_, before), (_, after) = course.at(number), found.at(number)
        if difference(before, after):
            raise Lost(f"after {number} turns the points are others")


def _as_recovery(desk: Desk, folder: Path) -> None:
    document, state = desk.document, folder / "recovery"
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


def _as_table(desk: Desk, folder: Path) -> None:
    scene, path = desk.document.committed.scene, folder / "state.csv"
    path.unlink(missing_ok=True)
    desk.saving.save_to(path)
    desk.writer.wait()
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
    with opened(Scenario().with_values({"data.n": 20})) as (desk, folder):
        desk.client._stop_listening()
        desk.window.show()
        for number in range(given.states):
            try:
                actions.update(look(desk, folder, given.seed * 1_000_000 + number))
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
