"""What is measured of an embedding that was learnt without labels, on the test points of a scenario."""

from __future__ import annotations

from boundaryviz.record.measures import Measure

READOUTS = {"linear": "linear probe", "nearest": "nearest neighbours", "fine_tune": "fine-tuned net"}

MEASURES = {
    **{name: Measure(f"test accuracy of the {words} on the embedding", True) for name, words in READOUTS.items()},
    "raw_nearest": Measure("test accuracy of the nearest labelled neighbour in the inputs", True),
    "supervised": Measure("test accuracy of the same net, taught the labels alone", True),
    "beyond_raw": Measure("lead of the likest labelled point in the embedding over that in the inputs", True),
    "beyond_supervised": Measure("lead of the readout over the same net, taught the labels alone", True),
    "collapse": Measure("mean cosine between two training points"),
    "rank": Measure("effective rank of the embedding of the training points"),
}
"""`linear`, `nearest`, `fine_tune`: of one net, whichever readout the scenario has. `beyond_supervised`: of its own."""
