"""How far out, how narrow and how much a scene in a file may be: what is beyond could be read, but not be drawn or
trained on.

Readers check this and nobody else: who drags a point past the end of the world is not stopped there, but when it is
saved.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boundaryviz.scene.scene import Domain, Points, Scene
from boundaryviz.scene.section import Section

FARTHEST = 1e18
"""Of coordinates: their squares fit single precision, and one can zoom out a hundred times from where tables end."""
_NARROWEST, _RELATIVE = 1e-30, 1e-12  # sides of a domain, in its units and as a share of how far out it lies
_ZOOMED = 1e6  # as many times farther out or narrower than a domain what is shown of it may be
_LAST_ID = 2**53
MOST_INPUTS = 10_000
"""Of a point: as wide are the first layer of a net, and every distance that is measured."""


def check_places(xy: NDArray[np.float64]) -> None:
    """Raises ValueError where one of these coordinates lies too far out."""
    if xy.size and (far := np.abs(xy).max()) > FARTHEST:
        raise ValueError(f"a coordinate of {far:g} lies too far out, beyond {FARTHEST:g}; rescale the data")


def check_points(points: Points) -> None:
    """Raises ValueError for points that lie too far out, or have too many inputs, and for ids out of bounds."""
    check_places(points.xy)
    check_ids(points.ids)
    if points.inputs is not None:
        check_inputs(points.inputs)


def check_inputs(inputs: NDArray[np.float64]) -> None:
    """Raises ValueError for inputs (N, D) that lie too far out, or are too many."""
    if inputs.shape[1] > MOST_INPUTS:
        raise ValueError(f"points have {inputs.shape[1]:,} inputs; at most {MOST_INPUTS:,} are read: choose among them")
    if inputs.size and (far := np.abs(inputs).max()) > FARTHEST:
        raise ValueError(f"an input of {far:g} lies too far out, beyond {FARTHEST:g}; rescale the data")


def check_section(section: Section, domain: Domain) -> None:
    """Raises ValueError for a section on which places of the domain stand for inputs that lie too far out."""
    corners = np.array([(u, v) for u in (domain.left, domain.right) for v in (domain.bottom, domain.top)])
    with np.errstate(over="ignore", invalid="ignore"):
        reach = np.abs(section.embed(corners)).max()
    if not max(reach, np.abs(section.low).max(), np.abs(section.high).max()) <= 4 * FARTHEST:
        raise ValueError("the plane of the inputs that is shown reaches too far out; rescale the data")
    unit = section.unit
    if unit is not None and not (unit.min() >= _NARROWEST and unit.max() <= FARTHEST):
        raise ValueError("a unit of the plane that is shown is too small or too large; rescale the data")


def check_ids(ids: NDArray[np.int64]) -> None:
    """Raises ValueError for an id after which there would soon be none."""
    if len(ids) and max(-int(ids.min()), int(ids.max())) > _LAST_ID:
        raise ValueError(f"an id lies beyond {_LAST_ID:,}")


def check_domain(domain: Domain) -> None:
    """Raises ValueError for a plane that is too large, or too narrow."""
    for low, high in ((domain.left, domain.right), (domain.bottom, domain.top)):
        most = max(abs(low), abs(high))
        if most > 2 * FARTHEST:
            raise ValueError(f"a domain that reaches to {most:g} is too large; rescale the data")
        if high - low < max(_NARROWEST, _RELATIVE * most):
            raise ValueError("a domain is too narrow for numbers to tell places in it apart; rescale or shift the data")


def check_view(rect: Domain) -> None:
    """Raises ValueError for a part of a plane that could not be shown."""
    most = max(map(abs, (rect.left, rect.right, rect.bottom, rect.top)))
    if most > _ZOOMED * FARTHEST or min(rect.width, rect.height) < _NARROWEST / _ZOOMED:
        raise ValueError("a part of the plane is shown that is too large or too narrow")


def check_scene(scene: Scene) -> None:
    """Raises ValueError, in words, for a scene that could not be drawn or trained on."""
    check_domain(scene.domain)
    check_points(scene.points)
    check_places(np.array([(target.x, target.y) for target in scene.targets]))
    if scene.section is not None:
        check_section(scene.section, scene.domain)
