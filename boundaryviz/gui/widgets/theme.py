"""Light and dark: every colour of the window by what it is for, and the style made from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PyQt6.QtWidgets import QApplication

_MARKS = Path(__file__).parent / "marks"
CHOICES = {"light": "Light", "dark": "Dark", "system": "As the system"}


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


def named(choice: str) -> Theme:
    """The theme for 'light', 'dark' or 'system'; the last asks the desktop and falls back to light.

    Whoever offers 'system' connects `QGuiApplication.styleHints().colorSchemeChanged` to apply it anew.
    Raises KeyError for another name.
    """
    if choice != "system":
        return THEMES[choice]
    hints = QGuiApplication.styleHints()
    return DARK if hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` (0..1) of `other` in it, '#rrggbb'."""
    a, b = _rgb(one), _rgb(other)
    return "#" + "".join(f"{round(p + (q - p) * share):02x}" for p, q in zip(a, b, strict=True))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _rgb(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def tabular(font: QFont) -> QFont:
    """The same font with figures of one width, so that running numbers do not dance."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag(b"tnum"), 1)
    return figures


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the whole application; calling it again changes the theme of open windows."""
    app.setStyle("Fusion")
    app.setPalette(palette(theme))
    app.setFont(tabular(app.font()))
    app.setStyleSheet(style_sheet(theme))


def set_type(app: QApplication, font: QFont) -> None:
    """Write everything in this type."""
    app.setFont(font)
    app.setStyleSheet(app.styleSheet())  # or whatever is dressed keeps the type it has


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's palette, for what the style sheet does not name."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.panel, role.WindowText: theme.text, role.Base: theme.raised, role.Text: theme.text,
        role.AlternateBase: mix(theme.raised, theme.window, 0.5), role.Button: theme.raised,
        role.ButtonText: theme.text, role.BrightText: theme.danger, role.PlaceholderText: theme.faint,
        role.Highlight: theme.accent, role.HighlightedText: theme.on_accent, role.Link: theme.accent,
        role.LinkVisited: theme.accent, role.ToolTipBase: theme.raised, role.ToolTipText: theme.text,
        role.Light: mix(theme.raised, theme.window, 0.3), role.Midlight: theme.window, role.Mid: theme.line,
        role.Dark: mix(theme.line, theme.text, 0.3), role.Shadow: mix(theme.line, theme.text, 0.6),
        role.Accent: theme.accent,
    }  # fmt: skip
    made = QPalette()
    for which, colour in colours.items():
        made.setColor(which, QColor(colour))
    off = QColor(disabled(theme))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, off)
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.line))
    return made


def disabled(theme: Theme) -> str:
    """The colour of words that do not apply at the moment."""
    return mix(theme.faint, theme.panel, 0.4)


def style_sheet(theme: Theme) -> str:
    """The style sheet of every ordinary widget.

    Dynamic properties choose a look: `role` faint / title / figures / problem on a QLabel, primary on a
    button, tile on a card; `invalid` true on a field whose text is not a value.
    """
    colours = {
        **{key: value for key, value in vars(theme).items() if key != "name"},
        "hover": mix(theme.raised, theme.accent, 0.12),
        "pressed": mix(theme.raised, theme.accent, 0.24),
        "chosen": mix(theme.raised, theme.accent, 0.34),  # filled is chosen, framed has the focus
        "edge": mix(theme.line, theme.faint, 0.35),
        "off": disabled(theme),
        "strong": mix(theme.accent, theme.text, 0.15),
        **{mark: (_MARKS / f"{mark}-{theme.name}.svg").as_posix() for mark in ("down", "up", "check")},
    }
    sheet = _SHEET
    for key, value in colours.items():
        sheet = sheet.replace(f"@{key};", f"{value};").replace(f"@{key})", f'"{value}")')
    return sheet


