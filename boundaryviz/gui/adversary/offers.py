"""Which attacks that train there are for a learner: by group, each with what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from boundaryviz.attacks.trained.specs import METHODS, TrainedAttackSettings
from boundaryviz.learners.specs import FAMILIES, LearnerSpec
from boundaryviz.scenario.scenario import Scenario

GROUPS = {"svm": "For support vector machines", "net": "For nets and logistic regression", "any": "For any learner"}


@dataclass(frozen=True)
class Offer:
    """An attack. unfit: why it does not work with the learner, and what works instead; empty where it does."""

    name: str
    title: str
    summary: str
    unfit: str


def offers(
    learner: LearnerSpec, methods: Mapping[str, type[TrainedAttackSettings]] = METHODS
) -> dict[str, list[Offer]]:
    """The attacks by the words of their group, in the order of `GROUPS`; groups without any are left out."""
    found: dict[str, list[Offer]] = {words: [] for words in GROUPS.values()}
    for name, method in methods.items():
        summary = " ".join((method.__doc__ or "").split())
        found[GROUPS[method.GROUP]].append(Offer(name, method.TITLE, summary, method.unfit(learner)))
    return {words: listed for words, listed in found.items() if listed}


def usual(scenario: Scenario, methods: Mapping[str, type[TrainedAttackSettings]] = METHODS) -> TrainedAttackSettings:
    """The attack that a scenario names, or else the first that works with its learner, those made for it first."""
    return scenario.adversary or methods[_first(offers(scenario.learner, methods))]()


def unfit(attack: TrainedAttackSettings, learner: LearnerSpec) -> str:
    """Why an attack does not work with a learner, or with the one that it trains in its place; empty where it works."""
    return type(attack).unfit(FAMILIES[attack.surrogate].spec() if attack.surrogate else learner)


def _first(listed: Mapping[str, list[Offer]]) -> str:
    fit = [offer.name for offer in _all(listed) if not offer.unfit]
    return (fit or [offer.name for offer in _all(listed)])[0]


def _all(listed: Mapping[str, list[Offer]]) -> Iterator[Offer]:
    for group in listed.values():
        yield from group
