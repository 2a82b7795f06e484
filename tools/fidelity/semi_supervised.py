"""Each semi-supervised method, trained some steps with the random numbers that the program draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from boundaryviz.learners.method import Columns
from boundaryviz.learners.specs import FAMILIES, TrainingSpec
from boundaryviz.testing.models import blobs, budgeted, make
from tools.fidelity.frame import Subject, apart
from tools.fidelity.references import nets
from tools.fidelity.references import semi_supervised as papers

SUBJECT = Subject(
    "Semi-supervised nets",
    """
    Eight steps on all points, from drawn weights and settings; the reference gets the same jitters, shares and
    partners, and what is compared is every weight afterwards, the teacher's too. So loss, gradient, what is held
    still, ramp, teacher and memory are all in it. By choice the program differs from the papers in this: labelled
    points do not join the unlabelled ones, no target carries a gradient (the Pi-model's second answer is one),
    partners of mixtures are drawn one by one with shares of their own instead of by a shuffle, the weight rises
    linearly, and UDA has no signal annealing.
    """,
)

LABELLED, UNLABELLED, STEPS = 32, 64, 8  # multiples of what batches are padded to
PAPERS = {
    "pseudo-label": "Lee 2013, eq. 15, with a threshold",
    "pi-model": "Laine and Aila 2017, algorithm 1",
    "temporal-ensembling": "Laine and Aila 2017, algorithm 2",
    "mean-teacher": "Tarvainen and Valpola 2017, eqs. 1 and 2",
    "vat": "Miyato et al. 2018, eqs. 5 to 8 and section 3.3",
    "mixmatch": "Berthelot et al. 2019, algorithm 1, eqs. 3 to 11",
    "uda": "Xie et al. 2020, section 2.2, masking and sharpening",
    "fixmatch": "Sohn et al. 2020, eq. 4",
    "flexmatch": "Zhang et al. 2021, algorithm 1, eqs. 5, 11, 12",
    "ict": "Verma et al. 2019, eq. 1",
}


def settings(name: str, rng: np.random.Generator) -> Any:
    """The method with drawn settings, such that thresholds part the points and every ramp is seen to rise."""
    family = FAMILIES[name].spec
    drawn: dict[str, Any] = {
        "weight": rng.uniform(0.5, 3.0), "weak_noise": rng.uniform(0.05, 0.3), "strong_noise": rng.uniform(0.2, 0.6),
        "threshold": rng.uniform(0.5, 0.8), "temperature": rng.uniform(0.3, 1.5), "alpha": rng.uniform(0.3, 2.0),
        "teacher_decay": rng.uniform(0.3, 0.9), "ensemble_decay": rng.uniform(0.2, 0.9),
        "xi": 10 ** rng.uniform(-3, -1),
        "epsilon": rng.uniform(0.1, 0.6), "power_iterations": int(rng.integers(1, 4)),
        "entropy_weight": rng.choice([0.0, rng.uniform(0.1, 1.0)]), "ramp_up": int(rng.choice([0, 5])),
    }  # fmt: skip
    shape = {
        "hidden": tuple(int(k) for k in rng.integers(2, 9, rng.integers(1, 3))),
        "activation": rng.choice(["tanh", "relu", "gelu", "sigmoid"]), "unlabelled_batch": "full",
    }  # fmt: skip
    return family(**shape, **{key: value for key, value in drawn.items() if key in family.model_fields})


def rows(columns: Tensor, width: int = 2) -> list[Tensor]:
    """What stands feature by feature, (1, width k, B), as k tables (B, width)."""
    return [part.T for part in columns[0].split(width)]


def step_of(learner: Any, data: Any) -> papers.Step:
    """The points, taken from the data, and the random numbers that the learner will use in its next step."""
    batch, given = learner._batches()[0], data.label >= 0
    labelled: Columns = batch.labelled
    unlabelled: Columns = batch.unlabelled
    parts = labelled, unlabelled
    push = rows(labelled.noise)
    return papers.Step(
        torch.from_numpy(data.x[given]), torch.from_numpy(data.label[given]), torch.from_numpy(data.x[~given]),
        push[0] if labelled.noise.numel() else torch.zeros(LABELLED, 2, dtype=torch.float64),
        rows(unlabelled.noise) if unlabelled.noise.numel() else [],
        [row for part in parts for row in part.share[0]], [row for part in parts for row in part.partner[0]],
        learner.steps_done,
    )  # fmt: skip


def difference(name: str, seed: int) -> float:
    """Of every weight after the steps, of the net that trains and of the one that is shown."""
    rng = np.random.default_rng(seed)
    spec, classes = settings(name, rng), int(rng.integers(2, 4))
    data = budgeted(spec, blobs(LABELLED + UNLABELLED, classes, seed))
    training = TrainingSpec(optimiser="sgd", learning_rate=0.1, batch_size="full")
    learner = make(spec, training, (seed,), classes, data, torch.float64)
    learner.P.mul_(3.0)  # so that some answers are sure
    if learner.teacher is not None:
        learner.teacher.copy_(learner.P)
    net = nets.plain(learner.P[0], (2, *spec.hidden, classes), spec.activation)
    method = papers.REFERENCES[name](net, spec, classes)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(STEPS):
        step = step_of(learner, data)
        learner.step(1)
        papers.trained(method, step, optimiser)
    shown = learner.P if learner.teacher is None else learner.teacher
    return max(
        apart(learner.P[0].detach().numpy(), nets.flat(net)),
        apart(shown[0].detach().numpy(), nets.flat(method.shown())),
    )


def enter(name: str) -> None:
    """Makes the method of this name a check."""

    @SUBJECT.check(f"{FAMILIES[name].title} (`{name}`)", PAPERS[name], 1e-10, 60)
    def check(seed: int) -> float:
        return difference(name, seed)


for _name in PAPERS:
    enter(_name)
