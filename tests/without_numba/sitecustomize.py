"""A folder for PYTHONPATH: in every process that starts with it numba and llvmlite are not to be found."""

import sys

sys.modules["numba"] = sys.modules["llvmlite"] = None  # type: ignore[assignment]  # so are imports refused
