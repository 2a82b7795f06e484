"""The window: which view stands where. What they do stands in the controller."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PyQt6.QtCore import QByteArray, QSettings, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from boundaryviz.gui.cascade.view import CascadeView
from boundaryviz.gui.compare.board import CompareBoard
from boundaryviz.gui.confusion.confusion import ConfusionView
from boundaryviz.gui.curves.charts import CurvesView
from boundaryviz.gui.dose.panel import DosePanel
from boundaryviz.gui.files.welcome import WelcomePage
from boundaryviz.gui.plane.plane import PlaneView
from boundaryviz.gui.plane.point_table import PointTable
from boundaryviz.gui.plane.tool_column import ToolColumn
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.poison.panel import PoisonPanel
from boundaryviz.gui.shell.actions import MENUS, Actions
from boundaryviz.gui.shell.banner import Banner
from boundaryviz.gui.shell.status import StatusFields
from boundaryviz.gui.shell.theme import Theme
from boundaryviz.gui.timeline.bar import TimelineBar
from boundaryviz.gui.training.data_panel import DataPanel
from boundaryviz.gui.training.learner_panel import LearnerPanel
from boundaryviz.gui.training.transport import TransportBar
from boundaryviz.gui.twin.attack_panel import AttackPanel
from boundaryviz.gui.units.unit_maps import UnitMaps
from boundaryviz.gui.widgets.forms import SpecForm
from boundaryviz.learners.specs import FAMILIES, TrainingSpec

_LAYOUT_VERSION = 1
_PANEL_WIDTH = 340


class MainWindow(QMainWindow):
    """Composes the views and remembers where they stood.

    may_close: asked before the window closes. dropped: a local path was dropped on the window.
    """

    dropped = pyqtSignal(str)

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self._settings = settings
        self.may_close: Callable[[], bool] = lambda: True
        self.plane = PlaneView()
        self.cascade = CascadeView(self.plane)
        self.planes = TwinPlanes(self.plane)
        self.timeline = TimelineBar()
        self.actions_ = Actions(self, self.plane)
        self.transport = TransportBar()
        self.tools = ToolColumn(
            self.actions_.tools.actions(), self.actions_.classes.actions(), [self.actions_["point.poison"]]
        )
        self.data = DataPanel()
        self.learner = LearnerPanel(FAMILIES)
        self.training = SpecForm(TrainingSpec, "training", skip=("seed",))
        self.poison = PoisonPanel()
        self.curves, self.confusion, self.units, self.points = CurvesView(), ConfusionView(), UnitMaps(), PointTable()
        self.attack, self.dose = AttackPanel(), DosePanel()
        self.status, self.banner, self.welcome = StatusFields(), Banner(), WelcomePage()
        self.compare = CompareBoard()
        self._act: Callable[[], None] | None = None
        self._others: dict[str, Callable[[], None]] = {}
        self.banner.focus_left.connect(self._focus_page)
        self.banner.action.connect(self._banner_action)
        self.banner.other.connect(self._banner_action)
        self._compose()
        menus = self.menuBar()
        assert menus is not None
        self.actions_.fill(menus)
        self.actions_.share("train", self.timeline.track)
        self.actions_.share("view", self.timeline.track, but="view.fit")  # Home leads to the first moment there

    def _compose(self) -> None:
        bar = QToolBar("Transport")
        bar.setObjectName("transport")
        bar.setMovable(False)
        bar.addWidget(self.transport)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addToolBar(bar)
        self.bar = bar

        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.tools)
        planes = QVBoxLayout()
        planes.setSpacing(0)
        planes.addWidget(self.planes, 1)
        planes.addWidget(self.timeline)
        row.addLayout(planes, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(middle)
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.compare)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)  # above whichever page is shown
        column.addWidget(self.pages, 1)
        self.setCentralWidget(whole)

        self.settings_tabs, self.result_tabs = QTabWidget(), QTabWidget()
        settings = (
            ("Data", self.data), ("Learner", self.learner), ("Training", self.training), ("Poison", self.poison),
        )  # fmt: skip
        for title, panel in settings:
            self.settings_tabs.addTab(_scrolled(panel), title)
        results: tuple[tuple[str, QWidget], ...] = (
            ("Curves", self.curves), ("Units", self.units), ("Confusion", self.confusion), ("Points", self.points),
            ("Attack", self.attack), ("Dose", self.dose),
        )  # fmt: skip
        self._results = [view for _, view in results]
        for title, view in results:
            self.result_tabs.addTab(_with_margin(view), title)
        self.docks = [self._dock("Settings", self.settings_tabs), self._dock("Results", self.result_tabs)]
        self.resizeDocks(self.docks, [_PANEL_WIDTH, _PANEL_WIDTH], Qt.Orientation.Horizontal)
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

    def results_shown(self) -> QWidget:
        """The view in the tab at the front of the results."""
        holder = self.result_tabs.currentWidget()
        return next(view for view in self._results if view.parentWidget() is holder)

    def show_result(self, view: QWidget) -> None:
        """Bring the tab of a result to the front."""
        self.result_tabs.setCurrentWidget(view.parentWidget())

    def notify(
        self, text: str, *, details: str = "", action: str = "", act: Callable[[], None] | None = None,
        others: Mapping[str, Callable[[], None]] | None = None, alarm: bool = False, closable: bool | None = None,
    ) -> None:  # fmt: skip
        """Say something above the plane; `act` is what the button called `action` does, `others` what further ones do.

        closable: whether a cross closes it; None where there is nothing to be done.
        """
        self._act, self._others = act, dict(others or {})
        can_close = act is None if closable is None else closable
        self.banner.tell(
            text, details=details, action=action, others=list(self._others), alarm=alarm, closable=can_close
        )

    def _focus_page(self) -> None:
        """Where the keys are expected to work."""
        page = self.pages.currentWidget()
        (self.plane if page is None or page.isAncestorOf(self.plane) else page).setFocus()

    def _banner_action(self, other: str = "") -> None:
        act = self._others.get(other) if other else self._act
        self._act, self._others = None, {}
        self.banner.hide()
        if act is not None:
            act()

    def add_submenu(self, menu: str, submenu: QMenu, before: str) -> None:
        """Put a menu of its own into a menu, before an action; both by name."""
        bar = self.menuBar()
        assert bar is not None
        holder = bar.actions()[list(MENUS).index(menu)].menu()
        assert holder is not None
        holder.insertMenu(self.actions_[before], submenu)

    # ---- looks --------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Dress every view that draws itself; the style sheet does the others."""
        for view in (
            self.plane, self.planes, self.timeline, self.cascade, self.attack, self.transport, self.tools, self.data,
            self.curves, self.confusion, self.units, self.banner, self.welcome, self.poison, self.dose, self.compare,
            self.actions_,
        ):  # fmt: skip
            view.set_theme(theme)

    def show_panels(self, on: bool) -> None:
        for dock in self.docks:
            dock.setVisible(on)
        self.plane.setFocus()  # or the focus would go to whatever comes next, and the next key with it

    def show_plane_alone(self, on: bool) -> None:
        """Nothing but the plane on the whole screen, for a projector; or everything again."""
        chrome = (self.menuBar(), self.bar, self.statusBar(), self.tools, self.timeline, *self.docks)
        for part in chrome:
            if part is not None:
                part.setVisible(not on)
        if on:
            self.showFullScreen()
        else:
            self.showNormal()
            self.show_panels(self.actions_["view.panels"].isChecked())
        self.plane.setFocus()

    def show_welcome(self, on: bool) -> None:
        """The page of examples in the place of the plane."""
        self.pages.setCurrentIndex(int(on))
        if not on:
            self.plane.setFocus()

    # ---- memory -------------------------------------------------------------------------------------

    def restore(self) -> None:
        """Stand where the window stood last time; the first time, as large as 1400 x 900 and the screen allow."""
        screen = self.screen()
        if screen is not None:
            room = screen.availableSize()
            self.resize(min(1400, room.width()), min(900, room.height() - 32))  # the title bar comes on top
        for key, act in (
            ("geometry", self.restoreGeometry),
            ("layout", lambda b: self.restoreState(b, _LAYOUT_VERSION)),
        ):
            value = self._settings.value(key)
            if isinstance(value, QByteArray):
                act(value)
        self.actions_["view.panels"].setChecked(not self.docks[0].isHidden())

    def remember(self) -> None:
        if not self.actions_["view.projector"].isChecked():
            self._settings.setValue("geometry", self.saveGeometry())
            self._settings.setValue("layout", self.saveState(_LAYOUT_VERSION))

    def closeEvent(self, event: QCloseEvent | None) -> None:
        assert event is not None
        if self.may_close():
            self.remember()
            event.accept()
        else:
            event.ignore()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasUrls() and data.urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None:
            event.acceptProposedAction()
            self.dropped.emit(data.urls()[0].toLocalFile())


def _with_margin(view: QWidget) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(12, 8, 12, 8)
    layout.addWidget(view)
    return holder


def _scrolled(view: QWidget) -> QScrollArea:
    """A panel that scrolls when it is taller than its place."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(12, 12, 12, 12)
    layout.addWidget(view)
    layout.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(holder)
    return area
