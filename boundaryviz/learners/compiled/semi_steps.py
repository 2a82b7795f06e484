"""Steps of semi-supervised nets in the compiled program: the arithmetic of `learners.semi` and `learners.methods`.

A step is worked on replica by replica: its labelled columns, its unlabelled ones, then its poison, a block of columns
at a time, so that what a net makes of them stays in the first-level cache. Each adds to the gradient, in the order of
its columns; where a replica sees none of them it is left out. So neither R nor the number of steps in a call, nor
whether others see poison, moves a bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from boundaryviz.learners.compiled import objectives
from boundaryviz.learners.compiled import semi_fields as f
from boundaryviz.learners.compiled.fields import BLOCK
from boundaryviz.learners.compiled.fields import MOMENTUM as WITH_MOMENTUM
from boundaryviz.learners.compiled.layers import activate, layer_slopes, multiply, shown_slopes, sums
from boundaryviz.learners.compiled.options import LANES, compiled
from boundaryviz.learners.compiled.supervised import number, padded, raised
from boundaryviz.learners.compiled.updates import update
from boundaryviz.learners.compiled.vectors import (
    float_at,
    fma,
    load,
    load_some,
    long_at,
    set_float,
    set_long,
    splat,
    store,
    store_some,
)

_VECTOR = 4 * LANES
_BETA_1, _BETA_2 = 0.9, 0.999
_ONE: Any = np.float32(1.0)


class _Net(NamedTuple):
    """A net and where its numbers go. p, gradient: the parameters of a replica and their slopes. shown: activations of
    every layer, the inputs first; rise: their slopes by their sums; g: the loss's by their sums; spare: room."""

    p: int
    gradient: int
    dims: int
    layers: int
    activation: int
    shown: int
    rise: int
    g: int
    spare: int


class _Block(NamedTuple):
    """Some columns of a group, `some` of them from `begin` on. rows, each, where, noise, slot: as of the group, of the
    replica. width: of the group. target, p (classes, columns), weight, which (columns,), d (inputs, columns): room."""

    rows: int
    each: int
    where: int
    noise: int
    slot: int
    width: int
    begin: int
    some: int
    columns: int
    target: int
    p: int
    weight: int
    which: int
    d: int


@compiled
def _forward(net: _Net, p: int, columns: int) -> int:
    """What the net with the parameters p makes of its inputs; the address of its outputs."""
    below, rise = net.shown, net.rise
    for layer in range(net.layers):
        inputs, units = long_at(net.dims, layer), long_at(net.dims, layer + 1)
        above = below + 4 * inputs * columns
        rise += 4 * inputs * columns
        sums(p, p + 4 * inputs * units, below, above, units, inputs, columns)
        if layer < net.layers - 1:
            activate(net.activation, above, above, rise, units * columns)
        p += 4 * (inputs + 1) * units
        below = above
    return below


@compiled
def _backward(net: _Net, outputs: int, columns: int, by_inputs: bool) -> None:
    """From the slopes by the outputs, at `outputs` in g, to those by the inputs, the first in g, or what is added to
    those by the parameters."""
    at, p = outputs, 0
    for layer in range(net.layers):
        p += 4 * (long_at(net.dims, layer) + 1) * long_at(net.dims, layer + 1)
    for layer in range(net.layers - 1, -1, -1):
        inputs, units = long_at(net.dims, layer), long_at(net.dims, layer + 1)
        p -= 4 * (inputs + 1) * units
        lower = at - 4 * inputs * columns
        if not by_inputs:
            weight, bias = net.gradient + p, net.gradient + p + 4 * inputs * units
            layer_slopes(net.g + at, net.shown + lower, weight, bias, units, inputs, columns, net.spare, True)
        if by_inputs or layer > 0:
            shown_slopes(net.p + p, net.g + at, net.g + lower, units, inputs, columns)
        if layer > 0:
            multiply(net.g + lower, net.rise + lower, inputs * columns)
        at = lower


@compiled
def _some(source: int, count: int, at: int) -> Any:
    """Sixteen of so many numbers from number `at` on, 0 beyond them."""
    return load(source + 4 * at) if at + LANES <= count else load_some(source + 4 * at, count - at)


