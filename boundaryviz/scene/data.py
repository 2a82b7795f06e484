"""From a data set's name and settings to a scene: drawing, splitting, noise and the label budget."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator

from boundaryviz.scene.axes import as_seen
from boundaryviz.scene.cue import with_cue
from boundaryviz.scene.datasets import DATASETS, Dataset, Draw, Responses
from boundaryviz.scene.label_noise import LabelNoise
from boundaryviz.scene.lift import lifted
from boundaryviz.scene.responses import signs
from boundaryviz.scene.rules import Rule
from boundaryviz.scene.scaling import InputScale
from boundaryviz.scene.scene import UNLABELLED, Domain, Points, Scene, Split
from boundaryviz.scene.specs import Spec, setting
from boundaryviz.scene.splits import Shuffles

OWN = "points"
"""The name of data that is points of one's own, and not drawn from a data set; see `own_points`."""


class DataSpec(Spec):
    """Which data set, how much of it, and what is done to its labels and places."""

    name: str = setting("moons", "Data set", "Where the points come from.", resets=True)
    n: Annotated[int, Field(ge=10, le=100_000)] | Literal["all"] = setting(
        500, "Training points", "How many points the model learns from; validation and test come on top.", log=True
    )
    pool: int | None = setting(
        None, "Drawn from", "Draw so many training points and keep only the number above, with the validation and test "
        "points of all: for learning curves, on which sets grow and nothing else changes. Empty draws that number.",
        ge=10, le=100_000, log=True, advanced=True, since=5,
    )  # fmt: skip
    noise: float | None = setting(
        None, "Noise", "The data set's own noise, in its own units; empty takes its default.", ge=0.0, le=1.0
    )
    jitter: float = setting(
        0.0, "Position noise", "Standard deviation of a Gaussian push added to every point, labels unchanged.",
        ge=0.0, le=5.0, advanced=True,
    )  # fmt: skip
    labels: Literal["given", "rule"] = setting(
        "given", "Labels by", "What says the class of a point: the data set, or the rule written by hand. Position "
        "noise and label noise act on top.", advanced=True, choices={"given": "the data", "rule": "the rule"}, since=5,
    )  # fmt: skip
    label_noise: float = setting(
        0.0, "Label noise", "Share of training and validation labels replaced by another class; test stays clean, "
        "unless the noise is on all points.", ge=0.0, le=1.0,
    )  # fmt: skip
    label_noise_on: Literal["learning", "all"] = setting(
        "learning", "Label noise on", "Whether test labels are as noisy as those that are learnt from, so that errors "
        "on them can be compared.", advanced=True, since=5,
        choices={"learning": "training and validation", "all": "test as well"},
    )  # fmt: skip
    balance: float | None = setting(
        None, "Share of class 0", "Share of the points that belong to the first class; empty keeps the data set's own.",
        ge=0.02, le=0.98, advanced=True,
    )  # fmt: skip
    labels_per_class: int | Literal["all"] = setting(
        "all", "Labels per class", "How many training points of each class keep their label; the others lose it."
    )
    labels_at: Literal["random", "centres"] = setting(
        "random", "Labels at", "Which points keep their label: any, or those nearest to the mean of their class.",
        choices={"random": "random points", "centres": "the centres"},
    )  # fmt: skip
    splits: Literal["given", "drawn"] = setting(
        "given", "Splits", "Which of your own points train: as they came, or shared out class by class, by "
        "the shares below.", advanced=True, choices={"given": "as they came", "drawn": "shared out"},
    )  # fmt: skip
    validation: float = setting(
        0.2, "Validation share", "Share of all points held out to watch overfitting.", ge=0.0, le=0.45, advanced=True
    )
    test: float = setting(
        0.3, "Test share", "Share of all points kept for the final error.", ge=0.0, le=0.45, advanced=True
    )
    seed: int = setting(0, "Data seed", "The same seed draws the same points.", ge=0, le=2**31 - 1)
    lift: int | None = setting(
        None, "Lifted into", "Give each point so many inputs: the plane lies among them at random angles, with all "
        "distances as they are, and stays what is shown. 2 is the plane itself, and so is no number.",
        ge=2, le=500, log=True, resets=True, since=6,
    )  # fmt: skip
    lift_noise: float = setting(
        0.02, "Noise off the plane", "Standard deviation of a Gaussian push along each direction in which lifted "
        "points can leave the plane.", ge=0.0, le=5.0, advanced=True, since=6,
    )  # fmt: skip
    cue: float | None = setting(
        None, "Fragile input", "Give each point one more input that tells its class: so far below 0 for the first, so "
        "far above for the last. It is useful, and a push of twice its size turns it. Empty for none.",
        gt=0.0, le=5.0, log=True, advanced=True, resets=True, since=7,
    )  # fmt: skip
    cue_agrees: float = setting(
        0.95, "Points whose fragile input is right", "Share of the points of which the fragile input tells the right "
        "class; of the others it tells another one.", ge=0.0, le=1.0, advanced=True, since=7,
    )  # fmt: skip
    input_scale: InputScale = setting(
        "as-is", "Input scale", "How every learner is given the points: in the units they come in, with mean 0 and "
        "standard deviation 1 along each axis, or with the domain as [-1, 1]. Widths, jitters and penalties of a "
        "learner are then in these units. The points themselves stay as they are.",
        choices={"as-is": "as it is", "standardised": "standardised", "domain": "to [-1, 1]"}, resets=True,
    )  # fmt: skip

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in DATASETS and name != OWN:
            raise ValueError(f"unknown data set {name!r}; there are: {', '.join(DATASETS)}")
        return name

    @field_validator("lift")
    @classmethod
    def _into_more(cls, lift: int | None) -> int | None:
        """Two inputs are the plane itself, which earlier versions know as no lift."""
        return None if lift == 2 else lift

    @field_validator("labels_per_class")
    @classmethod
    def _budget(cls, budget: int | str) -> int | str:
        if isinstance(budget, int) and budget < 0:
            raise ValueError("labels per class is a number from 0 up, or 'all'")
        return budget

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.n == "all" and self.name != OWN:
            raise ValueError("a data set is drawn and needs a number of training points; 'all' is for your own points")
        if self.pool is not None and self.name == OWN:
            raise ValueError("your own points are not drawn; n alone says how many of them are learnt from")
        if self.pool is not None and isinstance(self.n, int) and self.pool < self.n:
            raise ValueError(f"{self.n} training points cannot be kept of the {self.pool} that pool draws")
        if self.cue is not None and self.name == OWN:
            raise ValueError("your own points keep the inputs that they came with; cue is for data sets")
        if self.lift is not None and self.name == OWN:
            raise ValueError("your own points keep the inputs that they came with; lift is for data sets")
        if self.lift is not None and (many := int(self.pool or self.n) * self.lift) > MOST_LIFTED:
            raise ValueError(
                f"{many:,} inputs of lifted training points are too many; at most {MOST_LIFTED:,}. Lower n or lift"
            )
        return self


