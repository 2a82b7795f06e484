"""Points as numpy prints them: read to the digit, refused in words, never evaluated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boundaryviz.tables.numpy_text import looks_like_numpy
from boundaryviz.tables.tables import TableError, read_table

PLACES = arrays(np.float64, st.tuples(st.integers(1, 20), st.just(2)), elements=st.floats(-1e9, 1e9))
FORMS = [repr, lambda a: repr(a.tolist()), lambda a: str(a.tolist()), lambda a: repr([tuple(r) for r in a.tolist()]),
         lambda a: f"np.array({a.tolist()})",
         lambda a: f"tensor({a.tolist()}, device='cpu', dtype=torch.float64)"]  # fmt: skip


@given(PLACES, st.sampled_from(FORMS))
def test_what_is_printed_whole_is_read_to_the_bit(xy: np.ndarray, form) -> None:
    with np.printoptions(precision=17, floatmode="unique", threshold=10**6):
        text = form(xy)
    assert np.array_equal(read_table(text).scene.points.xy, xy)


@pytest.mark.parametrize(
    "text",
    [
        "array([[0.1, 0.2], [0.3, 0.4]])",
        "[[0.1,0.2],[0.3,0.4]]",
        "[[0.1 0.2]\n [0.3 0.4]]",
        "  array([[0.1, 0.2],\n         [0.3, 0.4],],\n      dtype=float32)  \n",
        "([.1, .2], [3e-1, +.4])",
        "numpy.asarray ( [[0.1, 0.2,], [0.3, 0.4]] )",
    ],
)
def test_every_way_of_printing(text: str) -> None:
    table = read_table(text)
    assert table.scene.points.xy.tolist() == [[0.1, 0.2], [0.3, 0.4]]
    assert not table.scene.points.is_labelled.any()


def test_a_third_column_is_the_label() -> None:
    xy = np.column_stack([np.eye(2), [1.0, -1.0]])
    for text in (repr(xy), str(xy), "[[1, 0, 1], [0, 1, -1]]"):
        points = read_table(text).scene.points
        assert points.label.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[1, 2], [3]]", "a row has 1 numbers, the first one 2"),
        ("[[1], [2]]", "needs two, x and y"),
        ("[[1, 2, 3, 4]]", "needs two, x and y"),
        ("[[1, 2],\n [3, x]]", "line 2: a number should stand where 'x' does"),
        ("[[1, 2], [3, 4]", "'the end'"),
        ("[[1, 2]] + [[3, 4]]", "is no number"),
        ("[[1, 2]] [[3, 4]]", r"stands after the last row"),
        ("[[0.1, 0.2],\n ...,\n [0.3, 0.4]]", "numpy has left rows out"),
        ("[[1.2.3, 4]]", "is no number"),
        ("array([[__import__('os').abort(), 2]])", "."),
        ("[[[1, 2], [3, 4]]]", "a number should stand where '\\['"),
        ("[[]]", "needs two, x and y"),
    ],
)
def test_what_does_not_follow_the_grammar_is_refused_in_words(text: str, words: str) -> None:
    assert looks_like_numpy(text)
    with pytest.raises(TableError, match=words):
        read_table(text)


@given(st.text(st.sampled_from("[]()0123.,-e \n…xn=array'"), max_size=60))
def test_nothing_but_a_table_error_comes_of_it(tail: str) -> None:
    try:
        read_table("[[" + tail)
    except TableError as error:
        assert str(error)  # noqa: PT017 - or it is a table


@pytest.mark.parametrize("text", ["x,y\n1,2\n", "1 2\n3 4\n", "", "array of things", "[link](here)"])
def test_other_text_is_left_to_the_tables(text: str) -> None:
    assert not looks_like_numpy(text)


def test_half_a_character_on_the_clipboard_becomes_a_mark() -> None:
    scene = read_table("x,y,label\n1,2,a\ud800\n3,4,b\n").scene
    assert scene.class_names == ("a\ufffd", "b")
