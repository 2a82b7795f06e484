"""What the program is told of steps of semi-supervised nets: see `fields`, which says it for supervised ones.

Free of numba and torch.
"""

from __future__ import annotations

LABELS, OWN_LABELS, AGREEMENT, AVERAGE, WORST_PUSH, LABELS_OF_WEAK, LABELS_BY_CLASS, SHARPENED = range(8)
"""What is taught on some columns."""
TASKS = {
    "pseudo-label": OWN_LABELS, "pi-model": AGREEMENT, "mean-teacher": AGREEMENT, "temporal-ensembling": AVERAGE,
    "vat": WORST_PUSH, "fixmatch": LABELS_OF_WEAK, "flexmatch": LABELS_BY_CLASS, "uda": SHARPENED,
}  # fmt: skip
"""Of each method on the unlabelled columns; labelled ones are taught LABELS."""

(
    STEPS, REPLICAS,  # how many
    # the net: LAYERS + 1 sizes, int64, at DIMS, and how many PARAMETERS come of them
    LAYERS, DIMS, PARAMETERS, ACTIVATION,
    # parameters (R, n), their moving average or 0 for none, and the optimiser's slots, all float32 and of one shape
    P, TEACHER, FIRST, SECOND,
    WEIGHS,  # float32 (n,), 1 of a weight
    OPTIMISER, RATE, POWERS, DECAY, L1, L2,  # as in `fields`, but RATE the number itself
    # the method's: jitter of labelled columns, of those the net is asked about, and of those it is taught on
    TASK, LABELLED_JITTER, ASKED_JITTER, TAUGHT_JITTER, THRESHOLD, TEMPERATURE, PROBE, PUSH, ENTROPY, ITERATIONS, KEPT,
    # what is remembered of points, of each replica for POINTS and one more; SEEN bool (R, POINTS), who counts
    POINTS, MEMORY, SEEN,
    RISEN, SHARES,  # float32 (steps,): the weight of the unlabelled, and how much the teacher takes in
    GROUPS, TABLE,  # so many groups of columns a step, at most, and where there are GROUP numbers of each
    SPACE,  # to work in, see `room`
    FIELDS,
) = range(37)  # fmt: skip

(
    COLUMNS,  # how many, 0 for no group
    SOME, COUNT,  # the first replica that sees any, and how many there are from there on
    TAUGHT,  # what is taught on them
    # ROWS of EACH so many numbers, float32: the inputs of a point and what is taught of it; int64 (R, B) which of them
    # the columns are, and how far replicas lie apart, 0 where they share them
    ROWS, EACH, WHERE, WHERE_APART,
    WEIGHT,  # float32 (R, B)
    SLOT, SLOT_APART,  # int64 (R, B): places in what is remembered
    # noise (rows, jitters F, B), float32, and int64 (R,) which row each has; 0 for none
    NOISE, NOISE_APART, WHICH,
    GROUP,
) = range(15)  # fmt: skip
"""Of some columns of one step, all labelled or all unlabelled, all clean or all poison."""


def room(dims: tuple[int, ...], parameters: int, block: int) -> int:
    """Floats that a step takes to work in, with so many columns at a time."""
    inputs, classes, spare = dims[0], dims[-1], 64
    return block * (3 * sum(dims) + max(dims) + 2 * classes + 2 + inputs) + parameters + 3 * classes + spare
