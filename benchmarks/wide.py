"""Points of 500 inputs: training steps against plain torch, and live, with frames of the plane drawn between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

import torch
from torch import nn

from benchmarks.frame import Row, section
from benchmarks.measure import interleaved, ratio, repeated, span
from benchmarks.subjects import modules
from boundaryviz.engine import messages as m
from boundaryviz.engine.session import Session
from boundaryviz.engine.trainer import Trainer
from boundaryviz.scenario.scenario import Scenario

_WIDTH, _POINTS = 500, 1000
_FLOOR = 45.0  # per cent: on a core of 400 bare steps a second that is 200 with the window drawn sixty times
_SECONDS = 3.0


def _scenario(least: bool) -> Scenario:
    """Moons among so many inputs, a net of two layers, all points in each step."""
    return Scenario().with_values(
        {
            "data.n": 40 if least else _POINTS, "data.lift": 20 if least else _WIDTH, "data.lift_noise": 0.009,
            "learner.hidden": [64, 64], "learner.activation": "relu", "training.batch_size": "full",
            "training.learning_rate": 0.003,
        }
    )  # fmt: skip


@section("wide", "Many inputs")
def wide(least: bool) -> Iterator[Row]:
    """A step of a session, with its evaluations, against one of torch.nn and Adam without any; and the trainer's steps
    a second of processor time, while it gives frames of 256 x 192 cells to one who takes each at once."""
    scenario = _scenario(least)
    session = Session(scenario, device="cpu")
    what = f"{scenario.data.lift}-64-64-2 relu, full batch of {scenario.data.n}"
    theirs, ours = interleaved([repeated(_plain(session)), session.step], least)
    yield Row(what, "torch.nn + Adam", f"{span(median(theirs))} → {span(median(ours))}", ratio(theirs, ours))
    trainer = Trainer(time.process_time)
    trainer.handle(m.Load(scenario, session.scene, 1, "cpu"))
    for message in (m.View(session.scene.domain, 256, 192), m.Play()):
        trainer.handle(message)
    _live(trainer, 0.01 if least else 0.5)
    steps, frames = _live(trainer, 0.05 if least else _SECONDS)
    bare = 1 / median(theirs)
    detail = f"{bare:,.0f} → {steps:,.0f} steps/s, {frames:.0f} frames/s"
    yield Row(f"{what}, live", "torch.nn + Adam", detail, 100 * steps / bare, _FLOOR, unit="%")


def _plain(session: Session) -> Callable[[], None]:
    """One step of the same net on the same points."""
    learner, points = session.learner, session.scene.points
    net = modules(learner, nn.ReLU)
    optimiser, criterion = torch.optim.Adam(net.parameters(), lr=0.003), nn.CrossEntropyLoss()
    x = torch.tensor(points.x[points.is_train], dtype=torch.float32)
    y = torch.tensor(points.label[points.is_train].astype("int64"))

    def once() -> None:
        optimiser.zero_grad()
        criterion(net(x), y).backward()
        optimiser.step()

    return once


def _live(trainer: Trainer, seconds: float) -> tuple[float, float]:
    """Steps and frames a second of processor time."""
    session = trainer._session
    assert session is not None
    began, first, frames = time.process_time(), session.step_count, 0
    while (taken := time.process_time() - began) < seconds:
        for said in trainer.advance():
            if isinstance(said, m.Frame):
                frames += 1
                trainer.handle(m.Credit())
    return (session.step_count - first) / taken, frames / taken
