"""Why here: the points answerable for the decision at a place, listed and on the plane."""
