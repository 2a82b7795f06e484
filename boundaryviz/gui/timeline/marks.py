"""What stands on the timeline: changes, the best step, flips and divergence, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from boundaryviz.gui.timeline.bar import Mark
from boundaryviz.record.comparison import first_flips
from boundaryviz.record.curves import CurveStore
from boundaryviz.scenario.history import Change, RunHistory
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.words import setting_title
from boundaryviz.scene.edits import (
    Add,
    Edit,
    Move,
    Recolumn,
    Remove,
    Replace,
    Resection,
    SetGroups,
    SetTargets,
    Several,
)
from boundaryviz.scene.plain_text import one_line

_NEAR = 0.02  # changes of one kind are one, where no more steps lie between them than this share of the steps so far
_LEAST = 100  # or so many


def marks(
    changes: Sequence[Mark],
    curves: CurveStore,
    replica: int,
    clean: int | None,
    branch: int | None,
    stop: Mark | None = None,
) -> list[Mark]:
    """In no order. changes: the marks of the history. replica, clean: whose curves tell of the best step and of flips.
    branch: where it was resumed. stop: where early stopping has ended it."""
    found = [*changes, *([] if stop is None else [stop])]
    if len(curves) and replica < curves.replicas:
        best = curves.best(replica)
        if best is not None and best[0] > 0:
            found.append(Mark(best[0], "best", f"lowest validation loss, {best[1]:.4g}"))
        margins = curves.margins
        twin = None if clean is None else margins[:, clean, None]
        flips = first_flips(curves.step, margins[:, replica, None], twin)[0]
        for pin in np.flatnonzero(flips > 0):
            words = f"pin {pin + 1} flips first" if len(flips) > 1 else "the pin flips first"
            found.append(Mark(int(flips[pin]), "flip", words))
        loss = curves.column("train_loss")[:, replica]
        lost = np.flatnonzero(~np.isfinite(loss))
        if len(lost) and np.isfinite(loss[0]):
            found.append(Mark(int(curves.step[lost[0]]), "diverged", "training diverged"))
    if branch is not None:
        found.append(Mark(branch, "branch", "resumed here"))
    return found


class ChangeMarks:
    """The marks of a history that grows: a drag is a change at every step, so only new ones are put into words."""

    def __init__(self) -> None:
        self._marks: list[Mark] = []
        self._changes: tuple[Change, ...] = ()

    def of(self, history: RunHistory | None) -> Sequence[Mark]:
        """In the order of their steps. Changes with the same words close to each other are one mark, at the first."""
        changes, done = () if history is None else history.changes, len(self._changes)
        if done and changes[done - 1 : done] != self._changes[-1:]:  # it is another history, or shorter than it was
            self._marks, self._changes, done = [], (), 0
        for at in range(done, len(changes)):
            assert history is not None
            self._add(_of_change(changes[at], history.scenario), changes[at - 1].step if at else 0)
        self._changes = changes
        return self._marks

    def _add(self, mark: Mark, last: int) -> None:
        """last: the step of the change before."""
        near = max(_LEAST, int(_NEAR * mark.step))
        if self._marks and _same(self._marks[-1], mark) and mark.step - last <= near:
            self._marks[-1] = replace(self._marks[-1], words=mark.words)
        else:
            self._marks.append(mark)


def _of_change(change: Change, scenario: Scenario) -> Mark:
    words = [*_settings(change, scenario), *_edits(change.edit)]
    only_settings = bool(change.values) and not list(_edits(change.edit))
    return Mark(change.step, "setting" if only_settings else "edit", ", ".join(words) or "changed")


def _settings(change: Change, scenario: Scenario) -> Iterator[str]:
    for path, value in change.values.items():
        title = setting_title(scenario, path).lower()
        yield f"{title} {one_line(str(value))}" if isinstance(value, bool | int | float | str) else title


def _edits(edit: Edit) -> Iterator[str]:
    for one in edit.edits if isinstance(edit, Several) else (edit,):
        match one:
            case Move(ids):
                yield _counted("moved", len(ids))
            case Add(points):
                yield _counted("added", len(points))
            case Remove(ids):
                yield _counted("removed", len(ids))
            case Recolumn(ids, columns):
                verb = "muted or unmuted" if "muted" in columns else "relabelled" if "label" in columns else "changed"
                yield _counted(verb, len(ids))
            case SetTargets():
                yield "set pins"
            case SetGroups():
                yield "changed groups of poison"
            case Resection():
                yield "another plane shown"
            case Replace():
                yield "other points"


def _counted(verb: str, count: int) -> str:
    return f"{verb} {count:,} point{'s' * (count != 1)}"


def _same(a: Mark, b: Mark) -> bool:
    return a.kind == b.kind and a.words.rstrip("0123456789.e-") == b.words.rstrip("0123456789.e-")