@compiled
def _gathered(block: _Block, first: int, count: int, found: int) -> None:
    """So many numbers of each of the block's rows, from the first on, (count, columns); 0 beyond its columns."""
    if block.columns > block.some:
        for row in range(count):
            store(found + 4 * ((row + 1) * block.columns - LANES), splat(0.0))
    for k in range(block.some):
        source = block.rows + 4 * (block.each * long_at(block.where, block.begin + k) + first)
        for row in range(count):
            set_float(found, row * block.columns + k, float_at(source, row))


@compiled
def _jittered(net: _Net, block: _Block, jitter: int, deviation: float) -> None:
    """As `Columns.jittered`, as inputs of the net."""
    inputs = long_at(net.dims, 0)
    _gathered(block, 0, inputs, net.shown)
    if deviation == 0.0:
        return
    for row in range(inputs):
        noise = block.noise + 4 * ((jitter * inputs + row) * block.width + block.begin)
        for k in range(0, block.columns, LANES):
            at = net.shown + 4 * (row * block.columns + k)
            store(at, fma(_some(noise, block.some, k), deviation, load(at)))


@compiled
def _answers(net: _Net, p: int, block: _Block, found: int) -> int:
    """The probabilities (classes, columns) that the net with the parameters p gives its inputs; the address of its
    outputs, counted from the inputs."""
    outputs = _forward(net, p, block.columns)
    objectives.softmax(outputs, found, long_at(net.dims, net.layers), block.columns)
    return outputs - net.shown


@compiled
def _pushed(job: int, net: _Net, block: _Block, times: float) -> int:
    """VAT: the answers `p` to the worst push of the points, whose own answers are `target`; where the outputs are. The
    slopes of the entropy are added on the way."""
    inputs, classes, iterations = long_at(net.dims, 0), long_at(net.dims, net.layers), long_at(job, f.ITERATIONS)
    _jittered(net, block, 0, 0.0)
    out = _answers(net, net.p, block, block.target)
    if number(job, f.ENTROPY) != 0.0:
        share = times * number(job, f.ENTROPY)
        objectives.entropy(block.target, block.weight, share, net.g + out, classes, block.columns)
        _backward(net, out, block.columns, False)
    for row in range(inputs):
        noise = block.noise + 4 * (row * block.width + block.begin)
        for k in range(0, block.columns, LANES):
            store(net.g + 4 * (row * block.columns + k), _some(noise, block.some, k))
    for at in range(iterations + 1):
        objectives.unit(net.g, block.d, inputs, block.columns)
        length = number(job, f.PROBE) if at < iterations else number(job, f.PUSH)
        _jittered(net, block, 0, 0.0)
        for k in range(0, 4 * inputs * block.columns, _VECTOR):
            store(net.shown + k, fma(load(block.d + k), length, load(net.shown + k)))
        _answers(net, net.p, block, block.p)
        if at < iterations:
            objectives.divergence(block.target, block.p, net.g + out, classes, block.columns)
            _backward(net, out, block.columns, True)
    return out


@compiled
def _choose(block: _Block, chosen: int) -> None:
    """FlexMatch keeps the classes that are sure, of the points that are seen."""
    for k in range(block.some):
        which = float_at(block.which, k)
        if which >= 0.0:
            set_long(chosen, long_at(block.slot, block.begin + k), int(which))


@compiled
def _asked(job: int, net: _Net, p: int, block: _Block, task: int, thresholds: int, memory: int) -> None:
    """The targets of other columns than those that are taught, and of labels which of them are sure enough."""
    classes = long_at(net.dims, net.layers)
    _jittered(net, block, 1, number(job, f.ASKED_JITTER))
    out = _answers(net, p, block, block.target if task == f.AGREEMENT else block.p)
    if task == f.AGREEMENT:
        return
    objectives.confident(block.p, thresholds, block.target, block.weight, block.which, classes, block.columns)
    if task == f.LABELS_BY_CLASS:
        _choose(block, memory)
    elif task == f.SHARPENED:
        objectives.divide(net.shown + out, number(job, f.TEMPERATURE), classes * block.columns)
        objectives.softmax(net.shown + out, block.target, classes, block.columns)


