"""Whether the words of a figure lie on its sheet, and none over others."""

from __future__ import annotations

import pytest
from matplotlib.text import Text

from boundaryviz.figures.sheet import SceneFigure


def check_words_apart(figure: SceneFigure, monkeypatch: pytest.MonkeyPatch, more_than: int) -> None:
    """Draw the figure and look at every text that is drawn. more_than: there are more texts than so many."""
    drawn: list[Text] = []  # ticks beyond the axes have words too, which are never drawn
    draw = Text.draw

    def drawing(text: Text, *more: object) -> None:
        drawn.append(text)
        draw(text, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Text, "draw", drawing)
    with figure.look.applied():
        figure.canvas.draw()
        boxes = [
            (t.get_text(), t.get_window_extent()) for t in dict.fromkeys(drawn) if t.get_text() and t.get_visible()
        ]
    assert len(boxes) > more_than
    for at, (words, box) in enumerate(boxes):
        assert box.x0 >= 0, words
        assert box.x1 <= figure.bbox.x1, words
        for others, other in boxes[at + 1 :]:
            assert not box.overlaps(other), f"{words!r} over {others!r}"
