"""Every action of the window, as one table: menu, words, shortcut, tip and icon.

Menus, tool bars, the command palette and the shortcut overview are all made from these QActions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QAction, QActionGroup, QKeySequence
from PyQt6.QtWidgets import QMenuBar, QWidget

from boundaryviz.gui.tools import TOOLS
from boundaryviz.gui.widgets.icons import icon
from boundaryviz.gui.widgets.plain import menu_words, tip
from boundaryviz.gui.widgets.theme import Theme, disabled
from boundaryviz.scene.axes import AXES
from boundaryviz.scene.scene import MAX_CLASSES


@dataclass(frozen=True)
class _Entry:
    """name: 'menu.what'. keys: shortcuts, the first one shown; on_plane: they work while the plane has the focus."""

    name: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    on_plane: bool = False
    apart: bool = False  # a separator comes before it


_TOOL_ICONS = {
    "select": ("select", "V"), "add": ("add", "A"),
    "brush": ("brush", "B"), "erase": ("erase", "E"), "relabel": ("relabel", "L"),
    "lasso": ("lasso", "O"), "rectangle": ("rectangle", "M"),
    "bridge": ("bridge", "G"), "target": ("target", "T"), "why": ("why", "W"),
}  # fmt: skip

MENUS = {"file": "&File", "edit": "&Edit", "point": "&Points", "train": "&Train", "view": "&View", "help": "&Help"}

DIGITS = 9  # classes that have a key of their own
_BESIDE = ("view.curves", "view.tree", "view.study", "view.embedding")
LISTED = 10  # classes that a menu names; the others are found by name or number

_TABLE = (
    _Entry("file.new", "&New plane", "Start with an empty plane and draw your own points", ("Ctrl+N",),
           "file"),
    _Entry("file.examples", "E&xamples...", "Choose an example scenario", ("Ctrl+Shift+O",), "grid"),
    _Entry("file.talk", "&Give the talk", "Lead through the argument that machine learning is becoming less "
           "dependable, step by step, as a presentation; again to leave it", checkable=True),
    _Entry("file.open", "&Open...", "Open a scenario, a table of points of any usual kind, or pins",
           ("Ctrl+O",), "folder"),
    _Entry("file.paste", "&Paste a table", "Take the table of points that is on the clipboard, in the place of these",
           ("Ctrl+V",), "paste"),
    _Entry("file.words", "Abo&ut this scenario...", "Its title, what it is about, and what to look at in it"),
    _Entry("file.save", "&Save", "Save the scenario with its points", ("Ctrl+S",), "save",
           apart=True),
    _Entry("file.save-as", "Save &as...", "Save under another name, as TOML, or the points alone as a table",
           ("Ctrl+Shift+S",)),
    _Entry("file.timeline", "Keep the &timeline", "Save the recorded moments beside the project, to go on there later",
           checkable=True),
    _Entry("file.recover", "Recover &unsaved work...", "What was not saved when boundaryviz ended unexpectedly"),
    _Entry("file.export", "&Export figure...", "Write what you see as PNG, SVG or PDF", ("Ctrl+E",),
           "image"),
    _Entry("file.film", "Export a &film...", "Write a film of training, or of a setting, as MP4, GIF or WebP",
           ("Ctrl+Shift+E",), "film"),
    _Entry("file.quit", "&Quit", "Leave boundaryviz", ("Ctrl+Q",), apart=True),
    _Entry("edit.undo", "&Undo", "Take back the last change", ("Ctrl+Z",), "undo"),
    _Entry("edit.redo", "&Redo", "Do it again", ("Ctrl+Y", "Ctrl+Shift+Z"), "redo"),
    _Entry("edit.all", "Select &all", "Select every point", ("Ctrl+A",), on_plane=True, apart=True),
    _Entry("edit.delete", "&Delete points", "Delete the selected points", ("Delete",), "delete",
           on_plane=True),
    _Entry("edit.clear", "&Clear the plane", "Delete every point", ("Ctrl+Shift+Delete",)),
    _Entry("edit.copy", "&Copy points", "Copy the selected points, or all, as a table", ("Ctrl+C",), on_plane=True),
    _Entry("edit.paste-points", "&Paste points into the plane", "Add the points on the clipboard to those there are: a "
           "table, or what numpy prints", ("Ctrl+Shift+V",)),
    _Entry("edit.rule", "Write a &rule", "A rule of a line or a few, beside the model: the tab Rule", ("Ctrl+R",),
           apart=True),
    _Entry("edit.rule-labels", "&Label the data by the rule", "Every point gets the class that the rule says",
           checkable=True),
    _Entry("point.unlabelled", "&Unlabelled", "New points have no label; selected ones lose theirs", ("U", "0"),
           on_plane=True, checkable=True),
    _Entry("point.poison", "&Poison", "New points are poison: planted by an attacker", ("P",), "poison",
           on_plane=True, checkable=True, apart=True),
    _Entry("point.poison-on", "Poison &on", "Train on the poison, or hide it without removing any", ("Shift+P",),
           on_plane=True, checkable=True),
    _Entry("point.mute", "&Mute", "Mute the selected points, so that nobody sees them, or let them be seen again",
           ("Shift+M",), on_plane=True),
    _Entry("point.push", "Pus&h it over", "Let the attack of the tab Push take the point under the pointer, or the "
           "selected ones, over the boundary", ("Z",), on_plane=True, apart=True),
    _Entry("point.push-keep", "Add with true la&bel", "Add what was pushed over as training points with the labels "
           "they had: adversarial training by hand", ("Shift+Z",), on_plane=True),
    _Entry("train.play", "&Play", "Train, or pause", ("Space",), "play", on_plane=True),
    _Entry("train.full-speed", "F&ull speed", "Train as fast as it goes, or at the pace at which one sees it", ("X",),
           "fast", True, on_plane=True),
    _Entry("train.step", "&Step", "Do one training step, and pause", ("S",), "step", on_plane=True),
    _Entry("train.reset", "&Reset", "Back to step 0 with the same initial weights", ("R",), "reset",
           on_plane=True),
    _Entry("train.seed", "&New seed", "Back to step 0 with other initial weights", ("Shift+R",), "dice",
           on_plane=True),
    _Entry("train.earlier", "Ear&lier moment", "Show the recorded moment before", (",",), on_plane=True, apart=True),
    _Entry("train.later", "La&ter moment", "Show the recorded moment after; past the last one, the present", (".",),
           on_plane=True),
    _Entry("train.first", "&First moment", "Show the first recorded moment", ("Ctrl+Home",)),
    _Entry("train.now", "&Back to now", "Show the present again", ("Ctrl+End",)),
    _Entry("train.resume", "Resume &here", "Go on training from the moment that is shown, as a branch",
           ("Ctrl+Return",)),
    _Entry("train.twin", "&Twin", "Also train without the poison, and compare", ("Ctrl+T",), checkable=True,
           apart=True),
    _Entry("train.attack", "&Attack by training", "Have the attack in the tab Attack look for its points; again: "
           "pause it, and go on", ("Shift+A",), on_plane=True),
    _Entry("train.attack-keep", "Keep the attac&k", "Take the points that the attack has come to into the scene",
           ("Shift+K",), on_plane=True),
    _Entry("train.attack-discard", "D&iscard the attack", "End the attack, and leave the scene as it was"),
    _Entry("train.defence", "D&efence on", "Leave out what the defence in the panel Defence finds suspicious, or train "
           "on every point", ("Shift+D",), checkable=True, on_plane=True),
    _Entry("train.dose", "Dose-re&sponse", "Lay the attack with more and more points, over several seeds"),
    _Entry("train.study", "S&tudy...", "Vary a setting, over draws, seeds and folds, and see error against it"),
    _Entry("train.bias", "Bias and &variance", "Train on many samples of the data: where most models are wrong, and "
           "where they disagree"),
    _Entry("train.board", "Sc&oreboard", "Attacks against defences; poison made for one learner, tried on others"),
    _Entry("train.check", "&Check this scenario", "Hold it to what it promises, on data drawn anew"),
    _Entry("train.redraw", "New &data seed", "Draw the data set afresh", (), "dice", apart=True),
    _Entry("engine.auto", "&Automatic engine", "Have whatever is quickest for this net do the steps", checkable=True),
    _Entry("engine.compiled", "&Compiled engine", "Have the program that is compiled for nets do the steps, on "
           "the processor", checkable=True),
    _Entry("engine.cpu", "&Torch engine on the CPU", "Have torch do the steps, on the processor", checkable=True),
    _Entry("engine.cuda", "C&UDA engine", "Have torch do the steps, on an NVIDIA GPU", checkable=True),
    _Entry("engine.mps", "&MPS engine", "Have torch do the steps, on the GPU of an Apple computer", checkable=True),
    _Entry("view.fit", "&Fit", "Show the whole domain", ("Home",), "fit", on_plane=True),
    _Entry("view.axes-auto", "Axes as they &need", "Equal units on both axes; free ones where one side of the plane is "
           "over three times as long as the other", checkable=True, apart=True),
    _Entry("view.axes-equal", "E&qual axes", "One unit is as long on both axes", checkable=True),
    _Entry("view.axes-free", "F&ree axes", "Each axis fills the plane with its own units", checkable=True),
    _Entry("view.plane", "P&lane of the inputs...", "Which plane of points with more than two inputs is shown: two of "
           "them, principal components, or one through three selected points"),
    _Entry("view.discrete", "&Decision only", "Show the decided class instead of its probability", ("D",),
           checkable=True, on_plane=True, apart=True),
    _Entry("view.contours", "&Contour lines", "Draw the decision boundary and lines of equal probability", ("C",),
           checkable=True, on_plane=True),
    _Entry("view.prediction", "&Prediction in the points", "Outline: the true class. Fill: the predicted one",
           ("F",), checkable=True, on_plane=True),
    _Entry("view.held-out", "&Held-out points", "Show validation and test points too", ("H",), checkable=True,
           on_plane=True),
    _Entry("view.legend", "Class &legend", "Name the classes on the plane; drag the legend to move it, click to fold",
           checkable=True),
    _Entry("view.cascade", "Label casca&de", "Colour each unlabelled point by when it got its label, and show the way "
           "from a given label to the point under the pointer", ("K",), checkable=True, on_plane=True),
    _Entry("view.support", "Support &vectors", "Ring the points that hold the boundary of a support vector machine, "
           "and draw the lines of its margin", ("Shift+S",), checkable=True, on_plane=True),
    _Entry("view.certificate", "Poison sur&vived", "For every place, how many poison points of any kind the decision "
           "is proven to survive, of partition aggregation", checkable=True),
    _Entry("view.heights", "Boundary &off the plane", "How far above and below each place the boundary lies, of points "
           "with more than two inputs", ("Shift+O",), checkable=True, on_plane=True),
    _Entry("view.similarity", "Similarit&y", "How alike every place is to the one under the pointer in the model's "
           "embedding, as a map", ("Shift+Y",), checkable=True, on_plane=True),
    _Entry("view.effect", "&Effect map", "For every place, what one more point there would do to the model; a click "
           "plants it", ("Shift+E",), checkable=True, on_plane=True),
    _Entry("view.pushes", "Ad&versarial examples", "The smallest push over the boundary from the place under the "
           "pointer, and what attacks make of it: the tab Push", ("Y",), checkable=True, on_plane=True),
    _Entry("view.jitter", "&Jitter circle", "Show around the pointer how far the learner pushes unlabelled points",
           ("J",), checkable=True, on_plane=True),
    _Entry("view.ghost", "Earlier &course", "After a resume, show boundary and curves of the course before, dashed",
           checkable=True),
    _Entry("view.rule-difference", "Difference from the r&ule", "Hatch where the model decides otherwise than the rule",
           ("Q",), checkable=True, on_plane=True),
    _Entry("view.output", "Show the &output", "Back from a hidden unit to the model's output", ("Ctrl+0",)),
    _Entry("view.twin-side", "Twin s&ide by side", "The clean twin beside the poisoned model", ("Ctrl+1",),
           checkable=True, apart=True),
    _Entry("view.twin-overlay", "Twin o&verlay", "The boundaries of both on one plane", ("Ctrl+2",), checkable=True),
    _Entry("view.twin-flips", "Fli&p region", "What the poison gave to another class", ("Ctrl+3",), checkable=True),
    _Entry("view.twin-floor", "Seed f&loor", "Flips by the poison against what a new seed changes", ("Ctrl+4",),
           checkable=True),
    _Entry("view.headline", "&Headline numbers", "With the twin, how much the poison flips, and how little it "
           "took, large over the plane", checkable=True),
    _Entry("view.pin", "&Pin this moment", "Keep what the plane shows, to compare it with others", ("Ctrl+P",),
           apart=True),
    _Entry("view.pin-clean", "Pin the clean t&win", "Keep the clean twin of what the plane shows", ("Ctrl+Shift+P",)),
    _Entry("view.compare", "Compare p&ins", "What is pinned, side by side", ("Ctrl+5",), checkable=True),
    _Entry("view.curves", "C&urves beside the plane", "Curves at full height beside the plane, or back in their tab; a "
           "double click on them does the same", ("Ctrl+6",), checkable=True, apart=True),
    _Entry("view.tree", "&Tree beside the plane", "A decision tree drawn and written beside the plane, or back in its "
           "tab", ("Ctrl+7",), checkable=True),
    _Entry("view.study", "S&tudy beside the plane", "The study at full height beside the plane, or back in its tab",
           ("Ctrl+8",), checkable=True),
    _Entry("view.embedding", "E&mbedding beside the plane", "The points as the model has them, on a second plane "
           "beside the first, or back in its tab", ("Ctrl+9",), checkable=True),
    _Entry("view.panels", "Pa&nels", "Show or hide the panels", ("F9",), checkable=True),
    _Entry("view.projector", "Presen&tation", "The plane alone and large on the whole screen; F11 or Esc leaves",
           ("F11", "F5"), checkable=True),
    _Entry("view.theme", "Da&rk theme", "Light or dark", ("Ctrl+D",), "theme", checkable=True),
    _Entry("view.commands", "Command &palette", "Find any command by name", ("Ctrl+K",), "search", apart=True),
    _Entry("help.guide", "&Guide", "What there is and how to use it, to be read beside the window", ("Ctrl+F1",)),
    _Entry("help.shortcuts", "&Shortcuts", "All keys at a glance", ("F1",), "keyboard"),
    _Entry("help.elephant", "The &elephant", "A curve of four complex parameters, its trunk, and what too many numbers "
           "make of it"),
    _Entry("help.log", "&Log", "What the program has said: saves, failures, warnings", apart=True),
    _Entry("help.report", "&Report a problem...", "Versions, device and log, ready to be copied into a report"),
    _Entry("help.about", "&About boundaryviz", "Version, licence and what it runs on"),
)  # fmt: skip


_BEYOND = (  # after the classes themselves
    _Entry("point.class-next", "Ne&xt class", "New points are of the class after the one in hand", ("N",),
           on_plane=True),
    _Entry("point.class-previous", "Pre&vious class", "New points are of the class before the one in hand",
           ("Shift+N",), on_plane=True),
    _Entry("point.class-choose", "C&hoose a class...", "Find a class by its name or number, of however many there are",
           ("I",), "more", on_plane=True),
)  # fmt: skip


class Actions(QObject):
    """The QActions by name, `actions['train.play']`; those of tools, classes and axes are checked one at a time."""

    def __init__(self, window: QWidget, plane: QWidget) -> None:
        super().__init__(window)
        self._window, self._plane = window, plane
        self._by_name: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self._apart: set[str] = set()
        for entry in _TABLE:
            self._make(entry)
        self.tools, self.classes, self.axes = QActionGroup(self), QActionGroup(self), QActionGroup(self)
        self._engines = QActionGroup(self)
        for action in self.group("engine"):
            self._engines.addAction(action)
        self._beside = QActionGroup(self)  # one result at most stands beside the plane
        self._beside.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        for name in _BESIDE:
            self._beside.addAction(self[name])
        for choice in AXES:
            self.axes.addAction(self[f"view.axes-{choice}"])
        for name, tool in TOOLS.items():
            picture, key = _TOOL_ICONS[name]
            entry = _Entry(
                f"point.tool-{name}", tool.title, tool.explains, (key,), picture, True, True, name == "select"
            )
            self.tools.addAction(self._make(entry))
        for label in range(MAX_CLASSES):
            entry = _Entry(
                f"point.class-{label}", f"Class {label}", f"New points are of class {label}; selected ones become it",
                (str(label + 1),) if label < DIGITS else (), "", True, True, label == 0,
            )  # fmt: skip
            self.classes.addAction(self._make(entry))
        self.classes.addAction(self["point.unlabelled"])
        for entry in _BEYOND:
            self._make(entry)

    def set_classes(self, names: Sequence[str]) -> None:
        """Call the actions of classes by these names; one more than there are can be chosen, so that a point may open
        it, and those with a key always. The palette finds all that can be chosen; menus list the first `LISTED`."""
        for label in range(MAX_CLASSES):
            action = self[f"point.class-{label}"]
            named = names[label] if label < len(names) else f"class {label}"
            action.setText(menu_words(named[:1].upper() + named[1:]))
            action.setVisible(label <= max(len(names), DIGITS - 1))

    def _make(self, entry: _Entry) -> QAction:
        action = QAction(entry.text, self)
        action.setObjectName(entry.name)
        action.setCheckable(entry.checkable)
        action.setShortcuts([QKeySequence(key) for key in entry.keys])
        shown = f" ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})" if entry.keys else ""
        action.setToolTip(tip(entry.tip + shown))
        action.setStatusTip(entry.tip)
        action.setWhatsThis(entry.tip)
        action.setShortcutContext(
            Qt.ShortcutContext.WidgetWithChildrenShortcut if entry.on_plane else Qt.ShortcutContext.WindowShortcut
        )
        (self._plane if entry.on_plane else self._window).addAction(action)
        self._by_name[entry.name] = action
        if entry.icon:
            self._icons[entry.name] = entry.icon
        if entry.apart:
            self._apart.add(entry.name)
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def all(self) -> list[QAction]:
        """Every action, in menu order."""
        return list(self._by_name.values())

    def group(self, menu: str) -> list[QAction]:
        """The actions of one menu."""
        return [action for name, action in self._by_name.items() if name.startswith(menu + ".")]

    def share(self, menu: str, widget: QWidget, but: str = "") -> None:
        """Let the keys of a menu that work on the plane also work on `widget`, `but` for the one it has itself."""
        on_plane = Qt.ShortcutContext.WidgetWithChildrenShortcut
        widget.addActions([a for a in self.group(menu) if a.shortcutContext() == on_plane and a.objectName() != but])

    def fill(self, bar: QMenuBar) -> None:
        """Make the menus."""
        for menu, title in MENUS.items():
            target = bar.addMenu(title)
            assert target is not None
            unlisted = self.classes.actions()[LISTED:-1]
            for action in self.group(menu):
                if action in unlisted:
                    continue
                if action.objectName() in self._apart:
                    target.addSeparator()
                target.addAction(action)

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons."""
        for name, picture in self._icons.items():
            self[name].setIcon(icon(picture, theme.text, disabled(theme)))
