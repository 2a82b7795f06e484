"""Pinning moments, and the board that compares them in the place of the plane."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from PyQt6.QtCore import QObject, pyqtSignal

from boundaryviz.gui.compare.board import CompareBoard
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.record.pins import MOST, PinnedSnapshot
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scene.plain_text import NAME, one_line

TOLD = 6_000  # milliseconds that a sentence stays


class CompareControl(QObject):
    """Keeps the pins, which outlive resets and other projects, and shows them on the board."""

    changed = pyqtSignal()

    def __init__(self, window: MainWindow, presenter: Presenter) -> None:
        super().__init__(window)
        self._window, self._presenter = window, presenter
        self._pins: tuple[PinnedSnapshot, ...] = ()
        self._count = 0
        self.board = board = CompareBoard()
        window.themed.connect(board.set_theme)
        actions = window.actions_
        actions["view.pin"].triggered.connect(lambda: self.pin())
        actions["view.pin-clean"].triggered.connect(lambda: self.pin(clean=True))
        actions["view.compare"].toggled.connect(self._show)
        window.page_changed.connect(self._follow)
        board.removed.connect(self._remove)
        board.renamed.connect(self._rename)
        board.cleared.connect(self._clear)
        board.left.connect(lambda: actions["view.compare"].setChecked(False))

    @property
    def pins(self) -> tuple[PinnedSnapshot, ...]:
        """What is pinned, the first first; at most nine."""
        return self._pins

    @pins.setter
    def pins(self, pins: tuple[PinnedSnapshot, ...]) -> None:
        if len(pins) > MOST:
            raise ValueError(f"at most {MOST} pins, not {len(pins)}")
        self._pins = pins
        self.board.set_pins(pins)
        self.changed.emit()

    def pin(self, clean: bool = False) -> None:
        """Pin the moment that the plane shows, or its clean twin; says so, or why not, in the status bar."""
        if len(self._pins) == MOST:
            self._window.tell(f"There are {MOST} pins already: remove one (Ctrl+5, then Delete) to pin another.", TOLD)
            return
        if self._window.page_shown() is not None:  # unseen, the plane gets no frames, and training goes on
            self._window.tell("Show the plane first (Ctrl+5): a moment is pinned as the plane shows it.", TOLD)
            return
        snapshot = self._presenter.snapshot(clean)
        if snapshot is None:
            twin = "There is no clean twin to pin: switch it on with Ctrl+T."
            none = "There is no boundary to pin yet, or the plane shows a hidden unit."
            self._window.tell(twin if clean else none, TOLD)
            return
        taken = {pin.label for pin in self._pins}
        label = next(name for name in (f"Pin {k}" for k in count(self._count + 1)) if name not in taken)
        self._count += 1
        self.pins = (*self._pins, PinnedSnapshot(label, snapshot, clean))
        twin = ", clean twin" if clean else ""
        self._window.tell(
            f"Pinned step {snapshot.step:,}{twin} as {label}: {len(self._pins)} of {MOST}. Ctrl+5 compares them.",
            TOLD,
        )

    def snapshots(self) -> tuple[Snapshot, ...]:
        """What is pinned, each under its label, for a figure."""
        return tuple(pin.named() for pin in self._pins)

    # ---- inside

    def _show(self, on: bool) -> None:
        window = self._window
        if on:
            window.show_page(self.board)
            self.board.setFocus()
        elif window.page_shown() is self.board:
            window.show_page(None)

    def _follow(self) -> None:
        """Somebody else may bring the plane or the examples to the front."""
        shown = self._window.page_shown() is self.board
        self._window.actions_["view.compare"].setChecked(shown)

    def _remove(self, at: int) -> None:
        gone = self._pins[at]
        self.pins = self._pins[:at] + self._pins[at + 1 :]
        self._window.tell(f"Removed {one_line(gone.label, NAME)}: {len(self._pins)} of {MOST} left.", TOLD)

    def _rename(self, at: int, label: str) -> None:
        self.pins = (*self._pins[:at], replace(self._pins[at], label=label), *self._pins[at + 1 :])

    def _clear(self) -> None:
        kept = self._pins
        self.pins = ()
        self._window.notify(
            f"Removed {len(kept)} pin{'s' * (len(kept) != 1)}.", action="Bring them back",
            act=lambda: self._bring_back(kept), closable=True,
        )  # fmt: skip

    def _bring_back(self, kept: tuple[PinnedSnapshot, ...]) -> None:
        """Those that were removed, before what was pinned since."""
        self.pins = (*kept, *self._pins)[:MOST]
