"""The watch that every test stands under notices what it is there to notice."""

import inspect
import logging
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from helpers import silence
from helpers.silence import Leftovers, logged_warnings
from helpers.waits import PATIENCE


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(silence, "GRACE", 0.05)
    monkeypatch.setattr(silence, "ROUNDS", 2)


def test_a_widget_is_noticed_until_it_is_deleted(qtbot):
    leftovers = Leftovers()
    widget = QWidget()
    widget.setObjectName("forgotten")
    assert leftovers.find() == ["widget left over: QWidget 'forgotten'"]
    widget.deleteLater()
    assert leftovers.find() == []


def test_a_widget_in_a_reference_cycle_is_collected(qtbot):
    leftovers = Leftovers()
    widget: Any = QWidget()
    widget.itself = widget
    del widget
    assert leftovers.find() == []


def test_only_a_running_timer_is_noticed(qtbot):
    leftovers = Leftovers()
    timer = QTimer()
    timer.setObjectName("tick")
    timer.setInterval(1000)
    assert leftovers.find() == []
    timer.start()
    assert leftovers.find() == ["running timer left over: QTimer 'tick' of NoneType, 1000 ms"]
    timer.stop()


def test_threads_and_processes_are_noticed_after_a_grace_period():
    leftovers = Leftovers()
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="waiting")
    thread.start()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        found = leftovers.find()
        process.communicate(b"\n")
    end.set()
    thread.join()
    assert found[0] == "thread left over: waiting"
    assert found[1].startswith("child process left over: ")
    assert "input()" in found[1]
    assert leftovers.find() == []


def test_warnings_are_collected_and_information_is_not(caplog):
    with logged_warnings() as lines:
        logging.getLogger("part").info("fine")
        logging.getLogger("part").warning("odd %d", 3)
    assert lines == ["logged WARNING from part: odd 3"]


def test_settings_go_to_a_folder_of_the_test(own_settings):
    from platformdirs import user_config_path, user_data_path
    from PyQt6.QtCore import QSettings

    assert user_config_path("boundaryviz").is_relative_to(own_settings)
    assert user_data_path("boundaryviz").is_relative_to(own_settings)
    assert QSettings("boundaryviz", "boundaryviz").fileName().startswith(str(own_settings))


def test_what_is_waited_for_in_a_window_has_as_long_as_a_loaded_machine_needs():
    assert inspect.signature(QtBot.waitUntil).parameters["timeout"].default == 1000 * PATIENCE
    impatient = re.compile(r"\bwait(?:Until|Signals?|Exposed|Active)\((?:[^()]|\([^()]*\))*timeout=")
    files = Path(__file__).parent.rglob("*.py")
    assert [path.name for path in files if impatient.search(path.read_text(encoding="utf-8"))] == []
