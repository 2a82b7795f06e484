"""Independent statements of what is computed, from papers and definitions, in plain torch, numpy and loops.

The subjects of `tools.fidelity` and the tests share them; none of them calls the code that it is compared with.
"""
