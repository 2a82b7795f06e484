"""What a person chooses about a film. Imports nothing that draws."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boundaryviz.figures.style import STYLES, Options, Style, StyleName
from boundaryviz.scenario.atomic import check_kind, endings
from boundaryviz.scenario.cost import afford
from boundaryviz.scene.axes import AxesChoice

FORMATS = ("gif", "webp", "mp4")
VIEWS: dict[str, str] = {
    "boundary": "the plane with its field, boundary and points",
    "summary": "the plane and the curves beside it",
    "twin": "the clean and the poisoned plane, and the share of test points that flipped",
    "flip": "what the poison turned over, both boundaries, and the share of test points that flipped",
    "cascade": "who got which label, from whom and when, and the curves beside it",
    "heights": "how far off the plane the boundary lies, and the curves beside it",
    "embedding": "the plane, and beside it the points where the model puts them",
    "curves": "loss and error",
    "pushes": "an arrow from each test point to where it is decided otherwise, and the curves beside it",
}
"""What a film can show."""
SIZES = ((1280, 720), (1920, 1080), (720, 720))
LEAST_SIDE, MOST_SIDE = 240, 3840
LEAST_RATE, MOST_RATE = 1, 60
MOST_HOLD = 60.0  # seconds
_BYTES = 160  # that drawing and encoding take at their peak, for each pixel of a frame
_LINES = 38  # of text that would fill the shorter side


@dataclass(frozen=True)
class FilmOptions:
    """width, height: pixels, even, 240 to 3840. rate: frames a second, 1 to 60; a GIF counts in hundredths of a second
    and rounds. hold: seconds that the last frame stands; card: seconds of the title card, 0 for none; both up to 60.
    loop: how often a GIF or WebP is shown, 0 for ever. levels, held_out, errors, axes: as in `style.Options`.

    Raises ValueError naming what is out of range.
    """

    view: str = "summary"
    style: StyleName = "slides"
    width: int = 1280
    height: int = 720
    rate: int = 25
    hold: float = 2.0
    card: float = 3.0
    loop: int = 0
    levels: int | None = None
    held_out: bool = False
    errors: bool = False
    axes: AxesChoice = "auto"

    def __post_init__(self) -> None:
        if self.view not in VIEWS:
            raise ValueError(f"there is no film of {self.view!r}; there are: {', '.join(VIEWS)}")
        for side in (self.width, self.height):
            if not LEAST_SIDE <= side <= MOST_SIDE:
                raise ValueError(f"a film is {LEAST_SIDE} to {MOST_SIDE} pixels wide and high, not {side}")
            if side % 2:
                raise ValueError(f"a film is an even number of pixels wide and high, not {side}; take {side + 1}")
        if not LEAST_RATE <= self.rate <= MOST_RATE:
            raise ValueError(f"a film has {LEAST_RATE} to {MOST_RATE} frames a second, not {self.rate}")
        if not (0 <= self.hold <= MOST_HOLD and 0 <= self.card <= MOST_HOLD):
            raise ValueError(f"the title card and the last frame stand for 0 to {MOST_HOLD:g} seconds")
        if not 0 <= self.loop <= 1000:
            raise ValueError("a film is shown 1 to 1000 times, or 0 for ever")
        self.drawing  # noqa: B018 - it checks the style and the levels

    @property
    def drawing(self) -> Options:
        """The same choices as those of a figure."""
        return Options(style=self.style, levels=self.levels, held_out=self.held_out, errors=self.errors, axes=self.axes)

    @property
    def look(self) -> Style:
        """The style that the options name."""
        return STYLES[self.style]

    @property
    def dpi(self) -> float:
        """Dots per inch at which the style's text has a size that a projector can show, whatever the style."""
        return 72.0 * min(self.width, self.height) / (_LINES * self.look.text)


def check_room(options: FilmOptions) -> None:
    """Raise MemoryNeeded where there is no memory to draw and encode frames of this size."""
    afford({"smaller frames": float(_BYTES * options.width * options.height)}, "this film")


def check_film_path(path: str | Path) -> str:
    """The format that `path` ends in. Raises WriteError, in a sentence, for another ending or where nothing can be
    written, before anything is computed."""
    return check_kind(path, FORMATS, f"a film's file name ends in one of {endings(FORMATS)}")
