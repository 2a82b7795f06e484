"""Where models put the points of a scene, what is read off there, what the poison flips, and what is alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from boundaryviz.engine.embeddings import Calm
from boundaryviz.engine.placing import embedding_of, similarity_of, some_of
from boundaryviz.engine.session import Session
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scenario.unembedded import unembedded
from boundaryviz.scene.scene import Points, Target

SMALL = {"data.n": 60, "learner.hidden": [6, 2]}


def trained(steps: int = 30, twin: bool = False, **values: Any) -> Session:
    scenario = Scenario().with_values(SMALL | {name.replace("__", "."): value for name, value in values.items()})
    session = Session(scenario, device="cpu", twin=twin)
    session.step(steps)
    return session


def test_two_units_of_the_last_hidden_layer_are_shown_as_they_are():
    session = trained()
    found = embedding_of(session, 0, None, Calm())
    assert (found.own, found.whole, found.step, found.clean, found.flipped) == (True, True, 30, None, None)
    np.testing.assert_array_equal(found.ids, session.scene.points.ids)
    np.testing.assert_allclose(found.xy, session.learner.units(session.scene.points.x)[-1].T, atol=1e-6)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"data.name": "blobs", "data.input_scale": "standardised"},
        {"learner.loss": "squared", "learner.output": "tanh"},
        {"learner.mask": "saturated"},
        {"learner.mask": "quantised"},
        *({"learner.name": "simclr", "learner.embedding": 2, "learner.readout": how} for how in ("linear", "nearest")),
    ],
    ids=["plain", "scaled", "one output", "saturated", "quantised", "linear probe", "neighbours"],
)
def test_what_is_read_off_a_place_is_what_is_decided_of_the_points_put_there(values: dict[str, Any]):
    session = trained(**{name.replace(".", "__"): value for name, value in values.items()})
    learner: Any = session.learner
    x = session.scene.points.x
    np.testing.assert_allclose(learner.read(learner.embed(x, 0)[0], 0), learner.probabilities(x, 0), atol=1e-5)
    found = embedding_of(session, 0, None, Calm(), side=8, aspect=0.5)
    assert found.field is not None
    assert found.field.shape[-2:] == (8, 4)
    assert found.ground.width == pytest.approx(found.rect.width)
    grid = learner.read(found.ground.grid(4, 8).T, 0)[0]
    several = found.field if found.field.ndim == 3 else np.stack([1 - found.field, found.field])
    np.testing.assert_allclose(several.reshape(len(grid), -1), grid, atol=1e-6)


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if "embedding" in family.capabilities])
def test_whatever_has_an_embedding_decides_by_it(name: str):
    session = trained(3, learner__name=name)
    learner: Any = session.learner
    x = session.scene.points.x
    z = learner.embed(x, 0)
    assert (z.dtype, z.shape[0], z.shape[2]) == (np.float32, 1, len(x))
    np.testing.assert_allclose(learner.read(z[0], 0), learner.probabilities(x, 0), atol=1e-5)


def test_nothing_is_read_off_a_net_that_is_tuned_first_and_off_one_dimension():
    tuned = trained(learner__name="simclr", learner__embedding=2, learner__readout="fine-tune", learner__tuning_steps=2)
    assert embedding_of(tuned, 0, None, Calm()).field is None
    assert embedding_of(trained(learner__hidden=[6, 1]), 0, None, Calm()).field is None


@pytest.mark.parametrize("name", ["mlp", "simclr", "captions"])
def test_of_more_dimensions_the_plane_of_the_components_is_read(name: str):
    values: dict[str, Any] = {} if name == "mlp" else {"learner__embedding": 6}
    session = trained(learner__name=name, learner__hidden=[6, 6], **values)
    learner: Any = session.learner
    found = embedding_of(session, 0, None, Calm(), side=8)
    assert found.field is not None
    z = learner.embed(session.scene.points.x, 0)[0].astype(np.float64)
    basis = np.linalg.svd(z - z.mean(axis=1, keepdims=True))[0][:, :2]
    places = found.ground.grid(8, 8)
    on_plane = found.projection.back(places)
    np.testing.assert_allclose(found.projection(on_plane), places, atol=1e-9)
    away = on_plane - z.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(basis @ (basis.T @ away), away, atol=1e-6)
    np.testing.assert_allclose(found.field.ravel(), learner.read(on_plane, 0)[0, 1], atol=1e-6)


def test_clean_points_that_the_poison_flips_and_pins_that_it_takes_are_named():
    scenario = Scenario().with_values({**SMALL, "data.n": 80, "learner.hidden": [8, 6]})
    scene = scenario.scene()
    rng = np.random.default_rng(0)
    at = scene.points.xy[scene.points.label == 1].mean(axis=0)
    planted = Points.of(at + 0.05 * rng.standard_normal((60, 2)), 0, origin=1, first_id=1000)
    pin = Target(float(at[0]), float(at[1]), 0)
    scene = replace(scene, points=Points.join(scene.points, planted), targets=(pin, replace(pin, target_class=1)))
    session = Session(scenario, scene, twin=True, device="cpu")
    session.step(150)
    found = embedding_of(session, 1, 0, Calm())
    assert found.flipped is not None
    assert found.clean is not None
    assert found.pins_flipped is not None
    clean, poisoned = session.predicted(0), session.predicted(1)
    expected = (clean != poisoned) & ~scene.points.is_poison
    np.testing.assert_array_equal(found.flipped, expected)
    assert found.flipped.any()
    assert found.pins_flipped.tolist() == [True, False]
    assert found.clean.rect == found.rect
    assert not np.allclose(found.xy, found.clean.xy)


def test_some_points_are_the_same_whoever_goes_and_poison_and_few_labels_are_among_them():
    rng = np.random.default_rng(0)
    label, origin = np.full(500, -1), np.zeros(500, dtype=int)
    label[::100], origin[7:12] = 0, 1
    points = Points.of(rng.standard_normal((500, 2)), label, origin=origin)
    chosen = points.take(some_of(points, 50))
    assert len(chosen) == 50
    assert (chosen.is_poison.sum(), chosen.is_labelled.sum()) == (5, 5)
    gone = points.take(~np.isin(points.ids, chosen.ids[10:20]))
    left = gone.take(some_of(gone, 50))
    assert set(chosen.ids[:10]) | set(chosen.ids[20:]) <= set(left.ids)
    np.testing.assert_array_equal(some_of(points, 500), np.arange(500))


def test_likeness_is_the_cosine_of_embeddings_and_neighbours_are_the_likest_training_points():
    session = trained(learner__hidden=[6, 5])
    learner, points = session.learner, session.scene.points
    embed: Any = getattr(learner, "embed")  # noqa: B009 - a learner need not have it
    ident = int(points.ids[points.is_train][4])
    found = similarity_of(session, 0, session.scene.domain, (9.0, 9.0), ident, side=12, neighbours=3)
    assert found is not None
    assert found.field is not None
    at = points.positions([ident])[0]
    assert found.place == tuple(points.xy[at].tolist())
    vector = embed(points.x[at : at + 1], 0)[0, :, 0].astype(np.float64)
    rows, columns = found.field.shape
    z = embed(session.scene.domain.grid(columns, rows), 0)[0]
    lengths = np.linalg.norm(z, axis=0) * np.linalg.norm(vector)
    expected = np.divide(vector @ z, lengths, out=np.zeros(len(lengths)), where=lengths > 0)
    np.testing.assert_allclose(found.field.ravel(), expected, atol=1e-5)
    others = points.is_train & (points.ids != ident)
    z = embed(points.x[others], 0)[0]
    alike = (vector @ z) / np.maximum(np.linalg.norm(z, axis=0) * np.linalg.norm(vector), 1e-12)
    np.testing.assert_allclose(found.cosine, np.sort(alike)[::-1][:3], atol=1e-5)
    assert ident not in found.ids
    assert similarity_of(session, 0, session.scene.domain, (0.0, 0.0), 10**6) is None


def test_other_learners_have_none_and_say_why():
    several: dict[str, dict[str, Any]] = {
        "neighbours": {"learner.name": "KNeighborsClassifier"}, "logistic": {"learner.name": "logistic"},
        "bare": {"learner.hidden": []}, "net": {}, "vat": {"learner.name": "vat"},
        "linear": {"learner.name": "simclr", "learner.hidden": []},
    }  # fmt: skip
    words = {name: unembedded(Scenario().with_values(values).learner) for name, values in several.items()}
    assert words["net"] == words["vat"] == words["linear"] == ""
    assert "learns no representation" in words["neighbours"]
    assert "learns no representation" in words["logistic"]
    assert "hidden layer" in words["bare"]
    with pytest.raises(ValueError, match="hidden layer"):
        embedding_of(trained(learner__hidden=[]), 0, None, Calm())
