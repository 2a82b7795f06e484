"""The pipe to the trainer makes nobody wait: not when it is full, not when it is mute, not when it is torn."""

from __future__ import annotations

import os
import pickle
import select
import struct
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.engine import messages as m
from boundaryviz.engine.pulse import Pulse
from boundaryviz.engine.wire import Wire, WireError
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Points, Scene

LONG = 20.0  # seconds after which something that should not wait is taken to wait for ever


def at_once(act: Callable[[], Any]) -> Any:
    """What `act` returns; a failure where it is still at it after a long time."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act).result(LONG)


@pytest.fixture
def ends() -> Iterator[tuple[Wire, Connection]]:
    ours, theirs = Pipe()
    wire = Wire(ours)
    yield wire, theirs
    if not theirs.closed:
        theirs.close()
    wire.close()


def heard(wire: Wire) -> list[Any]:
    """The next that comes."""
    while True:
        assert select.select([wire], [], [], LONG)[0], "nothing came"
        if values := wire.take():
            return values


def test_what_is_put_in_comes_out(ends: tuple[Wire, Connection]) -> None:
    wire, theirs = ends
    wire.put({"a": 1})
    wire.put("b")
    assert [theirs.recv(), theirs.recv()] == [{"a": 1}, "b"]
    theirs.send([1, 2])
    assert heard(wire) == [[1, 2]]
    assert wire.take() == []


def test_a_full_pipe_makes_nobody_wait_and_loses_nothing(ends: tuple[Wire, Connection]) -> None:
    wire, theirs = ends
    blocks = [bytes([k]) * 1_000_000 for k in range(40)]
    at_once(lambda: deque(map(wire.put, blocks)))
    assert at_once(wire.take) == []
    assert [theirs.recv() for _ in blocks] == blocks


@pytest.mark.parametrize(
    "sent", [b"", b"\0\0", struct.pack("!i", 100) + b"ten bytes.", struct.pack("!i", -1)], ids=repr
)
def test_a_mute_or_torn_end_makes_nobody_wait(ends: tuple[Wire, Connection], sent: bytes) -> None:
    wire, theirs = ends
    if sent:
        os.write(theirs.fileno(), sent)
    assert at_once(wire.take) == []
    wire.put("still")
    assert theirs.recv() == "still"
    theirs.close()
    with pytest.raises(EOFError):
        at_once(lambda: heard(wire))


def test_what_came_before_the_end_is_still_taken_and_the_end_is_told_for_ever(ends: tuple[Wire, Connection]) -> None:
    wire, theirs = ends
    theirs.send(1)
    theirs.send(2)
    theirs.close()
    found = heard(wire)
    while len(found) < 2:
        found += heard(wire)
    assert found == [1, 2]
    with pytest.raises(EOFError):
        heard(wire)
    with pytest.raises(EOFError):
        wire.take()


@pytest.mark.parametrize(
    "sent", [struct.pack("!i", 3) + b"abc", struct.pack("!i", 0), struct.pack("!i", -5),
             struct.pack("!i", 2**31 - 1), struct.pack("!iQ", -1, 2**60)], ids=repr,
)  # fmt: skip
def test_what_is_no_value_is_told(ends: tuple[Wire, Connection], sent: bytes) -> None:
    wire, theirs = ends
    os.write(theirs.fileno(), sent)
    with pytest.raises(WireError):
        at_once(lambda: heard(wire))


@given(st.binary(max_size=200), st.booleans())
@settings(max_examples=60)
def test_any_garbage_ends_in_words_or_in_values(garbage: bytes, framed: bool) -> None:
    ours, theirs = Pipe()
    wire = Wire(ours)
    try:
        os.write(theirs.fileno(), struct.pack("!i", len(garbage)) + garbage if framed else garbage)
        theirs.close()
        with pytest.raises((EOFError, WireError)):
            at_once(lambda: [heard(wire) for _ in range(len(garbage) + 1)])
    finally:
        wire.close()


# ---- what waits to be sent --------------------------------------------------------------------------

SCENE = Scene(Points.of([[0.0, 0.0]], [0]), Domain(-1.0, 1.0, -1.0, 1.0))
SCENARIO = Scenario()


def test_a_scene_replaces_the_one_before_and_keeps_the_settings_that_came_with_it() -> None:
    waiting: list[m.ToTrainer] = []
    assert m.gather(waiting, m.SetScene(SCENE, 1, SCENARIO)) is None
    replaced = m.gather(waiting, m.SetScene(SCENE, 2))
    assert isinstance(replaced, m.SetScene)
    assert replaced.revision == 1
    assert waiting == [m.SetScene(SCENE, 2, SCENARIO)]


MESSAGES = st.sampled_from([
    m.Play(), m.Pause(), m.Reset(3), m.StepN(), m.Credit(), m.SetScenario(SCENARIO, 1), m.SetScenario(SCENARIO, 2),
    m.SetScene(SCENE, 3), m.SetScene(SCENE, 4, SCENARIO), m.View(SCENE.domain, 8, 8), m.View(SCENE.domain, 9, 9),
])  # fmt: skip


def last_of_each(messages: list[m.ToTrainer]) -> list[m.ToTrainer]:
    """In each run of scenes, settings or views that directly follow one another, the last; and all the others."""
    kept: list[m.ToTrainer] = []
    for one in messages:
        if kept and isinstance(one, m.SetScene | m.SetScenario | m.View) and type(kept[-1]) is type(one):
            kept.pop()
        kept.append(one)
    return kept


@given(st.lists(MESSAGES, max_size=30))
def test_nothing_is_lost_that_counts_and_all_keeps_its_order(messages: list[m.ToTrainer]) -> None:
    waiting: list[m.ToTrainer] = []
    replaced = [m.gather(waiting, one) for one in messages]
    assert len(waiting) + sum(one is not None for one in replaced) == len(messages)
    others = [one for one in messages if one != m.Credit()]
    kept = [one for one in waiting if one != m.Credit()]
    assert waiting.count(m.Credit()) == messages.count(m.Credit())
    strip = lambda some: [(type(one), getattr(one, "revision", one)) for one in some]  # noqa: E731
    assert strip(kept) == strip(last_of_each(others))


# ---- the pulse --------------------------------------------------------------------------------------


def test_this_process_works_while_it_computes_and_does_not_while_it_waits() -> None:
    now = [0.0]
    pulse = Pulse(os.getpid(), lambda: now[0])
    pulse.works()
    sum(i * i for i in range(6_000_000))
    now[0] = 2.0
    assert pulse.works()
    now[0] = 4.0
    pulse.works()
    now[0] = 6.0
    assert not pulse.works()


def test_of_no_process_nothing_can_be_told() -> None:
    assert Pulse(None).works() is None


def test_messages_pass_the_wire_whole(ends: tuple[Wire, Connection]) -> None:
    wire, theirs = ends
    wire.put(m.Batch(1, (m.Load(SCENARIO, SCENE, 7), m.Play())))
    batch = pickle.loads(theirs.recv_bytes())
    assert batch.messages[0].scene == SCENE
    assert batch.messages[0].revision == 7
