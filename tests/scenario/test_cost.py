"""What a run will take in memory is known before it starts, and refused where it is not there."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.learners.low_rank import gaussian_factor
from boundaryviz.learners.needs import Size, summed
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario import cost, gallery
from boundaryviz.scenario.cost import MemoryNeeded, afford, available, check_memory, in_words, memory_needed, size_of
from boundaryviz.scenario.scenario import Scenario
from helpers.lifted import lifted

GB = 1e9
NONE = False, False
every_family = pytest.mark.parametrize("name", FAMILIES)


@pytest.fixture
def sixteen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with 16 GB to give, whatever this one has."""
    monkeypatch.setattr(cost, "available", lambda: 16 * GB)


def of(name: str, **values: Any) -> Scenario:
    return Scenario().with_values({"learner.name": name, **{k.replace("__", "."): v for k, v in values.items()}})


def refusal(scenario: Scenario, runs: int = 1, sights: int = 1, steps: int = 0, planted: int = 0) -> str:
    """The sentence; building it takes hardly any memory itself."""
    scene = scenario.scene()
    tracemalloc.start()
    try:
        with pytest.raises(MemoryNeeded) as caught:
            check_memory(scenario, scene, runs, sights, steps, planted)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
    return str(caught.value)


# ---- what is refused ------------------------------------------------------------------------------------


@every_family
@pytest.mark.parametrize("twin", [False, True])
def test_a_million_seeds_are_refused_by_every_family(name: str, twin: bool, sixteen: None):
    assert refusal(of(name), 1_000_000, 1 + twin).startswith("this run would take about ")


@every_family
def test_more_evaluations_than_fit_are_refused_by_every_family(name: str, sixteen: None):
    scenario = of(name, training__steps=10_000_000, training__evaluate_every=1)
    assert "fewer seeds or evaluations" in refusal(scenario, 64, steps=scenario.steps)


@every_family
def test_poison_of_a_hundred_doses_of_a_hundred_thousand_points_is_refused_by_every_family(name: str, sixteen: None):
    refusal(of(name), 64, 100, planted=10_000_000)


# what each family has of its own that can be set too high: settings, runs, and the words that say what to take less of
_ALL = {"data__n": 100_000, "data__labels_per_class": "all"}
_WIDE = {"learner__hidden": [256] * 6}
OWN: dict[str, list[tuple[dict[str, Any], int, str]]] = {
    "mlp": [
        (_WIDE, 5_000, "a smaller net or fewer seeds"),
        ({**_ALL, **_WIDE, "learner__dropout": 0.5, "training__batch_size": "full"}, 64, "no dropout"),
        (_ALL | {"training__batch_size": 1}, 2_000, "fewer points or seeds"),
    ],
    "logistic": [({**_ALL, "learner__fourier": 256}, 2_000, "fewer points or seeds")],
    "label-propagation": [({**_ALL, "learner__kernel": "rbf"}, 1, "fewer points")],
    "laprls": [(_ALL | {"learner__gamma": 10_000.0}, 1, "fewer points")],
    "RandomForestClassifier": [
        ({**_ALL, "data__label_noise": 0.4, "learner__n_estimators": 1000}, 16, "fewer trees or seeds"),
    ],
    "temporal-ensembling": [({**_ALL, "data__labels_per_class": 3}, 5_000, "fewer points or seeds")],
    "mixmatch": [
        ({**_ALL, **_WIDE, "data__labels_per_class": 3, "learner__unlabelled_batch": 4096}, 5_000, "a smaller"),
    ],
}  # fmt: skip
CASES = [(name, *case) for name, cases in OWN.items() for case in cases]


@pytest.mark.parametrize(("name", "values", "runs", "remedy"), CASES)
def test_what_a_family_has_of_its_own_is_refused_with_what_would_take_less(
    name: str, values: dict[str, Any], runs: int, remedy: str, sixteen: None
):
    assert f"16 GB are free; take {remedy}" in refusal(of(name, **values), runs)


def test_laplacian_least_squares_with_a_narrow_kernel_says_how_much(sixteen: None):
    """The factor alone is 37 GB: a fifth of 100,000 points are for testing, a fifth for validation."""
    words = refusal(of("laprls", data__n=100_000, learner__gamma=10_000.0))
    amount = float(words.removeprefix("this run would take about ").split(" GB")[0].replace(",", ""))
    assert 74 < amount < 1_000


@pytest.mark.parametrize("gamma", [1.0, 36.0, 1000.0])
@pytest.mark.parametrize("width", [1, 2, 3])
def test_the_rank_of_a_kernel_is_about_what_factoring_it_finds(gamma: float, width: int):
    x = np.random.default_rng(0).random((600, width)) * 2
    size = Size(1, 1, 600, 0, NONE, 0, 2, width=width, x=x)
    found = gaussian_factor(x, gamma).shape[1]
    assert found / 1.3 <= size.rank(gamma) <= 2 * found + 20
    assert Size(1, 1, 600, 0, NONE, 0, 2, width=9).rank(gamma) == 600


def test_what_is_small_is_never_refused_and_what_is_there_already_does_not_count(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cost, "available", lambda: 0.0)
    assert afford({"less": 0.9 * cost.SMALL}, "this") == 0.9 * cost.SMALL
    assert afford({"less": 5 * GB}, "this", had=5 * GB) == 5 * GB
    with pytest.raises(MemoryNeeded, match=r"^this would take about 6.0 GB of memory, and 0 MB are free; take less$"):
        afford({"more": GB, "less": 5 * GB}, "this", had=5 * GB)


