import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaryviz.gui.widgets.number import parse_number
from boundaryviz.gui.widgets.scale import Scale, tidy_above, tidy_below


@st.composite
def scales(draw):
    log = draw(st.booleans())
    whole = draw(st.booleans())
    low = draw(st.sampled_from([0, 1, 10] if whole else [0.0, 0.02, 1e-5, 0.5] + ([] if log else [-3.0])))
    high = round(low + draw(st.sampled_from([7, 99, 5000, 100_000] if whole else [0.45, 1.0, 9.7, 100.0])), 6)
    opens = {"low_open": draw(st.booleans()) and low == 0, "high_open": draw(st.booleans()) and not log}
    return Scale.between(low, high, log=log, whole=whole, **opens), low, high, opens


@settings(max_examples=40)
@given(scales())
def test_values_rise_stay_inside_and_are_found_again(made):
    scale, low, high, opens = made
    values = [scale.value(p) for p in range(scale.last + 1)]
    assert values == sorted(values)
    assert low <= values[0]
    assert values[-1] <= high
    assert not (opens["low_open"] and values[0] == low)
    assert not (opens["high_open"] and values[-1] == high)
    assert opens["high_open"] or values[-1] == high
    if scale.whole:
        assert all(v == int(v) for v in values)
    for position, value in enumerate(values):
        assert scale.value(scale.position(value)) == pytest.approx(value, rel=0.07, abs=(high - low) / 90), position


@given(scales(), st.floats(-1e6, 1e6))
def test_any_number_has_a_position(made, number):
    scale = made[0]
    assert 0 <= scale.position(number) <= scale.last


def test_a_learning_rate_moves_evenly_over_the_decades():
    scale = Scale.between(0.0, 100.0, log=True, low_open=True)
    assert scale.position(0.1) - scale.position(0.01) == scale.position(1e-4) - scale.position(1e-5) == 20
    assert scale.value(scale.position(0.003)) == pytest.approx(0.003, rel=0.07)


def test_a_logarithmic_penalty_reaches_zero():
    scale = Scale.between(0.0, 10.0, log=True)
    assert scale.value(0) == 0.0
    assert scale.position(0.0) == 0
    assert scale.value(1) > 0.0


@given(st.floats(1e-9, 1e9))
def test_tidy_numbers_enclose(value):
    assert tidy_below(value) <= value * (1 + 1e-9)
    assert tidy_above(value) >= value * (1 - 1e-9)
    assert tidy_above(value) <= 2.5 * tidy_below(value) * (1 + 1e-6)


@pytest.mark.parametrize("limits", [(1.0, 1.0), (2.0, 1.0)])
def test_a_scale_needs_room(limits):
    with pytest.raises(ValueError, match="no slider"):
        Scale.between(*limits)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,000", 1000), ("12,345,678", 12345678), ("1e-3", 0.001), (" 0,5 ", 0.5), ("0.25", 0.25), ("12 000", 12000),
        ("\u22123", -3), ("1,234.5", 1234.5), ("", None), ("abc", None), ("nan", None), ("inf", None), ("1_000", None),
        ("1,2,3", None), ("0,125", 0.125),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(text, number):
    assert parse_number(text) == number
