"""Measurements against peers and bounds: `python -m benchmarks [--least] [SECTION ...]` prints one table of ratios.

Each ratio to a peer comes from one interleaved run on one thread, in CPU time, so it holds on a busy machine; the times
beside it are this machine's. Engines are first held to the same loss, then timed. What a person would notice, of the
window, is measured by the clock. `frame.py` says what a section is; `fuzz`, `roundtrips`, `torture` and
`torture_trainer` are programs of their own, which look for broken promises.
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"  # before numpy and torch are loaded