# ---- what is accepted -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", gallery.scenarios(), ids=lambda scenario: scenario.name)
def test_the_whole_gallery_is_accepted(scenario: Scenario, monkeypatch: pytest.MonkeyPatch):
    """With eight seeds and their twins, and with eight doses of each seed, on any machine that can run torch."""
    monkeypatch.setattr(cost, "available", lambda: GB)
    scene = scenario.scene()
    assert check_memory(scenario, scene, 8, 2, scenario.steps) < GB
    assert check_memory(scenario, scene, 8, 8, planted=2 * scenario.poison.count) < GB


@every_family
def test_every_family_takes_its_defaults_with_64_seeds_and_twins(name: str, sixteen: None):
    check_memory(of(name), of(name).scene(), 64, 2, 2000)


# ---- what the amounts hang on ---------------------------------------------------------------------------


@every_family
@settings(max_examples=20)
@given(runs=st.integers(1, 10**6), sights=st.integers(1, 100), planted=st.integers(0, 10**6), more=st.integers(1, 9))
def test_more_of_anything_never_takes_less(name: str, runs: int, sights: int, planted: int, more: int):
    scenario = of(name, data__n=40)
    scene = scenario.scene()

    def amount(*numbers: int) -> float:
        return sum(memory_needed(scenario, scene, *numbers).values())

    before = amount(runs, sights, 100, planted)
    assert before > 0
    assert amount(runs * more, sights, 100, planted) >= before
    assert amount(runs, sights * more, 100, planted) >= before
    assert amount(runs, sights, 100 * more, planted) >= before
    assert amount(runs, sights, 100, planted * more) >= before


def test_the_size_is_that_of_what_is_trained_on():
    scenario = of("mixmatch", data__n=100, data__labels_per_class=5, poison__count=7)
    scene = scenario.scene()
    size = size_of(scene, 3, 2)
    train = scene.points.is_train
    assert (size.replicas, size.training, size.poison) == (6, train.sum(), (False, True))
    assert (size.labelled, len(size.label)) == (10, 10)
    muted = scene.with_points(scene.points.with_columns(muted=np.ones(len(scene.points), dtype=bool)))
    assert (size_of(muted).training, size_of(muted).asked) == (0, 0)


@given(st.integers(1, 300), st.integers(2, 10), st.integers(0, 2**32 - 1), st.sampled_from([1.0, 1e300, 0.0]))
def test_who_is_in_the_minority_is_counted_whatever_the_places(n: int, classes: int, seed: int, scale: float):
    rng = np.random.default_rng(seed)
    xy, label = scale * rng.standard_normal((n, 2)), rng.integers(0, classes, n)
    assert 0 <= Size(1, 1, n, 0, NONE, n, classes, xy, label).mixed <= n - n / classes


def test_classes_that_lie_apart_are_hardly_mixed_and_noise_is():
    rng = np.random.default_rng(0)
    label = np.arange(4000) % 2
    xy = rng.standard_normal((4000, 2)) + 10 * label[:, None]
    assert Size(1, 1, 4000, 0, NONE, 0, 2, xy, label).mixed < 100
    noisy = np.where(rng.random(4000) < 0.3, 1 - label, label)
    assert 700 < Size(1, 1, 4000, 0, NONE, 0, 2, xy, noisy).mixed < 1300
    assert Size(1, 1, 0, 0, NONE, 0, 2).mixed == 0


def test_needs_add_up():
    assert summed({"a": 1.0}, {"b": 2.0, "a": 3.0}, {}) == {"a": 4.0, "b": 2.0}


# ---- what the machine has -------------------------------------------------------------------------------


def test_this_machine_has_some_memory():
    assert 0 < available() < 1e15


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that says what is written here."""
    monkeypatch.setattr(cost, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(cost, "_GROUP", tmp_path)
    return tmp_path


def test_what_is_available_is_the_least_of_what_machine_and_container_give(machine: Path):
    (machine / "meminfo").write_text("MemTotal:  900 kB\nMemAvailable:     500 kB\nSwapFree: 7 kB\n")
    assert available() == 500 * 1024
    (machine / "memory.current").write_text("100000\n")
    (machine / "memory.max").write_text("max\n")
    assert available() == 500 * 1024
    (machine / "memory.max").write_text("300000\n")
    assert available() == 200_000
    (machine / "memory.max").write_text("90000\n")
    assert available() == 0


def test_without_a_list_of_memory_the_system_is_asked_and_what_says_nothing_refuses_nothing(
    machine: Path, monkeypatch: pytest.MonkeyPatch
):
    answers = {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr("os.sysconf", lambda name: answers[name] if name in answers else _unknown())
    assert available() == 4_096_000
    answers.clear()
    assert available() == float("inf")


def _unknown() -> int:
    raise ValueError("unrecognized configuration name")


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 MB"), (3.1e8, "310 MB"), (7.44e9, "7.4 GB"), (7.4e10, "74 GB"), (1.23456e13, "12,346 GB")],
)
def test_amounts_in_words(size: float, words: str):
    assert in_words(size) == words


@pytest.mark.parametrize("learner", ["mlp", "label-spreading", "KNeighborsClassifier"])
def test_inputs_take_memory_and_are_named(learner: str):
    scenario = Scenario().with_values({"learner.name": learner})
    needs = [sum(memory_needed(scenario, lifted(width, n=40)).values()) for width in (3, 500, 2000)]
    assert needs == sorted(needs)
    assert needs[2] - needs[1] > 8 * 1500 * 40
    assert memory_needed(scenario, scenario.scene())["fewer points or inputs"] == 0
    named = memory_needed(scenario, lifted(2000, n=400))
    assert max(named, key=named.__getitem__) == "fewer points or inputs"
