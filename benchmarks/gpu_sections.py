"""The sections of `benchmarks.gpu`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from benchmarks.gpu_frame import DOMAIN, Line, Machine, Section, beside, named, points, rate, span
from boundaryviz.engine.choosing import choose, speed
from boundaryviz.learners.families import FAMILIES
from boundaryviz.learners.specs import MLPSpec
from boundaryviz.learners.training_spec import TrainingSpec

REPLICAS = (1, 16, 64, 256, 1024)
NETS: dict[str, tuple[Any, TrainingSpec]] = {
    "2-4-2-1 tanh, squared, batch 10": (
        MLPSpec(hidden=(4, 2), activation="tanh", loss="squared"),
        TrainingSpec(optimiser="sgd", batch_size=10),
    ),
    "2-16-16-2 tanh, Adam, batch 32": (
        MLPSpec(hidden=(16, 16), activation="tanh"),
        TrainingSpec(optimiser="adam", batch_size=32),
    ),
    "2-64-64-2 relu, Adam, batch 32": (
        MLPSpec(hidden=(64, 64), activation="relu"),
        TrainingSpec(optimiser="adam", batch_size=32),
    ),
}
_BLOCK = 20  # steps in a call: those between two evaluations by default
_TWICE = 2.0
_NEAR, _NEAR_IN_DOUBLE = 5e-2, 1e-6  # relative differences after some steps; chance, kinks and rounding add up
_STEPS = 25
_TESTS = ("tests/learners/test_capture.py", "tests/learners/test_stepping.py", "tests/engine/test_promise.py")


def _sizes(machine: Machine) -> tuple[int, ...]:
    return (1, 2) if machine.least else REPLICAS


def _family(name: str, **settings: Any) -> Any:
    spec: Any = FAMILIES[name].spec
    return spec(**settings)


# ---- the same numbers ----------------------------------------------------------------------------------------------


def _subjects() -> Iterator[tuple[str, Any, TrainingSpec]]:
    """Every net that trains in steps, and what is peculiar to some."""
    for loss in ("cross-entropy", "focal", "generalised", "absolute", "squared", "hinge"):
        yield f"{loss}, Adam", MLPSpec(hidden=(8, 8), activation="tanh", loss=loss), TrainingSpec(batch_size=16)
    for optimiser in ("sgd", "momentum", "adamw"):
        training = TrainingSpec(optimiser=optimiser, batch_size="full", l1=0.001, l2=0.001)
        yield f"{optimiser}, penalties, full batch", MLPSpec(hidden=(8,), activation="gelu"), training
    yield "dropout", MLPSpec(hidden=(8, 8), dropout=0.2), TrainingSpec(batch_size=16)
    for robust in ("noise", "pgd", "trades"):
        yield f"robust: {robust}", MLPSpec(hidden=(8,), activation="tanh", robust=robust), TrainingSpec(batch_size=16)
    yield "clipped, with noise", MLPSpec(hidden=(8,)), TrainingSpec(batch_size=16, clip=0.5, gradient_noise=0.5)
    for name, family in FAMILIES.items():
        if not family.at_once and "hidden" in family.spec.model_fields and name != "mlp":
            yield name, _family(name, hidden=(8, 8), activation="tanh"), TrainingSpec(batch_size=16)


def agreement(machine: Machine) -> Iterator[Line]:
    """Some steps on the GPU and on the processor, with poison that half of the replicas see; then to the bit those in
    one call beside one by one, and of a replica alone."""
    subjects = [*_subjects()]
    for what, spec, training in subjects[::9] if machine.least else subjects:
        yield from _where_installed(what, _compared(machine, what, spec, training))


def _where_installed(what: str, lines: Iterator[Line]) -> Iterator[Line]:
    """These lines; where they need what is not installed, one that says so."""
    try:
        yield from lines
    except ModuleNotFoundError as error:
        yield Line(what, "not here", remark=f"it needs {error.name}, which is not installed")


def _compared(machine: Machine, what: str, spec: Any, training: TrainingSpec) -> Iterator[Line]:
    data = points(96, 4, not spec.family.supervised, poison=12)
    steps = 4 if machine.least else _STEPS
    for dtype, near in ((torch.float32, _NEAR), (torch.float64, _NEAR_IN_DOUBLE)):
        if dtype is torch.float64 and machine.least:
            continue
        here, there = (machine.learner(on, spec, training, data, dtype) for on in ("cpu", machine.device))
        for learner in (here, there):
            for _ in range(4):
                learner.step(steps)
        p, q = (learner.P.detach().double().cpu() for learner in (here, there))
        apart = float((p - q).abs().max() / p.abs().max())
        bits = 32 if dtype is torch.float32 else 64
        yield Line(f"{what}, {bits} bits: differs by", f"{apart:.1e}", holds=apart < near)
    single = machine.learner(machine.device, spec, training, data)
    many = machine.learner(machine.device, spec, training, data)
    alone = machine.learner(machine.device, spec, training, points(96, 1, not spec.family.supervised, poison=12))
    for _ in range(4):
        many.step(steps)
        for _ in range(steps):
            single.step()
            alone.step()
    same = torch.equal(single.P, many.P)
    yield Line(f"{what}: many steps in a call", "same bits" if same else "other bits", holds=same)
    same = torch.equal(alone.P[0], many.P[0])
    yield Line(f"{what}: a replica alone", "same bits" if same else "other bits", holds=same)


# ---- speed ---------------------------------------------------------------------------------------------------------


def _speeds(machine: Machine, what: str, spec: Any, training: TrainingSpec) -> Iterator[tuple[Line, float]]:
    """Steps a second for each number of replicas, beside the processor, and what `auto` picks; and the first alone."""
    for replicas in _sizes(machine):
        data = points(500, replicas, not spec.family.supervised)

        def on(engine: str, data: Any = data) -> Any:
            return machine.learner(engine, spec, training, data)

        engines = [*(["cuda"] if machine.gpu else []), machine.processor(spec, training)]
        found = choose(engines, on, _BLOCK, (what, replicas))
        speeds = dict(found.speeds)
        for engine in {engines[-1]: 0, "cpu": 0}:
            if engine not in speeds:
                speeds[engine] = speed(on(engine), _BLOCK) or 0.0
        columns = {engine: rate(each) for engine, each in speeds.items()}
        yield beside(f"{what}, R = {replicas:,}", columns, named(found.engine)), speeds.get("cuda", speeds["cpu"])


def training(machine: Machine) -> Iterator[Line]:
    """Steps a second of three nets, each of all replicas at once."""
    for what, (spec, settings) in [*NETS.items()][1:2] if machine.least else NETS.items():
        found = []
        for line, steps in _speeds(machine, what, spec, settings):
            found.append(steps)
            yield line
        if "16-16" in what:
            times = found[0] / max(found[-1], 1e-9)
            bound = f"at most {_TWICE:g} times" if machine.gpu else "no bound without a GPU"
            holds = times <= _TWICE if machine.gpu else None
            yield Line(
                f"a step at R = {_sizes(machine)[-1]:,} takes, of R = 1", f"{times:.2f} x", remark=bound, holds=holds
            )


def without_labels(machine: Machine) -> Iterator[Line]:
    """Steps a second of VAT."""
    spec = _family("vat", hidden=(16, 16), activation="tanh")
    for line, _ in _speeds(machine, "VAT, 2-16-16-2 tanh, batch 32", spec, TrainingSpec(batch_size=32)):
        yield line


# ---- the whole program ---------------------------------------------------------------------------------------------


def _timed(work: Callable[[], object], least: bool) -> float:
    """The median of some turns, after one that is not counted."""
    work()
    turns = []
    for _ in range(1 if least else 7):
        began = time.perf_counter()
        work()
        turns.append(time.perf_counter() - began)
    return median(turns)


def _scenario(**values: Any) -> Any:
    from boundaryviz.scenario.scenario import Scenario

    own = {name.replace("__", "."): value for name, value in values.items()}
    return Scenario().with_values({"data.name": "moons", "data.n": 400, "learner.name": "mlp", **own})


def _sessions(machine: Machine, scenario: Any, **more: Any) -> dict[str, Any]:
    """A session on each engine that can have it."""
    from boundaryviz.engine.session import Session

    engines = ["cuda"] if machine.gpu else []
    if machine.processor(scenario.learner, scenario.training) == "compiled":
        engines.append("compiled")
    return {engine: Session(scenario, device=engine, **more) for engine in [*engines, "cpu"]}


def frames(machine: Machine) -> Iterator[Line]:
    """Fields of one net, an evaluation, and frames: twenty steps, an evaluation and a quick field."""
    for hidden in [[4]] if machine.least else [[16, 16], [64, 64]]:
        scenario = _scenario(learner__hidden=hidden, training__batch_size=32)
        for replicas in (1, 2) if machine.least else (1, 64, 256):
            runs = _sessions(machine, scenario, seeds=range(replicas), twin=replicas > 1)
            kinds: dict[str, Callable[[Any], object]] = {
                "frame": lambda run: (run.step(20), run.field(DOMAIN, 256, 256, quick=True)),
                "evaluation": lambda run: run.evaluate(),
            }
            if replicas == 1:
                kinds["field 256 x 256"] = lambda run: run.field(DOMAIN, 256, 256)
                kinds["field 512 x 512"] = lambda run: run.field(DOMAIN, 512, 512)
            for kind, work in kinds.items():
                times = {on: span(_timed(partial(work, run), machine.least)) for on, run in runs.items()}
                twins = " with twins" if replicas > 1 else ""
                yield beside(f"{kind}, 2-{'-'.join(map(str, hidden))}-2, {replicas} seeds{twins}", times)


def effect_maps(machine: Machine) -> Iterator[Line]:
    """The map of 32 x 32 places of a net, 300 full-batch steps each, as `make bench` has it; coarse and whole."""
    from boundaryviz.adversary.effect_maps import ground_of

    scenario = _scenario(
        data__n=200, data__noise=0.2, data__validation=0.45, data__test=0.45, learner__hidden=[16, 16],
        learner__activation="tanh", training__steps=3 if machine.least else 300, training__batch_size="full",
    )  # fmt: skip
    engines = ["cuda"] if machine.gpu else []
    compiled = machine.processor(scenario.learner, scenario.training) == "compiled"
    times = {}
    for engine in [*engines, *(["compiled"] if compiled else []), "cpu"]:
        ground = ground_of(scenario, weight=8, seeds=2, device=engine)
        began = time.perf_counter()
        for _ in ground.maps((2, 4) if machine.least else None):
            pass
        times[engine] = span(time.perf_counter() - began)
    yield beside("effect map of a net, 32 x 32", times)


def families(machine: Machine) -> Iterator[Line]:
    """Every learner once, as a session has it: some steps, an evaluation and a field."""
    for name in FAMILIES:
        yield from _where_installed(f"learner {name}", _learnt(machine, name))


def _learnt(machine: Machine, name: str) -> Iterator[Line]:
    from boundaryviz.engine.session import Session

    budget = {} if FAMILIES[name].supervised else {"data__labels_per_class": 10}
    scenario = _scenario(data__n=80, learner__name=name, **budget)
    began = time.perf_counter()
    run = Session(scenario, seeds=range(2), device=machine.device)
    run.step(3 if machine.least else 40)
    values, field = run.evaluate(), run.field(DOMAIN, 32, 32)
    fine = bool(np.isfinite(values[:, 0]).all() and np.isfinite(field).all() and not run.diverged.any())
    yield Line(f"learner {name}", span(time.perf_counter() - began), holds=fine)


def attacks(machine: Machine) -> Iterator[Line]:
    """Every attack once: those that place points, with a net that trains on them, and those that train."""
    from boundaryviz.attacks.specs import ATTACKS
    from boundaryviz.attacks.trained.specs import METHODS

    for name in ATTACKS:
        yield from _where_installed(f"attack {name}", _placed(machine, name))
    for name in METHODS:
        yield from _where_installed(f"attack {name}", _attacked(machine, name))


def _placed(machine: Machine, name: str) -> Iterator[Line]:
    from boundaryviz.engine.session import Session

    began = time.perf_counter()
    scenario = _scenario(data__n=80, data__labels_per_class=10, learner__name="fixmatch", poison__attack=name)
    run = Session(scenario, seeds=range(2), twin=True, device=machine.device)
    run.step(3 if machine.least else 40)
    yield Line(f"attack {name}", span(time.perf_counter() - began), holds=not bool(run.diverged.any()))


def _attacked(machine: Machine, name: str) -> Iterator[Line]:
    """On the first learner that the attack is for."""
    from boundaryviz.adversary.running import Attack
    from boundaryviz.attacks.targets import AttackError

    words = ""
    for learner in ("mlp", "logistic", "SVC"):
        few = {"training__steps": 3 if machine.least else 40, "adversary__count": 2}
        began = time.perf_counter()
        try:
            scenario = _scenario(data__n=40, learner__name=learner, adversary__method=name, **few)
            states = list(Attack(scenario, device=machine.device).states(measured=False))
        except AttackError as error:
            words = str(error)
            continue
        yield Line(f"attack {name} on {learner}", span(time.perf_counter() - began), holds=bool(states[-1].done))
        return
    yield Line(f"attack {name}", "not for these", remark=words)


def tests(machine: Machine) -> Iterator[Line]:
    """The tests that need CUDA, without the plug-ins and the settings that need a window."""
    import pytest  # of whose absence the table tells

    root = Path(__file__).parents[1]
    options = ["-q", "--noconftest", "-c", os.devnull, "--rootdir", str(root), "-p", "no:cacheprovider", "-k", "cuda"]
    command = [sys.executable, "-m", pytest.__name__, *options, *(str(root / one) for one in _TESTS)]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "tests")]), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }  # fmt: skip
    patience = max(machine.left(), 5.0)
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        yield Line("tests that need CUDA", "not ended", remark="for want of time: python -m benchmarks.gpu tests")
        return
    said = done.stdout.strip().splitlines() or [done.stderr.strip()]
    for line in said if done.returncode else said[-1:]:
        yield Line(f"pytest: {line}")
    passed = done.returncode == 0
    yield Line("tests that need CUDA", "no failure" if passed else f"exit {done.returncode}", holds=passed)


SECTIONS = (
    Section("agreement", "The same numbers as the processor; relative differences of parameters", 45.0, agreement),
    Section("training", "Steps a second, 500 points, twenty steps a call", 35.0, training),
    Section(
        "without-labels", "Steps a second without labels, 100 labelled points and 400 others", 20.0, without_labels
    ),
    Section("frames", "What a window waits for", 20.0, frames),
    Section("maps", "Effect map", 15.0, effect_maps),
    Section("families", "Every learner once", 20.0, families),
    Section("attacks", "Every attack once", 20.0, attacks),
    Section("tests", "The tests that need CUDA", 30.0, tests),
)
