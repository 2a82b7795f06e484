"""Shapley values, representers and shares of labels against what they are defined by."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundaryviz.engine.session import Session
from boundaryviz.influences.explaining import Explainer
from boundaryviz.influences.representers import of_last_layer, refitted
from boundaryviz.influences.requests import Asked
from boundaryviz.influences.running import influence
from boundaryviz.influences.shapley import knn_shapley
from boundaryviz.record.influence import Explanation
from boundaryviz.scenario.scenario import Scenario

PLACE = (0.5, 0.25)


def by_subsets(near: NDArray[np.float64], right: NDArray[np.bool_], k: int) -> NDArray[np.float64]:
    """The Shapley value by its definition: the mean over all sets of the others of what a point adds."""
    n = len(near)
    order = np.argsort(near, kind="stable")

    def worth(some: set[int]) -> float:
        return sum(bool(right[i]) for i in [i for i in order.tolist() if i in some][:k]) / k

    found = np.zeros(n)
    for point in range(n):
        others = [i for i in range(n) if i != point]
        for size in range(n):
            for some in combinations(others, size):
                found[point] += (worth({*some, point}) - worth(set(some))) / (n * comb(n - 1, size))
    return found


@given(st.data())
def test_shapley_values_are_those_of_all_subsets(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 6))
    near = np.array(data.draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=n, max_size=n)))
    right = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    k = data.draw(st.integers(1, 5))
    np.testing.assert_allclose(knn_shapley(near, right, k), by_subsets(near, right, k), atol=1e-12)


def test_shapley_values_sum_to_the_share_of_right_votes() -> None:
    rng = np.random.default_rng(0)
    near, right = rng.random(200), rng.random(200) < 0.4
    share = right[np.argsort(near)[:7]].mean()
    assert knn_shapley(near, right, 7).sum() == pytest.approx(share)


def test_representers_of_a_last_layer_sum_to_its_lead() -> None:
    session = Session(Scenario().with_values({"data.n": 40, "learner.hidden": [6]}))
    session.step(60)
    alone = session.learner.alone(0)  # type: ignore[attr-defined]
    points = session.scene.points
    points = points.take(points.is_train)
    inputs, targets = alone.inputs(points.x), alone.targets(points.label.astype(np.int64))
    place = alone.inputs(np.array([PLACE]))
    terms = of_last_layer(alone, inputs, targets, 1e-3, place, 1, 0)
    features, at = (torch.nn.functional.pad(alone.hidden(x), (0, 0, 0, 1), value=1.0) for x in (inputs, place))
    z = refitted(features, targets, 1e-3) @ at
    assert terms.sum() == pytest.approx(float(z[1, 0] - z[0, 0]), rel=1e-6)


def explained(learner: str, **values: object) -> tuple[Session, Explanation]:
    scenario = Scenario().with_values({"data.n": 40, "data.noise": 0.25, "learner.name": learner, **values})
    session = Session(scenario)
    session.step()
    explainer = Explainer(session, 0, Asked(PLACE))
    for quick in (True, False):
        for _ in explainer.work(quick):
            pass
    return session, explainer.now()


@pytest.mark.parametrize("kernel", ["rbf", "linear", "poly"])
def test_support_vectors_sum_with_the_offset_to_the_margin(kernel: str) -> None:
    session, found = explained("SVC", **{"learner.kernel": kernel})
    points = session.scene.points
    points = points.take(points.is_train)
    from sklearn.svm import SVC

    machine = SVC(kernel=kernel).fit(points.xy, points.label)
    margin = float(machine.decision_function([PLACE])[0]) * (1 if found.decided else -1)
    offset = float(machine.intercept_[0]) * (1 if found.decided else -1)
    assert found.row("representers").sum() + offset == pytest.approx(margin, rel=1e-6)
    assert found.lead == pytest.approx(margin, rel=1e-4, abs=1e-5)
    vectors = points.ids[machine.support_]
    assert set(found.ids[np.flatnonzero(found.row("representers"))].tolist()) <= set(vectors.tolist())


def test_leaving_out_is_a_refit_without_the_point_and_nothing_off_the_margin() -> None:
    from sklearn.svm import SVC

    found = influence(
        Scenario().with_values({"data.n": 24, "learner.name": "SVC", "learner.C": 2.0, "learner.gamma": 1.5}), PLACE
    )
    points = Scenario().with_values({"data.n": 24}).scene().points
    points = points.take(points.is_train)
    sign = 1 if found.decided else -1

    def margin(kept: NDArray[np.bool_]) -> float:
        machine = SVC(C=2.0, gamma=1.5).fit(points.xy[kept], points.label[kept])
        return sign * float(machine.decision_function([PLACE])[0])

    whole = margin(np.ones(24, dtype=bool))
    for at, point in enumerate(found.ids.tolist()):
        without = whole - margin(points.ids != point)
        assert found.truth[at] == pytest.approx(without, abs=2e-3)
    aside = found.row("representers") == 0
    assert aside.any()
    np.testing.assert_allclose(found.truth[aside], 0.0, atol=2e-3)
    assert not found.seeded
    assert found.ceiling == 1.0


@pytest.mark.parametrize("learner", ["label-spreading", "label-propagation"])
@pytest.mark.parametrize("kernel", ["knn", "rbf"])
def test_shares_of_labels_sum_to_the_lead(learner: str, kernel: str) -> None:
    session, found = explained(learner, **{"data.labels_per_class": 6, "learner.kernel": kernel})
    assert found.row("labels").sum() == pytest.approx(found.lead, abs=1e-6)
    points = session.scene.points
    known = points.ids[points.is_train & points.is_labelled]
    assert set(found.ids[np.flatnonzero(found.row("labels"))].tolist()) <= set(known.tolist())
    ids, label, share = session.learner.by_label(np.array([PLACE]))  # type: ignore[attr-defined]
    p = session.learner.probabilities(np.array([PLACE]))[0, :, 0]
    for k in range(2):
        assert share[0, label == k].sum() == pytest.approx(float(p[k]), abs=1e-6)
    assert len(ids) == 12


def test_labels_and_kernels_of_laplacian_least_squares_sum_to_its_output() -> None:
    session, found = explained("laprls", **{"data.labels_per_class": 6})
    for method in ("labels", "representers"):
        assert found.row(method).sum() == pytest.approx(2 * found.lead, rel=1e-4)  # p is (f + 1) / 2, and f_1 = -f_0
    assert np.count_nonzero(found.row("labels")) == 12
    assert np.count_nonzero(found.row("representers")) == 40
    del session


def test_far_from_the_origin_nothing_is_different() -> None:
    from dataclasses import replace

    from boundaryviz.scene.scene import Domain

    for learner in ("laprls", "label-spreading", "SVC"):
        scenario = Scenario().with_values({"data.n": 30, "learner.name": learner, "learner.gamma": 3.0})
        scene = scenario.scene()
        d = scene.domain
        points = scene.points.with_columns(xy=scene.points.xy + 4096.0)
        far = replace(scene, points=points, domain=Domain(d.left + 4096, d.right + 4096, d.bottom + 4096, d.top + 4096))
        rows = []
        for one, place in ((scene, PLACE), (far, (PLACE[0] + 4096.0, PLACE[1] + 4096.0))):
            session = Session(scenario, one)
            session.step()
            explainer = Explainer(session, 0, Asked(place))
            for _ in explainer.work(True):
                pass
            rows.append(explainer.now().scores)
        np.testing.assert_allclose(rows[0], rows[1], atol=1e-5, err_msg=learner)
