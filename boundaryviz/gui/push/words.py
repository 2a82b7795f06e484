"""What there is to say about pushes, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from boundaryviz.evasion.pushes import Pushes
from boundaryviz.evasion.settings import BOUNDED
from boundaryviz.scene.plain_text import NAME, one_line
from boundaryviz.scene.scene import Scene

LEAST = "\u2264 "
"""Before a length that is an upper bound."""
NOTHING_DECIDED = "The model decides nothing here: it has learnt nothing yet, or it has diverged."
_OFF = 0.005  # of a push: less of it off the plane is not worth a word


def rows_words(runs: Sequence[Pushes], scene: Scene) -> dict[str, tuple[str, str]]:
    """By method, of pushes from one place: how long it is, and where it leads."""
    return {run.method: _row(run, scene) for run in runs}


def _row(run: Pushes, scene: Scene) -> tuple[str, str]:
    length, end = float(run.length[0]), class_words(scene, int(run.to_class[0]))
    if not np.isfinite(length) or not np.isfinite(run.ends_xy[0]).all():
        return "\u2013", "finds no way"
    if run.method in BOUNDED:
        return f"{length:.4g}", f"{'to' if run.flipped[0] else 'still'} {end}"
    return f"{'' if run.exact else LEAST}{length:.4g}", f"to {end}"


def here_words(runs: Sequence[Pushes], scene: Scene) -> str:
    """Of pushes from one place: what the model decides there, how much of the first leads off the plane, what is
    certified, and what else is to be said."""
    if not runs:
        return ""
    first = runs[0]
    if (label := int(first.from_class[0])) < 0:
        return NOTHING_DECIDED
    said = [f"Taken for {class_words(scene, label)} here."]
    if np.isfinite(first.off_plane[0]) and (off := float(first.off_plane[0])) > _OFF:
        said.append(f"Drawn is the shadow of the push: {off:.0%} of it (squared) leads off the plane.")
    sure = next((run.certificates for run in runs if run.certificates is not None), None)
    if sure is not None and np.isfinite(sure[0]):
        certain = f"no push below {sure[0]:.3g} changes its decision" if sure[0] > 0 else "nothing is certain here"
        said.append(f"Of the smoothed model {certain}.")
    said += dict.fromkeys(run.words for run in runs if run.words)
    return " ".join(said)


def class_words(scene: Scene, label: int) -> str:
    """A class by its name."""
    return one_line(scene.class_name(label), NAME) if 0 <= label < scene.classes else "undecided"


def many_words(run: Pushes, count: int) -> str:
    """How many of many points cross within epsilon. count: of how many that could have been asked about."""
    n = len(run)
    if not n:
        return ""
    within = int(run.within.sum())
    some = "" if count <= n else f" of {count:,}"
    said = f"Of {n:,}{some} points {within:,} ({within / n:.1%}) cross within {run.epsilon:.3g}"
    middle = run.length[np.isfinite(run.length)]
    if len(middle) and run.method not in BOUNDED:
        said += f"; median length {np.median(middle):.3g}"
    off = run.off_plane[np.isfinite(run.off_plane) & np.isfinite(run.length)]
    if len(off) and (share := float(np.median(off))) > _OFF:
        said += f". Drawn are shadows: half of the pushes lead off the plane by {share:.0%} of them (squared) or more"
    return f"{said}. {run.words}".strip()


def why_not(run: Pushes, scene: Scene) -> str:
    """Why none of these pushes takes a point over the boundary that was on its right side."""
    points = scene.points
    there = np.isin(run.ids, points.ids)
    if not there.any():
        return "the points are gone."
    label = points.label[points.positions(run.ids[there])]
    if (label < 0).all():
        return "a point without a label has no class to leave."
    wrong = (run.from_class[there] != label) & (label >= 0)
    if wrong.any() and (wrong | (label < 0)).all():
        taken = class_words(scene, int(run.from_class[there][wrong][0]))
        return f"it is taken for {taken} already." if wrong.sum() == 1 else "they are taken for other classes already."
    if run.method in BOUNDED:
        return f"within {run.epsilon:.3g} the attack does not get there; raise epsilon, or choose another attack."
    return run.words or "there is no boundary to reach."
