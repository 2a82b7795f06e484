"""Light and dark: every colour of the window by what it is for, and the style sheet made from them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """Colours as '#rrggbb'. Text on its ground reaches a contrast of 4.5 : 1."""

    name: str
    window: str  # behind everything
    panel: str  # docks, bars
    raised: str  # inputs, buttons
    line: str  # borders, grid
    text: str
    faint: str  # secondary text, still 4.5 : 1 on panel
    accent: str  # the one accent: focus, primary action
    on_accent: str
    plane: str  # where the probability field fades to: undecided
    ink: str  # axes, contour, outlines of points
    danger: str


LIGHT = Theme(
    "light", window="#eef0f2", panel="#f8f9fa", raised="#ffffff", line="#d5dade", text="#1c2329", faint="#59636c",
    accent="#5b3fc4", on_accent="#ffffff", plane="#e8eaeb", ink="#1c2329", danger="#b3261e",
)  # fmt: skip
DARK = Theme(
    "dark", window="#14171a", panel="#1c2024", raised="#272c31", line="#3a4148", text="#e9ecef", faint="#a3adb6",
    accent="#9d86f5", on_accent="#14171a", plane="#2b3035", ink="#f2f4f6", danger="#ff8a80",
)  # fmt: skip
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
