"""`make fidelity`: every check holds, finds a fault where one is put in, and stands on the page with its bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from scipy import sparse

from boundaryviz.adversary.logistic import Logistic
from boundaryviz.engine.surface import surface
from boundaryviz.evasion.nearest import nearest_piece
from boundaryviz.learners import graphs, losses, objectives
from boundaryviz.learners.optimisers import Optimiser
from boundaryviz.record.comparison import Comparison
from boundaryviz.record.dose import DoseCurve
from tools.fidelity import __main__ as program
from tools.fidelity import metrics, page
from tools.fidelity.frame import Check, Subject, apart, differing, subjects

SUBJECTS = subjects()
CHECKS = {f"{subject.title}: {check.what}": check for subject in SUBJECTS for check in subject.checks}


@pytest.mark.parametrize("name", CHECKS)
def test_it_agrees_with_its_reference(name: str) -> None:
    check = CHECKS[name]
    assert check.worst(1) <= check.bound


def test_the_page_has_what_is_checked_with_its_bounds_and_nothing_else() -> None:
    """Run `make fidelity` where this fails."""
    fresh = page.written(page.section(one, [0.0] * len(one.checks)) for one in SUBJECTS)
    written = page.PAGE.read_text(encoding="utf-8")
    assert page.lines(written) == page.lines(fresh)
    assert words(written) == words(fresh)
    assert len(page.lines(fresh)) == len(CHECKS)


def words(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("| ")]


# ---- a fault is found ------------------------------------------------------------------------------------


def twice(of: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: 2.0 * of(*args, **kwargs)


def all_sure(z: torch.Tensor, threshold: Any) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.zeros_like(z).scatter_(1, z.argmax(1, keepdim=True), 1.0), torch.ones_like(z[:, :1])


def without_l2(self: Any, training: Any, whole: Any = Optimiser.set_training) -> None:
    whole(self, training.model_copy(update={"l2": 0.0}))


def half_a_cell_aside(rect: Any, columns: int, rows: int) -> Any:
    x = np.linspace(rect.left, rect.right, columns + 2) + rect.width / columns / 2
    return x, np.linspace(rect.bottom, rect.top, rows + 2)


def half_of_the_pieces(places: Any, pieces: Any, metric: Any) -> Any:
    return nearest_piece(places, pieces[len(pieces) // 2 :], metric)


OBJECTIVES = "boundaryviz.learners.objectives"
EXACT = "boundaryviz.adversary.exact.ExactMachine"
FAULTS: list[tuple[str, Any, str]] = [
    ("boundaryviz.scene.datasets.playground.RADIUS", 5.1, "Data sets: circle"),
    ("boundaryviz.learners.losses.per_point", twice(losses.per_point), "Networks: outputs"),
    ("boundaryviz.learners.losses.slope", twice(losses.slope), "Networks: the gradient written by hand"),
    ("boundaryviz.learners.optimisers.Optimiser.set_training", without_l2, "Networks: 30 steps of AdamW"),
    (f"{OBJECTIVES}.confident", all_sure, "Semi-supervised nets: FixMatch"),
    (f"{OBJECTIVES}.confident", all_sure, "Semi-supervised nets: Unsupervised data augmentation"),
    (f"{OBJECTIVES}.class_thresholds", twice(objectives.class_thresholds), "Semi-supervised nets: FlexMatch"),
    (f"{OBJECTIVES}.squared", twice(objectives.squared), "Semi-supervised nets: Mean Teacher"),
    (f"{OBJECTIVES}.unit", lambda v: v, "Semi-supervised nets: Virtual adversarial training"),
    (f"{OBJECTIVES}.sharpen", lambda p, temperature: p, "Semi-supervised nets: MixMatch"),
    (f"{OBJECTIVES}.mixup", lambda a, b, share: a, "Semi-supervised nets: Interpolation consistency"),
    ("boundaryviz.learners.graphs.spread", lambda *given: graphs.propagate(*given[:2]),
     "Learners on the whole pool: label spreading, nearest"),
    ("boundaryviz.learners.laprls.laplacian", lambda x, *_: sparse.eye_array(len(x)).tocsr(),
     "Learners on the whole pool: Laplacian"),
    (f"{EXACT}._own_row", lambda self, moved: self.weight @ self.kernel.slope(self.x[moved], self.x),
     "Gradients of attacks: support vectors, linear"),
    (f"{EXACT}._by_gamma", lambda *_: 0.0, "Gradients of attacks: support vectors, poison at C"),
    (f"{EXACT}._follow", lambda self, margin, *_: np.zeros(len(margin)),
     "Gradients of attacks: support vectors, poison on the margin"),
    ("boundaryviz.adversary.logistic.Logistic.gradient", twice(Logistic.gradient), "Gradients of attacks: logistic"),
    ("boundaryviz.learners.batches._normalised", lambda weight: weight, "Batches: weights"),
    ("boundaryviz.record.comparison.Comparison.floor_rate", twice(Comparison.floor_rate), "Metrics: flip rate"),
    ("boundaryviz.record.dose.DoseCurve.success_band", DoseCurve.flip_band, "Metrics: Wilson"),
    ("boundaryviz.gui.plane.contours.nodes", half_a_cell_aside, "Fields and contour lines: boundary of two"),
    ("tools.fidelity.lines.surface", lambda *given: np.roll(surface(*given), len(given) - 4, axis=2),
     "Fields and contour lines: the window's quick field"),
    ("boundaryviz.learners.chains.seeds", lambda before, labelled: np.where(labelled, 0, -1),
     "Label cascade: paths along"),
    ("boundaryviz.evasion.pgd.cut", lambda push, *_: push, "Attacks on models as they stand: the input after 12"),
    ("boundaryviz.evasion.deepfool.OVERSHOOT", 0.5, "Attacks on models as they stand: the length of DeepFool"),
    ("boundaryviz.evasion.nearest.nearest_piece", half_of_the_pieces,
     "Attacks on models as they stand: the distance"),
]  # fmt: skip


@pytest.fixture
def _afresh() -> Iterator[None]:
    """Without the runs that were trained before the fault was put in, and without it afterwards."""
    metrics.run.cache_clear()
    yield
    metrics.run.cache_clear()


@pytest.mark.usefixtures("_afresh")
@pytest.mark.parametrize(("at", "fault", "name"), FAULTS, ids=[f"{at.split('.')[-1]}, {n}" for at, _, n in FAULTS])
def test_a_fault_is_found(at: str, fault: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check = next(check for known, check in CHECKS.items() if known.startswith(name))
    monkeypatch.setattr(at, fault)
    assert check.worst(3) > check.bound


# ---- the program -----------------------------------------------------------------------------------------


def test_what_is_compared_has_to_be_there_and_of_one_shape() -> None:
    assert apart([1.0, 2.0], [1.0, 2.5]) == 0.2
    assert apart([0.1], [0.2]) == pytest.approx(0.1)
    assert apart([np.nan, 1.0], [np.nan, 1.0]) == 0.0
    assert apart([np.inf, 1.0], [np.inf, 1.0]) == 0.0
    assert apart([np.nan, 1.0], [0.0, 1.0]) == apart([0.0, 1.0], [np.nan, 1.0]) == np.inf
    assert differing([1, 2, 3], [1, 5, 6]) == 2
    for compare, a, b in ((apart, [1.0], [1.0, 2.0]), (differing, [], []), (apart, [np.nan], [np.nan])):
        with pytest.raises(ValueError, match=r"compare"):
            compare(a, b)


def test_differences_are_told_by_their_power_of_ten() -> None:
    assert [page.power(d) for d in (0.0, 3e-20, 2e-9, 1e-6, 0.02, 3.0)] == [
        "0", "≤ 1e-16", "≤ 1e-8", "≤ 1e-6", "≤ 1e-1", "≤ 1e1",
    ]  # fmt: skip


@pytest.mark.parametrize(("found", "code"), [(0.5, 0), (2.0, 1), (np.nan, 1)])
def test_a_missed_bound_is_said_and_nothing_is_written(
    found: float, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = Subject("One", "", [Check("this", "that", 1.0, 2, lambda seed: found)])
    monkeypatch.setattr(program, "MODULES", ("one",))
    monkeypatch.setattr(program, "subjects", lambda: [subject])
    monkeypatch.setattr(page, "PAGE", tmp_path / "fidelity.md")
    assert program.main([]) == code
    assert page.PAGE.exists() == (code == 0)
    assert ("MISSED" in capsys.readouterr().out) == bool(code)
    with pytest.raises(SystemExit, match="2"):
        program.main(["two"])
