"""How much memory runs take at their peak: a program that reads cases on standard input and answers in bytes.

Each case is measured in a fork of its own, so that what one leaves behind is not at hand for the next.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundaryviz.scenario.scenario import Scenario
    from boundaryviz.scene.scene import Scene

Case = dict[str, Any]
"""values: settings by dotted path. replicas, twin, steps: as a session takes them. width: of inputs, where not 2. who:
what is built of `Replicas`, so many of them."""


def peaks(cases: Sequence[Case]) -> list[int]:
    """What building, stepping, evaluating and drawing a session adds to the memory of its process, at its peak."""
    done = subprocess.run(
        [sys.executable, __file__], input=json.dumps(list(cases)), capture_output=True, text=True, check=True
    )
    return [int(line) for line in done.stdout.split()]


def who(case: Case, scene: Any) -> Any:
    """The `Replicas` of a case that names a builder, else None."""
    import numpy as np

    from boundaryviz.engine.replicas import Replicas

    n, places = case.get("replicas", 1), np.random.default_rng(0).random((case.get("replicas", 1), 2))
    match case.get("who"):
        case "bootstrap":
            return Replicas.bootstrap(scene, n)
        case "leave one out":
            return Replicas.leave_one_out(scene, scene.points.ids[scene.points.is_train][: n - 1])
        case "effect map":
            return Replicas.effect_map(scene, places[1:], 1)
    return None


def scene_of(case: Case, scenario: Scenario) -> Scene:
    """The scene that a case is about."""
    if "width" not in case:
        return scenario.scene()
    sys.path.append(str(Path(__file__).parents[1]))
    from helpers.lifted import lift

    return lift(scenario.scene(), case["width"])


def _status(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return 1024 * int(found[1])


def _measured(case: Case) -> int:
    from boundaryviz.engine.session import Session
    from boundaryviz.scenario.scenario import Scenario

    scenario = Scenario().with_values({"training.evaluate_every": 2, **case["values"]})
    scene = scene_of(case, scenario)
    ctypes.CDLL(None).malloc_trim(0)  # what was freed and kept would hide what is taken
    Path("/proc/self/clear_refs").write_text("5")  # the peak is that of now
    before = _status("VmRSS")
    seeds, replicas = range(case.get("replicas", 1)), who(case, scene)
    session = Session(scenario, scene, seeds, case.get("twin", False), "cpu", replicas)
    session.step(case.get("steps", 4))
    session.field(scene.domain, 256, 256)
    session.predicted()
    if session.twin:
        session.twins()
    session.state()
    return _status("VmHWM") - before


def _main() -> None:
    cases = json.loads(sys.stdin.read())
    from boundaryviz.learners.specs import FAMILIES

    for name in FAMILIES:  # whatever is loaded when first used
        _measured({"values": {"learner.name": name, "data.n": 20}, "twin": True})
    for case in cases:
        out, into = os.pipe()
        child = os.fork()
        if not child:
            os.write(into, str(_measured(case)).encode())
            os._exit(0)
        os.close(into)
        print(os.read(out, 100).decode(), flush=True)
        os.close(out)
        os.waitpid(child, 0)


if __name__ == "__main__":
    _main()
