"""About how long a study takes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.study_spec import Axis, StudySpec
from boundaryviz.studies import timing
from boundaryviz.studies.study import Study, Training
from boundaryviz.studies.timing import estimate

NET = Scenario().with_values({"data.n": 20, "learner.hidden": [2], "training.steps": 1000})


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Training]:
    """What was carried out: nothing is."""
    found: list[Training] = []
    monkeypatch.setattr(timing, "_carry_out", found.append)
    return found


def ticking() -> Iterator[float]:
    """A clock on which everything takes a second."""
    return (float(second) for second in count())


def study(draws: int | None = None, **axes: tuple[float, ...]) -> Study:
    made = tuple(Axis(path=path.replace("_", ".", 1), values=values) for path, values in axes.items())
    return Study.of(NET, StudySpec(axes=made, data_seeds=draws))


def test_a_few_steps_of_a_few_batches_are_scaled_up(tried: list[Training]):
    clock = ticking()
    found = estimate(study(draws=10, data_noise=(0.1, 0.2, 0.3)), workers=2, clock=lambda: next(clock))
    assert found.runs == 30
    # each of 30 batches takes a second for 40 of 1,000 steps, and two processes share them
    assert found.seconds == pytest.approx(30 * 25 / 2)
    assert [content.steps for content in tried] == [1, 40, 40, 40]  # the first loads what is needed, and is not timed
    assert [content.scenario.data.noise for content in tried] == [0.1, 0.1, 0.2, 0.3]


def test_no_more_processes_are_counted_on_than_there_are_batches(tried: list[Training]):
    clock = ticking()
    assert estimate(study(data_noise=(0.1,)), workers=8, clock=lambda: next(clock)).seconds == pytest.approx(25)


def test_of_a_million_runs_a_part_stands_for_the_whole(tried: list[Training]):
    clock = ticking()
    noise = tuple(k / 1000 for k in range(1000))
    large = study(draws=1000, data_noise=noise)
    found = estimate(large, workers=1, clock=lambda: next(clock))
    assert found.runs == pytest.approx(1_000_000)
    assert found.seconds == pytest.approx(25e6)
    assert len(tried) == 4


def test_of_a_million_seeds_a_batch_stands_for_the_whole(tried: list[Training]):
    clock = ticking()
    large = study(data_noise=(0.1,)).model_copy(update={"seeds": 640_000})
    found = estimate(large, workers=1, clock=lambda: next(clock))
    assert found.runs == 640_000
    assert found.seconds == pytest.approx(25 * 10_000)  # 64 seeds are a batch
    assert len(tried) == 2


def test_learners_with_nothing_random_have_one_seed(tried: list[Training]):
    tree = NET.with_values({"learner.name": "DecisionTreeClassifier"})
    noise, leaves = Axis(path="data.noise", values=(0.1, 0.2)), Axis(path="learner.max_leaf_nodes", values=(3, 4, 5))
    alone = Study.of(tree, StudySpec(axes=(noise, leaves), seeds=60_000))
    assert alone.most == 6
    assert estimate(alone, workers=1, clock=lambda: 0.0).runs == 6
    learners = Axis(path="learner.name", values=("DecisionTreeClassifier", "mlp"))
    both = Study.of(NET, StudySpec(axes=(noise, learners), seeds=60_000))
    assert both.most == 240_000, "more than it has"
    assert estimate(both, workers=1, clock=lambda: 0.0).runs == 120_002


def test_a_learner_that_some_of_its_settings_make_random_has_all_its_seeds():
    boosted = NET.with_values({"learner.name": "GradientBoostingClassifier"})
    for shares, runs in (((1.0,), 1), ((1.0, 0.5), 80)):
        axis = Axis(path="learner.subsample", values=shares)
        assert Study.of(boosted, StudySpec(axes=(axis,), seeds=40)).most == runs


def test_a_study_that_is_none_is_refused(tried: list[Training]):
    with pytest.raises(ScenarioError):
        estimate(study(data_noise=(0.1, 7.0)))


def test_batches_are_tried_for_good():
    small = study(draws=2, data_noise=(0.1, 0.2)).model_copy(update={"steps": 20})
    found = estimate(small, workers=1)
    assert found.runs == 4
    assert 0 < found.seconds < 60
