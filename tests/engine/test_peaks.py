"""Estimates of memory, held against what processes take: within a factor of about 2, where it is 100 MB and more."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scenario.cost import memory_needed
from boundaryviz.scenario.scenario import Scenario
from helpers.peaks import Case, peaks, scene_of, who

FEW: dict[str, Any] = {"data__labels_per_class": 10}
TRAIN_ALONE: dict[str, Any] = {"data__test": 0.0, "data__validation": 0.0}
NOISY: dict[str, Any] = {"data__label_noise": 0.3}
TRADES: dict[str, Any] = {"learner__robust": "trades", "learner__robust_steps": 1}
NETS = [name for name, family in FAMILIES.items() if hasattr(family.spec, "_dims")]
UNLABELLED = [name for name in NETS if "unlabelled_batch" in FAMILIES[name].spec.model_fields]


def case(name: str, n: int, replicas: int = 1, twin: bool = False, **values: Any) -> Case:
    settings = {key.replace("__", "."): value for key, value in values.items()}
    return {"values": {"learner.name": name, "data.n": n, **settings}, "replicas": replicas, "twin": twin}


FORESTS = ("RandomForestClassifier", "ExtraTreesClassifier", "BaggingClassifier")
"""Of which each replica grows trees of its own."""
CASES = [
    # many replicas of every family
    *(case(n, 2000, 512, **FEW) for n in FAMILIES if n not in FORESTS),
    *(case(n, 1000, 128) for n in FORESTS if n != "BaggingClassifier"),
    case("BaggingClassifier", 20_000, 16, **NOISY),
    # full batches of unlabelled points
    *(case(n, 60_000, **FEW, **TRAIN_ALONE, learner__unlabelled_batch="full") for n in UNLABELLED),
    # what contrasts each point of a batch with each
    case("simclr", 2500, **FEW, **TRAIN_ALONE, training__batch_size="full"),
    case("contrastive-walks", 2000, 32, **FEW, **TRAIN_ALONE, training__batch_size=256),
    # what else nets can be given too much of
    case("vat", 400, 48, learner__hidden=[256] * 3),
    case("mixmatch", 5000, 64, **FEW, **TRAIN_ALONE, learner__unlabelled_batch=4000),
    case("mlp", 100, 64, **TRAIN_ALONE, learner__hidden=[256] * 3, training__optimiser="sgd"),
    case("mlp", 40_000, **TRAIN_ALONE, learner__hidden=[256] * 3, training__batch_size="full"),
    case("mlp", 1000, 32, **TRAIN_ALONE, learner__hidden=[256] * 3, learner__dropout=0.3, training__batch_size="full"),
    case("mlp", 20_000, 32, **TRAIN_ALONE, learner__robust="pgd", learner__robust_steps=1, training__batch_size="full"),
    case("mlp", 40_000, **TRAIN_ALONE, **TRADES, learner__hidden=[256] * 3, training__batch_size="full"),
    case("mlp", 4000, 32, **TRAIN_ALONE, **TRADES, training__batch_size="full") | {"width": 100},
    case("mlp", 20_000, learner__fourier=256),
    case("logistic", 20_000, 64, data__test=0.4, data__validation=0.4),
    case("logistic", 20_000, 16, True, data__test=0.4, data__validation=0.4, poison__count=100),
    case("logistic", 2000, 512, data__name="digits"),
    case("logistic", 2000, 256, poison__count=100, poison__attack="copies", training__batch_size=1),
    # and each of the others
    case("label-spreading", 2900, **FEW, **TRAIN_ALONE, learner__kernel="rbf"),
    case("label-propagation", 5900, **FEW, **TRAIN_ALONE, learner__kernel="rbf"),
    case("label-spreading", 30_000, **FEW, **TRAIN_ALONE, learner__neighbours=50),
    case("laprls", 1900, **TRAIN_ALONE),
    case("laprls", 3000, **TRAIN_ALONE),
    case("laprls", 3000, **TRAIN_ALONE, learner__gamma=1000.0),
    case("laprls", 20_000, **TRAIN_ALONE, data__labels_per_class=100),
    case("KNeighborsClassifier", 20_000, learner__n_neighbors=200),
    case("KNeighborsClassifier", 20_000, 48, True, poison__count=100, poison__attack="copies"),
    case("SVC", 10_000, **NOISY, **TRAIN_ALONE),
    case("RandomForestClassifier", 50_000, **NOISY, **TRAIN_ALONE),
    case("RandomForestClassifier", 5000, 8, **NOISY),
    case("GaussianProcessClassifier", 2000, **TRAIN_ALONE),
    case("GradientBoostingClassifier", 2000, 32, **NOISY, learner__subsample=0.5, learner__max_depth=10),
    case("random-features", 10_000, **TRAIN_ALONE, learner__features=800),
    case("random-features", 500, 16, learner__features=10_000),
    case("distillation", 2000, 64, learner__auxiliary=256, learner__noise_batch=2000),
    case("dpa", 20_000, 8, learner__parts=1000),
    case("dpa", 20_000, 8, **NOISY, learner__parts=500, learner__base="tree"),
    # inputs of other widths
    case("mlp", 10_000) | {"width": 500},
    case("mlp", 10_000, 8, learner__fourier=64, data__input_scale="domain") | {"width": 500},
    case("mlp", 10_000, training__batch_size="full") | {"width": 500},
    case("fixmatch", 10_000, **FEW) | {"width": 500},
    case("fixmatch", 1000, 64, **FEW) | {"width": 500},
    case("vat", 2000, **FEW, learner__unlabelled_batch="full") | {"width": 2000},
    case("KNeighborsClassifier", 10_000, 8) | {"width": 100},
    case("KNeighborsClassifier", 2000, 16, True, poison__count=100) | {"width": 500},
    case("label-spreading", 1000, 8, **FEW) | {"width": 500},
    # replicas that see different points
    case("logistic", 2000, 500, training__batch_size="full") | {"who": "leave one out"},
    case("logistic", 1000, 1000) | {"who": "bootstrap"},
    case("logistic", 1000, 1000) | {"who": "effect map"},
    case("fixmatch", 2000, 300, **FEW) | {"who": "leave one out"},
    case("KNeighborsClassifier", 2000, 500) | {"who": "leave one out"},
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process")
def test_estimates_are_within_a_factor_of_two():
    wrong = {}
    for one, measured in zip(CASES, peaks(CASES), strict=True):
        scenario = Scenario().with_values({"training.evaluate_every": 2, **one["values"]})
        scene = scene_of(one, scenario)
        if (replicas := who(one, scene)) is None:
            needs = memory_needed(scenario, scene, one["replicas"], 1 + one["twin"], 4)
        else:
            runs = -(-len(replicas) // replicas.sights)
            own = len(replicas.extra or ())
            needs = memory_needed(scenario, scene, runs, replicas.sights, 4, own, apart=replicas.apart)
        factor = sum(needs.values()) / measured
        if not 0.5 <= factor <= 2.0:
            wrong[f"{one}: {measured / 1e6:.0f} MB"] = f"{factor:.2f}"
    assert wrong == {}
