"""What must be there before Qt is started; without it QApplication does not raise, it aborts.

Nothing here imports Qt, nor anything beyond the standard library: the Makefile runs this file with the
system's Python, before anything is installed, to learn which packages are missing.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

EXIT_CODE = 3  # what a program returns that cannot open its window

# Libraries that Qt's wheels need and do not bring along, with the Debian packages that hold them.
_CORE = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libzstd.so.1": "libzstd1",
    "libz.so.1": "zlib1g",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
}
_PLATFORM = {
    "xcb": {
        "libxcb.so.1": "libxcb1",
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
}
_DISPLAY = {"xcb": "DISPLAY", "wayland": "WAYLAND_DISPLAY"}  # in the order in which we look for them
_SCREENLESS = ("offscreen", "minimal", "vnc")  # that draw without a display, and always start
_TRIAL = (
    "import sys; from PyQt6.QtGui import QGuiApplication; sys.exit(QGuiApplication(sys.argv).primaryScreen() is None)"
)
_PATIENCE = 20.0  # seconds that a trial may take
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")

Load = Callable[[str], Any]


@dataclass(frozen=True)
class Problem:
    """One reason why no window can open: a sentence for people, and the Debian packages that would help."""

    sentence: str
    packages: tuple[str, ...] = ()


def check(
    environ: Mapping[str, str] = os.environ, platform: str = sys.platform, load: Load = ctypes.CDLL
) -> tuple[Problem, ...]:
    """Why a QApplication cannot start here; empty when it can. Always empty on macOS and Windows.

    load: opens a shared library by its soname or raises OSError.
    """
    if not platform.startswith("linux"):
        return ()
    asked = environ.get("QT_QPA_PLATFORM", "")
    if asked:
        candidates = [one.partition(":")[0].lower() for one in asked.split(";")]
    else:
        candidates = [name for name, variable in _DISPLAY.items() if environ.get(variable)]
    if not candidates:
        return (*_libraries(_CORE, load), _NO_SCREEN)
    found = [_problems(name, environ, load) for name in candidates]
    return min(found, key=len)  # Qt takes the first platform that works


def missing_packages(
    platform: str = sys.platform, load: Load = ctypes.CDLL, fonts: Iterable[str] = _FONTS
) -> tuple[str, ...]:
    """The Debian packages that a window under X11 would still need here, whether or not there is a screen."""
    if not platform.startswith("linux"):
        return ()
    packages = _packages(_missing(_CORE | _PLATFORM["xcb"], load))
    has_font = any(path.suffix in (".ttf", ".otf") for folder in fonts for path in Path(folder).rglob("*.?tf"))
    return packages if has_font else (*packages, "fonts-dejavu-core")


_NO_SCREEN = Problem(
    "There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set. "
    "Start it on a desktop, through `ssh -X`, or under `xvfb-run`."
)


def _problems(name: str, environ: Mapping[str, str], load: Load) -> tuple[Problem, ...]:
    plugins = _plugins(environ)
    if plugins and not any(_holds(plugin, name) for plugin in plugins):
        names = ", ".join(sorted(_name(plugin) for plugin in plugins))
        words = f"QT_QPA_PLATFORM asks for the platform {name!r}, which Qt does not have here. There are: {names}."
        return (Problem(f"{words} Unset it, or name one of those."),)
    name = "wayland" if name.startswith("wayland") else name
    libraries = _libraries(_CORE | _PLATFORM.get(name, {}), load)
    if libraries or name in _SCREENLESS:
        return libraries
    if name not in _DISPLAY:
        return () if _starts(name, environ) else (_no_start(name),)
    display = environ.get(_DISPLAY[name], "")
    if (_reaches_x11 if name == "xcb" else _reaches_wayland)(display.encode() or None, load):
        return ()
    if not display:
        return (_NO_SCREEN,)
    return (
        Problem(
            f"The screen {display!r} named by {_DISPLAY[name]} cannot be reached. "
            "Check that it is running and that you may use it (xauth, `ssh -X`)."
        ),
    )


def _plugins(environ: Mapping[str, str]) -> list[Path]:
    """Qt's platforms as files, of the wheel and where the environment says; none where Qt is not of a wheel."""
    wheel = find_spec("PyQt6")
    roots = [Path(one) / "Qt6" / "plugins" for one in wheel.submodule_search_locations or ()] if wheel else []
    folders = [root / "platforms" for root in roots if root.is_dir()]
    if not folders:
        return []
    folders += [Path(one) / "platforms" for one in environ.get("QT_PLUGIN_PATH", "").split(os.pathsep) if one]
    folders += [Path(one) for one in environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", "").split(os.pathsep) if one]
    return [plugin for folder in folders for plugin in folder.glob("lib*.so")]


def _name(plugin: Path) -> str:
    return plugin.stem.removeprefix("libq")


def _holds(plugin: Path, name: str) -> bool:
    """Whether a plugin is, or has among its names, the platform `name`: they stand in it, each after its length."""
    if not name or name == _name(plugin):
        return bool(name)
    try:
        key = name.encode(errors="surrogateescape")
        return len(key) < 24 and bytes([0x60 + len(key)]) + key in plugin.read_bytes()
    except OSError:
        return False


def _starts(name: str, environ: Mapping[str, str]) -> bool:
    """Whether Qt starts on a platform of which no more is known, tried in a process of its own, which it may abort."""
    command, asked = [sys.executable, "-c", _TRIAL], {**environ, "QT_QPA_PLATFORM": name}
    try:
        done = subprocess.run(command, env=asked, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _no_start(name: str) -> Problem:
    words = f"Qt does not start on the platform {name!r}, which QT_QPA_PLATFORM asks for: what it draws on is not here."
    return Problem(f"{words} Unset it, or name another.")


def _reaches_x11(display: bytes | None, load: Load) -> bool:
    xcb = load("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display, None)  # never NULL
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


def _reaches_wayland(name: bytes | None, load: Load) -> bool:
    wayland = load("libwayland-client.so.0")
    wayland.wl_display_connect.restype = ctypes.c_void_p
    wayland.wl_display_connect.argtypes = [ctypes.c_char_p]
    wayland.wl_display_disconnect.argtypes = [ctypes.c_void_p]
    display = wayland.wl_display_connect(name)
    if display:
        wayland.wl_display_disconnect(display)
    return bool(display)


def _libraries(needed: Mapping[str, str], load: Load) -> tuple[Problem, ...]:
    missing = _missing(needed, load)
    if not missing:
        return ()
    packages = _packages(missing)
    many = "libraries are" if len(missing) > 1 else "library is"
    sentence = f"{len(missing)} system {many} missing ({', '.join(missing)}). On Debian or Ubuntu: {apt_line(packages)}"
    return (Problem(sentence, packages),)


def _missing(needed: Mapping[str, str], load: Load) -> dict[str, str]:
    missing = {}
    for soname, package in needed.items():
        try:
            load(soname)
        except OSError:
            missing[soname] = package
    return missing


def _packages(missing: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(missing.values()))


def apt_line(packages: Iterable[str]) -> str:
    """The line that installs `packages`, with sudo for whoever is not root."""
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install --no-install-recommends {' '.join(packages)}"


def main(arguments: list[str]) -> int:
    """Print what is in the way, one sentence a line; `--packages` prints only the missing packages."""
    if arguments == ["--packages"]:
        print(" ".join(missing_packages()))
        return 0
    problems = check()
    for problem in problems:
        print(problem.sentence)
    return EXIT_CODE if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
