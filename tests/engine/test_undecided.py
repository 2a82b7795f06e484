"""What no label reaches, from the learner to the picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boundaryviz.engine import messages as m
from boundaryviz.engine.session import Session
from boundaryviz.engine.surface import surface
from boundaryviz.engine.trainer import Trainer
from boundaryviz.figures.draw import draw
from boundaryviz.figures.palette import field_image, rgb
from boundaryviz.figures.plane import boundary_lines
from boundaryviz.figures.style import Options
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.scene import Domain, Points, Scene, Split

RECT = Domain(0.0, 8.0, 0.0, 4.0)
GREY = rgb("#e8eaeb")


def islands(classes: int = 2) -> Scene:
    """Unlabelled points around (6, 2), and towards the left a labelled island of each class, one above the other."""
    rng = np.random.default_rng(0)
    centres = [(1.5, 1.0 + 2.0 * k / (classes - 1)) for k in range(classes)] + [(6.0, 2.0)]
    xy = np.concatenate([np.array(c) + 0.2 * rng.standard_normal((30, 2)) for c in centres])
    label = np.full(len(xy), -1)
    for k in range(classes):
        label[30 * k : 30 * k + 10] = k
    held_out = Points.of(np.array(centres), np.r_[np.arange(classes), 0], Split.TEST, first_id=len(xy))
    train_points = Points.of(xy, label)
    columns = [np.concatenate([getattr(train_points, c), getattr(held_out, c)]) for c in
               ("ids", "xy", "label", "split", "origin")]  # fmt: skip
    return Scene(Points(*columns), RECT, classes)


SPREADING = Scenario().with_values({"learner.name": "label-spreading", "training.evaluate_every": 1})


def session(scene: Scene, **values: Any) -> Session:
    scenario = SPREADING.with_values({f"learner.{k}": v for k, v in values.items()})
    return Session(scenario, scene, device="cpu")


def test_on_a_gaussian_graph_a_label_comes_everywhere():
    run = session(islands(), kernel="rbf", gamma=100.0)
    run.step()
    assert (run.predicted() >= 0).all()


@pytest.mark.parametrize("classes", [2, 3])
def test_a_session_says_so_in_every_answer(classes: int):
    run = session(islands(classes))
    assert (run.predicted() == -1).all()
    run.step()
    predicted = run.predicted()
    assert predicted.dtype == np.int16
    assert (predicted[30 * classes : 30 * classes + 30] == -1).all()
    assert predicted[-classes - 1 :].tolist() == [*range(classes), -1]
    confusion = run.confusion(predicted)
    assert confusion[Split.TEST].tolist() == np.eye(classes, dtype=int).tolist()
    assert confusion.sum() == 11 * classes
    values = dict(zip(m.CURVES, run.evaluate()[0], strict=True))
    assert values["test_error"] == pytest.approx(1 / (classes + 1))
    assert values["train_error"] == 0.0
    assert np.isfinite([values["train_loss"], values["test_loss"]]).all()
    assert np.isnan(run.probabilities(np.array([[6.0, 2.0]]))).all()


@pytest.mark.parametrize("classes", [2, 3])
def test_a_quick_field_shows_the_same_undecided_part(classes: int):
    run = session(islands(classes))
    run.step()
    quick, exact = (run.field(RECT, 160, 80, quick=q) for q in (True, False))
    nowhere = np.isnan(exact) if classes == 2 else np.isnan(exact).all(axis=0)
    shown = np.isnan(quick) if classes == 2 else np.isnan(quick).all(axis=0)
    assert 0.2 < nowhere.mean() < 0.8
    assert np.array_equal(nowhere, shown)


def test_a_surface_asks_along_the_border_of_what_is_undecided():
    """Undecided inside a disc and class 0 outside, which would be one decision if NaN counted as a negative score."""
    asked = 0

    def ask(xy: Any) -> Any:
        nonlocal asked
        asked += len(xy)
        inside = np.linalg.norm(xy - (4.0, 2.0), axis=1) < 1.3
        return np.where(inside, np.nan, -1.0).astype(np.float32)[None]

    exact = surface(ask, RECT, 160, 80)
    asked = 0
    quick = surface(ask, RECT, 160, 80, np.empty((0, 2)))
    assert np.array_equal(np.isnan(quick), np.isnan(exact))
    assert asked < 160 * 80 / 2


@pytest.mark.parametrize("levels", [None, 2])
@pytest.mark.parametrize("classes", [2, 3])
def test_it_is_painted_in_the_middle_grey_and_the_boundary_stays(classes: int, levels: int | None):
    run = session(islands(classes))
    run.step()
    field = run.field(RECT, 80, 40)
    image = field_image(field, levels=levels)
    nowhere = np.isnan(field) if classes == 2 else np.isnan(field).any(axis=0)
    assert (image[nowhere] == [*GREY, 255]).all()
    assert (image[~nowhere][:, :3] != GREY).any(axis=1).mean() > 0.9
    assert sum(map(len, boundary_lines(field, RECT))) > 2


@pytest.mark.parametrize("classes", [2, 3])
def test_a_trainer_sends_it_and_rests_once_it_has_fitted(classes: int):
    now = [0.0]

    def clock() -> float:
        now[0] += 0.0005
        return now[0]

    def listen() -> list[m.FromTrainer]:
        said: list[m.FromTrainer] = []
        for _ in range(60):
            now[0] += 0.01
            said += trainer.handle(m.Credit()) + trainer.advance()
        return said

    trainer = Trainer(clock)
    scene = islands(classes)
    for message in (m.Load(SPREADING, scene, 1, "cpu"), m.View(RECT, 64, 32), m.Play()):
        trainer.handle(message)
    said = listen()
    assert not [one for one in said if isinstance(one, m.Failed)]
    frame = [one for one in said if isinstance(one, m.Frame)][-1]
    assert (frame.step, frame.playing) == (1, True)
    assert np.isnan(frame.field).any()
    assert (frame.predicted == -1).sum() == 31
    assert np.concatenate([c.step for c in said if isinstance(c, m.Curves)]).tolist() == [1]
    assert trainer.patience is None or trainer.patience > 0
    quiet = [one for one in listen() if isinstance(one, m.Frame)]
    assert quiet == []
    moved = Scene(scene.points.with_columns(xy=scene.points.xy + 0.01), RECT, classes)
    trainer.handle(m.SetScene(moved, 2))
    again = [one for one in listen() if isinstance(one, m.Frame)][-1]
    assert (again.step, again.revision) == (2, 2)
    trainer.handle(m.Play(stop_at=50))
    assert m.State(False, 50, "stop-step") in listen()


def test_runs_and_figures_know_it_too():
    scenario = SPREADING.with_scene(islands())
    run = train(scenario, twin=True, steps=1, progress=False)
    assert run.predict([[6.0, 2.0], [1.5, 1.0]]).tolist() == [-1, 0]
    assert run.metrics["test_error"].mean == pytest.approx(1 / 3)
    assert (run.metrics["flip_rate"].mean, run.metrics["flip_area"].mean) == (0.0, 0.0)
    figure = draw("boundary", run.snapshot(columns=64), Options(errors=True))
    words = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert not [one for one in words if "diverged" in one]


def test_scikit_learn_s_own_estimators_are_undecided_where_they_have_no_answer():
    from sklearn.semi_supervised import LabelSpreading

    run = train(SPREADING.with_scene(islands()), learner=LabelSpreading(kernel="knn", max_iter=1000), progress=False)
    assert run.predict([[6.0, 2.0], [1.5, 1.0]]).tolist() == [-1, 0]
    assert run.metrics["test_error"].mean == pytest.approx(1 / 3)
    assert np.isfinite(run.metrics["test_loss"].mean)
