"""The bar under the plane: going back in a run, and on from there."""
