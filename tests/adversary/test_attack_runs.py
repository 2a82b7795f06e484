"""Attacks carried out: here and by a job, paused, gone on with, cancelled, and ended from outside."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Iterator

import numpy as np
import pytest

import boundaryviz as bv
from boundaryviz.adversary.requests import AttackRequest
from boundaryviz.adversary.running import carry_out, run_attack
from boundaryviz.attacks.targets import AttackError
from boundaryviz.jobs.messages import Cancelled, Ended, FromJob, Result
from boundaryviz.jobs.process import ProcessJob
from boundaryviz.jobs.worker import failure_words
from boundaryviz.record.trail import AttackState
from boundaryviz.scenario.files import write
from boundaryviz.scenario.scenario import ScenarioError
from helpers.attacked import MOONS, attacked
from helpers.waits import PATIENCE


def heard(job: ProcessJob, results: int = 10**9) -> list[FromJob]:
    """All that it says until it has ended, or has given so many results."""
    said: list[FromJob] = []
    end = time.monotonic() + PATIENCE
    while not any(isinstance(one, Ended) for one in said):
        assert time.monotonic() < end, said
        said += job.poll()
        if sum(isinstance(one, Result) for one in said) >= results:
            break
        time.sleep(0.005)
    return said


@pytest.fixture
def jobs() -> Iterator[list[ProcessJob]]:
    begun: list[ProcessJob] = []
    yield begun
    for job in begun:
        job.kill()


class Ear:
    """A `Tell` that keeps what it is told. wanted: after so many states the attack is not wanted any more."""

    def __init__(self, wanted: int = 99) -> None:
        self.states: list[AttackState] = []
        self.shares: list[float] = []
        self._wanted = wanted

    def progress(self, done: int, of: int, words: str = "") -> None:
        self.shares.append(done / of)
        if len(self.states) >= self._wanted:
            raise Cancelled

    def result(self, value: object) -> None:
        assert isinstance(value, AttackState)
        self.states.append(value)


def test_a_job_tells_the_states_of_the_attack_the_last_one_again_as_done():
    ear = Ear()
    carry_out(AttackRequest(MOONS), ear)
    here = run_attack(MOONS).states
    states = ear.states
    assert [state.done for state in states] == [False] * 6 + [True]
    assert tuple(states[:5]) == here[:5]
    assert states[-1] == here[-1]
    assert ear.shares == sorted(ear.shares)
    assert ear.shares[-1] == 1.0


def test_one_that_is_cancelled_half_way_leaves_the_states_so_far_and_can_be_gone_on_with():
    before, ear = MOONS.model_dump(mode="json"), Ear(wanted=2)
    with pytest.raises(Cancelled):
        carry_out(AttackRequest(MOONS), ear)
    states = ear.states
    assert [state.done for state in states] == [False, False]
    assert MOONS.model_dump(mode="json") == before
    whole, rest = run_attack(MOONS), run_attack(MOONS, start=states[-1])
    assert set(rest.last.replaces.tolist()) >= set(states[-1].replaces.tolist())
    assert len(rest.last) == len(whole.last)
    assert rest.last.fits > states[-1].fits


@pytest.mark.slow  # any job's is, in tests/jobs/test_process_job.py
def test_one_whose_process_is_killed_is_said_in_words(jobs: list[ProcessJob]):
    jobs.append(ProcessJob(AttackRequest(attacked(adversary__count=59, data__n=400))))
    heard(jobs[0], results=1)
    assert jobs[0].pid is not None
    os.kill(jobs[0].pid, signal.SIGKILL)
    assert heard(jobs[0])[-1] == Ended("Its process ended unexpectedly.")


def test_what_cannot_be_attacked_is_said_without_the_name_of_an_error():
    with pytest.raises(AttackError) as refused:
        carry_out(AttackRequest(attacked(adversary__count=61)), Ear())
    assert failure_words(refused.value).startswith("The attack is to use 61 points")


def test_whoever_watches_may_stop_it():
    def stop(state: AttackState) -> None:
        if len(state) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_attack(MOONS, watch=stop)


def test_the_result_is_the_scenario_with_the_poison_in_it_saved_and_opened_to_the_bit(tmp_path):
    found = bv.attack(MOONS, "alfa", progress=False, restarts=2)
    scene = found.scenario.scene()
    assert (scene.points.origin > 0).sum() == 6
    file = tmp_path / "attacked.bviz"
    write(file, found.scenario)
    again = bv.load(file)
    assert again == found.scenario
    assert again.scene().points == scene.points
    assert again.adversary == found.settings
    assert bv.train(again, progress=False).metrics["test_error"].mean == found.metrics["error"].mean
    twins = bv.train(again, twin=True, progress=False)
    assert twins.clean["test_error"].mean == found.metrics["clean_error"].mean
    assert MOONS.plane is None  # and what was given is as it was


def test_the_numbers_are_of_the_last_state_and_a_row_for_each_state_is_a_table():
    found = bv.attack(MOONS, progress=False)
    assert found.metrics["gain"].mean == found.state.gain == found.state.error - found.state.clean_error
    assert found.metrics["fits"].mean == found.state.fits == 6
    rows = found.rows()
    assert [row["points"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert list(found.to_frame().columns) == rows.names
    assert "6 points" in repr(found)
    assert found.plain()["points"][0]["replaces"] in MOONS.scene().points.ids.tolist()


def test_over_several_seeds_a_value_is_of_each():
    found = bv.attack(attacked(learner__name="mlp", learner__hidden=(4,), adversary__count=2), seeds=3, progress=False)
    assert found.seeds == (0, 1, 2)
    assert len(found.metrics["gain"].per_seed) == 3
    assert found.metrics["error"].mean == pytest.approx(found.state.error)


def test_a_method_or_setting_that_is_none_is_said():
    with pytest.raises(ScenarioError, match=r"there are: .*alfa"):
        bv.attack("moons", "nonsense", progress=False)
    with pytest.raises(ScenarioError, match=r"there are: .*alfa"):
        bv.attack("moons", progress=False)
    with pytest.raises(ScenarioError, match="no such setting"):
        bv.attack(MOONS, progress=False, wrong=1)
    with pytest.raises(ScenarioError, match="at least 1"):
        bv.attack(MOONS, progress=False, count=0)
    with pytest.raises(AttackError, match="names no attack"):
        run_attack(MOONS.model_copy(update={"adversary": None}))


def test_states_pass_between_processes_as_they_are():
    state = run_attack(MOONS).last
    again = pickle.loads(pickle.dumps(state))
    assert again == state
    assert not again.points.flags.writeable
    assert np.array_equal(again.points, state.points)
