"""Opens the window and its trainer, has them work on a case of `peaks`, and prints what each took at its peak."""

from __future__ import annotations

import ctypes
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.workbenches import application, opened
from boundaryviz.engine.link import ProcessLink
from boundaryviz.engine.messages import CURVES, Checkpoint, Curves
from boundaryviz.gui.workbench import Workbench
from boundaryviz.scenario.gallery import load
from boundaryviz.scene.edits import Move

_PATIENCE = 120.0  # seconds


def _status(pid: int, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None
    return 1024 * int(found[1])


def _until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not what():
        assert time.monotonic() < end, "nothing came"
        application().processEvents()
        time.sleep(0.002)


def _filled(workbench: Workbench, evaluations: int, every: int) -> None:
    """As if so many evaluations had been, and as many moments as there is room for."""
    client, rng = workbench.controller.client, np.random.default_rng(0)
    replicas = client.curves.replicas
    first = int(client.curves.step[-1]) // every + 1
    for at in range(first, first + evaluations, 1000):
        some = np.arange(at, min(at + 1000, first + evaluations))
        values = rng.random((len(some), replicas, len(CURVES)))
        client.curves.append(Curves(some * every, values, np.empty((len(some), replicas, 0))))
        client.evaluated.emit()
        application().processEvents()
    moments = workbench.timeline.timeline
    last = moments[len(moments) - 1]
    for k in range(1, evaluations // 5):
        state = {name: np.array(array) for name, array in last.state.items()}
        state["step"] = np.array(last.step + k * every)
        moments.add(Checkpoint(last.step + k * every, last.rect, last.field.copy(), None, state))


def main(case: dict[str, Any]) -> None:
    """Measure it."""
    app, least = application(), 20
    with opened(load("moons").with_values({"data.n": least}), ProcessLink) as (workbench, _):
        workbench.window.show()
        controller = workbench.controller
        client, document, presenter = controller.client, controller.document, controller.presenter
        workbench.controller.play(True)
        _until(lambda: presenter.frame is not None and client.step_count > 500)
        workbench.controller.play(False)
        link = client._link
        assert isinstance(link, ProcessLink)
        assert link.pid is not None
        pids = {"window": os.getpid(), "trainer": link.pid}
        for _ in range(50):
            app.processEvents()
            time.sleep(0.01)
        ctypes.CDLL(None).malloc_trim(0)
        base = {who: _status(pid, "VmRSS") for who, pid in pids.items()}
        for pid in pids.values():
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak is that of now
        replicas = case["seeds"] * (1 + case["twin"])
        values = {"data.n": case["points"], "training.evaluate_every": case["every"], "poison.count": 10 * case["twin"]}
        document.open(load("moons").with_values(values))
        workbench.twin.train(case["seeds"], case["twin"])
        _until(lambda: client.curves.replicas == replicas and client.step_count < 100)
        workbench.controller.play(True)
        _until(lambda: client.step_count > 100 and len(client.curves) > 1)
        end, moved = time.monotonic() + case["seconds"], 0
        while time.monotonic() < end or moved < case["moves"]:
            app.processEvents()
            if moved < case["moves"]:
                ids = document.scene.points.ids[moved : moved + 1]
                document.do(Move(ids, document.scene.points.xy[moved : moved + 1] + 0.1), "Move a point")
                moved += 1
        for _ in range(moved):
            document.undo.undo()
            app.processEvents()
        if case["evaluations"]:
            workbench.controller.play(False)
            _filled(workbench, case["evaluations"], case["every"])
            for _ in range(30):
                app.processEvents()
        found: dict[str, float] = {"step": client.step_count}
        for who, pid in pids.items():
            found |= {who: _status(pid, "VmHWM") - base[who], f"{who} base": base[who]}
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
