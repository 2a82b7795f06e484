"""Initial weights off the plane that points were lifted from: on the plane they are another net's to the last digit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.engine.session import Session
from boundaryviz.scenario.scenario import Scenario


def begun(times: float, width: int | None, **values: object) -> Session:
    base = {"data.n": 20, "data.lift": width, "learner.hidden": [5], "learner.init_off_plane": times}
    base["data.lift_noise"] = 0.0  # so that the centre of scaled inputs lies on the plane
    return Session(Scenario().with_values({**base, **values}), seeds=(0, 1))


def lead(session: Session, x: np.ndarray, replica: int) -> np.ndarray:
    return session.learner.scores(x, replica)[0]


@settings(max_examples=30)
@given(st.integers(3, 30), st.floats(0.1, 20.0), st.sampled_from(["as-is", "standardised", "domain"]), st.data())
def test_on_the_plane_they_change_nothing_and_off_it_they_lead_as_far_in_a_shorter_way(width, times, scale, data):
    plain, more = (begun(one, width, **{"data.input_scale": scale}) for one in (1.0, times))
    section = plain.scene.section
    assert section is not None
    at = section.embed(np.array(data.draw(st.lists(st.tuples(*[st.floats(-2, 2)] * 2), min_size=1, max_size=8))))
    for replica in (0, 1):
        np.testing.assert_allclose(lead(more, at, replica), lead(plain, at, replica), atol=2e-5)
    off = section.off_plane
    assert off is not None
    if scale == "as-is":
        np.testing.assert_allclose(lead(more, at + off / times, 0), lead(plain, at + off, 0), atol=1e-4)


@pytest.mark.parametrize("width", [None, 3, 40])
def test_times_one_is_what_it_was_to_the_bit_and_so_is_what_was_not_lifted(width):
    plain, other = begun(1.0, width), begun(7.0, width)
    same = np.array_equal(plain.learner.state()["P"], other.learner.state()["P"])
    assert same == (width is None)
