"""Archives as others may write them: deflated, which costs nothing to claim a lot."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray


def deflated(path: Path, arrays: Mapping[str, NDArray], text: Mapping[str, str]) -> Path:
    """Write them as `record.archive` would, but packed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=False) as member:
                npy.write_array(member, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
        for name, words in text.items():
            archive.writestr(f"{name}.txt", words)
    return path
