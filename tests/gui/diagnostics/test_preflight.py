"""What stands in the way of a window is said in a sentence, and nothing aborts."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import PyQt6
import pytest

from boundaryviz.gui.diagnostics import preflight
from boundaryviz.gui.diagnostics.preflight import check, main, missing_packages


class FakeXcb:
    """Stands in for every library; as libxcb it answers whether the display can be reached."""

    def __init__(self, reachable: bool) -> None:
        self.disconnected = 0
        answers = {
            "xcb_connect": 1,
            "xcb_connection_has_error": 0 if reachable else 1,
            "wl_display_connect": int(reachable),
        }
        for name, answer in answers.items():
            setattr(self, name, _function(lambda *_, answer=answer: answer))
        for name in ("xcb_disconnect", "wl_display_disconnect"):
            setattr(self, name, _function(self._disconnect))

    def _disconnect(self, *_: object) -> None:
        self.disconnected += 1


def _function(body):
    def call(*arguments):
        return body(*arguments)

    return call


def loader(missing: Collection[str] = (), reachable: bool = True):
    libraries = FakeXcb(reachable)

    def open_library(soname: str) -> FakeXcb:
        if soname in missing:
            raise OSError(f"{soname}: cannot open shared object file")
        return libraries

    load: Any = open_library
    load.libraries = libraries
    return load


def test_a_display_that_answers_is_no_problem_and_is_let_go():
    load = loader()
    assert check({"DISPLAY": ":0"}, "linux", load) == ()
    assert load.libraries.disconnected == 1


def test_no_screen_is_said_in_one_sentence_with_what_to_do():
    (problem,) = check({}, "linux", loader())
    assert problem.sentence.startswith("There is no screen here")
    assert "xvfb-run" in problem.sentence
    assert problem.packages == ()


def test_a_screen_that_does_not_answer_is_named():
    (problem,) = check({"DISPLAY": "far:9"}, "linux", loader(reachable=False))
    assert "'far:9'" in problem.sentence
    assert "DISPLAY" in problem.sentence


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "offscreen:size=800x600", "vnc", "minimal;xcb"])
def test_platforms_without_a_display_need_none(platform):
    assert check({"QT_QPA_PLATFORM": platform}, "linux", loader(reachable=False)) == ()


def test_platforms_without_a_display_still_need_their_libraries():
    (problem,) = check({"QT_QPA_PLATFORM": "offscreen"}, "linux", loader({"libEGL.so.1"}))
    assert problem.packages == ("libegl1",)


def test_missing_libraries_come_as_one_line_to_type():
    load = loader({"libEGL.so.1", "libxcb-cursor.so.0", "libglib-2.0.so.0", "libgthread-2.0.so.0"})
    (problem,) = check({"DISPLAY": ":0"}, "linux", load)
    assert problem.packages == ("libglib2.0-0", "libegl1", "libxcb-cursor0")
    assert "apt-get install --no-install-recommends libglib2.0-0 libegl1 libxcb-cursor0" in problem.sentence
    assert "4 system libraries are missing" in problem.sentence


def test_one_working_screen_of_two_is_enough():
    both = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
    assert check(both, "linux", loader({"libwayland-client.so.0"})) == ()
    assert check(both, "linux", loader({"libxcb-cursor.so.0"})) == ()
    assert len(check(both, "linux", loader({"libEGL.so.1"}))) == 1


def test_an_asked_for_platform_is_the_only_one_looked_at():
    environ = {"QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "wayland-0"}
    (problem,) = check(environ, "linux", loader(reachable=False))
    assert problem.sentence.startswith("There is no screen here")
    assert check({"QT_QPA_PLATFORM": "wayland-egl"}, "linux", loader()) == ()


STRANGE = ["bogus", "bogus:size=1x1", " offscreen", ";", ":", "wayland-what", "b\udcff", "n" * 99]


@pytest.mark.parametrize("platform", STRANGE)
def test_a_platform_that_qt_does_not_have_is_said_with_those_it_has(platform):
    (problem,) = check({"QT_QPA_PLATFORM": platform}, "linux", loader())
    assert repr(platform.partition(";")[0].partition(":")[0]) in problem.sentence
    assert "offscreen" in problem.sentence
    assert "xcb" in problem.sentence


def test_every_platform_that_qt_names_is_known():
    """Held against what Qt itself says it has: its sentence before it aborts."""
    environ = os.environ | {"QT_QPA_PLATFORM": "bogus"}
    done = subprocess.run([sys.executable, "-c", preflight._TRIAL], env=environ, capture_output=True, text=True)
    assert done.returncode != 0
    (names,) = re.findall(r"Available platform plugins are: (.*)\.", done.stderr)
    plugins = preflight._plugins({})
    assert {name for name in names.split(", ") if not any(preflight._holds(one, name) for one in plugins)} == set()


def test_one_known_platform_of_several_is_enough(monkeypatch):
    monkeypatch.setattr(preflight, "_starts", lambda *_: False)
    assert check({"QT_QPA_PLATFORM": "bogus;eglfs;Offscreen"}, "linux", loader()) == ()


def test_a_platform_whose_device_is_not_there_is_said(monkeypatch):
    assert preflight._starts("offscreen", os.environ)
    assert not preflight._starts("bogus", os.environ)
    monkeypatch.setattr(preflight, "_starts", lambda *_: False)
    (problem,) = check({"QT_QPA_PLATFORM": "eglfs"}, "linux", loader())
    assert "Qt does not start on the platform 'eglfs'" in problem.sentence


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_nothing_is_looked_for(platform):
    def refuse(soname):
        raise AssertionError(soname)

    assert check({}, platform, refuse) == ()
    assert missing_packages(platform, refuse) == ()


def test_missing_packages_do_not_depend_on_a_screen(tmp_path):
    load = loader({"libxcb-cursor.so.0"}, reachable=False)
    assert missing_packages("linux", load, fonts=[str(tmp_path)]) == ("libxcb-cursor0", "fonts-dejavu-core")
    (tmp_path / "some.ttf").touch()
    assert missing_packages("linux", load, fonts=[str(tmp_path)]) == ("libxcb-cursor0",)


def linked(file: str) -> dict[str, str]:
    """soname -> path of every library that `file` loads, indirectly too."""
    listing = subprocess.run(["ldd", file], capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in listing.splitlines() if " => " in line]
    return {soname: path for soname, _, path, *_ in pairs}


def test_the_libraries_listed_are_those_that_qt_needs():
    """Held against the wheel itself, so that a newer Qt that needs others is noticed here."""
    if not sys.platform.startswith("linux") or shutil.which("ldd") is None:
        pytest.skip("needs ldd")
    root = Path(PyQt6.__file__).parent / "Qt6"
    files = [str(root / f"lib/libQt6{name}.so.6") for name in ("Core", "Gui", "Widgets", "DBus", "Svg", "XcbQpa")]
    files.append(str(root / "plugins/platforms/libqxcb.so"))
    needed = {soname: path for file in files for soname, path in linked(file).items() if str(root) not in path}
    listed = set(preflight._CORE) | set(preflight._PLATFORM["xcb"])
    assert listed <= needed.keys()
    brought_along = {soname for listed_one in listed for soname in linked(needed[listed_one])}
    part_of_every_system = ("libc.", "libm.", "libdl.", "librt.", "libpthread.", "libgcc_s.", "libstdc++.")
    left = needed.keys() - listed - brought_along
    assert [soname for soname in left if not soname.startswith(part_of_every_system)] == []


def test_the_real_libraries_can_be_asked(monkeypatch, capsys):
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":4711")
    assert main([]) == preflight.EXIT_CODE
    assert "':4711'" in capsys.readouterr().out
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main([]) == 0
    assert capsys.readouterr().out == ""


def test_it_runs_before_anything_is_installed():
    command = [sys.executable, "-I", "-S", preflight.__file__, "--packages"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.screen
def test_a_real_screen_is_reached(screen):
    assert check({"DISPLAY": screen.display}) == ()
    assert screen.picture().size == (1400, 900)
