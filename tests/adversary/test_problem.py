"""What an attacker sees and measures itself by, and how sets of poison are trained."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from boundaryviz.adversary.baseline import at_random
from boundaryviz.adversary.models import Trained
from boundaryviz.adversary.problem import Problem
from boundaryviz.adversary.truth import Truth
from boundaryviz.attacks.targets import AttackError
from boundaryviz.engine.session import Session
from boundaryviz.record.trail import AttackState
from boundaryviz.scene.scene import Split
from helpers.attacked import attacked, of_split

X = np.array([[[0.0, 0.2], [1.0, -1.5]], [[2.0, 0.8], [-1.0, 0.1]]])
LABEL = np.array([[1, 0], [0, 1]])


def with_copies(problem: Problem, m: int, weight: list[int], gone: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The training points of a problem with one set of poison, each point as often as it weighs."""
    points = problem.scene.points.take(problem.scene.points.is_train)
    kept = ~np.isin(points.ids, gone)
    x = np.concatenate([points.x[kept], np.repeat(X[m], weight, axis=0)])
    return x, np.concatenate([points.label[kept], np.repeat(LABEL[m], weight)]).astype(np.int64)


@pytest.mark.parametrize("gamma", [2.0, "scale"])
@pytest.mark.parametrize("scale", ["as-is", "standardised"])
def test_machines_are_those_that_scikit_learn_fits_to_points_written_out_as_often_as_they_weigh(gamma, scale):
    problem = Problem(attacked(learner__gamma=gamma, data__input_scale=scale))
    weight, gone = [3, 1], problem.candidates.ids[:4].tolist()
    withdrawn = np.array([problem.without(gone), problem.without([])])
    outcome = problem.train(X, LABEL, np.array([weight, [1, 2]]), withdrawn)
    val, truth = of_split(problem.scene, Split.VALIDATION)
    unit = problem.machines.units
    for m, (count, out) in enumerate([(weight, gone), ([1, 2], [])]):
        x, y = with_copies(problem, m, count, out)
        model = SVC(C=10.0, gamma=gamma).fit(unit(x), y)
        f = model.decision_function(unit(val))
        assert outcome.objective[m] == (model.predict(unit(val)) != truth).mean()
        assert outcome.loss[m] == pytest.approx(np.maximum(0, 1 - np.where(truth == 1, f, -f)).mean(), rel=2e-3)
    assert problem.fits == 2


def test_any_other_learner_that_is_fitted_at_once_is_trained_on_the_same_points():
    problem = Problem(attacked(learner__name="KNeighborsClassifier"))
    gone = problem.candidates.ids[:4]
    outcome = problem.train(X, LABEL, np.array([[3, 1], [1, 2]]), np.array([problem.without(gone)] * 2))
    val, truth = of_split(problem.scene, Split.VALIDATION)
    for m, count in enumerate([[3, 1], [1, 2]]):
        x, y = with_copies(problem, m, count, gone.tolist())
        model = KNeighborsClassifier().fit(x, y)
        assert outcome.objective[m] == (model.predict(val) != truth).mean()


def test_a_set_among_others_comes_to_what_a_run_with_its_points_in_the_scene_comes_to():
    """Of a net, with the same seed, on the axis of replicas and alone."""
    scenario = attacked(learner__name="mlp", learner__hidden=(4,), training__learning_rate=0.05)
    problem = Problem(scenario)
    assert isinstance(problem._models, Trained)
    outcome = problem.train(X, LABEL)
    truth = Truth(scenario, problem.victim)
    nobody = np.array([-1, -1])
    for m in range(2):
        scene = truth.committed(AttackState(X[m], LABEL[m], nobody))
        session = Session(scenario.model_copy(update={"adversary": None}), scene)
        session.step(40)
        val, label = of_split(scene, Split.VALIDATION)
        assert outcome.objective[m] == (session.learner.predict(val)[0] != label).mean()
        assert outcome.loss[m] == pytest.approx(session.learner.assess(val, label).loss[0].mean(), rel=1e-4)


