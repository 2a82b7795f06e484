"""How figures look: colours, sizes and the matplotlib settings of the three styles."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

import matplotlib

from boundaryviz.figures.palette import CURVES, SERIES
from boundaryviz.scene.axes import AxesChoice, checked

StyleName = Literal["paper", "slides", "dark"]
FontName = Literal["sans", "serif", "times"]

# Those that come with matplotlib, so that a file is the same everywhere: the family, and what sets its formulas.
FONTS: dict[str, tuple[str, str]] = {
    "sans": ("DejaVu Sans", "dejavusans"),
    "serif": ("DejaVu Serif", "dejavuserif"),
    "times": ("STIXGeneral", "stix"),
}

VIEWS: dict[str, str] = {
    "boundary": "the plane with its field, boundary and points",
    "curves": "loss and error over training",
    "summary": "the plane and the curves side by side",
    "twin": "the clean and the poisoned plane side by side",
    "flip": "what the poison turned over, and both boundaries",
    "cascade": "who got which label, from whom, and when",
    "embedding": "the plane, and beside it the points where the model puts them before it decides",
    "roc": "how held-out points are ranked: ROC, and precision against recall",
    "calibration": "how often points are of the class whose probability is said to be so large",
    "defence": "what the defence removed, and the scores by which it judged",
    "heights": "how far off the plane the boundary lies, as a map and as a surface",
    "frames": "moments of one run, side by side",
    "compare": "several runs side by side, and their validation losses in one plot",
}
"""What can be drawn of a run."""
RANKING = ("roc", "calibration")
"""The views that need the probabilities of each point."""
REGRESSION = "this learner fits responses, which are no probabilities of classes; take another loss, or another view"
"""Why there are no views in `RANKING` then."""
AGAINST_CLEAN = ("twin", "flip")
"""The views that need the clean twin."""
SEVERAL = ("frames", "compare")
"""The views of several snapshots."""

# For the paper's size of text; a style with larger text takes more.
WIDTHS_CM: dict[str, float] = {
    "boundary": 9.0,
    "curves": 14.0,
    "summary": 18.0,
    "twin": 18.0,
    "flip": 9.0,
    "cascade": 11.0,
    "embedding": 18.0,
    "roc": 17.0,
    "calibration": 9.0,
    "defence": 18.0,
    "heights": 18.0,
    "frames": 18.0,
    "compare": 18.0,
    "dose": 12.0,
    "study": 12.0,
    "bias-variance": 16.0,
    "influence": 18.0,
    "elephant": 18.0,
    "poison-count": 16.0,
    "scoreboard": 18.0,
    "transfer": 16.0,
    "trail": 18.0,
    "effect-map": 18.0,
    "certificate": 18.0,
    "pushes": 9.0,
    "robustness": 11.0,
    "noise-relation": 16.0,
    "linearity": 11.0,
}


# The width below which a view's text no longer has room, in times its size.
_NEEDED: dict[str, float] = {
    "boundary": 26.0,
    "curves": 40.0,
    "summary": 52.0,
    "twin": 44.0,
    "flip": 26.0,
    "cascade": 34.0,
    "embedding": 48.0,
    "roc": 46.0,
    "calibration": 26.0,
    "defence": 52.0,
    "heights": 52.0,
    "frames": 24.0,
    "compare": 32.0,
    "dose": 36.0,
    "study": 36.0,
    "bias-variance": 56.0,
    "influence": 56.0,
    "elephant": 52.0,
    "poison-count": 54.0,
    "scoreboard": 78.0,
    "transfer": 58.0,
    "trail": 52.0,
    "effect-map": 40.0,
    "certificate": 52.0,
    "pushes": 30.0,
    "robustness": 34.0,
    "noise-relation": 50.0,
    "linearity": 34.0,
}


@dataclass(frozen=True)
class Style:
    """Colours as '#rrggbb', sizes in points."""

    name: StyleName
    paper: str  # behind everything
    ink: str  # contour, outlines, text
    faint: str  # secondary text, axes
    grid: str
    middle: str  # where the field fades to: undecided
    train: str
    validation: str
    test: str
    series: tuple[str, ...]  # learners side by side, told apart in grey too
    text: float
    line: float
    marker: float  # side length of a point's symbol
    font: FontName = "sans"
    transparent: bool = False  # files have no background

    def at_width(self, width_cm: float, view: str) -> Style:
        """This style with everything smaller, where a figure is too narrow for its text."""
        factor = width_cm / 2.54 * 72 / (_NEEDED[view] * self.text)
        if factor >= 1.0:
            return self
        return replace(self, text=factor * self.text, line=factor * self.line, marker=factor * self.marker)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """matplotlib's settings for this style, for as long as the context lasts: drawing *and* saving need it."""
        settings: Any = FILE_RC | self._rc
        with matplotlib.rc_context(settings), any_letters():
            yield

    @property
    def _rc(self) -> dict[str, Any]:
        family, formulas = FONTS[self.font]
        return {
            "font.family": [family],
            "mathtext.fontset": formulas,
            "font.size": self.text,
            "axes.titlesize": self.text,
            "axes.labelsize": self.text,
            "axes.labelcolor": self.faint,
            "axes.edgecolor": self.faint,
            "axes.facecolor": self.paper,
            "axes.linewidth": 0.5 * self.line,
            "axes.titlecolor": self.ink,
            "axes.titlelocation": "left",
            "axes.titlepad": 0.6 * self.text,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "xtick.labelsize": 0.9 * self.text,
            "ytick.labelsize": 0.9 * self.text,
            "xtick.color": self.faint,
            "ytick.color": self.faint,
            "xtick.major.width": 0.5 * self.line,
            "ytick.major.width": 0.5 * self.line,
            "xtick.minor.width": 0.35 * self.line,
            "ytick.minor.width": 0.35 * self.line,
            "xtick.major.size": 0.35 * self.text,
            "ytick.major.size": 0.35 * self.text,
            "xtick.minor.size": 0.2 * self.text,
            "ytick.minor.size": 0.2 * self.text,
            "grid.color": self.grid,
            "grid.linewidth": 0.4 * self.line,
            "text.color": self.ink,
            "legend.frameon": False,
            "legend.fontsize": 0.9 * self.text,
            "legend.handletextpad": 0.35,
            "legend.columnspacing": 1.1,
            "legend.borderpad": 0.0,
            "legend.borderaxespad": 0.5,
            "lines.linewidth": self.line,
            "hatch.color": self.ink,
            "hatch.linewidth": 0.5 * self.line,
            "figure.facecolor": self.paper,
            "savefig.facecolor": self.paper,
            "savefig.transparent": self.transparent,
            "figure.constrained_layout.use": True,
        }


