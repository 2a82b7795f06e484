"""An effect map in words: the change at a place, its unit, and what may be chance."""

from __future__ import annotations

import math

from boundaryviz.record.effect_map import MEASURES, EffectMap, Measure
from boundaryviz.scene.plain_text import NAME, one_line


def in_points(measure: Measure) -> bool:
    """Whether changes are of a share, and so told in points of a hundred."""
    return measure != "pin"


def change_words(measure: Measure, change: float) -> str:
    """'+2.1 points', or '+0.12' of what is no share; 'unchanged', or 'not known' for NaN."""
    if math.isnan(change):
        return "not known"
    words = f"{100 * change:+.1f}" if in_points(measure) else f"{change:+.2f}"
    if not float(words):
        return "unchanged"
    return words.replace("-", "\u2212") + (" points" if in_points(measure) else "")


def unit_words(measure: Measure) -> str:
    """What the colours stand for: 'change of test error, points'."""
    return f"change of {MEASURES[measure]}" + (", points" if in_points(measure) else "")


def heap_words(label: str, weight: int) -> str:
    """'one more point of class 1', '8 more unlabelled points'."""
    many = "one more" if weight == 1 else f"{weight:,} more"
    noun = "point" if weight == 1 else "points"
    return f"{many} {label} {noun}" if label == "unlabelled" else f"{many} {noun} of {one_line(label, NAME)}"


def change_here(found: EffectMap, label: int, x: float, y: float) -> str:
    """'Here: test error +2.1 points.'; empty outside the map."""
    change = float(found.at([[x, y]])[found.labels.index(label), 0])
    d = found.domain
    if not (d.left <= x <= d.right and d.bottom <= y <= d.top):
        return ""
    return f"Here: {MEASURES[found.measure]} {change_words(found.measure, change)}."


def place_words(found: EffectMap, label: int, x: float, y: float) -> str:
    """'One more point of class 1 here: test error +2.1 points.'; empty outside the map."""
    heap = heap_words(found.label_words(label), found.weight)
    words = change_here(found, label, x, y)
    return words and f"{heap[0].upper()}{heap[1:]} h{words[1:]}"


def floor_words(found: EffectMap, seeded: bool) -> str:
    """How large a change has to be, not to be taken for one of chance. seeded: whether training knows chance."""
    if not seeded:
        return "Nothing is random in this training: every change is that of the point."
    if found.floor is None:
        return "One seed trains, so that nobody can say what is chance."
    apart = change_words(found.measure, found.floor).lstrip("+")
    return f"Seed floor {apart}: so far apart are the maps of two seeds. Paler changes are smaller, and may be chance."
