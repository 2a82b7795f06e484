"""Runs, dose-responses and films that no machine has the memory for are refused before anything is worked out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sklearn.naive_bayes import GaussianNB

from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.figures.film.sequence import Sweep
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.runs import run
from boundaryviz.runs.run import start, train
from boundaryviz.scenario import cost
from boundaryviz.scenario.cost import MemoryNeeded
from boundaryviz.scenario.inputs import InputsError
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.studies.dose import dose_response
from boundaryviz.studies.doses import PoisonedScene
from boundaryviz.studies.filming import RunConfig, over_training, over_values

SMALL = Scenario().with_values({"data.n": 60, "learner.hidden": [4], "training.steps": 40, "poison.count": 2})
LARGEST = 2**31 - 1


@pytest.fixture
def nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with 16 GB to give, on which no learner may come into being."""

    def built(*_: Any, **__: Any) -> None:
        raise AssertionError("this was to be refused first")

    monkeypatch.setattr(cost, "available", lambda: 16e9)
    monkeypatch.setattr(Session, "reset", built)
    monkeypatch.setattr(PoisonedScene, "of", built)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("seeds", [1_000_000, LARGEST])
def test_seeds_without_end_are_refused_by_every_family(name: str, seeds: int, nothing_is_built: None):
    scenario = SMALL.with_values({"learner.name": name, "data.n": 500})
    with pytest.raises(MemoryNeeded, match="this run would take about"):
        start(scenario, seeds, device="cpu")
    with pytest.raises(MemoryNeeded, match="this run would take about"):
        train(scenario, seeds, twin=True, device="cpu", progress=False)


def test_more_seeds_than_there_are_are_no_seeds(nothing_is_built: None):
    with pytest.raises(ScenarioError, match=r"seeds: 1,000,\S+ from 0 on lead beyond the largest seed, 2,147,483,647"):
        start(SMALL, 10**30, device="cpu")
    with pytest.raises(ScenarioError, match="beyond the largest seed"):
        start(SMALL.with_values({"training.seed": LARGEST}), 2, device="cpu")


def test_curves_of_more_steps_than_fit_are_refused(nothing_is_built: None):
    scenario = SMALL.with_values({"training.evaluate_every": 1})
    with pytest.raises(MemoryNeeded, match="take fewer seeds or evaluations"):
        train(scenario, 64, steps=10_000_000, device="cpu", progress=False)


def test_an_estimator_is_refused_as_well(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cost, "available", lambda: 16e9)
    with pytest.raises(MemoryNeeded, match="take fewer points or seeds"):
        train(SMALL.with_values({"data.n": 1000}), 1_000_000, learner=GaussianNB(), progress=False)


@pytest.mark.parametrize("name", FAMILIES)
def test_doses_times_seeds_are_refused_by_every_family(
    name: str, nothing_is_built: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cost, "available", lambda: 1e8)
    at_once = FAMILIES[name].at_once
    doses = range(99_900, 100_000)  # of points, which are not drawn first
    refusal: type[Exception] = MemoryNeeded
    words = "this run would take about"
    if name == "laprls":  # it would take too long before it took too much
        refusal, words = InputsError, "100,059 points, poison among them, would take minutes"
    with pytest.raises(refusal, match=words):
        dose_response(SMALL, list(doses), 1 if at_once else 1000, learners=[name], device="cpu")


def test_a_dose_is_no_more_than_an_attack_may_have():
    with pytest.raises(ScenarioError, match="from 0 up to 100,000"):
        dose_response(SMALL, [100_001], 1)


def test_doses_that_fit_are_worked_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cost, "available", lambda: 1e9)
    found = dose_response(SMALL, [0, 2], 2, steps=5, device="cpu")
    assert found.curves[0].flip_rate.shape == (2, 2)


def test_a_film_of_more_moments_than_fit_is_refused_before_training(monkeypatch: pytest.MonkeyPatch):
    many = SMALL.with_values({"data.name": "digits", "training.steps": 10_000})
    monkeypatch.setattr(cost, "available", lambda: 1e9)
    monkeypatch.setattr(run.Run, "advance", lambda *_: pytest.fail("this was to be refused first"))
    with pytest.raises(MemoryNeeded, match=r"this film would take about .* take fewer frames, values or points"):
        over_training(RunConfig(many, twin=True, device="cpu"), 5000, "even")
    config = RunConfig(SMALL.with_values({"training.evaluate_every": 1, "training.steps": 20_000}), device="cpu")
    with pytest.raises(MemoryNeeded, match="this film would take about 8"):  # each keeps its curves
        over_values([replace(config, seeds=64)] * 100, Sweep("rate", ("",) * 100), 5000)
    for frames in (0, 5001, 10**12):
        with pytest.raises(ScenarioError, match="a film has 1 to 5,000 frames"):
            over_training(config, frames)


def test_every_replica_finds_its_clean_twin_in_one_pass():
    """Looked for one by one, a million seeds would take a million million looks."""
    groups = (frozenset[int](), None, None, frozenset[int](), frozenset({1}), None)
    replicas = Replicas((3, 3, 5, 4, 4, 3), groups)
    assert replicas.clean_twins() == [0, 0, 2, 3, 3, 0]
    assert Replicas.of(range(3), twin=True).clean_twins() == [0, 1, 2, 0, 1, 2]
    assert len(Replicas.of(range(200_000)).clean_twins()) == 200_000
