"""What the audit looks at: drawn scenes, every learner small, every attack, and the sessions that train them.

A case is drawn once, and every property looks at the same sessions of it, so that a case costs few trainings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from boundaryviz.attacks.placement import inject
from boundaryviz.attacks.specs import ATTACKS
from boundaryviz.defences import DEFENCES
from boundaryviz.engine.messages import CURVES
from boundaryviz.engine.replicas import Replicas
from boundaryviz.engine.session import Session
from boundaryviz.learners.families.graphs import PathSpec
from boundaryviz.learners.families.scikit_learn import table
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.learners.training_spec import TrainingSpec
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.keyed import key
from boundaryviz.scene.scaling import InputScale
from boundaryviz.scene.scene import UNLABELLED, Domain, Points, Scene, Split
from boundaryviz.scene.section import Section

EXACT = 2.0**-20
"""Coordinates are multiples of it, so that they are exact when they are shifted far."""

_SMALL = {
    "hidden": (8, 8), "unlabelled_batch": 16, "ramp_up": 0, "threshold": 0.55, "n_estimators": 5, "k_best": 3,
    "max_iter": 50,
}  # fmt: skip


def small(name: str, **settings: Any) -> Any:
    """The settings of a learner that trains quickly, its unlabelled points acting from the first step on."""
    spec: Any = FAMILIES[name].spec
    mine = {key: value for key, value in _SMALL.items() if key in spec.model_fields}
    return spec(**mine | settings)


def learners() -> dict[str, Any]:
    """Every family, and settings that take other ways through the code."""
    more = {
        "mlp dropout": small("mlp", dropout=0.3, activation="relu"),
        "mlp squared": small("mlp", loss="squared", output="tanh"),
        "logistic hinge": small("logistic", loss="hinge", features=("x", "y", "xy")),
        "spreading rbf": small("label-spreading", kernel="rbf", gamma=20.0),
        "propagation rbf": small("label-propagation", kernel="rbf", gamma=1000.0),
        "spreading both ways": small("label-spreading", both_ways=True),
        "self-training knn": small("self-training", base="knn"),
        "neighbours by distance": small("KNeighborsClassifier", weights="distance"),
        "SVC of a number": small("SVC", gamma=2.0),
    }
    return {name: small(name) for name in FAMILIES} | more


def attacks() -> dict[str, Any]:
    """Every attack, and settings of those that place other kinds of points."""
    copies: Any = ATTACKS["copies"]
    flip: Any = ATTACKS["flip"]
    more = {
        "copies unlabelled": copies(count=9, labelled=False, jitter=0.1),
        "flip at random": flip(count=9, choose="random"),
        "flip everything": flip(count=10_000, choose="random"),
    }
    return {name: attack(count=9) for name, attack in ATTACKS.items()} | more


def defences() -> list[Any]:
    """Every filter, for few points: with few neighbours, and little that is trained."""
    few: dict[str, Any] = {"neighbours": 3, "rounds": 1, "trained": 8, "asked": 10}
    return [
        spec(**{name: value for name, value in few.items() if name in spec.model_fields}) for spec in DEFENCES.values()
    ]


@dataclass(frozen=True)
class Recipe:
    """How a scene is drawn. n: training points. labels: of each class, None for all. held: validation and test points.

    muted: of the training points, every so many. by_hand: whether there is poison in every split beside the attack's,
    labelled and unlabelled, in a group of its own. inputs: how many a point has, 2 for places.
    """

    n: int = 40
    classes: int = 2
    labels: int | None = 4
    held: int = 12
    muted: int = 0
    by_hand: bool = False
    inputs: int = 2
    seed: int = 0


def exact(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """The nearest multiples of `EXACT`."""
    return np.round(xy / EXACT) * EXACT


def drawn(recipe: Recipe) -> Scene:
    """Blobs that overlap on a domain of its own, whose centre they do not share, without poison."""
    rng = np.random.default_rng([recipe.seed, recipe.n, recipe.classes])
    total = recipe.n + 2 * recipe.held
    label = np.arange(total) % recipe.classes
    angle = 2 * np.pi * label / recipe.classes
    xy = exact(np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.5 * rng.standard_normal((total, 2)))
    split = np.repeat([Split.TRAIN, Split.VALIDATION, Split.TEST], [recipe.n, recipe.held, recipe.held])
    shown = label.copy()
    if recipe.labels is not None:
        shown[np.flatnonzero(split == Split.TRAIN)[recipe.labels * recipe.classes :]] = UNLABELLED
    points = Points.of(xy, shown, split)
    if recipe.muted:
        points = points.with_columns(muted=(np.arange(total) % recipe.muted == 1) & (split == Split.TRAIN))
    scene = Scene(points, Domain(-4.0, 5.0, -6.0, 4.0), recipe.classes)
    return widened(scene, recipe.inputs) if recipe.inputs != 2 else scene


def widened(scene: Scene, inputs: int) -> Scene:
    """The same points with more inputs, of which the plane shows the first two."""
    rng = np.random.default_rng(inputs)
    x = np.concatenate([scene.points.xy, exact(rng.standard_normal((len(scene.points), inputs - 2)))], axis=1)
    axes = np.eye(inputs)[:2]
    section = Section(np.zeros(inputs), axes, np.full(inputs, -4.0), np.arange(4.0, 4.0 + inputs, dtype=np.float64))
    return replace(scene, points=scene.points.with_columns(inputs=x), section=section)


def by_hand(scene: Scene, group: int = 3) -> Scene:
    """With poison in every split, one point labelled and one not, of a group of its own."""
    split = np.repeat(list(Split), 2)
    xy = exact(np.stack([np.linspace(-1.5, 1.5, 6), np.linspace(1.0, -1.0, 6)], axis=1))
    mine = Points.of(xy, np.tile([1, UNLABELLED], 3), split, group, scene.points.next_id)
    return replace(scene, points=Points.join(scene.points, scene.completed(mine)))


@dataclass(frozen=True, eq=False)
class Case:
    """A learner, an attack and a scene, and how it is trained. filter: its defence, default somebody's."""

    learner: Any
    attack: Any
    recipe: Recipe = Recipe()
    batch: int | Literal["full"] = 16
    steps: int = 6
    seeds: tuple[int, ...] = (3,)
    scale: InputScale = "as-is"
    filter: str = ""

    def __repr__(self) -> str:
        settings = self.learner.model_dump(exclude_defaults=True) | {"name": self.learner.name}
        attack = self.attack.model_dump(exclude_defaults=True) | {"attack": self.attack.attack}
        how = f"batch={self.batch!r}, steps={self.steps}, {self.seeds}, {self.scale!r}"
        return f"Case({settings}, {attack}, {self.recipe}, {how})"

    @cached_property
    def scenario(self) -> Scenario:
        training = TrainingSpec(batch_size=self.batch, learning_rate=0.05, evaluate_every=4, l2=1e-3)
        return Scenario(data=DataSpec(input_scale=self.scale), learner=self.learner, training=training)

    @cached_property
    def defence(self) -> Any:
        """One of the filters; each is somebody's."""
        kinds = [one for one in defences() if self.filter in ("", one.defence)]
        return kinds[key(*repr(self).encode()) % len(kinds)]

    @cached_property
    def defended(self) -> Scenario:
        """With that filter, which trains its models as long as the case is trained."""
        training = self.scenario.training.model_copy(update={"steps": self.steps})
        return self.scenario.model_copy(update={"training": training, "defence": self.defence})

    @cached_property
    def base(self) -> Scene:
        """The scene before anybody poisoned it."""
        return drawn(self.recipe)

    @cached_property
    def scene(self) -> Scene:
        """The scene with its poison, whose places are exact as well."""
        scene = inject(self.base, self.attack)
        if self.recipe.by_hand:
            scene = by_hand(scene)
        points = scene.points
        moved = points.with_columns(xy=exact(points.xy))
        return scene.with_points(moved if points.inputs is None else points.with_columns(inputs=exact(points.x)))

    def run(
        self,
        scene: Scene,
        twin: bool = False,
        seeds: Sequence[int] | None = None,
        replicas: Replicas | None = None,
        scenario: Scenario | None = None,
    ) -> Session:
        """A session after the steps."""
        chosen = None if replicas is not None else self.seeds if seeds is None else seeds
        session = Session(scenario or self.scenario, scene, chosen, twin, "cpu", replicas)
        session.step(self.steps)
        return session

    @cached_property
    def twins(self) -> Session:
        """A clean and a poisoned model of each seed."""
        return self.run(self.scene, twin=True)

    @cached_property
    def twice(self) -> Replicas:
        """As many poisoned models as twins are, so that the same kernels run, which round alike."""
        return Replicas(self.seeds * 2, (None,) * (2 * len(self.seeds)))

    @cached_property
    def places(self) -> NDArray[np.float64]:
        """Inputs at which models are compared: every point that anybody has, and some between."""
        around = self.base.embed(exact(Domain(-3.0, 3.0, -3.0, 3.0).grid(16, 16)))
        places = np.concatenate([self.base.points.x, around])
        return places[: len(places) // 64 * 64]  # whole vectors: what is left over is rounded by another routine


def thought(session: Session, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each replica has learnt, (R, anything): parameters, where there are any, and probabilities; -1 for NaN."""
    learner: Any = session.learner
    p = np.nan_to_num(learner.probabilities(places), nan=-1.0).reshape(len(session.replicas), -1).astype(np.float64)
    return np.concatenate([learner.P.double().numpy(), p], axis=1) if hasattr(learner, "P") else p


def measured(session: Session) -> NDArray[np.float64]:
    """What the curves say of each replica apart from poison, (R, 6): losses and errors of the splits."""
    kept = [k for k, name in enumerate(CURVES) if name not in ("poison_loss", "flip_rate")]
    return session.evaluate()[:, kept]


RECIPES = {
    "few labels": Recipe(),
    "every label": Recipe(labels=None),
    "no label": Recipe(labels=0, by_hand=True),
    "three classes": Recipe(classes=3, labels=3, muted=5, by_hand=True),
    "wide": Recipe(inputs=3),
}


SCALES: tuple[InputScale, ...] = ("as-is", "standardised", "as-is", "domain")


def sklearn_names() -> tuple[str, ...]:
    """scikit-learn's classifiers that have no family of their own, by its own names."""
    return tuple(name for name in table() if name not in {*FAMILIES})


def fits(learner: Any, recipe: Recipe) -> bool:
    """Whether the learner is for points with as many inputs."""
    return not learner.misfit(recipe.inputs)


@cache
def _taking_turns() -> tuple[tuple[Case, Case], ...]:
    """Every learner with an attack that adds points and with one that withdraws some; attacks and scenes take turns."""
    kinds, scenes = attacks(), [*RECIPES.values()]
    plain = [kind for kind in kinds.values() if not kind.STANDS_IN]
    flips = [kind for kind in kinds.values() if kind.STANDS_IN]
    found = []
    for k, learner in enumerate(learners().values()):
        two = []
        for turn, some in ((k, plain), (k + 1 + k // len(scenes), flips)):
            recipe = scenes[turn % len(scenes)]
            recipe = recipe if fits(learner, recipe) else scenes[0]
            scale = SCALES[turn % len(SCALES)]
            two.append(Case(learner, some[turn % len(some)], recipe, ("full", 7, 16)[turn % 3], scale=scale))
        found.append((two[0], two[1]))
    return tuple(found)


@cache
def _of_scikit_learn() -> tuple[Case, ...]:
    """A few of scikit-learn's classifiers."""
    flips = [kind for kind in attacks().values() if kind.STANDS_IN]
    names = [*enumerate(sklearn_names())][::5]
    return tuple(Case(small(name), flips[k % len(flips)], RECIPES["every label"]) for k, name in names)


def quick(turn: int) -> tuple[Case, ...]:
    """Every learner once, half of them beside an attack that withdraws points: the other half the next turn.

    Graphs both times: they are quick, and what only some scenes bring out in them is most of what there was to find.
    The same each time, and drawn once, as every property looks at the sessions of all of them.
    """
    found: list[Case] = []
    for k, two in enumerate(_taking_turns()):
        found += two if isinstance(two[0].learner, PathSpec) else (two[(turn + k) % 2],)
    return *found, *_of_scikit_learn()
