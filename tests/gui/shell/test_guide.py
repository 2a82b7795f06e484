"""The guide in the window: its headings, its links, what is looked for, and its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings, Qt, QUrl
from PyQt6.QtGui import QDesktopServices, QTextDocument
from pytestqt.qtbot import QtBot

from boundaryviz.gui.shell.guide import GuideWindow, anchor
from boundaryviz.gui.widgets.theme import DARK
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scene import assets
from helpers.qtest import QTest
from helpers.there import there


@pytest.fixture
def guide(workbench: Workbench) -> Iterator[GuideWindow]:
    workbench.window.actions_["help.guide"].trigger()
    shown = there(workbench.guide)
    yield shown
    shown.search.clear()
    shown.close()


def top(guide: GuideWindow) -> str:
    """The heading that is the last one at or above the top of what is shown."""
    bar, document = there(guide.pages.verticalScrollBar()), there(guide.pages.document())
    tops = [there(document.documentLayout()).blockBoundingRect(block).top() for block in guide._blocks]
    return guide._blocks[sum(one <= bar.value() + 16 for one in tops) - 1].text()


def test_help_opens_it_beside_the_window_and_esc_closes_it(guide: GuideWindow, workbench: Workbench) -> None:
    assert guide.isVisible()
    assert not guide.isModal()
    text = assets.guide().read_text()
    listed = [guide.headings.item(k).text().strip() for k in range(guide.headings.count())]  # type: ignore[union-attr]
    written = [line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")]
    assert [one for one in written if one in listed] == listed, "code holds lines with # of its own"
    assert {"The plane", "Poisoning by hand", "When something is missing"} <= set(listed)
    QTest.keyClick(guide, Qt.Key.Key_Escape)
    assert not guide.isVisible()
    workbench.window.actions_["help.guide"].trigger()
    assert workbench.guide is guide


def test_headings_and_links_to_them_lead_there(guide: GuideWindow) -> None:
    row = [block.text() for block in guide._blocks].index("Training")
    guide.headings.setFocus()
    guide.headings.setCurrentRow(row)
    QTest.keyClick(guide.headings, Qt.Key.Key_Return)
    assert top(guide) == "Training"
    guide.pages.anchorClicked.emit(QUrl("#poisoning-by-hand"))
    assert top(guide) == "Poisoning by hand"


def test_every_link_of_the_guide_leads_somewhere(guide: GuideWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    places, block = set[str](), there(guide.pages.document()).begin()
    while block.isValid():
        places |= {one.format.anchorHref() for one in block.textFormats()} - {""}
        block = block.next()
    assert "#poisoning-by-hand" in places
    for place in places:
        guide.pages.anchorClicked.emit(QUrl(place))
    assert guide.said.text() == ""
    guide.pages.anchorClicked.emit(QUrl("nowhere.md"))
    assert guide.said.text() == "nowhere.md is not part of this installation."


def test_what_is_looked_for_is_found_again_and_again_and_said_where_it_is_not(guide: GuideWindow) -> None:
    QTest.keyClicks(guide.search, "bridge")
    first = guide.pages.textCursor()
    assert first.selectedText().lower() == "bridge"
    QTest.keyClick(guide.search, Qt.Key.Key_Return)
    second = guide.pages.textCursor().selectionStart()
    assert second > first.selectionStart()
    QTest.keyClick(guide.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert guide.pages.textCursor().selectionStart() == first.selectionStart()
    guide.search.setText("no such words")
    assert guide.said.text() == "Not in the guide"
    assert guide.isVisible()


def test_pictures_are_shown_where_they_are_and_left_out_elsewhere(
    guide: GuideWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = guide.pages.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl("../assets/guide/neural.png"))
    assert 0 < image.width() <= 640  # type: ignore[attr-defined]
    secret = tmp_path / "secret.png"
    secret.touch()
    assert guide.pages.loadResource(2, QUrl.fromLocalFile(str(secret))) is None, "nothing else is loaded"
    monkeypatch.setattr(assets, "_FOLDERS", (tmp_path,))
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    bare = GuideWindow("# One\n\n![A picture](../assets/guide/neural.png)\n\n## Two\n", tmp_path, settings)
    qtbot.addWidget(bare)
    assert bare.pages.toPlainText().split() == ["One", "Two"]


def test_its_size_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    for size in ((984, 680), (640, 480)):
        guide = GuideWindow("# One", tmp_path, settings)
        qtbot.addWidget(guide)
        assert (guide.width(), guide.height()) == size
        guide.set_theme(DARK)
        guide.show()
        guide.resize(640, 480)
        guide.close()


def test_an_anchor_is_spelt_as_links_spell_it() -> None:
    assert anchor("Poisoning by hand") == "poisoning-by-hand"
    assert anchor("What's `new`, again?") == "whats-new-again"
