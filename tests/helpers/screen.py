"""A real X screen with a window manager, without a monitor: what a person would see and do, in a test."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageGrab

from helpers.waits import PATIENCE

PROGRAMS = ("Xvfb", "openbox", "xdotool")


def missing() -> list[str]:
    """The programs a screen needs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


@dataclass(frozen=True)
class Screen:
    """A running X server. display: its name, as in DISPLAY."""

    display: str

    def environ(self) -> dict[str, str]:
        """The environment of a program that is to open its window here."""
        kept = {
            name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE")
        }
        return kept | {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def xdotool(self, *arguments: object, timeout: float = PATIENCE) -> str:
        """Run xdotool here and return what it prints. Raises CalledProcessError or TimeoutExpired."""
        command = ["xdotool", *map(str, arguments)]
        done = subprocess.run(command, env=self.environ(), check=True, capture_output=True, text=True, timeout=timeout)
        return done.stdout.strip()

    def wait_for_window(self, title: str, timeout: float = PATIENCE) -> str:
        """The X id of the first visible window whose title contains `title` (a regular expression)."""
        return self.xdotool("search", "--sync", "--onlyvisible", "--name", title, timeout=timeout).splitlines()[0]

    def picture(self) -> Image.Image:
        """What the screen shows now."""
        return ImageGrab.grab(xdisplay=self.display)


@contextmanager
def open_screen(width: int = 1400, height: int = 900) -> Iterator[Screen]:
    """An X server on a free display number and openbox on it, both gone afterwards."""
    reader, writer = os.pipe()
    size = f"{width}x{height}x24"
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()  # written once the server takes connections; empty if it died
        if not number:
            raise RuntimeError("Xvfb did not start")
        screen = Screen(f":{number}")
        manager = subprocess.Popen(
            ["openbox"], env=screen.environ(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield screen
        finally:
            manager.terminate()
            manager.wait()
    finally:
        server.terminate()
        server.wait()
