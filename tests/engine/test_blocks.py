"""Steps in blocks: the same evaluations, checkpoints and weights as one by one, and turns that end on time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.engine import messages as m
from boundaryviz.engine.blocks import Blocks
from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.session import Session
from boundaryviz.engine.trainer import Trainer
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Move, apply
from boundaryviz.scene.scene import Domain

TURN = 0.004
STEP = 2.0**-12  # seconds; a number of which sums are exact
VIEW = m.View(Domain(-2.0, 3.0, -2.0, 2.0), 8, 8)


class Timed:
    """A trainer under a clock that only steps, fields and evaluations move."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, single: bool, field: float, evaluation: float) -> None:
        self.now, self.longest = 64.0, 0.0
        self.calls: list[int] = []
        monkeypatch.undo()
        self._costs(monkeypatch, "field", field)
        self._costs(monkeypatch, "evaluate", evaluation)
        step = Session.step

        def timed(session: Session, n: int = 1) -> None:
            self.calls.append(n)
            self.now += n * STEP
            step(session, n)

        monkeypatch.setattr(Session, "step", timed)
        if single:
            monkeypatch.setattr(Blocks, "size", lambda *_: 1)
        self.trainer = Trainer(lambda: self.now)
        self.link = InlineLink(self.trainer)
        self.said: list[m.FromTrainer] = []

    def _costs(self, monkeypatch: pytest.MonkeyPatch, name: str, seconds: float) -> None:
        method = getattr(Session, name)

        def slow(*given: Any, **more: Any) -> Any:
            self.now += seconds
            return method(*given, **more)

        monkeypatch.setattr(Session, name, slow)

    def tell(self, *messages: m.ToTrainer) -> None:
        for message in messages:
            self.link.send(message)

    def until(self, step: int) -> None:
        session = self.trainer._session
        assert session is not None
        while session.step_count < step:
            began = self.now
            self.said += self.link.poll()
            self.longest = max(self.longest, self.now - began)
            self.now += 2.0**-10

    def heard(self) -> list[tuple[object, ...]]:
        """Evaluations and checkpoints in their order, to the bit."""
        found: list[tuple[object, ...]] = []
        for one in self.said:
            if isinstance(one, m.Curves):
                found += [
                    (int(step), values.tobytes(), margins.tobytes())
                    for step, values, margins in zip(one.step, one.values, one.margins, strict=True)
                ]
            if isinstance(one, m.Checkpoint):
                found.append((one.step, one.why, one.field.tobytes(), one.state["learner.P"].tobytes()))
        return sorted(found, key=lambda one: (len(one), one[0]))


@pytest.mark.parametrize(("every", "field"), [(1, 2.0**-9), (7, 2.0**-6), (40, 2.0**-9), (40, 2.0**-6)])
def test_blocks_evaluate_record_and_learn_what_single_steps_do(
    every: int, field: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"data.n": 30, "learner.hidden": [3], "training.evaluate_every": every, "poison.target": [0.0, 0.5]}
    made = Scenario().with_values(values)
    scene = made.scene()
    moved, _ = apply(Move(scene.points.ids[:9], scene.points.xy[:9] + 0.3), scene)
    heard, calls, longest = [], [], []
    for single in (True, False):
        timed = Timed(monkeypatch, single, field, 2.0**-11)
        timed.tell(m.Load(made, scene, 1, "cpu", twin=True), m.Play(stop_at=260))
        timed.until(60)
        timed.said += timed.trainer.handle(m.Pause())
        timed.said += timed.trainer.handle(m.SetScene(moved, 2))
        timed.tell(m.Play(stop_at=260))
        timed.until(260)
        timed.said += timed.link.poll()
        heard.append(timed.heard())
        calls.append(timed.calls)
        longest.append(timed.longest)
    assert heard[0] == heard[1]
    assert sum(len(one) == 4 for one in heard[1]) > 4
    assert max(calls[0]) == 1
    assert sum(calls[0]) == sum(calls[1])
    if every > 1 and field:
        assert max(calls[1]) > 3
        assert len(calls[1]) < 0.8 * len(calls[0])
    assert longest[1] <= longest[0]


@pytest.mark.parametrize("speed", [100.0, None])
def test_a_message_waits_no_longer_than_a_turn(speed: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Scenario().with_values({"data.n": 30, "learner.hidden": [3], "training.evaluate_every": 100_000})
    timed = Timed(monkeypatch, False, 0.0, 0.0)
    timed.tell(m.Load(made, made.scene(), 1, "cpu"), m.Play(speed))
    timed.trainer._recorder._credit = -1.0
    timed.until(400)
    assert timed.longest <= TURN + STEP
    assert (max(timed.calls) > 10) == (speed is None)


def test_what_is_fitted_at_once_is_evaluated_at_the_step_at_which_it_settles(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Scenario().with_values({"data.n": 30, "learner.name": "label-spreading", "training.evaluate_every": 50})
    scene = made.scene()
    moved, _ = apply(Move(scene.points.ids[:9], scene.points.xy[:9] + 0.3), scene)
    timed = Timed(monkeypatch, False, 0.0, 0.0)
    timed.tell(m.Load(made, scene, 1, "cpu"), m.Play(stop_at=180))
    timed.trainer._recorder._credit = (
        -1.0
    )  # which looks at the first step after a change itself, but where time is short
    timed.until(60)
    at = timed.trainer._session.step_count  # type: ignore[union-attr]
    timed.tell(m.SetScene(moved, 2))
    timed.until(180)
    timed.said += timed.trainer.handle(m.Pause())
    steps = [int(k) for one in timed.said if isinstance(one, m.Curves) for k in one.step]
    assert steps == sorted({0, 1, 50, at + 1, 100, 150})


@given(
    costs=st.lists(st.floats(1e-6, 0.1), min_size=1, max_size=30), free=st.integers(1, 10**6), left=st.floats(0, TURN)
)
def test_a_block_fills_what_is_left_of_a_turn_and_grows_by_and_by(costs: list[float], free: int, left: float) -> None:
    blocks, before = Blocks(), 1
    for cost in costs:
        size = blocks.size(free, left)
        assert 1 <= size <= min(free, 2 * before)
        blocks.took(size, size * cost)
        before = size
        following = blocks.size(free, left)
        assert following == 1 or (following - 1) * cost < left


def test_a_clock_too_coarse_for_a_step_is_no_trouble() -> None:
    blocks = Blocks()
    blocks.took(1, 0.0)
    assert blocks.size(100, TURN) == 2
