"""Measurements against peers and bounds: `python -m benchmarks [SECTION ...]` prints one table of ratios.

Each ratio comes from one interleaved run on one thread, in CPU time, so it holds on a busy machine; the times
beside it are this machine's. Engines are first held to the same loss, then timed.
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"  # before numpy and torch are loaded