@compiled
def _averaged(block: _Block, memory: int, points: int, classes: int, keep: float) -> None:
    """The targets of temporal ensembling, whose memory (classes + 1, points + 1) takes in the answers p: rows of the
    sums of each class, then that of the coefficients. A point that has no target yet loses its weight."""
    apart = points + 1
    for k in range(block.some):
        if float_at(block.weight, k) == 0.0:
            continue
        slot = long_at(block.slot, block.begin + k)
        total = float_at(memory, classes * apart + slot)
        for c in range(classes):
            here = c * block.columns + k
            before = float_at(memory, c * apart + slot)
            set_float(block.target, here, before / total if total > 0.0 else before)
            set_float(memory, c * apart + slot, keep * before + (1.0 - keep) * float_at(block.p, here))
        set_float(memory, classes * apart + slot, keep * total + (1.0 - keep))
        if not total > 0.0:
            set_float(block.weight, k, 0.0)


@compiled
def _teach(
    job: int, net: _Net, asked: int, block: _Block, task: int, times: float, thresholds: int, memory: int
) -> None:
    """Add the slopes of one block of columns. asked: the parameters that targets are asked of."""
    classes, columns = long_at(net.dims, net.layers), block.columns
    if task == f.LABELS:
        _gathered(block, long_at(net.dims, 0), classes, block.target)
    elif task not in (f.OWN_LABELS, f.AVERAGE, f.WORST_PUSH):
        _asked(job, net, asked, block, task, thresholds, memory)
    if task == f.WORST_PUSH:
        out = _pushed(job, net, block, times)
    else:
        _jittered(net, block, 0, number(job, f.LABELLED_JITTER if task == f.LABELS else f.TAUGHT_JITTER))
        out = _answers(net, net.p, block, block.p)
    if task == f.OWN_LABELS:
        objectives.confident(block.p, thresholds, block.target, block.weight, block.which, classes, columns)
    elif task == f.AVERAGE:
        _averaged(block, memory, long_at(job, f.POINTS), classes, number(job, f.KEPT))
    if task in (f.AGREEMENT, f.AVERAGE):
        objectives.squared(block.p, block.target, block.weight, times, net.g + out, classes, columns)
    else:
        objectives.cross_entropy(block.p, block.target, block.weight, times, net.g + out, classes, columns)
    _backward(net, out, columns, False)


@compiled
def _memory(job: int, replica: int, task: int, classes: int, thresholds: int, counts: int) -> int:
    """Where what is remembered of points lies for this replica; and the thresholds of each class."""
    tau, points, memory = number(job, f.THRESHOLD), long_at(job, f.POINTS), long_at(job, f.MEMORY)
    for c in range(classes + 1):
        set_float(thresholds, c, tau)
    if task == f.AVERAGE:
        return memory + 4 * replica * (classes + 1) * (points + 1)
    if task == f.LABELS_BY_CLASS:
        memory += 8 * replica * (points + 1)
        seen = long_at(job, f.SEEN) + replica * points
        objectives.class_thresholds(memory, seen, points, tau, counts, thresholds, classes)
    return memory


@compiled
def _sees(weight: int, columns: int) -> bool:
    """Whether a replica sees any of the columns."""
    for k in range(columns):  # noqa: SIM110
        if float_at(weight, k) != 0.0:
            return True
    return False


@compiled
def _add(job: int, net: _Net, asked: int, replica: int, group: int, times: float, rooms: int) -> None:
    """Add the slopes of a group of columns, of one replica."""
    width, mine, task = long_at(group, f.COLUMNS), replica - long_at(group, f.SOME), long_at(group, f.TAUGHT)
    if width == 0 or mine < 0 or mine >= long_at(group, f.COUNT):
        return
    weights = long_at(group, f.WEIGHT) + 4 * mine * width
    if not _sees(weights, width):
        return
    inputs, classes = long_at(net.dims, 0), long_at(net.dims, net.layers)
    p = rooms + 4 * BLOCK * classes
    weight = p + 4 * BLOCK * classes
    which = weight + 4 * BLOCK
    d = which + 4 * BLOCK
    counts = d + 4 * BLOCK * inputs
    thresholds = counts + 8 * (classes + 1)
    memory = _memory(job, replica, task, classes, thresholds, counts)
    noise = long_at(group, f.NOISE)
    if noise != 0:
        noise += 4 * long_at(long_at(group, f.WHICH), mine) * long_at(group, f.NOISE_APART)
    for begin in range(0, width, BLOCK):
        count = min(BLOCK, width - begin)
        block = _Block(
            long_at(group, f.ROWS),
            long_at(group, f.EACH),
            long_at(group, f.WHERE) + 8 * mine * long_at(group, f.WHERE_APART),
            noise,
            long_at(group, f.SLOT) + 8 * mine * long_at(group, f.SLOT_APART),
            width, begin, count, padded(count), rooms, p, weight, which, d,
        )  # fmt: skip
        for k in range(0, block.columns, LANES):
            store(weight + 4 * k, _some(weights + 4 * begin, count, k))
        _teach(job, net, asked, block, task, _ONE if task == f.LABELS else times, thresholds, memory)


