"""Adversarial examples in the window: probes answer for the place under the pointer and for many points while it
trains, and what an attack pushes over can be added with its true label."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QKeyEvent
from typing_extensions import override

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.push_views import PushView, PushViewSettings, shown_methods
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.push.figuring import AGAIN, pushes_figure, robustness_figure
from boundaryviz.gui.push.gesture import PushOver, Taken
from boundaryviz.gui.push.on_plane import PushesOnPlane
from boundaryviz.gui.push.panel import MOST, PushPanel
from boundaryviz.gui.push.robustness import RobustnessControl
from boundaryviz.gui.push.words import class_words, here_words, many_words, rows_words, why_not
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.tools.geometry import nearest
from boundaryviz.gui.tools.picking import REACH
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.controller import Do
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.scenario.changes import Settings
from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.scene import Domain, Split

_AGAIN = 250  # milliseconds after which a place is asked about that has had no answer
_SHARE = 0.06  # of the shorter side of the plane, which a push is as long as where nobody has said how long
_REACHES = 0.5  # of the same side, where sliders end
_NO_POINT = "Put the pointer on a point, or select some: those are pushed over."
_HELD_OVER = "Nothing was pushed over: "


class PushControl(QObject):
    """Shows pushes while the action 'view.pushes' is checked. do: makes a change, as one undo step.

    here, many: the last answers, of the place under the pointer or the first selected point, and of the points chosen.
    """

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, document: Document, client: TrainerClient, presenter: Presenter,
        do: Do,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._planes, self._document = window, planes, document
        self._client, self._presenter, self._do = client, presenter, do
        self._switch = window.actions_["view.pushes"]
        self.panel, self.on_plane = PushPanel(), PushesOnPlane(planes)
        self.robustness = RobustnessControl(window, document, client, presenter, self._switch.isChecked)
        self.over = PushOver(self._decided, self)
        self.here: PushView | None = None
        self.many: PushView | None = None
        self._place: tuple[float, float] | None = None  # of the pointer
        self._awaited: PushViewSettings | None = None  # what the probe has been asked about a place
        self._wanted: NDArray[np.int64] | None = None  # points to be pushed over as soon as it is known where to
        self._synced: tuple[object, ...] = ()
        self._again, self._rest = QTimer(self), QTimer(self)
        for timer, act in ((self._again, self._ask_again), (self._rest, self._ask_here)):
            timer.setSingleShot(True)
            timer.timeout.connect(act)
        self._asked_at = QElapsedTimer()
        self.rests = 1.0
        """How long the pointer's next place waits, in times what the last answer took: so training has the rest."""
        self._wire()
        self._opened()

    def _wire(self) -> None:
        window, panel, planes, document = self._window, self.panel, self._planes, self._document
        self._switch.toggled.connect(self._turn)
        panel.hidden.connect(lambda: self._switch.setChecked(False))
        panel.changed.connect(self._set)
        panel.asked.connect(self._ask)
        panel.whom.activated.connect(lambda _at: self._show_whom())
        self.robustness.view.dragged.connect(lambda size: document.preview(self._change("evasion.epsilon", size)))
        self.robustness.view.chosen.connect(lambda size: self._set("evasion.epsilon", size))
        for signal, name, act in (
            (panel.pushed, "point.push", self.push_over), (panel.kept, "point.push-keep", self.keep),
        ):  # fmt: skip
            signal.connect(act)
            window.actions_[name].triggered.connect(lambda _=False, act=act: act())
        panel.dropped.connect(self.over.forget)
        window.escaped.connect(self.over.forget)
        planes.plane.installEventFilter(self)
        window.themed.connect(self.on_plane.set_theme)
        window.themed.connect(panel.set_theme)
        planes.hovered.connect(self._hovered)
        planes.plane.selection_changed.connect(lambda _ids: self._selected())
        self._client.probed.connect(self._take)
        self._client.stated.connect(self._stated)
        self._presenter.turned.connect(self._forget)
        self._presenter.forgotten.connect(self._forget)
        self._presenter.shown.connect(lambda _frame: self._follow())
        document.changed.connect(self._changed)
        document.opened.connect(self._opened)
        self.over.changed.connect(self._show_over)
        self.over.arrived.connect(self._arrived)

    # ---- settings -----------------------------------------------------------------------------------

    @property
    def spec(self) -> EvasionSpec:
        """What is asked of the model: the scenario's, or the usual with a push as long as suits the plane."""
        return asked_of(self._document.scenario.evasion, self._document.scene.domain)

    def _change(self, path: str, value: object) -> Settings:
        """A change of a setting; the first one takes along what was in force before anything was said."""
        values: dict[str, Any] = {path: value}
        if self._document.committed.scenario.evasion is None:
            values = {"evasion.epsilon": self.spec.epsilon} | values
        return Settings(values)

    def _set(self, path: str, value: object) -> None:
        self._document.drop_preview()
        self._do(self._change(path, value), f"Set {self.panel.titles()[path].lower()} of the push")

    def _changed(self) -> None:
        self._sync()
        self._ask()

    def _opened(self) -> None:
        """Another scenario: shown where it asks something of its model."""
        self.over.forget()
        self._forget()
        self._sync()
        self._switch.setChecked(self._document.scenario.evasion is not None)

    def offer(self) -> None:
        """Have panel and tab there while pushes are shown."""
        on = self._switch.isChecked()
        self._window.offer_panel(self.panel, on)
        self.robustness.turn(on)

    def _sync(self) -> None:
        scene, spec = self._document.scene, self.spec
        committed = self._document.committed
        names = tuple(scene.class_name(k) for k in range(scene.classes))
        shown = (spec, asked_of(committed.scenario.evasion, committed.scene.domain), names, scene.domain)
        if shown == self._synced:  # most changes are of points
            return
        self._synced = shown
        most = float(f"{_REACHES * min(scene.domain.width, scene.domain.height):.1g}")
        self.panel.set_values(spec, names, scene.section is not None, max(most, spec.epsilon))
        self.robustness.show_spec(spec, shown[1])
        if self.here is not None:
            self._show_here()  # the ball follows at once
        self._warn()

    def _warn(self) -> None:
        """Say what cannot be shown with these settings."""
        scene = self._document.scene
        words = self.spec.advice(scene.domain, scene.classes) if self._switch.isChecked() else ""
        self.panel.say(words, problem=bool(words))

    # ---- asking -------------------------------------------------------------------------------------

    def _turn(self, on: bool) -> None:
        self.offer()
        if not on:
            self.over.forget()
            self._forget()
        self._warn()
        self._ask()

    def _ask(self) -> None:
        """Have answers for what is to be shown now."""
        self._ask_many()
        self._ask_here()
        self.panel.set_pushing(bool(len(self._subjects())), self.over.taken is not None)

    def _show_whom(self) -> None:
        """Have points there that arrows begin at."""
        if self.panel.arrows_for == "test":
            self._window.actions_["view.held-out"].setChecked(True)

    def _ask_many(self) -> None:
        whom = self.panel.arrows_for
        if not self._switch.isChecked() or whom == "pointer":
            self._client.unsubscribe("push-points")
            self.many = None
            self._show_many()
            return
        if whom == "selection":
            chosen = self._planes.plane.selection[:MOST]
            asked = PushViewSettings(self.spec, ids=tuple(chosen.tolist()))
        else:
            asked = PushViewSettings(self.spec, most=MOST, split=int(Split.TRAIN if whom == "train" else Split.TEST))
        if self.many is None or self.many.settings != asked:
            self._client.subscribe("push-points", asked)

    def _ask_here(self) -> None:
        """One place at a time: while an answer is under way, what the pointer comes to waits."""
        asked = self._settings_here()
        if asked is None:
            self._client.unsubscribe("push-here")
            self._awaited = self.here = None
            self._show_here()
        elif self._awaited is None and not self._rest.isActive() and (self.here is None or self.here.settings != asked):
            self._awaited = asked
            self._client.subscribe("push-here", asked)
            self._asked_at.start()
            self._again.start(_AGAIN)

    def _ask_again(self) -> None:
        """What has had no answer for long gives way to what the pointer has come to; asked again it begins anew."""
        if self._settings_here() != self._awaited:
            self._awaited = None
            self._ask_here()
        elif self._awaited is not None:
            self._again.start(_AGAIN)

    def _settings_here(self) -> PushViewSettings | None:
        """What is to be asked about one place, and of points that are to be pushed over; None for nothing."""
        if not self._switch.isChecked():
            return None
        spec, wanted = self.spec, self._wanted
        if wanted is not None:
            return PushViewSettings(spec, (spec.method,), ids=tuple(wanted.tolist()))
        methods = shown_methods(spec, self.panel.methods)
        if self._place is not None:
            point = self._point_under()
            if point is None:
                return PushViewSettings(spec, methods, places=(self._place,))
            return PushViewSettings(spec, methods, ids=(point,))
        chosen = self._planes.plane.selection
        return PushViewSettings(spec, methods, ids=(int(chosen[0]),)) if len(chosen) else None

    def _point_under(self) -> int | None:
        """The id of the point under the pointer."""
        plane, place = self._planes.plane, self._place
        if place is None:
            return None
        points, canvas = plane.scene.points, plane.canvas
        at = nearest(
            as_seen(points.xy, canvas.stretch), as_seen(np.array(place), canvas.stretch), REACH * canvas.pixel,
            plane.points.visible(points),
        )  # fmt: skip
        return None if at is None else int(points.ids[at])

    def _subjects(self) -> NDArray[np.int64]:
        """Ids of the points that would be pushed over: the one under the pointer, with the selection it belongs to."""
        chosen, point = self._planes.plane.selection, self._point_under()
        return chosen if point is None or point in chosen else np.array([point], dtype=np.int64)

    # ---- what comes in ------------------------------------------------------------------------------

    def _take(self, said: m.ProbeResult) -> None:
        found = said.value
        if not isinstance(found, PushView) or said.key.past != self._presenter.number:
            return
        if not self._switch.isChecked():
            return
        if said.probe == "push-points":
            self.many = found
            self._show_many()
        elif said.probe == "push-here":
            self._take_here(found)

    def _take_here(self, found: PushView) -> None:
        if found.settings == self._awaited:
            self._awaited = None
            self._again.stop()
            if rest := min(round(self.rests * self._asked_at.elapsed()), _AGAIN):
                self._rest.start(rest)
        wanted = self._wanted
        if wanted is not None and found.settings.ids == tuple(wanted.tolist()):
            self._wanted = None
            self._set_out(found)
        elif wanted is None:
            self.here = found
            self._show_here()
        self._ask_here()

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def _forget(self) -> None:
        """What was found is of another model."""
        self.here = self.many = self._awaited = self._wanted = None
        self._again.stop()
        self._rest.stop()
        self._show_here()
        self._show_many()
        if self._switch.isChecked():
            self._ask()

    def _hovered(self, place: tuple[float, float] | None) -> None:
        self._place = place
        if self._switch.isChecked():
            self._ask_here()
            self.panel.set_pushing(bool(len(self._subjects())), self.over.taken is not None)

    def _selected(self) -> None:
        if self._switch.isChecked():
            self._ask()

    # ---- what is shown ------------------------------------------------------------------------------

    def _show_here(self) -> None:
        found = self.here
        if found is None:
            self.on_plane.show_here((), (), None)
            self.panel.tell_here({}, "")
            return
        self.on_plane.show_here(found.runs, found.clean, self.spec.epsilon)
        scene = self._presenter.scene
        words = " ".join(filter(None, (here_words(found.runs, scene), found.why)))
        self.panel.tell_here(rows_words(found.runs, scene), words, problem=not found.runs)

    def _show_many(self) -> None:
        found = self.many
        run = found.runs[0] if found is not None and found.runs else None
        clean = found.clean[0] if found is not None and found.clean else None
        self.on_plane.show_many(run, clean)
        if found is not None and self._switch.isChecked():
            advice = self.spec.advice(self._document.scene.domain, self._document.scene.classes)
            words = found.why or advice
            self.panel.say(words or ("" if run is None else many_words(run, self._count())), problem=bool(words))

    def _count(self) -> int:
        """How many points could have been asked about."""
        points, whom = self._presenter.scene.points, self.panel.arrows_for
        if whom == "selection":
            return len(self._planes.plane.selection)
        split = Split.TRAIN if whom == "train" else Split.TEST
        return int((points.is_labelled & ~points.muted & (points.split == split)).sum())

    def _decided(self, x: float, y: float) -> int | None:
        """The class that the field shown has at a place."""
        value = self._planes.plane.value_at(x, y)
        if value is None or self._presenter.fits_responses:
            return None
        values = np.atleast_1d(value)
        chances = np.array([1 - values[0], values[0]]) if len(values) == 1 else values
        return int(self._presenter.scenario.decision.rule(len(chances)).decide(chances[:, None])[0])

    # ---- pushing over -------------------------------------------------------------------------------

    def push_over(self) -> None:
        """Have the attack take the point under the pointer, or the selected ones, over the boundary."""
        self.push_points(self._subjects())

    def push_points(self, ids: NDArray[np.int64]) -> None:
        """Have the attack take these points over the boundary."""
        if not len(ids):
            self._window.tell(_NO_POINT)
            return
        self._switch.setChecked(True)
        self.over.forget()
        self._wanted, self._awaited = ids[:MOST], None
        self._rest.stop()
        self._ask_here()

    def offers(self, ids: NDArray[np.int64]) -> Iterable[tuple[str, Any]]:
        """What the menu of points offers: words, and what they do."""
        yield "Push it over" if len(ids) == 1 else f"Push {len(ids):,} over", partial(self.push_points, ids)
        if self.over.taken is not None:
            yield "Add with true label", self.keep

    def figures(self) -> dict[str, tuple[str, Callable[[Any, Any], Any], str]]:
        """What can be drawn of what is shown now: by the name of a view its title, what draws it of a snapshot with
        options, and what to say where a line is asked for that draws it again."""
        found: dict[str, tuple[str, Callable[[Any, Any], Any], str]] = {}
        shown = self.many if self.many is not None and self.many.runs else self.here
        if shown is not None and shown.runs:
            found["pushes"] = "Pushes", partial(pushes_figure, shown.runs), AGAIN
        if (curves := self.robustness.found) is not None:
            found["robustness"] = "Robust error", partial(robustness_figure, curves, self.spec.epsilon), AGAIN
        return found

    def keep(self) -> None:
        """Add what was pushed over, with its true labels."""
        self.over.finish()
        edit = self.over.edit(self._document.committed.scene)
        if edit is None:
            self._window.tell("Push a point over first (Z).")
            return
        count = len(edit.points)
        self.over.forget()
        points = f"{count:,} adversarial example{'s' * (count != 1)}"
        self._do(edit, f"Add {points} with true label{'s' * (count != 1)}")
        self._window.tell(f"Added {points}; the model learns on. Ctrl+Z takes {'it' if count == 1 else 'them'} back.")

    def _set_out(self, found: PushView) -> None:
        scene = self._document.committed.scene
        if found.why or not found.runs:
            self._window.tell(_HELD_OVER + (found.why or "the attack found no way."))
            self.panel.say(found.why, problem=True)
            return
        run = found.runs[0]
        taken = Taken.of(run, scene, self._planes.plane.canvas.pixel)
        if not len(taken):
            words = why_not(run, scene)
            self._window.tell(_HELD_OVER + words)
            self.panel.say(words[:1].upper() + words[1:])
            return
        self.over.begin(taken, scene.section is None)

    def _draw_over(self) -> None:
        """What is on its way, and once it is there what a single point is and is taken for."""
        ghosts, words = self.over.ghosts(), ""
        if len(ghosts) == 1 and not self.over.under_way:
            was, now = (class_words(self._document.scene, label) for label in (ghosts[0].label, ghosts[0].taken))
            words = f"{was}, taken for {now}"
        self.on_plane.show_ghosts(ghosts, words)

    @override
    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Esc on the plane takes back what was pushed before it lets the selection go."""
        if (
            isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape and self.over.taken is not None and not self._planes.plane.tool.active
        ):  # fmt: skip
            self.over.forget()
            return True
        return False

    def _show_over(self) -> None:
        self._draw_over()
        self.panel.set_pushing(bool(len(self._subjects())), self.over.taken is not None)
        self._window.actions_["point.push-keep"].setEnabled(self.over.taken is not None)

    def _follow(self) -> None:
        """The model has gone on: what is made of a point that was pushed may be something else by now."""
        if self.over.taken is not None and not self.over.under_way:
            self._draw_over()

    def _arrived(self) -> None:
        taken, scene = self.over.taken, self._document.committed.scene
        if taken is None:
            return
        if len(taken) == 1:
            was, now = (class_words(scene, int(label[0])) for label in (taken.label, taken.to))
            words = f"This {was} is now taken for {now}."
        else:
            words = f"{len(taken):,} points are now taken for another class."
        self.panel.say(words)
        self._window.tell(f"{words} Shift+Z adds it with its true label, Esc forgets it.", 0)


def asked_of(spec: EvasionSpec | None, domain: Domain) -> EvasionSpec:
    """These settings, or where there are none the usual ones, with a push as long as suits the plane."""
    return spec or EvasionSpec(epsilon=float(f"{_SHARE * min(domain.width, domain.height):.1g}"))
