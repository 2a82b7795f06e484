"""Windows for tests of them: one that lasts for a file, made as new for each test, and others with a trainer inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.trainer import Trainer
from boundaryviz.gui.files import filing
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.scenario import Scenario
from helpers.workbenches import afresh, at_rest, lasting_workbench, workbenches


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In each file, what needs the lasting window comes last: others take three times as long to dress beside it."""
    place: dict[str, int] = {}
    for item in items:
        place.setdefault(item.nodeid.partition("::")[0], len(place))
    lasting = lambda item: "only_workbench" in getattr(item, "fixturenames", ())  # noqa: E731
    items.sort(key=lambda item: (place[item.nodeid.partition("::")[0]], lasting(item)))


@pytest.fixture(scope="module")
def only_workbench(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """Undressed, see `workbenches`; a file of tests of looks has its own."""
    with lasting_workbench(tmp_path_factory.mktemp("settings"), dressed=False) as workbench:
        yield workbench


@pytest.fixture
def begin_with() -> Scenario:
    """What `workbench` opens; a file of tests may have its own."""
    return Scenario(name="mine", title="Mine").with_values({"data.n": 20})


@pytest.fixture
def workbench(only_workbench: Workbench, begin_with: Scenario, qtbot: QtBot) -> Iterator[Workbench]:
    """The lasting window, whose trainer says nothing, as if it had just been opened."""
    yield afresh(only_workbench, begin_with)
    qtbot.waitUntil(lambda: at_rest(only_workbench))


@pytest.fixture
def dressed() -> bool:
    """Whether `show` puts the style sheet on; `helpers.workbenches.DRESSED` has a test have it."""
    return False


@pytest.fixture
def show(qtbot: QtBot, tmp_path: Path, dressed: bool) -> Iterator[Callable[[Scenario], Workbench]]:
    """Shows a window on a scenario, with a trainer in this process."""
    with workbenches(qtbot, tmp_path, lambda: InlineLink(Trainer()), dressed=dressed) as show:
        yield show


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked about, and answered by Cancel."""
    found = list[str]()

    def ask(_parent: object, _title: str, words: str, *_buttons: object) -> QMessageBox.StandardButton:
        found.append(words)
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(filing, "ask", ask)
    return found
