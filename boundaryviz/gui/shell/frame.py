"""The window's frame: bars, pages, tabs, banner and status bar, into which the features put their views."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from PyQt6.QtCore import (
    QByteArray,
    QCoreApplication,
    QEvent,
    QObject,
    QSettings,
    QSize,
    Qt,
    QTimer,
    pyqtBoundSignal,
    pyqtSignal,
)
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QMenu,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)  # fmt: skip
from typing_extensions import override

from boundaryviz.gui.shell.actions import MENUS, Actions
from boundaryviz.gui.shell.banner import Banner
from boundaryviz.gui.shell.status import StatusFields
from boundaryviz.gui.widgets.controls import label
from boundaryviz.gui.widgets.flow_tabs import FlowTabs
from boundaryviz.gui.widgets.theme import Theme

_LAYOUT_VERSION = 3  # one more with every change of what is a good width for the panels
_LEAST = 340  # pixels that the panels take at least: every setting has its room, whatever is chosen
_BROAD = 1200  # pixels from which on the panels stay while a result stands beside the plane
_SETTLED = 100  # milliseconds after which widgets know again what room they need in the usual type
_TOLD = 4_000  # milliseconds that a sentence in the status bar stays


class Themed:
    """The signal `MainWindow.themed`; those who come late are told of the theme that there is."""

    def __init__(self, signal: pyqtBoundSignal) -> None:
        self._signal = signal
        self._theme: Theme | None = None
        self._late: list[Callable[[Theme], object]] | None = None

    def connect(self, slot: Callable[[Theme], object]) -> None:
        """Have this told of the theme from now on."""
        self._signal.connect(slot)
        if self._late is not None:
            self._late.append(slot)

    def emit(self, theme: Theme) -> None:
        """Tell everybody of the theme."""
        self._theme = theme
        self._signal.emit(theme)

    @contextmanager
    def late(self) -> Iterator[None]:
        """Whoever connects inside is told at its end of the theme that there is, where there is one."""
        outer, self._late = self._late, []
        try:
            yield
            if self._theme is not None:
                for slot in self._late:
                    slot(self._theme)
        finally:
            self._late = outer


@dataclass(frozen=True, eq=False)
class _Before:
    """How the window stood before the plane stood alone: its place, where docks were, and what was to be seen."""

    size: QSize
    geometry: QByteArray
    layout: QByteArray
    parts: list[QWidget]
    result: int


class MainWindow(QMainWindow):
    """Knows no view: `add_...` take them, `compose` puts all of them into the window, in whose order the keys go.

    dropped: a local path was dropped on the window. themed: the theme, for whatever draws itself.
    result_changed: another result is at the front. page_changed: another page is. escaped: Esc was pressed, and
    whatever has the keys has no use for it.
    """

    dropped = pyqtSignal(str)
    _themed = pyqtSignal(object)
    result_changed = pyqtSignal()
    page_changed = pyqtSignal()
    escaped = pyqtSignal()

    def __init__(self, settings: QSettings, plane: QWidget) -> None:
        """plane: where the keys of the actions `on_plane` work, and where the focus goes when a page closes."""
        super().__init__()
        self.themed = Themed(self._themed)
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self._settings, self._plane = settings, plane
        self._may_close: list[Callable[[], bool]] = []
        self._act: Callable[[], None] | None = None
        self._others: dict[str, Callable[[], None]] = {}
        self._standing: dict[str, Callable[[], None]] = {}  # what is offered with whatever else is said
        self._results: dict[QWidget, QWidget | None] = {}  # what holds a result -> the result, None until it is made
        self._makers: dict[QWidget, Callable[[], object]] = {}  # of those that are not: what makes it
        self._panels: dict[QWidget, QWidget] = {}  # a panel -> what holds it
        self._chrome: list[QWidget] = []  # what goes where the plane stands alone
        self._alone: _Before | None = None  # while it does, what was there
        self._due: _Before | None = None  # what has yet to find its place again
        self.actions_ = Actions(self, plane)
        self.status, self.banner = StatusFields(), Banner()
        self.pages = QStackedWidget()
        self.settings_tabs, self.result_tabs = FlowTabs(), FlowTabs()
        self.settings_tabs.setMinimumWidth(_LEAST)
        self._given = 0  # pixels of width that the panels have had of themselves
        self._folded = False  # whether they are away to make room for a result beside the plane
        self.docks: list[QDockWidget] = []
        self.bar = QToolBar("Transport")
        self.bar.setObjectName("transport")
        self.bar.setMovable(False)
        self.bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._middle = QWidget()
        self._across = QHBoxLayout(self._middle)
        self._across.setContentsMargins(0, 0, 0, 0)
        self._across.setSpacing(0)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._beside: tuple[QWidget, QWidget, QWidget] | None = None
        """A result that stands beside the plane, what holds it there, and what stands in its tab."""
        self.pages.addWidget(self._middle)
        self.banner.focus_left.connect(self._focus_page)
        self.banner.action.connect(self._banner_action)
        self.banner.other.connect(self._banner_action)
        self.banner.closed.connect(self._standing.clear)
        self.result_tabs.currentChanged.connect(lambda _at: self._result_turned())
        self.pages.currentChanged.connect(lambda _at: self.page_changed.emit())
        self.themed.connect(self.banner.set_theme)
        self.themed.connect(self.actions_.set_theme)
        menus = self.menuBar()
        assert menus is not None
        self.actions_.fill(menus)

    # ---- what stands where --------------------------------------------------------------------------

    def add_bar(self, view: QWidget) -> None:
        """Into the bar at the top."""
        self.bar.addWidget(view)

    def add_centre(self, side: QWidget, centre: QWidget, below: QWidget) -> None:
        """The page of the plane: a column at its side, and what lies below it."""
        self._across.addWidget(side)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(centre, 1)
        column.addWidget(below)
        self._split.addWidget(middle)
        self._across.addWidget(self._split, 1)
        self._chrome += [side, below]

    def add_page(self, view: QWidget) -> None:
        """In the place of the plane, once it is asked for."""
        self.pages.addWidget(view)

    def add_panel(self, title: str, view: QWidget) -> None:
        """A tab of the settings; it scrolls."""
        self._panels[view] = holder = _Scrolled(view)
        self.settings_tabs.addTab(holder, title)

    def add_result(self, title: str, view: QWidget) -> None:
        """A tab of the results."""
        holder = _with_margin(view)
        self._results[holder] = view
        self.result_tabs.addTab(holder, title)

    def add_late_result(self, title: str, make: Callable[[], object], *, on: bool = True) -> None:
        """A tab of the results for a view that is not there yet. make: ends in `fill_result`; called when the tab comes
        to the front. on: whether the tab is there."""
        holder = _with_margin(None)
        self._results[holder], self._makers[holder] = None, make
        self.result_tabs.setTabVisible(self.result_tabs.addTab(holder, title), on)

    def fill_result(self, title: str, view: QWidget) -> None:
        """Put a view into the tab that waits for it."""
        holder = next(one for one in self._makers if self._title(one) == title)
        del self._makers[holder]
        self._results[holder] = view
        layout = holder.layout()
        assert layout is not None
        layout.addWidget(view)
        view.show()  # in its place, before the tab that has come to the front is painted
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    def _title(self, holder: QWidget) -> str:
        return self.result_tabs.tabText(list(self._results).index(holder))

    def _result_turned(self) -> None:
        """Have the result that has come to the front there, and tell of it."""
        holder = self.result_tabs.currentWidget()
        if holder in self._makers:
            self._makers[holder]()
        self.result_changed.emit()

    def offer_result(self, view: QWidget, on: bool) -> None:
        """Have the tab of a result, or leave it out where it does not apply."""
        holder = next((holder for holder, result in self._results.items() if result is view), None)
        if holder is not None:
            self.result_tabs.setTabVisible(list(self._results).index(holder), on)

    def offer_panel(self, view: QWidget, on: bool) -> None:
        """Have the tab of a panel, at the front, or leave it out where it does not apply."""
        holder = self._panels.get(view)
        if holder is None:
            return
        self.settings_tabs.setTabVisible(list(self._panels.values()).index(holder), on)
        if on:
            self.settings_tabs.setCurrentWidget(holder)

    def compose(self) -> None:
        """Put what was added into the window."""
        self.addToolBar(self.bar)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)  # above whichever page is shown
        column.addWidget(self.pages, 1)
        self.setCentralWidget(whole)
        self.docks += [self._dock("Settings", self.settings_tabs), self._dock("Results", self.result_tabs)]
        self.resizeDocks(self.docks, [380, 420], Qt.Orientation.Vertical)
        strip = self.statusBar()
        assert strip is not None
        strip.setSizeGripEnabled(False)
        strip.addPermanentWidget(self.status, 1)
        strip.messageChanged.connect(self.status.said.set_words)  # the bar's own place is taken by the fields

    def _dock(self, title: str, content: QWidget) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(title.lower())
        dock.setWidget(content)
        dock.setTitleBarWidget(QWidget())  # the tabs say what it is
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        return dock

    def add_submenu(self, menu: str, submenu: QMenu, before: str) -> None:
        """Put a menu of its own into a menu, before an action; both by name."""
        bar = self.menuBar()
        assert bar is not None
        holder = bar.actions()[list(MENUS).index(menu)].menu()
        assert holder is not None
        holder.insertMenu(self.actions_[before], submenu)

    # ---- what is at the front -----------------------------------------------------------------------

    def result_shown(self) -> QWidget | None:
        """The view in the tab at the front of the results."""
        holder = self.result_tabs.currentWidget()
        return None if holder is None else self._results[holder]

    def show_result(self, view: QWidget) -> None:
        """Bring the tab of a result to the front."""
        self.result_tabs.setCurrentWidget(view.parentWidget())

    def stand_beside(self, view: QWidget | None, instead: str = "") -> None:
        """Take a result out of its tab and put it beside the plane, at its full height; None puts it back.

        instead: what is written in its tab meanwhile.
        """
        if self._beside is not None:
            shown, side, words = self._beside
            holder = next(holder for holder, result in self._results.items() if result is shown)
            layout = holder.layout()
            assert layout is not None
            layout.replaceWidget(words, shown)
            for part in (words, side):
                part.setParent(None)  # at once, or it would still take its room when the panels come back
                part.deleteLater()
            self._beside = None
        if view is not None:
            holder = next(holder for holder, result in self._results.items() if result is view)
            layout = holder.layout()
            assert layout is not None
            words = label(instead, "faint", wraps=True)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.replaceWidget(view, words)
            side = _with_margin(view)
            self._beside = view, side, words
            self._split.addWidget(side)
            width = self._split.width()
            self._split.setSizes([width - width * 2 // 5, width * 2 // 5])
        if self._alone is None:
            self._fold_panels(view is not None and self.width() < _BROAD)
        self.result_changed.emit()

    def _fold_panels(self, away: bool) -> None:
        """Have the panels make room for a result beside the plane, and come back if that is why they went."""
        panels = self.actions_["view.panels"]
        if away and panels.isChecked():
            panels.setChecked(False)
            self._folded = True
        elif not away and self._folded:
            self._folded = False
            for part in (self._split, self._middle, self.pages, self.centralWidget(), self):
                if part is not None and (layout := part.layout()) is not None:
                    layout.activate()  # or the window would make room for a result that is no longer there
            panels.setChecked(True)

    def show_panel(self, view: QWidget) -> None:
        """Bring the tab of a panel to the front, and the panels back where they are hidden."""
        self.settings_tabs.setCurrentWidget(self._panels[view])
        self.actions_["view.panels"].setChecked(True)

    def panel_shown(self) -> QWidget | None:
        """The panel in the tab at the front of the settings."""
        holder = self.settings_tabs.currentWidget()
        return next((view for view, held in self._panels.items() if held is holder), None)

    def panels(self) -> dict[str, QWidget]:
        """The panels there are, by the titles of their tabs."""
        tabs = self.settings_tabs
        return {tabs.tabText(k): view for k, view in enumerate(self._panels) if tabs.isTabVisible(k)}

    def page_shown(self) -> QWidget | None:
        """The page in the place of the plane; None while the plane is there."""
        page = self.pages.currentWidget()
        return None if page is self._middle else page

    def show_page(self, page: QWidget | None) -> None:
        """A page in the place of the plane; None brings the plane back, with the keys."""
        self.pages.setCurrentWidget(self._middle if page is None else page)
        if page is None:
            self._plane.setFocus()

    def show_panels(self, on: bool) -> None:
        """Show settings and results, or neither."""
        for dock in self.docks:
            dock.setVisible(on)
        self._plane.setFocus()  # or the focus would go to whatever comes next, and the next key with it

    def show_plane_alone(self, on: bool) -> None:
        """Nothing but the plane on the whole screen that the window is on; or everything again, as it was."""
        if on == (self._alone is not None):
            return
        if on:
            around = (self.menuBar(), self.bar, self.statusBar(), *self._chrome, *self.docks)
            parts = [part for part in around if part is not None and not part.isHidden()]
            place = self.size(), self.saveGeometry(), self.saveState(_LAYOUT_VERSION)
            self._alone = _Before(*place, parts, self.result_tabs.currentIndex())
            self._due = None
            for part in parts:
                part.hide()
            self.setWindowState(self.windowState() | Qt.WindowState.WindowFullScreen)
        elif self._alone is not None:
            before, self._alone = self._alone, None
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)
            for part in before.parts:
                part.show()
            self.result_tabs.setCurrentIndex(before.result)
            self.restoreGeometry(before.geometry)
            self.restoreState(before.layout, _LAYOUT_VERSION)
            self._due = before  # once it has its size again, which it gets when the desktop sees fit
            QTimer.singleShot(_SETTLED, self._settle)
        self._plane.setFocus()

    def _settle(self) -> None:
        """Give the panels the room that they had before the plane stood alone, as soon as there is as much."""
        before = self._due
        if before is not None and self.size() == before.size:
            self._due = None
            self.restoreState(before.layout, _LAYOUT_VERSION)

    @override
    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self._due is not None:
            QTimer.singleShot(_SETTLED, self._settle)
        elif self._alone is None and self.docks and not self._dragged():
            self._give_panels_room()

    # ---- what is said -------------------------------------------------------------------------------

    def notify(
        self, text: str, *, details: str = "", action: str = "", act: Callable[[], None] | None = None,
        others: Mapping[str, Callable[[], None]] | None = None, alarm: bool = False, closable: bool | None = None,
    ) -> None:  # fmt: skip
        """Say something above the plane; `act` is what the button called `action` does, `others` what further ones do.

        closable: whether a cross closes it; None where there is nothing to be done.
        """
        self._act, self._others = act, {**(others or {}), **({} if alarm else self._standing)}
        can_close = act is None if closable is None else closable
        self.banner.tell(
            text, details=details, action=action, others=list(self._others), alarm=alarm, closable=can_close
        )

    def offer(self, text: str, button: str, act: Callable[[], None]) -> None:
        """Say something and offer a way back, which stays beside whatever is said after it, but for alarms: until it is
        taken, closed or withdrawn."""
        self._standing[button] = act
        self.notify(text)

    def withdraw(self) -> None:
        """Offer no way back any more, with what is said from now on."""
        self._standing.clear()

    def tell(self, words: str, milliseconds: int = _TOLD) -> None:
        """Say a few words in the status bar, for so long; 0 is until something else is said."""
        strip = self.statusBar()
        if strip is not None:  # soon, for a menu that closes takes what the bar says with it
            QTimer.singleShot(0, lambda: strip.showMessage(words, milliseconds))

    def _focus_page(self) -> None:
        """Where the keys are expected to work."""
        page = self.page_shown()
        (self._plane if page is None else page).setFocus()

    def _banner_action(self, other: str = "") -> None:
        act = self._others.get(other) if other else self._act
        self._act, self._others = None, {}
        if act in self._standing.values():
            self._standing.clear()
        self.banner.hide()
        if act is not None:
            act()

    def set_theme(self, theme: Theme) -> None:
        """Dress every view that draws itself; the style sheet does the others."""
        self.themed.emit(theme)

    # ---- memory -------------------------------------------------------------------------------------

    def restore(self) -> None:
        """Stand where the window stood last time; the first time, as large as 1400 x 900 and the screen allow."""
        screen = self.screen()
        if screen is not None:
            room = screen.availableSize()
            self.resize(min(1400, room.width()), min(900, room.height() - 32))  # the title bar comes on top
        self._give_panels_room()
        for key, act in (
            ("geometry", self.restoreGeometry),
            ("layout", lambda b: self.restoreState(b, _LAYOUT_VERSION)),
        ):
            value = self._settings.value(key)
            if isinstance(value, QByteArray):
                act(value)
        self.actions_["view.panels"].setChecked(not self.docks[0].isHidden())

    def _panel_width(self) -> int:
        """Pixels that settings and results take unless a person drags their edge: as many as their fields need, and
        in a wide window so many that the names of settings take one line and those of results two, whatever the
        font."""
        least = self._least_panel_width()
        names = max(self.settings_tabs.room_for_names(lines=1), self.result_tabs.room_for_names())
        names = min(names, self.width() * 26 // 100)
        return max(least, names, self.width() // 5)

    def _dragged(self) -> bool:
        """Whether a person has given the panels a width."""
        return self.docks[0].width() not in (self._given, self._least_panel_width())

    def _least_panel_width(self) -> int:
        return max(dock.minimumSizeHint().width() for dock in self.docks)

    def _give_panels_room(self) -> None:
        self._given = self._panel_width()
        self.resizeDocks(self.docks, [self._given] * len(self.docks), Qt.Orientation.Horizontal)

    def remember(self) -> None:
        """Keep where it stands for the next time, but not the projector's view."""
        if not self.actions_["view.projector"].isChecked():
            self._settings.setValue("geometry", self.saveGeometry())
            self._settings.setValue("layout", self.saveState(_LAYOUT_VERSION))

    # ---- keys, leaving, and what is dropped ---------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape that nobody else has taken is told; Enter in a line of a panel, once what was typed there is taken,
        gives the keys back to the plane."""
        key = None if event is None else event.key()
        enters = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(self.focusWidget(), QLineEdit)
        if key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif enters and self.page_shown() is None:
            self._plane.setFocus()
        else:
            super().keyPressEvent(event)

    def ask_before_closing(self, may_close: Callable[[], bool]) -> None:
        """Have this asked before the window closes, after what was given before; who says no keeps it open."""
        self._may_close.append(may_close)

    def ask_nothing(self) -> None:
        """Close without a question, whatever is unsaved."""
        self._may_close.clear()

    @override
    def closeEvent(self, event: QCloseEvent | None) -> None:
        assert event is not None
        if all(may_close() for may_close in self._may_close):
            self.remember()
            event.accept()
        else:
            event.ignore()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasUrls() and data.urls()[0].isLocalFile():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None:
            event.acceptProposedAction()
            self.dropped.emit(data.urls()[0].toLocalFile())


def _with_margin(view: QWidget | None) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(12, 8, 12, 8)
    if view is not None:
        layout.addWidget(view)
    return holder


class _Scrolled(QScrollArea):
    """A panel that scrolls when it is taller than its place, and is never narrower than what it holds."""

    def __init__(self, view: QWidget) -> None:
        super().__init__()
        self._holder = QWidget()
        layout = QVBoxLayout(self._holder)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addWidget(view)
        layout.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._holder)

    @override
    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if watched is self._holder and event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # what it holds may need another width now
        return super().eventFilter(watched, event)

    @override
    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar()
        room = 0 if bar is None else bar.sizeHint().width()
        return QSize(self._holder.minimumSizeHint().width() + room, super().minimumSizeHint().height())
