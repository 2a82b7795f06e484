"""What the program is told of a job: one array of 64-bit numbers, each in a place of its own. Free of numba and torch.

Addresses are of arrays that stay where they are while the program works. Numbers in single precision are told as their
bits.
"""

from __future__ import annotations

BLOCK = 64
"""Columns that are worked on at a time: more of them do not fit the cache beside a layer of some 64 units."""

TANH, RELU, SIGMOID, GELU, SINE, LINEAR = range(6)
ACTIVATIONS = {"tanh": TANH, "relu": RELU, "sigmoid": SIGMOID, "gelu": GELU, "sine": SINE, "linear": LINEAR}
CROSS_ENTROPY, FOCAL, GENERALISED, ABSOLUTE, SQUARED, HINGE = range(6)
LOSSES = {
    "cross-entropy": CROSS_ENTROPY, "focal": FOCAL, "generalised": GENERALISED, "absolute": ABSOLUTE,
    "squared": SQUARED, "hinge": HINGE,
}  # fmt: skip
SGD, MOMENTUM, ADAM, ADAMW = range(4)
OPTIMISERS = {"sgd": SGD, "momentum": MOMENTUM, "adam": ADAM, "adamw": ADAMW}

FUNCTIONS = ("tanh", "exponential", "expm1", "logarithm", "logistic", "gelu", "sine_cosine")
"""What `functions.apply` knows, in its order."""

UNSEEN, CLEAN, LATE = range(3)
"""What a point is to a group: without a place, clean, or poison, which comes after the clean columns."""

UNITS, INPUTS, WEIGHT, BIAS, ACTIVE, SLOPE, LAYER = range(7)
"""What is told of a layer, LAYER numbers: how many units and inputs, where weights and biases begin among the
parameters, in floats, and where there is room for its activations (outputs of the last), and their slopes."""

(
    STEPS,  # how many to do
    DONE,  # how many were done before
    # the net: LAYERS of them, each with LAYER numbers at NET
    LAYERS, NET, PARAMETERS, ACTIVATION, LOSS, SQUASH, GAMMA,
    # parameters (R, n), float32, and the optimiser's slots of the same shape; 1 of a weight, float32 (n,)
    P, FIRST, SECOND, WEIGHS, OPTIMISER,
    RATE,  # float32, one
    POWERS,  # float32 (2,), Adam's betas to the power of the steps done
    DECAY, L1, L2,  # momentum and penalties
    # dropout: ALIVE is 1 / (1 - rate), STARTS uint64 (R,)
    DROPS, LEAST, ALIVE, STARTS,
    # the points: ROWS of inputs and targets, float32 (n, F + K), the first COUNT shared and then SLOTS of each replica
    ROWS, COUNT, SLOTS,
    # those with a place, M: IDS and PLACES among the rows, int64 (M,); SEEN float32 (R, M), how much each counts
    POOL, IDS, PLACES, SEEN,
    # groups of replicas that are dealt the same: MEMBERS int64 (R,), from BEGINS int64 (G + 1,) on
    GROUPS, BEGINS, MEMBERS,
    KEYS,  # uint64 (G,): of the seed and what orders are for
    KINDS,  # uint8 (G, M)
    CLEANS, HAS_SEVERAL,  # int64 (G,): clean points; whether these are more than a batch
    SIZE,  # columns of a batch
    EPOCHS, BATCHES,  # int64 (R,): epoch, and batch in it
    IDLE,  # uint8 (R,): who sees nothing and is held still
    # what was dealt, of each group: ORDER int32 (G, M), of poison ~position; then int64 (G,): which epoch it is, -1 for
    # none, how many have a place, and up to which position, and which batch, it has been walked
    ORDER, ORDERED, PLACED, CURSOR, WALKED,
    # room to work in
    HELD, HASHES, BUCKETS, FOUND, SHARES, COLUMNS, BACK, FORTH, SPARE, GRADIENT,
    FIELDS,
) = range(57)  # fmt: skip