def test_several_seeds_are_a_row_each_where_training_is_random():
    net = Problem(attacked(learner__name="mlp", learner__hidden=(4,), training__learning_rate=0.05))
    losses = net.train(X, LABEL, seeds=3).losses
    assert losses.shape == (3, 2)
    assert len(np.unique(losses[:, 0])) == 3
    assert Problem(attacked()).train(X, LABEL, seeds=3).losses.shape == (1, 2)


def test_what_is_reported_is_of_the_true_learner_on_test_points_whatever_the_attacker_trains():
    states, hurts = [], []
    for surrogate in ("", "KNeighborsClassifier"):
        scenario = attacked(adversary__surrogate=surrogate)
        problem = Problem(scenario)
        assert problem.learner.name == (surrogate or "SVC")
        states.append(AttackState(X[0], LABEL[0], np.array([-1, -1])))
        hurts.append(Truth(scenario, problem.victim).of(states[-1]).error[0])
    problem = Problem(attacked())
    x, y = with_copies(problem, 0, [1, 1], [])
    test, truth = of_split(problem.victim, Split.TEST)
    expected = (SVC(C=10.0, gamma=2.0).fit(x, y).predict(test) != truth).mean()
    assert hurts == [expected, expected]


def test_other_data_are_the_same_data_set_drawn_with_another_seed():
    one = Problem(attacked(adversary__knowledge="other-data"))
    assert one.victim.points == attacked().scene().points
    other = one.scene.points
    assert len(other) == len(one.victim.points)
    assert not np.isin(other.xy, one.victim.points.xy).any()
    again = Problem(attacked(adversary__knowledge="other-data", adversary__seed=1))
    assert again.scene.points != other


def test_of_points_that_no_seed_draws_half_of_each_class_and_split_are_known():
    scene = attacked().scene()
    moved = scene.points.xy.copy()
    moved[0] += 0.01  # by hand, so that they are no draw of the data set
    kept = attacked(adversary__knowledge="other-data").with_scene(
        scene.with_points(scene.points.with_columns(xy=moved))
    )
    own = kept.model_copy(update={"data": kept.data.model_copy(update={"name": "points", "n": "all"})})
    problem = Problem(own)
    for split, share in ((Split.TRAIN, 0.5), (Split.VALIDATION, 0.5), (Split.TEST, 1.0)):
        known, every = (of_split(one, split)[1] for one in (problem.scene, problem.victim))
        assert np.abs(np.bincount(known) - share * np.bincount(every)).max() <= 0.5
    assert np.isin(problem.scene.points.ids, problem.victim.points.ids).all()


def test_the_box_is_the_extent_of_the_training_points_about_its_centre():
    for beyond in (1.0, 2.5):
        problem = Problem(attacked(adversary__beyond=beyond))
        x, _ = of_split(problem.scene, Split.TRAIN)
        assert (problem.box[1] - problem.box[0]) / 2 == pytest.approx(beyond * np.ptp(x, axis=0) / 2)
        assert problem.box.mean(axis=0) == pytest.approx((x.min(axis=0) + x.max(axis=0)) / 2)
        far = np.array([[99.0, -99.0]])
        assert problem.clipped(far).tolist() == [[problem.box[1, 0], problem.box[0, 1]]]


def test_a_pin_counts_by_the_lead_of_the_class_wanted():
    problem = Problem(attacked(adversary__goal="pin", adversary__target=(0.0, 0.9), adversary__target_class=1))
    heap = problem.train([[[0.0, 0.9]], [[0.0, -9.0]]], [[1], [1]], [[40], [1]])
    assert heap.objective[0] > 0 > heap.objective[1]
    assert heap.order.tolist() == [0, 1]
    truth = Truth(problem.scenario, problem.victim)
    state = AttackState([[0.0, 0.9]] * 40, [1] * 40, [-1] * 40)  # type: ignore[arg-type]
    assert truth.clean.success.tolist() == [0.0]
    assert truth.of(state).success.tolist() == [1.0]
    assert truth.committed(state).targets[-1].target_class == 1


