"""Bias and variance over samples of the data: each model is that of a run, and what is known does not depend on how."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from boundaryviz.engine.replicas import Replicas
from boundaryviz.jobs.messages import Progress
from boundaryviz.record.bias_variance import BiasVariance
from boundaryviz.runs.run import train
from boundaryviz.scenario import gallery
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scenario.sweep import SweepError
from boundaryviz.studies import samples as draws
from boundaryviz.studies.bias_variance import _groups, _said, bias_variance, over_settings, varied
from boundaryviz.studies.check import check
from boundaryviz.studies.executors import InProcess, Outcome
from boundaryviz.studies.sqlite_store import SqliteStore
from boundaryviz.studies.stores import MemoryStore

TREE = {"learner.name": "DecisionTreeClassifier"}
NET = {"learner.hidden": [4], "training.steps": 20, "training.batch_size": 16}


class _Silent:
    def progress(self, done: int, of: int, words: str = "") -> None:
        pass

    def result(self, value: object) -> None:
        pass


def scenario(**values: Any) -> Scenario:
    base = {"data.n": 60, "data.label_noise": 0.2, "data.seed": 3}
    return gallery.load("circle").with_values(base | {key.replace("__", "."): value for key, value in values.items()})


def said(one: Scenario, samples: int = 4) -> list[np.ndarray | None]:
    """What the models of the first samples say at the places."""
    store: Any = _Contents()
    over_settings([("", one)], samples, progress=False, executor=store)
    return [p for content in store.contents for p in _said(content, _Silent())]


class _Contents:
    """An executor that keeps what it was to do, and does nothing."""

    def __init__(self) -> None:
        self.contents: list[Any] = []

    def run(self, batches, watch=None):
        self.contents += [batch.content for batch in batches]
        yield from ()


class _Backwards:
    """An executor that does the last batch first."""

    def run(self, batches, watch=None):
        for number in reversed(range(len(batches))):
            for ended in InProcess().run([batches[number]]):
                yield [Outcome(number, one.values, one.error) for one in ended]


def same(a: BiasVariance, b: BiasVariance) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for one, other in ((a.plane, b.plane), (a.test, b.test))
        for name in ("votes", "sums", "squares", "target")
    )


@pytest.mark.parametrize(
    ("values", "close"),
    [
        (TREE, 0.0),  # fitted at once
        (NET, 1e-6),  # replicas of one batch
        (NET | {"data.input_scale": "standardised"}, 0.0),  # each in units of its own
        (TREE | {"poison.count": 5}, 0.0),  # poison is laid on each sample
        ({"learner.name": "label-spreading", "data.labels_per_class": 4}, 0.0),
    ],
)
def test_each_model_is_that_of_a_run_on_its_own_draw(values: dict[str, Any], close: float) -> None:
    one = scenario(**values)
    places = draws.Places.of(one, "fresh")
    for number, found in enumerate(said(one)):
        own = one.with_values({"data.seed": 3_000 + number, "training.seed": one.training.seed + number})
        alone = train(own, progress=False).predict_proba(places.x).T
        assert found is not None
        assert np.abs(found - alone).max() <= close


def test_a_table_is_sampled_with_replacement_and_it_is_said() -> None:
    table = gallery.load("iris").with_values(TREE | {"data.n": 80})
    found = bias_variance(table, 12, progress=False)
    assert (found.how, found.truth, found.samples) == ("bootstrap", "labels", 12)
    assert "bootstraps of one data set" in found.warning()
    assert found.plain()["warning"] == found.warning()
    assert np.isnan(found.plane["bias"]).all()
    assert not np.isnan(found.plane["variance"]).any()
    assert found.test.votes.shape[1] == (table.scene().points.split == 2).sum()
    replicas = Replicas.bootstrap(table.scene(), 12, table.data.seed)
    weights = replicas.weights_in(table.scene())[11]
    points = table.scene().points
    own = np.repeat(np.arange(len(points)), np.where(points.is_train, weights, 0).astype(int))
    tree = DecisionTreeClassifier(random_state=table.training.seed + 11).fit(points.x[own], points.label[own])
    places = draws.Places.of(table, "bootstrap")
    said_by_12th = said(table, 12)[11]
    assert said_by_12th is not None
    assert (said_by_12th.argmax(axis=0) == tree.predict(places.x)).mean() > 0.99


def test_it_is_the_same_from_a_store_in_another_order_and_after_an_interruption(tmp_path) -> None:
    one = scenario(**TREE)
    whole = bias_variance(one, 35, progress=False)
    assert same(whole, bias_variance(one, 35, progress=False, executor=_Backwards()))
    with SqliteStore(tmp_path / "results.sqlite") as store:
        seen: list[BiasVariance] = []

        def stop(found: BiasVariance) -> None:
            seen.append(found)
            if found.samples >= 30:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            bias_variance(one, 35, progress=False, watch=stop, store=store)
        assert [found.samples for found in seen] == [10, 30]
        assert len(store) == 2
        done: list[Progress] = []
        again = bias_variance(
            one, 35, store=store, progress=lambda done_, of: done.append(Progress(done_, of)), watch=None
        )
        assert done[-1].of == 500  # of five samples, in hundredths
        assert same(whole, again)


def test_more_samples_go_on_from_fewer() -> None:
    assert list(_groups(100)) == [(0, 10), (10, 20), (30, 30), (60, 40)]
    assert list(_groups(500))[:4] == list(_groups(100))
    store = MemoryStore()
    one = scenario(**TREE)
    bias_variance(one, 30, progress=False, store=store)
    bias_variance(one, 60, progress=False, store=store)
    assert len(store) == 3


def test_a_larger_tree_has_less_bias_and_more_variance() -> None:
    few, many = over_settings(
        varied(scenario(**TREE, data__n=200), "learner.max_leaf_nodes=2,none"), 40, progress=False
    )
    assert (few.label, many.label) == ("leaves 2", "leaves none")
    assert few.measures["bias"] > many.measures["bias"] + 0.3
    assert few.measures["net_variance"] < many.measures["net_variance"] - 0.2
    assert few.measures["squared_variance"] < many.measures["squared_variance"] / 3
    assert many.measures["noise"] == pytest.approx(0.2)


def test_label_noise_and_the_rule_of_the_data_are_the_truth() -> None:
    places = draws.Places.of(scenario(), "fresh")
    inside = np.hypot(*places.x.T) < 2.5
    assert places.truth == "probabilities"
    assert np.allclose(places.target[1], np.where(inside, 0.8, 0.2))
    assert len(places.x) - places.cells == 50 * 36
    jittered = draws.Places.of(scenario(data__jitter=0.1), "fresh")
    assert jittered.truth == "labels"
    assert np.isnan(jittered.target[:, : jittered.cells]).all()
    assert set(np.unique(jittered.target[:, jittered.cells :]).round(9)) == {0.2, 0.8}


def test_a_rule_that_labels_the_data_is_the_truth() -> None:
    one = scenario(data__labels="rule", data__label_noise=0.1, rule="y > x", **TREE)
    places = draws.Places.of(one, "fresh")
    assert places.truth == "probabilities"
    above = places.x[:, 1] > places.x[:, 0]
    assert np.allclose(places.target[1], np.where(above, 0.9, 0.1))
    found = bias_variance(one, 10, progress=False)
    assert found.measures["noise"] == pytest.approx(0.1)


def test_samples_of_two_data_seeds_share_no_draw() -> None:
    one, other = (scenario(data__seed=seed) for seed in (0, 1))
    x = [draws.drawn_anew(which, number).points.xy[0] for which in (one, other) for number in (0, 1, 499, 999)]
    assert len(np.unique(np.array(x), axis=0)) == len(x)


def test_what_cannot_be_measured_is_refused_in_words() -> None:
    with pytest.raises(ScenarioError, match="1 to 500, not 501"):
        bias_variance(scenario(), 501)
    with pytest.raises(ScenarioError, match=r"give data\.test a share"):
        bias_variance(scenario(data__test=0.0), 4)
    with pytest.raises(ScenarioError, match="fits responses; take another loss"):
        bias_variance(gallery.load("reg-plane"), 4)
    with pytest.raises(SweepError, match="two values at least"):
        varied(scenario(), "learner.hidden=4")
    with pytest.raises(ScenarioError, match="there is no such setting"):
        varied(scenario(), "learner.size=4,5")


def test_models_that_diverged_are_left_out_and_counted() -> None:
    one = scenario(**NET, training__optimiser="sgd", training__learning_rate=100.0, learner__activation="relu")
    found = bias_variance(one, 3, progress=False)
    assert (found.samples, found.lost) == (0, 3)
    assert "3 left out because training diverged" in found.samples_words()
    assert np.isnan(found.measures["error"])


def test_a_scenario_can_promise_bias_and_variance() -> None:
    key = "bias_variance.bias at learner.max_leaf_nodes=2"
    one = scenario(**TREE).model_copy(update={"expect": {key: (0.1, 1.0), "bias_variance.variance": (0.1, 0.3)}})
    found = check(one, (1,))
    assert found.holds
    assert found.held[0].expectation.title == "bias with learner.max_leaf_nodes=2"
    for at, seed in enumerate((1,)):
        drawn = one.with_values({"data.seed": seed})
        alone = bias_variance(drawn.with_values({"learner.max_leaf_nodes": 2}), progress=False)
        assert found.held[0].values[at] == alone.measures["bias"]
        assert found.held[1].values[at] == bias_variance(drawn, progress=False).measures["variance"]