@contextmanager
def any_letters() -> Iterator[None]:
    """Letters that a font lacks are drawn as empty boxes, without a warning for each time that one is measured."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ ", UserWarning)
        yield


# Fonts embedded as TrueType, SVG text as text, and nothing that differs between two identical runs.
FILE_RC: dict[str, Any] = {
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "boundaryviz",
    "axes.unicode_minus": True,
    "path.simplify": True,
}

_LIGHT, _DARK = CURVES["light"], CURVES["dark"]
PAPER = Style(
    "paper", paper="#ffffff", ink="#1c2329", faint="#59636c", grid="#e4e8eb", middle="#e8eaeb",
    train=_LIGHT[0], validation=_LIGHT[1], test=_LIGHT[2],
    series=SERIES["light"], text=7.5, line=1.1, marker=3.6,
)  # fmt: skip
SLIDES = Style(
    "slides", paper="#ffffff", ink="#1c2329", faint="#59636c", grid="#e4e8eb", middle="#e8eaeb",
    train=_LIGHT[0], validation=_LIGHT[1], test=_LIGHT[2],
    series=SERIES["light"], text=11.0, line=1.8, marker=5.0,
)  # fmt: skip
DARK = Style(
    "dark", paper="#14171a", ink="#f2f4f6", faint="#a3adb6", grid="#2b3035", middle="#2b3035",
    train=_DARK[0], validation=_DARK[1], test=_DARK[2],
    series=SERIES["dark"], text=11.0, line=1.8, marker=5.0,
)  # fmt: skip
MOST_PIXELS = 12_000
"""Across a figure: a poster of 100 cm at 300 dots per inch, or a slide of 25.4 cm at 1,200."""
STYLES: dict[str, Style] = {style.name: style for style in (PAPER, SLIDES, DARK)}


@dataclass(frozen=True)
class Options:
    """What a person chooses about a figure.

    width_cm: 2 to 100; None takes the view's own. dpi: 30 to 1200, of a PNG and of the field in vector formats; both
    together no more than `MOST_PIXELS`.
    levels: None for a smooth field, 2 for the decided class, more for bands.
    held_out: also draw validation and test points. errors: outline = true class, fill = predicted class.
    font: in PGF it chooses between the sans and the roman of the document around it.
    letters: a, b, c, ... in bold at the upper left of the panels. transparent: no background in the file.
    axes: whether one unit is as long on both axes of a plane, see `scene.axes`.

    Raises ValueError naming what is out of range.
    """

    width_cm: float | None = None
    style: StyleName = "paper"
    dpi: int = 300
    levels: int | None = None
    held_out: bool = False
    errors: bool = False
    font: FontName = "sans"
    legend: bool = True
    letters: bool = False
    transparent: bool = False
    axes: AxesChoice = "auto"

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise ValueError(f"there is no style {self.style!r}; there are: {', '.join(STYLES)}")
        if self.font not in FONTS:
            raise ValueError(f"there is no font {self.font!r}; there are: {', '.join(FONTS)}")
        if self.width_cm is not None and not 2.0 <= self.width_cm <= 100.0:
            raise ValueError(f"a figure is 2 to 100 cm wide, not {self.width_cm:g}")
        if not 30 <= self.dpi <= 1200:
            raise ValueError(f"a figure has 30 to 1200 dots per inch, not {self.dpi}")
        wide = (self.width_cm or 0.0) / 2.54 * self.dpi
        if round(wide) > MOST_PIXELS:
            raise ValueError(
                f"a figure of {self.width_cm:g} cm at {self.dpi:,} dots per inch is {wide:,.0f} pixels wide, and "
                f"{MOST_PIXELS:,} are the most; at this width {int(MOST_PIXELS / wide * self.dpi):,} dots per inch"
            )
        checked(self.axes)
        if self.levels is not None and self.levels < 2:
            raise ValueError("a field has at least 2 levels")

    @property
    def look(self) -> Style:
        """The style that the options name, as they change it."""
        return replace(STYLES[self.style], font=self.font, transparent=self.transparent)
