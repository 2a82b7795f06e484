"""How colours look to eyes that lack one kind of cone, and in grey print; and how light a colour is."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vision = Literal["protan", "deutan", "tritan", "grey"]

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE
# Transactions on Visualization and Computer Graphics 15(6), 2009: severity 1.0, acting on linear RGB. Grey is the
# luminance of ITU-R BT.709.
_SEEN: dict[str, list[list[float]]] = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}
VISIONS = tuple(_SEEN)


def matrix(vision: Vision) -> NDArray[np.float64]:
    """What turns linear RGB (3,) into what is seen of it: (3, 3), each row summing to 1, so that greys stay."""
    return np.array(_SEEN[vision])


def simulate(image: NDArray[np.uint8], vision: Vision) -> NDArray[np.uint8]:
    """An sRGB picture, uint8 (..., 3) or (..., 4), as it is seen; opacity stays. What lies outside the range of
    colours is clipped."""
    table = _linear(np.arange(256) / 255.0)
    seen = np.clip(table[image[..., :3]] @ matrix(vision).T, 0.0, 1.0)
    found = image.copy()
    found[..., :3] = np.rint(255.0 * _encoded(seen))
    return found


def lightness(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """CIE L* under D65, 0 black to 100 white, of sRGB uint8 (..., 3)."""
    y = _linear(colours / 255.0) @ np.array(_SEEN["grey"][0])
    return np.where(y > (6 / 29) ** 3, 116.0 * np.cbrt(y) - 16.0, y * (29 / 3) ** 3)


def _linear(shown: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB (IEC 61966-2-1) to linear, both 0..1."""
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)


def _encoded(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
