"""The support vectors of a support vector machine and its margins, on the plane."""
