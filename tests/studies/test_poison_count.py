"""Poison needed against training points: each count is what a run would say, and no stop changes it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from boundaryviz.record.poison_count import WAYS, CountLine, PoisonCount, measures_of, slope_of, ways_against
from boundaryviz.runs.run import train
from boundaryviz.scenario import gallery
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.scene import Split
from boundaryviz.studies import poison_count as module
from boundaryviz.studies.check import check
from boundaryviz.studies.poison_count import poison_count
from boundaryviz.studies.stores import MemoryStore


def scenario(**values: Any) -> Scenario:
    return gallery.load("count-not-share").with_values({key.replace("__", "."): value for key, value in values.items()})


def test_exact_copies_need_more_than_half_of_the_votes_whatever_the_size() -> None:
    """The target itself votes against, so that of 7 votes the attacker needs 4."""
    found = poison_count("count-not-share", (60, 400), range(3), ["copies"], progress=False)
    assert found.lines[0].counts.tolist() == [[4.0] * 3, [4.0] * 3]
    assert found.lines[0].slope == pytest.approx(0.0)
    assert -1.0 < found.lines[0].slope_share < -0.9


def test_copies_nearby_are_those_of_scikit_learn_on_the_same_points() -> None:
    """The rungs up, a classifier fitted on the points of each: the first that takes the target, as the next does."""
    values = dict(WAYS[2].values) | {"data.n": 400, "data.seed": 7, "poison.seed": 7}
    taken, flips, answers = [], [], []
    for count in (0, 1, 2, 3, 4, 6, 8, 12, 16, 24):
        scene = scenario().with_values(values | {"poison.count": count}).scene()
        points, target = scene.points, scene.targets[0] if count else None
        model = KNeighborsClassifier(7).fit(points.xy[points.is_train], points.label[points.is_train])
        answers.append(model.predict(points.xy[points.split == Split.TEST]))
        if target is not None:
            taken.append((count, bool(model.predict([[target.x, target.y]])[0] == target.target_class)))
            flips.append(float((answers[-1] != answers[0]).mean()))
    first = next(at for at, (_, won) in enumerate(taken) if won and taken[at + 1][1])
    line = poison_count("count-not-share", (400,), (7,), ["near"], progress=False).lines[0]
    assert line.counts.tolist() == [[taken[first][0]]]
    assert line.flips.tolist() == [[pytest.approx(flips[first])]]


def test_the_bridge_s_count_is_what_a_run_with_so_many_beads_says() -> None:
    found = poison_count("count-not-share", (300,), (3,), ["spreading"], progress=False).lines[0]
    count = int(found.counts[0, 0])
    run = train(scenario(data__n=300, data__seed=3, poison__seed=3, poison__count=count), twin=True, progress=False)
    assert run.metrics["attack_success_rate"].mean == 1.0
    assert run.metrics["flip_rate"].mean == pytest.approx(found.flips[0, 0])


def test_one_bead_alone_counts_only_where_the_next_rung_takes_the_target_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from boundaryviz.studies.dose import Measures

    wins = {1: 1.0, 2: 0.0, 3: 1.0, 4: 1.0}

    def measured(run: Any, doses: int) -> Measures:
        success = np.array([[math.nan], *([wins.get(count, 1.0)] for count in (1, 2, 3, 4, 6))])
        return Measures(np.arange(6.0)[:, None] / 10, success, np.zeros(1))

    monkeypatch.setattr(module, "measured", measured)
    line = poison_count("count-not-share", (60,), (0,), ["copies"], progress=False).lines[0]
    assert (line.counts[0, 0], line.flips[0, 0]) == (3.0, 0.3)


def test_what_is_not_reached_is_infinite_and_what_is_already_so_needs_nothing() -> None:
    deaf = {"learner.name": "KNeighborsClassifier", "data.labels_per_class": "all"}  # to points without a label
    never = poison_count(scenario().with_values(deaf), (60,), (0,), ["spreading"], progress=False)
    assert math.isinf(never.lines[0].counts[0, 0])
    assert "more than 2,048" in str(never)
    assert never.plain()["lines"][0]["count"] == [[None, None, None]]
    already = scenario(data__n=60, poison__wanted=1, poison__snap=False, poison__target=[1.0, -0.5])
    none = poison_count(already, (60,), (0,), ["copies"], progress=False)
    assert none.lines[0].counts[0, 0] == 0.0


def test_a_study_that_was_stopped_goes_on_where_it_was() -> None:
    store, watched = MemoryStore(), list[PoisonCount]()

    def stop(found: PoisonCount) -> None:
        watched.append(found)
        if len(watched) == 2:
            raise KeyboardInterrupt

    how: Any = {"sizes": (60, 90), "data_seeds": (0, 1), "ways": ["copies"], "progress": False, "store": store}
    with pytest.raises(KeyboardInterrupt):
        poison_count("count-not-share", watch=stop, **how)
    assert (len(store), watched[-1].left) == (2, 2)
    whole = poison_count("count-not-share", **how)
    assert (len(store), whole.left) == (4, 0)
    assert whole.plain() == poison_count("count-not-share", **(how | {"store": None})).plain()


def test_a_row_is_one_climb_and_the_bridge_s_words_say_who_inserts() -> None:
    found = poison_count("count-not-share", (60,), (0, 1), ["copies", "spreading"], progress=False)
    assert [(row["line"], row["data_seed"]) for row in found.rows()] == [
        ("copies", 0), ("copies", 1), ("spreading", 0), ("spreading", 1),
    ]  # fmt: skip
    assert found.plain()["lines"][1]["attacker_must"] == "publish points, which nobody labels"


def test_slopes_are_powers() -> None:
    assert slope_of((10, 100, 1000), [3.0, 30.0, 300.0]) == pytest.approx(1.0)
    assert slope_of((10, 100), [4.0, 4.0]) == pytest.approx(0.0)
    for unknown in ([0.0, 4.0], [math.inf, 4.0], [math.nan, 4.0]):
        assert math.isnan(slope_of((10, 100), unknown))
    found = measures_of({("near", 10): (2.0, 0.1), ("near", 100): (20.0, 0.2)}, (10, 100))
    assert found["near_100"] == 20.0
    assert found["near_100_reach"] == 0.2
    assert [found["near_slope"], found["near_slope_share"]] == pytest.approx([1.0, 0.0])
    line = CountLine(WAYS[0], (10, 100), np.array([[2.0] * 6, [2.0] * 6]), np.zeros((2, 6)))
    assert line.shares[0] == pytest.approx([2 / 12] * 3)


def test_a_promise_takes_the_climbs_that_it_needs_and_no_more() -> None:
    from boundaryviz.studies.poison_count import plan

    one = scenario(data__seed=5)
    assert len(plan(one, 5, ["copies_1000", "copies_1000_reach"], 1, "cpu").batches) == 1
    assert len(plan(one, 5, ["copies_slope_share", "spreading_1000"], 1, "cpu").batches) == 4
    steps = plan(one, 5, ["captions_steps_4000", "captions_steps_slope"], 1, "cpu").batches  # of a name within a name
    assert [batch.content.scenario.training.steps for batch in steps] == [1000] * 3  # type: ignore[attr-defined]
    promised = one.model_copy(update={"expect": {"count.copies_1000": (4.0, 4.0)}})
    assert check(promised, (0,)).holds


def test_what_cannot_be_counted_is_refused_in_words() -> None:
    with pytest.raises(ScenarioError, match="there is no 'sorcery'; there are: spreading"):
        poison_count("count-not-share", ways=["sorcery"], progress=False)
    kept = scenario().with_poison([(0.1, 0.2)])
    with pytest.raises(ScenarioError, match="no data seed draws more"):
        poison_count(kept, progress=False)
    with pytest.raises(ScenarioError, match=r"data\.n"):
        poison_count("count-not-share", (3,), progress=False)


# ---- captions ----------------------------------------------------------------------------------------------


def captioned(**values: Any) -> Scenario:
    return gallery.load("captions-count").with_values({key.replace("__", "."): value for key, value in values.items()})


def test_ways_that_see_each_point_as_often_take_more_steps_of_more_points() -> None:
    from boundaryviz.studies.poison_count import _Plan

    ways = ways_against("captions")
    assert [way.epochs for way in ways] == [20, None, 20, None]
    plan: Any = _Plan.of(captioned(), (1000, 20_000), (3,), ways, "cpu")
    steps = {way: {size: plan.batches[way, size, 3].content.scenario.steps for size in (1000, 20_000)}
             for way in ("captions", "captions_steps", "labels")}  # fmt: skip
    assert steps == {
        "captions": {1000: 78, 20_000: 1562}, "captions_steps": {1000: 1000, 20_000: 1000},
        "labels": {1000: 78, 20_000: 1562},
    }  # fmt: skip
    learners = {way: plan.batches[way, 1000, 3].content.scenario.learner for way in steps}
    assert [one.name for one in learners.values()] == ["captions", "captions", "mlp"]
    assert [one.fourier for one in learners.values()] == [32, 0, 32]


def test_a_scenario_of_captions_is_counted_by_its_own_ways() -> None:
    assert [way.name for way in ways_against("label-spreading")] == ["spreading", "copies", "near", "svm"]
    assert {*ways_against("captions"), *ways_against("mlp")} == set(WAYS)
    found = poison_count(captioned(training__batch_size=16), (100,), (0,), ["captions", "labels"], progress=False)
    assert [line.way.title for line in found.lines] == ["captions, 20 epochs", "labels, 20 epochs"]
    assert found.plain()["lines"][0]["attacker_must"] == "publish points with a caption of one's own choice"
