"""How each way to push a point over the boundary is drawn, in window and figures alike: words, colours and dashes.

Colours are none of a class and told apart by the colour-blind; each line has dashes of its own beside them."""

from __future__ import annotations

from dataclasses import dataclass

from boundaryviz.figures.palette import SERIES


@dataclass(frozen=True)
class PushStyle:
    """light, dark: '#rrggbb' on either ground. dashes: lengths on and off in widths of the line, none for a solid one.
    wide: of the line, in pixels of a usual screen."""

    words: str
    light: str
    dark: str
    dashes: tuple[float, ...] = ()
    wide: float = 1.8

    def colour(self, dark: bool) -> str:
        """On a light or on a dark ground."""
        return self.dark if dark else self.light


_LIGHT, _DARK = SERIES["light"], SERIES["dark"]
_EXACT = ("#1f2933", "#f2f4f6")

PUSHES = {
    "nearest": PushStyle("smallest push", *_EXACT, (), 2.4),
    "exact": PushStyle("smallest push", *_EXACT, (), 2.4),
    "fgsm": PushStyle("FGSM", _LIGHT[0], _DARK[0], (4.0, 2.0)),
    "pgd": PushStyle("PGD", _LIGHT[1], _DARK[1], (6.0, 2.0, 1.2, 2.0)),
    "deepfool": PushStyle("DeepFool", _LIGHT[2], _DARK[2], (1.2, 1.6)),
    "adaptive": PushStyle("adaptive", _LIGHT[3], _DARK[3], (8.0, 2.0)),
    "universal": PushStyle("one push for all", "#a6228a", "#f08ad8", (3.0, 1.5, 1.0, 1.5, 1.0, 1.5)),
    "random": PushStyle("random push", "#6b737a", "#98a2ab", (1.2, 2.4), 1.4),
}
"""By the name of a method, and of a line of robust error."""
