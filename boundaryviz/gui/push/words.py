"""What there is to say about pushes, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from boundaryviz.evasion.pushes import Pushes
from boundaryviz.evasion.settings import BOUNDED
from boundaryviz.figures.push_style import PUSHES
from boundaryviz.scene.plain_text import NAME, one_line
from boundaryviz.scene.scene import Scene

_OFF = 0.005  # of a push: less of it off the plane is not worth a word


def here_words(runs: Sequence[Pushes], scene: Scene) -> str:
    """The pushes from one place, a sentence each: the shortest first, what attacks beside it come to, how much of it
    leads off the plane, and what is certified."""
    if not runs:
        return ""
    said = [_one(run, scene) for run in runs]
    first = runs[0]
    if (off := float(first.off_plane[0])) > _OFF and np.isfinite(off):
        said.append(f"Drawn is its shadow: {off:.0%} of it (squared) leads off the plane.")
    sure = next((run.certificates for run in runs if run.certificates is not None), None)
    if sure is not None and np.isfinite(sure[0]):
        certain = f"no push below {sure[0]:.3g} changes it" if sure[0] > 0 else "nothing is certain here"
        said.append(f"Of the smoothed model {certain}.")
    said += dict.fromkeys(run.words for run in runs if run.words)
    return " ".join(said)


def _one(run: Pushes, scene: Scene) -> str:
    name = PUSHES[run.method].words
    name = name[:1].upper() + name[1:]
    length, to = float(run.length[0]), int(run.to_class[0])
    if not np.isfinite(length) or not np.isfinite(run.ends_xy[0]).all():
        return f"{name}: none is found."
    end = class_words(scene, to)
    if run.method in BOUNDED:
        return f"{name}, {length:.3g}: {'taken for' if run.flipped[0] else 'still'} {end}."
    least = "" if run.exact else "at most "
    reach = "within" if length <= run.epsilon else "beyond"
    return f"{name}: {least}{length:.3g} to {end}, {reach} epsilon."


def class_words(scene: Scene, label: int) -> str:
    """A class by its name."""
    return one_line(scene.class_name(label), NAME) if 0 <= label < scene.classes else "undecided"


def many_words(run: Pushes, count: int) -> str:
    """How many of many points cross within epsilon. count: of how many that could have been asked about."""
    n = len(run)
    if not n:
        return ""
    within = int(run.within.sum())
    some = "" if count <= n else f", {n:,} of {count:,}"
    points = f"{n:,} point{'s' * (n != 1)}{some}"
    middle = run.length[np.isfinite(run.length)]
    said = f"Of {points} {within:,} ({within / n:.1%}) cross within {run.epsilon:.3g}"
    if len(middle) and run.method not in BOUNDED:
        said += f"; median length {np.median(middle):.3g}"
    return said + (f". {run.words}" if run.words else ".")