def test_of_one_class_the_error_is_that_of_its_points():
    every, one = (
        Problem(attacked(**more)) for more in ({}, {"adversary__goal": "class", "adversary__target_class": 1})
    )
    assert set(one.goal.label.tolist()) == {1}
    assert len(one.goal.label) < len(every.goal.label)


def test_between_sets_that_do_as_much_the_loss_decides_and_a_model_that_diverged_comes_last():
    from boundaryviz.adversary.problem import Outcome

    outcome = Outcome(np.array([[0.1, 0.2, 0.2, np.nan]]), np.array([[9.0, 1.0, 2.0, np.nan]]))
    assert outcome.order.tolist() == [2, 1, 0, 3]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"adversary__count": 61}, "61 points, and there are 60 labelled training points"),
        ({"data__validation": 0.0}, "no validation points"),
        ({"adversary__goal": "pin"}, "no target"),
        ({"adversary__goal": "pin", "adversary__target": (0.0, 0.0)}, "Which class"),
        ({"adversary__goal": "class"}, "which class"),
        ({"adversary__goal": "class", "adversary__target_class": 7}, "no class 7"),
        ({"adversary__label": 7}, "no class 7"),
        ({"data__labels_per_class": 0}, "no labelled training point"),
    ],
)
def test_what_cannot_be_attacked_is_said(values, words):
    with pytest.raises(AttackError, match=words):
        Problem(attacked(**values))


def test_what_is_planted_may_be_more_than_there_are_labels(monkeypatch: pytest.MonkeyPatch):
    few = attacked(data__labels_per_class=2, adversary__count=9)
    with pytest.raises(AttackError, match="there are 4 labelled"):
        Problem(few)
    monkeypatch.setattr(type(few.adversary), "STANDS_IN", False)
    problem = Problem(few)
    for state in at_random(problem, draws=2):
        assert len(state) == 9
        assert (state.replaces == -1).all()
        at = [np.flatnonzero((problem.candidates.x == x).all(axis=1))[0] for x in state.points]
        assert (state.label == 1 - problem.candidates.label[at]).all()
    with pytest.raises(AttackError, match="there are 60 training points"):
        Problem(few.with_values({"adversary.count": 61}))


def test_points_at_one_place_leave_no_box():
    scene = attacked().scene()
    at_one = scene.with_points(scene.points.with_columns(xy=np.zeros_like(scene.points.xy)))
    with pytest.raises(AttackError, match="at one place"):
        Problem(attacked().with_scene(at_one))
    same = scene.with_points(scene.points.with_columns(label=np.zeros(len(scene.points))))
    with pytest.raises(AttackError, match="one class"):
        Problem(attacked().with_scene(same))


def test_the_machine_has_its_multipliers_in_the_order_of_its_points():
    problem = Problem(attacked())
    machine = problem.svm(X[0], LABEL[0], withdrawn=problem.without(problem.candidates.ids[:3]))
    assert machine is not None
    alpha, kernel = machine.alpha, lambda a, b: np.exp(-2.0 * ((a[:, None] - b[None]) ** 2).sum(axis=2))
    assert len(alpha) == 62
    assert alpha[:3].tolist() == [0.0, 0.0, 0.0]
    assert (np.abs(alpha) <= machine.C + 1e-9).all()
    f = kernel(machine.x, machine.x) @ alpha + machine.model.intercept_[0]
    assert f == pytest.approx(machine.decision(machine.x), abs=1e-9)


def test_of_one_class_alone_a_machine_says_that_class_everywhere():
    problem = Problem(attacked())
    ids = problem.candidates.ids[problem.candidates.label == 1]
    withdrawn = np.array([problem.without(ids)])
    outcome = problem.train(np.empty((1, 0, 2)), np.empty((1, 0)), withdrawn=withdrawn)
    assert outcome.objective[0] == (problem.goal.label == 1).mean()
    assert problem.svm(np.empty((0, 2)), np.empty(0), withdrawn=withdrawn[0]) is None
