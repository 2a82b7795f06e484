"""The product under measurement: opens the real window, does things to it one by one, prints the figures as JSON.

`python -m benchmarks.window_child MODE ... [--least]`, where modes are methods of Probe."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

BEGAN = float(os.environ.get("BENCH_BEGAN", repr(time.time())))
HOME = tempfile.TemporaryDirectory(prefix="boundaryviz-bench-")  # removed at the end
os.environ["XDG_STATE_HOME"] = os.environ["XDG_CONFIG_HOME"] = HOME.name

from boundaryviz.cli.opening import open_window  # noqa: E402 - the clock runs from the start of the command
from boundaryviz.gui import app  # noqa: E402


def since_start() -> float:
    """Milliseconds since the command was given."""
    return (time.time() - BEGAN) * 1000


class Probe:
    """Wraps the workbench: starts to measure once the window is shown, prints the results and closes."""

    def __init__(self, modes: list[str], least: bool) -> None:
        self._modes, self._least = modes, least
        self._results: dict[str, dict[str, float]] = {}
        run = app._run

        def measured(*given: Any) -> int:  # the window is loaded here, once the trainer has been started
            self._wrap()
            return run(*given)

        app._run = measured  # type: ignore[assignment]  # whatever it is given

    def _wrap(self) -> None:
        from boundaryviz.gui import workbench as assembly

        probe = self

        class MeasuredWorkbench(assembly.Workbench):
            def show(self, hint: str | None = None) -> None:
                super().show(hint)
                probe.begin(self)

        assembly.Workbench = MeasuredWorkbench  # type: ignore[misc]

    def begin(self, workbench: Any) -> None:
        from PyQt6.QtCore import QEvent, QObject

        self.workbench = workbench
        workbench.window.ask_nothing()
        workbench.controller.pacing.free()
        probe = self

        class Paints(QObject):
            def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
                if event is not None and event.type() == QEvent.Type.Paint:
                    probe.on_paint()
                return False

        self.paints: list[float] = []
        self._filter = Paints(workbench.window)
        workbench.plane.canvas.viewport().installEventFilter(self._filter)
        self._next()

    def on_paint(self) -> None:
        self.paints.append(time.perf_counter())

    def _next(self) -> None:
        if len(self._results) < len(self._modes):
            getattr(self, self._modes[len(self._results)])()
            return
        print(json.dumps(self._results), flush=True)
        self.workbench.window.close()

    def finish(self, result: dict[str, float]) -> None:
        """The measurement is done: on to the next."""
        self._results[self._modes[len(self._results)]] = result
        self._next()

    def _of(self, full: int, least: int) -> int:
        """How much of something, or how long."""
        return least if self._least else full

    def _until(self, true: Callable[[], object], then: Callable[[], None]) -> None:
        """Go on with `then` as soon as something is so."""
        from PyQt6.QtCore import QTimer

        timer = QTimer(self.workbench.window)

        def look() -> None:
            if true():
                timer.stop()
                then()

        timer.timeout.connect(look)
        timer.start(50)

    # ---- start --------------------------------------------------------------------------------------

    def start(self) -> None:
        from PyQt6.QtCore import QTimer

        workbench, result = self.workbench, {"shown": 0.0, "trained": 0.0, "freeze": 0.0}
        beats = [time.perf_counter()]
        heart = QTimer(workbench.window)

        def beat() -> None:
            now = time.perf_counter()
            result["freeze"] = max(result["freeze"], (now - beats[-1]) * 1000 - 5)
            beats[-1] = now
            if not result["shown"] and self.paints:
                result["shown"] = since_start()
                result["freeze"] = 0.0  # counted from the first paint on
            if result["trained"] and since_start() > result["trained"] + 500:
                heart.stop()
                self.finish(result)

        def framed() -> None:
            frame = workbench.controller.presenter.frame
            if frame is not None and frame.step > 0 and not result["trained"]:
                result["trained"] = since_start()

        heart.timeout.connect(beat)
        heart.start(5)
        workbench.plane.painted.connect(framed)

    # ---- frames -------------------------------------------------------------------------------------

    def _load(self, then: Callable[[], None], **values: Any) -> None:
        """Put another scenario on the plane, and go on once it has trained for a second and a half."""
        from PyQt6.QtCore import QTimer

        from boundaryviz.scenario.scenario import Scenario

        base = {"learner.hidden": [64, 64], "learner.activation": "relu", "training.learning_rate": 0.003,
                "data.validation": 0.0, "data.test": 0.0}  # fmt: skip
        self.workbench.document.open(Scenario().with_values({**base, **values}))
        self.workbench.controller.play(True)

        def trains() -> bool:
            frame = self.workbench.controller.presenter.frame
            return frame is not None and frame.step > self._of(100, 2)

        self._until(trains, lambda: QTimer.singleShot(self._of(1500, 20), then))

    def frames(self) -> None:
        from PyQt6.QtCore import QTimer

        from benchmarks.measure import gaps, spread

        times: list[float] = []

        def begin() -> None:
            steps, began, worked = self.workbench.client.step_count, time.perf_counter(), time.process_time()
            self.workbench.plane.painted.connect(lambda: times.append(time.perf_counter()))

            def end() -> None:
                rate = (self.workbench.client.step_count - steps) / (time.perf_counter() - began)
                cost = (time.process_time() - worked) / max(len(times), 1) * 1000
                self.finish({**spread(gaps(times)), "steps": rate, "cost": cost})

            QTimer.singleShot(self._of(8000, 100), lambda: self._until(lambda: len(times) > 1, end))

        self._load(begin, **{"data.n": self._of(1000, 50)})

    # ---- drags --------------------------------------------------------------------------------------

    def _drag(self, moves: int, every: int, moved: Callable[[], None], done: Callable[[], None]) -> None:
        """Take the first point and move it on a circle, as a mouse would."""
        import numpy as np
        from PyQt6.QtCore import QEvent, QPointF, Qt, QTimer
        from PyQt6.QtGui import QMouseEvent
        from PyQt6.QtWidgets import QApplication

        canvas = self.workbench.plane.canvas
        viewport = canvas.viewport()
        start = self.workbench.document.scene.points.xy[0].copy()
        none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton

        def send(kind: QEvent.Type, x: float, y: float, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
            at = QPointF(canvas.to_pixel(x, y))
            event = QMouseEvent(
                kind, at, QPointF(viewport.mapToGlobal(at)), button, held, Qt.KeyboardModifier.NoModifier
            )
            QApplication.sendEvent(viewport, event)

        send(QEvent.Type.MouseButtonPress, start[0], start[1], left, left)
        count = 0
        timer = QTimer(self.workbench.window)
        timer.setTimerType(Qt.TimerType.PreciseTimer)

        def move() -> None:
            nonlocal count
            count += 1
            angle = 2 * np.pi * count / 90
            x, y = start[0] + 0.3 * np.sin(angle), start[1] + 0.3 * (1 - np.cos(angle))
            if count > moves:
                timer.stop()
                send(QEvent.Type.MouseButtonRelease, x, y, left, none)
                QTimer.singleShot(300, done)
                return
            send(QEvent.Type.MouseMove, x, y, none, left)
            moved()

        timer.timeout.connect(move)
        timer.start(every)

    def drag(self) -> None:
        from benchmarks.measure import spread

        waiting: list[tuple[int, float]] = []  # revision and when its mouse move came
        delays: list[float] = []

        def painted() -> None:
            frame = self.workbench.controller.presenter.frame
            now = time.perf_counter()
            while frame is not None and waiting and waiting[0][0] <= frame.revision:
                delays.append((now - waiting.pop(0)[1]) * 1000)

        def begin() -> None:
            self.workbench.plane.painted.connect(painted)
            end = lambda: self._until(lambda: delays, lambda: self.finish(spread(delays)))  # noqa: E731
            self._drag(self._of(300, 4), 25, lambda: None, end)

        changed = lambda: waiting.append((self.workbench.document.revision, time.perf_counter()))  # noqa: E731
        self.workbench.document.changed.connect(changed)
        self._load(begin, **{"data.n": self._of(1000, 50)})

    def crowd(self) -> None:
        from benchmarks.measure import gaps, spread

        def begin() -> None:
            self.paints.clear()
            end = lambda: self._until(lambda: len(self.paints) > 1, lambda: self.finish(spread(gaps(self.paints))))  # noqa: E731
            self._drag(self._of(400, 4), 8, lambda: None, end)

        self._load(begin, **{"data.n": self._of(10_000, 50)})

    # ---- saving -------------------------------------------------------------------------------------

    def saving(self) -> None:
        """The longest gaps between beats of the window while 20,000 edited points are saved, and while they are not."""
        from pathlib import Path

        from PyQt6.QtCore import QTimer

        from benchmarks.measure import gaps, spread
        from boundaryviz.scene.edits import Move

        folder = tempfile.TemporaryDirectory(prefix="boundaryviz-bench-")
        path, window = Path(folder.name) / "many.bviz", self.workbench.window
        beats: list[float] = []
        saves = self._of(12, 1)
        longest: dict[str, list[float]] = {"saved": [], "idle": []}
        heart = QTimer(window)
        heart.timeout.connect(lambda: beats.append(time.perf_counter()))

        def change(number: int) -> None:
            if beats:
                longest["idle" if number % 2 else "saved"].append(max(gaps(beats)))
            beats[:] = [time.perf_counter()]
            if number == 2 * saves:
                heart.stop()
                folder.cleanup()
                self.finish({f"{what} {k}": v for what, all_ in longest.items() for k, v in spread(all_).items()})
                return
            if number % 2:
                self.workbench.saving.save_to(path)
            QTimer.singleShot(self._of(700, 60), lambda: change(number + 1))

        def begin() -> None:
            points = self.workbench.document.scene.points
            self.workbench.controller.do(Move(points.ids[:1], points.xy[:1] + 0.01), "Move")
            heart.start(1)
            change(0)

        self._load(begin, **{"data.n": self._of(20_000, 50)})


if __name__ == "__main__":
    given = sys.argv[1:]
    probe = Probe([mode for mode in given if mode != "--least"], "--least" in given)
    sys.exit(open_window(None))
