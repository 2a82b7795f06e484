"""Which plane of points with many inputs is shown: of two columns, of principal components, or through three points.

Each is an edit that leaves the inputs of every point as they are, and says on the axes what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaryviz.scene.edits import Resection
from boundaryviz.scene.plain_text import NAME, one_line
from boundaryviz.scene.scene import Domain, Scene
from boundaryviz.scene.section import Section, box

_LINE = 1e-9  # sine of the least angle at which three points are no line


class PlaneError(ValueError):
    """A plane that cannot be shown; its text says why, and what to do."""


def flat(scene: Scene) -> str:
    """Why there is no plane to choose, in a sentence; empty where there is."""
    if scene.section is None:
        return "These points have two inputs: the plane that is shown is all there is."
    if scene.section.width < 2:
        return "These points have one input: it lies along the axis, and there is no other plane."
    return ""


def two_columns(scene: Scene, across: int, up: int) -> Resection:
    """The plane of two inputs, counted from 0, through the means of the others. Raises PlaneError."""
    section, clean = _there(scene), _clean(scene)
    if across == up or not all(0 <= k < section.width for k in (across, up)):
        raise PlaneError(f"A plane shows two different inputs of 1 to {section.width:,}.")
    plane = Section.of_columns(clean, (across, up), section.names)
    return _shown(scene, plane, (scene.input_name(across), scene.input_name(up)))


def components(scene: Scene, one_unit: bool = False) -> Resection:
    """The plane of the first two principal components of the clean points. one_unit: all inputs are of one unit;
    otherwise they are standardised before, as units would choose the components. Raises PlaneError."""
    section, clean = _there(scene), _clean(scene)
    if len(clean) < 3:
        raise PlaneError("Principal components need three points or more; there are fewer. Show two columns instead.")
    try:
        plane, shares = principal(clean, section.names, one_unit)
    except ValueError:
        raise PlaneError(_ON_A_LINE) from None
    return _shown(scene, plane, component_names(shares))


def through(scene: Scene, ids: ArrayLike, one_unit: bool = False) -> Resection:
    """The plane through three points, by their ids: to the right from the first to the second. one_unit: as for
    `components`; it says what is at right angles. Raises PlaneError for others than three, and for three on a line."""
    section, points = _there(scene), scene.points
    chosen = np.asarray(ids, dtype=np.int64).reshape(-1)
    if len(np.unique(chosen)) != 3:
        raise PlaneError(f"A plane goes through three points; {_counted(len(np.unique(chosen)))}. Select three.")
    try:
        a, b, c = points.x[points.positions(chosen)]
    except KeyError as error:
        raise PlaneError(f"There is {error.args[0]}.") from None
    unit = None if one_unit else _spread(_clean(scene))
    right, other = ((to - a) / (1.0 if unit is None else unit) for to in (b, c))
    lengths = np.linalg.norm(right), np.linalg.norm(other)
    if min(lengths) == 0 or not np.isfinite(lengths).all():
        raise PlaneError(_NO_PLANE.format(*chosen.tolist()))
    right = right / lengths[0]
    up = other / lengths[1] - (other / lengths[1] @ right) * right
    if np.linalg.norm(up) < _LINE:
        raise PlaneError(_NO_PLANE.format(*chosen.tolist()))
    axes = np.stack([right, up / np.linalg.norm(up)]) * (1.0 if unit is None else unit)
    plane = Section(a, axes, section.low, section.high, section.names, unit)
    first, second, third = chosen.tolist()
    return _shown(scene, plane, (f"from point {first} to {second}", f"towards point {third}"))


_NO_PLANE = "Points {}, {} and {} lie on one line, and many planes go through it. Choose another third point."
_ON_A_LINE = "All points lie on one line, which has one principal component. Show two columns instead."


def principal(
    x: NDArray[np.float64], names: Sequence[str] = (), one_unit: bool = False
) -> tuple[Section, NDArray[np.float64]]:
    """The plane of the first two principal components of x (N, D), and the shares (2,) of the variance along them.

    Unless all inputs are of `one_unit` these are those of standardised inputs, so that units do not matter; the axes
    carry the scale, and a unit of the plane is a standard deviation. Raises ValueError for points on one line.
    """
    unit = np.ones(x.shape[1]) if one_unit else _spread(x)
    mean = x.mean(axis=0)
    z = (x - mean) / unit
    axes = Section.principal(z).axes
    shares = (z @ axes.T).var(axis=0) / z.var(axis=0).sum()
    return Section(mean, axes * unit, *box(x), tuple(names), None if one_unit else unit), shares


def component_names(shares: NDArray[np.float64]) -> tuple[str, str]:
    """What the axes of `principal` are called."""
    return f"PC 1 ({100 * shares[0]:.0f} %)", f"PC 2 ({100 * shares[1]:.0f} %)"


def shown_otherwise(before: Scene, after: Scene) -> bool:
    """Whether the two differ in the plane that is shown alone, so that whoever is trained on them is trained alike."""
    if before.section is None or after.section is None or before.section == after.section:
        return False
    frame = ("classes", "groups", "poison_on", "measure")
    if any(getattr(before, name) != getattr(after, name) for name in frame):
        return False
    same = len(before.points) == len(after.points)
    return same and before.points.with_columns(xy=after.points.xy) == after.points


def extent(scene: Scene) -> tuple[float, float]:
    """How far off the plane the points of a scene lie: the median and the farthest, in units of the inputs."""
    if scene.section is None or not len(scene.points):
        return 0.0, 0.0
    far = scene.section.off(scene.points.x)
    return float(np.median(far)), float(far.max())


def extent_words(scene: Scene) -> str:
    """What the plane is of its points, and how far off it they lie, in a sentence; empty where it is all there is."""
    if scene.section is None or scene.section.width < 3:
        return ""
    middle, most = extent(scene)
    shown = f"A plane of {scene.section.width:,} inputs: the field is the model on it"
    reach = float(np.abs(scene.section.shadow(scene.points.x)).max(initial=0.0))
    if most <= 1e-9 * max(reach, 1e-300):
        return f"{shown}, and all points lie on it."
    unit = "" if scene.section.unit is None else " standard deviations"
    far = f"Points lie {middle:.2g}{unit} off it at the median, at most {most:.2g}"
    return f"{shown}. {far}, and may be decided otherwise."


def parsed(text: str, scene: Scene, own: Resection | None, one_unit: bool) -> Resection:
    """The plane that is meant by `components`, `columns:NAME,NAME`, `columns:1,4`, `points:ID,ID,ID` or `own`.

    own: the plane that the data came with. Raises PlaneError.
    """
    kind, _, rest = text.strip().partition(":")
    if why := flat(scene):
        raise PlaneError(why)
    if kind == "own" and own is not None and not rest:
        return own
    if kind == "components" and not rest:
        return components(scene, one_unit)
    if kind == "points":
        try:
            return through(scene, [int(one) for one in rest.split(",")], one_unit)
        except ValueError as error:
            if isinstance(error, PlaneError):
                raise
            raise PlaneError(f"points:{rest}: write the ids of three points, such as points:3,17,42") from None
    if kind == "columns" and rest:
        return two_columns(scene, *_columns(rest, scene))
    raise PlaneError(
        f"{one_line(text, NAME)!r} is no plane; write components, columns:1,4 or by their names, points:3,17,42, or own"
    )


def _columns(text: str, scene: Scene) -> tuple[int, int]:
    """'1,4' or two names. A comma in a name is no trouble where the rest is another name."""
    names = [scene.input_name(k) for k in range(scene.points.width)]
    parts = text.split(",")
    for cut in range(1, len(parts)):
        both = ",".join(parts[:cut]).strip(), ",".join(parts[cut:]).strip()
        found = [_column(one, names) for one in both]
        if None not in found:
            return found[0], found[1]  # type: ignore[return-value]
    raise PlaneError(
        f"columns:{one_line(text, NAME)}: write two of the inputs, by number from 1 to {len(names):,} or by name, "
        f"such as columns:1,2 or columns:{names[0]},{names[-1]}"
    )


def _column(text: str, names: Sequence[str]) -> int | None:
    if text in names:
        return names.index(text)
    return int(text) - 1 if text.isdecimal() and 1 <= int(text) <= len(names) else None


def _there(scene: Scene) -> Section:
    if scene.section is None or flat(scene):
        raise PlaneError(flat(scene))
    return scene.section


def _clean(scene: Scene) -> NDArray[np.float64]:
    """The inputs of the clean points, by which alone goes what is worked out; of all where none is clean."""
    clean = ~scene.points.is_poison & ~scene.points.muted
    return scene.points.x[clean if clean.any() else slice(None)]


def _spread(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The standard deviation of each input, 1 where there is none."""
    scale = x.std(axis=0) if len(x) else np.ones(x.shape[1])
    return np.where(scale > 0, scale, 1.0)


def _counted(count: int) -> str:
    return f"{count} {'is' if count == 1 else 'are'} chosen"


def _shown(scene: Scene, plane: Section, names: tuple[str, str]) -> Resection:
    clean = _clean(scene)
    return Resection(plane, Domain.around(plane.shadow(clean)), names)
