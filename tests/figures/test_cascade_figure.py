"""The figure of a label cascade."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from boundaryviz.figures.draw import draw, save
from boundaryviz.figures.palette import sequence
from boundaryviz.figures.style import Options
from boundaryviz.learners.cascade import Cascade
from boundaryviz.runs.run import train
from boundaryviz.scenario.scenario import Scenario
from helpers.snapshots import snapshot

SMALL = {"data.n": 80, "data.noise": 0.06, "data.labels_per_class": 3, "data.labels_at": "centres"}
POISON = {"poison.target": [0.0, 0.5], "poison.count": 5}


def spreading(**values: object) -> Scenario:
    return Scenario().with_values(
        {**SMALL, **POISON, "learner.name": "label-spreading", "learner.both_ways": True, **values}
    )


def artists(figure: Figure, gid: str) -> list:
    return [
        a for a in [*figure.axes[0].collections, *figure.axes[0].lines, *figure.axes[0].texts] if a.get_gid() == gid
    ]


def test_the_path_to_the_pin_and_the_points_by_when_are_drawn() -> None:
    run = train(spreading(), steps=1, progress=False)
    figure = run.figure("cascade")
    chains, points = run.cascade(), run.scene.points
    assert chains is not None
    ((line),) = artists(figure, "path")
    xy = np.stack(line.get_data(), axis=1)
    pin = run.scene.targets[0]
    unlabelled = points.xy[points.is_train & ~points.is_labelled]
    assert np.array_equal(xy[-1], unlabelled[np.linalg.norm(unlabelled - (pin.x, pin.y), axis=1).argmin()])
    assert points.is_labelled[np.flatnonzero((points.xy == xy[0]).all(axis=1))].all()
    drawn = np.concatenate([a.get_offsets() for k in (0, 1) for a in artists(figure, f"handed class {k}")])
    assert len(drawn) == (~points.is_labelled & np.isfinite(chains.when)).sum()
    (some,) = artists(figure, "handed class 0")
    at = [int(np.flatnonzero((points.xy == place).all(axis=1))[0]) for place in some.get_offsets()]
    share = chains.when[at] / chains.when[np.isfinite(chains.when)].max()
    np.testing.assert_allclose(some.get_facecolor()[:, :3], sequence(share) / 255.0, atol=0.02)
    (words,) = artists(figure, "caption")
    assert "At the target: from class 0 label" in words.get_text()


def test_what_is_muted_takes_no_part_and_an_unreached_target_says_so() -> None:
    run = train(spreading(**{"learner.neighbours": 2, "learner.both_ways": False}), steps=1, progress=False)
    chains = run.cascade()
    assert chains is not None
    figure = run.figure("cascade")
    to_pin = artists(figure, "caption")[0].get_text()
    if artists(figure, "path"):
        assert "hop" in to_pin
    else:
        assert "no label comes here" in to_pin


def test_a_net_has_its_figure_where_it_was_watched_and_says_what_it_needs_elsewhere() -> None:
    made = Scenario().with_values(
        {**SMALL, "learner.name": "fixmatch", "learner.threshold": 0.6, "learner.unlabelled_batch": 16,
         "training.evaluate_every": 5, "training.learning_rate": 0.01}
    )  # fmt: skip
    figure = train(made, steps=20, progress=False, cascade=True).figure("cascade")
    assert "need not be the cause" in " ".join(artists(figure, "caption")[0].get_text().split())
    assert not artists(figure, "path")
    with pytest.raises(ValueError, match="cascade=True"):
        train(made, steps=5, progress=False).figure("cascade")
    with pytest.raises(ValueError, match="supervised"):
        train(Scenario().with_values(SMALL), steps=1, progress=False).figure("cascade")


@pytest.mark.parametrize("style", ["paper", "dark"])
def test_it_is_drawn_on_light_and_dark_paper_and_with_nothing_to_show(style: str, tmp_path: Path) -> None:
    shown = snapshot(cascade=Cascade.none("length", 40))
    save(draw("cascade", shown, Options(style=style, dpi=50)), tmp_path / "f.png")  # type: ignore[arg-type]
    seed = np.where(shown.scene.points.is_train, 5, -1)
    one = Cascade("step", seed, seed, np.ones(40, dtype=int), np.full(40, 20.0), since=20)
    figure = draw("cascade", shown.__class__(**{**vars(shown), "cascade": one}), Options(style=style))  # type: ignore[arg-type]
    assert "Watched since step 20" in artists(figure, "caption")[0].get_text()
