"""The title card of a film: what it is about, and with which settings it was made."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from boundaryviz.attacks.budget import Budget
from boundaryviz.attacks.specs import ATTACKS
from boundaryviz.figures.film.options import FilmOptions
from boundaryviz.figures.film.sequence import FrameSequence
from boundaryviz.figures.palette import ramp
from boundaryviz.figures.words import in_lines
from boundaryviz.record.snapshot import Snapshot
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.plain_text import PARAGRAPH, one_line
from boundaryviz.scene.specs import Spec

_MARGIN = 0.09  # of the width
_LEADING = 1.25  # from line to line, in times the size of the text
_SHAPE = ("hidden", "activation")


@dataclass(frozen=True)
class _Block:
    """Words in one size, in times the style's, and the room below them, in lines of that text."""

    words: str
    size: float
    colour: str
    weight: str = "normal"
    below: float = 0.5
    most: int = 3  # lines

    @property
    def lines(self) -> float:
        """Of the style's text that it takes."""
        return self.size * _LEADING * (1 + self.words.count("\n")) + self.below


def title_card(sequence: FrameSequence, options: FilmOptions) -> NDArray[np.uint8]:
    """A still picture, uint8 (height, width, 4): title, one sentence, learner and settings."""
    style, last = options.look, sequence.shown[-1]
    texts = [
        _Block(last.scenario.title, 2.1, style.ink, "bold", 1.4),
        _Block(first_sentence(last.scenario.summary), 1.25, style.ink, below=1.3, most=5),
        *(_Block(words, 0.95, style.faint) for words in settings(last, sequence)),
    ]
    blocks = [replace(text, words=_wrapped(text, options)) for text in texts if text.words]
    with style.applied():
        size = ((options.width + 0.01) / options.dpi, (options.height + 0.01) / options.dpi)
        figure = Figure(figsize=size, dpi=options.dpi, layout="none")  # type: ignore[arg-type]
        canvas = FigureCanvasAgg(figure)
        line = style.text * options.dpi / 72 / options.height  # as a share of the height
        top = 0.5 + 0.5 * line * sum(block.lines for block in blocks)
        for block in blocks:
            figure.text(
                _MARGIN, top, block.words, va="top", fontsize=block.size * style.text, color=block.colour,
                fontweight=block.weight, linespacing=1.25,
            )  # fmt: skip
            top -= line * block.lines
            if block is blocks[0]:
                rule = figure.add_axes((_MARGIN, top + 0.8 * line, 0.16, 0.16 * line))
                rule.imshow(ramp(style.middle)[None], aspect="auto")
                rule.set_axis_off()
        canvas.draw()
        return np.array(canvas.buffer_rgba())


def _wrapped(block: _Block, options: FilmOptions) -> str:
    room = (1.0 - 2 * _MARGIN) * options.width * 72 / options.dpi
    letter = (0.7 if block.weight == "bold" else 0.56) * block.size * options.look.text
    return in_lines(block.words, int(room / letter), block.most)


def first_sentence(text: str) -> str:
    """Up to the first full stop, question or exclamation mark that ends a sentence."""
    plain = one_line(text, PARAGRAPH)
    found = re.match(r".*?[.!?](?=\s|$)", plain)
    return found[0] if found else plain


def settings(checkpoint: Snapshot, sequence: FrameSequence) -> list[str]:
    """Learner, training and points, a line each."""
    scenario = checkpoint.scenario
    learner: Any = scenario.learner
    lines = [", ".join([learner.TITLE, *_chosen(learner)])]
    if not learner.family.at_once:
        training = scenario.training
        optimiser = _words(training, "optimiser")
        lines.append(
            f"{optimiser}, learning rate {training.learning_rate:g}, batch size {training.batch_size}, "
            f"seed {training.seed}"
        )
    lines.append(_points(scenario, checkpoint))
    if sequence.sweep is not None:
        lines.append(f"{sequence.sweep.name}: {sequence.sweep.values[0]} to {sequence.sweep.values[-1]}")
    return lines


def _points(scenario: Scenario, checkpoint: Snapshot) -> str:
    points, budget = checkpoint.scene.points, Budget.of(checkpoint.scene)
    labelled = int(np.count_nonzero(points.is_train & points.is_labelled & ~points.is_poison & ~points.muted))
    words = f"{budget.total:,} training points, {labelled:,} of them labelled"
    attack = ATTACKS[scenario.poison.attack].TITLE.lower()
    return words + (f", {budget.poison:,} poison ({attack})" if budget.poison else "")


def _chosen(spec: Spec) -> list[str]:
    """The shape of a net, and what else is not at its default: 'hidden layers 16-16', 'dropout 0.2'."""
    found = []
    for name, info in type(spec).model_fields.items():
        value: Any = getattr(spec, name)
        if info.title and ((name in _SHAPE and value) or (name != "name" and value != info.default)):
            found.append(f"{info.title.lower()} {_words(spec, name)}")
    return found


def _words(spec: Spec, name: str) -> str:
    """A setting's value as a form shows it."""
    value: Any = getattr(spec, name)
    extra: Any = type(spec).model_fields[name].json_schema_extra
    choices = dict(extra["form"].get("choices", ()))
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(choices.get(value, value))
