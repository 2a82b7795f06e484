"""Adversarial examples in the window: probes answer for the place under the pointer and for many points while it
trains, by settings that are the scenario's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes.push_views import PushView, PushViewSettings, shown_methods
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.twin_planes import TwinPlanes
from boundaryviz.gui.push.asking import PlaceAsking
from boundaryviz.gui.push.figuring import AGAIN, pushes_figure, robustness_figure
from boundaryviz.gui.push.on_plane import PushesOnPlane
from boundaryviz.gui.push.panel import MOST, PushPanel
from boundaryviz.gui.push.pushing import PushingOver
from boundaryviz.gui.push.robustness import RobustnessControl
from boundaryviz.gui.push.words import here_words, many_words, rows_words
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.tools.geometry import nearest
from boundaryviz.gui.tools.picking import REACH
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.controller import Do
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.scenario.changes import Settings
from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.scene import Domain, Split

_SHARE = 0.06  # of the shorter side of the plane, which a push is as long as where nobody has said how long
_REACHES = 0.5  # of the same side, where sliders end
_ONE, _MANY = "push-here", "push-points"


class PushControl(QObject):
    """Shows pushes while the action 'view.pushes' is checked. do: makes a change, as one undo step.

    asking: about the place under the pointer, or the first selected point. many: the last answer for the points chosen.
    hand: points that are pushed over.
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
        self.asking = PlaceAsking(client, self._settings_here, self)
        self.many: PushView | None = None
        self._place: tuple[float, float] | None = None  # of the pointer
        self._synced: tuple[object, ...] = ()
        self.hand = PushingOver(
            window, planes, document, presenter, do, self.panel, self.on_plane, self._subjects
        )  # fmt: skip
        self._wire()
        self._opened()

    def _wire(self) -> None:
        window, panel, planes, document = self._window, self.panel, self._planes, self._document
        self._switch.toggled.connect(self._turn)
        panel.hidden.connect(lambda: self._switch.setChecked(False))
        panel.changed.connect(self._set)
        panel.asked.connect(self._ask)
        panel.whom.activated.connect(lambda _at: self._show_whom())
        self.hand.asked.connect(self.asking.ask_at_once)
        self.hand.changed.connect(self._offer_to_push)
        self.robustness.view.dragged.connect(lambda size: document.preview(self._change("evasion.epsilon", size)))
        self.robustness.view.chosen.connect(lambda size: self._set("evasion.epsilon", size))
        window.themed.connect(self.on_plane.set_theme)
        window.themed.connect(panel.set_theme)
        planes.hovered.connect(self._hovered)
        planes.plane.selection_changed.connect(lambda _ids: self._selected())
        self._client.probed.connect(self._take)
        self._client.stated.connect(self._stated)
        self._presenter.turned.connect(self._forget)
        self._presenter.forgotten.connect(self._forget)
        document.changed.connect(self._changed)
        document.opened.connect(self._opened)

    def offer(self) -> None:
        """Have panel and tab there while pushes are shown."""
        on = self._switch.isChecked()
        self._window.offer_panel(self.panel, on)
        self.robustness.turn(on)

    def figures(self) -> dict[str, tuple[str, Callable[[Any, Any], Any], str]]:
        """What can be drawn of what is shown now: by the name of a view its title, what draws it of a snapshot with
        options, and what to say where a line is asked for that draws it again."""
        found: dict[str, tuple[str, Callable[[Any, Any], Any], str]] = {}
        shown = self.many if self.many is not None and self.many.runs else self.asking.found
        if shown is not None and shown.runs:
            found["pushes"] = "Pushes", partial(pushes_figure, shown.runs), AGAIN
        if (curves := self.robustness.found) is not None:
            found["robustness"] = "Robust error", partial(robustness_figure, curves, self.spec.epsilon), AGAIN
        return found

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
        self.hand.forget()
        self._forget()
        self._sync()
        self._switch.setChecked(self._document.scenario.evasion is not None)

    def _sync(self) -> None:
        scene, spec = self._document.scene, self.spec
        committed = self._document.committed
        names = tuple(scene.class_name(k) for k in range(scene.classes))
        asked = asked_of(committed.scenario.evasion, committed.scene.domain)
        shown = (spec, asked, names, scene.domain, scene.section is None)
        if shown == self._synced:  # most changes are of points
            return
        self._synced = shown
        most = float(f"{_REACHES * min(scene.domain.width, scene.domain.height):.1g}")
        self.panel.set_values(spec, names, scene.section is not None, max(most, spec.epsilon))
        self.robustness.show_spec(spec, asked)
        if self.asking.found is not None:
            self._show_here()  # the ball follows at once
        self._warn()

    @property
    def _advice(self) -> str:
        """What cannot be shown with these settings, in a sentence."""
        scene = self._document.scene
        return self.spec.advice(scene.domain, scene.classes) if self._switch.isChecked() else ""

    def _warn(self) -> None:
        words = self._advice
        self.panel.say(words, problem=bool(words))

    # ---- asking -------------------------------------------------------------------------------------

    def _turn(self, on: bool) -> None:
        self.offer()
        if not on:
            self.hand.forget()
            self._forget()
        self._warn()
        self._ask()

    def _ask(self) -> None:
        """Have answers for what is to be shown now."""
        self._ask_many()
        self._ask_here()
        self._offer_to_push()

    def _offer_to_push(self) -> None:
        self.panel.set_pushing(bool(len(self._subjects())), self.hand.over.taken is not None)

    def _show_whom(self) -> None:
        """Have points there that arrows begin at."""
        if self.panel.arrows_for == "test":
            self._window.actions_["view.held-out"].setChecked(True)

    def _ask_many(self) -> None:
        whom = self.panel.arrows_for
        if not self._switch.isChecked() or whom == "pointer":
            self._client.unsubscribe(_MANY)
            self.many = None
            self._show_many()
            return
        if whom == "selection":
            chosen = self._planes.plane.selection[:MOST]
            asked = PushViewSettings(self.spec, ids=tuple(chosen.tolist()), most=0)
        else:
            asked = PushViewSettings(self.spec, most=MOST, split=int(Split.TRAIN if whom == "train" else Split.TEST))
        if self.many is None or self.many.settings != asked:
            self._client.subscribe(_MANY, asked)

    def _ask_here(self) -> None:
        self.asking.ask()
        if self.asking.found is None:
            self._show_here()

    def _settings_here(self) -> PushViewSettings | None:
        """What is to be asked about one place, and of points that are to be pushed over; None for nothing."""
        if not self._switch.isChecked():
            return None
        spec, wanted = self.spec, self.hand.wanted
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
        if said.probe == _MANY:
            self.many = found
            self._show_many()
        elif said.probe == _ONE:
            self.asking.take(found)
            if not self.hand.take(found) and self.hand.wanted is None:
                self.asking.found = found
                self._show_here()
            self._ask_here()

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def _forget(self) -> None:
        """What was found is of another model."""
        self.hand.wanted = self.many = None
        self.asking.forget()
        self._show_here()
        self._show_many()
        if self._switch.isChecked():
            self._ask()

    def _hovered(self, place: tuple[float, float] | None) -> None:
        self._place = place
        if self._switch.isChecked():
            self._ask_here()
            self._offer_to_push()

    def _selected(self) -> None:
        if self._switch.isChecked():
            self._ask()

    # ---- what is shown ------------------------------------------------------------------------------

    def _show_here(self) -> None:
        found = self.asking.found
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
        if found is not None and self._switch.isChecked() and self.hand.over.taken is None:
            words = found.why or self._advice
            self.panel.say(words or ("" if run is None else many_words(run, self._count())), problem=bool(words))

    def _count(self) -> int:
        """How many points could have been asked about."""
        points, whom = self._presenter.scene.points, self.panel.arrows_for
        if whom == "selection":
            return len(self._planes.plane.selection)
        split = Split.TRAIN if whom == "train" else Split.TEST
        return int((points.is_labelled & ~points.muted & (points.split == split)).sum())


def asked_of(spec: EvasionSpec | None, domain: Domain) -> EvasionSpec:
    """These settings, or where there are none the usual ones, with a push as long as suits the plane."""
    return spec or EvasionSpec(epsilon=float(f"{_SHARE * min(domain.width, domain.height):.1g}"))
