"""When probes work: shares, intervals, staleness, abandoning and failing, under a clock that only work moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaryviz.engine import messages as m
from boundaryviz.engine.probes import PROBES
from boundaryviz.engine.probes.base import Probe, Shown, Slices
from boundaryviz.engine.probes.scheduler import Scheduler
from boundaryviz.scene.scene import Domain

TURN = 0.004


@dataclass(frozen=True)
class Plan:
    """slices of `cost` seconds each. steps: whether a step makes it stale. fails: from which answer on."""

    slices: int = 1
    cost: float = 0.001
    steps: bool = True
    fails: int = 1 << 30


class Counting(Probe):
    """Answers with how many answers were begun before."""

    Settings = Plan
    settings: Plan
    begun = 0
    closed = 0

    def key(self, shown: Shown) -> m.Key | None:
        return shown.key(steps=self.settings.steps)

    def work(self, shown: Shown) -> Slices[int]:
        number = Counting.begun
        Counting.begun += 1
        if number >= self.settings.fails:
            raise RuntimeError("no answer")
        try:
            for last in range(self.settings.slices)[::-1]:
                World.now += self.settings.cost
                if last:
                    yield
        except GeneratorExit:
            Counting.closed += 1
            raise
        return number


class Drawn(Counting):
    drawn = True


class World:
    """A run of which every step takes 1 ms, and the probes beside it."""

    now = 0.0

    def __init__(self) -> None:
        World.now, Counting.begun, Counting.closed = 0.0, 0, 0
        self.scheduler = Scheduler(lambda: World.now)
        self.session: Any = SimpleNamespace(step_count=0, shown=lambda seed: seed)
        self.revision, self.past = 1, None
        self.heard: list[tuple[float, m.FromTrainer]] = []

    def subscribe(self, plan: Plan, probe: str = "counting") -> list[m.FromTrainer]:
        return self.scheduler.subscribe(m.Subscribe(probe, plan))

    def turn(self, training: bool = True, seen: bool = True) -> list[m.FromTrainer]:
        """As the trainer's: some steps unless they have to wait, then the probes."""
        if training and not self.scheduler.holds:
            World.now += TURN
            self.session.step_count += 4
        elif not training:
            World.now += self.scheduler.patience(self.shown, seen) or TURN
        said = self.scheduler.advance(self.shown, training, seen)
        self.heard += [(World.now, one) for one in said]
        return said

    @property
    def shown(self) -> Shown:
        return Shown(self.past, self.revision, self.session, 0, Domain(0, 1, 0, 1))

    def answers(self) -> list[m.ProbeResult]:
        return [one for _, one in self.heard if isinstance(one, m.ProbeResult)]


@pytest.fixture(autouse=True, scope="module")
def probes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PROBES, "counting", f"{__name__}:Counting")
        patch.setitem(PROBES, "drawn", f"{__name__}:Drawn")
        yield


@given(
    slices=st.integers(1, 6), cost=st.floats(0.0002, 0.02), share=st.sampled_from([0.05, 0.1, 0.5]),
    interval=st.sampled_from([0.0, 0.1, 0.25]), steps=st.booleans(),
)  # fmt: skip
def test_a_probe_keeps_to_its_share_and_its_interval_and_is_not_starved(
    slices: int, cost: float, share: float, interval: float, steps: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Counting, "share", share)
        patch.setattr(Counting, "interval", interval)
        world = World()
        world.subscribe(Plan(slices, cost, steps))
        while World.now < 6.0:
            world.turn()
            if not steps:
                world.revision = 1 + len(world.answers())  # one is asked for after the other
    answers, whole = world.answers(), slices * cost
    worked = World.now - world.session.step_count * 0.001
    assert worked <= share * World.now + whole
    times = [now for now, _ in world.heard]
    assert all(b - a >= interval - 1e-9 for a, b in pairwise(times))
    period = max(interval, whole / share) + whole + (slices + 1) * (TURN + 0.001)
    assert len(answers) >= int(World.now / period)
    assert [one.value for one in answers] == list(range(len(answers))), "none is abandoned, for training waits"


def test_training_waits_for_an_answer_of_one_step_and_messages_do_not() -> None:
    world = World()
    world.subscribe(Plan(slices=6, cost=0.002))
    turns = 0
    while not world.answers():
        world.turn()
        turns += 1
    assert turns >= 3, "after 4 ms of work the inbox is looked at"
    assert world.answers()[0].key == m.Key(None, 1, 4), "all of it is of one step"


def test_training_goes_on_while_an_answer_of_no_step_is_worked_out() -> None:
    world = World()
    world.subscribe(Plan(slices=6, cost=0.002, steps=False))
    while not world.answers():
        before = world.session.step_count
        world.turn()
        assert world.session.step_count == before + 4
    assert world.session.step_count * 0.001 >= 5 * 0.002 * 9, "nine parts of ten"
    for _ in range(500):
        world.turn()
    assert len(world.answers()) == 1, "nothing has changed"