_SHEET = """
QMainWindow, QMainWindow::separator { background: @window; }
QMainWindow::separator:hover { background: @accent; }
QToolTip { background: @raised; color: @text; border: 1px solid @edge; padding: 4px; }
QLabel[role="faint"], QLabel[role="figures-faint"] { color: @faint; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="problem"] { color: @danger; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
  background: @raised; color: @text; border: 1px solid @edge; border-radius: 4px; padding: 3px 7px;
  selection-background-color: @accent; selection-color: @on_accent; placeholder-text-color: @faint;
}
QLineEdit, QAbstractSpinBox, QComboBox { min-height: 20px; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
  border: 2px solid @accent; padding: 2px 6px;
}
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"] { border: 2px solid @danger; padding: 2px 6px; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
  background: @panel; color: @off; border-color: @line;
}
QAbstractSpinBox QLineEdit { border: none; padding: 0; min-height: 0; background: transparent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 16px; background: transparent; }
QAbstractSpinBox::up-arrow { image: url(@up); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url(@down); width: 10px; height: 10px; }
QComboBox { combobox-popup: 0; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(@down); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
  background: @raised; color: @text; border: 1px solid @edge; outline: none;
  selection-background-color: @pressed; selection-color: @text;
}

QPushButton, QToolButton {
  background: @raised; color: @text; border: 1px solid @edge; border-radius: 4px; padding: 3px 11px; min-height: 20px;
}
QToolButton { padding: 3px 5px; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed { background: @pressed; }
QPushButton:focus { border: 2px solid @accent; padding: 2px 10px; }
QToolButton:focus { border: 2px solid @accent; padding: 2px 4px; }
QPushButton:checked, QToolButton:checked { background: @chosen; color: @text; border-color: @chosen; }
QPushButton:checked:focus, QToolButton:checked:focus { border: 2px solid @accent; }
QPushButton:disabled, QToolButton:disabled { background: @panel; color: @off; border-color: @line; }
QPushButton:checked:disabled, QToolButton:checked:disabled { background: @line; color: @off; }
QPushButton[role="primary"], QToolButton[role="primary"] {
  background: @accent; color: @on_accent; border-color: @accent; font-weight: 600;
}
QPushButton[role="primary"]:hover, QToolButton[role="primary"]:hover { background: @strong; }
QPushButton[role="primary"]:focus, QToolButton[role="primary"]:focus { border: 2px solid @text; }
QPushButton[role="primary"]:disabled, QToolButton[role="primary"]:disabled {
  background: @line; color: @off; border-color: @line;
}
QToolButton[role="flat"], QPushButton[role="flat"] { background: transparent; border-color: transparent; }
QToolButton[role="flat"]:hover, QPushButton[role="flat"]:hover { background: @hover; }
QToolButton[role="flat"]:focus, QPushButton[role="flat"]:focus { border-color: @accent; }
QToolButton[role="heading"], QToolButton[role="heading"]:checked {
  background: transparent; color: @text; border: 2px solid transparent; padding: 2px 0; font-weight: 600;
}
QToolButton[role="heading"]:hover { background: @hover; }
QToolButton[role="heading"]:focus, QToolButton[role="heading"]:checked:focus { border: 2px solid @accent; }

QCheckBox, QRadioButton { spacing: 8px; padding: 2px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @faint; border-radius: 3px; background: @raised; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(@check); }
QCheckBox::indicator:focus { border: 2px solid @accent; width: 12px; height: 12px; }
QCheckBox::indicator:checked:focus { border-color: @text; }
QCheckBox::indicator:disabled { border-color: @line; background: @panel; }

QSlider { min-height: 24px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @edge; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent; }
QSlider::sub-page:horizontal:disabled { background: @line; }
QSlider::handle:horizontal {
  width: 12px; height: 12px; margin: -5px 0; border-radius: 7px; background: @raised; border: 1px solid @faint;
}
QSlider::handle:horizontal:hover { background: @hover; }
QSlider:focus { border: none; }
QSlider::handle:horizontal:focus {
  width: 10px; height: 10px; border: 2px solid @accent; background: @pressed;
}
QSlider::handle:horizontal:disabled { background: @panel; border-color: @line; }

QTabWidget::pane { border: none; border-top: 1px solid @line; }
QTabBar::tab {
  background: transparent; color: @faint; padding: 6px 7px; border: none; border-bottom: 2px solid transparent;
}
QToolButton[role="tab"], QToolButton[role="tab"]:checked {
  background: transparent; color: @faint; padding: 3px 1px; border: none; border-radius: 0;
  border-bottom: 2px solid transparent;
}
QToolButton[role="tab"]:checked { color: @text; border-bottom-color: @accent; }
QToolButton[role="tab"]:hover { color: @text; background: @hover; }
QToolButton[role="tab"]:checked:focus { background: @pressed; border-bottom: 2px solid @accent; }
QWidget#names { border-bottom: 1px solid @line; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }
QTabBar::tab:hover { color: @text; background: @hover; }
QTabBar:focus { outline: none; }
QTabBar::tab:selected:focus { background: @pressed; }

QTableView, QListView, QTreeView {
  background: @raised; color: @text; border: 1px solid @line; gridline-color: @line; outline: none;
  alternate-background-color: @panel; selection-background-color: @pressed; selection-color: @text;
}
QTableView:focus, QListView:focus, QTreeView:focus { border: 1px solid @accent; }
QTableView::item:focus { border: 2px solid @accent; }
QListView { placeholder-text-color: @faint; }
QListView::item { padding: 4px; }
QListView::item:disabled { color: @off; }
QListView::item:selected, QMenu::item:selected { background: @pressed; color: @text; }
QHeaderView { background: @panel; }
QHeaderView::section {
  background: @panel; color: @faint; border: none; border-bottom: 1px solid @line; padding: 4px 6px;
}
QTableCornerButton::section { background: @panel; border: none; }

QMenuBar { background: @panel; }
QMenuBar::item { padding: 4px 10px; background: transparent; }
QMenuBar::item:selected { background: @pressed; }
QMenu {
  background: @raised; color: @text; border: 1px solid @edge; padding: 4px; menu-scrollable: 1;
}
QMenu::item { padding: 5px 24px 5px 12px; }
QMenu::item:disabled { color: @off; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; padding: 0 4px; spacing: 4px; }
QStatusBar { background: @panel; border-top: 1px solid @line; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; button-layout: 3; }
QStatusBar::item { border: none; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: @panel; padding: 6px 8px; text-align: left; }
QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @edge; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: @faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: @edge; border: none; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
QFrame[role="banner"] { background: @raised; border: none; border-bottom: 2px solid @accent; }
QFrame[role="alarm"] { background: @raised; border: none; border-bottom: 2px solid @danger; }
QFrame[role="rule"] { background: @line; border: none; }
"""