MOST_LIFTED = 10_000_000
"""Inputs of all training points of a lifted data set together."""

NO_RULE = "there is no rule to label by; write one, such as rule = 'y > sin(3 x)', or set data.labels to given"

KEEPS_POINTS = frozenset({"data.input_scale"})
"""The settings of the data that draw no points: whoever changes them keeps the points that are there."""

OWN_POINTS = DataSpec(name=OWN, n="all", input_scale="standardised")
"""Points of one's own, as they came, in whatever units their owner measures in."""


def before_any(spec: DataSpec) -> DataSpec:
    """The settings of points of one's own as they are before any of them has acted on the points."""
    return DataSpec(name=OWN, n="all", seed=spec.seed, input_scale=spec.input_scale)


class Purpose(IntEnum):
    """Keys of the random streams, so that one setting never shifts another's numbers."""

    DRAW = 1
    ORDER = 2
    JITTER = 3
    LABEL_NOISE = 4
    BUDGET = 5
    SAMPLE = 6
    NEW_LABEL = 7
    TEST_NOISE = 8
    LIFT = 9
    CUE = 10


def _rng(spec: DataSpec, purpose: Purpose) -> np.random.Generator:
    return np.random.default_rng([spec.seed, purpose])


def build(spec: DataSpec, rule: Rule | None = None) -> Scene:
    """Draw the scene that `spec` describes: training, then validation, then test points.

    rule: what says the labels where `spec.labels` asks for it: points of which it says no class are unlabelled.
    Raises ValueError for `points`, the name of data that is kept as points and not drawn, or for want of a rule.
    """
    if spec.name == OWN:
        raise ValueError("data named 'points' is kept as points; there is nothing to draw")
    source = DATASETS[spec.name]
    xy, drawn, split = _draw(source, spec)
    label, classes, class_names = _classes(drawn), source.classes, source.class_names
    response = drawn if source.responses is not None else None
    if spec.labels == "rule":  # which speaks of classes alone
        asked, response = wanted(rule), None
        label, class_names = asked.classes_at(xy).astype(np.int64), ()
        classes = asked.classes(source.domain or Domain.around(xy), xy)
    rng = _rng(spec, Purpose.JITTER)
    xy = xy + spec.jitter * rng.standard_normal(xy.shape)
    true = label
    label = _flip(label, split != Split.TEST, spec.label_noise, classes, _rng(spec, Purpose.LABEL_NOISE))
    if spec.label_noise_on == "all":
        label = _flip(label, split == Split.TEST, spec.label_noise, classes, _rng(spec, Purpose.TEST_NOISE))
    if response is not None:
        response = np.where(label == true, drawn, -drawn)
    domain = source.domain or Domain.around(xy)
    if spec.pool is not None:
        kept = (split != Split.TRAIN) | (np.cumsum(split == Split.TRAIN) <= spec.n)
        xy, label, true, split = xy[kept], label[kept], true[kept], split[kept]
        response = None if response is None else response[kept]
    noise = LabelNoise.between(np.arange(len(xy)), true, label)
    if spec.labels_at == "centres" and spec.labels_per_class != "all":
        label = keep_central(as_seen(xy, domain.stretch), label, split, spec.labels_per_class)
    else:
        label = keep_labels(label, split, spec.labels_per_class, _rng(spec, Purpose.BUDGET))
    points = Points.of(xy, label, split).with_columns(response=response)
    scene = Scene(points, domain, classes, class_names, source.axis_names, noise=noise)
    if spec.lift is not None:
        scene = lifted(scene, spec.lift, spec.lift_noise, _rng(spec, Purpose.LIFT))
    if spec.cue is not None:
        scene = with_cue(scene, true, spec.cue, spec.cue_agrees, _rng(spec, Purpose.CUE))
    return scene