@pytest.mark.parametrize("change", ["revision", "past"])
def test_a_stale_answer_is_abandoned_and_never_told(change: str) -> None:
    world = World()
    world.subscribe(Plan(slices=5, cost=0.003))
    world.turn()
    assert (Counting.begun, world.scheduler.holds) == (1, True)
    setattr(world, change, 2)
    world.turn()
    assert (Counting.closed, world.scheduler.holds) == (1, False)
    while not world.answers():
        world.turn()
    assert [(one.key.past, one.key.revision) for one in world.answers()] == [
        (2, 1) if change == "past" else (None, 2)
    ]  # fmt: skip


def test_a_drag_does_not_keep_a_probe_from_ever_answering() -> None:
    world = World()
    world.subscribe(Plan(slices=10, cost=0.003))
    while World.now < 10.0:
        world.revision += 1
        world.turn()
    answers = world.answers()
    assert len(answers) >= 5
    assert Counting.closed >= 2 * len(answers)
    keys = [one.key.revision for one in answers]
    assert len(set(keys)) == len(keys)


def test_what_is_drawn_is_left_undone_while_nobody_sees_it() -> None:
    world = World()
    world.subscribe(Plan(), "drawn")
    for _ in range(200):
        world.turn(seen=False)
    assert Counting.begun == 0
    assert world.scheduler.patience(world.shown, False) is None
    assert world.turn(seen=True) != []


def test_at_rest_an_answer_comes_at_once_and_then_none() -> None:
    world = World()
    world.subscribe(Plan())
    for _ in range(20):
        world.turn()
    before = len(world.answers())
    began = World.now
    for _ in range(3):
        world.turn(training=False)
    assert len(world.answers()) == before + 1
    assert world.answers()[-1].key.step == world.session.step_count
    assert World.now - began < 0.02, "the interval is one of training"
    assert world.scheduler.patience(world.shown, True) is None


def test_another_run_is_asked_about_anew() -> None:
    world = World()
    world.subscribe(Plan(steps=False))
    world.turn()
    world.scheduler.begin()
    for _ in range(100):
        world.turn()
    assert [one.value for one in world.answers()] == [0, 1]


def test_what_is_no_longer_wanted_is_dropped_in_mid_flight() -> None:
    world = World()
    world.subscribe(Plan(slices=5, cost=0.003))
    world.turn()
    assert world.scheduler.holds
    world.scheduler.unsubscribe("counting")
    assert not world.scheduler.holds
    assert Counting.closed == 1
    for _ in range(100):
        world.turn()
    assert world.heard == []
    world.scheduler.unsubscribe("counting")
    world.subscribe(Plan(cost=0.002))
    world.turn()
    assert len(world.answers()) == 1


def test_other_settings_take_the_place_of_the_former_ones_in_mid_flight() -> None:
    world = World()
    world.subscribe(Plan(slices=5, cost=0.003))
    world.turn()
    world.subscribe(Plan(slices=1))
    world.turn()
    assert [one.value for one in world.answers()] == [1]


def test_a_failure_is_told_once_and_a_new_subscription_or_run_tries_again() -> None:
    world = World()
    world.subscribe(Plan(fails=1))
    for _ in range(300):
        world.turn()
    assert [type(one) for _, one in world.heard] == [m.ProbeResult, m.Failed]
    failed = world.heard[-1][1]
    assert isinstance(failed, m.Failed)
    assert (failed.where, failed.message) == ("in the probe 'counting'", "no answer")
    assert failed.aside
    assert not failed.fatal
    assert "RuntimeError" in failed.details
    world.subscribe(Plan())
    world.turn()
    assert len(world.answers()) == 2


def test_what_cannot_be_subscribed_to_is_told_in_words() -> None:
    world = World()
    (failed,) = world.scheduler.subscribe(m.Subscribe("horoscope"))
    assert isinstance(failed, m.Failed)
    assert failed.aside
    assert failed.message.startswith("There is no 'horoscope'; there are twins, cascade, units")
    (failed,) = world.scheduler.subscribe(m.Subscribe("counting", "many"))
    assert isinstance(failed, m.Failed)
    assert failed.message == "'counting' takes Plan, not str."
    assert world.turn() == []


def test_two_probes_take_turns() -> None:
    world = World()
    world.subscribe(Plan(slices=40, cost=0.002, steps=False))
    world.subscribe(Plan(slices=40, cost=0.002, steps=False), "drawn")
    for _ in range(2000):
        world.turn()
    assert {one.probe for one in world.answers()} == {"counting", "drawn"}
