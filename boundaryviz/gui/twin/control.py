"""The clean twin in the window: switching it, choosing seeds and views, and telling what it shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from boundaryviz.attacks.budget import Budget
from boundaryviz.engine import messages as m
from boundaryviz.gui.document.document import Document
from boundaryviz.gui.plane.plane import LOOKS, PlaneView
from boundaryviz.gui.plane.twin_planes import TWIN_VIEWS, TwinPlanes, TwinView
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.training.client import TrainerClient
from boundaryviz.gui.training.presenter import Presenter
from boundaryviz.gui.training.transport import TransportBar
from boundaryviz.gui.twin.attack_panel import ALREADY, NONE_LEFT, AttackPanel, Measure, TargetState, number_words
from boundaryviz.gui.widgets.controls import Throttle
from boundaryviz.record.comparison import Comparison, first_flips
from boundaryviz.record.headline import headline
from boundaryviz.record.intervals import LEVEL
from boundaryviz.record.metrics import Metric, SuccessRate
from boundaryviz.record.seeds import ONE_FIT
from boundaryviz.scenario.poison_advice import UNUSED, is_unused

_REFRESH = 200  # milliseconds between two looks at the pins
SAME = "No poison acts: both planes show the same until some does."
ONE_SEED = "The seed floor compares seeds, of which one trains."
ENOUGH = 8  # seeds that are offered where one is too few


class TwinControl(QObject):
    """Joins the twin's controls to the trainer, and what the trainer says of twins to the views.

    over_data_asked: somebody wants the same over data seeds.
    """

    over_data_asked = pyqtSignal()

    def __init__(
        self, window: MainWindow, planes: TwinPlanes, transport: TransportBar, document: Document,
        client: TrainerClient, presenter: Presenter,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._planes, self._transport = planes, transport
        self.panel = AttackPanel()
        window.themed.connect(self.panel.set_theme)
        self.panel.over_data.clicked.connect(self.over_data_asked)
        self._window, self._document, self._client, self._presenter = window, document, client, presenter
        self._found: dict[bool, Comparison] = {}  # of the present, and with True of the past that is shown
        self._diverged: tuple[int, ...] = ()
        self._budget = Budget(0, 0)
        self._counted: tuple[object, ...] = (None,) * 7
        self._why_nothing = ""  # the poison that acts changes
        self._pins_throttle = Throttle(lambda _: self._show_pins(), _REFRESH, self)
        bar, actions = transport, window.actions_
        bar.twin_toggled.connect(actions["train.twin"].setChecked)
        bar.seeds_changed.connect(lambda seeds: self.train(seeds, client.twin))
        bar.shown_changed.connect(self.show_seed)
        actions["train.twin"].toggled.connect(lambda on: self.train(client.seeds, on))
        planes.view_chosen.connect(self.show)
        planes.offer_taken.connect(lambda: self.train(ENOUGH, True))
        for view in TWIN_VIEWS:
            actions[f"view.twin-{view}"].triggered.connect(partial(self._asked_for, view))
        for name, look in LOOKS.items():
            actions[name].toggled.connect(partial(self._look, name, look))
            self._look(name, look, actions[name].isChecked())
        window.result_changed.connect(self._pins_throttle)
        client.probed.connect(self._compared)
        client.evaluated.connect(self._pins_throttle)
        client.framed.connect(self._framed)
        client.stated.connect(self._stated)
        document.changed.connect(self._changed)
        document.opened.connect(self._opened)
        presenter.turned.connect(self._turned)
        client.subscribe("twins")
        actions["view.legend"].setChecked(True)
        actions["view.legend"].toggled.connect(planes.classes.set_shown)
        actions["view.headline"].setChecked(True)
        actions["view.headline"].toggled.connect(planes.set_headline)
        bar.set_seeds(client.seeds)
        self.show("side")
        self._changed()

    # ---- switching

    def train(self, seeds: int, twin: bool) -> None:
        """Train so many seeds, each with a clean twin or not, from step 0; training goes on if it was running."""
        client = self._client
        self._transport.set_twin(twin)
        self._window.actions_["train.twin"].setChecked(twin)  # which may come here again, with the seeds of before
        self._transport.set_seeds(seeds, min(self._presenter.seed_shown, seeds - 1))
        if (seeds, twin) == (client.seeds, client.twin):
            return
        client.set_twins(seeds, twin)
        self._forget()
        self._planes.set_twin(twin)
        if twin:
            self._window.show_result(self.panel)
        self._say()
        self._presenter.show_seed(self._presenter.seed_shown)
        state = self._document.state
        client.load(state.scenario, state.scene, self._document.revision)

    def show_seed(self, seed: int) -> None:
        """Show another of the runs, counted from 0."""
        self._presenter.show_seed(seed)
        self._pins_throttle()

    def show(self, view: TwinView) -> None:
        """Show both in another way."""
        self._planes.set_view(view)
        for name in TWIN_VIEWS:
            self._window.actions_[f"view.twin-{name}"].setChecked(name == view)
        self._show_floor()
        self._say()
        frame = self._presenter.frame
        if frame is not None:
            self._planes.set_fields(frame.field, frame.clean, frame.view.rect, frame.view.unit is not None)

    def _asked_for(self, view: TwinView, _checked: bool) -> None:
        """By key or menu: the view, and the twin where there is none yet."""
        self.show(view)
        self._window.actions_["train.twin"].setChecked(True)
        self._window.actions_["view.compare"].setChecked(False)

    def _look(self, name: str, look: Callable[[PlaneView, bool], None], on: bool) -> None:
        self._planes.set_look(name, lambda plane: look(plane, on))

    # ---- from the document

    def _opened(self) -> None:
        self._forget()
        self._planes.set_selection([])
        self._changed()

    def _changed(self) -> None:
        state = self._document.state
        self._planes.set_scene(state.scene, undecided=state.scenario.learner.family.at_once)
        self._count()
        self._pins_throttle()

    def _count(self) -> None:
        scene, supervised = self._presenter.scene, self._presenter.scenario.learner.family.supervised
        points = scene.points
        counted = (
            points.origin, points.muted, points.split, points.label, scene.groups, scene.poison_on, supervised
        )  # fmt: skip
        if any(one is not other for one, other in zip(counted, self._counted, strict=True)):  # not by every move
            self._counted, self._budget = counted, Budget.of(scene)
            self._why_nothing = UNUSED if is_unused(supervised, scene) else ""
            self.panel.set_budget(self._budget)
            self._say()

    def _turned(self) -> None:
        """Another moment of the past is shown, whose twins have yet to be compared, or the present again."""
        self._found.pop(True, None)
        self._count()
        self._show_floor()
        self._show_numbers()
        self._pins_throttle()

    # ---- from the trainer

    def _forget(self) -> None:
        """What was compared is void."""
        self._found.clear()
        self._diverged = ()
        self._show_floor()
        self._show_numbers()

    def _stated(self, state: m.State) -> None:
        if state.why in ("loaded", "reset"):
            self._forget()

    def _framed(self, frame: m.Frame) -> None:
        diverged = tuple(int(k) for k in np.flatnonzero(frame.diverged))
        if diverged != self._diverged:
            self._diverged = diverged
            self._say()

    def _compared(self, said: m.ProbeResult) -> None:
        if said.probe != "twins":
            return
        twins, past = said.value, said.key.past is not None
        scene = self._presenter.scene if past else self._document.scene
        fits = twins.clean_pins.shape[1] == len(scene.targets) and len(twins.diverged) == self._client.seeds
        if not self._client.twin or not fits or (past and said.key.past != self._presenter.number):
            return  # of before the last change; the next comparison is under way
        self._found[past] = Comparison.of(twins, scene, self._presenter.varies)
        self._show_floor()
        self._show_numbers()
        self._pins_throttle()

    @property
    def comparison(self) -> Comparison | None:
        """Of the moment that is shown; None until its twins are compared."""
        return self._found.get(self._presenter.past is not None)

    # ---- to the views

    def _say(self) -> None:
        """One sentence beside the choice of views, the most pressing."""
        client, planes = self._client, self._planes
        words = offer = ""
        if client.twin and not self._budget.poison:
            words = SAME
        elif planes.view == "floor" and client.seeds < 2:
            words, offer = ONE_SEED, f"Train {ENOUGH} seeds"
        elif self._diverged and len(self._diverged) < client.seeds * (1 + client.twin):
            words = self._left_out()
        planes.set_words(words, offer)
        self._headline()

    def _headline(self) -> None:
        """What the planes say large: how much flipped by how little, or why there is nothing to say."""
        if self._client.twin:
            several = self._client.seeds > 1 and self.comparison is not None
            of = self._presenter.seeds_words(len(self.comparison.kept)) if several and self.comparison else ""
            told = headline(self._presenter.scene, self._budget, self.comparison, of, self._why_nothing)
            self._planes.headline.say(told.number, told.words, told.aside)

    def _left_out(self) -> str:
        """Which seeds are left out of the numbers because a twin of theirs diverged."""
        if self.comparison is None or not self.comparison.left_out:
            return ""
        first = self._presenter.scenario.training.seed
        lost = [str(first + int(k)) for k in np.flatnonzero(self.comparison.twins.diverged)]
        return f"Left out, because training diverged: seed {', '.join(lost)}."

    def _show_floor(self) -> None:
        found = self.comparison
        if found is None or len(found.kept) < 2:
            self._planes.set_floor(None)
        else:
            self._planes.set_floor((found.flipped(), found.floor(), self._presenter.scene.domain))

    def _show_numbers(self) -> None:
        attack, status, found = self.panel, self._window.status, self.comparison
        if not self._client.twin:
            attack.set_measures(None)
            status.set_twin(False)
            return
        if found is None:
            attack.set_measures({})
            status.set_twin(True)
            self._headline()
            return
        metrics = found.metrics()
        measures = {name: _measure(metric) for name, metric in metrics.items()}
        already = found.clean_success() if found.target_classes else None
        if already is not None:
            measures["already_so"] = _measure(already)
        of = self._presenter.seeds_words(len(found.kept))
        attack.set_measures(measures, " ".join(filter(None, (self._of(of, len(found.kept)), self._left_out()))))
        success = metrics.get("attack_success_rate")
        told = [of] if already is None else [of, _success_words(success), f"{ALREADY}: {_interval_words(already)}"]
        mean = {name: metric.mean for name, metric in metrics.items()}
        status.set_twin(True, mean.get("flip_rate"), mean.get("leverage"), "\n".join(told))
        self._headline()

    def _of(self, of: str, kept: int) -> str:
        """Which seeds the measures are of, in a sentence. kept: how many."""
        if self._presenter.varies == "nothing":
            return f"{ONE_FIT.capitalize()}."
        if self._client.seeds == 1:
            return f"{of.capitalize()}; several tell more."
        spread = ", \u00b1 their standard deviation" if kept > 1 else ""
        return f"{of.capitalize()}{spread}."

    def _show_pins(self) -> None:
        """Margins and first flips; costly enough to be left alone while nobody looks."""
        if self._window.result_shown() is not self.panel:
            return
        scene, client, past = self._presenter.scene, self._client, self._presenter.past
        curves = client.curves if past is None else client.curves.until(past.checkpoint.step)
        targets, shown = scene.targets, self._presenter.replica()
        margins = curves.margins
        if not len(curves) or margins.shape[1:] != (client.seeds * (1 + client.twin), len(targets)):
            nan = float("nan")
            self.panel.set_pins(
                [
                    TargetState(target.target_class, scene.class_name(target.target_class), nan, 0, client.seeds, nan)
                    for target in targets
                ]
            )
            self.panel.set_margins(
                curves.step[:0], np.empty((0, len(targets))), [target.target_class for target in targets]
            )
            return
        won = margins[-1, -client.seeds :] > 0
        already = margins[-1, : client.seeds] > 0 if client.twin else np.zeros_like(won)
        clean = margins[:, shown - client.seeds, None] if client.twin else None
        first = first_flips(curves.step, margins[:, shown, None], clean)[0]
        one = self._presenter.varies == "nothing"
        self.panel.set_pins(
            [
                TargetState(
                    target.target_class,
                    scene.class_name(target.target_class),
                    float(margins[-1, shown, k]),
                    int((won & ~already)[:, k].sum()),
                    client.seeds,
                    float(first[k]),
                    int(already[:, k].sum()),
                    one,
                )
                for k, target in enumerate(targets)
            ],
            self._presenter.seed_words,
        )
        self.panel.set_margins(curves.step, margins[:, shown], [target.target_class for target in targets])


def _measure(metric: Metric) -> Measure:
    if isinstance(metric, SuccessRate):
        return Measure(metric.mean, None, metric.interval if metric.trials else None, metric.none_attacked)
    return Measure(metric.mean, metric.std if metric.trials > 1 else None)


def _success_words(success: Metric | None) -> str:
    if not isinstance(success, SuccessRate):
        return ""
    return NONE_LEFT if success.none_attacked else f"attack success: {_interval_words(success)}"


def _interval_words(rate: SuccessRate) -> str:
    if not rate.trials:
        return "\u2013"
    low, high = rate.interval
    return f"{number_words(rate.mean, True)}, Wilson {LEVEL} {number_words(low, True)} to {number_words(high, True)}"
