"""Functions of vectors, in single precision. How far each may be off is tested over its whole range.

NaN comes out where NaN goes in, and infinity is what it is to numpy's functions of the same names.
"""

from __future__ import annotations

import math

from boundaryviz.learners.compiled.options import LANES, Lanes, compiled
from boundaryviz.learners.compiled.vectors import (
    exponent,
    fma,
    load,
    long_at,
    mantissa,
    polynomial,
    power_of_two,
    size,
    store,
    where_less,
    where_same,
    whole,
)
from boundaryviz.learners.compiled.wide import sine_cosine

__all__ = ["expm1", "exponential", "gelu", "logarithm", "logistic", "sine_cosine", "tanh"]

_LOG2_E, _LN2_HIGH, _LN2_LOW = 1.4426950408889634, 0.693359375, -2.12194440e-4
_INFINITE, _NOTHING, _NORMAL, _ROOT_TWO = math.inf, math.nan, 2.0**-126, math.sqrt(2.0)
_WIDE = 40.0
_LEAST, _MOST = -86.6, 88.72283  # of exp: below it is no normal number any more, above it is infinite

# Eigen's rational approximation of tanh (Eigen/src/Core/MathFunctionsImpl.h), of the square of its argument
_EDGE = 7.90531110763549805
_TANH_ABOVE = polynomial(
    -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-08, 1.48572235717979e-05,
    6.37261928875436e-04, 4.89352455891786e-03,
)  # fmt: skip
_TANH_BELOW = polynomial(1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03)

# Cephes' expf and logf
_EXP = polynomial(1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
_LOG = polynomial(
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
    2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
# (e^x - 1 - x) / x^2 within .36 of 0, fitted for the least relative error of e^x - 1, 3e-10
_SMALL = 0.35
_EXPM1 = polynomial(
    0.0001991773857976847, 0.0013945174129468916, 0.008333267448637443, 0.04166630271213681, 0.16666666835842797,
    0.5000000058551174,
)  # fmt: skip

# the upper tail of the normal distribution over its density times sqrt(2 pi), erfcx(x / sqrt 2) / 2, is t P(t) with
# t = 1 / (1 + .35 x) for x from 0 on: fitted for the least relative error, 3e-8
_TAIL = polynomial(
    0.0025759988994957287, -0.042666144793363406, 0.1745300977541316, -0.29463109174936025, 0.189846054252856,
    -0.03856903456825242, 0.11047277516662378, 0.11885659946168466, 0.13996820797139337, 0.1396165263455165,
)  # fmt: skip
_DENSITY = 0.3989422804014327  # of the standard normal distribution at 0


@compiled
def tanh(x: Lanes) -> Lanes:
    """The hyperbolic tangent."""
    x = where_less(x, -_EDGE, -_EDGE, where_less(_EDGE, x, _EDGE, x))
    square = x * x
    return x * _TANH_ABOVE(square) / _TANH_BELOW(square)


@compiled
def exponential(x: Lanes) -> Lanes:
    """e^x; 0 where it is below 2^-125, as numbers that are not normal are left out."""
    inner = where_less(x, _LEAST, _LEAST, where_less(_MOST, x, _MOST, x))
    n = whole(inner * _LOG2_E)
    r = fma(n, -_LN2_LOW, fma(n, -_LN2_HIGH, inner))
    found = fma(_EXP(r) * r, r, r) + 1.0
    found = found * power_of_two(n - 1.0) * 2.0
    return where_less(x, _LEAST, 0.0, where_less(_MOST, x, _INFINITE, found))


@compiled
def expm1(x: Lanes) -> Lanes:
    """e^x - 1, for small x too."""
    return where_less(size(x), _SMALL, fma(_EXPM1(x) * x, x, x), exponential(x) - 1.0)


@compiled
def logarithm(x: Lanes) -> Lanes:
    """The natural logarithm; of what is smaller than 2^-126 that of 0, minus infinity, and NaN of negative numbers."""
    m, e = mantissa(x), exponent(x)
    e = where_less(_ROOT_TWO, m, e + 1.0, e)
    r = where_less(_ROOT_TWO, m, m * 0.5, m) - 1.0
    square = r * r
    found = fma(_LOG(r) * r, square, e * _LN2_LOW)
    found = fma(square, -0.5, found)
    found = fma(e, _LN2_HIGH, r + found)
    found = where_less(x, _INFINITE, found, x)  # and NaN stays
    return where_less(x, _NORMAL, where_less(x, 0.0, _NOTHING, -_INFINITE), found)


@compiled
def logistic(x: Lanes) -> Lanes:
    """1 / (1 + e^-x)."""
    return 1.0 / (exponential(0.0 - x) + 1.0)


@compiled
def gelu(x: Lanes) -> Lanes:
    """x Phi(x) and its derivative Phi(x) + x phi(x), of the normal distribution (Hendrycks and Gimpel 2016)."""
    bell = exponential(x * x * -0.5)
    t = 1.0 / fma(size(x), 0.35, 1.0)
    tail = bell * t * _TAIL(t)
    share = where_less(x, 0.0, tail, 1.0 - tail)
    inner = where_less(size(x), _WIDE, x, 0.0)  # where the bell is 0, infinity times it is 0 too
    return where_same(share, 0.0, 0.0, x * share), fma(inner * _DENSITY, bell, share)


@compiled
def apply(job: int) -> None:
    """A function, by its place in `fields.FUNCTIONS`, of an array: five numbers at `job` say which, the addresses of
    arguments, values and second values, and how many arguments there are, a multiple of 16. For whoever checks them."""
    which, source, target, second = long_at(job, 0), long_at(job, 1), long_at(job, 2), long_at(job, 3)
    for at in range(0, 4 * long_at(job, 4), 4 * LANES):
        x = load(source + at)
        y, more = x, x
        if which == 0:
            y = tanh(x)
        elif which == 1:
            y = exponential(x)
        elif which == 2:
            y = expm1(x)
        elif which == 3:
            y = logarithm(x)
        elif which == 4:
            y = logistic(x)
        elif which == 5:
            y, more = gelu(x)
        elif which == 6:
            y, more = sine_cosine(x)
        store(target + at, y)
        store(second + at, more)
