"""A kept file of each version of the format, as that version wrote it, opens and means the same; that of version 1 is
tested beside what is safe to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from boundaryviz.attacks.trained.methods.influence import InfluenceSpec
from boundaryviz.defences.kinds.loss import LossSpec
from boundaryviz.evasion.settings import EvasionSpec
from boundaryviz.learners.specs import MLPSpec
from boundaryviz.runs.run import start
from boundaryviz.scenario.decision import DecisionSpec
from boundaryviz.scenario.files import dumps, parse, read
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.history_spec import Engine
from boundaryviz.scenario.scenario import VERSION, Scenario, ScenarioError
from boundaryviz.scenario.study_spec import Axis, StudySpec
from boundaryviz.scene.responses import taught
from boundaryviz.scene.scene import Split
from helpers.there import there

FILES = Path(__file__).parents[1] / "data"
LATER = {3: {"splits": "given", "labels": "given"}, 4: {"labels": "given"}, 5: {}, 6: {}, 7: {}, 8: {}}
"""What settings of the data that a version had no words for are in its file."""

PLAIN: dict[int, dict[str, dict[str, Any]]] = {
    6: {
        "attack": {},
        "defence": {"defence.defence": "none"},
        "loss": {"learner.loss": "cross-entropy", "learner.mildness": 0.7},
        "smoothing": {"learner.smoothing": 0.0},
        "clip": {"training.clip": 0.0},
        "gradient noise": {"training.gradient_noise": 0.0},
    },
    7: {
        "evasion": {"evasion": "none"},
        "robust": {
            "learner.robust": "none", "learner.robust_epsilon": 0.2, "learner.robust_norm": "l2",
            "learner.robust_steps": 7, "learner.robust_step": 2.5, "learner.trades_beta": 6.0,
        },
        "mask": {"learner.mask": "none", "learner.mask_strength": None},
        "off the plane": {"learner.init_off_plane": 1.0},
    },
}  # fmt: skip
"""What takes each of the things away that only a version has words for; the attack is not taken away by a setting."""


def kept(version: int) -> tuple[dict[str, Any], Scenario]:
    """The plain values of the file of a version, and the scenario it is read as."""
    path = FILES / f"version-{version}.bviz"
    values = json.loads(path.read_text(encoding="utf-8"))
    assert values["version"] == version
    return values, read(path)


def missing(wanted: Any, found: Any, place: str = "") -> list[str]:
    """Places of nested plain values at which others are not the same; what the others have besides is let be."""
    if isinstance(wanted, dict):
        return [
            one for key, value in wanted.items() for one in missing(value, (found or {}).get(key), f"{place}.{key}")
        ]
    return [] if wanted == found else [place]


@pytest.mark.parametrize("version", list(LATER))
def test_every_value_is_read(version: int) -> None:
    values, scenario = kept(version)
    said = values | {"version": VERSION}
    if version == 3:
        assert said["learner"].pop("input_scale") == scenario.data.input_scale == "domain"
    plain = scenario.model_dump(mode="json")
    assert missing(said | {"data": said["data"] | LATER[version]}, plain) == []


@pytest.mark.parametrize("version", list(LATER))
def test_it_comes_back_from_what_is_written_now(version: int) -> None:
    scenario = kept(version)[1]
    assert parse(dumps(scenario), Path("x.bviz"), ".bviz") == scenario


@pytest.mark.parametrize(
    ("version", "losses"),
    [
        (3, [0.0006590202, 5.059285, 4.929586]),
        (4, [0.001758564, 1.812336, 0.0353613]),
        (6, [0.3205913, 0.452215, 0.4082111]),
        (7, [0.2899261, 0.6446111, 0.2848722]),
        (8, [0.1594327, 1.351081, 0.21656]),
    ],
)
def test_it_trains_to_what_the_version_that_wrote_it_trained_to(version: int, losses: list[float]) -> None:
    """The losses of 40 steps that the programs of versions 3, 4, 6, 7 and 8 reported of these files."""
    run = start(kept(version)[1], steps=40)
    run.advance(40)
    found = [run.metrics[f"{split}_loss"].mean for split in ("train", "validation", "test")]
    assert found == pytest.approx(losses, rel=1e-3)


def test_version_3_has_inputs_and_responses() -> None:
    values, scenario = kept(3)
    points, columns = scenario.scene().points, values["plane"]["points"]
    assert points.x.T.tolist() == columns["inputs"]
    assert points.responses.tolist() == columns["response"]
    assert (points.label.tolist(), points.split.tolist()) == (columns["label"], columns["split"])
    assert taught(points.label, points.responses).tolist() == columns["response"]
    section = scenario.scene().section
    assert section is not None
    assert section.low.tolist() == values["plane"]["section"]["low"]


def test_version_4_has_points_of_ones_own_scaled_and_a_pace() -> None:
    values, scenario = kept(4)
    assert (scenario.pace, scenario.data.input_scale, scenario.data.splits) == (20.0, "standardised", "drawn")
    assert scenario.own is not None
    assert scenario.own.points.scene.points.xy.T.tolist() == [values["own"]["plane"]["points"][k] for k in "xy"]
    assert (scenario.own.points.scene.points.split == Split.TRAIN).all()
    scene = scenario.scene()
    assert scene.points.split.tolist() == values["plane"]["points"]["split"]
    assert scene.measure is not None
    np.testing.assert_array_equal(scene.measure.centre, values["plane"]["measure"]["centre"])
    redrawn = scenario.with_values({"data.seed": 1}).scene()
    assert redrawn.points.xy.tolist() == scene.points.xy.tolist()


def test_version_5_has_a_study_a_rule_a_decision_and_early_stopping() -> None:
    scenario = kept(5)[1]
    axes = Axis(path="data.n", values=(24, 48)), Axis(path="data.noise", values=(None, 0.3))
    assert scenario.study == StudySpec(
        axes=axes, seeds=(0, 3), data_seeds=2, folds=3, steps=30, report="size", measure="test_loss", floor=0.05
    )
    assert (scenario.rule, scenario.data.labels) == ("y > 0.25 + 0.5 * sin(3 * x)", "rule")
    assert scenario.decision == DecisionSpec(threshold=0.3, false_negative=4.0)
    training = scenario.training
    assert (training.early_stopping, training.most_loss, training.restore_best) == ("GL", 8.0, False)


def test_version_6_has_an_attack_that_trains_a_defence_and_nets_that_believe_labels_less() -> None:
    scenario = kept(6)[1]
    assert scenario.adversary == InfluenceSpec(
        count=5, beyond=1.5, goal="class", target_class=1, knowledge="other-data", seed=3, hides="sphere"
    )
    assert scenario.defence == LossSpec(share=0.2)
    learner, training = scenario.learner.model_dump(), scenario.training
    assert (learner["loss"], learner["mildness"], learner["smoothing"]) == ("generalised", 0.6, 0.1)
    assert (training.clip, training.gradient_noise) == (1.5, 0.2)


def test_version_7_asks_a_robust_and_masked_net_how_far_it_is_from_turning() -> None:
    scenario = kept(7)[1]
    assert scenario.evasion == EvasionSpec(method="pgd", norm="linf", epsilon=0.2, restarts=2, smoothing=0.1)
    learner = scenario.learner
    assert isinstance(learner, MLPSpec)
    assert (learner.robust, learner.robust_epsilon, learner.robust_norm) == ("trades", 0.15, "linf")
    assert (learner.robust_steps, learner.robust_step, learner.trades_beta) == (3, 2.0, 4.0)
    assert (learner.mask, learner.mask_strength, learner.init_off_plane) == ("quantised", 0.1, 2.0)


def test_version_8_says_what_did_the_steps_of_its_run() -> None:
    scenario = kept(8)[1]
    history = RunHistory.read(scenario)
    assert history is not None
    assert (history.engine, history.steps, [change.step for change in history.changes]) == ("compiled", 40, [20])
    for version in range(1, 8):
        older = kept(version)[1].course if (FILES / f"version-{version}.bviz").exists() else None
        assert older is None or older.engine == "cpu"
    values = json.loads((FILES / "courses/mlp.bviz").read_text(encoding="utf-8"))
    assert values["version"] < 8
    assert there(read(FILES / "courses/mlp.bviz").course).engine == "cpu"


def test_only_a_run_of_another_engine_than_torch_on_the_processor_needs_version_8() -> None:
    scenario = kept(8)[1]
    for engine in get_args(Engine):
        course = there(scenario.course).model_copy(update={"engine": engine})
        written = json.loads(dumps(scenario.model_copy(update={"course": course})))
        assert (written["version"] == 8) == ("engine" in written["course"]) == (engine != "cpu")
    with pytest.raises(ScenarioError, match=r"course\.engine"):
        Scenario.parse(kept(8)[0] | {"course": {"engine": "abacus"}})


@pytest.mark.parametrize(("version", "kept_on"), [(v, on) for v, some in PLAIN.items() for on in (None, *some)])
def test_one_word_of_a_version_makes_the_file_its_own(version: int, kept_on: str | None) -> None:
    """Without any of them the file is one that older programs open."""
    plain = PLAIN[version].items()
    values = {path: value for name, some in plain if name != kept_on for path, value in some.items()}
    scenario = kept(version)[1].with_values(values)
    offered = scenario.adversary if kept_on == "attack" else None
    written = json.loads(dumps(scenario.model_copy(update={"adversary": offered})))
    assert (written["version"] == version) == (kept_on is not None)