@compiled
def _follow(teacher: int, p: int, share: float, count: int) -> None:
    """The teacher takes in the share of the net, as torch's `lerp` does."""
    for at in range(0, count, LANES):
        left = min(LANES, count - at)
        old, new = load_some(teacher + 4 * at, left), load_some(p + 4 * at, left)
        if share < 0.5:
            store_some(teacher + 4 * at, fma(new - old, share, old), left)
        else:
            store_some(teacher + 4 * at, fma(old - new, 1.0 - share, new), left)


@compiled
def _train(job: int, net: _Net, asked: int, replica: int, rooms: int) -> None:
    """All steps of one replica."""
    own, count, groups = 4 * replica * long_at(job, f.PARAMETERS), long_at(job, f.PARAMETERS), long_at(job, f.GROUPS)
    power_1, power_2 = float_at(long_at(job, f.POWERS), 0), float_at(long_at(job, f.POWERS), 1)
    for step in range(long_at(job, f.STEPS)):
        for at in range(0, count, LANES):
            store(net.gradient + 4 * at, splat(0.0))
        for at in range(groups):
            group = long_at(job, f.TABLE) + 8 * f.GROUP * (step * groups + at)
            _add(job, net, asked, replica, group, float_at(long_at(job, f.RISEN), step), rooms)
        power_1, power_2 = raised(power_1, _BETA_1), raised(power_2, _BETA_2)
        update(
            long_at(job, f.OPTIMISER), net.p, net.gradient, long_at(job, f.FIRST) + own, long_at(job, f.SECOND) + own,
            long_at(job, f.WEIGHS), count, number(job, f.RATE), number(job, f.DECAY), number(job, f.L1),
            number(job, f.L2), power_1, power_2,
        )  # fmt: skip
        if long_at(job, f.TEACHER):
            _follow(long_at(job, f.TEACHER) + own, net.p, float_at(long_at(job, f.SHARES), step), count)


@compiled
def semi_steps(job: int) -> None:
    """Do the steps that a job asks for, see `semi_fields`; one replica after the other."""
    layers, dims, count = long_at(job, f.LAYERS), long_at(job, f.DIMS), long_at(job, f.PARAMETERS)
    powers, units, widest = long_at(job, f.POWERS), 0, 0
    for layer in range(layers + 1):
        units += long_at(dims, layer)
        widest = max(widest, long_at(dims, layer))
    every, shown = 4 * BLOCK * units, long_at(job, f.SPACE)
    spare = shown + 3 * every
    gradient = spare + 4 * BLOCK * widest
    rooms = gradient + 4 * (count + LANES) // 8 * 8
    for replica in range(long_at(job, f.REPLICAS)):
        p = long_at(job, f.P) + 4 * replica * count
        net = _Net(
            p, gradient, dims, layers, long_at(job, f.ACTIVATION), shown, shown + every, shown + 2 * every, spare
        )
        asked = long_at(job, f.TEACHER) + 4 * replica * count if long_at(job, f.TEACHER) else p
        _train(job, net, asked, replica, rooms)
    if long_at(job, f.OPTIMISER) > WITH_MOMENTUM:
        power_1, power_2 = float_at(powers, 0), float_at(powers, 1)
        for _ in range(long_at(job, f.STEPS)):
            power_1, power_2 = raised(power_1, _BETA_1), raised(power_2, _BETA_2)
        set_float(powers, 0, power_1)
        set_float(powers, 1, power_2)
