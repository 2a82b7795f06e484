"""The guide in a window of its own: its headings beside it, and a line to search it."""

from __future__ import annotations

import re
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings, Qt, QUrl
from PyQt6.QtGui import (
    QColor,
    QDesktopServices,
    QHideEvent,
    QImage,
    QKeySequence,
    QShortcut,
    QShowEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextTable,
)  # fmt: skip
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QSplitter, QTextBrowser, QVBoxLayout, QWidget
from typing_extensions import override

from boundaryviz.gui.widgets.controls import label, restyle
from boundaryviz.gui.widgets.theme import LIGHT, Theme
from boundaryviz.scene.assets import asset

_PICTURE = re.compile(r"^!\[(?P<words>[^\]]*)\]\((?P<place>[^)\s]+)\)$", re.MULTILINE)
_WIDEST = 640  # pixels of a picture
_KEY = "guide"  # of its place among the settings


def anchor(heading: str) -> str:
    """The name by which links in Markdown know a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _picture(place: str) -> Path | None:
    """The file of a picture of the guide; None where it was not shipped."""
    try:
        return asset(f"guide/{Path(place).name}")
    except FileNotFoundError:
        return None


class _Pages(QTextBrowser):
    """Shows pictures that ship with the program, and loads nothing else."""

    @override
    def loadResource(self, type: int, name: QUrl) -> object:
        place = _picture(name.path()) if type == QTextDocument.ResourceType.ImageResource.value else None
        if place is None:
            return None
        image = QImage(str(place))
        return image.scaledToWidth(min(image.width(), _WIDEST), Qt.TransformationMode.SmoothTransformation)


class GuideWindow(QDialog):
    """Not modal: one reads it beside the window. Esc closes it; its place is remembered in the settings."""

    def __init__(self, text: str, folder: Path, settings: QSettings, parent: QWidget | None = None) -> None:
        """text: the guide, Markdown. folder: what its links to files start from."""
        super().__init__(parent)
        self.setWindowTitle("Guide")
        self._folder, self._settings = folder, settings
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find in the guide")
        self.search.setAccessibleName("Find in the guide")
        self.search.setClearButtonEnabled(True)
        self.said = label("", "faint")
        self.headings = QListWidget()
        self.headings.setAccessibleName("Headings")
        self.pages = _Pages()
        self.pages.setAccessibleName("Guide")
        self.pages.setOpenLinks(False)
        self.pages.document().setDocumentMargin(16)  # type: ignore[union-attr]
        self.pages.setMarkdown(_PICTURE.sub(lambda found: found[0] if _picture(found["place"]) else "", text))
        for block in self._all_blocks():  # lines of code go on in the next line as well
            form = block.blockFormat()
            if form.nonBreakableLines():
                form.setNonBreakableLines(False)
                QTextCursor(block).setBlockFormat(form)
        self._blocks = [block for block in self._all_blocks() if block.blockFormat().headingLevel() > 0]
        for block in self._blocks:
            self.headings.addItem("    " * max(block.blockFormat().headingLevel() - 2, 0) + block.text())
        line = QHBoxLayout()
        line.addWidget(self.search, 1)
        line.addWidget(self.said)
        both = QSplitter()
        both.setChildrenCollapsible(False)
        both.addWidget(self.headings)
        both.addWidget(self.pages)
        both.setSizes([232, 728])
        both.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(line)
        layout.addWidget(both, 1)
        self.resize(984, 680)
        place = settings.value(_KEY)
        if isinstance(place, QByteArray):
            self.restoreGeometry(place)
        self.headings.itemClicked.connect(lambda item: self.show_heading(self.headings.row(item)))
        self.headings.itemActivated.connect(lambda item: self.show_heading(self.headings.row(item)))
        self.pages.anchorClicked.connect(self._follow)
        self.search.textChanged.connect(lambda _text: self._find(afresh=True))
        for key, act in (
            ("Ctrl+F", self._to_search), ("Return", self._find), ("F3", self._find),
            ("Shift+Return", self._find_back), ("Shift+F3", self._find_back),
        ):  # fmt: skip
            owner = self.search if "Return" in key else self
            shortcut = QShortcut(QKeySequence(key), owner, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self.set_theme(LIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Draw the lines of tables in the theme's colour; all else the style sheet does."""
        document = self.pages.document()
        frames = [] if document is None else document.rootFrame().childFrames()  # type: ignore[union-attr]
        for table in frames:
            if isinstance(table, QTextTable):
                form = table.format().toTableFormat()
                form.setBorder(1)
                form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                form.setBorderBrush(QColor(theme.line))
                form.setBorderCollapse(True)
                form.setCellPadding(5)
                form.setTopMargin(8)
                form.setBottomMargin(8)
                table.setFormat(form)

    def show_heading(self, at: int) -> None:
        """Have the heading so many places down the list at the top."""
        document, bar = self.pages.document(), self.pages.verticalScrollBar()
        layout = None if document is None else document.documentLayout()
        assert layout is not None
        assert bar is not None
        layout.documentSize()  # or it is laid out, and can be scrolled, as far as it was seen only
        self.headings.setCurrentRow(at)
        bar.setValue(int(layout.blockBoundingRect(self._blocks[at]).top()) - 8)

    def _all_blocks(self) -> list[QTextBlock]:
        document = self.pages.document()
        assert document is not None
        found = [document.begin()]
        while found[-1].isValid():
            found.append(found[-1].next())
        return found[:-1]

    def _follow(self, url: QUrl) -> None:
        """A link to a heading is shown here, to a page of the web or a file by the desktop."""
        names = [anchor(block.text()) for block in self._blocks]
        if url.isRelative() and not url.path() and url.fragment() in names:
            self.show_heading(names.index(url.fragment()))
        elif url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        elif url.isRelative() and (self._folder / url.path()).is_file():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder / url.path())))
        else:
            self.said.setText(f"{url.path() or url.fragment()} is not part of this installation.")

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _find_back(self) -> None:
        self._find(back=True)

    def _find(self, back: bool = False, afresh: bool = False) -> None:
        """Show the next place of what is looked for, from the end on at the beginning again."""
        words, cursor = self.search.text(), self.pages.textCursor()
        flags = QTextDocument.FindFlag.FindBackward if back else QTextDocument.FindFlag(0)
        if afresh:  # it may go on where it is while one types
            cursor.setPosition(cursor.selectionStart())
            self.pages.setTextCursor(cursor)
        found = not words or self.pages.find(words, flags)
        if not found:
            end = QTextCursor.MoveOperation.End if back else QTextCursor.MoveOperation.Start
            self.pages.moveCursor(end)
            found = self.pages.find(words, flags)
        restyle(self.search, "invalid", not found)
        self.said.setText("" if found else "Not in the guide")

    @override
    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.headings.scheduleDelayedItemsLayout()  # which knew nothing of the style sheet yet
        self.search.setFocus()

    @override
    def hideEvent(self, event: QHideEvent | None) -> None:
        self._settings.setValue(_KEY, self.saveGeometry())
        super().hideEvent(event)
