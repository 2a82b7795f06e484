"""The figure of a certificate, its numbers, and the command that draws it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import boundaryviz as bv
from boundaryviz.cli.app import run
from boundaryviz.engine.certificates import CertificateMap
from boundaryviz.figures.certificate import UNLABELLED_WORDS, draw_certificate
from boundaryviz.figures.data import data_of_certificate
from boundaryviz.figures.style import Options
from helpers.snapshots import snapshot

SMALL = ("data.n=60", "learner.name=dpa", "learner.parts=9")


def a_map(held: list[float]) -> CertificateMap:
    return CertificateMap(snapshot().rect, np.arange(12).reshape(3, 4), np.array(held))


@pytest.mark.parametrize("style", ["paper", "dark"])
def test_the_share_that_survives_falls_and_half_of_it_is_marked(style: str):
    found, shown = a_map([1.0, 0.75, 0.5, 0.25, 0.0]), snapshot()
    figure = draw_certificate(found, shown, Options(dpi=60, style=style))  # type: ignore[arg-type]
    axes = next(one for one in figure.axes if one.get_title(loc="right") == UNLABELLED_WORDS)
    fall, half = axes.lines
    np.testing.assert_array_equal(fall.get_ydata(), found.held)
    assert (half.get_xdata()[0], half.get_ydata()[0]) == (2, 0.5)  # type: ignore[index]
    data = data_of_certificate(found, shown)
    np.testing.assert_array_equal(data.arrays["map_survived"], found.survived)
    assert list(data.rows) == [(m, share) for m, share in enumerate(found.held)]


def test_without_test_points_and_where_half_are_wrong_nothing_is_marked():
    for held in ([], [0.4, 0.0]):
        figure = draw_certificate(a_map(held), snapshot(), Options(dpi=60))
        assert not [line for axes in figure.axes for line in axes.lines if line.get_gid() == "half"]


def test_the_command_draws_what_the_run_certifies_and_says_where_nothing_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    place, values = tmp_path / "c.npz", [word for one in SMALL for word in ("--set", one)]
    command = ["figure", "moons", "--view", "certificate", "-o", str(tmp_path / "c.png"), "--dpi", "50"]
    assert run([*command, *values, "--columns", "24", "--data", str(place)]) == 0
    trained = bv.train(bv.load("moons").with_values(dict(one.split("=") for one in SMALL)), progress=False)
    expected = trained.certificate(side=24)
    with np.load(place) as found:
        np.testing.assert_array_equal(found["map_survived"], expected.survived)
    assert expected.half == trained.metrics["certified_poison"].mean
    assert run([*command, "--set", "learner.name=logistic"]) == 2
    assert "learner.name=dpa" in capsys.readouterr().err
    assert run([*command, *values, "--set", "decision.threshold=0.3"]) == 2
    assert "costs or a threshold" in capsys.readouterr().err
