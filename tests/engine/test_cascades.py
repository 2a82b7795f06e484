"""The label cascade of a session: watched while a net trains, traced for the others; and what the trainer sends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boundaryviz.engine import cascades
from boundaryviz.engine import messages as m
from boundaryviz.engine.link import InlineLink
from boundaryviz.engine.session import Session
from boundaryviz.engine.trainer import Trainer
from boundaryviz.learners.cascade import Cascade
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.edits import Add, Recolumn, Remove, apply
from boundaryviz.scene.scene import Domain, Points, Scene
from helpers.talks import answers

DOMAIN = Domain(-2.0, 3.0, -2.0, 2.0)
VIEW = m.View(DOMAIN, 8, 8)


def scenario(learner: str, **values: Any) -> Scenario:
    fixed = {"data.n": 60, "data.noise": 0.08, "data.labels_per_class": 3, "data.labels_at": "centres"}
    training = {"training.evaluate_every": 5, "training.learning_rate": 0.01, "training.batch_size": 8}
    own = {} if learner in ("label-spreading", "self-training", "mlp") else {"learner.unlabelled_batch": 32}
    return Scenario().with_values({**fixed, **training, "learner.name": learner, **own, **values})


def chain(muted: tuple[int, ...] = ()) -> Scene:
    """A labelled point, and a bridge of beads to a crowd; of three neighbours none sees over a gap left by bead 4."""
    bridge = [[x, 0.0] for x in (0.0, 0.5, 1.0, 1.5, 2.0, 2.6, 3.1, 3.6)]
    crowd = [[4.2 + 0.05 * i, 0.05 * j] for i in range(3) for j in range(2)]
    points = Points.of([*bridge, *crowd], [0] + [-1] * 13)
    return Scene(points.with_columns(muted=np.isin(np.arange(14), muted)), Domain(-1, 5, -1, 1))


# ---- nets


@pytest.mark.parametrize(("learner", "twin"), [("fixmatch", True), ("vat", False), ("mean-teacher", False)])
def test_first_passes_are_those_of_a_run_asked_after_every_evaluation(learner: str, twin: bool) -> None:
    quick = {"learner.teacher_decay": 0.5, "training.learning_rate": 0.03} if learner == "mean-teacher" else {}
    made = scenario(learner, **{"poison.target": [0.0, 0.5], "poison.count": 4, **quick})
    watched, asked = Session(made, twin=twin), Session(made, twin=twin)
    watched.watch()
    watched.step(60)
    found = watched.cascade(watched.shown())
    assert found is not None
    points = asked.scene.points
    seen = points.is_train & ~points.is_labelled
    when, label = np.full(len(points), np.inf), np.full(len(points), -1)
    for step in range(0, 61, 5):
        p = asked.probabilities(points.xy, asked.shown())
        new = seen & np.isinf(when) & (p.max(axis=1) >= made.learner.sure)
        when[new], label[new] = step, p.argmax(axis=1)[new]
        asked.step(5)
    assert np.array_equal(found.when[seen], when[seen])
    assert np.array_equal(found.label[seen], label[seen])
    assert np.isinf(found.when[~points.is_train]).all()
    assert np.isfinite(when).any()


def test_watching_changes_nothing_of_what_is_learnt() -> None:
    made = scenario("fixmatch")
    watched, plain = Session(made), Session(made)
    watched.watch()
    watched.step(30)
    plain.step(30)
    assert np.array_equal(watched.learner.P.numpy(), plain.learner.P.numpy())  # type: ignore[attr-defined]
    assert plain.cascade() is None


def test_what_was_seen_of_a_point_stays_with_its_id_until_a_reset() -> None:
    session = Session(scenario("fixmatch", **{"learner.threshold": 0.6}))
    session.watch()
    session.step(40)
    before = session.cascade()
    assert before is not None
    points = session.scene.points
    gone = points.ids[points.is_train & ~points.is_labelled][:5]
    scene, _ = apply(Remove(gone), session.scene)
    scene, _ = apply(Add(Points.of([[0.3, 0.1]], first_id=9000), np.array([0])), scene)
    session.set_scene(scene)
    after = session.cascade()
    assert after is not None
    kept = scene.points.positions(np.setdiff1d(points.ids, gone))
    assert np.array_equal(after.when[kept], before.when[points.positions(scene.points.ids[kept])])
    assert np.isinf(after.when[0])
    session.step(20)
    assert session.cascade().when[0] > 40  # type: ignore[union-attr]
    session.reset()
    fresh = session.cascade()
    assert fresh is not None
    assert (fresh.when[np.isfinite(fresh.when)] == 0).all()


def test_muted_points_have_none_and_get_theirs_back() -> None:
    session = Session(scenario("fixmatch", **{"learner.threshold": 0.6}))
    session.watch()
    session.step(30)
    scene, points = session.scene, session.scene.points
    some = points.ids[points.is_train & ~points.is_labelled][:4]
    before = session.cascade()
    session.set_scene(apply(Recolumn(some, {"muted": np.ones(4, bool)}), scene)[0])
    silent = session.cascade()
    session.set_scene(scene)
    again = session.cascade()
    assert before is not None
    assert silent is not None
    assert again is not None
    at = points.positions(some)
    assert np.isinf(silent.when[at]).all()
    assert not np.isin(silent.before, at).any()
    assert np.array_equal(again.when, before.when)


def test_watching_from_later_on_says_since_when() -> None:
    session = Session(scenario("fixmatch", **{"learner.threshold": 0.6}))
    session.step(35)
    session.watch()
    found = session.cascade()
    assert found is not None
    assert found.since == 35
    unlabelled = session.scene.points.is_train & ~session.scene.points.is_labelled
    assert set(found.when[unlabelled & np.isfinite(found.when)]) == {35.0}
    session.watch(None)
    assert session.cascade() is None


def test_large_pools_are_asked_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cascades, "_ASKED", 20)  # 54 unlabelled points: at every third evaluation
    session = Session(scenario("vat"))
    session.watch()
    session.step(60)
    found = session.cascade()
    assert found is not None
    steps = found.when[np.isfinite(found.when) & (found.when > 0)]
    assert steps.min() % 15 == 0
    assert len(steps) > 5


# ---- graphs, self-training, supervised learners


def test_without_its_only_bridge_the_crowd_beyond_is_unreached() -> None:
    made = scenario("label-spreading", **{"learner.neighbours": 3, "learner.both_ways": True})
    session = Session(made, chain())
    assert session.cascade() is None  # not fitted yet
    session.step()
    whole = session.cascade()
    assert whole is not None
    assert whole.path(13)[0] == 0
    assert set(range(2, 8)) <= set(whole.path(13))
    session.set_scene(chain(muted=(4,)))
    session.step()
    cut = session.cascade()
    assert cut is not None
    assert np.isinf(cut.when[4:]).all()
    assert cut.path(13) == []
    assert cut.path(3)[0] == 0


def test_of_twins_each_has_the_cascade_of_what_it_sees() -> None:
    made = scenario("label-spreading", **{"poison.target": [0.0, 0.5], "poison.count": 4})
    session = Session(made, twin=True)
    session.step()
    clean, poisoned = session.cascade(0), session.cascade(session.shown())
    assert clean is not None
    assert poisoned is not None
    planted = session.scene.points.is_poison
    assert np.isinf(clean.when[planted]).all()
    assert np.isfinite(poisoned.when[planted]).any()


def test_rounds_of_self_training_stand_at_their_points() -> None:
    session = Session(scenario("self-training"))
    session.step()
    found, points = session.cascade(), session.scene.points
    assert found is not None
    assert found.measure == "round"
    assert (found.when[points.is_train & points.is_labelled] == 0).all()
    unlabelled = points.is_train & ~points.is_labelled
    got = found.when[unlabelled]
    assert set(got[np.isfinite(got)]) == set(range(1, int(got[np.isfinite(got)].max()) + 1))
    assert np.isinf(found.when[~points.is_train]).all()
    for at in np.flatnonzero(unlabelled & np.isfinite(found.when)):
        path = found.path(int(at))
        assert points.label[path[0]] == found.label[at]


def test_a_supervised_learner_has_no_cascade_and_none_is_made_up_without_labels() -> None:
    session = Session(scenario("mlp"))
    session.watch()
    session.step(5)
    assert session.cascade() is None
    bare = Session(scenario("label-spreading"), Scene(Points.of([[0, 0], [1, 1]]), DOMAIN))
    found = bare.cascade()
    assert found is not None
    assert np.isinf(found.when).all()


# ---- messages


class Talk:
    """A trainer under a clock of our own, and the cascades it sends."""

    def __init__(self, made: Scenario, *, asks: bool = True, look: float = 0.0005, **options: Any) -> None:
        self.now, self.look = 100.0, look
        self.link = InlineLink(Trainer(self._look))
        self.heard: list[m.ProbeResult] = []
        asked = [m.Subscribe("cascade")] if asks else []
        self.tell(m.Load(made, made.scene(), 1, "cpu", **options), VIEW, *asked)

    def _look(self) -> float:
        self.now += self.look
        return self.now

    def tell(self, *messages: m.ToTrainer) -> list[m.ProbeResult]:
        for message in messages:
            self.link.send(message)
        return self.listen(0.3)

    def listen(self, seconds: float) -> list[m.ProbeResult]:
        end, new = self.now + seconds, []
        while self.now < end:
            self.now += 0.003
            new += answers(list(self.link.poll()), "cascade")
        self.heard += new
        return new


def chains(message: m.ProbeResult) -> Cascade:
    found: Cascade | None = message.value.chains
    assert found is not None
    return found


def test_a_cascade_is_sent_once_a_change_and_only_where_it_is_asked_for() -> None:
    made = scenario("label-spreading")
    talk = Talk(made, asks=False)
    talk.tell(m.StepN(1))
    assert talk.heard == []
    (found,) = talk.tell(m.Subscribe("cascade"))
    assert found.key.revision == 1
    assert np.array_equal(found.value.ids, made.scene().points.ids)
    assert np.isfinite(chains(found).when).any()
    assert talk.listen(1.0) == []
    assert talk.tell(m.Play()) == []  # it is fitted already
    scene, _ = apply(Remove(made.scene().points.ids[:1]), made.scene())
    (again,) = talk.tell(m.SetScene(scene, 2))
    assert (again.key.revision, len(again.value.ids)) == (2, len(scene.points))


def test_while_paused_the_cascade_waits_for_the_fit() -> None:
    made = scenario("label-spreading")
    talk = Talk(made)
    assert talk.heard == []
    assert len(talk.tell(m.StepN(1))) == 1


def test_while_a_net_trains_there_are_at_most_four_a_second() -> None:
    quick = {"training.evaluate_every": 1, "training.learning_rate": 0.03, "learner.hidden": [8]}
    talk = Talk(scenario("fixmatch", **quick), look=0.002)
    talk.tell(m.Play())
    talk.listen(0.6)
    assert 2 <= len(talk.heard) <= 5  # the first at once, at step 0
    assert len({said.value.step for said in talk.heard}) == len(talk.heard)
    talk.tell(m.Pause())
    last = talk.heard[-1]
    assert last.value.step >= chains(last).when[np.isfinite(chains(last).when)].max()


def test_a_supervised_learner_answers_with_no_chains() -> None:
    talk = Talk(scenario("mlp"))
    assert [said.value.chains for said in talk.heard] == [None]
    talk.tell(m.Play())
    talk.listen(1.0)
    assert len(talk.heard) == 1


def test_another_run_is_watched_from_then_on() -> None:
    talk = Talk(scenario("fixmatch", **{"learner.threshold": 0.6}), seeds=2, twin=True)
    talk.tell(m.StepN(20))
    found = talk.tell(m.View(DOMAIN, 8, 8, seed=1))
    assert chains(found[-1]).since == 20
    assert len(talk.tell(m.Reset(4))) >= 1
    assert chains(talk.heard[-1]).since == 0