def wanted(rule: Rule | None) -> Rule:
    """The rule that is to say the labels. Raises ValueError where there is none."""
    if rule is None:
        raise ValueError(f"data.labels: {NO_RULE}")
    return rule


def _classes(drawn: NDArray) -> NDArray[np.int64]:
    """The classes of labels, or of responses."""
    return signs(drawn) if np.issubdtype(drawn.dtype, np.floating) else drawn


def _draw(source: Dataset, spec: DataSpec) -> tuple[NDArray, NDArray, NDArray]:
    """Places, labels or responses, and splits: `spec.n` training points, or the whole pool, and the held-out shares on
    top of them.

    A finite table that holds fewer is shared out whole, in the same proportions.
    """
    noise = source.noise.default if spec.noise is None else spec.noise
    rng = _rng(spec, Purpose.DRAW)
    train = int(spec.pool or spec.n)  # which is a number here
    total = train / (1.0 - spec.validation - spec.test)
    validation, test = round(total * spec.validation), round(total * spec.test)
    shifted = test if source.draw_test is not None else 0
    xy, label = _balanced(
        source, source.responses or source.draw, train + validation + test - shifted, noise, spec.balance, rng
    )
    if len(xy) + shifted < train + validation + test:
        validation, test = round(len(xy) * spec.validation), round(len(xy) * spec.test)
        train = len(xy) - validation - test
    order = _rng(spec, Purpose.ORDER).permutation(len(xy))
    xy, label = xy[order], label[order]
    if source.draw_test is not None:
        test_xy, test_label = _balanced(source, source.draw_test, shifted, noise, spec.balance, rng)
        xy, label = np.concatenate([xy, test_xy]), np.concatenate([label, test_label])
    return xy, label, np.repeat([Split.TRAIN, Split.VALIDATION, Split.TEST], [train, validation, test])


def _balanced(
    source: Dataset, draw: Draw | Responses, n: int, noise: float, balance: float | None, rng: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Draw n points; with a `balance`, draw more and keep the share of class 0 that was asked for.

    Raises ValueError where a data set hardly ever draws one of its classes.
    """
    if balance is None or n == 0:
        return draw(n, noise, rng)
    wanted = round(n * balance)
    for doublings in range(1, 8):
        asked = n * 2**doublings
        xy, label = draw(asked, noise, rng)
        order = rng.permutation(len(xy))
        kind = _classes(label)[order]
        first, rest = order[kind == 0], order[kind != 0]
        if len(xy) < asked or (len(first) >= wanted and len(rest) >= n - wanted):
            break
    else:
        raise ValueError(f"data.balance: {source.name} at noise {noise:g} draws too few points of one class")
    # a table keeps the ratio with what it has
    scale = min([1.0, *(len(had) / of for had, of in ((first, wanted), (rest, n - wanted)) if of)])
    kept = np.concatenate([first[: round(wanted * scale)], rest[: round((n - wanted) * scale)]])
    return xy[kept], label[kept]


def _flip(label: NDArray, where: NDArray, share: float, classes: int, rng: np.random.Generator) -> NDArray:
    """Replace exactly round(share * count) of the labels under `where` by a uniformly drawn other class; points without
    a label stay so."""
    candidates = rng.permutation(np.flatnonzero(where & (label != UNLABELLED)))
    chosen = candidates[: round(share * len(candidates))]
    flipped = label.copy()
    flipped[chosen] = (label[chosen] + rng.integers(1, classes, len(chosen))) % classes
    return flipped


def keep_labels(label: NDArray, split: NDArray, budget: int | Literal["all"], rng: Shuffles) -> NDArray:
    """Keep `budget` training labels of each class, chosen at random; the others become -1."""
    if budget == "all":
        return label
    kept = label.copy()
    for k in np.unique(label):
        members = rng.permutation(np.flatnonzero((label == k) & (split == Split.TRAIN)))
        kept[members[budget:]] = UNLABELLED
    return kept


def keep_central(xy: NDArray, label: NDArray, split: NDArray, budget: int) -> NDArray:
    """Keep the labels of the `budget` training points of each class that are nearest to its mean.

    xy: (N, 2), `as_seen`.
    """
    kept = label.copy()
    for k in np.unique(label):
        members = np.flatnonzero((label == k) & (split == Split.TRAIN))
        far = ((xy[members] - xy[members].mean(axis=0)) ** 2).sum(axis=1) if len(members) else members
        kept[members[np.argsort(far, kind="stable")[budget:]]] = UNLABELLED
    return kept
